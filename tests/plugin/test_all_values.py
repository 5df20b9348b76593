"""Every value of every column and attribute that is read becomes every other between two requests.

One track, on an album of its own, stands for each column, old value and new value.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.support import writes
from tests.support.five_tracks import SETTINGS, lines
from tests.support.fresh import assert_as_new, content, made_anew
from tests.support.home import Home

ABSENT = "absent"  # of an attribute: there is no row
ANY: tuple[Any, ...] = (
    *(None, "", 0, 1, 1.0, 17, 0.93, 1971, "1971", "Folk", "folk", "Folk ", "Jazz", "1971-05"),
    *(b"Folk", b"\xff\xfe", b"", "Folk\\␀Jazz"),
)
BECOME = {
    "items": (*writes.OF_TRACKS, "path", "added", "album_id", "comments", "mtime"),
    "albums": writes.OF_ALBUMS,
    "item_attributes": writes.KEYS,
    "album_attributes": writes.KEYS,
}
ASKED = [
    ["ls", f"describe:{words}", "-f", "$id"]
    for words in ("songs by Folk", "from 1971", "under 3 minutes", "slow, under 90 bpm")
]
Case = tuple[str, Any, Any]  # column or key, old value, new value


def give(library: Path, table: str, values: Sequence[tuple[str, Any]]) -> None:
    """Write values to the columns or attributes of tracks or albums, one to each in turn."""
    with closing(sqlite3.connect(library)) as db, db:
        for number, (name, value) in enumerate(values, 1):
            if table in ("items", "albums"):
                db.execute(f"UPDATE {table} SET {name} = ? WHERE id = ?", (value, number))
            elif value is ABSENT:
                db.execute(f"DELETE FROM {table} WHERE entity_id = ?", (number,))
            else:
                row = (number, name, value)
                db.execute(f"INSERT INTO {table} (entity_id, key, value) VALUES (?, ?, ?)", row)


def people(library: Path, number: int) -> None:
    """Fill an empty library with tracks, each on an album of its own, that are alike."""
    with closing(sqlite3.connect(library)) as db, db:
        ids = [(each, each) for each in range(1, number + 1)]
        db.executemany("INSERT INTO albums (id, album) VALUES (?, 'Album ' || ?)", ids)
        db.executemany(
            "INSERT INTO items (id, album_id, grouping, path) VALUES (?, ?, 'Soul', X'61')", ids
        )


@pytest.mark.parametrize("table", BECOME)
def test_every_value_becomes_every_other(tmp_path: Path, table: str) -> None:
    settings = {**SETTINGS, "query_number": 100_000}
    (home := Home(tmp_path)).configure(**settings)
    some = ANY if table in ("items", "albums") else (*ANY, ABSENT)
    cases: list[Case] = [
        (name, some[old], some[new])
        for name in BECOME[table]
        for old, new in permutations(range(len(some)), 2)
    ]
    people(home.database, len(cases))
    give(home.database, table, [(name, old) for name, old, _ in cases])
    for asked in ASKED:
        lines(home, *asked)
    give(home.database, table, [(name, new) for name, _, new in cases])
    fresh = made_anew(home, **settings)
    for asked in ASKED:
        assert lines(home, *asked) == lines(fresh, *asked), asked
    kept, made = content(home.index)["tracks"], content(fresh.index)["tracks"]
    assert [cases[track - 1] for track, *_ in {*made} - {*kept}] == []
    assert_as_new(home.index, fresh.index)
