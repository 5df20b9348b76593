"""Words said in their everyday sense find no music of that name: `beet describe` on a library."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.home import Home
from tests.support.inside import ask, made, titles

TRACKS = {
    "Attic": ["House"],
    "Barn": ["House", "Club"],
    "Cabin": ["Acoustic"],
    "Den": ["Acoustic", "Mellow"],
    "Eaves": ["Road Trip", "Rock"],
}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a library of house and acoustic music that shares no track."""
    return made(tmp_path_factory.mktemp("homes"), TRACKS)


def ask_all(home: Home, words: str) -> dict[str, Any]:
    """Run `beet describe --json`, with all tracks, and return the object."""
    return ask(home, "--explain", "--min-score", "0", words)


@pytest.mark.parametrize(
    "words",
    [
        "acoustic music to clean the house to",
        "acoustic music for the house cleaning",
        "acoustic music for our tennis club",
    ],
)
def test_a_word_in_its_everyday_sense_finds_no_music_of_that_name(homes: Home, words: str) -> None:
    found = ask_all(homes, words)
    assert set(titles(found)[:2]) == {"Cabin", "Den"}
    # With the word, house would be named beside acoustic, and no track is both.
    assert not any("house" in note or "club" in note for note in found["notes"])
    assert set(titles(ask_all(homes, "house"))[:2]) == {"Attic", "Barn"}


def test_the_same_word_in_its_musical_sense_is_found_and_named(homes: Home) -> None:
    found = ask_all(homes, "house, acoustic")
    assert any("no track here is both house and acoustic" in note for note in found["notes"])
    assert set(titles(ask_all(homes, "house to clean the house to"))[:2]) == {"Attic", "Barn"}


def test_a_phrase_that_is_a_tag_here_is_found(homes: Home) -> None:
    assert titles(ask_all(homes, "songs for a road trip"))[0] == "Eaves"


def test_what_no_track_has_is_not_missed_in_its_everyday_sense(homes: Home) -> None:
    assert any("tagged metal" in note for note in ask_all(homes, "metal, acoustic")["notes"])
    notes = ask_all(homes, "acoustic, metal detector")["notes"]
    assert not any("metal" in note for note in notes)


def test_an_exclusion_of_the_word_is_heeded(homes: Home) -> None:
    found = ask_all(homes, "acoustic music to clean the house to, no house")
    assert not {"Attic", "Barn"} & set(titles(found))
