"""The tower in torch, and that numpy computes the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from melscribe_core.hearing.tower import INPUTS, inputs, load_tower, save_tower, standardised
from melscribe_trainer.alignment.net import (
    Fusion,
    NetOptions,
    Temperature,
    TowerNet,
    as_tower,
    scales,
)


def test_torch_and_numpy_agree(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    features = 3 * rng.normal(size=(200, 400)).astype(np.float32)
    probabilities = rng.random((200, 100), np.float32) ** 4
    middle = (rng.normal(size=384) / 40).astype(np.float32)
    torch.manual_seed(0)
    net = TowerNet(INPUTS, middle, NetOptions(hidden=64))
    torch.nn.init.normal_(net.outer.weight, std=0.1)
    centre, spread = scales(inputs(features, probabilities))
    save_tower(as_tower(net, centre, spread, "onnx:1"), tmp_path / "tower.npz")
    tower = load_tower(tmp_path / "tower.npz", "onnx:1")
    # The file holds 16 bits of each weight: the torch tower gets the same ones.
    with torch.no_grad():
        for weights in net.parameters():
            weights.copy_(weights.half().float())
        net.eval()
        x = standardised(inputs(features, probabilities), centre, spread)
        wanted = net(torch.from_numpy(x)).numpy()
    found = tower.apply(features, probabilities)
    assert np.abs(found - wanted).max() < 1e-5
    assert np.linalg.norm(wanted, axis=1) == pytest.approx(np.ones(200), abs=1e-5)


def test_before_training_it_is_the_linear_map() -> None:
    net = TowerNet(3, np.array([0.6, 0], np.float32), NetOptions(hidden=5)).eval()
    net.start_from(np.array([[0, 0, 0], [2, 0, 0]], np.float32), np.array([0, 1], np.float32))
    # Direction 2 * 1 + 1 = 3 along (0, 1), set to sqrt(1 - 0.36) = 0.8; for -1 it is -1.
    found = net(torch.tensor([[1.0, 7, 7], [-1, 7, 7]])).tolist()
    assert found[0] == pytest.approx([0.6, 0.8]) and found[1] == pytest.approx([0.6, -0.8])


def test_fusion_begins_as_the_mean() -> None:
    found = Fusion(2)(torch.tensor([[1.0, 0]]), torch.tensor([[0.0, 1]]))
    assert found[0].tolist() == pytest.approx([0.5**0.5] * 2)


def test_the_temperature_stays_within_its_bounds_and_can_come_back() -> None:
    temperature = Temperature()
    assert 1 / temperature.factor() == pytest.approx(0.07)
    assert temperature(torch.tensor(0.7)).item() == pytest.approx(10)
    for value, wanted in ((99.0, 100.0), (-1.0, 1.0)):
        temperature.log.data.fill_(value)
        temperature.clamp()
        assert temperature.factor() == pytest.approx(wanted)
        temperature(torch.tensor(1.0)).backward()
        assert temperature.log.grad is not None and temperature.log.grad.item() > 0
        temperature.log.grad = None


def test_an_input_that_never_varies_is_not_divided_by_zero() -> None:
    centre, spread = scales(np.array([[1, 5], [3, 5]], np.float32))
    assert centre.tolist() == [2, 5] and spread.tolist() == pytest.approx([1, 1e-3])
