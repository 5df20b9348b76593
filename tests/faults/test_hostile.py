"""Whatever a person says or calls a playlist: every command does its work and lets nothing out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.forks import Forks
from tests.faults.hostile import assert_printable, well
from tests.support.home import Home

QUERIES = [
    'folk" OR "jazz',
    "NEAR(folk, 2)",
    "*",
    "folk*",
    "^folk",
    "text:folk",
    "{folk}",
    "(((((",
    '"""',
    "-folk",
    "+folk",
    "AND OR NOT",
    "';--",
    "\\",
    "%",
    "folk\x00jazz",
    "folk\njazz",
    "\ud800",
    "🎸",
    "between 1e999 and nan bpm folk",
    "folk from 99999999999999999999 to -1",
    "folk 999999999999999999999999 tracks " + "9" * 5000,
    "folk for " + "9" * 400 + " minutes",
    "like " * 500,
    "no " * 500 + "folk",
    "folk " * 20_000,
    "a" * 100_000,
    "(" * 20_000,
]


@pytest.mark.parametrize("words", QUERIES, ids=[ascii(words[:20]) for words in QUERIES])
def test_hostile_words(forks: Forks, plain: Home, words: str) -> None:
    for args in (["describe", "--"], ["describe", "folk", "--more"], ["ls"]):
        last = f"describe:{words}" if args == ["ls"] else words
        done = well(forks.run(plain, *args, last), may_refuse=True)
        assert_printable(done.err)


@pytest.fixture(scope="module")
def plain(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("plain"))
    home.add(*({"title": f"t{n}", "genres": ["Folk"], "mood": "sad"} for n in range(6)))
    well(forks.run(home, "melindex"))
    return home


NAMES = [
    "../up",
    "/etc/melscribe-test",
    "a/../../up",
    "..",
    ".",
    "",
    " ",
    ".hidden",
    "a//b",
    "~/home",
    "~root",
    "C:\\x",
    "\\\\server\\share",
    "..\\up",
    "CON",
    "nul.m3u8",
    "com1 .m3u",
    "/dev/full",
    "line\nbreak",
    "nul\x00",
    "\x1b[2J",
    "a" * 300,
    "é" * 200,
    "\udcff",
    "x/" * 200 + "y",
    "-n",
    "--play",
    "*.m3u8",
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned",
    "ok",
]


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name[:20]) for name in NAMES])
def test_hostile_names_of_playlists(forks: Forks, plain: Home, tmp_path: Path, name: str) -> None:
    lists = tmp_path / "in" / "lists"
    lists.mkdir(parents=True)
    before = {path for path in plain.folder.rglob("*") if "melscribe" not in path.name}
    saved = well(forks.run(plain, "describe", "sad folk", f"--save={name}"), may_refuse=True)
    done = well(
        forks.run(plain, "describe", "--update", "--playlist-dir", str(lists)), may_refuse=True
    )
    assert_printable(done.err + saved.err)
    outside = [path for path in tmp_path.rglob("*") if lists not in (path, *path.parents)]
    assert outside == [lists.parent]
    after = {path for path in plain.folder.rglob("*") if "melscribe" not in path.name}
    assert after == before
    well(forks.run(plain, "describe", "--forget", "--", name), may_refuse=True)
    (plain.folder / "library.db.melscribe.saved.yaml").unlink(missing_ok=True)


def test_a_playlist_at_a_device_or_a_pipe(forks: Forks, plain: Home, tmp_path: Path) -> None:
    plain.make_files()
    os.mkfifo(tmp_path / "pipe")
    for place in ("/dev/full", "/dev/null", str(tmp_path / "pipe"), "/proc/self/mem"):
        done = well(forks.run(plain, "describe", "sad folk", "-m", place), may_refuse=True)
        assert done.code == 1, place
        assert "was not written" in done.err
    assert Path("/dev/null").is_char_device()
