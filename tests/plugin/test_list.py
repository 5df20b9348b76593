"""What a list shows: names where tags have none, lengths, where it ends, and what had no tempo."""

from __future__ import annotations

import re
from typing import Any

import pytest

from melscribe_core.text import shown_name, shown_names
from tests.support.home import Home

# --- names


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        (("Ann", "Song", "Various", "1.mp3"), "Ann - Song"),
        (("", "Song", "Ann", "1.mp3"), "Ann - Song"),
        (("", "", "Ann", "1.mp3"), "Ann - 1.mp3"),
        (("Ann", " ", "", "1.mp3"), "Ann - 1.mp3"),
        (("", "Song", "", "1.mp3"), "Song"),
        (("", "", " ", "Ann - 1.mp3"), "Ann - 1.mp3"),
        (("", "", "", ""), "a track without a name"),
    ],
)
def test_what_a_track_is_called(known: tuple[str, str, str, str], shown: str) -> None:
    assert shown_name(*known) == shown
    names = [name for name in shown_names(*known) if name]
    assert " - ".join(names) in (shown, "")


@pytest.fixture
def nameless(home: Home) -> Home:
    """Return a home with tracks that lack an artist, a title or both."""
    home.configure(file_tags=False)
    home.add(
        {"artist": "Ann", "title": "Song", "genres": ["Folk"], "path": b"a.mp3"},
        {"albumartist": "Bob", "title": "Air", "genres": ["Jazz"], "path": b"b.mp3"},
        {"albumartist": "Cid", "genres": ["Dub"], "path": b"deep/c \xe9.mp3"},
        {"genres": ["Ska"], "path": b"Dee - Skank.mp3"},
        {"genres": [], "albumartist": "Eve", "path": b"bare.mp3"},
    )
    return home


def names(home: Home, *args: str) -> list[str]:
    """Return the names that a list shows, in alphabetical order."""
    lines = home.beet("describe", *args).stdout.splitlines()
    return sorted(line.split(maxsplit=3)[3] for line in lines if line[:1].isdigit())


def test_a_list_shows_albumartist_and_file_name_where_tags_have_no_names(nameless: Home) -> None:
    shown = names(nameless, "folk, jazz, dub, ska")
    # A byte that is no text shows as a blank.
    assert shown == ["Ann - Song", "Bob - Air", "Cid - c  .mp3", "Dee - Skank.mp3"]
    assert names(nameless, "folk, jazz, dub, ska", "--explain") == shown


def test_json_holds_the_tags_as_they_are(nameless: Home) -> None:
    (hit,) = nameless.ask("ska", "genres:ska")["tracks"]
    assert (hit["artist"], hit["title"]) == ("", "")


def test_melindex_shows_such_names_too(nameless: Home) -> None:
    shown = nameless.beet("melindex", "--show", "genres:ska").stdout.splitlines()
    assert shown == ["Dee - Skank.mp3", "    ska  <- genres"]
    bare = nameless.beet("melindex", "--bare").stdout.splitlines()
    assert bare[0] == "Eve - bare.mp3"


def test_a_map_shows_such_names_too(nameless: Home) -> None:
    from tests.plugin.test_map import drawn

    file = nameless.folder / "map.html"
    nameless.beet("describe", "ska", "-n", "1", "--map", str(file))
    data = drawn(file)
    assert data["asked"]["hits"][0][1:] == ["", "Dee - Skank.mp3"]
    titles = [title for of in data["named"] for title in of[1::2]]
    assert {"Air", "Dee - Skank.mp3"} <= set(titles)
    assert "Bob" in data["artists"]


# --- lengths


def timed(*lengths: float) -> list[dict[str, Any]]:
    return [
        {"artist": f"A{n}", "title": f"T{n}", "genres": ["Folk"], "length": seconds}
        for n, seconds in enumerate(lengths)
    ]


def test_with_a_time_lengths_and_a_total_are_shown(home: Home) -> None:
    home.configure(file_tags=False)
    # 599.4 + 605 + 610 = 1814.4 seconds: for 30 minutes, 1800 seconds, all are needed
    home.add(*timed(599.4, 605, 610))
    for ask in (("folk", "-t", "30"), ("folk, 30 minutes",)):
        *lines, total = home.beet("describe", *ask).stdout.splitlines()
        assert total == "3 tracks, 30:14 of 30 minutes"
        assert sorted(re.findall(r"  ( *[\d:]+)  A\d - T\d$", line)[0] for line in lines) == [
            " 9:59",
            "10:05",
            "10:10",
        ]
    assert ":" not in home.beet("describe", "folk").stdout


def test_an_hour_is_told_as_one(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(*timed(3605))
    line, total = home.beet("describe", "folk", "-t", "60").stdout.splitlines()
    assert line.endswith("  1:00:05  A0 - T0")
    assert total == "1 track, 60:05 of 60 minutes"


def test_formats_and_paths_stay_as_they_are(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(*timed(60))
    assert home.beet("describe", "folk", "-t", "1", "-f", "$title").stdout == "T0\n"


# --- tempo


def paced(*tempi: int) -> list[dict[str, Any]]:
    return [
        {"artist": f"A{n}", "title": f"T{n}", "genres": ["Folk"], **({"bpm": bpm} if bpm else {})}
        for n, bpm in enumerate(tempi)
    ]


@pytest.mark.parametrize(
    ("tempi", "said"),
    [
        ((0, 0), "no track here has a tempo (bpm), so none could be ordered by it; beets'"),
        ((120, 0, 90), "of 3 tracks 1 has no tempo (bpm) and comes last"),
        ((120, 0, 0), "of 3 tracks 2 have no tempo (bpm) and come last"),
        ((120, 90), ""),
    ],
)
def test_an_order_by_tempo_says_what_had_none(home: Home, tempi: tuple[int], said: str) -> None:
    home.configure(file_tags=False)
    home.add(*paced(*tempi))
    notes = home.beet("describe", "folk", "--order", "tempo").stderr.splitlines()
    told = [note for note in notes if "tempo" in note]
    assert [note.startswith(said) for note in told] == ([True] if said else [])
    assert "tempo" not in home.beet("describe", "folk").stderr
    # A sort in the query has the last word on the order, so tempi do not matter.
    assert "tempo" not in home.beet("describe", "folk", "--order", "tempo", "title+").stderr


# --- where a list ends


@pytest.fixture(scope="module")
def steep(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home in which three tracks fit "klezmer clarinet", and the others hardly.

    There are other sets enough to tell chance from a fit, and the usual least score is 0.01, so
    that the others are let in.
    """
    home = Home(tmp_path_factory.mktemp("steep"))
    home.configure(file_tags=False, min_score=0.01)
    words = "thrash metal, techno, gangsta rap, grunge, dub, ska, trance, disco, funk, hardcore"
    moods = "angry, dark, furious, happy, cold"
    home.add(
        *({"title": f"k{n}", "artist": f"K{n}", "genres": ["Klezmer", "Clarinet"]} for n in (1, 2)),
        {"title": "k3", "artist": "K3", "genres": ["Klezmer", "Clarinet"], "mood": "sad"},
        *(
            {"title": f"{genre} {mood}", "artist": f"{genre} {mood}", "genres": [genre, mood]}
            for genre in words.split(", ")
            for mood in moods.split(", ")
        ),
    )
    home.beet("melindex")
    return home


ENDED = re.compile(
    r"ended after 3: the next fits much less than the best \(0\.\d\d against 0\.\d\d\);"
    r" -n 25 shows more"
)


def test_a_weak_tail_is_left_out(steep: Home) -> None:
    found = steep.ask("klezmer clarinet")
    assert sorted(hit["title"] for hit in found["tracks"]) == ["k1", "k2", "k3"]
    assert ENDED.fullmatch(found["notes"][-1])
    assert ENDED.search(steep.beet("describe", "klezmer clarinet").stderr)


@pytest.mark.parametrize(
    "ask",
    [
        ("klezmer clarinet", "-n", "25"),
        ("25 klezmer clarinet songs",),
        ("klezmer clarinet", "--min-score", "0.01"),
    ],
)
def test_who_says_how_much_gets_the_tail(steep: Home, ask: tuple[str, ...]) -> None:
    found = steep.ask(*ask)
    assert len(found["tracks"]) > 3
    assert not any("ended after" in note for note in found["notes"])


def test_settings_that_pad_keep_the_tail(steep: Home) -> None:
    padding = steep.with_settings(file_tags=False, min_score=0)
    assert len(padding.ask("klezmer clarinet")["tracks"]) == 25


def test_a_playlist_of_a_saved_description_ends_there_too(steep: Home) -> None:
    steep.make_files()
    folder = steep.folder / "lists"
    folder.mkdir()
    for name, options in (("short", ()), ("long", ("-n", "20"))):
        steep.beet("describe", "klezmer clarinet", *options, "--save", name)
    steep.beet("describe", "--update", "-d", str(folder))
    lengths = {
        path.stem: sum(line.startswith("#EXTINF") for line in path.read_text().splitlines())
        for path in folder.iterdir()
    }
    assert lengths == {"short": 3, "long": 20}


def test_a_query_holds_the_tail(steep: Home) -> None:
    assert len(steep.beet("ls", "describe:klezmer clarinet").stdout.splitlines()) > 3
