"""What the words of a request are to this library: known, slips of what it has, or unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from beetsplug.melscribe.indexing import Index
from melscribe_core.descriptors.tables import key_of
from melscribe_core.request.grammar.lexicon import is_listed
from melscribe_core.request.request import Context, parse
from melscribe_core.search.slips import Slip, Spelling, corrected
from melscribe_core.search.words import is_stop_word

_ENDINGS = (
    "'s",
    "s",
    "es",
    "n",
    "an",
    "ian",
    "ish",
    "ic",
    "al",
    "d",
    "ed",
    "ing",
    "er",
    "ers",
    "est",
    "ly",
    "y",
    "ness",
    "ful",
    "less",
)
_DOUBLING = ("ed", "ing", "er", "ers", "est", "y")  # "strumming", "snappy"


def context_of(index: Index) -> Context:
    """Return what the grammar may ask about the library."""
    return Context(index.names, index.describes, kinds=index.names.kinds_of)


def mend(index: Index, text: str) -> tuple[str, tuple[Slip, ...]]:
    """Return a text without its slips, and these; the names of artists and titles stay."""
    spelling = Spelling(index.search.known, index.catalogue.word_counts, partial(is_word, index))
    fixed, slips = corrected(text, spelling)
    if not slips:
        return text, ()
    request = parse(text, context=context_of(index))
    named = {
        word.casefold()
        for name in (*request.like, *request.by, *request.named)
        for word in name.split()
    }
    if named.isdisjoint(slip.said.casefold() for slip in slips):
        return fixed, slips
    kept = replace(spelling, is_word=lambda low: low in named or is_word(index, low))
    return corrected(text, kept)


def is_word(index: Index, low: str) -> bool:
    """Say whether anything knows a word, in lower case, or a word that it is a form of."""
    forms = (form for form in _stems(low) if form == low or len(form) > 3 or is_listed(form))
    return any(_is_known(index, form) for form in forms)


def _is_known(index: Index, low: str) -> bool:
    return (
        is_stop_word(low)
        or is_listed(low)
        or index.encoder.knows(low)
        or key_of(low) in index.rules.vocabulary.spellings
        or bool(index.catalogue.frequency((low,)))
        or bool(index.catalogue.title_frequency((low,)))
    )


def _stems(low: str) -> Iterator[str]:
    """Yield a word and what it may be a form of: "strumming", "strumm", "strum", "strumme"."""
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
