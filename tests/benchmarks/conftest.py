"""Fixtures of the benchmarks: a table of twenty tracks, and an indexed library."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.speed import collection
from benchmarks.speed.collection import Track
from benchmarks.speed.home import Home

HEAD = "track\tartist\talbum\tseconds\tgenres\tinstruments\tmoods"


def row(number: int) -> str:
    """Tracks 1-10 are on album 1 of artist 1, 11-20 on album 2 of artist 2."""
    half = (number - 1) // 10 + 1
    moods = "sad|calm" if number == 3 else ""
    return (
        f"track_{number:07}\tartist_{half:06}\talbum_{half:06}\t{number * 10}.5"
        f"\tpunkrock|indie pop\tguitar|piano\t{moods}"
    )


@pytest.fixture
def tsv(tmp_path: Path) -> Path:
    path = tmp_path / "library.tsv.gz"
    lines = [HEAD, *(row(number) for number in range(1, 21))]
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    return path


@pytest.fixture
def seeded_home(tsv: Path, tmp_path: Path) -> Home:
    seed = tmp_path / "library.db"
    collection.write_library(collection.read_table(tsv), seed, tmp_path / "music")
    return Home(tmp_path / "home", seed)


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    folder = tmp_path / "requests"
    folder.mkdir()
    lines = [
        {"tags": ["grunge", "raw", "1989"], "requests": ["raw grunge", "something raw"]},
        {"tags": ["ambient", "drone"], "requests": ["a drone"]},
    ]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / "dev.jsonl").write_text(text, encoding="utf-8")
    return folder


TAGS = [
    ("sad", "folk"),
    ("happy", "pop"),
    ("death metal", "aggressive"),
    ("ambient", "calm"),
    *((genre, "instrumental") for genre in ("jazz", "techno", "ska", "waltz", "polka", "disco")),
    *((genre, "vocal") for genre in ("opera", "gospel", "hip hop", "reggae", "blues", "rock")),
]


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("bench")
    tracks = [
        Track(f"T{n}", f"A{n}", f"L{n}", 100.0, tags)
        for n, tags in enumerate([*TAGS, *TAGS[:2] * 30])
    ]
    collection.write_library(tracks, folder / "library.db", folder / "music")
    home = Home(folder / "own", folder / "library.db", ["melscribe"], junk="vocal")
    home.beet("melindex")
    return home


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Three requests with a right answer that is in, and one that nothing answers to."""
    lines = [["sad folk", 1], ["aggressive death metal", 3], ["calm ambient", 4], ["xyzzy", 16]]
    path = tmp_path / "asked.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path
