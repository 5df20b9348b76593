"""Losses against numbers derived by hand."""

from math import log
from typing import Any

import pytest
import torch

from melscribe_core.errors import MelScribeError
from melscribe_trainer.training.loss import (
    CombinedLoss,
    LossOptions,
    contrast,
    distillation,
    embed,
    margin_mse,
    similarities,
)

# Scores whose exponentials, at temperature 1, are whole numbers.
SCORES = torch.tensor([[log(4), log(2), log(1)], [log(1), log(3), log(5)]])
POSITIVE = torch.tensor([[True, False, False], [False, True, True]])


def test_contrast_of_one_and_of_two_positives() -> None:
    # Row 1: -log(4 / (4 + 2 + 1)). Row 2, negative 1 alone: the mean of -log(3 / (3 + 1)) and
    # -log(5 / (5 + 1)): its positives do not compete with each other.
    expected = (log(7 / 4) + (log(4 / 3) + log(6 / 5)) / 2) / 2
    assert contrast(SCORES, POSITIVE, ~POSITIVE, 1.0).item() == pytest.approx(expected, rel=1e-6)


def test_contrast_leaves_masked_texts_out() -> None:
    negative = ~POSITIVE
    negative[0, 1] = False  # as the text of row 1 would be that answers it, too
    expected = (log(5 / 4) + (log(4 / 3) + log(6 / 5)) / 2) / 2
    assert contrast(SCORES, POSITIVE, negative, 1.0).item() == pytest.approx(expected, rel=1e-6)


def test_contrast_divides_by_the_temperature() -> None:
    # At temperature 0.5 the exponentials are squared: 16 / (16 + 4 + 1).
    row = contrast(SCORES[:1], POSITIVE[:1], ~POSITIVE[:1], 0.5)
    assert row.item() == pytest.approx(log(21 / 16), rel=1e-6)


def test_rows_without_positives_or_negatives_count_for_nothing() -> None:
    scores = SCORES.clone().requires_grad_()
    none = torch.zeros_like(POSITIVE)
    first = torch.tensor([[True, False, False], [False, False, False]])
    loss = contrast(scores, first, ~POSITIVE, 1.0)  # row 2 has no positive
    assert loss.item() == pytest.approx(log(7 / 4), rel=1e-6)
    loss = contrast(scores, POSITIVE, none, 1.0)
    assert loss.item() == pytest.approx(0, abs=1e-6)
    loss.backward()
    assert scores.grad is not None and scores.grad.isfinite().all()


def test_contrast_pulls_positives_and_pushes_negatives() -> None:
    scores = SCORES.clone().requires_grad_()
    contrast(scores, POSITIVE, ~POSITIVE, 1.0).backward()
    assert scores.grad is not None
    assert (scores.grad[POSITIVE] < 0).all() and (scores.grad[~POSITIVE] > 0).all()


def test_margin_mse() -> None:
    own, others = torch.tensor([[3.0], [1.0]]), torch.tensor([[1.0, 2.0], [4.0, 0.0]])
    margins = torch.tensor([[1.0, 1.0], [-1.0, float("nan")]])
    # Errors: (3 - 1) - 1 = 1, (3 - 2) - 1 = 0, (1 - 4) - -1 = -2; the fourth has no label.
    assert margin_mse(own, others, margins).item() == pytest.approx((1 + 0 + 4) / 3)


def test_dot_and_cosine_differ() -> None:
    queries, texts = torch.tensor([[3.0, 4.0]]), torch.tensor([[2.0, 0.0], [0.0, 5.0]])
    assert similarities(queries, texts, "dot").tolist() == [[6.0, 20.0]]
    cosine = similarities(queries, texts, "cosine")[0].tolist()
    assert cosine == pytest.approx([0.6, 0.8])
    with pytest.raises(MelScribeError, match="write dot or cosine"):
        similarities(queries, texts, "cos_sim")


def test_distillation_is_the_angle_to_the_base() -> None:
    vectors, base = torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([[2.0, 0.0], [5.0, 0.0]])
    assert distillation(vectors, base).item() == pytest.approx(((1 - 0.6) + 0) / 2)


class Lookup(torch.nn.Module):
    """A model whose vectors can be guessed: the sum of its tokens, times (1, 2)."""

    def forward(self, inputs):  # type: ignore[no-untyped-def]
        self.widths = [*getattr(self, "widths", []), inputs["input_ids"].shape[1]]
        total = (inputs["input_ids"] * inputs["attention_mask"]).sum(dim=1, keepdim=True)
        return {"sentence_embedding": total * torch.tensor([1.0, 2.0])}


def inputs(*rows: list[int]) -> dict[str, Any]:
    width = max(map(len, rows))
    ids = torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])
    return {"input_ids": ids, "attention_mask": (ids > 0).long(), "modality": "text"}


def test_chunks_give_the_same_vectors_with_less_padding() -> None:
    model, batch = Lookup(), inputs([1, 2, 3, 4], [5], [6, 7], [8])
    whole = embed(model, batch, 0)
    assert whole[:, 0].tolist() == [10, 5, 13, 8]
    assert torch.equal(embed(model, batch, 2), whole)
    assert model.widths == [4, 1, 4]  # all at once; then the two of one token, then the others


def test_combined_losses_are_weighted_and_named() -> None:
    options = LossOptions("dot", contrast=2, temperature=1, both_ways=False, margin=3)
    loss = CombinedLoss(Lookup(), options)
    labels = {
        "positive": POSITIVE,
        "negative": ~POSITIVE,
        "chosen": torch.tensor([0, 2]),
        "against": torch.tensor([[1], [-1]]),
        "margins": torch.tensor([[log(2) + 1], [float("nan")]]),
    }
    found = loss.of_scores(SCORES, labels)
    expected = (log(7 / 4) + (log(4 / 3) + log(6 / 5)) / 2) / 2
    assert found["contrast"].item() == pytest.approx(2 * expected, rel=1e-6)
    # log 4 - log 2 = log 2, which is 1 less than the teacher's margin; the other row has none.
    assert found["margin"].item() == pytest.approx(3 * 1.0, rel=1e-6)


def test_both_ways_adds_the_texts_view() -> None:
    options = LossOptions("dot", temperature=1)
    found = CombinedLoss(Lookup(), options).of_scores(
        SCORES, {"positive": POSITIVE, "negative": ~POSITIVE}
    )
    rows = (log(7 / 4) + (log(4 / 3) + log(6 / 5)) / 2) / 2
    # Columns: 4 against 1; 3 against 2; 5 against 1.
    columns = (log(5 / 4) + log(5 / 3) + log(6 / 5)) / 3
    assert found["contrast"].item() == pytest.approx((rows + columns) / 2, rel=1e-6)


def test_forward_embeds_each_part_of_a_batch() -> None:
    options = LossOptions("cosine", temperature=1, distil=0.5)
    features = [inputs([1], [2]), inputs([3], [4]), inputs([5])]
    labels = {
        "positive": torch.eye(2, dtype=torch.bool),
        "negative": ~torch.eye(2, dtype=torch.bool),
        "plain": torch.tensor([[0.0, 1.0]]),
    }
    found = CombinedLoss(Lookup(), options)(features, labels)
    # All vectors point along (1, 2): every cosine is 1, so each row is -log(1/2).
    assert found["contrast"].item() == pytest.approx(log(2), rel=1e-5)
    assert found["distil"].item() == pytest.approx(0.5 * (1 - 2 / 5**0.5), rel=1e-5)
