"""A taste: learned from the likes in the config, kept beside the index, counted in answers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.support.home import Home
from tests.support.inside import beet
from tests.support.taste_home import LIKE, LOVED, SETTINGS, ask, fill, titles


@pytest.fixture
def home(home: Home) -> Home:
    """Return a home whose owner loves slow folk, and has not been asked yet."""
    return fill(home)


def liking(home: Home, **taste: Any) -> Home:
    """Return the home with likes in its config, by default what is loved."""
    home.configure(**SETTINGS, taste=taste or LIKE)
    return home


def told(home: Home, *args: str) -> list[str]:
    """Return the lines of `melindex --taste`."""
    return beet(home, "melindex", "--taste", *args).splitlines()


def scored(found: dict[str, Any]) -> list[tuple[str, float, float]]:
    """Return title, score and what the taste added, of each track in order."""
    return [(one["title"], one["score"], one.get("taste", 0.0)) for one in found["tracks"]]


USED = [
    "from loved:true (6)",
    "6 liked tracks with 6 distinct sets of descriptors",
    # All six are folk and slow, as 9 of 36 tracks are. Of 6 random ones 1.5 would be, give or take
    # sqrt(1.5 * 0.75) = 1.06, and (6 - 1.5) / 1.06 is beyond the 1.64 that make it odd. Kinds of
    # which they have none are (0 - 1.5) / 1.06 = -1.41, and a mood in one set is repeated by none.
    "more than your library: folk, slow",
]


# -- in the answer


@pytest.mark.parametrize(("mood", "liked"), [("pop", "Fpp"), ("sad", "Fsd")])
def test_what_is_liked_comes_first(home: Home, mood: str, liked: str) -> None:
    without = titles(home, mood, "-n", "4")
    assert sorted(without) == sorted(kind + liked[1:] for kind in "FTMJ")
    assert titles(liking(home), mood, "-n", "4")[0] == liked
    lover = liking(home, like="genres:techno")  # another person moves it another way
    assert titles(lover, mood, "-n", "4")[0] == f"T{liked[1:]}"


@pytest.mark.parametrize("off", [["--no-taste"], ["--taste", "0"]])
@pytest.mark.parametrize("asked", [["pop"], ["sad acoustic", "--seed", "3"], ["folk", "-n", "40"]])
def test_without_taste_it_is_as_if_none_were_configured(
    home: Home, off: list[str], asked: list[str]
) -> None:
    expected = ask(home, *asked)
    assert scored(ask(liking(home), *asked)) != scored(expected)
    found = ask(home, *asked, *off)
    assert {**found, "seconds": 0} == {**expected, "seconds": 0}


def test_weight_is_how_far_it_moves(home: Home) -> None:
    liking(home)
    moved = {}
    for weight in ("0.2", "0.5", "1"):
        found = ask(home, "pop", "--taste", weight, "-n", "40")
        moved[weight] = {name: added for name, _, added in scored(found)}
        assert found["taste"]["favourites"] == 6
        # Scaled by how near the favourites lie to the request: at most what was asked for.
        assert 0 < found["taste"]["weight"] <= float(weight)
    assert moved["0.2"]["Fpp"] < moved["0.5"]["Fpp"] < moved["1"]["Fpp"]
    assert moved["0.2"]["Mpp"] > moved["0.5"]["Mpp"] > moved["1"]["Mpp"]  # below 0
    home.configure(**SETTINGS, taste={**LIKE, "weight": 1})
    assert {name: added for name, _, added in scored(ask(home, "pop", "-n", "40"))} == moved["1"]


def test_where_the_favourites_are_not_it_says_nothing(home: Home) -> None:
    expected = ask(home, "fast techno", "-n", "40")
    found = ask(liking(home), "fast techno", "-n", "40")
    assert found["tracks"] == expected["tracks"]
    assert "taste" not in found


def test_explain_tells_what_the_taste_added_and_why(home: Home) -> None:
    first, why = beet(liking(home), "describe", "sad", "--explain", "-n", "1").splitlines()
    added = ask(home, "sad", "-n", "1")["tracks"][0]["taste"]
    assert "Fsd" in first
    said = f"your taste +{added:.2f}: folk, slow (6 and 6 of your 6 favourites)"
    assert said in why.split(" · ")
    lines = beet(home, "describe", "sad", "--explain", "-n", "4").splitlines()
    of_metal = next(why for line, why in pairwise(lines) if "Msd" in line)
    assert "your taste -0.0" in of_metal
    assert "taste" not in beet(home, "describe", "sad", "--explain", "-n", "4", "--no-taste")


def test_json_tells_the_taste(home: Home) -> None:
    found = ask(liking(home), "sad", "-n", "4")
    assert found["taste"] == {"weight": found["taste"]["weight"], "favourites": len(LOVED)}
    for track in found["tracks"]:
        before = ask(home, "sad", "-n", "40", "--no-taste")["tracks"]
        score = next(one["score"] for one in before if one["id"] == track["id"])
        assert track["score"] == pytest.approx(score + track.get("taste", 0.0), abs=1.1e-4)


# -- what is admitted


@pytest.mark.parametrize(
    "asked",
    [
        ["pop", "-n", "40"],
        ["slow pop", "-n", "40", "--min-score", "0.15"],
        ["pop", "-n", "40", "--min-score", "0.09"],
        ["folk", "-n", "40", "--min-score", "0.3"],
        ["pop without folk", "-n", "40"],
        ["pop, less slow", "-n", "40", "--less", "slow", "--min-score", "0.1"],
        ["sad", "-n", "40", "--per-artist", "1"],
        ["sad", "-n", "40", "genres:folk", ",", "genres:jazz"],
        ["sad pop, acoustic", "-n", "40", "--order", "flow"],
    ],
)
@pytest.mark.parametrize("weight", ["0.5", "1"])
def test_a_taste_admits_what_is_admitted_without(home: Home, asked: list[str], weight: str) -> None:
    expected = titles(home, *asked)
    assert 0 < len(expected) < 40
    assert sorted(titles(liking(home), *asked, "--taste", weight)) == sorted(expected)
