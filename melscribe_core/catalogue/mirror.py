"""Tables `mirror_*`: copies of what the index is made from, to find the rows that changed since.

The library is attached read-only, and each of its tables is compared with its copy in SQL: only
rows that differ come to Python. The tracks that they belong to are noted in table `due` until they
are described, so that an interrupted update loses none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from melscribe_core.catalogue.database import Database
from melscribe_core.catalogue.tracks import THESE, these

LIBRARY = "library"  # schema name of the attached library


@dataclass(frozen=True)
class Copy:
    """One table of the library and its columns to copy.

    Rows are identified by `id` or, with `keys`, by `entity_id` and `key`; then only rows with one
    of these keys are copied. With `of_albums` the ids are those of albums. In `untyped` columns a
    whole number and a fraction differ, though they may be equal. The copy of the tracks has the
    table `items` and needs a column `album_id`.
    """

    table: str
    columns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    untyped: tuple[str, ...] = ()
    of_albums: bool = False

    @property
    def name(self) -> str:
        """Return the name of the copy."""
        return f"mirror_{self.table}"

    @property
    def id(self) -> str:
        """Return the column with the id of the track or album."""
        return "entity_id" if self.keys else "id"

    @property
    def created(self) -> str:
        """Return the statement that creates the copy."""
        # Only the columns that identify a row have types: the others keep every value as it is.
        columns = ", ".join(map(_quoted, self.columns))
        if not self.keys:
            return f"CREATE TABLE {self.name} (id INTEGER PRIMARY KEY, {columns})"
        return (
            f"CREATE TABLE {self.name} (entity_id INTEGER, key TEXT, {columns},"
            " PRIMARY KEY (entity_id, key)) WITHOUT ROWID"
        )

    @property
    def rows(self) -> str:
        """Return the query for the rows of the library to copy."""
        identity = ("entity_id", "key") if self.keys else ("id",)
        # With the table: SQLite takes an unknown name in quotes alone for a text.
        columns = ", ".join(f"l.{_quoted(name)}" for name in (*identity, *self.columns))
        return f"SELECT {columns} FROM {LIBRARY}.{self.table} l WHERE {self.chosen}"

    @property
    def chosen(self) -> str:
        """Return the condition that a row `l` of the library is copied."""
        if not self.keys:
            return "1"
        # Written out, since a bound list would be parsed for every row.
        keys = ", ".join("'{}'".format(key.replace("'", "''")) for key in self.keys)
        return f"typeof(l.entity_id) = 'integer' AND l.key IN ({keys})"

    @property
    def is_of(self) -> str:
        """Return the condition that a row `m` of the copy is that of a row `l`."""
        return "m.entity_id = l.entity_id AND m.key = l.key" if self.keys else "m.id = l.id"

    @property
    def equals(self) -> str:
        """Return the condition that a row `m` of the copy has the values of its row `l`."""
        same = [f"m.{_quoted(name)} IS l.{_quoted(name)}" for name in self.columns]
        same += [f"typeof(m.{_quoted(n)}) = typeof(l.{_quoted(n)})" for n in self.untyped]
        return " AND ".join(same)


class Mirror:
    """The copies of the library's tables."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def is_made(self) -> bool:
        """Return whether there are any copies."""
        return self._file.meta("mirror") is not None

    def fits(self, copies: Sequence[Copy]) -> bool:
        """Return whether there are copies of exactly these tables and columns."""
        return self._file.meta("mirror") == repr(copies)

    def renew(self, library: Path, copies: Sequence[Copy], **meta: str) -> None:
        """Replace all copies by those of the present library, and write metadata.

        No track is noted as due: the caller has to look at all of them.
        """
        with self._attached(library), self._file.writing():
            for name in self._names():
                self._file.db.execute(f"DROP TABLE main.{_quoted(name)}")
            for copy in copies:
                self._file.db.execute(copy.created)
                self._file.db.execute(f"INSERT OR REPLACE INTO main.{copy.name} {copy.rows}")
            self.settle()
            self._file.put_meta({**meta, "mirror": repr(copies)})

    def update(self, library: Path, copies: Sequence[Copy]) -> list[int]:
        """Update the copies, which must fit; return the ids of the tracks that are due.

        These are the tracks of which a row differs, is new or gone, and those noted earlier.
        """
        with self._attached(library), self._file.reading():
            moved = {copy: ids for copy in copies if (ids := self._moved(copy))}
            if moved:
                with self._file.writing():
                    for copy, ids in moved.items():
                        self._replace(copy, ids)
                        self._note(copy, ids)
        return self.due()

    def differing(self, library: Path, copies: Sequence[Copy]) -> list[int]:
        """Return what `update` would return, and write nothing."""
        found = set(self.due())
        with self._attached(library), self._file.reading():
            for copy in copies:
                if ids := self._moved(copy):
                    query, listed = self._tracks_of(copy, ids)
                    found.update(row[0] for row in self._file.db.execute(query, listed))
        return sorted(found)

    def rows(
        self, query: str, id_column: str, tracks: Iterable[int] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query without WHERE, of all tracks or of these."""
        listed = () if tracks is None else (these(tracks),)
        narrowed = "" if tracks is None else f" WHERE {id_column} IN {THESE}"
        with self._file.reading():
            yield from self._file.db.execute(f"{query}{narrowed}", listed)

    def tracks(self) -> list[int]:
        """Return the ids of all tracks, ascending."""
        with self._file.reading():
            return [row[0] for row in self._file.db.execute("SELECT id FROM mirror_items")]

    def values(self, column: str, tracks: Iterable[int]) -> list[tuple[int, object]]:
        """Return (track, value) of a column of these tracks, by id.

        Empty values are left out, and so is a column that is not copied.
        """
        with self._file.reading():
            if column not in self._columns():
                return []
            return self._file.db.execute(
                f"SELECT id, {_quoted(column)} FROM mirror_items"
                f" WHERE {_quoted(column)} != '' AND id IN {THESE} ORDER BY id",
                (these(tracks),),
            ).fetchall()

    def flexible(self, keys: Sequence[str], tracks: Iterable[int]) -> list[tuple[int, object]]:
        """Return (track, value) of flexible fields of these tracks, then of their albums."""
        listed = [*keys, these(tracks)]
        marks = ",".join("?" * len(keys))
        with self._file.reading():
            own = self._file.db.execute(
                "SELECT entity_id, value FROM mirror_item_attributes"
                f" WHERE key IN ({marks}) AND entity_id IN {THESE}",
                listed,
            ).fetchall()
            return (
                own
                + self._file.db.execute(
                    "SELECT i.id, a.value FROM mirror_album_attributes a"
                    " JOIN mirror_items i ON i.album_id = a.entity_id"
                    f" WHERE a.key IN ({marks}) AND i.id IN {THESE}",
                    listed,
                ).fetchall()
            )

    def settle(self) -> None:
        """Note, within a transaction, that no track is due."""
        self._file.db.execute("DELETE FROM due")

    def note(self, tracks: Iterable[int]) -> None:
        """Note further tracks as due, in a transaction of its own."""
        with self._file.writing():
            self._file.db.executemany(
                "INSERT OR IGNORE INTO due (track) VALUES (?)", ((track,) for track in tracks)
            )

    def due(self) -> list[int]:
        """Return the ids, ascending, of the tracks that have to be looked at."""
        with self._file.reading():
            return [row[0] for row in self._file.db.execute("SELECT track FROM due ORDER BY track")]

    def _columns(self) -> set[str]:
        """Return the columns of the copy of the tracks."""
        return {row[1] for row in self._file.db.execute("PRAGMA main.table_info(mirror_items)")}

    def _names(self) -> list[str]:
        tables = "SELECT name FROM main.sqlite_master WHERE type = 'table'"
        rows = self._file.db.execute(f"{tables} AND name GLOB 'mirror_*'").fetchall()
        return [row[0] for row in rows]

    def _moved(self, copy: Copy) -> list[int]:
        """Return the ids of the tracks or albums of which a row differs, is new or gone."""
        of_library, of_copy = f"{LIBRARY}.{copy.table} l", f"main.{copy.name} m"
        differing = self._file.db.execute(
            f"SELECT l.{copy.id}, m.{copy.id} IS NULL FROM {of_library} LEFT JOIN {of_copy}"
            f" ON {copy.is_of} WHERE {copy.chosen} AND (m.{copy.id} IS NULL OR NOT ({copy.equals}))"
        ).fetchall()
        found, held = self._file.db.execute(
            f"SELECT (SELECT count(*) FROM {of_library} WHERE {copy.chosen}),"
            f" (SELECT count(*) FROM {of_copy})"
        ).fetchone()
        ids = {row[0] for row in differing}
        if held + sum(row[1] for row in differing) != found:
            rows = self._file.db.execute(
                f"SELECT m.{copy.id} FROM {of_copy} WHERE NOT EXISTS"
                f" (SELECT 1 FROM {of_library} WHERE {copy.is_of} AND {copy.chosen})"
            )
            ids.update(row[0] for row in rows)
        return sorted(ids)

    def _replace(self, copy: Copy, ids: Sequence[int]) -> None:
        """Copy all rows of these tracks or albums anew."""
        listed, among = (these(ids),), f"{copy.id} IN {THESE}"
        self._file.db.execute(f"DELETE FROM main.{copy.name} WHERE {among}", listed)
        self._file.db.execute(
            f"INSERT OR REPLACE INTO main.{copy.name} {copy.rows} AND l.{among}", listed
        )

    def _note(self, copy: Copy, ids: Sequence[int]) -> None:
        """Note the tracks as due, or the tracks of the albums."""
        query, listed = self._tracks_of(copy, ids)
        self._file.db.execute(f"INSERT OR IGNORE INTO main.due {query}", listed)

    def _tracks_of(self, copy: Copy, ids: Sequence[int]) -> tuple[str, tuple[str]]:
        """Return the query for the ids of these tracks, or of the tracks of these albums."""
        query = "SELECT value FROM json_each(?)"
        if copy.of_albums:
            query = f"SELECT id FROM main.mirror_items WHERE album_id IN ({query})"
        return query, (these(ids),)

    @contextmanager
    def _attached(self, library: Path) -> Iterator[None]:
        """Attach the library, read-only."""
        with self._file.reading():
            uri = f"{library.resolve().as_uri()}?mode=ro"
            self._file.db.execute(f"ATTACH ? AS {LIBRARY}", (uri,))
        try:
            yield
        finally:
            with self._file.reading():
                self._file.db.execute(f"DETACH {LIBRARY}")


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
