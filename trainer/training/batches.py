"""Rows -> batches: tokenized texts, and which text is a positive or negative of which query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import MelScribeError

from ..data.pairs import Pairs
from ..nearest import NONE, IntArray
from .masks import Mask, Masks
from .plan import Rows
from .tokens import Preprocess, TokenTable

if TYPE_CHECKING:
    import torch

PLAIN_PER_BATCH = 64  # plain sentences beside each batch


@dataclass(frozen=True)
class Share:
    """What one of several processes embeds of a batch: every `processes`-th text from `rank` on."""

    rank: int = 0
    processes: int = 1

    def of(self, count: int) -> npt.NDArray[np.int64]:
        """Return this process's places among `count` texts.

        Every process has the same number of places, because vectors are gathered in equal parts:
        the last ones may begin again at the first text. See loss.gathered.
        """
        size = -(-count // self.processes)
        return np.arange(self.rank, size * self.processes, self.processes) % count


class Collate:
    """Collate row numbers into a batch that contains each text once, with its labels.

    `batch`: rows per step, of all processes together. `preprocess` turns texts into a model's
    inputs and is called here for all of them, so the model's input length has to be set before.
    `plain`: sentences and the base model's vectors of them, (sentences, dim); each batch takes the
    next PLAIN_PER_BATCH. `share`: the texts whose inputs are returned; labels are those of the
    whole batch.
    """

    valid_label_columns = ("label",)  # sentence-transformers reads it

    def __init__(
        self,
        pairs: Pairs,
        rows: Rows,
        batch: int,
        mask: Mask,
        preprocess: Preprocess,
        plain: tuple[Sequence[str], FloatArray] | None = None,
        share: Share = Share(),
    ) -> None:
        self.rows, self.batch, self.share = rows, batch, share
        self.masks = Masks(pairs, mask)
        self.queries = TokenTable.of([query.text for query in pairs.queries], preprocess)
        self.texts = TokenTable.of(list(pairs.corpus), preprocess)
        self.plain = (TokenTable.of(plain[0], preprocess), plain[1]) if plain else None

    def __call__(self, features: Sequence[Mapping[str, int]]) -> dict[str, Any]:
        """Return inputs prefixed "query_", "text_" and "plain_", and "label" for CombinedLoss.

        `features`: this process's rows of one step; they tell which step it is.
        """
        step = self._step(features)
        rows = self.rows.pick(np.arange(step * self.batch, (step + 1) * self.batch, dtype=np.int32))
        texts, chosen, against = columns(rows)
        positive, negative = self.masks.of(rows.queries, texts, chosen)
        label = {
            "positive": positive,
            "negative": negative,
            "chosen": chosen,
            "against": against,
            "margins": rows.margins,
        }
        batch = self._inputs("query", self.queries, rows.queries)
        batch |= self._inputs("text", self.texts, texts)
        if self.plain:
            table, vectors = self.plain
            taken = np.arange(step * PLAIN_PER_BATCH, (step + 1) * PLAIN_PER_BATCH) % len(vectors)
            batch |= self._inputs("plain", table, taken)
            label["plain"] = vectors[taken]
        return batch | {"label": {name: _tensor(array) for name, array in label.items()}}

    def _step(self, features: Sequence[Mapping[str, int]]) -> int:
        first, last = (features[place]["row"] // self.batch for place in (0, -1))
        if first != last or len(features) * self.share.processes != self.batch:
            raise MelScribeError(
                f"fit: a step got {len(features)} rows in each of {self.share.processes} processes"
                f" and takes {self.batch} of all; start one process for each GPU with torchrun."
            )
        return int(first)

    def _inputs(
        self, name: str, table: TokenTable, numbers: npt.NDArray[np.integer]
    ) -> dict[str, Any]:
        own = numbers[self.share.of(len(numbers))]
        return {f"{name}_{key}": value for key, value in table.inputs(own).items()}


def columns(rows: Rows) -> tuple[IntArray, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the distinct texts of a batch, in order of appearance, and where its rows have them.

    The texts' numbers, (texts,); the column of each row's positive, (rows,); those of its
    negatives, (rows, n), NONE where there is none. Positives come before all negatives.
    """
    numbers = np.concatenate([rows.positives, rows.negatives.reshape(-1)])
    distinct, first, place = np.unique(numbers, return_index=True, return_inverse=True)
    missing = int(distinct[0] == NONE)  # NONE is below all numbers
    order = np.argsort(first[missing:], kind="stable")
    column = np.full(len(distinct), NONE, np.int64)
    column[missing + order] = np.arange(len(order))
    found = column[place]
    count = len(rows)
    return distinct[missing:][order], found[:count], found[count:].reshape(rows.negatives.shape)


def _tensor(array: npt.NDArray[Any]) -> torch.Tensor:
    import torch

    return torch.from_numpy(np.ascontiguousarray(array))
