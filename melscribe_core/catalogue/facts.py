"""Arrays `facts.*`: of every track its text, year, tempo and length, for demands on them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from math import inf, isfinite, nan
from typing import Any, Literal, NamedTuple

import numpy as np

from melscribe_core.arrays import IdArray
from melscribe_core.catalogue.columns import Columns, ids, without

Measure = Literal["year", "tempo", "length"]

_COLUMNS = ("facts.track", "facts.text", "facts.year", "facts.tempo", "facts.length")


class Fact(NamedTuple):
    """What is known of one track: None for an unknown value; `text` is 0 for none.

    A value that is not a finite number is known, and never what is asked for.
    """

    track: int
    text: int
    year: object
    tempo: object
    length: object


class Facts:
    """The facts of all tracks, by ascending id."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def count(self) -> int:
        """Return the number of tracks whose facts are known."""
        return len(self._columns.read("facts.track")[0])

    def within(
        self, measure: Measure, low: float | None, high: float | None
    ) -> tuple[IdArray, IdArray]:
        """Return the tracks with a value in low..high, ends included, and those without one.

        None is an open end.
        """
        tracks, _, *measures = self._columns.aligned(*_COLUMNS)
        values = measures[("year", "tempo", "length").index(measure)]
        fits = np.isfinite(values)
        fits &= values >= np.float32(-inf if low is None else low)
        fits &= values <= np.float32(inf if high is None else high)
        return tracks[fits].astype(np.int64), tracks[np.isnan(values)].astype(np.int64)

    def texts_of(self, tracks: Iterable[int]) -> IdArray:
        """Return the text ids, ascending, of these tracks."""
        held, texts = self._columns.aligned(*_COLUMNS)[:2]
        wanted = np.fromiter(tracks, np.int64)
        found = np.unique(texts[np.isin(held, wanted)]).astype(np.int64)
        return found[found > 0]

    def update(self, gone: Sequence[int] | None, facts: Iterable[Fact]) -> None:
        """Replace the facts of the tracks in `gone`, of all with None; within a transaction."""
        before = self._columns.aligned(*_COLUMNS)
        stays = without(before[0], gone)
        fresh: list[array[Any]] = [array(code) for code in "qqfff"]
        for track, text, *measures in facts:
            for column, value in zip(fresh, (track, text, *map(_number, measures)), strict=True):
                column.append(value)
        now = [
            np.append(old[stays], np.frombuffer(new, new.typecode))
            for old, new in zip(before, fresh, strict=True)
        ]
        order = np.argsort(now[0])
        columns = [ids(column[order]) for column in now[:2]]
        columns += [column[order].astype("<f4") for column in now[2:]]
        self._columns.write(dict(zip(_COLUMNS, columns, strict=True)))


def _number(value: object) -> float:
    """Return a value as a number: NaN for unknown, infinity for what is no finite number."""
    if value is None:
        return nan
    return float(value) if isinstance(value, (int, float)) and isfinite(value) else inf
