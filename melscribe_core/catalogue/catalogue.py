"""The index of a library on disk: one SQLite file of tracks, their texts, vectors and words.

`Catalogue` is the open file; its tables are `tracks`, `vectors`, `words`, `file_tags` and `names`.
Vectors follow the tracks part by part, so an interrupted run keeps every part that it finished and
the next run goes on from there.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from melscribe_core.catalogue.database import Database
from melscribe_core.catalogue.file_tags import FileTags
from melscribe_core.catalogue.integrity import Custody
from melscribe_core.catalogue.schema import in_memory, opened
from melscribe_core.catalogue.tracks import Tracks
from melscribe_core.catalogue.vectors import Vectors

if TYPE_CHECKING:
    from melscribe_core.catalogue.names import NameKeys
    from melscribe_core.catalogue.words import WordIndex


@dataclass(frozen=True)
class Counts:
    """How much the catalogue holds.

    Tracks, those without descriptors, distinct texts, those without a vector.
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
        self._counted: tuple[int, Counts] | None = None

    @cached_property
    def words(self) -> WordIndex:
        """Return the words; an index run never asks for them."""
        from melscribe_core.catalogue.words import WordIndex

        return WordIndex(self)

    @cached_property
    def names(self) -> NameKeys:
        """Return the names; an index run never asks for them."""
        from melscribe_core.catalogue.names import NameKeys

        return NameKeys(self)

    def counts(self) -> Counts:
        """Count what is here, once a revision: every write that moves a count makes one."""
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
    """Open the catalogue, making an empty one when there is no file.

    Raises DamagedCatalogueError for a file that is not as it was written or that SQLite cannot make
    sense of, CatalogueError for one that is no catalogue, is of a later format, or cannot be read
    or made here.
    """
    custody = Custody(path)
    return Catalogue(path, opened(path, custody), custody)


def empty_catalogue() -> Catalogue:
    """Return a catalogue that lives in memory and is gone when it is closed."""
    return Catalogue(Path(":memory:"), in_memory())
