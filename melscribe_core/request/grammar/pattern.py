"""Pattern language over tokens, in which the rules are written.

    word          that word, folded; a hyphen may stand between any two parts of a pattern
    *word         a longer word that ends so
    (a | b c)     one of these
    [a]           a or nothing
    {slot}        a term of the grammar; the value it reads is passed to the rule.
                  A section of words.txt is a term without a value that matches one of its entries
    a >> b        b must follow but is not claimed

All matches are tried and the longest claim wins. Time is linear in the length of the request:
patterns have no repetition, a term is read once per position, and each node knows the tokens it can
start with.
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
    Ending,
    Maybe,
    Node,
    Opening,
    RuleIndex,
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
Guard: TypeAlias = Callable[[Scene, int, int], bool]  # scene, start and end of the match

_PIECES = re.compile(r"\{[^{}]+\}|>>|[()\[\]|]|[^\s()\[\]|{}]+")


class Term:
    """What a slot stands for: reads a value at a position."""

    opens: Opening = None
    silent = False  # True: the value is not passed to the rule

    def bind(self, grammar: Grammar) -> None:
        """Compile the term's patterns; the terms they use are bound before."""

    def after(self, first: str) -> Opening:
        """Return the possible second tokens after `first` (a token or DIGITS)."""
        return None

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the end and value of each reading at a position."""
        raise NotImplementedError


class Ways(Term):
    """A term of several patterns, each with a function of its slots' values.

    A function that returns None rejects the reading.
    """

    def __init__(self, *ways: tuple[str, Callable[..., object]]) -> None:
        self._ways = ways

    def bind(self, grammar: Grammar) -> None:
        """Compile the patterns."""
        nodes = [(grammar.compiled(pattern), make) for pattern, make in self._ways]
        self._nodes = [node for node, _ in nodes]
        self._index = RuleIndex((node, (node, make)) for node, make in nodes)
        self.opens = union(node.opens for node in self._nodes)

    def after(self, first: str) -> Opening:
        """Return the second tokens of the patterns that can start with `first`."""
        return union(node.after(first) for node in self._nodes if begins(node.opens, first))

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the end and value of every match of every pattern."""
        for node, make in self._index.candidates(scene, at):
            yield from _made(node.walk(scene, at), make)


def _made(steps: Sequence[Step], make: Callable[..., object]) -> Iterator[Reading]:
    for end, values in steps:
        value = make(*values)
        if value is not None:
            yield end, value


class Words(Term):
    """A term without a value: the words that one of its patterns matches."""

    silent = True

    def __init__(self, *patterns: str) -> None:
        self._pattern = " | ".join(patterns)

    def bind(self, grammar: Grammar) -> None:
        """Compile the pattern."""
        self._node = grammar.compiled(self._pattern)
        self.opens = self._node.opens

    def after(self, first: str) -> Opening:
        """Return the second tokens of the pattern."""
        return self._node.after(first)

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the end of every match."""
        return ((end, None) for end, _ in self._node.walk(scene, at))


class Listed(Term):
    """A term without a value: the longest matching entry of a section of words.txt."""

    silent = True

    def __init__(self, section: str) -> None:
        self._entries = lexicon.entries(section)
        self.opens = frozenset(self._entries)

    def after(self, first: str) -> Opening:
        """Return the second words of the entries."""
        entries = self._entries.get(first, ())
        return frozenset(word for entry in entries for word in _second(entry))

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Return the end of the longest entry here, unless the position is protected."""
        found = self._entries.get(scene.low(at), ())
        end = 0 if scene.protected[at] else scene.after_phrase(at, found)
        return [(end, None)] if end else []


def _second(entry: lexicon.Phrase) -> tuple[str, ...]:
    return (entry[1],) if len(entry) > 1 else (EMPTY,)


class Reader(Term):
    """A term read by a function.

    `opens` holds the tokens it can start with, `goes_on` its possible second tokens; None for any.
    """

    def __init__(
        self, read: Read, opens: Opening = None, goes_on: Opening = None, *, silent: bool = False
    ) -> None:
        self._read = read
        self.opens = opens
        self._goes_on = goes_on
        self.silent = silent

    def after(self, first: str) -> Opening:
        """Return the possible second tokens; a reading can always end after one token."""
        return union((self._goes_on, ENDS))

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Return the readings of the function."""
        return self._read(scene, at)


def same(value: Any) -> Any:
    """Return the value unchanged: `make` of a rule with one slot."""
    return value


def always(scene: Scene, start: int, end: int) -> bool:
    """Accept every match: the default guard."""
    return True


@dataclass(frozen=True)
class Rule:
    """A pattern and the value that its match gives to one field of the request.

    key: the field of `Request`.
    make: the values of the slots -> the value; None means no constraint.
    yes: examples, each with the value it must give.
    no: near misses, requests that must not set the field.
    when: guard on the words around the match.
    """

    key: str
    pattern: str
    make: Callable[..., object]
    yes: Mapping[str, object]
    no: Sequence[str]
    when: Guard = always


@dataclass(frozen=True)
class Claim:
    """The tokens [start, end) set the field `key` to `value`."""

    key: str
    value: Any
    start: int
    end: int


class _Matcher:
    """A rule with its pattern compiled."""

    def __init__(self, rule: Rule, grammar: Grammar) -> None:
        claimed, _, follows = rule.pattern.partition(">>")
        self._rule = rule
        self._body = grammar.compiled(claimed)
        self._follows = grammar.compiled(follows) if follows else None
        self.opens = self._body.opens

    def after(self, first: str) -> Opening:
        """Return the second tokens of a match that starts with `first`."""
        then = ENDS if self._follows is None else self._follows.opens
        return follow(self._body.after(first), then)

    def longest(self, scene: Scene, at: int) -> Claim | None:
        """Return the longest claim of the rule at a position; None for none."""
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
    """Terms and rules, compiled; `claims` applies them to a request.

    Terms are bound in their order: each may use only those before it.
    """

    def __init__(
        self,
        terms: Mapping[str, Term],
        rules: Sequence[Rule],
        *,
        listed: Callable[[str], Term] = Listed,
    ) -> None:
        """Compile the terms and rules; `listed` makes the term of a slot that is no term yet."""
        self.rules = rules
        self._listed = listed
        self._terms: dict[str, Term] = {}
        for name, term in terms.items():
            term.bind(self)
            self._terms[name] = term
        matchers = [_Matcher(rule, self) for rule in rules]
        self._index = RuleIndex((matcher, matcher) for matcher in matchers)

    def compiled(self, pattern: str) -> Node:
        """Return the node for a pattern.

        Raises ValueError for unbalanced brackets, KeyError for a slot that is neither a term nor a
        section of words.txt.
        """
        node, rest = self._choice(_PIECES.findall(pattern))
        if rest:
            raise ValueError(f"the pattern {pattern!r} has an extra {rest[0]!r}; remove it")
        return node

    def claims(self, scene: Scene) -> list[Claim]:
        """Return the claims of the rules, left to right, without overlap; the longest wins."""
        found: list[Claim] = []
        at = 0
        while at < len(scene.tokens):
            claim = self.claim_at(scene, at)
            if claim is not None:
                found.append(claim)
            at = claim.end if claim is not None else at + 1
        return found

    def slot(self, name: str) -> Node:
        """Return the node that matches a term."""
        return self._slot(name)

    def claim_at(self, scene: Scene, at: int) -> Claim | None:
        """Return the longest claim that starts at a position; None for none."""
        best: Claim | None = None
        for matcher in self._index.candidates(scene, at):
            claim = matcher.longest(scene, at)
            if claim is not None and (best is None or claim.end > best.end):
                best = claim
        return best

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
            return (Ending(piece[1:]) if piece[0] == "*" else Word(piece)), pieces
        inner, rest = self._choice(pieces)
        if not rest:
            raise ValueError(f"a pattern opens {piece!r} without closing it; close it")
        return (Maybe(inner) if piece == "[" else inner), rest[1:]

    def _slot(self, name: str) -> Slot:
        if name not in self._terms:
            self._terms[name] = self._listed(name)
        return Slot(name, self._terms[name])


def _chain(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Chain(parts)
