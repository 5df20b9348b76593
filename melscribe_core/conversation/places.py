"""Places: "the second one", "the last two", "number 3" -> which tracks of a list are meant."""

from __future__ import annotations

import re

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_NUMBERS = "one two three four five six seven eight nine ten".split()
_THING = r"(?: (?:one|song|track|tune))?"
_THINGS = r"(?: (?:ones|songs|tracks|tunes))?"
_NTH = re.compile(
    rf"(?:the )?(?:very )?({'|'.join(_ORDINALS)}|\d{{1,3}}(?:st|nd|rd|th)|last){_THING}"
)
_SEVERAL = re.compile(rf"(?:the )?(first|last) ({'|'.join(_NUMBERS)}|\d{{1,3}}){_THINGS}")
_NUMBERED = re.compile(
    rf"(?:number|track|song|tune) ({'|'.join(_NUMBERS)}|\d{{1,3}})|(?:no\.? ?|# ?)(\d{{1,3}})"
)


def places(phrase: str, count: int) -> range | None:
    """Return the places, from 0 on, that a phrase means in a list of `count`.

    Empty when the list is too short. None for a phrase that means no place.
    """
    low = " ".join(phrase.casefold().split())
    if several := _SEVERAL.fullmatch(low):
        size = min(_number(several[2]), count)
        return range(size) if several[1] == "first" else range(count - size, count)
    found = _NTH.fullmatch(low) or _NUMBERED.fullmatch(low)
    if found is None:
        return None
    word = next(filter(None, found.groups()))
    at = count - 1 if word == "last" else _number(word) - 1
    return range(at, at + 1) if 0 <= at < count else range(0)


def _number(word: str) -> int:
    for listed in (_ORDINALS, _NUMBERS):
        if word in listed:
            return listed.index(word) + 1
    return int(word.rstrip("stndrh"))
