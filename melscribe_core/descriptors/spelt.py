"""Descriptors in other languages: what they mean in English, and how a track's own are shown.

A set holds the English descriptors, so that search, exclusion and lending know one name for a
thing; beside it is kept how the tags of a track spell them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from melscribe_core.descriptors.tables import spelling_key, table
from melscribe_core.descriptors.vocabulary import Vocabulary, read_tag
from melscribe_core.languages.phrases import english_of

Spelt = Mapping[str, tuple[str, ...]]
"""English descriptor -> the descriptors that a track's tags have for it, in their order."""

AS_WRITTEN: Spelt = {}  # of a track whose tags are English

_END, _MEANS, _NEXT = "; ", " > ", ", "  # no descriptor holds a semicolon, a comma or a ">"


@lru_cache(maxsize=1 << 14)
def in_english(descriptor: str, vocabulary: Vocabulary) -> tuple[str, ...] | None:
    """Return the English descriptors that one in another language means, as they are spelt here.

    None for one that is English, or of no known language; () when its English is junk.
    """
    if spelling_key(descriptor) in vocabulary.spellings:
        return None
    english = english_of(descriptor)
    names = (name for one in english for name in read_tag(one, vocabulary))
    return tuple(dict.fromkeys(names)) if english else None


def spelt_line(spelt: Spelt) -> str:
    """Return spellings as one line, "" for none."""
    return _END.join(f"{name}{_MEANS}{_NEXT.join(own)}" for name, own in sorted(spelt.items()))


@lru_cache(maxsize=20_000)
def spelt_in(line: str) -> Spelt:
    """Return what `spelt_line` wrote. Raises ValueError for any other line."""
    parts = [part.partition(_MEANS) for part in line.split(_END)] if line else []
    if not all(name and own for name, _, own in parts):
        raise ValueError(f"{line!r} is not what was written")
    return {name: tuple(own.split(_NEXT)) for name, _, own in parts}


def with_english(descriptor: str, spelt: Spelt) -> str:
    """Return a descriptor as the tags spell it, its English in brackets: "klavier (piano)"."""
    own = [name for name in spelt.get(descriptor, ()) if name != descriptor]
    return f"{' / '.join(own)} ({descriptor})" if own else descriptor


def english_by_tag(spelt: Spelt) -> dict[str, list[str]]:
    """Return for each descriptor in another language what it means in English."""
    found: dict[str, list[str]] = {}
    for english, own in spelt.items():
        for name in own:
            if name != english:
                found.setdefault(name, []).append(english)
    return found


def name_of_language(code: str) -> str:
    """Return the English name of a language by its ISO 639 code, the code itself if unknown."""
    names = (name for name, codes in table("languages.txt") if code in codes)
    return next(names, code).capitalize()


def as_spelt(descriptors: Iterable[str], spelt: Spelt) -> tuple[str, ...]:
    """Return descriptors as the tags of their track spell them, each once, in their order."""
    if not spelt:
        return tuple(descriptors)
    return tuple(dict.fromkeys(own for name in descriptors for own in spelt.get(name, (name,))))
