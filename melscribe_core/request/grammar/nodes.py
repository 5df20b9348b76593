"""What a pattern is made of: nodes that match tokens and know which tokens they can begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from melscribe_core.request.grammar.scene import Scene

Step: TypeAlias = tuple[int, tuple[Any, ...]]  # the position after a match, its slots' values
Opening: TypeAlias = frozenset[str] | None  # tokens that can stand somewhere, None for any

DIGITS = "#"  # in an Opening: every token with a digit
EMPTY = ""  # in an Opening: nothing at all, the match can end here
ENDS = frozenset((EMPTY,))


T = TypeVar("T")


class Begins(Protocol):
    """Tell how something can begin: `opens` holds the tokens that can come first."""

    opens: Opening

    def after(self, first: str) -> Opening:
        """Return the tokens that can come second when `first` (a token or DIGITS) comes first."""


class Node(Begins, Protocol):
    """Match something at a position."""

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return every way to match at a position."""


class Reads(Begins, Protocol):
    """Read what a slot stands for; `silent` when rules do not want the value."""

    silent: bool

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
        if scene.low(at) != self._low or scene.protected[at]:
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


class Index(Generic[T]):
    """Find things by the first two tokens they can begin with.

    What can stand second is worked out when a request first asks for the token before it: most
    requests ask for few, and a command reads only one request.
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
        """Yield what can begin at a position; a hyphen may stand before the second token."""
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
    """Return whether something with that opening can match where the token `low` stands."""
    if opens is None or low in opens or EMPTY in opens:
        return True
    return DIGITS in opens and has_digit(low)


def has_digit(low: str) -> bool:
    """Return whether a folded token holds a digit."""
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
    """Return an opening with what comes `then` in the place of its end."""
    if opening is None or EMPTY not in opening:
        return opening
    return union((opening - ENDS, then))


def _further(scene: Scene, part: Node, step: Step, *, may_join: bool) -> Sequence[Step]:
    """Return the steps that go on from one through one more part."""
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
