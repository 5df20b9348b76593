"""The bundled encoder, on the real model; and folders that are not an encoder."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from melscribe_core.encoder.encoder import Encoder, load_encoder, prepare
from melscribe_core.encoder.model_folder import MANIFEST
from melscribe_core.encoder.onnx import (
    BUNDLED,
    FILES,
    GRAPH,
    TOKENIZER,
    WEIGHTS,
    Manifest,
    batches,
    measure_file,
)
from melscribe_core.encoder.truncation import readable
from melscribe_core.errors import EncoderError

SETS = [
    "acoustic, folk, melancholic",
    "club, energetic, techno",
    "",
    "jazz",
    "1990s, alternative rock, angry, distorted guitar, grunge, loud, male vocals, seattle",
    "ambient, calm, piano",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(threads=2)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(BUNDLED, folder)
    return folder


def declare(folder: Path) -> None:
    """Make the manifest agree with the files, so that only reading them can show what is wrong."""
    manifest = Manifest.from_json((folder / MANIFEST).read_text())
    files = {file: measure_file(folder / file) for file in FILES}
    renewed = Manifest(manifest.name, manifest.dim, manifest.max_tokens, files)
    (folder / MANIFEST).write_text(renewed.to_json())


def refusal(folder: Path) -> str:
    with pytest.raises(EncoderError) as caught:
        load_encoder(str(folder)).encode(["jazz"])
    text = str(caught.value)
    assert str(folder) in text
    assert "\n" not in text
    return text


def test_one_unit_vector_per_text_in_float32(encoder: Encoder) -> None:
    vectors = encoder.encode(SETS)

    assert vectors.dtype == np.float32
    assert vectors.shape == (len(SETS), encoder.dim)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_the_same_text_has_the_same_vector_twice_and_with_other_threads(encoder: Encoder) -> None:
    vectors = encoder.encode(SETS)

    np.testing.assert_array_equal(vectors, encoder.encode(SETS))
    np.testing.assert_array_equal(vectors, load_encoder(threads=1).encode(SETS))


def test_a_vector_depends_neither_on_company_nor_on_place(encoder: Encoder) -> None:
    alone = np.concatenate([encoder.encode([text]) for text in SETS])
    crowd = [f"{text}, {number}" for text in SETS for number in range(40)] + SETS

    np.testing.assert_allclose(encoder.encode(crowd)[-len(SETS) :], alone, atol=1e-6)
    np.testing.assert_allclose(encoder.encode(SETS[::-1])[::-1], alone, atol=1e-6)


def test_more_texts_than_are_looked_at_together_keep_their_order(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = encoder.encode(SETS)
    monkeypatch.setattr("melscribe_core.encoder.onnx.TEXTS_AT_ONCE", 4)
    monkeypatch.setattr("melscribe_core.encoder.onnx.TOKENS_AT_ONCE", 8)

    np.testing.assert_allclose(encoder.encode(SETS * 3), np.tile(alone, (3, 1)), atol=1e-6)


@pytest.mark.parametrize("filling", [b"\x00", b"\xff", b"\x7f"], ids=["zeros", "NaN", "huge"])
def test_damaged_weights_of_the_right_size_give_no_vectors(copy: Path, filling: bytes) -> None:
    weights = copy / WEIGHTS
    weights.write_bytes(filling * weights.stat().st_size)
    assert "model.bin is damaged" in refusal(copy)


def test_requests_are_nearest_to_what_they_describe(encoder: Encoder) -> None:
    requests = ["sad songs with an acoustic guitar", "pumping beats to dance all night"]
    likeness = encoder.encode(requests) @ encoder.encode(SETS[:2]).T

    assert likeness[0, 0] > likeness[0, 1] + 0.1
    assert likeness[1, 1] > likeness[1, 0] + 0.1


def test_opposite_requests_differ_and_rewordings_do_not(encoder: Encoder) -> None:
    calm, quiet, loud = encoder.encode(
        ["calm quiet piano music", "soft and peaceful piano pieces", "loud aggressive death metal"]
    )

    assert calm @ quiet > calm @ loud + 0.2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 1_000_000, id="one word of a megabyte"),
        pytest.param("sad " * 250_000, id="a megabyte of words"),
        pytest.param("\udcff folk \x00 \U0001f3b8", id="half a surrogate pair, NUL, emoji"),
        pytest.param("موسيقى هادئة", id="right to left"),
    ],
)
def test_hostile_texts_have_a_vector(encoder: Encoder, text: str) -> None:
    vector = encoder.encode([text])[0]

    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_long_text_is_read_as_far_as_the_model_reads(encoder: Encoder) -> None:
    # 256 tokens are 254 words of one token between the two marks.
    whole, cut, shorter = encoder.encode(["sad " * 5000, "sad " * 254, "sad " * 100])

    np.testing.assert_allclose(whole, cut, atol=1e-6)
    assert np.abs(whole - shorter).max() > 1e-4


def test_readable_bounds_a_text_before_it_is_tokenized() -> None:
    assert len(readable("é" * 1_000_000, 256)) == 25_600  # 100 characters a token
    assert readable("a\udc80b", 256) == "a?b"


def test_batches_hold_one_length_and_every_position_once() -> None:
    # Budget 6: three texts of 2 tokens fit, one of 4, and one of 9 goes alone all the same.
    assert list(batches([4, 2, 2, 9, 2, 4, 2], 6)) == [[1, 2, 4], [6], [0], [5], [3]]
    assert list(batches([], 6)) == []


def test_no_connection_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **settings: object) -> NoReturn:
        raise AssertionError("a socket was made")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert load_encoder().encode(["jazz"]).shape[0] == 1


def test_what_was_loaded_in_the_background_is_the_same(encoder: Encoder) -> None:
    other = load_encoder(threads=2)
    prepare(other)
    prepare(other)
    assert other.knows("jazz")
    np.testing.assert_array_equal(other.encode(SETS), encoder.encode(SETS))


def test_what_cannot_be_loaded_in_the_background_is_told_with_the_first_text(copy: Path) -> None:
    (copy / GRAPH).write_bytes(b"x" * (copy / GRAPH).stat().st_size)
    broken = load_encoder(str(copy))
    prepare(broken)
    with pytest.raises(EncoderError, match="damaged"):
        broken.encode(["jazz"])


def test_a_copied_folder_is_the_same_encoder(encoder: Encoder, copy: Path) -> None:
    other = load_encoder(str(copy))

    assert other.fingerprint == encoder.fingerprint
    np.testing.assert_array_equal(other.encode(SETS), encoder.encode(SETS))


def test_other_weights_have_another_fingerprint(encoder: Encoder, copy: Path) -> None:
    weights = bytearray((copy / WEIGHTS).read_bytes())
    weights[1000] ^= 1
    (copy / WEIGHTS).write_bytes(weights)
    declare(copy)

    assert load_encoder(str(copy)).fingerprint != encoder.fingerprint


def test_the_manifest_tells_the_truth_about_the_bundled_files() -> None:
    manifest = Manifest.from_json((BUNDLED / MANIFEST).read_text())

    assert manifest.files == {file: measure_file(BUNDLED / file) for file in FILES}


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()

    assert f"{file} cannot be read (No such file or directory); export it again." in refusal(copy)


@pytest.mark.parametrize("file", FILES)
def test_a_truncated_file_is_named_with_both_sizes(copy: Path, file: str) -> None:
    whole = (copy / file).read_bytes()
    (copy / file).write_bytes(whole[: len(whole) // 2])

    assert f"{file} has {len(whole) // 2} bytes instead of {len(whole)}" in refusal(copy)


@pytest.mark.parametrize("file", [GRAPH, TOKENIZER])
def test_a_file_of_the_right_size_with_other_bytes_is_damaged(copy: Path, file: str) -> None:
    (copy / file).write_bytes(b"\xff" * (copy / file).stat().st_size)

    assert " is damaged; export it again." in (text := refusal(copy))
    assert file in text


def test_weights_that_end_too_soon_are_noticed_by_the_graph(copy: Path) -> None:
    (copy / WEIGHTS).write_bytes(b"few")
    declare(copy)

    assert f"{GRAPH} or {WEIGHTS} is damaged" in refusal(copy)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="no JSON"),
        pytest.param("[1]", id="a list"),
        pytest.param('{"format": 1}', id="keys missing"),
        pytest.param("\x00\x01", id="binary"),
    ],
)
def test_a_foreign_manifest_is_refused(copy: Path, text: str) -> None:
    (copy / MANIFEST).write_text(text)

    assert f"{MANIFEST} is damaged or of another format" in refusal(copy)


def test_a_later_format_is_refused(copy: Path) -> None:
    raw = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps({**raw, "format": 2}))

    assert f"{MANIFEST} is damaged or of another format" in refusal(copy)


def test_a_graph_of_another_kind_is_refused(copy: Path) -> None:
    raw = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps({**raw, "dim": 768}))

    assert f"{GRAPH} is another kind of model" in refusal(copy)


def test_a_path_without_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"There is no folder .*nowhere to load an encoder from"):
        load_encoder(str(tmp_path / "nowhere"))


def test_the_bundled_folder_sends_one_to_reinstall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("encoder", "onnx"):
        monkeypatch.setattr(f"melscribe_core.encoder.{module}.BUNDLED", tmp_path)

    with pytest.raises(EncoderError, match=r"model\.json cannot be read .*; reinstall"):
        load_encoder()
