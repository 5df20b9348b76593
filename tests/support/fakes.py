"""An encoder whose numbers can be told by hand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from melscribe_core.encoder.calibration import UNFITTED


class WordAxes:
    """One axis per known word; a text is the normalised count of its known words.

    "sad folk" over (sad, folk, pop) is (1, 1, 0) / sqrt(2). A text without a known word
    lies on a last axis of its own.
    """

    def __init__(self, *known: str) -> None:
        self.known = known
        self.dim = len(known) + 1
        self.fingerprint = "word-axes " + " ".join(known)
        self.calibration = UNFITTED
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        rows = np.array([self._row(text) for text in texts], np.float32).reshape(-1, self.dim)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def knows(self, word: str) -> bool:
        return word in self.known

    def _row(self, text: str) -> list[float]:
        said = text.replace(",", " ").split()
        counts = [float(said.count(word)) for word in self.known]
        return [*counts, 0.0 if any(counts) else 1.0]
