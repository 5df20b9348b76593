"""Checkpoints of an interrupted run."""

import json
from pathlib import Path

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.training.fit import FitData
from tests.support import tiny
from tests.trainer.training.tuning import distance, tune, weights


def test_a_stopped_run_goes_on_to_the_same_weights(
    tmp_path: Path, tuned: Path, base: Path, data: FitData
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


def test_a_checkpoint_of_another_base_is_refused(tmp_path: Path, base: Path, data: FitData) -> None:
    def stop(text: str) -> None:
        if text.startswith("step 3"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(tmp_path, base, data, say=stop)
    other = tiny.sentence_bert(tmp_path / "other", dim=16, spread=0.02)
    with pytest.raises(MelScribeError, match=r"was tuned from another base .*; give the same --b"):
        tune(tmp_path, other, data)
