"""Measure requests with an exclusion: tracks with the wanted and without the unwanted descriptor.

    python -m benchmarks.quality.exclusions --data library.tsv.gz

The library is the first 8,000 rows of the table (see benchmarks.speed.collection). Each request
asks for 25 tracks. "wanted" counts the tracks that have the wanted descriptor and not the unwanted
one, "unwanted" the tracks that have the unwanted one. "could come" counts the tracks of the library
that have the wanted descriptor without the unwanted one.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import beets
from beets.library import Library

from beetsplug.melscribe import progress
from beetsplug.melscribe.answer import NothingFoundError, answer
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings
from benchmarks.settings import plugin_settings
from benchmarks.speed.home import new_library
from melscribe_core.descriptors.sets import SEPARATOR

ROWS = 8_000  # of the table
NUMBER = 25  # tracks per answer, without limits per artist and album
OPTIONS = {"number": NUMBER, "per_artist": 0, "per_album": 0}


@dataclass(frozen=True)
class Case:
    """A request, and the descriptors of it that are wanted and unwanted."""

    text: str
    wanted: str
    unwanted: str
    less: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


CASES = (
    Case("soul, no r&b", "soul", "r&b"),
    Case("house, no techno", "house", "techno"),
    Case("drum and bass but not dubstep", "drum and bass", "dubstep"),
    Case("trance, no techno", "trance", "techno"),
    Case("ambient without new age", "ambient", "new age"),
    Case("indie, no alternative", "indie", "alternative"),
    Case("hip hop, no rap", "hip hop", "rap"),
    Case("punk rock but not metal", "punk rock", "metal"),
    Case("folk, no country", "folk", "country"),
    Case("jazz, nothing bluesy", "jazz", "blues"),
    Case("metal, no death metal", "metal", "death metal"),
    Case("rock, no pop rock", "rock", "pop rock"),
    Case("guitar, no acoustic guitar", "guitar", "acoustic guitar"),
    Case("sad but not depressing", "sad", "depressing"),
    Case("love but not cheesy", "love", "cheesy"),
    Case("happy but not cheerful", "happy", "cheerful"),
    Case("dark but not gloomy", "dark", "gloomy"),
    Case("calm, not sad", "calm", "sad"),
    Case("relaxing, nothing sleepy", "relaxing", "sleepy"),
    Case("energetic but not aggressive", "energetic", "aggressive"),
    Case("romantic but not sentimental", "romantic", "sentimental"),
    Case("sad", "sad", "depressing", less=("depressing",)),
    Case("sad", "sad", "depressing", remarks=("less depressing",)),
    Case("house", "house", "techno", less=("techno",)),
    Case("dark", "dark", "sad", remarks=("less sad",)),
    Case("relaxing piano", "piano", "sad", less=("sad",)),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    beets.config["create_backup_before_migrations"] = False
    settings = plugin_settings(file_tags=False)
    with tempfile.TemporaryDirectory() as folder:
        library = first_rows(options.data, Path(folder))
        with_index(library, settings, lambda index: _print_table(index, settings))
        library._close()


def first_rows(data: Path, folder: Path) -> Library:
    """Return a beets library, in the folder, of the first ROWS rows of a table."""
    table = folder / "first.tsv.gz"
    with gzip.open(data, "rt", encoding="utf-8") as rows:
        table.write_bytes(gzip.compress("".join(islice(rows, ROWS + 1)).encode("utf-8")))
    database, _ = new_library(folder / "library", "--data", str(table))
    return Library(str(database), str(folder))


def _print_table(index: LibraryIndex, settings: Settings) -> None:
    index.refresh(progress.none)
    print("| request | wanted | unwanted | could come |\n|---|---:|---:|---:|")
    for case in CASES:
        wanted, unwanted, most = _measured(index, case, settings)
        print(f"| {_shown(case)} | {wanted} | {unwanted} | {most} |", flush=True)


def _measured(index: LibraryIndex, case: Case, settings: Settings) -> tuple[int, int, int]:
    """Return the numbers of wanted and of unwanted tracks found, and of wanted in the library."""
    asked = UserRequest(case.text, case.remarks, less=case.less, options=OPTIONS)
    try:
        picks = answer(index, asked, settings, None).chosen.picks
    except NothingFoundError:
        picks = ()
    found = [set(pick.hit.descriptors) for pick in picks]
    library = [set(text.split(SEPARATOR)) for _, text in index.catalogue.tracks.described()]
    return (
        sum(_is_wanted(one, case) for one in found),
        sum(case.unwanted in one for one in found),
        sum(_is_wanted(one, case) for one in library),
    )


def _is_wanted(descriptors: set[str], case: Case) -> bool:
    return case.wanted in descriptors and case.unwanted not in descriptors


def _shown(case: Case) -> str:
    less = "".join(f" --less {word}" for word in case.less)
    return f"{case.text}{less}{''.join(f' --again {said!r}' for said in case.remarks)}"


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure requests with an exclusion.")
    parser.add_argument("--data", type=Path, required=True, help="a gzipped table of tracks")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
