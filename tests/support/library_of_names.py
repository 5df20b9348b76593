"""A library of real names, many of them ordinary words: tests/data/requests/names/library.tsv."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.support.paths import REQUESTS

_JOINED = re.compile(r"\s*(?:,| & |\bfeat\.|\bfeaturing\b)\s*")


class Track(NamedTuple):
    """One line of the library."""

    artist: str
    title: str
    album: str
    year: int
    genres: tuple[str, ...]
    moods: tuple[str, ...]
    bpm: int

    @property
    def artists(self) -> set[str]:
        """Return the artist as spelled, and each of them if there are several."""
        return {self.artist, *_JOINED.split(self.artist)}

    def is_of(self, name: str) -> bool:
        """Tell if the track is by an artist, is "title: X" or "title: X by Y", or on "album: X"."""
        kind, _, work = name.partition(": ")
        if kind not in ("title", "album"):
            return name in self.artists
        own = getattr(self, kind)
        return work in (own, f"{own} by {self.artist}")

    def has(self, wanted: str) -> bool:
        """Tell if the track is of a name, or has "tag: X", or is of "year: A-B".

        A genre has its last words as tags: "hard rock" is "rock".
        """
        kind, _, value = wanted.partition(": ")
        if kind == "tag":
            return any(f" {own}".endswith(f" {value}") for own in (*self.genres, *self.moods))
        if kind == "year":
            first, last = map(int, value.split("-"))
            return first <= self.year <= last
        return self.is_of(wanted)

    def fields(self) -> dict[str, Any]:
        """Return its fields as `Home.add` takes them."""
        found: dict[str, Any] = self._asdict()
        found |= {"genres": list(self.genres), "mood": ", ".join(self.moods), "length": 200.0}
        del found["moods"]
        return found


def lines(file: str) -> Iterator[str]:
    """Yield the lines of a table in REQUESTS, without comments and empty lines."""
    for line in (REQUESTS / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            yield line


def tracks() -> list[Track]:
    """Return the tracks; the first has the id 1 in a library to which they are added first."""
    return [_track(line) for line in lines("names/library.tsv")]


def _track(line: str) -> Track:
    artist, title, album, year, genres, moods, bpm = line.split("\t")
    return Track(
        artist,
        title,
        album,
        int(year),
        tuple(genres.split(", ")),
        tuple(moods.split(", ")),
        int(bpm),
    )
