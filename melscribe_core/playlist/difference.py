"""An old and a new playlist -> tracks added and removed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Changes:
    """The names of the tracks added and removed, and the number of those kept."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int


def changes(old: bytes, new: bytes) -> Changes:
    """Compare two m3u files by their entries; the first may be written by another program.

    A track is named by its EXTINF line, or without one by its entry. The order is ignored.
    """
    before, after = _tracks(old), _tracks(new)
    return Changes(
        added=tuple(name for entry, name in after.items() if entry not in before),
        removed=tuple(name for entry, name in before.items() if entry not in after),
        kept=len(before.keys() & after.keys()),
    )


def _tracks(content: bytes) -> dict[bytes, str]:
    """Return the tracks' names by their entries, in order."""
    found: dict[bytes, str] = {}
    name = b""
    for line in content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n"):
        if line.startswith(b"#EXTINF:"):
            name = line.partition(b",")[2].strip()
        elif line.strip() and not line.startswith(b"#"):
            found[line] = (name or line).decode("utf-8", "replace")
            name = b""
    return found
