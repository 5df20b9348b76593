"""Averages of weights."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from melscribe_core.errors import MelScribeError
from melscribe_trainer.training.average import average
from melscribe_trainer.training.fit import FitData
from tests.support import tiny
from tests.trainer.training.tuning import OPTIONS, tune, weights


def test_averaging_goes_the_given_share_of_the_way_back(
    tmp_path: Path, tuned: Path, base: Path
) -> None:
    average(str(base), {tuned / "model": 1.0}, 0.25, tmp_path / "model")
    mixed, own, new = weights(tmp_path / "model"), weights(base), weights(tuned / "model")
    name = next(name for name in own if "word_embeddings" in name)
    torch.testing.assert_close(mixed[name], 0.25 * own[name] + 0.75 * new[name])


def test_averaging_several_runs_weighs_them_by_their_shares(
    tmp_path: Path, tuned: Path, base: Path, data: FitData
) -> None:
    tune(tmp_path / "other", base, data, replace(OPTIONS, evals=0, lr=OPTIONS.lr / 2))
    runs = [tuned / "model", tmp_path / "other" / "model"]
    average(str(base), dict(zip(runs, (0.25, 0.75), strict=True)), 0.2, tmp_path / "model")
    mixed, own, (one, two) = weights(tmp_path / "model"), weights(base), map(weights, runs)
    name = next(name for name in own if "word_embeddings" in name)
    assert not torch.equal(one[name], two[name])
    # 0.2 of the base leave 0.8, of which the runs have 0.25 and 0.75: 0.2 and 0.6
    expected = 0.2 * own[name] + 0.2 * one[name] + 0.6 * two[name]
    torch.testing.assert_close(mixed[name], expected)


def test_averaging_with_another_base_is_refused(tmp_path: Path, tuned: Path) -> None:
    other = tiny.sentence_bert(tmp_path / "other", dim=16, spread=0.02)
    with pytest.raises(MelScribeError, match=r"was not tuned from .*, their layers differ; give"):
        average(str(other), {tuned / "model": 1.0}, 0.5, tmp_path / "model")


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_that_is_none_is_refused(tmp_path: Path, base: Path, share: float) -> None:
    with pytest.raises(MelScribeError, match="write a number from 0 to 1"):
        average(str(base), {base: 1.0}, share, tmp_path)
