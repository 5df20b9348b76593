"""Every file beside the library says its format: an older one is made anew, a newer one refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from melscribe_core.catalogue.checksum import pack, unpack
from melscribe_core.catalogue.schema import FORMAT
from tests.faults.forks import Forks
from tests.faults.worlds import PATCHES, REQUEST, World
from tests.support.home import Home

OTHERS = (-1, 1)  # the format before, and the one to come


@pytest.fixture(scope="module")
def world(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(Home(tmp_path_factory.mktemp("world")), forks)
    world.run("melindex")
    return world


def repacked(file: Path, step: int) -> None:
    """Write a sealed file as one of another format would be."""
    values = unpack(file.read_bytes())
    file.write_bytes(pack({**values, "format": values["format"] + step}))


def set_format(world: World, found: int) -> None:
    with closing(sqlite3.connect(world.home.index)) as db, db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (found,))


def test_an_older_index_is_made_anew(world: World) -> None:
    expected = world.answer()
    set_format(world, FORMAT - 1)
    world.home.index.with_name("library.db.melscribe.seal").unlink()
    done = world.run(*REQUEST)
    notes = json.loads(done.out)["notes"]
    assert any(f"is of the older format {FORMAT - 1}. It is rebuilt." in note for note in notes)
    assert world.answer() == expected
    world.assert_whole()


def test_a_newer_index_is_left_alone(world: World) -> None:
    set_format(world, FORMAT + 1)
    world.home.index.with_name("library.db.melscribe.seal").unlink()
    before = world.home.index.read_bytes()
    for args in (["melindex"], [*REQUEST], ["ls", "describe:folk"]):
        done = world.forks.run(world.home, *args, patches=PATCHES)
        assert (done.code, "Traceback" in done.err) == (1, False)
        assert f"wanted format {FORMAT}, found format {FORMAT + 1}" in done.err
    assert world.home.index.read_bytes() == before
    set_format(world, FORMAT)
    world.assert_whole()


@pytest.mark.parametrize("step", OTHERS)
@pytest.mark.parametrize("end", [".seal", ".hnsw.json"])
def test_what_can_be_made_again_is_made_again(world: World, end: str, step: int) -> None:
    file = world.home.folder / f"library.db.melscribe{end}"
    expected = world.answer()
    format_ = unpack(file.read_bytes())["format"]
    repacked(file, step)
    assert world.answer() == expected
    assert unpack(file.read_bytes())["format"] == format_
    world.assert_whole()


@pytest.mark.parametrize("step", OTHERS)
def test_a_last_request_of_another_format_is_not_taken_up(world: World, step: int) -> None:
    world.run("describe", "sad folk")
    file = world.home.folder / "library.db.melscribe.last"
    values = json.loads(file.read_bytes())
    file.write_text(json.dumps({**values, "format": values["format"] + step}), encoding="utf-8")
    done = world.forks.run(world.home, "describe", "--again", "more piano", patches=PATCHES)
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert "holds no request that this version can take up again" in done.err
    world.run("describe", "sad folk")
    world.run("describe", "--again", "more piano")


def test_a_saved_description_that_says_what_only_a_later_version_knows(world: World) -> None:
    """It is YAML for people: each entry is checked, key by key."""
    file = world.home.folder / "library.db.melscribe.saved.yaml"
    written = "- name: rainy\n  describe: sad folk\n  weather: rain\n"
    file.write_text(written, encoding="utf-8")
    for args in (["--update"], ["--saved"], ["--forget", "rainy"], ["sad", "--save", "mine"]):
        done = world.forks.run(world.home, "describe", *args, patches=PATCHES)
        assert (done.code, "Traceback" in done.err) == (1, False)
        assert "weather is not a playlist setting" in done.err
    assert file.read_text(encoding="utf-8") == written
    file.unlink()
