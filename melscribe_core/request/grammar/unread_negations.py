"""Negations that no rule could read: shown, so that no exclusion is ignored silently.

Sayings, names, questions and stories ("I can't sleep") are left out; in doubt it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.common import is_musical, refers_to_music
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.negation import follows_music
from melscribe_core.request.grammar.pattern import Claim
from melscribe_core.request.grammar.scene import Scene

_WORDS_SHOWN = 5  # after the negation
_NEAR = 5  # words searched for a mention of music
_LONGEST_TITLE = 6  # words
_QUOTES = ('"',)
_FEELINGS = ("mood", "feeling")


def unread_negations(scene: Scene, claims: Sequence[Claim]) -> tuple[str, ...]:
    """Return each negation outside the claims with up to five words after it, without repeats."""
    if not any(low == "but" or is_a(low, "denial", "denying verb") for low in scene.lows):
        return ()
    free = _free(scene, claims)
    found: list[str] = []
    at = 0
    while at < len(scene.tokens):
        start = _negation_start(scene, at) if free[at] else -1
        if start < 0:
            at += 1
            continue
        end = _shown_end(scene, at, free)
        found.append(scene.slice(start, end))
        at = max(end, at + 1)
    return tuple(dict.fromkeys(found))


def _free(scene: Scene, claims: Sequence[Claim]) -> list[bool]:
    """Return, for each token, whether it is outside claims, idioms, sayings and quotations."""
    free = [not protected for protected in scene.protected]
    for claim in claims:
        free[claim.start : claim.end] = [False] * (claim.end - claim.start)
    if any(claim.key in ("track_seconds", "minutes") for claim in claims):  # covers "not too long"
        for at in range(len(free)):
            free[at] = free[at] and not is_a(scene.low(at + 2), "no degree of sound")
    sayings = lexicon.sayings()
    for at, low in enumerate(scene.lows):
        end = scene.after_phrase(at, sayings.get(low, ()))
        if end:
            free[at:end] = [False] * (end - at)
    for start, end in _quotations(scene):
        free[start:end] = [False] * (end - start)
    return free


def _quotations(scene: Scene) -> list[tuple[int, int]]:
    """Return the spans in quotes, which are titles; not a quotation that is the whole request."""
    marks = [at for at, low in enumerate(scene.lows) if low in _QUOTES]
    spans = list(zip(marks[::2], marks[1::2], strict=False))
    return [span for span in spans if span[1] - span[0] < len(scene.tokens) - 1]


def _negation_start(scene: Scene, at: int) -> int:
    """Return the start of a negation at `at` that may be an exclusion; -1 for none."""
    low = scene.low(at)
    if low == "but" and scene.low(at - 1) in ("anything", "everything", "anyone", "anybody"):
        return at - 1
    if is_a(low, "denying verb"):
        return at if _negates_music(scene, at) and not _is_title(scene, at) else -1
    if not is_a(low, "denial") or _is_title(scene, at):
        return -1
    if low == "not" and is_a(scene.low(at - 1), "auxiliary"):
        return at - 1 if _negates_music(scene, at) else -1
    if low == "no" and scene.is_end(at + 1):
        return _answered(scene, at)
    if not _may_exclude(scene, at):
        return -1
    behind = low == "not" and is_a(scene.low(at + 1), "left out") and not scene.is_start(at)
    return at - 1 if behind else at


def _answered(scene: Scene, at: int) -> int:
    """Return the start of "ballads? no." or "drums no"; -1 for "no" alone."""
    start = at - 2 if scene.is_start(at) and scene.low(at - 1) in ("?", ":") else at - 1
    if start < 0 or not scene.kind_of(start, start + 1) or scene.tokens[start].is_break:
        return -1
    return start


def _may_exclude(scene: Scene, at: int) -> bool:
    """Return whether a negation may exclude what follows it."""
    low, before, after = scene.low(at), scene.word_before(at), scene.word_after(at + 1)
    if not after or is_a(after, "no denial") or after[0].isdigit():
        return False
    if low == "without" and is_a(before, "before without"):
        return False
    if _follows_music(scene, at):
        return True
    if low == "never" and is_a(after, "story verb"):
        return False
    if is_a(before, "before no denial") or _lacks_something(scene, at):
        return _mentions_music(scene, at + 1, moods=False)
    if _is_story(scene, at):
        return _mentions_music(scene, at + 1)
    return True


def _follows_music(scene: Scene, at: int) -> bool:
    """Return whether a negation follows a mention of music: "jazz my dog won't howl at"."""
    before = scene.words_before(at, _NEAR)
    return bool(before) and not is_a(before[0], "person") and any(map(refers_to_music, before))


def _is_story(scene: Scene, at: int) -> bool:
    """Return whether a negation is part of a story unless music follows: "there's no planet B"."""
    low, before = scene.low(at), scene.word_before(at)
    if low == "nothing":
        return is_a(before, "telling a story") or is_a(scene.word_after(at + 1), "no quality")
    weather = before in ("it's", "its", "it") and not any(map(refers_to_music, scene.lows[:at]))
    is_story = low == "no" and is_a(before, "telling a story")
    return is_story or weather or low in ("never", "nobody", "none")


def _lacks_something(scene: Scene, at: int) -> bool:
    """Return whether a person is said to lack something: "I've got no strength"."""
    before, owner = [*scene.words_before(at, 2), "", ""][:2]
    return before in ("have", "had", "got") and is_a(owner, "having person")


def _negates_music(scene: Scene, at: int) -> bool:
    """Return whether a negated verb is about music: "don't stop the beat", not "don't be sad"."""
    after = scene.words_after(at + 1, 1)
    if not after or is_a(after[0], "no denial"):
        return False
    if _follows_music(scene, at):
        return True
    if is_a(after[0], "story verb"):
        return False
    if after[0] == "be" and scene.is_start(at):  # "don't be sad"
        return _mentions_music(scene, at + 1, moods=False)
    noun = at
    while noun and is_a(scene.low(noun - 1), "that", "auxiliary"):
        noun -= 1
    return _mentions_music(scene, at + 1) or follows_music(scene, noun)


def _mentions_music(scene: Scene, at: int, *, moods: bool = True) -> bool:
    """Return whether the next few words of the clause mention music; `moods`: also moods."""
    end = at
    while end < at + _NEAR and not scene.is_end(end):
        kind = scene.kind_before(at, end + 1)
        if is_musical(scene.low(end)) and (moods or kind not in _FEELINGS):
            return True
        if kind and (moods or kind not in _FEELINGS):
            return True
        end += 1
    return False


def _is_title(scene: Scene, at: int) -> bool:
    """Return whether the negation is inside a known name: "don't look back in anger"."""
    first = max(0, at - 2)
    return any(
        scene.is_name(start, end)
        for start in range(first, at + 1)
        for end in range(max(at, start + 1) + 1, min(start + _LONGEST_TITLE, len(scene.tokens)) + 1)
    )


def _shown_end(scene: Scene, at: int, free: Sequence[bool]) -> int:
    end, shown = at + 1, 0
    while shown < _WORDS_SHOWN and not scene.is_end(end) and free[end]:
        shown += scene.tokens[end].is_word
        end += 1
    return end
