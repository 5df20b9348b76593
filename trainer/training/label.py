"""Stage `label`: the teacher scores positives and mined texts; their margins are the labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import MelScribeError

from ..data.pairs import Pairs, read_pairs
from ..devices import chosen_device
from ..job import Job
from ..nearest import NONE, IntArray
from .negatives import read_negatives
from .plan import Rows, write_labels
from .teach import TeachOptions
from .teacher import judged_queries, open_teacher, score


@dataclass(frozen=True)
class LabelOptions:
    """How many labels the teacher makes."""

    rows: int = 0  # queries with one positive each; above their number, queries repeat
    negatives: int = 1  # mined texts per row


def label_stage(
    teacher: str,
    prepared: Path,
    mined: Path,
    options: LabelOptions,
    teaching: TeachOptions,
    job: Job,
) -> dict[str, Any]:
    """Write labels.npz; return how many margins there are and how they spread."""
    pairs, negatives = read_pairs(prepared), read_negatives(mined)
    rows = label(teacher, pairs, negatives, options, teaching, job)
    write_labels(rows, job.out)
    return _spread(rows.margins)


def label(
    teacher: str | Path,
    pairs: Pairs,
    mined: IntArray,
    options: LabelOptions,
    teaching: TeachOptions,
    job: Job,
) -> Rows:
    """Return rows with the teacher's margins g(r, T+) - g(r, T-).

    The numbers of rows of any two judged queries differ by at most one. A (query, text) pair that
    occurs in several rows is scored once.
    """
    rows = sample_rows(pairs, mined, options, job.rng())
    keys = np.stack([np.repeat(rows.queries, 1 + options.negatives), _texts(rows)], axis=1)
    distinct, place = np.unique(keys, axis=0, return_inverse=True)
    texts = list(pairs.corpus)
    distinct_pairs = [(pairs.queries[q].text, texts[t]) for q, t in distinct if t != NONE]
    model = open_teacher(str(teacher), teaching.max_length, chosen_device(job.device))
    scores = np.full(len(distinct), np.nan, np.float32)
    scores[distinct[:, 1] != NONE] = score(model, distinct_pairs, teaching.bf16)
    table = scores[place.reshape(-1)].reshape(len(rows), -1)  # positive first
    return Rows(rows.queries, rows.positives, rows.negatives, table[:, :1] - table[:, 1:])


def sample_rows(
    pairs: Pairs, mined: IntArray, options: LabelOptions, rng: np.random.Generator
) -> Rows:
    """Return rows of a query, one positive and some mined texts; their margins are NaN."""
    judged = judged_queries(pairs)
    rounds = [rng.permutation(judged) for _ in range(math.ceil(options.rows / len(judged)))]
    queries = np.concatenate(rounds)[: options.rows].astype(np.int32)
    number = {text: i for i, text in enumerate(pairs.corpus)}
    positives = [number[str(rng.choice(list(pairs.queries[q].positives)))] for q in queries]
    negatives = np.full((len(queries), options.negatives), NONE, np.int32)
    for row, query in zip(negatives, queries, strict=True):
        found = mined[query][mined[query] != NONE]
        drawn = rng.permutation(found)[: options.negatives]
        row[: len(drawn)] = drawn
    margins = np.full(negatives.shape, np.nan, np.float32)
    return Rows(queries, np.array(positives, np.int32), negatives, margins)


def _texts(rows: Rows) -> IntArray:
    """Return the positive and then the negatives of each row, flat, (rows * (1 + n),)."""
    together: IntArray = np.concatenate([rows.positives[:, None], rows.negatives], axis=1)
    return together.reshape(-1)


def _spread(margins: FloatArray) -> dict[str, Any]:
    """Return how many margins there are, and their quantiles."""
    known = margins[~np.isnan(margins)]
    if not known.size:
        raise MelScribeError("label: no query has a mined text to judge; raise mine.count.")
    spread = {f"q{q:02d}": round(float(np.percentile(known, q)), 3) for q in (5, 25, 50, 75, 95)}
    return {
        "margins": int(known.size),
        "negatives missing": int(margins.size - known.size),
    } | spread
