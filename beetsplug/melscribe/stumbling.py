"""What stands in a library and beets stumbles over: SQLite keeps whatever somebody wrote.

beets makes sense of a field when it is asked for, and ends in a traceback over infinity for a year.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from beets.library import Item
from beets.ui import UserError

ERRORS = (ValueError, TypeError, OverflowError, OSError)  # OSError: a time that no calendar has


@contextmanager
def stumbling(what: str) -> Iterator[None]:
    """Raise UserError where beets cannot make sense of a field; `what` is what it was to do."""
    try:
        yield
    except ERRORS as error:
        raise UserError(
            f"beets cannot {what}: a field of the library holds what it does not understand"
            f" ({error}); look for the track and put it right with `beet modify`"
        ) from error


def value(item: Item, field: str) -> Any:
    """Return a field of an item, None where there is none or beets cannot make sense of it."""
    with suppress(*ERRORS):
        return item.get(field)
    return None


def path_of(item: Item) -> bytes:
    """Return the path of an item, b"" where it has none that beets can make sense of."""
    path = value(item, "path")
    return path if isinstance(path, bytes) else b""


def formatted(item: Item, template: str = "") -> str:
    """Return an item as beets prints it; raise UserError where beets cannot."""
    with stumbling(f"print track {item.id}"):
        return format(item, template)
