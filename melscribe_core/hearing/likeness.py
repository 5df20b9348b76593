"""Tracks that sound alike: nearest by the nets' features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.sound import FEATURES, STEPS, Sound

NETS = 2  # whose features lie one behind the other, equally many of each
OF_A_NET = FEATURES // NETS
ROWS = 4096  # tracks at once: 6.5 MB of features in float32
SAMPLE = 20_000  # tracks, evenly spread, that give means and spreads well enough
LEAST_SPREAD = 1e-3  # of a feature: below it, it is the same everywhere

_Steps = NDArray[np.int8]


class Likeness:
    """The heard tracks of a library, to be compared by sound.

    Each feature is standardised over the library. Both nets count equally: a cosine is the mean of
    the cosines of each net's features. Silent tracks are like none, and the others are not like
    them.
    """

    def __init__(self, steps: _Steps, reach: FloatArray) -> None:
        """Keep the features of n tracks as Sound has them: int8 (n, 400) and float32 (n,).

        They are not copied: with them 500,000 tracks take 200 MB, and 6 MB are added.
        """
        self._steps = steps
        self._scale = np.asarray(reach, np.float32) / np.float32(STEPS)
        self._means, self._spreads = self._moments()
        lengths = [_lengths(rows) for rows in self._standardised()]
        self._lengths = np.concatenate([np.zeros((0, NETS), np.float32), *lengths])

    def __len__(self) -> int:
        return len(self._steps)

    def near(self, rows: Sequence[int]) -> FloatArray:
        """Return how like these tracks together each track is: cosines, float32 (n,), -1 to 1.

        `rows` are places in the library; several tracks are compared by their middle. Silent tracks
        have -1, and all have -1 if `rows` are empty or silent.
        """
        heard = [row for row in rows if self._scale[row] > 0]
        middle = self._unit(np.array(heard, np.intp)).sum(axis=0)
        length = np.linalg.norm(middle)
        if not length:
            return np.full(len(self), -1, np.float32)
        return self._cosines(middle / length)

    def _cosines(self, middle: FloatArray) -> FloatArray:
        found = np.empty(len(self), np.float32)
        parts = middle.reshape(NETS, OF_A_NET)
        for start, rows in zip(self._starts(), self._standardised(), strict=True):
            here = slice(start, start + ROWS)
            products = np.einsum("ijk,jk->ij", rows.reshape(len(rows), NETS, OF_A_NET), parts)
            found[here] = (products / self._lengths[here]).sum(axis=1) / np.sqrt(np.float32(NETS))
        found[self._scale == 0] = -1
        return np.clip(found, -1, 1)

    def _unit(self, rows: NDArray[np.intp]) -> FloatArray:
        """Return the standardised features of tracks, those of each net with length 1 / sqrt 2."""
        features = (self._features(rows) - self._means) / self._spreads
        parts = features.reshape(len(rows), NETS, OF_A_NET)
        parts /= self._lengths[rows][:, :, None] * np.sqrt(np.float32(NETS))
        return features

    def _features(self, rows: slice | NDArray[np.intp]) -> FloatArray:
        found: FloatArray = self._steps[rows] * self._scale[rows][:, None]
        return found

    def _standardised(self) -> Iterator[FloatArray]:
        for start in self._starts():
            rows = self._features(slice(start, start + ROWS))
            rows -= self._means
            rows /= self._spreads
            yield rows

    def _starts(self) -> range:
        return range(0, len(self), ROWS)

    def _moments(self) -> tuple[FloatArray, FloatArray]:
        """Return mean and standard deviation of each feature over tracks that are not silent."""
        heard = np.flatnonzero(self._scale > 0)
        some = heard[:: max(1, len(heard) // SAMPLE)]
        total, squares = np.zeros(FEATURES), np.zeros(FEATURES)
        for start in range(0, len(some), ROWS):
            rows = self._features(some[start : start + ROWS])
            total += rows.sum(axis=0, dtype=np.float64)
            squares += np.einsum("ij,ij->j", rows, rows, dtype=np.float64)
        count = max(len(some), 1)
        means = total / count
        spreads = np.sqrt(np.maximum(squares / count - means**2, 0))
        spreads[spreads < LEAST_SPREAD] = 1
        return means.astype(np.float32), spreads.astype(np.float32)


def likeness(sounds: Sequence[Sound]) -> Likeness:
    """Return the likeness of sounds, in their order."""
    steps = np.frombuffer(b"".join(one.features for one in sounds), np.int8).reshape(-1, FEATURES)
    return Likeness(steps, np.array([one.reach for one in sounds], np.float32))


def like_scores(cosines: FloatArray) -> FloatArray:
    """Return scores 0 to 1 of cosines of `Likeness.near` to a whole library, same shape.

    1 is the very sound; 0 is what is no more like it than the library is on average. So a score
    says how much a track stands out in its own library: among nothing but metal, metal is not yet
    alike.
    """
    heard = cosines[cosines > -1]
    usual = float(heard.mean()) if len(heard) else 0.0
    found: FloatArray = (cosines - np.float32(usual)) / np.float32(max(1 - usual, 1e-6))
    return np.clip(found, 0, 1)


def _lengths(rows: FloatArray) -> FloatArray:
    parts = rows.reshape(len(rows), NETS, OF_A_NET)
    lengths: FloatArray = np.sqrt(np.einsum("ijk,ijk->ij", parts, parts))
    lengths[lengths == 0] = 1
    return lengths
