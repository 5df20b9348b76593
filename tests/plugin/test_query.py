"""`describe:` as a term of any beets query, through the commands that take queries."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import beets
import pytest
import yaml
from beets.library import Item, Library, parse_query_string

from beetsplug.melscribe.query_answer import Descriptors
from tests.plugin.test_settings import settings
from tests.support import inside
from tests.support.home import BEET, Home
from tests.support.paths import AUDIO

ARTISTS = {"A": "Ann Ash", "B": "Bob Birch", "C": "Cleo Cole", "D": "Dee Dorn"}
SHOWN = ("-f", "$title $describe_score")


def track(title: str, genres: str, mood: str, **more: Any) -> dict[str, Any]:
    """Return a track's fields; tracks of one letter and number, such as A1, are of one album."""
    return {
        "artist": ARTISTS[title[0]],
        "title": title,
        "album": title[0],
        "genres": genres.split(", "),
        "mood": mood,
        "length": 180,
        **more,
    }


TRACKS = [
    track("A1", "Folk", "sad", year=1971),
    track("A2", "Folk", "melancholic", year=1971),
    track("B1", "Folk", "sad", year=1994),
    track("B2", "Thrash Metal", "aggressive", year=1994),
    track("C1", "Thrash Metal", "furious", year=1986),
    track("C2", "Death Metal", "brutal", year=1986),
    track("D1", "Disco", "happy", year=1978),
    track("D2", "Ambient", "calm"),
]
OTHER = {"genres": ["Gabber"], "mood": "aggressive", "year": 0}


def add_albums(home: Home) -> None:
    """Add TRACKS with a file each, as the albums A, B, C and D."""
    home.add(*TRACKS)
    home.make_files()
    lib = home.library()
    for letter in "ABC":
        lib.add_album(list(lib.items(f"album:{letter}")))
    _bare_album(lib, "D")  # its second track has no year
    lib._close()


def _bare_album(lib: Library, letter: str) -> None:
    """Join tracks to an album that says nothing itself, not even what its first track says."""
    album = lib.add_album(list(lib.items(f"album:{letter}")))
    album.update({"genres": [], "year": 0})
    album.store(inherit=False)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return an indexed home of four albums with two tracks each; only to be read."""
    home = Home(tmp_path_factory.mktemp("shop"))
    home.configure(file_tags=False, min_score=0.1)
    add_albums(home)
    home.beet("melindex")
    return home


def lines(home: Home, *args: str, **options: Any) -> list[str]:
    return home.beet(*args, **options).stdout.splitlines()


def titles(home: Home, *terms: str) -> set[str]:
    return set(lines(home, "ls", "-f", "$title", *terms))


def configured(home: Home, plugins: str, section: str, **settings: Any) -> Home:
    """Return a home with one more plugin in the config, with these settings."""
    other = home.with_settings(plugins=f"melscribe {plugins}", file_tags=False, min_score=0.1)
    path = other.folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config[section] = settings
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return other


# --- what it finds


def test_it_finds_what_describe_finds_with_the_same_scores(shop: Home) -> None:
    wide = ("-n", "100", "--per-artist", "0", "--per-album", "0")
    for request in ("sad folk", "metal from the 80s", "something calm, not folk"):
        answered = shop.ask(request, *wide)["tracks"]
        expected = {hit["title"]: hit["score"] for hit in answered}
        assert expected
        found = dict(line.split() for line in lines(shop, "ls", *SHOWN, f"describe:{request}"))
        scores = {title: float(score) for title, score in found.items()}
        # rounded to three places here, to four there
        assert scores == pytest.approx(expected, abs=0.00056)


def test_it_is_one_term_among_others(shop: Home) -> None:
    folk = {"A1", "A2", "B1"}
    everything = {fields["title"] for fields in TRACKS}
    found = titles(shop, "describe:sad folk")
    assert folk <= found < everything
    assert titles(shop, "^describe:sad folk") == everything - found
    assert titles(shop, "describe:sad folk", "year:1990..") == {"B1"} | (found & {"B2"})
    assert titles(shop, "describe:sad folk", "mood:melancholic") == {"A2"}  # a field of one's own
    assert titles(shop, "title:D1", ",", "describe:sad folk") == found | {"D1"}
    both = titles(shop, "describe:sad folk", "describe:from the 90s")
    assert both == found & {"B1", "B2"}


def test_examples_and_unwanted_artists_stay_out(shop: Home) -> None:
    like = titles(shop, "describe:songs like Ann Ash")
    assert "B1" in like
    assert not like & {"A1", "A2"}
    assert titles(shop, "describe:folk, not Ann Ash") == titles(shop, "describe:folk") - {
        "A1",
        "A2",
    }


def test_no_more_than_the_configured_number_come(shop: Home) -> None:
    best = [
        line.split()[0]
        for line in lines(shop, "ls", *SHOWN, "describe:sad folk", "describe_score-")
    ]
    few = shop.with_settings(file_tags=False, min_score=0.1, query_number=2)
    assert titles(few, "describe:sad folk") == set(best[:2])


def test_the_score_sorts(shop: Home) -> None:
    shown = ("ls", "-f", "$describe_score $title", "describe:sad folk")
    down = lines(shop, *shown, "describe_score-")
    scores = [line.split()[0] for line in down]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1
    assert down[0].endswith(("A1", "B1"))
    up = lines(shop, *shown, "describe_score+")
    assert [line.split()[0] for line in up] == sorted(scores)
    assert set(up) == set(down)


@pytest.mark.skipif(
    tuple(map(int, beets.__version__.split(".")[:2])) < (2, 14), reason="`ls` had no --limit"
)
def test_a_limit_counts_what_fits(shop: Home) -> None:
    (best,) = lines(shop, "ls", "-l", "1", "-f", "$title", "describe:calm", "describe_score-")
    assert best == "D2"
    # Sorted by artist, those of other tracks would be cut off first.
    assert len(lines(shop, "ls", "-l", "1", "describe:brutal death metal")) == 1


def scores_of(home: Home, *terms: str) -> dict[str, float]:
    found = (line.split() for line in lines(home, "ls", *SHOWN, *terms))
    return {title: float(score) for title, score in found}


def test_the_score_narrows_wherever_it_stands(shop: Home) -> None:
    scores = scores_of(shop, "describe:sad folk")
    middle = round((min(scores.values()) + max(scores.values())) / 2, 3)
    high = {title for title, score in scores.items() if score >= middle}
    assert set() < high < set(scores)
    for terms in (
        ["describe:sad folk", f"describe_score:{middle}.."],
        [f"describe_score:{middle}..", "describe:sad folk"],
        [f"describe_score:{middle}..", "mood::.", "describe:sad folk"],  # decided track by track
        ["describe:sad folk", f"^describe_score:..{middle}"],
    ):
        assert titles(shop, *terms) == high, terms
    low = set(scores) - high
    assert titles(shop, "describe:sad folk", f"describe_score:..{middle}") == low
    assert titles(shop, "describe:sad folk", f"describe_score:{scores['A1']}") >= {"A1"}
    assert titles(shop, "title:D1", "describe_score:..0", ",", "title:D2", "describe:sad folk") == {
        "D1"
    }


def test_two_descriptions_have_one_score_their_mean(shop: Home) -> None:
    sad, folk = scores_of(shop, "describe:sad"), scores_of(shop, "describe:folk")
    both = scores_of(shop, "describe:sad", "describe:folk")
    assert both.keys() == sad.keys() & folk.keys()
    for title, score in both.items():
        assert score == pytest.approx((sad[title] + folk[title]) / 2, abs=1e-3)


# --- albums


def albums(home: Home, term: str) -> dict[str, float]:
    found = (line.split() for line in lines(home, "ls", "-a", "-f", "$album $describe_score", term))
    return {album: float(score) for album, score in found}


def test_an_album_scores_the_mean_of_its_tracks(shop: Home) -> None:
    of_track = scores_of(shop, "describe:sad folk")
    of_album = albums(shop, "describe:sad folk")
    assert of_album
    for album, score in of_album.items():
        pair = [of_track.get(f"{album}{n}", 0) for n in (1, 2)]
        assert score == pytest.approx(sum(pair) / 2, abs=1e-3)
    order = lines(shop, "ls", "-a", "-f", "$album", "describe:sad folk", "describe_score-")
    assert order[:2] == ["A", "B"]
    narrowed = ("describe_score:0.1..", "describe:sad folk", "year:1990..")
    assert lines(shop, "ls", "-a", "-f", "$album", *narrowed) == ["B"]


def test_what_is_not_to_come_counts_nothing_in_an_album(shop: Home) -> None:
    of_album = albums(shop, "describe:folk, not metal")
    assert of_album["B"] == pytest.approx(scores_of(shop, "describe:folk")["B1"] / 2, abs=1e-3)
    assert "C" not in of_album  # both of its tracks are metal


def test_of_an_album_all_tracks_with_descriptors_count(home: Home) -> None:
    home.configure(file_tags=False, siblings=False, min_score=0.1)
    bare = {"genres": [], "mood": ""}
    home.add(
        TRACKS[0],
        {**TRACKS[0], **bare, "title": "A2", "year": 0},
        *({**TRACKS[2], "title": f"B{n}", **({} if n == 1 else OTHER)} for n in (1, 2, 3)),
    )
    lib = home.library()
    for letter in "AB":
        _bare_album(lib, letter)
    lib._close()
    of_track, of_album = scores_of(home, "describe:sad folk"), albums(home, "describe:sad folk")
    assert of_track.keys() == {"A1", "B1"}
    assert of_album["A"] == of_track["A1"]
    assert of_album["B"] == pytest.approx(of_track["B1"] / 3, abs=1e-3)


def test_descriptors_are_a_field_of_tracks_and_albums(shop: Home) -> None:
    assert lines(shop, "ls", "-f", "$descriptors", "title:A1") == ["1970s, folk, sad"]
    assert lines(shop, "ls", "-a", "-f", "$descriptors", "album:A") == [
        "1970s, folk, melancholic, sad"
    ]
    assert titles(shop, "descriptors:brutal") == {"C2"}


def test_without_a_description_there_is_no_score(shop: Home) -> None:
    assert lines(shop, "ls", "-f", "<$describe_score>", "title:A1") == ["<>"]
    assert lines(shop, "ls", "-f", "$describe_score", "title:D1", ",", "describe:brutal") == [
        *lines(shop, "ls", "-f", "$describe_score", "describe:brutal"),
        "0.000",
    ]


def test_the_fields_tell_of_what_describe_found(shop: Home) -> None:
    shown = lines(shop, "describe", "sad folk", "-f", "$describe_score $id $descriptors")
    found = shop.ask("sad folk")["tracks"]
    for line, hit in zip(shown, found, strict=True):
        score, track, descriptors = line.split(" ", 2)
        assert float(score) == pytest.approx(hit["score"], abs=1e-3)
        assert (int(track), descriptors) == (hit["id"], ", ".join(hit["descriptors"]))


# --- what is said


def test_what_was_understood_is_said_and_what_cannot_apply_too(shop: Home) -> None:
    done = shop.beet("ls", "describe:ten songs from the 70s, 45 minutes")
    head = 'melscribe: "ten songs from the 70s, 45 minutes": '
    assert done.stderr.splitlines() == [
        head + "understood: 1970-1979",
        head
        + "ignored: 10 tracks · 45 min (a query finds the best matches, at most `query_number`)",
        head + "1 track has no year and stayed out (beet describe --lenient lets such in)",
    ]
    assert len(done.stdout.splitlines()) == 3  # A1, A2, D1


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("describe:", "invalid query: 'describe:': '' is not a description"),
        ("describe:  ", "invalid query: 'describe:  ': '' is not a description"),
        ("describe:the", 'error: "the" has no word that could be searched for; name a mood, a'),
        ("describe_score:0.5..", "error: describe_score:0.5.. is about a describe: term, and"),
        ("describe_score:high", "invalid query: 'describe_score:high': 'high' is not an int or"),
    ],
)
def test_what_is_no_description_is_one_sentence(shop: Home, term: str, said: str) -> None:
    done = shop.beet("ls", term, code=1)
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 1


def test_that_nothing_fits_is_no_error(shop: Home) -> None:
    done = shop.beet("ls", "describe:folk from the 1930s", ",", "title:A1")
    assert len(done.stdout.splitlines()) == 1
    assert "no track fulfils 1930-1939" in done.stderr


def test_a_wrong_setting_is_named(shop: Home) -> None:
    wrong = shop.with_settings(query_number="all")
    done = wrong.beet("ls", "describe:sad folk", code=1)
    assert done.stderr == (
        "configuration error: melscribe.query_number: must be a whole number, not 'all'\n"
    )
    assert len(lines(wrong, "ls")) == len(TRACKS)


# --- when it reads


def test_the_index_is_made_and_kept_up_to_date(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(*TRACKS)
    home.beet("ls", "title:A1")
    assert not home.index.exists()
    done = home.beet("ls", "-f", "$title", "describe:brutal death metal", "describe_score-")
    assert done.stdout.splitlines()[0] == "C2"
    assert "first use: indexing the library" in done.stderr
    home.beet("modify", "-y", "-W", "-M", "title:D2", "genres=Death Metal", "mood=brutal")
    done = home.beet("ls", "-f", "$title", "describe:brutal death metal", "describe_score:0.5..")
    assert "0 new, 1 changed, 0 removed, 7 unchanged" in done.stderr
    assert set(done.stdout.splitlines()) >= {"C2", "D2"}


def test_a_query_follows_the_library_option(shop: Home, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    shutil.copy(shop.database, other)
    at_other = ("-l", str(other))
    shop.beet(*at_other, "remove", "-f", "title:A1")
    assert "A1" not in lines(shop, *at_other, "ls", "-f", "$title", "describe:sad folk")
    assert "A1" in titles(shop, "describe:sad folk")


def test_descriptors_are_those_of_now_though_the_index_is_not(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(TRACKS[0], TRACKS[1])
    assert lines(home, "ls", "-f", "$descriptors", "title:A1") == ["1970s, folk, sad"]
    assert not home.index.exists()  # a template is no reason to index a library
    home.beet("melindex")
    home.beet("modify", "-y", "-W", "-M", "title:A1", "mood=dreamy")
    assert lines(home, "ls", "-f", "$title $descriptors") == [
        "A1 1970s, dreamy, folk",
        "A2 1970s, folk, melancholic",
    ]


def test_a_query_that_is_kept_follows_the_library(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(*TRACKS)
    with inside.library(home) as lib:
        query, _ = parse_query_string('describe:"brutal death metal"', Item)
        assert {"C2"} <= {item.title for item in lib.items(query)}
        (changed,) = lib.items("title:C2")
        changed.update({"genres": ["Folk"], "mood": "sad"})
        changed.store()
        scores = {item.title: item.describe_score for item in lib.items(query)}
        assert scores.get("C2", 0) < scores["B2"]


def test_descriptors_follow_the_library_within_one_process(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(TRACKS[0], TRACKS[1])
    home.beet("melindex")
    lib = home.library()
    teller = Descriptors(lib, settings({"file_tags": False}))
    for mood in ("dreamy", "calm"):
        assert teller.of_track(2) == "1970s, folk, melancholic"
        item = lib.get_item(1)
        assert item is not None
        item.update({"mood": mood})
        item.store()
        assert teller.of_track(1) == f"1970s, {mood}, folk"
    lib._close()


def test_a_damaged_index_is_made_anew(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(*TRACKS)
    home.beet("melindex")
    home.index.write_bytes(b"no database at all, however long it may be" * 100)
    done = home.beet("ls", "-f", "$title", "describe:sad folk")
    assert {"A1", "B1"} <= set(done.stdout.splitlines())
    assert "is damaged" in done.stderr


def test_a_library_in_wal_mode(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(*TRACKS)
    with closing(sqlite3.connect(home.database)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    assert "C2" in titles(home, "describe:brutal death metal")
    home.beet("modify", "-y", "-W", "-M", "title:D2", "genres=Death Metal", "mood=brutal")
    assert {"C2", "D2"} <= titles(home, "describe:brutal death metal")


# --- other commands


def test_modify_and_a_description_in_describe_itself(home: Home) -> None:
    home.configure(file_tags=False, min_score=0.3)
    home.add(*TRACKS)
    home.beet("modify", "-y", "-W", "-M", "describe:sad folk", "grouping=evening")
    assert titles(home, "grouping:evening") == titles(home, "describe:sad folk")
    assert set(home.titles("sad", "describe:folk")) == {"A1", "B1"}


def test_play(shop: Home) -> None:
    home = configured(shop, "play", "play", command="echo", raw=True)
    played = home.beet("play", "describe:sad folk", "describe_score-").stdout
    named = re.findall(r"-(\w+)\.mp3", played)
    asked = lines(shop, "ls", "-f", "$title", "describe:sad folk", "describe_score-")
    assert named == asked


def test_smart_playlists(shop: Home, tmp_path: Path) -> None:
    playlists = [
        {"name": "sad.m3u", "query": 'describe:"sad folk" describe_score-'},
        {"name": "metal.m3u", "query": ['describe:"death metal" describe_score-', "title:D2"]},
        {"name": "folk.m3u", "album_query": 'describe:"sad folk" describe_score:0.2.. album:A'},
        {"name": "plain.m3u", "query": "title:D2"},
    ]
    home = configured(
        shop, "smartplaylist", "smartplaylist", playlist_dir=str(tmp_path), playlists=playlists
    )
    home.beet("splupdate")

    def written(name: str) -> list[str]:
        paths = (tmp_path / f"{name}.m3u").read_text(encoding="utf-8").splitlines()
        return [Path(path).name.split("-")[1].removesuffix(".mp3") for path in paths]

    for name, request in (("sad", "sad folk"), ("metal", "death metal")):
        asked = lines(shop, "ls", "-f", "$title", f"describe:{request}", "describe_score-")
        assert [title for title in written(name) if title != "D2" or title in asked] == asked
    assert written("metal")[-1] == "D2"
    assert set(written("folk")) == {"A1", "A2"}


def test_a_smart_playlist_that_is_not_asked_for_reads_nothing(home: Home) -> None:
    home.add(*TRACKS)
    playlists = [
        {"name": "sad.m3u", "query": 'describe:"sad folk"'},
        {"name": "plain.m3u", "query": "title:D2"},
    ]
    other = configured(
        home, "smartplaylist", "smartplaylist", playlist_dir=str(home.folder), playlists=playlists
    )
    other.beet("splupdate", "plain")
    assert (home.folder / "plain.m3u").exists()
    assert not home.index.exists()


def test_convert_to_a_playlist(home: Home, tmp_path: Path) -> None:
    home.add(*TRACKS)
    lib = home.library()
    for item in lib.items():
        shutil.copy(AUDIO / "silence.mp3", os.fsdecode(item.path))
    lib._close()
    device = tmp_path / "device"
    other = configured(
        home, "convert", "convert", dest=str(device), format="mp3", never_convert_lossy_files=True
    )
    other.beet("convert", "-y", "-m", "sad.m3u8", "describe:sad folk", "describe_score:0.4..")
    copied = {path.name for path in device.rglob("*.mp3")}
    assert len(copied) == len(titles(home, "describe:sad folk", "describe_score:0.4.."))
    listed = (device / "sad.m3u8").read_text(encoding="utf-8")
    assert all(name in listed for name in copied)


@contextmanager
def web_server(home: Home) -> Iterator[str]:
    """Run `beet web` and give its address."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(BEET), "web", "127.0.0.1", str(port)]
    server = subprocess.Popen(command, env=home.environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port))):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def test_web(home: Home) -> None:
    pytest.importorskip("flask", reason="needs flask (the extra `dev`)")
    home.add(*TRACKS)
    other = configured(home, "web", "web")

    def found(address: str, request: str) -> list[str]:
        query = f"{address}/item/query/{quote('describe:' + request)}/describe_score-"
        with urlopen(query, timeout=60) as answer:
            return [item["title"] for item in json.load(answer)["results"]]

    with web_server(other) as address:
        asked = lines(other, "ls", "-f", "$title", "describe:sad folk", "describe_score-")
        assert found(address, "sad folk") == asked
        assert "D1" not in found(address, "sad folk")
        home.beet("modify", "-y", "-W", "-M", "title:D1", "genres=Folk", "mood=sad")
        assert "D1" in found(address, "sad folk")


def test_names_alone_mean_these_and_nothing_like_them(shop: Home) -> None:
    assert titles(shop, "describe:Ann Ash") == {"A1", "A2"}
    assert titles(shop, "describe:some Ann Ash and Dee Dorn") == {"A1", "A2", "D1", "D2"}
    assert "B1" in titles(shop, "describe:sad folk and some Ann Ash")  # is like them
