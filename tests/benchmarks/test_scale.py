"""Growing libraries: exponents, columns, the picture, the requests chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speed import scale
from benchmarks.speed.process import Usage


def used(wall: float) -> Usage:
    return Usage(wall, wall / 2, 100_000_000, "")


def point(tracks: int, seconds: float) -> scale.Point:
    samples = {name: [used(seconds)] for name in scale.STEPS}
    answered = {"median": seconds, "slow": 2 * seconds, "cpu": seconds}
    return scale.Point(
        tracks, tracks // 2, used(10 * seconds), samples, answered, answered, 10**6, 2 * 10**6
    )


def test_the_exponent_is_that_of_the_last_step() -> None:
    # 100 times the tracks: 100 times the texts, 10 times the seconds; 100 ** 0.5 is 10.
    points = [point(10, 50.0), point(1000, 0.2), point(100_000, 2.0)]
    assert scale.power(points, lambda p: p.texts) == "1.00"
    assert scale.power(points, lambda p: p.first.wall) == "0.50"
    assert scale.power(points[:1], lambda p: p.texts) == ""


def test_each_size_has_a_column() -> None:
    lines = scale.render([point(1000, 0.2), point(100_000, 2.0)]).splitlines()
    assert lines[0] == "| tracks | 1,000 | 100,000 | grows as tracks to the |"
    assert "| distinct descriptor sets | 500 | 50,000 | 1.00 |" in lines
    assert "| first `melindex`, s | 2.0 | 20.0 | 0.50 |" in lines
    assert "| ... tracks/s | 500 | 5,000 | 0.50 |" in lines
    assert "| warm answer, plain request, ms | 200.0 | 2000.0 | 0.50 |" in lines
    assert len(lines) == 2 + len(scale.ROWS)


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    scale.draw([point(1000, 0.2), point(100_000, 2.0)], tmp_path / "scale.png")
    assert (tmp_path / "scale.png").read_bytes().startswith(b"\x89PNG")


def test_requests_that_demand_nothing_are_told_from_others() -> None:
    requests = ["sad folk", "80s pop", "pop, no ballads", "calm piano", "rock over 140 bpm"]
    assert set(scale.chosen_requests(requests, 9, demanding=False)) == {"sad folk", "calm piano"}
    every = scale.chosen_requests(requests, 9, demanding=True)
    assert sorted(every) == sorted(requests)
    assert scale.chosen_requests(requests, 2, demanding=True) == every[:2]
