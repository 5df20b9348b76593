"""A taste: the direction in which a person's favourites lie from the middle of their library.

The form is the smallest of those measured (benchmarks/quality/taste.md): the mean vector of the
favourites less the mean of the library, in standard deviations over the library. A gate lets it
count where the favourites lie near the request, since a person who likes soul has no taste in
black metal.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray, IdArray
from melscribe_core.descriptors.sets import SEPARATOR

Keys = NDArray[np.uint32]

FEWEST = 5  # favourites, as distinct sets: below it chance decides what they share
LEAST_CHECK = 0.65  # of the self-check; random sets pass it in 19 of 100 cases with 5 favourites
FARTHEST = 2.5  # standard deviations, beyond which a set is not preferred more
GATE = 0.32  # share of the favourites near the request at which the taste counts in full


class Preferred(NamedTuple):
    """A descriptor that favourites have more often, or less, than the library: in how many."""

    name: str
    favourites: int


@dataclass(frozen=True, eq=False)
class Taste:
    """What a person favours.

    `direction` and `centre` are float32 (dim,): the mean of the favourites less that of the
    library, and that of the library. `middle` and `spread` are the mean and the standard deviation
    of raw scores, the inner products with `direction`, over the library. `keys` (n,) tell the
    favourites by their descriptor sets, ascending; `near` int8 (m, dim) are vectors of some of
    them in steps of `near_step`, for the gate. `tracks` are the ids of the favourite tracks,
    ascending. `excess`, float32 (dim,), is taken off the vector of a set that was only heard: see
    excess.py. `check` is the mean AUC of the favourites, each left out of its own taste. `more` and
    `less` tell it in words, strongest first.
    """

    direction: FloatArray
    centre: FloatArray
    middle: float
    spread: float
    keys: Keys
    near: NDArray[np.int8]
    near_step: float
    tracks: IdArray
    excess: FloatArray
    check: float
    more: tuple[Preferred, ...]
    less: tuple[Preferred, ...]

    @property
    def favourites(self) -> int:
        """Return the number of distinct descriptor sets among the favourites."""
        return len(self.keys)

    @property
    def is_used(self) -> bool:
        """Return whether there is enough to go by, and the favourites have something in common."""
        return self.favourites >= FEWEST and self.check >= LEAST_CHECK

    def scores(
        self, sets: Sequence[Collection[str]], vectors: FloatArray, heard: FloatArray
    ) -> FloatArray:
        """Return how much each set is preferred, float32 (n,), from -FARTHEST to FARTHEST.

        0 is the mean of the library. `vectors` is float32 (n, dim); `heard` is 1 for a set that was
        only heard, else 0. A favourite is scored as if it were none.
        """
        placed = among_texts(vectors, heard, self.excess)
        found = placed @ self.direction
        own = np.flatnonzero(self._are_favourites(sets))
        if len(own):
            found[own] = without_itself(found[own], placed[own], self.centre, self.favourites)
        return standardised(found, self.middle, self.spread)

    def _are_favourites(self, sets: Sequence[Collection[str]]) -> NDArray[np.bool_]:
        """Say which of the sets are those of favourites, bool (n,)."""
        keys = keys_of(sets)
        if not len(self.keys):
            return np.zeros(len(keys), bool)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found: NDArray[np.bool_] = self.keys[places] == keys
        return found

    def gate(self, vector: FloatArray, library: FloatArray) -> float:
        """Return how far a request lies where the favourites lie, 0 to 1.

        It is the share of the favourites whose cosine to `vector`, float32 (dim,) of unit length,
        is more than a standard deviation above the mean of those of the `library`, divided by GATE.
        """
        if not (len(self.near) and len(library)):
            return 0.0
        cosines = (self.near.astype(np.float32) @ vector) * self.near_step
        return min(1.0, float((cosines > library.mean() + library.std()).mean()) / GATE)


@dataclass(frozen=True, eq=False)
class Pull:
    """What a taste adds to the evidence of one request: `weight` standard deviations at most 1."""

    taste: Taste
    weight: float

    def evidence(
        self, sets: Sequence[Collection[str]], vectors: FloatArray, heard: FloatArray
    ) -> FloatArray:
        """Return what to add to the evidence of each set, float32 (n,)."""
        found: FloatArray = np.float32(self.weight) * self.taste.scores(sets, vectors, heard)
        return found


def among_texts(vectors: FloatArray, heard: FloatArray, excess: FloatArray) -> FloatArray:
    """Return vectors, float32 (n, dim), what was only heard moved to where texts lie.

    `heard` (n,) is 1 for what was only heard, else 0. What was moved is shorter than 1.
    """
    return vectors - heard[:, None] * excess if heard.any() else vectors


def without_itself(
    raw: FloatArray, vectors: FloatArray, centre: FloatArray, favourites: int
) -> FloatArray:
    """Return the raw scores of favourites, each with the direction that the others give, (n,).

    With c the mean of n vectors, m the centre and x one of the n, the others have the mean
    (n c - x) / (n - 1), so x's score is (n x.(c - m) + x.m - x.x) / (n - 1). Alone it is 0.
    """
    if favourites < 2:
        return np.zeros_like(raw)
    apart = vectors @ centre - np.einsum("ij,ij->i", vectors, vectors)
    found: FloatArray = (favourites * raw + apart) / np.float32(favourites - 1)
    return found


def standardised(raw: FloatArray, middle: float, spread: float) -> FloatArray:
    """Return raw scores in standard deviations, at most FARTHEST from 0, float32 (n,)."""
    if not spread:
        return np.zeros_like(raw)
    found: FloatArray = np.clip((raw - middle) / spread, -FARTHEST, FARTHEST).astype(np.float32)
    return found


def keys_of(sets: Sequence[Collection[str]]) -> Keys:
    """Return one number for each set, uint32 (n,): the same for the same descriptors, sorted."""
    return np.fromiter((key_of(SEPARATOR.join(one)) for one in sets), np.uint32, len(sets))


def key_of(text: str) -> int:
    """Return the number of a set that is given as its text.

    With 2,000 favourites one set in two million has the number of another one that is a favourite,
    and is scored a little lower for it.
    """
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))
