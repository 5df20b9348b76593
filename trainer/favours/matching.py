"""Are the items that a person likes found by half of their likes? Two measures of held-out likes.

A person's taste is the mean of the known likes, seen from the mean of all items: what a plugin can
compute without any other person. With `ridge` the directions in which items differ most count less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import MelScribeError
from melscribe_core.text import agreeing

from ..evaluation.metrics import Scores
from ..nearest import IntArray
from ..stages import digest
from .people import Person

FIRST = 100  # of the items, among which a held-out like is a hit
HALVES = 3  # random ones of each person
FEWEST = 4  # likes of a person who is asked: two known, two held out
BESIDE = 10  # items that are a little more popular than a held-out like, and as many a little less
RIDGE = 100.0  # added to the covariance; best of 1, 10, 100 and 1,000 on HetRec's dev people
HITS, AUC, OTHERS = f"hr@{FIRST}", "auc", f"hr@{FIRST} by another's likes"
FANS = f"fans of the first {FIRST}"

Taste = Callable[[IntArray], FloatArray]
"""Places of known likes -> a score of every item."""


@dataclass(frozen=True)
class _Half:
    known: IntArray
    held_out: IntArray
    against: tuple[IntArray, ...]  # of each held-out like: as popular, and not liked


class Matching:
    """Questions of some people, the same for all vectors; `fans`: people who like each item.

    A held-out like is a hit among the `first` items. Raises MelScribeError if nobody has FEWEST
    likes.
    """

    def __init__(self, people: Sequence[Person], fans: IntArray, first: int = FIRST) -> None:
        asked = [person for person in people if len(person.liked) >= FEWEST]
        if not asked:
            raise MelScribeError(
                f"{agreeing(len(people), 'person is', 'people are')} left to measure on, and none "
                f"of them likes {FEWEST} items; "
                "give favours of more people, or others as --dev-favours."
            )
        self.people = len(asked)
        self._fans, self._first = fans, first
        order = _by_popularity(fans)
        self._halves = [half for person in asked for half in _halves(person, order)]

    def measured(self, vectors: FloatArray, ridge: float = 0.0) -> Scores:
        """Return the measures of a taste in these vectors of all items; shares are from 0 to 1.

        hr@100: the share of held-out likes among the first 100 items, known ones left out; and the
        same if another person's taste is asked: what is not personal. auc: how often a held-out
        like is before an item as popular that the person does not like. fans: how many people like
        one of the first 100 items, on average. With `ridge` above 0, taste is multiplied by
        (covariance + ridge)^-1.
        """
        taste = _centred(vectors, ridge)
        return {**self._scores(taste, 0), OTHERS: self._scores(taste, HALVES)[HITS]}

    def by_popularity(self) -> Scores:
        """Return hr@100, auc and fans of the order by the number of people who like an item."""
        popular = self._fans.astype(np.float32)
        return self._scores(lambda _: popular.copy(), 0)

    def _scores(self, taste: Taste, others: int) -> Scores:
        found = []
        for at, half in enumerate(self._halves):
            scores = taste(self._halves[(at + others) % len(self._halves)].known)
            best = _best(scores, half, self._first)
            hits = np.isin(half.held_out, best).mean()
            found.append((hits, _auc(scores, half), self._fans[best].mean()))
        means = np.mean(found, axis=0).tolist()
        return dict(zip((HITS, AUC, FANS), means, strict=True))


def fans_of(people: Sequence[Person], items: int) -> IntArray:
    """Return how many people like each item, int32 (items,)."""
    places = [place for person in people for place in person.liked]
    return np.bincount(np.array(places, np.int64), minlength=items).astype(np.int32)


def _centred(vectors: FloatArray, ridge: float) -> Taste:
    middle = vectors.mean(axis=0)
    towards = vectors
    if ridge:
        apart = vectors - middle
        covariance = apart.T @ apart + np.float32(ridge) * np.eye(len(middle), dtype=np.float32)
        towards = np.linalg.solve(covariance, vectors.T).T
    return lambda known: towards @ (vectors[known].mean(axis=0) - middle)


def _best(scores: FloatArray, half: _Half, first: int) -> IntArray:
    left = scores.copy()
    left[half.known] = -np.inf
    found: IntArray = np.argsort(-left, kind="stable")[:first].astype(np.int32)
    return found


def _auc(scores: FloatArray, half: _Half) -> float:
    return float(np.mean(list(map(partial(_before, scores), half.held_out, half.against))))


def _before(scores: FloatArray, own: int, others: IntArray) -> float:
    """Return the share of the others that an item is before; a tie is half a share."""
    return float(((scores[own] > scores[others]) + (scores[own] == scores[others]) / 2).mean())


def _halves(person: Person, order: IntArray) -> Iterator[_Half]:
    rng = np.random.default_rng(int(digest("halves", person.name), 16))
    liked = np.array(sorted(person.liked), np.int32)
    free = order[~np.isin(order, liked)]
    if not len(free):
        raise MelScribeError("A person likes all items; give items that are not liked, too.")
    # How many of the free ones are before each item in the order.
    before = np.empty(len(order), np.int32)
    before[order] = np.cumsum(~np.isin(order, liked))
    for _ in range(HALVES):
        mixed = rng.permutation(liked)
        known, held_out = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
        windows = (slice(max(0, at - BESIDE), at + BESIDE) for at in before[held_out])
        yield _Half(known, held_out, tuple(free[window] for window in windows))


def _by_popularity(fans: IntArray) -> IntArray:
    """Return the places of items by the number of their fans; equals in a random order."""
    mixed = np.random.default_rng(0).permutation(len(fans)).astype(np.int32)
    found: IntArray = mixed[np.argsort(fans[mixed], kind="stable")]
    return found
