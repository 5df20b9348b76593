"""Tracks that were named -> the hits that lead a playlist, artists taking turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest

from melscribe_core.search.hit import Hit

FITS = 0.5  # of the best score among an artist's tracks: less does not fit the description
STEP = 0.05  # of score: within it the order of an artist's tracks is that in which they arrive


def leading(
    works: Sequence[Sequence[int]],
    artists: Sequence[Sequence[int]],
    hits: Mapping[int, Hit],
    *,
    is_described: bool,
    age: Callable[[int], float] | None = None,
) -> list[Hit]:
    """Return the hits that lead the list, each with its place.

    `works` and `artists` hold the tracks of each name, `hits` those that may answer, by track.
    Works come first, then the artists in turn, each with its best tracks first. Beside a
    description only tracks that fit it lead: those with at least FITS of the best score of their
    artist. With `age` an artist's tracks are ordered by it, the lowest first. A track is listed
    once.
    """
    named = [_best_first(tracks, hits) for tracks in works]
    lines = [_best_first(tracks, hits) for tracks in artists]
    if age is not None:
        lines = [sorted(line, key=lambda hit: age(hit.track)) for line in lines]
    if is_described:
        lines = [_fitting(line) for line in lines]
    order = dict.fromkeys(chain(chain.from_iterable(named), in_turn(lines)))
    return [hit._replace(place=place) for place, hit in enumerate(order, 1)]


def in_turn(lines: Iterable[Sequence[Hit]]) -> Iterator[Hit]:
    """Yield the first of every line, then the second of every line, and so on."""
    for row in zip_longest(*lines):
        yield from (hit for hit in row if hit is not None)


def _best_first(tracks: Sequence[int], hits: Mapping[int, Hit]) -> list[Hit]:
    found = [hits[track] for track in tracks if track in hits]
    return sorted(found, key=lambda hit: -round(hit.score / STEP))


def _fitting(line: Sequence[Hit]) -> list[Hit]:
    best = max((hit.fit for hit in line), default=0.0)
    return [hit for hit in line if hit.fit >= FITS * best]
