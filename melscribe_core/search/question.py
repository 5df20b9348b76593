"""Wish -> question: what is wanted in words and examples -> vectors, words and exclusions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.neighbours import Neighbours
from melscribe_core.descriptors.sets import SEPARATOR, Rules, load_rules
from melscribe_core.encoder.calibration import Scale
from melscribe_core.search.everyday import musical
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
from melscribe_core.search.lookup import words_asked
from melscribe_core.search.mentions import KnownDescriptors, Mention, respelt
from melscribe_core.search.rendering import IN_ENGLISH, Reading, own_words
from melscribe_core.search.words import (
    MAX_WORDS,
    SAMPLE,
    Rarity,
    all_expression,
    content_words,
    held_expression,
    scale_of,
    word_forms,
)

if TYPE_CHECKING:
    from melscribe_core.encoder.encoder import Encoder
    from melscribe_core.taste.taste import Pull, Taste

# What is encoded of a request in another language: see benchmarks/quality/README.md.
ENCODED = "{written}, {english}"

LIKE_WEIGHT = 1.0  # of the mean of the examples: the same as of the words
MORE_WEIGHT = 0.6  # of `more`: it moves the request without replacing it
LESS_WEIGHT = 0.4  # of `less`, subtracted
PRESENT_WEIGHT = 0.5  # of each named descriptor that some track has, when others are missing

NEAREST = 0.68  # least cosine at which a descriptor is offered in place of a missing one
GUESS = 0.25  # factor on all scores when no word of the request is known

_Said = tuple[str, tuple[Mention, ...]]  # a text, and what it names


@dataclass(frozen=True)
class Lean:
    """A pull of the search towards a text, or the mean of some tracks; away with a weight below 0.

    The weight is relative to that of the words of the request, 1.
    """

    weight: float
    text: str = ""
    tracks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What is wanted, in words and examples.

    `about` is free text; `more` moves the search towards phrases, `less` away from them, and
    `exclude` forbids what it names. `like` holds the ids of example tracks. `missing` holds the
    parts of `about` that name what no track has. With `unknown` no word of `about` is known, and
    every score is a guess. `is_list` says that `about` lists genres, moods and the like, as opposed
    to a story in which some are mentioned. `leans` are further pulls. With `unheard` nothing counts
    that was only heard in a track. `reading` is what `about` says in English, where it is in
    another language. With a `taste`, one standard deviation of it counts
    `taste_weight` spreads of the request's cosines where the gate is open.
    """

    about: str = ""
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    like: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: bool = False
    is_list: bool = False
    leans: tuple[Lean, ...] = ()
    unheard: bool = False
    reading: Reading = IN_ENGLISH
    taste: Taste | None = None
    taste_weight: float = 0.0

    def said(self, known: KnownDescriptors) -> str:
        """Return what `about` says of music, in English as far as it is known.

        Words that it says in their everyday sense are left out: see `musical`.
        """
        return self.reading.text if self.reading.language else musical(self.about, known)


@dataclass(frozen=True)
class Question:
    """A wish in the form that is searched for.

    `vector` is float32 (dim,) of unit length, or None when nothing describes the music: then every
    admitted track answers equally well. `examples` is the mean of the example tracks' vectors, of
    unit length. `scale` is the mean and spread of the vector's cosines over the catalogue. `words`
    are looked up in descriptor sets, with their `rarity` there; `titles` in the tracks' own names.
    `named` holds, for each part of `about` that names descriptors of the catalogue, those
    descriptors; `held` is the largest number of these parts that one set has; `whole` holds all
    descriptors that `about` or `more` names. Scores are multiplied by `trust`, 0..1. For `unheard`
    see Wish. `pull` is what a taste adds, None where there is none or it lies elsewhere.
    """

    vector: FloatArray | None
    words: tuple[str, ...]
    titles: tuple[str, ...]
    rarity: Rarity
    exclusion: Exclusion
    examples: FloatArray | None
    scale: Scale
    named: tuple[tuple[str, ...], ...]
    held: int
    trust: float
    whole: frozenset[str] = frozenset()
    unheard: bool = False
    pull: Pull | None = None

    @property
    def is_apart(self) -> bool:
        """Say whether no descriptor set has more than half of what is named."""
        return is_apart(self.named, self.held)

    @property
    def units(self) -> tuple[tuple[str, ...], ...]:
        """The words of each single descriptor that is named by more than one word."""
        names = (content_words(of_one[0]) for of_one in self.named if len(of_one) == 1)
        return tuple(words for words in names if len(words) > 1)


class QuestionBuilder:
    """Turn wishes into questions for one catalogue, and look names up in it."""

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
        self._rules = rules or load_rules()
        self._known: tuple[int, KnownDescriptors] | None = None

    @property
    def known(self) -> KnownDescriptors:
        """The descriptors of the catalogue, read once per revision."""
        revision = self._catalogue.revision
        if self._known is None or self._known[0] != revision:
            names = KnownDescriptors(self._catalogue.words.descriptors(), self._rules.vocabulary)
            self._known = (revision, names)
        return self._known[1]

    def nearest_descriptor(self, name: str) -> str:
        """Return the descriptor nearest to a name that no track has, "" when none is near.

        A descriptor whose words are in the name ("pop" for "bedroom pop") goes before any other.
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
        """Say whether some descriptor set has every word of a phrase, in any of its descriptors."""
        return bool(self._catalogue.words.holding(all_expression(content_words(phrase))).size)

    def build(self, wish: Wish, narrower: Narrower | None = None) -> Question:
        """Turn a wish into a question; `narrower` is a genre tree for what is excluded."""
        texts = (wish.said(self.known), *(musical(text, self.known) for text in wish.more))
        said = [(text, self.known.mentions(text)) for text in texts]
        named = tuple(mention.descriptors for mention in said[0][1])
        about = (encoded_text(wish, self.known),) if wish.about else ()
        leaning = [lean.text for lean in wish.leans if lean.text]
        vectors = self._encoded([*about, *wish.more, *wish.less, *wish.exclude, *leaning])
        positive = [vectors[text] for text in (*about, *wish.more)]
        examples = self._mean(wish.like)
        vector = self._vector(wish, [vectors[text] for text in about], named, examples, vectors)
        words, titles = self._words(wish, said), own_words(wish.about, wish.reading.language)
        held = self._most_held(named) if wish.is_list else len(named)
        whole = frozenset(d for _, of_text in said for m in of_text for d in m.descriptors)
        wanted = self._wanted(wish, whole, positive)
        cosines = self._sample(vector)
        return Question(
            vector=vector,
            words=words,
            titles=titles,
            rarity=self._rarity((*words, *titles)),
            exclusion=self._exclusion(wish, vectors, narrower or {}, wanted),
            examples=examples,
            scale=scale_of(cosines, self._encoder.calibration.usual),
            named=named,
            held=held,
            trust=GUESS if wish.unknown else _trust(len(named), held, len(wish.missing)),
            whole=whole,
            unheard=wish.unheard,
            pull=_pull(wish, vector, cosines),
        )

    def _encoded(self, texts: Sequence[str]) -> dict[str, FloatArray]:
        return dict(zip(texts, self._encoder.encode(texts), strict=True)) if texts else {}

    def _vector(
        self,
        wish: Wish,
        about: Sequence[FloatArray],
        named: Iterable[tuple[str, ...]],
        examples: FloatArray | None,
        vectors: Mapping[str, FloatArray],
    ) -> FloatArray | None:
        """Return the vector of `about`, moved towards examples and `more` and away from `less`."""
        moves = [(vector, 1.0) for vector in about]
        moves += [(examples, LIKE_WEIGHT)] if examples is not None else []
        moves += [(vectors[text], MORE_WEIGHT) for text in wish.more]
        leans = [*self._leans(wish, vectors)]
        moves += [(vector, weight) for vector, weight in leans if weight > 0]
        if wish.missing:
            present = self._catalogue.vectors.of_descriptors(chain.from_iterable(named))
            moves += [(vector, PRESENT_WEIGHT) for vector in present.values()]
        towards = _unit(moves)
        if towards is None:  # `less` alone gives no direction to search in
            return None
        away = [(vectors[text], LESS_WEIGHT) for text in wish.less]
        away += [(vector, -weight) for vector, weight in leans if weight < 0]
        return _unit([*moves, *((_beside(vector, towards), -weight) for vector, weight in away)])

    def _leans(
        self, wish: Wish, vectors: Mapping[str, FloatArray]
    ) -> Iterator[tuple[FloatArray, float]]:
        """Yield the vector and the weight of each lean; tracks without a vector give none."""
        for lean in wish.leans:
            vector = vectors[lean.text] if lean.text else self._mean(lean.tracks)
            if vector is not None:
                yield vector, lean.weight

    def _mean(self, tracks: Sequence[int]) -> FloatArray | None:
        """Return the mean of these tracks' vectors, of unit length; None when none has a vector."""
        ids, vectors = self._catalogue.vectors.of_texts(self._catalogue.tracks.texts_of(tracks))
        if not len(ids):
            return None
        shares = self._catalogue.tracks.of_texts([int(i) for i in ids])
        meant = frozenset(tracks)
        weights = [len(meant.intersection(shares[int(i)])) for i in ids]
        return _unit([(vector, float(w)) for vector, w in zip(vectors, weights, strict=True)])

    def _words(self, wish: Wish, said: Sequence[_Said]) -> tuple[str, ...]:
        """Return the words to look up, without those of what is missing."""
        lost = content_words(" ".join(wish.missing))
        gone = {word for word in lost if not self.known.holds(word)}
        words = chain.from_iterable(words_asked(*one, self._rules) for one in said)
        return tuple(dict.fromkeys(word for word in words if word not in gone))[:MAX_WORDS]

    def _rarity(self, words: Iterable[str]) -> Rarity:
        """Return the rarity of these words over the descriptor sets."""
        frequency = self._catalogue.words.frequency(word_forms(words))
        return Rarity(self._catalogue.counts().texts, frequency)

    def _most_held(self, named: Sequence[tuple[str, ...]]) -> int:
        """Return the largest number of the named things that one descriptor set has."""
        if len(named) < 2:
            return len(named)
        expressions = [held_expression(descriptors) for descriptors in set(named)]
        found = [self._catalogue.words.holding(expression) for expression in expressions]
        _, counts = np.unique(np.concatenate(found), return_counts=True)
        repeated = len(named) - len(found)
        return int(counts.max(initial=0)) + repeated

    def _sample(self, vector: FloatArray | None) -> FloatArray:
        """Return the vector's cosines to texts spread over the catalogue by id; none without it."""
        if vector is None:
            return np.empty(0, np.float32)
        return self._neighbours.sample(vector, SAMPLE)

    def _wanted(self, wish: Wish, whole: Set[str], vectors: Sequence[FloatArray]) -> Wanted:
        """Return what is wanted, for judging what is not; a thing in both lists is not wanted."""
        if not (wish.exclude or wish.less):
            return ANYTHING
        less = {name for phrase in wish.less for name in self._names_of(phrase)}
        names = frozenset(whole) - less
        own = self._catalogue.vectors.of_descriptors(names)
        return Wanted(names, (*vectors, *own.values()))

    def _names_of(self, phrase: str) -> tuple[str, ...]:
        """Return the descriptors that an unwanted phrase names, in any spelling used here."""
        found = (self.known.find(text) for text in (phrase, core_of(phrase)))
        return tuple(dict.fromkeys(chain(names_of(phrase, self._rules), *found)))

    def _exclusion(
        self,
        wish: Wish,
        vectors: Mapping[str, FloatArray],
        narrower: Narrower,
        wanted: Wanted,
    ) -> Exclusion:
        """Return what `exclude` forbids, and what it and `less` count against a track."""
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


def _pull(wish: Wish, vector: FloatArray | None, cosines: FloatArray) -> Pull | None:
    """Return what the taste of a wish adds, None where it adds nothing.

    `cosines` are those of the vector to a sample of the catalogue.
    """
    if wish.taste is None or vector is None:
        return None
    from melscribe_core.taste.taste import Pull  # few people have asked for it

    weight = wish.taste_weight * wish.taste.gate(vector, cosines)
    return Pull(wish.taste, weight) if weight else None


def encoded_text(wish: Wish, known: KnownDescriptors) -> str:
    """Return the text of a wish that is encoded, descriptors spelt as the library does."""
    if not wish.reading.language:
        return respelt(wish.about, known.mentions(wish.about))
    return ENCODED.format(written=wish.about, english=SEPARATOR.join(wish.reading.english))


def is_apart(named: Sequence[object], held: int) -> bool:
    """Say whether no descriptor set has more than half of the things that are named."""
    return len(named) > 1 and held * 2 <= len(named)


def _trust(named: int, held: int, missing: int) -> float:
    """Return the share of the named things that one track may have; 1 when most occur together.

    What no track has counts half, because something near to it is found instead.
    """
    if not missing and not is_apart(range(named), held):
        return 1.0
    return (held + missing / 2) / (named + missing)


def _unit(moves: Sequence[tuple[FloatArray, float]]) -> FloatArray | None:
    """Return the weighted sum of vectors at unit length; None for none, or when they cancel out."""
    if not moves:
        return None
    total = np.sum([weight * vector for vector, weight in moves], axis=0)
    length = float(np.linalg.norm(total))
    return (total / length).astype(np.float32) if length > 1e-6 else None


def _beside(vector: FloatArray, towards: FloatArray) -> FloatArray:
    """Return a vector without the part that points the same way as `towards`."""
    return vector - max(0.0, float(vector @ towards)) * towards


def _rows(vectors: Mapping[str, FloatArray], texts: Sequence[str]) -> FloatArray:
    return np.stack([vectors[text] for text in texts]) if texts else np.empty((0, 0), np.float32)
