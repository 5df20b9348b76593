"""Names of several artists together -> each of them; and texts in place of an artist's name.

"Lady Gaga & Bradley Cooper" are two artists, "Earth, Wind & Fire" are one. What is joined counts as
a name unless it is a single ordinary word or the mere company of another ("his Orchestra").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from melscribe_core.request.folding import fold_name

_GUESTS = re.compile(r"\s*[(\[]?(?<![^\s(\[])(?:feat|ft|featuring)(?:\.\s*|\s+)", re.IGNORECASE)
_GUESTS_OF_A_TITLE = re.compile(
    r"[(\[](?:feat|ft|featuring)(?:\.\s*|\s+)([^()\[\]]+)[)\]]"
    r"|\s(?:feat|ft|featuring)(?:\.\s*|\s+)(?!of\b)([^()\[\]]+)",
    re.IGNORECASE,
)
# What joins names, from the loosest to the closest; names that are joined by a later one are
# joined more closely. ", The" begins no name: "Tyler, The Creator", "Beatles, The".
_JOINTS = (
    re.compile(r"\s*;\s*"),
    re.compile(r"\s+(?:x|×|with|vs\.?|versus)\s+|\s+/\s+|(?<=\w{4})/(?=\w{4})", re.IGNORECASE),
    re.compile(r"\s*,\s+(?!the\b)(?:(?:and|&)\s+)?", re.IGNORECASE),
    re.compile(r"\s*[&+]\s*|\s+and\s+", re.IGNORECASE),
)
_JOINED = re.compile(
    r"[;&+]|,\s|\w/\w|\s(?:/|×|x|and|with|vs|versus|feat|ft|featuring)[\s.]"
    r"|[(\[](?:feat|ft|featuring)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s*[(\[)\]].*")  # of a guest's name: "(feat. X) [Live]"
_WITH_COMPANY = re.compile(r"(?:&|\band)\s+(?:the|his|her|their)\s", re.IGNORECASE)
_COMPANY = frozenset("his her their of me you to for".split())  # "Hüsnü and His Friends"
_LETTERS = 4  # at least, of an ordinary word that is a name
_NOBODY = frozenset(
    "unknown unknownartist unknownartists various variousartist variousartists va none null na"
    " noartist multipleartists diverseinterpreten artistesdivers artistesvarios varios"
    " variosartistas artistivari".split()
)


@lru_cache(maxsize=1 << 12)
def is_nobody(name: str) -> bool:
    """Return whether a text replaces an artist's name: "", "?", "[unknown]", "Various Artists"."""
    squeezed = fold_name(name).replace(" ", "")
    return squeezed in _NOBODY or not squeezed.strip("?-_.[]<>()/*")


@lru_cache(maxsize=1 << 14)
def parts(artist: str) -> tuple[str, ...]:
    """Return the names of which an artist's name is made up, usually none."""
    artist = " ".join(artist.split())  # the patterns would take long to read many spaces
    if not _JOINED.search(artist):
        return ()
    main, *others = _GUESTS.split(artist)
    found = [main.strip(" ([")] if others else []
    found += [_TAIL.sub("", guest) for guest in others]
    for one in found or [artist]:
        found = [*found, *_parted(one)]
    return tuple(name for name in dict.fromkeys(found) if name != artist and not is_nobody(name))


def guests(title: str) -> tuple[str, ...]:
    """Return the guests that a title names, and the parts of their names: "Song (feat. X)".

    Empty for a title without guests.
    """
    found: list[str] = []
    for match in _GUESTS_OF_A_TITLE.finditer(" ".join(title.split())):
        guest = (match[1] or match[2]).strip()
        if match[1] or not guest[:1].islower():  # "6 ft. under"
            found += [guest, *parts(guest)]
    return tuple(name for name in dict.fromkeys(found) if not is_nobody(name))


def _parted(name: str, level: int = 0) -> Iterator[str]:
    """Yield the names joined in a name, each before those that it is itself made up of."""
    if level == len(_JOINTS):
        return
    pieces = [piece.strip() for piece in _JOINTS[level].split(name)]
    for piece in pieces:
        if len(pieces) > 1 and (level == 0 or _may_be_a_name(piece, pieces)):
            yield piece
        yield from _parted(piece, level + 1)


def _may_be_a_name(piece: str, beside: list[str]) -> bool:
    """Return whether a part may be a name by itself, joined with those `beside` it.

    An ordinary word may only beside a full name: "Queen & David Bowie". A part with a joint in it
    may only if it names an artist's company: not "Wind & Fire", but "Kool & The Gang".
    """
    words = fold_name(piece).split(" ")
    if len(words) == 1:
        alone = words[0]
        is_word = alone.isdigit() or not _is_rare(alone)
        return not is_word or (len(alone) >= _LETTERS and any(map(_is_full_name, beside)))
    if words[0] in _COMPANY:
        return False
    return not _JOINTS[-1].search(piece) or bool(_WITH_COMPANY.search(piece))


def _is_full_name(piece: str) -> bool:
    """Return whether a part is a name of two words that are not ordinary: "David Bowie"."""
    words = piece.split()
    return len(words) == 2 and len(fold_name(piece).split()) == 2 and all(map(_is_rare, words))


def _is_rare(word: str) -> bool:
    from melscribe_core.request.grammar import lexicon  # an index without joint names needs none

    return lexicon.is_rare(fold_name(word))
