"""Judging: what several modules of rules test and return."""

from __future__ import annotations

from melscribe_core.request.grammar.lexicon import is_a, kind_of
from melscribe_core.request.grammar.scene import Scene

_THINGS = frozenset("songs tracks tunes music ones stuff of it more".split())
PRONOUNS = frozenset("her him them hers his theirs".split())
LONGEST_NAME = 8  # tokens


def yes(*values: object) -> bool:
    """Return True: a rule whose match alone says it."""
    return True


def first(value: str, *others: object) -> str:
    """Return the value of the first slot."""
    return value


def last(*values: object) -> object:
    """Return the value of the last slot; None for the playlist's things: "no more songs"."""
    value = values[-1]
    return None if isinstance(value, str) and value.casefold() in _THINGS else value


def alone(value: str, *others: object) -> tuple[str, ...] | None:
    """Return the value of the first slot as a list; None for the playlist's things."""
    return None if value.casefold() in _THINGS else (value,)


def whole(scene: Scene, start: int, end: int) -> bool:
    """Return whether a match is all of a clause."""
    return end == len(scene.tokens)


def goes_further(scene: Scene, start: int, end: int) -> bool:
    """Return whether words follow a match."""
    return end < len(scene.tokens)


def is_named(scene: Scene, start: int, end: int) -> bool:
    """Return whether a pronoun or a name follows the first word of a match."""
    at = start + 1
    while is_a(scene.low(at), "determiner") and at < end - 1:
        at += 1
    if scene.low(at) in PRONOUNS or scene.is_name(at, end):
        return True
    return scene.is_capital(at) and not kind_of(scene.low(at))


def ends_in_name(scene: Scene) -> bool:
    """Return whether the last words of a clause, but not all of them, are a name."""
    end = len(scene.tokens)
    return any(scene.is_name(at, end) for at in range(max(1, end - LONGEST_NAME), end))


def names_after(scene: Scene) -> bool:
    """Return whether a name follows "by", "like" and so on: "more of the same by Adele"."""
    end = len(scene.tokens)
    for at in range(1, end):
        if scene.low(at - 1) in ("by", "like", "as", "to", "from") and (
            scene.is_capital(at) and scene.low(at) != "i"
        ):
            return True
    return False


def is_pronoun(scene: Scene) -> bool:
    """Return whether a clause begins with a pronoun: "that would be nice"."""
    return scene.low(0) in (
        "that",
        "this",
        "it",
        "these",
        "those",
        "they",
        "which",
        "what",
        "i",
        "you",
    )


def is_described(scene: Scene, start: int, end: int) -> bool:
    """Return whether nothing but a musical phrase or a name follows a match."""
    last = len(scene.tokens)
    while scene.low(end) in ("something", "some", "a", "more", "really", "very"):
        end += 1
    return end < last and bool(scene.kind_of(end, last) or scene.is_name(end, last))
