"""The table of training steps, and a run on a tiny model."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speed import machine, training
from tests.support import tiny


def test_a_column_for_each_kind_of_step() -> None:
    contrast = training.Measured("contrast", 187, 4.3, 0.0011, 0.0024, 7.25)
    labelled = training.Measured("labelled", 944, 4.3, 0.0016, 0.0031, 0.0)
    table = training.render([contrast, labelled])
    assert "|  | contrast | labelled |" in table
    assert "| a batch, ms | 1.1 | 1.6 |" in table
    assert "| computing a step on this processor, s | 7.2 | not measured |" in table


def test_a_small_run_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sentence_transformers")
    monkeypatch.setattr(training, "use_cores", lambda count: 1)  # not for the tests that follow
    requests = tiny.requests(tmp_path / "train.jsonl")
    model = tiny.sentence_bert(tmp_path / "model")
    arguments = ["--requests", requests, "--weights", str(model), "--batch", "8", "--steps", "2"]
    training.main([*arguments, "--whole", "1"])
    printed = capsys.readouterr().out
    assert (
        "8 rows a step" in printed
        and machine.command_line("benchmarks.speed.training", []) in printed
    )
    # At most one text a query; of labelled rows at most five, of the 100 and more that there are.
    (line,) = (line for line in printed.splitlines() if "distinct texts" in line)
    contrast, labelled = (int(cell) for cell in line.strip("| ").split(" | ")[1:])
    assert contrast <= 8 < labelled <= 40
    assert "not measured" not in printed
