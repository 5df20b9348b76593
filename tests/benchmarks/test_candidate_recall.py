"""Recall of the candidates, by hand."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality import candidate_recall


def test_recall_is_the_share_of_the_exact_answers() -> None:
    # 2 of 4 found, then 4 of 4 in another order
    exact = [[1, 2, 3, 4], [1, 2, 3, 4]]
    assert candidate_recall.shares([[1, 2, 9, 8], [4, 3, 2, 1]], exact) == [
        0.5,
        1.0,
    ]


def test_requests_are_read_in_their_order(requests: Path) -> None:
    assert candidate_recall.read_requests(requests / "dev.jsonl") == [
        "raw grunge",
        "something raw",
        "a drone",
    ]
