"""Measure how far a reader of the code travels to follow a command.

    python -m benchmarks.house                         this checkout
    python -m benchmarks.house --baseline CHECKOUT     beside another one, for before and after
    python -m benchmarks.house --functions describe    the functions of the plugin, in order

Real commands are run on a small library and their calls are recorded (see traced_beet.py). Each
function is taken once, in order of first call: a *move* is a step to a function in another file.
The second table counts the modules of MelScribe that a command loads.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import beets
from beets.library import Item, Library

from benchmarks.paths import ROOT, SILENCE
from benchmarks.speed.home import Home
from benchmarks.speed.process import BenchError, environment, measure

TRACED_BEET = Path(__file__).with_name("traced_beet.py")
PLAYLIST = "run.m3u8"
WORDS = "melancholic acoustic pop"
CONSTRAINED = "dreamy 80s pop, no metal, 45 minutes"
TRIPS = ("describe", "describe -m", "melindex")
TITLES = {
    "describe": f'`describe "{WORDS}"`',
    "describe -m": f'`describe "{CONSTRAINED}" -m FILE`',
    "melindex": "first `melindex`",
    "ls": f'`ls describe:"{WORDS}"`',
    "modify": "`modify -y`, `auto: yes`",
}
TRACKS = 40
BANDS = 13
GENRES = ("Dream Pop", "Acoustic Pop", "Heavy Metal", "Synthpop", "Folk", "Jazz", "Techno", "Soul")
MOODS = ("melancholic", "dreamy", "aggressive", "upbeat", "sad")


@dataclass(frozen=True)
class Run:
    """What one command called and loaded."""

    functions: list[tuple[str, str]]  # (file, function), each once, in order of first call
    modules: list[str]


@dataclass(frozen=True)
class Way:
    """How many files a list of functions is spread over, and how often the file changes."""

    files: int
    moves: int

    def __str__(self) -> str:
        return f"{self.files} / {self.moves}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(sys.argv[1:] if arguments is None else arguments)
    try:
        if options.functions:
            runs = recorded(ROOT, [options.functions])
            print("\n".join(f"{file}: {name}" for file, name in plugin(runs[options.functions])))
            return
        runs = recorded(ROOT)
        before = None if options.baseline is None else recorded(options.baseline)
    except BenchError as error:
        sys.exit(str(error))
    print(f"{way_table(runs, before)}\n\n{module_table(runs, before)}")


def recorded(checkout: Path, only: Collection[str] = TITLES) -> dict[str, Run]:
    """Run commands with the code of the checkout; return the runs by the keys of TITLES.

    `only` are the wanted ones; `melindex` is always run, because it makes the index. Raises
    BenchError if a command fails or the folder is not a checkout.
    """
    if not (checkout / "melscribe_core").is_dir():
        raise BenchError(f"{checkout} is not a checkout of MelScribe: it has no melscribe_core.")
    with tempfile.TemporaryDirectory(prefix="melscribe-house-") as name:
        folder = Path(name).resolve()
        home = Home(folder / "home", small_library(folder / "seed.db"), ["melscribe"], min_score=0)
        commands = {
            "melindex": ("melindex",),
            "describe": ("describe", WORDS),
            "describe -m": ("describe", CONSTRAINED, "-m", str(folder / PLAYLIST)),
            "ls": ("ls", f"describe:{WORDS}"),
            "modify": ("modify", "-y", "title:Song 1", "mood=sad"),
        }
        return {
            trip: _run(checkout, home, *words)
            for trip, words in commands.items()
            if trip in only or trip == "melindex"
        }


def small_library(path: Path) -> Path:
    """Write a library of made-up tracks, whose files are silent; return its path."""
    beets.config["create_backup_before_migrations"] = False
    # The files are outside the music folder, which is another one for each home: beets keeps
    # paths inside it as relative ones.
    library = Library(str(path), str(path.parent / "music"))
    with library.transaction():
        for number in range(TRACKS):
            track = path.with_name(f"{number}.mp3")
            shutil.copyfile(SILENCE, track)  # a playlist is written only if a file exists
            library.add(Item(**_fields(track, number)))
    library._close()
    return path


def _fields(track: Path, number: int) -> dict[str, Any]:
    genre = GENRES[number % len(GENRES)]
    band = number % BANDS
    fields = {
        "path": os.fsencode(track),
        "title": f"Song {number}",
        "artist": f"Band {band}",
        "albumartist": f"Band {band}",
        "album": f"Album {band}",
        "year": 1975 + number,
        "length": 180.0 + number,
        "mood": MOODS[number % len(MOODS)],
    }
    return fields | ({"genres": [genre]} if "genres" in Item._fields else {"genre": genre})


def way(functions: Iterable[tuple[str, str]]) -> Way:
    """Return the number of files and of moves of functions in order of first call."""
    files = [file for file, _ in functions]
    return Way(len(set(files)), sum(one != other for one, other in pairwise(files)))


def plugin(run: Run) -> list[tuple[str, str]]:
    """Return the functions of the plugin."""
    return [step for step in run.functions if step[0].startswith("beetsplug/")]


def core(run: Run) -> list[tuple[str, str]]:
    """Return the functions of the core without the grammar."""
    return [
        step
        for step in run.functions
        if step[0].startswith("melscribe_core/") and not _in_grammar(step[0])
    ]


def grammar(run: Run) -> list[tuple[str, str]]:
    """Return the functions that read a request."""
    return [step for step in run.functions if _in_grammar(step[0])]


def way_table(runs: dict[str, Run], before: dict[str, Run] | None = None) -> str:
    """Return a Markdown table of files and moves, each cell "before -> now" with a baseline."""
    parts: dict[str, Callable[[Run], list[tuple[str, str]]]] = {
        "all": lambda run: run.functions,
        "plugin": plugin,
        "core without grammar": core,
        "grammar": grammar,
    }
    lines = [f"| files / moves | {' | '.join(parts)} |", "|---" * (len(parts) + 1) + "|"]
    for trip in TRIPS:
        cells = [
            _cell(way(part(runs[trip])), before and way(part(before[trip])))
            for part in parts.values()
        ]
        lines.append(f"| {TITLES[trip]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def module_table(runs: dict[str, Run], before: dict[str, Run] | None = None) -> str:
    """Return a Markdown table of the number of loaded modules of MelScribe."""
    lines = ["| command | modules loaded |", "|---|---|"]
    for command, title in TITLES.items():
        was = before and len(before[command].modules)
        lines.append(f"| {title} | {_cell(len(runs[command].modules), was)} |")
    return "\n".join(lines)


def _cell(now: object, before: object | None) -> str:
    return str(now) if before is None else f"{before} → {now}"


def _in_grammar(file: str) -> bool:
    return "grammar" in Path(file).parent.parts  # which has been in two places


def _run(checkout: Path, home: Home, *words: str) -> Run:
    out = home.folder.parent / "record.json"
    command = [sys.executable, str(TRACED_BEET), str(checkout), str(out), *words]
    # PYTHONHASHSEED: some steps go through sets.
    measure(
        command,
        environment(
            BEETSDIR=str(home.folder), PYTHONPATH=str(checkout.resolve()), PYTHONHASHSEED="0"
        ),
    )
    record = json.loads(out.read_text(encoding="utf-8"))
    return Run([(file, name) for file, name in record["functions"]], record["modules"])


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.house", description="Measure the way through the code."
    )
    parser.add_argument("--baseline", type=Path, metavar="CHECKOUT", help="another checkout")
    parser.add_argument(
        "--functions", choices=TRIPS, metavar="TRIP", help=f"list them: {', '.join(TRIPS)}"
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
