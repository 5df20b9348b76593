"""A library that holds whatever SQLite lets somebody write, and what is asked of any command."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from random import Random
from typing import Any

from tests.faults.forks import Done
from tests.support.home import Home

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
    "/etc/passwd",
    "C:\\Windows\\con",
    "NUL",
    "/dev/full",
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
PATHS: list[Any] = [
    b"plain.mp3",
    b"not utf-8 \xff\xfe.mp3",
    b"line\nbreak.mp3",
    b"#comment.mp3",
    b" blank first.mp3",
    b"../outside.mp3",
    b"\x1b[2J.mp3",
    "text.mp3",
    b"nul \x00.mp3",
    b"/",
    b"/dev/zero",
    b"pipe.mp3",
    b"x" * 5000,
    b"",
    7,
    2**40,
    1.5,
    None,
]
TEXT_COLUMNS = "title artist album albumartist genres style grouping comments language".split()
TEXT_COLUMNS += ["initial_key", "albumtypes", "albumtype"]
NUMBER_COLUMNS = "length mtime added rg_track_gain year original_year bpm track disc".split()
# At infinity in the id of an album no beet command prints the track.
ALBUMS = [value for value in NUMBERS if str(value) not in ("inf", "-inf", "1e999", "1e+308")]
FLEXIBLE = "mood usertags mood_happy danceable voice_instrumental gender spotify_energy".split()
FLEXIBLE += ["spotify_valence", "mood_acoustic", "moods_mirex"]


def fill(home: Home, rng: Random, tracks: int = 40) -> None:
    """Write tracks as no beets would, past all of its checks; each value comes to some of them."""
    home.add(*({"title": f"t{n}", "genres": ["Folk", "Sad"], "year": 1999} for n in range(tracks)))
    home.make_files()
    os.mkfifo(home.music / "pipe.mp3")
    texts, numbers, albums = dealt(rng, TEXTS), dealt(rng, NUMBERS), dealt(rng, ALBUMS)
    paths, flexible = dealt(rng, PATHS), dealt(rng, [*TEXTS, *NUMBERS])
    with closing(sqlite3.connect(home.database)) as db, db:
        for (track,) in db.execute("SELECT id FROM items WHERE id > 4").fetchall():
            changes = {
                **{name: next(texts) for name in rng.sample(TEXT_COLUMNS, 4)},
                **{name: next(numbers) for name in rng.sample(NUMBER_COLUMNS, 4)},
                "album_id": next(albums),
            }
            if rng.random() < 0.6:
                changes["path"] = next(paths)
            sets = ", ".join(f"{name} = ?" for name in changes)
            db.execute(f"UPDATE items SET {sets} WHERE id = ?", (*changes.values(), track))
            for name in rng.sample(FLEXIBLE, 3):
                db.execute(
                    "INSERT OR REPLACE INTO item_attributes (entity_id, key, value)"
                    " VALUES (?, ?, ?)",
                    (track, name, next(flexible)),
                )
        for track in rng.sample(range(5, tracks), 3):
            db.execute(
                "UPDATE items SET id = ? WHERE id = ?", (rng.choice([2**40, 2**62]) + track, track)
            )


def dealt(rng: Random, values: Sequence[Any]) -> Iterator[Any]:
    """Yield the values for ever, all of them before one comes again."""
    while True:
        yield from rng.sample(values, len(values))


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
