"""Shared by several modules of rules: adjectives, negated bounds, tests for words about music."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from melscribe_core.request.grammar.lexicon import is_a, kind_of
from melscribe_core.request.grammar.nodes import has_digit
from melscribe_core.request.grammar.pattern import Reader, Reading, Term, Words
from melscribe_core.request.grammar.scene import Scene

_MOST_ADJECTIVES = 6
_NEAR = 8  # words searched for a mention of music
_JOINTS = frozenset(("-", ",", "&", "and", "/", "'"))


def read_adjectives(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield each end of a run of adjectives from a position on: nothing, "sad", "slow, sad".

    One unlisted word may be among them; a plural, a unit or a stop word ends the run.
    """
    yield at, None
    unlisted = 0
    start = at
    for _ in range(_MOST_ADJECTIVES):
        if at > start and unlisted == 0 and scene.low(at) in _JOINTS:
            at += 1
        if scene.is_end(at) or not scene.tokens[at].is_word or not _may_describe(scene, at):
            return
        unlisted += not _is_adjective(scene, at)
        if unlisted > 1:
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
    """Return whether a word describes music, or is "music" or a noun for pieces of it."""
    return _is_about_music(low) or is_a(low, "piece") or low == "music"


def refers_to_music(low: str) -> bool:
    """Return whether a word refers to music, however vaguely: "something", "playlist"."""
    return is_musical(low) or is_a(low, "whatever", "list", "made")


def leads_to_music(words: list[str]) -> bool:
    """Return whether one of the words up to the first stop word is about music."""
    for number, word in enumerate(words):
        if is_a(word, "stop"):
            return False
        if is_musical(word) or any(
            _is_about_music(*words[number : number + size]) for size in (2, 3)
        ):
            return True
    return False


def _is_about_music(*words: str) -> bool:
    """Return whether a phrase describes music; words for feelings alone do not."""
    return kind_of(*words) not in ("", "feeling")


def is_music_among(lows: list[str]) -> bool:
    """Return whether a word or two adjacent words are about music."""
    return any(map(is_musical, lows)) or any(_is_about_music(*pair) for pair in pairwise(lows))


def mentions_music(scene: Scene, at: int) -> bool:
    """Return whether the clause before a position mentions music, or is empty."""
    before = [word for word in scene.words_before(at, _NEAR) if not is_a(word, "adverb")]
    return not before or any(map(refers_to_music, before)) or has_digit(before[0])


def is_music_anywhere(scene: Scene) -> bool:
    """Return whether any word of the request refers to music."""
    return any(map(refers_to_music, scene.lows))


def wishes(before: list[str]) -> bool:
    """Return whether words, nearest first, end in a wish: "I'm really after", not "songs after"."""
    if before[:1] != ["after"]:
        return False
    rest = [word for word in before[1:] if not is_a(word, "wishing so")]
    return bool(rest) and is_a(rest[0], "wishing")


def has_before(scene: Scene, at: int, words: Iterable[str], within: int) -> bool:
    """Return whether one of `words` is among the last `within` words of the clause before `at`."""
    return not frozenset(words).isdisjoint(scene.words_before(at, within))


TERMS: dict[str, Term] = {
    "adjectives": Reader(read_adjectives, silent=True),
    # Reverses a bound: "nothing over 100 bpm" is at most 100.
    "negated": Words(
        "({no bound} | no {piece} | none of the {piece} | not [a] {piece}) [{no bound verb}]"
    ),
}
