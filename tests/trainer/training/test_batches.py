"""Batches: what a batch contains, and which part of it each of several processes embeds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from melscribe_core.encoder.sentence_encoder import open_model
from melscribe_core.errors import MelScribeError
from melscribe_trainer.nearest import NONE
from melscribe_trainer.training.batches import Collate, Share
from melscribe_trainer.training.fit import FitData
from melscribe_trainer.training.masks import Mask, Masks
from melscribe_trainer.training.plan import PlanOptions, Rows, plan
from tests.trainer.training.examples import PAIRS, rng

ROWS = Rows(
    np.array([0, 1, 2], np.int32),
    np.array([1, 2, 3], np.int32),
    np.array([[2, 3], [0, NONE], [0, 1]], np.int32),
    np.zeros((3, 2), np.float32),
)


def tokens(texts: list[str]) -> dict[str, torch.Tensor]:
    """Return each text's length as its only token."""
    ids = torch.tensor([[len(text)] for text in texts])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def features(*rows: int) -> list[dict[str, int]]:
    return [{"row": row} for row in rows]


def test_a_batch_holds_each_text_once_and_says_what_is_right() -> None:
    batch = Collate(PAIRS, ROWS, 3, "named", tokens)(features(0, 1, 2))
    # Columns: the positives 1 "sad", 2 "folk, sad", 3 "jazz", then the mined 0 "rock, sad".
    assert batch["text_input_ids"].reshape(-1).tolist() == [3, 9, 4, 9]
    assert batch["query_input_ids"].reshape(-1).tolist() == [8, 8, 9]
    label = batch["label"]
    assert label["chosen"].tolist() == [0, 1, 2]
    assert label["against"].tolist() == [[1, 2], [3, -1], [3, 0]]
    # "rock, sad" is another positive of the first query.
    assert label["positive"].int().tolist() == [[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert label["negative"].int().tolist() == [[0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1]]


def test_plain_sentences_go_round() -> None:
    rows = plan(PAIRS, PlanOptions(steps=2, batch=2, bucket=0), rng())
    vectors = np.arange(200, dtype=np.float32)[:100, None]
    plain = ([f"{n:03}" for n in range(100)], vectors)
    second = Collate(PAIRS, rows, 2, "own", tokens, plain)(features(2, 3))
    assert second["label"]["plain"].reshape(-1).tolist() == [*range(64, 100), *range(28)]


def test_processes_share_the_texts_and_have_all_labels() -> None:
    whole = Collate(PAIRS, ROWS, 3, "named", tokens)(features(0, 1, 2))
    first, second, third = (
        Collate(PAIRS, ROWS, 3, "named", tokens, share=Share(rank, 3))(features(rank))
        for rank in range(3)
    )
    for part in (first, second, third):
        assert all(torch.equal(part["label"][key], whole["label"][key]) for key in whole["label"])
    # Four texts among three processes: two each, and the last two begin again at the first text.
    texts = [part["text_input_ids"].reshape(-1).tolist() for part in (first, second, third)]
    assert texts == [[3, 9], [9, 3], [4, 9]]
    assert [part["query_input_ids"].tolist() for part in (first, second, third)] == [
        [[8]],
        [[8]],
        [[9]],
    ]


@pytest.mark.parametrize("rows", [(0, 1), (0, 1, 2, 3), (1, 2, 3)])
def test_a_step_of_other_rows_is_refused(rows: Sequence[int]) -> None:
    with pytest.raises(MelScribeError, match="start one process for each GPU with torchrun"):
        Collate(PAIRS, ROWS, 3, "named", tokens)(features(*rows))


def slow_batch(data: FitData, model: Any, rows: Rows, mask: Mask) -> dict[str, Any]:
    """Return the batch of all rows, with a Python loop where Collate has tables."""
    pairs, corpus = data.pairs, list(data.pairs.corpus)
    texts = [int(n) for n in dict.fromkeys([*rows.positives, *rows.negatives.flat]) if n != NONE]
    column = {number: place for place, number in enumerate(texts)} | {NONE: NONE}
    chosen = np.array([column[int(n)] for n in rows.positives])
    masks = Masks(pairs, mask).of(rows.queries, np.array(texts, np.int32), chosen)
    queries = [pairs.queries[q].text for q in rows.queries]
    inputs = {"query": queries, "text": [corpus[n] for n in texts]}
    batch = {
        f"{name}_{key}": value
        for name, given in inputs.items()
        for key, value in model.preprocess(given).items()
    }
    against = [[column[int(n)] for n in row] for row in rows.negatives]
    return batch | {
        "label": {
            "positive": masks[0],
            "negative": masks[1],
            "chosen": chosen,
            "against": np.array(against, np.int64).reshape(rows.negatives.shape),
            "margins": rows.margins,
        }
    }


@pytest.mark.parametrize("negatives", [0, 3])
@pytest.mark.parametrize("mask", ["own", "named", "mutual"])
def test_batches_are_those_of_the_slow_reference(
    base: Path, data: FitData, mask: Mask, negatives: int
) -> None:
    """The masks have a reference of their own in test_masks."""
    model = open_model(base, 1, "cpu")
    rows = plan(data.pairs, PlanOptions(steps=3, batch=16), rng())
    drawn = rng().integers(NONE, len(data.pairs.corpus), size=(len(rows), negatives))
    margins = rng().normal(size=drawn.shape).astype(np.float32)
    rows = Rows(rows.queries, rows.positives, drawn.astype(np.int32), margins)
    collate = Collate(data.pairs, rows, 16, mask, model.preprocess)
    for step in range(3):
        found = collate(features(*range(16 * step, 16 * step + 16)))
        part = rows.pick(np.arange(16 * step, 16 * step + 16, dtype=np.int32))
        wanted = slow_batch(data, model, part, mask)
        assert list(found) == list(wanted)
        for key, value in wanted["label"].items():
            assert np.array_equal(found["label"][key].numpy(), value), key
        for key in ("query_input_ids", "text_input_ids", "text_attention_mask"):
            assert torch.equal(found[key], wanted[key])
