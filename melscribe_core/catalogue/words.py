"""Full-text search (SQLite FTS5) over the texts, and over artists, titles and albums."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from melscribe_core.arrays import IdArray
from melscribe_core.catalogue.database import Database
from melscribe_core.catalogue.tracks import THESE, these

REMEMBERED = 10_000  # terms whose counts are kept in memory, 2 MB; requests share most words


class WordIndex:
    """The full-text tables `words` and `titles`, and the single descriptors."""

    def __init__(self, file: Database) -> None:
        self._file = file
        self._revision = -1
        self._counted: dict[tuple[str, str], int | None] = {}  # by table and term

    def match(self, expression: str, limit: int, among: IdArray | None = None) -> IdArray:
        """Return the ids of at most `limit` texts that match an FTS5 expression, by BM25.

        `among` restricts the search to these text ids.
        """
        query = "SELECT rowid FROM words WHERE words MATCH ? {} ORDER BY rank, rowid LIMIT ?"
        with self._file.reading():
            if among is None:
                rows = self._file.db.execute(query.format(""), (expression, limit)).fetchall()
            else:
                # The + keeps SQLite from repeating the full-text search for each id.
                narrowed = query.format(f"AND +rowid IN {THESE}")
                rows = self._file.db.execute(narrowed, (expression, these(among), limit)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def holding(self, expression: str) -> IdArray:
        """Return the ids of the texts that match an FTS5 expression, ascending; empty for ""."""
        if not expression:
            return np.empty(0, np.int64)
        query = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid"
        with self._file.reading():
            rows = self._file.db.execute(query, (expression,)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def counts(self) -> dict[str, int]:
        """Return term -> number of texts with it, for all terms as FTS5 stores them."""
        with self._file.reading():
            return dict(self._file.db.execute("SELECT term, doc FROM vocabulary"))

    def frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """Return term -> number of texts with it, for these terms; absent if in none."""
        return self._frequency("vocabulary", terms)

    def titled(self, expression: str, limit: int) -> IdArray:
        """Return the ids of at most `limit` tracks whose names match an FTS5 expression."""
        query = "SELECT rowid FROM titles WHERE titles MATCH ? LIMIT ?"
        with self._file.reading():
            rows = self._file.db.execute(query, (expression, limit)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def title_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """Return term -> number of tracks with it in their names; absent if in none."""
        return self._frequency("title_words", terms)

    def descriptors(self) -> list[str]:
        """Return the distinct descriptors of all tracks."""
        with self._file.reading():
            return [row[0] for row in self._file.db.execute("SELECT text FROM descriptors")]

    def _frequency(self, table: str, terms: Iterable[str]) -> dict[str, int]:
        revision = self._file.revision
        if self._revision != revision or len(self._counted) > REMEMBERED:
            self._revision, self._counted = revision, {}
        found = {term: self._count(table, term) for term in terms}
        return {term: count for term, count in found.items() if count is not None}

    def _count(self, table: str, term: str) -> int | None:
        """Return the number of rows with a term, from memory or by reading its whole list."""
        if (table, term) not in self._counted:
            with self._file.reading():
                query = f"SELECT doc FROM {table} WHERE term = ?"
                row = self._file.db.execute(query, (term,)).fetchone()
            self._counted[table, term] = None if row is None else int(row[0])
        return self._counted[table, term]
