"""How much less counts what a track is only lent, by its siblings or by what was heard in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.catalogue.embedding import composed, parts_of
from melscribe_core.descriptors.lent import Lent, own_of
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.search.candidates import DescriptorSets, Found
from melscribe_core.search.question import Question
from melscribe_core.search.words import words_scores

if TYPE_CHECKING:
    from melscribe_core.encoder.encoder import Encoder

WORDS_LENT = 0.7  # of a match by words that only lent descriptors make
# Factors on the score of a track that itself has nothing that tells its sound: at equal fit the
# track that the person tagged comes first. What an album lends is right for 85 % in a real
# collection, what an artist lends for 51 to 64 % (`python -m benchmarks.quality.lending --data`).
FROM_ALBUM, FROM_ARTIST, FROM_HEARING = 0.9, 0.8, 0.85


def words_of(question: Question, sets: DescriptorSets, loans: Sequence[Lent]) -> FloatArray:
    """Return the word score of every set, float32 (sets,): by its own descriptors, or by all.

    A loan never lowers it: the share of a set that was asked for is that of its own descriptors.
    """
    lent = [i for i, one in enumerate(loans) if one.names]
    own = list(sets)
    for i in lent:
        own[i] = own_of(sets[i], loans[i])
    scores = _words(question, own)
    if lent:
        whole = [sets[i] for i in lent]
        scores[lent] = np.maximum(scores[lent], WORDS_LENT * _words(question, whole))
    return scores


def _words(question: Question, sets: DescriptorSets) -> FloatArray:
    return words_scores(question.words, sets, question.rarity, question.units, question.whole)


def heard_alone(loans: Sequence[Lent]) -> FloatArray:
    """Return 1 for every set whose vector is that of what was heard, else 0, float32 (sets,)."""
    return np.array([lent.is_heard_alone for lent in loans], np.float32)


def trust_in(loans: Sequence[Lent]) -> FloatArray:
    """Return the factor on the score of every set, float32 (sets,)."""
    return np.array([_trust(lent) if lent.is_alone else 1.0 for lent in loans], np.float32)


def _trust(lent: Lent) -> float:
    if not lent.siblings:
        return FROM_HEARING
    _, lender = lent.siblings[0]
    return FROM_ALBUM if lender == "album" else FROM_ARTIST


def unheard(found: Found, encoder: Encoder) -> Found:
    """Return texts as if nothing had been heard: those that have nothing else are left out.

    Their vectors are encoded, which takes a second for a thousand: few requests ask for it.
    """
    ids, sets, loans, vectors = found
    plain = [replace(lent, heard=(), learned="") for lent in loans]
    heard = [{one.name for one in lent.said} for lent in loans]
    said = [tuple(d for d in one if d not in gone) for one, gone in zip(sets, heard, strict=True)]
    kept = [i for i, one in enumerate(said) if one]
    left = Found(ids[kept], [said[i] for i in kept], [plain[i] for i in kept], vectors[kept])
    changed = [at for at, i in enumerate(kept) if loans[i].heard]
    for at, vector in zip(changed, _encoded(left, changed, encoder), strict=True):
        left.vectors[at] = vector
    return left


def _encoded(found: Found, places: Sequence[int], encoder: Encoder) -> Iterator[FloatArray]:
    """Yield the vectors of some of the sets, of what is the track's own and of its siblings."""
    parts = [parts_of(SEPARATOR.join(found.sets[at]), found.loans[at]) for at in places]
    texts = [*filter(None, dict.fromkeys(text for one in parts for text in one.texts))]
    vectors = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}
    for one in parts:
        yield composed(one, vectors)
