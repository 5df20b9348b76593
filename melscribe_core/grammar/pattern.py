"""A small pattern language over tokens, in which the rules are written.

    word          that word, folded; a hyphen between two parts of a pattern may always be there
    (a | b c)     one of these
    [a]           a or nothing
    {slot}        what a term of the grammar reads there; its value is handed to the rule
    a >> b        b must follow but is not claimed

Every way to match is tried and the longest claim wins. Patterns have no repetition and slots are
remembered per position, so the work per token is bounded and a request costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.scene import Scene

Values: TypeAlias = tuple[Any, ...]
Step: TypeAlias = tuple[int, Values]  # the position after a match, the values of its slots
Reading: TypeAlias = tuple[int, object]  # the position after a term, its value
Guard: TypeAlias = Callable[[Scene, int, int], bool]  # scene, start and end of what was matched

_PIECES = re.compile(r"\{[^{}]+\}|>>|[()\[\]|]|[^\s()\[\]|{}]+")
DIGITS = "#"  # stands in first sets for every token with a digit


class Node:
    """Match something at a position; `first` holds the tokens it can begin with, None for any."""

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        """Return the folded tokens that a match can begin with, "" when it can be empty."""
        raise NotImplementedError

    def walk(self, grammar: Grammar, scene: Scene, at: int) -> Iterator[Step]:
        """Yield every way to match at a position."""
        raise NotImplementedError


@dataclass(frozen=True)
class Word(Node):
    """Match one token."""

    low: str

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        return frozenset((self.low,))

    def walk(self, grammar: Grammar, scene: Scene, at: int) -> Iterator[Step]:
        if scene.low(at) == self.low and not scene.kept[at]:
            yield at + 1, ()


@dataclass(frozen=True)
class Slot(Node):
    """Match what a term of the grammar reads."""

    name: str

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        return grammar.terms[self.name].first(grammar)

    def walk(self, grammar: Grammar, scene: Scene, at: int) -> Iterator[Step]:
        silent = grammar.terms[self.name].silent
        for end, value in grammar.read(self.name, scene, at):
            yield end, () if silent else (value,)


@dataclass(frozen=True)
class Choice(Node):
    """Match one of several."""

    options: tuple[Node, ...]

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        return _union(option.first(grammar) for option in self.options)

    def walk(self, grammar: Grammar, scene: Scene, at: int) -> Iterator[Step]:
        for option in self.options:
            yield from option.walk(grammar, scene, at)


@dataclass(frozen=True)
class Sequence_(Node):  # noqa: N801 - `Sequence` is the abstract type
    """Match one after the other; a hyphen may join them."""

    parts: tuple[Node, ...]

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        found: frozenset[str] = frozenset(("",))
        for part in self.parts:
            if "" not in found:
                break
            opening = part.first(grammar)
            if opening is None:
                return None
            found = (found - {""}) | opening
        return found

    def walk(self, grammar: Grammar, scene: Scene, at: int) -> Iterator[Step]:
        yield from self._walk_from(0, grammar, scene, at)

    def _walk_from(self, part: int, grammar: Grammar, scene: Scene, at: int) -> Iterator[Step]:
        if part == len(self.parts):
            yield at, ()
            return
        starts = (at, at + 1) if part and scene.low(at) == "-" else (at,)
        for start in starts:
            for middle, values in self.parts[part].walk(grammar, scene, start):
                for end, more in self._walk_from(part + 1, grammar, scene, middle):
                    yield end, values + more


@dataclass(frozen=True)
class Nothing(Node):
    """Match nothing, always."""

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        return frozenset(("",))

    def walk(self, grammar: Grammar, scene: Scene, at: int) -> Iterator[Step]:
        yield at, ()


def compile_pattern(pattern: str) -> Node:
    """Return the node for a pattern without ">>"; ValueError when its brackets do not match."""
    pieces = _PIECES.findall(pattern)
    node, rest = _choice(pieces)
    if rest:
        raise ValueError(
            f"the pattern {pattern!r} has an unmatched {rest[0]!r}; close its brackets"
        )
    return node


def _choice(pieces: list[str]) -> tuple[Node, list[str]]:
    options: list[Node] = []
    parts: list[Node] = []
    while pieces and pieces[0] not in (")", "]"):
        piece, pieces = pieces[0], pieces[1:]
        if piece == "|":
            options.append(_sequence(parts))
            parts = []
        else:
            part, pieces = _part(piece, pieces)
            parts.append(part)
    options.append(_sequence(parts))
    return (options[0] if len(options) == 1 else Choice(tuple(options))), pieces


def _part(piece: str, pieces: list[str]) -> tuple[Node, list[str]]:
    if piece in ("(", "["):
        inner, rest = _choice(pieces)
        if not rest:
            raise ValueError(f"a pattern opens {piece!r} and never closes it; close its brackets")
        return (Choice((inner, Nothing())) if piece == "[" else inner), rest[1:]
    return (Slot(piece[1:-1]) if piece[0] == "{" else Word(piece)), pieces


def _sequence(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Sequence_(tuple(parts))


def _union(firsts: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for first in firsts:
        if first is None:
            return None
        found |= first
    return found


class Term:
    """Read a value at a position: what a slot stands for."""

    silent = False  # True: rules do not want the value

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        """Return the folded tokens it can begin with, None for any."""
        return None

    def read(self, grammar: Grammar, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield each end and value that can be read at a position."""
        raise NotImplementedError


class Ways(Term):
    """A term made of patterns, each with what to make of its slots' values."""

    def __init__(self, *ways: tuple[str, Callable[..., object]]) -> None:
        self._ways = [(compile_pattern(pattern), make) for pattern, make in ways]

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        return _union(node.first(grammar) for node, _ in self._ways)

    def read(self, grammar: Grammar, scene: Scene, at: int) -> Iterable[Reading]:
        for node, make in self._ways:
            for end, values in node.walk(grammar, scene, at):
                value = make(*values)
                if value is not None:
                    yield end, value


class Words(Term):
    """A term of mere words: one of several phrases, no value."""

    silent = True

    def __init__(self, pattern: str) -> None:
        self._node = compile_pattern(pattern)

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        return self._node.first(grammar)

    def read(self, grammar: Grammar, scene: Scene, at: int) -> Iterable[Reading]:
        return ((end, None) for end, _ in self._node.walk(grammar, scene, at))


class Listed(Term):
    """A term of mere words: one entry of a section of words.txt, no value."""

    silent = True

    def __init__(self, section: str) -> None:
        self._section = section

    def _entries(self) -> dict[str, tuple[lexicon.Phrase, ...]]:
        return lexicon.entries(self._section)

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        return frozenset(self._entries())

    def read(self, grammar: Grammar, scene: Scene, at: int) -> Iterable[Reading]:
        end = scene.after_phrase(at, self._entries().get(scene.low(at), ()))
        return [(end, None)] if end else []


class Reader(Term):
    """A term read by a function; `opens` holds the tokens it can begin with, None for any."""

    def __init__(
        self,
        read: Callable[[Scene, int], Iterable[Reading]],
        opens: frozenset[str] | None = None,
        *,
        silent: bool = False,
    ) -> None:
        self._read = read
        self._opens = opens
        self.silent = silent

    def first(self, grammar: Grammar) -> frozenset[str] | None:
        return self._opens

    def read(self, grammar: Grammar, scene: Scene, at: int) -> Iterable[Reading]:
        return self._read(scene, at)


def always(scene: Scene, start: int, end: int) -> bool:
    """Let every match pass."""
    return True


@dataclass(frozen=True)
class Rule:
    """Turn what a pattern matches into the value of one key of the request.

    `make` gets the values of the slots and may return None: no constraint after all.
    `yes` maps examples to the value they must give, `no` lists near misses that must not set the key.
    """

    key: str
    pattern: str
    make: Callable[..., object]
    yes: Mapping[str, object]
    no: Sequence[str] = ()
    when: Guard = always
    nodes: tuple[Node, Node] = field(init=False, repr=False)  # what is claimed, what must follow

    def __post_init__(self) -> None:
        claimed, _, follows = self.pattern.partition(">>")
        object.__setattr__(self, "nodes", (compile_pattern(claimed), compile_pattern(follows)))


@dataclass(frozen=True)
class Claim:
    """Say that the tokens from `start` to before `end` set `key` to `value`."""

    key: str
    value: object
    start: int
    end: int


class Grammar:
    """Hold the terms and rules, and find what they claim in a request."""

    def __init__(self, terms: Mapping[str, Term], rules: Sequence[Rule]) -> None:
        self.terms = terms
        self.rules = rules

    @cached_property
    def _by_first(self) -> tuple[dict[str, list[Rule]], list[Rule]]:
        """Return the rules by the token they can begin with, and those that begin with any."""
        by_token: dict[str, list[Rule]] = {}
        anywhere: list[Rule] = []
        for rule in self.rules:
            first = rule.nodes[0].first(self)
            if first is None or "" in first:
                anywhere.append(rule)
                continue
            for low in first:
                by_token.setdefault(low, []).append(rule)
        return by_token, anywhere

    def read(self, name: str, scene: Scene, at: int) -> list[Reading]:
        """Return all readings of a term at a position, remembered with the scene."""
        known = scene.memo.get((name, at))
        if known is None:
            known = (
                list(self.terms[name].read(self, scene, at)) if self._opens(name, scene, at) else []
            )
            scene.memo[name, at] = known
        return known

    def _opens(self, name: str, scene: Scene, at: int) -> bool:
        if at >= len(scene.tokens):
            return False
        first = self._firsts.get(name)
        return (
            first is None
            or scene.lows[at] in first
            or (DIGITS in first and has_digit(scene.lows[at]))
        )

    @cached_property
    def _firsts(self) -> dict[str, frozenset[str] | None]:
        return {name: term.first(self) for name, term in self.terms.items()}

    def claims(self, scene: Scene) -> list[Claim]:
        """Return what the rules claim, left to right, without overlap; the longest claim wins."""
        found: list[Claim] = []
        at = 0
        while at < len(scene.tokens):
            claim = self._claim(scene, at)
            if claim is not None:
                found.append(claim)
            at = claim.end if claim is not None else at + 1
        return found

    def _claim(self, scene: Scene, at: int) -> Claim | None:
        best: Claim | None = None
        for rule in self._candidates(scene.lows[at]):
            claim = self._longest(rule, scene, at)
            if claim is not None and (best is None or claim.end > best.end):
                best = claim
        return best

    def _candidates(self, low: str) -> Iterator[Rule]:
        by_token, anywhere = self._by_first
        yield from by_token.get(low, ())
        if has_digit(low):
            yield from by_token.get(DIGITS, ())
        yield from anywhere

    def _longest(self, rule: Rule, scene: Scene, at: int) -> Claim | None:
        body, follows = rule.nodes
        best: Claim | None = None
        for end, values in body.walk(self, scene, at):
            if end <= at or (best is not None and end <= best.end):
                continue
            if not self._follows(follows, scene, end) or not rule.when(scene, at, end):
                continue
            value = rule.make(*values)
            if value is not None:
                best = Claim(rule.key, value, at, end)
        return best

    def _follows(self, node: Node, scene: Scene, at: int) -> bool:
        starts = (at, at + 1) if scene.low(at) == "-" else (at,)
        return any(True for start in starts for _ in node.walk(self, scene, start))


def has_digit(low: str) -> bool:
    """Tell whether a folded token holds a digit."""
    return any(character.isdigit() for character in low)
