"""Queries in other languages made of glossaries: a rendering alone, and sets said in renderings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from melscribe_core.descriptors.sets import SEPARATOR, text_of
from melscribe_core.languages.glossary import renderings

from .queries import Query
from .sentences import gram_key, gram_keys
from .sentences import named_in as named_in_english

LONGEST_RENDERING = 5  # words of a rendering that is looked for in a request
FEWEST, MOST = 2, 4  # descriptors that a rendered request names
RENDERING, RENDERED = OF_GLOSSARIES = ("rendering", "rendered")  # sources of the queries

Meaning = tuple[str, ...]
"""Descriptors that are meant together, in the spelling of an index, sorted."""


@cache
def meanings(code: str) -> Mapping[Meaning, tuple[str, ...]]:
    """Return the glossary of a language with its meanings in the spelling of an index."""
    found: dict[Meaning, dict[str, None]] = {}
    for meaning, words in renderings(code).items():
        if text := text_of(meaning):
            found.setdefault(tuple(text.split(SEPARATOR)), {}).update(dict.fromkeys(words))
    return {meaning: tuple(words) for meaning, words in found.items()}


def named_in(request: str, descriptors: Sequence[str], code: str = "") -> tuple[str, ...]:
    """Return those of `descriptors` that a request names, in English or in the language `code`."""
    found = {*named_in_english(request, descriptors)}
    if code:
        found.update(rendered_in(request, descriptors, code))
    return tuple(name for name in descriptors if name in found)


def rendered_in(request: str, descriptors: Sequence[str], code: str) -> tuple[str, ...]:
    """Return those of `descriptors` that a request in the language names by a rendering of them."""
    said = gram_keys(request, LONGEST_RENDERING)
    keys = _descriptors_by_key(code)
    named = frozenset(name for key in said & keys.keys() for name in keys[key])
    return tuple(name for name in descriptors if name in named)


def rendering_queries(
    codes: Sequence[str],
    wholes: Mapping[str, tuple[str, ...]],
    count: int,
    rng: np.random.Generator,
) -> list[Query]:
    """Return queries of one rendering each, `count` at most, drawn from all glossaries.

    A query keeps all meanings of its words. It is answered by each meaning alone, and by one whole
    set that has all descriptors of a meaning, if there is one. `wholes`: track -> descriptors.
    """
    senses: dict[str, dict[Meaning, None]] = {}
    for code in codes:
        for meaning, words in meanings(code).items():
            for word in words:
                senses.setdefault(word, {})[meaning] = None
    known = sorted(senses)
    drawn = rng.permutation(len(known))[:count]
    holders = _holders(wholes)
    return [_rendering_query(known[n], tuple(senses[known[n]]), holders, rng) for n in drawn]


def rendered_queries(
    codes: Sequence[str],
    wholes: Mapping[str, tuple[str, ...]],
    count: int,
    rng: np.random.Generator,
) -> list[Query]:
    """Return `count` terse requests, each of FEWEST to MOST descriptors of a whole set.

    Each is in one of the languages, with a rendering drawn for each descriptor. Sets of which the
    glossary has fewer than FEWEST descriptors are passed over; [] without languages or sets.
    """
    tracks = sorted(wholes)
    words = {
        code: {one[0]: said for one, said in meanings(code).items() if len(one) == 1}
        for code in codes
    }
    made: list[Query] = []
    for turn in range(2 * count if codes and tracks else 0):
        track, known = tracks[int(rng.integers(len(tracks)))], words[codes[turn % len(codes)]]
        names = [name for name in wholes[track] if name in known]
        if len(names) >= FEWEST and len(made) < count:
            size = int(rng.integers(FEWEST, min(MOST, len(names)) + 1))
            chosen = [names[n] for n in rng.choice(len(names), size, replace=False)]
            said = [str(rng.choice(known[name])) for name in chosen]
            text = (SEPARATOR if rng.random() < 0.5 else " ").join(said)
            whole = SEPARATOR.join(wholes[track])
            made.append(Query(text, (whole,), tuple(sorted(chosen)), (track,), RENDERED))
    return made


def _rendering_query(
    word: str,
    senses: tuple[Meaning, ...],
    holders: Mapping[str, frozenset[str]],
    rng: np.random.Generator,
) -> Query:
    positives: dict[str, None] = {}
    for meaning in senses:
        positives[SEPARATOR.join(meaning)] = None
        having = sorted(frozenset.intersection(*(holders.get(m, frozenset()) for m in meaning)))
        if having:
            positives[having[int(rng.integers(len(having)))]] = None
    named, others = (senses[0], ()) if len(senses) == 1 else ((), senses)
    return Query(word, tuple(positives), named, (), RENDERING, others)


def _holders(wholes: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """Return for each descriptor the texts of the sets that have it."""
    found: dict[str, set[str]] = {}
    for names in wholes.values():
        for name in names:
            found.setdefault(name, set()).add(SEPARATOR.join(names))
    return {name: frozenset(texts) for name, texts in found.items()}


@cache
def _descriptors_by_key(code: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, meaning in _keyed(code):
        found.setdefault(key, set()).update(meaning)
    return {key: frozenset(names) for key, names in found.items()}


def _keyed(code: str) -> Iterator[tuple[str, Meaning]]:
    for meaning, words in meanings(code).items():
        for word in words:
            yield gram_key(word), meaning
