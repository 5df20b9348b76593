"""The front end, against values of the one that the nets were trained with."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from melscribe_core.hearing.mel import BANDS, FRAMES, HOP, WINDOW, log_mel, patch
from tests.core.hearing.audio_files import CLIPS, music

REFERENCE = json.loads((CLIPS / "reference.json").read_text(encoding="utf-8"))["files"]


@pytest.mark.parametrize("clip", REFERENCE)
def test_frames_are_those_of_the_original_front_end(clip: str) -> None:
    mel = log_mel(soundfile.read(CLIPS / clip, dtype="float32")[0])
    assert mel.shape == (REFERENCE[clip]["frames"], BANDS)
    assert mel.dtype == np.float32
    for place, expected in REFERENCE[clip]["mel_checks"].items():
        frame, band = map(int, place.split(","))
        assert mel[frame, band] == pytest.approx(expected, abs=2e-5)  # given to five digits


@pytest.mark.parametrize(("samples", "frames"), [(0, 1), (255, 1), (256, 2), (48_128, 189)])
def test_there_is_a_frame_at_each_multiple_of_256_samples(samples: int, frames: int) -> None:
    assert log_mel(np.ones(samples, np.float32)).shape == (frames, BANDS)


def test_a_patch_has_the_frames_of_the_middle_of_a_long_signal() -> None:
    samples = music(5)
    # Frame 10 is centred on sample 2560, so it begins at 2304 = 9 x 256.
    window = samples[9 * HOP : 9 * HOP + WINDOW]
    assert patch(window).shape == (FRAMES, BANDS)
    assert np.allclose(patch(window), log_mel(samples)[10 : 10 + FRAMES], atol=1e-5)


def test_a_tone_is_in_its_band() -> None:
    # Slaney's scale: 1000 Hz is 15 mel, 8000 Hz is 15 + 27 ln 8 / ln 6.4 = 45.25. 98 edges lie
    # 45.25 / 97 = 0.4664 mel apart, so band i is centred on 0.4664 (i + 1): 15 mel is in band 31.
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000).astype(np.float32)
    assert (log_mel(tone)[2:-2].argmax(axis=1) == 31).all()


def test_a_loud_tone_has_the_level_that_theory_gives() -> None:
    # A sine of amplitude 1 on a bin: |X| = sum of the window / 2 = 128 at its bin, 64 at both
    # neighbours (Hann). Summed over the bands, each bin counts with weights of its bands: at
    # 500 Hz (bin 16) bands lie 0.4664 x 200 / 3 = 31.1 Hz apart, and triangles of area 1 with
    # overlap sum to 1 / 31.1 = 0.0322 per Hz everywhere. So the sum is 0.0322 x (128^2 + 2 x 64^2).
    tone = np.sin(2 * np.pi * 500 * np.arange(16_000) / 16_000).astype(np.float32)
    power = (10 ** log_mel(tone).astype(float) - 1) / 10_000
    assert power[20].sum() == pytest.approx((128**2 + 2 * 64**2) / 31.096, rel=0.01)


def test_the_loudest_noise_is_finite_and_silence_is_zero() -> None:
    noise = np.random.default_rng(1).choice([-1, 1], 20_000).astype(np.float32)
    assert np.isfinite(log_mel(noise)).all()
    assert not log_mel(np.zeros(20_000, np.float32)).any()
