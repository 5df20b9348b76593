"""Hits in the order of their scores -> the same with what was played further down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush

from melscribe_core.search.hit import Hit

MOST = 0.3  # share of the score that is taken off for what was played often and lately


def fresh(hits: Iterable[Hit], played: Mapping[int, float]) -> Iterator[Hit]:
    """Yield the hits, best first, after MOST of the score was taken off as far as they are stale.

    `played` is from 0, never, to 1, often and lately; tracks that are not in it count as 0. What
    leads the list because it was named stays where it is.
    """
    waiting: list[tuple[float, int, Hit]] = []
    for arrival, hit in enumerate(hits):
        while waiting and -waiting[0][0] > hit.score:
            yield heappop(waiting)[-1]
        stale = 0.0 if hit.place else MOST * played.get(hit.track, 0.0) * hit.score
        moved = hit._replace(score=hit.score - stale, stale=stale) if stale else hit
        if hit.place:
            yield moved
        else:
            heappush(waiting, (-moved.score, arrival, moved))
    while waiting:
        yield heappop(waiting)[-1]
