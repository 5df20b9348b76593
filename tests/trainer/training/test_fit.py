"""The loop on tiny models: what it writes and repeats, what options change, what it refuses."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import TrainingArguments

from melscribe_core.errors import MelScribeError
from melscribe_trainer.devices import one_gpu
from melscribe_trainer.job import Job
from melscribe_trainer.nearest import NONE
from melscribe_trainer.training.fit import FitData, fit
from melscribe_trainer.training.loss import LossOptions
from melscribe_trainer.training.plan import PlanOptions, Rows
from tests.support import tiny
from tests.trainer.training.tuning import OPTIONS, STEPS, distance, silent, tune, weights


def test_the_log_tells_losses_and_dev_measures(tuned: Path) -> None:
    rows = [json.loads(line) for line in (tuned / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if "loss" in row] == [1]
    measured = [row for row in rows if "eval_terse recall@10" in row]
    assert [row["step"] for row in measured] == [0, 3, 6]
    assert all(0 <= row["eval_chat-bare ndcg@10"] <= 100 for row in measured)
    assert not (tuned / "checkpoints").exists()


def test_the_loss_falls(tmp_path: Path, base: Path, data: FitData) -> None:
    options = replace(OPTIONS, rows=PlanOptions(steps=40, batch=16), evals=0, lr=5e-3)
    tune(tmp_path, base, data, options)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert losses[-1] < losses[0] - 0.5


def test_the_same_seed_gives_the_same_weights(
    tmp_path: Path, tuned: Path, base: Path, data: FitData
) -> None:
    options = replace(OPTIONS, evals=0)  # measuring draws nothing
    assert distance(tune(tmp_path / "a", base, data, options), weights(tuned / "model")) == 0
    assert distance(tune(tmp_path / "b", base, data, options, 1), weights(tuned / "model")) > 0


MARGINS = replace(OPTIONS, evals=0, loss=LossOptions(contrast=0, margin=1))


def labelled(data: FitData, margin: float = 1.0) -> FitData:
    count = len(data.pairs.queries)
    column = np.arange(count, dtype=np.int32)
    number = {text: n for n, text in enumerate(data.pairs.corpus)}
    positives = np.array([number[q.positives[0]] for q in data.pairs.queries], np.int32)
    negatives = ((positives + 1) % len(number)).astype(np.int32)[:, None]
    margins = np.full((count, 1), margin, np.float32)
    return replace(data, labelled=Rows(column, positives, negatives, margins))


def test_dot_and_cosine_train_different_models(tmp_path: Path, data: FitData) -> None:
    base = tiny.sentence_bert(
        tmp_path / "base", unit=False, spread=0.02
    )  # its vectors are no unit vectors
    found = [
        tune(tmp_path / kind, base, labelled(data), replace(MARGINS, loss=loss))
        for kind in ("dot", "cosine")
        for loss in [LossOptions(kind, contrast=0, margin=1)]
    ]
    assert distance(*found) > 1e-4


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"mask": "own"}, id="mask"),
        pytest.param({"max_length": 5}, id="max_length"),
        pytest.param({"dropout": 0.1}, id="dropout"),
        pytest.param({"frozen": True}, id="frozen"),
        pytest.param({"schedule": "cosine"}, id="schedule"),
        pytest.param({"warmup": 3}, id="warmup"),
        pytest.param({"decay": 0.5}, id="decay"),
        pytest.param({"rows": PlanOptions(steps=STEPS, batch=8, bucket=0)}, id="bucket"),
        pytest.param({"loss": LossOptions(temperature=0.1)}, id="temperature"),
        pytest.param({"loss": LossOptions(both_ways=False)}, id="both_ways"),
    ],
)
def test_every_option_changes_the_model(
    tmp_path: Path, tuned: Path, base: Path, data: FitData, change: dict[str, Any]
) -> None:
    found = tune(tmp_path, base, data, replace(OPTIONS, evals=0, **change))
    assert distance(found, weights(tuned / "model")) > 0


def test_frozen_word_vectors_stay_the_bases(tmp_path: Path, base: Path, data: FitData) -> None:
    found = tune(tmp_path, base, data, replace(OPTIONS, evals=0, frozen=True))
    own = weights(base)
    moved = {name for name in own if not torch.equal(own[name], found[name])}
    assert moved and not any("embeddings.word" in name for name in moved)


def test_mined_texts_and_margins_change_the_model(
    tmp_path: Path, tuned: Path, base: Path, data: FitData
) -> None:
    mined = np.full((len(data.pairs.queries), 2), NONE, np.int32)
    mined[:, 0] = np.arange(len(mined)) % len(data.pairs.corpus)
    rows = PlanOptions(steps=STEPS, batch=8, negatives=1)
    with_mined = tune(
        tmp_path / "a", base, replace(data, mined=mined), replace(OPTIONS, evals=0, rows=rows)
    )
    assert distance(with_mined, weights(tuned / "model")) > 0
    low, high = (
        tune(tmp_path / str(margin), base, labelled(data, margin), MARGINS) for margin in (0.0, 1.0)
    )
    assert distance(low, high) > 0


def test_distillation_keeps_plain_sentences_nearer_to_the_base(
    tmp_path: Path, base: Path, data: FitData
) -> None:
    from sentence_transformers import SentenceTransformer

    plain = tmp_path / "plain.txt"
    plain.write_text("this is the song\nfor me please\n\nwarm and cold\n")
    before = SentenceTransformer(str(base), device="cpu").encode(["for me please"])
    turned = []
    for weight in (0.0, 20.0):
        loss = LossOptions(distil=weight)
        options = replace(OPTIONS, evals=0, loss=loss, plain=str(plain) if weight else "")
        tune(tmp_path / str(weight), base, data, options)
        after = SentenceTransformer(str(tmp_path / str(weight) / "model"), device="cpu")
        turned.append(float(1 - (before @ after.encode(["for me please"]).T).item()))
    assert turned[1] < turned[0] / 2


def test_a_loss_that_is_no_number_stops_the_run(tmp_path: Path, base: Path, data: FitData) -> None:
    options = replace(OPTIONS, rows=PlanOptions(steps=20, batch=8), lr=1e30, warmup=0, evals=0)
    with pytest.raises(MelScribeError, match=r"^The loss at step 10 is not a number; lower"):
        tune(tmp_path, base, data, options)
    assert not (tmp_path / "model").exists()


def test_weights_that_are_no_numbers_are_not_saved(
    tmp_path: Path, base: Path, data: FitData
) -> None:
    options = replace(OPTIONS, lr=1e30, warmup=0, evals=0)  # too short for a second loss
    with pytest.raises(MelScribeError, match="weights became NaN"):
        tune(tmp_path, base, data, options)


def test_a_process_that_sees_several_gpus_uses_one(tmp_path: Path) -> None:
    arguments = TrainingArguments(str(tmp_path), per_device_train_batch_size=8, use_cpu=True)
    arguments._n_gpu = 4  # as on a machine with four
    assert arguments.train_batch_size == 32
    assert one_gpu(arguments).train_batch_size == 8


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_told(tmp_path: Path, base: Path, data: FitData) -> None:
    with pytest.raises(MelScribeError, match=r"torch finds no GPU here; use --device cpu or auto"):
        fit(str(base), data, OPTIONS, Job(tmp_path, 0, "cuda", silent))


@pytest.mark.parametrize(
    ("loss", "more", "told"),
    [
        ({"contrast": 0}, {}, "both 0"),
        ({"margin": 1}, {}, "loss.margin needs labels"),
        ({}, {"rows": PlanOptions(batch=8, negatives=1)}, "needs mined texts"),
        ({"distil": 1}, {}, "needs sentences"),
        ({}, {"plain": "x"}, "named and not used"),
        ({"distil": 1}, {"plain": "gone.txt"}, "cannot be read"),
    ],
)
def test_options_without_effect_are_refused(
    tmp_path: Path,
    base: Path,
    data: FitData,
    loss: dict[str, Any],
    more: dict[str, Any],
    told: str,
) -> None:
    with pytest.raises(MelScribeError, match=told):
        tune(tmp_path, base, data, replace(OPTIONS, loss=LossOptions(**loss), **more))


def test_labels_that_nothing_uses_are_refused(tmp_path: Path, base: Path, data: FitData) -> None:
    with pytest.raises(MelScribeError, match="labels are made and not used"):
        tune(tmp_path, base, labelled(data))
