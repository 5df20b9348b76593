"""Stage 1 on tracks whose words can be heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from melscribe_core.errors import MelScribeError
from melscribe_trainer.alignment.descent import DescentOptions
from melscribe_trainer.alignment.net import NetOptions, TowerNet
from melscribe_trainer.alignment.retrieval import measured
from melscribe_trainer.alignment.semantic import (
    Material,
    SemanticLosses,
    SemanticOptions,
    batch,
    learn_semantics,
    vectors_of,
)
from melscribe_trainer.alignment.wording import Mix
from melscribe_trainer.job import Job

from .tracks import ENCODER, examples, material, silent_say

OPTIONS = SemanticOptions(
    net=NetOptions(hidden=32), descent=DescentOptions(epochs=20, batch=32, evals=4)
)


def job(folder: Path, seed: int = 0) -> Job:
    folder.mkdir(exist_ok=True)
    return Job(folder, seed, "cpu", silent_say)


def score(made: Material, net: TowerNet) -> dict[str, float]:
    found: dict[str, float] = measured(vectors_of(net, made.x)[list(made.parts.test)], made.test)
    return found


def test_words_that_can_be_heard_are_learned(tmp_path: Path) -> None:
    made = material()
    net, found = learn_semantics(made, OPTIONS, job(tmp_path))
    scores = score(made, net)
    assert scores["descriptor map"] > 0.9 and scores["set mrr"] > 0.5
    assert scores["closeness"] > 0.7
    assert found["steps"] == 38  # 20 epochs of 60 tracks in batches of 32: 37.5
    assert found["temperature"] != 0.07


def test_a_tower_learns_from_nothing_too(tmp_path: Path) -> None:
    made = material()
    made.line = (np.zeros((ENCODER.dim, 500), np.float32), np.zeros(ENCODER.dim, np.float32))
    start = TowerNet(500, made.middle, OPTIONS.net)
    start.start_from(*made.line)
    assert score(made, start)["descriptor map"] < 0.6  # every track has the same vector
    net, _ = learn_semantics(made, OPTIONS, job(tmp_path))
    assert score(made, net)["descriptor map"] > 0.9


def test_a_seed_gives_the_same_tower_and_another_one_another(tmp_path: Path) -> None:
    made = material()
    nets = [
        learn_semantics(made, OPTIONS, job(tmp_path / name, seed))[0]
        for name, seed in (("a", 0), ("b", 0), ("c", 1))
    ]
    first, again, other = (net.outer.weight for net in nets)
    assert torch.equal(first, again) and not torch.equal(first, other)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(replace(OPTIONS, closeness=0.0), id="closeness"),
        pytest.param(replace(OPTIONS, mix=Mix(whole=0)), id="mix"),
        pytest.param(replace(OPTIONS, net=NetOptions(hidden=32, dropout=0.0)), id="dropout"),
        pytest.param(replace(OPTIONS, descent=replace(OPTIONS.descent, lr=1e-2)), id="lr"),
        pytest.param(replace(OPTIONS, descent=replace(OPTIONS.descent, batch=16)), id="batch"),
        pytest.param(replace(OPTIONS, descent=replace(OPTIONS.descent, decay=0.5)), id="decay"),
    ],
)
def test_each_option_changes_the_tower(tmp_path: Path, options: SemanticOptions) -> None:
    made = material()
    plain, _ = learn_semantics(made, OPTIONS, job(tmp_path / "plain"))
    changed, _ = learn_semantics(made, options, job(tmp_path / "changed"))
    assert not torch.equal(plain.outer.weight, changed.outer.weight)


def test_losses_are_those_of_the_step() -> None:
    made = material()
    net = TowerNet(500, made.middle, OPTIONS.net).eval()
    losses = SemanticLosses(made, net, OPTIONS, 32, 0)
    cpu = torch.device("cpu")
    one, same, other = (losses(step, cpu) for step in (3, 3, 4))
    assert one.keys() == {"semantic", "closeness"}
    assert one["semantic"] == same["semantic"] != other["semantic"]
    without = SemanticLosses(made, net, replace(OPTIONS, closeness=0.0), 32, 0)(3, cpu)
    assert without == {"semantic": one["semantic"]}


def test_texts_that_are_true_of_several_tracks_are_not_contrasted() -> None:
    alike = [replace(one, descriptors=("rock", "sad"), captions=()) for one in examples()]
    made = Material(alike, ENCODER, 0, silent_say)
    losses = SemanticLosses(made, TowerNet(500, made.middle, OPTIONS.net), OPTIONS, 32, 0)
    assert losses(0, torch.device("cpu"))["semantic"].item() == 0  # no text has a negative


def test_an_epoch_has_every_row_once() -> None:
    rows = [at for step in range(10) for at in batch(step, 20, 6, 0)]  # 60: three epochs
    assert set(Counter(rows).values()) == {3}
    assert sorted(rows[:20]) == sorted(rows[20:40]) == list(range(20))
    assert rows[:20] != rows[20:40]


def test_training_needs_texts() -> None:
    mute = [replace(one, descriptors=(), captions=()) for one in examples()]
    with pytest.raises(MelScribeError, match=r"0 of .* tracks for training have tags or texts"):
        Material(mute, ENCODER, 0, silent_say)
