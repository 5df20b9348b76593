"""`rephrase` and `caption` on a tiny language model."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from melscribe_trainer.cli import main
from tests.support.tiny import read_rows


def run(command: str, data: Path, model: Path, out: Path, *more: str) -> Result:
    options = ["--model", str(model), "--out", str(out), "--batch", "4", *more]
    return CliRunner().invoke(main, [command, str(data), *options])


@pytest.mark.parametrize(("command", "sources"), [("rephrase", 3), ("caption", 2)])
def test_the_commands_write_and_go_on(
    command: str, sources: int, language_model: Path, tmp_path: Path
) -> None:
    data, out = tmp_path / "mc.jsonl", tmp_path / "out.jsonl"
    data.write_text(
        '{"id": "1", "caption": "A sad song. Slow piano.", "tags": ["sad", "piano"]}\n'
        '{"id": "2", "caption": "Calm jazz.", "tags": ["calm", "jazz"]}\n'
    )
    done = run(command, data, language_model, out)
    assert done.exit_code == 0, done.output
    assert f"{sources} written, 0 were there; 0 answers were no use" in done.stderr
    assert len(read_rows(out)) == sources
    again = run(command, data, language_model, out)
    assert f"0 written, {sources} were there" in again.stderr
    limited = run(command, data, language_model, tmp_path / "limited.jsonl", "--limit", "1")
    assert "1 written" in limited.stderr
    assert run(command, data, language_model, out, "--prompt", "missing").exit_code == 1


def test_captions_are_written_of_tags_alone(language_model: Path, tmp_path: Path) -> None:
    data, out = tmp_path / "tags.jsonl", tmp_path / "out.jsonl"
    data.write_text('{"id": "1", "tags": ["sad", "piano"]}\n')
    done = run("caption", data, language_model, out)
    assert "1 written" in done.stderr, done.output
    assert [row["source"] for row in read_rows(out)] == ["sad, piano"]
    refused = run("rephrase", data, language_model, tmp_path / "other.jsonl")
    assert refused.exit_code == 1
    assert "needs caption" in refused.stderr


def test_a_model_that_is_no_gguf_file_is_told(tmp_path: Path) -> None:
    data, model = tmp_path / "tags.jsonl", tmp_path / "model.gguf"
    data.write_text('{"id": "1", "tags": ["sad", "piano"]}\n')
    model.write_text("version https://git-lfs.github.com/spec/v1\n")
    refused = run("caption", data, model, tmp_path / "out.jsonl")
    assert refused.exit_code == 1
    told = "is not a GGUF file (it begins with b'vers', not b'GGUF'); download it again."
    assert refused.stderr.strip() == f"Error: {model}: {told}"
    assert not (tmp_path / "out.jsonl").exists()
