"""Table `files`: cache of the tags read from audio files, which are slow to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
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


class File(NamedTuple):
    """The file of one track, as the library knows it, and when its tags were read.

    `added` is the Unix time at which the track was added, `path` as stored, b"" for none, `mtime`
    in seconds, 0 for unknown. `read` is the mtime that the file had on disk when it was read, None
    if that failed; `known` the mtime that the library knew then, None if it was never tried.
    """

    track: int
    added: float | None
    path: bytes
    mtime: int
    read: int | None = None
    known: int | None = None


# Path and mtime of a track, whatever type SQLite holds: libraries made by other programs have text.
PATH_AND_MTIME = (
    "CASE WHEN typeof(path) IN ('blob', 'text') THEN CAST(path AS BLOB) ELSE x'' END,"
    " coalesce(CAST(i.mtime AS INTEGER), 0)"
)
# A stamp counts only for a track that was added at the same time: a library reuses ids.
_SAME = "f.track = i.id AND f.added IS i.added"


class FileTags:
    """The tags of each track's file, with a stamp of the file at the time of reading."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def copied(self) -> Iterator[File]:
        """Yield the files of all tracks in the mirror, by id."""
        query = (
            f"SELECT i.id, i.added, {PATH_AND_MTIME}, iif(f.failed, NULL, f.mtime), f.known"
            f" FROM mirror_items i LEFT JOIN files f ON {_SAME} ORDER BY i.id"
        )
        with self._file.reading():
            yield from map(File._make, self._file.db.execute(query))

    def stamped(self, files: Iterable[File]) -> list[File]:
        """Return files of the library with what is known of their reading."""
        found = list(files)
        query = f"SELECT track, added, mtime, known, failed FROM files WHERE track IN {THESE}"
        with self._file.reading():
            rows = self._file.db.execute(query, (these(file.track for file in found),))
            stamps = {row[0]: FileStamp._make(row) for row in rows}
        return [_stamped(file, stamps.get(file.track)) for file in found]

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


def _stamped(file: File, stamp: FileStamp | None) -> File:
    if stamp is None or stamp.added != file.added:
        return file
    return file._replace(read=None if stamp.failed else stamp.mtime, known=stamp.known)
