"""Reader of the word lists in data/, and the key that the spellings of one name share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from melscribe_core.text import unaccented

_AND = re.compile(r"&|[\s'-]+n[\s'-]+|\s\+\s")
_NOT_IN_KEY = re.compile(r"[^\w/]+|_")


@lru_cache(maxsize=1 << 14)  # 2 MB; reading one tag asks for the key of each spelling several times
def spelling_key(text: str) -> str:
    """Return the key that the spellings of one name share.

    Lower-case letters without accents, digits and slashes; "&", "'n'" and "+" become "and".
    """
    letters = _AND.sub(" and ", text.casefold())
    if not letters.isascii():  # most are, and have no accents to remove
        letters = unaccented(letters)
    return _NOT_IN_KEY.sub("", letters)


@cache
def lines(name: str) -> tuple[str, ...]:
    """Return the lines of a data file without comments and empty lines."""
    text = (files("melscribe_core.descriptors") / "data" / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def table(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (name, other spellings) of a data file; a line without "=" lists names without any."""
    for line in lines(name):
        left, equals, right = line.partition("=")
        if equals:
            yield left.strip(), [other.strip() for other in right.split(",")]
        else:
            yield from ((part.strip(), []) for part in left.split(","))
