"""Negations of a request in another language that no rule could read: shown, not ignored."""

from __future__ import annotations

from collections.abc import Sequence

from melscribe_core.request.foreign.language import Language
from melscribe_core.request.grammar.pattern import Claim
from melscribe_core.request.grammar.scene import Scene

_WORDS_SHOWN = 5  # after the negation


def unread_in(spoken: Language, scene: Scene, claims: Sequence[Claim]) -> tuple[str, ...]:
    """Return each negation outside the claims with up to five words after it, without repeats.

    Idioms, sayings, quotations and negations at the end of a clause are left out.
    """
    free = [not protected for protected in scene.protected]
    for claim in claims:
        free[claim.start : claim.end] = [False] * (claim.end - claim.start)
    _silence(scene, free, spoken)
    found: list[str] = []
    at = 0
    while at < len(scene.tokens):
        end = scene.after_phrase(at, spoken.denials.get(scene.low(at), ())) if free[at] else 0
        if not end or scene.is_end(end):
            at += 1
            continue
        last = _shown_end(scene, end, free)
        found.append(scene.slice(at, last))
        at = last
    return tuple(dict.fromkeys(found))


def _silence(scene: Scene, free: list[bool], spoken: Language) -> None:
    """Mark sayings and quotations as read."""
    for at, low in enumerate(scene.lows):
        end = scene.after_phrase(at, spoken.sayings.get(low, ()))
        free[at:end] = [False] * max(0, end - at)
    marks = [at for at, low in enumerate(scene.lows) if low == '"']
    for start, end in zip(marks[::2], marks[1::2], strict=False):
        free[start:end] = [False] * (end - start)


def _shown_end(scene: Scene, end: int, free: Sequence[bool]) -> int:
    shown = 0
    while shown < _WORDS_SHOWN and not scene.is_end(end) and free[end]:
        shown += scene.tokens[end].is_word
        end += 1
    return end
