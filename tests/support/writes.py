"""What other programs may write to a beets library: by SQL, past all that beets takes care of.

`Writer.writes` does one thing by chance; `said` is what it did.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

# Columns that descriptors, names and demands are read from; not every library has them all.
OF_TRACKS = (
    *("title", "album", "artist", "albumartist", "artists", "albumartists", "composers"),
    *("lyricists", "arrangers", "remixers", "genres", "style", "grouping", "language"),
    *("initial_key", "year", "original_year", "bpm", "length", "comp", "albumtype", "albumtypes"),
)
OF_ALBUMS = (
    *("genres", "style", "language", "year", "original_year", "comp", "albumtype", "albumtypes"),
    *("album", "albumartist"),
)
# Keys of flexible attributes with a meaning, and some without.
KEYS = (
    *("mood", "usertags", "mood_happy", "spotify_energy", "lyrics_language", "composer"),
    *("performer", "timbre", "grouping", "bpm", "genres", "venue", "play_count"),
)
VALUES: tuple[Any, ...] = (
    *(None, "", 0, 1, 17, 0.93, 1971, 1994, "Folk", "folk ", "FOLK", "Jazz", "sad", "1971"),
    *("Artist 1", "Artist 1\\␀Artist 2", "artist 1", b"Folk", b"\xff\xfe", "compilation", "eng"),
)


class Writer:
    """A program that writes to a library by SQL."""

    def __init__(self, library: Path, rng: Random) -> None:
        self._library, self._rng = library, rng
        self.said: list[str] = []

    def writes(self) -> None:
        """Let one kind of change happen, in a transaction of its own."""
        kinds: list[Callable[[], None]] = [
            *(self.sets_column, self.sets_column, self.sets_column, self.changes_only_the_writing),
            *(self.swaps_values, self.sets_attribute, self.sets_attribute, self.takes_attribute),
            *(self.renames_attribute, self.moves_attribute, self.moves_to_album),
            *(self.deletes_album, self.changes_path, self.reuses_id, self.changes_added),
            *(self.exchanges_ids, self.changes_columns, self.vacuums, self.changes_journal),
            self.rolls_back,
        ]
        kind = self._rng.choice(kinds)
        self.said.append(kind.__name__)
        with closing(sqlite3.connect(self._library, isolation_level=None)) as self._db:
            kind()

    def sets_column(self) -> None:
        table, columns = self._rng.choice([("items", OF_TRACKS), ("albums", OF_ALBUMS)])
        column = self._rng.choice(columns)
        self._run(f"UPDATE {table} SET {column} = ? WHERE id = ?", self._value(), self._some(table))

    def changes_only_the_writing(self) -> None:
        """Change a text by case or by a trailing blank."""
        column = self._rng.choice(OF_TRACKS)
        new = self._rng.choice([f"upper({column})", f"lower({column})", f"{column} || ' '"])
        self._run(f"UPDATE items SET {column} = {new} WHERE id = ?", self._some("items"))

    def swaps_values(self) -> None:
        column, one, other = self._rng.choice(OF_TRACKS), self._some("items"), self._some("items")
        self._run(
            f"UPDATE items SET {column} ="
            f" (SELECT {column} FROM items AS others WHERE id = ?1 + ?2 - items.id)"
            " WHERE id IN (?1, ?2)",
            *(one, other),
        )

    def sets_attribute(self) -> None:
        """Insert or change a flexible attribute; beets' tables replace one of the same key."""
        table = self._rng.choice(["item", "album"])
        self._run(
            f"INSERT INTO {table}_attributes (entity_id, key, value) VALUES (?, ?, ?)",
            *(self._some(f"{table}s"), self._rng.choice(KEYS), self._value()),
        )

    def takes_attribute(self) -> None:
        table = self._attributes()
        self._run(f"DELETE FROM {table} WHERE id = ?", self._some(table))

    def renames_attribute(self) -> None:
        table, key = self._attributes(), self._rng.choice(KEYS)
        self._run(f"UPDATE OR REPLACE {table} SET key = ? WHERE id = ?", key, self._some(table))

    def moves_attribute(self) -> None:
        """Give an attribute to another track or album, or to one that does not exist."""
        table = self._attributes()
        owner = self._rng.choice([self._some(f"{table.split('_')[0]}s"), 999])
        self._run(
            f"UPDATE OR REPLACE {table} SET entity_id = ? WHERE id = ?", owner, self._some(table)
        )

    def moves_to_album(self) -> None:
        album = self._rng.choice([self._some("albums"), self._some("albums"), None, 999])
        self._run("UPDATE items SET album_id = ? WHERE id = ?", album, self._some("items"))

    def deletes_album(self) -> None:
        """Delete an album while its tracks, sometimes its attributes too, stay."""
        album = self._some("albums")
        self._run("DELETE FROM albums WHERE id = ?", album)
        if self._rng.random() < 0.5:
            self._run("DELETE FROM album_attributes WHERE entity_id = ?", album)

    def changes_path(self) -> None:
        """Move a file to another folder or name, or store its path as text."""
        track = self._some("items")
        found = self._db.execute("SELECT path FROM items WHERE id = ?", (track,)).fetchone()
        if found is None:
            return
        old = Path(os.fsdecode(found[0]))
        new = self._rng.choice([old.parent / "further" / old.name, old.with_name(f"x{old.name}")])
        if self._rng.random() < 0.3:
            self._run("UPDATE items SET path = CAST(path AS TEXT) WHERE id = ?", track)
        elif (old := self._library.parent / "music" / old).is_file():
            (place := self._library.parent / "music" / new).parent.mkdir(exist_ok=True)
            old.rename(place)
            self._run("UPDATE items SET path = ? WHERE id = ?", os.fsencode(new), track)

    def reuses_id(self) -> None:
        """Delete a track; give its id to another with the same values, added at another time."""
        self._run(
            "CREATE TEMP TABLE taken AS SELECT * FROM items WHERE id = ?", self._some("items")
        )
        self._run("DELETE FROM items WHERE id IN (SELECT id FROM taken)")
        self._run("UPDATE taken SET added = added + 100")
        self._run("INSERT INTO items SELECT * FROM taken")

    def changes_added(self) -> None:
        added = self._rng.choice([None, 0, 1e9, "then", b"\xff"])
        self._run("UPDATE items SET added = ? WHERE id = ?", added, self._some("items"))

    def exchanges_ids(self) -> None:
        """Let two rows exchange their ids, their attributes sometimes with them."""
        table = self._rng.choice(["item", "album"])
        one, other = self._some(f"{table}s"), self._some(f"{table}s")
        self._exchange(f"{table}s", "id", one, other)
        if self._rng.random() < 0.5:
            self._exchange(f"{table}_attributes", "entity_id", one, other)

    def changes_columns(self) -> None:
        """Add a column that describes, or drop one, which the next beets adds again."""
        change = self._rng.choice(
            [
                "ADD COLUMN mood TEXT",
                "ADD COLUMN mood TEXT DEFAULT 'calm'",
                "ADD COLUMN usertags",
                "DROP COLUMN style",
                "DROP COLUMN initial_key",
                "DROP COLUMN mood",
            ]
        )
        with suppress(sqlite3.OperationalError):  # the column is there, or is not
            self._run(f"ALTER TABLE items {change}")

    def vacuums(self) -> None:
        self._run("VACUUM")

    def changes_journal(self) -> None:
        self._run(f"PRAGMA journal_mode = {self._rng.choice(['WAL', 'DELETE'])}")

    def rolls_back(self) -> None:
        self._run("BEGIN IMMEDIATE")
        self._run("UPDATE items SET genres = 'Polka', title = 'Never', year = 1901")
        self._run("DELETE FROM item_attributes")
        self._run("ROLLBACK")

    def _exchange(self, table: str, column: str, one: int, other: int) -> None:
        if one != other:
            for old, new in ((one, -1), (other, one), (-1, other)):
                self._run(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", new, old)

    def _attributes(self) -> str:
        return self._rng.choice(["item_attributes", "album_attributes"])

    def _value(self) -> Any:
        return self._rng.choice(VALUES)

    def _some(self, table: str) -> int:
        """Return the id of a row, 1 if there is none."""
        ids = [row[0] for row in self._db.execute(f"SELECT id FROM {table} ORDER BY id")]
        return self._rng.choice(ids) if ids else 1

    def _run(self, sql: str, *values: Any) -> None:
        self.said.append(f"{sql} {values}" if values else sql)
        self._db.execute(sql, values).fetchall()
