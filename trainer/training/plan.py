"""The rows of a training run in their order: which query, which positive, which negatives.

All randomness in the data is drawn here, before training starts and from one generator: the plan
lists every row of the run, so a resumed run sees the rows of an uninterrupted one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import MelScribeError

from ..data.pairs import Pairs
from ..nearest import NONE, IntArray


@dataclass(frozen=True)
class Rows:
    """Training rows as numbers of queries and texts; the pairs define the numbering.

    `queries`, `positives`: (rows,). `negatives`, `margins`: (rows, n), filled up with NONE and NaN.
    A margin is the teacher's g(r, T+) - g(r, T-).
    """

    queries: IntArray
    positives: IntArray
    negatives: IntArray
    margins: FloatArray

    def __len__(self) -> int:
        return len(self.queries)

    def pick(self, chosen: IntArray) -> Rows:
        """Return the chosen rows in that order."""
        return Rows(
            self.queries[chosen],
            self.positives[chosen],
            self.negatives[chosen],
            self.margins[chosen],
        )


@dataclass(frozen=True)
class PlanOptions:
    """Length of a run and composition of its batches."""

    epochs: float = 3.0  # passes over the rows, used if steps is 0
    steps: int = 0  # optimizer steps, overrides epochs
    batch: int = 192  # rows per step, of all processes together
    negatives: int = 0  # mined texts per row
    bucket: int = 8  # batches that are sorted by length together; 0: no sorting


def plan(
    pairs: Pairs,
    options: PlanOptions,
    rng: np.random.Generator,
    *,
    mined: IntArray | None = None,
    labelled: Rows | None = None,
) -> Rows:
    """Return the rows of the whole run, steps * batch of them.

    An epoch is every row of `labelled`, if given; else every query once, with one of its positives
    and some of its mined texts, drawn anew each epoch. Rows that do not fill a batch are left out
    of their epoch, different ones each time. Raises MelScribeError for a batch larger than an
    epoch.
    """
    known = len(labelled) if labelled else len(pairs.queries)
    if known < options.batch:
        raise MelScribeError(
            f"fit: a batch takes {options.batch} rows and there are {known}; lower fit.rows.batch."
        )
    steps = options.steps or max(1, round(options.epochs * known / options.batch))
    lengths = _lengths(pairs, labelled)
    order: list[IntArray] = []
    while sum(map(len, order)) < steps:
        order.append(epoch_order(lengths, options.batch, options.bucket, rng))
    chosen = np.concatenate(order)[:steps].reshape(-1)
    return labelled.pick(chosen) if labelled else _drawn(pairs, chosen, mined, options, rng)


def epoch_order(lengths: IntArray, batch: int, bucket: int, rng: np.random.Generator) -> IntArray:
    """Return one epoch's batches, (batches, batch) row numbers, each at most once.

    Rows are shuffled; every `bucket` batches are sorted by length together, to reduce padding;
    then the batches are shuffled.
    """
    order = rng.permutation(len(lengths))[: len(lengths) // batch * batch]
    if bucket:
        span = bucket * batch
        parts = [order[start : start + span] for start in range(0, len(order), span)]
        order = np.concatenate([part[np.argsort(lengths[part], kind="stable")] for part in parts])
    return rng.permutation(order.reshape(-1, batch)).astype(np.int32)


def write_labels(rows: Rows, folder: Path) -> None:
    """Write labels.npz."""
    np.savez(
        folder / "labels.npz",
        queries=rows.queries,
        positives=rows.positives,
        negatives=rows.negatives,
        margins=rows.margins,
    )


def read_labels(folder: Path) -> Rows:
    """Read what write_labels wrote."""
    with np.load(folder / "labels.npz", allow_pickle=False) as held:
        return Rows(held["queries"], held["positives"], held["negatives"], held["margins"])


def _drawn(
    pairs: Pairs,
    queries: IntArray,
    mined: IntArray | None,
    options: PlanOptions,
    rng: np.random.Generator,
) -> Rows:
    number = {text: i for i, text in enumerate(pairs.corpus)}
    choices = [[number[text] for text in query.positives] for query in pairs.queries]
    turns = rng.random(len(queries))
    positives = [
        choices[q][int(turn * len(choices[q]))] for q, turn in zip(queries, turns, strict=True)
    ]
    width = options.negatives
    negatives = np.full((len(queries), width), NONE, np.int32)
    if mined is not None and width:
        places = rng.random((len(queries), mined.shape[1])).argsort(axis=1)[:, :width]
        drawn = np.take_along_axis(mined[queries], places, axis=1)
        negatives[:, : drawn.shape[1]] = drawn
    margins = np.full((len(queries), width), np.nan, np.float32)
    return Rows(queries, np.array(positives, np.int32), negatives, margins)


def _lengths(pairs: Pairs, labelled: Rows | None) -> IntArray:
    """Return the length of each row's query and text in characters, (rows,)."""
    queries = np.array([len(query.text) for query in pairs.queries], np.int32)
    if labelled is None:
        return queries + np.array([len(query.positives[0]) for query in pairs.queries], np.int32)
    texts = np.array([len(text) for text in pairs.corpus], np.int32)
    total: IntArray = queries[labelled.queries] + texts[labelled.positives]
    return total
