"""Stretches of files of every kind, as mono samples of 16 kHz."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import MelScribeError, UnreadableAudioError
from melscribe_core.hearing.decoders import stretch
from melscribe_core.hearing.decoders.choice import decoders, missing_extra
from melscribe_core.hearing.decoders.formats import format_of
from melscribe_core.hearing.decoders.program import Ffmpeg
from melscribe_core.hearing.decoders.sndfile import Sndfile
from melscribe_core.hearing.decoders.stretch import Decoder
from melscribe_core.hearing.excerpts import excerpts
from tests.core.hearing.audio_files import music, needs_ffmpeg, transcode, without, write
from tests.support.paths import AUDIO

OTHERS = ("m4a", "wma", "wv", "tta", "aac", "mka")  # that libsndfile cannot decode


def read(
    path: Path, start: int = 0, length: int = 16_000, by: Callable[[str], Decoder] | None = None
) -> FloatArray:
    """Return a stretch by the first decoder that opens the file, or by this one."""
    with by(str(path)) if by else next(decoders(str(path))) as decoder:
        return decoder.read(start, length)


def tone(seconds: int, rate: int) -> FloatArray:
    turns = 440 * np.arange(seconds * rate) / rate
    return np.asarray(0.5 * np.sin(2 * np.pi * turns), np.float32)


def distance(found: FloatArray, expected: FloatArray) -> float:
    """Return the root mean square of the difference, a share of what is expected."""
    assert len(found) == len(expected)
    return float(np.sqrt(np.mean((found - expected) ** 2) / np.mean(expected**2)))


def fake_program(folder: Path, name: str, script: str) -> str:
    """Write a program into a folder and return the folder: a PATH."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(folder)


# --- stretches


@pytest.mark.parametrize("suffix", ["wav", "flac", "aiff", "ogg", "opus", "mp3"])
@pytest.mark.parametrize("start", [0, 16_001, 70_000])
def test_a_stretch_lies_where_it_was_asked_for(tmp_path: Path, suffix: str, start: int) -> None:
    whole = music(6, 16_000)
    path = write(tmp_path / f"a.{suffix}", whole)
    found = read(path, start, 16_000)
    # A lossy codec changes the noise, 15 % of the level; a shift by four samples changes 0.4.
    limit = 0.001 if suffix in ("wav", "flac", "aiff") else 0.25
    assert distance(found, whole[start : start + 16_000]) < limit


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000])
def test_a_tone_keeps_pitch_and_level_at_every_rate(tmp_path: Path, rate: int) -> None:
    path = write(tmp_path / "a.wav", tone(3, rate), rate)
    assert distance(read(path, 17_001), tone(3, 16_000)[17_001:33_001]) < 0.002


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_every_width_of_samples_gives_the_same(tmp_path: Path, subtype: str) -> None:
    path = write(tmp_path / "a.wav", music(2), 16_000, subtype)
    assert distance(read(path), music(2)[:16_000]) < (0.03 if subtype == "ULAW" else 0.001)


def test_what_lies_beyond_the_end_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", music(2))
    assert len(read(path, 24_000, 16_000)) == 8_000
    assert len(read(path, 40_000, 16_000)) == 0


# --- channels


def test_mono_is_the_mean_of_all_channels(tmp_path: Path) -> None:
    one = music(2)
    zero = np.zeros_like(one)
    eight = np.stack([one, one, zero, zero, -one, one, zero, zero], axis=1)
    # The sum is 1 + 1 - 1 + 1 = 2 of 8.
    assert distance(read(write(tmp_path / "8.wav", eight)), one[:16_000] * np.float32(0.25)) < 0.001
    opposite = np.stack([one, -one], axis=1)
    assert np.abs(read(write(tmp_path / "2.wav", opposite))).max() < 1e-4


@needs_ffmpeg
@pytest.mark.parametrize("suffix", ["wv", "m4a"])
def test_ffmpeg_gives_the_mean_too_not_its_own_louder_mono(tmp_path: Path, suffix: str) -> None:
    both = np.stack([music(4), music(4)], axis=1)
    path = transcode(write(tmp_path / "a.wav", both), tmp_path / f"a.{suffix}")
    assert distance(read(path, 16_000, by=Ffmpeg), music(4)[16_000:32_000]) < 0.2  # 0.41 if louder


def test_pyav_gives_the_mean_too_not_its_own_louder_mono(tmp_path: Path) -> None:
    pytest.importorskip("av")
    from melscribe_core.hearing.decoders.pyav import PyAV

    both = np.stack([music(4), music(4)], axis=1)
    for path in (write(tmp_path / "a.wav", both), write(tmp_path / "a.mp3", both)):
        assert (
            distance(read(path, 16_000, by=PyAV), music(4)[16_000:32_000]) < 0.2
        )  # 0.41 if louder


# --- samples that are no numbers, or too great


def test_what_is_no_number_is_marked_and_spoils_nothing_else(tmp_path: Path) -> None:
    samples = music(2, 32_000)
    samples[10_000:10_100] = np.nan
    samples[20_000] = np.inf
    found = read(write(tmp_path / "a.wav", samples, 32_000, "FLOAT"), 0, 32_000)
    bad = np.flatnonzero(np.isnan(found))
    assert bad.tolist() == [*range(5_000, 5_050), 10_000]  # at half the rate
    clean = read(write(tmp_path / "b.wav", music(2, 32_000), 32_000, "FLOAT"), 0, 32_000)
    away = np.r_[0:4_900, 5_200:9_900, 10_100:32_000]
    assert distance(found[away], clean[away]) < 0.01


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_samples_above_1_are_clipped(tmp_path: Path, rate: int) -> None:
    found = read(write(tmp_path / "a.wav", 1e6 * music(2, rate), rate, "FLOAT"))
    assert np.abs(found).max() == 1


# --- which decoder


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("name", ["a.m4a", "a.raw", "a.vox", "a", "-i"])
def test_the_content_decides_not_the_name(
    tmp_path: Path, suffix: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / f"first.{suffix}", music(2)).rename(tmp_path / name)
    with next(decoders(name)) as decoder:
        assert isinstance(decoder, Sndfile)
        assert abs(decoder.length - 32_000) <= 1200  # an mp3 is padded to whole frames
    assert format_of(str(path)) == suffix


@needs_ffmpeg
@pytest.mark.parametrize("suffix", OTHERS)
def test_ffmpeg_decodes_what_libsndfile_cannot(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "av", None)
    path = transcode(write(tmp_path / "a.wav", music(5)), tmp_path / f"-x:a.{suffix}")
    with next(decoders(path.name)) as decoder:  # like an option, and like an address
        assert isinstance(decoder, Ffmpeg)
        assert abs(decoder.length - 80_000) < 4_000
        found = decoder.read(32_000, 16_000)
    level = np.sqrt(np.mean(found**2) / np.mean(music(5)[32_000:48_000] ** 2))
    assert (len(found), level) == (16_000, pytest.approx(1, abs=0.05))


def encode_with_pyav(path: Path, container: str, encoder: str) -> None:
    """Write five seconds of music."""
    import av

    with av.open(str(path), "w", container) as target:
        stream = target.add_stream(encoder, rate=48_000, layout="mono", options={"b": "64k"})
        form = av.AudioResampler(stream.codec_context.codec.audio_formats[0].name)
        for at in range(0, 5 * 48_000, 4_800):
            part = music(5, 48_000)[at : at + 4_800]
            frame = av.AudioFrame.from_ndarray(part[None], "flt", "mono")
            frame.rate, frame.pts = 48_000, at
            for ready in form.resample(frame):
                target.mux(stream.encode(ready))
        target.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("container", "encoder"),
    [("mp4", "aac"), ("mp4", "alac"), ("asf", "wmav2"), ("wv", "wavpack"), ("tta", "tta")],
)
def test_pyav_decodes_what_libsndfile_cannot(tmp_path: Path, container: str, encoder: str) -> None:
    pytest.importorskip("av")
    from melscribe_core.hearing.decoders.pyav import PyAV

    path = tmp_path / "-a.audio"
    encode_with_pyav(path, container, encoder)
    with next(decoders(str(path))) as decoder:
        assert isinstance(decoder, PyAV)
        assert abs(decoder.length - 80_000) < 4_000
        found = decoder.read(32_000, 16_000)
        assert abs(decoder.measured() - 80_000) < 4_000
        # The same place again: FFmpeg's AAC decoder fills in noise by chance.
        assert distance(decoder.read(32_000, 16_000), found) < 0.2
    level = np.sqrt(np.mean(found**2) / np.mean(music(5)[32_000:48_000] ** 2))
    assert (len(found), level) == (16_000, pytest.approx(1, abs=0.05))


@needs_ffmpeg
def test_bytes_that_are_no_utf_8_name_a_file(tmp_path: Path) -> None:
    if sys.platform in ("win32", "darwin"):
        pytest.skip("names are Unicode here")
    flac = write(tmp_path / "a.flac", music(2))
    m4a = transcode(flac, tmp_path / "a.m4a")
    for file in (flac, m4a):
        odd = bytes(tmp_path) + b"/\xff\xfe" + file.suffix.encode()
        file.rename(odd.decode(errors="surrogateescape"))
        with next(decoders(odd)) as decoder:
            assert len(decoder.read(0, 16_000)) == 16_000


HEADS = {
    "wv": b"wvpk" + bytes(60),
    "ape": b"MAC \x96\x0f" + bytes(60),
    "dsf": b"DSD " + bytes(60),
    "dff": b"FRM8" + bytes(60),
    "wma": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(60),
    "m4a": b"\0\0\0\x20ftypM4A " + bytes(60),
    "aac": b"\xff\xf1\x50\x80" + bytes(60),
    "mp3": b"\xff\xfb\x90\x64" + bytes(60),
    "oga": b"OggS" + bytes(24) + b"\x7fFLAC" + bytes(60),
    "tta": b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + b"TTA1" + bytes(60),  # behind a tag
    "xyz": b"\xff\xff\xff\xff" + bytes(60),  # by its extension
}


@pytest.mark.parametrize("kind", HEADS)
def test_the_format_is_read_from_the_first_bytes(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.XYZ"
    path.write_bytes(HEADS[kind])
    assert format_of(str(path)) == kind


@pytest.mark.parametrize(
    "kind", ["wav", "aiff", "flac", "opus", "mp3", "m4a", "wma", "wv", "ape", "mpc"]
)
def test_the_format_of_each_file_that_beets_reads(kind: str) -> None:
    for path in AUDIO.glob(f"*.{kind}"):
        assert format_of(str(path)) == kind


# --- what is missing


def test_a_format_without_a_decoder_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "av")
    path = tmp_path / "a.mp3"
    path.write_bytes(HEADS["m4a"])
    with pytest.raises(
        UnreadableAudioError, match="is m4a and needs PyAV or ffmpeg: pip"
    ) as raised:
        excerpts(path.as_posix())
    error = raised.value
    assert (error.format, error.needs, error.lasting) == ("m4a", "PyAV or ffmpeg", False)


@pytest.mark.parametrize("name", ["soundfile", "soxr"])
def test_without_the_extra_one_sentence_says_how_to_get_it(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert missing_extra() is None
    without(monkeypatch, name)
    assert "pip install 'beets-melscribe[listen]'" in (missing_extra() or "")
    with pytest.raises(MelScribeError, match="pipx inject beets soundfile soxr") as raised:
        excerpts(str(write(tmp_path / "a.wav", music(2))))
    assert not isinstance(raised.value, UnreadableAudioError)  # it is not this file's fault


# --- programs that misbehave


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
@pytest.mark.parametrize("script", ["kill -9 $$", "exec sleep 60"])
def test_what_ends_ffmpeg_is_not_held_against_the_file(
    tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.m4a"
    path.write_bytes(HEADS["m4a"])
    folder = tmp_path / "bin"
    folder.mkdir()
    without(monkeypatch, "av", path=f"{fake_program(folder, 'ffmpeg', script)}:/usr/bin:/bin")
    monkeypatch.setattr(stretch, "TIME_LIMIT", 0.5)
    with pytest.raises(UnreadableAudioError, match="try it again") as raised:
        excerpts(str(path))
    assert not raised.value.lasting


@needs_ffmpeg
def test_a_list_of_addresses_opens_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        path = tmp_path / "a.mp3"
        path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{address}\n")
        monkeypatch.setattr(stretch, "TIME_LIMIT", 5)
        with pytest.raises(UnreadableAudioError) as raised:
            excerpts(str(path))
        assert raised.value.lasting  # refused at once, not tried until the time was over
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.skipif(sys.platform != "linux", reason="see quiet")
def test_a_damaged_mp3_writes_nothing_to_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.mp3", music(30))
    content = bytearray(path.read_bytes())
    content[20_000:60_000] = bytes(40_000)
    path.write_bytes(content)
    assert excerpts(str(path)).windows
    sys.stderr.write("of Python\n")
    assert capfd.readouterr().err == "of Python\n"
