"""Scene: the tokens of one request, with the tests that rules make on them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from melscribe_core.request.folding import fold_name
from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.context import Context
from melscribe_core.request.grammar.lexicon import Phrase
from melscribe_core.request.grammar.tokens import Token, tokenize

# A capital in one of these within a clause means title case: capitals do not mark names there.
_NEVER_CAPITAL = frozenset("by for like with from and or no not of in but songs without to".split())
_LONGEST_KIND = 7  # tokens in the longest musical phrase, "four-on-the-floor"


class Scene:
    """The tokens of one cleaned request; positions are indexes into `tokens`, ends exclusive."""

    def __init__(self, text: str, context: Context) -> None:
        self.text = text
        self.tokens: list[Token] = self._tokenized(text)
        self.knows = context.names
        self.is_descriptor = context.descriptors
        self.this_year = context.this_year
        self.kinds = context.kinds
        self.is_alike = context.alike
        self.is_known = context.words
        self.lows: list[str] = self._folded(self.tokens)
        self.plain = [_plain(token) for token in self.tokens]  # each as in a folded name
        self.capitals_speak = _capitals_mark_names(self.tokens)
        self._described: dict[tuple[int, int], bool] = {}
        self.protected = self._protected()  # True inside an idiom or a known name: rules skip it
        self.memo: dict[tuple[str, int], Any] = {}  # readings by (slot, position)

    def _tokenized(self, text: str) -> list[Token]:
        """Return the tokens of the request; other languages split theirs further."""
        return tokenize(text)

    def _folded(self, tokens: list[Token]) -> list[str]:
        """Return the form of each token that patterns are compared with."""
        return [token.low for token in tokens]

    def _idioms(self) -> Mapping[str, tuple[Phrase, ...]]:
        """Return the phrases that rules skip, by their first word, longest first."""
        return lexicon.idioms()

    def low(self, at: int) -> str:
        """Return the folded token at a position; "" outside the request."""
        return self.lows[at] if 0 <= at < len(self.lows) else ""

    def words_before(self, at: int, count: int) -> list[str]:
        """Return up to `count` words before a position, nearest first, within its clause."""
        found: list[str] = []
        while at > 0 and len(found) < count and not self.tokens[at - 1].is_break:
            at -= 1
            if self.tokens[at].is_word:
                found.append(self.lows[at])
        return found

    def words_after(self, at: int, count: int) -> list[str]:
        """Return up to `count` words from a position on, within its clause."""
        found: list[str] = []
        while at < len(self.tokens) and len(found) < count and not self.tokens[at].is_break:
            if self.tokens[at].is_word:
                found.append(self.lows[at])
            at += 1
        return found

    def word_before(self, at: int) -> str:
        """Return the word before a position in its clause; "" for none."""
        return next(iter(self.words_before(at, 1)), "")

    def word_after(self, at: int) -> str:
        """Return the first word from a position on in its clause; "" for none."""
        return next(iter(self.words_after(at, 1)), "")

    def is_start(self, at: int) -> bool:
        """Return whether a clause starts at a position."""
        return at <= 0 or self.tokens[at - 1].is_break

    def is_end(self, at: int) -> bool:
        """Return whether a clause ends before a position."""
        return at >= len(self.tokens) or self.tokens[at].is_break

    def is_capital(self, at: int) -> bool:
        """Return whether the word at a position has a capital that may mark a name."""
        return self.capitals_speak and at < len(self.tokens) and self.tokens[at].is_capital

    def slice(self, start: int, end: int) -> str:
        """Return the text of the tokens [start, end) as written, on one line."""
        if start >= end:
            return ""
        return " ".join(self.text[self.tokens[start].start : self.tokens[end - 1].end].split())

    def after_phrase(self, at: int, phrases: tuple[Phrase, ...]) -> int:
        """Return the position after the first of `phrases` found at a position; 0 for none."""
        near = (self.low(at + 1), self.low(at + 2))  # the second word may follow a hyphen
        for phrase in phrases:
            end = self._after(at, phrase) if len(phrase) == 1 or phrase[1] in near else 0
            if end:
                return end
        return 0

    def _after(self, at: int, phrase: Phrase) -> int:
        for number, word in enumerate(phrase):
            if number and self.low(at) == "-":
                at += 1
            if self.low(at) != word:
                return 0
            at += 1
        return at

    def kind_of(self, start: int, end: int) -> str:
        """Return the musical kind of the tokens [start, end).

        "descriptor" for a phrase that only the library knows; "" for neither.
        """
        kind = lexicon.kind_of(*(low for low in self.lows[start:end] if low != "-"))
        return kind or ("descriptor" if self.describes(start, end) else "")

    def kind_before(self, start: int, end: int) -> str:
        """Return the kind of the longest musical phrase in [start, end) that ends at `end`.

        "descriptor" for a phrase that only the library knows; "" for none.
        """
        firsts = range(max(start, end - _LONGEST_KIND), end)
        for first in firsts:
            kind = lexicon.kind_of(*(low for low in self.lows[first:end] if low != "-"))
            if kind:
                return kind
        return "descriptor" if any(self.describes(first, end) for first in firsts) else ""

    def describes(self, start: int, end: int) -> bool:
        """Return whether the tokens, or their singular, are a descriptor of the library."""
        if (start, end) not in self._described:
            said = self.slice(start, end)
            forms = (said, *lexicon.singulars(said)) if said else ()
            self._described[start, end] = any(map(self.is_descriptor, forms))
        return self._described[start, end]

    def descriptor_end(self, start: int) -> int:
        """Return the position after the longest descriptor that starts here; 0 for none.

        A single function word ("the", "for") does not count as a descriptor.
        """
        last = start
        while last < start + _LONGEST_KIND and not self.is_end(last):
            last += 1
        first = start + 2 if lexicon.is_a(self.low(start), "stop", "determiner") else start + 1
        ends = range(last, first - 1, -1)
        return next((end for end in ends if self.describes(start, end)), 0)

    def kinds_of(self, start: int, end: int) -> frozenset[str]:
        """Return the kinds of name that the tokens can be in the library; empty without words."""
        return self.kinds(self.slice(start, end)) if any(self.plain[start:end]) else frozenset()

    def _protected(self) -> list[bool]:
        """Return, for each token, whether it is part of an idiom or of a known name."""
        protected = [False] * len(self.tokens)
        idioms = self._idioms()
        for at, low in enumerate(self.lows):
            end = self.after_phrase(at, idioms.get(low, ()))
            end = 0 if end and self._is_longer(at + 1, end) else end
            end = max(end, self._after_title(at))
            protected[at:end] = [True] * (end - at)
        return protected

    def _is_longer(self, start: int, end: int) -> bool:
        """Return whether a musical phrase overlaps the end of an idiom: "no show" + "tunes"."""
        more = range(end + 1, min(end + 2, len(self.tokens)) + 1)
        return not self.is_end(end) and any(self.kind_of(start, longer) for longer in more)

    def _after_title(self, at: int) -> int:
        """Return the position after a known name of two to six tokens; 0 for none.

        Rules skip such a name: "No Doubt", "The 1975". Its first word must be capitalised, and its
        last be capitalised or a number: a single capital at the start of a clause is not evidence.
        """
        if not self.is_capital(at):
            return 0
        for end in range(min(at + 6, len(self.tokens)), at + 1, -1):
            last = self.tokens[end - 1]
            speaks = self.is_capital(end - 1) or last.low.isdigit()
            if speaks and self.is_name(at, end):
                return end
        return 0

    def is_name(self, start: int, end: int) -> bool:
        """Return whether the tokens are a name in the library or a well-known act."""
        folded = " ".join(plain for plain in self.plain[start:end] if plain)
        bare = folded.removeprefix("the ")
        if not folded:
            return False
        is_known = folded in lexicon.acts() or bare in lexicon.acts() or self.knows(bare)
        return is_known or (self._is_marked(start, end) and self.knows(self.slice(start, end)))

    def _is_marked(self, start: int, end: int) -> bool:
        """Return whether marks replace letters: "Ke$ha", "P!nk", "Rock'n'Roll"."""
        lows = self.lows[start:end]
        return any(low in ("$", "!") for low in lows[:-1]) or any("'n'" in low for low in lows)


def _plain(token: Token) -> str:
    if token.is_word:
        return fold_name(token.low)
    return "and" if token.low in ("&", "+") else ""


def _capitals_mark_names(tokens: list[Token]) -> bool:
    """Return whether capitals mark names: False for all capitals and for title case."""
    words = [token for token in tokens if token.is_word and not token.low[0].isdigit()]
    capitals = sum(token.is_capital for token in words)
    shouted = any(
        token.is_capital and token.low in _NEVER_CAPITAL and not before.is_break
        for before, token in pairwise(tokens)
    )
    return capitals < len(words) and not (shouted and capitals > 0.7 * len(words))
