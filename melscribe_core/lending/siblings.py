"""Genres and styles for tracks without any: those that the tracks of their album, or artist, share.

A track never lends to itself, and only what it has of its own is lent on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence

from melscribe_core.catalogue.tracks import Described
from melscribe_core.descriptors.lent import Lender
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.lending.kinds import styles

SHARED = 0.6  # least share of the tagged siblings that must have a style
MOST = 4  # styles lent to one track: more blur what is shared

Siblings = tuple[tuple[str, Lender], ...]


def lent_by_siblings(tracks: Sequence[Described]) -> dict[int, Siblings]:
    """Return track -> the styles it is lent and by whom; tracks that are lent none are absent.

    `tracks` must hold whole albums and artists. The album lends first, the artist where the album
    has nothing to lend.
    """
    own = {one.track: styles(one.own.split(SEPARATOR)) if one.own else () for one in tracks}
    needy = [one for one in tracks if not own[one.track]]
    albums = _shared(tracks, own, lambda one: one.album)
    artists = _shared(tracks, own, lambda one: one.artist or None)
    found: dict[int, Siblings] = {}
    for one in needy:
        if one.album is not None and (lent := albums.get(one.album)):
            found[one.track] = tuple((name, "album") for name in lent)
        elif lent := artists.get(one.artist):
            found[one.track] = tuple((name, "artist") for name in lent)
    return found


def _shared(
    tracks: Iterable[Described],
    own: dict[int, tuple[str, ...]],
    group_of: Callable[[Described], Hashable],
) -> dict[Hashable, tuple[str, ...]]:
    """Return group -> the styles that SHARED of its tagged tracks have, most frequent first."""
    tagged = Counter[Hashable]()
    counted: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
    for one in tracks:
        group = group_of(one)
        if group is not None and (found := own[one.track]):
            tagged[group] += 1
            counted[group].update(found)
    return {group: _most(counts, tagged[group]) for group, counts in counted.items()}


def _most(counts: Counter[str], of: int) -> tuple[str, ...]:
    shared = [(-count, name) for name, count in counts.items() if count >= SHARED * of]
    return tuple(name for _, name in sorted(shared)[:MOST])
