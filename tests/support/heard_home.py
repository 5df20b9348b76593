"""A library of real clips that can be heard, without any tags."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from tests.support.home import Home
from tests.support.paths import ROOT

CLIPS = ROOT / "tests" / "data" / "hearing"
TITLES = ("techno", "drums", "pad", "pluck", "quiet_sine", "loud_noise_chord")

# What the nets are sure of in each clip: see reference.json for what the original said.
HEARD = {
    "techno": {"techno", "electronic", "drums"},
    "drums": {"drums", "electronic"},
    "pad": {"synth", "instrumental"},
    "pluck": {"instrumental"},
    "quiet_sine": {"quiet", "flute"},
    "loud_noise_chord": {"loud"},
}


def add_clips(home: Home, *titles: str, **fields: Any) -> list[int]:
    """Add clips to the library, all by default, each on an album of its own; return their ids."""
    ids = []
    for title in titles or TITLES:
        path = home.music / f"{title}.wav"
        shutil.copy(CLIPS / path.name, path)
        ids += add_file(home, path, title=title, **fields)
    return ids


def add_file(home: Home, path: Path, **fields: Any) -> list[int]:
    """Add one file that is there to the library."""
    return home.add({"path": os.fsencode(path), "title": path.stem, **fields})


def shown(home: Home, *query: str) -> dict[str, set[str]]:
    """Return title -> what `melindex --show` says was heard in it."""
    found: dict[str, set[str]] = {}
    title = ""
    for line in home.beet("melindex", "--show", *query).stdout.splitlines():
        if not line.startswith(" "):
            title = line.rsplit(" - ", 1)[-1]
            found[title] = set()
        elif (said := line.strip()).startswith("heard: "):
            found[title].add(said.removeprefix("heard: ").rsplit(" ", 1)[0])
    return found
