"""Tags and requests in other languages: what they find, how tags are shown, and what is said.

Each German, French or Spanish tag stands beside a track with the English one, so that a search by
either word must find both, and an exclusion neither.
"""

from __future__ import annotations

import pytest
from beets.ui import UserError

from melscribe_core.languages.phrases import table
from tests.support.home import Home
from tests.support.inside import ask, beet, made

TRACKS = {
    "Aster": ["Klaviermusik", "traurig"],
    "Birch": ["Piano", "Sad"],
    "Cedar": ["Klavier", "Piano", "Streicher"],
    "Dahlia": ["Klassik"],
    "Elder": ["Classical"],
    "Fern": ["música clásica"],
    "Gorse": ["Variété française"],
    "Hazel": ["Hörspiel"],
    "Iris": ["Liedermacher"],
    "Juniper": ["Weihnachten"],
    "Kale": ["bande originale"],
    "Larch": ["rock en español"],
    "Maple": ["Rock", "House", "Chill", "Live", "Son", "Tango", "Pop"],
}
PIANOS = {"Aster", "Birch", "Cedar"}
CLASSICS = {"Dahlia", "Elder", "Fern"}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a library with tags in four languages."""
    return made(tmp_path_factory.mktemp("mixed"), TRACKS)


def titles(home: Home, *args: str) -> list[str]:
    """Return the titles that a description finds, in order."""
    return [track["title"] for track in ask(home, *args)["tracks"]]


def test_tags_are_shown_as_they_are_written(mixed: Home) -> None:
    shown = dict(
        line.split(": ", 1) for line in beet(mixed, "ls", "-f", "$title: $descriptors").splitlines()
    )
    assert shown["Aster"] == "klaviermusik, traurig"
    assert shown["Cedar"] == "klavier, piano, streicher"
    assert shown["Gorse"] == "variété française"
    assert shown["Hazel"] == "hörspiel"
    assert shown["Larch"] == "rock en español"
    assert shown["Maple"] == "chill, house, live, pop, rock, son, tango"


def test_the_english_is_beside_what_is_written(mixed: Home) -> None:
    assert "    klaviermusik (piano)  <- genres" in beet(mixed, "melindex", "--show", "title:Aster")
    assert '"klaviermusik (piano)"' in beet(mixed, "describe", "--explain", "piano")
    track = next(t for t in ask(mixed, "sad piano")["tracks"] if t["title"] == "Aster")
    assert track["descriptors"] == ["klaviermusik", "traurig"]
    assert track["english"] == {"klaviermusik": ["piano"], "traurig": ["sad"]}
    assert {name for name, _ in track["matched"]} == {"klaviermusik", "traurig"}


@pytest.mark.parametrize(
    ("request_", "first"),
    [
        ("piano", PIANOS),
        ("Klavier", PIANOS),
        ("Klaviermusik", PIANOS),
        ("ruhige Klaviermusik", PIANOS),
        ("etwas Klavier mit Geige", PIANOS),  # "etwas" is a stop word, no violin is here
        ("música de piano", PIANOS),
        ("classical", CLASSICS),
        ("Klassik", CLASSICS),
        ("musica clasica", CLASSICS),  # without its accents
        ("musique classique", CLASSICS),
        ("audiobook", {"Hazel"}),
        ("singer-songwriter", {"Iris"}),
        ("Noël", {"Juniper"}),
        ("soundtrack", {"Kale"}),
        ("Spanish rock", {"Larch"}),
        ("canciones tristes", {"Aster", "Birch"}),
        ("Musik zu Weihnachten", {"Juniper"}),
    ],
)
def test_either_word_finds_both(mixed: Home, request_: str, first: set[str]) -> None:
    assert set(titles(mixed, request_)[: len(first)]) == first


@pytest.mark.parametrize(
    "request_", ["sad, no piano", "sad, no Klavier", "Streicher, ohne Klavier"]
)
def test_either_word_excludes_both(mixed: Home, request_: str) -> None:
    assert PIANOS.isdisjoint(titles(mixed, request_, "-n", "50"))


def test_more_in_another_language(mixed: Home) -> None:
    assert set(titles(mixed, "sad", "--more", "Streicher")[:3]) == PIANOS


@pytest.mark.parametrize(
    ("request_", "note"),
    [
        ("ruhige Klaviermusik", "read as German: calm, piano"),
        ("canción triste de piano", "read as Spanish: sad, piano"),
        ("chanson triste au piano", "read as French: sad, piano"),
        ("some Klassik please", "read Klassik as classical"),
        ("Klaviermusk", "took Klaviermusik for Klaviermusk"),
        ("melancólco", "took melancólico for melancólco"),
        ("tristse piano", "took triste for tristse"),
        ("melancolic pjano", "took melancholic for melancolic"),
        ("melancolic pjano", "took piano for pjano"),
        ("cheerful banjo without drums", "no track here is tagged banjo"),
        ("fröhliche Musik mit Banjo", "no track here is tagged Banjo"),
    ],
)
def test_what_was_read_is_said(mixed: Home, request_: str, note: str) -> None:
    assert any(said.startswith(note) for said in ask(mixed, request_)["notes"])


def test_the_json_has_the_language_and_its_english(mixed: Home) -> None:
    found = ask(mixed, "ruhige Klaviermusik mit Geige")
    assert found["request"]["language"] == "de"
    assert found["rendered"] == ["calm", "piano", "violin"]
    assert "rendered" not in ask(mixed, "calm piano")


@pytest.mark.parametrize(
    "request_", ["calm piano", "chill house", "live tango", "bossa nova", "pop"]
)
def test_english_requests_are_read_as_they_are(mixed: Home, request_: str) -> None:
    assert not any(note.startswith(("read", "took")) for note in ask(mixed, request_)["notes"])


def test_stop_words_of_a_language_say_nothing(mixed: Home) -> None:
    with pytest.raises(UserError, match="has no word that could be searched for"):
        ask(mixed, "etwas Musik bitte")


def test_words_that_no_glossary_has_are_not_corrected(mixed: Home) -> None:
    notes = ask(mixed, "Musik für den verregneten Spaziergang mit Klavier")["notes"]
    assert not any(note.startswith(("took", "no word")) for note in notes)


def test_a_query_reads_other_languages(mixed: Home) -> None:
    found = beet(mixed, "ls", "-f", "$title", "describe:Klaviermusik").splitlines()
    assert set(found[:3]) == PIANOS


def test_an_english_request_reads_no_glossary(mixed: Home) -> None:
    """Reading them takes 30 ms, a tenth of a request."""
    table.cache_clear()
    ask(mixed, "melancholic acoustic pop, no drums, 45 minutes")
    assert table.cache_info().currsize == 0
    ask(mixed, "no Klavier, sad")
    assert table.cache_info().currsize > 0
