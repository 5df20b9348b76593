"""What a file was like when its bytes were last known to be right.

Reading all of a large file at every start would cost more than the answer. So its size and times
are looked at, and its checksum only when one of them has moved, or after DAYS: a disk may change
bytes without telling.
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
    """A file's size, its times and its checksum, and when these were found."""

    size: int
    modified: int  # nanoseconds
    changed: int  # nanoseconds; moves at every write, even if the time above is then set back
    checksum: int
    checked: int  # seconds since 1970

    def is_untouched(self, path: Path) -> bool:
        """Say whether the file looks as it did, and that is not long ago. Raises OSError."""
        age = time.time() - self.checked
        return self._looks_like(path.stat()) and 0 <= age < DAYS * 86400

    def matches(self, path: Path) -> bool:
        """Say whether the file's bytes are the same, which reads them all. Raises OSError."""
        return path.stat().st_size == self.size and _checksum(path) == self.checksum

    def _looks_like(self, found: os.stat_result) -> bool:
        return (found.st_size, found.st_mtime_ns, found.st_ctime_ns) == (
            self.size,
            self.modified,
            self.changed,
        )


def seal_of(path: Path) -> Seal:
    """Return the seal of a file that nobody is writing. Raises OSError."""
    found = path.stat()
    return Seal(
        found.st_size, found.st_mtime_ns, found.st_ctime_ns, _checksum(path), int(time.time())
    )


def pack(values: Mapping[str, Any]) -> bytes:
    """Return values as JSON with a checksum of their own."""
    return json.dumps({**values, "check": _check(values)}).encode()


def unpack(content: bytes) -> dict[str, Any]:
    """Read what `pack` wrote; raise ValueError for anything else."""
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
