"""A description -> tracks, best first.

Nearness in meaning and shared words, fused, with the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core import words
from melscribe_core.catalogue import Catalogue, FloatArray, IdArray
from melscribe_core.descriptors import SEPARATOR
from melscribe_core.neighbours import Neighbours

if TYPE_CHECKING:
    from melscribe_core.encoder import Encoder

NEAR = 300  # candidates by meaning, and as many by words, for a first look
DEEPER = 8  # each further look takes this times as many
REASONS = 3  # descriptors named as the reason of a hit
WEAK = 0.5  # of the strongest reason: a weaker one explains nothing


@dataclass(frozen=True)
class Found:
    """One distinct text that answers.

    Its id, its descriptors, and the three scores, each in 0..1.
    """

    text: int
    descriptors: tuple[str, ...]
    score: float
    meaning: float
    words: float


@dataclass(frozen=True)
class Hit:
    """One track that answers, with its descriptors and the reasons.

    `score` in 0..1 fuses `meaning` (cosine of request and text) and `words` (share of the request
    that the descriptors hold as words). `matched` names descriptors with their own cosine to the
    request, strongest first.
    """

    track: int
    descriptors: tuple[str, ...]
    score: float
    meaning: float
    words: float
    matched: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Question:
    """What is searched for: a vector, float32 (dim,) of unit length, and the content words."""

    vector: FloatArray
    words: tuple[str, ...]


class Search:
    """Answer questions from one catalogue."""

    def __init__(self, catalogue: Catalogue, neighbours: Neighbours, encoder: Encoder) -> None:
        self._catalogue = catalogue
        self._neighbours = neighbours
        self._encoder = encoder

    def ask(self, about: str) -> Question:
        """Turn free text into a question."""
        return Question(self._encoder.encode([about])[0], words.content_words(about))

    def hits(
        self, question: Question, among: Set[int] | None = None, seed: str = ""
    ) -> Iterator[Hit]:
        """Yield tracks, best first; with `among`, only these track ids.

        Tracks of one text share its scores; their order is drawn from the seed, so that a large
        group does not always show the same few. Ends when no track is left.
        """
        texts = None if among is None else self._catalogue.texts_of(among)
        for found in self._ranked(question, texts):
            tracks = self._catalogue.tracks_of([one.text for one in found])
            for one in found:
                for track in sorted(tracks.get(one.text, ()), key=lambda t: _draw(seed, t)):
                    if among is None or track in among:
                        yield Hit(track, one.descriptors, one.score, one.meaning, one.words)

    def explained(self, question: Question, hits: list[Hit]) -> list[Hit]:
        """Return the hits with the descriptors that speak most for them."""
        vectors = self._catalogue.descriptor_vectors(d for hit in hits for d in hit.descriptors)
        near = {d: float(v @ question.vector) for d, v in vectors.items()}
        return [_with_reasons(hit, near, question.words) for hit in hits]

    def _ranked(self, question: Question, texts: IdArray | None) -> Iterator[list[Found]]:
        """Yield texts in parts, best first, each text once.

        Every part looks deeper than the one before.
        """
        seen: set[int] = set()
        k = NEAR
        total = self._catalogue.counts().texts if texts is None else len(texts)
        while len(seen) < total:
            found = [one for one in self._look(question, k, texts) if one.text not in seen]
            if not found:
                return
            seen.update(one.text for one in found)
            yield found
            k *= DEEPER

    def _look(self, question: Question, k: int, texts: IdArray | None) -> list[Found]:
        """Return the fused ranking of the k nearest texts and the k best by words."""
        candidates = self._neighbours.near(question.vector, k, texts)
        if question.words:
            expression = words.match_expression(question.words)
            candidates = np.union1d(candidates, self._catalogue.match(expression, k, texts))
        return self._scored(question, candidates)

    def _scored(self, question: Question, candidates: IdArray) -> list[Found]:
        ids, vectors = self._catalogue.vectors(candidates)
        if not len(ids):
            return []
        texts = self._catalogue.texts(ids)
        sets = [tuple(texts[int(i)].split(SEPARATOR)) for i in ids]
        meaning = vectors @ question.vector
        shared = self._words_scores(question.words, sets)
        scores = words.fuse(meaning, shared)
        order = np.lexsort((ids, -scores))
        return [
            Found(int(ids[i]), sets[i], float(scores[i]), float(meaning[i]), float(shared[i]))
            for i in order
        ]

    def _words_scores(self, asked: tuple[str, ...], sets: list[tuple[str, ...]]) -> FloatArray:
        rarity = words.Rarity(
            self._catalogue.counts().texts, self._catalogue.frequency(words.word_forms(asked))
        )
        return np.array([words.words_score(asked, one, rarity) for one in sets], np.float32)


def _with_reasons(hit: Hit, near: dict[str, float], asked: tuple[str, ...]) -> Hit:
    """Name the descriptors that were said as words, then the nearest in meaning."""
    as_words = set(words.matched_words(asked, hit.descriptors))
    known = [d for d in hit.descriptors if d in near]
    ranked = sorted(known, key=lambda d: (d not in as_words, -near[d]))
    least = WEAK * max((near[d] for d in known), default=0.0)
    strong = [d for d in ranked if d in as_words or near[d] >= least]
    kept = strong[: max(REASONS, len(as_words))]
    return replace(hit, matched=tuple((d, round(near[d], 3)) for d in kept))


def _draw(seed: str, track: int) -> bytes:
    return blake2b(f"{seed}\0{track}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
