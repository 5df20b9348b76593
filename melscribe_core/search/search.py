"""Question -> hits, best first: nearness in meaning joined with shared words; then the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from hashlib import blake2b
from heapq import merge
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.arrays import FloatArray, IdArray
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.excess import excess
from melscribe_core.catalogue.neighbours import Neighbours
from melscribe_core.descriptors.lent import NOTHING_LENT
from melscribe_core.descriptors.sets import SEPARATOR, Rules
from melscribe_core.search.candidates import Candidates, Found
from melscribe_core.search.exclusion import Narrower
from melscribe_core.search.hit import Hit, ScoredSet
from melscribe_core.search.loans import heard_alone, trust_in, unheard, words_of
from melscribe_core.search.mentions import KnownDescriptors
from melscribe_core.search.question import Question, QuestionBuilder, Wish
from melscribe_core.search.titles import called, most_by_name, raised
from melscribe_core.search.words import evidence, match_expression, matched_words

if TYPE_CHECKING:
    from melscribe_core.encoder.encoder import Encoder

# Candidates of a first look. On 21,000 real sets they hold 99.99 % of the true first fifty
# (benchmarks/quality/fusion.md); with only 300 by words, 98.6 %.
BY_VECTOR, BY_WORDS = 300, 1000
DEEPER = 8  # factor by which each further look takes more
TEXTS = 64  # texts whose tracks are looked up at a time

# Share of the excess of what was heard that is taken off. All of it would put the best of what was
# heard below the best of tags: it deviates less from its own middle.
MIDDLE = 0.5
REASONS = 3  # descriptors named as the reasons of a hit
WEAK_REASON = 0.5  # of the strongest reason: a weaker one explains nothing


class Search:
    """Answer questions from one catalogue."""

    def __init__(
        self,
        catalogue: Catalogue,
        neighbours: Neighbours,
        encoder: Encoder,
        rules: Rules | None = None,
    ) -> None:
        """Join the parts; `rules` are those of the catalogue, by default the shipped ones."""
        self._catalogue = catalogue
        self._neighbours = neighbours
        self._encoder = encoder
        self._recent = Candidates(catalogue, encoder.dim)
        self._questions = QuestionBuilder(catalogue, neighbours, encoder, rules)

    @property
    def known(self) -> KnownDescriptors:
        """The descriptors of the catalogue."""
        return self._questions.known

    def nearest_descriptor(self, name: str) -> str:
        """Return the descriptor nearest to a name that no track has: see QuestionBuilder."""
        return self._questions.nearest_descriptor(name)

    def holds_together(self, phrase: str) -> bool:
        """Say whether some descriptor set has every word of a phrase, in any of its descriptors."""
        return self._questions.holds_together(phrase)

    def ask(self, wish: Wish, narrower: Narrower | None = None) -> Question:
        """Turn a wish into a question; `narrower` is a genre tree for what is excluded."""
        return self._questions.build(wish, narrower)

    def hits(
        self, question: Question, among: Set[int] | None = None, seed: str = ""
    ) -> Iterator[Hit]:
        """Yield tracks, best first; with `among`, only these track ids.

        Tracks with the same descriptors share their scores. Their order is drawn from the seed, so
        that not always the same few of a large group come first. Ends when no track is left.
        """
        if question.vector is None:
            return self._any(question, among, seed)
        texts = None if among is None else self._catalogue.texts_of(among)
        by_name = self._called(question, among, seed)
        apart = {hit.track for hit in by_name}
        ranked = self._ranked(question, texts)
        described = chain.from_iterable(self._hits(found, among, seed) for found in ranked)
        others = (hit for hit in described if hit.track not in apart)
        return merge(by_name, others, key=lambda hit: -hit.score)

    def scored(self, question: Question, tracks: Set[int]) -> dict[int, Hit]:
        """Return the hits of those of these tracks that are admitted, by track.

        A track without descriptors has the score 0.
        """
        if question.vector is None:
            return {hit.track: hit for hit in self._any(question, tracks, "")}
        bare = self._bare(question, tracks)
        found = {track: Hit(track, (), 0.0, 0.0, 0.0) for track in bare}
        sets = [*self._scored(question, self._catalogue.texts_of(tracks))]
        found.update((hit.track, hit) for hit in self._hits(sets, tracks, ""))
        return found

    def explained(self, question: Question, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits with the descriptors that speak most for them, and their spelling."""
        spelt = self._catalogue.tracks.spelt(hit.track for hit in hits)
        hits = [hit._replace(spelt=spelt.get(hit.track, "")) for hit in hits]
        if question.vector is None:
            return [_with_reasons(hit, {}, question) for hit in hits]
        vectors = self._catalogue.vectors.of_descriptors(d for hit in hits for d in hit.descriptors)
        cosines = {d: float(v @ question.vector) for d, v in vectors.items()}
        return [_with_reasons(hit, cosines, question) for hit in hits]

    def vectors_of(self, hits: Sequence[Hit]) -> FloatArray:
        """Return the hits' own vectors, float32 (n, dim), in their order; zeros for none."""
        tracks = [hit.track for hit in hits]
        texts = self._catalogue.tracks.texts_of(tracks).tolist()
        of_text = self._catalogue.tracks.of_texts(texts)
        rows = dict(zip(*self._catalogue.vectors.of_texts(texts), strict=True))
        known = {track: rows[text] for text in rows for track in of_text[int(text)]}
        nothing = np.zeros(self._encoder.dim, np.float32)
        found = [known.get(track, nothing) for track in tracks]
        return np.stack(found) if found else np.empty((0, self._encoder.dim), np.float32)

    def _ranked(self, question: Question, texts: IdArray | None) -> Iterator[list[ScoredSet]]:
        """Yield sets in parts, best first, each once; every look is deeper than the one before.

        Scores fall within a look only: a deeper one may find a set that the words or the vector
        alone did not rank high.
        """
        seen = np.empty(0, np.int64)
        k = BY_VECTOR
        total = self._catalogue.counts().texts if texts is None else len(texts)
        while len(seen) < total:
            fresh = np.setdiff1d(self._candidates(question, k, texts), seen, assume_unique=True)
            if not len(fresh):
                return
            seen = np.concatenate([seen, fresh])
            found = self._scored(question, fresh)
            while part := list(islice(found, TEXTS)):
                yield part
            k *= DEEPER

    def _candidates(self, question: Question, k: int, texts: IdArray | None) -> IdArray:
        """Return the ids of the k nearest texts and of the proportional number by words."""
        found = [np.empty(0, np.int64)]
        if question.vector is not None:
            found.append(self._neighbours.near(question.vector, k, texts))
        if question.words:
            found.append(self._by_words(question, k * BY_WORDS // BY_VECTOR, texts))
        return np.unique(np.concatenate(found))

    def _by_words(self, question: Question, limit: int, texts: IdArray | None) -> IdArray:
        """Return the ids of at most `limit` texts with a word of the question, by rank if more."""
        index, expression = self._catalogue.words, match_expression(question.words)
        if texts is None and question.rarity.at_most(question.words) <= limit:
            found = index.holding(expression)  # ranking takes four times as long
            if len(found) <= limit:
                return found
        return index.match(expression, limit, texts)

    def _scored(self, question: Question, candidates: IdArray) -> Iterator[ScoredSet]:
        """Yield those of the distinct texts that are admitted, best first, ties by id."""
        found = self._recent.of(candidates)
        if question.unheard:
            found = unheard(found, self._encoder)
        ids, sets, loans, _ = found
        if question.vector is None or not len(ids):
            return
        numbers = self._scores(question, question.vector, found)
        for i in np.lexsort((ids, -numbers[:, 0])):
            if question.exclusion.admits(sets[i]):
                yield ScoredSet(int(ids[i]), loans[i], sets[i], *numbers[i].tolist())

    def _scores(self, question: Question, vector: FloatArray, found: Found) -> FloatArray:
        """Return the numbers of a ScoredSet for each set, the score first: float64 (n, 6)."""
        _, sets, loans, vectors = found
        meaning = vectors @ vector
        heard = heard_alone(loans)
        if heard.any():
            meaning -= MIDDLE * excess(self._catalogue, vector) * heard
        example = vectors @ question.examples if question.examples is not None else 0 * meaning
        shared = words_of(question, sets, loans)
        against = question.exclusion.penalties(sets)
        trust = question.trust * trust_in(loans)
        known = evidence(meaning, shared, question.scale, self._encoder.calibration)
        scores = fit = self._score(known, trust, against)
        if question.pull is not None:
            moved = known + question.pull.evidence(sets, vectors, heard)
            scores = self._score(moved, trust, against)
        return np.stack([scores, meaning, shared, example, against, scores - fit], axis=1)

    def _score(self, known: FloatArray, trust: FloatArray, against: FloatArray) -> FloatArray:
        """Return scores, float64: the difference of two of them is exact."""
        likely = self._encoder.calibration.score(known) * trust
        scores: FloatArray = np.clip(likely - against, 0.0, 1.0).astype(np.float64)
        return scores

    def _hits(self, found: Sequence[ScoredSet], among: Set[int] | None, seed: str) -> Iterator[Hit]:
        tracks = self._catalogue.tracks.of_texts([one.text for one in found])
        for one in found:
            for track in sorted(tracks.get(one.text, ()), key=lambda t: _draw(seed, t)):
                if among is None or track in among:
                    yield one.on(track)

    def _called(self, question: Question, among: Set[int] | None, seed: str) -> list[Hit]:
        """Return the tracks whose own names hold words of the request, best first."""
        by_name = called(self._catalogue, question, among)
        if not by_name:
            return []
        bare = self._bare(question, by_name.keys())
        known = {track: Hit(track, (), 0.0, 0.0, 0.0) for track in bare}
        scored = self._scored(question, self._catalogue.tracks.texts_of(by_name))
        known.update((hit.track, hit) for hit in self._hits([*scored], by_name.keys(), ""))
        most = most_by_name(question)
        found = [raised(known[track], by, most) for track, by in by_name.items() if track in known]
        return sorted(found, key=lambda hit: (-hit.score, _draw(seed, hit.track)))

    def _bare(self, question: Question, tracks: Set[int]) -> list[int]:
        """Return those of the tracks that have no descriptors, or none that may count."""
        if question.unheard:
            return [one.track for one in self._catalogue.tracks.own(tracks) if not one.own]
        return self._catalogue.tracks.bare(tracks)

    def _any(self, question: Question, among: Set[int] | None, seed: str) -> Iterator[Hit]:
        """Yield every track that is admitted, those with the least against them first.

        The order of equals is drawn from the seed.
        """
        found: list[Hit] = []
        for track, own, lent in self._catalogue.tracks.described_with_loans(among):
            lent = NOTHING_LENT if question.unheard else lent
            descriptors = tuple(sorted((*(own.split(SEPARATOR) if own else ()), *lent.names)))
            if question.exclusion.admits(descriptors):
                against = question.exclusion.penalty(descriptors)
                score = 1.0 - against
                hit = Hit(track, descriptors, score, 0.0, 0.0, against=against, lent=lent)
                found.append(hit)
        return iter(sorted(found, key=lambda hit: (-hit.score, _draw(seed, hit.track))))


def _with_reasons(hit: Hit, cosines: Mapping[str, float], question: Question) -> Hit:
    """Name the descriptors that were said as words, then the nearest in meaning."""
    said = tuple(matched_words(question.words, hit.descriptors))
    known = [d for d in hit.descriptors if d in cosines]
    ranked = sorted(known, key=lambda d: (d not in said, -cosines[d]))
    least = WEAK_REASON * max((cosines[d] for d in known), default=0.0)
    strong = [d for d in ranked if d in said or cosines[d] >= least]
    kept = strong[: max(REASONS, len(said))]
    return hit._replace(
        matched=tuple((d, round(cosines[d], 3)) for d in kept),
        said=said,
        disliked=question.exclusion.worst(hit.descriptors) if hit.against else "",
    )


def _draw(seed: str, track: int) -> bytes:
    return blake2b(f"{seed}\0{track}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
