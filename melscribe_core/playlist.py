"""Ranked hits -> the tracks of a playlist, within limits.

Pure: what is known of the tracks is handed in.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from melscribe_core.search import Hit

PART = 200  # tracks looked up at a time


@dataclass(frozen=True)
class Song:
    """What must be known of a track to place it.

    Ids and names as the library has them, length in seconds.
    """

    track: int
    artist: str
    title: str
    album: str
    seconds: float


@dataclass(frozen=True)
class Pick:
    """One place in the playlist."""

    hit: Hit
    song: Song


@dataclass(frozen=True)
class Limits:
    """How long the playlist is, and how many tracks one artist may have (0: any number)."""

    number: int
    per_artist: int = 3


@dataclass(frozen=True)
class Chosen:
    """The playlist, best first, and what was passed over on the way."""

    picks: tuple[Pick, ...]
    repeated: int  # the same recording again, from another album
    crowded: int  # the artist had its share


Songs = Callable[[Sequence[int]], Mapping[int, Song]]


def choose(hits: Iterable[Hit], songs: Songs, limits: Limits) -> Chosen:
    """Take hits, best first, until the playlist is full.

    `songs` tells what is known of the track ids it is given; a track that it does not know has left
    the library and is passed over.
    """
    picks: list[Pick] = []
    heard: set[tuple[str, str]] = set()
    by_artist: Counter[str] = Counter()
    repeated = crowded = 0
    for pick in _known(hits, songs):
        if len(picks) == limits.number:
            break
        artist, recording = artist_key(pick.song), recording_key(pick.song)
        if recording in heard:
            repeated += 1
        elif limits.per_artist and artist and by_artist[artist] >= limits.per_artist:
            crowded += 1
        else:
            picks.append(pick)
            heard.add(recording)
            by_artist[artist] += 1
    return Chosen(tuple(picks), repeated, crowded)


def artist_key(song: Song) -> str:
    """Return the artist's name without case, accents, punctuation and a leading "the".

    "" when unknown.
    """
    return _folded(song.artist).removeprefix("the ")


def recording_key(song: Song) -> tuple[str, str]:
    """Return what two copies of one recording share.

    A track without artist or title equals only itself.
    """
    title = _folded(song.title)
    artist = artist_key(song)
    return (artist, title) if artist and title else (str(song.track), "")


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w\s]", " ", plain).split())


def _known(hits: Iterable[Hit], songs: Songs) -> Iterator[Pick]:
    hits = iter(hits)
    while part := list(islice(hits, PART)):
        known = songs([hit.track for hit in part])
        for hit in part:
            if hit.track in known:
                yield Pick(hit, known[hit.track])
