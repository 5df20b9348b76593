"""One open SQLite file: reads, transactions under the write lock, metadata, errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from melscribe_core.catalogue.integrity import Custody, file_at
from melscribe_core.catalogue.schema import BUSY_SECONDS, INDEX, FileKind, examine, explained
from melscribe_core.errors import BusyError, DamagedCatalogueError, ReadOnlyCatalogueError

# What reading a damaged file raises; UnicodeDecodeError: SQLite passes broken text on.
READ_ERRORS = (sqlite3.Error, UnicodeDecodeError)


class Database:
    """One open file: the catalogue, or another kind.

    Every method, and every table that uses it, raises CatalogueError when the file cannot be used.
    `db` is the connection; tables use it only within `reading` or `writing`.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        custody: Custody | None = None,
        kind: FileKind = INDEX,
    ) -> None:
        self.path = path
        self.custody = custody
        self.kind = kind
        self.db = connection
        self._file = custody and file_at(path)
        self._alone = custody is None  # no other process knows of a catalogue in memory

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def alone(self, patience: float = BUSY_SECONDS) -> Iterator[None]:
        """Hold the write lock; without it every transaction takes the lock for itself.

        Raises BusyError when another process still holds it after `patience` seconds.
        """
        if self._alone or self.custody is None:
            yield
            return
        with self.custody.held(patience):
            if file_at(self.path) != self._file:
                raise BusyError(
                    f"Another beet has just rebuilt the {self.kind.name} {self.path};"
                    " run the command again."
                )
            with self.reading():
                examine(self.path, self.db, self.custody, self.kind)
            self._alone = True
            try:
                yield
            except DamagedCatalogueError:
                raise
            except BaseException:
                self.custody.reseal()  # transactions are atomic: the file is valid in between
                raise
            else:
                self.custody.reseal()
            finally:
                self._alone = False

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Surround reads that must see one snapshot; nothing may be written within."""
        with self.reading():
            self.db.execute("BEGIN")
        try:
            yield
        finally:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Surround reads: errors of SQLite become CatalogueError."""
        try:
            yield
        except READ_ERRORS as error:
            raise explained(self.path, error, self.kind) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Surround the writes of one transaction, under the lock; any error rolls it back."""
        with self.alone(), self.reading():
            if self.custody is not None:
                self.custody.unseal()
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def compact(self) -> None:
        """Rewrite the file without gaps; leave it as it is where there is no room for a copy."""
        with self.alone(), suppress(sqlite3.OperationalError):
            if self.custody is not None:
                self.custody.unseal()
            self.db.execute("PRAGMA temp_store = FILE")  # a large index is larger than memory
            self.db.execute("VACUUM")

    def meta(self, key: str) -> str | None:
        """Return the metadata value of the key, None if there is none."""
        with self.reading():
            row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, **values: str) -> None:
        """Write metadata in a transaction of its own."""
        with self.writing():
            self.put_meta(values)

    def note_meta(self, **values: str) -> None:
        """Write metadata that differ, for the next process; nothing where that is impossible now.

        So they must only save work: the file may be read-only, or another process writing it.
        """
        if any(self.meta(key) != value for key, value in values.items()):
            with suppress(BusyError, ReadOnlyCatalogueError), self.alone(0):
                self.set_meta(**values)

    def put_meta(self, values: Mapping[str, str]) -> None:
        """Write metadata within the present transaction."""
        self.db.executemany(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", values.items()
        )

    @property
    def revision(self) -> int:
        """Return the number of writes that changed a track, text or vector."""
        try:
            return int(self.meta("revision") or 0)
        except ValueError as error:
            raise self.damaged("revision") from error

    def revise(self, key: str = "revision") -> None:
        """Increment the revision, or another counter, within the present transaction."""
        self.db.execute(
            "INSERT INTO meta VALUES (?, '1')"
            " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
            (key,),
        )

    def damaged(self, where: str) -> DamagedCatalogueError:
        """Return the error for damage in this part of the file."""
        return DamagedCatalogueError(
            f"The {self.kind.name} {self.path} is damaged (in its {where})."
        )
