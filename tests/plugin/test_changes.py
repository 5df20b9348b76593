"""What programs write to a library by SQL, kind by kind: which request must see it, and how.

Each change is made between two requests. The second must answer as the table says, and so must one
with an index that is made anew.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import mutagen.id3
import pytest
from beets.ui import UserError

from tests.support.five_tracks import (
    ALL,
    DESCRIBED,
    SETTINGS,
    TRACKS,
    assert_seen,
    described,
    fill,
    lines,
    write,
)
from tests.support.fresh import assert_as_new, made_anew, rows
from tests.support.home import Home
from tests.support.inside import beet
from tests.support.paths import AUDIO


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return an indexed home of five tracks; tests work on twins of it."""
    home = Home(tmp_path_factory.mktemp("template"))
    home.configure(**SETTINGS)
    fill(home)
    beet(home, "melindex")
    return home


@pytest.fixture
def home(template: Home, home: Home) -> Home:
    home.configure(**SETTINGS)
    shutil.copy(template.database, home.database)
    shutil.copy(template.index, home.index)
    return home


# -- descriptors

OF_TRACKS = {
    "another genre": (
        "UPDATE items SET genres = 'Blues' WHERE id = 1",
        {"Willow": "1970s, blues, sad, slow"},
    ),
    "a genre is taken": (
        "UPDATE items SET genres = '' WHERE id = 1",
        {"Willow": "1970s, sad, slow"},
    ),
    "NULL": ("UPDATE items SET genres = NULL WHERE id = 1", {"Willow": "1970s, sad, slow"}),
    "the album's shines through": (
        "UPDATE items SET genres = NULL, year = 0 WHERE id = 3",
        {"Mirror": "1990s, fast, trance"},
    ),
    "a number as a text": (  # ID3's genre 17 is Rock
        "UPDATE items SET genres = 17 WHERE id = 1",
        {"Willow": "1970s, rock, sad, slow"},
    ),
    "a text as a number": (
        "UPDATE items SET year = 'about 1971', bpm = 'fast' WHERE id = 1",
        {"Willow": "folk, sad"},
    ),
    "bytes": (  # b"160", which beets reads as the number
        "UPDATE items SET bpm = X'313630' WHERE id = 1",
        {"Willow": "1970s, fast, folk, sad"},
    ),
    "a title in capitals": (
        "UPDATE items SET title = upper(title) WHERE id = 1",
        {"Willow": "WILLOW: 1970s, folk, sad, slow"},
    ),
    "a title with a blank behind": (
        "UPDATE items SET title = title || ' ' WHERE id = 1",
        {"Willow": "Willow : 1970s, folk, sad, slow"},
    ),
    "exchanged genres": (
        "UPDATE items SET genres = CASE id WHEN 1 THEN 'Techno' ELSE 'Folk' END WHERE id IN (1, 3)",
        {"Willow": "1970s, sad, slow, techno", "Mirror": "1990s, fast, folk"},
    ),
    "exchanged ids": (  # the mood of Sequin, track 4, is that of Willow then
        "UPDATE items SET id = 99 WHERE id = 1;"
        "UPDATE items SET id = 1 WHERE id = 4; UPDATE items SET id = 4 WHERE id = 99",
        {"Willow": "1970s, calm, folk, slow", "Sequin": "1990s, trance"},
    ),
    "a deleted track": ("DELETE FROM items WHERE id = 1", {"Willow": ""}),
    "an id that another track gets": (
        "DELETE FROM items WHERE id = 5;"
        "INSERT INTO items (id, title, genres, added) VALUES (5, 'Lark', 'Soul', 7)",
        {"Ember": "Lark: soul"},
    ),
    "a path in another folder": (
        "UPDATE items SET path = CAST('Harbour/Lighthouse/1.mp3' AS BLOB) WHERE id = 1",
        {},
    ),
    "another file name": ("UPDATE items SET path = CAST(path || '3' AS BLOB) WHERE id = 1", {}),
    "a path as text": ("UPDATE items SET path = CAST(path AS TEXT) WHERE id = 1", {}),
    "no path": ("UPDATE items SET path = NULL WHERE id = 1", {}),
    "another time of adding": ("UPDATE items SET added = added + 100 WHERE id = 1", {}),
    "the same track, added again": (
        "CREATE TEMP TABLE taken AS SELECT * FROM items WHERE id = 1; DELETE FROM items"
        " WHERE id = 1; UPDATE taken SET added = 7; INSERT INTO items SELECT * FROM taken",
        {},
    ),
    "a text beyond a NUL": (
        "UPDATE items SET title = title || char(0) || 'a' WHERE id = 1;"
        "UPDATE items SET title = 'Dawn' || char(0) || id WHERE id = 2",
        {
            "Willow": "Willow\0a: 1970s, folk, sad, slow",
            "Heron": "Dawn\x002: 1970s, jazz, mid-tempo, sad",
        },
    ),
    "another id": (  # its mood stays behind
        "UPDATE items SET id = 77 WHERE id = 4",
        {"Sequin": "1990s, trance"},
    ),
}
ATTRIBUTES_OF_TRACKS = {
    "inserted": (
        "INSERT INTO item_attributes (entity_id, key, value) VALUES (5, 'mood', 'happy')",
        {"Ember": "1980s, blues, happy"},
    ),
    "before the album's": (
        "INSERT INTO item_attributes (entity_id, key, value) VALUES (1, 'mood', 'happy')",
        {"Willow": "1970s, folk, happy, slow"},
    ),
    "empty, so that the album's holds": (
        "INSERT INTO item_attributes (entity_id, key, value) VALUES (1, 'mood', '')",
        {},
    ),
    "changed": ("UPDATE item_attributes SET value = 'happy'", {"Sequin": "1990s, happy, trance"}),
    "NULL": ("UPDATE item_attributes SET value = NULL", {"Sequin": "1990s, trance"}),
    "bytes": ("UPDATE item_attributes SET value = X'ff'", {"Sequin": "1990s, trance"}),
    "deleted": ("DELETE FROM item_attributes", {"Sequin": "1990s, trance"}),
    "of another key": (
        "UPDATE item_attributes SET key = 'venue'",
        {"Sequin": "1990s, trance"},
    ),
    "of another key that describes": (
        "UPDATE item_attributes SET key = 'lyrics_language', value = 'deu'",
        {"Sequin": "1990s, german, trance"},
    ),
    "of another case of its key": (
        "UPDATE item_attributes SET key = 'MOOD'",
        {"Sequin": "1990s, trance"},
    ),
    "of another track": (
        "UPDATE item_attributes SET entity_id = 5",
        {"Sequin": "1990s, trance", "Ember": "1980s, blues, calm"},
    ),
    "a number": (
        "UPDATE item_attributes SET key = 'mood_happy', value = 0.93",
        {"Sequin": "1990s, happy, trance"},
    ),
    "the same value in a new row": (
        "DELETE FROM item_attributes;"
        "INSERT INTO item_attributes (id, entity_id, key, value) VALUES (50, 4, 'mood', 'calm')",
        {},
    ),
}
OF_ALBUMS = {
    "another genre": (
        "UPDATE albums SET genres = 'Soul' WHERE id = 2",
        {"Sequin": "1990s, calm, soul"},
    ),
    "NULL": ("UPDATE albums SET genres = NULL WHERE id = 2", {"Sequin": "1990s, calm"}),
    "another year": (
        "UPDATE albums SET year = 1985 WHERE id = 2",
        {"Sequin": "1980s, calm, trance"},
    ),
    "a text as a number": (
        "UPDATE albums SET year = 'nineties' WHERE id = 2",
        {"Sequin": "calm, trance"},
    ),
    "a compilation": (  # its year is not that of its tracks
        "UPDATE albums SET comp = 1 WHERE id = 2",
        {"Sequin": "calm, trance", "Mirror": "fast, techno"},
    ),
    "a compilation by its type": (
        "UPDATE albums SET albumtypes = 'compilation' WHERE id = 2",
        {"Sequin": "calm, compilation, trance", "Mirror": "compilation, fast, techno"},
    ),
    "an attribute inserted": (
        "INSERT INTO album_attributes (entity_id, key, value) VALUES (2, 'mood', 'happy')",
        {"Mirror": "1990s, fast, happy, techno"},
    ),
    "an attribute for a column of tracks": (
        "INSERT INTO album_attributes (entity_id, key, value) VALUES (2, 'bpm', '60')",
        {"Sequin": "1990s, calm, slow, trance"},
    ),
    "an attribute changed": (
        "UPDATE album_attributes SET value = 'happy'",
        {"Willow": "1970s, folk, happy, slow", "Heron": "1970s, happy, jazz, mid-tempo"},
    ),
    "an attribute deleted": (
        "DELETE FROM album_attributes",
        {"Willow": "1970s, folk, slow", "Heron": "1970s, jazz, mid-tempo"},
    ),
    "an attribute of another key": (
        "UPDATE album_attributes SET key = 'venue'",
        {"Willow": "1970s, folk, slow", "Heron": "1970s, jazz, mid-tempo"},
    ),
    "an attribute of another album": (
        "UPDATE album_attributes SET entity_id = 2",
        {
            "Willow": "1970s, folk, slow",
            "Heron": "1970s, jazz, mid-tempo",
            "Mirror": "1990s, fast, sad, techno",
        },
    ),
    "a number as an attribute": (
        "UPDATE album_attributes SET key = 'mood_happy', value = 0.93",
        {"Willow": "1970s, folk, happy, slow", "Heron": "1970s, happy, jazz, mid-tempo"},
    ),
    "exchanged ids": (
        "UPDATE albums SET id = 9 WHERE id = 1;"
        "UPDATE albums SET id = 1 WHERE id = 2; UPDATE albums SET id = 2 WHERE id = 9",
        {"Sequin": "calm"},  # album 2 is Shore now, without genre and year
    ),
    "deleted, while its tracks stay": (
        "DELETE FROM albums WHERE id = 2",
        {"Sequin": "calm"},
    ),
    "deleted, while its tracks and attributes stay": ("DELETE FROM albums WHERE id = 1", {}),
    "deleted with its attributes": (
        "DELETE FROM albums WHERE id = 1; DELETE FROM album_attributes WHERE entity_id = 1",
        {"Willow": "1970s, folk, slow", "Heron": "1970s, jazz, mid-tempo"},
    ),
    "a track moved to it": (
        "UPDATE items SET album_id = 1 WHERE id = 5",
        {"Ember": "1980s, blues, sad"},
    ),
    "a track moved to another": (
        "UPDATE items SET album_id = 1 WHERE id = 4",
        {"Sequin": "calm"},
    ),
    "a track moved to none": (
        "UPDATE items SET album_id = NULL WHERE id = 1",
        {"Willow": "1970s, folk, slow"},
    ),
    "a track moved to one that does not exist": (
        "UPDATE items SET album_id = 99 WHERE id = 1",
        {"Willow": "1970s, folk, slow"},
    ),
    "one that did not exist for its tracks": (
        "UPDATE items SET album_id = 99 WHERE id = 5;"
        "INSERT INTO albums (id, style) VALUES (99, 'Swing')",
        {"Ember": "1980s, blues, swing"},
    ),
    "a text as a track's album": (
        "UPDATE items SET album_id = 'Shore' WHERE id = 1",
        {"Willow": "1970s, folk, slow"},
    ),
}
SHAPES = {
    "a column whose default describes": (  # each row has it, though none was written
        "ALTER TABLE items ADD COLUMN timbre TEXT DEFAULT 'dark'",
        {
            title: ", ".join(sorted([*DESCRIBED[title].split(", "), "dark sound"]))
            for title in TRACKS
        },
    ),
    "a column in the place of an attribute": (  # then no attribute of tracks is read
        "ALTER TABLE items ADD COLUMN mood TEXT",
        {"Sequin": "1990s, trance"},
    ),
    "a dropped column": (
        "ALTER TABLE items DROP COLUMN bpm",
        {"Willow": "1970s, folk, sad", "Heron": "1970s, jazz, sad", "Mirror": "1990s, techno"},
    ),
    "a dropped column of albums": (
        "ALTER TABLE albums DROP COLUMN genres",
        {"Sequin": "1990s, calm"},
    ),
    "a renamed column": (
        "ALTER TABLE items RENAME COLUMN bpm TO beats",
        {"Willow": "1970s, folk, sad", "Heron": "1970s, jazz, sad", "Mirror": "1990s, techno"},
    ),
    "exchanged columns": (
        "ALTER TABLE items RENAME COLUMN genres TO spare;"
        "ALTER TABLE items RENAME COLUMN comments TO genres;"
        "UPDATE items SET genres = 'Soul' WHERE id = 5",
        {
            "Willow": "1970s, sad, slow",
            "Heron": "1970s, mid-tempo, sad",
            "Mirror": "1990s, fast, trance",
            "Ember": "1980s, soul",
        },
    ),
    "a table of the same rows in another order": (
        "CREATE TABLE others AS SELECT * FROM items ORDER BY id DESC;"
        "DROP TABLE items; ALTER TABLE others RENAME TO items;"
        "UPDATE items SET genres = 'Soul' WHERE id = 5",
        {"Ember": "1980s, soul"},
    ),
    "VACUUM": ("UPDATE items SET genres = 'Soul' WHERE id = 5; VACUUM", {"Ember": "1980s, soul"}),
    "WAL": (
        "PRAGMA journal_mode = WAL; UPDATE items SET genres = 'Soul' WHERE id = 5",
        {"Ember": "1980s, soul"},
    ),
    "WAL and back": (
        "PRAGMA journal_mode = WAL; UPDATE items SET genres = 'Soul' WHERE id = 5;"
        "PRAGMA journal_mode = DELETE",
        {"Ember": "1980s, soul"},
    ),
    "a transaction that is rolled back": (
        "BEGIN; UPDATE items SET genres = 'Polka'; DELETE FROM item_attributes; ROLLBACK",
        {},
    ),
    "savepoints, one of them rolled back": (
        "BEGIN; SAVEPOINT one; UPDATE items SET genres = 'Polka'; ROLLBACK TO one;"
        "UPDATE items SET genres = 'Soul' WHERE id = 5; COMMIT",
        {"Ember": "1980s, soul"},
    ),
}


@pytest.mark.parametrize(
    ("sql", "changed"),
    [
        pytest.param(*row, id=f"{kind}: {what}")
        for kind, table in {
            "track": OF_TRACKS,
            "attribute": ATTRIBUTES_OF_TRACKS,
            "album": OF_ALBUMS,
            "shape": SHAPES,
        }.items()
        for what, row in table.items()
    ],
)
def test_descriptors_follow(home: Home, sql: str, changed: dict[str, str]) -> None:
    assert_seen(home, sql, ALL, described(**changed))


# -- names

BY_DORA = ["ls", "describe:songs by Dora Quist", "-f", "$title"]
LIKE_DAWN = ["describe", "like Dawn by Ann", "-f", "$title"]
OF_TIDES = ["ls", "describe:the album Blue Tides", "-f", "$title"]
NAMES = {
    "artist": ("UPDATE items SET artist = 'Dora Quist' WHERE id = 1", BY_DORA, ["Willow"]),
    "another case of the artist": (
        "UPDATE items SET artist = 'dORA qUIST' WHERE id IN (1, 5)",
        BY_DORA,
        ["Willow", "Ember"],
    ),
    "artist, in bytes": (
        "UPDATE items SET artist = CAST('Dora Quist' AS BLOB) WHERE id = 1",
        BY_DORA,
        ["Willow"],
    ),
    "artist of the album": (
        "UPDATE items SET albumartist = 'Dora Quist' WHERE id = 3",
        BY_DORA,
        ["Mirror"],
    ),
    "one of several artists": (
        "UPDATE items SET artists = 'Eve\\␀Dora Quist' WHERE id = 3",
        BY_DORA,
        ["Mirror"],
    ),
    "composer, a column": (
        "UPDATE items SET composers = 'Quist, Dora' WHERE id = 2",
        BY_DORA,
        ["Heron"],
    ),
    "composer, an attribute": (
        "INSERT INTO item_attributes (entity_id, key, value) VALUES (5, 'composer', 'Dora Quist')",
        BY_DORA,
        ["Ember"],
    ),
    "composer, an attribute of the album": (
        "INSERT INTO album_attributes (entity_id, key, value) VALUES (2, 'composer', 'Dora Quist')",
        BY_DORA,
        ["Mirror", "Sequin"],
    ),
    "performer, an attribute that was a mood": (
        "UPDATE item_attributes SET key = 'performer', value = 'Dora Quist'",
        BY_DORA,
        ["Sequin"],
    ),
    "performer, an attribute of the album that was a mood": (
        "UPDATE album_attributes SET key = 'performer', value = 'Dora Quist'",
        BY_DORA,
        ["Willow", "Heron"],
    ),
    "a track moved to a composer's album": (
        "UPDATE album_attributes SET key = 'composer', value = 'Dora Quist';"
        "UPDATE items SET album_id = 1 WHERE id = 5; UPDATE items SET album_id = 0 WHERE id = 1",
        BY_DORA,
        ["Heron", "Ember"],
    ),
    "exchanged artists": (
        "UPDATE items SET artist = CASE id WHEN 1 THEN 'Cleo' ELSE 'Ann' END WHERE id IN (1, 5)",
        ["ls", "describe:songs by Cleo", "-f", "$title"],
        ["Willow"],
    ),
    "no artist": (
        "UPDATE items SET artist = NULL WHERE id = 1",
        ["ls", "describe:songs by Ann", "-f", "$title"],
        ["Heron"],
    ),
    # The example itself stays out; before, Dawn is unknown, and all songs by Ann are the example.
    "title": (
        "UPDATE items SET title = 'Dawn' WHERE id = 1",
        LIKE_DAWN,
        ["Heron", "Mirror", "Sequin", "Ember"],
    ),
    "title, in capitals": (
        "UPDATE items SET title = 'DAWN' WHERE id = 2",
        LIKE_DAWN,
        ["Willow", "Mirror", "Sequin", "Ember"],
    ),
    "a track by the artist": (
        "UPDATE items SET title = 'Dawn', artist = 'Ann' WHERE id = 5",
        LIKE_DAWN,
        ["Willow", "Heron", "Mirror", "Sequin"],
    ),
    "album": ("UPDATE items SET album = 'Blue Tides' WHERE id > 3", OF_TIDES, ["Sequin", "Ember"]),
}


@pytest.mark.parametrize(("sql", "asked", "expected"), NAMES.values(), ids=NAMES)
def test_names_follow(home: Home, sql: str, asked: list[str], expected: list[str]) -> None:
    assert_seen(home, sql, asked, expected)


# -- demands

EIGHTIES = ["ls", "describe:from the 80s", "-f", "$title"]
NINETIES = ["ls", "describe:from the 90s", "-f", "$title"]
SHORT = ["ls", "describe:under 3 minutes", "-f", "$title"]
SLOW = ["ls", "describe:slow, under 90 bpm", "-f", "$title"]
DEMANDS = {
    "year": ("UPDATE items SET year = 1985 WHERE id = 1", EIGHTIES, ["Ember", "Willow"]),
    "year, a text": ("UPDATE items SET year = '1985' WHERE id = 1", EIGHTIES, ["Ember", "Willow"]),
    "no year": ("UPDATE items SET year = NULL WHERE id = 5", EIGHTIES, []),
    "no year, but the album's": (
        "UPDATE items SET year = 0 WHERE id = 3; UPDATE albums SET year = 1985 WHERE id = 2",
        EIGHTIES,
        ["Ember", "Mirror", "Sequin"],
    ),
    "original year": (
        "UPDATE items SET original_year = 1985 WHERE id = 3",
        EIGHTIES,
        ["Ember", "Mirror"],
    ),
    "year of the album": (
        "UPDATE albums SET year = 1985 WHERE id = 2",
        EIGHTIES,
        ["Ember", "Sequin"],
    ),
    "original year of the album": (  # it stands before the year of its tracks
        "UPDATE albums SET original_year = 1985 WHERE id = 2",
        EIGHTIES,
        ["Ember", "Mirror", "Sequin"],
    ),
    "a track on a compilation": (
        "UPDATE items SET comp = 1 WHERE id = 3",
        NINETIES,
        ["Sequin"],
    ),
    "an album that is one": ("UPDATE albums SET comp = 1 WHERE id = 2", NINETIES, []),
    "type": ("UPDATE items SET albumtype = 'compilation' WHERE id = 3", NINETIES, ["Sequin"]),
    "type of the album": (
        "UPDATE albums SET albumtype = 'compilation' WHERE id = 2",
        NINETIES,
        [],
    ),
    "types": ("UPDATE items SET albumtypes = 'compilation' WHERE id = 3", NINETIES, ["Sequin"]),
    "an album that is gone": ("DELETE FROM albums WHERE id = 2", NINETIES, ["Mirror"]),
    "a track moved to an album with a year": (
        "UPDATE items SET year = 0, album_id = 2 WHERE id = 5",
        NINETIES,
        ["Mirror", "Sequin", "Ember"],
    ),
    "a decade among the descriptors": (
        "INSERT INTO item_attributes (entity_id, key, value) VALUES (5, 'usertags', '90s');"
        "UPDATE items SET year = 0 WHERE id = 5",
        NINETIES,
        ["Mirror", "Sequin", "Ember"],
    ),
    "length": ("UPDATE items SET length = 100 WHERE id = 3", SHORT, ["Willow", "Mirror"]),
    "length, a text": ("UPDATE items SET length = 'short' WHERE id = 1", SHORT, []),
    "no length": ("UPDATE items SET length = NULL WHERE id = 1", SHORT, []),
    "exchanged lengths": (
        "UPDATE items SET length = 400 - length WHERE id IN (1, 3)",
        SHORT,
        ["Mirror"],
    ),
    "tempo": ("UPDATE items SET bpm = 70 WHERE id = 2", SLOW, ["Willow", "Heron"]),
    "tempo, a text": ("UPDATE items SET bpm = 'slow' WHERE id = 1", SLOW, []),
    "no tempo": ("UPDATE items SET bpm = 0 WHERE id = 1", SLOW, []),
    "exchanged tempos": ("UPDATE items SET bpm = 220 - bpm WHERE id IN (1, 3)", SLOW, ["Mirror"]),
}


@pytest.mark.parametrize(("sql", "asked", "expected"), DEMANDS.values(), ids=DEMANDS)
def test_demands_follow(home: Home, sql: str, asked: list[str], expected: list[str]) -> None:
    assert_seen(home, sql, asked, expected)


# -- what is read besides

Step = tuple[
    dict[str, Any], str
]  # settings, and what is written before a request is made with them
LATER: dict[str, tuple[list[Step], dict[str, str]]] = {
    "an attribute written while it is no field": (
        [
            ({"fields": ["venue"]}, ""),
            ({}, "INSERT INTO item_attributes (entity_id, key, value) VALUES (5, 'venue', 'lush')"),
            ({"fields": ["venue"]}, ""),
        ],
        {"Ember": "1980s, blues, lush"},
    ),
    "an attribute written when it becomes a field": (
        [
            ({}, "INSERT INTO item_attributes (entity_id, key, value) VALUES (5, 'venue', 'lush')"),
            ({"fields": ["venue"]}, "UPDATE item_attributes SET entity_id = 1 WHERE key = 'venue'"),
        ],
        {"Willow": "1970s, folk, lush, sad, slow"},
    ),
    "a column written before and when it becomes a field": (
        [
            ({}, "UPDATE items SET comments = 'lush' WHERE id > 4"),
            ({"fields": ["comments"]}, "UPDATE items SET comments = 'warm' WHERE id = 1"),
        ],
        {"Ember": "1980s, blues, lush", "Willow": "1970s, folk, sad, slow, warm"},
    ),
    "a column of the album written while it is no field": (
        [
            ({"fields": ["label"]}, "UPDATE albums SET label = 'lush' WHERE id = 2"),
            ({}, "UPDATE albums SET label = 'warm' WHERE id = 2"),
            ({"fields": ["label"]}, ""),
        ],
        {"Mirror": "1990s, fast, techno, warm", "Sequin": "1990s, calm, trance, warm"},
    ),
    "a field that is none any more": (
        [
            ({"fields": ["label"]}, "UPDATE albums SET label = 'lush' WHERE id = 2"),
            ({}, "UPDATE items SET genres = 'Soul' WHERE id = 5"),
        ],
        {"Ember": "1980s, soul"},
    ),
    "junk": (
        [({"junk": ["blues"]}, "UPDATE items SET genres = 'Blues' WHERE id = 1")],
        {"Ember": "1980s", "Willow": "1970s, sad, slow"},
    ),
    "junk that is none any more": (
        [
            ({"junk": ["blues"]}, ""),
            ({}, "UPDATE items SET genres = 'Blues' WHERE id = 1"),
        ],
        {"Willow": "1970s, blues, sad, slow"},
    ),
    "aliases": (
        [({"aliases": {"blues": "jazz"}}, "UPDATE items SET genres = 'Blues' WHERE id = 1")],
        {"Ember": "1980s, jazz", "Willow": "1970s, jazz, sad, slow"},
    ),
    "aliases of other words": (
        [
            ({"aliases": {"blues": "jazz"}}, "UPDATE items SET genres = 'Blues' WHERE id = 1"),
            ({"aliases": {"blues": "soul"}}, "UPDATE items SET genres = 'Folk' WHERE id = 1"),
        ],
        {"Ember": "1980s, soul"},
    ),
}


@pytest.mark.parametrize(("steps", "changed"), LATER.values(), ids=LATER)
def test_settings_and_writes_together(
    home: Home, steps: list[Step], changed: dict[str, str]
) -> None:
    for settings, sql in steps:
        home.configure(**SETTINGS, **settings)
        write(home.database, sql)
        told = lines(home, *ALL)
    assert told == described(**changed)
    fresh = made_anew(home, **SETTINGS, **settings)
    assert lines(fresh, *ALL) == told
    assert_as_new(home.index, fresh.index)


def test_a_folder_is_found_by_its_new_name(home: Home) -> None:
    asked = ["describe", "lighthouse", "-n", "1", "-f", "$title"]
    for track, title in ((5, "Ember"), (2, "Heron")):
        move = "UPDATE items SET path = CAST('Lighthouse/' || id || '.mp3' AS BLOB)"
        write(home.database, "UPDATE items SET path = X'61'")
        assert_seen(home, f"{move} WHERE id = {track}", asked, [title])


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_write_whose_program_goes_on(home: Home, mode: str) -> None:
    lines(home, *ALL)
    with closing(sqlite3.connect(home.database)) as db:
        db.execute(f"PRAGMA journal_mode = {mode}")
        for genre in ("Soul", "Swing"):
            db.execute("UPDATE items SET genres = ? WHERE id = 5", (genre,))
            db.commit()
            assert lines(home, *ALL) == described(Ember=f"1980s, {genre.lower()}")


def test_a_write_that_is_not_finished_is_seen_when_it_is(home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as db:
        db.execute("UPDATE items SET genres = 'Soul' WHERE id = 5")
        assert lines(home, *ALL) == described()
        db.commit()
    assert lines(home, *ALL) == described(Ember="1980s, soul")


@pytest.mark.parametrize(
    "between",
    [
        ["melindex", "id:1"],
        ["melindex", "--pretend"],
        ["melindex", "--show", "id:1"],
        ["ls", "-f", "$descriptors", "id:1"],
        ["-P", "melscribe", "ls"],
    ],
    ids=" ".join,
)
def test_a_command_between_a_write_and_a_request_hides_nothing(
    home: Home, between: list[str]
) -> None:
    lines(home, *ALL)
    write(home.database, "UPDATE items SET genres = 'Soul' WHERE id IN (1, 5)")
    beet(home, *between)
    found = described(Willow="1970s, sad, slow, soul", Ember="1980s, soul")
    assert lines(home, *ALL) == found


def test_a_column_that_ignores_case_is_compared_by_its_letters(home: Home) -> None:
    ignoring = "replace(sql, ' title TEXT', ' title TEXT COLLATE NOCASE')"
    write(
        home.database,
        f"PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = {ignoring}"
        " WHERE name = 'items'; PRAGMA writable_schema = RESET",
    )
    assert rows(home.database, "SELECT 1 FROM items WHERE title = 'WILLOW'") == [(1,)]
    upper = "UPDATE items SET title = upper(title) WHERE id = 1"
    assert_seen(home, upper, ALL, described(Willow="WILLOW: 1970s, folk, sad, slow"))


def test_a_column_without_a_type_tells_whole_numbers_from_others(home: Home) -> None:
    write(home.database, "ALTER TABLE items ADD COLUMN lyrics_instrumental")
    write(home.database, "UPDATE items SET lyrics_instrumental = 1.0 WHERE id = 5")
    one = "UPDATE items SET lyrics_instrumental = 1 WHERE id = 5"
    assert_seen(home, one, ALL, described(Ember="1980s, blues, instrumental"))


def test_a_text_that_is_none_is_an_error_until_it_is_mended(home: Home) -> None:
    lines(home, *ALL)
    write(home.database, "UPDATE items SET title = CAST(X'ff41' AS TEXT) WHERE id = 1")
    with pytest.raises(UserError, match="cannot be read"):
        beet(home, *ALL)
    write(home.database, "UPDATE items SET title = 'Dawn' WHERE id = 1")
    assert lines(home, *ALL) == described(Willow="Dawn: 1970s, folk, sad, slow")


@pytest.mark.parametrize("owner", ["NULL", "'Willow'"])
def test_an_attribute_of_nobody_is_ignored(home: Home, owner: str) -> None:
    sql = f"INSERT INTO item_attributes (entity_id, key, value) VALUES ({owner}, 'mood', 'happy')"
    assert_seen(home, sql, ALL, described())


# -- moods in audio files


def tagged(path: Path, mood: str) -> None:
    """Write a mood where beets does not look; all files have the same time."""
    shutil.copy(AUDIO / "silence.mp3", path)
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TMOO(text=[mood]))
    tags.save(path)
    os.utime(path, (1e9, 1e9))


@pytest.fixture
def audible(home: Home) -> Home:
    """Return a home of two tracks, as beets imported them: one warm, the other lush."""
    home.configure()
    write(home.database, "DELETE FROM items; DELETE FROM albums")
    for number, mood in enumerate(("warm", "lush"), 1):
        tagged(home.music / f"{mood}.mp3", mood)
        write(
            home.database,
            "INSERT INTO items (id, title, genres, path, mtime, added) VALUES"
            f" ({number}, '{mood}', 'Folk', CAST('{mood}.mp3' AS BLOB), 1e9, {number})",
        )
    assert lines(home, *ALL) == ["lush: folk, lush", "warm: folk, warm"]
    return home


def test_the_mood_of_a_file_goes_with_its_track(audible: Home) -> None:
    swap = "UPDATE items SET id = 9 WHERE id = 1; UPDATE items SET id = 1 WHERE id = 2;"
    write(audible.database, f"{swap} UPDATE items SET id = 2 WHERE id = 9")
    assert lines(audible, *ALL) == ["lush: folk, lush", "warm: folk, warm"]


def test_an_id_that_is_used_again_has_the_mood_of_its_new_file(audible: Home) -> None:
    """The new track has the values of the old one, but another file and time of adding."""
    write(
        audible.database,
        "DELETE FROM items WHERE id = 2; CREATE TEMP TABLE taken AS SELECT * FROM items;"
        "DELETE FROM items; UPDATE taken SET added = 7, path = CAST('lush.mp3' AS BLOB);"
        "INSERT INTO items SELECT * FROM taken",
    )
    assert lines(audible, *ALL) == ["warm: folk, lush"]


def test_a_mood_of_a_file_that_beets_saw_change(audible: Home) -> None:
    tagged(audible.music / "warm.mp3", "dreamy")
    write(audible.database, "UPDATE items SET mtime = 1e9 + 1 WHERE id = 1")
    assert lines(audible, *ALL) == ["lush: folk, lush", "warm: dreamy, folk"]


def test_moods_of_files_come_and_go_with_the_setting(audible: Home) -> None:
    audible.configure(file_tags=False)
    write(audible.database, "UPDATE items SET genres = 'Jazz' WHERE id = 1")
    assert lines(audible, *ALL) == ["lush: folk", "warm: jazz"]
    audible.configure()
    write(audible.database, "UPDATE items SET genres = 'Soul' WHERE id = 2")
    assert lines(audible, *ALL) == ["lush: lush, soul", "warm: jazz, warm"]
