"""Rankings -> recall, reciprocal rank and nDCG; all are fractions from 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2

RECALL_AT = (1, 5, 10)
DEPTH = 10  # ranks that are considered
MEASURES = (*(f"recall@{k}" for k in RECALL_AT), f"mrr@{DEPTH}", f"ndcg@{DEPTH}")

Grades = Mapping[str, float]
"""Relevant id -> grade above 0."""

Scores = dict[str, float]
"""Name of a measure -> fraction."""


def recall(ranked: Sequence[str], right: Grades, k: int) -> float:
    """Return the share of the relevant ids that are among the first k."""
    return sum(one in right for one in ranked[:k]) / len(right)


def reciprocal_rank(ranked: Sequence[str], right: Grades, k: int = DEPTH) -> float:
    """Return 1 / rank of the first relevant id among the first k, 0 if there is none."""
    places = (place for place, one in enumerate(ranked[:k], 1) if one in right)
    return 1 / next(places, float("inf"))


def ndcg(ranked: Sequence[str], right: Grades, k: int = DEPTH) -> float:
    """Return the discounted cumulative gain of the first k, divided by that of the ideal ranking.

    A relevant id gains grade / log2(rank + 1) (Järvelin and Kekäläinen 2002, as in trec_eval).
    """
    gains = [right.get(one, 0.0) for one in ranked[:k]]
    return _discounted(gains) / _discounted(sorted(right.values(), reverse=True)[:k])


def measures(ranked: Sequence[str], right: Grades) -> Scores:
    """Return the MEASURES of one ranking: distinct ids, best first; `right` is not empty."""
    values = [recall(ranked, right, k) for k in RECALL_AT]
    values += [reciprocal_rank(ranked, right), ndcg(ranked, right)]
    return dict(zip(MEASURES, values, strict=True))


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / log2(place + 1) for place, gain in enumerate(gains, 1))
