"""How scores read: the curve by hand, and what a folder says of its encoder."""

import json
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.encoder.calibration import (
    CALIBRATION,
    UNFITTED,
    Calibration,
    Scale,
    read_calibration,
    write_calibration,
)
from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.errors import EncoderError

FITTED = Calibration(Scale(0.4, 0.05), words=10.0, evidence=(0.0, 4.0, 8.0), scores=(0.1, 0.2, 0.8))


def test_the_curve_by_hand() -> None:
    # a quarter of the way from 0.2 to 0.8; half of the way from 0.1 to 0.2; beyond either end
    scores = FITTED.score(np.array([5.0, 2.0, -3.0, 9.0], np.float32))
    assert scores == pytest.approx([0.35, 0.15, 0.1, 0.8])
    assert scores.dtype == np.float32


def test_more_evidence_scores_higher() -> None:
    scores = UNFITTED.score(np.linspace(-20, 60, 2000, dtype=np.float32))
    assert (np.diff(scores) > 0).all()
    assert (scores[0], scores[-1]) == (0, 1)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_calibration(FITTED, tmp_path)
    assert read_calibration(tmp_path) == FITTED


def test_a_folder_without_one_is_read_as_an_unfitted_encoder(tmp_path: Path) -> None:
    assert read_calibration(tmp_path) == UNFITTED


WHOLE = {
    "format": 1,
    "usual": {"mean": 0, "spread": 1},
    "words": 8,
    "evidence": [0, 1],
    "scores": [0, 1],
}


@pytest.mark.parametrize(
    "damage",
    [
        {"format": 2},
        {"usual": {"mean": 0, "spread": 0}},
        {"usual": []},
        {"words": -1},
        {"evidence": [1, 1]},
        {"evidence": [0]},
        {"evidence": [0, float("nan")]},
        {"scores": [1, 0]},
        {"scores": [0, 2]},
        {"scores": "ab"},
    ],
    ids=str,
)
def test_a_damaged_one_is_refused(tmp_path: Path, damage: dict[str, object]) -> None:
    file = tmp_path / CALIBRATION
    file.write_text(json.dumps(WHOLE), encoding="utf-8")
    assert read_calibration(tmp_path).words == 8
    file.write_text(json.dumps(WHOLE | damage), encoding="utf-8")
    with pytest.raises(EncoderError, match=r"calibration\.json is damaged .* again\.$"):
        read_calibration(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}"])
def test_what_is_none_at_all_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / CALIBRATION).write_text(content, encoding="utf-8")
    with pytest.raises(EncoderError, match=r"calibration\.json is damaged"):
        read_calibration(tmp_path)


def test_the_bundled_encoder_brings_its_own() -> None:
    assert load_encoder().calibration != UNFITTED
