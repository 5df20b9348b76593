"""An exported encoder becomes a model again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.encoder.sentence_encoder import open_model
from melscribe_core.errors import EncoderError
from melscribe_trainer.cli import main
from melscribe_trainer.export.export import Report
from melscribe_trainer.export.restore import restore
from tests.support import tiny
from tests.support.tiny import TEXTS


def test_a_restored_model_has_the_vectors_of_the_export(
    exported: tuple[Path, Report], distinct: Path, tmp_path: Path
) -> None:
    folder, _ = exported
    # A base with other weights of the same layers: nothing of them may be left but the positions.
    other = tiny.sentence_bert(tmp_path / "base", seed=7)
    restore(folder, str(other), tmp_path / "restored")
    model = open_model(tmp_path / "restored", 1, "cpu")
    known = load_encoder(str(folder)).encode(TEXTS)
    vectors = np.asarray(model.encode(TEXTS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # The restored weights are those in 8 bits; the export also has its activations in 8 bits.
    assert np.einsum("ij,ij->i", vectors, known).min() > 0.99
    base = np.asarray(open_model(other, 1, "cpu").encode(TEXTS))
    assert np.einsum("ij,ij->i", base, known).mean() < 0.9


def test_an_export_of_other_layers_is_refused(
    exported: tuple[Path, Report], tmp_path: Path
) -> None:
    other = tiny.sentence_bert(tmp_path / "base", dim=16)
    with pytest.raises(EncoderError, match=r"was not exported from a model like .* give the base"):
        restore(exported[0], str(other), tmp_path / "restored")
    with pytest.raises(EncoderError, match="does not hold an exported encoder"):
        restore(tmp_path, str(other), tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_the_command_says_where_the_model_is(
    exported: tuple[Path, Report], distinct: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = ["restore", str(exported[0]), "--base", str(distinct), "--out", str(out)]
    result = CliRunner().invoke(main, run)
    assert result.exit_code == 0 and result.output == f"{out}\n"
    assert (out / "modules.json").is_file()
