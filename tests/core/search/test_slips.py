"""Slips of the finger: what is taken for a descriptor, and what never is."""

from __future__ import annotations

import pytest

from melscribe_core.descriptors.vocabulary import load_vocabulary
from melscribe_core.search.mentions import KnownDescriptors
from melscribe_core.search.slips import Spelling, corrected
from tests.support.home import Home
from tests.support.inside import beet
from tests.support.paths import REQUESTS

TAGS = ("jazz", "metal", "guitar", "reggae", "classical", "death metal", "punk", "funk", "techno")
COUNTS = {"jazz": 9, "metal": 8, "death": 1, "guitar": 5, "reggae": 3, "classical": 4}
COUNTS |= {"punk": 2, "funk": 7, "techno": 1}
WORDS = frozenset("a and for songs the with warm".split())
SPELLING = Spelling(
    KnownDescriptors(TAGS, load_vocabulary()), lambda: COUNTS, lambda low: low in WORDS
)
ORDINARY = REQUESTS / "library" / "ordinary_words.txt"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("jaz", "jazz"),  # a letter lost
        ("jazzz", "jazz"),  # one too many
        ("mettal", "metal"),
        ("jezz", "jazz"),  # another one
        ("reggea", "reggae"),  # two changed round
        ("clasicl", "clasicl"),  # seven letters: two slips are too many
        ("classicla", "classical"),  # from eight on two are allowed
        ("klassicla", "classical"),  # k for c, and two changed round
        ("warm guittar songs", "warm guitar songs"),
        ("Jaz and metl", "jazz and metal"),
        ("deathmetal", "deathmetal"),  # found as it is: only a space is missing
        ("tech no for songs", "techno for songs"),  # a space put in
        ("unk", "funk"),  # punk and funk are equally near: more tracks have funk
        ("songs for Jaz", "songs for Jaz"),  # a capital after small letters: a name
        ('"jaz" songs', '"jaz" songs'),  # quoted
        ("warm songs", "warm songs"),
        ("xylophone", "xylophone"),
        ("", ""),
    ],
)
def test_a_slip_is_mended(text: str, meant: str) -> None:
    assert corrected(text, SPELLING)[0] == meant


def test_slips_are_told_in_order() -> None:
    _, slips = corrected("jaz with guittar", SPELLING)
    assert [(slip.said, slip.meant) for slip in slips] == [("jaz", "jazz"), ("guittar", "guitar")]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False)
    genres = (
        "Jazz Metal Rock Pop Funk Folk Punk House Trance Swing Bass Blues Reggae Latin Flute Drums"
    )
    moods = "Calm Dark Sad Happy Party Love Soul Lounge Acid Techno Ambient Classical Guitar Piano"
    made.add(
        *(
            {"title": f"Song {tag}", "artist": "Mettallo", "genres": [tag], "length": 60.0}
            for tag in f"{genres} {moods}".split()
        )
    )
    beet(made, "melindex")
    return made


@pytest.mark.parametrize(
    ("request_", "said", "first"),
    [
        ("jaz", "took jazz for jaz", "Song Jazz"),
        ("no jaz, warm guittar", "took guitar for guittar", "Song Guitar"),
        ("reggea for the beach", "took reggae for reggea", "Song Reggae"),
        ("clasical", "took classical for clasical", "Song Classical"),
        ("am bient", "took ambient for am bient", "Song Ambient"),
    ],
)
def test_what_was_taken_is_said(library: Home, request_: str, said: str, first: str) -> None:
    found = library.ask(request_)
    assert said in found["notes"]
    assert found["tracks"][0]["title"] == first
    assert found["request"]["text"] == request_


def test_an_excluded_slip_is_excluded(library: Home) -> None:
    assert "Song Jazz" not in library.titles("anything but jaz", "-n", "50", "--per-artist", "0")


def test_literal_words_stay(library: Home) -> None:
    assert not any("took" in note for note in library.ask("jaz", "--literal")["notes"])


def test_names_stay(library: Home) -> None:
    """The library's own artist is one slip from a tag, and no slip."""
    found = library.ask("songs by mettallo")
    assert not any(note.startswith("took metal") for note in found["notes"])


@pytest.mark.slow
def test_right_words_are_never_corrected(library: Home) -> None:
    """Each of 579 words and phrases, many of them a letter from a tag that this library has."""
    words = [line for line in ORDINARY.read_text(encoding="utf-8").splitlines() if line]
    assert len(words) > 500
    took = []
    for start in range(0, len(words), 25):  # as clauses of a few requests
        request = "; ".join(words[start : start + 25])
        done = library.beet("describe", "--", request, code=None)
        took += [line for line in done.stderr.splitlines() if line.startswith("took")]
    assert took == []
