"""The nets' input: power spectra in 96 mel bands, compressed with a logarithm."""

from __future__ import annotations

from functools import cache

import numpy as np

from melscribe_core.arrays import FloatArray, IdArray

# The front end that the nets were trained with (musicnn 0.1.0): other values give wrong tags.
RATE = 16_000  # samples per second
SIZE = 512  # samples of a frame
HOP = 256  # samples from one frame to the next: 62.5 frames per second
BANDS = 96
GAIN = 10_000  # log10(1 + GAIN x power)
FRAMES = 187  # of a patch, the input of one run of a net: 3 s
WINDOW = (FRAMES + 1) * HOP  # samples in which 187 frames lie wholly: 3.008 s

# Slaney's mel scale: linear below 1000 Hz, 27 steps for each factor of 6.4 above.
LINEAR = 3 / 200  # mel per Hz
BEND = 1000.0  # Hz
STEP = np.log(6.4) / 27


def log_mel(samples: FloatArray) -> FloatArray:
    """Return log10(1 + 10000 x power) of each frame in each mel band.

    `samples` is mono, 16 kHz, float32 of -1..1. Frames are centred: frame i begins 256 samples
    before sample 256 i, with zeros beyond both ends. Returns float32 (1 + floor(samples / 256),
    96), low bands first.

    All in float32: the package computes the bands in float16, which overflows on loud music.
    """
    padded = np.pad(np.asarray(samples, np.float32), SIZE // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, SIZE)[::HOP]
    spectra = np.fft.rfft(frames * _window(), axis=1)
    power = np.square(spectra.real, dtype=np.float32) + np.square(spectra.imag, dtype=np.float32)
    found: FloatArray = np.log10(1 + np.float32(GAIN) * _banded(power))
    return found


def patch(samples: FloatArray) -> FloatArray:
    """Return the input of the nets for a window of WINDOW samples, float32 (187, 96).

    They are the frames that lie wholly in the window, as in the middle of a long signal: a frame
    that is half zeros would have a click that the music does not have.
    """
    return log_mel(samples)[1 : FRAMES + 1]


@cache
def _window() -> FloatArray:
    """Return the periodic Hann window, float32 (512,)."""
    turns = 2 * np.pi * np.arange(SIZE) / SIZE
    return np.asarray(0.5 - 0.5 * np.cos(turns), np.float32)


def _banded(power: FloatArray) -> FloatArray:
    """Return the power in each band, float32 (frames, 257 bins) -> (frames, 96).

    Every second band begins where the last but one ended, so the sums of each half of them are
    sums of neighbours. Not a product with a matrix: BLAS would spread it over threads that wait
    for more, at the cost of those that hear other files.
    """
    found = np.empty((len(power), BANDS), np.float32)
    for half, (weights, begins) in enumerate(_bank()):
        found[:, half::2] = np.add.reduceat(power * weights, begins, axis=1)
    return found


@cache
def _bank() -> list[tuple[FloatArray, IdArray]]:
    """Return triangular filters of equal area: those of bands 0, 2, 4, ... and of 1, 3, 5, ...

    Each half as the weight of each bin, float32 (257,), and the first bin of each band.
    """
    bend = BEND * LINEAR  # in mel
    mels = np.linspace(0, bend + np.log(RATE / 2 / BEND) / STEP, BANDS + 2)
    edges = np.where(mels < bend, mels / LINEAR, BEND * np.exp(STEP * (mels - bend)))
    bins = np.fft.rfftfreq(SIZE, 1 / RATE)
    left, centre, right = (edges[at : at + BANDS, None] for at in range(3))
    rising, falling = (bins - left) / (centre - left), (right - bins) / (right - centre)
    triangles = np.maximum(0, np.minimum(rising, falling)) * 2 / (right - left)
    begins = np.searchsorted(bins, edges[:BANDS])
    return [
        (triangles[half::2].sum(axis=0, dtype=np.float32), begins[half::2]) for half in range(2)
    ]
