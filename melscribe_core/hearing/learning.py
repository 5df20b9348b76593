"""Learn a library's own words from its tracks that have both tags and sound.

Ridge regression in closed form from features and probabilities to the deviations of the texts from
their mean. It is tried on albums held out: what it is worth there, against what was heard alone,
decides whether it is used. The strength of the ridge and the share that is learned are chosen on
other albums than those on which it is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray, IdArray
from melscribe_core.hearing.learned import (
    Learned,
    as_texts,
    heard_deviations,
    mixed,
    standardised,
    unit,
)
from melscribe_core.text import counted

FEWEST = 200  # tracks to learn from: fewer tell nothing about 500 inputs
MOST = 20_000  # tracks; more take more time than they add
FEWEST_ALBUMS = 10  # of them 6 judge: what is alike in 3 may be chance
FOLDS = 5  # parts of albums; each is held out once
CHOOSING = 2  # of them choose the settings, the others judge
TESTED = 2000  # tracks at most that choose, and that judge
FIRST = 10  # of a ranking
RIDGES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # shares of the inputs' mean variance, which is 1
SHARES = (1.0, 0.75, 0.5, 0.25)  # of the deviation that is learned
SURE = 2.0  # standard errors: 1 of 40 useless maps seems better than that by chance
LEAST_SPREAD = 1e-4  # of an input: below it, it is the same everywhere

_Numbers = NDArray[np.float64]


class Lessons(NamedTuple):
    """n tracks that have own tags and were heard, none of them silent.

    `features` (n, 400), `probabilities` (n, any number), `own` the descriptors of each, `vectors`
    (n, dim) the unit vectors of their texts, `heard` (n, dim) those of what was heard, all 0 where
    nothing was, and `albums` (n,) ids: tracks of one album are held out together.
    """

    features: FloatArray
    probabilities: FloatArray
    own: Sequence[frozenset[str]]
    vectors: FloatArray
    heard: FloatArray
    albums: IdArray


def learn(lessons: Lessons, words: Mapping[str, FloatArray], fingerprint: str) -> Learned | None:
    """Learn from tracks; None for fewer than 200 tracks or 10 albums.

    `words` has the vectors of single descriptors, to be judged by; those of others are left out.
    `fingerprint` names the encoder, the nets and the table, see `Learned.from_bytes`.
    """
    lessons = _some(lessons)
    if len(lessons.own) < FEWEST or len(np.unique(lessons.albums)) < FEWEST_ALBUMS:
        return None
    trial = _Trial(lessons, words)
    ridge, share = trial.choose()
    learned, heard = trial.judge(ridge, share)
    is_used = _is_better(learned, heard, lessons.albums[trial.judging])
    return Learned(
        trial.means,
        trial.spreads,
        trial.fit.weights(ridge),
        trial.centre,
        trial.heard_centre,
        share,
        is_used,
        _report(len(lessons.own), learned, heard, is_used),
        fingerprint,
    )


class _Found(NamedTuple):
    """What vectors find for each of some tracks: its own set (0 or 1), and the share of its words.

    Both are among the FIRST of a ranking by cosine: of all sets of these tracks, and of all words.
    """

    sets: _Numbers
    words: _Numbers


class _Sums(NamedTuple):
    """Sums over tracks: of 1, inputs, targets, inputs.T @ inputs and inputs.T @ targets."""

    tracks: int
    inputs: _Numbers
    targets: _Numbers
    squares: _Numbers
    products: _Numbers

    @classmethod
    def over(cls, inputs: FloatArray, targets: FloatArray) -> _Sums:
        """Sum over all rows."""
        sums = (inputs.sum(axis=0), targets.sum(axis=0), inputs.T @ inputs, inputs.T @ targets)
        return cls(len(inputs), *(one.astype(np.float64) for one in sums))

    def without(self, other: _Sums) -> _Sums:
        """Return the sums over the other tracks."""
        return _Sums(
            self.tracks - other.tracks,
            self.inputs - other.inputs,
            self.targets - other.targets,
            self.squares - other.squares,
            self.products - other.products,
        )


class _Ridge:
    """The solution for all strengths, from the eigenvectors of inputs.T @ inputs.

    Inputs and targets are taken from their means over these tracks alone: with a mean over all, the
    targets of tracks that were held out would be opposite to what is missing here.
    """

    def __init__(self, sums: _Sums) -> None:
        self._count = sums.tracks
        self.mean = sums.inputs / sums.tracks
        squares = sums.squares - np.outer(self.mean, sums.inputs)
        self._values, self._vectors = np.linalg.eigh(squares)
        self._turned = self._vectors.T @ (sums.products - np.outer(self.mean, sums.targets))

    def weights(self, ridge: float) -> FloatArray:
        """Return the weights, float32 (inputs, dim)."""
        scaled = self._turned / (self._values + ridge * self._count)[:, None]
        found: FloatArray = (self._vectors @ scaled).astype(np.float32)
        return found


class _Trial:
    """Predictions for albums that were held out, and what they find."""

    def __init__(self, lessons: Lessons, words: Mapping[str, FloatArray]) -> None:
        self._lessons, self._words = lessons, words
        raw = np.concatenate([lessons.features, lessons.probabilities], axis=1)
        self.means = raw.mean(axis=0, dtype=np.float64).astype(np.float32)
        spreads = raw.std(axis=0, dtype=np.float64).astype(np.float32)
        self.spreads = np.where(spreads < LEAST_SPREAD, np.float32(1), spreads)
        self.centre = lessons.vectors.mean(axis=0)
        self.heard_centre = _mean_of_some(lessons.heard)
        self._inputs = standardised(
            lessons.features, lessons.probabilities, self.means, self.spreads
        )
        self._targets = lessons.vectors - self.centre
        self._deviations = heard_deviations(lessons.heard, self.heard_centre)
        self._folds = folds_of(lessons.albums)
        self._learn()
        self._choosing = _spread(np.flatnonzero(self._folds < CHOOSING))
        self.judging = _spread(np.flatnonzero(self._folds >= CHOOSING))

    def choose(self) -> tuple[float, float]:
        """Return the ridge whose directions are nearest, and the share that finds most."""
        rows = self._choosing
        targets = unit(self._targets[rows])
        closeness = [
            float(np.vdot(unit(self._predicted(rows, ridge)), targets)) for ridge in RIDGES
        ]
        ridge = RIDGES[int(np.argmax(closeness))]
        found = [self._found(rows, self._vectors(rows, ridge, share)) for share in SHARES]
        worth = [float(one.sets.mean() + one.words.mean()) for one in found]
        return ridge, SHARES[int(np.argmax(worth))]

    def judge(self, ridge: float, share: float) -> tuple[_Found, _Found]:
        """Return what is found by what was learned, and by what was heard alone.

        Both deviate from the same middle: to know which words are common here is not to have
        learned how they sound.
        """
        rows = self.judging
        learned = self._found(rows, self._vectors(rows, ridge, share))
        return learned, self._found(rows, self._vectors(rows, ridge, 0.0))

    def _learn(self) -> None:
        parts = [
            _Sums.over(self._inputs[rows], self._targets[rows])
            for rows in (np.flatnonzero(self._folds == fold) for fold in range(FOLDS))
        ]
        total = _Sums.over(self._inputs, self._targets)
        self.fit = _Ridge(total)
        self._without = [_Ridge(total.without(part)) for part in parts]

    def _predicted(self, rows: NDArray[np.intp], ridge: float) -> FloatArray:
        """Return the deviations of tracks, each from weights learned without its fold."""
        found = np.empty((len(rows), self._targets.shape[1]), np.float32)
        for fold in range(FOLDS):
            here = self._folds[rows] == fold
            if here.any():
                fit = self._without[fold]
                inputs = self._inputs[rows[here]] - fit.mean.astype(np.float32)
                found[here] = inputs @ fit.weights(ridge)
        return found

    def _vectors(self, rows: NDArray[np.intp], ridge: float, share: float) -> FloatArray:
        predicted = self._predicted(rows, ridge)
        return as_texts(mixed(predicted, self._deviations[rows], share), self.centre)

    def _found(self, rows: NDArray[np.intp], vectors: FloatArray) -> _Found:
        own = [self._lessons.own[row] for row in rows]
        sets = dict(zip(own, self._lessons.vectors[rows], strict=True))
        names = sorted({name for one in sets for name in one if name in self._words})
        words = {frozenset({name}): self._words[name] for name in names}
        single = [[frozenset({name}) for name in one if name in self._words] for one in own]
        return _Found(
            _recall(vectors, sets, [[one] for one in own]), _recall(vectors, words, single)
        )


def folds_of(albums: IdArray) -> NDArray[np.intp]:
    """Return the fold of each track, 0 to FOLDS - 1; an album is in one, and folds are alike.

    The largest album first, each goes to the fold with fewest tracks so far.
    """
    _, place, counts = np.unique(albums, return_inverse=True, return_counts=True)
    filled = np.zeros(FOLDS, np.int64)
    folds = np.empty(len(counts), np.intp)
    shuffled = np.random.default_rng(0).permutation(len(counts))
    for album in shuffled[np.argsort(-counts[shuffled], kind="stable")]:
        folds[album] = filled.argmin()
        filled[folds[album]] += counts[album]
    found: NDArray[np.intp] = folds[place.reshape(-1)]
    return found


def _recall(
    vectors: FloatArray,
    candidates: Mapping[frozenset[str], FloatArray],
    wanted: Sequence[Sequence[frozenset[str]]],
) -> _Numbers:
    """Return, for each vector, the share of the wanted candidates among the FIRST by cosine.

    No more count as wanted than there are places. A vector that is 0 finds nothing.
    """
    found = np.zeros(len(vectors))
    if not candidates:
        return found
    places = {name: at for at, name in enumerate(candidates)}
    cosines = vectors @ np.array([*candidates.values()], np.float32).T
    for row, names in enumerate(wanted):
        if names and vectors[row].any():
            own = cosines[row, [places[name] for name in names]]
            better = (cosines[row][None] > own[:, None]).sum(axis=1)
            found[row] = np.count_nonzero(better < FIRST) / min(len(names), FIRST)
    return found


def _is_better(learned: _Found, heard: _Found, albums: IdArray) -> bool:
    """Say whether one measure is surely better with what was learned, and the other not worse."""
    sets, words = learned.sets - heard.sets, learned.words - heard.words
    better = _is_above_0(sets, albums) or _is_above_0(words, albums)
    return better and min(sets.mean(), words.mean()) >= 0


def _is_above_0(differences: _Numbers, albums: IdArray) -> bool:
    """Say whether a mean is surely above 0, when the tracks of an album may be alike."""
    mean = float(differences.mean())
    _, place = np.unique(albums, return_inverse=True)
    of_albums = np.bincount(place.reshape(-1), differences - mean)
    error = float(np.sqrt((of_albums**2).sum())) / len(differences)
    return mean > SURE * error


def _report(count: int, learned: _Found, heard: _Found, is_used: bool) -> str:
    return (
        f"learned from {counted(count, 'track')}: finds a track's own words among the first ten"
        f" for {int(learned.sets.sum()):,} of {counted(len(learned.sets), 'held-out track')},"
        f" what was heard alone for {int(heard.sets.sum()):,}"
        f"{'' if is_used else '; it is not used'}"
    )


def _some(lessons: Lessons) -> Lessons:
    """Return at most MOST lessons, chosen at random, always the same."""
    if len(lessons.own) <= MOST:
        return lessons
    rows = np.sort(np.random.default_rng(0).permutation(len(lessons.own))[:MOST])
    own = [lessons.own[row] for row in rows]
    arrays = (lessons.features, lessons.probabilities, lessons.vectors, lessons.heard)
    features, probabilities, vectors, heard = (array[rows] for array in arrays)
    return Lessons(features, probabilities, own, vectors, heard, lessons.albums[rows])


def _spread(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return at most TESTED rows, evenly spread."""
    return rows[:: max(1, -(-len(rows) // TESTED))]


def _mean_of_some(vectors: FloatArray) -> FloatArray:
    """Return the mean of the vectors that are not 0, 0 if all are."""
    some = vectors[vectors.any(axis=1)]
    found: FloatArray = some.sum(axis=0) / np.float32(max(len(some), 1))
    return found
