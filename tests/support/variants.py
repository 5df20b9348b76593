"""Audio made of the clips: each is heard as its clip is, and has a content of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.support.heard_home import CLIPS

RATE = 16_000  # of the clips, which have 8 seconds each


def varied(
    title: str, *, speed: float = 1.0, start: float = 0.0, seconds: float = 8.0
) -> NDArray[np.float64]:
    """Return a part of a clip, faster and higher by a factor; a clip that ends begins again."""
    samples = _clip(title)
    at = (start * RATE + np.arange(round(seconds * RATE)) * speed) % (len(samples) - 1)
    found: NDArray[np.float64] = np.interp(at, np.arange(len(samples)), samples)
    return found


def write_varied(path: Path, title: str, **how: Any) -> Path:
    """Write it as a file, see `varied`."""
    soundfile.write(path, varied(title, **how), RATE)
    return path


@cache
def _clip(title: str) -> NDArray[np.float64]:
    samples, rate = soundfile.read(CLIPS / f"{title}.wav")
    assert rate == RATE
    mono: NDArray[np.float64] = np.atleast_2d(samples.T).mean(axis=0)
    return mono
