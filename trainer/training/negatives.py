"""Hard negatives: texts that rank high for a query and do not answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import MelScribeError

from ..data.pairs import Pairs
from ..nearest import NONE, IntArray, nearest

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Mined:
    """What one miner found: text numbers and scores, (queries, n) each, best first."""

    miner: str
    texts: IntArray
    scores: FloatArray
    removed: int  # texts that answer the query and ranked above the last one found


def mine(
    miner: str, queries: FloatArray, texts: FloatArray, answers: Sequence[IntArray], count: int
) -> Mined:
    """Return the `count` best texts per query that are not among its `answers`.

    `queries` and `texts` are vectors, (n, dim). Raises MelScribeError if there are not more than
    `count` texts.
    """
    if len(texts) <= count:
        raise MelScribeError(
            f"mine: {count} negatives per query were asked for among {len(texts)} texts; "
            "lower mine.count or give more data."
        )
    blocks = list(nearest(queries, texts, count, hidden=answers))
    numbers = np.concatenate([found for found, _, _ in blocks])
    scores = np.concatenate([best for _, best, _ in blocks])
    return Mined(miner, numbers, scores, sum(passed for _, _, passed in blocks))


def answers_of(pairs: Pairs) -> list[IntArray]:
    """Return for each query the numbers of the texts that answer it, ascending.

    These are its positives, every text of the same tracks, and every text with what the query asks
    for.
    """
    number = {text: i for i, text in enumerate(pairs.corpus)}
    of_track = pairs.texts_of_tracks()
    holding: dict[str, list[int]] = {}
    for text in pairs.corpus:
        for name in text.split(SEPARATOR):
            holding.setdefault(name, []).append(number[text])
    holders = {name: np.array(numbers, np.int32) for name, numbers in holding.items()}
    answers = []
    for query in pairs.queries:
        right = [number[text] for text in query.positives]
        right += [n for track in query.tracks for n in of_track.get(track, ())]
        for names in query.asked:
            held = reduce(np.intersect1d, [holders.get(name, _NOTHING) for name in names])
            right += held.tolist()
        answers.append(np.unique(np.array(right, np.int32)))
    return answers


_NOTHING = np.empty(0, np.int32)


def report(mined: Sequence[Mined]) -> dict[str, dict[str, float]]:
    """Return per miner the numbers of negatives and of removed texts, and score quantiles."""
    rows: dict[str, dict[str, float]] = {}
    for one in mined:
        known = one.scores[one.texts != NONE]
        row: dict[str, float] = {"negatives": int(known.size), "removed": one.removed}
        row |= {f"q{int(q * 100):02d}": round(float(np.quantile(known, q)), 4) for q in QUANTILES}
        rows[one.miner] = row
    return rows


def join(mined: Sequence[Mined]) -> IntArray:
    """Return the negatives of all miners, interleaved by rank, each text once, NONE last."""
    rows = []
    for numbers in zip(*(one.texts for one in mined), strict=True):
        found = dict.fromkeys(int(n) for pick in zip(*numbers, strict=True) for n in pick)
        found.pop(NONE, None)
        rows.append(list(found))
    width = max(map(len, rows), default=0)
    table = np.full((len(rows), width), NONE, np.int32)
    for row, names in zip(table, rows, strict=True):
        row[: len(names)] = names
    return table


def write_negatives(table: IntArray, folder: Path) -> None:
    """Write negatives.npy: (queries, n) text numbers in the order of the pairs' corpus."""
    np.save(folder / "negatives.npy", table)


def read_negatives(folder: Path) -> IntArray:
    """Read what write_negatives wrote."""
    table: IntArray = np.load(folder / "negatives.npy", allow_pickle=False)
    return table
