"""Read what one word denies with its ending or its beginning: "vocal-free", "non-electronic"."""

from __future__ import annotations

from collections.abc import Iterable

from melscribe_core.request.grammar.lexicon import kind_of
from melscribe_core.request.grammar.pattern import Reader, Reading, Term
from melscribe_core.request.grammar.scene import Scene
from melscribe_core.request.grammar.unwanted import NOUNS

_SOUNDS = ("instrument", "voice")
_LONGEST = 5  # tokens of a phrase behind "non-"


def read_affixed(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield "vocal" of "vocal-free", "drum" of "drumless", "electronic" of "non-electronic"."""
    if scene.protected[at]:
        return ()
    low = scene.low(at)
    if low in ("non", "un"):
        return _behind(scene, at)
    if scene.low(at + 1) != "-" and _is_wanted(scene, at, low):
        return ()
    if low.startswith("non") and kind_of(low[3:]):
        return [(at + 1, (scene.slice(at, at + 1)[3:],))]
    if low.endswith("less") and kind_of(low[:-4]) in _SOUNDS:
        return [(at + 1, (scene.slice(at, at + 1)[:-4],))]
    return _before_free(scene, at)


def _is_wanted(scene: Scene, at: int, low: str) -> bool:
    """Return whether the whole word is a descriptor here: "beatless"."""
    return low.endswith("less") and scene.describes(at, at + 1)


def _before_free(scene: Scene, at: int) -> list[Reading]:
    joint = scene.low(at + 1)
    if joint == "-" and scene.low(at + 2) in ("free", "less"):
        is_noun = kind_of(scene.low(at)) in NOUNS or scene.describes(at, at + 1)
        return [(at + 3, (scene.slice(at, at + 1),))] if is_noun else []
    is_sound = joint == "free" and kind_of(scene.low(at)) in _SOUNDS
    return [(at + 2, (scene.slice(at, at + 1),))] if is_sound else []


def _behind(scene: Scene, at: int) -> list[Reading]:
    """Return the shortest phrase behind "non" that is about music: "non-acoustic" of "rock"."""
    hyphen = scene.low(at + 1) == "-"
    start = at + 1 + hyphen
    if scene.low(at) == "un" and not hyphen:
        return []
    for end in range(start + 1, min(start + _LONGEST, len(scene.tokens)) + 1):
        if scene.is_end(end - 1):
            break
        said = scene.kind_of(start, end)
        if said and scene.low(end) != "-":
            return [(end, (scene.slice(start, end),))]
    return []


TERMS: dict[str, Term] = {"affixed": Reader(read_affixed)}
