"""`--play`: the player gets our list, in our order, as `beet play` would hand it over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.home import Home

# Writes its arguments, one a line, and keeps the playlist that is among them.
PLAYER = """#!/bin/sh
printf '%s\\n' "$@" > {folder}/args
for arg; do
  case "$arg" in *.m3u) cat "$arg" > {folder}/played;; esac
done
echo the player ran
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return an indexed home of four tracks with a player in its folder."""
    made = Home(tmp_path_factory.mktemp("beets"))
    made.add(
        *(
            {"artist": mood, "title": f"$(touch hacked) {mood}", "genres": ["Folk"], "mood": mood}
            for mood in ("sad", "happy", "slow", "angry")
        )
    )
    made.make_files()
    player = made.folder / "player"
    player.write_text(PLAYER.format(folder=made.folder), encoding="utf-8")
    player.chmod(0o755)
    made.configure(file_tags=False)
    made.beet("melindex")
    return made


def set_up(home: Home, *, plugins: str = "melscribe", **play: Any) -> None:
    """Let the section `play:` of the config say this; forget what the player wrote last."""
    home.configure(plugins=plugins, file_tags=False)
    path = home.folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["play"] = {"command": str(home.folder / "player"), **play}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    for name in ("args", "played"):
        (home.folder / name).unlink(missing_ok=True)


def handed(home: Home) -> tuple[list[str], bytes]:
    """Return the arguments of the player, "LIST" for a playlist among them, and the playlist."""
    lines = (home.folder / "args").read_text(encoding="utf-8").splitlines()
    played = home.folder / "played"
    args = ["LIST" if line.endswith(".m3u") else line for line in lines]
    return args, played.read_bytes() if played.exists() else b""


@pytest.mark.parametrize("plugins", ["melscribe", "melscribe play"])
def test_the_player_gets_our_list_in_our_order(home: Home, plugins: str) -> None:
    set_up(home, plugins=plugins)
    order = home.beet("describe", "sad slow folk", "-p").stdout
    assert len(order.splitlines()) == 4

    done = home.beet("describe", "sad slow folk", "-p", "--play")

    assert handed(home) == (["LIST"], order.encode())
    assert done.stdout == f"{order}Playing 4 tracks.\nthe player ran\n"
    assert not list(Path.cwd().glob("hacked"))


@pytest.mark.parametrize(
    ("play", "given"),
    [
        ({}, ["-A", "--loud -v"]),
        ({"raw": True}, []),
        ({"raw": True}, ["--args=--loud"]),
        ({"bom": True}, []),
        ({"relative_to": "/tmp"}, []),
        ({"raw": True, "relative_to": "/tmp"}, []),
        ({"command": "{player} --list $playlist $args --end"}, ["--args", "-v"]),
        ({"command": "{player} $args --end"}, []),
        ({"command": "{player} $args --end", "raw": True}, ["--args", "-v"]),
        ({"command": "{player} '$playlist' --end", "raw": True}, []),
        ({"command": "{player} a; touch hacked && 'b c' | d"}, []),
    ],
)
def test_every_setting_does_what_it_does_for_beet_play(
    home: Home, play: dict[str, Any], given: list[str]
) -> None:
    player = str(home.folder / "player")
    settings = {
        key: value.format(player=player) if isinstance(value, str) else value
        for key, value in play.items()
    }
    set_up(home, plugins="melscribe play", **settings)
    home.beet("play", *given, "title+")
    expected = handed(home)
    assert len(expected[0]) + len(expected[1].splitlines()) >= 4

    set_up(home, **settings)
    home.beet("describe", "folk", "title+", "--play", *given)

    assert handed(home) == expected


def test_a_long_playlist_is_asked_about(home: Home) -> None:
    set_up(home, warning_threshold=3)
    ask = ("describe", "folk", "--play")
    done = home.beet(*ask, input="a\n")
    assert "You are about to queue 4 tracks." in done.stdout
    assert not (home.folder / "args").exists()
    home.beet(*ask, input="c\n")
    assert handed(home)[0] == ["LIST"]
    set_up(home, warning_threshold=3)
    home.beet(*ask, "--yes", input="")
    assert handed(home)[0] == ["LIST"]
    set_up(home, warning_threshold=4)
    home.beet(*ask, input="")
    assert handed(home)[0] == ["LIST"]


def test_a_playlist_file_is_written_too(home: Home, tmp_path: Path) -> None:
    set_up(home)
    done = home.beet("describe", "folk", "--play", "-m", str(tmp_path / "list.m3u8"))
    assert "wrote 4 tracks" in done.stderr
    assert handed(home)[0] == ["LIST"]


@pytest.mark.parametrize(
    ("play", "said"),
    [
        ({"command": "/no/such/player"}, "error: Could not play the query: [Errno 2]"),
        ({"command": ["mpv"]}, "configuration error: play.command: must be a string"),
        ({"command": "mpv", "relative_to": 3}, "configuration error: play.relative_to: must be"),
    ],
)
def test_a_player_that_cannot_be_started(home: Home, play: dict[str, Any], said: str) -> None:
    set_up(home, **play)
    *_, last = home.beet("describe", "folk", "--play", code=1).stderr.splitlines()
    assert last.startswith(said)


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.add(
        {"title": "Caf", "genres": ["Folk"], "path": os.fsencode(home.music) + b"/caf\xe9.mp3"}
    )
    set_up(home, command="cat", raw=True)
    said = home.beet("describe", "folk", "--play", code=1).stderr.splitlines()[-1]
    assert "caf\\udce9.mp3', which is not UTF-8, by its name; set `play: raw: no`" in said


def test_options_that_make_no_sense(home: Home) -> None:
    set_up(home)
    for given, said in (
        (["--args", "-v"], "--args is for the player; add --play"),
        (["--yes"], "--yes is for the player; add --play"),
        (["--play", "--json"], "--json prints one object and nothing else; leave out --play"),
    ):
        assert home.beet("describe", "folk", *given, code=1).stderr == f"error: {said}\n"
    assert not (home.folder / "args").exists()
