"""Whatever stands in tags, paths and numbers: every command does its work and lets nothing out."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import pytest

from tests.faults.forks import Done, Forks, running
from tests.faults.sizes import cases
from tests.home import Home

LONG = "x" * 1_000_000
MANY = "\\␀".join(f"genre {n}" for n in range(3000))  # as beets stores a list
TEXTS: list[Any] = [
    "",
    "Folk",
    LONG,
    "folk " * 200_000,
    MANY,
    "\\␀" * 1000,
    "a, b, c",
    'folk" OR "jazz',
    "NEAR(folk jazz) AND NOT dub*",
    "folk'; DROP TABLE texts; --",
    "-folk ^jazz {dub} text:soul",
    "../../../etc/passwd",
    "%s %d {} {0.__class__} $title ${artist} %if{1,2}",
    "<script>alert(1)</script>",
    "line\nbreak\r\nand\x1b[2Jescape\x07\x00nul",
    "\u2028\u2029\x85\x0b\x0c",
    "\u202eright to left\u2066",
    "\ufeff\u200b\u00ad",
    "e" + "\u0301" * 5000,
    "İstanbul ſ ŉ ß",
    "🎸" * 100,
    "\ud7ff\ue000\U0010ffff",
    b"folk \xff\xfe bytes",
    b"",
    7,
    float("inf"),
    None,
]
NUMBERS: list[Any] = [
    0,
    1,
    -1,
    1969,
    120,
    2**62,
    -(2**63),
    1e308,
    float("inf"),
    float("-inf"),
    0.5,
    "nan",
    "inf",
    "-inf",
    "1e999",
    "fast",
    "",
    b"\xff",
    None,
]
WHOLE = [value for value in NUMBERS if str(value) not in ("inf", "-inf", "1e999", "1e+308")]
PATHS: list[Any] = [
    b"plain.mp3",
    b"not utf-8 \xff\xfe.mp3",
    b"line\nbreak.mp3",
    b"#comment.mp3",
    b" blank first.mp3",
    b"../outside.mp3",
    b"\x1b[2J.mp3",
    "text.mp3",
    b"",
    None,
]
TEXT_COLUMNS = "title artist album albumartist genres style grouping comments language".split()
TEXT_COLUMNS += ["initial_key", "albumtypes", "albumtype"]
FLOAT_COLUMNS = "length mtime added rg_track_gain".split()
# At infinity in one of these, or at what no integer holds, beets itself ends in a traceback.
WHOLE_COLUMNS = "year original_year bpm track disc album_id".split()
FLEXIBLE = "mood usertags mood_happy danceable voice_instrumental gender spotify_energy".split()
FLEXIBLE += ["spotify_valence", "mood_acoustic", "moods_mirex"]


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with running() as server:
        yield server


def fill(home: Home, rng: Random, tracks: int = 40) -> None:
    """Write tracks as no beets would, past all of its checks."""
    home.add(*({"title": f"t{n}", "genres": ["Folk", "Sad"], "year": 1999} for n in range(tracks)))
    home.make_files()
    with closing(sqlite3.connect(home.database)) as db, db:
        for (track,) in db.execute("SELECT id FROM items WHERE id > 4").fetchall():
            changes = {
                **{name: rng.choice(TEXTS) for name in rng.sample(TEXT_COLUMNS, 4)},
                **{name: rng.choice(NUMBERS) for name in rng.sample(FLOAT_COLUMNS, 2)},
                **{name: rng.choice(WHOLE) for name in rng.sample(WHOLE_COLUMNS, 3)},
            }
            if rng.random() < 0.3:
                changes["path"] = rng.choice(PATHS)
            sets = ", ".join(f"{name} = ?" for name in changes)
            db.execute(f"UPDATE items SET {sets} WHERE id = ?", (*changes.values(), track))
            for name in rng.sample(FLEXIBLE, 3):
                value = rng.choice([*TEXTS, *NUMBERS])
                db.execute(
                    "INSERT OR REPLACE INTO item_attributes (entity_id, key, value)"
                    " VALUES (?, ?, ?)",
                    (track, name, value),
                )
        for track in rng.sample(range(5, tracks), 3):
            db.execute(
                "UPDATE items SET id = ? WHERE id = ?", (rng.choice([2**40, 2**62]) + track, track)
            )


def refuse(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")


def assert_printable(text: str) -> None:
    """Say that nothing in the text moves a cursor or ends a line but its line ends."""
    for line in text.split("\n"):
        assert line.isprintable(), ascii(line[:200])


def well(done: Done, *, may_refuse: bool = False) -> Done:
    """Check that a command ended as it should, whatever it found."""
    assert "Traceback" not in done.err, done.err[-3000:]
    assert done.code == 0 or (may_refuse and done.code == 1), (done.code, done.err[-2000:])
    assert "put aside" not in done.err
    return done


@pytest.mark.parametrize("seed", cases(2, 60))
def test_every_command_on_a_hostile_library(forks: Forks, home: Home, seed: int) -> None:
    fill(home, Random(seed))
    home.configure(fields=["comments", "usertags"], playlist={"fields": ["genres", "mood", "bpm"]})
    well(forks.run(home, "melindex"))
    assert well(forks.run(home, "melindex")).out.startswith("nothing to do")
    well(forks.run(home, "melindex", "--show"))
    assert_printable(well(forks.run(home, "describe", "sad folk", "-n", "99")).out)
    for options in (
        ["--explain"],
        ["--order", "flow"],
        ["--order", "tempo"],
        ["--order", "random"],
        ["-t", "90"],
        ["--lenient"],
        ["--more", LONG[:1000], "--less", "happy"],
        ["--map", str(home.folder / "map.html")],
    ):
        words = "sad folk from 1960 to 2020, under 10 minutes, 60-200 bpm, no jazz, like t1"
        assert_printable(well(forks.run(home, "describe", words, *options), may_refuse=True).out)


@pytest.mark.parametrize("seed", cases(2, 60))
def test_what_is_written_from_a_hostile_library(forks: Forks, home: Home, seed: int) -> None:
    fill(home, Random(seed))
    home.configure(fields=["comments"], playlist={"fields": ["genres", "mood", "bpm", "title"]})
    done = well(forks.run(home, "describe", "sad folk", "--json", "-n", "99"))
    found = json.loads(done.out, parse_constant=refuse)
    assert len(found["tracks"]) > 4
    playlist = home.folder / "lists" / "list.m3u8"
    playlist.parent.mkdir()
    for options in (
        [],
        ["--urlencode"],
        ["--output", "m3u"],
        ["--dest-regen"],
        ["--forward-slash"],
    ):
        ask = ["describe", "sad folk", "-n", "99", "-m", str(playlist), *options]
        well(forks.run(home, *ask))
        for line in playlist.read_bytes().splitlines():
            if not line.startswith(b"#") and options == []:
                assert (playlist.parent / os.fsdecode(line)).exists(), line
    well(forks.run(home, "describe", "sad folk", "--save", "sad"))
    lists = ["--playlist-dir", str(playlist.parent)]
    well(forks.run(home, "describe", "--update", *lists))
    assert "unchanged" in well(forks.run(home, "describe", "--update", *lists)).out
    well(forks.run(home, "ls", "describe:sad folk", "-f", "$id $describe_score $descriptors"))


QUERIES = [
    'folk" OR "jazz',
    "NEAR(folk, 2)",
    "*",
    "folk*",
    "^folk",
    "text:folk",
    "{folk}",
    "(((((",
    '"""',
    "-folk",
    "+folk",
    "AND OR NOT",
    "';--",
    "\\",
    "%",
    "folk\x00jazz",
    "folk\njazz",
    "\ud800",
    "🎸",
    "between 1e999 and nan bpm folk",
    "folk from 99999999999999999999 to -1",
    "folk 999999999999999999999999 tracks " + "9" * 5000,
    "folk for " + "9" * 400 + " minutes",
    "like " * 500,
    "no " * 500 + "folk",
    "folk " * 20_000,
    "a" * 100_000,
    "(" * 20_000,
]


@pytest.mark.parametrize("words", QUERIES, ids=[ascii(words[:20]) for words in QUERIES])
def test_hostile_words(forks: Forks, plain: Home, words: str) -> None:
    for args in (["describe", "--"], ["describe", "folk", "--more"], ["ls"]):
        last = f"describe:{words}" if args == ["ls"] else words
        done = well(forks.run(plain, *args, last), may_refuse=True)
        assert_printable(done.err)


@pytest.fixture(scope="module")
def plain(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("plain"))
    home.add(*({"title": f"t{n}", "genres": ["Folk"], "mood": "sad"} for n in range(6)))
    well(forks.run(home, "melindex"))
    return home


NAMES = [
    "../up",
    "/etc/melscribe-test",
    "a/../../up",
    "..",
    ".",
    "",
    " ",
    ".hidden",
    "a//b",
    "~/home",
    "~root",
    "C:\\x",
    "\\\\server\\share",
    "..\\up",
    "CON",
    "nul.m3u8",
    "com1 .m3u",
    "/dev/full",
    "line\nbreak",
    "nul\x00",
    "\x1b[2J",
    "a" * 300,
    "é" * 200,
    "\udcff",
    "x/" * 200 + "y",
    "-n",
    "--play",
    "*.m3u8",
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned",
    "ok",
]


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name[:20]) for name in NAMES])
def test_hostile_names_of_playlists(forks: Forks, plain: Home, tmp_path: Path, name: str) -> None:
    lists = tmp_path / "in" / "lists"
    lists.mkdir(parents=True)
    before = {path for path in plain.folder.rglob("*") if "melscribe" not in path.name}
    saved = well(forks.run(plain, "describe", "sad folk", f"--save={name}"), may_refuse=True)
    done = well(
        forks.run(plain, "describe", "--update", "--playlist-dir", str(lists)), may_refuse=True
    )
    assert_printable(done.err + saved.err)
    outside = [path for path in tmp_path.rglob("*") if lists not in (path, *path.parents)]
    assert outside == [lists.parent]
    after = {path for path in plain.folder.rglob("*") if "melscribe" not in path.name}
    assert after == before
    well(forks.run(plain, "describe", "--forget", "--", name), may_refuse=True)
    (plain.folder / "library.db.melscribe.saved.yaml").unlink(missing_ok=True)


def test_a_playlist_at_a_device_or_a_pipe(forks: Forks, plain: Home, tmp_path: Path) -> None:
    plain.make_files()
    os.mkfifo(tmp_path / "pipe")
    for place in ("/dev/full", "/dev/null", str(tmp_path / "pipe"), "/proc/self/mem"):
        done = well(forks.run(plain, "describe", "sad folk", "-m", place), may_refuse=True)
        assert done.code == 1, place
        assert "was not written" in done.err
    assert Path("/dev/null").is_char_device()
