"""What of a request a library does not have, and what that does to the answer."""

from __future__ import annotations

from typing import Any

import pytest

from melscribe_core.descriptors.vocabulary import load_vocabulary
from melscribe_core.search.mentions import KnownDescriptors
from melscribe_core.search.question import is_apart
from melscribe_core.search.recognition import is_gibberish, missing
from tests.support.home import Home
from tests.support.inside import beet

KNOWN = KnownDescriptors(("acid jazz", "choir", "pop", "sad", "guitar"), load_vocabulary())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("gospel choir, uplifting", ("gospel",)),
        ("dreamy bedroom pop", ("bedroom pop",)),
        ("K-pop", ("K-pop",)),
        ("banjo and guitar", ("banjo",)),
        ("jazz", ()),  # a part of "acid jazz"
        ("sad guitars", ()),
        ("house", ("house",)),
        ("clean the whole house", ()),  # an ordinary word among others
        ("shoegaze, dreamy", ("shoegaze",)),
        ("a man in shoulder pads skips over a tray of drinks", ()),  # a story
        ("nostalgic", ()),  # a mood can always be approached
        ("", ()),
    ],
)
def test_genres_and_instruments_that_no_track_has(text: str, names: tuple[str, ...]) -> None:
    assert missing(text, KNOWN) == names


def test_only_what_nothing_knows_is_gibberish() -> None:
    def is_word(low: str) -> bool:
        return low in ("table", "rain")

    assert is_gibberish("asdf qwer", KNOWN, is_word)
    assert not is_gibberish("asdf rain", KNOWN, is_word)
    assert not is_gibberish("asdf jazz", KNOWN, is_word)
    assert not is_gibberish("", KNOWN, is_word)
    assert not is_gibberish("the of and", KNOWN, is_word)  # no content word at all


@pytest.mark.parametrize(
    ("named", "held", "apart"), [(0, 0, False), (1, 1, False), (2, 1, True), (2, 2, False)]
)
def test_things_are_apart_when_no_text_has_more_than_half(
    named: int, held: int, apart: bool
) -> None:
    assert is_apart(range(named), held) is apart


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False)
    genres = (["Metal"], ["Relaxing"], ["Pop"], ["Pop", "Sad"], ["Choir"], ["Dance", "Folk"])
    made.add(*({"title": "-".join(g), "genres": g, "length": 60.0} for g in genres))
    beet(made, "melindex")
    return made


def said(home: Home, request: str) -> tuple[dict[str, Any], list[str]]:
    """Return the first track of an answer, and the notes."""
    found = home.ask(request)
    return found["tracks"][0], found["notes"]


def test_what_is_missing_is_said_with_what_is_near(home: Home) -> None:
    first, notes = said(home, "bedroom pop")
    assert "no track here is tagged bedroom pop; nearest: pop" in notes
    assert first["title"] == "Pop"
    # Of the two that are named, pop and bedroom pop, one is here and one only nearly: 1.5 of 2.
    assert first["score"] <= 0.75


def test_what_is_here_counts_first(home: Home) -> None:
    first, notes = said(home, "gospel choir, uplifting")
    assert first["title"] == "Choir"
    assert any(note.startswith("no track here is tagged gospel") for note in notes)


def test_a_genre_whose_words_a_track_has_apart_is_not_missing(home: Home) -> None:
    _, notes = said(home, "dance folk")
    assert not any("tagged" in note for note in notes)


def test_nothing_is_both(home: Home) -> None:
    first, notes = said(home, "metal relaxing")
    assert "no track here is both metal and relaxing" in notes
    assert first["score"] <= 0.5  # half of what was named
    _, notes = said(home, "sad pop")
    assert not any("both" in note for note in notes)


def test_words_that_nothing_knows_are_said_and_score_low(home: Home) -> None:
    first, notes = said(home, "asdf qwer")
    assert 'no word of "asdf qwer" is known here; the result is a guess' in notes
    assert first["score"] <= 0.25


def test_an_answer_that_is_none_says_why(home: Home) -> None:
    done = home.beet("describe", "asdf qwer", "--min-score", "0.5", code=1)
    assert 'no word of "asdf qwer" is known here' in done.stderr


def test_a_query_says_it_too(home: Home) -> None:
    done = home.beet("ls", "describe:metal relaxing")
    assert "no track here is both metal and relaxing" in done.stderr
