"""A taste through the user's door: learned from likes, kept, shown, forgotten, and in answers."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.home import BEET, Home

LIKE = {"like": ["loved:true"]}
KINDS = ("dance", "techno", "metal", "jazz", "house", "rock", "disco", "punk")
CALM = ("acoustic", "piano", "guitar", "rainy day", "autumn", "night", "strings", "harp", "cello")
REQUEST = ("sad songs", "-n", "99", "--per-artist", "0", "--min-score", "0")


def slow_folk(loved: bool = True) -> list[dict[str, Any]]:
    """Return nine tracks of slow folk, each with another third word; all of them loved or none."""
    return [
        {
            "title": f"folk {at}",
            "artist": f"singer {at}",
            "genres": ["folk", "slow", "sad", word],
            **({"loved": "True"} if loved else {}),
        }
        for at, word in enumerate(CALM)
    ]


def others(number: int = 40) -> list[dict[str, Any]]:
    """Return tracks of other kinds, all sad, every fifth of them slow."""
    rng = random.Random(1)
    return [
        {
            "title": f"other {at}",
            "artist": f"band {at}",
            "genres": [*rng.sample(KINDS, 2), "sad", *(["slow"] if at % 5 == 0 else [])],
        }
        for at in range(number)
    ]


def unheard() -> list[dict[str, Any]]:
    """Return two tracks that are as sad, one of them folk."""
    return [
        {"title": "new folk", "artist": "x", "genres": ["folk", "sad", "banjo"]},
        {"title": "new techno", "artist": "y", "genres": ["techno", "sad", "banjo"]},
    ]


def taste_file(home: Home) -> Path:
    return home.folder / "library.db.melscribe.taste"


@pytest.fixture
def home(home: Home) -> Home:
    """Return the home of a person who loves nine tracks of slow folk among 51."""
    home.configure(taste=LIKE)
    home.add(*slow_folk(), *others(), *unheard())
    return home


# -- learning


def test_it_says_what_it_was_learned_from_and_what_it_prefers(home: Home) -> None:
    home.beet("melindex")
    said = home.beet("melindex", "--taste").stdout.splitlines()
    assert said[0] == "from loved:true (9)"
    assert said[1] == "9 liked tracks with 9 distinct sets of descriptors"
    assert said[2].startswith("more than your library: folk, slow")
    assert said[3].startswith("used in answers (self-check ")
    assert taste_file(home).exists()
    assert home.beet("melindex", "--taste", "--show").stdout.splitlines() == said[1:]


def test_the_first_run_of_the_index_learns_it_and_says_so_once(home: Home) -> None:
    assert "taste: more than your library: folk, slow" in home.beet("melindex").stderr
    assert "taste" not in home.beet("melindex").stderr
    assert "taste" not in home.beet("describe", "sad").stderr


def test_a_request_learns_it_where_nothing_was_learned(home: Home) -> None:
    assert "taste: more than your library: folk, slow" in home.beet("describe", "sad").stderr
    assert "taste" not in home.beet("describe", "sad").stderr
    home.configure(taste={"like": ["loved:true", "title:none"]})  # another question, another taste
    said = home.beet("describe", "sad").stderr
    assert "taste: more than your library" in said
    assert "melscribe.taste.like: no track matches title:none" in said


def test_who_likes_everything_has_no_taste(home: Home) -> None:
    home.configure(taste={"like": ["artist::."]})
    said = home.beet("melindex", "--taste").stdout
    assert "not used: what you like is as mixed as your library (self-check 0.50" in said
    home.configure(taste={"like": ["artist::."]}, min_score=0)
    plain = home.ask(*REQUEST)
    assert "taste" not in plain
    assert plain["tracks"] == home.ask(*REQUEST, "--no-taste")["tracks"]
    assert (
        "taste: not used: what you like is as mixed as your library (self-check 0.50, 0.65 needed)"
    ) in home.ask(*REQUEST, "--taste", "1")["notes"]


def test_an_album_that_is_liked_as_a_whole_is_one_set(home: Home) -> None:
    album = {"album": "One", "genres": ["soul", "warm"], "loved": "1", "artist": "Sam"}
    home.add(*({**album, "title": f"side {at}"} for at in range(12)))
    home.configure(taste={"like": ["loved:1"]})
    assert home.beet("melindex", "--taste").stdout.splitlines()[1:] == [
        "12 liked tracks with 1 distinct set of descriptors",
        "not used: 12 liked tracks with 1 distinct set of descriptors, and 5 sets are needed",
    ]


@pytest.mark.parametrize(("number", "used"), [(4, "not used: 4 liked tracks"), (5, "used in")])
def test_five_distinct_sets_are_needed(home: Home, number: int, used: str) -> None:
    home.configure(taste={"like": [f"title::folk.[0-{number - 1}]"]})
    said = home.beet("melindex", "--taste").stdout.splitlines()
    assert said[-1].startswith(used)


def test_likes_that_left_the_library_are_forgotten_by_the_next_update(home: Home) -> None:
    home.configure(taste=LIKE, auto=True)
    home.beet("melindex")
    home.beet("remove", "-f", "title::folk.[0-3]")
    said = home.beet("melindex", "--taste", "--show").stdout
    assert said.startswith("5 liked tracks with 5 distinct sets")
    done = home.beet("remove", "-f", "title:folk 4")
    assert "taste: not used: 4 liked tracks with 4 distinct sets" in done.stderr


def test_nothing_liked_at_all(home: Home) -> None:
    home.configure(taste={"like": ["loved:never"]})
    done = home.beet("melindex", "--taste")
    assert done.stdout.splitlines()[1].startswith("0 liked tracks with 0 distinct sets")
    assert "no track matches loved:never" in done.stderr
    home.configure()
    assert "nothing says what you like: set `melscribe: taste: like:`" in (
        home.beet("melindex", "--taste", code=1).stderr
    )
    assert home.beet("melindex", "--taste", "--show").stdout.startswith("no taste: set")


def test_an_empty_library_has_no_taste(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    empty = Home(folder)
    empty.configure(taste=LIKE)
    assert "0 liked tracks" in empty.beet("melindex", "--taste").stdout
    assert "the library has no tracks" in empty.beet("describe", "sad", code=1).stderr


# -- forgetting


def test_what_is_forgotten_stays_so_until_it_is_asked_for(home: Home) -> None:
    home.configure(taste=LIKE, auto=True)
    home.beet("melindex")
    tasted = home.titles(*REQUEST)
    said = "your taste is forgotten; `beet melindex --taste` learns it again\n"
    assert home.beet("melindex", "--taste", "--forget").stdout == said
    plain = home.titles(*REQUEST)
    assert plain != tasted
    home.beet("melindex")
    home.beet("modify", "-y", "-W", "-M", "title:other 1", "genres=polka")
    assert home.titles(*REQUEST, "--no-taste") == home.titles(*REQUEST)
    assert home.beet("melindex", "--taste", "--show").stdout == said
    assert "forgotten already" in home.beet("melindex", "--taste", "--forget").stdout
    home.beet("melindex", "--taste")
    assert "taste" in home.ask(*REQUEST)


def test_what_is_forgotten_is_learned_anew_under_another_config(home: Home) -> None:
    home.beet("melindex", "--taste", "--forget")
    home.configure(taste={"like": ["loved:True"]})
    assert "taste" in home.ask(*REQUEST)
    home.configure()
    assert home.beet("melindex", "--taste", "--forget").stdout == "your taste was forgotten\n"
    assert not taste_file(home).exists()
    assert home.beet("melindex", "--taste", "--forget").stdout == "there is no taste to forget\n"


def test_it_can_be_learned_without_being_kept(home: Home) -> None:
    said = home.beet("melindex", "--taste", "--pretend", code=1).stderr
    assert said == "error: nothing is indexed yet to learn a taste from; run `beet melindex`\n"
    home.beet("melindex")
    home.beet("melindex", "--taste", "--forget")
    before = taste_file(home).read_bytes()
    assert "used in answers" in home.beet("melindex", "--taste", "--pretend").stdout
    assert taste_file(home).read_bytes() == before


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--taste", "artist:x"), "leave out the query"),
        (("--forget",), "write --taste --forget"),
        (("--taste", "--forget", "--show"), "leave out --forget"),
        (("--taste", "--forget", "--pretend"), "leave out --forget"),
        (("--taste", "--bare"), "leave out --bare"),
        (("--taste", "--force"), "leave out --force"),
        (("--taste", "--map", "x.html"), "leave out --map"),
    ],
)
def test_what_does_not_go_together(home: Home, args: tuple[str, ...], said: str) -> None:
    assert said in home.beet("melindex", *args, code=1).stderr


# -- in answers


def test_among_what_answers_the_persons_kind_comes_first(home: Home) -> None:
    plain = home.titles("sad songs with banjo", "-n", "2", "--no-taste")
    assert sorted(plain) == ["new folk", "new techno"]
    assert home.titles("sad songs with banjo", "-n", "2", "--taste", "1") == [
        "new folk",
        "new techno",
    ]
    scores = {
        track["title"]: track.get("taste", 0.0)
        for track in home.ask(*REQUEST, "--taste", "1")["tracks"]
        if track["title"].startswith("new")
    }
    assert scores["new folk"] > max(0.0, scores["new techno"])


def test_a_strangers_likes_do_not_help(home: Home) -> None:
    """Control: who loves metal is given less folk than who loves folk, for the same words."""
    home.configure(taste={"like": ["genres:metal"]})
    metal = home.titles(*REQUEST, "--taste", "1")
    home.configure(taste=LIKE)
    folk = home.titles(*REQUEST, "--taste", "1")
    assert folk.index("new folk") < metal.index("new folk")


def test_zero_is_none_and_more_is_more(home: Home) -> None:
    plain = home.ask(*REQUEST, "--no-taste")
    assert home.ask(*REQUEST, "--taste", "0")["tracks"] == plain["tracks"]
    home.configure(taste={**LIKE, "weight": 0})
    assert home.ask(*REQUEST)["tracks"] == plain["tracks"]
    home.configure()
    assert home.ask(*REQUEST)["tracks"] == plain["tracks"]
    home.configure(taste=LIKE)
    moved = [
        sum(abs(track.get("taste", 0)) for track in home.ask(*REQUEST, "--taste", w)["tracks"])
        for w in ("0.2", "0.5", "1")
    ]
    assert 0 < moved[0] < moved[1] < moved[2]
    home.configure(taste={**LIKE, "weight": 1})
    weights = [home.ask(*args)["taste"]["weight"] for args in (REQUEST, (*REQUEST, "--taste", "1"))]
    assert weights[0] == weights[1]


@pytest.mark.parametrize(
    "words",
    [
        ("sad songs",),
        ("slow sad songs",),
        ("sad songs, no metal",),
        ("sad folk",),
        ("techno", "--min-score", "0.3"),
        ("sad songs", "--less", "jazz"),
        ("sad songs", "artist:band"),
    ],
)
def test_what_comes_at_all_does_not_depend_on_it(home: Home, words: tuple[str, ...]) -> None:
    home.configure(taste=LIKE, min_score=0.1, per_artist=0, per_album=0, number=99)
    found = [home.titles(*words, *more) for more in (("--no-taste",), (), ("--taste", "1"))]
    assert found[0]
    assert sorted(found[0]) == sorted(found[1]) == sorted(found[2])


def test_the_reason_names_what_favourites_have(home: Home) -> None:
    said = home.beet("describe", *REQUEST, "--explain").stdout.splitlines()
    (at,) = [at for at, line in enumerate(said) if "new folk" in line]
    assert "your taste +0." in said[at + 1]
    assert ": folk (9 of your 9 favourites)" in said[at + 1]
    found = home.ask(*REQUEST)
    assert found["taste"]["favourites"] == 9
    assert 0 < found["taste"]["weight"] <= 0.5


def test_the_same_request_gives_the_same_list(home: Home) -> None:
    assert home.titles(*REQUEST) == home.titles(*REQUEST)
    seeded = [home.titles(*REQUEST, "--seed", "7") for _ in range(2)]
    assert seeded[0] == seeded[1]


def test_learning_twice_gives_the_same_bytes(home: Home) -> None:
    home.beet("melindex", "--taste")
    before = taste_file(home).read_bytes()
    home.beet("melindex", "--taste")
    assert taste_file(home).read_bytes() == before


def test_plays_do_not_move_a_list_by_themselves(home: Home) -> None:
    """What is liked may change with every play; a list changes when the taste is learned."""
    home.configure(taste={"like": ["play_count:5.."]})
    lib = home.library()
    for item in lib.items("title:folk"):
        item["play_count"] = "9"
        item.store()
    lib._close()
    home.beet("melindex", "--taste")
    before = home.titles(*REQUEST)
    lib = home.library()
    for item in lib.items("title::^other.[0-9]$"):
        item["play_count"] = "9"
        item.store()
    lib._close()
    assert home.titles(*REQUEST) == before
    home.beet("melindex")
    assert home.titles(*REQUEST) != before


def test_again_and_chat_go_on_with_the_taste(home: Home) -> None:
    home.beet("describe", "sad songs", "-n", "3", "--taste", "1")
    again = home.ask("--again", "more of the same", "-n", "3")
    assert again["taste"]["favourites"] == 9
    home.beet("describe", "sad songs", "-n", "3", "--no-taste")
    assert "taste" not in home.ask("--again", "more of the same", "-n", "3")
    assert "taste" in home.ask("--again", "more of the same", "-n", "3", "--taste", "1")
    turns = home.chat(["sad songs", "slower"], "--taste", "1", "-n", "3")
    assert all("taste" in turn for turn in turns)


def test_saved_descriptions_keep_their_own_choice(home: Home) -> None:
    lists = home.folder / "lists"
    entries = [
        {"name": "plain", "describe": "sad songs", "no_taste": True, "number": 20},
        {"name": "mine", "describe": "sad songs", "taste": 1, "number": 20},
    ]
    home.make_files()

    def written(**taste: Any) -> dict[str, str]:
        home.configure(
            taste=taste, playlists=entries, playlist={"playlist_dir": str(lists)}, file_tags=False
        )
        home.beet("describe", "--update")
        return {path.stem: path.read_text(encoding="utf-8") for path in lists.iterdir()}

    lists.mkdir()
    before = written()
    after = written(**LIKE)
    assert after["plain"] == before["plain"]
    assert after["mine"] != before["mine"]
    assert written(**LIKE, weight=0.1) == after


def test_a_query_finds_what_fits_whatever_the_taste(home: Home) -> None:
    home.beet("melindex", "--taste")
    listed = home.beet("ls", "describe:sad songs", "-f", "$describe_score $title").stdout
    home.configure()
    assert home.beet("ls", "describe:sad songs", "-f", "$describe_score $title").stdout == listed


# -- its file


def test_nothing_is_kept_elsewhere_and_deleting_it_is_safe(home: Home) -> None:
    home.beet("melindex", "--taste", "--forget")
    home.titles(*REQUEST)  # the index is up to date
    before = {path: path.read_bytes() for path in home.folder.iterdir() if path.is_file()}
    home.beet("melindex", "--taste")
    changed = {
        path.name
        for path in home.folder.iterdir()
        if path.is_file() and path.read_bytes() != before.get(path)
    }
    assert changed == {"library.db.melscribe.taste"}
    tasted = home.titles(*REQUEST)
    taste_file(home).unlink()
    assert home.titles(*REQUEST) == tasted
    assert taste_file(home).exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:100],
        lambda content: content[:-1],
        lambda content: content.replace(b"taste 1", b"taste 9", 1),
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda content: b"PK\x03\x04" + content,
        lambda content: os.urandom(500),
    ],
)
def test_a_damaged_file_is_learned_anew(home: Home, damage: Any) -> None:
    home.beet("melindex", "--taste")
    tasted, whole = home.titles(*REQUEST), taste_file(home).read_bytes()
    taste_file(home).write_bytes(damage(whole))
    assert home.titles(*REQUEST) == tasted
    assert taste_file(home).read_bytes() == whole


def test_it_survives_the_index_and_fits_it_again(home: Home) -> None:
    home.beet("melindex", "--taste")
    tasted = home.titles(*REQUEST)
    for path in home.folder.glob("library.db.melscribe*"):
        if path != taste_file(home):
            path.unlink()
    assert home.titles(*REQUEST) == tasted


def test_a_folder_in_its_place_is_said(home: Home) -> None:
    taste_file(home).mkdir()
    found = home.ask(*REQUEST)
    assert "taste" in found
    assert [note for note in found["notes"] if note.startswith("your taste cannot be kept: ")]


def test_without_likes_nothing_of_it_is_loaded_or_written(home: Home) -> None:
    home.configure()
    code = (
        "import sys; from beets.ui import main; main(['describe', 'sad', '-n', '1']);"
        "print([name for name in sys.modules if 'melscribe_core.taste' in name"
        " or name.endswith(('learned_taste', 'likes', 'plays'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=home.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert not taste_file(home).exists()
    assert BEET.exists()


def test_the_library_is_only_read(home: Home) -> None:
    before = home.database.read_bytes()
    home.beet("melindex", "--taste")
    home.beet("describe", "sad", "--fresh")
    json.loads(home.beet("describe", "sad", "--favourites", "--json").stdout)
    assert home.database.read_bytes() == before
