"""What a pattern is made of: nodes that match tokens and know which tokens they can begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from melscribe_core.grammar.scene import Scene

Step: TypeAlias = tuple[int, tuple[Any, ...]]  # the position after a match, its slots' values
Opening: TypeAlias = frozenset[str] | None  # tokens that can stand somewhere, None for any

DIGITS = "#"  # in an Opening: every token with a digit
EMPTY = ""  # in an Opening: nothing at all, the match can end here
ENDS = frozenset((EMPTY,))


class Node(Protocol):
    """Match something at a position; `opens` holds the tokens that a match can begin with."""

    opens: Opening

    def after(self, first: str) -> Opening:
        """Return the tokens that can come second when `first` (a token or DIGITS) comes first."""

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return every way to match at a position."""


class Reads(Protocol):
    """Read what a slot stands for; `silent` when rules do not want the value."""

    opens: Opening
    silent: bool

    def after(self, first: str) -> Opening:
        """Return the tokens that can come second, as `Node.after` does."""

    def read(self, scene: Scene, at: int) -> Iterable[tuple[int, Any]]:
        """Yield each end and value that can be read at a position."""


class Word:
    """Match one token that no idiom keeps."""

    def __init__(self, low: str) -> None:
        self._low = low
        self.opens: Opening = frozenset((low,))

    def after(self, first: str) -> Opening:
        """Return nothing: a match ends after its one token."""
        return ENDS

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the match, if the token stands there."""
        if scene.low(at) != self._low or scene.kept[at]:
            return ()
        return ((at + 1, ()),)


class Slot:
    """Match what a term reads, each position once."""

    def __init__(self, name: str, term: Reads) -> None:
        self._name = name
        self._term = term
        self.opens: Opening = term.opens

    def after(self, first: str) -> Opening:
        """Return what the term says."""
        return self._term.after(first)

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the term's readings, remembered with the scene."""
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
    """Match one of several."""

    def __init__(self, options: Sequence[Node]) -> None:
        self._options = options
        self.opens: Opening = union(option.opens for option in options)

    def after(self, first: str) -> Opening:
        """Return what can follow in any option that can begin so."""
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
    """Match something or nothing."""

    def __init__(self, inner: Node) -> None:
        self.inner = inner
        self.opens: Opening = union((inner.opens, ENDS))

    def after(self, first: str) -> Opening:
        """Return what can follow inside."""
        return self.inner.after(first)

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the matches inside, and the empty one."""
        return (*self.inner.walk(scene, at), (at, ()))


class Chain:
    """Match one part after the other; a hyphen may join them."""

    def __init__(self, parts: Sequence[Node]) -> None:
        self._parts = parts
        self.opens: Opening = _chained(parts)

    def after(self, first: str) -> Opening:
        """Return what can follow, within a part or in the next."""
        found: Opening = frozenset()
        for number, part in enumerate(self._parts):
            if begins(part.opens, first):
                then = _chained(self._parts[number + 1 :])
                found = union((found, follow(part.after(first), then)))
            if part.opens is not None and EMPTY not in part.opens:
                break
        return found

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return the matches of all parts in a row."""
        steps: list[Step] = [(at, ())]
        for number, part in enumerate(self._parts):
            steps = _further(scene, part, steps, may_join=number > 0)
            if not steps:
                return ()
        return steps


def begins(opens: Opening, low: str) -> bool:
    """Tell whether something with that opening can match where the token `low` stands."""
    if opens is None or low in opens or EMPTY in opens:
        return True
    return DIGITS in opens and has_digit(low)


def has_digit(low: str) -> bool:
    """Tell whether a folded token holds a digit."""
    return not low.isalpha() and any(map(str.isdigit, low))


def union(openings: Iterable[Opening]) -> Opening:
    """Return the tokens of any of several openings."""
    found: frozenset[str] = frozenset()
    for opening in openings:
        if opening is None:
            return None
        found |= opening
    return found


def follow(opening: Opening, then: Opening) -> Opening:
    """Return an opening with what comes `then`, or a hyphen before it, in the place of its end."""
    if opening is None or EMPTY not in opening:
        return opening
    return union((opening - ENDS, then, frozenset("-")))


def _further(scene: Scene, part: Node, steps: list[Step], *, may_join: bool) -> list[Step]:
    """Return the steps that go on through one more part, each once."""
    found: dict[Step, None] = {}
    for middle, values in steps:
        low = scene.low(middle)
        if isinstance(part, Maybe) and low != "-" and not begins(part.inner.opens, low):
            found[middle, values] = None
            continue
        if begins(part.opens, low):
            for end, more in part.walk(scene, middle):
                found[end, values + more] = None
        if may_join and low == "-":
            for end, more in part.walk(scene, middle + 1):
                if end > middle + 1:
                    found[end, values + more] = None
    return list(found)


def _chained(parts: Sequence[Node]) -> Opening:
    found: Opening = ENDS
    for part in parts:
        if found is None or EMPTY not in found:
            break
        found = union((found - ENDS, part.opens))
    return found
