"""`--favourites` and `--fresh`: only what is liked; none of it, and what was not played first."""

from __future__ import annotations

import time
from typing import Any

import pytest

from beetsplug.melscribe.plays import YEAR, played
from tests.support.home import Home

ALL = ("-n", "99", "--per-artist", "0", "--per-album", "0")
WORDS = ("piano", "harp", "cello", "oboe", "lute", "viola")


@pytest.fixture
def home(home: Home) -> Home:
    """Return the home of a person who loves six calm tracks, of twelve that are all folk."""
    home.configure(taste={"like": ["loved:true"]})
    home.add(
        *(
            {"title": word, "artist": word, "genres": ["folk", "calm", word], "loved": "True"}
            for word in WORDS
        ),
        *(
            {"title": f"n{at}", "artist": f"n{at}", "genres": ["folk", "loud", f"x{at}"]}
            for at in range(6)
        ),
    )
    return home


def give(home: Home, **fields: dict[str, Any]) -> None:
    """Store fields of tracks: title -> fields."""
    lib = home.library()
    for item in lib.items():
        for name, value in fields.get(item.title, {}).items():
            item[name] = value
        item.store()
    lib._close()


def test_only_favourites(home: Home) -> None:
    assert sorted(home.titles("folk", "--favourites", *ALL)) == sorted(WORDS)
    assert home.titles("folk", "--favourites", *ALL, "title:piano") == ["piano"]
    assert sorted(home.titles("--favourites", *ALL)) == sorted(WORDS)  # without any words
    said = home.beet("describe", "🎷", "--favourites", code=1).stderr  # which none can be read of
    assert said.startswith('error: "🎷" has no word that could be searched for')
    assert sorted(home.titles("folk", "--favourites", "--no-taste", *ALL)) == sorted(WORDS)


def test_what_is_fresh_is_no_favourite(home: Home) -> None:
    assert sorted(home.titles("folk", "--fresh", *ALL)) == [f"n{at}" for at in range(6)]
    assert sorted(home.titles("--fresh", *ALL)) == [f"n{at}" for at in range(6)]


def test_few_favourites_are_favourites_although_they_are_no_taste(home: Home) -> None:
    home.configure(taste={"like": ["title:piano"]})
    assert home.titles("folk", "--favourites", *ALL) == ["piano"]
    assert "piano" not in home.titles("folk", "--fresh", *ALL)


def test_without_favourites_it_is_said(home: Home) -> None:
    home.configure()
    said = home.beet("describe", "folk", "--favourites", code=1).stderr
    assert "error: --favourites: no track is known that you like; set `melscribe:" in said
    found = home.ask("folk", "--fresh", *ALL)
    assert len(found["tracks"]) == 12
    assert [note for note in found["notes"] if note.startswith("no taste is known: set")]
    assert "no track was ever played, as far as the library knows" in " ".join(found["notes"])


def test_favourites_that_were_forgotten_are_said_to_be(home: Home) -> None:
    home.beet("melindex", "--taste")
    home.beet("melindex", "--taste", "--forget")
    forgotten = "your taste is forgotten; `beet melindex --taste` learns it again"
    said = home.beet("describe", "folk", "--favourites", code=1).stderr
    assert said == f"error: --favourites: no track is known that you like; {forgotten}\n"
    for option in (["--fresh"], ["--taste", "1"]):
        assert f"no taste is known: {forgotten}" in home.ask("folk", *option)["notes"]
    assert not [note for note in home.ask("folk")["notes"] if "taste" in note]


def test_an_empty_answer_says_what_was_let_in(home: Home) -> None:
    """By a name: "by n1" is no favourite, "by harp" is one."""
    home.beet("melindex", "--taste")
    said = home.beet("describe", "by n1", "--favourites", code=1).stderr
    assert said == "error: no track fits; only what you like was asked for (--favourites)\n"
    assert home.titles("by harp", "--favourites") == ["harp"]
    said = home.beet("describe", "by harp", "--fresh", code=1).stderr
    assert said == "error: no track fits; what you like was left out (--fresh)\n"
    assert home.titles("by n1", "--fresh") == ["n1"]
    said = home.beet("describe", "folk", "title:harp", "--fresh", code=1).stderr
    assert "what you like was left out (--fresh)" in said


def test_a_saved_list_of_favourites_stays_when_there_are_none(home: Home) -> None:
    """It cannot be answered then, as is said; the playlist is as it was."""
    home.configure(
        taste={"like": ["loved:true"]},
        playlists=[{"name": "mine", "favourites": True}],
        playlist={"playlist_dir": str(home.folder)},
        file_tags=False,
    )
    home.make_files()
    home.beet("describe", "--update")
    before = (home.folder / "mine.m3u8").read_bytes()
    assert before.count(b".mp3") == len(WORDS)
    home.beet("melindex", "--taste", "--forget")
    done = home.beet("describe", "--update", code=None)
    assert "no track is known that you like; your taste is forgotten" in done.stdout + done.stderr
    assert (home.folder / "mine.m3u8").read_bytes() == before


def test_what_was_played_often_comes_later(home: Home) -> None:
    give(home, n0={"play_count": "40"}, n1={"lastfm_play_count": "40"}, n2={"play_count": "0"})
    found = home.ask("folk", "--fresh", *ALL)["tracks"]
    assert {track["title"] for track in found[-2:]} == {"n0", "n1"}
    # 40 of 41 of three tenths of the score
    assert found[-1]["played"] == pytest.approx(-0.3 * 40 / 41 * found[0]["score"], abs=0.02)
    assert all("played" not in track for track in found[:4])
    said = home.beet("describe", "folk", "--fresh", "--explain", *ALL).stdout
    assert said.count(" for being played") == 2
    assert home.titles("folk", *ALL) == home.titles("folk", *ALL)
    assert "played" not in home.ask("folk", *ALL)["tracks"][0]


def test_what_comes_at_all_does_not_depend_on_plays(home: Home) -> None:
    give(home, **{f"n{at}": {"play_count": "99"} for at in range(6)})
    few = home.ask("folk", "--fresh", *ALL, "--no-taste")["tracks"]
    least = str(round(min(track["score"] for track in few) + 0.05, 2))
    assert len(home.titles("folk", "--fresh", "--min-score", least, *ALL)) == 6


def test_they_do_not_go_together(home: Home) -> None:
    said = home.beet("describe", "folk", "--fresh", "--favourites", code=1).stderr
    assert said == "error: --fresh leaves out what you like; leave out --favourites\n"


def test_they_are_kept_by_again_and_saved(home: Home) -> None:
    home.beet("describe", "folk", "--favourites", "-n", "2")
    assert set(home.titles("--again", "more", "-n", "2")) <= set(WORDS)
    printed = home.beet("describe", "--favourites", "--save", "mine").stdout
    assert "favourites: true" in printed
    assert "# finds 6 tracks now" in printed


def test_the_share_that_is_known_of_a_track(home: Home) -> None:
    now = time.time()
    give(
        home,
        n0={"play_count": "3"},  # 3 / 4
        n1={"play_count": "3", "lastfm_play_count": "9"},  # the larger: 9 / 10
        n2={"play_count": "1", "last_played": str(now - YEAR)},  # half of 1 / 2
        n3={"last_played": str(now + 9e6)},  # a clock that was wrong: played once, now
        n4={"play_count": "None", "last_played": "-1", "plex_viewcount": "nan"},
        n5={"play_count": "-3", "itunes_playcount": "inf"},
    )
    lib = home.library()
    titles = {item.id: item.title for item in lib.items()}
    found = {titles[track]: share for track, share in played(lib, now).items()}
    lib._close()
    assert found == pytest.approx({"n0": 0.75, "n1": 0.9, "n2": 0.25, "n3": 0.5})
