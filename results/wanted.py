"""Print how much of what is wanted a request finds that also says what it does not want.

    python results/wanted.py --data library.tsv.gz

The library is the first 8,000 rows of the table (see bench.collection). Each request asks for 25
tracks; "wanted" counts those that have the wanted descriptor and not the unwanted one, "unwanted"
those that have the unwanted one all the same. How many tracks of the library have the wanted one
without the other is the most that could come.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import beets
import confuse
from beets.library import Library

sys.path.insert(0, str(Path(__file__).parents[1]))

from beetsplug.melscribe import output
from beetsplug.melscribe.answer import NothingFoundError, answer
from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import read_settings
from bench.homes import new_library
from melscribe_core.descriptors.sets import SEPARATOR

ROWS = 8_000  # of the table
NUMBER = 25  # tracks asked for, any number of them by one artist or of one album
OPTIONS = {"number": NUMBER, "per_artist": 0, "per_album": 0}


@dataclass(frozen=True)
class Case:
    """A request, what of it is wanted and not wanted, as descriptors of the library."""

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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Print what requests with a 'not' find.")
    parser.add_argument("--data", type=Path, required=True, help="library.tsv.gz")
    data: Path = parser.parse_args().data
    beets.config["create_backup_before_migrations"] = False
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "first.tsv.gz")
        with gzip.open(data, "rt", encoding="utf-8") as rows:
            head = "".join(line for _, line in zip(range(ROWS + 1), rows, strict=False))
        table.write_bytes(gzip.compress(head.encode("utf-8")))
        database, _ = new_library(Path(folder, "library"), "--data", str(table))
        lib = Library(str(database), folder)
        config = confuse.Configuration("results", read=False)
        config["melscribe"].add({**DEFAULTS, "file_tags": False})
        settings = read_settings(config["melscribe"])

        def run(index: LibraryIndex) -> None:
            index.refresh(output.no_progress)
            print("| request | wanted | unwanted | could come |\n|---|---:|---:|---:|")
            for case in CASES:
                wanted, unwanted, most = _measured(index, case, settings)
                print(f"| {_shown(case)} | {wanted} | {unwanted} | {most} |", flush=True)

        with_index(lib, settings, run)
        lib._close()


def _measured(index: LibraryIndex, case: Case, settings: object) -> tuple[int, int, int]:
    """Return how many of the tracks found are wanted, are not, and how many could be wanted."""
    asked = UserRequest(case.text, case.remarks, less=case.less, options=OPTIONS)
    try:
        picks = answer(index, asked, settings, None).chosen.picks  # type: ignore[arg-type]
    except NothingFoundError:
        picks = ()
    found = [set(pick.hit.descriptors) for pick in picks]
    library = [set(text.split(SEPARATOR)) for _, text in index.catalogue.described()]
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


if __name__ == "__main__":
    main()
