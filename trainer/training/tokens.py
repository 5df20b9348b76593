"""Texts tokenized once before training: a table from which any of them become a model's inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .ragged import Places

Preprocess = Callable[[list[str]], Mapping[str, Any]]
"""Turns texts into a model's inputs, such as SentenceTransformer.preprocess."""

AT_ONCE = 1024  # texts tokenized in one call, of similar length: more only takes more memory
MASK = "attention_mask"


@dataclass(frozen=True)
class TokenTable:
    """The inputs of many texts without their padding.

    `flat`: for each input of a model, the values of all tokens and then that of padding. Text i has
    `lengths[i]` tokens from `starts[i]`. `constant`: inputs that are not tensors. `left`: padding
    comes before the tokens.
    """

    flat: Mapping[str, npt.NDArray[np.int32]]
    starts: Places
    lengths: Places
    constant: Mapping[str, Any]
    left: bool

    @classmethod
    def of(cls, texts: Sequence[str], preprocess: Preprocess) -> TokenTable:
        """Tokenize all texts, at least one."""
        lengths = np.empty(len(texts), np.int64)
        order, parts = [], []
        for chosen, inputs in _in_parts(texts, preprocess):
            real = inputs[MASK].numpy() != 0
            lengths[chosen] = real.sum(axis=1)
            order.append(chosen)
            parts.append({key: value.numpy()[real] for key, value in _tensors(inputs).items()})
        placed = np.concatenate(order)
        starts = np.empty(len(texts), np.int64)
        starts[placed] = lengths[placed].cumsum() - lengths[placed]
        # The inputs of the shortest and the longest text show the padding, if there is any.
        sample = preprocess([texts[int(lengths.argmin())], texts[int(lengths.argmax())]])
        padded = sample[MASK].numpy() == 0
        flat = {
            key: np.concatenate([*(part[key] for part in parts), _first(value.numpy()[padded])])
            for key, value in _tensors(sample).items()
        }
        constant = {key: value for key, value in sample.items() if key not in flat}
        compact = {key: values.astype(np.int32) for key, values in flat.items()}
        return cls(compact, starts, lengths, constant, bool(padded[0, 0]))

    def inputs(self, chosen: npt.NDArray[np.integer]) -> dict[str, Any]:
        """Return what `preprocess` returns for the chosen texts, padded to the longest of them."""
        import torch

        starts, lengths = self.starts[chosen, None], self.lengths[chosen, None]
        width = int(lengths.max())
        columns = np.arange(width) - (width - lengths if self.left else 0)
        real = (columns >= 0) & (columns < lengths)
        places = np.where(real, starts + columns, -1)  # the last value is that of padding
        found = {key: values[places].astype(np.int64) for key, values in self.flat.items()}
        return {key: torch.from_numpy(value) for key, value in found.items()} | dict(self.constant)


def _in_parts(
    texts: Sequence[str], preprocess: Preprocess
) -> Iterator[tuple[Places, Mapping[str, Any]]]:
    """Yield the numbers of some texts and their inputs, until each text came once."""
    order = np.argsort(np.fromiter(map(len, texts), np.int64, len(texts)), kind="stable")
    for chosen in np.split(order, range(AT_ONCE, len(order), AT_ONCE)):
        yield chosen, preprocess([texts[int(n)] for n in chosen])


def _tensors(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if hasattr(value, "numpy")}


def _first(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the first value, 0 if there is none, (1,)."""
    return values[:1] if len(values) else np.zeros(1, np.int64)
