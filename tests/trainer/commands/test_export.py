"""`export` on a tiny model."""

import json
from pathlib import Path

from click.testing import CliRunner

from melscribe_core.encoder.encoder import load_encoder
from melscribe_trainer.cli import main
from tests.support import tiny
from tests.support.tiny import TEXTS


def test_the_command_says_what_it_wrote(distinct: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text("\n".join(json.dumps({"caption": text}) for text in TEXTS))
    run = [
        "export",
        "--model",
        str(distinct),
        "--out",
        str(tmp_path / "out"),
        "--texts",
        str(texts),
    ]

    result = CliRunner().invoke(main, run)

    assert result.exit_code == 0, result.output
    assert "mean cosine to the model 0.99" in result.output
    assert "over 50 texts." in result.output
    assert load_encoder(str(tmp_path / "out")).dim == 32


def test_the_command_calibrates_on_dev_requests(distinct: Path, tmp_path: Path) -> None:
    tiny.requests(tmp_path / "dev.jsonl", 9, seed=5)
    tiny.requests(tmp_path / "train.jsonl", 9, seed=6)
    run = ["export", "--model", str(distinct), "--out", str(tmp_path / "out"), "--words", "7"]
    run += ["--dev", str(tmp_path / "dev.jsonl"), "--among", str(tmp_path / "train.jsonl")]
    result = CliRunner().invoke(main, run)
    assert result.exit_code == 0, result.output
    assert "calibration, requests: " in result.output
    assert load_encoder(str(tmp_path / "out")).calibration.words == 7


def test_the_command_fails_in_one_sentence(tmp_path: Path) -> None:
    run = ["export", "--model", str(tmp_path / "none"), "--out", str(tmp_path / "out")]

    result = CliRunner().invoke(main, run)

    assert result.exit_code == 1
    assert result.output.startswith("Error: There is no folder")
    assert result.output.count("\n") == 1


def test_the_command_says_where_it_cannot_write(distinct: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    out = tmp_path / "file" / "out"

    result = CliRunner().invoke(main, ["export", "--model", str(distinct), "--out", str(out)])

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: The export cannot be written to {out} (")
    assert result.output.count("\n") == 1
