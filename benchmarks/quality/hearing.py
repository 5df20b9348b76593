"""Measure what hearing brings to tracks without tags: music of games, and labelled clips.

    python -m benchmarks.quality.hearing --music FOLDER [--soundfont FILE.sf2] [--sung FOLDER]
        [--work FOLDER] [--tagged] [--speed N]

FOLDER has one folder for each collection, with audio files in it; PACKAGES says which of them is
what. No tag of the files is read. Titles are numbers, unless `--titles` makes them the names of the
files: then the words of a request are also looked for in titles. What was heard is kept in --work,
and is known again.

With a font of sampled instruments, labelled clips are rendered and heard too (see hearing_clips);
`--sung` adds real clips of singing to those with a voice. With `--tagged`, half of the tracks get
tags by hand, and the answers among these are compared before and after hearing. With `--speed`,
that many tracks are heard once more, in new processes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple, TypeVar

import beets
import numpy as np
from beets.library import Item, Library

from beetsplug.melscribe import listening, progress
from beetsplug.melscribe.answer import NothingFoundError, answer
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.request import UserRequest
from benchmarks.quality.hearing_clips import INSTRUMENTS, Clip, render_all
from benchmarks.settings import plugin_settings
from benchmarks.speed.process import environment, measure
from benchmarks.speed.table import markdown
from melscribe_core.hearing.heard import open_heard
from melscribe_core.hearing.nets import Nets
from melscribe_core.hearing.thresholds import places, table
from melscribe_core.lending.hearing import descriptor_probabilities

T = TypeVar("T")

AUDIO = frozenset((".ogg", ".opus", ".mp3", ".flac", ".wav", ".m4a"))
TEN = 10  # tracks of an answer
SAID = 6  # descriptors of a track in a table
SEED = 1

# Which collections are what, from what their authors say of them, by the start of the folder's
# name. "" is mixed, or not known: such tracks are wrong answers to both requests.
ORCHESTRAL, ELECTRONIC, METAL = "orchestral", "electronic", "metal"
PACKAGES = {
    "wesnoth": ORCHESTRAL,  # symphonic fantasy
    "flare": ORCHESTRAL,  # symphonic fantasy
    "lordsawar": ORCHESTRAL,  # fantasy
    "adonthell": ORCHESTRAL,  # fantasy, from synthesisers
    "widelands": ORCHESTRAL,  # small orchestra and folk, from samples
    "singularity": ELECTRONIC,  # dark electronic
    "warzone2100": ELECTRONIC,  # industrial, dark ambient
    "ufoai": ELECTRONIC,  # techno and industrial, some orchestral
    "freedroidrpg": ELECTRONIC,  # techno and ambient
    "nexuiz": ELECTRONIC,  # techno, with guitars
    "frozenbubble": ELECTRONIC,  # tracker music
    "fretsonfire": METAL,  # songs for guitar by two metal acts
    "planetblupi": "",
    "asc": "",
    "hedgewars": "",
    "hyperrogue": "",
    "fillets": "",
    "lincity": "",
    "zaz": "",
    "extremetuxracer": "",
}

# Titles of wesnoth that say what is going on, by a word that is in them.
BATTLE = (
    "battle",
    "frantic",
    "vengeful",
    "siege",
    "city_falls",
    "casualties_of_war",
    "weight_of_revenge",
    "breaking_the_chains",
    "heroes_rite",
)
CALM = (
    "sad",
    "love_theme",
    "silvan_sanctuary",
    "elf-land",
    "elvish-theme",
    "wanderer",
    "transience",
    "nunc_dimittis",
    "journeys_end",
    "return_to_wesnoth",
    "revelation",
    "king_is_dead",
    "defeat",
)

# Requests that no label judges: the first tracks are shown with what was heard.
SHOWN = (
    "choir",
    "solo piano",
    "drums and percussion",
    "ambient drone",
    "heavy metal guitars",
    "harpsichord",
    "flute and harp",
    "calm acoustic guitar",
    "upbeat dance music",
)


class Track(NamedTuple):
    """One audio file of the music folder."""

    path: Path
    package: str

    @property
    def label(self) -> str:
        """Return what its collection is: see PACKAGES."""
        return next((of for name, of in PACKAGES.items() if self.package.startswith(name)), "")

    @property
    def mood(self) -> str:
        """Return "battle" or "calm" for the titles of wesnoth that say it, "" for others."""
        if not self.package.startswith("wesnoth"):
            return ""
        if any(self.path.stem.startswith(word) or f"_{word}" in self.path.stem for word in BATTLE):
            return "battle"
        return "calm" if self.path.stem.rstrip("2").startswith(CALM) or _in(self, CALM) else ""


def _in(track: Track, words: Iterable[str]) -> bool:
    return any(word in track.path.stem for word in words)


def tracks_in(folder: Path) -> list[Track]:
    """Return the audio files of the folders in a folder, in order."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in AUDIO)
    return [Track(path, path.relative_to(folder).parts[0]) for path in found]


# A library of tracks, asked through the plugin


@dataclass(frozen=True)
class Library_:
    """Tracks by their ids in a library, and its index."""

    tracks: Mapping[int, Track]
    index: LibraryIndex

    def ranked(self, request: str, *, unheard: bool = False) -> list[int]:
        """Return the ids of all tracks that a request finds, best first."""
        options: dict[str, Any] = {"number": max(TEN, len(self.tracks)), "min_score": 0}
        options |= {"per_artist": 0, "per_album": 0, "lenient": True, "unheard": unheard}
        asked = UserRequest(request, options=options)
        try:
            found = answer(self.index, asked, plugin_settings(file_tags=False), None)
        except NothingFoundError:
            return []
        return [pick.hit.track for pick in found.chosen.picks]
