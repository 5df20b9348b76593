"""`--sounds-like` and "sounds like X": the nearest by sound, alone and joined with words."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.heard_home import TITLES, add_file
from tests.support.home import Home
from tests.support.variants import write_varied

SPEEDS = (0.94, 1.0, 1.06)  # of the variants of each clip: of one kind, and of no other
SETTINGS: dict[str, Any] = {"siblings": False, "file_tags": False, "per_artist": 0}


def named(title: str) -> set[str]:
    """Return the titles of the variants of a clip."""
    return {f"{title} {number}" for number in range(len(SPEEDS))}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A library of three variants of each clip, heard; they are by Ann, Bob and Cleo."""
    home = Home(tmp_path_factory.mktemp("heard"))
    home.configure(**SETTINGS)
    for title in TITLES:
        for number, speed in enumerate(SPEEDS):
            path = write_varied(home.music / f"{title}-{number}.wav", title, speed=speed)
            artist = ("Ann", "Bob", "Cleo")[number]
            add_file(home, path, title=f"{title} {number}", artist=artist)
    home.beet("melindex", "--listen")
    return home


@pytest.fixture
def heard(template: Home, home: Home) -> Home:
    """A copy of it, to be changed."""
    home.configure(**SETTINGS)
    for path in template.folder.glob("library.db*"):
        shutil.copy2(path, home.folder)
    for path in template.music.iterdir():
        shutil.copy2(path, home.music)
    return home


# -- by sound alone


@pytest.mark.parametrize("title", TITLES)
def test_the_nearest_are_of_the_same_kind(template: Home, title: str) -> None:
    found = template.ask("--sounds-like", f"title:{title} artist:Bob", "-n", "2")
    assert {track["title"] for track in found["tracks"]} == named(title) - {f"{title} 1"}
    scores = [track["alike"] for track in found["tracks"]]  # in an order that 0.01 may change
    assert min(scores) > 0.4
    assert max(scores) < 1
    # Without words the score is the sound alone.
    assert [track["score"] for track in found["tracks"]] == scores


def test_what_is_no_nearer_than_the_library_is_left_out(template: Home) -> None:
    titles = template.titles("--sounds-like", "title:quiet_sine artist:Bob", "-n", "99")
    assert sorted(titles) == ["quiet_sine 0", "quiet_sine 2"]


def test_examples_come_only_when_asked_for(template: Home) -> None:
    ask = ("--sounds-like", "title:drums artist:Bob", "-n", "9")
    assert "drums 1" not in template.titles(*ask)
    assert "drums 1" in template.titles(*ask, "--include-like")


def test_several_examples_are_compared_by_their_middle(template: Home) -> None:
    ask = ("--sounds-like", "title:pad artist:Bob", "--sounds-like", "title:techno artist:Bob")
    titles = template.titles(*ask, "-n", "4")
    assert set(titles) == (named("pad") | named("techno")) - {"pad 1", "techno 1"}


def test_a_query_narrows_the_answer(template: Home) -> None:
    titles = template.titles("--sounds-like", "title:pluck artist:Bob", "-n", "9", "artist:Cleo")
    assert titles[0] == "pluck 2"
    assert all(title.endswith(" 2") for title in titles)


def test_the_answer_says_how_near(template: Home) -> None:
    ask = ("--sounds-like", "title:pad artist:Bob", "-n", "1")
    (track,) = template.ask(*ask)["tracks"]
    said = template.beet("describe", *ask, "--explain").stdout
    assert f"{track['alike']:.2f} alike in sound" in said


# -- in words


@pytest.mark.parametrize(
    "words",
    [
        "sounds like {} by Bob",
        "songs that sound like {} by Bob",
        "it should sound a bit like {} by Bob",
        "something that sounds like {} by Bob",
        "music that sounds like {} by Bob",
    ],
)
def test_words_compare_the_sound_too(template: Home, words: str) -> None:
    found = template.ask(words.format("drums 1"), "-n", "2")
    assert {track["title"] for track in found["tracks"]} == {"drums 0", "drums 2"}
    assert all(track["alike"] > 0.4 for track in found["tracks"])


def test_like_alone_compares_the_tags(template: Home) -> None:
    tracks = template.ask("like drums 1 by Bob", "-n", "2")["tracks"]
    assert all("alike" not in track and "example" in track for track in tracks)


# -- joined with words


def test_words_move_the_answer(template: Home) -> None:
    ask = ("--sounds-like", "artist:Bob title:pad", "--sounds-like", "artist:Bob title:techno")
    assert template.titles("fast techno with drums", *ask, "-n", "2")[0].startswith("techno")
    assert template.titles("calm ambient strings", *ask, "-n", "2")[0].startswith("pad")


def test_sound_and_words_count_half_each(template: Home) -> None:
    ask = ("--sounds-like", "title:pad artist:Bob", "-n", "2")
    by_words = {t["title"]: t["score"] for t in template.ask("ambient", "-n", "99")["tracks"]}
    tracks = template.ask("ambient", *ask)["tracks"]
    assert {track["title"] for track in tracks} == {"pad 0", "pad 2"}
    for track in tracks:
        expected = 0.5 * track["alike"] + 0.5 * by_words[track["title"]]
        assert track["score"] == pytest.approx(expected, abs=0.01)


def test_exclusions_hold(template: Home) -> None:
    ask = ("--sounds-like", "title:pad artist:Bob", "--sounds-like", "title:drums artist:Bob")
    assert "drums 0" in template.titles(*ask, "-n", "9")
    titles = template.titles("calmer, no drums", *ask, "-n", "9")
    assert {"pad 0", "pad 2"} <= set(titles)
    assert not (named("drums") | named("techno")) & set(titles)


def test_words_exclude_in_the_same_sentence(template: Home) -> None:
    assert "techno 1" in template.titles("sounds like drums 2 by Cleo, loud", "-n", "9")
    titles = template.titles("sounds like drums 2 by Cleo, loud, no techno", "-n", "9")
    assert "drums 1" in titles
    assert not named("techno") & set(titles)


# -- what was not heard


def test_examples_that_were_not_heard_are_said(heard: Home) -> None:
    add_file(heard, heard.music / "pad-1.wav", title="new pad", artist="Dora")
    done = heard.beet("describe", "--sounds-like", "title:new", code=1)
    assert done.stderr.splitlines()[-1] == (
        "error: 1 track to compare by sound, and none was heard yet; run `beet melindex --listen`"
    )
    found = heard.ask("--sounds-like", "title:pad artist::Bob|Dora", "-n", "2")
    assert (
        "compared by sound with 1 of 2 tracks: 1 not heard yet (`beet melindex --listen`)"
        in found["notes"]
    )
    assert {track["title"] for track in found["tracks"]} == {"pad 0", "pad 2"}
    heard.beet("melindex", "--listen")
    assert heard.titles("--sounds-like", "title:new", "-n", "1") == ["pad 1"]


def test_sounds_like_by_tags_where_nothing_was_heard(home: Home) -> None:
    home.configure(**SETTINGS)
    home.add(
        *(
            {"title": t, "artist": "Ann", "genres": [g]}
            for t, g in [("a song", "Folk"), ("b", "Folk")]
        )
    )
    (track,) = home.ask("sounds like a song by Ann", "-n", "1")["tracks"]
    assert track["title"] == "b"
    assert "alike" not in track
    done = home.beet("describe", "--sounds-like", "title:song", code=1)
    assert "none was heard yet" in done.stderr


def test_unheard_compares_the_tags(heard: Home) -> None:
    heard.beet("modify", "-y", "--nowrite", "title:pad", "artist:Bob", "genres=Ambient")
    heard.beet("modify", "-y", "--nowrite", "title:drums", "artist:Ann", "genres=Ambient")
    (track,) = heard.ask("sounds like pad 1 by Bob", "--unheard", "-n", "1")["tracks"]
    assert track["title"] == "drums 0"
    assert "alike" not in track


def test_examples_that_do_not_exist_are_said(template: Home) -> None:
    done = template.beet("describe", "--sounds-like", "title:nonsense", code=1)
    assert "nonsense" in done.stderr
    done = template.beet("describe", "--sounds-like", "year:x..", code=1)
    assert done.stderr.startswith("error: ")


# -- kept


def test_a_saved_description_keeps_the_examples(heard: Home) -> None:
    ask = ("calm", "--sounds-like", "title:pad artist:Bob", "-n", "2")
    heard.beet("describe", *ask, "--save", "pads")
    file = heard.folder / "library.db.melscribe.saved.yaml"
    (entry,) = yaml.safe_load(file.read_text())
    assert entry["sounds_like"] == ["title:pad artist:Bob"]
    lists = heard.folder / "lists"
    lists.mkdir()
    heard.beet("describe", "--update", "--playlist-dir", str(lists))
    assert names(lists / "pads.m3u8") == {"pad-0.wav", "pad-2.wav"}


def test_a_config_may_say_sounds_like(heard: Home) -> None:
    entry = {"name": "beats", "sounds_like": "title:drums artist:Bob", "number": 2}
    heard.configure(**SETTINGS, playlists=[entry])
    heard.beet("describe", "--update", "--playlist-dir", str(heard.folder))
    assert names(heard.folder / "beats.m3u8") == {"drums-0.wav", "drums-2.wav"}


def names(playlist: Path) -> set[str]:
    lines = playlist.read_text().splitlines()
    return {Path(line).name for line in lines if not line.startswith("#")}


def test_again_goes_on_from_the_sound(heard: Home) -> None:
    first = heard.titles("--sounds-like", "title:techno artist:Bob", "-n", "1")
    assert first == ["techno 0"]
    found = heard.ask("--again", "less fast", "-n", "1")
    assert [track["title"] for track in found["tracks"]] == ["techno 2"]
    assert found["tracks"][0]["alike"] > 0.4


def test_a_conversation_keeps_the_sound(heard: Home) -> None:
    ask = ("--sounds-like", "title:pad artist:Bob", "-n", "1")
    answers = heard.chat(["ambient", "no drums"], *ask)
    assert len(answers) == 3  # to the examples alone, and to each turn
    for answer in answers:
        (track,) = answer["tracks"]
        assert track["title"] in named("pad") - {"pad 1"}
        assert track["alike"] > 0.4
