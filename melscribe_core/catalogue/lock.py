"""Lock file, released by the operating system when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STEP = 0.05  # seconds between two tries


@contextmanager
def locked(path: Path, patience: float) -> Iterator[bool]:
    """Acquire the lock and yield whether it is held; the file is removed afterwards.

    Yields False when another process still holds it after `patience` seconds. Where locking is
    impossible, as in a read-only folder, yields True at once: writing will fail there, or SQLite's
    own locks have to do.
    """
    try:
        descriptor = _awaited(path, patience)
        held = descriptor is not None
    except OSError:
        descriptor, held = None, True
    try:
        yield held
    finally:
        if descriptor is not None:
            with suppress(OSError):  # Windows cannot remove an open file
                path.unlink()
            os.close(descriptor)


def _awaited(path: Path, patience: float) -> int | None:
    deadline = time.monotonic() + patience
    while (descriptor := _taken(path)) is None and time.monotonic() < deadline:
        time.sleep(STEP)
    return descriptor


def _taken(path: Path) -> int | None:
    """Return a descriptor that holds the lock, None if another process holds it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _take(descriptor)
            if _is_still_at(path, descriptor):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its holder removed the file meanwhile: try the new one


def _is_still_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
