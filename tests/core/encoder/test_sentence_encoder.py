"""Any sentence-transformers model as an encoder, on a small BERT with random weights."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

pytest.importorskip("sentence_transformers")

from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.errors import EncoderError
from tests.support.tiny import TEXTS, sentence_bert


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sentence_bert(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "model"))


def test_unit_vectors_in_the_order_of_the_texts(model: Path) -> None:
    encoder = load_encoder(str(model), threads=1)
    texts = [*TEXTS, "", "sad " * 100_000]
    vectors = encoder.encode(texts)

    assert vectors.dtype == np.float32
    assert vectors.shape == (len(texts), encoder.dim)
    assert encoder.dim == 32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(encoder.encode(TEXTS[7:8])[0], vectors[7], atol=1e-5)
    assert encoder.encode([]).shape == (0, 32)


def test_a_local_model_opens_no_connection(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **settings: object) -> NoReturn:
        raise AssertionError("a socket was made")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert load_encoder(str(model)).encode(["folk"]).shape == (1, 32)


def test_the_fingerprint_follows_the_weights(model: Path, copy: Path, tmp_path: Path) -> None:
    first = load_encoder(str(model)).fingerprint

    assert load_encoder(str(copy)).fingerprint == first
    assert load_encoder(str(sentence_bert(tmp_path / "other", seed=1))).fingerprint != first


def test_weights_in_a_pickle_are_refused_before_they_are_opened(copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    (copy / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")  # would run a shell

    with pytest.raises(EncoderError, match=r"has its weights in a pickle, .*save the model as"):
        load_encoder(str(copy))


def test_a_pickle_in_a_later_part_is_refused_too(copy: Path) -> None:
    (copy / "1_Pooling" / "pytorch_model.bin").write_bytes(b"")

    with pytest.raises(EncoderError, match=r"has its weights in a pickle, .*1_Pooling"):
        load_encoder(str(copy))


def test_a_model_with_code_of_its_own_is_refused(copy: Path) -> None:
    modules = json.loads((copy / "modules.json").read_text())
    modules[0]["type"] = "evil.Transformer"
    (copy / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(EncoderError, match=r"needs the code of evil\.Transformer, and code from"):
        load_encoder(str(copy))


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "modules.json"])
def test_a_damaged_model_is_refused_in_one_sentence(copy: Path, file: str) -> None:
    (copy / file).write_bytes(b"\x00 not what it was")

    with pytest.raises(EncoderError) as caught:
        load_encoder(str(copy))

    assert str(copy) in str(caught.value)
    assert "does not load" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="does not load as a sentence-transformers model"):
        load_encoder(str(tmp_path))


def test_without_the_extra_the_way_to_it_is_told(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # as if not installed

    with pytest.raises(EncoderError, match=r'pip install "beets-melscribe\[torch\]"'):
        load_encoder(str(model))


def test_a_hub_name_without_a_connection_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(EncoderError, match="no model of that name could be fetched") as caught:
        load_encoder("some-body/some-model")

    assert "\n" not in str(caught.value)
