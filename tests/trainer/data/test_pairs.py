"""Queries and their positives: how sets are sampled, what is merged, what is counted."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import Captioned, Dataset
from melscribe_trainer.data.pairs import (
    PairOptions,
    Pairs,
    Query,
    corpus_of,
    make_pairs,
    merge,
    read_pairs,
    sampled_sets,
    write_pairs,
)
from tests.support.tiny import write_rows


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def requests(*tracks: Captioned) -> Dataset:
    return Dataset("requests", tracks)


SONG = Captioned("1", ("sad rock", "play rock", "grey rain"), ("Sad", "rock", "guitar"), "rock")


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 50))
def test_sampled_sets_keep_the_papers_bounds(found: int, others: int, seed: int) -> None:
    first, rest = [f"f{i}" for i in range(found)], [f"o{i}" for i in range(others)]
    sets = sampled_sets(first, rest, 3, rng(seed))
    assert len(sets) <= 3 and len(set(sets)) == len(sets)
    assert bool(sets) == bool(found or others)
    for names in sets:
        assert names == tuple(sorted(set(names))) and names
        named = sum(name in first for name in names)
        if found:  # 1 to all that were found, and no more others than there are found
            assert named >= 1 and len(names) - named <= min(found, others)
        else:
            assert named == 0


def test_sampled_sets_reach_every_size_of_their_bounds() -> None:
    drawn = [sampled_sets(["a", "b"], ["x", "y", "z"], 1, rng(seed))[0] for seed in range(200)]
    sizes = {(sum(n in "ab" for n in names), sum(n in "xyz" for n in names)) for names in drawn}
    assert sizes == {(a, b) for a in (1, 2) for b in (0, 1, 2)}


def test_a_request_is_answered_by_its_whole_set() -> None:
    pairs = make_pairs([requests(SONG)], PairOptions(), rng())
    assert [query.positives for query in pairs.queries] == [("guitar, rock, sad",)] * 3
    assert [query.named for query in pairs.queries] == [("rock", "sad"), ("rock",), ()]
    assert [query.source for query in pairs.queries] == ["terse", "spoken", "reworded"]


def test_dropped_descriptors_are_never_the_named_ones() -> None:
    texts = set()
    for seed in range(40):
        query = make_pairs([requests(SONG)], PairOptions(keep=0.5), rng(seed)).queries[0]
        assert query.positives[0] == "guitar, rock, sad"
        texts.update(query.positives[1:])
    assert texts == {"rock, sad"}  # with guitar it is the whole set again, and counts once


def test_a_whole_set_answers_a_sentence_only_when_asked_for() -> None:
    data = Dataset("clips", (Captioned("1", ("A sad song.",), ("sad", "slow", "soft", "warm")),))
    without = [make_pairs([data], PairOptions(), rng(seed)).queries[0] for seed in range(20)]
    # One descriptor is named, so at most one of the others goes with it.
    assert all(len(text.split(", ")) <= 2 for query in without for text in query.positives)
    with_it = make_pairs([data], PairOptions(whole=True), rng()).queries[0]
    assert with_it.positives[0] == "sad, slow, soft, warm"


def test_no_text_is_empty_and_what_is_dropped_is_counted() -> None:
    tracks = (
        Captioned("1", ("Relaxing. It goes on.",), ("favourites",)),
        Captioned("2", ("Relaxing. It goes on.",), ("slow",)),
        Captioned("3", ("It goes on.",), ("soft",)),
    )
    pairs = make_pairs([Dataset("clips", tracks, {"without tags": 2})], PairOptions(), rng())
    assert [(query.text, query.positives) for query in pairs.queries] == [
        ("It goes on.", ("slow", "soft"))
    ]
    assert pairs.dropped == {
        "without tags": 2,
        "tracks whose tags say nothing": 1,
        "sentences of one word": 1,
        "queries joined to one with the same words": 1,
    }
    assert pairs.corpus == {"slow": ("clips:2", "clips:3"), "soft": ("clips:2", "clips:3")}


def test_queries_with_the_same_words_ask_for_what_all_name() -> None:
    first = Query("Sad rock", ("a, sad",), ("sad",), ("1",), "terse")
    second = Query("sad rock", ("b, rock",), ("rock",), ("2",), "terse")
    assert merge([first, second]) == [
        Query("Sad rock", ("a, sad", "b, rock"), (), ("1", "2"), "terse")
    ]


def test_single_descriptors_become_queries_answered_by_their_holders() -> None:
    other = Captioned("2", ("loud rock", "x y", "z w"), ("rock", "loud"), "rock")
    pairs = make_pairs([requests(SONG, other)], PairOptions(single=5), rng())
    made = [query for query in pairs.queries if query.source == "descriptor"]
    # Only rock belongs to two tracks.
    assert all(query.text == "rock" and query.named == ("rock",) for query in made)
    texts = {text for seed in range(20) for text in _single(seed, SONG, other)}
    assert texts == {"guitar, rock, sad", "loud, rock"}


def _single(seed: int, *tracks: Captioned) -> tuple[str, ...]:
    pairs = make_pairs([requests(*tracks)], PairOptions(single=5), rng(seed))
    return next((q.positives for q in pairs.queries if q.source == "descriptor"), ())


def test_junk_and_order_change_the_last_text_alone() -> None:
    options = PairOptions(keep=0.01, junk=2)
    other = Captioned("2", ("loud", "x", "z"), ("loud", "new wave"), "rock")
    plain = make_pairs([requests(SONG, other)], PairOptions(keep=0.01), rng(3)).queries[0]
    mixed = [make_pairs([requests(SONG, other)], options, rng(s)).queries[0] for s in range(20)]
    assert all(query.positives[0] == plain.positives[0] for query in mixed)
    added = {n for q in mixed for n in q.positives[-1].split(", ")}
    assert {"loud", "new wave"} <= added
    shuffled = [
        make_pairs([requests(SONG)], PairOptions(shuffled=1), rng(s)).queries[0].positives
        for s in range(20)
    ]
    assert {frozenset(texts[0].split(", ")) for texts in shuffled} == {
        frozenset({"guitar", "rock", "sad"})
    }
    assert len(set(shuffled)) > 1


def test_the_same_seed_makes_the_same_pairs() -> None:
    options = PairOptions(keep=0.5, single=3)
    assert make_pairs([requests(SONG)], options, rng(4)) == make_pairs(
        [requests(SONG)], options, rng(4)
    )


def test_data_that_says_nothing_is_refused() -> None:
    with pytest.raises(MelScribeError, match="no query is left"):
        make_pairs(
            [requests(Captioned("1", ("x y",), ("favourites",), "rock"))], PairOptions(), rng()
        )


def test_pairs_survive_writing(tmp_path: Path) -> None:
    queries = (Query("a", ("x", "x, y"), ("x",), ("1",), "terse"),)
    pairs = Pairs(queries, corpus_of(queries))
    write_pairs(pairs, tmp_path)
    assert read_pairs(tmp_path) == pairs


def test_a_query_without_positives_is_named(tmp_path: Path) -> None:
    row = {"text": "a", "positives": [], "named": [], "tracks": ["1"], "source": "terse"}
    write_rows(tmp_path / "queries.jsonl", [row])
    write_rows(tmp_path / "corpus.jsonl", [])
    with pytest.raises(MelScribeError, match=r"line 1 has no positives; give .*\.$"):
        read_pairs(tmp_path)
