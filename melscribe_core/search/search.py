"""A question -> tracks, best first: nearness in meaning and shared words, with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from hashlib import blake2b
from heapq import merge, nlargest
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.arrays import FloatArray, IdArray
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.neighbours import Neighbours
from melscribe_core.descriptors.sets import SEPARATOR, Rules, load_rules, text_of
from melscribe_core.encoder.calibration import UNFITTED, Scale
from melscribe_core.search.exclusion import (
    ANYTHING,
    NOTHING,
    Exclusion,
    Narrower,
    Wanted,
    core_of,
    exclusion,
    names_of,
)
from melscribe_core.search.mentions import KnownDescriptors
from melscribe_core.search.words import (
    SAMPLE,
    Rarity,
    all_expression,
    content_words,
    evidence,
    held_expression,
    match_expression,
    matched_words,
    scale_of,
    word_forms,
    words_scores,
)

if TYPE_CHECKING:
    from melscribe_core.encoder.encoder import Encoder

# Candidates for a first look. On 21,000 real sets they hold 99.99 % of the true first fifty
# (benchmarks/quality/fusion.md); with only 300 by words, 98.6 %.
NEAR, MATCHING = 300, 1000
LONGEST = 3  # words of a request that may be one descriptor in another spelling
DEEPER = 8  # each further look takes this times as many
TEXTS = 64  # texts whose tracks are looked up at a time

LIKE_WEIGHT = 1.0  # of the examples' mean beside the words' vector, so that both have the same say
MORE_WEIGHT = 0.6  # of what there should be more of: it moves the request, it does not replace it
LESS_WEIGHT = 0.4  # of what there should be less of, turned round
HERE_WEIGHT = 0.5  # of each descriptor that is named and here, when others that are named are not

# What a track's own names are worth: at most so much of a score when words of the request are
# descriptors too, when none is, and beside descriptors. They find tracks that tags do not, and
# never outrank a descriptor that was named.
BY_NAME, BY_NAME_ALONE, NAME_GAIN = 0.2, 0.5, 0.1
NAMED_LEAST = 0.3  # of the request: with fewer of its words in the names it is chance
TITLED = 5000  # tracks looked at for one word: one that more have in their names says little
CALLED = 500  # tracks that are in by their names

NEAREST = 0.68  # cosine from which a descriptor may be called near to what is missing
GUESS = 0.25  # what a score is worth when nothing knows a word of the request

REASONS = 3  # descriptors named as the reason of a hit
WEAK = 0.5  # of the strongest reason: a weaker one explains nothing


@dataclass(frozen=True)
class Wish:
    """What is wanted, in words and examples: see Search.ask.

    `like` holds the ids of the example tracks; `exclude` is out, `less` counts against a track.
    `missing` holds the parts of `about` that name what no track has: what is there counts first.
    With `unknown` nothing in `about` is known to anything, and every score is a guess. `is_list`
    says that `about` names things, and tells no story in which some are named.
    """

    about: str = ""
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    like: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: bool = False
    is_list: bool = False


@dataclass(frozen=True)
class Question:
    """What is searched for.

    `vector` is float32 (dim,) of unit length, None when nothing says what the music is like: then
    every track that is admitted answers equally well. `examples` is the mean of the example
    tracks' vectors, of unit length. `scale` tells how the vector's cosines lie over the catalogue.
    `titles` are the words that are looked up in the tracks' own names. `named` holds, for each part
    of the request that names descriptors of the catalogue, those; `held` how many of them one text
    has at most. Scores are multiplied by `trust`, 0..1.
    """

    vector: FloatArray | None
    words: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    exclusion: Exclusion = NOTHING
    examples: FloatArray | None = None
    scale: Scale = UNFITTED.usual
    named: tuple[tuple[str, ...], ...] = ()
    held: int = 0
    trust: float = 1.0

    @property
    def is_apart(self) -> bool:
        """Say whether no text holds more than half of the things that are named."""
        return is_apart(self.named, self.held)

    @property
    def units(self) -> tuple[tuple[str, ...], ...]:
        """The words of each single descriptor that is named by more than one word."""
        names = (content_words(of_one[0]) for of_one in self.named if len(of_one) == 1)
        return tuple(words for words in names if len(words) > 1)


@dataclass(frozen=True)
class Found:
    """One distinct text that answers: its id, its descriptors, and the scores, each in 0..1."""

    text: int
    descriptors: tuple[str, ...]
    score: float
    meaning: float
    words: float
    example: float
    against: float


@dataclass(frozen=True)
class Hit:
    """One track that answers, with its descriptors and the reasons.

    `score` in 0..1 fuses `meaning` (cosine of question and text) and `words` (how much of the
    request the descriptors hold as words), less `against` (what is near to something unwanted).
    `example` is the cosine to the examples, 0 without any. `matched` names descriptors with their
    own cosine to the question, those said as words first, then the strongest; `said` those that
    were said, `disliked` the descriptor that counts against the track.
    """

    track: int
    descriptors: tuple[str, ...]
    score: float
    meaning: float
    words: float
    example: float = 0.0
    against: float = 0.0
    matched: tuple[tuple[str, float], ...] = ()
    said: tuple[str, ...] = ()
    disliked: str = ""
    called: tuple[str, ...] = ()


class Search:
    """Answer questions from one catalogue."""

    def __init__(
        self,
        catalogue: Catalogue,
        neighbours: Neighbours,
        encoder: Encoder,
        rules: Rules | None = None,
    ) -> None:
        """Join what answers; `rules` are those that the catalogue was made by, or the shipped."""
        self._catalogue = catalogue
        self._neighbours = neighbours
        self._encoder = encoder
        self._rules = rules or load_rules()
        self._known: tuple[int, KnownDescriptors] | None = None

    @property
    def known(self) -> KnownDescriptors:
        """The descriptors of the catalogue, read once a revision."""
        revision = self._catalogue.revision
        if self._known is None or self._known[0] != revision:
            names = KnownDescriptors(self._catalogue.words.descriptors(), self._rules.vocabulary)
            self._known = (revision, names)
        return self._known[1]

    def nearest(self, name: str) -> str:
        """Return the descriptor that is nearest to a name that no track has; "" for none near.

        One whose words are in the name ("pop" for "bedroom pop") is nearer than any other.
        """
        if within := self.known.within(name):
            return within
        vectors = self._catalogue.vectors.of_descriptors(None)
        if not vectors:
            return ""
        cosines = np.stack(list(vectors.values())) @ self._encoder.encode([name])[0]
        best = int(np.argmax(cosines))
        return list(vectors)[best] if cosines[best] >= NEAREST else ""

    def holds_together(self, phrase: str) -> bool:
        """Say whether some text holds every word of a phrase, in whichever of its descriptors."""
        return bool(self._catalogue.words.holding(all_expression(content_words(phrase))).size)

    def ask(self, wish: Wish, narrower: Narrower | None = None) -> Question:
        """Turn a wish into a question; `narrower` is a genre tree for what is excluded.

        The vector is that of `about`, moved towards the examples and `more` and away from `less`.
        """
        about = (self.known.spelt(wish.about),) if wish.about else ()
        said = [*about, *wish.more, *wish.less, *wish.exclude]
        vectors = dict(zip(said, self._encoder.encode(said), strict=True)) if said else {}
        named = tuple(m.descriptors for m in self.known.mentions(wish.about))
        examples = self._mean(wish.like)
        wanted = self._wanted(wish, named, [vectors[text] for text in (*about, *wish.more)])
        moves = [(vectors[text], 1.0) for text in about]
        moves += [(examples, LIKE_WEIGHT)] if examples is not None else []
        moves += [(vectors[text], MORE_WEIGHT) for text in wish.more]
        moves += self._present(named) if wish.missing else []
        towards = _unit(moves)
        if towards is not None:  # less of something, and nothing else, points nowhere
            moves += [(_beside(vectors[text], towards), -LESS_WEIGHT) for text in wish.less]
        vector = _unit(moves)
        held = self._most_held(named) if wish.is_list else len(named)
        trust = _trust(len(named), held, len(wish.missing))
        return Question(
            vector,
            self._words(wish),
            content_words(wish.about),
            self._unwanted(wish, vectors, narrower or {}, wanted),
            examples,
            self._scale(vector),
            named,
            held,
            GUESS if wish.unknown else trust,
        )

    def hits(
        self, question: Question, among: Set[int] | None = None, seed: str = ""
    ) -> Iterator[Hit]:
        """Yield tracks, best first; with `among`, only these track ids.

        Tracks of one text share its scores; their order is drawn from the seed, so that a large
        group does not always show the same few. Ends when no track is left.
        """
        if question.vector is None:
            return self._any(question, among, seed)
        texts = None if among is None else self._catalogue.tracks.texts_of(among)
        called = self._called(question, among, seed)
        apart = {hit.track for hit in called}
        ranked = self._ranked(question, texts)
        described = chain.from_iterable(self._tracks(found, among, seed) for found in ranked)
        others = (hit for hit in described if hit.track not in apart)
        return merge(called, others, key=lambda hit: -hit.score)

    def explained(self, question: Question, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits with the descriptors that speak most for them."""
        if question.vector is None:
            return [_with_reasons(hit, {}, question) for hit in hits]
        vectors = self._catalogue.vectors.of_descriptors(d for hit in hits for d in hit.descriptors)
        near = {d: float(v @ question.vector) for d, v in vectors.items()}
        return [_with_reasons(hit, near, question) for hit in hits]

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

    # -- asking ------------------------------------------------------------------------

    def _mean(self, tracks: Sequence[int]) -> FloatArray | None:
        """Return the mean of these tracks' vectors, of unit length; None when none has a vector."""
        by_text = self._catalogue.tracks.texts_of(tracks)
        ids, vectors = self._catalogue.vectors.of_texts(by_text)
        if not len(ids):
            return None
        shares = self._catalogue.tracks.of_texts([int(i) for i in ids])
        weights = [len(set(tracks) & set(shares[int(i)])) for i in ids]
        return _unit([(vector, float(w)) for vector, w in zip(vectors, weights, strict=True)])

    def _words(self, wish: Wish) -> tuple[str, ...]:
        """Return the words that are looked up, without those of what is missing."""
        lost = content_words(" ".join(wish.missing))
        gone = {word for word in lost if not self.known.holds(word)}
        words = content_words(" ".join((wish.about, *wish.more)))
        return spelt([word for word in words if word not in gone], self._rules)

    def _wanted(
        self, wish: Wish, named: Sequence[tuple[str, ...]], vectors: Sequence[FloatArray]
    ) -> Wanted:
        """Return what is wanted, where something is not; what is also not wanted is not."""
        if not (wish.exclude or wish.less):
            return ANYTHING
        more = [m.descriptors for text in wish.more for m in self.known.mentions(text)]
        less = {name for phrase in wish.less for name in self._names_of(phrase)}
        names = frozenset(chain.from_iterable((*named, *more))) - less
        own = self._catalogue.vectors.of_descriptors(names)
        return Wanted(names, (*vectors, *own.values()))

    def _names_of(self, phrase: str) -> tuple[str, ...]:
        """Return the descriptors that an unwanted phrase names, as this library spells them too."""
        found = (self.known.find(text) for text in (phrase, core_of(phrase)))
        return tuple(dict.fromkeys(chain(names_of(phrase, self._rules), *found)))

    def _present(self, named: Iterable[tuple[str, ...]]) -> list[tuple[FloatArray, float]]:
        """Return moves towards the descriptors that are named and here."""
        found = self._catalogue.vectors.of_descriptors(chain.from_iterable(named))
        return [(vector, HERE_WEIGHT) for vector in found.values()]

    def _most_held(self, named: Sequence[tuple[str, ...]]) -> int:
        """Return how many of the things that are named one text holds at most."""
        if len(named) < 2:
            return len(named)
        found = [
            self._catalogue.words.holding(held_expression(descriptors))
            for descriptors in set(named)
        ]
        _, counts = np.unique(np.concatenate(found), return_counts=True)
        repeated = len(named) - len(found)
        return int(counts.max(initial=0)) + repeated

    def _scale(self, vector: FloatArray | None) -> Scale:
        """Measure the vector's cosines to texts that are spread over the catalogue by their ids."""
        usual = self._encoder.calibration.usual
        if vector is None:
            return usual
        return scale_of(self._neighbours.sample(vector, SAMPLE), usual)

    def _unwanted(
        self,
        wish: Wish,
        vectors: Mapping[str, FloatArray],
        narrower: Narrower,
        wanted: Wanted,
    ) -> Exclusion:
        if not (wish.exclude or wish.less):
            return NOTHING
        known = self._catalogue.vectors.of_descriptors(None)

        def judged(phrases: tuple[str, ...]) -> Exclusion:
            rows = _rows(vectors, phrases)
            return exclusion(phrases, known, rows, narrower, wanted, self._names_of)

        out, less = judged(wish.exclude), judged(wish.less)
        against = {**less.against, **dict.fromkeys(less.out, 1.0)}
        for descriptor, share in out.against.items():
            against[descriptor] = max(share, against.get(descriptor, 0.0))
        return Exclusion(out.out, against)

    # -- ranking -----------------------------------------------------------------------

    def _ranked(self, question: Question, texts: IdArray | None) -> Iterator[list[Found]]:
        """Yield texts in parts, best first, each once; every look is deeper than the one before."""
        seen: set[int] = set()
        k = NEAR
        total = self._catalogue.counts().texts if texts is None else len(texts)
        while len(seen) < total:
            fresh = self._candidates(question, k, texts) - seen
            if not fresh:
                return
            seen |= fresh
            found = self._scored(question, fresh)
            yield from (found[i : i + TEXTS] for i in range(0, len(found), TEXTS))
            k *= DEEPER

    def _candidates(self, question: Question, k: int, texts: IdArray | None) -> set[int]:
        """Return the ids of the k nearest texts and of the k best by words."""
        found: set[int] = set()
        if question.vector is not None:
            found.update(map(int, self._neighbours.near(question.vector, k, texts)))
        if question.words:
            expression = match_expression(question.words)
            limit = k * MATCHING // NEAR
            found.update(map(int, self._catalogue.words.match(expression, limit, texts)))
        return found

    def _scored(self, question: Question, candidates: Iterable[int]) -> list[Found]:
        """Return those of the texts that are admitted, best first, ties by id."""
        ids, vectors = self._catalogue.vectors.of_texts(candidates)
        if question.vector is None or not len(ids):
            return []
        texts = self._catalogue.tracks.texts(ids)
        sets = [tuple(texts[int(i)].split(SEPARATOR)) for i in ids]
        meaning = vectors @ question.vector
        example = vectors @ question.examples if question.examples is not None else 0 * meaning
        shared = self._words_scores(question, sets)
        against = np.array([question.exclusion.penalty(one) for one in sets], np.float32)
        calibration = self._encoder.calibration
        likely = calibration.score(evidence(meaning, shared, question.scale, calibration))
        scores = np.clip(likely * question.trust - against, 0.0, 1.0)
        numbers = np.stack([scores, meaning, shared, example, against], axis=1).tolist()
        return [
            Found(int(ids[i]), sets[i], *numbers[i])
            for i in np.lexsort((ids, -scores))
            if question.exclusion.admits(sets[i])
        ]

    def _words_scores(self, question: Question, sets: Sequence[tuple[str, ...]]) -> FloatArray:
        frequency = self._catalogue.words.frequency(word_forms(question.words))
        rarity = Rarity(self._catalogue.counts().texts, frequency)
        return words_scores(question.words, sets, rarity, question.units)

    def _called(self, question: Question, among: Set[int] | None, seed: str) -> list[Hit]:
        """Return the tracks whose own names hold words of the request, best first.

        They find what tags do not: a track scores as its descriptors do, or as far as its names
        hold the request, whichever is more, and a little more for the names.
        """
        shares = self._shares_by_name(question.titles, among)
        if not shares:
            return []
        most = (
            BY_NAME
            if self._catalogue.words.frequency(word_forms(question.words))
            else BY_NAME_ALONE
        )
        bare = {
            track: Hit(track, (), 0.0, 0.0, 0.0) for track in self._catalogue.tracks.bare(shares)
        }
        known = {**bare, **self._described(question, list(shares))}
        found = [
            _by_name(known[track], words, share, most)
            for track, (share, words) in shares.items()
            if track in known
        ]
        return sorted(found, key=lambda hit: (-hit.score, _draw(seed, hit.track)))

    def _shares_by_name(
        self, asked: Sequence[str], among: Set[int] | None
    ) -> dict[int, tuple[float, tuple[str, ...]]]:
        """Return, by track, how much of the request its names hold, and the words; the most."""
        held = self._catalogue.words.title_frequency(word_forms(asked))
        in_texts = self._catalogue.words.frequency(word_forms(asked))
        tracks = self._catalogue.counts().tracks
        rarity = Rarity(tracks, {**in_texts, **held})
        weights = {word: rarity.of(word) for word in asked}
        total = sum(weights.values()) or 1.0
        found: dict[int, list[str]] = {}
        for word in asked:
            for track in self._catalogue.words.titled(match_expression([word]), TITLED).tolist():
                if among is None or track in among:
                    found.setdefault(track, []).append(word)
        shares = {t: (sum(weights[w] for w in ws) / total, tuple(ws)) for t, ws in found.items()}
        enough = [(share, -t) for t, (share, _) in shares.items() if share >= NAMED_LEAST]
        return {-t: shares[-t] for _, t in nlargest(CALLED, enough)}

    def _described(self, question: Question, tracks: Sequence[int]) -> dict[int, Hit]:
        """Return these tracks as their descriptors score; what is not admitted is absent."""
        scored = self._scored(question, map(int, self._catalogue.tracks.texts_of(tracks)))
        return {hit.track: hit for hit in self._tracks(scored, frozenset(tracks), "")}

    def _tracks(self, found: Sequence[Found], among: Set[int] | None, seed: str) -> Iterator[Hit]:
        tracks = self._catalogue.tracks.of_texts([one.text for one in found])
        for one in found:
            for track in sorted(tracks.get(one.text, ()), key=lambda t: _draw(seed, t)):
                if among is None or track in among:
                    yield Hit(
                        track,
                        one.descriptors,
                        one.score,
                        one.meaning,
                        one.words,
                        one.example,
                        one.against,
                    )

    def _any(self, question: Question, among: Set[int] | None, seed: str) -> Iterator[Hit]:
        """Yield every track that is admitted, those with nothing against them first.

        Equals come in an order drawn from the seed.
        """
        found: list[Hit] = []
        for track, text in self._catalogue.tracks.described():
            descriptors = tuple(text.split(SEPARATOR)) if text else ()
            if (among is None or track in among) and question.exclusion.admits(descriptors):
                against = question.exclusion.penalty(descriptors)
                found.append(Hit(track, descriptors, 1.0 - against, 0.0, 0.0, against=against))
        return iter(sorted(found, key=lambda hit: (-hit.score, _draw(seed, hit.track))))


def _trust(named: int, held: int, missing: int) -> float:
    """Return the share of the things named that one track may have, 1 where most are together.

    What no track has counts half: something near to it comes.
    """
    if not missing and not is_apart(range(named), held):
        return 1.0
    return (held + missing / 2) / (named + missing)


def is_apart(named: Sequence[object], held: int) -> bool:
    """Say whether no text holds more than half of the things that are named."""
    return len(named) > 1 and held * 2 <= len(named)


def spelt(asked: Sequence[str], rules: Rules | None = None) -> tuple[str, ...]:
    """Return words as the descriptors spell them: "synth", "pop" as "synthpop"; "rnb" as "r", "b".

    The longest run of words that is one descriptor in another spelling is replaced.
    """
    found: list[str] = []
    start = 0
    while start < len(asked):
        for length in range(min(LONGEST, len(asked) - start), 0, -1):
            said = " ".join(asked[start : start + length])
            written = text_of([said], rules)
            if length == 1 or (written and written != said and SEPARATOR not in written):
                break
        found += content_words(written) or asked[start : start + length]
        start += length
    return tuple(dict.fromkeys(found))


def _by_name(hit: Hit, words: tuple[str, ...], share: float, most: float) -> Hit:
    score = max(hit.score, most * share) + NAME_GAIN * share
    return replace(hit, score=min(1.0, score), called=words)


def _unit(moves: Sequence[tuple[FloatArray, float]]) -> FloatArray | None:
    """Return the weighted sum of vectors at unit length; None for none, or when they cancel out."""
    if not moves:
        return None
    total = np.sum([weight * vector for vector, weight in moves], axis=0)
    length = float(np.linalg.norm(total))
    return (total / length).astype(np.float32) if length > 1e-6 else None


def _beside(vector: FloatArray, towards: FloatArray) -> FloatArray:
    """Return a vector without what it has in common with where the request points."""
    return vector - max(0.0, float(vector @ towards)) * towards


def _rows(vectors: Mapping[str, FloatArray], texts: Sequence[str]) -> FloatArray:
    return np.stack([vectors[text] for text in texts]) if texts else np.empty((0, 0), np.float32)


def _with_reasons(hit: Hit, near: Mapping[str, float], question: Question) -> Hit:
    """Name the descriptors that were said as words, then the nearest in meaning."""
    said = tuple(matched_words(question.words, hit.descriptors))
    known = [d for d in hit.descriptors if d in near]
    ranked = sorted(known, key=lambda d: (d not in said, -near[d]))
    least = WEAK * max((near[d] for d in known), default=0.0)
    strong = [d for d in ranked if d in said or near[d] >= least]
    kept = strong[: max(REASONS, len(said))]
    return replace(
        hit,
        matched=tuple((d, round(near[d], 3)) for d in kept),
        said=said,
        disliked=question.exclusion.worst(hit.descriptors) if hit.against else "",
    )


def _draw(seed: str, track: int) -> bytes:
    return blake2b(f"{seed}\0{track}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
