"""Tables of the file of what was heard: how their rows are packed, and known to be right.

A row ends with a CRC-32 over all of it, so that each can be trusted by itself: SQLite's integrity
check does not see a flipped bit in a value, and a damaged file is rescued row by row.
"""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import repeat
from math import isnan, nan
from typing import Any, NamedTuple

import numpy as np

from melscribe_core.catalogue.schema import FileKind
from melscribe_core.hearing.content import KEY
from melscribe_core.hearing.outputs import OUTPUTS
from melscribe_core.hearing.sound import FEATURES, Sound

FORMAT = 1  # of the file; a later one is refused
MANY = 8192  # rows read at a time: 4 MB

# No paths: which file a track had is known by size, time and content.
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sounds (key BLOB NOT NULL UNIQUE, nets TEXT NOT NULL, sound BLOB NOT NULL);
CREATE TABLE files (track INTEGER PRIMARY KEY, key BLOB NOT NULL, mark BLOB NOT NULL);
"""

# Layout of sounds.sound and files.mark; arrays are read by SOUND and MARK, single rows by the rest.
SOUND = np.dtype(
    [
        ("tags", np.uint8, len(OUTPUTS)),
        ("features", np.int8, FEATURES),
        ("reach", "<f8"),
        ("tempo", "<f8"),
        ("windows", "<u4"),
        ("check", "<u4"),
    ]
)
MARK = np.dtype(
    [("track", "<i8"), ("added", "<f8"), ("size", "<i8"), ("mtime_ns", "<i8"), ("check", "<u4")]
)
_SOUND = struct.Struct(f"<{len(OUTPUTS)}s{FEATURES}sddI")
_MARK = struct.Struct("<qdqq")
_CHECK = struct.Struct("<I")
_LEAST, _MOST = -(2**63), 2**63 - 1
# CRC-32 of any bytes that are followed by their own CRC-32: one call tells whether a row is right.
_RESIDUE = 0x2144DF1C


class FileMark(NamedTuple):
    """The file of a track when it was looked at, and the key of its content.

    `added` is when the library added the track, None for unknown: a library reuses ids, so a mark
    counts only for a track that was added at the same time.
    """

    added: float | None
    size: int
    mtime_ns: int
    key: bytes


def packed_sound(key: bytes, nets: str, sound: Sound) -> bytes:
    """Return the row's `sound`. Raises ValueError for a sound or key of another length."""
    if (len(key), len(sound.tags), len(sound.features)) != (KEY, len(OUTPUTS), FEATURES):
        raise ValueError("a sound of other nets")
    return _checked(_SOUND.pack(*sound), zlib.crc32(key, _seed(nets)))


def packed_mark(track: int, mark: FileMark) -> bytes:
    """Return the row's `mark`. A time after 2262 does not fit: it is stored as the last that does.

    Raises ValueError for a key of another length.
    """
    if len(mark.key) != KEY:
        raise ValueError("a key of another length")
    added = nan if mark.added is None else mark.added
    times = (min(max(value, _LEAST), _MOST) for value in (mark.size, mark.mtime_ns))
    return _checked(_MARK.pack(track, added, *times), zlib.crc32(mark.key))


def unpacked_sound(packed: bytes) -> Sound:
    """Return the sound in a row that is right."""
    return Sound._make(_SOUND.unpack_from(packed))


def unpacked_mark(key: bytes, packed: bytes) -> FileMark:
    """Return the mark in a row that is right."""
    _, added, size, mtime_ns = _MARK.unpack_from(packed)
    return FileMark(None if isnan(added) else added, size, mtime_ns, key)


def are_sounds(keys: Sequence[bytes], nets: str, packed: Sequence[bytes]) -> bool:
    """Return whether all these rows of these nets are as they were written."""
    seeds = map(zlib.crc32, keys, repeat(_seed(nets)))
    right = all(map(_RESIDUE.__eq__, map(zlib.crc32, packed, seeds)))
    return right and set(map(len, packed)) <= {SOUND.itemsize}


def are_marks(tracks: Sequence[int], keys: Sequence[bytes], packed: Sequence[bytes]) -> bool:
    """Return whether all these rows are as they were written."""
    right = all(map(_RESIDUE.__eq__, map(zlib.crc32, packed, map(zlib.crc32, keys))))
    if not right or set(map(len, packed)) - {MARK.itemsize}:
        return False
    return all(map(int.__eq__, tracks, map(track_of, packed)))


def track_of(packed: bytes) -> int:
    """Return the track of a packed mark."""
    track: int = _MARK.unpack_from(packed)[0]
    return track


def _is_whole(db: sqlite3.Connection) -> bool:
    try:
        return all(
            are_sounds(keys, nets, packed)
            for (nets,) in db.execute("SELECT DISTINCT nets FROM sounds").fetchall()
            for keys, packed in _columns(
                db.execute("SELECT key, sound FROM sounds WHERE nets IS ?", (nets,))
            )
        ) and all(
            are_marks(tracks, keys, packed)
            for tracks, keys, packed in _columns(db.execute("SELECT track, key, mark FROM files"))
        )
    except TypeError:  # damage to a type: a number in place of bytes
        return False


def _columns(cursor: sqlite3.Cursor) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Yield some rows at a time, as columns."""
    while rows := cursor.fetchmany(MANY):
        yield tuple(zip(*rows, strict=True))


def _seed(nets: str) -> int:
    """Return what the CRC of rows begins with, so that one of other nets or format never fits."""
    return zlib.crc32(f"{FORMAT} {nets}".encode())


def _checked(row: bytes, seed: int) -> bytes:
    return row + _CHECK.pack(zlib.crc32(row, seed))


HEARD = FileKind(
    TABLES,
    FORMAT,
    "file of what was heard",
    "a file of what was heard",
    "run `beet melindex --listen` to hear all tracks again",
    _is_whole,
)
