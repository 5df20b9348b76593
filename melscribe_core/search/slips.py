"""Typing errors in a request -> the descriptors of the library that were meant.

An unknown word is corrected to a word of the library's descriptors that is one slip away, two for a
long word; where it has none so near, to a word of any English descriptor, or of a rendering in
another language. In a request in another language, to a word of that one's renderings only. A slip
is a letter deleted, inserted, replaced or swapped with its neighbour (Damerau-Levenshtein
distance), or a space deleted or inserted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from melscribe_core.descriptors.tables import spelling_key
from melscribe_core.languages.glossary import codes, renderings
from melscribe_core.languages.phrases import folded, stop_words, words_written
from melscribe_core.search.mentions import KnownDescriptors

SHORTEST = 3  # letters of a word that may be a slip
LONG_UNKNOWN = 6  # letters of a word that may be a slip of one that no track has
LONG = 8  # letters of a word that may have two slips
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True)
class Slip:
    """What was written, and the descriptor, or the word of one, that it is corrected to."""

    said: str
    meant: str


@dataclass(frozen=True)
class Spelling:
    """What distinguishes slips from words.

    `known` are the library's descriptors, `words` the words in them with the number of descriptor
    sets that hold each; `is_word` says whether a word, in lower case, is known from elsewhere.
    `language` is the code of the request's language, "" for English.
    """

    known: KnownDescriptors
    words: Callable[[], Mapping[str, int]]
    is_word: Callable[[str], bool]
    language: str = ""


def corrected(text: str, spelling: Spelling) -> tuple[str, tuple[Slip, ...]]:
    """Return the text with its slips corrected, and the slips in order; quoted parts are kept."""
    slips: list[Slip] = []
    pieces: list[str] = []
    at = 0
    for start, end, meant in _found(text, spelling):
        slips.append(Slip(text[start:end], meant))
        pieces += [text[at:start], meant]
        at = end
    return "".join([*pieces, text[at:]]), tuple(slips)


def _found(text: str, spelling: Spelling) -> Iterator[tuple[int, int, str]]:
    """Yield start and end of each slip, and what is meant."""
    words = [match for match in _WORD.finditer(text) if not _is_quoted(text, match.start())]
    skip = -1
    for number, word in enumerate(words):
        if number <= skip or not _is_doubtful(text, word, spelling):
            continue
        if meant := _misspelt(word[0].casefold(), spelling):
            yield word.start(), word.end(), meant
            continue
        split = _with_neighbour(text, words, number, spelling)
        if split is not None:
            first, last, meant = split
            skip = last
            yield words[first].start(), words[last].end(), meant
        elif (meant := _meant(word[0].casefold(), spelling)) and _may_be(text, word, meant):
            yield word.start(), word.end(), meant


def _is_doubtful(text: str, word: re.Match[str], spelling: Spelling) -> bool:
    """Say whether a word is unknown, and no proper name within an English sentence."""
    low = word[0].casefold()
    if spelling.language:
        return len(low) >= SHORTEST and not spelling.is_word(low)
    if len(low) < SHORTEST or _is_name(text, word) or spelling.known.find(low):
        return False
    return not spelling.is_word(low) or bool(_misspelt(low, spelling))


def _misspelt(low: str, spelling: Spelling) -> str:
    """Return the descriptor that no track has and of which a word is a known wrong spelling.

    "" for any other word, abbreviations of descriptors among them.
    """
    names = spelling.known.vocabulary.spellings.get(spelling_key(low), ())
    if spelling.language or len(names) != 1 or len(low) < LONG_UNKNOWN:
        return ""
    return _nearest(low, {names[0]: 0})


def _may_be(text: str, word: re.Match[str], meant: str) -> bool:
    """Say whether a word may be this one, with a capital: a name is none but a German noun's."""
    return meant[0].isupper() or not _is_name(text, word)


def _is_name(text: str, word: re.Match[str]) -> bool:
    """Say whether a word is a proper name within a sentence."""
    said = word[0]
    return said[0].isupper() and not said.isupper() and _follows_lower_case(text, word.start())


def _follows_lower_case(text: str, start: int) -> bool:
    """Say whether words in lower case precede a position, so that a capital there is a choice."""
    return any(match[0].islower() for match in _WORD.finditer(text[:start]))


def _with_neighbour(
    text: str, words: list[re.Match[str]], number: int, spelling: Spelling
) -> tuple[int, int, str] | None:
    """Return a descriptor that the word and its neighbour name when written as one word.

    Returned are the positions of the two words, and the descriptor; the next word is tried before
    the previous one.
    """
    for first in (number, number - 1):
        if first >= 0 and first + 1 < len(words):
            pair = words[first : first + 2]
            between = text[pair[0].end() : pair[1].start()]
            if between == " " and (named := spelling.known.find(pair[0][0] + pair[1][0])):
                return first, first + 1, named[0]
    return None


def _meant(low: str, spelling: Spelling) -> str:
    """Return the word that an unknown one is a slip of, "" for none."""
    if spelling.language:
        return _rendering(low, (spelling.language,))
    if meant := _nearest(low, spelling.words()):
        return meant
    if len(low) < LONG_UNKNOWN:
        return ""
    # Of so many words some are near to any word: the first letter must be right, too.
    english = {word: 0 for word in _english() if word[0] == low[0]}
    return _nearest(low, english) or _rendering(low, codes())


def _rendering(low: str, languages: Iterable[str]) -> str:
    """Return the word of a rendering, as it is written there, that a word is a slip of."""
    said = folded(low)
    for code in languages:
        written = words_written(code)
        stop = stop_words(code)
        words = (word for word in written if word not in stop and word[0] == said[0])
        meant = _nearest(said, dict.fromkeys(words, 0))
        is_ending = meant[:-1].startswith(said[:-1]) and meant[-1:] != said[-1]
        if meant and not is_ending:
            return written[meant]
    return ""


@cache
def _english() -> Mapping[str, int]:
    """Return the words of the English descriptors that the glossaries have."""
    names = (name for code in codes() for meaning in renderings(code) for name in meaning)
    words = (word for name in names for word in _WORD.findall(name))
    return {word: 0 for word in words if len(word) >= LONG_UNKNOWN}


def _nearest(low: str, words: Mapping[str, int]) -> str:
    """Return which of these words, with their frequencies, one is a slip of, "" for none.

    The nearest one; among equals one with the same first letter, which is seldom wrong; then the
    most frequent.
    """
    from jellyfish import damerau_levenshtein_distance as distance  # for a slip only

    allowed = 2 if len(low) >= LONG else 1
    near = [
        (distance(low, word), word[0] != low[0], -count, word)
        for word, count in words.items()
        if abs(len(word) - len(low)) <= allowed and len(word) >= SHORTEST
    ]
    best = min(near, default=None)
    if best is None or not 0 < best[0] <= allowed or _is_ending(low, best):
        return ""
    return best[3]


def _is_ending(low: str, best: tuple[int, bool, int, str]) -> bool:
    """Say whether only the ending differs, which is not a slip: "microtones", "microtonal"."""
    distance, _, _, word = best
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(low, word, strict=False))
    return distance > 1 and len(list(alike)) >= len(low) - distance


def _is_quoted(text: str, start: int) -> bool:
    return text.count('"', 0, start) % 2 == 1
