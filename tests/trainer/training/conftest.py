"""Fixtures of the training tests: data, and one tuned model."""

from pathlib import Path

import numpy as np
import pytest

from melscribe_trainer.data.datasets import read_requests
from melscribe_trainer.data.pairs import PairOptions, make_pairs
from melscribe_trainer.evaluation.dev import dev_tests
from melscribe_trainer.training.fit import FitData
from tests.support import tiny
from tests.trainer.training.tuning import tune


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> FitData:
    folder = tmp_path_factory.mktemp("data")
    train = read_requests(tiny.requests(folder / "train.jsonl"))
    dev = read_requests(tiny.requests(folder / "dev.jsonl", 6, seed=9))
    pairs = make_pairs([train], PairOptions(keep=0.7), np.random.default_rng(0))
    return FitData(pairs, dev_tests([dev], [train]))


@pytest.fixture(scope="package")  # after one_thread, which is of that scope too
def tuned(tmp_path_factory: pytest.TempPathFactory, base: Path, data: FitData) -> Path:
    out = tmp_path_factory.mktemp("tuned")
    tune(out, base, data)
    return out
