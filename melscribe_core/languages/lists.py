"""Lists: the lines, words and sections of the text files in data/.

Empty lines and comments do not count; a comment is a line that begins with "#" and a space, or is
"#" alone. A section is a heading in brackets and the lines below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from melscribe_core.errors import MelScribeError

if TYPE_CHECKING:
    from importlib.abc import Traversable
    from pathlib import Path


def numbered_lines(file: Traversable | Path) -> Iterator[tuple[int, str]]:
    """Yield the number of each line that counts and the line, with its indentation."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        bare = line.strip()
        if bare and bare != "#" and not bare.startswith("# "):
            yield number, line.rstrip()


def listed_words(file: Traversable | Path) -> list[str]:
    """Return the words of a file, parted by white space."""
    return [word for _, line in numbered_lines(file) for word in line.split()]


def sections_of(file: Traversable | Path) -> Mapping[str, list[str]]:
    """Return the lines of each section of a file, by its heading without brackets.

    Sections with the same heading are joined. Raises MelScribeError for a line before the first.
    """
    found: dict[str, list[str]] = {}
    name = ""
    for number, line in numbered_lines(file):
        if line.startswith("["):
            name = line.strip("[]")
            found.setdefault(name, [])
        elif not name:
            raise MelScribeError(f"{file.name}: line {number} is in no section; correct it.")
        else:
            found[name].append(line)
    return found
