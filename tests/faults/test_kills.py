"""Killed at any moment: the next command works, what was committed is kept, nothing is half."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from tests.faults.forks import Done, Forks, running
from tests.faults.sizes import cases
from tests.faults.worlds import PATCHES, World
from tests.home import Home

LONGEST = 0.8  # seconds that a command here takes, and a little more
MOMENTS = 60  # that such a command has, and a few more
LASTING = {
    "library.db",
    "library.db.melscribe",
    "library.db.melscribe.seal",
    "library.db.melscribe.hnsw",
    "library.db.melscribe.hnsw.json",
    "library.db.melscribe.last",
}


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def world(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world that goes on from test to test: one disaster comes on top of the others."""
    return World(Home(tmp_path_factory.mktemp("world")), forks)


def stopped(world: World, rng: Random, number: int, *args: str) -> Done:
    """Run a command and send it a signal at a random time, or let it die at a random moment."""
    if number == signal.SIGKILL and rng.random() < 0.5:
        return world.forks.run(world.home, *args, patches=PATCHES, die_at=rng.randrange(MOMENTS))
    process = world.forks.start(world.home, *args, patches=PATCHES)
    time.sleep(rng.uniform(0, LONGEST))
    process.signal(number)
    return process.wait()


def vectors(index: Path) -> dict[str, bytes]:
    """Return the vectors that are committed; nothing before there is any table."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(index)) as db:
        return dict(db.execute("SELECT text, vector FROM texts WHERE vector IS NOT NULL"))
    return {}


@pytest.mark.parametrize("seed", cases(12, 400))
def test_melindex_that_is_killed(world: World, seed: int) -> None:
    rng = Random(seed)
    world.change(rng)
    if rng.random() < 0.1:
        for file in world.home.folder.glob("library.db.melscribe*"):
            file.unlink()
    for _ in range(rng.randrange(1, 4)):
        stopped(world, rng, signal.SIGKILL, "melindex")
    committed = vectors(world.home.index) if rng.random() < 0.5 else {}
    if rng.random() < 0.5:
        world.answer()
    done = world.run("melindex")
    assert "damaged" not in done.err
    kept = vectors(world.home.index)
    assert all(kept[text] == vector for text, vector in committed.items() if text in kept)
    world.assert_whole()
    assert world.beside() <= LASTING


@pytest.mark.parametrize("seed", cases(6, 200))
def test_a_command_that_is_interrupted(world: World, seed: int) -> None:
    """It says so, unless it was done or beets had not come to it yet."""
    rng = Random(seed)
    world.change(rng)
    playlist = world.home.folder / "list.m3u8"
    commands = [
        ("melindex", "--force"),
        ("describe", "sad folk", "-n", "3"),
        ("describe", "sad folk", "-n", "3", "-m", str(playlist)),
        ("ls", "describe:sad folk"),
    ]
    done = stopped(world, rng, signal.SIGINT, *rng.choice(commands))
    if "melscribe" in done.err:  # a traceback through our code
        assert "Traceback" not in done.err, done.err
    assert done.code == (1 if "stopped" in done.err else 0), done
    assert "damaged" not in world.run("melindex").err
    world.assert_whole()
    assert world.beside() <= LASTING


@pytest.mark.parametrize("seed", cases(8, 200))
def test_a_playlist_whose_writer_is_killed(world: World, seed: int) -> None:
    rng = Random(seed)
    playlist = world.home.folder / "lists" / "list.m3u8"
    playlist.parent.mkdir(exist_ok=True)
    for words in ("sad folk", "happy techno"):
        world.run("describe", words, "-m", str(playlist))
        before = playlist.read_bytes()
        ask = ("describe", f"{words} with drums", "-m", str(playlist))
        stopped(world, rng, signal.SIGKILL, *ask)
        after = playlist.read_bytes()
        world.run(*ask)
        assert after in (before, playlist.read_bytes())


@pytest.mark.parametrize("seed", cases(4, 100))
def test_an_update_of_playlists_that_is_killed(world: World, seed: int) -> None:
    rng = Random(seed)
    lists = world.home.folder / "lists"
    lists.mkdir(exist_ok=True)
    update = ("describe", "--update", "--playlist-dir", str(lists))
    for name in ("rainy", "party", "night"):
        words = " ".join(rng.sample(["sad", "happy", "dark", "calm", "folk", "dub"], 2))
        stopped(world, rng, signal.SIGKILL, "describe", words, "--save", name)
        world.run("describe", words, "--save", name)
    before = {path.name: path.read_bytes() for path in lists.iterdir()}
    world.change(rng)
    stopped(world, rng, signal.SIGKILL, *update)
    after = {path.name: path.read_bytes() for path in lists.glob("[!.]*")}
    world.run(*update)
    for name, content in after.items():
        assert content in (before.get(name), (lists / name).read_bytes())
    assert "wrote" not in world.run(*update).out
