"""The order of commands in a round."""

from __future__ import annotations

from benchmarks.speed import rounds


def test_rounds_begin_with_another_step_each_time() -> None:
    assert list(rounds.turned(["a", "b", "c"], 0)) == ["a", "b", "c"]
    assert list(rounds.turned(["a", "b", "c"], 4)) == ["b", "c", "a"]
