"""A taste: learned from the likes in the config, kept beside the index, counted in answers."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from beets.ui import UserError

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


def scored(found: dict[str, Any]) -> list[tuple[str, float, float]]:
    """Return title, score and what the taste added, of each track in order."""
    return [(one["title"], one["score"], one.get("taste", 0.0)) for one in found["tracks"]]


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


# -- the same request, the same list


@pytest.mark.parametrize("how", [[], ["--seed", "3"], ["--order", "random", "--seed", "3"]])
def test_the_same_request_gives_the_same_list(home: Home, how: list[str]) -> None:
    first = ask(liking(home), "pop", *how)
    beet(home, "melindex", "--taste")
    second = ask(home, "pop", *how)
    assert second["tracks"] == first["tracks"]


def test_shuffle_keeps_to_what_fits(home: Home) -> None:
    liking(home)
    lists = [titles(home, "pop", "--shuffle", "-n", "4") for _ in range(5)]
    assert {one[0] for one in lists} == {"Fpp"}
    assert {tuple(sorted(one)) for one in lists} == {("Fpp", "Jpp", "Mpp", "Tpp")}


# -- where else a request is made


@pytest.mark.parametrize("choice", [["--no-taste"], ["--taste", "1"], []])
def test_again_goes_on_with_the_same_taste(home: Home, choice: list[str]) -> None:
    first = liking(home).ask("pop", "-n", "5", *choice)
    later = home.ask("--again", "more calm")
    assert later.get("taste", {}).keys() == first.get("taste", {}).keys()
    assert ("taste" in later) == (choice != ["--no-taste"])
    if choice == ["--taste", "1"]:
        assert later["taste"]["weight"] > 0.5
    switched = home.ask("--again", "--taste", "0")  # and it can be switched off later
    assert "taste" not in switched


def test_taste_and_no_taste_exclude_each_other(home: Home) -> None:
    with pytest.raises(UserError) as error:
        beet(liking(home), "describe", "pop", "--taste", "1", "--no-taste")
    assert str(error.value) == ("--no-taste answers as if you had no taste; leave out --taste")
    for value in ("1.1", "-1", "nan", "inf"):
        with pytest.raises(UserError, match="--taste must be between 0 and 1, not"):
            beet(home, "describe", "pop", "--taste", value)


def test_saved_descriptions_keep_their_own_choice(home: Home) -> None:
    entries = [
        {"name": "as usual", "describe": "pop", "number": 40},
        {"name": "strong", "describe": "pop", "number": 40, "taste": 1},
        {"name": "none", "describe": "pop", "number": 40, "no_taste": True},
        {"name": "zero", "describe": "pop", "number": 40, "taste": 0},
    ]
    settings = {**SETTINGS, "playlists": entries, "playlist": {"playlist_dir": "lists"}}
    home.configure(**settings, taste=LIKE)
    (home.folder / "lists").mkdir()
    home.make_files()
    beet(home, "describe", "--update")
    for name, args in (
        ("as usual", []),
        ("strong", ["--taste", "1"]),
        ("none", ["--no-taste"]),
        ("zero", ["--no-taste"]),
    ):
        lines = (home.folder / "lists" / f"{name}.m3u8").read_text(encoding="utf-8").splitlines()
        found = [Path(line).stem.split("-")[-1] for line in lines if not line.startswith("#")]
        assert found == titles(home, "pop", "-n", "40", *args), name


def test_what_is_saved_from_the_command_line_keeps_it_too(home: Home) -> None:
    liking(home)
    beet(home, "describe", "pop", "--taste", "0.2", "--save", "a hint")
    beet(home, "describe", "pop", "--no-taste", "--save", "plain")
    beet(home, "describe", "--favourites", "--save", "loved")
    beet(home, "describe", "jazz", "--fresh", "--save", "new")
    said = (home.folder / "library.db.melscribe.saved.yaml").read_text(encoding="utf-8")
    assert "name: a hint\n  describe: pop\n  taste: 0.2\n" in said
    assert "name: plain\n  describe: pop\n  no_taste: true\n" in said
    assert "name: loved\n  favourites: true\n" in said
    assert "name: new\n  describe: jazz\n  fresh: true\n" in said


def test_describe_queries_are_not_moved(home: Home) -> None:
    form = ("-f", "$title $describe_score", "describe:pop", "describe_score-")
    expected = beet(home, "ls", *form)
    assert expected
    assert beet(liking(home, weight=1, **LIKE), "ls", *form) == expected
    assert not (home.folder / "library.db.melscribe.taste").exists()  # and none is learned for it


def test_a_chat_follows_the_taste(home: Home) -> None:
    first, second = liking(home).chat(["pop", "more calm"], "-n", "4")
    assert first["tracks"][0]["title"] == "Fpp"
    assert first["taste"]["favourites"] == second["taste"]["favourites"] == 6
    plain = home.chat(["pop", "more calm"], "-n", "4", "--no-taste")
    assert ["taste" in turn for turn in plain] == [False, False]
    assert plain[0]["tracks"] == home.ask("pop", "-n", "4", "--no-taste")["tracks"]


def test_in_a_chat_why_tells_the_taste(home: Home) -> None:
    said = liking(home).say(["pop", "why 1"], "-n", "4").stdout
    assert "folk, slow (6 and 6 of your 6 favourites)" in said


def test_what_says_nothing_of_the_sound_is_drawn_as_before(home: Home) -> None:
    expected = ask(home, "under 5 minutes")
    found = ask(liking(home), "under 5 minutes")
    assert found["tracks"] == expected["tracks"]
    assert "taste" not in found


def test_an_example_is_a_request_too(home: Home) -> None:
    found = ask(liking(home), "--like", "title:Fpp", "-n", "40")
    expected = ask(home, "--like", "title:Fpp", "-n", "40", "--no-taste")
    assert sorted(t for t, _, _ in scored(found)) == sorted(t for t, _, _ in scored(expected))
    assert "taste" in found


# -- who asked for none


def test_without_likes_nothing_of_it_is_loaded(home: Home) -> None:
    code = "import beets.ui; beets.ui.main(['describe', 'pop']); import sys; print(*sys.modules)"
    for taste, loaded in (({}, False), ({"like": "loved:true"}, True)):
        home.configure(**SETTINGS, taste=taste)
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=home.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        names = set(done.stdout.split())
        ours = {"melscribe_core.taste", "beetsplug.melscribe.learned_taste"}
        assert bool(names & ours) is loaded
        assert ("beetsplug.melscribe.likes" in names) is loaded
