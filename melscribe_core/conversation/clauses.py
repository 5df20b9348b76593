"""Clauses: the parts of one turn that can each ask for something."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from melscribe_core.conversation.edges import IsName, starting_with
from melscribe_core.request.grammar.tokens import Token, clean, tokenize

_MARKS = frozenset(".!?;…,:—\n")
_ABBREVIATED = frozenset("mr mrs ms dr st ft feat vs jr sr no vol".split())
_TURNS = frozenset("but however although though except".split())
# After "and": a clause of its own. Without "and" only if the second list has it.
_AFTER_AND = """
    we're, that's, that should, more, replace, swap, can you, can we, can i, could you, could
    we, could i, some more, a few more, more of, more by, more from, more like, add, play,
    remove, drop, no more, less, please, let's, lets, let us, i want, i'd like, i would like, i
    need, take out, get rid, skip, do you have, how about, what about, then, also, i love, i
    like, i don't, i really, i think, give me, not these, these, those are, show, switch,
    change, start, make it, maybe some, put
"""
_OF_ITSELF = """
    can you, can we, can i, can u, could you, could we, could i, do you have, please add, please
    play, let's add, lets add, let's have, lets have, how about, what about, also add, have you
    got, wow
"""
_LEADS_ON = frozenset(
    "what how else where that which when as who why songs music something anything and i you we if "
    "whatever think".split()
)
_SHOWN = frozenset(("this", "that", "these", "those"))
_REACH = (3, 5)  # tokens of a name before and after a mark inside it: "Tyler, the Creator"


@dataclass(frozen=True)
class Clause:
    """A part of a turn as written, and what came before it: "", ",", "and", "but", ".", ..."""

    text: str
    joint: str


def clauses(turn: str, is_name: IsName) -> list[Clause]:
    """Split a turn at the marks and words where another clause begins.

    A name of the look-up and a phrase in double quotes stay whole. Empty for a turn without words.
    """
    text = clean(turn)
    tokens = tokenize(text)
    found: list[Clause] = []
    start, joint = 0, ""
    for at in _cuts(text, tokens, is_name):
        _keep(found, text, tokens[start:at], joint)
        is_joint = tokens[at].low in _MARKS or tokens[at].low in ("and", "but")
        start, joint = at + is_joint, tokens[at].low if is_joint else ""
    _keep(found, text, tokens[start:], joint)
    return found


def _keep(found: list[Clause], text: str, tokens: list[Token], joint: str) -> None:
    if any(token.is_word for token in tokens):
        found.append(Clause(text[tokens[0].start : tokens[-1].end], joint))


def _cuts(text: str, tokens: list[Token], is_name: IsName) -> list[int]:
    """Return the positions of the tokens at which a clause ends."""
    found: list[int] = []
    quoted = False
    paired = sum(token.low == '"' for token in tokens) % 2 == 0
    for at, token in enumerate(tokens):
        quoted = quoted != (token.low == '"' and paired)
        if at and not quoted and _is_cut(tokens, at) and not _in_name(text, tokens, at, is_name):
            found.append(at)
    return found


def _is_cut(tokens: list[Token], at: int) -> bool:
    low = tokens[at].low
    if low in _MARKS:
        return _ends_clause(tokens, at)
    if low in _TURNS:
        return not _is_name_like(tokens, at)
    if low == "and":
        return _opens(tokens, at + 1, _AFTER_AND)
    before = tokens[at - 1].low
    if low == "not":
        return tokens[at - 1].is_capital and at + 1 < len(tokens) and tokens[at + 1].is_capital
    return before not in _LEADS_ON and before not in _MARKS and _opens(tokens, at, _OF_ITSELF)


def _ends_clause(tokens: list[Token], at: int) -> bool:
    """Return whether a mark ends a clause: not in "R.E.M.", "P!nk", "Mr. Big", "Neu! and Can"."""
    if at + 1 == len(tokens) or tokens[at].low == "\n":
        return True
    after = tokens[at + 1]
    if after.start == tokens[at].end and after.is_word:
        return tokens[at].low in ",;" and tokens[at - 1].is_word
    is_short = tokens[at].low == "." and tokens[at - 1].low in _ABBREVIATED
    if is_short or (tokens[at].low in "!." and after.low in ("and", "or")):
        return False
    before = [token.low for token in tokens[max(0, at - 3) : at]]
    return (
        before[:2] not in (["enough", "of"], ["instead", "of"]) or before[-1] not in _SHOWN
    )  # "enough of that, on to"


def _is_name_like(tokens: list[Token], at: int) -> bool:
    """Return whether "but" and the like are a word of a name: "Nothing But Thieves"."""
    return tokens[at].is_capital and tokens[at - 1].is_capital


def _opens(tokens: list[Token], at: int, phrases: str) -> bool:
    return any(
        all(at + n < len(tokens) and tokens[at + n].low == word for n, word in enumerate(phrase))
        for phrase in _starting_with(phrases).get(tokens[at].low if at < len(tokens) else "", ())
    )


_starting_with = cache(starting_with)


def _in_name(text: str, tokens: list[Token], at: int, is_name: IsName) -> bool:
    """Return whether a token is inside a name: "Earth, Wind & Fire", "Panic! at the Disco"."""
    for start in range(max(0, at - _REACH[0]), at):
        if not tokens[start].is_word:
            continue
        for end in range(at + 2, min(at + _REACH[1], len(tokens)) + 1):
            if tokens[end - 1].is_word and is_name(text[tokens[start].start : tokens[end - 1].end]):
                return True
    return False
