"""A cold request, part by part."""

from __future__ import annotations

import pytest

from benchmarks.speed import cold_request
from benchmarks.speed.home import Home, run_module

MODULE = "benchmarks.speed.cold_request"


def test_a_parts_time_is_without_the_parts_inside_it() -> None:
    clock = cold_request.Clock(iter((1.0, 2.0, 5.0, 9.0)).__next__)
    with clock.inside("outer"), clock.inside("inner"):
        pass
    # Started at 0; outer from 1 to 2 and, when inner is over at 5, to 9.
    assert clock.spent == {cold_request.START: 1.0, "outer": 1.0 + 4.0, "inner": 3.0}


def test_a_request_is_told_part_by_part(own: Home) -> None:
    done = run_module(MODULE, str(own.folder), "sad folk", "--repeats", "1")
    lines = done.output.splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines[6:]]
    assert [row[0] for row in rows] == [*cold_request.ORDER, "together"]
    assert all(float(row[1]) > 0 for row in rows), "a function of PARTS is never called"
    # Each part is rounded to a hundredth, their sum to a whole.
    assert sum(float(row[1]) for row in rows[:-1]) == pytest.approx(float(rows[-1][1]), abs=1.5)
