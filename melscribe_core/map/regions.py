"""Places -> regions, each named by the descriptors that are more frequent there than around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from melscribe_core.map.layout import Float64Array, IntArray

PARTS = (12, 5, 5)  # at most: regions of the map, parts of each region, parts of each part
LEAST = 12  # sets in a region that gets a name
ROUNDS = 10  # of k-means; the centres hardly move after that
LOCAL = 0.15  # share of a region's sets that a descriptor must have to name it
SECOND = 0.6  # of the first descriptor's score: the least for a second one in a name


@dataclass(frozen=True)
class Region:
    """A part of the map: its name, where that is written, and how far its sets are spread there.

    `radius` is the root mean square distance from (x, y), all in the units of the places.
    """

    name: str
    x: float
    y: float
    radius: float


def regions(places: Float64Array, sets: Sequence[tuple[str, ...]]) -> list[Region]:
    """Return the regions of a map, float (n, 2), whole regions first, then their parts.

    A region is named by the descriptors that are more frequent in it than in what contains it: the
    whole map, or the region that it is a part of. One without such a descriptor is left out.
    """
    everywhere = np.arange(len(sets))
    return [region for level in _levels(places, sets, everywhere) for region in level]


def _levels(
    places: Float64Array, sets: Sequence[tuple[str, ...]], members: IntArray
) -> Iterator[list[Region]]:
    """Yield the named regions level by level: of the whole, of its parts, of theirs."""
    wholes = [members]
    for count in PARTS:
        split = [(part, whole) for whole in wholes for part in _split(places, whole, count)]
        named = (_named(places, sets, part, whole) for part, whole in split)
        yield [region for region in named if region is not None]
        wholes = [part for part, _ in split]


def _split(places: Float64Array, members: IntArray, count: int) -> list[IntArray]:
    """Return a region's parts by k-means, without those too small for a name.

    The first centres are places far apart: the one farthest from the mean, then each time the one
    farthest from all chosen so far.
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


def _far_apart(at: Float64Array, count: int) -> Float64Array:
    taken = [int(_distances(at, at.mean(axis=0)[None]).argmax())]
    reach = _distances(at, at[taken])[:, 0]
    while len(taken) < count:
        taken.append(int(reach.argmax()))
        reach = np.minimum(reach, _distances(at, at[taken[-1:]])[:, 0])
    return at[taken]


def _distances(at: Float64Array, middles: Float64Array) -> Float64Array:
    """Return squared distances, (n, k)."""
    apart = at[:, None, :] - middles[None, :, :]
    squared: Float64Array = np.einsum("nkd,nkd->nk", apart, apart)
    return squared


def _named(
    places: Float64Array, sets: Sequence[tuple[str, ...]], part: IntArray, whole: IntArray
) -> Region | None:
    scores = _outstanding([sets[i] for i in part], [sets[i] for i in whole])
    if not scores:
        return None
    (first, best), *more = scores
    name = " · ".join([first, *(d for d, score in more[:1] if score >= SECOND * best)])
    # Where the descriptor is, which may be off the centre if half of the region lacks it.
    at = places[[i for i in part if first in sets[i]]]
    x, y = np.median(at, axis=0)
    radius = float(np.sqrt(_distances(at, np.array([[x, y]])).mean()))
    return Region(name, float(x), float(y), radius)


def _outstanding(
    part: Sequence[tuple[str, ...]], whole: Sequence[tuple[str, ...]]
) -> list[tuple[str, float]]:
    """Return descriptors that are frequent in the part and rarer in the whole, best first.

    The score is the descriptor's term of the Kullback-Leibler divergence: p log(p / q), with its
    share p in the part and q in the whole.
    """
    here, around = Counter(d for one in part for d in one), Counter(d for one in whole for d in one)
    scores = [
        (descriptor, share * log(share * len(whole) / around[descriptor]))
        for descriptor, count in here.items()
        if (share := count / len(part)) >= LOCAL
    ]
    return sorted(((d, s) for d, s in scores if s > 0), key=lambda one: (-one[1], one[0]))
