"""A library of five tracks, and what requests must answer after a change of it.

`fill` makes it, `described` says what its tracks are described by, `assert_seen` makes a change
between two requests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from beets.ui import UserError

from tests.support.fresh import assert_as_new, made_anew
from tests.support.home import Home
from tests.support.inside import beet

# title: artist, album id, genres, year, bpm, length; what is empty is the album's, or unknown
TRACKS: dict[str, tuple[Any, ...]] = {
    "Willow": ("Ann", 1, "Folk", 1971, 80, 100.0),
    "Heron": ("Ann", 1, "Jazz", 1972, 120, 200.0),
    "Mirror": ("Bob", 2, "Techno", 1994, 140, 300.0),
    "Sequin": ("Bob", 2, "", 0, 0, 400.0),
    "Ember": ("Cleo", None, "Blues", 1988, 0, 0.0),
}
ALBUMS = {"Shore": ("Ann", "", 0), "Lights": ("Bob", "Trance", 1995)}  # artist, genres, year
ATTRIBUTES = """
INSERT INTO item_attributes (entity_id, key, value) VALUES (4, 'mood', 'calm');
INSERT INTO album_attributes (entity_id, key, value) VALUES (1, 'mood', 'sad');
"""
# Below 90 bpm is slow, from 130 on fast.
DESCRIBED = {
    "Willow": "1970s, folk, sad, slow",
    "Heron": "1970s, jazz, mid-tempo, sad",
    "Mirror": "1990s, fast, techno",
    "Sequin": "1990s, calm, trance",
    "Ember": "1980s, blues",
}
ALL = ["ls", "describe:folk", "-f", "$title: $descriptors"]
SETTINGS: dict[str, Any] = {
    "file_tags": False,
    "siblings": False,
    "per_artist": 0,
    "per_album": 0,
}


def fill(home: Home) -> None:
    """Add the five tracks, two of them on each of two albums, to an empty library."""
    names = ("artist", "album_id", "genres", "year", "bpm", "length")
    home.add(
        *(
            {"title": title, **dict(zip(names, values, strict=True)), "genres": [values[2]]}
            for title, values in TRACKS.items()
        )
    )
    for number, (album, (artist, genres, year)) in enumerate(ALBUMS.items(), 1):
        write(
            home.database,
            "INSERT INTO albums (id, album, albumartist, genres, year)"
            f" VALUES ({number}, '{album}', '{artist}', '{genres}', {year});"
            f"UPDATE items SET album = '{album}' WHERE album_id = {number}",
        )
    write(home.database, ATTRIBUTES)


def write(library: Path, sql: str) -> None:
    """Let a program that is not beets write statements to a library."""
    with closing(sqlite3.connect(library)) as db:
        db.executescript(sql)


def lines(home: Home, *args: str) -> list[str]:
    """Return the lines that a command prints, sorted; none when nothing fits."""
    try:
        return sorted(beet(home, *args).splitlines())
    except UserError as error:
        assert "no track" in str(error), error
        return []


def described(**changed: str) -> list[str]:
    """Return what ALL prints: DESCRIBED with these changes; a track without descriptors is absent.

    A track with another title is given as `Willow="Dawn: 1970s, folk"`.
    """
    said = {title: f"{title}: {found}" for title, found in DESCRIBED.items()}
    said |= {
        title: found if ":" in found else found and f"{title}: {found}"
        for title, found in changed.items()
    }
    return sorted(filter(None, said.values()))


def assert_seen(home: Home, sql: str, asked: Sequence[str], expected: Sequence[str]) -> None:
    """Assert that a request sees a change between it and one before, as a fresh index does."""
    lines(home, *asked)
    write(home.database, sql)
    assert lines(home, *asked) == sorted(expected)
    fresh = made_anew(home, **SETTINGS)
    assert lines(fresh, *asked) == sorted(expected)
    assert_as_new(home.index, fresh.index, sql)
