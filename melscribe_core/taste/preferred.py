"""A taste in words: the descriptors that favourites have more often than the library, or less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from math import log, sqrt

from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.taste.taste import Preferred

MOST_MORE, MOST_LESS = 300, 100  # kept: they give the reasons of hits
REPEATED = 2  # favourites that must have a descriptor: one has anything
ODD = 1.64  # standard deviations: chance alone goes beyond them in one case of twenty


def preferred(
    favourites: Iterable[str], library: Iterable[str]
) -> tuple[tuple[Preferred, ...], tuple[Preferred, ...]]:
    """Return the descriptors that favourites have more often than the library, and less.

    Both are given as the texts of descriptor sets; the favourites are in the library too. Those
    that tell the favourites apart best come first: by a log(a / e) for a favourites with the
    descriptor where e are to be expected, and by how many of the expected ones are missing. Without
    favourites there are none.
    """
    liked, every = list(favourites), list(library)
    if not liked:
        return (), ()
    in_liked, in_library = _counts(liked), _counts(every)
    more: list[tuple[float, Preferred]] = []
    less: list[tuple[float, Preferred]] = []
    for name, held in in_library.items():
        found, share = in_liked[name], held / len(every)
        expected = len(liked) * share
        oddness = (found - expected) / sqrt(expected * (1 - share)) if share < 1 else 0.0
        if oddness > ODD and found >= REPEATED:
            more.append((found * log(found / expected), Preferred(name, found)))
        elif oddness < -ODD:
            less.append((expected - found, Preferred(name, found)))
    return _strongest(more, MOST_MORE), _strongest(less, MOST_LESS)


def _counts(texts: Iterable[str]) -> Counter[str]:
    return Counter(chain.from_iterable(text.split(SEPARATOR) for text in texts if text))


def _strongest(found: list[tuple[float, Preferred]], most: int) -> tuple[Preferred, ...]:
    ranked = sorted(found, key=lambda one: (-one[0], one[1].name))
    return tuple(name for _, name in ranked[:most])
