"""Rows of different lengths in one flat array, so that many are picked without a Python loop."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from ..nearest import IntArray

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ragged:
    """Rows of numbers: row i is `values[starts[i] : starts[i] + lengths[i]]`."""

    values: IntArray
    starts: Places
    lengths: Places

    @classmethod
    def of(cls, rows: Iterable[Collection[int]]) -> Ragged:
        """Return the rows as one table."""
        held = list(rows)
        lengths = np.fromiter(map(len, held), np.int64, len(held))
        values = np.fromiter(chain.from_iterable(held), np.int32, int(lengths.sum()))
        return cls(values, lengths.cumsum() - lengths, lengths)

    def pick(self, rows: npt.NDArray[np.integer]) -> tuple[Places, IntArray]:
        """Return for each value of the chosen rows its row's place in `rows`, and the values.

        Both are (values,); places ascend. A row may be chosen more than once.
        """
        lengths = self.lengths[rows]
        places = np.repeat(np.arange(len(rows)), lengths)
        # The nth value of all lies n - (values of the rows before its own) after its row's start.
        shift = self.starts[rows] - (lengths.cumsum() - lengths)
        return places, self.values[np.arange(len(places)) + shift[places]]


def reduce_rows(
    ufunc: np.ufunc, rows: npt.NDArray[np.uint8], places: Places, count: int, empty: int
) -> npt.NDArray[np.uint8]:
    """Return for each place from 0 to `count` the reduction of its rows, (count, columns).

    `places`: of each row, ascending. A place without rows is filled with `empty`.
    """
    reduced = np.full((count, rows.shape[1]), empty, np.uint8)
    present, starts = np.unique(places, return_index=True)
    if len(present):
        reduced[present] = ufunc.reduceat(rows, starts, axis=0)
    return reduced
