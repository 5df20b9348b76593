"""Disks that are full or slow to tell, and clocks that jump."""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.faults.sizes import cases
from tests.faults.worlds import PATCHES, REQUEST, WORDS, World

YEAR = 365 * 86400


@pytest.mark.parametrize("seed", cases(10, 300))
def test_a_disk_that_is_full_at_any_moment(world: World, seed: int) -> None:
    """No file may grow beyond so many bytes: what it costs is work, never what was there."""
    rng = Random(seed)
    world.change(rng)
    if rng.random() < 0.3:
        for file in world.home.folder.glob("library.db.melscribe*"):
            file.unlink()
    size = rng.choice([0, 100, 5_000, 60_000, rng.randrange(200_000)])
    for args in (["melindex"], [*REQUEST]):
        done = world.forks.run(world.home, *args, patches=PATCHES, file_size=size + 2_000)
        assert "Traceback" not in done.err, done.err
        assert done.code == 0 or "error: " in done.err, done
        assert "put aside" not in done.err, done
    world.assert_whole()


@pytest.mark.parametrize("seed", cases(4, 60))
def test_a_playlist_on_a_disk_that_is_full(world: World, seed: int) -> None:
    rng = Random(seed)
    playlist = world.home.folder / "list.m3u8"
    world.run("describe", "sad folk", "-m", str(playlist))
    before = playlist.read_bytes()
    size = rng.randrange(len(before))
    ask = ("describe", "happy techno", "-n", "20", "-m", str(playlist))
    done = world.forks.run(world.home, *ask, patches=PATCHES, file_size=size)
    assert done.code == 1
    assert "Traceback" not in done.err
    assert playlist.read_bytes() == before
    assert not list(world.home.folder.glob(".melscribe-*"))


@pytest.mark.parametrize("seed", cases(4, 60))
def test_an_update_on_a_disk_that_is_full(world: World, seed: int) -> None:
    """The playlist, and the file of what is saved, are the old ones or the new ones."""
    rng = Random(seed)
    lists = world.home.folder / "lists"
    lists.mkdir(exist_ok=True)
    # Long lines, so that what is said, on which the limit lies too, is shorter than the files.
    update = ("describe", "--update", "--playlist-dir", str(lists), "--prefix", "x" * 500)
    files = (lists / "rainy.m3u8", world.home.folder / "library.db.melscribe.saved.yaml")
    save = ("--less", "polka " * 1000, "--save", "rainy")
    world.run("describe", "sad folk", *save)
    world.run(*update)
    world.change(rng)
    world.run("melindex")
    for command in (("describe", f"happy {rng.choice(WORDS)}", *save), update):
        before = [file.read_bytes() for file in files]
        size = rng.randrange(3000, 12_000)
        done = world.forks.run(world.home, *command, patches=PATCHES, file_size=size)
        assert "Traceback" not in done.err, done.err
        assert done.code == 0 or "not written" in done.err, done
        found = [file.read_bytes() for file in files]
        world.run(*command)
        for old, one, file in zip(before, found, files, strict=True):
            assert one in (old, file.read_bytes())
    assert not list(lists.glob(".*"))


@pytest.mark.parametrize("seed", cases(3, 60))
def test_a_clock_that_jumps(world: World, seed: int) -> None:
    rng = Random(seed)
    world.change(rng)
    expected = world.answer()
    for _ in range(2):
        jump = rng.choice([-60 * YEAR, -YEAR, -3600, 3600, YEAR, 75 * YEAR])
        if rng.random() < 0.5:
            for file in rng.sample(sorted(world.home.folder.glob("library.db*")), 2):
                when = max(0, file.stat().st_mtime + jump)
                os.utime(file, (when, when))
        assert world.answer(clock=jump) == expected
        again = world.run("describe", "sad folk", clock=jump)
        assert "index" not in again.err, again.err  # looked through once is enough
        assert world.answer() == expected
    world.change(rng)
    os.utime(world.home.database, (0, 0))
    world.assert_whole()
