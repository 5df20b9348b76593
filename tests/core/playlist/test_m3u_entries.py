"""Playlists are read as they are written."""

from __future__ import annotations

import codecs
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.playlist.m3u import Entry, Options, render, uri
from melscribe_core.playlist.m3u_entries import entries, paths, track_id

LISTS = b"/lists"


def found(entry: bytes, **options: Any) -> list[bytes]:
    return list(paths(entry, Options(**options), [LISTS]))


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXTINF:3,A - B\na.mp3\n\nb c.mp3\n",
        b"a.mp3\r\n# a comment\r\nb c.mp3",
        codecs.BOM_UTF8 + b"a.mp3\nb c.mp3\n",
        "a.mp3\nb c.mp3\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "#EXTM3U\r\na.mp3\r\nb c.mp3".encode("utf-16-be"),
        b"a.mp3\rb c.mp3\r",
        b"  # a comment\n\t#another\na.mp3\n \t \nb c.mp3",
    ],
)
def test_comments_ends_of_lines_and_marks_are_no_entries(content: bytes) -> None:
    assert entries(content) == [b"a.mp3", b"b c.mp3"]


def test_an_empty_playlist_has_no_entries() -> None:
    assert entries(b"") == []
    assert entries(b"#EXTM3U\n \n") == []


@pytest.mark.parametrize(
    ("entry", "options", "path"),
    [
        (b"../music/a b.mp3", {}, b"/music/a b.mp3"),
        (b"/music/a.mp3", {}, b"/music/a.mp3"),
        (b"./#1.mp3", {}, b"/lists/#1.mp3"),
        (b"/media/a.mp3", {"prefix": "/media"}, b"/a.mp3"),
        (b"../music/a%20b.mp3", {"urlencode": True}, b"/music/a b.mp3"),
        (b"file:///music/a%20b.mp3", {}, b"/music/a b.mp3"),
        (b"file://localhost/music/a%20b.mp3", {}, b"/music/a b.mp3"),
        (b"FILE:///music/a%20b.mp3", {}, b"/music/a b.mp3"),
        (b"..\\music\\a.mp3", {}, b"/music/a.mp3"),
        (b"/music/caf\xe9.mp3", {}, b"/music/caf\xe9.mp3"),  # no UTF-8
    ],
)
def test_an_entry_means_a_path(entry: bytes, options: dict[str, Any], path: bytes) -> None:
    assert path in found(entry, **options)


def test_a_name_with_a_percent_sign_is_tried_as_it_is_first() -> None:
    assert found(b"/a%20b.mp3") == [b"/a%20b.mp3", b"/a b.mp3"]


def test_a_relative_path_is_tried_in_every_folder_in_turn() -> None:
    tried = list(paths(b"b/../a.mp3", Options(), [b"/one", b"/two"]))
    assert tried == [b"/one/a.mp3", b"/two/a.mp3"]
    assert list(paths(b"a.mp3", Options(), [])) == []


def test_a_name_with_a_backslash_is_tried_as_it_is_first() -> None:
    assert found(b"AC\\DC.mp3") == [b"/lists/AC\\DC.mp3", b"/lists/AC/DC.mp3"]
    assert found(b"/music/AC\\DC.mp3") == [b"/music/AC\\DC.mp3"]


def test_an_entry_without_the_prefix_is_a_path_too() -> None:
    assert found(b"/music/a.mp3", prefix="/media") == [b"/music/a.mp3"]
    # A path that begins as the prefix does is either: both are tried.
    assert found(b"/media/a.mp3", prefix="/media") == [b"/a.mp3", b"/media/a.mp3"]


def test_addresses_name_no_path() -> None:
    assert found(b"http://nas/a.mp3") == []
    assert found(b"http://nas/music/a.mp3", prefix="http://nas") == [b"/music/a.mp3"]


def test_ids_are_read_from_what_uri_format_wrote() -> None:
    ours = Options(uri_format="http://nas/item/$id/file")
    assert track_id(b"http://nas/item/17/file", ours) == 17
    assert track_id(b"http://nas/item/x/file", ours) is None
    assert track_id(b"http://nas/item/17/file", Options()) is None


@pytest.mark.parametrize(
    ("uri_format", "entry", "track"),
    [
        ("navidrome:$id", b"navidrome:5", 5),
        ("$id", b"123456789", 123456789),
        ("/i/$id?of=$id", b"/i/5?of=5", 5),
        ("/i/$id?of=$id", b"/i/5?of=6", None),
        ("/i/$id?of=$id", b"/i/5?of=$id", None),
        ("/i/$id", b"/i/5/more", None),
        ("/i/$id", b"more/i/5", None),
        ("/i/$id", b"/i/-5", None),
        ("/i.x/$id", b"/i_x/5", None),  # a full stop is one
        ("/i/$id", b"/i/" + b"9" * 400, None),  # more than an id of SQLite
        ("/ü/$id", "/ü/7".encode(), 7),
        ("/i/$id", "/i/٣".encode(), None),  # a digit that is no ASCII
    ],
)
def test_an_id_is_that_of_the_whole_entry(uri_format: str, entry: bytes, track: int | None) -> None:
    assert track_id(entry, Options(uri_format=uri_format)) == track


@given(
    st.integers(1, 10**17),
    st.sampled_from(["$id", "x$id", "a/$id/b", "$id-$id", "[$id]*", "$id.$id0/$id7"]),
)
def test_every_id_that_was_written_is_read(track: int, uri_format: str) -> None:
    options = Options(uri_format=uri_format)
    entry = uri(Entry(id=track, path=b"/a", seconds=1.0, artist="", title=""), options)
    assert track_id(entry, options) == track


NAMES = st.binary(min_size=1, max_size=12).filter(
    lambda name: not set(name) & set(b"/\n\r\0") and name.strip(b". \t") == name
)


@given(
    name=NAMES,
    urlencode=st.booleans(),
    prefix=st.sampled_from(["", "/media/", "http://nas/x?", "navidrome:"]),
    relative_to=st.sampled_from([None, b"/lists", b"/elsewhere/deep", b"/music"]),
)
def test_what_is_written_is_found_again(
    name: bytes, urlencode: bool, prefix: str, relative_to: bytes | None
) -> None:
    path = b"/music/" + name
    options = Options(urlencode=urlencode, prefix=prefix, relative_to=relative_to)
    entry = uri(Entry(id=1, path=path, seconds=1.0, artist="", title=""), options)
    begins = [one for one in (LISTS, relative_to) if one]
    assert path in list(paths(entry, options, begins))


@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), st.booleans(), st.booleans())
def test_a_whole_playlist_is_read_in_its_order(
    names: list[bytes], urlencode: bool, beside: bool
) -> None:
    written = [
        Entry(id=at, path=b"/music/" + name, seconds=1.0, artist="#a", title="b\nc")
        for at, name in enumerate(names)
    ]
    options = Options(urlencode=urlencode, relative_to=b"/music" if beside else None)
    lines = entries(render(written, options, "a list").content)
    assert len(lines) == len(names)
    for line, entry in zip(lines, written, strict=True):
        assert entry.path in list(paths(line, options, [b"/music"]))


@given(st.binary(max_size=80), st.sampled_from(["", "/media", "x:"]))
def test_any_bytes_are_read_without_an_error(content: bytes, prefix: str) -> None:
    options = Options(prefix=prefix, uri_format="/i/$id")
    for line in entries(content):
        assert line.strip()
        assert all(path.startswith(b"/") for path in paths(line, options, [LISTS]))
        assert track_id(line, options) is None or line.startswith(b"/i/")
