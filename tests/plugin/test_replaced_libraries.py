"""Other files in the place of a library, and writes that change nothing that is read.

After the first the index answers for the library that is there; after the second it, and every
playlist, stays as it was.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.five_tracks import ALL, SETTINGS, described, fill, lines, write
from tests.support.fresh import assert_as_new, made_anew, rows
from tests.support.home import Home
from tests.support.inside import beet

SOUL = "UPDATE items SET genres = 'Soul' WHERE id = 5"
POLKA = "UPDATE items SET genres = 'Polka' WHERE id = 3"
AFTER_SOUL = described(Ember="1980s, soul")
AFTER_POLKA = described(Mirror="1990s, fast, polka")


@pytest.fixture
def home(home: Home) -> Home:
    """Return a home of five tracks with files and an index."""
    home.configure(**SETTINGS)
    fill(home)
    home.make_files()
    assert lines(home, *ALL) == described()
    return home


def twin(home: Home, name: str = "twin.db") -> Path:
    """Return a copy of the library, of the same time."""
    return Path(shutil.copy2(home.database, home.folder / name))


def in_place(source: Path, library: Path) -> None:
    """Write a library into the file of another, as `cp -p` does."""
    shutil.copy2(source, library)


def by_name(source: Path, library: Path) -> None:
    """Put a library in the place of another, as `mv` does; the source stays."""
    Path(shutil.copy2(source, f"{library}.new")).replace(library)


PUT = pytest.mark.parametrize("put", [in_place, by_name], ids=["cp", "mv"])
Put = Callable[[Path, Path], None]


def counted(library: Path) -> tuple[int, int]:
    """Return SQLite's count of changes of a library, and its size.

    See https://www.sqlite.org/fileformat.html#file_change_counter
    """
    content = library.read_bytes()
    return struct.unpack(">I", content[24:28])[0], len(content)


def assert_answers(home: Home, expected: list[str], *at: str) -> None:
    """Assert that the library that is there is answered for."""
    assert lines(home, *at, *ALL) == expected
    fresh = made_anew(home, **SETTINGS)
    assert lines(fresh, *at, *ALL) == expected
    assert_as_new(home.index, fresh.index)


# -- another library


@PUT
def test_a_backup_is_restored(home: Home, put: Put) -> None:
    backup = twin(home)
    write(home.database, SOUL)
    assert_answers(home, AFTER_SOUL)
    put(backup, home.database)
    assert_answers(home, described())


@PUT
def test_a_backup_is_restored_after_a_write_that_no_request_saw(home: Home, put: Put) -> None:
    backup = twin(home)
    write(home.database, SOUL)
    put(backup, home.database)
    assert_answers(home, described())


@PUT
def test_a_write_after_a_backup_was_restored(home: Home, put: Put) -> None:
    """It is the first after the backup, as the last one that was read."""
    backup = twin(home)
    write(home.database, SOUL)
    assert_answers(home, AFTER_SOUL)
    read = counted(home.database)
    put(backup, home.database)
    write(home.database, POLKA)
    assert counted(home.database) == read
    assert_answers(home, AFTER_POLKA)


@PUT
def test_a_backup_of_another_index_state_comes_with_its_index(home: Home, put: Put) -> None:
    """The index is restored to an older state than the library."""
    index = Path(shutil.copy2(home.index, home.folder / "index.backup"))
    write(home.database, SOUL)
    assert_answers(home, AFTER_SOUL)
    put(index, home.index)
    assert_answers(home, AFTER_SOUL)


def alike(home: Home) -> Path:
    """Return another copy of the library, with the same count of changes, size and time as it."""
    other = twin(home)
    write(home.database, SOUL)
    write(other, POLKA)
    os.utime(other, (2e9, 2e9))
    os.utime(home.database, (2e9, 2e9))
    assert counted(other) == counted(home.database)
    return other


@pytest.mark.parametrize(
    "put",
    [
        pytest.param(
            in_place,
            id="cp",
        ),
        pytest.param(by_name, id="mv"),
    ],
)
def test_a_copy_with_the_same_count_size_and_time(home: Home, put: Put) -> None:
    other = alike(home)
    assert_answers(home, AFTER_SOUL)
    put(other, home.database)
    assert_answers(home, AFTER_POLKA)


@PUT
def test_melindex_sees_a_copy_with_the_same_count_size_and_time(home: Home, put: Put) -> None:
    other = alike(home)
    assert_answers(home, AFTER_SOUL)
    put(other, home.database)
    beet(home, "melindex")
    assert_answers(home, AFTER_POLKA)


@PUT
def test_a_copy_in_WAL_mode_with_the_same_count_size_and_time(home: Home, put: Put) -> None:
    write(home.database, "PRAGMA journal_mode = WAL")
    other = alike(home)
    assert_answers(home, AFTER_SOUL)
    put(other, home.database)
    assert_answers(home, AFTER_POLKA)


@PUT
def test_an_empty_library_and_back(home: Home, tmp_path: Path, put: Put) -> None:
    (tmp_path / "other").mkdir()
    empty, full = Home(tmp_path / "other").database, twin(home)
    put(empty, home.database)
    assert lines(home, *ALL) == []
    assert rows(home.index, "SELECT count(*) FROM tracks") == [(0,)]
    put(full, home.database)
    assert_answers(home, described())


def test_a_library_that_is_deleted_and_made_again(home: Home) -> None:
    full = twin(home)
    home.database.unlink()
    assert lines(home, *ALL) == []
    in_place(full, home.database)
    write(home.database, SOUL)
    assert_answers(home, AFTER_SOUL)


# -- one index for two libraries


def test_two_libraries_share_an_index(home: Home) -> None:
    other = twin(home)
    write(other, SOUL)
    home.index = home.folder / "shared"
    home.configure(**SETTINGS, index=str(home.index))
    for _ in range(2):
        assert_answers(home, described())
        assert_answers(home, AFTER_SOUL, "-l", str(other))


def test_an_index_that_was_of_another_library(home: Home, tmp_path: Path) -> None:
    """Two tracks have exchanged their ids there."""
    (tmp_path / "other").mkdir()
    other = Home(tmp_path / "other")
    shutil.copy2(home.database, other.database)
    write(
        other.database,
        f"{SOUL}; DELETE FROM items WHERE id = 2; UPDATE items SET id = 9 WHERE id = 1;"
        "UPDATE items SET id = 1 WHERE id = 5; UPDATE items SET id = 5 WHERE id = 9",
    )
    other.index = home.index
    of_other = described(Heron="", Ember="1980s, soul")
    for one, found in ((other, of_other), (home, described()), (other, of_other)):
        one.configure(**SETTINGS, index=str(home.index))
        assert_answers(one, found)


def test_names_are_those_of_the_library_that_is_asked(home: Home) -> None:
    other = twin(home)
    write(other, "UPDATE items SET artist = 'Dora Quist' WHERE id = 1")
    home.configure(**SETTINGS, index=str(home.index))
    by_ann = ["ls", "describe:songs by Ann", "-f", "$title"]
    for _ in range(2):
        assert lines(home, *by_ann) == ["Heron", "Willow"]
        assert lines(home, "-l", str(other), *by_ann) == ["Heron"]


# -- a beets without the plugin


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["modify", "-y", "-W", "-M", "title:Ember", "genres=Soul"], AFTER_SOUL),
        (["modify", "-y", "-W", "-M", "title:Sequin", "mood!"], described(Sequin="1990s, trance")),
        (["remove", "-f", "title:Willow"], described(Willow="")),
        (
            ["modify", "-a", "-y", "-W", "-M", "-I", "album:Lights", "mood=happy"],
            described(Mirror="1990s, fast, happy, techno"),
        ),
    ],
    ids=["genres", "an attribute is deleted", "a track is removed", "an album"],
)
def test_a_beets_without_the_plugin_writes(
    home: Home, args: list[str], expected: list[str]
) -> None:
    beet(home, "-P", "melscribe", *args)
    assert_answers(home, expected)


# -- writes that change nothing that is read

NOTHING = {
    "play_count": "INSERT INTO item_attributes (entity_id, key, value)"
    " SELECT id, 'play_count', id FROM items",
    "last_played, of albums": "INSERT INTO album_attributes (entity_id, key, value)"
    " VALUES (1, 'last_played', '1234567')",
    "rating": "INSERT INTO item_attributes (entity_id, key, value) VALUES (1, 'rating', 0.8)",
    "track": "UPDATE items SET track = 7",
    "comments": "UPDATE items SET comments = 'sad folk from the 60s'",
    "mtime": "UPDATE items SET mtime = mtime + 100",
    "lyrics": "UPDATE items SET lyrics = 'happy jazz'",
    "a row for a key, in another": "UPDATE item_attributes SET id = id + 100",
    "the same values": "UPDATE items SET genres = genres, title = title, year = year",
    "a column without a meaning": "ALTER TABLE items ADD COLUMN shelf TEXT DEFAULT 'left'",
    "an album without tracks": "INSERT INTO albums (id, genres) VALUES (50, 'Polka')",
    "attributes of a track that is not there": "INSERT INTO item_attributes"
    " (entity_id, key, value) VALUES (50, 'mood', 'happy')",
    "VACUUM": "VACUUM",
    "a changed and restored value": "UPDATE items SET genres = genres || 'x';"
    "UPDATE items SET genres = substr(genres, 1, length(genres) - 1)",
}


def saved(home: Home) -> dict[str, Any]:
    """Return settings with two saved descriptions, whose playlists hold the same paths anywhere."""
    described = {"rainy": "sad folk", "old": "from the 70s"}
    return {
        "playlists": [{"name": name, "describe": words} for name, words in described.items()],
        "playlist": {"playlist_dir": "lists", "relative_to": str(home.folder)},
    }


def kept(home: Home) -> list[Any]:
    """Return what must stay: the index's tracks and texts, their revision, an answer, playlists."""
    told = json.loads(beet(home, "describe", "sad folk", "--json"))
    del told["seconds"]
    return [
        told,
        rows(home.index, "SELECT * FROM tracks ORDER BY id"),
        rows(home.index, "SELECT * FROM texts ORDER BY id"),
        rows(home.index, "SELECT * FROM descriptors ORDER BY id"),
        rows(home.index, "SELECT value FROM meta WHERE key = 'revision'"),
        playlists(home),
    ]


def playlists(home: Home) -> list[tuple[Any, ...]]:
    """Return name, number on the disk, time and bytes of each playlist."""
    files = sorted((home.folder / "lists").glob("*"))
    return [
        (file.name, file.stat().st_ino, file.stat().st_mtime_ns, file.read_bytes())
        for file in files
    ]


def with_playlists(home: Home, **settings: Any) -> None:
    """Save two descriptions and write their playlists."""
    home.configure(**SETTINGS, **saved(home), **settings)
    beet(home, "describe", "--update")
    assert len(playlists(home)) == 2


@pytest.mark.parametrize("sql", NOTHING.values(), ids=NOTHING)
def test_what_is_not_read_changes_nothing(home: Home, sql: str) -> None:
    with_playlists(home)
    before = kept(home)
    write(home.database, sql)
    assert kept(home) == before
    told = beet(home, "describe", "--update")
    assert told.splitlines() == ["rainy: unchanged", "old: unchanged"]
    assert playlists(home) == before[-1]


@pytest.mark.parametrize("change", ["comments=sad folk", "track=7", "play_count=3"])
def test_auto_leaves_playlists_alone_after_a_change_that_is_not_read(
    home: Home, change: str
) -> None:
    with_playlists(home, auto=True)
    before = kept(home)
    beet(home, "modify", "-y", "-W", "-M", "title:Willow", change)
    assert kept(home) == before


@pytest.mark.parametrize("way", ["auto", "update"])
@pytest.mark.parametrize("sql", [SOUL, "DELETE FROM items WHERE id = 5"])
def test_playlists_follow_what_another_program_wrote(home: Home, way: str, sql: str) -> None:
    with_playlists(home, auto=True)
    write(home.database, f"{sql}; UPDATE items SET genres = 'Metal' WHERE id = 1")
    if way == "auto":
        beet(home, "modify", "-y", "-W", "-M", "title:Heron", "comments=nothing")
    else:
        beet(home, "describe", "--update")
    written = {name: content for name, *_, content in playlists(home)}
    fresh = made_anew(home, **SETTINGS, **saved(home))
    beet(fresh, "describe", "--update")
    assert written == {name: content for name, *_, content in playlists(fresh)}


def test_a_change_that_is_read_is_seen_after_one_that_is_not(home: Home) -> None:
    for nothing in (NOTHING["play_count"], NOTHING["VACUUM"], NOTHING["mtime"]):
        write(home.database, nothing)
        assert_answers(home, described())
    write(home.database, SOUL)
    assert_answers(home, AFTER_SOUL)


@PUT
def test_a_taste_is_that_of_the_library_that_is_there(home: Home, put: Put) -> None:
    """The other library has other tracks of the same ids; its owner loves two of them."""
    home.configure(**SETTINGS, taste={"like": "grouping:loved"})
    write(home.database, "UPDATE items SET grouping = 'loved' WHERE id IN (1, 2)")
    other = twin(home)
    write(other, "UPDATE items SET grouping = ''; UPDATE items SET id = id + 10")
    write(other, "UPDATE items SET id = 16 - id; UPDATE items SET grouping = 'loved' WHERE id = 5")
    assert sorted(home.titles("--favourites", "-n", "9")) == ["Heron", "Willow"]
    put(other, home.database)
    assert home.titles("--favourites", "-n", "9") == ["Willow"]
    assert "Heron" in home.titles("folk", "--fresh", "-n", "9")


def test_a_taste_is_learned_again_where_its_tracks_have_other_tags_or_are_gone(home: Home) -> None:
    home.configure(**SETTINGS, taste={"like": "grouping:loved"})
    write(home.database, "UPDATE items SET grouping = 'loved' WHERE id IN (1, 2, 3)")
    home.beet("melindex", "--taste")
    before = (home.folder / "library.db.melscribe.taste").read_bytes()
    write(home.database, "UPDATE items SET grouping = 'loved' WHERE id = 5")  # one more is liked
    home.titles("folk")
    assert (home.folder / "library.db.melscribe.taste").read_bytes() == before
    write(home.database, "UPDATE items SET genres = 'Polka' WHERE id = 1")
    notes = home.ask("folk")["notes"]
    assert not [note for note in notes if note.startswith("taste")]  # it is still not used
    found = home.titles("--favourites", "-n", "9")
    assert sorted(found) == ["Ember", "Heron", "Mirror", "Willow"]
    write(home.database, "DELETE FROM items WHERE id = 2")
    assert sorted(home.titles("--favourites", "-n", "9")) == ["Ember", "Mirror", "Willow"]
