"""No command opens a connection, or makes a socket at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from beetsplug.melscribe import MelScribePlugin
from tests.faults.forks import Forks
from tests.support.home import Home

COMMANDS: list[list[str]] = [
    ["melindex"],
    ["melindex", "--pretend"],
    ["melindex", "--show"],
    ["melindex", "--force"],
    ["melindex", "--map", "{folder}/index.html"],
    ["melindex", "--taste"],
    ["melindex", "--taste", "--show"],
    ["describe", "sad folk from the 90s, no drums"],
    ["describe", "like Ann", "--json"],
    ["describe", "folk", "-p"],
    ["describe", "folk", "-f", "$title"],
    ["describe", "folk", "--explain", "--order", "flow"],
    ["describe", "folk", "-m", "{folder}/list.m3u8"],
    ["describe", "folk", "--map", "{folder}/answer.html"],
    ["describe", "--again", "more piano"],
    ["describe", "--like", "artist:ann"],
    ["describe", "folk", "--fresh", "--taste", "1"],
    ["describe", "--favourites"],
    ["melindex", "--taste", "--forget"],
    ["describe", "folk", "--save", "mine"],
    ["describe", "--saved"],
    ["describe", "--update", "--playlist-dir", "{folder}"],
    ["describe", "--forget", "mine"],
    ["melscribe", "folk"],
    ["ls", "describe:folk", "-f", "$title $describe_score $descriptors"],
    ["modify", "-y", "-W", "-M", "title:one", "genres=Jazz"],
]


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    home.add(
        {"title": "one", "artist": "Ann", "genres": ["Folk"], "year": 1994},
        {"title": "two", "artist": "Bob", "genres": ["Jazz"], "year": 1995},
    )
    home.make_files()
    home.configure(taste={"like": "artist:ann"})
    return home


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_needs_no_network(forks: Forks, tracks: Home, command: list[str]) -> None:
    args = [word.format(folder=tracks.folder) for word in command]
    done = forks.run(tracks, *args, no_network=True)
    assert (done.code, "Traceback" in done.err) == (0, False), done


def test_nothing_is_left_in_the_home_folder(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # onnxruntime, left to itself, makes a device id and a queue of reports to send, from native
    # code where no socket of Python's would show.
    for name in ("CI", "XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    (tmp_path / "person").mkdir()
    home.add({"title": "one", "artist": "Ann", "genres": ["Folk"]})
    home.beet("describe", "folk")
    assert list((tmp_path / "person").iterdir()) == []


OPENER = """
import socket
from beets import plugins, ui

class Opener(plugins.BeetsPlugin):
    def commands(self):
        command = ui.Subcommand("opener")
        command.func = lambda lib, opts, args: socket.socket().close()
        return [command]
"""


def test_a_socket_would_be_seen(forks: Forks, home: Home) -> None:
    (home.folder / "opener.py").write_text(OPENER, encoding="utf-8")
    home.configure(plugins="opener", pluginpath=home.folder)
    assert forks.run(home, "opener").code == 0
    assert "socket.__new__" in forks.run(home, "opener", no_network=True).err


def test_every_command_is_tried() -> None:
    for command in MelScribePlugin().commands():
        for name in (command.name, *command.aliases):
            assert any(words[0] == name for words in COMMANDS)
