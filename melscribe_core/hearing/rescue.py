"""Rescue of a damaged file of what was heard: every row that is as it was written is kept.

SQLite stops at the first page that it does not understand, so the rows are searched for in the
bytes of the file: as SQLite stores them (https://sqlite.org/fileformat2.html#record_format), and
each with a check of its own. Whatever SQLite could still read is found so, and more.
"""

from __future__ import annotations

import mmap
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

from melscribe_core.catalogue.integrity import Custody, file_at
from melscribe_core.catalogue.schema import BUSY_SECONDS, PAGE, check_format, created
from melscribe_core.errors import DamagedCatalogueError, OutdatedCatalogueError
from melscribe_core.hearing.content import KEY
from melscribe_core.hearing.records import (
    HEARD,
    MARK,
    SOUND,
    are_marks,
    are_sounds,
    track_of,
)

MAGIC = b"SQLite format 3\0"
HEADER = 100  # bytes of the header of an SQLite file
# Bytes that a track takes in a full file, with its share of pages: measured, for "of about".
A_TRACK = 680
EMPTY = 5 * PAGE  # bytes of a file that hold few tracks or none

# The header of a row as SQLite stores it: its length, and for each column a type, which is
# 12 + 2 n for n bytes and 13 + 2 n for n characters, 0 for the track, which is the row's id. Types
# from 128 on take two bytes, the higher 7 bits first. A look-ahead, since false ones may overlap.
_BYTES, _CHARACTERS = 12, 13
_KEY_TYPE = re.escape(bytes([_BYTES + 2 * KEY]))
_MARK_TYPE = re.escape(bytes([_BYTES + 2 * MARK.itemsize]))
_SOUND_TYPE = re.escape(
    bytes([0x80 | (_BYTES + 2 * SOUND.itemsize) >> 7, (_BYTES + 2 * SOUND.itemsize) & 0x7F])
)
_SOUNDS = re.compile(
    b"(?=[\5\6]" + _KEY_TYPE + b"([\x0d-\x7f]|[\x81-\x8f][\0-\x7f])" + _SOUND_TYPE + b")", re.DOTALL
)
_FILES = re.compile(
    b"(?=\4\0" + _KEY_TYPE + _MARK_TYPE + b"(.{%d})(.{%d}))" % (KEY, MARK.itemsize), re.DOTALL
)


def is_of_others(path: Path, custody: Custody) -> bool:
    """Return whether a file is another program's: not SQLite's, not damaged beyond recognition.

    A sealed one is ours. A killed writer leaves no seal; a broken disk leaves zeros.
    """
    if custody.sealed_size() is not None:
        return False
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
    except OSError:
        return False
    alike = sum(one == other for one, other in zip(head, MAGIC, strict=False))
    return any(head) and alike < len(head) / 2


def is_cut_off(path: Path, custody: Custody) -> bool:
    """Return whether no header is left of a file: SQLite would take it for an empty one."""
    size = path.stat().st_size
    return size < HEADER and (size > 0 or bool(custody.sealed_size()))


def rescued(
    path: Path, custody: Custody, file: tuple[int, int] | None, error: DamagedCatalogueError
) -> str | None:
    """Replace the damaged file by one with all rows that are right; return what to say of it.

    The damaged one is kept beside it. `file` is the damaged one as it was found; None is returned
    if another process replaced it already. Raises CatalogueError when that is impossible, or the
    file is of a later format: then it is left as it is.
    """
    path = Path(os.path.realpath(path))
    new = path.with_name(path.name + ".rescued")
    with custody.held(BUSY_SECONDS):
        if file_at(path) != file:
            return None
        try:
            _clear(new)
            saved, size = _rewritten(path, new)
            about = max(saved, (max(size, custody.sealed_size() or 0) - EMPTY) // A_TRACK)
            aside = _kept_aside(path)
            custody.unseal()
            for rest in ("-journal", "-wal", "-shm"):  # SQLite would play them into the new file
                path.with_name(path.name + rest).unlink(missing_ok=True)
            new.replace(path)
        except (OSError, sqlite3.Error) as problem:
            raise DamagedCatalogueError(
                f"{error} What can be read of it cannot be saved ({problem}): let its folder be"
                " writable and have some space, and run `beet melindex --listen`."
            ) from error
        finally:
            with suppress(OSError):
                _clear(new)
        custody.seal()
    return (
        f"{error} It was put aside as {aside.name}: {saved:,} of about {about:,} tracks"
        " were saved; what is missing is heard again with `beet melindex --listen`."
    )


def _rewritten(path: Path, new: Path) -> tuple[int, int]:
    """Write the rows that are right to a new file; return the number of sounds, and the old size.

    Raises OSError, sqlite3.Error.
    """
    with closing(created(new, HEARD)) as db, _content(path) as content:
        db.execute("BEGIN")
        db.executemany("INSERT OR REPLACE INTO sounds VALUES (?, ?, ?)", _sounds(content))
        db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", _files(content))
        ((saved,),) = db.execute("SELECT count(*) FROM sounds")
        if not saved:
            _refuse_other_formats(path)
        db.execute("COMMIT")
        return saved, len(content)


@contextmanager
def _content(path: Path) -> Iterator[mmap.mmap | bytes]:
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content


def _sounds(content: mmap.mmap | bytes) -> Iterator[tuple[bytes, str, bytes]]:
    """Yield the rows of `sounds` that are right."""
    for match in _SOUNDS.finditer(content):
        kind = match[1]
        start = match.start() + 4 + len(kind)  # the header's own length, key, nets, 2 of the sound
        nets_end = start + KEY + (_number(kind) - _CHARACTERS) // 2
        key, nets = content[start : start + KEY], content[start + KEY : nets_end]
        packed = content[nets_end : nets_end + SOUND.itemsize]
        with suppress(UnicodeDecodeError):
            if are_sounds([key], nets.decode(), [packed]):
                yield key, nets.decode(), packed


def _files(content: mmap.mmap | bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the rows of `files` that are right."""
    for match in _FILES.finditer(content):
        key, packed = match.groups()
        if are_marks([track_of(packed)], [key], [packed]):
            yield track_of(packed), key, packed


def _number(varint: bytes) -> int:
    number = 0
    for byte in varint:
        number = number << 7 | byte & 0x7F
    return number


def _refuse_other_formats(path: Path) -> None:
    """Raise CatalogueError for a file of a later format, whose rows look different."""
    address = f"{path.as_uri()}?mode=ro"
    with (
        suppress(sqlite3.Error, UnicodeDecodeError, OutdatedCatalogueError),
        closing(sqlite3.connect(address, uri=True)) as db,
    ):
        if db.execute("SELECT 1 FROM meta WHERE key = 'format'").fetchone():
            check_format(path, db, HEARD)


def _kept_aside(path: Path) -> Path:
    """Give the file a second name that no file has, and return it. Raises OSError."""
    for number in count(1):
        aside = path.with_name(f"{path.name}.damaged{f'.{number}' if number > 1 else ''}")
        if aside.exists():
            continue
        with suppress(FileExistsError):
            try:
                os.link(path, aside)
            except FileExistsError:
                raise
            except OSError:  # a file system without links
                _copy(path, aside)
            return aside
    raise AssertionError


def _copy(path: Path, to: Path) -> None:
    with path.open("rb") as source, to.open("xb") as target:
        try:
            shutil.copyfileobj(source, target)
        except OSError:
            to.unlink()
            raise


def _clear(path: Path) -> None:
    for name in (path, path.with_name(path.name + "-journal")):
        name.unlink(missing_ok=True)
