"""Audio files made of sines and noise, and what they hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from melscribe_core.arrays import FloatArray
from tests.support.paths import ROOT

CLIPS = ROOT / "tests" / "data" / "hearing"  # with the original nets' answers: reference.json
SUBTYPES = {"opus": ("OGG", "OPUS"), "ogg": ("OGG", "VORBIS"), "mp3": ("MP3", "MPEG_LAYER_III")}
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not on PATH")


def music(seconds: float, rate: int = 16_000, level: float = 0.3) -> FloatArray:
    """Return a chord that swells twice a second, with a little noise, float32 mono."""
    times = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(7).standard_normal(len(times))
    chord = sum(np.sin(2 * np.pi * pitch * times) for pitch in (220, 277, 330)) / 3
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 2 * times)
    return np.asarray(level * (chord * swell + 0.05 * noise), np.float32)


def write(path: Path, samples: FloatArray, rate: int = 16_000, subtype: str | None = None) -> Path:
    """Write a file of the format that its suffix names, in blocks: libsndfile crashes on long ones.

    `samples` is (n,) or (n, channels).
    """
    channels = samples.shape[1] if samples.ndim == 2 else 1
    form, sub = SUBTYPES.get(path.suffix[1:], (None, subtype))
    with soundfile.SoundFile(path, "w", rate, channels, sub, format=form) as file:
        for at in range(0, len(samples), 4096):
            file.write(samples[at : at + 4096])
    return path


def transcode(source: Path, target: Path, *options: str) -> Path:
    """Convert a file with ffmpeg."""
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-i", str(source)]
    subprocess.run([*command, *options, str(target)], check=True)
    return target


def without(monkeypatch: pytest.MonkeyPatch, *modules: str, path: str = "") -> None:
    """Let modules be missing, and find programs only on this PATH."""
    for name in modules:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setenv("PATH", path)
