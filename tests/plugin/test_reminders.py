"""That most of a library has no tags is said, and not too often."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.support.home import Home

SAID = (
    "3 of 5 tracks have no tags: they are found by their names only; `beet melindex --bare` lists"
    " them, `--listen` hears them"
)


@pytest.fixture
def poor(home: Home) -> Home:
    """Return a home with three tracks of five that nothing describes."""
    home.configure(file_tags=False)
    tagged = [{"title": title, "artist": title, "genres": ["Folk"]} for title in "ab"]
    home.add(*tagged, *({"title": title, "artist": title} for title in "cde"))
    home.beet("melindex")
    return home


def said_file(home: Home) -> Path:
    return home.index.with_name(home.index.name + ".said")


def reminded(home: Home, *args: str) -> int:
    """Return how often a request says it."""
    return home.beet("describe", *(args or ("folk",))).stderr.count(SAID)


def test_it_is_said_once_a_day(poor: Home) -> None:
    assert reminded(poor) == 1
    before = poor.index.read_bytes()
    assert reminded(poor) == 0
    now = time.time()
    for age, times in ((80_000, 0), (86_500, 1), (0, 0), (-90_000, 1), (10**9, 1)):
        os.utime(said_file(poor), (now - age, now - age))
        assert reminded(poor) == times, age
    assert poor.index.read_bytes() == before  # asking writes nothing there
    assert said_file(poor).read_bytes() == b""


def test_it_is_said_where_nothing_fits(poor: Home) -> None:
    strict = poor.with_settings(file_tags=False, min_score=0.999)
    done = strict.beet("describe", "thrash metal", code=1)
    assert done.stderr.splitlines()[0] == SAID
    assert "error: no track fits" in done.stderr


def test_scripts_and_queries_are_spared(poor: Home) -> None:
    assert SAID not in poor.ask("folk")["notes"]
    assert SAID not in poor.beet("ls", "describe:folk").stderr
    assert not said_file(poor).exists()
    assert reminded(poor) == 1


def test_each_library_has_its_own_day(poor: Home) -> None:
    assert reminded(poor) == 1
    other = poor.folder / "other.db"
    other.write_bytes(poor.database.read_bytes())
    done = poor.beet("-l", str(other), "describe", "folk")
    assert SAID in done.stderr


@pytest.mark.parametrize("tagged", [2, 3])
def test_half_is_not_most(home: Home, tagged: int) -> None:
    home.configure(file_tags=False)
    genres = [["Folk"]] * tagged + [[]] * 2
    home.add(*({"title": str(n), "genres": of} for n, of in enumerate(genres)))
    assert "found by their names only" not in home.beet("describe", "folk").stderr


def test_where_it_cannot_be_noted_it_is_not_said(poor: Home) -> None:
    said_file(poor).symlink_to(poor.folder / "no such folder" / "file")
    assert reminded(poor) == 0
    assert reminded(poor) == 0
