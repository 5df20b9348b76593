"""Orders of a playlist: artists apart, neighbours alike. Pure functions.

`spread` changes a visible order, such as best first, only a little. `spaced` keeps artists apart
wherever possible, for an order without meaning of its own. `flow` makes an order in which
neighbours are alike.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count, takewhile
from math import isfinite
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray

T = TypeVar("T")

AHEAD = 50  # elements read ahead, at most, to find another artist

BLOCK = 2000  # tracks ordered at a time; the distances take 16 MB, three times that while computed
PASSES = 6  # of 2-opt over a block; more gain little
TEMPO = 0.5  # cosine distance that an octave of tempo is equal to


@dataclass(order=True, slots=True)
class _Waiting(Generic[T]):
    rank: float
    turn: int
    artist: object = field(compare=False)
    value: T = field(compare=False)


def spread(
    line: Iterable[T],
    rank: Callable[[T], float],
    artist: Callable[[T], object],
    near: float,
    spacing: int,
) -> Iterator[T]:
    """Yield a line by rank, lowest first, with artists apart among those whose ranks are near.

    Of the elements within `near` of the lowest rank left, each place takes the first whose artist
    was used longest ago; `spacing` places ago counts the same as longer ago. No place depends on
    where the line ends: the result for a shorter line is the beginning of that for a longer one.
    `line` must be nearly in order; at most AHEAD elements are read ahead.
    """
    coming = (_Waiting(rank(one), turn, artist(one), one) for turn, one in enumerate(line))
    waiting: list[_Waiting[T]] = []  # by rank
    latest: dict[object, int] = {}  # artist -> its last place
    for place in count():
        while len(waiting) < AHEAD and (not waiting or _is_near(waiting[-1], waiting[0], near)):
            if (one := next(coming, None)) is None:
                break
            insort(waiting, one)
        if not waiting:
            return
        chosen = _most_rested(waiting, near, place, latest, spacing)
        waiting.remove(chosen)
        latest[chosen.artist] = place
        yield chosen.value


def _is_near(one: _Waiting[T], first: _Waiting[T], near: float) -> bool:
    return one.rank <= first.rank + near


def _most_rested(
    waiting: Sequence[_Waiting[T]],
    near: float,
    place: int,
    latest: Mapping[object, int],
    spacing: int,
) -> _Waiting[T]:
    fitting = takewhile(lambda one: _is_near(one, waiting[0], near), waiting)
    return max(fitting, key=lambda one: min(place - latest.get(one.artist, -spacing), spacing))


def spaced(artists: Sequence[object], spacing: int) -> list[int]:
    """Return the indices in a new order in which no artist is repeated within `spacing` places.

    If no order keeps that distance, the largest possible one is kept. Of the orders that keep it
    this is the one that departs from the given order as late as possible. If some artist must
    follow itself, it does so as rarely as possible.
    """
    for gap in range(min(spacing, len(artists)), 1, -1):
        line = _Line(artists, gap)
        if gap == 2 or line.possible(len(artists)):
            return [line.step() for _ in artists]
    return list(range(len(artists)))


class _Line:
    """Places filled one after another, with at least `gap` - 1 others between two of an artist.

    Let C be the largest number of tracks that an artist has left, n the number of artists with so
    many, and m the places left. The last tracks of these n artists need places of their own from
    (C - 1) * gap on, so n <= m - (C - 1) * gap is necessary. It is also sufficient, since every
    other artist has more choice (Hall's theorem; the tests compare with all orders of short lists).
    """

    def __init__(self, artists: Sequence[object], gap: int) -> None:
        self._queues: dict[object, deque[int]] = defaultdict(deque)
        for place, artist in enumerate(artists):
            self._queues[artist].append(place)
        self._artists, self._left = artists, len(artists)
        self._with: dict[int, dict[object, None]] = defaultdict(dict)  # artists by tracks left
        for artist, queue in self._queues.items():
            self._with[len(queue)][artist] = None
        self._most = max(self._with, default=0)
        self._resting: deque[object] = deque([None] * (gap - 1))  # the latest at the end
        self._free = [queue[0] for queue in self._queues.values()]  # a heap of each artist's first
        self._gap = gap

    def possible(self, left: int) -> bool:
        """Say whether the distance can be kept when this many places are left."""
        return len(self._with[self._most]) <= left - (self._most - 1) * self._gap

    def step(self) -> int:
        """Return the index, in the given order, of the next track."""
        artist = self._next()
        queue = self._queues[artist]
        place = queue.popleft()
        self._left -= 1
        del self._with[len(queue) + 1][artist]
        self._with[len(queue)][artist] = None
        while self._most and not self._with[self._most]:
            self._most -= 1
        self._resting.append(artist)
        rested = self._resting.popleft()
        if rested is not None and self._queues[rested]:
            heappush(self._free, self._queues[rested][0])
        return place

    def _next(self) -> object:
        while self._free and self._stale(self._free[0]):
            heappop(self._free)
        if not self._free:  # all are resting: the distance cannot be kept
            return self._artists[min(q[0] for q in self._queues.values() if q)]
        first = self._artists[self._free[0]]
        if len(self._queues[first]) == self._most or self.possible(self._left - 1):
            heappop(self._free)
            return first
        urgent = [a for a in self._with[self._most] if a not in self._resting]
        return min(urgent, key=lambda artist: self._queues[artist][0], default=first)

    def _stale(self, place: int) -> bool:
        artist = self._artists[place]
        queue = self._queues[artist]
        return artist in self._resting or not queue or queue[0] != place


def flow(vectors: FloatArray, tempos: Sequence[float | None], block_size: int = BLOCK) -> list[int]:
    """Return an order of the rows, beginning with the first, in which neighbours are alike.

    `vectors` is float32 (n, dim) of unit length, `tempos` in beats per minute. The path is short:
    from each row to the nearest one left, then improved by 2-opt (Croes 1958). Each block of
    `block_size` rows is ordered by itself, from the end of the block before.
    """
    way: list[int] = []
    for start in range(0, len(vectors), block_size):
        block = np.arange(start, min(start + block_size, len(vectors)))
        rows = np.concatenate([way[-1:], block]).astype(np.intp)
        apart = _apart(vectors[rows], [tempos[i] for i in rows])
        path = rows[_straightened(_chain(apart), apart)]
        way += path[len(rows) - len(block) :].tolist()
    return way


def _apart(vectors: FloatArray, tempos: Sequence[float | None]) -> FloatArray:
    """Return the distances (n, n): cosine distance plus TEMPO for each octave between the tempos.

    For an unknown tempo the mean over the known pairs is used, which favours no neighbour.
    """
    apart: FloatArray = np.subtract(1, vectors @ vectors.T, dtype=np.float32)
    octaves = np.log2([known_tempo(tempo) or np.nan for tempo in tempos]).astype(np.float32)
    between = np.abs(octaves[:, None] - octaves)
    np.fill_diagonal(between, np.nan)
    unknown = np.isnan(between)
    if not unknown.all():
        between[unknown] = np.nanmean(between)
        apart += TEMPO * between
    return apart


def _chain(apart: FloatArray) -> NDArray[np.intp]:
    """Return the path from row 0 on, always to the nearest row left."""
    left = np.zeros(len(apart), np.float32)  # inf: visited
    path = np.zeros(len(apart), np.intp)
    for i in range(1, len(path)):
        left[path[i - 1]] = np.inf
        path[i] = np.argmin(apart[path[i - 1]] + left)
    return path


def _straightened(path: NDArray[np.intp], apart: FloatArray) -> NDArray[np.intp]:
    """Reverse stretches of the path while that makes it shorter (2-opt); the first row stays."""
    path = path.copy()
    for _ in range(PASSES):
        before = path.copy()
        for i in range(1, len(path) - 1):
            here, ends = path[i - 1], path[i:]
            onward = np.append(apart[ends[:-1], ends[1:]], np.float32(0))  # the last has no onward
            joined = np.append(apart[path[i], ends[1:]], np.float32(0))
            gain = apart[here, path[i]] + onward - apart[here, ends] - joined
            far = int(np.argmax(gain))
            if gain[far] > 1e-6:  # a smaller gain is rounding error
                path[i : i + far + 1] = path[i : i + far + 1][::-1].copy()
        if (path == before).all():
            break
    return path


def known_tempo(bpm: float | None) -> float | None:
    """Return the tempo, None when it is unknown or not a positive number."""
    return bpm if bpm and isfinite(bpm) and bpm > 0 else None
