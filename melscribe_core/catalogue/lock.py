"""One writer at a time: a lock file, which the system lets go of when its holder dies."""

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
    """Hold the lock, and yield whether it is held.

    False comes after `patience` seconds in which another process held it. Where no lock can be
    had, as in a folder that is read-only, True comes at once: nobody can write there either, or
    only SQLite can tell who does. The file is gone afterwards.
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
            with suppress(OSError):  # Windows removes no file that is open
                path.unlink()
            os.close(descriptor)


def _awaited(path: Path, patience: float) -> int | None:
    deadline = time.monotonic() + patience
    while (descriptor := _taken(path)) is None and time.monotonic() < deadline:
        time.sleep(STEP)
    return descriptor


def _taken(path: Path) -> int | None:
    """Return the descriptor that holds the lock, None while another process does."""
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
        os.close(descriptor)  # whoever held it has removed it: there may be a new one


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
