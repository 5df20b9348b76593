"""Table `files`: cache of the tags read from audio files, which are slow to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from melscribe_core.catalogue.database import Database
from melscribe_core.catalogue.tracks import THESE, these


class FileTags:
    """The tags of each track's file, with a stamp of the file at the time of reading."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def stamps(self) -> dict[int, str]:
        """Return track -> stamp of its file when the tags were read."""
        with self._file.reading():
            return dict(self._file.db.execute("SELECT track, stamp FROM files"))

    def stored(self, tracks: Iterable[int] | None = None) -> dict[int, str]:
        """Return track -> tags of its file, of all tracks or of these; without tags it is absent.

        The tags are in their stored form, see `decoded`: for most tracks it is only compared.
        """
        query = "SELECT track, tags FROM files WHERE tags != '{}'"
        with self._file.reading():
            if tracks is None:
                return dict(self._file.db.execute(query))
            return dict(self._file.db.execute(f"{query} AND track IN {THESE}", (these(tracks),)))

    def decoded(self, stored: str) -> dict[str, list[str]]:
        """Decode one value of `stored`. Raises DamagedCatalogueError."""
        try:
            tags = json.loads(stored)
        except (ValueError, TypeError, RecursionError) as error:
            raise self._file.damaged("file tags") from error
        if not isinstance(tags, dict):
            raise self._file.damaged("file tags")
        return tags

    def store(self, rows: Iterable[tuple[int, str, Mapping[str, list[str]]]]) -> None:
        """Insert or replace (track, stamp, tags) rows in one transaction."""
        with self._file.writing():
            self._file.db.executemany(
                "INSERT OR REPLACE INTO files (track, stamp, tags) VALUES (?, ?, ?)",
                ((track, stamp, json.dumps(tags)) for track, stamp, tags in rows),
            )
