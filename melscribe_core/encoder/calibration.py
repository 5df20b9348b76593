"""Calibration of one encoder: the usual cosines of a request, and the curve evidence -> score."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.errors import EncoderError

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray

CALIBRATION = "calibration.json"  # in an exported encoder's folder
FORMAT = 1


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of a request's cosines to random texts.

    Both differ between requests, and several-fold between encoders.
    """

    mean: float
    spread: float  # standard deviation, > 0


@dataclass(frozen=True)
class Calibration:
    """How to read the cosines of one encoder, fitted on requests with known relevant answers.

    `usual` is the scale of a typical request. `words` is the weight of a full word match, in
    standard deviations of the cosine: the better an encoder knows music, the smaller. `evidence`
    and `scores` are the knots (at least two, both increasing) of a piecewise linear curve.
    """

    usual: Scale
    words: float
    evidence: tuple[float, ...]
    scores: tuple[float, ...]

    def score(self, evidence: FloatArray) -> FloatArray:
        """Return the scores of evidence, same shape; constant beyond the first and last knot."""
        return np.interp(evidence, self.evidence, self.scores).astype(np.float32)


UNFITTED = Calibration(
    Scale(mean=0.25, spread=0.082),
    words=20.0,
    evidence=(-20.0, 1.0, 2.3, 3.6, 5.0, 6.8, 9.2, 14.0, 60.0),
    scores=(0.0, 0.055, 0.09, 0.27, 0.39, 0.42, 0.48, 0.65, 1.0),
)
"""Default for an encoder without its own calibration; fitted on all-MiniLM-L6-v2."""


def read_calibration(folder: Path) -> Calibration:
    """Return the calibration of an exported encoder, UNFITTED when its folder has none.

    Raises EncoderError when the file is damaged or of another format.
    """
    try:
        raw = json.loads((folder / CALIBRATION).read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise ValueError(f"format {raw['format']}")
        usual = Scale(float(raw["usual"]["mean"]), float(raw["usual"]["spread"]))
        knots = [tuple(map(float, raw[name])) for name in ("evidence", "scores")]
        read = Calibration(usual, float(raw["words"]), *knots)
        if not (0 < usual.spread < np.inf and 0 <= read.words < np.inf and _rise(*knots)):
            raise ValueError("a spread, a weight or a curve out of range")
    except FileNotFoundError:
        return UNFITTED
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(
            f"The encoder in {folder} does not load: {CALIBRATION} is damaged or of another "
            "format; install or export it again."
        ) from error
    return read


def _rise(evidence: tuple[float, ...], scores: tuple[float, ...]) -> bool:
    """Return whether these are knots of an increasing curve with scores in 0..1."""
    steps = np.diff([evidence, scores]) if len(evidence) == len(scores) > 1 else np.zeros(1)
    return bool((steps > 0).all()) and scores[0] >= 0 and scores[-1] <= 1


def write_calibration(calibration: Calibration, folder: Path) -> None:
    """Write the calibration into an exported encoder's folder."""
    content = {"format": FORMAT, **asdict(calibration)}
    (folder / CALIBRATION).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
