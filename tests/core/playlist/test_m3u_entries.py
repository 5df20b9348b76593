"""Playlists are read as they are written."""

from __future__ import annotations

import codecs
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.playlist.m3u import Entry, Options, uri
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


def test_addresses_name_no_path() -> None:
    assert found(b"http://nas/a.mp3") == []
    assert found(b"http://nas/music/a.mp3", prefix="http://nas") == [b"/music/a.mp3"]


def test_ids_are_read_from_what_uri_format_wrote() -> None:
    ours = Options(uri_format="http://nas/item/$id/file")
    assert track_id(b"http://nas/item/17/file", ours) == 17
    assert track_id(b"http://nas/item/x/file", ours) is None
    assert track_id(b"http://nas/item/17/file", Options()) is None


NAMES = st.binary(min_size=1, max_size=12).filter(
    lambda name: not set(name) & set(b"/\n\r\0") and name.strip(b". \t") == name
)


@given(
    name=NAMES,
    urlencode=st.booleans(),
    prefix=st.sampled_from(["", "/media/", "http://nas/x?", "navidrome:"]),
    relative_to=st.sampled_from([None, b"/lists", b"/elsewhere/deep"]),
)
def test_what_is_written_is_found_again(
    name: bytes, urlencode: bool, prefix: str, relative_to: bytes | None
) -> None:
    path = b"/music/" + name
    options = Options(urlencode=urlencode, prefix=prefix, relative_to=relative_to)
    entry = uri(Entry(id=1, path=path, seconds=1.0, artist="", title=""), options)
    begins = [one for one in (LISTS, relative_to) if one]
    assert path in list(paths(entry, options, begins))
