"""What the config's `taste:` says is liked: beets queries and playlists -> tracks.

`liked` reads the config and opens the library as a command does. The first half is compared with
`beet ls` where beets can decide by itself: with the plugin on that knows the type of the field.
"""

from __future__ import annotations

import codecs
import os
import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import beets
import pytest
from beets.ui import UserError

from beetsplug.melscribe.likes import Likes, likes
from beetsplug.melscribe.settings import read_settings
from tests.support.five_tracks import write
from tests.support.home import Home
from tests.support.inside import beet, library

DAY = 86_400
RATINGS = {  # title: plex_userrating, as text, in which beets keeps every such value
    "none": "None",
    "minus": "-1",
    "empty": "",
    "zero": "0",
    "seven": "7.5",
    "eight": "8",
    "nine": "9.0",
    "ten": "10",
    "not a number": "nan",
    "endless": "inf",
    "words": "great",
}
LOVED = {"loved": "true", "loved too": "True", "hated": "False"}
RATED = """
INSERT INTO albums (id, album, albumartist) VALUES (1, 'Shore', 'Ann');
INSERT INTO album_attributes (entity_id, key, value) VALUES (1, 'rating', '9');
INSERT INTO item_attributes (entity_id, key, value)
    SELECT id, 'rating', '2' FROM items WHERE title = 'own rating';
"""
RATER = """
from beets.dbcore import types
from beets.plugins import BeetsPlugin

class RaterPlugin(BeetsPlugin):
    item_types = {
        "plex_userrating": types.FLOAT,
        "play_count": types.INTEGER,
        "loved": types.BOOLEAN,
        "last_played": types.DATE,
    }
"""
PLAYED = {  # title: last_played
    "yesterday": str(time.time() - DAY),
    "last year": str(time.time() - 400 * DAY),
    "never": "None",
    "unknown": "",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("likes"))
    (home.folder / "rater.py").write_text(RATER)
    home.add(
        *({"title": title, "plex_userrating": value} for title, value in RATINGS.items()),
        *({"title": title, "loved": value} for title, value in LOVED.items()),
        *({"title": title, "last_played": value} for title, value in PLAYED.items()),
        {"title": "album's rating", "album": "Shore", "album_id": 1, "year": 1994},
        {"title": "own rating", "album": "Shore", "album_id": 1, "year": 1988},
    )
    write(home.database, RATED)
    return home


def found(home: Home, *, rater: bool = False, **taste: Any) -> Likes:
    """Return what a config says is liked, with the plugin of the ratings on or off."""
    home.configure(
        plugins="melscribe rater" if rater else "melscribe",
        pluginpath=home.folder if rater else None,
        taste=taste,
    )
    with library(home) as lib:
        return likes(lib, read_settings(beets.config["melscribe"]))


def titles(home: Home, tracks: Sequence[int]) -> set[str]:
    lib = home.library()
    names = {str(lib.get_item(track).title) for track in tracks}  # type: ignore[union-attr]
    lib._close()
    return names


def liked(home: Home, *queries: str, **options: Any) -> set[str]:
    """Return the titles of what these queries say is liked."""
    return titles(home, found(home, like=[*queries], **options).tracks)


def listed(home: Home, query: str) -> set[str]:
    """Return what `beet ls` lists with the config as it is."""
    return {*beet(home, "ls", "-f", "$title", *shlex.split(query)).splitlines()}


# Ratings and counts

RANGES = {
    "plex_userrating:8..": {"eight", "nine", "ten", "endless"},
    "plex_userrating:8..9": {"eight", "nine"},
    "plex_userrating:0.5..7.5": {"seven"},
    "plex_userrating:.5..": {"seven", "eight", "nine", "ten", "endless"},
    "plex_userrating:9..8": set(),
    "plex_userrating:8": {"eight"},
    "plex_userrating:9": {"nine"},  # written as 9.0
    "plex_userrating:8.0": {"eight"},
    "plex_userrating:8.. ^plex_userrating:10..": {"eight", "nine"},
    "plex_userrating:8..8 , plex_userrating:10": {"eight", "ten"},
    "plex_userrating:8.. title:ni": {"nine"},
    "PLEX_USERRATING:9..9": {"nine"},
}


@pytest.mark.parametrize("query", RANGES)
def test_ratings_are_compared_as_numbers_whether_their_plugin_is_on_or_off(
    home: Home, query: str
) -> None:
    assert liked(home, query) == RANGES[query]
    assert liked(home, query, rater=True) == RANGES[query]


# Without a type beets compares text; with one, what is no number is 0 to it.
@pytest.mark.parametrize(
    ("query", "off", "on"),
    [
        ("plex_userrating:..7.5", {"minus", "zero", "seven"}, {"none", "empty", "words"}),
        ("plex_userrating:0", {"zero"}, {"none", "empty", "words"}),
        ("plex_userrating:-1", {"minus"}, set()),
        ("plex_userrating:-1..0", {"minus", "zero"}, {"none", "empty", "words"}),
    ],
)
def test_what_is_no_number_is_in_no_range_and_0_where_beets_makes_it_one(
    home: Home, query: str, off: set[str], on: set[str]
) -> None:
    assert liked(home, query) == off
    assert liked(home, query, rater=True) == off | on


TYPED = [query for query in RANGES if query.islower()]  # beets has no type for other spellings


@pytest.mark.parametrize("query", [*TYPED, "plex_userrating:..7.5", "^plex_userrating:8.."])
def test_beet_ls_with_the_plugin_on_gives_the_same(home: Home, query: str) -> None:
    ours = liked(home, query, rater=True)
    theirs = listed(home, query)  # in which NaN is in every range
    assert ours - {"not a number"} == theirs - {"not a number"}
    assert "not a number" not in ours or query.startswith("^")


def test_what_is_no_range_is_read_as_beets_reads_it(home: Home) -> None:
    assert liked(home, "plex_userrating::.") == RATINGS.keys() - {"empty"}
    assert liked(home, "plex_userrating:gre") == {"words"}
    assert liked(home, "plex_userrating:=8") == {"eight"}
    assert liked(home, "plex_userrating::^1") == {"ten"}
    assert liked(home, "nosuchfield:5..") == set()


def test_all_but_a_range_is_everything_else_also_what_is_not_rated(home: Home) -> None:
    everything = listed(home, "")
    rest = everything - {"eight", "nine", "ten", "endless"}
    assert liked(home, "^plex_userrating:8..") == rest
    assert {"none", "loved", "own rating"} <= rest


def test_loved_is_true_however_it_is_written(home: Home) -> None:
    assert liked(home, "loved:true") == liked(home, "loved:True") == {"loved", "loved too"}
    assert liked(home, "loved:true", rater=True) == {"loved", "loved too"}
    assert liked(home, "^loved:true loved::.") == {"hated"}


def test_a_track_without_a_rating_has_its_albums(home: Home) -> None:
    assert liked(home, "rating:8..") == {"album's rating"}
    assert liked(home, "rating:..5") == {"own rating"}
    assert liked(home, "rating::.") == {"album's rating", "own rating"}


def test_dates_of_plays_are_dates_whatever_is_in_the_field(home: Home) -> None:
    for rater in (False, True):
        assert liked(home, "last_played:-7d..", rater=rater) == {"yesterday"}
        assert liked(home, "last_played:2000..", rater=rater) == {"yesterday", "last year"}
        assert "never" in liked(home, "^last_played:-7d..", rater=rater)
    assert liked(home, "last_played:..-30d") == {"last year"}


def test_numbers_that_are_no_dates_match_no_date(home: Home) -> None:
    other = home.with_settings()
    other.database = other.folder / "library.db"
    other.database.write_bytes(home.database.read_bytes())
    for at, value in enumerate(("nan", "1e300", "-inf", "soon"), 1):
        write(
            other.database,
            "INSERT INTO item_attributes (entity_id, key, value)"
            f" VALUES ({at}, 'last_played', '{value}')",
        )
    (other.folder / "rater.py").write_text(RATER)
    for rater in (False, True):
        assert liked(other, "last_played:-7d..", rater=rater) == {"yesterday"}


# Other queries


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("year:1990..", {"album's rating"}),
        ("year:..1990 year:1..", {"own rating"}),
        ("album:shore", {"album's rating", "own rating"}),
        ("singleton:false", {"album's rating", "own rating"}),  # only beets knows
        ("singleton:true title:eight", {"eight"}),
        ("singleton:true rating:1..", set()),
        ("singleton:false rating:1..5", {"own rating"}),
        ("singleton:false , plex_userrating:8", {"album's rating", "own rating", "eight"}),
        ("^singleton:true ^rating:5..", {"own rating"}),
        ("nine", {"nine"}),
        ("album:Shore year-", {"album's rating", "own rating"}),  # an order is no matter
    ],
)
def test_any_query_of_beets_may_say_what_is_liked(
    home: Home, query: str, expected: set[str]
) -> None:
    assert liked(home, query) == expected


def test_several_queries_are_several_kinds_of_liking(home: Home) -> None:
    found_ = found(home, like=["plex_userrating:9..", "loved:true", "title:eleven"])
    assert titles(home, found_.tracks) == {"nine", "ten", "endless", "loved", "loved too"}
    assert found_.sources == ("plex_userrating:9.. (3)", "loved:true (2)", "title:eleven (0)")
    assert found_.notes == ("melscribe.taste.like: no track matches title:eleven",)


def test_what_is_excluded_does_not_count(home: Home) -> None:
    found_ = found(home, like="plex_userrating:8..", exclude=["title:ten", "year:1990.."])
    assert titles(home, found_.tracks) == {"eight", "nine", "endless"}
    assert found_.sources == ("plex_userrating:8.. (4)", "1 track excluded")


@pytest.mark.parametrize("nothing", [[], "", "  ", [""]])
def test_an_empty_list_likes_nothing(home: Home, nothing: Any) -> None:
    home.configure(taste={"like": nothing})
    with library(home):
        assert not read_settings(beets.config["melscribe"]).taste.is_set


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("year:soon", "'soon' is not an int or a float"),
        ("plex_userrating::[", "'[' is not a regular expression"),
        ("last_played:soon..", "'soon' is not a valid date/time string"),
        ("title:'", "No closing quotation"),
        ("describe:folk", "a taste cannot follow from descriptions"),
        ("^describe:folk", "a taste cannot follow from descriptions"),
        ("year:1990.. , describe:folk", "a taste cannot follow from descriptions"),
    ],
)
@pytest.mark.parametrize("key", ["like", "exclude"])
def test_a_query_that_cannot_be_read_is_named_with_its_key(
    home: Home, query: str, why: str, key: str
) -> None:
    taste: dict[str, Any] = {"like": "title:ten", key: query}
    with pytest.raises(UserError) as raised:
        found(home, **taste)
    said = str(raised.value)
    assert said.startswith(f"melscribe.taste.{key}: ")
    assert why in said
    assert query.split()[-1] in said


# Playlists

FILES = ["plain", "with space", "café", "hash#1", "100%", "a%20b", "q?x&y"]


class Lists:
    """A library of files with odd names, and playlists beside it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.folder / "lists"
        self.folder.mkdir()
        paths = [os.fsencode(home.music / f"{name}.mp3") for name in FILES]
        paths.append(os.fsencode(home.music) + b"/\xff.mp3")
        names = [*FILES, "no text"]
        home.add(*({"title": t, "path": p} for t, p in zip(names, paths, strict=True)))

    def write(self, content: str | bytes, name: str = "mine.m3u") -> Path:
        file = self.folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def found(self, *files: Path, **playlist: Any) -> Likes:
        self.home.configure(taste={"playlists": [*map(str, files)]}, playlist=playlist)
        with library(self.home) as lib:
            return likes(lib, read_settings(beets.config["melscribe"]))

    def liked(self, content: str | bytes, **playlist: Any) -> set[str]:
        """Return the titles in a playlist of which every line is a track."""
        found_ = self.found(self.write(content), **playlist)
        assert found_.notes == ()
        return titles(self.home, found_.tracks)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Lists:
    return Lists(Home(tmp_path_factory.mktemp("lists")))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("../music/plain.mp3\n../music/with space.mp3\n", {"plain", "with space"}),
        ("../music/plain.mp3", {"plain"}),
        ("plain.mp3\n", {"plain"}),  # in the folder of the music
        ("../music/plain.mp3\r\n../music/café.mp3\r\n", {"plain", "café"}),
        ("#EXTM3U\n#EXTINF:1,A - B\n../music/hash#1.mp3\n\n \n# ../music/q?x&y.mp3\n", {"hash#1"}),
        (codecs.BOM_UTF8 + b"../music/plain.mp3\n", {"plain"}),
        ("../music/plain.mp3\r\n../music/café.mp3\r\n".encode("utf-16"), {"plain", "café"}),
        (b"../music/\xff.mp3\n", {"no text"}),
        ("..\\music\\with space.mp3\r\n..\\music\\plain.mp3\r\n", {"with space", "plain"}),
        ("../music/100%.mp3\n../music/a%20b.mp3\n", {"100%", "a%20b"}),
        ("../music/plain.mp3\n./../music/../music/plain.mp3\n", {"plain"}),
        ("", set()),
        ("#EXTM3U\n", set()),
    ],
)
def test_playlists_are_read_however_they_are_written(
    lists: Lists, content: str | bytes, expected: set[str]
) -> None:
    assert lists.liked(content) == expected


def test_absolute_paths_and_file_addresses(lists: Lists) -> None:
    music = lists.home.music
    assert lists.liked(f"{music}/plain.mp3\n{music}/q?x&y.mp3\n") == {"plain", "q?x&y"}
    assert lists.liked(f"file://{music}/caf%C3%A9.mp3\nfile://localhost{music}/plain.mp3") == {
        "café",
        "plain",
    }


@pytest.mark.parametrize(
    ("content", "playlist", "expected"),
    [
        ("/nas/plain.mp3\n/nas/café.mp3\n", {"prefix": "/nas/"}, {"plain", "café"}),
        ("../music/caf%C3%A9.mp3\n../music/100%25.mp3\n", {"urlencode": True}, {"café", "100%"}),
        ("http://nas/x?caf%C3%A9.mp3", {"prefix": "http://nas/x?", "urlencode": True}, {"café"}),
        ("item:1:x\nitem:3:x\n", {"uri_format": "item:$id:x"}, {"plain", "café"}),
    ],
)
def test_the_form_of_our_own_playlists_is_undone(
    lists: Lists, content: str, playlist: dict[str, Any], expected: set[str]
) -> None:
    assert lists.liked(content, **playlist) == expected


def test_relative_to_is_undone(lists: Lists) -> None:
    deep = lists.home.folder / "deep" / "er"
    assert lists.liked("../../music/plain.mp3", relative_to=str(deep)) == {"plain"}


@pytest.mark.parametrize("playlist", [{}, {"urlencode": True}, {"uri_format": "x:$id"}])
def test_a_playlist_that_melscribe_wrote_is_read_whole(
    lists: Lists, playlist: dict[str, Any]
) -> None:
    lists.home.configure(playlist=playlist, per_artist=0, number=50, fields=["grouping"])
    write(lists.home.database, "UPDATE items SET grouping = 'folk'")
    lists.home.make_files()
    file = lists.folder / "ours.m3u8"
    beet(lists.home, "describe", "folk", "-m", str(file))
    found_ = lists.found(file, **playlist)
    assert titles(lists.home, found_.tracks) == {*FILES, "no text"}
    assert found_.notes == ()


def test_lines_that_name_no_track_are_counted(lists: Lists) -> None:
    music = "../music/plain.mp3\n"
    found_ = lists.found(lists.write(f"{music}../music/gone.mp3\nhttp://radio/stream\n{music}"))
    assert (len(found_.tracks), found_.sources) == (1, ("mine.m3u (1)",))
    assert found_.notes == (
        "melscribe.taste.playlists: in mine.m3u 2 lines name no track of the library",
    )
    (note,) = lists.found(lists.write("item:99"), uri_format="item:$id").notes
    assert "in mine.m3u 1 line names no track" in note


def test_what_is_no_playlist_names_no_track(lists: Lists) -> None:
    found_ = lists.found(lists.write(b"PK\x03\x04\0\0\xff\xfe" * 40))
    assert (found_.tracks, len(found_.notes)) == ((), 1)


def test_a_folder_is_all_its_playlists(lists: Lists, tmp_path: Path) -> None:
    for name, track in {"b.m3u": "plain", "A.M3U8": "café", "c.txt": "100%"}.items():
        (tmp_path / name).write_text(str(lists.home.music / f"{track}.mp3"))
    (tmp_path / "folder.m3u").mkdir()
    (tmp_path / "dangling.m3u").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.m3u")  # reading it would never end
    found_ = lists.found(tmp_path)
    assert found_.sources == ("A.M3U8 (1)", "b.m3u (1)")
    assert titles(lists.home, found_.tracks) == {"plain", "café"}


def test_a_folder_without_playlists_is_said(lists: Lists, tmp_path: Path) -> None:
    found_ = lists.found(tmp_path)
    assert found_.notes == (f"melscribe.taste.playlists: {tmp_path} has no .m3u or .m3u8 file",)


def test_what_cannot_be_read_is_refused(lists: Lists, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.m3u")
    (tmp_path / "dangling.m3u").symlink_to(tmp_path / "nowhere")
    for name, why in {
        "pipe.m3u": "which is no file",
        "dangling.m3u": "which is not there",
        "gone.m3u": "which is not there",
    }.items():
        with pytest.raises(UserError) as raised:
            lists.found(tmp_path / name)
        assert str(raised.value) == f"melscribe.taste.playlists names {tmp_path / name}, {why}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_must_not_be_read_is_refused(lists: Lists, tmp_path: Path) -> None:
    file = tmp_path / "locked.m3u"
    file.touch(mode=0)
    with pytest.raises(UserError, match="cannot be read: Permission denied"):
        lists.found(file)


def test_odd_names_of_playlists_are_printed_on_one_line(lists: Lists) -> None:
    for file in lists.folder.iterdir():
        file.unlink()
    odd = lists.write("gone.mp3\n", "bad\nname\x1b[31m.m3u")
    also = lists.folder / os.fsdecode(b"\xff.m3u")
    also.write_text("gone.mp3\n")
    lists.home.configure(taste={"playlists": [str(odd), str(lists.folder)]}, fields=["grouping"])
    write(lists.home.database, "UPDATE items SET grouping = 'folk'")
    done = lists.home.beet("melindex", "--taste")
    assert "\x1b" not in done.stdout + done.stderr
    notes = [line for line in done.stderr.splitlines() if line.startswith("melscribe.taste")]
    assert [note.split(" in ")[1].rsplit(" 1 ")[0] for note in notes] == [
        "bad name [31m.m3u",
        "bad name [31m.m3u",
        " .m3u",
    ]
    assert done.stdout.splitlines()[0].startswith("from ")
    assert done.stdout.splitlines()[1].startswith("0 liked tracks")
