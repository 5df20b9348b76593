"""One open SQLite file: reading, writing alone, facts about the whole, damage."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from melscribe_core.catalogue.integrity import Custody, file_at
from melscribe_core.catalogue.schema import BUSY_SECONDS, examine, explained
from melscribe_core.errors import BusyError, DamagedCatalogueError


class Database:
    """One open file of the catalogue.

    Every method, and every table over it, raises CatalogueError when the file cannot be used. `db`
    is the connection, for the tables: they use it within `reading` or `writing`.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, custody: Custody | None = None
    ) -> None:
        self.path = path
        self.custody = custody
        self.db = connection
        self._file = custody and file_at(path)
        self._alone = custody is None  # no other process knows of a catalogue in memory

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def alone(self, patience: float = BUSY_SECONDS) -> Iterator[None]:
        """Let no other process write meanwhile; every write does so by itself, one by one.

        Raises BusyError when another process still writes after `patience` seconds.
        """
        if self._alone or self.custody is None:
            yield
            return
        with self.custody.held(patience):
            if file_at(self.path) != self._file:
                raise BusyError(
                    f"Another beet has just made the index {self.path} anew; run the command again."
                )
            with self.reading():
                examine(self.path, self.db, self.custody)
            self.custody.unseal()
            self._alone = True
            try:
                yield
            except DamagedCatalogueError:
                raise
            except BaseException:
                self.custody.seal()  # every transaction is whole, whatever came between them
                raise
            else:
                self.custody.seal()
            finally:
                self._alone = False

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Read all from one moment, whatever other processes write meanwhile; write nothing."""
        with self.reading():
            self.db.execute("BEGIN")
        try:
            yield
        finally:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Surround reads: what SQLite reports becomes a CatalogueError."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise explained(self.path, error) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Surround the writes of one transaction, alone; on any error nothing is written."""
        with self.alone(), self.reading():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def meta(self, key: str) -> str | None:
        """Return what was written under the key, None when nothing was."""
        with self.reading():
            row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, **values: str) -> None:
        """Write facts about the whole in one transaction."""
        with self.writing():
            self.put_meta(values)

    def put_meta(self, values: Mapping[str, str]) -> None:
        """Write facts about the whole within the present transaction."""
        self.db.executemany(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", values.items()
        )

    @property
    def revision(self) -> int:
        """Count the writes that changed a track, text or vector; the neighbours' stamp holds it."""
        try:
            return int(self.meta("revision") or 0)
        except ValueError as error:
            raise self.damaged("revision") from error

    def revise(self) -> None:
        """Count one more revision within the present transaction."""
        self.db.execute(
            "INSERT INTO meta VALUES ('revision', '1')"
            " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
        )

    def damaged(self, where: str) -> DamagedCatalogueError:
        """Return the error that says where the file is damaged."""
        return DamagedCatalogueError(f"The index {self.path} is damaged (in its {where}).")
