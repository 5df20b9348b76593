"""Terms for negation by a prefix or a suffix: "vocal-free", "drumless", "non-electronic"."""

from __future__ import annotations

from collections.abc import Iterable

from melscribe_core.request.grammar.lexicon import kind_of
from melscribe_core.request.grammar.pattern import Reader, Reading, Term
from melscribe_core.request.grammar.scene import Scene
from melscribe_core.request.grammar.unwanted import NOUNS

_SOUNDS = ("instrument", "voice")
_LONGEST = 5  # tokens of a phrase after "non-"


def read_affixed(scene: Scene, at: int) -> Iterable[Reading]:
    """Return "vocal" of "vocal-free", "drum" of "drumless", "electronic" of "non-electronic"."""
    if scene.protected[at]:
        return ()
    low = scene.low(at)
    if low in ("non", "un"):
        return _after_prefix(scene, at)
    if scene.low(at + 1) != "-" and _is_wanted(scene, at, low):
        return ()
    if low.startswith("non") and kind_of(low[3:]):
        return [(at + 1, (scene.slice(at, at + 1)[3:],))]
    if low.endswith("less") and kind_of(low[:-4]) in _SOUNDS:
        return [(at + 1, (scene.slice(at, at + 1)[:-4],))]
    return _before_suffix(scene, at)


def _is_wanted(scene: Scene, at: int, low: str) -> bool:
    """Return whether the word with its suffix is a descriptor of the library: "beatless"."""
    return low.endswith("less") and scene.describes(at, at + 1)


def _before_suffix(scene: Scene, at: int) -> list[Reading]:
    joint = scene.low(at + 1)
    if joint == "-" and scene.low(at + 2) in ("free", "less"):
        is_noun = kind_of(scene.low(at)) in NOUNS or scene.describes(at, at + 1)
        return [(at + 3, (scene.slice(at, at + 1),))] if is_noun else []
    is_sound = joint == "free" and kind_of(scene.low(at)) in _SOUNDS
    return [(at + 2, (scene.slice(at, at + 1),))] if is_sound else []


def _after_prefix(scene: Scene, at: int) -> list[Reading]:
    """Return the shortest musical phrase after "non": "acoustic" of "non-acoustic rock"."""
    hyphen = scene.low(at + 1) == "-"
    start = at + 1 + hyphen
    if scene.low(at) == "un" and not hyphen:
        return []
    for end in range(start + 1, min(start + _LONGEST, len(scene.tokens)) + 1):
        if scene.is_end(end - 1):
            break
        if scene.kind_of(start, end) and scene.low(end) != "-":
            return [(end, (scene.slice(start, end),))]
    return []


TERMS: dict[str, Term] = {"affixed": Reader(read_affixed)}
