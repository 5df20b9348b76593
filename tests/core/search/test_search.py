"""Search on a real catalogue with an encoder of word axes, so that every cosine is known."""

from pathlib import Path

import numpy as np
import pytest

from melscribe_core.catalogue.catalogue import open_catalogue
from melscribe_core.catalogue.tracks import Description, Row
from melscribe_core.encoder.calibration import UNFITTED
from melscribe_core.index import Index
from melscribe_core.search import words
from melscribe_core.search.exclusion import PENALTY
from melscribe_core.search.hit import Hit
from melscribe_core.search.lookup import respelt_words
from melscribe_core.search.question import Lean, Wish
from melscribe_core.search.search import Search
from tests.support.fakes import WordAxes

TEXTS = {1: "folk, sad", 2: "folk", 3: "happy, pop", 4: "folk, sad", 5: "", 6: "blues, slow"}


@pytest.fixture
def search(tmp_path: Path) -> Search:
    catalogue = open_catalogue(tmp_path / "index")
    encoder = WordAxes("folk", "sad", "happy", "pop")
    catalogue.tracks.apply(
        catalogue.tracks.plan(Row(i, Description(text, ())) for i, text in TEXTS.items())
    )
    catalogue.vectors.adopt(encoder.fingerprint)
    index = Index(catalogue, encoder)
    index.embed()
    return index.search


def hits(search: Search, about: str, **options: object) -> list[Hit]:
    return list(search.hits(search.ask(Wish(about)), **options))  # type: ignore[arg-type]


def test_every_described_track_comes_once_best_first(search: Search) -> None:
    found = hits(search, "sad folk")
    assert {hit.track for hit in found[:2]} == {1, 4}
    assert found[2].track == 2
    assert {hit.track for hit in found} == {1, 2, 3, 4, 6}
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_scores_are_those_of_the_rule(search: Search) -> None:
    question = search.ask(Wish("sad folk"))
    by_track = {hit.track: hit for hit in search.hits(question)}
    # "sad folk" and "folk, sad" are (1, 1, 0, 0) / sqrt(2): cosine 1; with "folk" 1 / sqrt(2).
    assert by_track[1].meaning == pytest.approx(1.0, abs=1e-3)
    assert by_track[2].meaning == pytest.approx(0.7071, abs=1e-3)
    assert by_track[1].words == pytest.approx(1.0)
    one = np.ones(1, np.float32)
    best = UNFITTED.score(words.evidence(one, one, question.scale, UNFITTED))[0]
    assert by_track[1].score == pytest.approx(float(best), abs=1e-3)
    assert by_track[3].meaning == by_track[3].words == 0.0


def test_only_the_allowed_tracks_come(search: Search) -> None:
    assert {hit.track for hit in hits(search, "sad folk", among={2, 4, 6})} == {2, 4, 6}
    assert hits(search, "sad folk", among=set()) == []
    assert hits(search, "sad folk", among={5, 99}) == []


def test_tracks_of_one_text_change_places_with_the_seed(search: Search) -> None:
    orders = {
        tuple(hit.track for hit in hits(search, "sad folk", seed=str(seed))[:2])
        for seed in range(20)
    }
    assert orders == {(1, 4), (4, 1)}
    assert hits(search, "sad folk", seed="a") == hits(search, "sad folk", seed="a")


def test_reasons_name_the_nearest_descriptors_and_the_words(search: Search) -> None:
    question = search.ask(Wish("folk"))
    (hit,) = search.explained(question, [h for h in search.hits(question) if h.track == 1])
    # "folk" is there as a word, with cosine 1; "sad" lies on another axis, cosine 0: no reason.
    assert hit.matched == (("folk", 1.0),)


def test_reasons_are_strongest_first_after_the_words(search: Search) -> None:
    question = search.ask(Wish("sad folk folk"))
    (hit,) = search.explained(question, [h for h in search.hits(question) if h.track == 1])
    # (2, 1, 0, 0) / sqrt(5): "folk" 0.894, "sad" 0.447; both were said.
    assert hit.matched == (("folk", 0.894), ("sad", 0.447))


def test_a_small_first_look_still_finds_all(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("melscribe_core.search.search.BY_VECTOR", 1)
    assert {hit.track for hit in hits(search, "sad folk")} == {1, 2, 3, 4, 6}


def first(search: Search, wish: Wish) -> int:
    return next(search.hits(search.ask(wish))).track


def test_more_moves_the_question_and_less_moves_it_away(search: Search) -> None:
    assert first(search, Wish("folk")) == 2
    # (1, 0.6) over folk and sad leans to "folk, sad"; taking sad away leads back to "folk".
    assert first(search, Wish("folk", more=("sad",))) in (1, 4)
    assert first(search, Wish("folk sad", less=("sad",))) == 2


def test_what_is_excluded_does_not_come(search: Search) -> None:
    found = search.hits(search.ask(Wish("folk", exclude=("sad songs",))))
    assert {hit.track for hit in found} == {2, 3, 6}


def test_less_of_something_keeps_it_but_counts_against_it(search: Search) -> None:
    by_track = {hit.track: hit for hit in search.hits(search.ask(Wish("folk", less=("sad",))))}
    assert set(by_track) == {1, 2, 3, 4, 6}
    assert by_track[1].against == pytest.approx(PENALTY)
    assert by_track[2].against == 0.0


def test_examples_stand_for_words(search: Search) -> None:
    question = search.ask(Wish(like=(3,)))
    best = next(search.hits(question))
    assert best.track == 3
    assert best.example == pytest.approx(1.0, abs=1e-3)


def test_the_examples_mean_counts_each_track(search: Search) -> None:
    # Tracks 1 and 4 are (1, 1, 0, 0) / sqrt(2), track 3 is (0, 0, 1, 1) / sqrt(2): the mean of the
    # three is (2, 2, 1, 1) / sqrt(10), whose cosine with the first is 4 / sqrt(20) = 0.894.
    question = search.ask(Wish(like=(1, 3, 4)))
    by_track = {hit.track: hit.example for hit in search.hits(question)}
    assert by_track[1] == pytest.approx(0.894, abs=2e-3)


def test_without_anything_to_be_near_to_every_track_answers_alike(search: Search) -> None:
    found = list(search.hits(search.ask(Wish())))
    assert {hit.track for hit in found} == {1, 2, 3, 4, 5, 6}
    assert {hit.score for hit in found} == {1.0}
    only = search.hits(search.ask(Wish(exclude=("folk",))), among={1, 3, 5})
    assert {hit.track for hit in only} == {3, 5}


def test_vectors_of_tracks_come_in_their_order(search: Search) -> None:
    rows = search.vectors_of([Hit(track, (), 1.0, 0.0, 0.0) for track in (2, 5, 2)])
    assert rows.tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        (("synth", "pop"), ("synthpop",)),
        (("sad", "hiphop", "beats"), ("sad", "hip", "hop", "beats")),
        (("acoustic", "pop"), ("acoustic", "pop")),
        (("drum", "bass"), ("drum", "bass")),
        (("folk",), ("folk",)),
        ((), ()),
    ],
)
def test_words_are_spelt_as_descriptors_are(
    asked: tuple[str, ...], written: tuple[str, ...]
) -> None:
    assert respelt_words(asked) == written


def test_a_request_looks_tracks_and_texts_up(search: Search) -> None:
    database = search._catalogue.db
    ran: set[str] = set()
    search._catalogue.counts()  # once a revision, over indexes
    database.set_trace_callback(ran.add)
    list(search.hits(search.ask(Wish("sad folk", less=("happy",))), among={1, 2, 3}))
    list(search.hits(search.ask(Wish("sad folk"))))
    database.set_trace_callback(None)
    selects = [statement for statement in ran if statement.startswith("SELECT")]
    assert len(selects) > 5
    steps = [row[-1] for one in selects for row in database.execute(f"EXPLAIN QUERY PLAN {one}")]
    read = {step for step in steps if step.startswith("SCAN") and "VIRTUAL TABLE" not in step}
    # The packed vectors are there to be read whole; "less" is compared with every descriptor, and
    # every descriptor's name may be in the request.
    names = "SCAN descriptors USING COVERING INDEX sqlite_autoindex_descriptors_1"
    assert read == {"SCAN packed", "SCAN descriptors", names}


def test_a_lean_pulls_towards_a_text_or_tracks_and_away(search: Search) -> None:
    # The words alone are the axis of folk. A text of weight 0.5 adds half of its axis: (1, 0, 0.5,
    # 0), of length sqrt(1.25) = 1.1180. Tracks add the mean of their vectors: 3 is "happy, pop".
    def vector(*leans: Lean) -> list[float]:
        question = search.ask(Wish("folk", leans=leans))
        assert question.vector is not None
        return [round(float(value), 3) for value in question.vector[:4]]

    assert vector() == [1.0, 0.0, 0.0, 0.0]
    assert vector(Lean(0.5, text="happy")) == [0.894, 0.0, 0.447, 0.0]
    # 0.5 * (0, 0, 1, 1) / sqrt(2) = (0, 0, 0.354, 0.354); the length is again sqrt(1.25).
    assert vector(Lean(0.5, tracks=(3,))) == [0.894, 0.0, 0.316, 0.316]
    # Away from what is beside the words: of "sad folk" only sad, 0.5 / sqrt(2) = 0.354; the length
    # is sqrt(1 + 0.125) = 1.0607.
    assert vector(Lean(-0.5, text="sad folk")) == [0.943, -0.333, 0.0, 0.0]
    assert vector(Lean(0.5, tracks=(5,))) == [1.0, 0.0, 0.0, 0.0]  # it has no vector


def test_leans_alone_are_searched_for(search: Search) -> None:
    question = search.ask(Wish(leans=(Lean(1.0, tracks=(1,)),)))
    assert {hit.track for hit in list(search.hits(question))[:2]} == {1, 4}
    assert search.ask(Wish(leans=(Lean(-1.0, text="sad"),))).vector is None


def test_given_tracks_are_scored_whether_described_or_not(search: Search) -> None:
    found = search.scored(search.ask(Wish("folk", exclude=("sad",))), frozenset((1, 2, 5, 77)))
    assert set(found) == {2, 5}  # 1 is sad, 77 is not there
    assert found[2].meaning == pytest.approx(1.0, abs=1e-3)
    assert found[5].score == 0.0
