"""Rankings of bi-encoders -> hard negatives: near texts that do not answer a query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
import numpy.typing as npt

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.pairs import Pairs

IntArray = npt.NDArray[np.int32]
NONE = -1  # in place of a text where a query has fewer negatives
BLOCK = 1024  # queries whose scores are held at once: 1024 x 100,000 texts are 400 MB
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Mined:
    """What one miner found: text numbers, (queries, n), best first, and their scores."""

    miner: str
    texts: IntArray
    scores: FloatArray
    removed: int  # texts that answer the query and ranked before those


def nearest(
    queries: FloatArray,
    texts: FloatArray,
    count: int,
    block: int = BLOCK,
    hidden: Sequence[IntArray] = (),
) -> Iterator[tuple[IntArray, FloatArray, int]]:
    """Yield (numbers, scores, passed) of the `count` best texts per query, block by block.

    Exact: every query is scored against every text by the dot product. Best first; numbers and
    scores have shape (queries in the block, count). `hidden` are texts that a query may not find:
    `passed` says how many of them ranked before what it found. A query that lacks texts has NONE
    last, scored -inf. Uses CUDA where torch finds it.
    """
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    held = torch.from_numpy(texts).to(device).T
    for start in range(0, len(queries), block):
        scores = torch.from_numpy(queries[start : start + block]).to(device) @ held
        taken = []
        for row, numbers in zip(scores, hidden[start : start + block], strict=False):
            places = torch.from_numpy(numbers).long().to(device)
            taken.append(row[places])
            row[places] = float("-inf")
        best, found = scores.topk(count, dim=1)
        found[best == float("-inf")] = NONE
        passed = sum(int((one > last).sum()) for one, last in zip(taken, best[:, -1], strict=False))
        yield found.int().cpu().numpy(), best.float().cpu().numpy(), passed


def mine(
    miner: str, queries: FloatArray, texts: FloatArray, answers: Sequence[IntArray], count: int
) -> Mined:
    """Return `count` negatives per query; `answers` are the texts that must not be among them.

    Raises MelScribeError when there are not more texts than negatives wanted.
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

    These are its positives, every text of the same tracks, and every text that holds all the
    descriptors which it names.
    """
    number = {text: i for i, text in enumerate(pairs.corpus)}
    of_track: dict[str, list[int]] = {}
    holding: dict[str, list[int]] = {}
    for text, tracks in pairs.corpus.items():
        for track in tracks:
            of_track.setdefault(track, []).append(number[text])
        for name in text.split(SEPARATOR):
            holding.setdefault(name, []).append(number[text])
    holders = {name: np.array(numbers, np.int32) for name, numbers in holding.items()}
    answers = []
    for query in pairs.queries:
        right = [number[text] for text in query.positives]
        right += [n for track in query.tracks for n in of_track.get(track, ())]
        both = reduce(np.intersect1d, [holders.get(name, _NOTHING) for name in query.named or [""]])
        answers.append(np.union1d(np.array(right, np.int32), both).astype(np.int32))
    return answers


_NOTHING = np.empty(0, np.int32)


def report(mined: Sequence[Mined]) -> dict[str, dict[str, float]]:
    """Return per miner how many negatives it found, what was removed, and score quantiles."""
    rows: dict[str, dict[str, float]] = {}
    for one in mined:
        known = one.scores[one.texts != NONE]
        row: dict[str, float] = {"negatives": int(known.size), "removed": one.removed}
        row |= {f"q{int(q * 100):02d}": round(float(np.quantile(known, q)), 4) for q in QUANTILES}
        rows[one.miner] = row
    return rows


def join(mined: Sequence[Mined]) -> IntArray:
    """Return the negatives of all miners side by side, each text once per query, NONE last."""
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
