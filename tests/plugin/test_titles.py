"""Titles, albums, artists and folders as a third kind of words: they find what tags do not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.home import Home
from tests.support.inside import beet

TRACKS: list[dict[str, Any]] = [
    {"title": "Castle in the Rain", "artist": "Ada", "album": "Level One"},
    {"title": "Theme", "artist": "Ada", "album": "Battle Tanks OST"},
    {"title": "Jazz Buzzing", "artist": "Bo", "album": "Eggs"},
    {"title": "Night", "artist": "Cy", "album": "Dusk", "genres": ["Ambient", "Calm"]},
    {"title": "Calm Before", "artist": "Cy", "album": "Storms", "genres": ["Metal"]},
    {"title": "Gate", "artist": "Di", "album": "Walls", "genres": ["Medieval"]},
    {"title": "Loud One", "artist": "Eve", "album": "Live at the Castle", "genres": ["Rock"]},
    {"title": "Plain", "artist": "Flo", "album": "Blank", "genres": ["Pop"]},
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False)
    folder = made.music / "Japanese Imports" / "Disc"
    made.add(
        *({"length": 60.0, **track} for track in TRACKS),
        {"title": "", "artist": "", "path": os.fsencode(folder / "01.mp3"), "length": 60.0},
    )
    beet(made, "melindex")
    return made


def titles(home: Home, request: str, *args: str) -> list[str]:
    strict = home.with_settings(file_tags=False, min_score=0.1)
    return strict.titles(request, *args)


def test_a_title_finds_a_track_without_tags(home: Home) -> None:
    assert set(titles(home, "castle")[:2]) == {"Castle in the Rain", "Loud One"}
    assert titles(home, "jazz")[0] == "Jazz Buzzing"


def test_an_album_finds_its_tracks(home: Home) -> None:
    assert titles(home, "battle tanks")[0] == "Theme"


def test_a_folder_finds_its_files(home: Home) -> None:
    assert titles(home, "japanese")[0] == ""


def test_a_name_never_outranks_a_descriptor(home: Home) -> None:
    found = titles(home, "calm")
    assert found.index("Night") < found.index("Calm Before")


def test_a_name_decides_among_equals(tmp_path: Path) -> None:
    own = Home(tmp_path)
    own.configure(file_tags=False)
    # All are tagged alike: one in twenty would be first by chance.
    own.add(*({"title": f"Song {n}", "genres": ["Ambient"]} for n in range(19)))
    own.add({"title": "Harbour", "genres": ["Ambient"]})
    assert own.titles("ambient harbour")[0] == "Harbour"


def test_the_reason_names_the_name(home: Home) -> None:
    shown = home.beet("describe", "castle", "--explain").stdout
    assert "title: castle" in shown
    assert "album: castle" in shown
    assert "folder: japanese" in home.beet("describe", "japanese", "--explain").stdout
    (first, *_) = home.ask("battle tanks")["tracks"]
    assert first["called"] == ["battle", "tanks"]
    assert first["descriptors"] == []


def test_what_is_excluded_or_filtered_does_not_come_by_its_name(home: Home) -> None:
    assert "Loud One" not in titles(home, "castle, no rock")
    assert titles(home, "castle", "artist:Ada")[:1] == ["Castle in the Rain"]
    assert "Loud One" not in titles(home, "castle", "artist:Ada")


def test_names_follow_the_library(tmp_path: Path) -> None:
    own = Home(tmp_path)
    own.configure(file_tags=False, min_score=0.1)
    own.add(*({"length": 60.0, **track} for track in TRACKS))
    assert own.titles("castle")[0] == "Castle in the Rain"
    own.beet("modify", "-y", "-W", "-M", "title:Castle in the Rain", "title=Tower")
    assert "Tower" not in own.titles("castle")
    assert own.titles("tower")[0] == "Tower"
    own.beet("remove", "-f", "title:Tower")
    assert "Tower" not in own.titles("tower")


def test_a_query_finds_by_names_too(home: Home) -> None:
    found = home.beet("ls", "-f", "$title", "describe:battle tanks").stdout.splitlines()
    assert "Theme" in found
