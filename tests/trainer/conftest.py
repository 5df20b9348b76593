"""Fixtures for the trainer's tests: tiny models, made once."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support import tiny


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread: with tiny models, several mostly wait for each other."""
    if find_spec("torch") is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patch:
        torch.set_num_threads(1)
        patch.setattr(torch, "set_num_threads", lambda _: None)
        yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sentence-transformers model to tune, which no test may change."""
    return tiny.sentence_bert(tmp_path_factory.mktemp("base"), spread=0.02)


@pytest.fixture(scope="session")
def distinct(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sentence-transformers model whose vectors are far apart; no test may change it."""
    return tiny.sentence_bert(tmp_path_factory.mktemp("distinct"))


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a transformer that a cross-encoder can start from, which no test may change."""
    return tiny.plain_bert(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def language_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a causal language model, which no test may change."""
    return tiny.language_model(tmp_path_factory.mktemp("gpt2"))
