"""What vectors of held-out tracks find and are found by: ranks, recall, average precision, nDCG.

A vector of zeros, which a track without a heard descriptor gets, is similar to nothing: it ranks
last everywhere, and a tie counts against the vector that is measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from melscribe_core.arrays import FloatArray

from ..evaluation.metrics import DEPTH, Scores, ndcg
from ..nearest import IntArray
from .wording import BoolArray, Texts

# Of the whole ranking: recall@10 of a small dev part is 1 for any checkpoint.
CHOOSING = ("set mrr", "descriptor map", "caption map")
FEWEST_HOLDERS = 2  # tracks that a descriptor needs to be asked for


@dataclass(frozen=True)
class Questions:
    """Questions to the vectors of some tracks, the same for every kind of vectors.

    `sets`: the distinct whole sets, float32 (sets, dim); `own`: each track's set, -1 for none.
    `descriptors` (n, dim) and `holders`, bool (n, tracks): who has each of them. `captions` (n,
    dim) and `described`, bool (n, tracks).
    """

    sets: FloatArray
    own: IntArray
    descriptors: FloatArray
    holders: BoolArray
    captions: FloatArray
    described: BoolArray

    def __bool__(self) -> bool:
        """Return whether there is a question."""
        return bool(len(self.sets) or len(self.descriptors) or len(self.captions))


def questions_for(places: Sequence[int], texts: Texts) -> Questions:
    """Return the questions that the tracks at `places` can be asked.

    A descriptor that all of them have, or fewer than FEWEST_HOLDERS, is not asked for.
    """
    wholes = texts.wholes(places)
    sets, own = np.unique(wholes[wholes >= 0], return_inverse=True)
    numbers = np.full(len(places), -1, np.int32)
    numbers[wholes >= 0] = own
    singles = sorted({text for place in places for text in texts.kinds[place][2]})
    holders = texts.answered(places, singles).T
    counts = holders.sum(axis=1)
    asked = (counts >= FEWEST_HOLDERS) & (counts < len(places))
    captions = sorted({text for place in places for text in texts.kinds[place][3]})
    described = np.zeros((len(captions), len(places)), bool)
    for at, place in enumerate(places):
        described[np.isin(captions, texts.kinds[place][3]), at] = True
    vectors = texts.vectors
    return Questions(
        vectors[sets],
        numbers,
        vectors[np.array(singles, np.int32)[asked]],
        holders[asked],
        vectors[np.array(captions, np.int32)],
        described,
    )


def measured(vectors: FloatArray, test: Questions) -> Scores:
    """Return the measures of the tracks' vectors, unit or zero, float32 (tracks, dim).

    set recall@10, mrr, rank: whether a track's own set is among the 10 sets nearest to the track,
    of the distinct sets of the test, the mean of 1 / its rank, and its median rank. descriptor map,
    ndcg@10, recall@10: the tracks that a descriptor finds, mean over descriptors. caption ...: the
    same of captions.
    closeness: mean cosine of a track and its own set. A measure without a question is left out.
    """
    found: Scores = {}
    tagged = test.own >= 0
    if tagged.any():
        cosines = vectors[tagged] @ test.sets.T
        ranks = ranks_of(cosines, test.own[tagged])
        found["set recall@10"] = float((ranks <= DEPTH).mean())
        found["set mrr"] = float((1 / ranks).mean())
        found["set rank"] = float(np.median(ranks))
        found["closeness"] = float(np.take_along_axis(cosines, test.own[tagged, None], 1).mean())
    empty = ~vectors.any(axis=1)
    for name, texts, right in (
        ("descriptor", test.descriptors, test.holders),
        ("caption", test.captions, test.described),
    ):
        if len(texts):
            scores = texts @ vectors.T
            scores[:, empty] = -np.inf
            rows = [_of_text(row, held) for row, held in zip(scores, right, strict=True)]
            found |= {f"{name} {key}": float(np.mean([r[key] for r in rows])) for key in rows[0]}
    return found


def ranks_of(scores: FloatArray, own: IntArray) -> IntArray:
    """Return the rank of column own[i] in each row i, 1 for the best; it is last among equals."""
    mine = np.take_along_axis(scores, own[:, None], axis=1)
    ranks: IntArray = (scores >= mine).sum(axis=1).astype(np.int32)
    return ranks


def mean_score(scores: Mapping[str, float]) -> float:
    """Return one number by which two checkpoints are compared: the mean of CHOOSING."""
    return float(np.mean([scores[name] for name in CHOOSING if name in scores]))


def _of_text(scores: FloatArray, right: BoolArray) -> Scores:
    order = np.argsort(-scores, kind="stable")
    hits = right[order]
    places = np.flatnonzero(hits) + 1
    names = [str(track) for track in order[:DEPTH]]
    grades = {str(track): 1.0 for track in np.flatnonzero(right)}
    return {
        "map": float(np.mean(np.arange(1, len(places) + 1) / places)),
        "ndcg@10": ndcg(names, grades),
        "recall@10": float(hits[:DEPTH].sum() / len(places)),
    }
