"""m3u: the same bytes as beets' smartplaylist, one line per track, and never half a file."""

from __future__ import annotations

import errno
import os
import resource
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from beets import config
from beets.library import Item, Library
from hypothesis import given
from hypothesis import strategies as st

from beetsplug.smartplaylist import PlaylistItem, SmartPlaylistPlugin
from melscribe_core.errors import PlaylistError
from melscribe_core.playlist import m3u

MUSIC = b"/music"


def entry(number: Any = 7, path: bytes = b"/music/Ann/01 One.mp3", **more: Any) -> m3u.Entry:
    values: dict[str, Any] = {"seconds": 61.9, "artist": "Ann", "title": "One"}
    return m3u.Entry(id=number, path=path, **(values | more))


def lines(content: bytes) -> list[bytes]:
    """Return the lines as the strictest reader splits them: at every line end in Unicode."""
    return [line.encode() for line in content.decode().splitlines()]


# --- the same as beets' own smartplaylist

OPTIONS = [
    pytest.param({}, id="nothing"),
    pytest.param({"relative_to": "/music/lists"}, id="relative"),
    pytest.param({"relative_to": "/"}, id="relative to the root"),
    pytest.param({"forward_slash": True}, id="forward slash"),
    pytest.param({"prefix": "http://me:secret@nas:8337/"}, id="prefix"),
    pytest.param({"urlencode": True}, id="urlencode"),
    pytest.param({"uri_format": "http://beets:8337/item/$id/file"}, id="uri format"),
    pytest.param(
        {"uri_format": "beets:$id", "prefix": "x", "relative_to": "/a", "urlencode": True},
        id="uri format shuts out the rest",
    ),
    pytest.param({"dest_regen": True}, id="dest regen"),
    pytest.param(
        {
            "dest_regen": True,
            "relative_to": "/music/lists",
            "forward_slash": True,
            "urlencode": True,
            "prefix": "file:///",
        },
        id="all of them",
    ),
]
PATHS = [
    b"/music/Ann/01 One.mp3",
    "/music/Sigur Rós/( )/01 Vaka & \u201eSo\u201c #1?.flac".encode(),
    "/music/Bjo\u0308rk/decomposed.ogg".encode(),  # NFD as stored: never re-normalised
    b"/elsewhere/back\\slash/100%.m4a",
]


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    config["timeout"].get()  # reads beets' defaults, which are then part of what was before
    before = list(config.sources)
    config["create_backup_before_migrations"] = False
    yield Library(":memory:", "/music")
    config.sources[:] = before  # beets' configuration is one per process


@pytest.fixture
def plugin() -> Iterator[SmartPlaylistPlugin]:
    before = list(config.sources)
    yield SmartPlaylistPlugin()
    config.sources[:] = before


def options_with(values: dict[str, Any]) -> m3u.Options:
    folder = values.get("relative_to")
    return m3u.Options(**{**values, "relative_to": os.fsencode(folder) if folder else None})


@pytest.mark.parametrize("path", PATHS, ids=os.fsdecode)
@pytest.mark.parametrize("values", OPTIONS)
def test_uri_is_smartplaylists(
    values: dict[str, Any], path: bytes, library: Library, plugin: SmartPlaylistPlugin
) -> None:
    item = Item(path=path, artist="Ann", title="One", album="A", track=3)
    number = library.add(item)
    plugin.config.set(values)
    ours = entry(number, path, dest=item.destination())
    assert m3u.uri(ours, options_with(values)) == plugin.get_item_uri(item)


@pytest.mark.parametrize("output", ["m3u", "extm3u"])
def test_file_is_smartplaylists(
    output: str, library: Library, plugin: SmartPlaylistPlugin, tmp_path: Path
) -> None:
    fields = ("id", "genres", "mood", "year", "bpm", "grouping")  # the last two are 0 and ""
    items = [
        Item(path=path, artist="Ä, B", title='He said "no" - yes', length=59.999, year=1999,
             genres=["Pop", "R&B / Soul"], mood="a/b: ç")
        for path in PATHS
    ]  # fmt: skip
    plugin.config.set({"fields": list(fields)})
    ours = [
        entry(
            library.add(item),
            item.path,
            seconds=item.length,
            artist=item.artist,
            title=item.title,
            fields={name: item[name] for name in fields},
        )
        for item in items
    ]
    theirs = tmp_path / "theirs.m3u"
    uris = [PlaylistItem(item, plugin.get_item_uri(item)) for item in items]
    plugin.write_playlist(os.fsencode(theirs), output == "extm3u", uris)

    rendered = m3u.render(ours, m3u.Options(output=output, fields=fields))
    assert rendered.content == theirs.read_bytes()
    assert rendered.tracks == len(PATHS)


# --- the lines


def test_an_extended_playlist_line_by_line() -> None:
    entries = [
        entry(1, b"/music/Ann/01 One.mp3", fields={"id": 1, "genres": ["Pop", "Rock"]}),
        entry(2, b"/music/two.mp3", seconds=100, title="Two", fields={"id": 2, "mood": None}),
    ]
    options = m3u.Options(relative_to=b"/music/lists", fields=("id", "genres", "mood"))
    assert m3u.render(entries, options, "sad pop").content == (
        b"#EXTM3U\n"
        b"#PLAYLIST:sad pop\n"
        b'#EXTINF:61 id="1" genres="Pop%3B%20Rock",Ann - One\n'
        b"../Ann/01 One.mp3\n"
        b'#EXTINF:100 id="2",Ann - Two\n'
        b"../two.mp3\n"
    )


def test_plain_output_has_paths_alone() -> None:
    options = m3u.Options(output="m3u", fields=("id",))
    assert m3u.render([entry()], options, "name").content == b"/music/Ann/01 One.mp3\n"


def test_the_same_uri_is_written_once_and_counted() -> None:
    entries = [entry(1), entry(2, b"/music/b.mp3"), entry(3, title="Again")]
    rendered = m3u.render(entries, m3u.Options())
    assert (rendered.tracks, rendered.repeated) == (2, 1)
    assert b"Again" not in rendered.content


def test_a_name_with_a_hash_or_a_blank_in_front_is_no_comment() -> None:
    entries = [entry(1, b"/music/#1 hits.mp3"), entry(2, b"/music/ space.mp3")]
    content = m3u.render(entries, m3u.Options(output="m3u", relative_to=MUSIC)).content
    assert content == b"./#1 hits.mp3\n./ space.mp3\n"
    prefixed = m3u.Options(output="m3u", relative_to=MUSIC, prefix="/nas/")
    assert m3u.render(entries[:1], prefixed).content == b"/nas/#1 hits.mp3\n"


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_path_with_a_line_break_is_left_out_and_named(end: bytes) -> None:
    broken = b"/music/a" + end + b"b.mp3"
    rendered = m3u.render([entry(1, broken), entry(2)], m3u.Options())
    assert rendered.inexpressible == (broken,)
    assert rendered.tracks == 1
    assert b"b.mp3" not in rendered.content
    # Quoted or replaced by the id, there is no line break left to stand in the way.
    assert m3u.render([entry(1, broken)], m3u.Options(urlencode=True)).tracks == 1
    assert m3u.render([entry(1, broken)], m3u.Options(uri_format="b:$id")).tracks == 1


def test_names_that_are_not_utf8_are_kept_as_they_are() -> None:
    latin = b"/music/caf\xe9.mp3"
    assert m3u.uri(entry(path=latin), m3u.Options()) == latin
    assert m3u.uri(entry(path=latin), m3u.Options(relative_to=MUSIC)) == b"caf\xe9.mp3"
    assert m3u.uri(entry(path=latin), m3u.Options(urlencode=True)) == b"/music/caf%E9.mp3"


@given(artist=st.text(), title=st.text(), name=st.text(min_size=1), mood=st.text())
def test_no_text_changes_the_number_of_lines(artist: str, title: str, name: str, mood: str) -> None:
    entries = [
        entry(1, artist=artist, title=title, fields={"mood": mood}),
        entry(2, b"/music/2.mp3", artist=title, title=artist, fields={"mood": [mood, mood]}),
    ]
    got = lines(m3u.render(entries, m3u.Options(fields=("mood",)), name).content)
    starts = [b"#EXTM3U", b"#PLAYLIST:", b"#EXTINF:61", b"/music", b"#EXTINF:61", b"/music"]
    assert len(got) == len(starts)
    assert all(line.startswith(start) for line, start in zip(got, starts, strict=True))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_every_line_end_in_a_title_becomes_a_space(end: str) -> None:
    content = m3u.render([entry(title=f"a{end}b")], m3u.Options(), f"x{end}y").content
    assert lines(content)[1:3] == [b"#PLAYLIST:x y", b"#EXTINF:61,Ann - a b"]


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert b"Ann - a?b\n" in m3u.render([entry(title="a\ud83db")], m3u.Options()).content


PATH_BYTES = st.binary(min_size=1, max_size=20).filter(lambda b: b"\0" not in b)


@given(names=st.lists(PATH_BYTES.map(lambda b: b.replace(b"/", b"-")), max_size=6))
def test_every_entry_leads_back_to_its_path(names: list[bytes]) -> None:
    entries = [entry(n, b"/music/x/" + name) for n, name in enumerate(names)]
    wanted = {e.path for e in entries if b"\n" not in e.path and b"\r" not in e.path}
    if not wanted:
        return
    rendered = m3u.render(entries, m3u.Options(relative_to=b"/music/lists"))
    got = [line for line in rendered.content.split(b"\n") if line and not line.startswith(b"#")]
    normal = [os.path.normpath(os.path.join(b"/music/lists", line)) for line in got]  # noqa: PTH118
    assert set(normal) == {os.path.normpath(path) for path in wanted}
    assert rendered.tracks + rendered.repeated + len(rendered.inexpressible) == len(entries)


# --- what cannot be written


def test_nothing_found_says_so() -> None:
    with pytest.raises(PlaylistError, match=r"^No playlist was written, because no track was"):
        m3u.render([], m3u.Options())


def test_only_inexpressible_names_say_so() -> None:
    with pytest.raises(PlaylistError, match=r"names of 1 file hold a line break"):
        m3u.render([entry(path=b"/music/a\nb.mp3")], m3u.Options())


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"output": "m3u8"}, "output is 'm3u8', but it must be extm3u or m3u."),
        ({"uri_format": "x"}, "uri_format is 'x', but it must contain $id to tell tracks apart."),
        ({"uri_format": "#$id"}, "uri_format begins with #"),
        ({"prefix": "a\nb"}, "prefix begins with # or a blank, or holds a control character"),
        ({"prefix": "#"}, "prefix begins with #"),
        ({"prefix": " smb://"}, "prefix begins with # or a blank"),
    ],
)
def test_options_that_no_player_could_read(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlaylistError) as caught:
        m3u.Options(**values)
    assert str(caught.value).startswith(sentence)


def test_a_secret_prefix_is_not_shown() -> None:
    assert "secret" not in repr(m3u.Options(prefix="http://me:secret@nas/"))


def test_relative_paths_and_a_missing_dest_are_the_callers_mistakes() -> None:
    with pytest.raises(ValueError, match=r"relative path 'a\.mp3'"):
        entry(path=b"a.mp3")
    with pytest.raises(ValueError, match="track 7 has no dest"):
        m3u.uri(entry(), m3u.Options(dest_regen=True))


# --- beside: relative to the playlist


def opened_from(playlist: Path, options: m3u.Options, tracks: list[m3u.Entry]) -> list[bool]:
    """Return for every entry whether a player that opens it from the playlist's folder finds it."""
    return [
        (playlist.parent / os.fsdecode(m3u.uri(track, options.beside(playlist, tracks)))).exists()
        for track in tracks
    ]


def audio(folder: Path, name: str = "a.mp3") -> m3u.Entry:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).touch()
    return entry(path=os.fsencode(folder / name))


def test_beside_a_playlist_in_the_music_folder(tmp_path: Path) -> None:
    track = audio(tmp_path / "music" / "Ann")
    options = m3u.Options().beside(tmp_path / "music" / "lists" / "x.m3u8", [track])
    assert options.relative_to == os.fsencode(tmp_path / "music" / "lists")
    assert m3u.uri(track, options) == b"../Ann/a.mp3"


def test_beside_leaves_a_chosen_folder(tmp_path: Path) -> None:
    options = m3u.Options(relative_to=b"/music")
    assert options.beside(tmp_path / "x.m3u8", [entry()]) is options


def test_beside_a_file_named_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = audio(tmp_path / "music")
    (tmp_path / "lists").mkdir()
    monkeypatch.chdir(tmp_path / "lists")
    assert m3u.uri(track, m3u.Options().beside("x.m3u8", [track])) == b"../music/a.mp3"
    assert m3u.uri(track, m3u.Options().beside(b"../x.m3u8", [track])) == b"music/a.mp3"


def test_a_link_above_both_keeps_the_short_way(tmp_path: Path) -> None:
    audio(tmp_path / "volume" / "deep" / "music" / "Ann")
    (tmp_path / "music").symlink_to(tmp_path / "volume" / "deep" / "music")
    track = audio(tmp_path / "music" / "Ann")
    playlist = tmp_path / "music" / "x.m3u8"
    assert m3u.uri(track, m3u.Options().beside(playlist, [track])) == b"Ann/a.mp3"
    assert opened_from(playlist, m3u.Options(), [track]) == [True]


def test_a_link_between_playlist_and_tracks_does_not_lead_astray(tmp_path: Path) -> None:
    track = audio(tmp_path / "music" / "Ann")
    (tmp_path / "very" / "deep" / "lists").mkdir(parents=True)
    (tmp_path / "lists").symlink_to(tmp_path / "very" / "deep" / "lists")
    playlist = tmp_path / "lists" / "x.m3u8"
    assert opened_from(playlist, m3u.Options(), [track]) == [True]
    # What the folder as typed would give, and why it is not taken: `lists/..` is `very/deep`.
    as_typed = m3u.Options(relative_to=os.fsencode(playlist.parent))
    assert opened_from(playlist, as_typed, [track]) == [False]


# --- write: whole or not at all


@pytest.fixture
def as_ordinary_user() -> Iterator[Path]:
    """Act without root's right to write everywhere; yields a folder of the ordinary user's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        nobody = 65534
        os.chown(folder, nobody, nobody)
        os.seteuid(nobody)
        try:
            yield folder
        finally:
            os.seteuid(0)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_write_makes_and_replaces(tmp_path: Path) -> None:
    target = tmp_path / "é.m3u8"
    m3u.write(target, b"one.mp3\n")
    m3u.write(os.fsencode(target), b"two.mp3\n")
    assert target.read_bytes() == b"two.mp3\n"
    assert names_in(tmp_path) == ["é.m3u8"]


def test_a_new_file_has_the_umasks_mode_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    target = tmp_path / "x.m3u8"
    before = os.umask(0o027)
    try:
        m3u.write(target, b"one.mp3\n")
        assert stat.S_IMODE(target.stat().st_mode) == 0o640  # 0666 without 0027
        target.chmod(0o606)
        m3u.write(target, b"two.mp3\n")
        assert stat.S_IMODE(target.stat().st_mode) == 0o606
    finally:
        os.umask(before)


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "x.m3u8"
    link.symlink_to("real/x.m3u8")
    m3u.write(link, b"one.mp3\n")
    assert link.is_symlink()
    assert (tmp_path / "real" / "x.m3u8").read_bytes() == b"one.mp3\n"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    """Yield an existing playlist, and check afterwards that it is untouched and alone."""
    target = tmp_path / "x.m3u8"
    target.write_bytes(b"old.mp3\n")
    yield target
    assert target.read_bytes() == b"old.mp3\n"
    assert names_in(tmp_path) == ["x.m3u8"]


def failing(error: BaseException) -> Any:
    def fail(*_: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_list(
    kept: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(os, step, failing(error))
    with pytest.raises(PlaylistError) as caught:
        m3u.write(kept, b"new.mp3\n")
    assert str(caught.value) == (
        f"The playlist {kept} was not written: the disk is full; free some space and try again."
    )


def test_a_write_that_stops_half_way_leaves_the_old_list(kept: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))  # the system stops the file at 4 KiB
    try:
        with pytest.raises(PlaylistError, match=r"was not written: File too large; choose another"):
            m3u.write(kept, b"new.mp3\n" * 4096)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_ctrl_c_leaves_the_old_list(kept: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, step, failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        m3u.write(kept, b"new.mp3\n")


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(PlaylistError, match=r"x\.m3u8 was not written: its folder does not exist"):
        m3u.write(tmp_path / "no" / "x.m3u8", b"new.mp3\n")
    assert names_in(tmp_path) == []


def test_a_file_where_a_folder_should_be(kept: Path) -> None:
    with pytest.raises(PlaylistError, match="a part of its path is not a folder"):
        m3u.write(kept / "y.m3u8", b"new.mp3\n")


def test_a_folder_in_the_playlists_place(tmp_path: Path) -> None:
    (tmp_path / "x.m3u8").mkdir()
    with pytest.raises(PlaylistError, match="it is a folder; name a file"):
        m3u.write(tmp_path / "x.m3u8", b"new.mp3\n")
    assert names_in(tmp_path) == ["x.m3u8"]


def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PlaylistError, match="it is not an ordinary file"):
        m3u.write(tmp_path / "pipe", b"new.mp3\n")
    assert (tmp_path / "pipe").is_fifo()


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(PlaylistError, match="its name is too long"):
        m3u.write(tmp_path / ("x" * 300), b"new.mp3\n")


def test_a_read_only_folder(as_ordinary_user: Path) -> None:
    target = as_ordinary_user / "x.m3u8"
    target.write_bytes(b"old.mp3\n")
    as_ordinary_user.chmod(0o555)
    try:
        with pytest.raises(PlaylistError, match="you may not write there; change the permissions"):
            m3u.write(target, b"new.mp3\n")
        assert target.read_bytes() == b"old.mp3\n"
        assert names_in(as_ordinary_user) == ["x.m3u8"]
    finally:
        as_ordinary_user.chmod(0o755)


def test_a_write_protected_list_is_not_replaced(as_ordinary_user: Path) -> None:
    target = as_ordinary_user / "x.m3u8"
    target.write_bytes(b"old.mp3\n")
    target.chmod(0o444)
    with pytest.raises(PlaylistError, match="you may not write there"):
        m3u.write(target, b"new.mp3\n")
    assert target.read_bytes() == b"old.mp3\n"


def test_options_are_values() -> None:
    assert replace(m3u.Options(), prefix="") == m3u.Options()


def test_what_a_killed_writer_left_goes_in_time(tmp_path: Path) -> None:
    old, new = (tmp_path / f".melscribe-{digit * 16}" for digit in "0f")
    other = tmp_path / ".melscribe-of-somebody"
    for file in (old, new, other):
        file.write_bytes(b"half")
    for file in (old, other):
        os.utime(file, (0, 0))
    m3u.write(tmp_path / "list.m3u8", b"#EXTM3U\n")
    assert not old.exists()
    assert new.exists()  # its writer may be at work
    assert other.exists()
