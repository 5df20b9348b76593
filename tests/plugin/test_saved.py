"""Saved descriptions: written in the config or with --save, and what --update makes of them."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import confuse
import pytest
import yaml
from beets.ui import UserError
from beets.util import CHAR_REPLACE

from beetsplug.melscribe import options
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.saved import Saved, entry_of, keys, playlist_path, read_entries
from tests.support.home import Home

TRACKS: list[dict[str, Any]] = [
    {"artist": "Ann", "title": "Willow", "genres": ["Folk"], "mood": "sad", "year": 1971},
    {"artist": "Bob", "title": "Heron", "genres": ["Folk"], "mood": "calm", "year": 1988},
    {"artist": "Cleo", "title": "Mirrorball", "genres": ["Disco"], "mood": "happy", "year": 1978},
    {"artist": "Dee", "title": "Sequin", "genres": ["Disco"], "mood": "happy", "year": 1994},
]
FOLK = {"name": "rainy day", "describe": "folk", "query": "genres:folk"}
DISCO = {"name": "party", "describe": "disco", "query": "genres:disco", "number": 1}

# Writes down that it heard of new playlists, as a server's plugin would tell the server.
LISTENER = """
from pathlib import Path
from beets.plugins import BeetsPlugin

class Probe(BeetsPlugin):
    def __init__(self):
        super().__init__()
        self.register_listener("smartplaylist_update", self.heard)

    def heard(self):
        with Path({file!r}).open("a") as file:
            file.write("heard\\n")
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return an indexed home of four tracks; tests work on twins of it."""
    home = Home(tmp_path_factory.mktemp("template"))
    home.configure(file_tags=False)
    home.add(*({"length": 100.0, **track} for track in TRACKS))
    home.beet("melindex")
    return home


@pytest.fixture
def home(template: Home, home: Home) -> Home:
    """Return a home of four tracks with files and an index."""
    shutil.copy(template.database, home.database)
    home.make_files()
    shutil.copy(template.index, home.index)
    return home


def with_playlists(home: Home, *playlists: Any, **settings: Any) -> Path:
    """Let the config hold these playlists, to be written to the folder that is returned."""
    options = {"playlist_dir": "lists", **settings.pop("playlist", {})}
    home.configure(file_tags=False, playlists=list(playlists), playlist=options, **settings)
    return home.folder / "lists"


def tracks_in(playlist: Path) -> list[str]:
    """Return the tracks of a playlist by what stands for them."""
    lines = playlist.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def files_in(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return all files beneath a folder: number on the disk, time and bytes."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            path.read_bytes(),
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- an update


def test_an_update_writes_what_describe_would(home: Home) -> None:
    lists = with_playlists(home, FOLK, {**DISCO, "order": "random", "seed": 3, "number": 2})
    done = home.beet("describe", "--update")
    assert done.stdout.splitlines() == [
        f"rainy day: wrote 2 tracks to {lists}/rainy day.m3u8; 2 added, 0 removed, 0 kept",
        "rainy day: only 2 of 25 fit",
        f"party: wrote 2 tracks to {lists}/party.m3u8; 2 added, 0 removed, 0 kept",
    ]
    assert done.stderr == ""
    for name, ask in (
        ("rainy day", ("folk", "genres:folk")),
        ("party", ("disco", "genres:disco", "-n", "2", "--order", "random", "--seed", "3")),
    ):
        paths = home.beet("describe", *ask, "-p").stdout.splitlines()
        expected = [os.path.relpath(path, lists) for path in paths]
        assert tracks_in(lists / f"{name}.m3u8") == expected
    assert (lists / "party.m3u8").read_text().startswith("#EXTM3U\n#PLAYLIST:party\n")


def test_what_is_the_same_is_not_written(home: Home) -> None:
    lists = with_playlists(home, FOLK, DISCO)
    home.beet("describe", "--update")
    before = files_in(lists)

    assert home.beet("describe", "--update").stdout == "rainy day: unchanged\nparty: unchanged\n"
    assert files_in(lists) == before

    home.beet("modify", "-y", "-W", "-M", "title:Willow", "genres=Jazz")
    done = home.beet("describe", "--update")
    assert "rainy day: wrote 1 track" in done.stdout
    assert "0 added, 1 removed, 1 kept" in done.stdout
    assert "party: unchanged" in done.stdout
    after = files_in(lists)
    assert after["party.m3u8"] == before["party.m3u8"]
    assert [Path(line).name for line in tracks_in(lists / "rainy day.m3u8")] == ["1-Heron.mp3"]


def test_pretend_shows_what_comes_and_goes_and_writes_nothing(home: Home) -> None:
    lists = with_playlists(home, FOLK, DISCO)
    said = home.beet("describe", "--update", "--pretend").stdout.splitlines()
    assert (
        f"rainy day: would write 2 tracks to {lists}/rainy day.m3u8; 2 added, 0 removed" in said[0]
    )
    assert set(said[1:3]) == {"+ Ann - Willow", "+ Bob - Heron"}
    assert not lists.exists()

    home.beet("describe", "--update")
    before = files_in(lists)
    home.beet("modify", "-y", "-W", "-M", "title:Willow", "genres=Jazz")
    home.beet("modify", "-y", "-W", "-M", "title:Sequin", "genres=Folk")
    said = home.beet("describe", "--update", "--pretend", "rainy day").stdout.splitlines()
    assert said == [
        "index brought up to date: 0 new, 2 changed, 0 removed, 2 unchanged",
        f"rainy day: would write 2 tracks to {lists}/rainy day.m3u8; 1 added, 1 removed, 1 kept",
        "+ Dee - Sequin",
        "- Ann - Willow",
        "rainy day: only 2 of 25 fit",
    ]
    assert files_in(lists) == before


def test_a_playlist_is_never_emptied(home: Home) -> None:
    party = {**DISCO, "query": "title:Mirrorball"}  # of two alike the other might come next time
    lists = with_playlists(home, FOLK, party)
    home.beet("describe", "--update")
    before = files_in(lists)
    home.beet("modify", "-y", "-W", "-M", "genres:folk", "genres=Jazz")
    with_playlists(home, FOLK, party, {**FOLK, "name": "new"})
    done = home.beet("describe", "--update")
    assert done.stdout.splitlines()[1:] == ["party: unchanged"]
    why = "no track in the library matches the query genres:folk"
    kept, new = done.stderr.splitlines()
    assert kept.startswith(f"rainy day: kept as it was: {why}")
    assert new.startswith(f"new: not written: {why}")
    assert files_in(lists) == before


def test_a_fault_with_one_playlist_spares_the_others(home: Home) -> None:
    lists = with_playlists(home, FOLK, {**DISCO, "name": "a/b"}, DISCO)
    home.beet("describe", "--update", "rainy day")
    before = files_in(lists)
    for number in (0, 1):  # the folk of the library
        next(home.music.glob(f"{number}-*")).unlink()
    (lists / "a").write_text("a file where a folder is to be", encoding="utf-8")
    done = home.beet("describe", "--update", code=1)
    assert f"party: wrote 1 track to {lists}/party.m3u8" in done.stdout
    first, second, last = (line for line in done.stderr.splitlines() if " fit" not in line)
    assert first.startswith("rainy day: kept as it was: ")
    assert "of 2 files none exists; is the disk with your music mounted?" in first
    assert second.startswith("a/b: not written: The playlist ")
    assert "not a folder" in second
    assert last == "error: 2 of 3 playlists could not be written"
    assert files_in(lists)["rainy day.m3u8"] == before["rainy day.m3u8"]


def test_options_of_the_files(home: Home, tmp_path: Path) -> None:
    settings = {"output": "m3u", "relative_to": str(home.music), "prefix": "smb://nas/"}
    lists = with_playlists(home, {**DISCO, "name": "a.m3u"}, playlist=settings)
    home.beet("describe", "--update")
    (track,) = tracks_in(lists / "a.m3u")
    assert (lists / "a.m3u").read_text() == f"smb://nas/{track.removeprefix('smb://nas/')}\n"
    assert (home.music / track.removeprefix("smb://nas/")).is_file()

    given = ("--uri-format", "http://beets/$id", "--output", "extm3u")
    home.beet("describe", "--update", "-d", str(tmp_path / "new" / "phone"), "a", *given)
    (track,) = tracks_in(tmp_path / "new" / "phone" / "a.m3u")
    assert track in ("http://beets/3", "http://beets/4")


def test_the_output_names_the_file(home: Home) -> None:
    named = [FOLK, {**DISCO, "name": "a.m3u8"}]
    lists = with_playlists(home, *named, playlist={"output": "m3u"}, auto=True)
    home.beet("describe", "--update")
    assert set(files_in(lists)) == {"rainy day.m3u", "a.m3u8"}
    assert not (lists / "rainy day.m3u").read_bytes().startswith(b"#")
    home.beet("describe", "--update", "rainy day", "--output", "extm3u")
    assert set(files_in(lists)) == {"rainy day.m3u", "rainy day.m3u8", "a.m3u8"}
    before = files_in(lists)
    home.beet("modify", "-y", "-W", "-M", "title:Willow", "genres=Jazz")  # then written by itself
    after = files_in(lists)
    assert after["rainy day.m3u8"] == before["rainy day.m3u8"]  # it may be another player's
    assert len(tracks_in(lists / "rainy day.m3u")) == 1


def test_a_list_that_is_another_one_every_time(home: Home) -> None:
    home.add(*({"title": f"d{n}", "artist": f"{n}", "genres": ["Disco"]} for n in range(30)))
    home.make_files()
    lists = with_playlists(home, {**DISCO, "number": 5, "order": "random", "shuffle": True})
    seen = set()
    for _ in range(3):
        home.beet("describe", "--update")
        seen.add((lists / "party.m3u8").read_bytes())
    assert len(seen) > 1  # all three alike: once in (34 * 33 * 32 * 31 * 30) ** 2


def test_plugins_hear_of_written_playlists_only(home: Home, tmp_path: Path) -> None:
    probe, heard = tmp_path / "probes", tmp_path / "heard"
    probe.mkdir()
    (probe / "probe.py").write_text(LISTENER.format(file=str(heard)), encoding="utf-8")
    settings = {"plugins": "melscribe probe", "pluginpath": probe}
    with_playlists(home, FOLK, DISCO, **settings)
    home.beet("describe", "--update", "--pretend")
    assert not heard.exists()
    for _ in range(2):  # the second time nothing is written
        home.beet("describe", "--update")
        assert heard.read_text() == "heard\n"


def test_after_a_command_that_changed_the_library(home: Home) -> None:
    lists = with_playlists(home, FOLK, auto=True)
    done = home.beet("modify", "-y", "-W", "-M", "title:Sequin", "genres=Folk", "mood=sad")
    assert (done.stderr, len(tracks_in(lists / "rainy day.m3u8"))) == ("", 3)
    home.beet("remove", "-f", "title:Willow")
    assert len(tracks_in(lists / "rainy day.m3u8")) == 2
    home.beet("remove", "-f", "genres:folk")  # none is left, the old list is
    assert len(tracks_in(lists / "rainy day.m3u8")) == 2

    with_playlists(home, auto=True)
    home.beet("describe", "disco", "genres:disco", "--save", "party")  # is followed as well
    home.beet("modify", "-y", "-W", "-M", "title:Mirrorball", "year=1979")
    assert len(tracks_in(lists / "party.m3u8")) == 1

    with_playlists(home, {**FOLK, "query": "", "describe": "disco"})
    before = files_in(lists)
    home.beet("modify", "-y", "-W", "-M", "title:Mirrorball", "year=1980")
    assert files_in(lists) == before


def test_a_playlist_that_can_only_be_the_same_is_not_made_again(home: Home) -> None:
    plain = {"name": "plain", "describe": "folk"}
    often = {"name": "often", "describe": "folk", "query": "plays:1"}
    lists = with_playlists(home, plain, often, auto=True)
    change = ("modify", "-y", "-W", "-M", "title:Willow")
    home.beet(*change, "year=1970")
    path = lists / "plain.m3u8"
    ours = path.read_bytes()
    edited = ours + b"# by hand\n"
    path.write_bytes(edited)
    home.beet(*change, "plays=1")  # what no description is about but the query of one
    assert path.read_bytes() == edited
    assert len(tracks_in(lists / "often.m3u8")) == 1
    path.unlink()
    home.beet(*change, "plays=2")
    assert path.read_bytes() == ours
    path.write_bytes(edited)
    home.beet(*change, "title=Weeping Willow")
    assert path.read_bytes() != edited


def test_without_a_folder_only_the_config_complains(home: Home) -> None:
    home.configure(file_tags=False, auto=True)
    home.beet("describe", "folk", "--save", "a")
    assert home.beet("modify", "-y", "-W", "-M", "title:Sequin", "year=1995").stderr == ""
    home.configure(file_tags=False, auto=True, playlists=[FOLK])
    done = home.beet("modify", "-y", "-W", "-M", "title:Sequin", "year=1996")
    assert "could not write the saved playlists: no folder is set for playlists;" in done.stderr


def test_playlists_wait_for_an_index_that_is_to_be_made_anew(home: Home) -> None:
    lists = with_playlists(home, FOLK, auto=True)
    with closing(sqlite3.connect(home.index)) as db, db:
        db.execute("UPDATE meta SET value = 'another one' WHERE key = 'encoder'")
    assert home.beet("modify", "-y", "-W", "-M", "title:Sequin", "year=1995").stderr == ""
    assert not lists.exists()
    home.index.unlink()
    assert home.beet("modify", "-y", "-W", "-M", "title:Sequin", "year=1996").stderr == ""
    assert not (lists.exists() or home.index.exists())


def test_trouble_after_a_command_is_one_sentence(home: Home) -> None:
    with_playlists(home, {**FOLK, "numbr": 3}, auto=True)
    done = home.beet("modify", "-y", "-W", "-M", "title:Sequin", "year=1995")
    assert done.stderr.startswith(
        "melscribe: could not write the saved playlists: melscribe.playlists[rainy day].numbr is"
    )
    assert len(done.stderr.splitlines()) == 1


# --- --save, --saved, --forget


def test_what_is_saved_is_updated_and_may_move_to_the_config(home: Home) -> None:
    lists = with_playlists(home)
    ask = (
        "folk",
        "genres:folk",
        ",",
        "year:1978",
        "-n",
        "3",
        "--less",
        "loud",
        "--per-artist",
        "0",
    )
    done = home.beet("describe", *ask, "--save", "rainy day")
    (entry,) = yaml.safe_load(done.stdout)
    assert entry == {
        "name": "rainy day",
        "describe": "folk",
        "query": "genres:folk , year:1978",
        "less": ["loud"],
        "number": 3,
        "per_artist": 0,
    }
    assert "saved: `beet describe --update 'rainy day'` writes its playlist" in done.stderr
    assert not lists.exists()
    home.beet("describe", "--update", "rainy day.m3u8")
    paths = home.beet("describe", *ask, "-p").stdout.splitlines()
    assert len(paths) == 3
    written = tracks_in(lists / "rainy day.m3u8")
    assert written == [os.path.relpath(path, lists) for path in paths]

    assert yaml.safe_load(home.beet("describe", "--saved").stdout) == [entry]
    home.index.unlink()  # which takes nothing of this with it
    with_playlists(home, {**entry, "number": 1})
    hidden = (
        "rainy day is both saved and in your config: the config is used"
        ' (`beet describe --forget "rainy day"` drops the saved one)'
    )
    shown = home.beet("describe", "--saved")
    assert [found["number"] for found in yaml.safe_load(shown.stdout)] == [1]
    assert shown.stderr == f"{hidden}\n"
    assert hidden in home.beet("describe", "--update").stderr
    assert len(tracks_in(lists / "rainy day.m3u8")) == 1

    assert home.beet("describe", "--forget", "rainy day").stdout.startswith("forgot rainy day")
    assert home.beet("describe", "--saved").stderr == ""
    assert len(tracks_in(lists / "rainy day.m3u8")) == 1
    said = home.beet("describe", "--forget", "rainy day", code=1).stderr
    assert "no description is saved in" in said


def test_saving_shows_what_is_found_and_what_update_will_need(home: Home, tmp_path: Path) -> None:
    home.index.unlink()  # which is made, as for any request
    home.configure(file_tags=False)
    done = home.beet("describe", "disco since 1970", "genres:disco", "--save", "a b")
    entry, _, shown = done.stdout.partition("# finds ")
    assert yaml.safe_load(done.stdout) == yaml.safe_load(entry)
    heading, *tracks = shown.splitlines()
    assert heading == "2 tracks now:"
    assert {track.split("  ")[-1] for track in tracks} == {"Dee - Sequin", "Cleo - Mirrorball"}
    assert tracks[0].startswith("# 1 ")
    said = done.stderr.splitlines()
    assert "understood: from 1970" in said
    assert (
        "saved, but no folder is set for its playlist: set `melscribe: playlist:"
        " playlist_dir:` in your config, or write it with `beet describe --update 'a b' -d DIR`"
    ) in done.stderr
    assert "only 2 of 25 fit" in done.stderr
    home.beet("describe", "--update", "a b", "-d", str(tmp_path))
    assert len(tracks_in(tmp_path / "a b.m3u8")) == 2


def test_saving_shows_the_first_tracks_only(home: Home) -> None:
    home.add(*({"title": f"d{n}", "artist": f"{n}", "genres": ["Disco"]} for n in range(20)))
    with_playlists(home)
    done = home.beet("describe", "disco", "-n", "8", "--shuffle", "--save", "a")
    assert "# finds 8 tracks now, the first:\n" in done.stdout
    assert len(re.findall(r"^# +\d ", done.stdout, re.M)) == 5
    assert "saved: `beet describe --update a` writes its playlist" in done.stderr


def test_what_finds_nothing_now_is_saved_and_what_says_nothing_is_not(home: Home) -> None:
    with_playlists(home)
    done = home.beet("describe", "disco", "year:2030..", "--save", "later")
    assert yaml.safe_load(done.stdout)[0]["name"] == "later"
    assert (
        "it finds nothing now: no track in the library matches the query year:2030" in done.stderr
    )
    assert "saved: " in done.stderr
    done = home.beet("describe", "the of and", "--save", "x", code=1)
    assert "has no word that could be searched for" in done.stderr
    assert [one["name"] for one in yaml.safe_load(home.beet("describe", "--saved").stdout)] == [
        "later"
    ]


def test_saving_again_replaces_and_takes_up_the_last_request(home: Home) -> None:
    lists = with_playlists(home)
    home.beet("describe", "sad disco", "--save", "a")
    home.beet("describe", "folk", "--save", "b")
    home.beet("describe", "disco", "genres:disco", "-n", "1", "--seed", "0", "--save", "a")
    home.beet("describe", "folk", "--more", "calm")
    home.beet("describe", "--again", "happier", "--save", "c")
    saved = {
        one.pop("name"): one for one in yaml.safe_load(home.beet("describe", "--saved").stdout)
    }
    assert saved == {
        "a": {"describe": "disco", "query": "genres:disco", "number": 1, "seed": 0},
        "b": {"describe": "folk"},
        "c": {"describe": "folk", "chat": ["happier"], "more": ["calm"]},
    }
    home.beet("describe", "--update", "c")
    home.beet("describe", "--again", "happier")
    paths = home.beet("describe", "--again", "-p").stdout.splitlines()  # all that was shown
    assert tracks_in(lists / "c.m3u8") == [os.path.relpath(path, lists) for path in paths]


def test_a_file_of_saved_ones_that_somebody_spoilt(home: Home) -> None:
    with_playlists(home)
    file = home.index.with_name(home.index.name + ".saved.yaml")
    for content, said in (
        ("- name: [", "are not valid YAML; repair the file or delete it"),
        ("name: x", "must contain a list of entries"),
        ("- nme: x", "entry 1 of library.db.melscribe.saved.yaml has no `name:`"),
        (
            "- {name: x, nmber: 3}",
            "library.db.melscribe.saved.yaml[x].nmber is not a playlist setting",
        ),
    ):
        file.write_text(content, encoding="utf-8")
        done = home.beet("describe", "--update", code=1)
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
        home.beet("describe", "folk", "--save", "y", code=1)
        assert file.read_text() == content


def test_a_file_of_saved_ones_that_was_emptied(home: Home) -> None:
    file = home.index.with_name(home.index.name + ".saved.yaml")
    file.write_text("# nothing\n", encoding="utf-8")
    assert "no description is saved" in home.beet("describe", "--saved").stderr
    home.beet("describe", "folk", "--save", "a")
    home.beet("describe", "--forget", "a")
    assert not file.exists()


# --- what is wrong


def test_what_update_cannot_do(home: Home) -> None:
    home.configure(file_tags=False)
    for playlists, args, said in (
        ([], [], "no description is saved; save one with"),
        ([FOLK], [], "no folder is set for playlists; set `melscribe: playlist: playlist_dir:`"),
        ([FOLK], ["-d", "x", "none"], "no saved description is called none; there are rainy day"),
        ([FOLK, {**DISCO, "name": "Rainy Day.m3u8"}], ["-d", "x"], "would be one file, "),
        ([{**FOLK, "name": "../x"}], ["-d", "x"], "no playlist can be called '../x'"),
    ):
        home.configure(file_tags=False, playlists=playlists)
        done = home.beet("describe", "--update", *args, code=1, cwd=home.folder)
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert not (home.folder / "x").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--update", "--number", "0"], "--update and --number do not go together"),
        (["--update", "--save", "x"], "--save and --update do not go together"),
        (["--saved", "--json"], "--saved and --json do not go together"),
        (["--saved", "words"], "--saved shows all saved descriptions; leave out the words"),
        (["--forget"], "--forget needs the name of a saved description"),
        (["folk", "--save", "x", "-m", "y"], "--save and --playlist do not go together"),
        (["folk", "--save", "../x"], "no playlist can be called '../x'"),
        (["folk", "--save", "x", "-n", "0"], "-n/--number must be 1 or more, not 0"),
        (["--save", "x"], "describe what you want to hear"),
        (["folk", "--pretend"], "--pretend shows what --update would do; add --update"),
        (["folk", "-d", "x"], "--playlist-dir is where --update writes; -m FILE says itself"),
    ],
)
def test_options_that_do_not_go_together(template: Home, args: list[str], said: str) -> None:
    done = template.beet("describe", *args, code=1)
    assert done.stderr.startswith(f"error: {said}")
    assert not list(template.folder.glob("*.saved.yaml"))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("folk", "entry 1 of melscribe.playlists has no `name:`; give it one"),
        ({"describe": "folk"}, "entry 1 of melscribe.playlists has no `name:`; give it one"),
        ({"name": ""}, "entry 1 of melscribe.playlists has no `name:`"),
        ({"name": 80, "describe": "x"}, "melscribe.playlists[80].name: must be a string"),
        ({"numbr": 3}, "melscribe.playlists[a].numbr is not a playlist setting; use one of name,"),
        ({"describe": ""}, "melscribe.playlists[a]: it asks for nothing; say after `describe:`"),
        ({"describe": [1]}, "melscribe.playlists[a].describe: must be a string"),
        ({"number": 0}, "melscribe.playlists[a].number: must be 1 or more, not 0"),
        ({"number": None}, "melscribe.playlists[a].number: must be a whole number, not None"),
        ({"time": 0}, "melscribe.playlists[a].time: must be a number of minutes above 0, not 0"),
        ({"time": "long"}, "melscribe.playlists[a].time: must be a number, not 'long'"),
        ({"order": "best"}, "melscribe.playlists[a].order: must be one of match, flow, tempo"),
        ({"order": ["flow"]}, "melscribe.playlists[a].order: must be one of match, flow, tempo"),
        (
            {"per_artist": -1},
            "melscribe.playlists[a].per_artist: must be 0 (any number) or more, not -1",
        ),
        ({"per_album": "1"}, "melscribe.playlists[a].per_album: must be a whole number"),
        ({"min_score": 2}, "melscribe.playlists[a].min_score: must be between 0 and 1, not 2"),
        ({"literal": 1}, "melscribe.playlists[a].literal: must be yes or no, not 1"),
        ({"lenient": "y"}, "melscribe.playlists[a].lenient: must be yes or no, not 'y'"),
        ({"include_like": 0}, "melscribe.playlists[a].include_like: must be yes or no, not 0"),
        ({"shuffle": "often"}, "melscribe.playlists[a].shuffle: must be yes or no, not 'often'"),
        ({"seed": 0.5}, "melscribe.playlists[a].seed: must be a whole number, not 0.5"),
        ({"query": {"year": 1}}, "melscribe.playlists[a].query: must be a list"),
        ({"query": 'artist:"x'}, 'melscribe.playlists[a]: the query artist:"x cannot be read'),
        ({"query": "year:x"}, "melscribe.playlists[a]: the query year:x cannot be read"),
        ({"again": 3}, "melscribe.playlists[a].again: must be a whitespace-separated string"),
        ({"more": [3]}, "melscribe.playlists[a].more: must be a list of strings"),
        ({"less": [3]}, "melscribe.playlists[a].less: must be a list of strings"),
        ({"like": "year:x"}, "melscribe.playlists[a]: the query year:x cannot be read"),
    ],
)
def test_a_wrong_entry_is_named_with_its_key(entry: Any, said: str) -> None:
    if isinstance(entry, dict) and "name" not in entry and entry != {"describe": "folk"}:
        entry = {"name": "a", "describe": "folk", **entry}
    with pytest.raises((UserError, confuse.ConfigError)) as error:
        read_entries([entry], "melscribe.playlists")
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)


def test_an_entry_can_say_what_the_command_line_can() -> None:
    assert options.REMEMBERED.keys() <= keys().keys()
    whole = Saved(
        "a",
        UserRequest(
            text="sad songs",
            remarks=("slower", "no piano"),
            terms=("artist:the band", ",", "^year:1990.."),
            more=("rain",),
            less=("snow",),
            like=("artist:'nick drake'",),
            sounds_like=("title:pad",),
            options={
                "number": 3,
                "time": 4.5,
                "per_artist": 0,
                "per_album": 0,
                "order": "flow",
                "min_score": 0.0,
                "literal": True,
                "lenient": True,
                "include_like": True,
                "unheard": True,
                "taste": 0.8,
                "no_taste": True,
                "favourites": True,
                "fresh": True,
            },
        ),
        seed=0,
        shuffle=True,
        chat=("no drums", "drop: The Band - The Weight"),
    )
    assert set(whole.asked.options) == set(options.REMEMBERED)
    entry = entry_of(whole)
    assert set(entry) == set(keys())
    assert read_entries([yaml.safe_load(yaml.safe_dump(entry))], "x") == [whole]


def test_a_query_is_quoted_only_where_it_has_to_be(home: Home) -> None:
    terms = ["^genres:metal", "year:1990..", ",", "artist:the band", "title:\"o'x\\y", "path:~/*"]
    done = home.beet("describe", "folk", *terms, "--save", "a")
    assert """query: ^genres:metal year:1990.. , 'artist:the band' 'title:"o'""" in done.stdout
    (again,) = read_entries(yaml.safe_load(done.stdout), "x")
    assert list(again.asked.terms) == terms


def test_one_text_and_a_list_of_texts() -> None:
    (one, several) = read_entries(
        [
            {"name": "a", "more": "slow rain", "query": "year:1990 genres:'cool jazz'"},
            {
                "name": "b",
                "describe": " two\n words ",
                "query": ["year:1990", "a b"],
                "like": ["x"],
            },
        ],
        "x",
    )
    assert one.asked == UserRequest(more=("slow rain",), terms=("year:1990", "genres:cool jazz"))
    # what any of the queries finds, as in smartplaylist
    assert several.asked.terms == ("year:1990", ",", "a", "b")
    assert (several.asked.text, several.asked.like) == ("two words", ("x",))


# --- names


class Replacing:
    """Stand for a library of which only the replacements are asked."""

    replacements = CHAR_REPLACE


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("rainy day", "rainy day.m3u8"),
        ("list.m3u", "list.m3u"),
        ("list.M3U8", "list.M3U8"),
        ("80s.mix", "80s.mix.m3u8"),
        ("moods/sad", "moods/sad.m3u8"),
        ('what? "that"', "what_ _that_.m3u8"),
        ("雨の　日 👩‍🎤", "雨の　日 👩‍🎤.m3u8"),
        ("console", "console.m3u8"),
    ],
)
def test_a_name_makes_a_file(name: str, file: str) -> None:
    assert playlist_path(name, Replacing()) == file  # type: ignore[arg-type]
    plain = file if name.lower().endswith(("3u", "3u8")) else file.removesuffix("8")
    assert playlist_path(name, Replacing(), "m3u") == plain  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../x", "no part of it may be empty or begin with a dot"),
        ("a/../../x", "no part of it may be empty or begin with a dot"),
        ("a\\..\\x", "no part of it may be empty or begin with a dot"),
        (".hidden", "no part of it may be empty or begin with a dot"),
        (".m3u8", "no part of it may be empty or begin with a dot"),
        ("a//b", "no part of it may be empty or begin with a dot"),
        ("a/", "no part of it may be empty or begin with a dot"),
        ("", "no part of it may be empty or begin with a dot"),
        (" ", "no part of it may be empty or begin with a dot"),
        ("/etc/passwd", "it must not begin like a path"),
        ("~/x", "it must not begin like a path"),
        ("\\\\nas\\x", "it must not begin like a path"),
        ("C:\\x", "it must not begin like a path"),
        ("a\nb", "it contains a line break or another control character"),
        ("a\x00b", "it contains a line break or another control character"),
        ("a\u2028b", "it contains a line break or another control character"),
        ("-x", "commands would take it for an option"),
        ("NUL", "Windows has a device of that name"),
        ("con.m3u8", "Windows has a device of that name"),
        ("moods/Com1", "Windows has a device of that name"),
    ],
)
def test_a_name_that_would_do_harm_is_refused(name: str, why: str) -> None:
    with pytest.raises(UserError) as error:
        playlist_path(name, Replacing())  # type: ignore[arg-type]
    assert str(error.value).startswith(f"no playlist can be called {name!r}: {why}")
    assert "\n" not in str(error.value)
