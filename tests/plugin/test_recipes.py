"""The recipes, with the programs they are for: they run where these are installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mutagen
import pytest
import yaml

from tests.support.home import Home
from tests.support.paths import AUDIO

SONGS = {
    "mp3": ("Ann", "Rain", "folk", "melancholic"),
    "flac": ("Bob", "Sturm und Dräng", "acoustic pop", "sad"),
    "ogg": ("Cid", "Éclair #1", "disco", "happy"),
}


@pytest.fixture
def home(home: Home) -> Home:
    """Return a home into which three real files were imported."""
    incoming = home.folder / "incoming"
    incoming.mkdir()
    for kind, (artist, title, genre, mood) in SONGS.items():
        path = incoming / f"{kind}.{kind}"
        shutil.copy(AUDIO / f"silence.{kind}", path)
        audio = mutagen.File(path, easy=True)
        audio.update({"artist": artist, "title": title, "album": "A", "genre": genre, "mood": mood})
        audio.save()
    set_up(home)
    home.beet("import", "-qA", str(incoming))
    return home


def set_up(home: Home, plugins: str = "melscribe", **melscribe: Any) -> None:
    """Let imports copy into the music folder."""
    home.configure(plugins=plugins, **melscribe)
    path = home.folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["import"]["copy"] = True
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


class Mpd:
    """A running MPD, spoken to in its own protocol."""

    def __init__(self, address: Path) -> None:
        self._address = address
        self._socket = self._connected()
        self._file = self._socket.makefile("r", encoding="utf-8")
        assert self._file.readline().startswith("OK MPD")

    def ask(self, command: str) -> list[str]:
        """Return the lines of an answer."""
        self._socket.sendall(f"{command}\n".encode())
        lines: list[str] = []
        while (line := self._file.readline().rstrip("\n")) != "OK":
            assert line, "MPD is gone"
            assert not line.startswith("ACK"), line
            lines.append(line)
        return lines

    def values(self, command: str, name: str) -> list[str]:
        """Return the values of one kind in an answer."""
        found = (line.partition(": ") for line in self.ask(command))
        return [value for key, _, value in found if key == name]

    def update(self) -> None:
        """Read the music folder and wait until that is done."""
        self.ask("update")
        while self.values("status", "updating_db"):
            time.sleep(0.02)

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _connected(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(60)
        end = time.monotonic() + 60
        while True:
            try:
                made.connect(str(self._address))
            except OSError:
                assert time.monotonic() < end, "MPD does not start"
                time.sleep(0.02)
            else:
                return made


@contextmanager
def mpd(home: Home, folder: Path) -> Iterator[Mpd]:
    """Run MPD on the home's music, without sound; its playlists lie in folder/playlists."""
    (folder / "playlists").mkdir(exist_ok=True)
    config = folder / "mpd.conf"
    config.write_text(
        f'music_directory "{home.music}"\n'
        f'playlist_directory "{folder / "playlists"}"\n'
        f'db_file "{folder / "db"}"\n'
        f'bind_to_address "{folder / "socket"}"\n'
        'audio_output {\n  type "null"\n  name "none"\n}\n',
        encoding="utf-8",
    )
    command = ["mpd", "--no-daemon", "--stderr", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Mpd(folder / "socket")
        server.update()
        yield server
        server.close()
    finally:
        process.terminate()
        process.wait()


@pytest.mark.skipif(shutil.which("mpd") is None, reason="needs mpd (Debian: apt install mpd)")
def test_mpd_plays_what_is_described(home: Home, tmp_path: Path) -> None:
    playlists = tmp_path / "playlists"
    with mpd(home, tmp_path) as server:
        home.beet(
            *("describe", "sad acoustic pop", "-n", "2", "--output", "m3u"),
            *("-m", str(playlists / "rainy.m3u"), "--relative-to", str(home.music)),
        )
        assert server.values("listplaylists", "playlist") == ["rainy"]
        server.ask("load rainy")
        titles = server.values("playlistinfo", "Title")
        assert (titles[0], len(titles)) == ("Sturm und Dräng", 2)
        assert server.values("playlistinfo", "Artist")[0] == "Bob"

        # A saved description, kept up to date; accents and "#" in names do no harm.
        where = {"playlist_dir": str(playlists), "relative_to": str(home.music), "output": "m3u"}
        party = {"name": "party", "describe": "happy disco", "number": 1}
        set_up(home, playlist=where, playlists=[party])
        home.beet("describe", "--update")
        server.ask("clear")
        server.ask("load party")
        assert server.values("playlistinfo", "Title") == ["Éclair #1"]

        # One that ends in .m3u8 is not listed there, but loads from within the music folder.
        home.beet("describe", "happy disco", "-n", "1", "-m", str(home.music / "lists.m3u8"))
        server.update()
        server.ask("clear")
        server.ask("load lists.m3u8")
        assert server.values("playlistinfo", "file") == ["Compilations/A/00 Éclair #1.ogg"]


@pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="needs ffmpeg (Debian: apt install ffmpeg)"
)
def test_convert_fills_a_player(home: Home, tmp_path: Path) -> None:
    set_up(home, plugins="melscribe convert")
    home.beet(
        *("convert", "-y", "-d", str(tmp_path / "player"), "-m", "drive.m3u8"),
        *("describe:sad acoustic pop", "describe_score:0.06..", "describe_score-"),
    )
    listed = (tmp_path / "player" / "drive.m3u8").read_text(encoding="utf-8").split("\n")
    assert listed[:2] == ["#EXTM3U", "Compilations/A/00 Sturm und Dräng.mp3"]
    entries = [line for line in listed[1:] if line]
    assert all((tmp_path / "player" / line).is_file() for line in entries)


def test_a_playlist_as_navidrome_and_jellyfin_want_it(home: Home) -> None:
    # Inside the music folder, UTF-8, relative to the playlist, "/" between folders, a name.
    set_up(home, playlist={"playlist_dir": str(home.music / "Playlists")})
    home.beet("describe", "sad acoustic pop", "-n", "1", "--save", "Rainy Sunday")
    home.beet("describe", "--update")
    written = (home.music / "Playlists" / "Rainy Sunday.m3u8").read_text(encoding="utf-8")
    assert written.splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:Rainy Sunday",
        "#EXTINF:0,Bob - Sturm und Dräng",
        "../Compilations/A/00 Sturm und Dräng.flac",
    ]
