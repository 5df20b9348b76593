"""Evidence: whether words are meant as a name, or only say what kind of music is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from melscribe_core.request.folding import fold_name
from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.lexicon import is_a, is_rare, kind_of
from melscribe_core.request.grammar.scene import Scene

PEOPLE = frozenset(("artist", "credit"))
WORKS = frozenset(("title", "album"))
_LONG_TITLE = 4  # words: so many in a row are a title of the library, not a description


def words_of(scene: Scene, start: int, end: int) -> list[int]:
    """Return the positions of the words of a name, without a leading "the"."""
    words = [at for at in range(start, end) if scene.tokens[at].is_word]
    return words[1:] if len(words) > 1 and scene.low(words[0]) == "the" else words


def describes(scene: Scene, start: int, end: int, name: str) -> bool:
    """Return whether all words can be a description: "Jazz", "Sad Songs", "America"."""
    lows = tuple(scene.low(at) for at in words_of(scene, start, end))
    if kind_of(*lows) or lows in lexicon.not_artists() or scene.is_descriptor(name):
        return True
    return all(kind_of(low) or is_a(low, "piece", "whatever", "list") for low in lows)


def is_unusual(scene: Scene, at: int) -> bool:
    """Return whether a word is rare, and neither musical, a place nor a descriptor."""
    low = scene.low(at).removesuffix("'s")
    if low.isdigit() or not is_rare(low) or kind_of(low) or (low,) in lexicon.not_artists():
        return False
    return not scene.is_descriptor(low)


def may_be_meant(scene: Scene, start: int, end: int) -> bool:
    """Return whether words can be meant as a name: a cheap test before the look-up."""
    words = words_of(scene, start, end)
    if any(scene.tokens[at].is_capital for at in words):
        return True
    if all(kind_of(scene.low(at)) for at in words):
        return False
    if any(is_unusual(scene, at) for at in words):
        return True
    return end - start >= _LONG_TITLE or is_act(scene, start, end)


def is_act(scene: Scene, start: int, end: int) -> bool:
    """Return whether words are an act that everybody knows, with or without "the" and blanks."""
    folded = fold_name(scene.slice(start, end).removesuffix("'s"))
    forms = {folded, folded.replace(" ", "")}
    if scene.low(start) == "the":
        forms.add(f"the {folded}")  # without it an ordinary word: "who"
    return not forms.isdisjoint(lexicon.acts())


def is_work(scene: Scene, start: int, end: int) -> bool:
    """Return whether words are meant as a title.

    One word can always be a description; two must be capitalised; one must be unusual, unless there
    are as many as hardly come together by chance.
    """
    words = words_of(scene, start, end)
    if len(words) >= _LONG_TITLE and is_all(scene, start, end, 0, len(scene.tokens)):
        return True
    if len(words) < 2 or not any(is_unusual(scene, at) for at in words):
        return False
    return len(words) > 2 or is_titled(scene, words)


def is_titled(scene: Scene, words: Sequence[int]) -> bool:
    """Return whether all words but small ones are capitalised, and not all letters are."""
    if not all(_may_be_in_title(scene, at) for at in words):
        return False
    return not scene.slice(words[0], words[-1] + 1).isupper()


def _may_be_in_title(scene: Scene, at: int) -> bool:
    low = scene.low(at)
    return scene.tokens[at].is_capital or low[0].isdigit() or low == "and" or is_a(low, "small")


def is_all(scene: Scene, start: int, end: int, first: int, last: int) -> bool:
    """Return whether nothing but asking is in [first, last) beside a name."""
    before, behind = range(first, start), range(end, last)
    return all(_is_word_of(scene, at, "before names") for at in before) and all(
        _is_word_of(scene, at, "behind names") for at in behind
    )


def _is_word_of(scene: Scene, at: int, section: str) -> bool:
    """Return whether a token is a mark, or a word of a section of words.txt."""
    return not scene.tokens[at].is_word or is_a(scene.low(at), section)
