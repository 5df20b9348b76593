"""The table of tokens gives what the model's own preprocessing gives."""

from pathlib import Path

import numpy as np
import pytest
import torch

from melscribe_core.encoder.sentence_encoder import open_model
from melscribe_trainer.training import tokens
from melscribe_trainer.training.tokens import TokenTable
from tests.support import tiny

SENTENCES = ["sad", "this is a song with some music for me please", "", "rock", "unknowable words"]


def test_a_table_gives_what_the_model_gives(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "AT_ONCE", 7)  # several calls
    model = open_model(base, 1, "cpu")
    model.max_seq_length = 6  # cuts the long sentence
    texts = [*tiny.TEXTS[:20], *SENTENCES]
    table = TokenTable.of(texts, model.preprocess)
    for chosen in ([3], [24, 20, 21, 20], [0, 1, 2], range(len(texts)), [22]):
        own = model.preprocess([texts[n] for n in chosen])
        found = table.inputs(np.array(chosen))
        assert list(found) == list(own)
        for name, value in own.items():
            if isinstance(value, torch.Tensor):
                assert value.dtype == found[name].dtype and torch.equal(value, found[name])
            else:
                assert value == found[name]


def from_the_left(texts: list[str]) -> dict[str, torch.Tensor]:
    """Return the lengths of words, with 9 before them up to the most words."""
    rows = [[len(word) for word in text.split()] for text in texts]
    most = max(map(len, rows))
    return {
        "input_ids": torch.tensor([[9] * (most - len(row)) + row for row in rows]),
        "attention_mask": torch.tensor([[0] * (most - len(row)) + [1] * len(row) for row in rows]),
    }


def test_padding_before_the_words_stays_there() -> None:
    table = TokenTable.of(["a bb", "ccc"], from_the_left)
    assert table.inputs(np.array([0, 1]))["input_ids"].tolist() == [[1, 2], [9, 3]]
    assert table.inputs(np.array([1]))["input_ids"].tolist() == [[3]]
