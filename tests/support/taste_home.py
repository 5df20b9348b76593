"""A library in which a taste can be told: every kind of music in every mood, once each.

Titles are two letters, the kind's and the mood's ("Fp" is folk, slow, pop), so that no word of a
request is in them. A request for a mood thus fits one track of each kind equally well by its words.
"""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.home import Home
from tests.support.inside import beet

KINDS = {"Folk": "slow", "Techno": "fast", "Metal": "heavy", "Jazz": "piano"}
MOODS = ("pop", "sad", "happy", "acoustic", "calm", "rock", "indie", "dance", "electronic")
LOVED = MOODS[2:8]  # of folk: six tracks with a set each, neither of them pop or sad
LIKE = {"like": "loved:true"}
SETTINGS: dict[str, Any] = {"file_tags": False, "siblings": False}


def tracks() -> list[dict[str, Any]]:
    """Return the fields of the 36 tracks: folk is 1 to 9, then techno, metal and jazz."""
    return [
        {
            "title": title(kind, mood),
            "artist": f"{title(kind, mood)} Band",
            "album": f"{title(kind, mood)} Album",
            "genres": [kind, also, mood],
            "length": 200.0,
            **({"loved": "true"} if kind == "Folk" and mood in LOVED else {}),
        }
        for kind, also in KINDS.items()
        for mood in MOODS
    ]


def title(kind: str, mood: str) -> str:
    """Return the title of the track of a kind and a mood."""
    return kind[0] + mood[0] + mood[-1]


def fill(home: Home) -> Home:
    """Put the 36 tracks and their index into an empty home; nothing says yet what is liked."""
    for name, content in _files().items():
        (home.folder / name).write_bytes(content)
    home.configure(**SETTINGS)
    return home


def ask(home: Home, *args: str) -> dict[str, Any]:
    """Return the object that `beet describe --json` prints."""
    found: dict[str, Any] = json.loads(beet(home, "describe", "--json", *args))
    return found


def titles(home: Home, *args: str) -> list[str]:
    """Return the titles that a description finds, in order."""
    return [track["title"] for track in ask(home, *args)["tracks"]]


@cache
def _files() -> dict[str, bytes]:
    """Return the files of a library of these tracks and its index, by name."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.add(*tracks())
        home.configure(**SETTINGS)
        beet(home, "melindex")
        found = Path(folder).glob(f"{home.database.name}*")
        return {file.name: file.read_bytes() for file in found}
