"""Seal of a file: size, times and checksum of its bytes when they were last known to be right.

Reading a large file whole at every start would take longer than the search. So only size and times
are compared; the checksum is, when one of them changed or after DAYS, since a disk may corrupt
bytes silently.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DAYS = 7
PIECE = 1 << 20  # bytes read at a time


@dataclass(frozen=True)
class Seal:
    """A file's size, times and CRC-32, and when they were taken."""

    size: int
    modified: int  # nanoseconds
    changed: int  # nanoseconds; ctime changes at every write, even if mtime is set back
    checksum: int
    checked: int  # seconds since 1970

    def is_untouched(self, path: Path) -> bool:
        """Return whether size and times match a recent seal. Raises OSError."""
        age = time.time() - self.checked
        return self._looks_like(path.stat()) and 0 <= age < DAYS * 86400

    def matches(self, path: Path) -> bool:
        """Return whether the checksum matches; reads the whole file. Raises OSError."""
        return path.stat().st_size == self.size and _checksum(path) == self.checksum

    def _looks_like(self, found: os.stat_result) -> bool:
        return (found.st_size, found.st_mtime_ns, found.st_ctime_ns) == (
            self.size,
            self.modified,
            self.changed,
        )


def seal_of(path: Path) -> Seal:
    """Return the seal of a file; the caller excludes writers. Raises OSError."""
    found = path.stat()
    return Seal(
        found.st_size, found.st_mtime_ns, found.st_ctime_ns, _checksum(path), int(time.time())
    )


def pack(values: Mapping[str, Any]) -> bytes:
    """Return values as JSON, with a checksum over them."""
    return json.dumps({**values, "check": _check(values)}).encode()


def unpack(content: bytes) -> dict[str, Any]:
    """Return the values that `pack` wrote; raise ValueError for anything else."""
    try:
        values = json.loads(content)
    except RecursionError as error:
        raise ValueError("not what was packed") from error
    if not isinstance(values, dict) or values.pop("check", None) != _check(values):
        raise ValueError("not what was packed")
    return values


def _check(values: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(values, sort_keys=True).encode())


def _checksum(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found = zlib.crc32(piece, found)
    return found
