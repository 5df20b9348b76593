"""Candidates -> the ones that together fill a given time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from math import inf

import numpy as np
from numpy.typing import NDArray

from melscribe_core.playlist.limits import (
    Limits,
    Passed,
    Pick,
    Selection,
    cap_keys,
    selection_of,
)

OVER = 120.0  # seconds that a playlist may be longer than asked for, at most
SPARE = (50, 400)  # candidates read beyond those that fill the time; the second if the first fail
SEARCH_STEPS = 20_000  # steps of the depth-first search; each takes a few microseconds
EXCHANGES = 100  # picks exchanged, at most, where that search found no good end


def fill_time(
    candidates: Iterator[Pick], target: float, limits: Limits, passed: Passed
) -> tuple[list[Pick], bool]:
    """Return candidates that fill `target` seconds, best first, and whether there were too few.

    The highest-ranked candidates are kept where possible. The total exceeds the target by OVER at
    most. It misses the target by half the shortest track of the playlist at most, or else it is as
    near as any choice among the candidates read, as far as SEARCH_STEPS suffice (up to 12
    candidates they always do). More candidates are read while it misses by more than half an
    average track.
    """
    usable = _usable(candidates, target + OVER, passed)
    pool = _filling(usable, target, limits)
    places: list[int] = []
    for spare in SPARE:
        more = list(islice(usable, spare))
        pool += more
        places = _fitted(pool, target, limits)
        if not more or not _is_off([pool[i] for i in places], target, limits):
            break
    picks = [pool[i] for i in places]
    short = _is_off(picks, target, limits) and _total(picks) < target
    _count_left(pool if short else pool[: max(places)], picks, limits, passed)
    return sorted(picks, key=lambda pick: -pick.hit.score), short


def _usable(candidates: Iterator[Pick], longest: float, passed: Passed) -> Iterator[Pick]:
    """Yield candidates of known length that are not longer than the whole playlist may be."""
    for pick in candidates:
        if not pick.seconds:
            passed.unmeasured += 1
        elif pick.seconds > longest:
            passed.too_long += 1
        else:
            yield pick


def _filling(usable: Iterator[Pick], target: float, limits: Limits) -> list[Pick]:
    """Return candidates up to the first that no longer fits in, or up to the full number."""
    selection, pool = Selection(limits), list[Pick]()
    while not selection.is_full and (pick := next(usable, None)):
        pool.append(pick)
        if not selection.cap_for(pick):
            if selection.seconds + pick.seconds > target + OVER:
                break
            selection.add(pick)
    return pool


def _fitted(pool: Sequence[Pick], target: float, limits: Limits) -> list[int]:
    """Return the positions, in the pool, of a choice that ends near the target.

    Depth-first search that tries each candidate in before out: the first choice found departs from
    the ranking as late as possible.
    """
    lengths = [pick.seconds for pick in pool]
    rest = [*accumulate(reversed(lengths), initial=0.0)][::-1]  # rest[i]: seconds from i on
    least = [*accumulate(reversed(lengths), min, initial=inf)][::-1]  # least[i]: shortest from i on
    selection, places, shortest = Selection(limits), list[int](), [inf]
    best, nearest, at = list[int](), target, 0
    for _ in range(SEARCH_STEPS):
        lacking = target - selection.seconds
        # No candidate is short enough, or not even all of them lead nearer: take the last one out.
        if least[at] > lacking + OVER or lacking - rest[at] >= nearest:
            if not places:
                break
            at = places.pop() + 1
            selection.take_back()
            shortest.pop()
            continue
        if lengths[at] <= lacking + OVER and not selection.cap_for(pool[at]):
            selection.add(pool[at])
            places.append(at)
            shortest.append(min(shortest[-1], lengths[at]))
            off = abs(lacking - lengths[at])
            if selection.is_full or off <= shortest[-1] / 2:
                return places
            if off < nearest:
                nearest, best = off, list(places)
        at += 1
    return _exchanged(pool, best, target, limits)


def _exchanged(pool: Sequence[Pick], places: list[int], target: float, limits: Limits) -> list[int]:
    """Exchange picks one by one, each time for the nearest end, if that leads to a good one.

    The depth-first search tries all ends of a list before its middle, and may run out of steps.
    Where the caps leave little to choose from, longer tracks by the same artists may fill the time.
    """
    lengths = np.array([pick.seconds for pick in pool], np.float64)
    numbers: dict[object, int] = defaultdict(lambda: len(numbers))
    keys = np.array([[numbers[key] for key in cap_keys(pick.song)] for pick in pool])
    found = list(places)
    for _ in range(EXCHANGES if found else 0):
        lacking = target - lengths[found].sum()
        if abs(lacking) <= lengths[found].min() / 2:
            break
        left = lacking + lengths[found][:, None] - lengths  # [i, j]: with j in the place of i
        left[_barred(keys, found, limits) | (left < -OVER)] = inf
        i, j = np.unravel_index(np.argmin(np.abs(left)), left.shape)
        if abs(left[i, j]) >= abs(lacking):
            break
        found[i] = int(j)
    return places if _is_off([pool[i] for i in found], target, limits) else sorted(found)


def _barred(keys: NDArray[np.intp], found: list[int], limits: Limits) -> NDArray[np.bool_]:
    """Return which candidate may not replace which pick: bool (len(found), len(keys)).

    `keys` (n, 2) numbers the artist and the album of each candidate.
    """
    barred = np.zeros((len(found), len(keys)), np.bool_)
    barred[:, found] = True
    for key, cap in zip(keys.T, (limits.per_artist, limits.per_album), strict=True):
        full = np.bincount(key[found], minlength=int(keys.max()) + 1) >= (cap or inf)
        barred |= full[key] & (key[found][:, None] != key)
    return barred


def _total(picks: Sequence[Pick]) -> float:
    return sum(pick.seconds for pick in picks)


def _is_off(picks: Sequence[Pick], target: float, limits: Limits) -> bool:
    """Say whether the picks miss the target by more than half an average track.

    Never when their number is full.
    """
    total = _total(picks)
    half = total / len(picks) / 2 if picks else 0.0
    return len(picks) != limits.number and abs(target - total) > half


def _count_left(
    pool: Sequence[Pick], picks: Sequence[Pick], limits: Limits, passed: Passed
) -> None:
    """Count the candidates that were not taken, under the cap or the length that kept them out."""
    selection = selection_of(limits, picks)
    taken = {pick.song.track for pick in picks}
    for pick in pool:
        if pick.song.track not in taken:
            passed.count(selection.cap_for(pick))
