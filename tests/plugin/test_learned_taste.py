"""What is learned from likes, when, where it is kept, and what a damaged file leads to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
from beets.ui import UserError

from melscribe_core.encoder.model_folder import MANIFEST
from melscribe_core.encoder.onnx import BUNDLED
from tests.support.home import Home
from tests.support.inside import beet
from tests.support.taste_home import LIKE, LOVED, SETTINGS, ask, fill, title, titles

LEARNED = [
    "6 liked tracks with 6 distinct sets of descriptors",
    # All six are folk and slow, as 9 of 36 tracks are. Of 6 random ones 1.5 would be, give or take
    # sqrt(1.5 * 0.75) = 1.06, and (6 - 1.5) / 1.06 is beyond the 1.64 that make it odd. Of the
    # other kinds they have none: (0 - 1.5) / 1.06 = -1.41 is not. No mood is in two of the sets.
    "more than your library: folk, slow",
]
FOUR = "not used: 4 liked tracks with 4 distinct sets of descriptors, and 5 sets are needed"
FORGOTTEN = "your taste is forgotten; `beet melindex --taste` learns it again"
UNLEARNED = "not learned yet from what your config says now; `beet melindex --taste` learns it"


@pytest.fixture
def home(home: Home) -> Home:
    """Return a home whose owner loves slow folk and says so; nothing is learned yet."""
    return liking(fill(home))


def liking(home: Home, *, settings: dict[str, Any] = SETTINGS, **taste: Any) -> Home:
    """Return the home with likes in its config, by default what is loved."""
    home.configure(**settings, taste=taste or LIKE)
    return home


def told(home: Home, *args: str) -> list[str]:
    """Return the lines of `melindex --taste`."""
    return beet(home, "melindex", "--taste", *args).splitlines()


def kept(home: Home) -> Path:
    """Return the file of the taste."""
    return home.folder / "library.db.melscribe.taste"


def files(home: Home) -> set[str]:
    """Return the names of the files in a home."""
    return {file.name for file in home.folder.iterdir() if file.is_file()}


def other_encoder(home: Home) -> Home:
    """Return the home with an encoder whose vectors are not those of the shipped one."""
    other = home.folder / "encoder"
    shutil.copytree(BUNDLED, other)
    manifest = json.loads((other / MANIFEST).read_text(encoding="utf-8"))
    manifest["max_tokens"] -= 1
    (other / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return liking(home, settings={**SETTINGS, "encoder": str(other)})


def refused(home: Home, *args: str) -> str:
    """Return the sentence with which a command is refused."""
    with pytest.raises(UserError) as error:
        beet(home, *args)
    return str(error.value)


def change(home: Home, title: str, loved: str) -> None:
    """Let the owner change their mind about a track: "loved=true" or "loved!"."""
    beet(home, "modify", "-y", "-W", "-M", f"title:{title}", loved)


# -- what is learned


def test_what_was_learned_is_told(home: Home) -> None:
    source, *learned, verdict = told(home)
    assert source == "from loved:true (6)"
    assert learned == LEARNED
    assert verdict.startswith("used in answers (self-check 0.9")
    assert verdict.endswith(", 0.65 needed)")
    assert told(home, "--show") == [*learned, verdict]


def test_who_likes_everything_has_no_taste(home: Home) -> None:
    expected = ask(liking(home, like=[], exclude=[]), "pop")["tracks"]
    liking(home, like="title::.")
    mixed = "not used: what you like is as mixed as your library (self-check 0.50, 0.65 needed)"
    assert told(home) == [
        "from title::. (36)",
        "36 liked tracks with 36 distinct sets of descriptors",
        mixed,
    ]
    found = ask(home, "pop")
    assert found["tracks"] == expected
    assert "taste" not in found
    assert found["notes"] == []  # said when it was learned, and whenever --taste is typed
    assert f"taste: {mixed}" in ask(home, "pop", "--taste", "1")["notes"]


def test_an_album_that_shares_its_tags_counts_once(home: Home) -> None:
    album = [
        {"title": f"Q{n}", "artist": "Ann", "album": "One", "genres": ["Dub", "Warm"]}
        for n in range(10)
    ]
    home.add(*album)
    beet(home, "melindex")
    liking(home, like="album:One")
    assert told(home) == [
        "from album:One (10)",
        "10 liked tracks with 1 distinct set of descriptors",
        "not used: 10 liked tracks with 1 distinct set of descriptors, and 5 sets are needed",
    ]
    liking(home, like=["album:One", "loved:true"])  # beside others it is one of seven
    assert told(home)[:2] == [
        "from album:One (10); loved:true (6)",
        "16 liked tracks with 7 distinct sets of descriptors",
    ]


@pytest.mark.parametrize(("sets", "used"), [(0, False), (1, False), (4, False), (5, True)])
def test_five_sets_are_needed(home: Home, sets: int, used: bool) -> None:
    wanted = [f"title:{title('Folk', mood)}" for mood in LOVED[:sets]] or ["title:nothing"]
    expected = ask(home, "pop", "--no-taste")["tracks"]
    liking(home, like=wanted)
    verdict = told(home)[-1]
    assert verdict.startswith("used in answers" if used else "not used: ")
    if not used:
        noun = "" if sets == 1 else "s"
        assert verdict == (
            f"not used: {sets} liked track{noun} with {sets} distinct set{noun} of descriptors,"
            " and 5 sets are needed"
        )
    assert (ask(home, "pop")["tracks"] != expected) is used


def test_tracks_without_descriptors_teach_nothing(home: Home) -> None:
    home.add(*({"title": f"Q{n}", "artist": "Ann"} for n in range(7)))
    beet(home, "melindex")
    liking(home, like="artist:Ann")
    assert told(home) == [
        "from artist:Ann (7)",
        "7 liked tracks with 0 distinct sets of descriptors",
        "not used: 7 liked tracks with 0 distinct sets of descriptors, and 5 sets are needed",
    ]
    assert sorted(titles(home, "--favourites", "--per-artist", "0")) == [f"Q{n}" for n in range(7)]


def test_an_empty_library(home: Home) -> None:
    beet(home, "remove", "-f")
    beet(home, "melindex")
    assert told(home)[-1] == (
        "not used: 0 liked tracks with 0 distinct sets of descriptors, and 5 sets are needed"
    )


def test_new_tags_of_a_favourite_are_learned_at_once(home: Home) -> None:
    for mood in LOVED:
        name = title("Folk", mood)
        beet(home, "modify", "-y", "-W", "-M", f"title:{name}", f"genres=Dub\\␀Warm\\␀{mood}")
    assert told(home)[2] == "more than your library: dub, warm"


# -- when it is learned


def test_a_request_learns_it_once_and_plays_do_not_change_it(home: Home) -> None:
    first = ask(home, "pop")
    assert first["notes"] == [
        "taste: more than your library: folk, slow; used in answers"
        f" ({told(home, '--show')[-1].split('(')[1]}"
    ]
    for mood in LOVED:
        change(home, title("Folk", mood), "loved!")
        change(home, title("Jazz", mood), "loved=true")
    again = ask(home, "pop")
    assert again["tracks"] == first["tracks"]
    assert again["notes"] == []
    beet(home, "melindex")
    assert told(home, "--show")[1] == "more than your library: jazz, piano"
    assert titles(home, "pop")[0] == "Jpp"


def test_auto_learns_it_when_a_command_ends(home: Home) -> None:
    liking(home, settings={**SETTINGS, "auto": True})
    told(home)
    assert home.beet("modify", "-y", "-W", "-M", "title:Fpp", "loved=true").stderr == ""
    assert told(home, "--show")[0] == "7 liked tracks with 7 distinct sets of descriptors"
    said = home.beet("remove", "-f", "loved:true", "^title:Fpp", "^title:Frk").stderr
    why = "2 liked tracks with 2 distinct sets of descriptors, and 5 sets are needed"
    assert said == f"taste: not used: {why}\n"
    assert told(home, "--show")[-1] == f"not used: {why}"
    said = home.beet("remove", "-f", "title:Frk").stderr
    assert said == ""  # nothing new: it is still not used


def test_likes_that_left_the_library(home: Home) -> None:
    told(home)
    beet(home, "remove", "-f", "title:Fhy", ",", "title:Fac")
    assert set(titles(home, "--favourites")) == {"Fcm", "Frk", "Fie", "Fde"}
    assert ask(home, "pop", "-n", "1")["tracks"][0]["taste"] > 0  # until the index is updated
    beet(home, "melindex")
    assert told(home, "--show")[-1] == FOUR
    assert "taste" not in ask(home, "pop")


def test_other_likes_in_the_config_are_learned_by_the_next_request(home: Home) -> None:
    told(home)
    liking(home, like="genres:techno")
    assert told(home, "--show") == [UNLEARNED]
    assert titles(home, "pop")[0] == "Tpp"
    liking(home, like="genres:techno", exclude="title:Tpp")
    assert told(home, "--show") == [UNLEARNED]
    liking(home, like="genres:techno", weight=1)  # its weight is no part of what is learned
    ask(home, "pop")
    assert told(home, "--show")[0] == "9 liked tracks with 9 distinct sets of descriptors"


def test_nothing_to_learn_from(home: Home) -> None:
    home.configure(**SETTINGS)
    assert refused(home, "melindex", "--taste").startswith("nothing says what you like: set ")
    (line,) = told(home, "--show")
    assert line.startswith("no taste: set `melscribe: taste: like:` in your config to ")
    assert told(home, "--forget") == ["there is no taste to forget"]


def test_a_query_is_refused(home: Home) -> None:
    assert refused(home, "melindex", "--taste", "artist:Ann") == (
        "--taste is learned from the likes in your config; leave out the query"
    )
    assert kept(home).name not in files(home)


# -- pretended, shown, forgotten


def test_pretend_and_show_keep_nothing(home: Home) -> None:
    before = files(home)
    assert told(home, "--show") == [UNLEARNED]
    assert told(home, "--pretend")[1:3] == LEARNED
    assert files(home) == before
    told(home)
    content = kept(home).read_bytes()
    change(home, "Fpp", "loved=true")
    assert told(home, "--pretend")[1] == "7 liked tracks with 7 distinct sets of descriptors"
    assert told(home, "--show")[0] == LEARNED[0]
    assert kept(home).read_bytes() == content


def test_forgotten_until_learned_again(home: Home) -> None:
    expected = ask(home, "pop", "--no-taste")["tracks"]
    told(home)
    assert told(home, "--forget") == [FORGOTTEN]
    assert told(home, "--forget") == ["your taste is forgotten already"]
    liking(home, settings={**SETTINGS, "auto": True})
    beet(home, "melindex")
    home.beet("modify", "-y", "-W", "-M", "title:Fpp", "comments=none")
    assert told(home, "--show") == [FORGOTTEN]
    for args in ([], ["--taste", "1"]):
        found = ask(home, "pop", *args)
        assert found["tracks"] == expected
        assert "taste" not in found
    assert f"no taste is known: {FORGOTTEN}" in found["notes"]  # to who typed --taste
    assert refused(home, "describe", "--favourites", "pop") == (
        f"--favourites: no track is known that you like; {FORGOTTEN}"
    )
    assert told(home)[1:3] == LEARNED
    assert titles(home, "pop")[0] == "Fpp"


def test_forgotten_until_the_config_changes(home: Home) -> None:
    told(home, "--forget")
    assert titles(home, "pop") == titles(home, "pop", "--no-taste")
    liking(home, like="genres:techno")
    assert titles(home, "pop")[0] == "Tpp"


def test_a_taste_is_forgotten_before_it_was_learned(home: Home) -> None:
    assert told(home, "--forget") == [FORGOTTEN]
    assert titles(home, "pop") == titles(home, "pop", "--no-taste")


def test_a_taste_whose_config_is_gone_is_forgotten_for_good(home: Home) -> None:
    told(home)
    home.configure(**SETTINGS)
    assert titles(home, "pop") == titles(home, "pop", "--no-taste")
    assert told(home, "--forget") == ["your taste was forgotten"]
    assert kept(home).name not in files(home)


# -- the file


def test_learning_twice_gives_the_same_bytes(home: Home) -> None:
    told(home)
    content = kept(home).read_bytes()
    told(home)
    assert kept(home).read_bytes() == content
    kept(home).unlink()
    ask(home, "pop")
    assert kept(home).read_bytes() == content
    assert len(content) < 20_000  # "a few KB"


def test_only_one_file_is_written_and_the_library_is_not(home: Home) -> None:
    library, before = home.database.read_bytes(), files(home)
    told(home)
    told(home, "--show")
    ask(home, "pop")
    ask(home, "--favourites", "pop")
    ask(home, "--fresh", "pop")
    told(home, "--forget")
    assert home.database.read_bytes() == library
    assert files(home) - before <= {kept(home).name, "library.db.melscribe.last"}
    assert list(home.music.iterdir()) == []


def test_without_likes_there_is_no_file(home: Home) -> None:
    home.configure(**SETTINGS)
    before = files(home)
    ask(home, "pop")
    beet(home, "melindex")
    beet(home, "melindex", "--taste", "--show")
    assert kept(home).name not in files(home)
    assert files(home) - before <= {"library.db.melscribe.last"}


def test_deleting_it_is_safe(home: Home) -> None:
    told(home)
    expected = ask(home, "pop")
    kept(home).unlink()
    found = ask(home, "pop")
    assert found["tracks"] == expected["tracks"]
    assert found["taste"] == expected["taste"]


def test_a_new_index_keeps_the_taste(home: Home) -> None:
    told(home)
    expected, content = ask(home, "pop"), kept(home).read_bytes()
    home.index.unlink()
    found = ask(home, "pop")
    assert found["tracks"] == expected["tracks"]
    assert kept(home).read_bytes() == content


def test_the_taste_of_another_encoder_is_learned_anew(home: Home) -> None:
    told(home)
    content = kept(home).read_bytes()
    other_encoder(home)
    assert told(home, "--show") == [UNLEARNED]
    assert titles(home, "pop")[0] == "Fpp"
    assert kept(home).read_bytes() != content


def test_what_is_forgotten_stays_so_with_another_encoder(home: Home) -> None:
    told(home, "--forget")
    other_encoder(home)
    assert told(home, "--show") == [FORGOTTEN]


def test_a_damaged_file_is_learned_again(home: Home) -> None:
    told(home)
    expected, content = ask(home, "pop")["tracks"], kept(home).read_bytes()
    rng = Random(17)
    damages = [
        b"",
        b"\0",
        b"melscribe taste 1\n",
        content[:-1],
        content[: len(content) // 2],
        content + b"\0",
        content.replace(b"taste 1", b"taste 2"),  # of a later version
        rng.randbytes(len(content)),
        b"PK\3\4" + rng.randbytes(500),
    ]
    for _ in range(40):
        at, flip = rng.randrange(len(content)), rng.randrange(1, 256)
        damages.append(content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :])
    for damaged in damages:
        kept(home).write_bytes(damaged)
        assert ask(home, "pop")["tracks"] == expected
        assert kept(home).read_bytes() == content
    kept(home).write_bytes(b"")
    assert told(home, "--show") == [UNLEARNED]
    assert told(home, "--forget") == [FORGOTTEN]


def test_a_taste_that_cannot_be_kept_is_learned_for_each_request(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(home).mkdir()
    found = ask(home, "pop")
    assert found["tracks"][0]["title"] == "Fpp"
    assert found["notes"][-1] == "your taste cannot be kept: Is a directory"
    assert told(home)[1:3] == LEARNED
    assert "your taste cannot be kept: Is a directory" in capsys.readouterr().err
    assert refused(home, "melindex", "--taste", "--forget") == (
        "your taste cannot be forgotten: Is a directory"
    )
    home.configure(**SETTINGS)
    assert refused(home, "melindex", "--taste", "--forget") == (
        "your taste cannot be forgotten: Is a directory"
    )


def test_it_lies_beside_an_index_that_is_elsewhere(home: Home, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    liking(home, settings={**SETTINGS, "index": str(tmp_path / "away" / "index")})
    told(home)
    assert (tmp_path / "away" / "index.taste").is_file()
    assert kept(home).name not in files(home)
