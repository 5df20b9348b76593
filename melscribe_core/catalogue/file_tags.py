"""Table `files`: cache of the tags read from audio files, which are slow to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from melscribe_core.catalogue.database import Database
from melscribe_core.catalogue.tracks import THESE, these


class FileStamp(NamedTuple):
    """When the file of a track, which was added at a time, was read.

    `mtime` is the file's on disk, `known` the one that the library knew; `failed` files could not
    be read.
    """

    track: int
    added: float | None
    mtime: int
    known: int
    failed: bool


class FileTags:
    """The tags of each track's file, with a stamp of the file at the time of reading."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def stamps(self, tracks: Iterable[int] | None = None) -> dict[int, FileStamp]:
        """Return track -> stamp of its file when the tags were read; of all tracks or of these."""
        query = "SELECT track, added, mtime, known, failed FROM files"
        if tracks is not None:
            query += f" WHERE track IN {THESE}"
        listed = () if tracks is None else (these(tracks),)
        with self._file.reading():
            rows = self._file.db.execute(query, listed)
            return {stamp.track: stamp for stamp in map(FileStamp._make, rows)}

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

    def store(self, rows: Iterable[tuple[FileStamp, Mapping[str, list[str]]]]) -> None:
        """Insert or replace rows in one transaction, and note their tracks as due."""
        stored = [(*stamp, json.dumps(tags)) for stamp, tags in rows]
        with self._file.writing():
            self._file.db.executemany(
                "INSERT OR REPLACE INTO files (track, added, mtime, known, failed, tags)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                stored,
            )
            self._file.db.executemany(
                "INSERT OR IGNORE INTO due (track) VALUES (?)", ((row[0],) for row in stored)
            )
