"""The mirror on real SQLite files: what differs is found, and noted until it is described."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from melscribe_core.catalogue.catalogue import Catalogue, open_catalogue
from melscribe_core.catalogue.mirror import Copy
from melscribe_core.errors import CatalogueError

COPIES = (
    Copy("items", ("album_id", "title", "year"), untyped=("year",)),
    Copy("albums", ("year",), of_albums=True),
    Copy("item_attributes", ("value",), keys=("mood", "it's")),
    Copy("album_attributes", ("value",), keys=("mood",), of_albums=True),
)
# Tracks 1 and 2 are of album 7, track 3 of none. Only moods are copied of the attributes.
LIBRARY = """
CREATE TABLE items (id INTEGER PRIMARY KEY, album_id INTEGER, title TEXT, year, plays INTEGER);
CREATE TABLE albums (id INTEGER PRIMARY KEY, year INTEGER);
CREATE TABLE item_attributes (id INTEGER PRIMARY KEY, entity_id INTEGER, key TEXT, value TEXT);
CREATE TABLE album_attributes (id INTEGER PRIMARY KEY, entity_id INTEGER, key TEXT, value TEXT);
INSERT INTO items VALUES (1, 7, 'Pink Moon', 1972, 0), (2, 7, 'Road', 1972, 0), (3, NULL, '', 0, 0);
INSERT INTO albums VALUES (7, 1972);
INSERT INTO item_attributes VALUES (1, 1, 'mood', 'sad'), (2, 3, 'plays', '9');
INSERT INTO album_attributes VALUES (1, 7, 'mood', 'calm');
"""


class Pair:
    """A library that is written by SQL, and a catalogue with its mirror."""

    def __init__(self, folder: Path) -> None:
        self.library = folder / "it's a library? #1.db"
        self.write(LIBRARY)
        self.catalogue = open_catalogue(folder / "index")
        self.catalogue.mirror.renew(self.library, COPIES)

    def write(self, sql: str) -> None:
        with closing(sqlite3.connect(self.library)) as db:
            db.executescript(sql)

    def due_after(self, sql: str) -> list[int]:
        """Return the tracks that are due after a write; then none is."""
        self.write(sql)
        announced = self.catalogue.mirror.differing(self.library, COPIES)
        due = self.catalogue.mirror.update(self.library, COPIES)
        assert announced == due
        with self.catalogue.writing():
            self.catalogue.mirror.settle()
        return due


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.catalogue.close()


@pytest.mark.parametrize(
    ("sql", "due"),
    [
        ("SELECT 1", []),
        ("UPDATE items SET plays = plays + 1", []),
        ("UPDATE item_attributes SET value = '10' WHERE key = 'plays'", []),
        ("INSERT INTO item_attributes VALUES (9, 2, 'loved', '1')", []),
        ("UPDATE items SET title = 'Pink moon' WHERE id = 1", [1]),
        ("UPDATE items SET title = NULL WHERE id = 3", [3]),
        ("UPDATE items SET title = CAST('Road' AS BLOB) WHERE id = 2", [2]),
        ("UPDATE items SET year = 1972.0 WHERE id = 2", [2]),
        ("UPDATE items SET year = '1972' WHERE id = 2", [2]),
        ("UPDATE items SET album_id = NULL WHERE id = 2", [2]),
        ("INSERT INTO items VALUES (4, NULL, 'New', 0, 0)", [4]),
        ("DELETE FROM items WHERE id = 2", [2]),
        ("DELETE FROM items WHERE id = 2; INSERT INTO items VALUES (5, NULL, 'x', 0, 0)", [2, 5]),
        ("UPDATE albums SET year = 1973", [1, 2]),
        ("DELETE FROM albums", [1, 2]),
        ("UPDATE item_attributes SET value = 'glad' WHERE key = 'mood'", [1]),
        ("UPDATE item_attributes SET value = NULL WHERE key = 'mood'", [1]),
        ("UPDATE item_attributes SET key = 'it''s' WHERE key = 'mood'", [1]),
        ("UPDATE item_attributes SET entity_id = 3 WHERE key = 'mood'", [1, 3]),
        ("INSERT INTO item_attributes VALUES (9, NULL, 'mood', 'sad'), (8, 'x', 'mood', '')", []),
        ("DELETE FROM item_attributes", [1]),
        ("UPDATE album_attributes SET value = 'wild'", [1, 2]),
        ("DELETE FROM album_attributes", [1, 2]),
    ],
)
def test_the_tracks_of_what_differs_are_due(pair: Pair, sql: str, due: list[int]) -> None:
    assert pair.due_after(sql) == due
    assert pair.due_after("SELECT 1") == []


def test_what_is_due_stays_due_until_it_is_settled(pair: Pair) -> None:
    pair.write("UPDATE items SET title = 'Other' WHERE id = 1")
    for _ in range(2):
        assert pair.catalogue.mirror.update(pair.library, COPIES) == [1]
    pair.write("UPDATE items SET title = 'Pink Moon' WHERE id = 1")
    assert pair.catalogue.mirror.update(pair.library, COPIES) == [1]


def test_other_columns_do_not_fit(pair: Pair) -> None:
    mirror = pair.catalogue.mirror
    assert mirror.fits(COPIES)
    assert not mirror.fits((*COPIES[:-1], Copy("album_attributes", ("value",), ("genre",))))
    mirror.renew(pair.library, COPIES[:1])
    assert mirror.fits(COPIES[:1])


def test_values_of_some_tracks(pair: Pair) -> None:
    mirror = pair.catalogue.mirror
    assert mirror.values("title", [2, 3, 1]) == [(1, "Pink Moon"), (2, "Road")]  # not ""
    assert mirror.values("plays", [1]) == []  # is not copied
    assert mirror.flexible(["mood"], [1, 3]) == [(1, "sad"), (1, "calm")]  # its own, its album's
    assert mirror.tracks() == [1, 2, 3]


def test_the_library_is_never_written(pair: Pair) -> None:
    before = pair.library.read_bytes(), pair.library.stat().st_mtime_ns
    pair.catalogue.mirror.update(pair.library, COPIES)
    pair.catalogue.mirror.renew(pair.library, COPIES)
    assert (pair.library.read_bytes(), pair.library.stat().st_mtime_ns) == before
    assert {path.name for path in pair.library.parent.iterdir()} == {
        pair.library.name,
        "index",
        "index.seal",
    }


def test_an_update_that_finds_nothing_leaves_the_file_alone(pair: Pair) -> None:
    before = pair.catalogue.path.read_bytes()
    pair.write("UPDATE items SET plays = 8")
    assert pair.catalogue.mirror.update(pair.library, COPIES) == []
    assert pair.catalogue.path.read_bytes() == before


def test_a_library_that_lacks_a_column_is_an_error(pair: Pair, tmp_path: Path) -> None:
    pair.write("ALTER TABLE items RENAME COLUMN title TO name")
    with pytest.raises(CatalogueError, match="title"):
        pair.catalogue.mirror.update(pair.library, COPIES)
    with pytest.raises(CatalogueError, match="title"):
        pair.catalogue.mirror.renew(pair.library, COPIES)
    assert known(pair.catalogue) == ["Pink Moon", "Road", ""]


def known(catalogue: Catalogue) -> list[object]:
    """Return the copied titles, by id."""
    return [row[1] for row in catalogue.mirror.rows("SELECT id, title FROM mirror_items", "id")]
