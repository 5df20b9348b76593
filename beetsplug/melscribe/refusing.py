"""What goes wrong in a command -> one sentence and beets' exit code 1."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import library


@contextmanager
def refusals(lib: Library) -> Iterator[None]:
    """Raise UserError for our own errors, for a library that cannot be read, and for Ctrl-C.

    beets itself would show a traceback when another beet holds the library for long, and end in
    silence, as if all were done, after Ctrl-C.
    """
    from melscribe_core.errors import MelScribeError

    try:
        yield
    except MelScribeError as error:
        raise UserError(str(error)) from error
    except sqlite3.Error as error:
        raise library.unreadable(lib, error) from error
    except KeyboardInterrupt:
        raise UserError("stopped before it was done") from None
