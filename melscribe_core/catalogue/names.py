"""The names in the library, hashed, as a cache: they are read again when the library changes."""

from __future__ import annotations

from melscribe_core.catalogue.database import Database


class NameKeys:
    """The keys of all names of artists, titles and albums: see melscribe_core.request.names."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def keys(self) -> bytes:
        """Return what the library's names were stored as (see names.py), b"" without any."""
        with self._file.reading():
            row = self._file.db.execute("SELECT keys FROM names").fetchone()
        return b"" if row is None else bytes(row[0])

    def store(self, keys: bytes, **meta: str) -> None:
        """Write the library's names, and facts about the whole with it, in one transaction."""
        with self._file.writing():
            self._file.db.execute("DELETE FROM names")
            self._file.db.execute("INSERT INTO names VALUES (?)", (keys,))
            self._file.put_meta(meta)
