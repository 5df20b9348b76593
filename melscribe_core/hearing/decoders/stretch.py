"""What every decoder gives: stretches of mono samples of 16 kHz."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from math import gcd

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.mel import RATE

LEAD = RATE // 20  # samples read on either side of a stretch: the resampler's edges lie there
RATES = range(1000, 1_500_001)  # samples per second that are believed; DSD comes as 352,800
TIME_LIMIT = 60.0  # seconds for one file: a format without seeking is decoded from its beginning


class Decoder(ABC):
    """One open file. All positions and lengths are in samples of 16 kHz."""

    length = 0  # as the file says; 0 for unknown

    def __init__(self) -> None:
        self._end = time.monotonic() + TIME_LIMIT

    @abstractmethod
    def read(self, start: int, length: int) -> FloatArray:
        """Return a stretch, float32 of -1..1: all of it that can be decoded, perhaps nothing.

        NaN where the file holds NaN or infinity.
        """

    @abstractmethod
    def measured(self) -> int:
        """Return the length that can be decoded, found by reading through the file."""

    def close(self) -> None:  # noqa: B027 - not every decoder holds something
        """Close the file."""

    def left(self) -> float:
        """Return the seconds left for this file, 0 or less when its time is over."""
        return self._end - time.monotonic()

    def give_up(self) -> None:
        """End the time for this file, for a reason that does not lie in the file."""
        self._end = time.monotonic()

    def __enter__(self) -> Decoder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def beginning(start: int, rate: int) -> int:
    """Return where to begin to read, LEAD or more before a stretch.

    It is a whole sample at the file's rate too: else the stretch would be off by a part of one.
    """
    step = RATE // gcd(RATE, rate)
    return max(0, start - LEAD) // step * step


def mono(block: FloatArray) -> FloatArray:
    """Return the mean of all channels, float32 (n, channels) -> (n,), clipped; see Decoder.read.

    FFmpeg's own mono is 3 dB louder than the mean, and level counts for the nets.
    """
    clipped = np.where(np.isfinite(block), np.clip(block, -1, 1), np.float32(np.nan))
    found: FloatArray = clipped.mean(axis=1, dtype=np.float32)
    return found


def resampled(blocks: Iterable[FloatArray], rate: int) -> FloatArray:
    """Join mono blocks of any rate and resample them to 16 kHz; NaN stays where it was."""
    import soxr

    samples = np.concatenate([np.zeros(0, np.float32), *blocks])
    bad = np.isnan(samples)
    if rate == RATE or not len(samples):
        return samples
    found: FloatArray = soxr.resample(np.where(bad, 0, samples), rate, RATE, "HQ")
    np.clip(found, -1, 1, out=found)
    if bad.any():
        nearest = np.arange(len(found)) * rate // RATE
        found[bad[np.minimum(nearest, len(bad) - 1)]] = np.nan
    return found
