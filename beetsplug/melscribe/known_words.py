"""Which words are known: to the language, the encoder, the library or its names."""

from __future__ import annotations

from collections.abc import Iterator

from beetsplug.melscribe.index import LibraryIndex
from melscribe_core.descriptors.tables import spelling_key
from melscribe_core.request.grammar.lexicon import is_listed
from melscribe_core.search.words import is_stop_word

_ENDINGS = "'s s es n an ian ish ic al d ed ing er ers est ly y ness ful less".split()
_DOUBLING = ("ed", "ing", "er", "ers", "est", "y")  # "strumming", "snappy"


def is_word(index: LibraryIndex, low: str) -> bool:
    """Return whether a word in lower case, or a word that it is a form of, is known."""
    forms = (form for form in _stems(low) if form == low or len(form) > 3 or is_listed(form))
    return any(_is_known(index, form) for form in forms)


def _is_known(index: LibraryIndex, low: str) -> bool:
    return (
        is_stop_word(low)
        or is_listed(low)
        or index.encoder.knows(low)
        or spelling_key(low) in index.rules.vocabulary.spellings
        or bool(index.catalogue.words.frequency((low,)))
        or bool(index.catalogue.words.title_frequency((low,)))
    )


def _stems(low: str) -> Iterator[str]:
    """Yield a word and its possible base forms: "strumming", "strumm", "strumme", "strum"."""
    yield low
    for ending in _ENDINGS:
        stem = low.removesuffix(ending)
        if stem == low or len(stem) < 3 or stem[-1] == ending[0]:
            continue
        yield stem
        if ending[0] in "eiy":
            yield f"{stem}e"
        if stem[-1] == stem[-2] and ending in _DOUBLING:
            yield stem[:-1]
        if stem.endswith("i"):
            yield f"{stem[:-1]}y"
