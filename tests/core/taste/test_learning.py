"""Favourites -> a taste, in a real catalogue with vectors that can be worked out by hand."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.catalogue.catalogue import Catalogue, empty_catalogue
from melscribe_core.catalogue.excess import set_excess
from melscribe_core.catalogue.tracks import Description, Loan, Row
from melscribe_core.descriptors.lent import HeardDescriptor, Lent
from melscribe_core.errors import DamagedCatalogueError
from melscribe_core.index import Index
from melscribe_core.taste.learning import NEAR, learn, told_apart
from melscribe_core.taste.taste import FARTHEST
from tests.support.fakes import WordAxes

WORDS = ("folk", "slow", "metal", "fast")


def catalogue(*texts: str) -> tuple[Catalogue, WordAxes]:
    """Return a catalogue with a track for each text, from 1 on, and its encoder."""
    encoder = WordAxes(*WORDS)
    found = empty_catalogue()
    rows = [Row(at, Description(text, ("genre",))) for at, text in enumerate(texts, 1)]
    found.tracks.apply(found.tracks.plan(rows))
    index = Index(found, encoder)
    index.embed()
    index.neighbours.refresh()
    return found, encoder


def test_the_direction_is_from_the_middle_of_the_library_to_the_favourites() -> None:
    # Sets: folk (1, 0, ..), metal (0, 0, 1, ..). The middle is (0.5, 0, 0.5), so the way to folk is
    # (0.5, 0, -0.5); a folk set scores 0.5, but a favourite without itself nothing.
    found, encoder = catalogue("folk", "metal")
    taste = learn(found, [1], encoder.dim)
    assert taste.centre == pytest.approx([0.5, 0, 0.5, 0, 0], abs=0.01)
    assert taste.direction == pytest.approx([0.5, 0, -0.5, 0, 0], abs=0.01)
    assert taste.favourites == 1


def test_tracks_of_one_set_count_once_and_bare_ones_not() -> None:
    found, encoder = catalogue("folk", "folk", "folk", "slow", "", "metal")
    taste = learn(found, [1, 2, 3, 4, 5], encoder.dim)
    assert taste.favourites == 2
    assert taste.tracks.tolist() == [1, 2, 3, 4, 5]
    # The mean of folk and slow less that of folk, slow and metal: 1/2 - 1/3, 1/2 - 1/3, -1/3.
    assert taste.direction == pytest.approx([1 / 6, 1 / 6, -1 / 3, 0, 0], abs=0.01)


def test_it_is_the_same_as_from_the_others_for_each_favourite() -> None:
    texts = ["folk", "folk, slow", "slow", "metal", "metal, fast", "fast", "folk, fast"]
    found, encoder = catalogue(*texts)
    liked = [1, 2, 3, 7]
    whole = learn(found, liked, encoder.dim)
    for one in liked:
        others = learn(found, [track for track in liked if track != one], encoder.dim)
        vector = encoder.encode([texts[one - 1]])
        sets, nothing = [tuple(texts[one - 1].split(", "))], np.zeros(1, np.float32)
        raw = float((vector @ others.direction)[0])
        bound = np.clip((raw - whole.middle) / whole.spread, -FARTHEST, FARTHEST)
        assert whole.scores(sets, vector, nothing)[0] == pytest.approx(bound, abs=0.03)


def test_who_likes_slow_folk_is_told_apart_and_who_likes_anything_is_not() -> None:
    rng = random.Random(1)
    slow_folk = [f"folk, slow, {n}" for n in range(8)]
    rest = [f"{rng.choice(('metal', 'fast', 'metal, fast'))}, {n}" for n in range(8, 60)]
    found, encoder = catalogue(*slow_folk, *rest)
    assert learn(found, range(1, 9), encoder.dim).check == pytest.approx(1.0)
    assert learn(found, range(1, 61), encoder.dim).check == 0.5  # nothing is left to compare with
    mixed = learn(found, [1, *range(9, 61, 7)], encoder.dim)
    assert not mixed.is_used


def test_nothing_liked_nothing_there_and_nothing_known() -> None:
    found, encoder = catalogue("folk", "metal")
    for tracks in ([], [99]):
        taste = learn(found, tracks, encoder.dim)
        assert (taste.favourites, taste.check, taste.is_used) == (0, 0.5, False)
    empty, encoder = catalogue()
    assert learn(empty, [1], encoder.dim).favourites == 0


def test_what_was_only_heard_is_compared_at_its_own_middle() -> None:
    """Heard sets lie 0.4 towards slow of where texts lie: that is no taste for what is slow."""
    found, encoder = catalogue("folk", "metal", "", "")
    heard = Lent(heard=(HeardDescriptor("slow", 0.9, 1.0),), is_alone=True)
    found.tracks.lend([Loan(3, "slow", heard.to_line())])
    Index(found, encoder).embed()
    found.vectors.pack()
    excess = np.array([0, 0.4, 0, 0, 0], np.float32)
    plain = learn(found, [3], encoder.dim)
    set_excess(found, excess)
    moved = learn(found, [3], encoder.dim)
    # Of three texts one is heard: the middle of the library moves by a third of the 0.4, the
    # favourite by all of it.
    assert plain.direction[1] - moved.direction[1] == pytest.approx(0.4 * 2 / 3, abs=0.01)
    assert moved.excess == pytest.approx(excess, abs=0.001)


def test_what_was_only_heard_is_near_to_a_request_as_texts_are() -> None:
    # Five favourites were heard as folk. Their cosine to "folk" is 1, and 0.5 where texts lie; the
    # library's are 0.6 on average with a deviation of 0.1, so none is near. "slow" is the cosine 0.
    found, encoder = catalogue("", "", "", "", "", "metal")
    for track in range(1, 6):
        lent = Lent(heard=(HeardDescriptor("folk", 0.9 - track / 100, 1.0),), is_alone=True)
        found.tracks.lend([Loan(track, f"folk, {track}", lent.to_line())])
    Index(found, encoder).embed()
    library = np.array([0.5, 0.7], np.float32)
    gates = []
    for excess in (0, 0.5):
        set_excess(found, np.array([excess, 0, 0, 0, 0], np.float32))
        gates.append(learn(found, range(1, 6), encoder.dim).gate(np.eye(5)[0], library))
    assert gates == [1, 0]


def test_as_many_vectors_are_kept_for_the_gate_as_it_needs() -> None:
    found, encoder = catalogue(*(f"folk, {n}" for n in range(NEAR + 30)))
    taste = learn(found, range(1, NEAR + 31), encoder.dim)
    assert taste.near.shape == (NEAR, encoder.dim)
    assert taste.favourites == NEAR + 30


def test_the_same_likes_in_any_order_give_the_same_taste() -> None:
    found, encoder = catalogue("folk", "slow", "folk, slow", "metal", "fast", "metal, fast")
    one, other = (learn(found, tracks, encoder.dim) for tracks in ([1, 2, 3], [3, 1, 2, 2]))
    assert one.direction.tobytes() == other.direction.tobytes()
    assert (one.keys.tolist(), one.tracks.tolist()) == (other.keys.tolist(), other.tracks.tolist())


def test_what_was_heard_alone_is_compared_at_its_own_middle_in_its_scores_too() -> None:
    """A favourite that was only heard is scored by the others, all of them where texts lie."""
    found, encoder = catalogue("folk", "folk, slow", "slow", "metal", "")
    lent = Lent(heard=(HeardDescriptor("folk", 0.9, 1.0),), is_alone=True)
    found.tracks.lend([Loan(5, "folk", lent.to_line())])
    Index(found, encoder).embed()
    found.vectors.pack()
    excess = np.array([0.5, 0, 0.25, 0, 0], np.float32)  # what is left of folk has 0.56^2
    set_excess(found, excess)
    whole, others = (learn(found, liked, encoder.dim) for liked in ([2, 3, 5], [2, 3]))
    ids, vectors = found.vectors.of_texts(found.tracks.texts_of([5]))
    assert len(ids) == 1
    expected = float(((vectors - excess) @ others.direction)[0])
    score = whole.scores([("folk",)], vectors, np.ones(1, np.float32))[0]
    assert score == pytest.approx((expected - whole.middle) / whole.spread, abs=0.05)


def test_middle_and_spread_are_those_of_the_scores_of_the_library() -> None:
    # Axes folk, slow, metal, fast. Liked are folk and slow; the centre is 1/4 each, the direction
    # (1/4, 1/4, -1/4, -1/4). metal and fast score -1/4; folk without itself is scored by slow
    # alone, less the centre: 0 - 1/4, and slow alike. All have -1/4, so there is no spread.
    found, encoder = catalogue("folk", "slow", "metal", "fast")
    taste = learn(found, [1, 2], encoder.dim)
    assert taste.middle == pytest.approx(-0.25, abs=0.005)
    assert taste.spread == pytest.approx(0, abs=0.005)
    # A third set between both is liked: "folk, slow" is (1, 1, 0, 0) / sqrt 2. Of five sets the
    # centre is (1.7071, 1.7071, 1, 1) / 5 = (0.3414, 0.3414, 0.2, 0.2). Without itself,
    # "folk, slow" is scored by the mean of folk and slow: (1/2 - 0.3414) * 2 / sqrt 2 = 0.2243;
    # folk by that of slow and "folk, slow": 0.3536 - 0.3414 = 0.0121, and slow alike. The others
    # have -0.2 each. The mean of the five is -0.0303, the deviation 0.1597.
    found, encoder = catalogue("folk", "slow", "folk, slow", "metal", "fast")
    taste = learn(found, [1, 2, 3], encoder.dim)
    assert taste.middle == pytest.approx(-0.0303, abs=0.005)
    assert taste.spread == pytest.approx(0.1597, abs=0.005)
    assert taste.check == 1


def test_loans_of_one_text_are_one_favourite() -> None:
    found, encoder = catalogue("folk", "folk", "metal")
    found.tracks.lend([Loan(2, "folk", Lent((("folk", "artist"),)).to_line())])
    Index(found, encoder).embed()
    found.vectors.pack()
    taste = learn(found, [1, 2], encoder.dim)
    assert taste.favourites == len(taste.near) == 1
    assert len(found.tracks.distinct()) == 3


def test_other_loans_of_a_liked_text_are_not_what_it_is_compared_with() -> None:
    # Liked are "folk" and "folk, slow", the rest is metal and fast. "folk" is there once more, lent
    # by an artist: it would score above "folk, slow" without itself.
    found, encoder = catalogue("folk", "folk, slow", "folk", "metal", "fast")
    found.tracks.lend([Loan(3, "folk", Lent((("folk", "artist"),)).to_line())])
    Index(found, encoder).embed()
    for liked in ([1, 2], [1, 2, 3]):
        assert learn(found, liked, encoder.dim).check == 1


def test_sets_without_a_vector_wait() -> None:
    found, encoder = catalogue("folk", "slow", "metal")
    found.vectors.forget([2])
    taste = learn(found, [1, 2], encoder.dim)
    assert taste.favourites == 1
    assert taste.centre == pytest.approx([0.5, 0, 0.5, 0, 0], abs=0.01)
    found.vectors.forget()
    taste = learn(found, [1, 2], encoder.dim)
    assert (taste.favourites, taste.is_used) == (0, False)
    assert taste.direction.tolist() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("rows", [b"x", b"\0" * 17, None])
def test_damaged_vectors_are_damage_of_the_index(rows: bytes | None) -> None:
    """A row has 8 + 4 + 5 bytes: one too short, one of zeros, and another dimension."""
    found, encoder = catalogue("folk", "metal")
    if rows is not None:
        found.db.execute("UPDATE packed SET rows = ?", (rows,))
    with pytest.raises(DamagedCatalogueError):
        learn(found, [], encoder.dim if rows is not None else encoder.dim + 1)


def test_told_apart_is_the_share_of_pairs_in_order() -> None:
    # 0.5 is above 0.1 and 0.4, equal to 0.5, below 0.9: (2 + 1/2) / 4; 1.0 is above all four.
    others = np.array([0.9, 0.1, 0.5, 0.4], np.float32)
    found = told_apart(np.array([0.5, 1.0], np.float32), others)
    assert found == pytest.approx((2.5 / 4 + 1) / 2)
    assert told_apart(np.empty(0, np.float32), others) == 0.5
    assert told_apart(others, np.empty(0, np.float32)) == 0.5


few = st.lists(st.integers(0, 6), min_size=1, max_size=12)  # few values, so that there are ties


@given(few, few)
def test_told_apart_counts_pairs(favourites: list[int], others: list[int]) -> None:
    pairs = [1.0 * (one > other) + 0.5 * (one == other) for one in favourites for other in others]
    found = told_apart(np.array(favourites, np.float32), np.array(others, np.float32))
    assert found == pytest.approx(sum(pairs) / len(pairs))


@given(few, few)
def test_told_apart_the_other_way_round_is_the_rest(one: list[int], other: list[int]) -> None:
    ours, theirs = np.array(one, np.float32), np.array(other, np.float32)
    assert told_apart(ours, theirs) + told_apart(theirs, ours) == pytest.approx(1)
