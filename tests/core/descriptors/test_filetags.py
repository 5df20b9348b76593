"""Mood and style in real small files of every container, and in broken ones."""

# mypy: allow-untyped-calls

import os
import shutil
import struct
from pathlib import Path

import mutagen
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen import apev2, id3, mp4

from melscribe_core.descriptors.filetags import MAX_VALUE, MAX_VALUES, read_file_tags
from melscribe_core.errors import FileTagsError
from tests.support.paths import AUDIO

SEEDS = AUDIO
WITH_ID3 = ("mp3", "aiff", "wav", "tta")
WITH_VORBIS_COMMENTS = ("flac", "ogg", "opus")
WITH_APE = ("wv", "ape", "mpc")
ALL = (*WITH_ID3, *WITH_VORBIS_COMMENTS, *WITH_APE, "m4a", "wma")

# The smallest headers of Monkey's Audio 3.99 and Musepack SV7 that mutagen takes; no sound follows.
HEADERS = {
    "ape": struct.pack("<4sH50xIIIHHI", b"MAC ", 3990, 73728, 100, 1, 16, 1, 44100),
    "mpc": struct.pack("<3sBI24x", b"MP+", 7, 1),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one untagged silence.EXT of each kind."""
    for seed in SEEDS.glob("silence.*"):
        shutil.copy(seed, tmp_path)
    for kind, header in HEADERS.items():
        (tmp_path / f"silence.{kind}").write_bytes(header)
    return tmp_path


def tagged(folder: Path, kind: str, *frames: id3.Frame, **values: object) -> Path:
    """Tag the file of a kind by mutagen: frames where it has ID3, names with values elsewhere."""
    path = folder / f"silence.{kind}"
    audio = mutagen.File(path)
    if audio.tags is None:
        audio.add_tags()
    for frame in frames:
        audio.tags.add(frame)
    for name, value in values.items():
        audio.tags[name] = value
    audio.save()
    return path


def txxx(name: str, *texts: str) -> id3.Frame:
    return id3.TXXX(encoding=3, desc=name, text=list(texts))


@pytest.mark.parametrize("kind", ALL)
def test_a_file_without_such_tags_says_nothing(folder: Path, kind: str) -> None:
    assert read_file_tags(folder / f"silence.{kind}") == {}


@pytest.mark.parametrize("kind", WITH_ID3)
@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        pytest.param(
            id3.TMOO(encoding=3, text=["Dark", "Sad"]),
            {"file:mood": ["Dark", "Sad"]},
            id="mood frame",
        ),
        pytest.param(txxx("MOOD", "Dark"), {"file:mood": ["Dark"]}, id="mood by name"),
        pytest.param(txxx("Mood", "Dark"), {"file:mood": ["Dark"]}, id="name in any case"),
        pytest.param(txxx("STYLE", "Doom"), {"file:style": ["Doom"]}, id="style"),
        pytest.param(
            txxx("Styles", "Doom", "Drone"), {"file:style": ["Doom", "Drone"]}, id="styles"
        ),
        pytest.param(
            id3.GRP1(encoding=1, text=["Dinner"]),
            {"file:grouping": ["Dinner"]},
            id="iTunes grouping",
        ),
        pytest.param(
            txxx("ab:hi:mood_happy:happy", "0.93"), {"file:mood_happy": ["0.93"]}, id="probability"
        ),
        pytest.param(
            txxx("ab:hi:gender:female", "0.9"), {"file:is_female": ["0.9"]}, id="female voice"
        ),
        pytest.param(
            txxx("ab:hi:moods_mirex:Cluster3", "0.9"),
            {"file:mood_mirex_cluster_3": ["0.9"]},
            id="mood cluster",
        ),
        pytest.param(
            txxx("ab:hi:mood_happy:not_happy", "0.07"), {}, id="probability of the opposite"
        ),
        pytest.param(id3.TCON(encoding=3, text=["Rock"]), {}, id="genre, which beets reads"),
        pytest.param(id3.TIT1(encoding=3, text=["Set"]), {}, id="grouping, which beets reads"),
        pytest.param(id3.COMM(encoding=3, lang="eng", text=["mood"]), {}, id="comment"),
    ],
)
def test_id3(folder: Path, kind: str, frame: id3.Frame, expected: dict[str, list[str]]) -> None:
    assert read_file_tags(tagged(folder, kind, frame)) == expected


def test_id3_of_version_2_3_keeps_its_mood_in_a_named_frame(folder: Path) -> None:
    path = tagged(folder, "mp3", txxx("MOOD", "Dark"))
    id3.ID3(path).save(path, v2_version=3)
    assert read_file_tags(path) == {"file:mood": ["Dark"]}


def test_the_same_mood_in_two_frames_is_given_once(folder: Path) -> None:
    path = tagged(folder, "mp3", id3.TMOO(encoding=3, text=["Dark"]), txxx("MOOD", "Dark", "Warm"))
    assert sorted(read_file_tags(path)["file:mood"]) == ["Dark", "Warm"]


@pytest.mark.parametrize("kind", WITH_VORBIS_COMMENTS)
def test_vorbis_comments(folder: Path, kind: str) -> None:
    said = {"MOOD": ["Dark", "Sad"], "style": "Doom", "STYLES": "Drone", "GROUPING": "Set"}
    path = tagged(folder, kind, **said, **{"AB:HI:MOOD_SAD:SAD": "0.9"})
    assert read_file_tags(path) == {
        "file:mood": ["Dark", "Sad"],
        "file:style": ["Doom", "Drone"],
        "file:mood_sad": ["0.9"],
    }


def test_mp4(folder: Path) -> None:
    said = {
        "----:com.apple.iTunes:MOOD": [b"Dark", "Düster".encode()],
        "----:com.apple.iTunes:Style": [mp4.MP4FreeForm(b"Doom")],
        "----:com.apple.iTunes:ab:hi:mood_sad:sad": [b"0.9"],
        "\xa9grp": ["Set"],
        "tmpo": [120],
    }
    assert read_file_tags(tagged(folder, "m4a", **said)) == {
        "file:mood": ["Dark", "Düster"],
        "file:style": ["Doom"],
        "file:mood_sad": ["0.9"],
    }


@pytest.mark.parametrize("kind", WITH_APE)
def test_apev2(folder: Path, kind: str) -> None:
    picture = apev2.APEValue(b"\x89PNG", apev2.BINARY)
    path = tagged(folder, kind, Mood=["Dark", "Sad"], STYLE="Doom", Styles=picture)
    assert read_file_tags(path) == {"file:mood": ["Dark", "Sad"], "file:style": ["Doom"]}


def test_asf(folder: Path) -> None:
    path = tagged(folder, "wma", **{"WM/Mood": ["Dark", "Sad"], "STYLE": "Doom", "WM/Year": "1994"})
    assert read_file_tags(path) == {"file:mood": ["Dark", "Sad"], "file:style": ["Doom"]}


def test_values_are_free_of_nul_and_emptiness(folder: Path) -> None:
    path = tagged(folder, "flac", MOOD=["Dark\0Sad\0", "  ", " Warm "])
    assert read_file_tags(path) == {"file:mood": ["Dark", "Sad", "Warm"]}


def test_a_tag_of_a_megabyte_is_cut(folder: Path) -> None:
    many = [str(number) for number in range(MAX_VALUES + 1)]
    found = read_file_tags(tagged(folder, "flac", MOOD="x" * 1_000_000, STYLE=many))
    assert found == {"file:mood": ["x" * MAX_VALUE], "file:style": many[:MAX_VALUES]}


@pytest.mark.parametrize("kind", ALL)
def test_reading_leaves_the_file_as_it_was(folder: Path, kind: str) -> None:
    path = folder / f"silence.{kind}"
    path.chmod(0o444)
    before = path.read_bytes(), path.stat().st_mtime_ns
    read_file_tags(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_path_may_be_bytes_that_are_no_text(folder: Path) -> None:
    odd = os.fsencode(folder) + b"/caf\xe9.flac"
    (folder / "silence.flac").rename(os.fsdecode(odd))
    assert read_file_tags(odd) == {}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param("gone.mp3", None, "there is no such file; `beet update`", id="vanished"),
        pytest.param("empty.mp3", b"", "is damaged (", id="empty"),
        pytest.param("page.mp3", b"<html>" * 300, "is damaged (", id="a web page named mp3"),
        pytest.param("cut.flac", b"fLaC\0\0", "is damaged (", id="truncated"),
        pytest.param(
            "cut.wv", b"wvpk" + b"\xff" * 60, "is damaged (", id="mutagen's own IndexError"
        ),
        pytest.param("text.txt", b"hello", "is no audio file of a known kind", id="text"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileTagsError) as caught:
        read_file_tags(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: {sentence}") and said.endswith(".") and said.isprintable()


def test_a_folder_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileTagsError, match=r"cannot be read \(.+\); check the file"):
        read_file_tags(tmp_path)


def test_a_device_or_a_pipe_is_never_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/zero", tmp_path / "pipe"):
        with pytest.raises(FileTagsError, match="it is no ordinary file"):
            read_file_tags(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_said_in_a_sentence(folder: Path) -> None:
    path = folder / "silence.mp3"
    path.chmod(0)
    with pytest.raises(FileTagsError, match=r"cannot be read \(Permission denied\)"):
        read_file_tags(path)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(ALL),
    cut=st.floats(0, 1),
    flips=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=30),
)
def test_damage_raises_nothing_else(
    folder: Path, kind: str, cut: float, flips: list[tuple[int, int]]
) -> None:
    content = bytearray((folder / f"silence.{kind}").read_bytes())
    for at, byte in flips:
        content[at % len(content)] = byte
    damaged = folder / f"damaged.{kind}"
    damaged.write_bytes(content[: int(len(content) * cut)])
    try:
        read_file_tags(damaged)
    except FileTagsError as error:
        assert str(error).isprintable()
