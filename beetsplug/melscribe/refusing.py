"""What goes wrong in a command -> one sentence and beets' exit code 1."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import library

# What writing to stdout or stderr ends in; such an error names no file.
UNPRINTABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}


@contextmanager
def refusals(lib: Library) -> Iterator[None]:
    """Raise UserError for our own errors, a library or an output that fails, and for Ctrl-C.

    beets itself would show a traceback when another beet holds the library for long or the disk
    with the output is full, and end in silence, as if all were done, after Ctrl-C.
    """
    from melscribe_core.errors import MelScribeError

    _open_streams()
    try:
        yield
    except MelScribeError as error:
        raise UserError(str(error)) from error
    except sqlite3.Error as error:
        raise library.unreadable(lib, error) from error
    except OSError as error:
        if error.filename is not None or error.errno not in UNPRINTABLE:
            raise  # EPIPE too: beets ends in silence when a pipe is closed, as with `| head`
        _silence_failed_streams()
        raise UserError(
            f"the output was not written: {error.strerror}; make room, or send it elsewhere"
        ) from error
    except KeyboardInterrupt:
        raise UserError("stopped before it was done") from None


def _open_streams() -> None:
    """Let what is printed go nowhere where stdout or stderr is closed: that was asked for."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 # to the end


def _silence_failed_streams() -> None:
    """Let stdout and stderr go nowhere where they hold what cannot be written.

    Python would try once more when it ends, and complain. A stderr that goes where stdout does, as
    with `2>&1`, could not be written either.
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
