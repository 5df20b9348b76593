"""Several beets at once: one writes, the others wait or say so, and no answer is wrong."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from random import Random

import pytest

from tests.faults.forks import Done, Forks, Process
from tests.faults.sizes import cases
from tests.faults.worlds import PATCHES, REQUEST, World, scores
from tests.support.home import Home

BUSY = "is being updated by another beet; try again when that has finished"
SO_FAR = "another beet is bringing the index up to date; this answer is from what is indexed so far"
# With this a beet that finds another one writing gives up at once.
HASTY = {
    **PATCHES,
    "beetsplug.melscribe.index.PATIENCE": 0.05,
    "beetsplug.melscribe.index.PATIENCE_FIRST": 0.05,
}


@pytest.fixture(scope="module")
def world(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(Home(tmp_path_factory.mktemp("world")), forks, tracks=150)


def ended_well(done: Done, *sentences: str) -> bool:
    """Say whether the command did its work; if not, it ended with one of the sentences."""
    assert "Traceback" not in done.err, done.err
    assert done.code == 0 or any(said in done.err for said in sentences), done
    return done.code == 0


def successes(started: Sequence[Process], *sentences: str) -> int:
    """Wait for all to end well, and return how many did their work."""
    return [ended_well(process.wait(), *sentences) for process in started].count(True)


@pytest.mark.parametrize("patches", [PATCHES, HASTY], ids=["patient", "hasty"])
@pytest.mark.parametrize("seed", cases(2, 60))
def test_index_runs_at_once(world: World, patches: dict[str, float], seed: int) -> None:
    rng = Random(seed)
    world.change(rng)
    started = []
    for _ in range(3):
        started.append(world.forks.start(world.home, "melindex", "--force", patches=patches))
        time.sleep(rng.uniform(0, 0.3))
    assert successes(started, BUSY) >= 1
    world.assert_whole()


@pytest.mark.parametrize("seed", cases(2, 60))
def test_requests_while_the_index_is_written(world: World, seed: int) -> None:
    rng = Random(seed)
    world.run("melindex")
    before = world.answer()
    world.change(rng)
    writing = world.forks.start(world.home, "melindex", patches=PATCHES)
    asked = []
    for _ in range(4):
        time.sleep(rng.uniform(0, 0.15))
        asked.append(world.forks.start(world.home, *REQUEST, patches=HASTY))
    done = [process.wait() for process in asked]
    assert ended_well(writing.wait(), BUSY)
    world.run("melindex")
    after = world.answer()
    for one in done:
        assert ended_well(one)
        if SO_FAR not in json.loads(one.out)["notes"]:
            assert scores(one) in (before, after)
        for track, score in scores(one).items():
            assert any(abs(score - told.get(track, 9)) < 0.05 for told in (before, after))


@pytest.mark.parametrize("seed", cases(1, 40))
def test_first_requests_at_once(world: World, seed: int) -> None:
    for file in world.home.folder.glob("library.db.melscribe*"):
        file.unlink()
    asked = [world.forks.start(world.home, *REQUEST, patches=PATCHES) for _ in range(3)]
    answers = [process.wait() for process in asked]
    assert all(map(ended_well, answers))
    assert scores(answers[0]) == scores(answers[1]) == scores(answers[2])
    for file in world.home.folder.glob("library.db.melscribe*"):
        file.unlink()
    asked = [world.forks.start(world.home, *REQUEST, patches=HASTY) for _ in range(3)]
    assert successes(asked, BUSY) >= 1
    world.assert_whole()


@pytest.mark.parametrize("seed", cases(2, 60))
def test_another_beet_that_writes_the_library_meanwhile(world: World, seed: int) -> None:
    rng = Random(seed)
    world.change(rng)
    started = [
        world.forks.start(world.home, *args, patches=PATCHES) for args in (["melindex"], REQUEST)
    ]
    for _ in range(3):
        time.sleep(rng.uniform(0, 0.2))
        with closing(sqlite3.connect(world.home.database, isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            db.execute("UPDATE items SET genres = 'Polka' WHERE id % 7 = ?", (rng.randrange(7),))
            time.sleep(rng.uniform(0, 0.3))
            db.execute("COMMIT")
    assert successes(started) == 2
    world.assert_whole()


def test_a_library_that_is_held_for_long(world: World) -> None:
    with closing(sqlite3.connect(world.home.database, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        held = [world.forks.start(world.home, *args) for args in (["melindex"], REQUEST)]
        for done in [process.wait() for process in held]:  # beets waits for five seconds
            assert done.code == 1
            assert "database is locked" in done.err
            assert "Traceback" not in done.err
    world.assert_whole()
