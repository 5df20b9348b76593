"""What a config says is liked: queries on fields of any writing, and playlists."""

from __future__ import annotations

import codecs
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from beets import plugins
from beets.dbcore import types
from beets.library import Item
from beets.ui import UserError

from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.likes import Likes, likes
from benchmarks.settings import plugin_settings
from melscribe_core.playlist.m3u import Entry, Options, render
from tests.support.home import Home

# What plugins, players and people write: see docs/taste.md.
RATINGS = {
    "nine": "9.0",
    "eight": "8",
    "seven and a half": "7.5",
    "one": "1",
    "none": "None",
    "unrated": "-1",
    "zero": "0",
    "empty": "",
    "words": "very good",
    "nan": "nan",
    "inf": "inf",
}


@pytest.fixture
def rated(home: Home) -> Home:
    home.add(
        *({"title": title, "rating": rating} for title, rating in RATINGS.items()),
        {"title": "without"},
    )
    return home


def liked(home: Home, playlist: dict[str, Any] | None = None, **taste: Any) -> Likes:
    """Return what is liked by these settings."""
    lib = home.library()
    whole = {
        "taste": {**DEFAULTS["taste"], **taste},
        "playlist": {**DEFAULTS["playlist"], **(playlist or {})},
    }
    try:
        return likes(lib, plugin_settings(**whole))
    finally:
        lib._close()


def titles(home: Home, **settings: Any) -> list[str]:
    lib = home.library()
    known = {item.id: item.title for item in lib.items()}
    lib._close()
    return sorted(known[track] for track in liked(home, **settings).tracks)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("rating:8..", ["eight", "inf", "nine"]),
        ("rating:8..10", ["eight", "nine"]),
        ("rating:7.5..8", ["eight", "seven and a half"]),
        ("rating:..0", ["unrated", "zero"]),
        ("rating:-1", ["unrated"]),
        ("rating:8", ["eight"]),
        ("rating:9", ["nine"]),
        ("RATING:9", ["nine"]),
        ("rating:.5..1.5", ["one"]),
        ("rating:good", ["words"]),
        ("rating::^[89]", ["eight", "nine"]),
        ("rating:8.. title:nine", ["nine"]),
        ("rating:9..10 , rating:..-1", ["nine", "unrated"]),
        ("rating:0.. ^rating:1..", ["zero"]),
        ("title:nine", ["nine"]),
        ("year:1990..", []),
    ],
)
def test_numbers_are_compared_as_numbers(rated: Home, query: str, found: list[str]) -> None:
    assert titles(rated, like=[query]) == found


def test_what_is_no_number_matches_no_range_and_is_among_the_others(rated: Home) -> None:
    others = {*RATINGS, "without"} - {"nine", "eight", "inf"}
    assert titles(rated, like=["^rating:8.."]) == sorted(others)


@pytest.mark.parametrize("query", ["rating:8..10", "rating:-1", "^rating:8..10", "rating:..0"])
def test_it_is_the_same_when_the_plugin_is_there(
    rated: Home, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = titles(rated, like=[query])
    monkeypatch.setattr(Item, "_types", {**Item._types, "rating": types.FLOAT})
    assert types.FLOAT in (Item._type("rating"),)
    assert titles(rated, like=[query]) == off


def test_it_is_what_beets_itself_finds_where_it_can(rated: Home) -> None:
    plugins.load_plugins()
    for query in ("title:n", "title::^n", "rating:e", "^title:e", "year:0..3", "id:2..4", ""):
        lib = rated.library()
        expected = tuple(sorted(item.id or 0 for item in lib.items(query)))
        lib._close()
        assert liked(rated, like=[query]).tracks == (expected if query else ())


def test_marks_of_love(home: Home) -> None:
    home.add({"title": "a", "loved": "True"}, {"title": "b", "loved": "1"}, {"title": "c"})
    assert titles(home, like=["loved:true"]) == ["a"]
    assert titles(home, like=["loved:1"]) == ["b"]
    assert titles(home, like=["loved:true", "loved:1"]) == ["a", "b"]
    assert titles(home, like=["loved::."]) == ["a", "b"]
    assert titles(home, like="loved:true") == ["a"]  # one text


def test_an_album_lends_its_tracks_what_it_was_given(home: Home) -> None:
    home.add(*({"title": title, "album_id": 1, "album": "A"} for title in "ab"))
    home.add({"title": "c", "plex_userrating": "9"})
    with closing(sqlite3.connect(home.database)) as db, db:
        db.execute("INSERT INTO albums (id, album) VALUES (1, 'A')")
        db.execute("INSERT INTO album_attributes (entity_id, key, value) VALUES (1, 'liked', '1')")
    assert titles(home, like=["liked:1"]) == ["a", "b"]
    assert titles(home, like=["liked:1", "plex_userrating:8.."]) == ["a", "b", "c"]


def test_a_tracks_own_rating_counts_before_that_of_its_album(home: Home) -> None:
    home.add(*({"title": title, "album_id": 1, "album": "A"} for title in "ab"))
    with closing(sqlite3.connect(home.database)) as db, db:
        db.execute("INSERT INTO albums (id, album) VALUES (1, 'A')")
        db.execute("INSERT INTO album_attributes (entity_id, key, value) VALUES (1, 'rating', 9)")
        db.execute("INSERT INTO item_attributes (entity_id, key, value) VALUES (2, 'rating', 2)")
    assert titles(home, like=["rating:8.."]) == ["a"]
    assert titles(home, like=["rating:..5"]) == ["b"]
    assert titles(home, like=["rating::."]) == ["a", "b"]


@pytest.mark.parametrize("is_typed", [False, True])
def test_a_number_that_is_no_date_matches_no_date(
    home: Home, is_typed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """datetime raises ValueError for NaN and the year 10,000, OverflowError for what is endless."""
    odd = ("nan", "inf", "-inf", "1e300", "300000000000", "soon", "None", "", "-1")
    home.add(*({"title": value or "empty", "last_played": value} for value in odd))
    home.add({"title": "lately", "last_played": "1750000000"})
    if is_typed:
        monkeypatch.setattr(Item, "_types", {**Item._types, "last_played": types.DATE})
    assert titles(home, like=["last_played:2025.."]) == ["lately"]
    assert titles(home, like=["last_played:2025.. singleton:true"]) == ["lately"]
    assert len(titles(home, like=["^last_played:2025.."])) == len(odd)


def test_dates_of_plays_are_dates(home: Home) -> None:
    home.add(
        {"title": "then", "last_played": "1000000000"},  # September 2001
        {"title": "lately", "last_played": "1750000000.5"},  # June 2025
        {"title": "never", "last_played": "None"},
    )
    assert titles(home, like=["last_played:2025.."]) == ["lately"]
    assert titles(home, like=["last_played:..2010"]) == ["then"]
    assert titles(home, like=["last_played:2001-09"]) == ["then"]


def test_fields_that_only_beets_computes(home: Home) -> None:
    home.add({"title": "a", "genres": ["x"], "rating": "9"}, {"title": "b", "rating": "9"})
    assert titles(home, like=["singleton:true"]) == ["a", "b"]
    assert titles(home, like=["singleton:true rating:8.. title:a"]) == ["a"]


def test_what_beets_computes_does_not_change_how_the_rest_is_compared(
    rated: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a plugin types the field, beets reads 0 in "None": asked for all, it lost these."""
    monkeypatch.setattr(Item, "_types", {**Item._types, "rating": types.FLOAT})
    rated.make_files()
    for query in ("^rating:..5", "^rating:..5 filesize:8", "filesize:8 ^rating:..5"):
        found = {*RATINGS, "without"} - {"one", "unrated", "zero"}
        assert titles(rated, like=[query]) == sorted(found)


@pytest.mark.parametrize("key", ["like", "exclude"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("title:'a", "cannot be read"),
        ("year:soon", "soon"),
        ("rating:8.. describe:calm", "a taste cannot follow from descriptions"),
        ("last_played:soon..", "soon"),
        ("play_count-", "cannot sort: play_count-"),
    ],
)
def test_a_query_that_cannot_be_used_is_named(home: Home, key: str, query: str, said: str) -> None:
    with pytest.raises(UserError) as error:
        liked(home, None, **{"like": ["title:x"], key: [query]})
    assert str(error.value).startswith(f"melscribe.taste.{key}: ")
    assert said in str(error.value)
    assert query in str(error.value).replace('"', "")


@pytest.mark.parametrize(
    "query",
    [
        f"rating:{'9' * 5000}..",  # more digits than int reads
        f"rating:..{'9' * 400}",
        "rating:nan..",
        "rating:inf",
        "rating:8..9..10",
        "rating:1e1",
        "rating:\u0668..",  # an Arabic 8
        "rating:",
        "^",
        ",",
        "rating:.. rating:-",
        "a:b:c::d",
        "\udcff\udcfe",
        "%title",
        "id:9999999999999999999999",
        "rating:8.. " * 300,
    ],
)
def test_any_query_is_answered_or_refused_in_a_sentence(rated: Home, query: str) -> None:
    try:
        liked(rated, like=[query], exclude=[f"^{query}"])
    except UserError as error:
        assert str(error).startswith("melscribe.taste.like: ")


def test_what_is_excluded_does_not_count(rated: Home) -> None:
    found = liked(rated, like=["rating:8..10"], exclude=["title:nine", "title:words"])
    assert len(found.tracks) == 1
    assert found.sources == ("rating:8..10 (2)", "1 track excluded")
    assert found.notes == ()


def test_a_query_without_tracks_is_said(rated: Home) -> None:
    found = liked(rated, like=["rating:11..20"])
    assert found.tracks == ()
    assert found.notes == ("melscribe.taste.like: no track matches rating:11..20",)


# -- playlists

NAMES = ("a.mp3", "b c.mp3", "d%20e.mp3", "#f.mp3", "g\u00fc.mp3")


@pytest.fixture
def files(home: Home) -> Home:
    home.add(*({"title": name, "path": str(home.music / name).encode()} for name in NAMES))
    return home


def write(home: Home, lines: list[bytes], name: str = "list.m3u8", end: bytes = b"\n") -> Path:
    path = home.folder / name
    path.write_bytes(end.join(lines) + end)
    return path


WAYS: dict[str, Callable[[str, Home], str]] = {
    "relative": lambda name, home: f"music/{name}",
    "dotted": lambda name, home: f"./music/../music/{name}",
    "absolute": lambda name, home: str(home.music / name),
    "of the music folder": lambda name, home: name if not name.startswith("#") else f"./{name}",
    "an address of a file": lambda name, home: f"file://{quote(str(home.music / name))}",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_playlist_is_matched_by_path(files: Home, way: str) -> None:
    lines = [WAYS[way](name, files).encode() for name in NAMES]
    write(files, [b"#EXTM3U", b"#EXTINF:1,x", *lines])
    found = liked(files, playlists=[str(files.folder / "list.m3u8")])
    assert len(found.tracks) == len(NAMES)
    assert (found.sources, found.notes) == (("list.m3u8 (5)",), ())


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        ({"prefix": "/media"}, "/media{path}"),
        ({"urlencode": True}, "{quoted}"),
        ({"prefix": "http://nas", "urlencode": True}, "http://nas{quoted}"),
        ({"uri_format": "http://nas/item/$id/file"}, "http://nas/item/{id}/file"),
    ],
)
def test_what_the_settings_of_playlists_do_is_undone(
    files: Home, shape: dict[str, Any], line: str
) -> None:
    paths = {at: str(files.music / name) for at, name in enumerate(NAMES, 1)}
    lines = [
        line.format(path=path, quoted=quote(path), id=at).encode() for at, path in paths.items()
    ]
    write(files, lines)
    found = liked(files, playlist=shape, playlists=[str(files.folder / "list.m3u8")])
    assert len(found.tracks) == len(NAMES)


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + b"music/a.mp3\r\nmusic/b c.mp3\r\n",
        "#EXTM3U\nmusic/a.mp3\nmusic/b c.mp3".encode("utf-16"),
        b"music\\a.mp3\r\nmusic\\b c.mp3\r\n",
        b"music/a.mp3\nmusic/a.mp3\n\n\n#\nmusic/b c.mp3\n",
    ],
)
def test_files_of_other_programs_are_read(files: Home, content: bytes) -> None:
    (files.folder / "list.m3u").write_bytes(content)
    assert titles(files, playlists=str(files.folder / "list.m3u")) == ["a.mp3", "b c.mp3"]


def test_a_playlist_in_a_linked_folder_is_read_from_where_it_leads(files: Home) -> None:
    (files.folder / "far" / "away" / "lists").mkdir(parents=True)
    (files.folder / "lists").symlink_to(files.folder / "far" / "away" / "lists")
    file = files.folder / "lists" / "list.m3u8"
    tracks = [
        Entry(id=at, path=bytes(files.music / name), seconds=1.0, artist="", title="")
        for at, name in enumerate(NAMES)
    ]
    file.write_bytes(render(tracks, Options().beside(file, tracks)).content)
    assert b"../../../music/" in file.read_bytes()
    assert len(liked(files, playlists=[str(file)]).tracks) == len(NAMES)


def test_lines_that_are_no_track_of_the_library_are_counted(files: Home) -> None:
    write(files, [b"music/a.mp3", b"music/gone.mp3", b"http://radio/stream", b"\xff\xfe.mp3"])
    found = liked(files, playlists=[str(files.folder / "list.m3u8")])
    assert len(found.tracks) == 1
    assert found.notes == (
        "melscribe.taste.playlists: in list.m3u8 3 lines name no track of the library",
    )


def test_a_folder_stands_for_its_playlists(files: Home) -> None:
    folder = files.folder / "lists"
    (folder / "deeper").mkdir(parents=True)
    for name, track in (("1.m3u", "a.mp3"), ("2.M3U8", "b c.mp3"), ("3.txt", "g\u00fc.mp3")):
        (folder / name).write_text(f"../music/{track}\n", encoding="utf-8")
    found = liked(files, playlists=[str(folder)])
    assert found.sources == ("1.m3u (1)", "2.M3U8 (1)")
    (folder / "deeper" / "x.m3u").write_text("../../music/a.mp3\n", encoding="utf-8")
    assert liked(files, playlists=[str(folder / "deeper")]).sources == ("x.m3u (1)",)


def test_a_folder_without_playlists_is_said(files: Home) -> None:
    found = liked(files, playlists=[str(files.music)])
    assert found.notes == (f"melscribe.taste.playlists: no m3u file is in {files.music}",)


def test_what_is_called_like_a_playlist_and_is_no_file(files: Home) -> None:
    folder = files.folder / "lists"
    (folder / "folder.m3u").mkdir(parents=True)
    (folder / "dangling.m3u").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.m3u")  # to read it would take for ever
    found = liked(files, playlists=[str(folder)])
    assert found.notes == (f"melscribe.taste.playlists: no m3u file is in {folder}",)
    for name, lack in (("pipe.m3u", "is no file"), ("dangling.m3u", "is not there")):
        with pytest.raises(UserError) as error:
            liked(files, playlists=[str(folder / name)])
        assert str(error.value) == f"melscribe.taste.playlists names {folder / name}, which {lack}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_must_not_be_read_is_named(files: Home) -> None:
    (files.folder / "list.m3u").touch(mode=0)
    (files.folder / "lists").mkdir(mode=0)
    for name in ("list.m3u", "lists"):
        with pytest.raises(UserError, match=f"{name} cannot be read: Permission denied"):
            liked(files, playlists=[str(files.folder / name)])


@pytest.mark.parametrize("playlist", [{}, {"urlencode": True}, {"uri_format": "x:$id"}])
def test_a_playlist_of_melscribe_is_read_whole(home: Home, playlist: dict[str, Any]) -> None:
    names = [os.fsencode(name) for name in NAMES if not name.startswith("#")]
    tracks = [*names, b"\xff.mp3", b"100%.mp3", b" a "]
    music = os.fsencode(home.music)
    home.add(
        *(
            {"title": f"t{at}", "genres": ["folk"], "path": music + b"/" + name}
            for at, name in enumerate(tracks)
        )
    )
    home.make_files()
    home.configure(playlist=playlist, per_artist=0, file_tags=False)
    home.beet("describe", "folk", "-m", str(home.folder / "list.m3u8"))
    found = liked(home, playlist=playlist, playlists=[str(home.folder / "list.m3u8")])
    assert (len(found.tracks), found.notes) == (len(tracks), ())


def test_odd_names_of_playlists_are_printed_on_their_line(files: Home) -> None:
    folder = files.folder / "lists"
    folder.mkdir()
    for name in (b"bad\nname\x1b[31m.m3u", b"\xff.m3u"):
        (folder / os.fsdecode(name)).write_text("gone.mp3\n")
    files.configure(taste={"playlists": [str(folder)]})
    done = files.beet("melindex", "--taste")
    assert "\x1b" not in done.stdout + done.stderr
    said = [line for line in done.stderr.splitlines() if "names no track" in line]
    assert len(said) == 2
    assert all(line.startswith("melscribe.taste.playlists: in ") for line in said)
    assert done.stdout.splitlines()[1].startswith("0 liked tracks")


def test_a_config_without_a_single_playlist_says_so(files: Home) -> None:
    files.configure(taste={"playlists": [str(files.music)]})
    done = files.beet("melindex", "--taste")
    assert done.stdout.splitlines()[0] == "from nothing"
    assert f"no m3u file is in {files.music}" in done.stderr


def test_a_playlist_that_is_not_there_is_named(files: Home) -> None:
    files.configure(taste={"playlists": ["lists/gone.m3u"]})
    gone = files.folder / "lists" / "gone.m3u"
    said = f"melscribe.taste.playlists names {gone}, which is not there"
    assert files.beet("melindex", "--taste", code=1).stderr.endswith(f"error: {said}\n")


def test_a_playlist_that_is_away_for_a_while_leaves_the_taste_as_it_is(home: Home) -> None:
    kinds = ("folk", "slow", "acoustic", "sad", "harp", "piano")
    home.add(*({"title": kind, "genres": [kind, "calm"]} for kind in kinds))
    home.add(*({"title": f"t{at}", "genres": ["techno", f"x{at}"]} for at in range(9)))
    home.configure(taste={"playlists": ["list.m3u8"]}, auto=True)
    write(home, [f"music/{at}-{kind}.mp3".encode() for at, kind in enumerate(kinds)])
    assert "used in answers" in home.beet("melindex", "--taste").stdout
    (home.folder / "list.m3u8").rename(home.folder / "away")
    done = home.beet("modify", "-y", "-W", "-M", "title:t1", "genres=house")
    assert "could not learn your taste: melscribe.taste.playlists names" in done.stderr
    assert "used in answers" in home.beet("melindex", "--taste", "--show").stdout
