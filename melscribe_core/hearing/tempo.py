"""Beats per minute, from the rises of a log-mel spectrogram."""

from __future__ import annotations

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.mel import HOP, RATE

FRAMES_PER_SECOND = RATE / HOP
# Candidates, one per cent apart: slower and faster pieces are counted in double or half time.
TEMPI = np.geomspace(40, 240, 181)
LAGS = 60 * FRAMES_PER_SECOND / TEMPI  # frames from one beat to the next
HARMONICS = 4  # multiples of a beat's lag that have to recur too
# The prior, log-normal. Fitted on 75 clips of known tempo: it never took slow for fast there.
CENTRE = 6.937  # log2 of 122.5 beats per minute
PULL = 0.176  # octaves by which the centre moves for each octave of fast : slow
OFFSET = 0.02  # of a probability: keeps the quotient of two small ones near 1
WIDTH = 0.4  # standard deviation in octaves
SHORTEST = 2.0  # seconds: two beats at the slowest tempo, nearly
FAINT = 1e-3  # mean rise of a frame, in log10 of power: below it there is no onset
REGULAR = 0.03  # least score: a single onset has 0.00, music from 0.07, and so has noise


def beats_per_minute(mel: FloatArray, fast: float, slow: float) -> float:
    """Return the tempo of a stretch of music, or 0.0 where it has no onsets that recur.

    `mel` is a log-mel spectrogram, float32 (frames, 96), of about 12 s; `fast` and `slow` are the
    probabilities of these two tags of MTT, which choose between a tempo, its half and its double.

    Score of a lag: sum over k = 1..4 of autocorrelation(k lag) / k, times the prior. So music
    without a clear beat gets a tempo near the one that its tags suggest.
    """
    if len(mel) < SHORTEST * FRAMES_PER_SECOND:
        return 0.0
    rises = np.maximum(np.diff(mel, axis=0), 0).mean(axis=1)
    if rises.mean() < FAINT:
        return 0.0
    recurring = _autocorrelation(rises - _moving_mean(rises))
    known = np.arange(len(recurring))
    score = np.zeros(len(LAGS))
    for k in range(1, HARMONICS + 1):
        score += np.interp(k * LAGS, known, recurring, right=0.0) / k
    if score.max() < REGULAR:
        return 0.0
    # A negative score times a small prior would come before a negative one times a great prior.
    best = int(np.argmax(np.maximum(score, 0) * _prior(fast, slow)))
    return float(TEMPI[best])


def _moving_mean(values: FloatArray) -> FloatArray:
    """Return the mean of the second around each frame; at the ends, of what there is of it."""
    width = round(FRAMES_PER_SECOND)
    ones = np.ones(width, np.float32)
    sums = np.convolve(values, ones, "same")
    found: FloatArray = sums / np.convolve(np.ones_like(values), ones, "same")
    return found


def _autocorrelation(values: FloatArray) -> FloatArray:
    """Return the autocorrelation at lags 0, 1, ..., a share of that at lag 0."""
    spectrum = np.fft.rfft(values, 2 * len(values))
    found = np.fft.irfft(np.square(np.abs(spectrum)))[: len(values)]
    return np.asarray(found / max(found[0], 1e-12), np.float32)


def _prior(fast: float, slow: float) -> FloatArray:
    """Return how likely each of TEMPI is before anything was measured, float32 of 0..1."""
    centre = CENTRE + PULL * np.log2((fast + OFFSET) / (slow + OFFSET))
    return np.asarray(np.exp(-0.5 * np.square((np.log2(TEMPI) - centre) / WIDTH)), np.float32)
