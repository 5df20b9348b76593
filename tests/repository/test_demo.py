"""The demo: a real library, imported and heard by the real beet, and a check that can fail."""

from __future__ import annotations

import os
import random
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest

from demo import make_library as library
from demo.synthesis import KINDS, RATE, SECONDS_OF_A_PIECE, piece
from melscribe_core.hearing.hearing import hear
from melscribe_core.hearing.nets import Nets
from melscribe_core.hearing.thresholds import places, thresholds
from melscribe_core.lending.hearing import descriptor_probabilities
from tests.core.map.test_map import Read
from tests.support.paths import ROOT

DEMO = ROOT / "demo"
BEET = Path(sys.executable).with_name("beet")
# What has to be heard in each kind of music.
MEANT = {kind: kind for kind in KINDS} | {"noise": "loud", "pad": "ambient"}


def run_script(
    script: str, *arguments: object, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DEMO / script), *map(str, arguments)]
    env = {**os.environ, **environment}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def beet(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "BEETSDIR": str(folder / "beets")}
    done = subprocess.run(
        [BEET, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run the whole demo once; return its folder and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    done = run_script("run.py", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


@pytest.fixture(scope="module")
def unheard(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run it where soundfile cannot be imported; return its folder and what it printed."""
    folder = tmp_path_factory.mktemp("unheard")
    (folder / "blocked").mkdir()
    (folder / "blocked" / "soundfile.py").write_text("raise ImportError('no soundfile')")
    done = run_script("run.py", folder, PYTHONPATH=str(folder / "blocked"))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


@pytest.fixture(scope="module")
def make_library() -> dict[str, Any]:
    return runpy.run_path(str(DEMO / "make_library.py"))


@pytest.fixture(scope="module")
def tracks(make_library: dict[str, Any]) -> list[Any]:
    planned: list[Any] = make_library["plan"](
        make_library["read_tag_sets"](make_library["REQUESTS"])
    )
    return planned


# What the library holds


def test_the_library_is_large_and_mixed_enough(tracks: list[Any]) -> None:
    formats = Counter(track.path.suffix for track in tracks)
    assert len(tracks) >= 240
    assert set(formats) == {".mp3", ".flac", ".ogg", ".m4a"}
    assert min(formats.values()) >= 50
    assert len({track.path for track in tracks}) == len(tracks)
    assert sum(bool(track.moods) for track in tracks) >= 100
    assert sum(track.year is not None for track in tracks) >= 100
    assert sum(not track.artist for track in tracks) == 5


def test_some_recordings_are_on_two_albums_and_some_are_live(tracks: list[Any]) -> None:
    # 48 artists, a collection for every 7th from the first on: 7, with 3 repeats and 1 live each.
    songs = Counter((track.artist, track.title) for track in tracks if track.artist)
    assert sum(count == 2 for count in songs.values()) == 21
    live = [(artist, title) for artist, title in songs if title.endswith(" (Live)")]
    assert len(live) == 7
    assert all((artist, title.removesuffix(" (Live)")) in songs for artist, title in live)


def test_two_runs_make_the_same_files(make_library: dict[str, Any], tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_library["main"](tmp_path / name)
    one, two = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*.*")}
        for root in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two


def test_tracks_to_listen_to_are_not_among_the_others(tracks: list[Any]) -> None:
    found = library.found_tapes()
    assert len(tracks) == 369
    assert len({track.path for track, _ in found} - {track.path for track in tracks}) == 40
    assert Counter(kind for _, kind in found) == dict.fromkeys(KINDS, 4)
    assert not any(track.genres or track.moods or track.styles for track, _ in found)


def test_their_names_tell_nothing_of_their_sound() -> None:
    words = {word for kind, meant in MEANT.items() for word in (kind, meant)}
    names = " ".join(str(track.path) for track, _ in library.found_tapes()).lower()
    assert not [word for word in words if word in names]


@pytest.mark.parametrize("kind", KINDS)
def test_a_piece_depends_on_its_seed_only(kind: str) -> None:
    one = piece(kind, 1)
    assert one.shape == (SECONDS_OF_A_PIECE * RATE,)
    assert one.dtype == np.float32
    assert 0.1 < np.abs(one).max() <= 1
    assert np.array_equal(one, piece(kind, 1))
    assert not np.allclose(one, piece(kind, 2), atol=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_music_is_heard_as_what_it_is_meant_to_be(kind: str, tmp_path: Path) -> None:
    tapes = [track for track, of in library.found_tapes() if of == kind]
    for track in tapes:
        library.write_piece(track, kind, tmp_path)
    sounds = [hear(str(tmp_path / track.path), Nets()) for track in tapes]
    at = places()[MEANT[kind]]
    assert (descriptor_probabilities(sounds)[:, at] >= thresholds()[at]).all()


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".ogg", ".m4a"])
def test_a_file_has_its_length_and_its_tags(
    suffix: str, make_library: dict[str, Any], tmp_path: Path
) -> None:
    track = make_library["Track"](
        path=Path(f"Ä/x{suffix}"), seconds=220, artist="Ä", title="T", album="A", number=2,
        year=1994, bpm=120, genres=("pop", "folk"), moods=("sad", "warm"), styles=("lo-fi",),
    )  # fmt: skip
    make_library["write"](track, tmp_path)
    audio = mutagen.File(tmp_path / track.path)
    # mp3: 22 times 10.152 s = 223.3; the others 220 and a frame
    assert 220 <= audio.info.length < 224
    names = {
        ".mp3": ("TPE1", "TCON", "TMOO", "TXXX:STYLE", "TDRC"),
        ".m4a": (
            "\xa9ART", "\xa9gen", "----:com.apple.iTunes:MOOD", "----:com.apple.iTunes:STYLE",
            "\xa9day",
        ),
    }.get(suffix, ("artist", "genre", "mood", "style", "date"))  # fmt: skip
    values = [[_text(value) for value in audio[name]] for name in names]
    assert values == [["Ä"], ["pop", "folk"], ["sad", "warm"], ["lo-fi"], ["1994"]]


def _text(value: object) -> str:
    return bytes(value).decode() if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize(
    ("tags", "year", "bpm", "genres"),
    [
        (["pop", "1994", "90s"], range(1994, 1995), None, ("pop",)),
        (["80s", "pop"], range(1980, 1990), None, ("pop",)),
        (["10s"], range(2010, 2020), None, ()),
        (["1950s", "120 bpm"], range(1950, 1960), 120, ()),
        (["808", "24 hours"], None, None, ("808", "24 hours")),
    ],
)
def test_years_and_tempo_leave_the_genres(
    tags: list[str],
    year: range | None,
    bpm: int | None,
    genres: tuple[str, ...],
    make_library: dict[str, Any],
) -> None:
    blank = make_library["Track"](Path("x.mp3"), 0)
    track = make_library["_described"](blank, tags, random.Random(1))
    assert (track.year in year) if year else track.year is None
    assert (track.bpm, track.genres) == (bpm, genres)


# The whole run


def test_beets_imports_every_file(demo: tuple[Path, str], tracks: list[Any]) -> None:
    folder, _ = demo
    paths = beet(folder, "ls", "-p").splitlines()
    made = [*tracks, *(track for track, _ in library.found_tapes())]
    assert sorted(paths) == sorted(str(folder / "music" / track.path) for track in made)
    assert beet(folder, "ls", "-f", "$genres $year", "artist::^$").split() == ["0000"] * 5


def test_every_command_is_shown(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    commands = [line for line in printed.splitlines() if line.startswith("$ ")]
    verbs = [command.split()[2] for command in commands if command.startswith("$ beet")]
    asked = ["describe"] * 4
    liked = ["modify", "melindex", "describe", "describe"]
    assert verbs == ["import", "stats", "melindex", *asked, "melindex", *asked[:3], *liked]
    assert "used in answers (self-check" in printed
    assert "your taste +" in printed
    assert f"tracks in {folder / 'melancholic.m3u8'}, and every one exists." in printed


def test_tracks_are_heard_and_found(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    assert "\nheard 40 tracks (" in printed
    assert "  heard " in printed
    asked = ("describe", "-n", "4", "-f", "$title")
    for request, take in (("calm flute", 5), ("fast energetic techno", 1), ("harpsichord", 4)):
        assert beet(folder, *asked, request).splitlines() == [f"Take {take}"] * 4
    assert "Take" not in beet(folder, *asked, "calm flute", "--unheard")


def test_the_map_has_what_was_heard(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    page = Read((folder / "map.html").read_text(encoding="utf-8")).data
    named = [name for names in page["named"] for name in names if isinstance(name, str)]
    assert sum(name.startswith("Take ") for name in named) == 40


def test_without_the_extra_it_says_so_and_goes_on(unheard: tuple[Path, str]) -> None:
    folder, printed = unheard
    said = "None to listen to: the extra `listen` (soundfile, soxr) is not installed."
    assert said in printed.splitlines()
    assert "--listen" not in printed
    assert len(beet(folder, "ls").splitlines()) == 369


def test_the_playlist_names_files_that_exist(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    lines = (folder / "melancholic.m3u8").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if not line.startswith("#")]
    assert lines[0] == "#EXTM3U"
    assert len(entries) == 25
    assert all((folder / entry).is_file() for entry in entries)


def test_it_runs_again(unheard: tuple[Path, str]) -> None:
    folder, printed = unheard
    (folder / "music" / "left over.mp3").touch()
    again = run_script("run.py", folder, PYTHONPATH=str(folder / "blocked"))
    assert again.returncode == 0, again.stdout + again.stderr
    assert not (folder / "music" / "left over.mp3").exists()
    playlist = [line for line in printed.splitlines() if "melancholic acoustic pop" in line]
    assert playlist[0] in again.stdout


# What can go wrong


def test_it_never_removes_what_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "mine.mp3").touch()
    done = run_script("run.py", tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        f"{tmp_path / 'music'} was not made by the demo and stays; name another folder.\n"
    )
    assert (tmp_path / "music" / "mine.mp3").exists()


def test_a_failing_command_ends_it_with_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    demo = runpy.run_path(str(DEMO / "run.py"))["Demo"](tmp_path)
    demo.clear()
    with pytest.raises(SystemExit, match=r"^`beet nonsense` failed with exit status 1\.$"):
        demo.beet("nonsense", silent=True)
    assert "unknown command 'nonsense'" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, r"was not written\.$"),
        ("#EXTM3U\n", r"is empty\.$"),
        ("#EXTM3U\nhere.mp3\ngone.mp3\n", r"names gone\.mp3, which does not exist\.$"),
    ],
)
def test_a_bad_playlist_ends_it_with_a_sentence(
    content: str | None, sentence: str, tmp_path: Path
) -> None:
    count_entries = runpy.run_path(str(DEMO / "run.py"))["count_entries"]
    playlist = tmp_path / "x.m3u8"
    (tmp_path / "here.mp3").touch()
    if content is not None:
        playlist.write_text(content)
    with pytest.raises(SystemExit, match=sentence):
        count_entries(playlist)
