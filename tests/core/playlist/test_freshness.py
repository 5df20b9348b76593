"""What was played comes later."""

from __future__ import annotations

from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.playlist.freshness import MOST, fresh
from melscribe_core.search.hit import Hit


def hits(*scores: float) -> list[Hit]:
    return [Hit(track, (), score, 0.0, 0.0) for track, score in enumerate(scores, 1)]


def order(found: list[Hit]) -> list[int]:
    return [hit.track for hit in found]


def test_what_was_played_often_comes_behind_what_is_nearly_as_good() -> None:
    # 0.9 less 0.3 of it is 0.63: behind 0.7, before 0.6.
    found = list(fresh(hits(0.9, 0.7, 0.6), {1: 1.0}))
    assert order(found) == [2, 1, 3]
    assert found[1].score == pytest.approx(0.9 * (1 - MOST))
    assert found[1].stale == pytest.approx(0.9 * MOST)


def test_the_fit_is_that_of_a_track_that_was_not_played() -> None:
    (found,) = fresh([Hit(1, (), 0.9, 0.0, 0.0, taste=0.1)], {1: 0.5})
    assert found.fit == pytest.approx(0.8)


def test_only_as_many_hits_are_read_as_are_asked_for() -> None:
    endless = (Hit(track, (), 1 / track, 0.0, 0.0) for track in count(1))
    found = list(islice(fresh(endless, {1: 1.0}), 3))  # 1 becomes 0.7
    assert order(found) == [1, 2, 3]


def test_without_plays_nothing_moves() -> None:
    given_ = hits(0.9, 0.9, 0.2)
    assert list(fresh(given_, {})) == given_
    assert list(fresh([], {1: 1.0})) == []


def test_what_leads_because_it_was_named_stays() -> None:
    first = Hit(1, (), 0.1, 0.0, 0.0, place=1)
    assert order(list(fresh([first, *hits(0, 0.9)[1:]], {1: 1.0}))) == [1, 2]


@given(
    st.lists(st.floats(0, 1), max_size=12).map(lambda scores: sorted(scores, reverse=True)),
    st.dictionaries(st.integers(1, 12), st.floats(0, 1)),
)
def test_it_is_the_order_of_the_lowered_scores(
    scores: list[float], played: dict[int, float]
) -> None:
    found = list(fresh(hits(*scores), played))
    assert sorted(order(found)) == list(range(1, len(scores) + 1))
    lowered = [hit.score for hit in found]
    assert lowered == sorted(lowered, reverse=True)


def test_equals_stay_in_their_order_and_so_do_those_moved_onto_each_other() -> None:
    # 0.5 and 0.5 are equal; 1.0 less 0.3 is as much as the 0.7 that comes after it.
    assert order(list(fresh(hits(0.5, 0.5, 0.5), {}))) == [1, 2, 3]
    assert order(list(fresh(hits(1.0, 0.7), {1: 1.0}))) == [1, 2]


def test_half_known_is_half_as_stale() -> None:
    # 0.8 less 0.3 * 0.5 * 0.8 is 0.68.
    (found,) = fresh(hits(0.8), {1: 0.5})
    assert found.score == pytest.approx(0.68)
    assert found.stale == pytest.approx(0.12)


def test_what_leads_is_not_stale_and_comes_before_better_ones() -> None:
    lead = [
        Hit(track, (), score, 0.0, 0.0, place=at) for at, track, score in ((1, 8, 0.1), (2, 9, 0.9))
    ]
    found = list(fresh([*lead, *hits(0.95, 0.9)], {8: 1.0, 9: 1.0, 1: 1.0}))
    assert order(found) == [8, 9, 2, 1]
    assert [hit.stale > 0 for hit in found] == [False, False, False, True]


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 4)), max_size=12),
)
def test_the_rest_of_a_hit_stays_and_equals_keep_their_order(rows: list[tuple[int, int]]) -> None:
    """In eighths of a score and quarters of a play, so that there are equals."""
    given_ = hits(*sorted((score / 8 for score, _ in rows), reverse=True))
    played = {hit.track: plays / 4 for hit, (_, plays) in zip(given_, rows, strict=True)}
    found = list(fresh(given_, played))
    before = {hit.track: hit for hit in given_}
    for hit in found:
        assert hit._replace(score=0, stale=0) == before[hit.track]._replace(score=0)
        assert hit.fit == pytest.approx(before[hit.track].score)
        assert hit.stale == pytest.approx(MOST * played[hit.track] * before[hit.track].score)
    ranked = sorted(found, key=lambda hit: (-hit.score, hit.track))
    assert order(found) == order(ranked)
