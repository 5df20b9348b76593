"""Tags that say what is absent -> descriptors: "No Vocals" is "instrumental".

"Not party" only denies a quality. Such a tag is dropped, or a request for party music would find
it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from melscribe_core.descriptors.tables import spelling_key, table

_LONGEST_NAME = 5  # words
_BEGINS = re.compile(r"(not|non|no|without)[ -]+(?:(?:an?|any|the) )?(.+)")
_GLUED = re.compile(
    r"non(\w{3,}.*)"
)  # "nonvocal"; but "nonet" and "nonsense" are words of their own
_ENDS = re.compile(r"(.{3,}?)[ -]?(?:less|free)")
_STARTS, _LAST = ("no", "without"), ("less", "free")  # of the three patterns; few tags have them
_SAYS_NOTHING = re.compile(
    r"(?: (?:music|songs?|tracks?|tunes?|versions?|mix|sounds?|stuff|at all|whatsoever))+$"
)
_WORDS = re.compile("[ -]+")
_JOINTS = re.compile(r" (?:and|or|nor|&|\+) | ?/ ?")


def absence_of(piece: str, names: Collection[str]) -> tuple[str, ...] | None:
    """Return the descriptors of a tag that says what is absent, None for any other tag.

    `names` holds the keys of names, such as "no wave", that begin the same way. An absent voice
    gives "instrumental", an absent instrument "no drums"; () when only a quality is denied ("Not
    happy").
    """
    if not may_be_absence(piece):
        return None
    if (found := _ENDS.fullmatch(_bare(piece))) and (name := _exact(found[1])):
        return name
    if found := _GLUED.fullmatch(piece):
        lacking = _bare(found[1])
        return () if spelling_key(lacking) in _qualities() else _exact(lacking)
    found = _BEGINS.fullmatch(piece)
    if found is None or _begins_with_name(piece, names):
        return None
    return _lacking(found[1], _bare(found[2]))


def may_be_absence(piece: str) -> bool:
    """Say whether a tag begins or ends like one that says what is absent; few do."""
    return piece.startswith(_STARTS) or any(end in piece for end in _LAST)


def is_absence(descriptor: str) -> bool:
    """Say whether a descriptor says what is absent: "no drums", but not "no wave"."""
    return descriptor.startswith("no ") and absence_of(descriptor, ()) == (descriptor,)


def _lacking(marker: str, lacking: str) -> tuple[str, ...] | None:
    if spelling_key(lacking) in _qualities():
        return ()
    part = _exact if marker == "non" else _part  # "non-lyrical vocals" are vocals
    kept = [name for one in _JOINTS.split(lacking) for name in part(one) or ()]
    if kept:
        return tuple(dict.fromkeys(kept))
    words = _WORDS.split(lacking)
    denied = map(spelling_key, words[:1] if marker == "non" else words)
    return () if marker == "not" or not _qualities().isdisjoint(denied) else None


def _part(lacking: str) -> tuple[str, ...]:
    """Return the descriptor for an absent voice or instrument, () for anything else."""
    if found := _exact(lacking):
        return found
    last = lacking.rpartition(" ")[2]
    return (f"no {lacking}",) if spelling_key(last) in _parts() else ()


def _exact(lacking: str) -> tuple[str, ...] | None:
    name = _parts().get(spelling_key(lacking))
    return (name,) if name else None


def _bare(lacking: str) -> str:
    return _SAYS_NOTHING.sub("", lacking)


def _begins_with_name(piece: str, names: Collection[str]) -> bool:
    """Say whether the piece is, or begins with, a name such as "no wave"."""
    words = _WORDS.split(piece)[:_LONGEST_NAME]
    return any(spelling_key(" ".join(words[:end])) in names for end in range(2, len(words) + 1))


@cache
def _parts() -> dict[str, str]:
    """Return, by the key of a voice or an instrument, the descriptor for its absence."""
    return {spelling_key(other): name for name, others in table("absences.txt") for other in others}


@cache
def _qualities() -> frozenset[str]:
    return frozenset(spelling_key(name) for name, others in table("absences.txt") if not others)
