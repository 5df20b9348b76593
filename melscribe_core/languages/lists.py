"""The lists in the languages' folders: words and lines, with comments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.abc import Traversable
    from pathlib import Path


def words_in(file: Traversable | Path) -> list[str]:
    """Return the words of a list; [] for no file."""
    if not file.is_file():
        return []
    return [word for _, line in lines_in(file) for word in line.split()]


def lines_in(file: Traversable | Path) -> Iterator[tuple[int, str]]:
    """Yield the number of each line and the line, without empty ones and comments.

    A comment begins with "#" and a space: "#er" is a word, for "80er".
    """
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not f"{line.strip()} ".startswith("# "):
            yield number, line.rstrip()
