"""Beats per minute of clicks whose tempo is known."""

from __future__ import annotations

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.mel import BANDS, log_mel
from melscribe_core.hearing.tempo import beats_per_minute


def clicks(tempo: float, seconds: float = 12) -> FloatArray:
    """Return short bursts of noise, so many in a minute, over a little noise."""
    random = np.random.default_rng(3)
    samples = 0.001 * random.standard_normal(round(seconds * 16_000))
    burst = 0.5 * random.standard_normal(800) * np.exp(-np.arange(800) / 150)
    for place in np.arange(0.1, seconds - 0.1, 60 / tempo):
        at = int(place * 16_000)
        samples[at : at + 800] += burst
    return np.asarray(samples, np.float32)


@pytest.mark.parametrize("tempo", [100, 110, 120, 128, 140])
def test_tempo_without_a_hint(tempo: int) -> None:
    assert beats_per_minute(log_mel(clicks(tempo)), 0.1, 0.1) == pytest.approx(tempo, rel=0.02)


@pytest.mark.parametrize("tempo", [60, 70, 75, 84])
def test_a_slow_piece_has_its_own_tempo_not_the_double(tempo: int) -> None:
    assert beats_per_minute(log_mel(clicks(tempo)), 0.02, 0.4) == pytest.approx(tempo, rel=0.02)


@pytest.mark.parametrize("tempo", [150, 160, 174])
def test_a_fast_piece_has_its_own_tempo_not_the_half(tempo: int) -> None:
    assert beats_per_minute(log_mel(clicks(tempo)), 0.4, 0.02) == pytest.approx(tempo, rel=0.02)


def test_the_tags_choose_between_a_tempo_and_its_double() -> None:
    # With no hint the prior is centred on 122.5: 84 lies 0.54 octaves below, 168 0.46 above. With
    # fast : slow = 0.02 : 0.4 the centre moves 0.176 log2(0.04 / 0.42) = -0.60 octaves, to 81.
    mel = log_mel(clicks(84))
    assert beats_per_minute(mel, 0.02, 0.4) == pytest.approx(84, rel=0.02)
    assert beats_per_minute(mel, 0.4, 0.02) == pytest.approx(168, rel=0.02)


def test_without_onsets_the_tempo_is_unknown() -> None:
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(12 * 16_000) / 16_000)
    fade = np.linspace(1, 0, 12 * 16_000)
    once = np.where(np.arange(12 * 16_000) < 3 * 16_000, 0, tone)  # a single onset does not recur
    faint = clicks(120) * 1e-4
    for samples in (np.zeros(12 * 16_000), tone, tone * fade, once, faint):
        assert beats_per_minute(log_mel(samples.astype(np.float32)), 0.1, 0.1) == 0


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 124])
def test_of_less_than_two_seconds_the_tempo_is_unknown(frames: int) -> None:
    mel = np.random.default_rng(0).random((frames, BANDS)).astype(np.float32)
    assert beats_per_minute(mel, 0.1, 0.1) == 0


def test_noise_gives_a_tempo_within_bounds() -> None:
    noise = 0.1 * np.random.default_rng(5).standard_normal(12 * 16_000)
    assert 40 <= beats_per_minute(log_mel(noise.astype(np.float32)), 0.1, 0.1) <= 240
