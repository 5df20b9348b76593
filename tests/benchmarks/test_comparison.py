"""The table of systems side by side."""

from __future__ import annotations

from benchmarks.speed import comparison
from benchmarks.speed.process import Usage


def used(wall: float) -> Usage:
    return Usage(wall, wall / 2, 100_000_000, "")


def test_each_tag_set_of_the_requests_is_a_track() -> None:
    tracks = list(comparison.right_answers([{"tags": ["sad", "folk"]}, {"tags": ["pop"]}]))
    assert [track.genres for track in tracks] == [("sad", "folk"), ("pop",)]
    assert len({(track.artist, track.album) for track in tracks}) == 2


def test_a_line_tells_all_of_a_way() -> None:
    way = comparison.Way("ours", lambda: used(1), lambda: used(1), dict, lambda: 2_500_000)
    way.indexed, way.asked = used(12.0), [used(0.4), used(0.6), used(3.0)]
    way.ranked = {"median": 0.0123, "recall": 0.5}
    # Half of the seconds are the processor's; the query's are medians.
    cells = ["ours", "12.0", "6.0", "100", "2.5", "0.60", "0.30", "100", "12.3", "0.500"]
    assert comparison._line(way) == cells
    assert len(cells) == len(comparison.HEAD)
