"""Calibration: the curve from evidence, by which tracks are ranked, to a score from 0 to 1.

The score of a track estimates the share of the descriptors named in a request that it has: the
probability that it satisfies a listener who wants one of them. An increasing curve is fitted from
evidence to that share, over the first tracks of each development request and some further down. A
track that fits in other words counts as a miss, so scores tend to be too low.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR, text_of
from melscribe_core.encoder.calibration import UNFITTED, Calibration, Scale
from melscribe_core.encoder.encoder import Encoder
from melscribe_core.errors import MelScribeError
from melscribe_core.search.search import Search
from melscribe_core.search.words import evidence

from ..data.datasets import Dataset, language_of
from ..data.renderings import named_in
from ..extra import INSTALL
from .encoders import Remembering
from .systems import search_of, wish_of

Knots = tuple[float, ...]

FIRST = 20  # tracks at the top of a ranking
FURTHER = 20  # tracks spread evenly over the rest, down to LOOKED_AT
LOOKED_AT = 400  # tracks of a ranking; the last are no better than chance
FEWEST = 20  # requests; with fewer the curve means nothing
# Quantiles of evidence between which tracks are averaged, finer at the top of a ranking.
EDGES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
LEAST_RISE = 0.002  # of the score per knot, so that more evidence always scores higher
ENDS = (-20.0, 60.0)  # evidence that scores 0 and 1; all evidence is between


@dataclass(frozen=True)
class Fitted:
    """A calibration, the numbers of requests and tracks that it was fitted to, and its error.

    `error`: mean absolute difference, 0 to 1, of score and share over the parts between EDGES. It
    is measured on every other request, with a curve fitted to the rest.
    """

    calibration: Calibration
    requests: int
    tracks: int
    error: float


def calibrate(
    encoder: Encoder, words: float, dev: Sequence[Dataset], among: Iterable[Dataset] = ()
) -> Fitted:
    """Fit the calibration of an encoder to the requests of `dev` that name descriptors.

    The searches run over the tracks of `dev` and `among`. `words` is the weight of shared words.
    Raises MelScribeError for fewer than FEWEST requests.
    """
    requests = list(_naming(dev))
    if len(requests) < FEWEST:
        raise MelScribeError(
            f"calibrate: {len(requests)} requests name a descriptor of their track; "
            f"give {FEWEST} or more by --dev."
        )
    tracks = [track for dataset in (*dev, *among) for track in dataset.tracks]
    texts = list(dict.fromkeys(filter(None, (text_of(track.tags) for track in tracks))))
    remembering = Remembering(encoder)
    usual = usual_scale(remembering, [request for request, _ in requests], texts)
    before = replace(UNFITTED, usual=usual, words=words)
    with search_of(texts, _Read(remembering, before)) as search:
        seen = [_judged(search, before, request, named) for request, named in requests]
    found, shares = _joined(seen)
    calibration = Calibration(usual, words, *fit_curve(found, shares))
    return Fitted(calibration, len(requests), len(found), _unseen_error(seen))


def usual_scale(encoder: Encoder, requests: Sequence[str], texts: Sequence[str]) -> Scale:
    """Return the mean over the requests of mean and standard deviation of their cosines."""
    cosines = encoder.encode(requests) @ encoder.encode(texts).T
    mean, spread = float(cosines.mean()), float(cosines.std(axis=1).mean())
    return Scale(round(mean, 4), round(spread, 4))


def fit_curve(found: FloatArray, shares: FloatArray) -> tuple[Knots, Knots]:
    """Return the knots of an increasing curve from evidence to score: two tuples of one length.

    Knots are the means over the parts between EDGES, made monotone by isotonic regression, and
    ENDS. `found` and `shares` have shape (n,).
    """
    try:
        from sklearn.isotonic import isotonic_regression
    except ImportError as error:
        raise MelScribeError(f"calibrate needs scikit-learn: {INSTALL}.") from error
    parts = _parts(found)
    evidence = [float(found[part].mean()) for part in parts]
    level = isotonic_regression([float(shares[part].mean()) for part in parts])
    rise = LEAST_RISE * np.arange(1, len(parts) + 1)
    scores = np.clip(level * (1 - rise[-1] - LEAST_RISE) + rise, 0, 1)
    knots = (ENDS[0], *evidence, ENDS[1]), (0.0, *map(float, scores), 1.0)
    return tuple(round(x, 3) for x in knots[0]), tuple(round(y, 4) for y in knots[1])


def curve_error(scores: FloatArray, shares: FloatArray) -> float:
    """Return the mean absolute difference of score and share over the parts between EDGES."""
    parts = _parts(scores)
    return float(np.mean([abs(scores[p].mean() - shares[p].mean()) for p in parts]))


class _Read(Remembering):
    """An encoder with another calibration than its own."""

    def __init__(self, encoder: Encoder, calibration: Calibration) -> None:
        super().__init__(encoder)
        self._calibration = calibration

    @property
    def calibration(self) -> Calibration:
        """Return the other calibration."""
        return self._calibration


@dataclass(frozen=True)
class _Judged:
    evidence: FloatArray
    shares: FloatArray


def _naming(dev: Iterable[Dataset]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each request that names descriptors of its track, with those descriptors."""
    for dataset in dev:
        for track in dataset.tracks:
            own = text_of(track.tags).split(SEPARATOR)
            for request in track.captions:
                if named := frozenset(named_in(request, own, language_of(track))):
                    yield request, named


def _judged(
    search: Search, calibration: Calibration, request: str, named: frozenset[str]
) -> _Judged:
    """Return for tracks found by the request their evidence and their share of `named`."""
    question = search.ask(wish_of(request))
    hits = list(islice(search.hits(question), LOOKED_AT))
    further = np.linspace(FIRST, len(hits) - 1, FURTHER).astype(int)
    hits = [*hits[:FIRST], *(hits[place] for place in further if len(hits) > FIRST)]
    found = evidence(
        np.array([hit.meaning for hit in hits], np.float32),
        np.array([hit.words for hit in hits], np.float32),
        question.scale,
        calibration,
    )
    shares = [len(named.intersection(hit.descriptors)) / len(named) for hit in hits]
    return _Judged(found, np.array(shares, np.float32))


def _unseen_error(seen: Sequence[_Judged]) -> float:
    """Return the error, on every second request, of the curve fitted to the others."""
    found, shares = _joined(seen[::2])
    unseen, held = _joined(seen[1::2])
    knots, scores = fit_curve(found, shares)
    curve = replace(UNFITTED, evidence=knots, scores=scores)
    return round(curve_error(curve.score(unseen), held), 4)


def _parts(values: FloatArray) -> list[npt.NDArray[np.int64]]:
    """Return the positions of the values in ascending order, split at EDGES; no part is empty."""
    cuts = np.round(np.array(EDGES[1:-1]) * len(values)).astype(int)
    parts = np.split(np.argsort(values, kind="stable"), cuts)
    return [part for part in parts if len(part)]


def _joined(seen: Sequence[_Judged]) -> tuple[FloatArray, FloatArray]:
    return (
        np.concatenate([judged.evidence for judged in seen]),
        np.concatenate([judged.shares for judged in seen]),
    )
