"""The tables over seeds, on runs made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.quality.preference import BY_RIDGE, NONE, POPULAR, Kept, dev_table, table


def run(hits: float, gained: int, lost: int, mean: float) -> dict[str, Any]:
    one = {"gained": gained, "lost": lost, "mean": mean, "error": 0.004}
    return {"scores": {"hr@100": hits, "fans of the first 100": 40.0}, "differences": {"all": one}}


def kept(folder: Path) -> Kept:
    made = Kept(folder / "runs.jsonl")
    for name in (POPULAR, BY_RIDGE, NONE):
        made.keep(name, **run(0.25, 0, 0, 0.0))
    made.keep("aa 0", **{"x1": run(0.3, 1, 2, -0.01), "x0.3": run(0.28, 3, 1, 0.02)})
    made.keep("aa 1", **{"x1": run(0.32, 1, 2, -0.01), "x0.3": run(0.28, 1, 2, -0.01)})
    return Kept(folder / "runs.jsonl")  # as another run reads it


def cells(table: str, first: str) -> list[list[str]]:
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    return [row for row in rows if row[0] == first]


def measured(folder: Path) -> str:
    rows = kept(folder).rows
    for row in rows.values():
        for part in (row, row.get("x1", {}), row.get("x0.3", {})):
            if "scores" in part:
                part["scores"] |= dict.fromkeys(OTHERS, 0.5)
    return table(rows, ["aa"], 2)


OTHERS = (
    "hr@100 by another's likes",
    "auc",
    "taught descriptors",
    "other descriptors",
    "dev",
)


def test_shares_are_in_per_cent_with_their_deviation_over_seeds(tmp_path: Path) -> None:
    whole, part = cells(measured(tmp_path), "aa")
    # 30 and 32: mean 31, deviation sqrt(1 + 1) = 1.4; people are counted, not shared out
    assert whole[:3] == ["aa", "1", "31.0 ± 1.4"] and "40.0 ± 0.0" in whole
    assert part[:3] == ["aa", "0.3", "28.0 ± 0.0"]
    assert cells(measured(tmp_path), NONE)[0][1:3] == ["", "25.0"]


def test_dev_requests_are_compared_seed_by_seed(tmp_path: Path) -> None:
    # +2 and -1 points: mean 0.5, deviation 3 / sqrt(2) = 2.1
    assert cells(dev_table(kept(tmp_path).rows, ["aa"], 2), "aa") == [
        ["aa", "+0.5 ± 2.1", "3 / 1, 1 / 2", "0.40"]
    ]
