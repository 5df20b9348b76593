"""What the tags of a person say about what was heard: which tracks can judge it, which agree."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melscribe_core.hearing.thresholds import lines, table

AGREEMENT = "agreement.txt"
ROWS = 8192  # tracks at once: their tags, each with what it says of every descriptor, take 4 MB

_WORD = re.compile(r"[^\W_]+(?:&[^\W_]+)?")  # "r&b" is one word
_ABSENCE = re.compile("(no|not|without) ")


class Agreement(NamedTuple):
    """Which tracks carry each descriptor of the table as a tag, and which can judge it.

    Both bool (n, D). A track can judge a descriptor that it carries. It can judge others of a kind
    if it has a tag of that kind which is not merely a broader one: a track tagged "jazz" says that
    it is no rock, one tagged "rock" does not say whether it is hard rock, and one tagged "sad" says
    nothing of either.
    """

    carried: NDArray[np.bool_]
    judging: NDArray[np.bool_]


class _Says(NamedTuple):
    """What one tag says about each descriptor, bool (D,): it is of that kind, or broader."""

    carried: NDArray[np.bool_]
    of_kind: NDArray[np.bool_]
    broader: NDArray[np.bool_]


def agreement(own: Sequence[Collection[str]], genres: Collection[str] = ()) -> Agreement:
    """Compare the own descriptors of each track, in the spelling of the vocabulary, with the table.

    `own` are those of the person, without any that were heard or taken from siblings. `genres` are
    further names known to be genres, such as those of a genre tree.
    """
    names = {name for one in own for name in one}
    numbers = {name: at for at, name in enumerate(sorted(names), 1)}
    nothing = np.zeros(len(table()), bool)
    told = [_Says(nothing, nothing, nothing), *(_says(name, genres) for name in numbers)]
    says = _Says(*(np.array(part) for part in zip(*told, strict=True)))
    carried = np.empty((len(own), len(table())), bool)
    judging = np.empty_like(carried)
    for start in range(0, len(own), ROWS):
        rows = slice(start, start + ROWS)
        carried[rows], judging[rows] = _compared(own[rows], numbers, says)
    return Agreement(carried, judging)


def _compared(own: Sequence[Collection[str]], numbers: dict[str, int], says: _Says) -> Agreement:
    # Each track begins with tag 0, which says nothing, so that none is without tags.
    tags = np.array([number for one in own for number in _numbered(one, numbers)], np.intp)
    starts = np.cumsum([0, *(len(one) + 1 for one in own[:-1])])
    carried, of_kind, broader = (np.logical_or.reduceat(part[tags], starts) for part in says)
    return Agreement(carried, carried | (of_kind & ~broader))


def _numbered(one: Collection[str], numbers: dict[str, int]) -> Iterator[int]:
    yield 0
    for name in one:
        yield numbers[name]


def _says(name: str, genres: Collection[str]) -> _Says:
    words = _words(name)
    kind = "genre" if name in genres else _kind(words)
    absent = bool(_ABSENCE.match(name))  # "no drums" holds "drums", but does not carry it
    carried = [not absent and _carries(words, heard.name) for heard in table()]
    of_kind = [kind == heard.kind for heard in table()]
    broader = [
        words != _words(heard.name) and _carries(_words(heard.name), name) for heard in table()
    ]
    return _Says(np.array(carried), np.array(of_kind), np.array(broader))


def _carries(words: str, name: str) -> bool:
    """Say whether words are those of a descriptor, or of a narrower one, or hold them."""
    phrases = (_words(name), *_narrower().get(_words(name), ()))
    return any(f" {phrase} " in f" {words} " for phrase in phrases)


def _kind(words: str) -> str:
    """Return the kind of the longest listed phrase at the end of the words, "" for none."""
    parts = words.split(" ")
    endings = (" ".join(parts[at:]) for at in range(len(parts)))
    return next((_kinds()[ending] for ending in endings if ending in _kinds()), "")


@cache
def _words(name: str) -> str:
    return " ".join(_WORD.findall(name.lower()))


@cache
def _kinds() -> dict[str, str]:
    return {phrase: kind for kind, phrases in _lists("kinds") for phrase in phrases}


@cache
def _narrower() -> dict[str, tuple[str, ...]]:
    return dict(_lists("narrower"))


def _lists(section: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in lines(AGREEMENT, section):
        name, _, phrases = line.partition(": ")
        yield name, tuple(phrase.strip() for phrase in phrases.split(","))
