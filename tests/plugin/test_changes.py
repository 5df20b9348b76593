"""What programs write to a library by SQL, kind by kind: which request must see it, and how.

Each change is made between two requests. The second must answer as the table says, and so must one
with an index that is made anew. The last tests take every value of every column to every other.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from beets.ui import UserError

from tests.support.fresh import assert_as_new, made_anew, rows
from tests.support.home import Home
from tests.support.inside import beet

# title: artist, album id, genres, year, bpm, length; empty values are those of the album, or unknown
TRACKS: dict[str, tuple[Any, ...]] = {
    "Willow": ("Ann", 1, "Folk", 1971, 80, 100.0),
    "Heron": ("Ann", 1, "Jazz", 1972, 120, 200.0),
    "Mirror": ("Bob", 2, "Techno", 1994, 140, 300.0),
    "Sequin": ("Bob", 2, "", 0, 0, 400.0),
    "Ember": ("Cleo", None, "Blues", 1988, 0, 0.0),
}
ALBUMS = {"Shore": ("Ann", "", 0), "Lights": ("Bob", "Trance", 1995)}  # artist, genres, year
ATTRIBUTES = """
INSERT INTO item_attributes (entity_id, key, value) VALUES (4, 'mood', 'calm');
INSERT INTO album_attributes (entity_id, key, value) VALUES (1, 'mood', 'sad');
"""
# Below 90 bpm is slow, from 130 on fast.
DESCRIBED = {
    "Willow": "1970s, folk, sad, slow",
    "Heron": "1970s, jazz, mid-tempo, sad",
    "Mirror": "1990s, fast, techno",
    "Sequin": "1990s, calm, trance",
    "Ember": "1980s, blues",
}
ALL = ["ls", "describe:folk", "-f", "$title: $descriptors"]
SETTINGS = {"file_tags": False, "per_artist": 0, "per_album": 0}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return an indexed home of five tracks, two of them on each of two albums."""
    home = Home(tmp_path_factory.mktemp("template"))
    home.configure(**SETTINGS)
    names = ("artist", "album_id", "genres", "year", "bpm", "length")
    home.add(
        *(
            {"title": title, **dict(zip(names, values, strict=True)), "genres": [values[2]]}
            for title, values in TRACKS.items()
        )
    )
    for number, (album, (artist, genres, year)) in enumerate(ALBUMS.items(), 1):
        write(
            home.database,
            "INSERT INTO albums (id, album, albumartist, genres, year)"
            f" VALUES ({number}, '{album}', '{artist}', '{genres}', {year});"
            f"UPDATE items SET album = '{album}' WHERE album_id = {number}",
        )
    write(home.database, ATTRIBUTES)
    beet(home, "melindex")
    return home


@pytest.fixture
def home(template: Home, home: Home) -> Home:
    home.configure(**SETTINGS)
    shutil.copy(template.database, home.database)
    shutil.copy(template.index, home.index)
    return home


def write(library: Path, sql: str) -> None:
    """Let a program that is not beets write statements to a library."""
    with closing(sqlite3.connect(library)) as db:
        db.executescript(sql)


def lines(home: Home, *args: str) -> list[str]:
    """Return the lines that a command prints, sorted; none when nothing fits."""
    try:
        return sorted(beet(home, *args).splitlines())
    except UserError as error:
        assert "no track" in str(error), error
        return []


def described(**changed: str) -> list[str]:
    """Return what ALL prints: DESCRIBED with these changes; a track without descriptors is absent.

    A track with another title is given as `Willow="Dawn: 1970s, folk"`.
    """
    said = {title: f"{title}: {found}" for title, found in DESCRIBED.items()}
    said |= {
        title: found if ":" in found else found and f"{title}: {found}"
        for title, found in changed.items()
    }
    return sorted(filter(None, said.values()))


def assert_seen(home: Home, sql: str, asked: Sequence[str], expected: Sequence[str]) -> None:
    """Assert that a request sees a change between it and one before, as a fresh index does."""
    lines(home, *asked)
    write(home.database, sql)
    assert lines(home, *asked) == sorted(expected)
    fresh = made_anew(home, **SETTINGS)
    assert lines(fresh, *asked) == sorted(expected)
    assert_as_new(home.index, fresh.index, sql)


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
