"""What an unwanted phrase puts out, and what it only counts against a track."""

import numpy as np
import pytest

from melscribe_core.search.exclusion import PENALTY, Wanted, exclusion, is_out, names_of

TREE = {"metal": frozenset({"djent", "grindcore"}), "country": frozenset({"bluegrass"})}


@pytest.mark.parametrize(
    ("phrase", "descriptor"),
    [
        ("rock", "rock"),
        ("rock", "punk rock"),
        ("rock", "rock ballad"),
        ("metal", "djent"),  # narrower in the tree
        ("metal", "melodic grindcore"),
        ("ballads", "ballad"),
        ("wave", "no wave"),  # a name, which lacks nothing
        ("drums", "live drum"),
        ("vocals", "female vocals"),
        ("vocals", "rapper"),
        ("drums", "drum machine"),
        ("synths", "synthesizer"),
    ],
)
def test_out(phrase: str, descriptor: str) -> None:
    assert is_out(descriptor, phrase, TREE)


@pytest.mark.parametrize(
    ("phrase", "descriptor"),
    [
        ("vocals", "instrumental"),
        ("singing", "singer-songwriter"),  # a genre, not a voice
        ("rock", "shamrock"),
        ("rap", "trap"),
        ("country", "county fair"),
        ("metal", "bluegrass"),
        ("pop", "popcorn"),
        ("drums", "no drums"),  # the descriptor itself says that there are none
        ("guitar", "no electric guitar"),
        ("", "rock"),
    ],
)
def test_not_out(phrase: str, descriptor: str) -> None:
    assert not is_out(descriptor, phrase, TREE)


@pytest.mark.parametrize(
    ("phrase", "names"),
    [
        ("christmas music", ("christmas",)),
        ("live versions", ("live",)),
        ("Hip-Hop", ("hip hop",)),
        ("80s songs", ("1980s",)),
        ("music", ("music",)),
    ],
)
def test_what_a_phrase_names(phrase: str, names: tuple[str, ...]) -> None:
    assert names_of(phrase) == names


def test_near_moods_count_against_and_opposites_do_not() -> None:
    axis = np.eye(3, dtype=np.float32)
    # To this encoder all but one are alike, as opposites are to real ones; the list knows better.
    known = {"melancholic": axis[0], "happy": axis[0], "banjo": axis[1], "weeping": axis[0]}
    found = exclusion(["sad"], known, axis[:1], {})
    assert found.out == frozenset()
    # "melancholic" by the list, "weeping" by its cosine of 1; "happy" is an opposite.
    assert found.against == {"melancholic": 1.0, "weeping": 1.0}
    assert found.penalty(("banjo", "melancholic")) == PENALTY
    assert found.penalty(("banjo", "happy")) == 0.0


def test_nearness_counts_by_degrees() -> None:
    # Cosine 0.75 lies half way between NEAR_FROM 0.65 and NEAR_TO 0.85.
    phrase = np.array([[1.0, 0.0]], np.float32)
    known = {"half": np.array([0.75, (1 - 0.75**2) ** 0.5], np.float32)}
    assert exclusion(["polka"], known, phrase, {}).against["half"] == pytest.approx(0.5, abs=1e-3)


def test_a_track_with_a_descriptor_that_is_out_is_not_admitted() -> None:
    known = {"country": np.zeros(2, np.float32), "folk": np.zeros(2, np.float32)}
    found = exclusion(["country"], known, np.zeros((1, 2), np.float32), {})
    assert not found.admits(("country", "folk"))
    assert found.admits(("folk",))


AXES = np.eye(4, dtype=np.float32)


def test_what_is_wanted_is_neither_out_nor_against() -> None:
    known = {"soul": AXES[0], "neo soul": AXES[0], "r&b": AXES[1], "soul r&b": AXES[1]}
    tree = {"r&b": frozenset({"soul", "neo soul"}), "soul": frozenset({"neo soul"})}
    wanted = Wanted(frozenset({"soul"}), (AXES[0],))
    found = exclusion(["r&b"], known, AXES[1:2], tree, wanted)
    # Without anything wanted the tree takes soul and all its kinds.
    assert exclusion(["r&b"], known, AXES[1:2], tree).out == known.keys()
    assert found.out == {"r&b", "soul r&b"}
    assert found.against == {}


def test_a_mood_near_to_both_goes_by_the_nearer() -> None:
    half = np.sqrt(0.5)
    known = {
        "sad": AXES[0],
        "melancholic": np.array([0.8, 0.6, 0, 0], np.float32),  # nearer to sad (0.8 > 0.6)
        "gloomy": np.array([0.6, 0.8, 0, 0], np.float32),  # nearer to depressing
        "bleak": np.array([half, half, 0, 0], np.float32),  # as near to one as to the other
    }
    wanted = Wanted(frozenset({"sad"}), (AXES[0],))
    # All four are on one line of moods.txt with "depressing"; sad is wanted, so the vectors decide:
    # (0.8 - 0.65) / 0.2 = 0.75 for gloomy, (0.7071 - 0.65) / 0.2 = 0.286 for bleak.
    found = exclusion(["depressing"], known, AXES[1:2], {}, wanted)
    assert found.against == pytest.approx({"gloomy": 0.75, "bleak": 0.286}, abs=1e-3)


def test_the_very_same_is_not_wanted_after_all() -> None:
    wanted = Wanted(frozenset({"metal"}), (AXES[0],))
    assert exclusion(["metal"], {"metal": AXES[0]}, AXES[:1], {}, wanted).out == {"metal"}
