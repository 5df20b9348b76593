"""Which windows of a file are heard, and what is read of it."""

from __future__ import annotations

import os
import struct
import tracemalloc
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import UnreadableAudioError
from melscribe_core.hearing.decoders.sndfile import Sndfile
from melscribe_core.hearing.excerpts import Excerpts, excerpts
from melscribe_core.hearing.mel import WINDOW
from tests.core.hearing.audio_files import music, needs_ffmpeg, transcode, without, write

TEN_HOURS = 10 * 3600


def ramp(seconds: float) -> FloatArray:
    """Return samples that tell their own place: 0.1 at the beginning, 0.9 at the end."""
    return np.linspace(0.1, 0.9, round(16_000 * seconds), dtype=np.float32)


def places(found: Excerpts, seconds: float) -> list[float]:
    """Return the seconds at which the windows of a ramp begin."""
    return [(float(window[0]) - 0.1) / 0.8 * seconds for window in found.windows]


def check(found: Excerpts) -> None:
    assert all(len(window) == WINDOW for window in found.windows)
    for samples in (*found.windows, found.stretch):
        assert samples.dtype == np.float32
        assert np.isfinite(samples).all()
        assert np.abs(samples).max(initial=0) <= 1


# --- where


def test_five_windows_from_a_tenth_to_nine_tenths(tmp_path: Path) -> None:
    found = excerpts(str(write(tmp_path / "a.wav", ramp(100), subtype="FLOAT")))
    check(found)
    # The last begins at 90 - 3.008; between them (90 - 3.008 - 10) / 4 = 19.248.
    expected = [10, 29.248, 48.496, 67.744, 86.992]
    assert places(found, 100) == pytest.approx(expected, abs=0.01)
    first, last = ((value - 0.1) / 0.8 * 100 for value in found.stretch[[0, -1]])
    assert (first, last) == pytest.approx((44, 56), abs=0.01)  # 12 s round 50


@pytest.mark.parametrize(
    ("seconds", "windows"),
    [(0.1, 1), (0.5, 1), (1, 1), (3, 1), (3.1, 1), (6, 1), (6.1, 2), (10, 3), (15, 4), (15.1, 5)],
)
def test_as_many_windows_as_fit_without_overlap(
    tmp_path: Path, seconds: float, windows: int
) -> None:
    found = excerpts(str(write(tmp_path / "a.wav", ramp(seconds), subtype="FLOAT")))
    check(found)
    assert len(found.windows) == windows
    begins = places(found, seconds)
    assert all(later - one >= 3.0079 for one, later in pairwise(begins))
    assert len(found.stretch) == pytest.approx(min(seconds, 12) * 16_000, abs=1)


def test_a_short_file_is_repeated(tmp_path: Path) -> None:
    samples = ramp(1)
    (window,) = excerpts(str(write(tmp_path / "a.wav", samples, subtype="FLOAT"))).windows
    assert np.allclose(window, np.concatenate([samples] * 4)[:WINDOW], atol=1e-6)


# --- how much is read


def bytes_read() -> int:
    """Return how many bytes this process has read; skip where the system does not tell."""
    told = Path("/proc/self/io")
    if not told.exists():
        pytest.skip("no /proc/self/io")
    return int(told.read_text().split("rchar: ")[1].split()[0])


def test_nothing_is_read_that_is_not_heard_and_nothing_twice(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", ramp(100))
    excerpts(str(path))  # imports are over
    before = bytes_read()
    excerpts(str(path))
    # 16-bit: four windows of 3.008 s and the stretch of 12 s, in which the fifth lies, are 24.032 s
    # or 769,024 bytes; each of five with at most 0.1 s more and a buffer. Twice would be 96,256.
    assert 769_024 <= bytes_read() - before < 769_024 + 5 * 2 * 1_600 + 40_000


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_of_ten_hours_only_the_windows_are_read(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "a.wav"
    with path.open("wb") as file:  # a hole: 8 bits of 0 are the level -1
        size = TEN_HOURS * rate
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate, 1, 8)
        file.write(b"RIFF" + struct.pack("<I", size + 36) + b"WAVE" + form)
        file.write(b"data" + struct.pack("<I", size))
        file.truncate(44 + size)
    excerpts(str(path))
    before = bytes_read()
    tracemalloc.start()
    found = excerpts(str(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    check(found)
    assert len(found.windows) == 5
    assert bytes_read() - before < 30 * rate  # 24 s are heard
    assert peak < 20_000_000


@needs_ffmpeg
def test_a_long_file_by_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "av", path=os.environ["PATH"])
    path = transcode(write(tmp_path / "a.wav", ramp(600), subtype="FLOAT"), tmp_path / "a.wv")
    found = excerpts(str(path))
    check(found)
    # (540 - 3.008 - 60) / 4 = 119.248
    expected = [60, 179.248, 298.496, 417.744, 536.992]
    assert places(found, 600) == pytest.approx(expected, abs=0.1)


# --- silence


def test_silence_has_no_windows(tmp_path: Path) -> None:
    found = excerpts(str(write(tmp_path / "a.flac", np.zeros(320_000, np.float32))))
    assert found.windows == []
    faint = np.full(320_000, 0.0009, np.float32)
    assert excerpts(str(write(tmp_path / "b.wav", faint, subtype="FLOAT"))).windows == []
    audible = np.full(320_000, 0.0011, np.float32)
    assert len(excerpts(str(write(tmp_path / "c.wav", audible, subtype="FLOAT"))).windows) == 5


def test_of_a_file_that_is_half_silent_the_other_half_is_heard(tmp_path: Path) -> None:
    samples = music(60)
    samples[: 30 * 16_000] = 0
    # Windows begin at 6, 17.2, 28.5, 39.7 and 51 s: two are silent, one of them half.
    found = excerpts(str(write(tmp_path / "a.flac", samples)))
    check(found)
    assert len(found.windows) == 3


# --- damage


def spoilt(path: Path, how: str) -> Path:
    content = path.read_bytes()
    if how == "half":
        path.write_bytes(content[: len(content) // 2])
    elif how == "zeros":
        third = len(content) // 3
        path.write_bytes(content[:third] + bytes(third) + content[2 * third :])
    elif how == "bits":
        spoiled = bytearray(content)
        for at in np.random.default_rng(2).integers(4096, len(content), 20):
            spoiled[at] ^= 4
        path.write_bytes(spoiled)
    return path


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "ogg", "opus", "mp3"])
@pytest.mark.parametrize("how", ["half", "zeros", "bits"])
def test_what_damage_leaves_is_heard(
    tmp_path: Path, suffix: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "av")  # libsndfile alone
    path = spoilt(write(tmp_path / f"a.{suffix}", music(60)), how)
    found = excerpts(str(path))
    check(found)
    assert found.windows


@needs_ffmpeg
@pytest.mark.parametrize("suffix", ["wv", "tta", "mka", "aac"])
def test_what_damage_leaves_is_heard_by_ffmpeg(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "av", path=os.environ["PATH"])
    path = spoilt(transcode(write(tmp_path / "a.wav", music(60)), tmp_path / f"a.{suffix}"), "half")
    found = excerpts(str(path))
    check(found)
    assert found.windows


@pytest.mark.parametrize("total", [0, 1 << 35])
def test_a_flac_that_is_wrong_about_its_length_is_measured(
    tmp_path: Path, total: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "av")
    path = write(tmp_path / "a.flac", ramp(40))
    content = bytearray(path.read_bytes())
    # The number of samples: the low 4 bits of byte 21 and four more (0 means unknown).
    content[21] = content[21] & 0xF0 | total >> 32
    content[22:26] = struct.pack(">I", total & 0xFFFFFFFF)
    path.write_bytes(content)
    with Sndfile(str(path)) as decoder:
        assert (decoder.length == 0) is (total == 0)
    found = excerpts(str(path))
    check(found)
    # (36 - 3.008 - 4) / 4 = 7.248; what lies in the last block of 0.5 s may be lost.
    assert places(found, 40) == pytest.approx([4, 11.25, 18.5, 25.74, 33], abs=0.5)


def test_a_wav_of_unknown_length_is_read_to_its_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", ramp(40), subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff" * 4  # as a recorder that was cut off leaves it
    path.write_bytes(content)
    assert len(excerpts(str(path)).windows) == 5


def test_windows_without_numbers_are_left_out(tmp_path: Path) -> None:
    samples = music(60)
    samples[: 15 * 16_000] = np.nan  # windows begin at 6, 17.2, 28.5, 39.7 and 51 s
    samples[30 * 16_000 : 30 * 16_000 + 1_600] = np.inf  # a tenth of a second
    found = excerpts(str(write(tmp_path / "a.wav", samples, subtype="FLOAT")))
    check(found)
    assert len(found.windows) == 4


# --- no audio


def unreadable(path: str | bytes) -> UnreadableAudioError:
    with pytest.raises(UnreadableAudioError) as raised:
        excerpts(path)
    assert "\n" not in str(raised.value)
    return raised.value


@pytest.mark.parametrize("name", ["a.mp3", "a.flac", "a.wav", "a.ogg"])
@pytest.mark.parametrize("content", [b"hello " * 2_000, b"\0" * 20_000, b"RIFF", b"OggS", b"fLaC"])
def test_what_is_no_audio_is_damaged(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    error = unreadable(str(path))
    assert "has no audio that can be decoded" in str(error)
    assert (error.needs, error.lasting) == ("", True)
    assert error.format in (name[2:], "flac", "oga")  # by its first bytes, else by its name


def test_random_bytes_are_no_audio(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(np.random.default_rng(4).bytes(200_000))
    assert unreadable(str(path)).lasting


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.MP3"
    path.touch()
    error = unreadable(bytes(path))
    assert str(error) == f"{path} is empty; restore it."
    assert (error.format, error.needs, error.lasting) == ("mp3", "", True)


@pytest.mark.parametrize("name", ["a.mp3", "", "folder.flac", "a\0b.mp3", "\udcff.ogg"])
def test_no_file_at_the_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.flac").mkdir()
    error = unreadable(str(tmp_path / name))
    str(error).encode()  # can be printed
    assert not error.lasting


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp3")
    assert "is not a file" in str(unreadable(str(tmp_path / "a.mp3")))


@pytest.mark.parametrize("samples", [0, 1, 1_599])
def test_less_than_a_tenth_of_a_second_is_too_short(tmp_path: Path, samples: int) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(2 * samples))
    error = unreadable(str(path))
    assert ("too short" in str(error)) is bool(samples)
    assert error.lasting


def test_a_file_of_no_numbers_at_all(tmp_path: Path) -> None:
    nothing = np.full(160_000, np.nan, np.float32)
    assert unreadable(str(write(tmp_path / "a.wav", nothing, subtype="FLOAT"))).lasting
