"""Arrays of all tracks: facts and names, kept track by track."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from math import inf
from pathlib import Path

import pytest

from melscribe_core.catalogue.catalogue import Catalogue, open_catalogue
from melscribe_core.catalogue.facts import Fact, Measure
from melscribe_core.catalogue.names import WHOLE, Entries
from melscribe_core.errors import DamagedCatalogueError
from melscribe_core.request.names import NameKind, flag_of, forms_of, shape_of
from melscribe_core.request.resolution import CLOSE
from melscribe_core.request.spelling import sounds_of

FACTS = [
    Fact(3, 30, 1994, 120, 200.0),
    Fact(1, 10, 1972, None, 180.0),
    Fact(2, 10, None, 90.5, 240.5),
    Fact(9, 0, "y", inf, b"long"),  # what a library may hold, and no request asks for
]
HUGE = 1 << 40  # an id that takes more than 32 bits


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    made = open_catalogue(tmp_path / "index")
    with made.writing():
        made.facts.update(None, FACTS)
    return made


@pytest.mark.parametrize(
    ("measure", "low", "high", "fits", "unknown"),
    [
        ("year", 1970, 1979, [1], [2]),
        ("year", 1972, 1994, [1, 3], [2]),
        ("year", None, None, [1, 3], [2]),
        ("year", 1995, None, [], [2]),
        ("tempo", None, 90.5, [2], [1]),
        ("length", 180, 200, [1, 3], []),
        ("length", None, 179.9, [], []),
    ],
)
def test_tracks_within_a_span(
    catalogue: Catalogue,
    measure: Measure,
    low: float | None,
    high: float | None,
    fits: list[int],
    unknown: list[int],
) -> None:
    found = catalogue.facts.within(measure, low, high)
    assert [ids.tolist() for ids in found] == [fits, unknown]


def test_facts_are_replaced_track_by_track(catalogue: Catalogue) -> None:
    with catalogue.writing():
        catalogue.facts.update(
            [1, 2, 9], [Fact(2, 20, 1999, None, None), Fact(HUGE, 40, 1999, 1, 1)]
        )
    assert catalogue.facts.count() == 3
    assert catalogue.facts.within("year", 1990, 1999)[0].tolist() == [2, 3, HUGE]
    assert catalogue.facts.texts_of([2, 3, 5, HUGE]).tolist() == [20, 30, 40]


def test_no_facts_at_all(tmp_path: Path) -> None:
    empty = open_catalogue(tmp_path / "other")
    assert [ids.tolist() for ids in empty.facts.within("year", 1, 2)] == [[], []]
    assert empty.facts.texts_of([1]).tolist() == []
    with empty.writing():
        empty.facts.update([4], [])
    assert empty.facts.count() == 0


def enter(catalogue: Catalogue, gone: list[int] | None, **names: str) -> None:
    """Replace the names of tracks by artists, given by track ("t7")."""
    entries = Entries()
    for track, name in names.items():
        for form in forms_of(name, "artist"):
            entries.add(int(track[1:]), *form)
    with catalogue.writing():
        catalogue.names.update(gone, entries)


def tracks_of(catalogue: Catalogue, name: str) -> list[int]:
    whole = [form.key for form in forms_of(name, "artist") if form.key & WHOLE]
    return catalogue.names.tracks(whole)


def test_names_come_and_go_with_their_tracks(catalogue: Catalogue) -> None:
    enter(catalogue, None, t300="Nick Drake", t2="Nick Drake", t3="Can")
    assert tracks_of(catalogue, "nick drake") == [2, 300]
    enter(catalogue, [2, 3], t2="Can", t1="Nick Drake")
    assert tracks_of(catalogue, "nick drake") == [1, 300]
    assert tracks_of(catalogue, "can") == [2]
    enter(catalogue, [300, 1])
    assert tracks_of(catalogue, "nick drake") == []
    keys = catalogue.names.keys().tolist()
    assert keys == sorted(keys)


def test_a_name_that_a_track_has_twice_is_entered_once(catalogue: Catalogue) -> None:
    entries = Entries()
    for _ in range(2):  # as artist and as album artist
        for form in forms_of("Can", "artist"):
            entries.add(5, *form)
    with catalogue.writing():
        catalogue.names.update(None, entries)
    assert len(catalogue.names.keys()) == 1


def test_names_a_slip_away_keep_their_shape(catalogue: Catalogue) -> None:
    def alike(key: str) -> list[int]:
        near = catalogue.names.alike(flag_of("artist"), *shape_of(key), CLOSE)
        return catalogue.names.tracks(near)

    enter(catalogue, None, t1="Boards of Canada", t2="Can", t3="Björk")
    enter(catalogue, [2], t4="Beach House")
    assert alike("bords of canada") == [1]
    assert alike("beech house") == [4]
    assert alike("can") == []  # its track has gone
    assert catalogue.names.alike(flag_of("title"), *shape_of("bjork"), CLOSE) == []


def test_names_that_sound_alike_are_found_after_changes(catalogue: Catalogue) -> None:
    def sounding(key: str, kind: NameKind = "artist") -> list[int]:
        keys = catalogue.names.sounding(flag_of(kind), sounds_of(key)[0])
        return catalogue.names.samples(keys)

    enter(catalogue, None, t1="Ed Sheeran", t2="Can", t3="Justin Bieber", t5="Justin Bieber")
    assert sounding("ed sharon") == [1]
    enter(catalogue, [2], t4="Adele")
    assert sounding("ed sharon") == [1]
    assert sounding("bibber") == [3]  # one track for each name
    assert sounding("addele") == [4]
    assert sounding("can") == sounding("o") == sounding("addele", "title") == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE columns SET kind = 'what' WHERE name = 'facts.year'",
        "UPDATE columns SET rows = x'00' WHERE name = 'facts.year'",
        "UPDATE columns SET rows = substr(rows, 5) WHERE name = 'facts.year'",
        "UPDATE columns SET rows = 7 WHERE name = 'facts.year'",
    ],
)
def test_arrays_of_another_kind_are_damage(catalogue: Catalogue, damage: str) -> None:
    with closing(sqlite3.connect(catalogue.path)) as db, db:
        db.execute(damage)
    with pytest.raises(DamagedCatalogueError, match="in its columns"):
        catalogue.facts.within("year", 1, 2)


def test_names_with_too_few_shapes_are_damage(catalogue: Catalogue) -> None:
    enter(catalogue, None, t1="Can", t2="Björk")
    with closing(sqlite3.connect(catalogue.path)) as db, db:
        db.execute("UPDATE columns SET rows = x'' WHERE name IN ('names.letters', 'names.length')")
    with pytest.raises(DamagedCatalogueError, match="columns"):
        catalogue.names.alike(flag_of("artist"), *shape_of("can"), CLOSE)
