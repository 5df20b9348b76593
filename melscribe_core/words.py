"""The words of a request: which ones count, where they occur, and how they join the meaning.

The vector finds what a request means; the words find what it names. `fuse` is
the one rule that joins them. Everything here is pure: the catalogue runs the FTS5 search, counts
the texts per word, and hands both in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

TOKENIZER = "unicode61 remove_diacritics 2"
"""How FTS5 splits a text into words; `_folded` does the same to a request."""

MAX_WORDS = 64  # a request says what it wants sooner; a pasted page must not become a huge query
WORDS_WEIGHT = 0.3

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Rarity:
    """How many texts there are, and how many hold a word (as FTS5 stores it; absent: none)."""

    texts: int
    frequency: Mapping[str, int]

    def of(self, word: str) -> float:
        """Return the word's weight, above 0: the rarer the heavier, one in no text the heaviest."""
        held = max((self.frequency.get(form, 0) for form in _forms(word)), default=0)
        return log(1 + (self.texts + 1) / (held + 1))


def content_words(about: str) -> tuple[str, ...]:
    """Return the words that say something, folded, each once, in order.

    At most MAX_WORDS. Empty when there are only stop words (or no words at all).
    """
    stop = _stop_words()
    words = dict.fromkeys(word for word in _folded(about) if word not in stop)
    return tuple(words)[:MAX_WORDS]


def word_forms(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words in singular and plural: the keys that Rarity.frequency needs."""
    return tuple(dict.fromkeys(form for word in words for form in _forms(word)))


def match_expression(words: Sequence[str]) -> str:
    """Return the FTS5 MATCH expression for texts with any of the words, in singular or plural.

    Every word is quoted, so nothing in a request can act as an operator. "" when there are no
    words: FTS5 refuses an empty expression, so do not search then.
    """
    safe = (form.replace("\0", "").replace('"', '""') for form in word_forms(words[:MAX_WORDS]))
    return " OR ".join(f'"{form}"' for form in safe)


def words_score(words: Sequence[str], descriptors: Sequence[str], rarity: Rarity) -> float:
    """Return how much the request's words and the set cover each other, 0 (no word) to 1 (all).

    The geometric mean of two shares. Of the request, weighed by rarity: a word that no text holds
    counts against it. Of the set, descriptor by descriptor: one matched in part counts less than
    one matched whole, on both sides. `rarity` needs to know `word_forms(words)` only.
    """
    asked = {_base(word): rarity.of(word) for word in words}
    found: dict[str, float] = {}  # word -> share of the best descriptor that it is in
    shares = 0.0
    for descriptor in descriptors:
        bases = _bases(descriptor)
        matched = [base for base in bases if base in asked]
        share = len(matched) / len(bases) if bases else 0.0
        shares += share
        found.update((base, max(share, found.get(base, 0.0))) for base in matched)
    if not found:
        return 0.0
    of_request = sum(asked[base] * share for base, share in found.items()) / sum(asked.values())
    return sqrt(of_request * shares / len(descriptors))


def matched_words(words: Sequence[str], descriptors: Sequence[str]) -> tuple[str, ...]:
    """Return the descriptors that share a word with the request, in the order given."""
    asked = {_base(word) for word in words}
    return tuple(d for d in descriptors if not asked.isdisjoint(_bases(d)))


def fuse(meaning: FloatArray, words: FloatArray, weight: float = WORDS_WEIGHT) -> FloatArray:
    """Join cosines and words scores, element by element, into the scores that rank, 0 to 1."""
    joined = (np.clip(meaning, 0.0, 1.0) + weight * words) / (1 + weight)
    return np.asarray(joined, np.float32)


def _folded(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _WORD.findall(unicodedata.normalize("NFC", bare))


@lru_cache(maxsize=20_000)
def _bases(descriptor: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_base(word) for word in _folded(descriptor)))


def _base(word: str) -> str:
    """Return the singular of a regular plural, other words as they are ("bass")."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _forms(word: str) -> tuple[str, str]:
    base = _base(word)
    return base, base + "s"


@cache
def _stop_words() -> frozenset[str]:
    listed = (files("melscribe_core") / "data" / "stopwords.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0] for line in listed.splitlines())
    return frozenset(word for line in lines for word in line.split())
