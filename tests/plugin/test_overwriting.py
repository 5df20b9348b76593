"""Nothing of the person's is overwritten: what may be replaced, and what stays byte for byte."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from melscribe_core.errors import MapError, PlaylistError
from melscribe_core.files.file_types import ENDINGS, kind_of_content, kind_of_name
from melscribe_core.files.overwriting import HEAD, Beginning
from melscribe_core.map import page
from melscribe_core.playlist import m3u
from melscribe_core.playlist.m3u_reading import is_playlist
from tests.support.home import Home
from tests.support.paths import AUDIO as SEEDS

AUDIO = sorted(SEEDS.iterdir())
NEW = b"#EXTM3U\n/music/new.mp3\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return an indexed home of three tracks, one of which has a real file."""
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False)
    made.add(*({"title": mood, "artist": mood, "mood": mood} for mood in ("sad", "dark", "calm")))
    made.make_files()
    shutil.copy(AUDIO[0].with_name("silence.mp3"), made.music / "0-sad.mp3")
    made.beet("melindex")
    return made


def refused(home: Home, *args: str) -> str:
    """Run beet, which is to answer with exit code 1 and one sentence; return the sentence."""
    done = home.beet(*args, code=1, cwd=home.folder)
    assert done.stdout == ""
    (said,) = done.stderr.splitlines()
    return said


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- what a person has lying about

FOREIGN = {
    "notes.txt": b"milk\neggs\nthe new album by Nick Drake\n",
    "paths.txt": b"/music/one.mp3\n/music/two.mp3\n",  # gathered by hand, to do something with
    "notes": b"buy song.mp3\nand milk\n",
    "todo.list": b"- one.mp3\n- two.mp3\n",
    "settings": b"first: one.mp3\nsecond: two.mp3\n",
    "config": b"directory: ~/Music\nplugins: melscribe\n",
    "comments": b"# Everything about my music\n#\n# begins here\n",
    "comments.m3u": b"# a file of comments alone is no playlist\n",
    "prose.m3u8": b"These are the songs that we heard:\nOne, and/or Two.\n",
    "mixed.m3u": b"/music/one.mp3\nask Ann for the second\n",
    "links": b"[one](http://a.example/one)\n",
    "list.csv": b"artist,title\nAnn,one.mp3\n",
    "script": b"#!/bin/sh\nrm -r /tmp/x\n",
    "script.py": b"import os\n",
    "page.html": b"<!doctype html>\n<title>My page</title>\n",
    "data.json": b'{"a.mp3": 1}\n',
    "list.pls": b"[playlist]\nFile1=one.mp3\n",
    "photo": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "binary": b"/music/one.mp3\n\0\0\0",
    "blanks.m3u8": b"\n" * HEAD + b"and then a sentence\n",
    "letter": b"Dear Ann,\n\nthe list is #EXTM3U below.\n",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_playlist_stays(home: Home, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FOREIGN[name])
    said = refused(home, "describe", "dark", "-m", str(path))
    assert (
        f"The playlist was not written: {path} exists and is not a playlist; name another" in said
    )
    assert path.read_bytes() == FOREIGN[name]
    assert names_in(tmp_path) == [name]


@pytest.mark.parametrize("path", AUDIO, ids=lambda path: path.suffix)
@pytest.mark.parametrize("called", [".mp3", "", ".m3u8"])
def test_no_audio_file_is_replaced(tmp_path: Path, path: Path, called: str) -> None:
    song = tmp_path / f"song{called and (path.suffix if called == '.mp3' else called)}"
    shutil.copy(path, song)
    with pytest.raises(PlaylistError, match="exists and is not a playlist; name another file"):
        m3u.write(song, NEW)
    with pytest.raises(MapError, match="exists and is not a MelScribe map; name another file"):
        page.refuse_foreign(song)
    assert song.read_bytes() == path.read_bytes()


def test_a_track_of_the_library_stays(home: Home) -> None:
    (song, *_) = home.beet("ls", "-p", "title:sad").stdout.splitlines()
    before = Path(song).read_bytes()
    for command in (
        ["describe", "dark", "-m"],
        ["describe", "dark", "--map"],
        ["melindex", "--map"],
    ):
        assert "looks like an audio file and is left unchanged" in refused(home, *command, song)
    assert Path(song).read_bytes() == before


def test_the_library_its_index_and_the_config_stay(home: Home, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    shutil.copy(home.database, copied)
    files = [copied, *(path for path in home.folder.iterdir() if path.is_file())]
    assert {path.name for path in files} >= {"library.db", "library.db.melscribe", "config.yaml"}
    before = [path.read_bytes() for path in files]
    for path in files:
        for command in (["describe", "dark", "-m"], ["melindex", "--map"]):
            assert "was not written: " in refused(home, *command, str(path))
    assert [path.read_bytes() for path in files] == before


def test_what_has_the_place_of_a_file(home: Home, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.m3u8")
    (tmp_path / "folder.m3u8").mkdir()
    with closing(socket.socket(socket.AF_UNIX)) as made:
        made.bind(str(tmp_path / "socket.m3u8"))
        for place, why in (
            (str(tmp_path / "pipe.m3u8"), "it is not an ordinary file but a pipe"),
            (str(tmp_path / "socket.m3u8"), "it is not an ordinary file but a socket"),
            (str(tmp_path / "folder.m3u8"), "it is a folder"),
            (str(tmp_path / "no" / "x.m3u8"), "its folder does not exist"),
            ("/dev/null", "it is not an ordinary file but a device"),
            ("/dev/full", "it is not an ordinary file but a device"),
            ("/dev/stdout", "it is not an ordinary file but a pipe"),
        ):
            for command in (["describe", "dark", "-m"], ["describe", "dark", "--map"]):
                assert f"{place} was not written: {why}" in refused(home, *command, place)
    assert (tmp_path / "pipe.m3u8").is_fifo()


def test_the_file_that_is_printed_to_stays(home: Home, tmp_path: Path) -> None:
    for place in ("/dev/stdout", str(tmp_path / "list.m3u8")):
        with (tmp_path / "list.m3u8").open("wb") as out:
            done = home.beet("describe", "dark", "-m", place, code=1, stdout=out)
        assert f"{place} was not written: the output of this command goes there" in done.stderr


def test_a_link_is_judged_by_what_it_leads_to(home: Home, tmp_path: Path) -> None:
    (tmp_path / "list.m3u8").symlink_to("song.mp3")
    said = refused(home, "describe", "dark", "-m", str(tmp_path / "list.m3u8"))
    assert "is the name of an audio file; name another file, such as song.m3u8" in said
    shutil.copy(AUDIO[0], tmp_path / "song.mp3")
    said = refused(home, "describe", "dark", "-m", str(tmp_path / "list.m3u8"))
    assert "looks like an audio file" in said
    assert (tmp_path / "song.mp3").read_bytes() == AUDIO[0].read_bytes()
    (tmp_path / "other.m3u8").symlink_to("real.m3u8")
    home.beet("describe", "dark", "-m", str(tmp_path / "other.m3u8"))
    home.beet("describe", "calm", "-m", str(tmp_path / "other.m3u8"))
    assert (tmp_path / "other.m3u8").is_symlink()
    assert b"#PLAYLIST:calm" in (tmp_path / "real.m3u8").read_bytes()


@pytest.mark.parametrize(
    ("option", "name", "said"),
    [
        (
            "-m",
            "song.mp3",
            "song.mp3 is the name of an audio file; name another file, such as song",
        ),
        ("-m", "Song.FLAC", "Song.FLAC is the name of an audio file"),
        ("-m", "library.db", "library.db is the name of a database"),
        ("-m", "new.yaml", "new.yaml is the name of a configuration file"),
        ("-m", "new.pls", "new.pls is the name of a playlist of another format"),
        (
            "-m",
            "new.html",
            "new.html is the name of a web page; name another file, such as new.m3u8",
        ),
        ("-m", "new.py", "new.py is the name of a program"),
        ("-m", "x.melscribe.lock", "is the name of a file of MelScribe's index"),
        (
            "--map",
            "new.m3u8",
            "new.m3u8 is the name of a playlist; name another file, such as new.ht",
        ),
        ("--map", "song.ogg", "song.ogg is the name of an audio file"),
        ("--map", "notes.txt", "notes.txt is the name of a text"),
    ],
)
def test_names_that_would_be_a_trap(
    home: Home, tmp_path: Path, option: str, name: str, said: str
) -> None:
    assert said in refused(home, "describe", "dark", option, str(tmp_path / name))
    (tmp_path / name).touch()  # nor is an empty file of that name
    assert "was not written: " in refused(home, "describe", "dark", option, str(tmp_path / name))
    assert (tmp_path / name).read_bytes() == b""


def test_a_text_file_cannot_be_told_from_a_playlist_without_a_header(
    home: Home, tmp_path: Path
) -> None:
    path = tmp_path / "list.txt"
    said = refused(home, "describe", "dark", "--output", "m3u", "-m", str(path))
    assert "list.txt is the name of a text; name another file, such as list.m3u" in said
    for words in ("dark", "calm"):
        home.beet("describe", words, "-m", str(path))
    assert path.read_bytes().startswith(b"#EXTM3U\n#PLAYLIST:calm\n")


def test_it_is_told_before_the_library_is_indexed(home: Home, tmp_path: Path) -> None:
    fresh = home.with_settings(file_tags=False, index=str(tmp_path / "index"))
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    for option in ("-m", "--map"):
        refused(fresh, "describe", "dark", option, str(tmp_path / "notes.txt"))
    refused(fresh, "melindex", "--map", str(tmp_path / "notes.txt"))
    assert not (tmp_path / "index").exists()


def test_a_file_that_comes_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.m3u8"
    fsync = os.fsync

    def somebody_writes(descriptor: int) -> None:
        fsync(descriptor)
        path.write_text("notes that were saved under this name", encoding="utf-8")

    monkeypatch.setattr(os, "fsync", somebody_writes)
    with pytest.raises(PlaylistError, match="exists and is not a playlist"):
        m3u.write(path, NEW)
    assert path.read_text(encoding="utf-8") == "notes that were saved under this name"
    assert names_in(tmp_path) == ["list.m3u8"]


def test_an_update_replaces_playlists_only(home: Home, tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    entries = [{"name": name, "describe": name} for name in ("dark", "sad", "calm.m3u")]
    other = home.with_settings(
        file_tags=False,
        index=str(home.index),
        playlists=entries,
        playlist={"playlist_dir": str(lists)},
    )
    lists.mkdir()
    mine = b"what I thought of the dark playlist\n"
    (lists / "dark.m3u8").write_bytes(mine)
    shutil.copy(AUDIO[0], lists / "sad.m3u8")
    (lists / "calm.m3u").write_bytes(b"old.mp3\r\n")
    for pretend in (["--pretend"], []):
        done = other.beet("describe", "--update", *pretend, code=1)
        assert (
            f"dark: not written: The playlist was not written: {lists}/dark.m3u8 exists"
            in done.stderr
        )
        assert "sad: not written: " in done.stderr
        assert "error: 2 of 3 playlists could not be written" in done.stderr
    assert (lists / "dark.m3u8").read_bytes() == mine
    assert (lists / "sad.m3u8").read_bytes() == AUDIO[0].read_bytes()
    assert (lists / "calm.m3u").read_bytes().startswith(b"#EXTM3U\n")


def test_an_index_takes_no_other_files_place(home: Home, tmp_path: Path) -> None:
    song = tmp_path / "song.mp3"
    shutil.copy(AUDIO[0], song)
    other = home.with_settings(file_tags=False, index=str(song))
    said = refused(other, "describe", "dark")
    assert f"the index belongs at {song}, but that is the name of an audio file" in said
    assert names_in(tmp_path) == ["song.mp3"]
    assert song.read_bytes() == AUDIO[0].read_bytes()


# --- what is a playlist

OURS = {
    "empty.m3u8": b"",
    "new": b"",
    "notes.txt": b"",
    "blank.m3u": b"\n \r\n",
    "extended.m3u8": b"#EXTM3U\n#EXTINF:3,Ann - One\none.mp3\n",
    "extended.txt": b"#EXTM3U\n#EXTINF:3,Ann - One\nnavidrome:7\n",
    "of another name": b"#EXTM3U\n",
    "bom.m3u8": b"\xef\xbb\xbf#EXTM3U\r\none.mp3\r\n",
    "lower.m3u": b"#extm3u\none.mp3\n",
    "utf16.m3u": "\ufeff#EXTM3U\nÄrger.mp3\n".encode("utf-16-le"),
    "utf16 plain.m3u": "\ufeffÄrger.mp3\n".encode("utf-16-le"),
    "old mac.m3u": b"one.mp3\rtwo.mp3\r",
    "latin1.m3u": b"caf\xe9/na\xefve.mp3\n",
    "unix": b"/music/one.mp3\n../two.FLAC\n# a comment\n\nsub/three.opus",
    "windows.m3u": b"C:\\Music\\one.mp3\r\n\\\\nas\\music\\two\r\n..\\three.wma\r\n",
    "addresses.m3u": b"http://nas:8337/item/5/file\nhttps://radio.example/live\n",
    "addresses": b"http://nas:8337/item/5/file\nsmb://nas/One Two.mp3\n",
    "folders.m3u": b"/music/Ann\n./Bob\n",
    "of mopidy.m3u": b"local:track:a%20b.mp3\nlocal:track:c\n",
    "named.m3u": b"navidrome:17\nnavidrome:4\n",
    "colon.m3u": b"Ann: One.mp3\n- two.mp3\n./#3.mp3\n",
    "long.m3u": b"/music/one.mp3\n" * 8000 + b"this is beyond what is read\n",
}


def begun(content: bytes, name: str) -> Beginning:
    return Beginning(content[:HEAD], len(content) <= HEAD, kind_of_name(name))


@pytest.mark.parametrize("name", OURS)
def test_what_is_a_playlist_is_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(OURS[name])
    m3u.write(tmp_path / name, NEW)
    assert (tmp_path / name).read_bytes() == NEW


@pytest.mark.parametrize(
    ("lines", "uri_format", "playlist"),
    [
        (b"library:7\nlibrary:8\n", "library:$id", True),
        (b"track 7 of beets\n", "track $id of beets", True),
        (b"track seven of beets\n", "track $id of beets", False),
        (b"7\n8\n", "$id", True),
        (b"library:7\n", None, False),
        (b"library:7\nmilk:1\n", None, False),
    ],
)
def test_entries_of_our_own_format(lines: bytes, uri_format: str | None, playlist: bool) -> None:
    assert is_playlist(begun(lines, "list"), uri_format) is playlist


@pytest.mark.parametrize("output", ["m3u", "extm3u"])
@pytest.mark.parametrize(
    "options", [(), ("--uri-format", "navidrome:$id"), ("--prefix", "nas x:"), ("--urlencode",)]
)
def test_what_we_wrote_can_be_written_again(
    home: Home, tmp_path: Path, output: str, options: tuple[str, ...]
) -> None:
    path = tmp_path / "list.m3u"
    for words in ("dark", "calm", "sad"):
        home.beet("describe", words, "-m", str(path), "--output", output, *options)


def looks_like_a_playlist(content: bytes) -> bool:
    """Say by other means, and generously, whether content might be a playlist."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16", "ignore").encode()
    content = content.removeprefix(b"\xef\xbb\xbf").strip()
    lines = [line.strip() for line in re.split(rb"[\r\n]", content)]
    entries = [line for line in lines if line and line[:1] != b"#"]
    named = [b":" in line or b"." in line or line[:1] == b"/" for line in entries]
    return content.upper().startswith(b"#EXTM3U") or not content or (bool(named) and all(named))


LINES = st.sampled_from(
    [
        b"#EXTM3U",
        b"# x",
        b"one.mp3",
        b"/music/two",
        b"milk",
        b"",
        b"a: b",
        b"http://x",
        b"\0",
        b"- x",
    ]
)
CONTENTS = st.binary(max_size=40) | st.lists(LINES, max_size=4).map(b"\n".join)
NAMES = st.sampled_from(["a", "a.m3u", "a.m3u8", "a.txt", "a.mp3", "a.yaml", "a.xyz", "a.db"])


@given(content=CONTENTS, name=NAMES)
@example(content=b"milk\neggs", name="a.m3u8")
@example(content=b"/music/one.mp3\nmilk", name="a")
@example(content=b"\xff\xfb\x90\x00", name="a.mp3")
def test_any_other_bytes_stay(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    with suppress(PlaylistError):
        m3u.write(path, NEW)
    written = path.read_bytes()
    assert written in (content, NEW)
    if not looks_like_a_playlist(content) or name in ("a.mp3", "a.yaml", "a.db"):
        assert written == content


@given(content=CONTENTS | st.just(page.MARK), name=NAMES | st.just("a.html"))
@example(content=b"<html>" + page.MARK, name="a.html")
def test_any_bytes_that_are_no_map_stay(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    refuse: Callable[[], None] = lambda: page.refuse_foreign(path)  # noqa: E731
    if content or not name.endswith(("a", ".html", ".xyz")):
        with pytest.raises(MapError):
            refuse()
    else:
        refuse()


# --- in words


def test_every_ending_is_of_one_kind() -> None:
    assert kind_of_name("/music/a.b.MP3") == "an audio file"
    assert kind_of_name("mp3") == kind_of_name(".mp3") == kind_of_name("song.") == ""
    every = [ending for endings in ENDINGS.values() for ending in endings]
    assert len(every) == len(set(every))


def test_what_a_file_looks_like(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x")) as db, db:
        db.execute("CREATE TABLE t (x)")
    for content, kind in (
        ((tmp_path / "x").read_bytes(), "a database"),
        (b"ID3\x03" + bytes(20), "an audio file"),
        (b"directory: ~/Music\n# comment\nplugins:\n", "a configuration file"),
        (b"[core]\nname = x\n", "a configuration file"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"#!/bin/sh\n", "a program"),
        (b"milk\n", "a text"),
        (b"\0\1", "a binary file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), "a binary file"),
        *((path.read_bytes(), "an audio file") for path in AUDIO),
        *((path.read_bytes()[:2000], "an audio file") for path in AUDIO),
    ):
        assert kind_of_content(content) == kind


def test_only_the_beginning_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.m3u8"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing, which takes no room on the disk
    with pytest.raises(PlaylistError, match="looks like a binary file"):
        m3u.refuse_foreign(path)
