"""The index of a library on disk: one SQLite file of tracks, their texts, vectors and words.

`Catalogue` is the open file; its tables are `tracks`, `vectors`, `words`, `file_tags`, `mirror`,
`names` and `facts`. Vectors are added after the tracks, in batches: an interrupted run keeps the
finished batches and the next run continues from there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from melscribe_core.catalogue.database import Database
from melscribe_core.catalogue.file_tags import FileTags
from melscribe_core.catalogue.integrity import Custody
from melscribe_core.catalogue.mirror import Mirror
from melscribe_core.catalogue.schema import in_memory, opened
from melscribe_core.catalogue.tracks import Tracks
from melscribe_core.catalogue.vectors import Vectors

if TYPE_CHECKING:
    from melscribe_core.arrays import IdArray
    from melscribe_core.catalogue.columns import Columns
    from melscribe_core.catalogue.facts import Fact, Facts
    from melscribe_core.catalogue.names import Entries, NamePostings
    from melscribe_core.catalogue.words import WordIndex


MANY = 2000  # tracks, from which on arrays of all tracks are faster than the table


@dataclass(frozen=True)
class Counts:
    """Numbers of tracks, tracks without descriptors, distinct texts, and pending vectors.

    `pending` counts texts and single descriptors.
    """

    tracks: int
    bare: int
    texts: int
    pending: int


class Catalogue(Database):
    """One open catalogue file and its tables."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, custody: Custody | None = None
    ) -> None:
        super().__init__(path, connection, custody)
        self.tracks = Tracks(self)
        self.vectors = Vectors(self)
        self.file_tags = FileTags(self)
        self.mirror = Mirror(self)
        self._counted: tuple[int, Counts] | None = None

    @cached_property
    def words(self) -> WordIndex:
        """Return the full-text tables; imported on first use, since an index run needs none."""
        from melscribe_core.catalogue.words import WordIndex

        return WordIndex(self)

    @cached_property
    def names(self) -> NamePostings:
        """Return the names; imported on first use: most updates and requests need none."""
        from melscribe_core.catalogue.names import NamePostings

        return NamePostings(self._columns)

    @cached_property
    def facts(self) -> Facts:
        """Return the facts; imported on first use: most updates and requests need none."""
        from melscribe_core.catalogue.facts import Facts

        return Facts(self._columns)

    @cached_property
    def _columns(self) -> Columns:
        from melscribe_core.catalogue.columns import Columns

        return Columns(self)

    def complete(
        self,
        tracks: Sequence[int] | None,
        names: Entries,
        facts: Iterable[Fact],
        marks: Mapping[str, str] | None,
    ) -> None:
        """Replace names and facts of these tracks, of all with None.

        With marks, the metadata of an update of all tracks, none is due any more.
        """
        with self.writing():
            self.names.update(tracks, names)
            self.facts.update(tracks, facts)
            if marks is not None:
                self.mirror.settle()
                self.put_meta(marks)

    def texts_of(self, tracks: Collection[int]) -> IdArray:
        """Return the text ids, ascending, of these tracks: of many of them, from the arrays."""
        if len(tracks) < MANY or self.facts.count() != self.counts().tracks:
            return self.tracks.texts_of(tracks)
        return self.facts.texts_of(tracks)

    def counts(self) -> Counts:
        """Return the counts, cached by revision: every write that changes a count increments it."""
        revision = self.revision
        if self._counted is None or self._counted[0] != revision:
            self._counted = (revision, self._count())
        return self._counted[1]

    def _count(self) -> Counts:
        with self.reading():
            row = self.db.execute(
                "SELECT (SELECT count(*) FROM tracks),"
                " (SELECT count(*) FROM tracks WHERE text IS NULL),"
                " (SELECT count(*) FROM texts), (SELECT count(*) FROM texts WHERE vector IS NULL)"
                " + (SELECT count(*) FROM descriptors WHERE vector IS NULL)"
            ).fetchone()
        return Counts(*row)


def open_catalogue(path: Path) -> Catalogue:
    """Open the catalogue at `path`; create an empty one if there is no file.

    Raises OutdatedCatalogueError for an older format; DamagedCatalogueError for bytes other than
    those written, or a file that SQLite cannot read; CatalogueError for another kind of file, a
    later format, or a file that cannot be opened or created.
    """
    custody = Custody(path)
    return Catalogue(path, opened(path, custody), custody)


def empty_catalogue() -> Catalogue:
    """Return an empty catalogue in memory, gone when it is closed."""
    return Catalogue(Path(":memory:"), in_memory())
