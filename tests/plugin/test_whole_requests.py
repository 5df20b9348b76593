"""`beet describe` on one small library: constraints, names, remarks and explanations."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from beetsplug.melscribe import library
from tests.support.home import Home
from tests.support.inside import beet

TRACKS: list[dict[str, Any]] = [
    {"artist": "Nick Drake", "title": "Pink Moon", "genres": ["Folk", "Acoustic"], "year": 1972},
    {"artist": "Nick Drake", "title": "Road", "genres": ["Folk", "Melancholic"], "year": 1972},
    {"artist": "Vashti", "title": "Lark", "genres": ["Folk", "Happy"], "year": 1970},
    {"artist": "Linda", "title": "Weeping Willow", "genres": ["Folk", "Melancholic"], "year": 2007},
    {"artist": "Madonna", "title": "Holiday", "genres": ["Pop", "Dance"], "year": 1983, "bpm": 116},
    {"artist": "Cyndi", "title": "Bop", "genres": ["Pop", "Dance"], "year": 1984, "bpm": 160},
    {"artist": "Kylie", "title": "Hands", "genres": ["Pop", "Ballad"], "year": 1988, "bpm": 80},
    {"artist": "Robyn", "title": "Own", "genres": ["Pop", "Dance"], "year": 2010, "bpm": 117},
    {"artist": "Nobody", "title": "Undated", "genres": ["Pop", "Dance"]},
    {"artist": "Tagged", "title": "Decade", "genres": ["Pop", "Dance", "80s"]},
    {"artist": "Rappers", "title": "Verse", "genres": ["Hip-Hop"], "mood": "rapper", "year": 1994},
    {"artist": "Beats", "title": "Loop", "genres": ["Hip-Hop", "Instrumental"], "year": 1995},
    {"artist": "Djent", "title": "Chug", "genres": ["Djent", "Heavy"], "year": 2011},
    {"artist": "Long", "title": "Drone", "genres": ["Ambient"], "length": 1200.0},
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return made_home(tmp_path_factory.mktemp("beets"))


@pytest.fixture
def own_home(tmp_path: Path) -> Home:
    """Return a home that a test may change."""
    return made_home(tmp_path)


def made_home(folder: Path) -> Home:
    made = Home(folder)
    made.configure(file_tags=False)
    made.add(*({"length": 200.0, "album": f"Album {i}", **t} for i, t in enumerate(TRACKS)))
    made.beet("melindex")
    return made


def notes(found: dict[str, Any]) -> str:
    return " | ".join(found["notes"])


def test_years_are_kept_and_the_unknown_ones_counted(home: Home) -> None:
    found = home.ask("80s dance pop")
    assert found["request"]["years"] == [1980, 1989]
    assert found["request"]["about"] == "dance pop"
    # "Decade" has its decade in the genres; "Undated" and "Drone" have no year.
    assert {t["title"] for t in found["tracks"]} == {"Holiday", "Bop", "Hands", "Decade"}
    assert "2 tracks have no year and stayed out" in notes(found)
    lenient = home.ask("80s dance pop", "--lenient")
    assert "Undated" in {t["title"] for t in lenient["tracks"]}


def test_words_stay_words_with_literal(home: Home) -> None:
    found = home.ask("80s dance pop", "--literal")
    assert found["request"] == {"text": "80s dance pop", "about": "80s dance pop"}
    assert len(found["tracks"]) > 5


def test_tempo_is_kept(home: Home) -> None:
    assert set(home.titles("pop, 110-120 bpm")) == {"Holiday", "Own"}


def test_what_is_excluded_stays_out_with_its_kinds(home: Home) -> None:
    assert "Hands" not in home.titles("pop without ballads")
    hip_hop = home.titles("hip hop, no vocals")
    assert "Loop" in hip_hop
    assert "Verse" not in hip_hop


def test_an_example_moves_the_request_and_stays_out(home: Home) -> None:
    found = home.ask("like Nick Drake but happy", "-n", "1")
    assert found["request"]["like"] == ["Nick Drake"]
    assert [t["title"] for t in found["tracks"]] == ["Lark"]
    assert found["tracks"][0]["example"] > 0
    let_in = home.titles("like Nick Drake", "--include-like")
    assert {"Pink Moon", "Road"} <= set(let_in[:4])
    by_query = home.titles("music", "--like", "artist:Drake", "-n", "2")
    assert set(by_query) == {"Lark", "Weeping Willow"}


def test_only_the_artist_asked_for(home: Home) -> None:
    assert set(home.titles("songs by Nick Drake")) == {"Pink Moon", "Road"}


def test_a_name_is_known_while_an_artist_has_it(home: Home) -> None:
    request = "folk like the beths but slower"
    rename = ("modify", "-y", "--nowrite", "--nomove")
    # In lower case "the beths" is a name only if the library has an artist of that name.
    assert "like" not in home.ask(request)["request"]
    home.beet(*rename, "artist:Vashti", "artist=The Beths")
    assert home.ask(request)["request"]["like"] == ["the beths"]
    home.beet(*rename, "artist:The Beths", "artist=Vashti")
    assert "like" not in home.ask(request)["request"]


def test_a_request_reads_neither_all_tracks_nor_all_names(
    own_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("the library was read whole")

    beet(own_home, "melindex")
    monkeypatch.setattr(library, "tracks", refused)
    monkeypatch.setattr(library, "files", refused)
    for request in ("folk like vashti", "folk from the 70s", "slow folk under 4 minutes by kylie"):
        beet(own_home, "describe", request)
        beet(own_home, "ls", f"describe:{request}")
    with closing(sqlite3.connect(own_home.database)) as db, db:
        db.execute("UPDATE items SET track = track + 1")  # nothing that an answer is made from
    beet(own_home, "describe", "folk like vashti")


def test_every_kind_of_name_follows_a_rename(own_home: Home) -> None:
    rename = ("modify", "-y", "--nowrite", "--nomove")
    said = own_home.beet("describe", "only songs by nick drake").stderr
    assert "understood: by nick drake" in said
    own_home.beet(*rename, "artist:Nick Drake", "artist=Molly Drake")
    assert set(own_home.titles("only songs by molly drake")) == {"Pink Moon", "Road"}
    assert "no artist named" in own_home.beet("describe", "folk by Nick Drake").stderr

    own_home.beet(*rename, "title:Lark", "title=Skylark Parade", "album=Brindle Quarto")
    for name in ("Skylark Parade", "skylark parade", "Brindle Quarto", "brindle quarto"):
        assert own_home.ask(f"like {name}")["request"]["like"] == [name]
    gone = "ignored: no artist, title or album named Lark here"
    assert gone in notes(own_home.ask("folk like Lark"))


def test_a_genre_follows_a_rename(own_home: Home) -> None:
    def saying(genre: str) -> set[str]:
        return {track["title"] for track in own_home.ask(genre)["tracks"] if track["words"] > 0}

    folk = saying("folk")
    assert folk
    assert saying("swamp pop") == saying("pop")  # only its known half counts so far
    own_home.beet("modify", "-y", "--nowrite", "--nomove", "genres:folk", "genres=Swamp Pop")
    assert folk <= saying("Swamp Pop") & saying("swamp pop")
    assert saying("folk") == set()
    assert not folk & set(own_home.titles("songs, no swamp pop"))
    assert folk & set(own_home.titles("songs, no folk"))


def test_an_unknown_name_is_reported(home: Home) -> None:
    found = home.ask("sad folk like Xyzzy Plugh")
    assert "ignored: no artist, title or album named Xyzzy Plugh here" in notes(found)
    done = home.beet("describe", "like Xyzzy Plugh", code=1)
    assert "the request says nothing else" in done.stderr


def test_number_and_minutes(home: Home) -> None:
    assert len(home.titles("2 folk songs")) == 2
    assert len(home.titles("2 folk songs", "-n", "3")) == 3
    # 10 minutes are three tracks of 200 seconds.
    assert len(home.titles("ten minutes of pop", "--per-artist", "0")) == 3
    assert len(home.titles("pop", "-t", "10")) == 3


def test_what_does_not_fit_is_left_out_and_not_padded(home: Home) -> None:
    strict = home.with_settings(file_tags=False, min_score=0.2)
    found = strict.ask("sad folk")
    titles = {t["title"] for t in found["tracks"]}
    assert "Weeping Willow" in titles
    assert not titles & {"Holiday", "Chug", "Loop"}
    assert "fit less well (--min-score 0 lets them in)" in notes(found)
    assert len(strict.ask("sad folk", "--min-score", "0")["tracks"]) > len(titles)


def test_demands_that_nothing_fulfils(home: Home) -> None:
    done = home.beet("describe", "pop from 1901", code=1)
    assert "no track fulfils 1901" in done.stderr
    assert "have no year" in done.stderr


def test_again_takes_up_the_last_request(home: Home) -> None:
    first = home.ask("folk", "-n", "4")
    assert home.ask("--again")["tracks"] == first["tracks"]
    moved = home.ask("--again", "more melancholic, not before 1990")
    assert moved["request"]["text"] == "folk"
    assert not {t["id"] for t in moved["tracks"]} & {t["id"] for t in first["tracks"]}
    assert moved["request"]["years"] == [1990, None]
    assert "more melancholic" in notes(moved)


def test_again_needs_an_earlier_request(tmp_path_factory: pytest.TempPathFactory) -> None:
    fresh = Home(tmp_path_factory.mktemp("fresh"))
    fresh.add({"title": "Song", "genres": ["folk"]})
    assert "no earlier request" in fresh.beet("describe", "--again", code=1).stderr


def test_reasons_are_said_in_words(home: Home) -> None:
    shown = home.beet("describe", "80s dance pop, nothing slow", "--explain").stdout
    assert '"dance"' in shown
    assert "1983" in shown
    liked = home.beet("describe", "like Nick Drake", "--less", "melancholic", "--explain").stdout
    assert "like the examples" in liked
    assert "for melancholic" in liked


def test_what_was_understood_is_one_line(home: Home) -> None:
    said = home.beet("describe", "80s pop, no ballads, 20 minutes", "--less", "dance").stderr
    assert said.splitlines()[0] == "understood: 1980-1989 · not ballads · 20 min · less dance"


def test_the_same_words_give_the_same_list(home: Home) -> None:
    assert home.titles("dance pop") == home.titles("dance pop")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("-t", "0"), "--time must be a number of minutes above 0"),
        (("--min-score", "2"), "--min-score must be between 0 and 1"),
        (("--order", "upwards"), "--order must be one of match, flow, tempo, random"),
        (("--per-album", "-1"), "--per-album must be 0"),
    ],
)
def test_impossible_options(home: Home, option: tuple[str, ...], said: str) -> None:
    assert said in home.beet("describe", "folk", *option, code=1).stderr


def test_order_by_tempo(home: Home) -> None:
    found = home.ask("80s dance pop", "--order", "tempo")
    assert [t["title"] for t in found["tracks"]][:3] == ["Hands", "Holiday", "Bop"]
