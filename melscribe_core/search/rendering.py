"""A request in another language -> the English descriptors that its words mean.

The encoder reads a request as it is written; its words are looked up, named, missed and excluded by
their English descriptors, with the words that no glossary knows beside them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.descriptors.vocabulary import Vocabulary, read_tag
from melscribe_core.languages.glossary import codes
from melscribe_core.languages.phrases import Rendering, folded, kept, rendered, stop_words
from melscribe_core.search.words import content_words

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Reading:
    """What a text in another language says: English descriptors, and its other words.

    `language` is a code, "" for English; then the rest is empty. `other` are the words as written
    that are neither rendered nor stop words.
    """

    language: str = ""
    english: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The descriptors and the other words as one text, a list."""
        return SEPARATOR.join((*self.english, *self.other))


IN_ENGLISH = Reading()


def reading(text: str, language: str, vocabulary: Vocabulary) -> Reading:
    """Return what a text in a language says, IN_ENGLISH for the language ""."""
    if not (language and text):
        return IN_ENGLISH
    parts = rendered(text, language)
    english = (name for part in parts for name in _spelt(part, vocabulary))
    stop = stop_words(language)
    words = (match[0] for match in _WORD.finditer(_without(text, parts)))
    other = (word for word in words if folded(word) not in stop)
    return Reading(language, tuple(dict.fromkeys(english)), tuple(dict.fromkeys(other)))


def own_words(text: str, language: str) -> tuple[str, ...]:
    """Return the content words of a text as written, without the stop words of its language."""
    stop = stop_words(language) if language else frozenset()
    return tuple(word for word in content_words(text) if word not in stop)


def has_strange(text: str, is_word: Callable[[str], bool]) -> bool:
    """Say whether a text has a word that is not known: few English requests have one."""
    words = (match[0].casefold() for match in _WORD.finditer(text))
    return not all(word.isdecimal() or is_word(word) for word in words)


def borrowed(
    text: str, vocabulary: Vocabulary, is_word: Callable[[str], bool]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return an English text with what it says in other languages put into English.

    Only words that are not known otherwise are looked up. Beside the text are the pairs of what
    was written and what it means; () when nothing was.
    """
    if not has_strange(text, is_word):
        return text, ()
    found = _most_read([[*_strange(text, code, is_word)] for code in codes()])
    pairs: list[tuple[str, str]] = []
    for part in reversed(found):
        english = SEPARATOR.join(_spelt(part, vocabulary))
        if english:
            pairs.append((part.said, english))
            text = text[: part.start] + english + text[part.end :]
    return text, tuple(reversed(pairs))


def _most_read(readings: Sequence[list[Rendering]]) -> list[Rendering]:
    """Return the reading of most letters, among equals the one that most languages have."""

    def worth(parts: list[Rendering]) -> tuple[int, int]:
        return sum(part.end - part.start for part in parts), readings.count(parts)

    return max(readings, key=worth, default=[])


def _strange(text: str, code: str, is_word: Callable[[str], bool]) -> Iterator[Rendering]:
    for part in rendered(text, code, exact=True):
        words = [match[0] for match in _WORD.finditer(part.said)]
        strange = any(not is_word(word.casefold()) for word in words)
        if strange and folded(part.said) not in kept(code):
            yield part


def _spelt(part: Rendering, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the descriptors of a part as the vocabulary spells them."""
    for one in part.english:
        yield from read_tag(one, vocabulary)


def _without(text: str, parts: tuple[Rendering, ...]) -> str:
    for part in reversed(parts):
        text = f"{text[: part.start]} {text[part.end :]}"
    return text
