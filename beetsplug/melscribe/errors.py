"""Everything that goes wrong in a command -> one sentence and beets' exit code 1.

`refusals` surrounds each command. The rest guards single fields: SQLite keeps any value in any
column, and beets ends in a traceback when it reads, say, infinity as a year.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from beets.library import Item, Library
from beets.ui import UserError

# What a failed write to stdout or stderr raises; such an error names no file.
UNPRINTABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
# What reading a broken field raises; OSError: a time outside every calendar.
BROKEN_FIELD = (ValueError, TypeError, OverflowError, OSError)


@contextmanager
def refusals(lib: Library) -> Iterator[None]:
    """Raise UserError for our own errors, a library or an output that fails, and for Ctrl-C.

    beets itself would show a traceback when another beet holds the library for long or the disk
    with the output is full, and end in silence, as if all were done, after Ctrl-C.
    """
    _open_streams()
    try:
        with one_sentence(lib):
            yield
    except OSError as error:
        if error.filename is not None or error.errno not in UNPRINTABLE:
            raise  # EPIPE too: beets ends in silence when a pipe is closed, as with `| head`
        silence_failed_streams()
        raise UserError(
            f"the output was not written: {error.strerror}; make room, or send it elsewhere"
        ) from error
    except KeyboardInterrupt:
        raise UserError("stopped before it was done") from None


@contextmanager
def one_sentence(lib: Library) -> Iterator[None]:
    """Raise UserError for our own errors and for a library that fails."""
    from melscribe_core.errors import MelScribeError

    try:
        yield
    except MelScribeError as error:
        raise UserError(str(error)) from error
    except sqlite3.Error as error:
        raise unreadable(lib, error) from error


def unreadable(lib: Library, error: sqlite3.Error) -> UserError:
    """Return the error to raise when reading the library, not our index, fails."""
    path = Path(os.fsdecode(lib.path))
    return UserError(
        f"the library {path} cannot be read ({error}); if another beet is changing it, try again"
        " when that has finished"
    )


@contextmanager
def field_guard(what: str) -> Iterator[None]:
    """Raise UserError where beets cannot read a field; `what` completes "beets cannot ..."."""
    try:
        yield
    except BROKEN_FIELD as error:
        raise UserError(
            f"beets cannot {what}: a field of the library holds what it does not understand"
            f" ({error}); look for the track and put it right with `beet modify`"
        ) from error


def value(item: Item, field: str) -> Any:
    """Return a field of an item, None when it is absent or beets cannot read it."""
    with suppress(*BROKEN_FIELD):
        return item.get(field)
    return None


def path_of(item: Item) -> bytes:
    """Return the path of an item, b"" when it is absent or beets cannot read it."""
    path = value(item, "path")
    return path if isinstance(path, bytes) else b""


def formatted(item: Item, template: str = "") -> str:
    """Return an item as beets prints it; raise UserError when beets cannot."""
    with field_guard(f"print track {item.id}"):
        return format(item, template)


def _open_streams() -> None:
    """Replace a closed stdout or stderr by the null device: the user closed it on purpose."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 # to the end


def silence_failed_streams() -> None:
    """Point stdout and stderr at the null device when what they buffer cannot be written.

    Python would try again when it exits, and complain. With `2>&1` stderr fails like stdout.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            shared = os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno())
            for broken in (sys.stdout, sys.stderr) if shared else (stream,):
                _silence(broken)


def _silence(stream: TextIO) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
