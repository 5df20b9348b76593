"""Numbers in sentences."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return "1 track", "2,000 tracks"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def agreeing(number: int, one: str, many: str) -> str:
    """Return the number and the words that agree with it: "1 is", "2 are"."""
    return f"{number:,} {one if number == 1 else many}"
