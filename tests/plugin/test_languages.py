"""Requests in other languages than English: `beet describe` on a small library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from beets.ui import UserError

from tests.support.home import Home
from tests.support.inside import beet


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a library of jazz tracks that differ in one fact each."""
    folder = tmp_path_factory.mktemp("languages")
    home = Home(folder)
    home.configure(file_tags=False)
    tracks = {
        "Plain": (["Jazz"], 1985, "Anna Miro"),
        "Blown": (["Jazz", "Saxophone"], 1985, "Bertil Nyman"),
        "Drummed": (["Jazz", "Drums"], 1985, "Carla Ortiz"),
        "Late": (["Jazz"], 1998, "Dario Pohl"),
    }
    home.add(
        *(
            {"artist": artist, "title": title, "genres": genres, "year": year, "length": 200.0}
            for title, (genres, year, artist) in tracks.items()
        )
    )
    home.make_files()
    beet(home, "melindex")
    return home


def answered(home: Home, words: str) -> tuple[set[str], list[str]]:
    """Return the titles found and the notes."""
    found = json.loads(beet(home, "describe", "--json", words))
    return {track["title"] for track in found["tracks"]}, found["notes"]


@pytest.mark.parametrize(
    ("words", "titles"),
    {
        # The 80s leave out Late; the unwanted instrument one more.
        "Jazz aus den 80ern, aber ohne Saxofon": {"Plain", "Drummed"},
        "du jazz des années 80, sans batterie": {"Plain", "Blown"},
        "jazz de los años ochenta, que no tenga saxofón": {"Plain", "Drummed"},
        "Jazz aus den 80ern, weder Saxofon noch Schlagzeug": {"Plain"},
        "Lieder von Carla Ortiz, höchstens zehn Stück": {"Drummed"},
        "jazz posterior a 1990": {"Late"},
        "du jazz, deux morceaux au plus, sorti après 1990": {"Late"},
    }.items(),
)
def test_constraints_of_another_language_hold(home: Home, words: str, titles: set[str]) -> None:
    assert answered(home, words)[0] == titles


def test_an_exclusion_is_shown_in_english_and_as_it_was_written(home: Home) -> None:
    notes = answered(home, "Jazz ohne Saxofon")[1]
    assert "understood: not saxophone (Saxofon)" in notes


def test_a_trap_sets_nothing_and_is_answered(home: Home) -> None:
    titles, notes = answered(home, "Jazz, denn nichts geht über guten Jazz")
    assert titles == {"Plain", "Blown", "Drummed", "Late"}
    assert not any("understood" in note for note in notes)


@pytest.mark.parametrize(
    ("words", "name"),
    {
        "грустный джаз для вечера": "Cyrillic script",
        "悲しいジャズ": "Japanese",
        "rustige jazz zonder zang": "Dutch",
        "jazz tranquillo senza voce per la sera": "Italian",
    }.items(),
)
def test_a_language_that_is_not_read_is_said_in_one_sentence(
    home: Home, words: str, name: str
) -> None:
    titles, notes = answered(home, words)
    said = f"MelScribe does not read {name}; it searched by the words that your library shares"
    assert [note for note in notes if name in note] == [said]
    assert not any("is known here" in note for note in notes)
    assert titles  # it still searches


def test_a_language_that_is_not_read_is_said_when_nothing_is_found(home: Home) -> None:
    with pytest.raises(UserError, match=r"fits well enough .*; MelScribe does not read Japanese; "):
        beet(home, "describe", "--min-score", "0.99", "悲しい音楽")


def test_a_name_in_another_script_is_a_name(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.configure(file_tags=False)
    home.add({"artist": "Кино", "title": "Группа крови", "genres": ["Rock"], "length": 200.0})
    home.make_files()
    beet(home, "melindex")
    titles, notes = answered(home, "Кино")
    assert titles == {"Группа крови"}
    assert not any("does not read" in note for note in notes)


def test_a_negation_that_no_rule_reads_is_said_with_advice_in_its_language(home: Home) -> None:
    notes = answered(home, "Jazz, keine Maultrommel")[1]
    assert 'not understood: "keine Maultrommel"; try "… ohne X"' in notes


def test_words_of_another_language_are_no_slips(home: Home) -> None:
    # "drum" is one letter from "drums", "sin" and "son" are near to English words
    notes = answered(home, "jazz para bailar, con un son de drum")[1]
    assert not any("took" in note for note in notes)


def test_a_language_in_doubt_is_said_when_it_matters(home: Home) -> None:
    # "entre" is French and Spanish; both read the years alike, so nothing needs to be said.
    assert not any("may be" in note for note in answered(home, "jazz entre")[1])


def test_a_remark_in_the_same_language_is_read(home: Home) -> None:
    beet(home, "describe", "Jazz ohne Saxofon")
    found = json.loads(beet(home, "describe", "--json", "--again", "bitte kein Schlagzeug"))
    assert found["request"]["exclude"] == ["saxophone", "drums"]


def test_a_request_in_english_is_as_before(home: Home) -> None:
    found = json.loads(beet(home, "describe", "--json", "jazz, no saxophone"))
    assert found["request"] == {
        "text": "jazz, no saxophone",
        "about": "jazz",
        "exclude": ["saxophone"],
    }
