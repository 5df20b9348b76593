"""Measures of adapters -> a table for the reader, and what a difference is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..evaluation.metrics import Scores
from .matching import AUC, FANS, HITS, OTHERS
from .retention import DEV, OTHER, TAUGHT

COLUMNS = {  # of the table: a measure and its heading
    HITS: "HR@100",
    OTHERS: "by another's likes",
    FANS: "fans",
    AUC: "AUC",
    TAUGHT: "taught descriptors nDCG@10",
    OTHER: "other descriptors",
    DEV: "dev recall@10",
}


@dataclass(frozen=True)
class Difference:
    """Requests that find more or less than before, and the mean difference with its error.

    `mean` and `error`, the standard error over requests, are fractions of recall.
    """

    gained: int
    lost: int
    mean: float
    error: float


def difference(before: NDArray[np.float64], after: NDArray[np.float64]) -> Difference:
    """Return the paired difference of what the same requests find."""
    each = after - before
    error = each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else 0.0
    gained, lost = int((each > 0).sum()), int((each < 0).sum())
    return Difference(gained, lost, float(each.mean()), float(error))


def table_of(measures: Mapping[str, Scores]) -> str:
    """Return the measures, shares in per cent, as a Markdown table, a row for each adapter.

    A measure that no row has is left out; a cell that has none is empty.
    """
    kept = [name for name in COLUMNS if any(name in scores for scores in measures.values())]
    rows = [["adapter", *(COLUMNS[name] for name in kept)]]
    for system, scores in measures.items():
        cells = (f"{in_table(name, scores[name]):.1f}" if name in scores else "" for name in kept)
        rows.append([system, *cells])
    return aligned(rows)


def in_table(name: str, value: float) -> float:
    """Return a measure as a table has it: in per cent, but for a number of people."""
    return value if name == FANS else 100 * value


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table of rows, the first of them its head, with columns of one width."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    rule = [":" + "-" * (widths[0] + 1), *("-" * (width + 1) + ":" for width in widths[1:])]
    lines = ["| " + " | ".join(_padded(row, widths)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join(rule) + "|", *lines[1:]])


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [row[0].ljust(widths[0])] + [
        cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)
    ]
