"""How the numbers of one encoder read: where chance lies, and which score evidence is worth."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import EncoderError

CALIBRATION = "calibration.json"  # in an exported encoder's folder
FORMAT = 1


@dataclass(frozen=True)
class Scale:
    """How the cosines of a request lie over the texts: where a chance text is, and how far apart.

    It differs between encoders several times over, and between requests.
    """

    mean: float
    spread: float  # standard deviation, above 0


@dataclass(frozen=True)
class Calibration:
    """What is known of an encoder from requests whose right answers are known.

    `usual` is the scale of a usual request. `words` is what a set of just the words asked for is
    worth, in spreads of the cosine: the better an encoder knows music, the less. `evidence` and
    `scores`, both rising, are the knots of the curve from evidence to score, at least two; between
    them it is straight.
    """

    usual: Scale
    words: float
    evidence: tuple[float, ...]
    scores: tuple[float, ...]

    def score(self, evidence: FloatArray) -> FloatArray:
        """Return evidence as scores in the same shape; beyond the knots as at the nearest one."""
        return np.interp(evidence, self.evidence, self.scores).astype(np.float32)


UNFITTED = Calibration(
    Scale(mean=0.25, spread=0.082),
    words=20.0,
    evidence=(-20.0, 1.0, 2.3, 3.6, 5.0, 6.8, 9.2, 14.0, 60.0),
    scores=(0.0, 0.055, 0.09, 0.27, 0.39, 0.42, 0.48, 0.65, 1.0),
)
"""Of all-MiniLM-L6-v2: what an encoder without a calibration of its own is read by."""


def read_calibration(folder: Path) -> Calibration:
    """Return the calibration of an exported encoder, UNFITTED when its folder holds none.

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
            raise ValueError("a spread, a weight or a curve that is none")
    except FileNotFoundError:
        return UNFITTED
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(
            f"The encoder in {folder} does not load: {CALIBRATION} is damaged or of another "
            "format; install or export it again."
        ) from error
    return read


def _rise(evidence: tuple[float, ...], scores: tuple[float, ...]) -> bool:
    """Say whether these are the knots of a rising curve of scores from 0 to 1."""
    steps = np.diff([evidence, scores]) if len(evidence) == len(scores) > 1 else np.zeros(1)
    return bool((steps > 0).all()) and scores[0] >= 0 and scores[-1] <= 1


def write_calibration(calibration: Calibration, folder: Path) -> None:
    """Write the calibration into an exported encoder's folder."""
    content = {"format": FORMAT, **asdict(calibration)}
    (folder / CALIBRATION).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
