"""A taste, when commands are killed, disks full, several at work, and libraries hold anything."""

from __future__ import annotations

import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.faults.forks import Done, Forks
from tests.faults.hostile import assert_printable, fill, well
from tests.faults.sizes import cases
from tests.faults.test_damage import damage
from tests.faults.test_kills import stopped
from tests.faults.worlds import PATCHES, REQUEST, World, scores
from tests.support.home import Home

LEARN = ("melindex", "--taste")
LIKED = {"like": ["genres:folk"]}
HOSTILE = ["rating:3..", "bpm:60.. , ^mood:..0", "last_played:2001.. , ^title::."]


class Taster:
    """A library whose owner likes folk, what is then answered, and the file of that taste."""

    def __init__(self, home: Home, forks: Forks) -> None:
        self.world = World(home, forks, tracks=120)
        home.configure(file_tags=False, taste=LIKED)
        self.file = home.folder / "library.db.melscribe.taste"
        self.world.run(*LEARN)
        self.whole = self.file.read_bytes()
        self.expected = self.world.answer()

    def run(self, *args: str, **options: int) -> Done:
        """Run a command that may fail, but not with a traceback."""
        done = self.world.forks.run(self.world.home, *args, patches=PATCHES, **options)
        assert "Traceback" not in done.err, done.err
        return done

    def assert_whole(self) -> None:
        """Say that a request is answered as at first, from the same taste, and no file is left."""
        assert self.world.answer() == self.expected
        assert self.file.read_bytes() == self.whole
        assert not list(self.world.home.folder.glob(".melscribe-*"))


@pytest.fixture(scope="module")
def taster(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Taster:
    return Taster(Home(tmp_path_factory.mktemp("taster")), forks)


def test_the_taste_counts_in_these_tests(taster: Taster) -> None:
    found = json.loads(taster.run(*REQUEST).out)
    assert found["taste"]["weight"] > 0
    assert taster.expected != scores(taster.run(*REQUEST, "--no-taste"))
    taster.assert_whole()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "stopped"])
@pytest.mark.parametrize("seed", cases(6, 200))
def test_learning_that_ends_early(taster: Taster, number: int, seed: int) -> None:
    """What is kept is the old taste, the new one, or none, which is learned by the next request."""
    rng = Random(seed)
    before = rng.choice([b"", taster.whole])
    taster.file.write_bytes(before)
    stopped(taster.world, rng, number, *LEARN)
    assert taster.file.read_bytes() in (before, taster.whole)
    taster.assert_whole()


@pytest.mark.parametrize("seed", cases(4, 100))
def test_forgetting_that_ends_early(taster: Taster, seed: int) -> None:
    taster.run(*LEARN)
    stopped(taster.world, Random(seed), signal.SIGKILL, *LEARN, "--forget")
    forgotten = "is forgotten" in taster.run(*LEARN, "--show").out
    assert forgotten == (taster.file.read_bytes() != taster.whole)
    taster.run(*LEARN)
    taster.assert_whole()


@pytest.mark.parametrize("size", [2_000, 4_000])
def test_a_disk_that_is_full(taster: Taster, size: int) -> None:
    """A taste that cannot be kept counts all the same; what is said needs less than it does."""
    assert size < len(taster.whole)
    ask = ("describe", "sad folk with piano", "-n", "50", "-f", "$id")
    expected = taster.run(*ask).out
    taster.file.unlink()
    asked, learned = (taster.run(*args, file_size=size) for args in (ask, LEARN))
    assert not taster.file.exists()
    assert (asked.code, asked.out) == (0, expected)
    assert learned.code == 0
    assert "used in answers" in learned.out
    for done in (asked, learned):
        assert "your taste cannot be kept: File too large\n" in done.err
    taster.run(*LEARN)
    taster.assert_whole()


@pytest.mark.parametrize("seed", cases(15, 600))
def test_any_damage_is_learned_away(taster: Taster, seed: int) -> None:
    taster.file.write_bytes(taster.whole)
    damage(taster.file, Random(f"taste {seed}"))
    taster.assert_whole()


@pytest.mark.parametrize("seed", cases(2, 40))
def test_several_that_learn_and_ask_at_once(taster: Taster, seed: int) -> None:
    rng = Random(seed)
    taster.file.unlink(missing_ok=True)
    commands = [LEARN, LEARN, REQUEST, REQUEST, (*LEARN, "--pretend")]
    rng.shuffle(commands)
    start = taster.world.forks.start
    started = [start(taster.world.home, *args, patches=PATCHES) for args in commands]
    for command, process in zip(commands, started, strict=True):
        done = process.wait()
        assert (done.code, "Traceback" in done.err) == (0, False), done
        if command == REQUEST:
            assert scores(done) == taster.expected
    taster.assert_whole()


@pytest.mark.parametrize("seed", cases(1, 20))
def test_a_library_that_holds_whatever_sqlite_lets(forks: Forks, tmp_path: Path, seed: int) -> None:
    """Ratings and dates of any type, names of any bytes: what is no number is none."""
    home, rng = Home(tmp_path), Random(seed)
    fill(home, rng)
    odd = [None, "", "None", "nan", "-inf", "9" * 400, b"\xff\0", "4", 4, 4.5, "1e300", "\0", "٤"]
    with closing(sqlite3.connect(home.database)) as db, db:
        ids = [row[0] for row in db.execute("SELECT id FROM items")]
        for name in ("rating", "last_played", "play_count", "plex_lastviewedat"):
            rows = [(track, name, rng.choice(odd)) for track in ids]
            db.executemany("INSERT OR REPLACE INTO item_attributes VALUES (NULL, ?, ?, ?)", rows)
    music = home.music
    (home.folder / "list.m3u").write_bytes(
        b"\n".join([b"\xff\xfe", bytes(music) + b"/\xff.mp3", b"x" * 70_000, b"%ff%00", b"\0"])
    )
    for like in HOSTILE:
        home.configure(taste={"like": [like], "playlists": ["list.m3u"]}, fields=["comments"])
        said = well(forks.run(home, *LEARN))
        assert_printable(said.out + said.err)
        for options in (("--fresh",), ("--taste", "1", "--explain")):
            done = well(forks.run(home, "describe", "sad folk", *options), may_refuse=True)
            assert_printable(done.out + done.err)
