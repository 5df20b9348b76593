"""What several kinds of constraints share: adjectives, bounds turned round, talk of music."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from melscribe_core.request.grammar.lexicon import is_a, kind_of
from melscribe_core.request.grammar.nodes import has_digit
from melscribe_core.request.grammar.pattern import Reader, Reading, Term, Words
from melscribe_core.request.grammar.scene import Scene

_MOST_ADJECTIVES = 6
_NEAR = 8  # words in which music must be spoken of
_JOINTS = frozenset(("-", ",", "&", "and", "/", "'"))


def read_adjectives(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield every position up to which only adjectives stand: nothing, "sad", "slow, sad".

    One word that is in no list may be among them; a plural, a unit or a verb may not.
    """
    yield at, None
    strangers = 0
    start = at
    for _ in range(_MOST_ADJECTIVES):
        if at > start and strangers == 0 and scene.low(at) in _JOINTS:
            at += 1
        if scene.is_end(at) or not scene.tokens[at].is_word or not _may_describe(scene, at):
            return
        strangers += not _is_adjective(scene, at)
        if strangers > 1:
            return
        at += 1
        yield at, None


def _may_describe(scene: Scene, at: int) -> bool:
    low = scene.low(at)
    if scene.protected[at] or is_a(low, "quality"):
        return True
    if has_digit(low):
        return re.fullmatch(r"'?\d+'?s", low) is not None  # "20 80s songs"
    if is_a(low, "unit", "stop"):
        return False
    return _is_adjective(scene, at) or not low.endswith("s")


def _is_adjective(scene: Scene, at: int) -> bool:
    low = scene.low(at)
    listed = bool(kind_of(low)) or is_a(low, "quality")
    return listed or scene.protected[at] or has_digit(low) or scene.tokens[at].is_capital


def is_musical(low: str) -> bool:
    """Return whether a word says something of music, or counts pieces of it."""
    return _speaks(low) or is_a(low, "piece") or low == "music"


def is_spoken_of(low: str) -> bool:
    """Return whether a word shows that music is spoken of, however vaguely."""
    return is_musical(low) or is_a(low, "whatever", "list", "made")


def names_music(words: list[str]) -> bool:
    """Return whether a musical word comes before the words go on to something else."""
    for number, word in enumerate(words):
        if is_a(word, "stop"):
            return False
        if is_musical(word) or any(_speaks(*words[number : number + size]) for size in (2, 3)):
            return True
    return False


def _speaks(*words: str) -> bool:
    """Return whether a phrase is of music: people have feelings without it."""
    return kind_of(*words) not in ("", "feeling")


def is_music_among(lows: list[str]) -> bool:
    """Return whether one of the words, or two in a row, say something of music."""
    return any(map(is_musical, lows)) or any(_speaks(*pair) for pair in pairwise(lows))


def speaks_of_music(scene: Scene, at: int) -> bool:
    """Return whether music is spoken of in the clause before a position, or nothing at all."""
    before = [word for word in scene.words_before(at, _NEAR) if not is_a(word, "adverb")]
    return not before or any(map(is_spoken_of, before)) or has_digit(before[0])


def is_music_anywhere(scene: Scene) -> bool:
    """Return whether music is spoken of anywhere in the request."""
    return any(map(is_spoken_of, scene.lows))


def wishes(before: list[str]) -> bool:
    """Return whether words, nearest first, end in a wish: "I'm really after", not "songs after"."""
    if before[:1] != ["after"]:
        return False
    rest = [word for word in before[1:] if not is_a(word, "wishing so")]
    return bool(rest) and is_a(rest[0], "wishing")


def has_before(scene: Scene, at: int, words: Iterable[str], within: int) -> bool:
    """Return whether one of some words stands among so many before a position, in its clause."""
    return not frozenset(words).isdisjoint(scene.words_before(at, within))


TERMS: dict[str, Term] = {
    "adjectives": Reader(read_adjectives, silent=True),
    # Turns a bound round: "nothing over 100 bpm" is at most 100.
    "negated": Words(
        "({nobody left} | no {piece} | none of the {piece} | not [a] {piece}) [{that are so}]"
    ),
}
