"""A key tells audio from other audio, and from nothing else."""

from __future__ import annotations

import base64
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import mutagen
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import apev2, flac, id3

from melscribe_core.hearing.content import BLOCK, KEY, content_key
from tests.support.paths import ROOT

SMALL = sorted((ROOT / "tests" / "data" / "audio").iterdir())
# Formats of soundfile, whose audio here is longer than what is read of it (or has a checksum).
LONG = ["wav", "aiff", "flac", "ogg", "opus", "mp3"]


def key(path: Path) -> bytes:
    return content_key(os.fspath(path))


def noise(seed: int, samples: int) -> Any:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (samples, 2))


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a file of ten seconds of noise in each format, 48 kHz since Opus has no other."""
    folder = tmp_path_factory.mktemp("sounds")
    samples = noise(0, 480_000)
    formats = {"opus": {"format": "OGG", "subtype": "OPUS"}}
    for end in LONG:
        soundfile.write(folder / f"noise.{end}", samples, 48_000, **formats.get(end, {}))
    return {end: folder / f"noise.{end}" for end in LONG}


# --- tags


def tagged(path: Path, text: str, picture: bytes) -> None:
    """Write a title and a picture, in the tags that this format has."""
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    kind, tags = type(file).__name__, file.tags
    cover = flac.Picture()
    cover.data = picture
    if kind in ("MP3", "AIFF", "WAVE", "TrueAudio", "DSF"):
        tags.add(id3.TIT2(encoding=3, text=[text]))
        tags.delall("APIC")
        tags.add(id3.APIC(encoding=0, mime="image/png", type=3, desc="", data=picture))
    elif kind == "FLAC":
        tags["title"] = text
        file.clear_pictures()
        file.add_picture(cover)
    elif kind.startswith("Ogg"):
        tags["title"] = text
        tags["metadata_block_picture"] = [base64.b64encode(cover.write()).decode()]
    elif kind == "MP4":
        tags["\xa9nam"], tags["covr"] = [text], [picture]
    elif kind == "ASF":
        tags["Title"], tags["WM/Lyrics"] = [text], [picture.hex()[:60_000]]
    else:
        assert kind == "WavPack"
        tags["title"], tags["cover"] = text, apev2.APEValue(picture, apev2.BINARY)
    file.save()


def assert_stays(path: Path) -> None:
    rng = Random(path.name)
    before = key(path)
    # Long, short, and in the end nothing but padding: longer than the window at the end of Ogg.
    for length in (10, 300_000, 70_000, 0):
        content = path.read_bytes()
        tagged(path, "t" * (length % 7919), rng.randbytes(length))
        assert path.read_bytes() != content
        assert key(path) == before, length


@pytest.mark.parametrize("small", SMALL, ids=lambda path: path.suffix[1:])
def test_tags_and_pictures_change_no_key_of_short_files(small: Path, tmp_path: Path) -> None:
    assert_stays(Path(shutil.copy(small, tmp_path)))


@pytest.mark.parametrize("end", LONG)
def test_tags_and_pictures_change_no_key(sounds: dict[str, Path], end: str, tmp_path: Path) -> None:
    assert_stays(Path(shutil.copy(sounds[end], tmp_path)))


def test_a_flac_file_without_checksum_is_known_by_its_frames(
    sounds: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "streamed.flac"
    content = bytearray(sounds["flac"].read_bytes())
    content[26:42] = bytes(16)  # "fLaC", head of STREAMINFO, 18 bytes of it: then its MD5
    path.write_bytes(content)
    assert key(path) != key(sounds["flac"])
    assert_stays(path)
    changed = bytearray(path.read_bytes())
    changed[-5] ^= 1
    before = key(path)
    path.write_bytes(changed)
    assert key(path) != before


def test_flac_that_was_encoded_anew_is_known_again(tmp_path: Path) -> None:
    for name, level in (("fast", 0.0), ("best", 1.0)):
        file = tmp_path / f"{name}.flac"
        soundfile.write(file, noise(1, 50_000), 44_100, compression_level=level)
    fast, best = tmp_path / "fast.flac", tmp_path / "best.flac"
    assert fast.read_bytes() != best.read_bytes()
    assert key(fast) == key(best)


def test_id3_before_flac_and_lyrics_and_id3v1_after_it(
    sounds: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "odd.flac"
    tag = b"ID3\4\0\0" + bytes([0, 0, 1, 2]) + bytes(130)  # 1 * 128 + 2 bytes
    after = b"TAG" + bytes(125)
    path.write_bytes(tag + tag + sounds["flac"].read_bytes() + after)
    assert key(path) == key(sounds["flac"])


AUDIO = Random(7).randbytes(1000)
APE = struct.pack("<8sIIII8x", b"APETAGEX", 2000, 32 + 40, 1, 1 << 31)
APE_HEADER = struct.pack("<8sIIII8x", b"APETAGEX", 2000, 32 + 40, 1, 1 << 31 | 1 << 29)
LYRICS = b"LYRICSBEGININD0000200" + b"000021" + b"LYRICS200"  # the size is that of the first part


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"ID3\4\0\0\0\0\0\5hello", b""),
        (b"ID3\4\0\x10\0\0\0\5hello3DI\4\0\x10\0\0\0\5", b""),  # with a footer
        (b"ID3\3\0\0\0\0\0\0ID3\3\0\0\0\0\1\0" + bytes(128), b""),  # two
        (APE_HEADER + bytes(72), b""),
        (b"", b"TAG" + bytes(125)),
        (b"", b"TAG+" + bytes(223) + b"TAG" + bytes(125)),
        (b"", APE_HEADER + bytes(40) + APE),
        (b"", bytes(40) + APE[:20] + bytes(12)),  # without a header
        (b"", APE_HEADER + bytes(40) + APE + b"TAG" + bytes(125)),
        (b"", LYRICS + b"TAG" + bytes(125)),
        (b"", b"ID3\4\0\x10\0\0\0\5hello3DI\4\0\x10\0\0\0\5"),  # appended
    ],
)
def test_each_kind_of_tag_is_left_out(before: bytes, after: bytes, tmp_path: Path) -> None:
    plain, path = tmp_path / "plain", tmp_path / "tagged"
    plain.write_bytes(AUDIO)
    path.write_bytes(before + AUDIO + after)
    assert key(path) == key(plain)


# --- names and places


def test_a_copy_has_the_same_key_and_a_name_says_nothing(
    sounds: dict[str, Path], tmp_path: Path
) -> None:
    for end, path in sounds.items():
        copy = tmp_path / f"äöü {end}.other"
        shutil.copy(path, copy)
        assert key(copy) == key(path)
        assert content_key(os.fsencode(copy)) == key(path)
    assert len({key(path) for path in sounds.values()}) == len(LONG)
    assert {len(key(path)) for path in sounds.values()} == {KEY}


# --- other audio


@pytest.mark.parametrize("end", LONG)
def test_other_audio_has_another_key(sounds: dict[str, Path], end: str, tmp_path: Path) -> None:
    formats = {"opus": {"format": "OGG", "subtype": "OPUS"}}.get(end, {})
    found = {key(sounds[end])}
    for name, seed, samples in (("seed", 1, 480_000), ("shorter", 0, 478_000)):
        path = tmp_path / f"{name}.{end}"
        soundfile.write(path, noise(seed, samples), 48_000, **formats)
        found.add(key(path))
    assert len(found) == 3


@pytest.mark.parametrize(
    "small", [path for path in SMALL if path.suffix != ".flac"], ids=lambda path: path.suffix[1:]
)
def test_one_byte_of_the_audio_changes_the_key(small: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(small, tmp_path))
    content = small.read_bytes()
    # Near the end all of these hold audio, but MP4, whose atom `mdat` is of 8 bytes.
    place = content.index(b"mdat") + 6 if path.suffix == ".m4a" else len(content) - 3
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert key(path) != key(small)


@pytest.mark.parametrize("place", [44, 44 + BLOCK - 1, 44 + 960_000, -BLOCK, -1])
def test_start_middle_and_end_of_long_audio_are_looked_at(
    sounds: dict[str, Path], place: int, tmp_path: Path
) -> None:
    content = bytearray(sounds["wav"].read_bytes())
    assert len(content) == 44 + 480_000 * 4
    content[place] ^= 1
    path = tmp_path / "changed.wav"
    path.write_bytes(content)
    assert key(path) != key(sounds["wav"])


def test_long_silence_is_told_by_its_length(tmp_path: Path) -> None:
    found = set()
    for samples in (480_000, 480_001):  # each block that is read is the same
        path = tmp_path / "silence.wav"
        soundfile.write(path, np.zeros((samples, 2)), 48_000)
        found.add(key(path))
    assert len(found) == 2


# --- containers made by hand


def atom(name: bytes, content: bytes, long: bool = False) -> bytes:
    if long:
        return struct.pack(">I4sQ", 1, name, 16 + len(content)) + content
    return struct.pack(">I4s", 8 + len(content), name) + content


def chunk(order: str, name: bytes, content: bytes) -> bytes:
    return struct.pack(f"{order}4sI", name, len(content)) + content + bytes(len(content) % 2)


FTYP = atom(b"ftyp", b"M4A \0\0\0\0")
FMT = chunk("<", b"fmt ", struct.pack("<HHIIHH", 1, 2, 44_100, 176_400, 4, 16))
DSF_FMT = b"fmt " + struct.pack("<Q", 52) + bytes(40)
ASF_HEADER = bytes.fromhex("3026B2758E66CF11A6D900AA0062CE6C")
ASF_DATA = bytes.fromhex("3626B2758E66CF11A6D900AA0062CE6C")


def rf64(audio: bytes, more: bytes) -> bytes:
    sizes = struct.pack("<QQQI", 99, len(audio), len(audio) // 4, 0)
    data = struct.pack("<4sI", b"data", 0xFFFFFFFF) + audio
    return b"RF64\xff\xff\xff\xffWAVE" + chunk("<", b"ds64", sizes) + FMT + data + more


def dsf(audio: bytes, more: bytes) -> bytes:
    head = struct.pack("<4sQQQ", b"DSD ", 28, 0, 99 if more else 0)
    return head + DSF_FMT + struct.pack("<4sQ", b"data", 12 + len(audio)) + audio + more


def dff(audio: bytes, more: bytes) -> bytes:
    body = b"DSD " + struct.pack(">4sQ", b"PROP", 4) + b"SND "
    body += struct.pack(">4sQ", b"DSD ", len(audio)) + audio + more
    return struct.pack(">4sQ", b"FRM8", len(body)) + body


def asf(audio: bytes, more: bytes) -> bytes:
    header = ASF_HEADER + struct.pack("<Q", 24 + len(more)) + more
    return header + ASF_DATA + struct.pack("<Q", 24 + len(audio)) + audio


MADE: dict[str, Callable[[bytes, bytes], bytes]] = {
    "mdat after moov": lambda a, more: FTYP + atom(b"moov", more) + atom(b"mdat", a),
    "mdat before moov": lambda a, more: FTYP + atom(b"mdat", a) + atom(b"moov", more),
    "64 bits": lambda a, more: FTYP + atom(b"mdat", a, long=True) + atom(b"udta", more),
    "up to the end": lambda a, more: FTYP + atom(b"moov", more) + b"\0\0\0\0mdat" + a,
    "in pieces": lambda a, more: (
        FTYP + atom(b"moov", more) + atom(b"mdat", a[:300]) + atom(b"moof", b"") + atom(b"mdat", a)
    ),
    "wav": lambda a, more: b"RIFF\0\0\0\0WAVE" + FMT + chunk("<", b"data", a) + more,
    "wav with info": lambda a, more: (
        b"RIFF\0\0\0\0WAVE" + FMT + chunk("<", b"LIST", more) + chunk("<", b"data", a)
    ),
    "rf64": rf64,
    "aifc": lambda a, more: (
        b"FORM\0\0\0\0AIFC" + chunk(">", b"ID3 ", more) + chunk(">", b"SSND", a) + more
    ),
    "dsf": dsf,
    "dff": dff,
    "asf": asf,
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_what_is_around_the_audio_of_a_container_is_left_out(
    made: Callable[[bytes, bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "made"

    def of(audio: bytes, more: bytes) -> bytes:
        path.write_bytes(made(audio, more))
        return key(path)

    # Around the audio are as many bytes as a container may have there, of an even number.
    assert len({of(AUDIO, more) for more in (b"", bytes(40), Random(1).randbytes(70_000))}) == 1
    changed = {of(AUDIO[:n] + b"?" + AUDIO[n + 1 :], b"") for n in (0, 500, 999)}
    assert len({of(AUDIO, b""), of(AUDIO[:-2], b""), *changed}) == 5


def test_a_wav_file_that_was_never_closed_is_not_one_of_all_such_files(tmp_path: Path) -> None:
    found = set()
    for seed in range(2):
        path = tmp_path / "open.wav"
        data = struct.pack("<4sI", b"data", 0) + Random(seed).randbytes(400)
        path.write_bytes(b"RIFF\0\0\0\0WAVE" + FMT + data)
        found.add(key(path))
    assert len(found) == 2


def test_the_same_bytes_in_two_kinds_of_container_differ(tmp_path: Path) -> None:
    found = set()
    for name, made in MADE.items():
        if name in ("wav", "mdat after moov", "dsf", "asf"):
            path = tmp_path / "made"
            path.write_bytes(made(AUDIO, b""))
            found.add(key(path))
    assert len(found) == 4


# --- what it costs


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts the bytes read on Linux")
@pytest.mark.parametrize("head", ["plain", "wav", "mp4", "flac", "ogg", "asf"])
def test_little_is_read_of_a_file_of_any_size(
    head: str, sounds: dict[str, Path], tmp_path: Path
) -> None:
    heads = {
        "plain": b"\xff\xfb\x90\x64",
        "wav": b"RIFF\0\0\0\0WAVE" + FMT + struct.pack("<4sI", b"data", 0xFFFFFFFF),
        "mp4": FTYP + struct.pack(">I4sQ", 1, b"mdat", 20 * 2**30),
        "flac": b"fLaC\x80\0\0\x22" + bytes(34),
        "ogg": sounds["ogg"].read_bytes(),
        "asf": ASF_HEADER + struct.pack("<Q", 24) + ASF_DATA + struct.pack("<Q", 2**40),
    }
    path = tmp_path / "large"
    path.write_bytes(heads[head])
    os.truncate(path, 20 * 2**30)  # sparse
    before = read_so_far()
    key(path)
    assert read_so_far() - before < 450_000  # a window of Ogg, and three blocks of the fallback


def read_so_far() -> int:
    return int(Path("/proc/self/io").read_text().split()[1])


# --- bad input


def test_what_is_missing_or_no_file_is_an_oserror(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in ("missing", ".", "pipe", "nul\0l"):
        with pytest.raises(OSError):
            content_key(f"{tmp_path}/{path}")
        with pytest.raises(OSError):
            content_key(os.fsencode(f"{tmp_path}/{path}"))


def test_empty_files_and_text_have_keys(tmp_path: Path) -> None:
    found = set()
    for content in (b"", b"text", b"ID3", b"fLaC", b"OggS", b"RIFF", b"\0\0\0\0ftyp", b"TAG"):
        path = tmp_path / "odd.mp3"
        path.write_bytes(content)
        found.add(key(path))
    assert len(found) == 8


SIZES = [b"\0" * 8, b"\xff" * 8, b"\0\0\0\1", b"\x7f" + b"\xff" * 7, b"\x80" + b"\0" * 7]


@pytest.mark.parametrize("small", SMALL, ids=lambda path: path.suffix[1:])
def test_damage_raises_nothing_and_comes_to_an_end(small: Path, tmp_path: Path) -> None:
    rng, path = Random(small.name), tmp_path / "damaged"
    whole = small.read_bytes()
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(rng.choice([1, 1, 3])):
            at = rng.randrange(min(len(content), rng.choice([64, 10_000])))
            new = rng.choice([rng.randbytes(1), rng.choice(SIZES), whole[:64]])
            content[at : at + len(new)] = new
        path.write_bytes(content[: rng.choice([len(content), rng.randrange(len(content))])])
        assert len(key(path)) == KEY


@pytest.mark.parametrize(
    "content",
    [
        FTYP + struct.pack(">I4s", 8, b"free") * 5000,
        FTYP + struct.pack(">I4sQ", 1, b"mdat", 2**64 - 1),
        FTYP + struct.pack(">I4sQ", 1, b"free", 3),
        b"RIFF\0\0\0\0WAVE" + b"LIST\0\0\0\0" * 5000,
        ASF_HEADER + struct.pack("<Q", 0) * 500,
        b"OggS" * 40_000,
        (b"OggS" + bytes(22) + b"\0") * 7000,
        b"ID3\4\0\0\0\0\0\0" * 5000,
        b"ID3\4\0\0\x7f\x7f\x7f\x7f",
        b"TAG" + bytes(125) + (b"TAG" + bytes(125)) * 2000,
        b"fLaC" + b"\0\0\0\x22" + bytes(34) + b"\1\0\0\0" * 5000,
        bytes(64) + struct.pack("<8sIIII8x", b"APETAGEX", 2000, 2**32 - 1, 1, 0),
        bytes(64) + struct.pack("<8sIIII8x", b"APETAGEX", 2000, 0, 1, 0),
        bytes(64) + b"999999LYRICS200",
        bytes(64) + b"\xb2\xb2\xb2\xb2\xb2\xb2LYRICS200",
    ],
)
def test_hostile_sizes_end_in_a_key_of_the_bytes(content: bytes, tmp_path: Path) -> None:
    path, other = tmp_path / "hostile", tmp_path / "other"
    path.write_bytes(content)
    other.write_bytes(content + b"?")
    assert key(path) != key(other)


MAGICS = [b"", b"ID3\4\0\0\0\0\0\1", b"fLaC", b"OggS\0", b"RIFF....WAVE", FTYP, b"FORM....AIFF"]


@settings(max_examples=300, deadline=None)
@given(magic=st.sampled_from([*MAGICS, ASF_HEADER, b"DSD ", b"FRM8........DSD "]), rest=st.binary())
def test_any_bytes_have_a_key(
    tmp_path_factory: pytest.TempPathFactory, magic: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any bytes"
    path.write_bytes(magic + rest)
    assert len(key(path)) == KEY
