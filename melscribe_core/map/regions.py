"""Places -> regions with names: what stands out where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

PARTS = (12, 5, 5)  # regions of the map, parts of each, and parts of these
LEAST = 12  # sets in a region that has a name
ROUNDS = 10  # of k-means; the middles hardly move after that
LOCAL = 0.15  # share of a region's sets that a descriptor must have to name it
SECOND = 0.6  # of the first's score: what a second descriptor in a name must reach


@dataclass(frozen=True)
class Region:
    """A part of the map: its name, where that is written, and how far its sets lie around there.

    `x`, `y` and `radius` are in the units of the places.
    """

    name: str
    x: float
    y: float
    radius: float


def regions(places: FloatArray, sets: Sequence[tuple[str, ...]]) -> list[Region]:
    """Return the regions of a map, float (n, 2), whole regions first, then their parts.

    What names a region is how much more often a descriptor stands there than around it: on the
    whole map, or in the region that it is a part of. A region where nothing stands out has no name
    and is left out.
    """
    everywhere = np.arange(len(sets))
    return [region for level in _levels(places, sets, everywhere) for region in level]


def _levels(
    places: FloatArray, sets: Sequence[tuple[str, ...]], members: IntArray
) -> Iterator[list[Region]]:
    """Yield the named regions of the whole, then of their parts, ..."""
    wholes = [members]
    for count in PARTS:
        split = [(part, whole) for whole in wholes for part in _split(places, whole, count)]
        named = (_named(places, sets, part, whole) for part, whole in split)
        yield [region for region in named if region is not None]
        wholes = [part for part, _ in split]


def _split(places: FloatArray, members: IntArray, count: int) -> list[IntArray]:
    """Return a region's parts by k-means, without those too small for a name.

    It begins with places far apart: the one farthest from the middle, then always the one that is
    farthest from all that were taken.
    """
    count = min(count, len(members) // LEAST)
    if count < 2:
        return []
    at = places[members]
    middles = _far_apart(at, count)
    for _ in range(ROUNDS):
        nearest = _distances(at, middles).argmin(axis=1)
        sizes = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, axis, count) for axis in at.T], axis=1)
        middles = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], middles)
    parts = (members[nearest == part] for part in range(count))
    return [part for part in parts if len(part) >= LEAST]


def _far_apart(at: FloatArray, count: int) -> FloatArray:
    taken = [int(_distances(at, at.mean(axis=0)[None]).argmax())]
    reach = _distances(at, at[taken])[:, 0]
    while len(taken) < count:
        taken.append(int(reach.argmax()))
        reach = np.minimum(reach, _distances(at, at[taken[-1:]])[:, 0])
    return at[taken]


def _distances(at: FloatArray, middles: FloatArray) -> FloatArray:
    """Return squared distances, (n, k)."""
    apart = at[:, None, :] - middles[None, :, :]
    squared: FloatArray = np.einsum("nkd,nkd->nk", apart, apart)
    return squared


def _named(
    places: FloatArray, sets: Sequence[tuple[str, ...]], part: IntArray, whole: IntArray
) -> Region | None:
    scores = _outstanding([sets[i] for i in part], [sets[i] for i in whole])
    if not scores:
        return None
    (first, best), *more = scores
    name = " · ".join([first, *(d for d, score in more[:1] if score >= SECOND * best)])
    # Where it stands densest: beside the middle, when half of the region is something else.
    at = places[[i for i in part if first in sets[i]]]
    x, y = np.median(at, axis=0)
    radius = float(np.sqrt(_distances(at, np.array([[x, y]])).mean()))
    return Region(name, float(x), float(y), radius)


def _outstanding(
    part: Sequence[tuple[str, ...]], whole: Sequence[tuple[str, ...]]
) -> list[tuple[str, float]]:
    """Return descriptors that are frequent in the part and rarer in the whole, best first.

    The score is the descriptor's share of what the part's sets tell about where they are: p log p/q
    with its share p in the part and q in the whole.
    """
    here, around = Counter(d for one in part for d in one), Counter(d for one in whole for d in one)
    scores = [
        (descriptor, share * log(share * len(whole) / around[descriptor]))
        for descriptor, count in here.items()
        if (share := count / len(part)) >= LOCAL
    ]
    return sorted(((d, s) for d, s in scores if s > 0), key=lambda one: (-one[1], one[0]))
