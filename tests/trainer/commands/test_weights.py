"""`soup` on tiny models."""

from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from melscribe_trainer.cli import main
from tests.support import tiny
from tests.trainer.training.tuning import weights


def test_weights_are_averaged_in_the_given_proportion(tmp_path: Path) -> None:
    one, two = (tiny.sentence_bert(tmp_path / str(seed), dim=8, seed=seed) for seed in (1, 2))
    run = ["soup", f"{one}=3", f"{two}=1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, run)
    assert result.exit_code == 0, result.output
    assert result.output == f"{tmp_path / 'out'}: 0.75 {one} + 0.25 {two}\n"
    mixed, first, second = map(weights, (tmp_path / "out", one, two))
    name = next(name for name in mixed if "word_embeddings" in name)
    torch.testing.assert_close(mixed[name], 0.75 * first[name] + 0.25 * second[name])


@pytest.mark.parametrize("model", ["folder", "folder=", "folder=x", "folder=0", "folder=inf"])
def test_a_model_without_a_weight_is_refused(tmp_path: Path, model: str) -> None:
    result = CliRunner().invoke(main, ["soup", model, "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert f"soup: '{model}' has no weight above 0; write MODEL=WEIGHT." in result.output
