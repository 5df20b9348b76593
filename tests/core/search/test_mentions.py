"""What a text names of a library's descriptors, in whatever spelling."""

import pytest

from melscribe_core.descriptors.vocabulary import load_vocabulary
from melscribe_core.search.mentions import KnownDescriptors, respelt

LIBRARY = (
    "1940s",
    "acid jazz",
    "audiobook",
    "ballad",
    "downtempo",
    "drum and bass",
    "female vocals",
    "hörspiel",
    "japanese folk",
    "k-pop",
    "lo-fi",
    "r&b",
    "rock",
    "shoe-gaze",
    "soundtrack",
    "usa",
)
KNOWN = KnownDescriptors(LIBRARY, load_vocabulary(aliases={"jpf": "japanese folk"}))


@pytest.mark.parametrize(
    ("phrase", "descriptor"),
    [
        ("rock", "rock"),
        ("ROCK", "rock"),
        ("Ballads", "ballad"),
        ("audio books", "audiobook"),
        ("audio book", "audiobook"),
        ("d&b", "drum and bass"),
        ("D'n'B", "drum and bass"),
        ("d and b", "drum and bass"),
        ("drum & bass", "drum and bass"),
        ("lo fi", "lo-fi"),
        ("lofi", "lo-fi"),
        ("sound track", "soundtrack"),
        ("down tempo", "downtempo"),
        ("K Pop", "k-pop"),
        ("kpop", "k-pop"),
        ("rnb", "r&b"),
        ("shoegaze", "shoe-gaze"),  # in no list of ours: the library's own spelling is found
        ("horspiel", "hörspiel"),
        ("jpf", "japanese folk"),
        ("female vocal", "female vocals"),
    ],
)
def test_a_phrase_is_found_in_any_spelling(phrase: str, descriptor: str) -> None:
    assert KNOWN.find(phrase) == (descriptor,)


@pytest.mark.parametrize("phrase", ["", "jazz", "folk", "rocks and rolls", "s", "...", "metal"])
def test_what_is_no_descriptor_is_not_found(phrase: str) -> None:
    assert KNOWN.find(phrase) == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("slow rock ballads for a drive", ["rock", "ballad"]),
        ("drum and bass, lo fi", ["drum and bass", "lo-fi"]),
        ("(female vocals) acid-jazz!", ["female vocals", "acid jazz"]),
        ("sound. track of my life", []),  # a clause ends between the two words
        ("nothing here", []),
        ("", []),
        ("forty minutes from the forties", ["1940s"]),
        ("she showed us a film from the u.s.a", ["usa"]),
    ],
)
def test_a_text_names_the_longest_descriptors_in_order(text: str, named: list[str]) -> None:
    assert [name for m in KNOWN.mentions(text) for name in m.descriptors] == named


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("fast d&b for running", "fast drum and bass for running"),
        ("jpf", "japanese folk"),
        ("Rock ballads", "Rock ballads"),  # its number and case stay
        ("a shoegaze wall", "a shoe-gaze wall"),
        ("no tags at all", "no tags at all"),
        ("gritty and lofi", "gritty and lo-fi"),
        ("keep us a minute, forty at most", "keep us a minute, forty at most"),
    ],
)
def test_a_text_is_spelt_as_the_library_does(text: str, spelt: str) -> None:
    assert respelt(text, KNOWN.mentions(text)) == spelt


def test_parts_of_a_descriptor_are_held() -> None:
    assert KNOWN.holds("jazz")
    assert KNOWN.holds("drum")
    assert KNOWN.holds("vocals")
    assert not KNOWN.holds("metal")
    assert not KNOWN.holds("drum vocals")


def test_the_longest_descriptor_within_a_name() -> None:
    assert KNOWN.within("liquid drum and bass") == "drum and bass"
    assert KNOWN.within("yacht rock") == "rock"
    assert KNOWN.within("gospel") == ""
