"""The file of what was heard: a sound per content, and the content of each track's file.

It took hours to make, so it is never discarded: see `rescue`. Content is known by its key (see
`content`), so a file that was moved, renamed or imported again is known again. Rows of tracks that
left the library stay: they may come back.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import IdArray
from melscribe_core.catalogue.database import Database
from melscribe_core.catalogue.integrity import Custody, file_at
from melscribe_core.catalogue.schema import MEMORY, in_memory, opened
from melscribe_core.catalogue.tracks import THESE, these
from melscribe_core.errors import CatalogueError, DamagedCatalogueError
from melscribe_core.hearing.content import KEY
from melscribe_core.hearing.marking import mark_of
from melscribe_core.hearing.records import (
    HEARD,
    MANY,
    MARK,
    SOUND,
    FileMark,
    are_marks,
    are_sounds,
    packed_mark,
    packed_sound,
    unpacked_mark,
    unpacked_sound,
)
from melscribe_core.hearing.rescue import is_cut_off, is_of_others, rescued
from melscribe_core.hearing.sound import Sound

BUSY = "Another beet is listening to tracks for {file}; try again when that has finished."
PATIENCE = 2.0  # seconds to wait for one who is only looking through the file
AT_ONCE = 500  # keys of one statement: SQLite limits its variables, to 999 before 3.32


@dataclass(frozen=True)
class HeardTracks:
    """What was heard of n tracks, by ascending id.

    `added` is NaN for unknown; `keys` is (n, 16) bytes; `tags` and `features` are those of Sound,
    (n, 100) and (n, 400).
    """

    tracks: IdArray
    added: NDArray[np.float64]
    keys: NDArray[np.uint8]
    tags: NDArray[np.uint8]
    features: NDArray[np.int8]
    reach: NDArray[np.float64]
    tempo: NDArray[np.float64]
    windows: NDArray[np.uint32]


@dataclass(frozen=True)
class Counts:
    """How many tracks have a sound of these nets, how many sounds there are, and of other nets."""

    tracks: int
    sounds: int
    others: int


class Heard(Database):
    """The file of what was heard.

    Each method raises CatalogueError when the file cannot be used; DamagedCatalogueError when a row
    is not as it was written: `open_heard` then rescues the others. `note` says that this was done.
    `nets` is always the fingerprint of the nets: what others heard counts as not heard.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, custody: Custody | None = None
    ) -> None:
        super().__init__(path, connection, custody, HEARD)
        self.note: str | None = None
        if custody is not None:
            self.db.execute("PRAGMA secure_delete = ON")  # a rescue must not find what was replaced

    def listening(self, patience: float = PATIENCE) -> AbstractContextManager[None]:
        """Hold the lock for a whole run; transactions within are not sealed one by one.

        Raises BusyError when another process still holds it after `patience` seconds.
        """
        return self.alone(patience)

    def keep(self, marks: Mapping[int, FileMark], sounds: Mapping[bytes, Sound], nets: str) -> None:
        """Write the marks of tracks and the sounds of keys in one transaction."""
        with self.writing():
            self.db.executemany(
                # Not REPLACE: it would give the row another place.
                "INSERT INTO sounds (key, nets, sound) VALUES (?, ?, ?) ON CONFLICT (key)"
                " DO UPDATE SET nets = excluded.nets, sound = excluded.sound",
                ((key, nets, packed_sound(key, nets, one)) for key, one in sounds.items()),
            )
            self.db.executemany(
                "INSERT INTO files (track, key, mark) VALUES (?, ?, ?) ON CONFLICT (track)"
                " DO UPDATE SET key = excluded.key, mark = excluded.mark",
                ((track, mark.key, packed_mark(track, mark)) for track, mark in marks.items()),
            )

    def forget(self, tracks: Iterable[int]) -> None:
        """Remove the marks of these tracks: their files hold something that was not heard."""
        with self.writing():
            self.db.execute(f"DELETE FROM files WHERE track IN {THESE}", (these(tracks),))

    def known(self, tracks: Iterable[int] | None = None) -> dict[int, FileMark]:
        """Return track -> its file as it was looked at, of all tracks or of these."""
        query, bound = "SELECT track, key, mark FROM files", []
        if tracks is not None:
            query, bound = f"{query} WHERE track IN {THESE}", [these(tracks)]
        with self._rows():
            rows = self.db.execute(query, bound).fetchall()
            self._require_marks(rows)
            return {track: unpacked_mark(key, mark) for track, key, mark in rows}

    def keys(self, nets: str) -> set[bytes]:
        """Return the keys of all content that was heard by these nets."""
        with self.reading():
            return {
                key for (key,) in self.db.execute("SELECT key FROM sounds WHERE nets = ?", (nets,))
            }

    def sounds(self, keys: Iterable[bytes], nets: str) -> dict[bytes, Sound]:
        """Return key -> sound, of those that were heard by these nets."""
        wanted, rows = list(keys), []
        with self._rows():
            for start in range(0, len(wanted), AT_ONCE):
                some = wanted[start : start + AT_ONCE]
                rows += self.db.execute(
                    "SELECT key, sound FROM sounds WHERE nets = ?"
                    f" AND key IN ({', '.join('?' * len(some))})",
                    (nets, *some),
                ).fetchall()
            self._require_sounds(rows, nets)
            return {key: unpacked_sound(one) for key, one in rows}

    def of_tracks(
        self, stamps: Mapping[int, float | None], nets: str
    ) -> dict[int, tuple[bytes, Sound]]:
        """Return track -> (key, sound) of those tracks that were heard.

        `stamps` is track -> when the library added it; a track that was added at another time is
        another track.
        """
        with self._rows():
            rows = self.db.execute(
                "SELECT files.track, files.key, mark, sound"
                " FROM files JOIN sounds ON sounds.key = files.key"
                f" WHERE nets = ? AND track IN {THESE}",
                (nets, these(stamps)),
            ).fetchall()
            self._require_marks([row[:3] for row in rows])
            self._require_sounds([(row[1], row[3]) for row in rows], nets)
            return {
                track: (key, unpacked_sound(one))
                for track, key, mark, one in rows
                if unpacked_mark(key, mark).added == stamps[track]
            }

    def arrays(self, nets: str, *, features: bool = True) -> HeardTracks:
        """Return what was heard of all tracks, also of those that left the library.

        Without `features`, which are most of it, these are (n, 0).
        """
        fields = [name for name in SOUND.names or () if features or name != "features"]
        sounds: list[dict[str, NDArray[Any]]] = []
        places: dict[bytes, int] = {}
        with self._rows(), self.at_once():
            cursor = self.db.execute("SELECT key, sound FROM sounds WHERE nets = ?", (nets,))
            while rows := cursor.fetchmany(MANY):
                self._require_sounds(rows, nets)
                places.update((row[0], at) for at, row in enumerate(rows, len(places)))
                some = np.frombuffer(b"".join(row[1] for row in rows), SOUND)
                sounds.append({name: some[name].copy() for name in fields})
            files = self.db.execute("SELECT track, key, mark FROM files ORDER BY track").fetchall()
            self._require_marks(files)
        return _heard_tracks([row for row in files if row[1] in places], places, sounds)

    def counts(self, nets: str) -> Counts:
        """Return how much was heard by these nets."""
        with self.reading():
            ((sounds, every),) = self.db.execute(
                "SELECT count(*) FILTER (WHERE nets = ?), count(*) FROM sounds", (nets,)
            )
            ((tracks,),) = self.db.execute(
                "SELECT count(*) FROM files JOIN sounds ON sounds.key = files.key WHERE nets = ?",
                (nets,),
            )
        return Counts(tracks, sounds, every - sounds)

    @property
    def size(self) -> int:
        """Return the size of the file in bytes, 0 in memory."""
        return self.path.stat().st_size if self.custody is not None else 0

    def damaged(self, where: str) -> DamagedCatalogueError:
        """Return the error for damage; the next opening will look for it, whatever the seal says.

        Without the lock: a seal that another process writes meanwhile costs its own examination.
        """
        if self.custody is not None:
            self.custody.unseal()
        return super().damaged(where)

    @contextmanager
    def _rows(self) -> Iterator[None]:
        """Surround the reading of rows: those that cannot be unpacked are damage."""
        try:
            with self.reading():
                yield
        except (TypeError, struct.error) as error:
            raise self.damaged("rows") from error

    def _require_sounds(self, rows: Sequence[tuple[bytes, bytes]], nets: str) -> None:
        if not are_sounds([row[0] for row in rows], nets, [row[1] for row in rows]):
            raise self.damaged("sounds")

    def _require_marks(self, rows: Sequence[tuple[int, bytes, bytes]]) -> None:
        if rows and not are_marks(*zip(*rows, strict=True)):
            raise self.damaged("files")


def _heard_tracks(
    files: Sequence[tuple[int, bytes, bytes]],
    places: Mapping[bytes, int],
    sounds: Sequence[Mapping[str, NDArray[Any]]],
) -> HeardTracks:
    """Return the tracks of these rows of `files`, with the sounds at the places of their keys."""
    at = np.fromiter((places[row[1]] for row in files), np.int64, len(files))
    marks = np.frombuffer(b"".join(row[2] for row in files), MARK)

    def of_tracks(field: str) -> Any:
        parts = [some[field] for some in sounds if field in some]
        if not parts:  # nothing was heard, or it was not asked for
            return np.zeros((len(at), 0) if sounds else (0, *SOUND[field].shape), SOUND[field].base)
        return np.concatenate(parts)[at]

    return HeardTracks(
        tracks=marks["track"].copy(),
        added=marks["added"].copy(),
        keys=np.frombuffer(b"".join(row[1] for row in files), np.uint8).reshape(-1, KEY),
        **{field: of_tracks(field) for field in SOUND.names or () if field != "check"},
    )


def open_heard(path: Path, *, write: bool = True) -> Heard:
    """Open the file; make it if there is none; put a damaged one aside and rescue its rows.

    Without `write` nothing is made or rescued: without a file, an empty one in memory is returned,
    and damage raises DamagedCatalogueError. Raises CatalogueError for a folder, a file of other
    programs or of a later format, and BusyError where a damaged file is being written.
    """
    if path.is_dir():
        raise CatalogueError(
            f"The {HEARD.name} belongs at {path}, but that is a folder; move it away."
        )
    custody = Custody(path, BUSY)
    if is_of_others(path, custody):
        raise CatalogueError(
            f"The {HEARD.name} belongs at {path}, but that is another kind of file; move it away."
        )
    if not write and not mark_of(path):
        return Heard(Path(MEMORY), in_memory(HEARD))
    file = file_at(path)
    try:
        if file is not None and is_cut_off(path, custody):
            raise DamagedCatalogueError(f"The {HEARD.name} {path} is damaged (it is cut off).")
        return Heard(path, opened(path, custody, HEARD), custody)
    except DamagedCatalogueError as error:
        if not write:
            raise
        note = rescued(path, custody, file, error)
    heard = Heard(path, opened(path, custody, HEARD), custody)
    heard.note = note
    return heard
