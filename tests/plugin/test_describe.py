"""`beet describe` as a person types it: what it finds, prints and writes, and when it re-reads."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from beetsplug.melscribe.request import split_words
from tests.support.home import BEET, Home


def track(artist: str, title: str, genres: str, mood: str = "", **more: Any) -> dict[str, Any]:
    """Return a track's fields; its album is its own unless one is given."""
    tags = {"genres": genres.split(", "), **({"mood": mood} if mood else {})}
    return {"artist": artist, "title": title, "album": f"{title} EP", "length": 180, **tags, **more}


TRACKS = [
    track("Ann", "Willow", "Acoustic Pop", "melancholic", year=1991),
    track("Ann", "Heron", "Acoustic Pop", "cheerful", year=1992),
    track("Ann", "Marsh", "Folk", "melancholic", year=1993),
    track("Bob", "Anvil", "Thrash Metal", "aggressive", year=1986),
    track("Bob", "Rust", "Heavy Metal", "dark", year=1984),
    track("Bob", "Cinder", "Death Metal", "brutal", year=1990),
    track("Cleo", "Mirrorball", "Disco", "happy", year=1978),
    track("Cleo", "Mirrorball", "Disco", "happy", year=1998, album="The Best of Cleo"),
    track("Cleo", "Sequin", "Disco, Funk", "euphoric", year=1979),
    track("Dee", "Tide", "Ambient", "calm", year=1994),
    track("Dee", "Lull", "Ambient, Drone", "dreamy", year=1996),
    track("Eli", "Smoke", "Cool Jazz", "relaxed", year=1959),
    track("Eli", "Blue Door", "Bebop", "lively", year=1955),
    track("Fay", "Porch", "Delta Blues", "sad", year=1937),
    track("Fay", "Levee", "Electric Blues", "gritty", year=1962),
    *(track("Gus", f"Riddim {n}", "Dub, Reggae", "mellow", year=1970 + n) for n in range(6)),
    track("Hal", "Pylon", "Techno", "hypnotic", year=1997, venue="Tresor"),
    track("Hal", "Strobe", "Techno, Trance", "energetic", year=1999, venue="Tresor"),
    track("Hal", "Warehouse", "Acid House", "energetic", year=1989),
    track("Ida", "Requiem", "Classical, Choral", "solemn", year=1968),
    track("Ida", "Nocturne", "Classical, Piano", "peaceful", year=1975),
    track("Jan", "Corner", "Hip Hop", "angry", year=1994),
    track("Jan", "Stoop", "Boom Bap", "laid-back", year=1995),
    track("Kay", "Bonfire", "Country", "nostalgic", year=1972),
    track("Kay", "Highway", "Country Rock", "upbeat", year=1973),
    track("Lou", "Fury", "Hardcore Punk", "furious", year=1982),
    track("Lou", "Skate", "Pop Punk", "fun", year=1999),
    track("Mia", "Velvet", "Neo Soul", "sensual", year=2001),
    track("Mia", "Gospel Hour", "Gospel", "uplifting", year=1965),
    track("Ned", "Static", "Noise", "abrasive", year=1988),
    track("Oda", "Fjord", "Post-Rock", "epic", year=2003),
    track("Pia", "Samba Azul", "Samba, Bossa Nova", "sunny", year=1964),
    track("Quin", "Carousel", "Chamber Pop", "whimsical", year=2005),
    track("Rae", "Untagged", ""),
]
HIT_TYPES = {
    "id": int,
    "artist": str,
    "title": str,
    "album": str,
    "length": float,
    "path": str,
    "score": float,
    "meaning": float,
    "words": float,
    "descriptors": list,
    "matched": list,
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return an indexed home of 41 tracks with a file each; only to be read."""
    home = Home(tmp_path_factory.mktemp("shop"))
    home.configure(file_tags=False)
    home.add(*TRACKS)
    home.make_files()
    home.beet("melindex")
    return home


# --- what it finds


def test_it_finds_what_fits(shop: Home) -> None:
    assert shop.titles("melancholic acoustic pop")[0] == "Willow"
    assert shop.titles("aggressive thrash metal")[0] == "Anvil"
    assert shop.titles("dreamy ambient drone")[0] == "Lull"


def test_only_what_fits_well_enough(shop: Home) -> None:
    everything = shop.ask("thrash metal", "-n", "50", "--per-artist", "0")["tracks"]
    scores = [hit["score"] for hit in everything]
    least = (max(scores) + min(scores)) / 2
    found = shop.ask("thrash metal", "-n", "50", "--per-artist", "0", "--min-score", str(least))
    assert [hit["score"] for hit in found["tracks"]] == [s for s in scores if s >= least]
    assert "fit less well (--min-score 0 lets them in)" in found["notes"][-1]
    strict = shop.with_settings(file_tags=False, min_score=0.999)
    said = strict.beet("describe", "thrash metal", code=1).stderr
    assert said == "error: no track fits well enough (--min-score 0 shows what fits a little)\n"


def test_words_that_no_tag_holds_find_their_meaning(shop: Home) -> None:
    loud = shop.titles("brutal head banging riffs", "-n", "4")
    assert len({"Anvil", "Rust", "Cinder", "Fury"} & set(loud)) >= 2
    church = shop.titles("church choir", "-n", "4")
    assert {"Requiem", "Gospel Hour"} & set(church)


def test_a_recording_on_two_albums_comes_once(shop: Home) -> None:
    assert shop.titles("happy disco").count("Mirrorball") == 1
    (only,) = shop.ask("happy disco", "album:The Best of Cleo")["tracks"]
    assert only["album"] == "The Best of Cleo"


def test_a_track_without_tags_never_comes(shop: Home) -> None:
    assert "Untagged" not in shop.titles("anything at all", "-n", "100", "--per-artist", "0")


def test_number_and_share_of_an_artist(shop: Home) -> None:
    def by_gus(*options: str) -> int:
        titles = shop.titles("dub reggae", *options)
        return sum(title.startswith("Riddim") for title in titles)

    assert by_gus() == 3
    assert by_gus("--per-artist", "1") == 1
    assert by_gus("--per-artist", "0") == 6
    assert by_gus("--per-artist", "0", "-n", "2") == 2
    found = shop.ask("dub reggae", "artist:gus")
    (note,) = found["notes"]
    assert "only 3 of 25 fit: 3 more by the same artists (--per-artist 0" in note


def test_number_and_share_in_the_config(shop: Home, tmp_path: Path) -> None:
    other = shop.with_settings(file_tags=False, number=5, per_artist=1)
    titles = other.titles("dub reggae")
    assert other.titles("dub reggae") == titles  # the same list whenever one asks
    assert (len(titles), sum(title.startswith("Riddim") for title in titles)) == (5, 1)


# --- words and query


@pytest.mark.parametrize(
    ("args", "words", "terms"),
    [
        (["sad", "folk"], ["sad", "folk"], []),
        (["sad folk", "year:1990.."], ["sad folk"], ["year:1990.."]),
        (["sad", "year:1990..", "folk"], ["sad"], ["year:1990..", "folk"]),
        (["sad", "^folk"], ["sad"], ["^folk"]),
        (["sad", "^artist:bob"], ["sad"], ["^artist:bob"]),
        (["sad", "my-field:x"], ["sad"], ["my-field:x"]),
        (["sad", "artist::^b"], ["sad"], ["artist::^b"]),
        (["sad", "year-"], ["sad"], ["year-"]),
        (["sad", ",", "folk"], ["sad"], [",", "folk"]),
        (["sad", "/music/Ann"], ["sad"], ["/music/Ann"]),
        (["sad,", "slow"], ["sad,", "slow"], []),
        (["3:00", "am", "songs"], ["3:00", "am", "songs"], []),
        (["songs", "like", "re:", "stacks"], ["songs", "like", "re:", "stacks"], []),
        (["sad: very sad"], ["sad: very sad"], []),
        (["lo-fi", "mid-"], ["lo-fi", "mid-"], []),
        (["r&b/soul"], ["r&b/soul"], []),
        (["year:1990..", "--", "folk"], ["year:1990.."], ["folk"]),
        (["sad", "--", "rating-"], ["sad"], ["rating-"]),
        (["sad", "--"], ["sad"], []),
        (["--", "-sad-", "year:1990.."], ["-sad-"], ["year:1990.."]),
        (["--", "mood:sad", "--", "folk"], ["mood:sad"], ["folk"]),
        (["year:1990.."], [], ["year:1990.."]),
        ([], [], []),
    ],
)
def test_where_the_words_end(args: list[str], words: list[str], terms: list[str]) -> None:
    assert split_words(args) == (words, terms)


def years_of(home: Home, *args: str) -> list[int]:
    """Return the years of the tracks that a description finds, in order."""
    return [int(line) for line in home.beet("describe", "-f", "$year", *args).stdout.split()]


def test_only_what_the_query_lets_in(shop: Home) -> None:
    years = years_of(shop, "happy disco", "year:1990..1999")
    assert len(years) > 5
    assert all(1990 <= year <= 1999 for year in years)
    artists = {
        t["artist"] for t in shop.ask("melancholic", "artist:ann", ",", "artist:bob")["tracks"]
    }
    assert artists == {"Ann", "Bob"}
    artists = {t["artist"] for t in shop.ask("melancholic", "^artist:ann", "^artist:bob")["tracks"]}
    assert artists
    assert not artists & {"Ann", "Bob"}
    assert shop.titles("pop", "--", "acoustic", "^heron") == ["Willow"]  # terms without a field
    (path,) = shop.beet("ls", "-p", "title:pylon").stdout.splitlines()
    assert shop.titles("energetic", path) == ["Pylon"]


def test_a_query_on_a_field_of_ones_own(shop: Home) -> None:
    assert set(shop.titles("hypnotic techno", "venue:tresor")) == {"Pylon", "Strobe"}
    assert shop.titles("hypnotic techno", "venue:tresor", "year:1999") == ["Strobe"]
    assert "Strobe" not in shop.titles("techno", "^venue:tresor")


def test_a_sort_orders_the_playlist(shop: Home) -> None:
    best = shop.titles("aggressive metal", "-n", "6")
    ordered = shop.titles("aggressive metal", "-n", "6", "year-")
    assert set(ordered) == set(best)  # the best ones, in another order
    for sort, reverse in (("year-", True), ("year+", False)):
        years = years_of(shop, "aggressive metal", "-n", "6", sort)
        assert years == sorted(years, reverse=reverse)
    two = shop.titles("hypnotic techno", "--", "venue:tresor", "venue+", "title-")
    assert two == ["Strobe", "Pylon"]


def test_options_may_stand_anywhere(shop: Home) -> None:
    expected = shop.titles("happy disco", "year:1970..1979", "-n", "2")
    assert shop.titles("-n", "2", "happy", "disco", "year:1970..1979") == expected
    assert shop.titles("happy", "-n", "2", "disco", "--", "year:1970..1979") == expected


# --- what it prints


def test_json_is_one_object_of_the_contract(shop: Home) -> None:
    done = shop.beet("describe", "--json", "melancholic acoustic pop", "-n", "50")
    found = json.loads(done.stdout)  # raises when anything else is there
    assert done.stderr == ""
    assert list(found) == ["request", "tracks", "notes", "seconds"]
    assert found["request"]["text"] == "melancholic acoustic pop"
    assert isinstance(found["request"]["about"], str)
    assert isinstance(found["seconds"], float)
    assert found["notes"]
    assert all(isinstance(note, str) for note in found["notes"])
    for hit in found["tracks"]:
        assert {name: type(value) for name, value in hit.items()} == HIT_TYPES
        assert 0 <= hit["score"] <= 1
        assert 0 <= hit["words"] <= 1
        assert hit["descriptors"] == sorted(hit["descriptors"])
        for descriptor, cosine in hit["matched"]:
            assert descriptor in hit["descriptors"]
            assert -1 <= cosine <= 1
        assert Path(hit["path"]).is_file()
    scores = [hit["score"] for hit in found["tracks"]]
    assert scores[0] == max(scores)
    first = found["tracks"][0]
    assert (first["artist"], first["title"], first["album"]) == ("Ann", "Willow", "Willow EP")
    assert (first["length"], first["descriptors"]) == (
        180.0,
        ["1990s", "acoustic pop", "melancholic"],
    )
    assert {name for name, _ in first["matched"]} >= {"acoustic pop", "melancholic"}


def test_the_list_on_the_screen(shop: Home) -> None:
    done = shop.beet("describe", "melancholic acoustic pop", "-n", "3")
    first, *others = done.stdout.splitlines()
    assert first.startswith("1 █")
    assert first.endswith("Ann - Willow (Willow EP)")
    assert len(others) == 2
    assert "\x1b" not in done.stdout + done.stderr
    assert shop.beet("melscribe", "melancholic acoustic pop", "-n", "3").stdout == done.stdout


def test_explain_names_the_reasons(shop: Home) -> None:
    done = shop.beet("describe", "melancholic acoustic pop", "-n", "2", "--explain")
    first, why, second, _ = done.stdout.splitlines()
    assert first.endswith("Ann - Willow (Willow EP)")
    assert '"acoustic pop"' in why
    assert '"melancholic"' in why
    assert "also 1990s" in why
    assert second.startswith("2 ")


def test_formats_and_paths(shop: Home) -> None:
    ask = ("describe", "melancholic acoustic pop", "-n", "2")
    assert shop.beet(*ask, "-f", "$title by $artist, $year").stdout.splitlines()[0] == (
        "Willow by Ann, 1991"
    )
    paths = shop.beet(*ask, "-p").stdout.splitlines()
    assert paths == [hit["path"] for hit in shop.ask(*ask[1:])["tracks"]]
    assert all(Path(path).is_file() for path in paths)


def test_colours_are_for_terminals(shop: Home) -> None:
    assert b"\x1b[" in on_a_terminal(shop, "describe", "disco", "-n", "2")
    assert b"\x1b[" not in on_a_terminal(
        shop, "describe", "disco", "-n", "2", env={"NO_COLOR": "1"}
    )
    assert json.loads(on_a_terminal(shop, "describe", "disco", "--json", "-n", "2"))


def on_a_terminal(home: Home, *args: str, env: dict[str, str] | None = None) -> bytes:
    """Return what beet prints when its stdout is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [BEET, *args],
        env={**home.environment, "TERM": "xterm-256color", **(env or {})},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    while chunk := read_some(ours):
        shown += chunk
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return shown


def read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other side has closed it
        return b""


def test_a_reader_that_stops_early_is_no_error(shop: Home) -> None:
    command = f"'{BEET}' describe disco | head -n 1"
    done = subprocess.run(
        ["sh", "-c", command], env=shop.environment, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.startswith(" 1 █")
    assert "Traceback" not in done.stderr


def test_names_cannot_move_the_cursor(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(track("Eve\x1b[2J", "One\nTwo\r\x9b", "Folk", album="\u202eright to left"))
    done = home.beet("describe", "folk")
    assert len(done.stdout.splitlines()) == 1
    assert done.stdout.strip().isprintable()
    (hit,) = home.ask("folk")["tracks"]
    assert (hit["artist"], hit["title"]) == ("Eve\x1b[2J", "One\nTwo\r\x9b")


def test_a_path_that_is_no_text_survives_json(home: Home) -> None:
    home.configure(file_tags=False)
    path = os.fsencode(home.music) + b"/caf\xe9.mp3"
    home.add(track("Eve", "Café", "Folk", path=path))
    (hit,) = home.ask("folk")["tracks"]
    assert os.fsencode(hit["path"]) == path


# --- another plugin with a command of the same name

RIVAL = """
from beets import plugins, ui

class RivalPlugin(plugins.BeetsPlugin):
    def commands(self):
        command = ui.Subcommand("describe", help="a field of the library")
        command.func = lambda lib, opts, args: ui.print_("the rival answers")
        return [command]
"""


def test_another_describe_is_warned_of(shop: Home, tmp_path: Path) -> None:
    (tmp_path / "rival.py").write_text(RIVAL, encoding="utf-8")
    warning = "the plugin rival has a command `describe` too; `beet melscribe` is this one"
    ours = shop.with_settings(plugins="melscribe rival", pluginpath=tmp_path, file_tags=False)
    done = ours.beet("describe", "melancholic acoustic pop", "-n", "1")
    assert "Willow" in done.stdout
    assert done.stderr.count(warning) == 1
    theirs = shop.with_settings(plugins="rival melscribe", pluginpath=tmp_path, file_tags=False)
    assert theirs.beet("describe", "genres").stdout == "the rival answers\n"
    done = theirs.beet("melscribe", "melancholic acoustic pop", "-n", "1")
    assert "Willow" in done.stdout
    assert warning in done.stderr
    assert warning not in shop.beet("describe", "disco").stderr


# --- the index follows the library by itself


def test_the_index_follows_the_library(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(*(t for t in TRACKS if t["artist"] in ("Ann", "Bob", "Cleo")))
    first = home.beet("describe", "acoustic pop").stderr.splitlines()
    assert first[0] == "first use: indexing the library (once; later only what changed)"
    assert first[1] == "index brought up to date: 9 new, 0 changed, 0 removed, 0 unchanged"
    assert "index" not in home.beet("describe", "acoustic pop").stderr

    home.beet("modify", "-y", "-W", "-M", "title:Willow", "genres=Delta Blues")
    found = home.ask("delta blues")
    assert found["tracks"][0]["title"] == "Willow"
    assert found["notes"][0] == (
        "index brought up to date: 0 new, 1 changed, 0 removed, 8 unchanged"
    )

    home.beet("modify", "-y", "-W", "-M", "title:Anvil", "mood=tender")  # a field of one's own
    assert home.titles("tender")[0] == "Anvil"

    home.beet("modify", "-y", "-W", "-M", "title:Rust", "comments=nothing that describes")
    assert "index" not in home.beet("describe", "heavy metal").stderr

    home.beet("remove", "-f", "title:Anvil")
    found = home.ask("tender")
    assert "Anvil" not in [hit["title"] for hit in found["tracks"]]
    assert "0 new, 0 changed, 1 removed, 8 unchanged" in found["notes"][0]

    home.add(track("Dee", "Tide", "Ambient", "calm"), track("Rae", "Untagged", ""))
    found = home.ask("calm ambient")
    assert found["tracks"][0]["title"] == "Tide"
    assert found["notes"][0] == (
        "index brought up to date: 2 new, 0 changed, 0 removed, 8 unchanged"
        " (1 of the new and changed without descriptors)"
    )


def test_a_new_track_with_the_id_of_an_old_one(home: Home) -> None:
    """SQLite gives the id of the newest track away again once that track is removed."""
    home.configure(file_tags=False)
    *_, newest = home.add(track("Ann", "Willow", "Folk"), track("Bob", "Anvil", "Metal"))
    assert home.titles("metal")[0] == "Anvil"
    home.beet("remove", "-f", "title:Anvil")
    assert home.add(track("Cleo", "Sequin", "Disco")) == [newest]
    found = home.ask("disco")
    assert (found["tracks"][0]["title"], found["tracks"][0]["id"]) == ("Sequin", newest)
    assert found["tracks"][0]["descriptors"] == ["disco"]
    assert "0 new, 1 changed, 0 removed, 1 unchanged" in found["notes"][0]


def test_a_library_in_wal_mode_is_followed_too(home: Home) -> None:
    """There the database file stands still until the last connection is closed."""
    home.configure(file_tags=False)
    home.add(track("Ann", "Willow", "Folk"))
    with closing(sqlite3.connect(home.database)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("SELECT count(*) FROM items").fetchone()
        assert home.titles("disco") == ["Willow"]
        before = home.database.stat()
        home.add(track("Cleo", "Sequin", "Disco"))
        assert home.database.stat().st_mtime_ns == before.st_mtime_ns
        assert home.titles("disco")[0] == "Sequin"


# --- a playlist file


def entries(playlist: Path) -> list[str]:
    """Return the lines of a playlist that name tracks."""
    lines = playlist.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_a_playlist_file(shop: Home, tmp_path: Path) -> None:
    (shop.music / "lists").mkdir(exist_ok=True)
    playlist = shop.music / "lists" / "sad.m3u8"
    ask = ("melancholic acoustic pop", "-n", "5")
    found = shop.ask(*ask, "-m", str(playlist))
    assert found["notes"] == [f"wrote 5 tracks to {playlist}"]
    paths = [Path(hit["path"]) for hit in found["tracks"]]
    assert entries(playlist) == [f"../{path.name}" for path in paths]
    assert all((playlist.parent / entry).is_file() for entry in entries(playlist))
    lines = playlist.read_text(encoding="utf-8").splitlines()
    assert lines[:4] == [
        "#EXTM3U",
        "#PLAYLIST:melancholic acoustic pop",
        "#EXTINF:180,Ann - Willow",
        f"../{paths[0].name}",
    ]
    shop.beet("describe", "happy disco", "-n", "1", "-m", str(playlist))  # replaces it
    (entry,) = entries(playlist)
    assert entry.endswith("Mirrorball.mp3")
    shop.beet("describe", "happy disco", "-n", "1", "-m", "here.m3u8", cwd=tmp_path)
    (entry,) = entries(tmp_path / "here.m3u8")
    assert (tmp_path / entry).is_file()


def test_missing_files_are_left_out_and_counted(home: Home, tmp_path: Path) -> None:
    home.configure(file_tags=False)
    home.add(*TRACKS[:4])
    home.make_files()
    (home.music / "1-Heron.mp3").unlink()
    playlist = tmp_path / "list.m3u8"
    found = home.ask("acoustic pop", "-m", str(playlist))
    assert f"wrote 3 tracks to {playlist}; left out 1 whose file is missing" in found["notes"]
    assert len(found["tracks"]) == 4
    assert len(entries(playlist)) == 3
    assert not any("Heron" in entry for entry in entries(playlist))


@pytest.fixture(scope="module")
def spaced(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home with one track outside the music folder: a space and a backslash in its path.

    Inside, beets itself makes the backslash a slash.
    """
    home = Home(tmp_path_factory.mktemp("spaced"))
    home.configure(file_tags=False)
    (home.folder / "lists").mkdir()
    (home.folder / "a b").mkdir()
    path = home.folder / "a b" / "c\\d.mp3"
    home.add(track("Ann", "Willow", "Folk", "sad", path=os.fsencode(path)))
    home.make_files()
    return home


@pytest.mark.parametrize(
    ("option", "line"),
    [
        (["--relative-to", "{music}/x"], "../../a b/c\\d.mp3"),
        (["--forward-slash"], "../a b/c/d.mp3"),
        (["--prefix", "http://nas/"], "http://nas/../a b/c\\d.mp3"),
        (["--urlencode"], "../a%20b/c%5Cd.mp3"),
        (["--uri-format", "http://beets/item/$id"], "http://beets/item/1"),
        (["--dest-regen"], "../music/Non-Album/Ann/Willow.mp3"),
    ],
)
def test_an_option_changes_how_tracks_are_named(spaced: Home, option: list[str], line: str) -> None:
    playlist = spaced.folder / "lists" / "list.m3u8"
    given = [part.format(music=spaced.music) for part in option]
    spaced.beet("describe", "sad folk", "-m", str(playlist), *given)
    assert entries(playlist) == [line]


def test_the_config_names_tracks_and_the_command_line_overrides_it(spaced: Home) -> None:
    playlist = spaced.folder / "lists" / "list.m3u8"
    section = {"relative_to": str(spaced.folder), "prefix": "smb://nas/", "urlencode": True}
    other = spaced.with_settings(file_tags=False, playlist=section)
    other.beet("describe", "sad folk", "-m", str(playlist))
    assert entries(playlist) == ["smb://nas/a%20b/c%5Cd.mp3"]
    other.beet("describe", "sad folk", "-m", str(playlist), "--prefix", "")
    assert entries(playlist) == ["a%20b/c%5Cd.mp3"]


def test_plain_m3u_and_fields(spaced: Home) -> None:
    playlist = spaced.folder / "lists" / "list.m3u8"
    spaced.beet("describe", "sad folk", "-m", str(playlist), "--output", "m3u")
    assert playlist.read_text(encoding="utf-8") == "../a b/c\\d.mp3\n"
    settings = {"output": "extm3u", "fields": ["mood", "genres"]}
    other = spaced.with_settings(file_tags=False, playlist=settings)
    other.beet("describe", "sad folk", "-m", str(playlist))
    assert '#EXTINF:180 mood="sad" genres="Folk",Ann - Willow' in playlist.read_text("utf-8")


def test_an_option_without_a_playlist_file_is_refused(spaced: Home) -> None:
    done = spaced.beet("describe", "sad folk", "--dest-regen", code=1)
    assert "--dest-regen shapes a playlist file; name the file with -m FILE" in done.stderr
    done = spaced.beet("describe", "sad folk", "-m", "list.m3u8", "--output", "pls", code=1)
    assert "output is 'pls', but it must be extm3u or m3u" in done.stderr


def test_options_that_would_print_twice_are_refused(home: Home) -> None:
    for given, said in (
        (["--json", "-p"], "--json prints one object and nothing else; leave out --path"),
        (["-f", "$title", "--json"], "--json prints one object and nothing else; leave out --form"),
        (["-p", "-f", "$title"], "--path prints paths and nothing else; leave out --format"),
        (["--explain", "-p"], "--explain says why beneath each track of the list; leave out --pa"),
    ):
        assert said in home.beet("describe", "folk", *given, code=1).stderr


def test_a_track_without_a_path_is_an_answer_all_the_same(home: Home) -> None:
    home.add({"title": "Willow", "genres": ["Folk"]}, {"title": "Tide", "genres": ["Folk"]})
    home.make_files()
    with closing(sqlite3.connect(home.database)) as db, db:
        db.execute("UPDATE items SET path = NULL WHERE title = 'Willow'")
    found = {track["title"]: track["path"] for track in home.ask("folk")["tracks"]}
    assert found == {"Willow": None, "Tide": str(home.music / "1-Tide.mp3")}
    playlist = home.folder / "list.m3u"
    done = home.beet("describe", "folk", "-m", str(playlist))
    assert "wrote 1 track to" in done.stderr
    assert "left out 1 whose file is missing" in done.stderr
    assert home.beet("melindex").stderr.startswith("1 file could not be read")  # the other one
