"""ForeignScene: the tokens of a request in another language, in the form its patterns have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from melscribe_core.request.folding import fold
from melscribe_core.request.grammar.context import Context
from melscribe_core.request.grammar.lexicon import Phrase, by_first_word
from melscribe_core.request.grammar.scene import Scene
from melscribe_core.request.grammar.tokens import Token, tokenize
from melscribe_core.text import unaccented

_CLIPPED = 3  # letters: "'nen" is one word, "'Roads'" a quotation
_GLUED = re.compile(r"(\d+(?:[.,]\d+)?)([^\W\d_]+)(\d{1,2})?")


@dataclass(frozen=True)
class Writing:
    """How a language is written.

    spellings: letters that are written for others ("ue" for "ü"), each with what both become.
    elisions: words before an apostrophe that are words of their own: "d", "l".
    units: units that may be written together with their number: "min", "std".
    """

    spellings: tuple[tuple[str, str], ...] = ()
    elisions: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    def form(self, word: str) -> str:
        """Return the form of a word that is compared: without accents and other spellings."""
        low = fold(word)
        if not low.isascii():
            low = unaccented(low)
        for written, meant in self.spellings:
            low = low.replace(written, meant)
        return low

    def phrase(self, text: str) -> Phrase:
        """Return the forms of the words of a text without hyphens, as phrases are compared."""
        plain = text.replace("-", " ").split()
        if "".join(plain).isalpha():  # most entries: skip the tokenizer
            return tuple(map(self.form, plain))
        words: list[str] = []
        for token in self.tokens(text):
            if token.low == "'" and words and words[-1] in self.elisions:
                words[-1] += "'"
            elif token.low not in ("-", "—"):
                words.append(self.form(token.low))
        return tuple(words)

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of a text; elided words and glued units are tokens of their own."""
        return [*_unclipped(self._split(text, tokenize(text)))]

    def _split(self, text: str, tokens: Iterable[Token]) -> Iterator[Token]:
        for token in tokens:
            first, mark, _ = token.low.partition("'")
            glued = _GLUED.fullmatch(token.low)
            if (
                mark
                and len(token.low) == token.end - token.start
                and self.form(first) in (self.elisions)
            ):
                yield from self._elided(text, token, len(first) + 1)
            elif glued and glued[2] in self.units and len(token.low) == token.end - token.start:
                yield from _parts(text, token, [glued.span(group) for group in (1, 2, 3)])
            else:
                yield token

    def _elided(self, text: str, token: Token, cut: int) -> Iterator[Token]:
        """Yield "d'" and "amour" of "d'amour"; the rest may have an elision of its own."""
        first, rest = _parts(text, token, [(0, cut), (cut, len(token.low))])
        yield first
        yield from self._split(text, [rest])


def _parts(text: str, token: Token, spans: Iterable[tuple[int, int]]) -> list[Token]:
    return [
        replace(
            token,
            low=token.low[start:end],
            start=token.start + start,
            end=token.start + end,
            is_capital=text[token.start + start].isupper(),
        )
        for start, end in spans
        if start >= 0
    ]


def _unclipped(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield tokens with the apostrophe of "'ne" joined to its word."""
    held: Token | None = None
    for token in tokens:
        joins = held is not None and held.end == token.start and len(token.low) <= _CLIPPED
        if held is not None and joins and token.is_word:
            yield replace(token, start=held.start)
            held = None
            continue
        if held is not None:
            yield held
        held = token if token.low == "'" else None
        if held is None:
            yield token
    if held is not None:
        yield held


class ForeignScene(Scene):
    """The tokens of one cleaned request in another language."""

    def __init__(
        self,
        text: str,
        context: Context,
        writing: Writing,
        idioms: Mapping[str, tuple[Phrase, ...]],
    ) -> None:
        self._writing = writing
        self._sayings = idioms
        super().__init__(text, context)

    def _tokenized(self, text: str) -> list[Token]:
        return self._writing.tokens(text)

    def _folded(self, tokens: list[Token]) -> list[str]:
        return [self._writing.form(token.low) for token in tokens]

    def _idioms(self) -> Mapping[str, tuple[Phrase, ...]]:
        return self._sayings


def phrases_of(writing: Writing, texts: Iterable[str]) -> dict[str, tuple[Phrase, ...]]:
    """Return phrases by their first word, longest first."""
    return by_first_word(filter(None, map(writing.phrase, texts)))
