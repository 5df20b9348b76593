"""Killed at any moment: the next command works, what was committed is kept, nothing is half."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from tests.faults.forks import Done
from tests.faults.sizes import cases
from tests.faults.worlds import PATCHES, World

MOST = {"moment": 60, "line": 110}  # that a command here has, and a few more
BY = pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "stopped"])
LASTING = {
    "library.db",
    "library.db.melscribe",
    "library.db.melscribe.seal",
    "library.db.melscribe.hnsw",
    "library.db.melscribe.hnsw.json",
    "library.db.melscribe.last",
}


def stopped(world: World, rng: Random, number: int, *args: str) -> Done:
    """Run a command and send it a signal, at a random time, moment or line.

    When it is Ctrl-C it says so, unless it was done or beets had not come to it yet.
    """
    if (way := rng.choice(("moment", "line", "time"))) in MOST:
        options = {way: rng.randrange(MOST[way]), "number": number}
        done = world.forks.run(world.home, *args, patches=PATCHES, **options)
    else:
        process = world.forks.start(world.home, *args, patches=PATCHES)
        time.sleep(rng.uniform(0, 1.2 * world.took))
        process.signal(number)
        done = process.wait()
    if number == signal.SIGINT:
        if "melscribe" in done.err:  # a traceback through our code
            assert "Traceback" not in done.err, done.err
        assert done.code == (1 if "stopped" in done.err else 0), done
    return done


def vectors(index: Path) -> dict[str, bytes]:
    """Return the vectors that are committed; nothing before there is any table."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(index)) as db:
        return dict(db.execute("SELECT text, vector FROM texts WHERE vector IS NOT NULL"))
    return {}


@pytest.mark.parametrize("seed", cases(12, 200))
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
    rng = Random(seed)
    world.change(rng)
    commands = [
        ("melindex",),
        ("melindex", "--force"),
        ("describe", "sad folk", "-n", "3"),
        ("ls", "describe:sad folk"),
    ]
    stopped(world, rng, signal.SIGINT, *rng.choice(commands))
    assert "damaged" not in world.run("melindex").err
    world.assert_whole()
    assert world.beside() <= LASTING


@BY
@pytest.mark.parametrize("seed", cases(4, 200))
def test_a_playlist_whose_writer_ends_early(world: World, number: int, seed: int) -> None:
    """It is the old one or the new one."""
    rng = Random(f"{number} {seed}")
    playlist = world.home.folder / "lists" / "list.m3u8"
    playlist.parent.mkdir(exist_ok=True)
    words = rng.choice(("sad folk", "happy techno"))
    world.run("describe", words, "-m", str(playlist))
    before = playlist.read_bytes()
    ask = ("describe", f"{words} with drums", "-m", str(playlist))
    stopped(world, rng, number, *ask)
    after = playlist.read_bytes()
    world.run(*ask)
    assert after in (before, playlist.read_bytes())
    for left in playlist.parent.glob(".melscribe-*"):  # a later command would, after an hour
        left.unlink()


@BY
@pytest.mark.parametrize("seed", cases(2, 200))
def test_an_update_of_playlists_that_ends_early(world: World, number: int, seed: int) -> None:
    rng = Random(f"{number} {seed}")
    lists = world.home.folder / "updated"
    lists.mkdir(exist_ok=True)
    update = ("describe", "--update", "--playlist-dir", str(lists))
    for name in ("rainy", "party", "night"):
        words = " ".join(rng.sample(["sad", "happy", "dark", "calm", "folk", "dub"], 2))
        stopped(world, rng, number, "describe", words, "--save", name)
        world.run("describe", words, "--save", name)
    before = {path.name: path.read_bytes() for path in lists.iterdir()}
    world.change(rng)
    stopped(world, rng, number, *update)
    after = {path.name: path.read_bytes() for path in lists.glob("[!.]*")}
    world.run(*update)
    for name, content in after.items():
        assert content in (before.get(name), (lists / name).read_bytes())
    assert "wrote" not in world.run(*update).out
    world.assert_whole()
