"""An old playlist and a new one -> what comes and what goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Changes:
    """Tracks as a person reads them: those that come, those that go, and how many stay."""

    come: tuple[str, ...]
    go: tuple[str, ...]
    stay: int


def changes(old: bytes, new: bytes) -> Changes:
    """Compare two m3u files, the first of which may be anybody's, by what stands for each track.

    A track is told by its EXTINF line, and where there is none by its entry. The order counts for
    nothing.
    """
    before, after = _tracks(old), _tracks(new)
    return Changes(
        come=tuple(name for entry, name in after.items() if entry not in before),
        go=tuple(name for entry, name in before.items() if entry not in after),
        stay=len(before.keys() & after.keys()),
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
