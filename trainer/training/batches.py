"""Rows -> batches: tokenized texts, and which text is a positive or negative of which query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR

from ..data.pairs import Pairs
from ..nearest import NONE
from .plan import Rows

if TYPE_CHECKING:
    import torch

BoolArray = npt.NDArray[np.bool_]
Mask = Literal["own", "named", "mutual"]
PLAIN_PER_BATCH = 64  # plain sentences beside each batch


def negative_mask(
    asked: Sequence[Sequence[frozenset[str]]],
    sets: Sequence[frozenset[str]],
    own: BoolArray,
    chosen: npt.NDArray[np.int64],
    mask: Mask,
) -> BoolArray:
    """Return which texts are negatives of which queries, (queries, texts).

    `asked`: for each query what a text has to hold to answer it, all descriptors of one of these.
    `sets`: descriptors of each text. `own`, (queries, texts): a query's positives and the texts of
    its tracks. `chosen`, (queries,): the column of each query's own text.

    - "own": all texts but the own ones are negatives.
    - "named": a text with all the descriptors that the query names is not a negative either, if
      the query names any.
    - "mutual": such a text is spared only if, in turn, the query's own text answers the text's
      query. A text without a query in the batch is treated as in "named".
    """
    if mask == "own":
        return ~own
    meanings = [(query, names) for query, each in enumerate(asked) for names in each]
    numbers = {name: i for i, name in enumerate({name for _, names in meanings for name in names})}
    wanted = _multi_hot([names for _, names in meanings], numbers)
    held = _multi_hot(sets, numbers)
    answers = np.zeros((len(asked), len(sets)), np.bool_)
    # The product counts the descriptors of a meaning that a text lacks.
    np.logical_or.at(answers, [query for query, _ in meanings], wanted @ (1 - held).T == 0)
    if mask == "mutual":
        answers = _mutual(answers, chosen)
    return ~own & ~answers


class Collate:
    """Collate row numbers into a batch that contains each text once, with its labels.

    `preprocess` turns texts into a model's inputs. `plain`: sentences and the base model's vectors
    of them, (sentences, dim); each batch takes the next PLAIN_PER_BATCH.
    """

    valid_label_columns = ("label",)  # sentence-transformers reads it

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
        self.asked = [query.asked for query in pairs.queries]
        self.own = own_texts(pairs)

    def __call__(self, features: Sequence[Mapping[str, int]]) -> dict[str, Any]:
        """Return inputs prefixed "query_", "text_" and "plain_", and "label" for CombinedLoss."""
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
        asked = [self.asked[q] for q in rows.queries]
        negative = negative_mask(asked, [self.sets[n] for n in column], own, chosen, self.mask)
        return {
            "positive": _tensor(positive),
            "negative": _tensor(negative),
            "chosen": _tensor(chosen),
            "against": _tensor(against(rows.negatives) if rows.negatives.size else rows.negatives),
            "margins": _tensor(rows.margins),
        }

    def _own(self, rows: Rows, column: Mapping[int, int]) -> tuple[BoolArray, BoolArray]:
        """Return which texts are positives of each query, and which are any text of its tracks."""
        shape = (len(rows), len(column))
        positive, own = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        for place, query in enumerate(rows.queries):
            right, same = self.own[query]
            positive[place, [column[n] for n in right & column.keys()]] = True
            own[place, [column[n] for n in same & column.keys()]] = True
        return positive, own


def own_texts(pairs: Pairs) -> list[tuple[frozenset[int], frozenset[int]]]:
    """Return for each query the numbers of its positives and of all texts of its tracks."""
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


def _multi_hot(sets: Sequence[frozenset[str]], numbers: Mapping[str, int]) -> FloatArray:
    hot = np.zeros((len(sets), len(numbers)), np.float32)
    for row, names in zip(hot, sets, strict=True):
        row[[numbers[name] for name in names if name in numbers]] = 1
    return hot


def _mutual(answers: BoolArray, chosen: npt.NDArray[np.int64]) -> BoolArray:
    """Return the answers that are mutual, and those to texts without a query in the batch."""
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
