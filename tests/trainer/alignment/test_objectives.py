"""Losses and their gradients against numbers derived by hand."""

from __future__ import annotations

from math import log

import pytest
import torch

from melscribe_trainer.alignment.net import Fusion, Temperature
from melscribe_trainer.alignment.objectives import (
    PreferenceWeights,
    info_nce,
    preference_losses,
)

# Products with the unit vectors (1, 0) and (0, 1), whose exponentials are whole numbers.
ONES = torch.tensor([[log(4), log(1)], [log(2), log(3)]])
AXES = torch.eye(2)


def temperature(log_factor: float = 0.0) -> Temperature:
    made = Temperature()
    made.log.data.fill_(log_factor)
    return made


def test_info_nce_of_two_pairs_and_its_gradient() -> None:
    ones, one = ONES.clone().requires_grad_(), temperature()
    loss = info_nce(ones, AXES, one)
    # Rows: 4 of 4 + 1, 3 of 2 + 3. Columns: 4 of 4 + 2, 3 of 1 + 3. Mean of ways and pairs.
    assert loss.item() == pytest.approx((log(5 / 4) + log(5 / 3) + log(6 / 4) + log(4 / 3)) / 4)
    loss.backward()
    # (softmax over the row - 1 if own + softmax over the column - 1 if own) / 4.
    wanted = [
        [(4 / 5 - 1 + 4 / 6 - 1) / 4, (1 / 5 + 1 / 4) / 4],
        [(2 / 5 + 2 / 6) / 4, (3 / 5 - 1 + 3 / 4 - 1) / 4],
    ]
    assert ones.grad is not None and one.log.grad is not None
    for row, right in zip(ones.grad.tolist(), wanted, strict=True):
        assert row == pytest.approx(right, rel=1e-5)
    # The factor is 1, so its logarithm moves each score by the score itself.
    moved = wanted[0][0] * log(4) + wanted[1][0] * log(2) + wanted[1][1] * log(3)
    assert one.log.grad.item() == pytest.approx(moved, rel=1e-5)


def test_the_temperature_multiplies_scores() -> None:
    # A factor of 2 squares the exponentials: 16 of 17, 9 of 13, 16 of 20, 9 of 10.
    wanted = (log(17 / 16) + log(13 / 9) + log(20 / 16) + log(10 / 9)) / 4
    assert info_nce(ONES, AXES, temperature(log(2))).item() == pytest.approx(wanted)


def test_what_is_answered_too_is_not_contrasted() -> None:
    answered = torch.tensor([[True, False], [True, True]])  # text 1 is true of track 2 as well
    found = info_nce(ONES, AXES, temperature(), answered)
    # Row 2 and column 1 have no negative left.
    assert found.item() == pytest.approx((log(5 / 4) + log(4 / 3)) / 4)


def test_the_temperature_learns() -> None:
    apart, mixed = torch.tensor([[0.9, 0.1], [0.1, 0.9]]), torch.tensor([[0.5, 0.6], [0.6, 0.5]])
    for ones, sharper in ((apart, True), (mixed, False)):
        one = Temperature()
        before, optimizer = one.factor(), torch.optim.SGD(one.parameters(), lr=1.0)
        info_nce(ones, AXES, one).backward()
        optimizer.step()
        # Pairs that are told apart are told apart more surely; wrong ones less surely.
        assert (one.factor() > before) == sharper


def losses(weights: PreferenceWeights, tracks: torch.Tensor | None = None) -> dict[str, float]:
    none = torch.zeros(2, 2, dtype=torch.bool)
    fusion = Fusion(2)
    fusion.temperature.log.data.zero_()
    masks = {"tracks": none if tracks is None else tracks, "texts": none}
    turned = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    found = preference_losses(AXES, AXES, turned, fusion, temperature(log(2)), masks, weights)
    return {name: value.item() for name, value in found.items()}


def test_the_three_losses_of_preferences() -> None:
    found = losses(PreferenceWeights(1, 1, 1))
    # Trigger and recommended are the same axes: e^1 against e^0, both ways.
    assert found["trigger-recommended"] == pytest.approx(log(1 + 1 / torch.e))
    # The recommended axis fused with the other one lies between both: no trigger is told apart.
    assert found["trigger-fused"] == pytest.approx(log(2))
    # The text is the other axis, and its factor is 2: e^0 against e^2.
    assert found["recommended-text"] == pytest.approx(log(1 + torch.e**2))


def test_the_losses_of_preferences_are_weighted_and_masked() -> None:
    plain, twice = losses(PreferenceWeights(1, 1, 1)), losses(PreferenceWeights(2, 0, 0))
    assert twice == {"trigger-recommended": pytest.approx(2 * plain["trigger-recommended"])}
    every = torch.ones(2, 2, dtype=torch.bool)
    masked = losses(PreferenceWeights(1, 1, 1), every)
    assert masked["trigger-recommended"] == masked["trigger-fused"] == pytest.approx(0)
    assert masked["recommended-text"] == pytest.approx(plain["recommended-text"])
