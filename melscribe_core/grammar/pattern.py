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

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.scene import Scene

Values: TypeAlias = tuple[Any, ...]
Step: TypeAlias = tuple[int, Values]  # the position after a match, the values of its slots
Reading: TypeAlias = tuple[int, Any]  # the position after a term, its value
Guard: TypeAlias = Callable[[Scene, int, int], bool]  # scene, start and end of what was matched
Opening: TypeAlias = frozenset[str] | None  # the tokens something can begin with, None for any

_PIECES = re.compile(r"\{[^{}]+\}|>>|[()\[\]|]|[^\s()\[\]|{}]+")
DIGITS = "#"  # in an Opening: every token with a digit
EMPTY = ""  # in an Opening: nothing at all can be matched
_ENDS = frozenset((EMPTY,))


class Node:
    """Match something at a position."""

    opens: Opening

    def after(self, first: str) -> Opening:
        """Return the tokens that can come second when `first` (or DIGITS) comes first.

        EMPTY is among them when a match can end there.
        """
        raise NotImplementedError

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        """Return every way to match at a position."""
        raise NotImplementedError


class Word(Node):
    """Match one token that no idiom keeps."""

    def __init__(self, low: str) -> None:
        self._low = low
        self.opens = frozenset((low,))

    def after(self, first: str) -> Opening:
        return _ENDS

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        if scene.low(at) != self._low or scene.kept[at]:
            return ()
        return ((at + 1, ()),)


class Slot(Node):
    """Match what a term reads, each position once."""

    def __init__(self, name: str, term: Term) -> None:
        self._name = name
        self._term = term
        self.opens = term.opens

    def after(self, first: str) -> Opening:
        return self._term.after(first)

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        known = scene.memo.get((self._name, at))
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


class Choice(Node):
    """Match one of several."""

    def __init__(self, options: Sequence[Node]) -> None:
        self._options = options
        self.opens = union(option.opens for option in options)

    def after(self, first: str) -> Opening:
        return union(option.after(first) for option in self._options if begins(option.opens, first))

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        low = scene.low(at)
        found: list[Step] = []
        for option in self._options:
            if begins(option.opens, low):
                found.extend(option.walk(scene, at))
        return found


class Maybe(Node):
    """Match something or nothing."""

    def __init__(self, inner: Node) -> None:
        self.inner = inner
        self.opens = union((inner.opens, _ENDS))

    def after(self, first: str) -> Opening:
        return self.inner.after(first)

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
        return (*self.inner.walk(scene, at), (at, ()))


class Chain(Node):
    """Match one part after the other; a hyphen may join them."""

    def __init__(self, parts: Sequence[Node]) -> None:
        self._parts = parts
        self.opens = _chained(parts)

    def after(self, first: str) -> Opening:
        found: Opening = frozenset()
        for number, part in enumerate(self._parts):
            if begins(part.opens, first):
                found = union(
                    (found, follow(part.after(first), _chained(self._parts[number + 1 :])))
                )
            if part.opens is not None and EMPTY not in part.opens:
                break
        return found

    def walk(self, scene: Scene, at: int) -> Sequence[Step]:
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


def _further(scene: Scene, part: Node, steps: list[Step], *, may_join: bool) -> list[Step]:
    """Return the steps that go on through one more part, each once."""
    found: dict[Step, None] = {}
    for middle, values in steps:
        low = scene.low(middle)
        if isinstance(part, Maybe) and not begins(part.inner.opens, low) and low != "-":
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
    return union((opening - _ENDS, then, frozenset("-")))


def _chained(parts: Sequence[Node]) -> Opening:
    found: Opening = _ENDS
    for part in parts:
        if found is None or EMPTY not in found:
            break
        found = union((found - _ENDS, part.opens))
    return found


class Term:
    """Read a value at a position: what a slot stands for."""

    opens: Opening = None
    silent = False  # True: rules do not want the value

    def bind(self, grammar: Grammar) -> None:
        """Compile what the term is made of; the terms it names are there already."""

    def after(self, first: str) -> Opening:
        """Return the tokens that can come second, as `Node.after` does."""
        return None

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield each end and value that can be read at a position."""
        raise NotImplementedError


class Ways(Term):
    """A term made of patterns, each with what to make of its slots' values; None is no reading."""

    def __init__(self, *ways: tuple[str, Callable[..., object]]) -> None:
        self._ways = ways

    def bind(self, grammar: Grammar) -> None:
        self._nodes = [(grammar.compiled(pattern), make) for pattern, make in self._ways]
        self.opens = union(node.opens for node, _ in self._nodes)

    def after(self, first: str) -> Opening:
        return union(node.after(first) for node, _ in self._nodes if begins(node.opens, first))

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        low = scene.low(at)
        for node, make in self._nodes:
            if begins(node.opens, low):
                yield from _made(node.walk(scene, at), make)


def _made(steps: Sequence[Step], make: Callable[..., object]) -> Iterator[Reading]:
    for end, values in steps:
        value = make(*values)
        if value is not None:
            yield end, value


class Words(Term):
    """A term of mere words: one of several phrases, no value."""

    silent = True

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def bind(self, grammar: Grammar) -> None:
        self._node = grammar.compiled(self._pattern)
        self.opens = self._node.opens

    def after(self, first: str) -> Opening:
        return self._node.after(first)

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        return ((end, None) for end, _ in self._node.walk(scene, at))


class Listed(Term):
    """A term of mere words: one entry of a section of words.txt, no value."""

    silent = True

    def __init__(self, section: str) -> None:
        self._section = section

    def bind(self, grammar: Grammar) -> None:
        self._entries = lexicon.entries(self._section)
        self.opens = frozenset(self._entries)

    def after(self, first: str) -> Opening:
        entries = self._entries.get(first, ())
        return frozenset(word for entry in entries for word in _second(entry))

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        end = 0 if scene.kept[at] else scene.after_phrase(at, self._entries.get(scene.low(at), ()))
        return [(end, None)] if end else []


def _second(entry: lexicon.Phrase) -> tuple[str, ...]:
    """Return the tokens that can come second in an entry."""
    return (entry[1], "-") if len(entry) > 1 else (EMPTY,)


class Reader(Term):
    """A term read by a function.

    `opens` holds the tokens it can begin with, `goes_on` those that can come second; None for any.
    """

    def __init__(
        self,
        read: Callable[[Scene, int], Iterable[Reading]],
        opens: Opening = None,
        goes_on: Opening = None,
        *,
        silent: bool = False,
    ) -> None:
        self._read = read
        self.opens = opens
        self._goes_on = goes_on
        self.silent = silent

    def after(self, first: str) -> Opening:
        return union((self._goes_on, _ENDS))

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
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
        """Return the tokens that can stand after `first` when the rule begins there, EMPTY for any."""
        then = _ENDS if self._follows is None else self._follows.opens
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
        self._by_token: dict[str, list[tuple[_Matcher, Opening]]] = {}
        self._anywhere: list[_Matcher] = []
        for rule in rules:
            self._file(_Matcher(rule, self))

    def _file(self, matcher: _Matcher) -> None:
        if matcher.opens is None or EMPTY in matcher.opens:
            self._anywhere.append(matcher)
            return
        for low in matcher.opens:
            self._by_token.setdefault(low, []).append((matcher, matcher.after(low)))

    def compiled(self, pattern: str) -> Node:
        """Return the node for a pattern; ValueError for a bracket left open, KeyError for no such term."""
        node, rest = self._choice(_PIECES.findall(pattern))
        if rest:
            raise ValueError(f"the pattern {pattern!r} has a {rest[0]!r} too many; remove it")
        return node

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
        """Return the slot of a term; a section of words.txt is one by itself."""
        if name not in self._terms:
            self._terms[name] = Listed(name)
            self._terms[name].bind(self)
        return Slot(name, self._terms[name])

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
        for matcher in self._candidates(scene.lows[at], scene.low(at + 1)):
            claim = matcher.longest(scene, at)
            if claim is not None and (best is None or claim.end > best.end):
                best = claim
        return best

    def _candidates(self, low: str, second: str) -> Iterator[_Matcher]:
        """Yield the rules that can begin with a token before the `second`."""
        yield from self._anywhere
        for first in (low, DIGITS) if has_digit(low) else (low,):
            for matcher, after in self._by_token.get(first, ()):
                if begins(after, second):
                    yield matcher


def _chain(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Chain(parts)
