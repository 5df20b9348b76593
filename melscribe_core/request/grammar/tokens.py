"""Tokenizer: the text of a request -> tokens with their character offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from melscribe_core.request.folding import fold

# Numbers with a fraction, times, sums, percentages, apostrophe years, initials, words, marks.
_TOKEN = re.compile(
    r"""
      \d+[ ]?[½¼¾⅓⅔] | \d+[ ]\d/\d(?!\w)          # 2½, 2 1/2
    | \d{1,2}:\d{2}(?!\d)                        # 3:30
    | \d{1,2}/\d{1,2}(?![\d\w])                  # 24/7, 1/2
    | [#$£€]\d[\d.,]*\d | [#$£€]\d               # $20, #1
    | \d+(?:\.\d+)?%
    | ['’‘`´]\d{2}(?:['’]?s|ies)?(?!\w)          # '94, '80s
    | (?:[^\W\d_]\.){2,}                         # R.E.M.
    | (?<!\w)[wW]/o?(?!\w)                       # w/o, w/
    | \w+(?:(?:['’‘`´](?=[^\W\d_])|&(?=[^\W\d_])|(?<=\d)\.(?=\d)|(?<=\d),(?=\d{3}(?!\d)))\w+)*
    | -{2,}
    | \n
    | [^\w\s]
    """,
    re.VERBOSE,
)
_MEASURE = re.compile(
    r"(\d+(?:\.\d+)?)(bpm|ish|hours?|hrs?|h|minutes?|mins?|m|secs?|seconds?)"
    r"(?:(\d{1,2})(m|mins?)?)?"
)
_HYPHENS = frozenset("-‐‑‒–−")
_BREAKS = frozenset(',;:.!?—()[]{}…|\n"•·')


@dataclass(frozen=True)
class Token:
    """One word or mark: its offsets [start, end) in the cleaned request, and its folded form."""

    low: str
    start: int
    end: int
    is_word: bool  # letters or digits, not a mark
    is_capital: bool  # begins with an upper-case letter, or one of a script without case

    @property
    def is_break(self) -> bool:
        """Return whether the token ends a clause; hyphens, "&" and emoji do not."""
        return self.low in _BREAKS


def clean(text: str) -> str:
    """Return `text` in NFC; control characters but line feeds become spaces."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(" " if _is_noise(character) else character for character in composed)


def _is_noise(character: str) -> bool:
    return character != "\n" and unicodedata.category(character) in ("Cc", "Cs")


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a cleaned text, in order, without white space."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        tokens.extend(_split_measure(text, match.start(), match.end()))
    return tokens


def _split_measure(text: str, start: int, end: int) -> Iterator[Token]:
    """Yield one token, or the parts of a number written with its unit ("120bpm", "1h30")."""
    low = fold(text[start:end])
    measure = _MEASURE.fullmatch(low) if len(low) == end - start else None
    if measure is None:
        yield _token(text, low, start, end)
        return
    for group in range(1, 5):
        if measure[group]:
            yield _token(
                text, measure[group], start + measure.start(group), start + measure.end(group)
            )


def _token(text: str, low: str, start: int, end: int) -> Token:
    first = text[start]
    is_word = any(character.isalnum() for character in low)
    if not is_word:
        low = _mark(text, low, start, end)
    is_capital = first.isupper() or (first.isalpha() and first.lower() == first.upper())
    return Token(low, start, end, is_word, is_capital)


def _mark(text: str, low: str, start: int, end: int) -> str:
    """Return "-" for a hyphen that joins two words, "—" for any other dash, or the mark."""
    if low[0] not in _HYPHENS:
        return "—" if low == "―" else low
    inside = start > 0 and end < len(text)
    joins = inside and not text[start - 1].isspace() and not text[end].isspace()
    return "-" if joins and len(low) == 1 else "—"
