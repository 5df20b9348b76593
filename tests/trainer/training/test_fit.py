"""The loop on tiny models: what it writes and repeats, what options change, what it refuses."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import read_requests
from melscribe_trainer.data.pairs import PairOptions, make_pairs
from melscribe_trainer.evaluation.dev import dev_tests
from melscribe_trainer.training.batches import PlanOptions, Rows
from melscribe_trainer.training.fit import FitData, FitOptions, average, fit
from melscribe_trainer.training.loss import LossOptions
from melscribe_trainer.training.negatives import NONE
from melscribe_trainer.training.plot import plot_log
from tests.support import tiny

STEPS = 6
Weights = dict[str, torch.Tensor]
OPTIONS = FitOptions(rows=PlanOptions(steps=STEPS, batch=8), evals=2, lr=1e-3)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny.bi_encoder(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> FitData:
    folder = tmp_path_factory.mktemp("data")
    train = read_requests(tiny.requests(folder / "train.jsonl"))
    dev = read_requests(tiny.requests(folder / "dev.jsonl", 6, seed=9))
    pairs = make_pairs([train], PairOptions(keep=0.7), np.random.default_rng(0))
    return FitData(pairs, dev_tests([dev], [train]))


def silent(_: str) -> None:
    pass


def tune(
    out: Path,
    base: str,
    data: FitData,
    options: FitOptions = OPTIONS,
    seed: int = 0,
    say: Callable[[str], None] = silent,
) -> Weights:
    out.mkdir(exist_ok=True)
    fit(base, data, options, out, seed, "cpu", say)
    return weights(out / "model")


def weights(folder: Path) -> Weights:
    return load_file(folder / "model.safetensors")


def distance(one: Weights, other: Weights) -> float:
    return max(float((one[name] - other[name]).abs().max()) for name in one)


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory, base: str, data: FitData) -> Path:
    out = tmp_path_factory.mktemp("tuned")
    tune(out, base, data)
    return out


def test_the_log_tells_losses_and_dev_measures(tuned: Path) -> None:
    rows = [json.loads(line) for line in (tuned / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if "loss" in row] == [1]
    measured = [row for row in rows if "eval_terse recall@10" in row]
    assert [row["step"] for row in measured] == [0, 3, 6]
    assert all(0 <= row["eval_chat-bare ndcg@10"] <= 100 for row in measured)
    assert not (tuned / "checkpoints").exists()


def test_the_picture_is_a_png(tuned: Path, tmp_path: Path) -> None:
    plot_log(tuned / "log.jsonl", tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_loss_falls(tmp_path: Path, base: str, data: FitData) -> None:
    options = replace(OPTIONS, rows=PlanOptions(steps=40, batch=16), evals=0, lr=5e-3)
    tune(tmp_path, base, data, options)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert losses[-1] < losses[0] - 0.5


def test_the_same_seed_gives_the_same_weights(
    tmp_path: Path, tuned: Path, base: str, data: FitData
) -> None:
    options = replace(OPTIONS, evals=0)  # measuring draws nothing
    assert distance(tune(tmp_path / "a", base, data, options), weights(tuned / "model")) == 0
    assert distance(tune(tmp_path / "b", base, data, options, 1), weights(tuned / "model")) > 0


def test_a_stopped_run_goes_on_to_the_same_weights(
    tmp_path: Path, tuned: Path, base: str, data: FitData
) -> None:
    def stop(text: str) -> None:
        if text.startswith("step 3"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(tmp_path, base, data, say=stop)
    assert not (tmp_path / "model").exists()
    told: list[str] = []
    resumed = tune(tmp_path, base, data, say=told.append)
    assert told[0] == "fit goes on from checkpoint-2"
    assert distance(resumed, weights(tuned / "model")) == 0
    steps = [json.loads(line)["step"] for line in (tmp_path / "log.jsonl").open()]
    assert steps == [0, 1, 2, 3, 6]  # 2: measured once more where it goes on


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
    base = tiny.bi_encoder(tmp_path / "base", unit=False)  # its vectors are no unit vectors
    found = [
        tune(tmp_path / kind, base, labelled(data), replace(MARGINS, loss=loss))
        for kind in ("dot", "cosine")
        for loss in [LossOptions(kind, contrast=0, margin=1)]  # type: ignore[arg-type]
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
    tmp_path: Path, tuned: Path, base: str, data: FitData, change: dict[str, Any]
) -> None:
    found = tune(tmp_path, base, data, replace(OPTIONS, evals=0, **change))
    assert distance(found, weights(tuned / "model")) > 0


def test_frozen_word_vectors_stay_the_bases(tmp_path: Path, base: str, data: FitData) -> None:
    found = tune(tmp_path, base, data, replace(OPTIONS, evals=0, frozen=True))
    own = weights(Path(base))
    moved = {name for name in own if not torch.equal(own[name], found[name])}
    assert moved and not any("embeddings.word" in name for name in moved)


def test_mined_texts_and_margins_change_the_model(
    tmp_path: Path, tuned: Path, base: str, data: FitData
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
    tmp_path: Path, base: str, data: FitData
) -> None:
    from sentence_transformers import SentenceTransformer

    plain = tmp_path / "plain.txt"
    plain.write_text("this is the song\nfor me please\n\nwarm and cold\n")
    before = SentenceTransformer(base, device="cpu").encode(["for me please"])
    turned = []
    for weight in (0.0, 20.0):
        loss = LossOptions(distil=weight)
        options = replace(OPTIONS, evals=0, loss=loss, plain=str(plain) if weight else "")
        tune(tmp_path / str(weight), base, data, options)
        after = SentenceTransformer(str(tmp_path / str(weight) / "model"), device="cpu")
        turned.append(float(1 - (before @ after.encode(["for me please"]).T).item()))
    assert turned[1] < turned[0] / 2


def test_averaging_goes_the_given_share_of_the_way_back(
    tmp_path: Path, tuned: Path, base: str
) -> None:
    average(base, [tuned / "model"], 0.25, tmp_path / "model")
    mixed, own, new = weights(tmp_path / "model"), weights(Path(base)), weights(tuned / "model")
    name = next(name for name in own if "word_embeddings" in name)
    torch.testing.assert_close(mixed[name], 0.25 * own[name] + 0.75 * new[name])


def test_averaging_several_runs_shares_what_the_base_leaves(
    tmp_path: Path, tuned: Path, base: str, data: FitData
) -> None:
    tune(tmp_path / "other", base, data, replace(OPTIONS, evals=0, lr=OPTIONS.lr / 2))
    runs = [tuned / "model", tmp_path / "other" / "model"]
    average(base, runs, 0.2, tmp_path / "model")
    mixed, own, (one, two) = weights(tmp_path / "model"), weights(Path(base)), map(weights, runs)
    name = next(name for name in own if "word_embeddings" in name)
    assert not torch.equal(one[name], two[name])
    # 0.2 of the base leave 0.8, which two runs share: 0.4 each
    expected = 0.2 * own[name] + 0.4 * one[name] + 0.4 * two[name]
    torch.testing.assert_close(mixed[name], expected)


def test_averaging_with_another_base_is_refused(tmp_path: Path, tuned: Path) -> None:
    other = tiny.bi_encoder(tmp_path, dim=16)
    with pytest.raises(MelScribeError, match=r"was not tuned from .*, their layers differ; give"):
        average(other, [tuned / "model"], 0.5, tmp_path / "model")


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_that_is_none_is_refused(tmp_path: Path, base: str, share: float) -> None:
    with pytest.raises(MelScribeError, match="write a number from 0 to 1"):
        average(base, [Path(base)], share, tmp_path)


def test_a_checkpoint_of_another_base_is_refused(tmp_path: Path, base: str, data: FitData) -> None:
    def stop(text: str) -> None:
        if text.startswith("step 3"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(tmp_path, base, data, say=stop)
    other = tiny.bi_encoder(tmp_path / "other", dim=16)
    with pytest.raises(MelScribeError, match=r"was tuned from another base .*; give the same --b"):
        tune(tmp_path, other, data)


def test_a_loss_that_is_no_number_stops_the_run(tmp_path: Path, base: str, data: FitData) -> None:
    options = replace(OPTIONS, rows=PlanOptions(steps=20, batch=8), lr=1e30, warmup=0, evals=0)
    with pytest.raises(MelScribeError, match=r"^The loss at step 10 is not a number; lower"):
        tune(tmp_path, base, data, options)
    assert not (tmp_path / "model").exists()


def test_weights_that_are_no_numbers_are_not_saved(
    tmp_path: Path, base: str, data: FitData
) -> None:
    options = replace(OPTIONS, lr=1e30, warmup=0, evals=0)  # too short for a second loss
    with pytest.raises(MelScribeError, match="weights became NaN"):
        tune(tmp_path, base, data, options)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_told(tmp_path: Path, base: str, data: FitData) -> None:
    with pytest.raises(MelScribeError, match=r"torch finds no GPU here; use --device cpu or auto"):
        fit(base, data, OPTIONS, tmp_path, 0, "cuda", silent)


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
    base: str,
    data: FitData,
    loss: dict[str, Any],
    more: dict[str, Any],
    told: str,
) -> None:
    with pytest.raises(MelScribeError, match=told):
        fit(
            base,
            data,
            replace(OPTIONS, loss=LossOptions(**loss), **more),
            tmp_path,
            0,
            "cpu",
            silent,
        )


def test_labels_that_nothing_uses_are_refused(tmp_path: Path, base: str, data: FitData) -> None:
    with pytest.raises(MelScribeError, match="labels are made and not used"):
        fit(base, labelled(data), OPTIONS, tmp_path, 0, "cpu", silent)
