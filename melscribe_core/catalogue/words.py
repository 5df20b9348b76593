"""The words of texts, and of the tracks' own names: full-text search by SQLite's FTS5."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from melscribe_core.arrays import IdArray
from melscribe_core.catalogue.database import Database
from melscribe_core.catalogue.tracks import THESE, these


class WordIndex:
    """The full-text indexes, and the single descriptors."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def match(self, expression: str, limit: int, among: IdArray | None = None) -> IdArray:
        """Return the ids of the texts that match an FTS5 expression, best BM25 first.

        All or only `among` these.
        """
        query = "SELECT rowid FROM words WHERE words MATCH ? {} ORDER BY rank, rowid LIMIT ?"
        with self._file.reading():
            if among is None:
                rows = self._file.db.execute(query.format(""), (expression, limit)).fetchall()
            else:
                # The + keeps SQLite from running the search anew for each of the ids.
                narrowed = query.format(f"AND +rowid IN {THESE}")
                rows = self._file.db.execute(narrowed, (expression, these(among), limit)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def holding(self, expression: str) -> IdArray:
        """Return the ids of the texts that match an FTS5 expression, ascending; none for ""."""
        if not expression:
            return np.empty(0, np.int64)
        query = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid"
        with self._file.reading():
            rows = self._file.db.execute(query, (expression,)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def counts(self) -> dict[str, int]:
        """Return the words of all texts, as FTS5 stores them, with how many texts hold each."""
        with self._file.reading():
            return dict(self._file.db.execute("SELECT term, doc FROM vocabulary"))

    def frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """Return in how many texts each term occurs, as FTS5 stores terms; absent when in none."""
        return self._frequency("vocabulary", terms)

    def titled(self, expression: str, limit: int) -> IdArray:
        """Return the ids of tracks whose names match an FTS5 expression, `limit` at most."""
        query = "SELECT rowid FROM titles WHERE titles MATCH ? LIMIT ?"
        with self._file.reading():
            rows = self._file.db.execute(query, (expression, limit)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def title_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """Return how many tracks have each term in their names; absent when none has."""
        return self._frequency("title_words", terms)

    def descriptors(self) -> list[str]:
        """Return the single descriptors that tracks have."""
        with self._file.reading():
            return [row[0] for row in self._file.db.execute("SELECT text FROM descriptors")]

    def _frequency(self, table: str, terms: Iterable[str]) -> dict[str, int]:
        query = f"SELECT doc FROM {table} WHERE term = ?"
        with self._file.reading():
            rows = ((term, self._file.db.execute(query, (term,)).fetchone()) for term in terms)
            return {term: int(row[0]) for term, row in rows if row is not None}
