"""The loop: it goes down, goes on, and keeps the best."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from melscribe_core.errors import MelScribeError
from melscribe_trainer.alignment import descent
from melscribe_trainer.alignment.descent import DescentOptions, descend, rate
from melscribe_trainer.job import CHECKPOINTS, LOG, Job

STEPS = 40


class Toy:
    """A layer with dropout that learns to double numbers; stops at a step if told to."""

    def __init__(self, stop_at: int = -1) -> None:
        torch.manual_seed(0)
        self.modules = nn.ModuleDict({"layer": nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5))})
        self.stop_at = stop_at
        self.seen: list[int] = []

    def losses(self, step: int, device: torch.device) -> Mapping[str, Tensor]:
        if step == self.stop_at:
            raise KeyboardInterrupt
        self.seen.append(step)
        generator = torch.Generator().manual_seed(step)
        x = torch.randn(8, 3, generator=generator)
        return {"square": (self.modules["layer"](x) - 2 * x).square().mean()}

    def weights(self) -> list[float]:
        return [one for tensor in self.modules.parameters() for one in tensor.flatten().tolist()]


def job(folder: Path, seed: int = 0) -> Job:
    folder.mkdir(exist_ok=True)
    return Job(folder, seed, "cpu", lambda _: None)


OPTIONS = DescentOptions(lr=0.05, evals=0)


def test_it_goes_down_and_says_so(tmp_path: Path) -> None:
    toy = Toy()
    found = descend(toy.modules, toy.losses, STEPS, OPTIONS, job(tmp_path))
    assert found["steps"] == STEPS and found["device"] == "cpu"
    log = [json.loads(line) for line in (tmp_path / LOG).read_text().splitlines()]
    assert [one["step"] for one in log] == [1, 10, 20, 30, 40]
    assert log[-1]["loss"] < log[0]["loss"] / 1.5 and log[0]["loss"] == log[0]["square"]
    assert not (tmp_path / CHECKPOINTS).exists()


@pytest.mark.parametrize("evals", [0, 8])
def test_an_interrupted_run_ends_with_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evals: int
) -> None:
    monkeypatch.setattr(descent, "SAVE_EVERY", 0.0)
    options = DescentOptions(lr=0.05, evals=evals)

    def run(toy: Toy, folder: str) -> None:
        def judge() -> float:
            return -abs(toy.weights()[0] - 0.5)  # best somewhere on the way

        descend(toy.modules, toy.losses, STEPS, options, job(tmp_path / folder), judge)

    whole = Toy()
    run(whole, "whole")
    with pytest.raises(KeyboardInterrupt):
        run(Toy(stop_at=23), "stopped")
    gone_on = Toy()
    run(gone_on, "stopped")
    assert gone_on.seen == list(range(23, STEPS))
    assert gone_on.weights() == whole.weights()
    logs = [
        [json.loads(line)["step"] for line in (tmp_path / name / LOG).read_text().splitlines()]
        for name in ("whole", "stopped")
    ]
    assert logs[0] == logs[1]


def test_the_best_weights_are_kept(tmp_path: Path) -> None:
    toy = Toy()
    judged: list[tuple[float, list[float]]] = []

    def judge() -> float:
        assert not toy.modules.training
        judged.append((1.0 if len(judged) == 2 else 0.0, toy.weights()))
        return judged[-1][0]

    descend(toy.modules, toy.losses, STEPS, DescentOptions(lr=0.05, evals=5), job(tmp_path), judge)
    assert len(judged) == 5 and toy.weights() == judged[2][1] != judged[4][1]


def test_the_seed_decides_about_dropout(tmp_path: Path) -> None:
    found = []
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        toy = Toy()
        descend(toy.modules, toy.losses, STEPS, OPTIONS, job(tmp_path / folder, seed))
        found.append(toy.weights())
    assert found[0] == found[1] != found[2]


def test_a_loss_that_is_not_a_number_ends_it(tmp_path: Path) -> None:
    toy = Toy()

    def losses(step: int, device: torch.device) -> Mapping[str, Tensor]:
        return {"bad": toy.losses(step, device)["square"] * (float("nan") if step else 1)}

    with pytest.raises(MelScribeError, match=r"step 10 is not a number; lower the learning rate"):
        descend(toy.modules, losses, STEPS, OPTIONS, job(tmp_path))


def test_a_damaged_checkpoint_is_said(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINTS).mkdir()
    (tmp_path / CHECKPOINTS / "last.pt").write_bytes(b"damaged")
    toy = Toy()
    with pytest.raises(MelScribeError, match="cannot be read; remove it to begin again"):
        descend(toy.modules, toy.losses, STEPS, OPTIONS, job(tmp_path))


def test_several_processes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    toy = Toy()
    with pytest.raises(MelScribeError, match=r"2 processes were started, .* without torchrun"):
        descend(toy.modules, toy.losses, STEPS, OPTIONS, job(tmp_path))


def test_the_learning_rate_rises_and_falls() -> None:
    # 5 % of 100 steps are 5: 1/5, 2/5 ... 1, then half a cosine; in its middle it is 1/2.
    assert [rate(step, 100) for step in (0, 1, 4, 5)] == pytest.approx([0.2, 0.4, 1, 1])
    assert rate(5 + 95 // 2, 100) == pytest.approx(0.5, abs=0.01) and rate(99, 100) < 0.001


def test_only_matrices_decay(tmp_path: Path) -> None:
    modules = nn.ModuleDict({"layer": nn.Linear(2, 2)})
    nn.init.ones_(modules["layer"].weight), nn.init.ones_(modules["layer"].bias)  # type: ignore[arg-type]

    def losses(step: int, device: torch.device) -> Mapping[str, Tensor]:
        return {"nothing": 0 * sum(one.sum() for one in modules.parameters())}  # type: ignore[dict-item]

    options = DescentOptions(lr=0.1, decay=0.5, evals=0)
    descend(modules, losses, 1, options, job(tmp_path))
    # One step at the full rate: 1 - 0.1 * 0.5.
    assert modules["layer"].weight.flatten().tolist() == pytest.approx([0.95] * 4)  # type: ignore[operator]
    assert modules["layer"].bias.tolist() == [1, 1]  # type: ignore[operator]


def test_the_number_of_steps() -> None:
    options = DescentOptions(epochs=3, batch=10)
    assert [options.steps(rows) for rows in (100, 101, 5)] == [30, 31, 3]
    assert options.size(5) == 5
