"""Table `names`: cache of the hashed names in the library."""

from __future__ import annotations

from melscribe_core.catalogue.database import Database


class NameKeys:
    """Keys of all artists, titles and albums: see melscribe_core.request.names."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def keys(self) -> bytes:
        """Return the stored keys, b"" if there are none."""
        with self._file.reading():
            row = self._file.db.execute("SELECT keys FROM names").fetchone()
        return b"" if row is None else bytes(row[0])

    def store(self, keys: bytes, **meta: str) -> None:
        """Replace the keys, and write metadata, in one transaction."""
        with self._file.writing():
            self._file.db.execute("DELETE FROM names")
            self._file.db.execute("INSERT INTO names VALUES (?)", (keys,))
            self._file.put_meta(meta)
