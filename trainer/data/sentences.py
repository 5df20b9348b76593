"""Sentences of a caption, and the descriptors that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from melscribe_core.descriptors.sets import Rules, load_rules, text_of
from melscribe_core.descriptors.tables import spelling_key

LONGEST_NAME = 5  # words of a descriptor that are looked for in a sentence

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+")
_WORD = re.compile(r"[^\s,;:.!?()\"“”/]+")


def sentences(caption: str) -> list[str]:
    """Split a caption into trimmed sentences; [] for an empty one."""
    parts = (part.strip() for part in _SENTENCE_END.split(caption.replace("\n", " ")))
    return [part for part in parts if part]


def named_in(sentence: str, descriptors: Sequence[str]) -> tuple[str, ...]:
    """Return those of `descriptors` that the sentence names: any spelling, singular or plural."""
    keys = gram_keys(sentence, LONGEST_NAME)
    return tuple(name for name in descriptors if _singular(spelling_key(name)) in keys)


def gram_key(phrase: str) -> str:
    """Return the key of a phrase among `gram_keys`."""
    return _singular("".join(_word_key(word) for word in _WORD.findall(phrase)))


def gram_keys(sentence: str, longest: int) -> set[str]:
    """Return the keys of all runs of up to `longest` words, singular, with spellings resolved."""
    words = [_word_key(word) for word in _WORD.findall(sentence)]
    keys: set[str] = set()
    for start in range(len(words)):
        gram = ""
        for word in words[start : start + longest]:
            gram += word
            keys.add(_singular(gram))
            keys.update(_spelt(gram))
    return keys


@lru_cache(1 << 16)
def _word_key(word: str) -> str:
    if any(c.isdigit() for c in word):
        word = text_of([word]) or word  # "90's" -> "1990s"
    return "and" if word.casefold() in ("n", "'n'", "+") else spelling_key(word)


@cache
def _rules() -> Rules:
    return load_rules()


def _spelt(key: str) -> Iterable[str]:
    names = _rules().vocabulary.spellings.get(key, ())
    return (_singular(spelling_key(name)) for name in names)


def _singular(key: str) -> str:
    """Return a key without a plural's s, so that "guitars" names "guitar"."""
    return key[:-1] if len(key) > 3 and key.endswith("s") and not key.endswith("ss") else key
