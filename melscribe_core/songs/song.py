"""A track as a playlist sees it, and the kinds of version that a song exists in.

A module of its own so that code which only passes songs on needs no other import of the core.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

VersionKind = Literal[
    "live",
    "acoustic",
    "session",
    "demo",
    "alternate",
    "remix",
    "instrumental",
    "acapella",
    "karaoke",
    "edit",
    "mono",
    "remaster",
    "rerecorded",
    "compilation",
]
Kinds = frozenset[VersionKind]

NONE: Kinds = frozenset()

_ALBUM_TYPES: dict[str, VersionKind] = {
    "live": "live",
    "remix": "remix",
    "dj-mix": "remix",
    "demo": "demo",
    "compilation": "compilation",
}


class Song(NamedTuple):
    """What must be known of a track to place it in a playlist.

    Ids and names as the library has them, length in seconds (0: unknown), beats per minute.
    `release` is the id of the album, None for a single track; `kinds` are the kinds of version that
    the library knows in addition to those in title and album. `albumartist` and `file`, the file's
    name, are shown when artist or title is unknown.
    """

    track: int
    artist: str
    title: str
    album: str
    seconds: float
    bpm: float | None = None
    release: int | None = None
    kinds: Kinds = NONE
    albumartist: str = ""
    file: str = ""


def kinds_of_types(types: Iterable[str]) -> Kinds:
    """Return the kinds of version for MusicBrainz release group types, such as "live"."""
    said = (_ALBUM_TYPES.get(one.strip().casefold()) for one in types)
    return frozenset(kind for kind in said if kind)
