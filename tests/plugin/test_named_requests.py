"""Names anywhere in a request, in a library whose names are ordinary words.

The tables are in tests/data/requests/names/: the library, requests that name somebody or something
of it, and requests that only look as if they did.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from beets.ui import UserError

from tests.support.home import Home
from tests.support.inside import beet
from tests.support.library_of_names import Track, lines, tracks

LIBRARY = tracks()
KINDS = ("leads", "by", "named", "like")
ABSENT = ("not here: ", "no artist named ")
NAMING = [line.split("\t") for line in lines("names/naming.tsv")]
NOT_NAMING = list(lines("names/not_naming.tsv"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False)
    made.add(*(track.fields() for track in LIBRARY))
    beet(made, "melindex")
    return made


def asked(home: Home, text: str) -> dict[str, Any]:
    """Return what a request finds; of an error, the sentence as the only note."""
    try:
        found: dict[str, Any] = json.loads(beet(home, "describe", "--json", text))
    except UserError as error:
        return {"request": {}, "tracks": [], "notes": [str(error)]}
    return found


def listed(found: dict[str, Any]) -> list[Track]:
    return [LIBRARY[track["id"] - 1] for track in found["tracks"]]


def absences(found: dict[str, Any]) -> list[str]:
    """Return the notes that name what the library does not have."""
    return [note for note in found["notes"] if any(words in note for words in ABSENT)]


def shown(found: dict[str, Any]) -> str:
    """Return what a failure needs to say."""
    first = [f"{track.artist}: {track.title}" for track in listed(found)[:6]]
    return f"{found['request']} {found['notes']} {first}"


@pytest.mark.parametrize(("text", "wanted"), NAMING, ids=[text for text, _ in NAMING])
def test_who_is_named_comes_first(home: Home, text: str, wanted: str) -> None:
    read = json.loads(wanted)
    expected = {"names": read} if isinstance(read, list) else read
    names, absent = expected.get("names", []), expected.get("absent", [])
    found = asked(home, text)
    got = listed(found)
    first = got[: max(6, 2 * len(names))]
    missing = [name for name in names if not any(track.is_of(name) for track in first)]
    assert not missing, (missing, shown(found))
    assert not names or any(got[0].is_of(name) for name in names), shown(found)
    assert any(found["request"].get(kind) for kind in KINDS), shown(found)
    assert not (names and found["request"].get("like")), shown(found)
    gone = " ".join(absences(found))
    assert all(name in gone for name in absent), shown(found)
    assert absent or not gone, shown(found)
    for name in expected.get("like", []):
        assert found["request"].get("like"), shown(found)
        assert got, shown(found)
        assert not any(track.is_of(name) for track in got), shown(found)


@pytest.mark.parametrize("text", NOT_NAMING)
def test_a_request_that_names_nothing_is_words(home: Home, text: str) -> None:
    found = asked(home, text)
    assert not [kind for kind in KINDS if found["request"].get(kind)], shown(found)
    assert not [note for note in found["notes"] if note.startswith("with ")], shown(found)
    assert not absences(found), shown(found)


def test_the_library_has_the_names_of_the_table_and_no_others() -> None:
    for text, wanted in NAMING:
        read = json.loads(wanted)
        names = read if isinstance(read, list) else [*read.get("names", []), *read.get("like", [])]
        assert all(any(track.is_of(name) for track in LIBRARY) for name in names), text
        absent = [] if isinstance(read, list) else read.get("absent", [])
        assert not any(track.is_of(name) for track in LIBRARY for name in absent), text
    assert len({text for text, _ in NAMING}) == len(NAMING)
    assert len(set(NOT_NAMING)) == len(NOT_NAMING)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("some Quavonix please", "not here: Quavonix; and the request says nothing else"),
        ("can i hear some quavonix", "not here: quavonix; and the request says nothing else"),
        ("Zorblax, Quavonix Brothers", "not here: Zorblax, Quavonix Brothers; and the request"),
    ],
)
def test_a_name_that_nothing_knows_is_said(home: Home, text: str, said: str) -> None:
    assert said in home.beet("describe", text, code=1).stderr


def test_a_name_that_nothing_knows_moves_no_answer(home: Home) -> None:
    found = home.ask("upbeat pop, some Quavonix too")
    assert found["request"]["about"] == "upbeat pop"
    assert "not here: Quavonix" in found["notes"]
    plain = home.ask("upbeat pop")
    best = [track["score"] for track in plain["tracks"][:3]]
    # The order of tracks within a hundredth is drawn from the words.
    assert [track["score"] for track in found["tracks"][:3]] == pytest.approx(best, abs=0.01)
