"""Rankings of bi-encoders -> hard negatives: near texts that do not answer a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from melscribe_core.descriptors import SEPARATOR
from melscribe_core.errors import MelScribeError

from .pairs import Pairs

FloatArray = npt.NDArray[np.float32]
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
    removed: int  # texts that ranked high enough but answer the query


def nearest(
    queries: FloatArray, texts: FloatArray, count: int, block: int = BLOCK
) -> Iterator[tuple[int, IntArray, FloatArray]]:
    """Yield (first query, numbers, scores) of the `count` best texts per query, in blocks.

    Exact: every query is scored against every text by the dot product. Best first; numbers and
    scores have shape (queries in the block, count). Uses CUDA where torch finds it.
    """
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    held = torch.from_numpy(texts).to(device).T
    for start in range(0, len(queries), block):
        part = torch.from_numpy(queries[start : start + block]).to(device)
        scores, numbers = (part @ held).topk(count, dim=1)
        yield start, numbers.int().cpu().numpy(), scores.float().cpu().numpy()


def mine(
    miner: str, queries: FloatArray, texts: FloatArray, answers: Sequence[set[int]], count: int
) -> Mined:
    """Return `count` negatives per query; `answers` are the texts that must not be among them.

    Raises MelScribeError when there are not more texts than negatives wanted.
    """
    if len(texts) <= count:
        raise MelScribeError(
            f"mine: {count} negatives per query were asked for among {len(texts)} texts; "
            "lower mine.count or give more data."
        )
    found = np.full((len(queries), count), NONE, np.int32)
    found_scores = np.full((len(queries), count), np.nan, np.float32)
    removed = 0
    # Past every answer there are still `count` others, as far as there are texts.
    depth = min(count + max(map(len, answers), default=0), len(texts))
    for start, numbers, scores in nearest(queries, texts, depth):
        for row in range(len(numbers)):
            right = answers[start + row]
            keep = [i for i, number in enumerate(numbers[row]) if int(number) not in right][:count]
            found[start + row, : len(keep)] = numbers[row, keep]
            found_scores[start + row, : len(keep)] = scores[row, keep]
            removed += sum(int(number) in right for number in numbers[row, : count + len(right)])
    return Mined(miner, found, found_scores, removed)


def answers_of(pairs: Pairs) -> list[set[int]]:
    """Return for each query the numbers of the texts that answer it.

    These are its positives, every text of the same tracks, and every text that holds all the
    descriptors which it names.
    """
    number = {text: i for i, text in enumerate(pairs.corpus)}
    of_track: dict[str, set[int]] = {}
    holding: dict[str, set[int]] = {}
    for text, tracks in pairs.corpus.items():
        for track in tracks:
            of_track.setdefault(track, set()).add(number[text])
        for name in text.split(SEPARATOR):
            holding.setdefault(name, set()).add(number[text])
    answers = []
    for query in pairs.queries:
        right = {number[text] for text in query.positives}
        right.update(*(of_track.get(track, set()) for track in query.tracks))
        if query.named:
            right |= set.intersection(*(holding.get(name, set()) for name in query.named))
        answers.append(right)
    return answers


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


def counts(rows: Mapping[str, Mapping[str, float]]) -> dict[str, int]:
    """Return the removed texts of a report, by miner."""
    return {f"answers removed, {miner}": int(row["removed"]) for miner, row in rows.items()}
