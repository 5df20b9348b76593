"""Nodes: what a compiled pattern is made of; each knows the tokens it can start with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from melscribe_core.request.grammar.scene import Scene

Step: TypeAlias = tuple[int, tuple[Any, ...]]  # the position after a match, its slots' values
Opening: TypeAlias = frozenset[str] | None  # the possible tokens at a position, None for any

DIGITS = "#"  # in an Opening: every token with a digit
EMPTY = ""  # in an Opening: the match can end here
ENDS = frozenset((EMPTY,))


T = TypeVar("T")


class Begins(Protocol):
    """Something whose first two tokens are known; `opens` holds the possible first ones."""

    opens: Opening

    def after(self, first: str) -> Opening:
        """Return the possible second tokens after `first` (a token or DIGITS)."""


class Node(Begins, Protocol):
    """A part of a pattern."""

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return all matches that start at a position."""


class Reads(Begins, Protocol):
    """What a slot stands for; `silent` when its value is not passed to the rule."""

    silent: bool

    def read(self, scene: Scene, at: int) -> Iterable[tuple[int, Any]]:
        """Yield the end and value of each reading at a position."""


class Word:
    """Matches one given token, unless it is protected."""

    def __init__(self, low: str) -> None:
        self._low = low
        self.opens: Opening = frozenset((low,))

    def after(self, first: str) -> Opening:
        """Return nothing: a match ends after its one token."""
        return ENDS

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the match, if this token is there."""
        if scene.low(at) != self._low or scene.protected[at]:
            return ()
        return ((at + 1, ()),)


class Ending:
    """Matches a token that ends in given letters and has more before them, unless protected."""

    def __init__(self, ending: str) -> None:
        self._ending = ending
        self.opens: Opening = None

    def after(self, first: str) -> Opening:
        """Return nothing: a match ends after its one token."""
        return ENDS

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the match, if such a token is there."""
        low = scene.low(at)
        if len(low) <= len(self._ending) or not low.endswith(self._ending) or scene.protected[at]:
            return ()
        return ((at + 1, ()),)


class Slot:
    """Matches what a term reads; each position is read once per request."""

    def __init__(self, name: str, term: Reads) -> None:
        self._name = name
        self._term = term
        self.opens: Opening = term.opens

    def after(self, first: str) -> Opening:
        """Return the second tokens of the term."""
        return self._term.after(first)

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the term's readings, cached in the scene."""
        known: Sequence[Step] | None = scene.memo.get((self._name, at))
        if known is None:
            known = self._read(scene, at)
            scene.memo[self._name, at] = known
        return known

    def _read(self, scene: Scene, at: int) -> Sequence[Step]:
        if at >= len(scene.tokens) or not begins(self.opens, scene.lows[at]):
            return ()
        silent = self._term.silent
        readings = self._term.read(scene, at)
        return tuple((end, () if silent else (value,)) for end, value in readings)


class Choice:
    """Matches one of several nodes."""

    def __init__(self, options: Sequence[Node]) -> None:
        self._options = options
        self.opens: Opening = union(option.opens for option in options)

    def after(self, first: str) -> Opening:
        """Return the second tokens of the options that can start with `first`."""
        return union(option.after(first) for option in self._options if begins(option.opens, first))

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the matches of every option."""
        low = scene.low(at)
        found: list[Step] = []
        for option in self._options:
            if begins(option.opens, low):
                found.extend(option.walk(scene, at))
        return found


class Maybe:
    """Matches a node or nothing."""

    def __init__(self, inner: Node) -> None:
        self.inner = inner
        self.opens: Opening = union((inner.opens, ENDS))

    def after(self, first: str) -> Opening:
        """Return the second tokens of the inner node."""
        return self.inner.after(first)

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the matches of the inner node, and the empty match."""
        return (*self.inner.walk(scene, at), (at, ()))


class Chain:
    """Matches one part after the other; a hyphen may join them."""

    def __init__(self, parts: Sequence[Node]) -> None:
        self._parts = parts
        self.opens: Opening = _chained(parts)

    def after(self, first: str) -> Opening:
        """Return the second tokens, within a part or in the next."""
        found: Opening = frozenset()
        for number, part in enumerate(self._parts):
            if begins(part.opens, first):
                then = _chained(self._parts[number + 1 :])
                found = union((found, follow(part.after(first), then)))
            if part.opens is not None and EMPTY not in part.opens:
                break
        return found

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the matches of all parts in sequence."""
        steps: Sequence[Step] = ((at, ()),)
        for number, part in enumerate(self._parts):
            if len(steps) == 1:
                steps = _further(scene, part, steps[0], may_join=number > 0)
            else:
                every = (_further(scene, part, step, may_join=number > 0) for step in steps)
                steps = list(dict.fromkeys(chain.from_iterable(every)))
            if not steps:
                break
        return steps


class RuleIndex(Generic[T]):
    """Finds items (rules, patterns) by their possible first two tokens.

    Second tokens are computed when a request first has the token before them: a command parses one
    request, which needs few of them.
    """

    def __init__(self, things: Iterable[tuple[Begins, T]]) -> None:
        self._anywhere: list[T] = []
        self._by_token: dict[str, list[tuple[Begins, T]]] = {}
        self._seconds: dict[str, list[tuple[Opening, T]]] = {}
        for node, thing in things:
            if node.opens is None or EMPTY in node.opens:
                self._anywhere.append(thing)
                continue
            for low in node.opens:
                self._by_token.setdefault(low, []).append((node, thing))

    def candidates(self, scene: Scene, at: int) -> Iterator[T]:
        """Yield the items that can start at a position; a hyphen may precede the second token."""
        yield from self._anywhere
        low, second = scene.low(at), scene.low(at + 1)
        third = scene.low(at + 2) if second == "-" else second
        for first in (low, DIGITS) if has_digit(low) else (low,):
            for after, thing in self._after(first):
                if begins(after, second) or (third != second and begins(after, third)):
                    yield thing

    def _after(self, first: str) -> list[tuple[Opening, T]]:
        if first not in self._seconds:
            things = self._by_token.get(first, ())
            self._seconds[first] = [(node.after(first), thing) for node, thing in things]
        return self._seconds[first]


def begins(opens: Opening, low: str) -> bool:
    """Return whether a match with these first tokens can start with the token `low`."""
    if opens is None or low in opens or EMPTY in opens:
        return True
    return DIGITS in opens and has_digit(low)


def has_digit(low: str) -> bool:
    """Return whether a folded token holds a digit."""
    return not low.isalpha() and any(map(str.isdigit, low))


def union(openings: Iterable[Opening]) -> Opening:
    """Return the union of several openings; None (any token) if one of them is None."""
    found: frozenset[str] = frozenset()
    for opening in openings:
        if opening is None:
            return None
        found |= opening
    return found


def follow(opening: Opening, then: Opening) -> Opening:
    """Return an opening with `then` in place of its end (EMPTY)."""
    if opening is None or EMPTY not in opening:
        return opening
    return union((opening - ENDS, then))


def _further(scene: Scene, part: Node, step: Step, *, may_join: bool) -> Sequence[Step]:
    """Return the steps that extend one step by one more part."""
    middle, values = step
    low = scene.low(middle)
    if low != "-" and isinstance(part, Maybe) and not begins(part.inner.opens, low):
        return (step,)
    found = part.walk(scene, middle) if begins(part.opens, low) else ()
    if may_join and low == "-":
        joined = part.walk(scene, middle + 1)
        found = (*found, *(more for more in joined if more[0] > middle + 1))
    return [(end, values + more) for end, more in found] if values else found


def _chained(parts: Sequence[Node]) -> Opening:
    found: Opening = ENDS
    for part in parts:
        if found is None or EMPTY not in found:
            break
        found = union((found - ENDS, part.opens))
    return found
