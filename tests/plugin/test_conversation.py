"""What one turn makes of those before: new tracks, what was taken out, what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.home import Home

# artist, title, genres, year, tempo: three songs of each of two artists, and others of their kind
SONGS = [
    ("Ann Teal", "Amber", "folk, calm", 1970, 80),
    ("Ann Teal", "Birch", "folk, calm", 1975, 85),
    ("Ann Teal", "Cedar", "folk, sad", 1980, 90),
    ("Bo Rusk", "Delta", "blues, sad", 1960, 70),
    ("Bo Rusk", "Ember", "blues, slow", 1965, 60),
    ("Bo Rusk", "Flint", "blues, live", 1990, 100),
    ("Cy Vane", "Grove", "folk, happy", 1995, 120),
    ("Dee Wolk", "Heath", "folk, happy", 2000, 130),
    ("Ed Yarrow", "Islet", "folk, calm", 2005, 95),
    ("Flo Zell", "Jetty", "techno, energetic", 2010, 140),
    ("Gil Ames", "Knoll", "techno, dark", 2012, 138),
    ("Hal Brook", "Lagoon", "jazz, calm", 1959, 75),
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False, number=3)
    made.add(
        *(
            {
                "artist": artist,
                "title": title,
                "genres": genres.split(", "),
                "year": year,
                "bpm": bpm,
                "length": 200.0,
            }
            for artist, title, genres, year, bpm in SONGS
        )
    )
    made.make_files()
    made.beet("melindex")
    return made


def talk(home: Home, *turns: str, **options: Any) -> list[list[str]]:
    """Return the titles that each turn of a new conversation lists."""
    answers = home.chat(list(turns), **options)
    return [[track["title"] for track in answer.get("tracks", ())] for answer in answers]


def test_a_turn_lists_nothing_twice_while_something_new_fits(filled: Home) -> None:
    lists = talk(filled, "folk", "more like these", "great", "more")
    shown = [title for listed in lists for title in listed]
    # Twelve tracks, three at a time: four turns list each once.
    assert sorted(shown) == sorted(title for _, title, *_ in SONGS)


def test_when_all_was_shown_it_says_so(filled: Home) -> None:
    *_, last = filled.chat(["folk, 12 songs", "slower"])
    assert last["tracks"]
    assert "nothing new fits; these were shown before" in last["notes"]


def test_a_name_leads_again_until_it_is_used_up(filled: Home) -> None:
    first, second, third, fourth = filled.chat(
        ["techno, 2 songs", "add Bo Rusk, 2 songs", "great, one more", "some Bo Rusk please"]
    )
    assert [track["title"] for track in first["tracks"]] == ["Knoll", "Jetty"]
    assert [track["artist"] for track in second["tracks"]] == ["Bo Rusk"] * 2
    assert "with Bo Rusk (3 tracks)" in second["notes"]
    assert [track["artist"] for track in third["tracks"]] == ["Bo Rusk"]
    assert "Bo Rusk" not in {track["artist"] for track in fourth["tracks"]}
    assert "every track of Bo Rusk was shown before" in fourth["notes"]


def test_a_title_that_is_asked_for_comes_first(filled: Home) -> None:
    _, second = talk(filled, "techno", "please add Birch by Ann Teal and some Bo Rusk")
    assert second[0] == "Birch"
    assert set(second[1:]) <= {"Delta", "Ember", "Flint"}


def test_what_is_taken_out_does_not_come_again(filled: Home) -> None:
    answers = filled.chat(["Ann Teal, Bo Rusk, 4 songs", "no more Bo Rusk", "more", "more"])
    assert {"Ann Teal", "Bo Rusk"} <= {track["artist"] for track in answers[0]["tracks"]}
    for answer in answers[1:]:
        assert "Bo Rusk" not in {track["artist"] for track in answer["tracks"]}
    ids = {track["id"]: track["artist"] for answer in answers for track in answer["tracks"]}
    assert "Bo Rusk" not in {ids[track] for track in answers[-1]["draft"]}


@pytest.mark.parametrize("unwanted", ["no more Bo Rusk", "no Bo Rusk", "take Bo Rusk out"])
def test_who_was_taken_out_comes_again_when_asked_for(filled: Home, unwanted: str) -> None:
    _, without, again = filled.chat(["Bo Rusk", unwanted, "some Bo Rusk please"])
    mine = {"Delta", "Ember", "Flint"}
    assert not mine & {track["title"] for track in without["tracks"]}
    assert len(without["draft"]) == 3
    assert mine & {track["title"] for track in again["tracks"]}
    assert not again["request"].get("exclude")


@pytest.mark.parametrize(
    ("line", "at"),
    [("drop the second one", 1), ("not the last", 2), ("I don't like the first song", 0)],
)
def test_a_place_takes_that_track_out(filled: Home, line: str, at: int) -> None:
    first, second = filled.chat(["folk", line])
    gone = first["tracks"][at]
    assert set(first["draft"]) - set(second["draft"]) == {gone["id"]}
    assert f"took out {gone['artist']} - {gone['title']}" in second["notes"]
    assert "exclude" not in second["request"]


def test_a_place_that_is_not_there_is_said(filled: Home) -> None:
    first, second = filled.chat(["folk", "drop number 9"])
    assert "number 9: the last list had 3 tracks" in second["notes"]
    assert set(first["draft"]) < set(second["draft"])


def test_more_of_her_says_when_there_is_no_more(filled: Home) -> None:
    *_, last = filled.chat(["Ann Teal", "more of her"])
    assert "every track of Ann Teal was shown before" in last["notes"]


@pytest.mark.parametrize("line", ["who sings that?", ":)", "?!"])
def test_what_asks_for_nothing_changes_nothing(filled: Home, line: str) -> None:
    first, nothing, more = filled.chat(["folk", line, "more"])
    assert line in nothing["error"]
    assert more["draft"][:3] == first["draft"]


@pytest.mark.parametrize("line", ["add Bob Dylan", "Bob Dylan", "and Bob Dylan and Joan Baez"])
def test_who_is_not_here_is_said_and_changes_nothing(filled: Home, line: str) -> None:
    first, second = filled.chat(["folk", line])
    assert any(note.startswith("not here: Bob Dylan") for note in second["notes"])
    assert second["request"]["about"] == first["request"]["about"]


def test_that_artist_goes_also_when_nobody_was_named(filled: Home) -> None:
    first, second = filled.chat(["folk", "get rid of that artist"])
    artist = first["tracks"][0]["artist"]
    assert artist not in {track["artist"] for track in second["tracks"]}
    assert first["tracks"][0]["id"] not in second["draft"]


def test_both_are_the_last_two_names(filled: Home) -> None:
    *_, last = filled.chat(["Ann Teal", "Bo Rusk", "drop both"])
    assert not {"Ann Teal", "Bo Rusk"} & {track["artist"] for track in last["tracks"]}
    assert "exclude" not in last["request"]


def test_drop_with_a_colon_is_said_like_any_other_turn(filled: Home) -> None:
    filled.beet("describe", "drop: the blues", typed=True)
    assert filled.ask("--again", "folk")["tracks"]
    first, second = filled.chat(["sad songs, 4 tracks", "drop: the blues"])
    assert set(first["draft"]) - set(second["draft"])


def test_words_that_nothing_knows_are_told(filled: Home) -> None:
    *_, last = filled.chat(["folk", "zxcvb qwrtp"])
    assert 'no word of "zxcvb qwrtp" is known here' in last["notes"]


def test_a_kind_that_is_dropped_leaves_the_list(filled: Home) -> None:
    first, second = filled.chat(["sad songs, 4 tracks", "drop the blues"])
    blues = {track["id"] for track in first["tracks"] if "blues" in track["descriptors"]}
    assert blues
    assert not blues & set(second["draft"])
    assert not any("blues" in track["descriptors"] for track in second["tracks"])


@pytest.mark.parametrize(
    ("degree", "holds"),
    [
        # "folk" lists three of six: the median of their years, or tempi, is the bound.
        ("newer ones", lambda year, bpm, years, bpms: year > sorted(years)[1]),
        ("older", lambda year, bpm, years, bpms: year < sorted(years)[1]),
        ("slower please", lambda year, bpm, years, bpms: bpm <= sorted(bpms)[1]),
        ("a bit faster", lambda year, bpm, years, bpms: bpm >= sorted(bpms)[1]),
    ],
)
def test_a_degree_is_measured_against_what_was_shown(filled: Home, degree: str, holds: Any) -> None:
    known = {title: (year, bpm) for _, title, _, year, bpm in SONGS}
    first, second = talk(filled, "folk", degree)
    years, bpms = zip(*(known[title] for title in first), strict=True)
    assert second
    assert all(holds(*known[title], years, bpms) for title in second)


def test_only_this_turn_is_short(filled: Home) -> None:
    lists = talk(filled, "folk", "just two more", "great")
    assert [len(one) for one in lists] == [3, 2, 3]


def test_something_else_forgets_the_topic_but_not_what_is_unwanted(filled: Home) -> None:
    first, second = filled.chat(["folk, nothing happy", "can we switch to techno"])
    assert second["tracks"][0]["title"] in ("Jetty", "Knoll")
    assert second["request"]["about"] == "techno"
    assert second["request"]["exclude"] == ["happy"]
    assert first["draft"] == second["draft"][:3]


def test_play_those_again_lists_what_there_is(filled: Home) -> None:
    first, again = talk(filled, "folk", "play those again")
    assert first == again


def test_start_over_begins_anew(filled: Home) -> None:
    *_, last = filled.chat(["Ann Teal", "start over with techno"])
    assert last["tracks"][0]["title"] in ("Jetty", "Knoll")
    assert len(last["draft"]) == len(last["tracks"])
    filled.titles("folk")
    done = filled.beet("describe", "--again", "start over", code=1)
    assert done.stderr == "error: to begin anew, say what you want to hear\n"


def test_without_years_or_tempi_degrees_are_said_or_searched_for(home: Home) -> None:
    home.configure(file_tags=False, number=1)
    home.add(*({"title": title, "genres": [title]} for title in ("Slow", "Fast", "Folk")))
    *_, newer, slower = home.chat(["folk", "newer", "slower"])
    why = 'none of the tracks shown last has a year to be newer than; say years, such as "from 1990'
    assert any(note.startswith(why) for note in newer["notes"])
    assert (slower["request"]["more"], slower["request"]["less"]) == (["slow"], ["fast"])


def test_versions_of_what_is_in_the_list_are_no_news(home: Home) -> None:
    home.configure(file_tags=False, number=1)
    home.add(
        *(
            {"artist": "Ann Teal", "title": title, "album": album, "genres": ["folk", "calm"]}
            for title, album in [("Amber", "One"), ("Amber (Live)", "Two"), ("Birch", "One")]
        )
    )
    assert talk(home, "calm folk", "more") == [["Amber"], ["Birch"]]


def test_a_wish_takes_back_its_opposite(filled: Home) -> None:
    *_, last = filled.chat(["folk", "louder", "quieter"])
    assert last["request"]["more"] == ["quiet"]


def test_newer_stuff_of_an_artist_comes_first(filled: Home) -> None:
    assert filled.titles("Ann Teal's newer stuff") == ["Cedar", "Birch", "Amber"]
    assert filled.titles("some older Bo Rusk please") == ["Delta", "Ember", "Flint"]


# --- with --again


def test_m3u_holds_all_that_was_kept_or_only_what_is_new(filled: Home, tmp_path: Path) -> None:
    first = filled.titles("Ann Teal")
    whole, new = tmp_path / "whole.m3u8", tmp_path / "new.m3u8"
    second = filled.titles("--again", "some Bo Rusk", "-m", str(whole))
    third = filled.titles("--again", "one last", "-m", str(new), "--new")
    assert entries(whole) == [*first, *second]
    assert entries(new) == third
    assert filled.titles("--again") == [*first, *second, *third]
    done = filled.beet("describe", "folk", "--new", code=1)
    assert "--new tells what is new from what came before; add --again" in done.stderr


def entries(file: Path) -> list[str]:
    return [
        line.split(" - ")[1]
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("#EXTINF")
    ]


def test_options_alone_take_the_last_turn_again(filled: Home) -> None:
    filled.titles("folk")
    second = filled.titles("--again", "some Bo Rusk")
    assert filled.titles("--again", "-n", "2") == second[:2]


def test_a_saved_conversation_is_held_once_more(filled: Home, tmp_path: Path) -> None:
    first = filled.titles("Ann Teal")
    second = filled.titles("--again", "some Bo Rusk")
    filled.beet("describe", "--again", "--save", "both")
    filled.beet("describe", "--update", "both", "-d", str(tmp_path))
    assert entries(tmp_path / "both.m3u8") == [*first, *second]


def test_json_says_what_the_list_is(filled: Home) -> None:
    assert "draft" not in filled.ask("folk")
    found = json.loads(filled.beet("describe", "--json", "--again", "great").stdout)
    assert len(found["draft"]) == 6
