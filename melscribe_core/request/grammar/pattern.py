"""A small pattern language over tokens, in which the rules are written.

    word          that word, folded; a hyphen between two parts of a pattern may always be there
    (a | b c)     one of these
    [a]           a or nothing
    {slot}        what a term of the grammar reads there; its value is handed to the rule.
                  A section of words.txt is a term without a value: one of its entries
    a >> b        b must follow but is not claimed

Every way to match is tried and the longest claim wins. Patterns have no repetition, terms are read
once per position, and every node knows with which tokens it can begin: a request costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.nodes import (
    EMPTY,
    ENDS,
    Chain,
    Choice,
    Index,
    Maybe,
    Node,
    Opening,
    Slot,
    Step,
    Word,
    begins,
    follow,
    union,
)
from melscribe_core.request.grammar.scene import Scene

Reading: TypeAlias = tuple[int, Any]  # the position after a term, its value
Read: TypeAlias = Callable[[Scene, int], Iterable[Reading]]
Guard: TypeAlias = Callable[[Scene, int, int], bool]  # scene, start and end of what was matched

_PIECES = re.compile(r"\{[^{}]+\}|>>|[()\[\]|]|[^\s()\[\]|{}]+")


class Term:
    """Read a value at a position: what a slot stands for."""

    opens: Opening = None
    silent = False  # True: rules do not want the value

    def bind(self, grammar: Grammar) -> None:
        """Compile what the term is made of; the terms it names are there already."""

    def after(self, first: str) -> Opening:
        """Return the tokens that can come second when `first` (a token or DIGITS) comes first."""
        return None

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield each end and value that can be read at a position."""
        raise NotImplementedError


class Ways(Term):
    """A term made of patterns, each with what to make of its slots' values; None is no reading."""

    def __init__(self, *ways: tuple[str, Callable[..., object]]) -> None:
        self._ways = ways

    def bind(self, grammar: Grammar) -> None:
        """Compile the patterns."""
        nodes = [(grammar.compiled(pattern), make) for pattern, make in self._ways]
        self._nodes = [node for node, _ in nodes]
        self._index = Index((node, (node, make)) for node, make in nodes)
        self.opens = union(node.opens for node in self._nodes)

    def after(self, first: str) -> Opening:
        """Return what can follow in any pattern that can begin so."""
        return union(node.after(first) for node in self._nodes if begins(node.opens, first))

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield what is made of every match of every pattern."""
        for node, make in self._index.candidates(scene, at):
            yield from _made(node.walk(scene, at), make)


def _made(steps: Sequence[Step], make: Callable[..., object]) -> Iterator[Reading]:
    for end, values in steps:
        value = make(*values)
        if value is not None:
            yield end, value


class Words(Term):
    """A term of mere words: what a pattern matches, no value."""

    silent = True

    def __init__(self, *patterns: str) -> None:
        self._pattern = " | ".join(patterns)

    def bind(self, grammar: Grammar) -> None:
        """Compile the pattern."""
        self._node = grammar.compiled(self._pattern)
        self.opens = self._node.opens

    def after(self, first: str) -> Opening:
        """Return what can follow in the pattern."""
        return self._node.after(first)

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the end of every match."""
        return ((end, None) for end, _ in self._node.walk(scene, at))


class Listed(Term):
    """A term of mere words: the longest entry of a section of words.txt, no value."""

    silent = True

    def __init__(self, section: str) -> None:
        self._entries = lexicon.entries(section)
        self.opens = frozenset(self._entries)

    def after(self, first: str) -> Opening:
        """Return the second words of the entries."""
        entries = self._entries.get(first, ())
        return frozenset(word for entry in entries for word in _second(entry))

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the end of the entry, if one stands there that no idiom keeps."""
        found = self._entries.get(scene.low(at), ())
        end = 0 if scene.protected[at] else scene.after_phrase(at, found)
        return [(end, None)] if end else []


def _second(entry: lexicon.Phrase) -> tuple[str, ...]:
    return (entry[1],) if len(entry) > 1 else (EMPTY,)


class Reader(Term):
    """A term read by a function.

    `opens` holds the tokens it can begin with, `goes_on` those that can come second; None for any.
    """

    def __init__(
        self, read: Read, opens: Opening = None, goes_on: Opening = None, *, silent: bool = False
    ) -> None:
        self._read = read
        self.opens = opens
        self._goes_on = goes_on
        self.silent = silent

    def after(self, first: str) -> Opening:
        """Return the tokens that can come second; a reading can always end after one."""
        return union((self._goes_on, ENDS))

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield what the function reads."""
        return self._read(scene, at)


def same(value: Any) -> Any:
    """Return the value of a rule's one slot as the rule's own."""
    return value


def always(scene: Scene, start: int, end: int) -> bool:
    """Let every match pass."""
    return True


@dataclass(frozen=True)
class Rule:
    """Turn what a pattern matches into the value of one key of the request.

    `make` gets the values of the slots and may return None: no constraint after all.
    `yes` maps examples to the value they must give, `no` lists near misses that set no such key.
    """

    key: str
    pattern: str
    make: Callable[..., object]
    yes: Mapping[str, object]
    no: Sequence[str]
    when: Guard = always


@dataclass(frozen=True)
class Claim:
    """Say that the tokens from `start` to before `end` set `key` to `value`."""

    key: str
    value: Any
    start: int
    end: int


class _Matcher:
    """Hold a rule with its pattern compiled."""

    def __init__(self, rule: Rule, grammar: Grammar) -> None:
        claimed, _, follows = rule.pattern.partition(">>")
        self._rule = rule
        self._body = grammar.compiled(claimed)
        self._follows = grammar.compiled(follows) if follows else None
        self.opens = self._body.opens

    def after(self, first: str) -> Opening:
        """Return the tokens that can stand after `first` when the rule begins there."""
        then = ENDS if self._follows is None else self._follows.opens
        return follow(self._body.after(first), then)

    def longest(self, scene: Scene, at: int) -> Claim | None:
        """Return the longest claim of the rule at a position."""
        for end, values in sorted(self._body.walk(scene, at), key=_end, reverse=True):
            if end > at and self._holds(scene, at, end):
                value = self._rule.make(*values)
                if value is not None:
                    return Claim(self._rule.key, value, at, end)
        return None

    def _holds(self, scene: Scene, start: int, end: int) -> bool:
        return self._is_followed(scene, end) and self._rule.when(scene, start, end)

    def _is_followed(self, scene: Scene, end: int) -> bool:
        if self._follows is None or self._follows.walk(scene, end):
            return True
        return scene.low(end) == "-" and bool(self._follows.walk(scene, end + 1))


def _end(step: Step) -> int:
    return step[0]


class Grammar:
    """Hold the terms and rules, and find what they claim in a request.

    Terms are bound in their order: each may name only those before it.
    """

    def __init__(self, terms: Mapping[str, Term], rules: Sequence[Rule]) -> None:
        self.rules = rules
        self._terms: dict[str, Term] = {}
        for name, term in terms.items():
            term.bind(self)
            self._terms[name] = term
        matchers = [_Matcher(rule, self) for rule in rules]
        self._index = Index((matcher, matcher) for matcher in matchers)

    def compiled(self, pattern: str) -> Node:
        """Return the node for a pattern; ValueError for brackets that do not match.

        KeyError for a slot that is neither a term nor a section of words.txt.
        """
        node, rest = self._choice(_PIECES.findall(pattern))
        if rest:
            raise ValueError(f"the pattern {pattern!r} has a {rest[0]!r} too many; remove it")
        return node

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

    def _choice(self, pieces: list[str]) -> tuple[Node, list[str]]:
        options: list[Node] = []
        parts: list[Node] = []
        while pieces and pieces[0] not in (")", "]"):
            piece, pieces = pieces[0], pieces[1:]
            if piece == "|":
                options.append(_chain(parts))
                parts = []
            else:
                part, pieces = self._part(piece, pieces)
                parts.append(part)
        options.append(_chain(parts))
        return (options[0] if len(options) == 1 else Choice(options)), pieces

    def _part(self, piece: str, pieces: list[str]) -> tuple[Node, list[str]]:
        if piece[0] == "{":
            return self._slot(piece[1:-1]), pieces
        if piece not in ("(", "["):
            return Word(piece), pieces
        inner, rest = self._choice(pieces)
        if not rest:
            raise ValueError(f"a pattern opens {piece!r} and never closes it; close it")
        return (Maybe(inner) if piece == "[" else inner), rest[1:]

    def _slot(self, name: str) -> Slot:
        if name not in self._terms:
            self._terms[name] = Listed(name)
        return Slot(name, self._terms[name])

    def _claim(self, scene: Scene, at: int) -> Claim | None:
        best: Claim | None = None
        for matcher in self._index.candidates(scene, at):
            claim = matcher.longest(scene, at)
            if claim is not None and (best is None or claim.end > best.end):
                best = claim
        return best


def _chain(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Chain(parts)
