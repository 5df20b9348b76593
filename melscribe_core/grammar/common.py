"""Terms that several kinds of constraints share: nouns, adjectives, and the words that bound a number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.pattern import Reader, Reading, Term, Words, has_digit
from melscribe_core.grammar.scene import Scene, kind_of

_MOST_ADJECTIVES = 6
_ADVERBS = frozenset("all mostly only mainly just strictly preferably ideally and but or".split())
_JOINTS = frozenset(("-", ",", "&", "and", "/", "'"))


def read_adjectives(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield every position up to which only adjectives stand: nothing, "sad", "slow, sad", "best 90s".

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
    if scene.kept[at] or low in lexicon.words("quality"):
        return True
    if has_digit(low):
        return re.fullmatch(r"'?\d+'?s", low) is not None
    if low in lexicon.words("unit") or low in lexicon.words("stop"):
        return False
    return _is_adjective(scene, at) or not low.endswith("s")


def _is_adjective(scene: Scene, at: int) -> bool:
    low = scene.low(at)
    known = (
        bool(kind_of((low,))) or low in lexicon.words("quality") or scene.kept[at] or has_digit(low)
    )
    return known or scene.tokens[at].is_capital


def is_musical(word: str) -> bool:
    return bool(kind_of((word,))) or word in lexicon.words("piece") or word == "music"


def names_music(words: list[str]) -> bool:
    """Tell whether a musical word comes before the words go on to something else."""
    for number, word in enumerate(words):
        if word in lexicon.words("stop"):
            return False
        if is_musical(word) or any(
            kind_of(tuple(words[number : number + size])) for size in (2, 3)
        ):
            return True
    return False


def speaks_of_music(scene: Scene, at: int) -> bool:
    """Tell whether music is spoken of in the clause before a position, or nothing at all."""
    before = [word for word in scene.words_before(at, 8) if word not in _ADVERBS]
    return not before or any(map(is_spoken_of, before)) or has_digit(before[0])


def is_spoken_of(word: str) -> bool:
    return is_musical(word) or any(
        word in lexicon.words(name) for name in ("whatever", "list", "made")
    )


TERMS: dict[str, Term] = {
    "adjectives": Reader(read_adjectives, silent=True),
    # "at least": what follows is the lower bound.
    # "at most": what follows is the upper bound.
    # Turns a bound round: "nothing over 100 bpm" is at most 100.
    "negated": Words(
        "(nothing | none | none of them | none of the {piece} | no {piece} | not [a] {piece} | never | no music | "
        "don't want anything | do not want anything | don't go | doesn't go | not | [that] aren't | are not | isn't | is not) "
        "[that is | that's | thats | that are | which is | which are | being | lasting | going | at | with a tempo | with a bpm | running]"
    ),
}
