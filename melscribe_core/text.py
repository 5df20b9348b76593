"""Text: numbers with nouns, the displayed name of a track, letters without accents."""

from __future__ import annotations

import unicodedata


def counted(number: int, noun: str) -> str:
    """Return "1 track", "2,000 tracks"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def agreeing(number: int, one: str, many: str) -> str:
    """Return the number and the words that agree with it: "1 is", "2 are"."""
    return f"{number:,} {one if number == 1 else many}"


def brief(text: str, most: int = 60) -> str:
    """Return a text, cut after `most` characters."""
    return text if len(text) <= most else text[:most].rstrip() + "…"


def unaccented(text: str) -> str:
    """Return a text without combining marks, in NFKD: "café" as "cafe", "²" as "2"."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def shown_names(artist: str, title: str, albumartist: str = "", file: str = "") -> tuple[str, str]:
    """Return the displayed artist and title, "" where unknown.

    A missing artist is replaced by the albumartist, a missing title by the file's name. A title
    without artist is unchanged, since a file's name often contains both.
    """
    return artist.strip() or albumartist.strip(), title.strip() or file.strip()


def shown_name(artist: str, title: str, albumartist: str = "", file: str = "") -> str:
    """Return "Artist - Title" or the known half of it, see `shown_names`."""
    known = [name for name in shown_names(artist, title, albumartist, file) if name]
    return " - ".join(known) or "a track without a name"
