"""Ways to ask the real `beet` what was said in a dialogue, each in a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import beets
from beets.library import Item, Library

from benchmarks.quality.dialogue_sets import LONGEST, Dialogue, Song
from benchmarks.speed.home import BEET, Home
from benchmarks.speed.process import environment, open_terminal

# There are no files behind the tracks; nothing happens by itself when a command ends.
SETTINGS = {"file_tags": False, "auto": False}
ASK = ("describe", "--json", "-n", str(LONGEST))


@dataclass(frozen=True)
class Answer:
    """The ids of the songs that a turn found, best first, and the error that it ended in, or ""."""

    found: tuple[str, ...] = ()
    error: str = ""


Way = Callable[[Dialogue], list[Answer]]
"""Asks what was said in a dialogue, and returns one answer per turn."""


def together(said: Iterable[str]) -> str:
    """Return what was said as one text, one sentence or more per turn."""
    stripped = filter(None, map(str.strip, said))
    return " ".join(one if one[-1] in ".!?" else f"{one}." for one in stripped)


def so_far(said: Iterable[str]) -> list[str]:
    """Return, for each turn, all that was said up to and with it as one text."""
    return [together(before) for before in accumulate([one] for one in said)]


class Beet:
    """Asks a library of the songs through `beet describe`, as if typed."""

    def __init__(self, songs: Sequence[Song], folder: Path) -> None:
        """Make and index the library in the folder, which has to exist."""
        self._folder = folder
        library = folder / "library.db"
        self._songs = write_library(songs, library)
        self._seed = Home(folder / "seed", library, ["melscribe"], **SETTINGS)
        self._seed.beet("melindex")

    def alone(self, dialogue: Dialogue) -> list[Answer]:
        """Ask each turn without the others."""
        return self._asked(dialogue.said)

    def together(self, dialogue: Dialogue) -> list[Answer]:
        """Ask all that was said so far as one text."""
        return self._asked(so_far(dialogue.said))

    def again(self, dialogue: Dialogue) -> list[Answer]:
        """Ask the first turn, and each later one with --again."""
        return self._asked(dialogue.said, later=("--again",))

    def chat(self, dialogue: Dialogue) -> list[Answer]:
        """Type the turns into one `beet describe --chat`, a line each."""
        lines = "".join(f"{' '.join(said.split())}\n" for said in dialogue.said)
        with self._home() as folder:
            done = _run(folder, (*ASK, "--chat"), input=lines)
        return read_chat(done, len(dialogue.turns), self._songs)

    def _asked(self, texts: Sequence[str], later: Sequence[str] = ()) -> list[Answer]:
        answers = []
        with self._home() as folder, open_terminal() as terminal:
            for place, text in enumerate(texts):
                # Nothing after the second `--`: a text like "mood:sad" is no query of beets.
                words = (*ASK, *(later if place else ()), "--", text, "--")
                answers.append(read_answer(_run(folder, words, stdin=terminal), self._songs))
        return answers

    def _home(self) -> tempfile.TemporaryDirectory[str]:
        """Return a home with a copy of the library and its index, in which nothing was asked."""
        folder = tempfile.TemporaryDirectory(dir=self._folder)
        home = Home(Path(folder.name), self._seed.library, ["melscribe"], **SETTINGS)
        for file in self._seed.folder.glob(f"{self._seed.index.name}*"):
            shutil.copy2(file, home.folder)
        return folder


def write_library(songs: Iterable[Song], path: Path) -> dict[int, str]:
    """Write a beets library of the songs, and return its ids -> the ids of the songs."""
    beets.config["create_backup_before_migrations"] = False
    library = Library(str(path), str(path.parent))
    ids: dict[int, str] = {}
    with library.transaction():
        for number, song in enumerate(songs):
            added = library.add(Item(**_fields(song, path.parent / f"{number}.mp3")))
            assert added is not None
            ids[added] = song.id
    library._close()
    return ids


def _fields(song: Song, path: Path) -> dict[str, Any]:
    return {
        "path": os.fsencode(path),
        "artist": song.artist,
        "title": song.title,
        "album": song.album,
        "year": song.year or 0,
        "genres": list(song.genres),
        "mood": "; ".join(song.moods),
        "style": "; ".join(song.other),
    }


def _run(
    folder: str, words: Sequence[str], stdin: int | None = None, input: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run beet in a home, with a terminal on stdin or, through a pipe, what is typed."""
    return subprocess.run(
        [str(BEET), *words],
        env=environment(BEETSDIR=folder),
        stdin=stdin,
        input=input,
        capture_output=True,
        encoding="utf-8",
    )


def read_answer(done: subprocess.CompletedProcess[str], songs: Mapping[int, str]) -> Answer:
    """Return what one command found; `songs` are the ids of songs by those of beets."""
    if done.returncode != 0:
        return Answer(error=_message(done))
    return Answer(_found(json.loads(done.stdout), songs))


def read_chat(
    done: subprocess.CompletedProcess[str], turns: int, songs: Mapping[int, str]
) -> list[Answer]:
    """Return what each turn of a chat found: one JSON object per line.

    A turn ended in an error if its object has no "tracks", or if the chat ended before it.
    """
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    answers = [_answer_in_chat(json.loads(line), songs) for line in lines[:turns]]
    missing = Answer(error=_message(done))
    return [*answers, *[missing] * (turns - len(answers))]


def _answer_in_chat(answer: Mapping[str, Any], songs: Mapping[int, str]) -> Answer:
    if "tracks" in answer:
        return Answer(_found(answer, songs))
    return Answer(error=str(answer.get("error") or "nothing was found"))


def _found(answer: Mapping[str, Any], songs: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(songs[track["id"]] for track in answer["tracks"])


def _message(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last line of stderr without "error:", or the exit status if it is empty."""
    *_, last = ["", *done.stderr.strip().splitlines()]
    return last.removeprefix("error: ") or f"exit status {done.returncode}"
