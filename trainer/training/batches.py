"""Pairs -> the rows of a training run, and rows -> batches with what is right and wrong in them.

All that is random about the data is drawn by `plan` before training starts, from one rng: it lays
out every row of the whole run in order, so a resumed run sees what an unbroken one would have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.pairs import Pairs
from melscribe_trainer.training.negatives import NONE, IntArray

if TYPE_CHECKING:
    import torch

BoolArray = npt.NDArray[np.bool_]
Mask = Literal["own", "named", "mutual"]
PLAIN_PER_BATCH = 64  # sentences kept close to the base, beside each batch


@dataclass(frozen=True)
class Rows:
    """Rows of training: numbers of queries and texts, in the order of the pairs.

    `queries`, `positives`: (rows,). `negatives`, `margins`: (rows, n), NONE and NaN for none; a
    margin is the teacher's g(r, T+) - g(r, T-).
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
    """How much is trained on, in which batches."""

    epochs: float = 3.0  # passes over the rows, where steps is 0
    steps: int = 0  # of the optimizer, whatever the epochs say
    batch: int = 192  # rows per step, of all processes together
    negatives: int = 0  # mined texts per row
    bucket: int = 8  # batches sorted by length together; 0 leaves rows as shuffled


def plan(
    pairs: Pairs,
    options: PlanOptions,
    rng: np.random.Generator,
    *,
    mined: IntArray | None = None,
    labelled: Rows | None = None,
) -> Rows:
    """Lay out the rows of the whole run, (steps * batch) of them.

    An epoch is every labelled row where there are labels; else every query once, with one of its
    positives and some of its mined texts, drawn anew each epoch. The rows that would not fill a
    batch are left out of their epoch, different ones each time.
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

    Rows are shuffled; `bucket` batches at a time are sorted by length, so that little is padded;
    then the batches are shuffled.
    """
    order = rng.permutation(len(lengths))[: len(lengths) // batch * batch]
    if bucket:
        span = bucket * batch
        parts = [order[start : start + span] for start in range(0, len(order), span)]
        order = np.concatenate([part[np.argsort(lengths[part], kind="stable")] for part in parts])
    return rng.permutation(order.reshape(-1, batch)).astype(np.int32)


def negative_mask(
    named: Sequence[frozenset[str]],
    sets: Sequence[frozenset[str]],
    own: BoolArray,
    chosen: npt.NDArray[np.int64],
    mask: Mask,
) -> BoolArray:
    """Return which texts are negatives of which queries, (queries, texts).

    `own` marks a query's positives and the texts of its tracks, which never are; `chosen` is the
    column of each query's own text. "named": neither is a text that holds all the descriptors that
    the query names, if it names any. "mutual": only if, besides, the query's own text holds all
    that the other text's query names; where no query of the batch has the text, "named" holds.
    """
    if mask == "own":
        return ~own
    numbers = {name: i for i, name in enumerate(sorted(frozenset().union(*named)))}
    wanted = _multi_hot(named, numbers)
    held = _multi_hot(sets, numbers)
    # The product counts the named descriptors that a text lacks.
    answers: BoolArray = (wanted @ (1 - held).T == 0) & wanted.any(axis=1, keepdims=True)
    if mask == "mutual":
        answers = _mutual(answers, chosen)
    return ~own & ~answers


class Collate:
    """Turn row numbers into a batch: each text once, and what is right and wrong for whom.

    `preprocess` makes a model's inputs of texts. `plain` are sentences and the base's vectors of
    them; each batch takes the next PLAIN_PER_BATCH.
    """

    valid_label_columns = ("label",)  # sentence-transformers asks a collator for it

    def __init__(
        self,
        pairs: Pairs,
        rows: Rows,
        mask: Mask,
        preprocess: Callable[[list[str]], Mapping[str, Any]],
        plain: tuple[Sequence[str], FloatArray] | None = None,
    ) -> None:
        self.pairs, self.rows, self.mask, self.preprocess = pairs, rows, mask, preprocess
        self.plain = plain
        self.texts = list(pairs.corpus)
        self.sets = [frozenset(text.split(SEPARATOR)) for text in self.texts]
        self.named = [frozenset(query.named) for query in pairs.queries]
        self.own = own_texts(pairs)

    def __call__(self, features: Sequence[Mapping[str, int]]) -> dict[str, Any]:
        """Return inputs under "query_", "text_" and "plain_", and CombinedLoss' labels."""
        numbers = np.array([feature["row"] for feature in features], np.int32)
        rows = self.rows.pick(numbers)
        held = dict.fromkeys(int(n) for n in (*rows.positives, *rows.negatives.reshape(-1)))
        held.pop(NONE, None)
        column = {text: place for place, text in enumerate(held)}
        batch = self._inputs("query", [self.pairs.queries[q].text for q in rows.queries])
        batch |= self._inputs("text", [self.texts[n] for n in column])
        batch["label"] = self._labels(rows, column)
        if self.plain:
            sentences, vectors = self.plain
            first = int(numbers[0]) // max(len(numbers), 1) * PLAIN_PER_BATCH
            taken = [n % len(sentences) for n in range(first, first + PLAIN_PER_BATCH)]
            batch |= self._inputs("plain", [sentences[i] for i in taken])
            batch["label"]["plain"] = _tensor(vectors[taken])
        return batch

    def _inputs(self, name: str, texts: list[str]) -> dict[str, Any]:
        return {f"{name}_{key}": value for key, value in self.preprocess(texts).items()}

    def _labels(self, rows: Rows, column: Mapping[int, int]) -> dict[str, torch.Tensor]:
        chosen = np.array([column[int(n)] for n in rows.positives], np.int64)
        against = np.vectorize(lambda n: column.get(int(n), NONE), otypes=[np.int64])
        positive, own = self._own(rows, column)
        named = [self.named[q] for q in rows.queries]
        negative = negative_mask(named, [self.sets[n] for n in column], own, chosen, self.mask)
        return {
            "positive": _tensor(positive),
            "negative": _tensor(negative),
            "chosen": _tensor(chosen),
            "against": _tensor(against(rows.negatives) if rows.negatives.size else rows.negatives),
            "margins": _tensor(rows.margins),
        }

    def _own(self, rows: Rows, column: Mapping[int, int]) -> tuple[BoolArray, BoolArray]:
        """Return which texts are a query's positives, and which are its tracks' at all."""
        shape = (len(rows), len(column))
        positive, own = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        for place, query in enumerate(rows.queries):
            right, same = self.own[query]
            positive[place, [column[n] for n in right & column.keys()]] = True
            own[place, [column[n] for n in same & column.keys()]] = True
        return positive, own


def own_texts(pairs: Pairs) -> list[tuple[frozenset[int], frozenset[int]]]:
    """Return for each query the numbers of its positives, and of all texts of its tracks."""
    number = {text: i for i, text in enumerate(pairs.corpus)}
    of_track: dict[str, set[int]] = {}
    for text, tracks in pairs.corpus.items():
        for track in tracks:
            of_track.setdefault(track, set()).add(number[text])
    return [
        (
            frozenset(number[text] for text in query.positives),
            frozenset().union(*(of_track.get(track, ()) for track in query.tracks)),
        )
        for query in pairs.queries
    ]


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
    """Return the characters of each row's query and text together, (rows,)."""
    queries = np.array([len(query.text) for query in pairs.queries], np.int32)
    if labelled is None:
        return queries + np.array([len(query.positives[0]) for query in pairs.queries], np.int32)
    texts = np.array([len(text) for text in pairs.corpus], np.int32)
    total: IntArray = queries[labelled.queries] + texts[labelled.positives]
    return total


def _multi_hot(sets: Sequence[frozenset[str]], numbers: Mapping[str, int]) -> FloatArray:
    hot = np.zeros((len(sets), len(numbers)), np.float32)
    for row, names in zip(hot, sets, strict=True):
        row[[numbers[name] for name in names if name in numbers]] = 1
    return hot


def _mutual(answers: BoolArray, chosen: npt.NDArray[np.int64]) -> BoolArray:
    """Return the answers without those whose own query finds nothing in the asking query's text."""
    between = answers[:, chosen]  # (queries, queries): does the text of k answer query i?
    kept: BoolArray = answers.copy()
    texts_with_queries = np.unique(chosen)
    kept[:, texts_with_queries] = False
    for k, text in enumerate(chosen):
        kept[:, text] |= between[:, k] & between[k, :]
    return kept


def _tensor(array: npt.NDArray[Any]) -> torch.Tensor:
    import torch

    return torch.from_numpy(np.ascontiguousarray(array))
