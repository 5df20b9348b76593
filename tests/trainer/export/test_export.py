"""An exported folder against the model it was made from, on a small BERT with random weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from click.testing import CliRunner
from onnx import numpy_helper

pytest.importorskip("sentence_transformers")

from melscribe_core.encoder.encoder import GRAPH, MANIFEST, Manifest, load_encoder
from melscribe_core.encoder.sentence_encoder import open_model
from melscribe_core.errors import EncoderError
from melscribe_trainer.cli import main
from melscribe_trainer.export import onnx_graph
from melscribe_trainer.export.export import CARD, Report, export, read_texts
from tests.support.tiny_bert import LONGEST, TEXTS, tiny_bert


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def exported(model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    out = tmp_path_factory.mktemp("exported") / "out"
    return out, export(str(model), out, TEXTS, name="tiny")


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_exported_vectors_are_the_model_s_own(model: Path, exported: tuple[Path, Report]) -> None:
    out, report = exported
    texts = ["folk, sad", "metal", "", "pop, happy, warm, disco", "a word it never saw"]
    original = open_model(model, threads=1).encode(texts, normalize_embeddings=True)

    cosines = (load_encoder(str(out)).encode(texts) * original).sum(axis=1)

    assert cosines.min() > 0.995
    assert report.mean_cosine > 0.995
    assert report.worst_cosine <= report.mean_cosine
    assert report.texts == 50  # every other one of the hundred


def test_long_texts_are_cut_where_the_model_cuts(
    model: Path, exported: tuple[Path, Report]
) -> None:
    text = "folk sad jazz " * 20
    original = open_model(model, threads=1).encode([text], normalize_embeddings=True)

    assert Manifest.from_json((exported[0] / MANIFEST).read_text()).max_tokens == LONGEST
    assert (load_encoder(str(exported[0])).encode([text]) * original).sum() > 0.99


def test_a_folder_holds_the_encoder_its_manifest_and_a_card(exported: tuple[Path, Report]) -> None:
    out, report = exported

    assert listing(out) == [CARD, "model.bin", MANIFEST, GRAPH, "tokenizer.json"]
    assert f"{report.mean_cosine:.4f}" in (out / CARD).read_text()
    assert len({(out / name).stat().st_mode for name in listing(out)}) == 1


def test_the_same_model_and_texts_give_the_same_encoder(
    model: Path, exported: tuple[Path, Report], tmp_path: Path
) -> None:
    export(str(model), tmp_path / "again", TEXTS)

    again, first = (load_encoder(str(folder)) for folder in (tmp_path / "again", exported[0]))
    assert again.fingerprint == first.fingerprint


def test_an_export_that_differs_from_its_model_is_not_written(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One bit instead of seven: weights are -1, 0 or 1 times the largest of their row.
    monkeypatch.setattr(onnx_graph, "CENTRED", onnx_graph.Codes(zero=128, top=1, weight_top=1))

    with pytest.raises(EncoderError, match=r"a mean cosine of 0\.\d+ .* below 0\.99; nothing was"):
        export(str(model), tmp_path / "out", TEXTS)

    assert listing(tmp_path) == []


def test_a_failed_export_leaves_the_earlier_one(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export(str(model), out, TEXTS)
    before = {name: (out / name).read_bytes() for name in listing(out)}
    monkeypatch.setattr(onnx_graph, "CENTRED", onnx_graph.Codes(zero=128, top=1, weight_top=1))

    with pytest.raises(EncoderError):
        export(str(model), out, TEXTS)

    assert {name: (out / name).read_bytes() for name in listing(out)} == before
    assert listing(tmp_path) == ["out"]


def test_an_earlier_export_is_replaced(tmp_path: Path) -> None:
    first = tiny_bert(tmp_path / "first")
    second = tiny_bert(tmp_path / "second", seed=1)
    out = tmp_path / "out"
    export(str(first), out, TEXTS)
    before = load_encoder(str(out)).fingerprint

    export(str(second), out, TEXTS)

    assert load_encoder(str(out)).fingerprint != before
    assert listing(tmp_path) == ["first", "out", "second"]


def test_a_folder_of_other_things_is_left_alone(model: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(EncoderError, match="holds something other than an exported encoder"):
        export(str(model), tmp_path, TEXTS)

    assert listing(tmp_path) == ["thesis.txt"]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"pooling": "cls"}, "pools its tokens by cls, and only mean"),
        ({"activation": "relu"}, "activation is relu, and only gelu"),
    ],
)
def test_what_the_graph_does_not_compute_is_refused(
    tmp_path: Path, settings: dict[str, Any], reason: str
) -> None:
    folder = tiny_bert(tmp_path / "model", **settings)

    with pytest.raises(EncoderError, match=reason):
        export(str(folder), tmp_path / "out", TEXTS)

    assert listing(tmp_path) == ["model"]


def test_too_few_texts_are_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="3 different ones are not enough"):
        export("nothing", tmp_path / "out", ["a", "b", "", "c", "a"])


def test_products_of_codes_fit_sixteen_bits_in_pairs(exported: tuple[Path, Report]) -> None:
    """Processors without VNNI add two products of codes in a saturating signed 16-bit number."""
    model = onnx.load(str(exported[0] / GRAPH))
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMulIntegerToFloat"]

    assert len(products) == 2 * 4  # layers times query-key-value, attention output, up, down
    for node in products:
        zero = int(weights[node.input[4]])
        largest = int(np.abs(weights[node.input[1]].astype(int)).max())
        assert largest > 32
        assert (zero + 127) * largest * 2 < 2**15


def test_quantize_by_hand() -> None:
    # Row 0: largest 2 -> scale 2/4; 1 -> 2, -2 -> -4, 0.6 -> 1.2 -> 1. Row 1 is all zero.
    codes, scale = onnx_graph.quantize(np.array([[1, -2, 0.6], [0, 0, 0]], np.float32), 4)

    assert codes.tolist() == [[2, -4, 1], [0, 0, 0]]
    assert scale.tolist() == [0.5, 0.25]


def test_smoothing_by_hand() -> None:
    # sqrt(8 / 2) = 2 and sqrt(1 / 4) = 0.5: the large channel shrinks, the small one grows.
    factor = onnx_graph.smoothing(
        np.array([8, 1], np.float32), np.array([[1, 4], [-2, 3]], np.float32)
    )

    assert factor.tolist() == [2, 0.5]


def test_texts_are_captions_requests_and_tags(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    rows = [{"tags": ["folk", "Acoustic"], "requests": ["something quiet"]}, {"caption": "A tune."}]
    file.write_text("\n".join(map(json.dumps, rows)))

    assert read_texts([file]) == ["something quiet", "", "acoustic, folk", "A tune.", ""]


def test_a_line_that_is_no_object_is_named(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"caption": "A tune."}\n[1]\n')

    with pytest.raises(EncoderError, match=r"Line 2 of .*texts\.jsonl is no JSON object"):
        read_texts([file])


def test_the_command_says_what_it_wrote(model: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text("\n".join(json.dumps({"caption": text}) for text in TEXTS))
    run = ["export", "--model", str(model), "--out", str(tmp_path / "out"), "--texts", str(texts)]

    result = CliRunner().invoke(main, run)

    assert result.exit_code == 0, result.output
    assert "mean cosine to the model 0.99" in result.output
    assert "over 50 texts." in result.output
    assert load_encoder(str(tmp_path / "out")).dim == 32


def test_the_command_fails_in_one_sentence(tmp_path: Path) -> None:
    run = ["export", "--model", str(tmp_path / "none"), "--out", str(tmp_path / "out")]

    result = CliRunner().invoke(main, run)

    assert result.exit_code == 1
    assert result.output.startswith("Error: There is no folder")
    assert result.output.count("\n") == 1


def test_the_command_says_where_it_cannot_write(model: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    out = tmp_path / "file" / "out"

    result = CliRunner().invoke(main, ["export", "--model", str(model), "--out", str(out)])

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: The export cannot be written to {out} (")
    assert result.output.count("\n") == 1
