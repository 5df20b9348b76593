"""The words of a request: which of them count, word scores, and how these join the cosines.

The vector finds what a request means, the words what it names; `evidence` joins the two. Everything
here is pure: the catalogue runs the FTS5 searches and counts the texts that hold each word. A text
is a descriptor set as the catalogue stores it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from math import log, sqrt

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.absences import is_absence
from melscribe_core.encoder.calibration import Calibration, Scale

MAX_WORDS = 64  # of a request; a pasted page must not become a huge query

# Chosen on the dev requests and captions (benchmarks/quality/fusion.md); flat within 1.2 x.
HALF_BELIEVED = 0.13  # share of the request at which a match by words counts half
STEEPNESS = 4  # a power: at half of HALF_BELIEVED a match counts a seventeenth, at twice 94 %

SAMPLE = 512  # texts whose cosines give a request's scale well enough
_FEW = 16  # texts: with fewer, the scale is mostly the usual one

# The share of the request that a descriptor holds, by unit.
_Match = tuple[tuple[str, float], ...]

_WORD = re.compile(r"[^\W_]+")
_GENITIVE = re.compile(r"['’](?=s\b)")
_DECADE = re.compile(r"([0-9])0s")
_DECADE_NAMES = {
    "twenties": "1920s",
    "thirties": "1930s",
    "forties": "1940s",
    "fifties": "1950s",
    "sixties": "1960s",
    "seventies": "1970s",
    "eighties": "1980s",
    "nineties": "1990s",
    "noughties": "2000s",
}
_GENRES = {  # adjectives for music that is like a genre
    "bluesy": "blues",
    "folksy": "folk",
    "folky": "folk",
    "funky": "funk",
    "jazzy": "jazz",
    "poppy": "pop",
    "punky": "punk",
    "soulful": "soul",
}


@dataclass(frozen=True)
class Rarity:
    """The number of texts, and of those that hold a word (as FTS5 stores it; absent: none)."""

    texts: int
    frequency: Mapping[str, int]

    def of(self, word: str) -> float:
        """Return the word's weight, above 0: an inverse document frequency over all its forms."""
        held = max((self.frequency.get(form, 0) for form in _forms(word)), default=0)
        return log(1 + (self.texts + 1) / (held + 1))

    def at_most(self, words: Iterable[str]) -> int:
        """Return the number of texts that hold some of the words, or more."""
        return sum(self.frequency.get(form, 0) for form in word_forms(words))


def scale_of(cosines: FloatArray, usual: Scale) -> Scale:
    """Return the scale of a request from its cosines to a sample of the texts.

    The sample, SAMPLE texts evenly spread over the catalogue, must not depend on the request. The
    spread is mixed with the `usual` one as if _FEW texts of that had been seen too; without texts
    the scale is the usual one.
    """
    seen = len(cosines)
    # Never above the usual one: where every text fits, every text is to score well. The order of
    # the texts does not depend on the mean.
    mean = min(float(cosines.mean()), usual.mean) if seen else usual.mean
    variance = float(cosines.var()) if seen else 0.0
    mixed = (seen * variance + _FEW * usual.spread**2) / (seen + _FEW)
    return Scale(mean, sqrt(mixed))


def content_words(about: str) -> tuple[str, ...]:
    """Return the words that are not stop words, folded, each once, in order.

    At most MAX_WORDS; empty when there are none.
    """
    stop = _stop_words()
    words = dict.fromkeys(word for word in _folded(about) if word not in stop)
    return tuple(words)[:MAX_WORDS]


def is_stop_word(word: str) -> bool:
    """Say whether a word, in lower case, is one that does not describe how music sounds."""
    return word in _stop_words()


def word_forms(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words in every form that is looked up: the keys needed in Rarity.frequency."""
    return tuple(dict.fromkeys(form for word in words for form in _forms(word)))


@lru_cache(maxsize=20_000)
def word_bases(descriptor: str) -> tuple[str, ...]:
    """Return the base forms by which a descriptor's words are compared, each once.

    Without stop words when other words are left: "dance music" is "dance". An absence is one unit:
    "no drums" has no word in common with "drums".
    """
    if is_absence(descriptor):
        return (descriptor,)
    words = _folded(descriptor)
    content = [word for word in words if word not in _stop_words()]
    return tuple(dict.fromkeys(_base(word) for word in content or words))


def match_expression(words: Sequence[str]) -> str:
    """Return the FTS5 MATCH expression for texts with any of the words, in any of its forms.

    Every word is quoted, so that nothing in a request acts as an operator. "" when there are no
    words; FTS5 rejects an empty expression, so do not search then.
    """
    safe = (form.replace("\0", "").replace('"', '""') for form in word_forms(words[:MAX_WORDS]))
    return " OR ".join(f'"{form}"' for form in safe)


def all_expression(words: Sequence[str]) -> str:
    """Return the FTS5 MATCH expression for texts with all of the words, each in any form."""
    return " AND ".join(f"({match_expression([word])})" for word in words[:MAX_WORDS])


def held_expression(descriptors: Iterable[str]) -> str:
    """Return the FTS5 MATCH expression for texts that hold all these descriptors, as phrases.

    A text that holds one within another ("death metal") counts too.
    """
    phrases = [" ".join(_folded(descriptor)) for descriptor in descriptors]
    return " AND ".join(f'"{phrase}"' for phrase in phrases if phrase)


def words_score(
    words: Sequence[str],
    descriptors: Sequence[str],
    rarity: Rarity,
    named: Set[str] = frozenset(),
) -> float:
    """Return how well a set matches the words, 0 (no word in common) to 1 (exactly those words).

    It is the mean of two shares, times the belief that the match is not chance. The shares are r,
    of the request's words that the set holds, weighted by rarity, and that of the set's descriptors
    that are `named`: said whole in the request. Words that are in no text count in r, so the belief
    r^4 / (r^4 + HALF_BELIEVED^4), scaled to be 1 at 1, is near 0 for a story of which the index
    holds a word or two. A descriptor matched in part counts in part in r. `rarity` must know
    `word_forms(words)`.
    """
    return float(words_scores(words, (descriptors,), rarity, named=named)[0])


def words_scores(
    words: Sequence[str],
    sets: Sequence[Sequence[str]],
    rarity: Rarity,
    units: Iterable[Sequence[str]] = (),
    named: Set[str] = frozenset(),
) -> FloatArray:
    """Return the `words_score` of every set, float32 (sets,).

    The words of one of the `units` name one thing: "drum and bass" does not match "drums" and
    "bass" as two.
    """
    weights = {_base(word): rarity.of(word) for word in words}
    total = sum(weights.values()) or 1.0
    asked = {base: weight / total for base, weight in weights.items()}
    unit_of = {base: base for base in asked}
    for unit in units:
        unit_of.update((_base(word), _base(unit[0])) for word in unit)
    matches: dict[str, _Match] = {}
    for descriptor in set(chain.from_iterable(sets)):
        if match := _match(asked, unit_of, descriptor):
            matches[descriptor] = match
    of_request = _floats((_held([matches[d] for d in one if d in matches]) for one in sets), sets)
    of_set = _floats((sum(d in named for d in one) / (len(one) or 1) for one in sets), sets)
    return np.asarray(_belief(of_request) * (of_request + of_set) / 2, np.float32)


def matched_words(words: Sequence[str], descriptors: Sequence[str]) -> tuple[str, ...]:
    """Return the descriptors that share a word with the request, in the order given."""
    asked = {_base(word) for word in words}
    return tuple(d for d in descriptors if not asked.isdisjoint(word_bases(d)))


def evidence(
    meaning: FloatArray, words: FloatArray, scale: Scale, calibration: Calibration
) -> FloatArray:
    """Join cosines and word scores, element by element, into the quantity that ranks.

    It is the standard score of the cosine on the request's scale, plus the word score times the
    weight in the encoder's calibration.
    """
    joined: FloatArray = (meaning - scale.mean) / scale.spread + calibration.words * words
    return joined


def _match(asked: Mapping[str, float], unit_of: Mapping[str, str], descriptor: str) -> _Match:
    """Return which shares of the request a descriptor holds, () if it has no word of it.

    `asked` maps a word's base to its share of the request, `unit_of` to the unit it belongs to.
    """
    bases = word_bases(descriptor)
    matched = [base for base in bases if base in asked]
    held: dict[str, float] = {}
    for base in matched:
        held[unit_of[base]] = held.get(unit_of[base], 0.0) + asked[base] * len(matched) / len(bases)
    return tuple(held.items())


def _held(matches: Iterable[_Match]) -> float:
    """Return the share of the request that a set holds, from those of its descriptors that match.

    A unit counts by the one descriptor that holds most of it.
    """
    best: dict[str, float] = {}
    for unit, share in chain.from_iterable(matches):
        best[unit] = max(share, best.get(unit, 0.0))
    return sum(best.values())


def _belief(of_request: FloatArray) -> FloatArray:
    """Return 0 for a share of the request of 0, half at HALF_BELIEVED, 1 for all of it."""
    power, half = of_request**STEEPNESS, HALF_BELIEVED**STEEPNESS
    return np.asarray(power * (1 + half) / (power + half), np.float32)


def _floats(values: Iterable[float], sets: Sequence[object]) -> FloatArray:
    return np.fromiter(values, np.float32, len(sets))


def _folded(text: str) -> list[str]:
    """Return the words as FTS5 stores them (see schema.TOKENIZER), except that "80's" is "80s".

    Not by `text.unaccented`: FTS5 removes accents, and keeps compatibility forms such as "²".
    """
    decomposed = unicodedata.normalize("NFD", _GENITIVE.sub("", text.lower()))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _WORD.findall(unicodedata.normalize("NFC", bare))


def _base(word: str) -> str:
    """Return a word's base: the singular, a decade in digits, the genre of an adjective.

    An absence ("no drums") is its own base, as in `word_bases`.
    """
    if " " in word:
        return word
    if decade := _DECADE.fullmatch(word):
        return f"{'20' if decade[1] in '012' else '19'}{decade[1]}0s"
    if word in _DECADE_NAMES:
        return _DECADE_NAMES[word]
    if word in _GENRES:
        return _GENRES[word]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ues", "0s")):
        return word[:-1]
    return word


def _forms(word: str) -> tuple[str, str]:
    base = _base(word)
    if word in _GENRES:
        return base, word
    return (base, base[2:]) if base.endswith("0s") else (base, base + "s")


@cache
def _stop_words() -> frozenset[str]:
    listed = (files("melscribe_core.search") / "data" / "stopwords.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0] for line in listed.splitlines())
    return frozenset(word for line in lines for word in line.split())
