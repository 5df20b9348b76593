"""Negations exclude tracks and degrees lower their scores: `beet describe` on small libraries.

tests/data/requests/negations.tsv has how such requests are parsed; here are the tracks they find.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from beets.ui import UserError

from tests.support.home import Home
from tests.support.inside import ask, beet, made, titles


@pytest.fixture(scope="module")
def rocks(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return the smallest library that shows an exclusion: "A: Rock; B: Rock, Metal"."""
    return made(tmp_path_factory.mktemp("rocks"), {"A": ["Rock"], "B": ["Rock", "Metal"]})


@pytest.fixture(scope="module")
def shades(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return two tracks for each genre; the one with the longer title also has a quality."""
    pairs = {
        "Rock": "Heavy",
        "Piano": "Sad",
        "Trance": "Fast",
        "Techno": "Loud",
        "Soundtrack": "Dramatic",
        "Folk": "Slow",
    }
    tracks = {genre: [genre] for genre in pairs}
    tracks |= {f"{genre} {quality}": [genre, quality] for genre, quality in pairs.items()}
    return made(tmp_path_factory.mktemp("shades"), tracks)


@pytest.mark.parametrize(
    "words",
    [
        "rock, not metal",  # all others must give the same
        "rock that is not metal",
        "rock that's not metal",
        "rock that’s not metal",
        "rock thats not metal",
        "rock which isn't metal",
        "rock not metal",
        "rock songs that are not metal",
        "rock music that doesn't sound metal",
        "rock, it should not be metal",
        "rock songs that don't have metal",
        "non-metal rock",
        "rock without any metal",
        "rock, anything that's not metal",
        "rock minus the metal",
        "rock, never metal",
        "please don't give me metal, just rock",
        "rock that isn't heavy metal or metal",
        "rock rather than metal",
        "ROCK THAT IS NOT METAL",
    ],
)
def test_a_negation_excludes(rocks: Home, words: str) -> None:
    found = ask(rocks, words)
    assert titles(found) == ["A"]
    assert "understood: not" in found["notes"][0]


@pytest.mark.parametrize("words", ["it should not be metal", "isn't metal", "never metal"])
def test_a_negation_alone_excludes(rocks: Home, words: str) -> None:
    assert titles(ask(rocks, words)) == ["A"]


@pytest.mark.parametrize(
    ("words", "plain", "marked", "about", "less"),
    [
        ("rock but not too heavy", "Rock", "Rock Heavy", "rock", "heavy"),
        ("rock that isn't too heavy", "Rock", "Rock Heavy", "rock", "heavy"),
        ("less heavy rock", "Rock", "Rock Heavy", "rock", "heavy"),
        ("not so sad piano", "Piano", "Piano Sad", "piano", "sad"),
        ("nothing too fast, trance", "Trance", "Trance Fast", "trance", "fast"),
        ("techno, not very loud", "Techno", "Techno Loud", "techno", "loud"),
        (
            "soundtrack, not overly dramatic",
            "Soundtrack",
            "Soundtrack Dramatic",
            "soundtrack",
            "dramatic",
        ),
        ("folk that should not be too slow", "Folk", "Folk Slow", "folk", "slow"),
    ],
)
def test_a_degree_lowers_and_is_not_searched_for(
    shades: Home, words: str, plain: str, marked: str, about: str, less: str
) -> None:
    found = ask(shades, words, "--min-score", "0")
    assert (found["request"]["about"], found["request"]["less"]) == (about, [less])
    scores = {track["title"]: track["score"] for track in found["tracks"]}
    assert titles(found)[0] == plain
    # Lower than with the same words without the degree, but not excluded.
    bare = {track["title"]: track["score"] for track in ask(shades, about)["tracks"]}
    assert 0 < scores[marked] < min(bare[marked], scores[plain])


def test_a_degree_is_shown_once(shades: Home) -> None:
    assert ask(shades, "rock but not too heavy")["notes"][0] == "understood: less heavy"
    both = ask(shades, "rock but not too heavy", "--less", "sad")["notes"][0]
    assert both == "understood: less heavy · less sad"


def test_neither_too_slow_nor_too_fast(shades: Home) -> None:
    found = ask(shades, "trance or folk, not too slow, not too fast", "--min-score", "0")
    assert found["request"]["less"] == ["slow", "fast"]
    assert set(titles(found)[:2]) == {"Trance", "Folk"}


def test_in_a_terminal_notes_are_on_stderr(rocks: Home) -> None:
    shown = rocks.beet("describe", "rock that is not metal, no glorp", "-f", "$title")
    assert shown.stdout == "A\n"
    assert shown.stderr.splitlines() == [
        "understood: not metal",
        'not understood: "no glorp"; try "..., not X"',
        "only 1 of 25 fit",
    ]
    failed = rocks.beet("describe", "no music", code=1)
    assert failed.stderr.startswith('error: "no music" leaves nothing to play; say what you want')


# ---- queries, --again and saved descriptions


def lines(home: Home, *args: str) -> set[str]:
    return set(beet(home, *args).split())


def test_in_a_query(rocks: Home, shades: Home, caplog: pytest.LogCaptureFixture) -> None:
    assert lines(rocks, "ls", "-f", "$title", "describe:rock that is not metal") == {"A"}
    term = "describe:rock but not too heavy, one song per artist, no glorp"
    shown = beet(shades, "ls", "-f", "$title", term, "describe_score-").splitlines()
    assert shown.index("Rock") < shown.index("Rock Heavy")
    said = " | ".join(record.getMessage() for record in caplog.records)
    assert "understood: less heavy" in said
    assert "ignored: 1 per artist" in said
    assert 'not understood: "no glorp"' in said


def test_again(rocks: Home, shades: Home) -> None:
    assert set(titles(ask(rocks, "rock"))) == {"A", "B"}
    assert titles(ask(rocks, "--again", "no metal")) == ["A"]
    ask(rocks, "rock")
    assert titles(ask(rocks, "--again", "that isn't metal")) == ["A"]
    for remark in ("not so heavy", "not that heavy", "but not too heavy", "less heavy"):
        ask(shades, "rock")
        found = ask(shades, "--again", remark, "--min-score", "0")
        assert found["request"]["less"] == ["heavy"], remark
        assert titles(found)[0] == "Rock"
    back = ask(shades, "--again", "more heavy")
    assert "less" not in back["request"]
    assert titles(back)[0] == "Rock Heavy"


def test_a_saved_description(tmp_path: Path) -> None:
    home = made(tmp_path, {"A": ["Rock"], "B": ["Rock", "Metal"]})
    beet(home, "describe", "rock that is not metal, no glorp", "--save", "soft")
    said = beet(home, "describe", "--update")
    written = (tmp_path / "lists" / "soft.m3u8").read_text(encoding="utf-8")
    assert ("A.mp3" in written, "B.mp3" in written) == (True, False)
    assert 'not understood: "no glorp"; try "..., not X"' in said


# ---- descriptors of the library


def test_any_descriptor_of_the_library_can_be_excluded(tmp_path: Path) -> None:
    unwanted = ["Interview", "Audio Book", "Stand-Up", "D&B", "Show Tunes", "Hörspiel", "Glorp"]
    home = made(tmp_path, {"Wanted": ["Calm"], **{tag: ["Calm", tag] for tag in unwanted}})
    every = {"Wanted", *unwanted}
    for said, tag in [
        ("interviews", "Interview"),
        ("interview", "Interview"),
        ("audio books", "Audio Book"),
        ("stand-up", "Stand-Up"),
        ("d&b", "D&B"),
        ("show tunes", "Show Tunes"),
        ("hörspiel", "Hörspiel"),
        ("glorps", "Glorp"),
        ("GLORP", "Glorp"),
    ]:
        found = ask(home, f"calm music, no {said}")
        assert set(titles(found)) == every - {tag}, said


# ---- unread negations, and requests that exclude everything


def test_an_unread_negation_is_reported(rocks: Home) -> None:
    def said(words: str) -> Iterable[str]:
        return [note for note in ask(rocks, words)["notes"] if "not understood" in note]

    assert said("rock, no glorp") == ['not understood: "no glorp"; try "..., not X"']
    assert said("rock, no glorp. no blarp") == [
        'not understood: "no glorp", "no blarp"; try "..., not X"'
    ]
    assert said("rock, not glorp") == []  # the form that the note suggests
    assert said("rock, I can't sleep") == []
    assert said("rock, no metal") == []


@pytest.mark.parametrize(
    "words",
    [
        "no music",
        "everything except everything",
        "anything but everything",
        "no anything",
        "nothing",
    ],
)
def test_excluding_everything_is_one_sentence(rocks: Home, words: str) -> None:
    with pytest.raises(UserError) as error:
        beet(rocks, "describe", words)
    assert str(error.value) == (
        f'"{words}" leaves nothing to play; say what you want to hear, such as:'
        ' beet describe "jazz, no vocals"'
    )


# ---- limits per artist and album


def test_limits_per_artist_and_album(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.configure(file_tags=False)
    home.add(
        *(
            {"artist": artist, "album": f"{artist} {n // 3}", "title": f"{artist} {n}"}
            | {"genres": ["Dub"], "length": 200.0}
            for artist in ("Ann", "Bob")
            for n in range(6)
        )
    )
    beet(home, "melindex")

    def count(*args: str) -> int:
        return len(titles(ask(home, *args)))

    assert count("dub") == 6  # the usual three of each artist
    assert count("dub, max 2 per artist") == 4
    assert count("dub, one song per artist") == 2
    assert count("dub, at most five by any one artist") == 10
    assert count("dub, max 2 per artist", "--per-artist", "1") == 2  # an option wins
    assert count("dub, one per album", "--per-artist", "0") == 4
    assert count("dub by Ann") == 6  # a request for one artist lifts the default limit
    assert count("dub by Ann", "--per-artist", "2") == 2
    assert count("dub by Ann, max 1 per album") == 2
    assert ask(home, "dub, max 2 per artist")["notes"][0] == "understood: 2 per artist"
    with pytest.raises(UserError, match="--per-artist must be 0"):
        beet(home, "describe", "dub", "--per-artist", "-1")
