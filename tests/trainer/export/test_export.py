"""An exported folder against the model it was made from, on a small BERT with random weights."""

import json
from pathlib import Path
from typing import Any

import pytest

from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.encoder.model_folder import MANIFEST
from melscribe_core.encoder.onnx import GRAPH, Manifest
from melscribe_core.encoder.sentence_encoder import open_model
from melscribe_core.errors import EncoderError
from melscribe_trainer.export import onnx_graph
from melscribe_trainer.export.export import CARD, Report, export, read_texts
from tests.support.tiny import LONGEST, TEXTS, sentence_bert


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_exported_vectors_are_the_model_s_own(
    distinct: Path, exported: tuple[Path, Report]
) -> None:
    out, report = exported
    texts = ["folk, sad", "metal", "", "pop, happy, warm, disco", "a word it never saw"]
    original = open_model(distinct, threads=1).encode(texts, normalize_embeddings=True)

    cosines = (load_encoder(str(out)).encode(texts) * original).sum(axis=1)

    assert cosines.min() > 0.995
    assert report.mean_cosine > 0.995
    assert report.worst_cosine <= report.mean_cosine
    assert report.texts == 50  # every other one of the hundred


def test_long_texts_are_cut_where_the_model_cuts(
    distinct: Path, exported: tuple[Path, Report]
) -> None:
    text = "folk sad jazz " * 20
    original = open_model(distinct, threads=1).encode([text], normalize_embeddings=True)

    assert Manifest.from_json((exported[0] / MANIFEST).read_text()).max_tokens == LONGEST
    assert (load_encoder(str(exported[0])).encode([text]) * original).sum() > 0.99


def test_a_folder_holds_the_encoder_its_manifest_and_a_card(exported: tuple[Path, Report]) -> None:
    out, report = exported

    assert listing(out) == [CARD, "model.bin", MANIFEST, GRAPH, "tokenizer.json"]
    assert f"{report.mean_cosine:.4f}" in (out / CARD).read_text()
    assert len({(out / name).stat().st_mode for name in listing(out)}) == 1


def test_the_same_model_and_texts_give_the_same_encoder(
    distinct: Path, exported: tuple[Path, Report], tmp_path: Path
) -> None:
    export(str(distinct), tmp_path / "again", TEXTS)

    again, first = (load_encoder(str(folder)) for folder in (tmp_path / "again", exported[0]))
    assert again.fingerprint == first.fingerprint


def test_an_export_that_differs_from_its_model_is_not_written(
    distinct: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One bit instead of seven: weights are -1, 0 or 1 times the largest of their row.
    monkeypatch.setattr(onnx_graph, "CENTRED", onnx_graph.Codes(zero=128, top=1, weight_top=1))

    with pytest.raises(EncoderError, match=r"a mean cosine of 0\.\d+ .* below 0\.99; nothing was"):
        export(str(distinct), tmp_path / "out", TEXTS)

    assert listing(tmp_path) == []


def test_a_failed_export_leaves_the_earlier_one(
    distinct: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export(str(distinct), out, TEXTS)
    before = {name: (out / name).read_bytes() for name in listing(out)}
    monkeypatch.setattr(onnx_graph, "CENTRED", onnx_graph.Codes(zero=128, top=1, weight_top=1))

    with pytest.raises(EncoderError):
        export(str(distinct), out, TEXTS)

    assert {name: (out / name).read_bytes() for name in listing(out)} == before
    assert listing(tmp_path) == ["out"]


def test_an_earlier_export_is_replaced(tmp_path: Path) -> None:
    first = sentence_bert(tmp_path / "first")
    second = sentence_bert(tmp_path / "second", seed=1)
    out = tmp_path / "out"
    export(str(first), out, TEXTS)
    before = load_encoder(str(out)).fingerprint

    export(str(second), out, TEXTS)

    assert load_encoder(str(out)).fingerprint != before
    assert listing(tmp_path) == ["first", "out", "second"]


def test_a_folder_of_other_things_is_left_alone(distinct: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(EncoderError, match="holds something other than an exported encoder"):
        export(str(distinct), tmp_path, TEXTS)

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
    folder = sentence_bert(tmp_path / "model", **settings)

    with pytest.raises(EncoderError, match=reason):
        export(str(folder), tmp_path / "out", TEXTS)

    assert listing(tmp_path) == ["model"]


def test_too_few_texts_are_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="3 different ones are not enough"):
        export("nothing", tmp_path / "out", ["a", "b", "", "c", "a"])


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
