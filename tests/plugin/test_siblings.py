"""The setting `siblings`: tracks without a genre are lent those of their album or artist."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.plugin.test_changes import ATTRIBUTES_OF_TRACKS, OF_ALBUMS, OF_TRACKS, SHAPES
from tests.support.five_tracks import ALL, SETTINGS, fill, lines, write
from tests.support.fresh import assert_as_new, made_anew
from tests.support.home import Home
from tests.support.inside import beet

WITH = {**SETTINGS, "siblings": True}


def album(number: int, genres: list[str], **fields: Any) -> list[dict[str, Any]]:
    """Return the tracks of an album, one for each genre; "" for none."""
    return [
        {
            "title": f"{number}-{at}",
            "album": f"album {number}",
            "album_id": number,
            "artist": "Ann",
            **fields,
            "genres": [genre] if genre else [],
        }
        for at, genre in enumerate(genres, 1)
    ]


@pytest.fixture
def home(home: Home) -> Home:
    home.configure(**WITH)
    return home


def shown(home: Home) -> dict[str, list[str]]:
    """Return title -> the lines of `melindex --show` below it."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in beet(home, "melindex", "--show").splitlines():
        if line.startswith(" "):
            found[title].append(line.strip())
        else:
            title = line.rsplit(" - ", 1)[-1]
            found[title] = []
    return found


# -- what is lent


def test_the_album_lends_what_its_tagged_tracks_share(home: Home) -> None:
    home.add(*album(1, ["Shoegaze", "Shoegaze", "Shoegaze", "", ""]))
    said = beet(home, "melindex")
    assert "2 tracks without genre: lent by album or artist" in said
    found = shown(home)
    assert found["1-1"] == ["shoegaze  <- genres"]
    assert found["1-4"] == found["1-5"] == ["album: shoegaze"]


@pytest.mark.parametrize(
    ("genres", "lent"),
    [
        (["Folk", "Folk", "Folk", "Dub", "Dub", ""], ["album: folk"]),  # 3 of 5: 60 %
        (["Folk", "Folk", "Dub", "Dub", ""], ["no descriptors"]),  # 2 of 4
        (["Folk", ""], ["album: folk"]),
        (["", ""], ["no descriptors"]),
    ],
)
def test_the_share_decides(home: Home, genres: list[str], lent: list[str]) -> None:
    home.add(*album(1, genres))
    beet(home, "melindex")
    assert shown(home)[f"1-{len(genres)}"] == lent


def test_the_artist_lends_where_the_album_has_nothing(home: Home) -> None:
    home.add(
        *album(1, ["Dub", "Dub"]),
        *album(2, ["", ""]),
        *album(3, ["Folk", ""]),
        {"title": "single", "artist": "ANN "},
        {"title": "other", "artist": "Bob"},
    )
    beet(home, "melindex")
    found = shown(home)
    assert found["2-1"] == ["artist: dub"]  # 2 of Ann's 3 tagged tracks
    assert found["3-2"] == ["album: folk"]
    assert found["single"] == ["artist: dub"]  # the same name, written otherwise
    assert found["other"] == ["no descriptors"]


@pytest.mark.parametrize("artist", ["Various Artists", "various artists", "VA", "[unknown]", ""])
def test_a_name_that_many_share_lends_nothing(home: Home, artist: str) -> None:
    home.add(
        {"title": "tagged", "artist": artist, "genres": ["Dub"]},
        {"title": "bare", "artist": artist},
    )
    beet(home, "melindex")
    assert shown(home)["bare"] == ["no descriptors"]


def test_moods_and_years_are_not_lent(home: Home) -> None:
    home.add(*album(1, ["Folk", "Folk", ""], mood="sad")[:2], *album(1, ["", "", ""])[2:])
    beet(home, "melindex")
    assert shown(home)["1-3"] == ["album: folk"]


def test_a_mood_of_its_own_does_not_keep_a_genre_out(home: Home) -> None:
    home.add(*album(1, ["Folk", "Folk"]), *album(1, ["", "", ""], mood="calm")[2:])
    beet(home, "melindex")
    assert shown(home)["1-3"] == ["calm  <- mood", "album: folk"]


def test_a_genre_of_its_own_keeps_others_out(home: Home) -> None:
    home.add(*album(1, ["Folk", "Folk", "Folk", "Polka"]))
    beet(home, "melindex")
    assert shown(home)["1-4"] == ["polka  <- genres"]


def test_siblings_no_lends_nothing(home: Home) -> None:
    home.add(*album(1, ["Folk", "Folk", ""]))
    beet(home, "melindex")
    assert shown(home)["1-3"] == ["album: folk"]
    home.configure(**{**WITH, "siblings": False})
    assert "lent by album or artist" not in beet(home, "melindex")
    assert shown(home)["1-3"] == ["no descriptors"]
    assert "1-3" not in home.titles("folk", "-n", "9")
    home.configure(**WITH)
    assert "1-3" in home.titles("folk", "-n", "9")  # a request notices the setting


def test_what_is_only_heard_is_not_counted_as_lent_by_siblings(home: Home) -> None:
    from tests.support.heard_home import add_clips

    add_clips(home, "techno")
    said = home.beet("melindex", "--listen").stdout
    assert "1 track with descriptors that were heard" in said
    assert "lent by album or artist" not in said


# -- in the answer


def test_own_tags_come_before_lent_ones(home: Home) -> None:
    home.add(*album(1, ["", "Shoegaze", "Shoegaze", ""]))
    tracks = home.ask("shoegaze", "-n", "9")["tracks"]
    assert [track["title"] in ("1-2", "1-3") for track in tracks] == [True, True, False, False]
    assert tracks[1]["score"] > tracks[2]["score"]
    assert tracks[2]["lent"] == [["shoegaze", "album"]]
    assert "lent" not in tracks[0]
    assert tracks[0]["descriptors"] == tracks[2]["descriptors"] == ["shoegaze"]


def test_the_answer_says_who_lends(home: Home) -> None:
    home.add(*album(1, ["Shoegaze", ""]), {"title": "single", "artist": "Ann", "mood": "sad"})
    said = home.beet("describe", "sad shoegaze", "-n", "9", "--explain").stdout
    for lender in ("album: shoegaze", "artist: shoegaze"):
        assert lender in said
    listed = beet(home, "ls", "-f", "$title: $descriptors").splitlines()
    assert sorted(listed) == [
        "1-1: shoegaze",
        "1-2: shoegaze (album)",
        "single: sad, shoegaze (artist)",
    ]


def test_what_is_lent_can_be_excluded(home: Home) -> None:
    home.add(*album(1, ["Shoegaze", ""]), {"title": "folk", "artist": "Bob", "genres": ["Folk"]})
    assert home.titles("guitar music, no shoegaze", "-n", "9") == ["folk"]


# -- changes: by what SQL may do to a library

CHANGES = [
    pytest.param(sql, id=f"{kind}: {what}")
    for kind, table in {
        "track": OF_TRACKS,
        "attribute": ATTRIBUTES_OF_TRACKS,
        "album": OF_ALBUMS,
        "shape": SHAPES,
    }.items()
    for what, (sql, _) in table.items()
]
OF_SIBLINGS = {
    "a new name of the artist": "UPDATE items SET artist = 'Dora' WHERE id = 4",
    "the artist of all": "UPDATE items SET artist = 'Ann'",
    "all become various": "UPDATE items SET artist = 'Various Artists'",
    "the only lender goes": "DELETE FROM items WHERE id = 3",
    "the lender becomes another": (
        "DELETE FROM items WHERE id = 3;"
        "INSERT INTO items (id, title, artist, album_id, genres, added)"
        " VALUES (3, 'Lark', 'Bob', 2, 'Soul', 7)"
    ),
    "the one that was lent gets its own": "UPDATE items SET genres = 'Soul' WHERE id = 4",
    "the lender loses its own": "UPDATE items SET genres = '' WHERE id = 3",
    "an album is split": "UPDATE items SET album_id = 9 WHERE id = 4",
    "two albums become one": "UPDATE items SET album_id = 1 WHERE album_id = 2",
    "lender and lent exchange their ids": (
        "UPDATE items SET id = 99 WHERE id = 3; UPDATE items SET id = 3 WHERE id = 4;"
        "UPDATE items SET id = 4 WHERE id = 99"
    ),
    "a lender comes": (
        "INSERT INTO items (id, title, artist, genres, added) VALUES (6, 'Lark', 'Cleo', 'Soul', 7)"
    ),
}
# Sequin has no genre then, and is lent Mirror's; nor has Ember.
BARE = "UPDATE albums SET genres = '' WHERE id = 2; UPDATE items SET genres = '' WHERE id = 5"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("template"))
    home.configure(**WITH)
    fill(home)
    write(home.database, BARE)
    beet(home, "melindex")
    return home


@pytest.fixture
def five(template: Home, home: Home) -> Home:
    shutil.copy(template.database, home.database)
    shutil.copy(template.index, home.index)
    return home


def test_what_the_five_are_lent(five: Home) -> None:
    lines(five, *ALL)
    assert lines(five, "ls", "title:Sequin", "-f", "$descriptors") == [
        "1990s, calm, techno (album)"
    ]


@pytest.mark.parametrize(
    "sql",
    [*CHANGES, *(pytest.param(sql, id=f"siblings: {what}") for what, sql in OF_SIBLINGS.items())],
)
def test_what_is_lent_follows(five: Home, sql: str) -> None:
    lines(five, *ALL)
    write(five.database, sql)
    found = lines(five, *ALL)
    fresh = made_anew(five, **WITH)
    assert found == lines(fresh, *ALL)
    assert_as_new(five.index, fresh.index, sql)
