"""Whether the file of what was heard has changed, without opening it: every request asks."""

from __future__ import annotations

from pathlib import Path

_COUNTER = slice(24, 28)  # of the header of an SQLite file: counts its transactions


def mark_of(path: Path) -> str:
    """Return a text that differs after any change of the file, "" without one or an empty one.

    It costs one read. SQLite counts its transactions in the file: two may come within a tick of
    the file system's clock.
    """
    try:
        with path.open("rb") as file:
            found, head = path.stat(), file.read(_COUNTER.stop)
    except OSError:
        return ""
    if not head:
        return ""
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {head[_COUNTER].hex()}"
