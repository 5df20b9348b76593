"""Tracks that were named: works first, artists in turn, and only what fits beside a description."""

from __future__ import annotations

from melscribe_core.playlist.leading import leading
from melscribe_core.search.hit import Hit


def hits(**scores: float) -> dict[int, Hit]:
    """Return hits by track: `t3=0.5` is track 3 with the score 0.5."""
    return {
        int(name[1:]): Hit(int(name[1:]), (), score, 0.0, 0.0) for name, score in scores.items()
    }


def order(found: list[Hit]) -> list[int]:
    assert [hit.place for hit in found] == list(range(1, len(found) + 1))
    return [hit.track for hit in found]


def test_artists_take_turns_each_with_the_best_first() -> None:
    known = hits(t1=0.2, t2=0.9, t3=0.5, t4=0.1, t5=0.6)
    # 2 (0.9) of the one, 5 (0.6) of the other, then 1 (0.2), then 3 (0.5), 4 (0.1): the first
    # artist has 2 and 1, the second 5, 3 and 4.
    found = leading([], [[1, 2], [3, 4, 5]], known, is_described=False)
    assert order(found) == [2, 5, 1, 3, 4]


def test_works_come_before_artists_and_a_track_once() -> None:
    known = hits(t1=0.1, t2=0.9, t3=0.5)
    assert order(leading([[1]], [[1, 2], [3]], known, is_described=False)) == [1, 2, 3]


def test_beside_a_description_only_what_fits_leads() -> None:
    # Of the first artist 0.8 is the best: 0.4 is half of it and fits, 0.35 does not. The best of
    # the second is 0.2: it leads all the same, 0.09 is less than half of it.
    known = hits(t1=0.8, t2=0.4, t3=0.35, t4=0.2, t5=0.09)
    assert order(leading([], [[1, 2, 3], [4, 5]], known, is_described=True)) == [1, 4, 2]
    assert order(leading([], [[1, 2, 3], [4, 5]], known, is_described=False)) == [1, 4, 2, 5, 3]


def test_near_scores_keep_the_order_in_which_tracks_come() -> None:
    # 0.52 and 0.48 are both ten steps of 0.05, rounded; 0.60 is twelve.
    known = hits(t1=0.48, t2=0.52, t3=0.60)
    assert order(leading([], [[1, 2, 3]], known, is_described=False)) == [3, 1, 2]


def test_an_age_orders_the_tracks_of_an_artist() -> None:
    known = hits(t1=0.9, t2=0.5, t3=0.1)
    years = {1: 1990, 2: 2010, 3: 2000}
    found = leading([], [[1, 2, 3]], known, is_described=False, age=lambda track: -years[track])
    assert order(found) == [2, 3, 1]


def test_tracks_that_may_not_answer_are_left_out() -> None:
    assert leading([[7]], [[8, 9]], {}, is_described=False) == []
    assert order(leading([[7]], [[8, 9]], hits(t9=0.1), is_described=True)) == [9]
