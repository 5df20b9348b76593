"""Table `columns`: numbers of all tracks, one array each, for requests that look at every track.

A request that is about years, lengths or names would otherwise read as many rows as there are
tracks. An array is written whole, in the transaction that changes one of its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melscribe_core.catalogue.database import Database
from melscribe_core.errors import DamagedCatalogueError

Array = NDArray[Any]


class Columns:
    """Arrays by name, cached while nothing is written to the catalogue."""

    def __init__(self, file: Database) -> None:
        self._file = file
        self._cached: tuple[str | None, dict[str, Array]] = (None, {})

    def read(self, *names: str) -> list[Array]:
        """Return the arrays of these names; empty ones if they were never written."""
        version = self._file.meta("columns")
        if self._cached[0] != version:
            self._cached = (version, {})
        held = self._cached[1]
        for name in names:
            if name not in held:
                held[name] = self._stored(name)
        return [held[name] for name in names]

    def aligned(self, *names: str) -> list[Array]:
        """Return arrays of equal length. Raises DamagedCatalogueError for others."""
        found = self.read(*names)
        if len({len(array) for array in found}) > 1:
            raise self.damaged()
        return found

    def write(self, arrays: Mapping[str, Array]) -> None:
        """Replace arrays within the present transaction."""
        self._file.db.executemany(
            "INSERT OR REPLACE INTO columns (name, kind, rows) VALUES (?, ?, ?)",
            ((name, array.dtype.str, array.tobytes()) for name, array in arrays.items()),
        )
        self._file.revise("columns")

    def damaged(self) -> DamagedCatalogueError:
        """Return the error for arrays that cannot be what was written."""
        return self._file.damaged("columns")

    def _stored(self, name: str) -> Array:
        query = "SELECT kind, rows FROM columns WHERE name = ?"
        with self._file.reading():
            row = self._file.db.execute(query, (name,)).fetchone()
        try:
            return np.empty(0, np.uint8) if row is None else np.frombuffer(row[1], np.dtype(row[0]))
        except (ValueError, TypeError) as error:
            raise self.damaged() from error


def ids(values: Array) -> Array:
    """Return ids as an array of the smaller type that holds them."""
    found = values.astype(np.int64)
    is_small = not len(found) or (found.min() >= 0 and found.max() < 1 << 32)
    return found.astype("<u4") if is_small else found


def without(tracks: Array, gone: Sequence[int] | None) -> NDArray[np.bool_]:
    """Return which entries stay when these tracks are replaced, none of them with None."""
    if gone is None:
        return np.zeros(len(tracks), bool)
    stays: NDArray[np.bool_] = np.isin(tracks, np.asarray(gone, np.int64), invert=True)
    return stays
