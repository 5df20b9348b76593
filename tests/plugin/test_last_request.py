"""The last request: kept as it was, and never taken for what it is not."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.talk_file import (
    in_one_line,
    packed_turns,
    talk_file,
    unpacked_turns,
)
from beetsplug.melscribe.turns import Turn
from tests.support.home import BEET, Home, _empty_library

WHOLE = [
    Turn(
        UserRequest(
            text="sad folk",
            terms=("year:1970..",),
            more=("rain",),
            less=("drums",),
            like=("artist:drake",),
            options={"number": 4, "time": 45.5, "order": "flow", "lenient": True},
        ),
        shown=(7, 3, 9),
    ),
    Turn(UserRequest(text="more piano"), shown=(1,), out=(3,)),
]
ADDED = {7: 70.5, 3: 30.0, 9: 90.0, 1: 10.0}


def test_what_is_kept_comes_back_whole() -> None:
    kept = unpacked_turns(packed_turns(WHOLE, ADDED))
    assert [turn for turn, _ in kept] == WHOLE
    assert [added for _, added in kept] == [{7: 70.5, 3: 30.0, 9: 90.0}, {1: 10.0, 3: 30.0}]


@pytest.mark.parametrize(
    "changed",
    [
        {"format": 1},
        {"format": None},
        {"mood": "of a later version"},
        {"turns": []},
        {"turns": "sad folk"},
        {"turns": ["sad folk"]},
    ],
)
def test_a_conversation_of_another_version_is_none(home: Home, changed: dict[str, Any]) -> None:
    refused(home, lambda whole: {**whole, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"mood": "of a later version"},
        {"text": 7},
        {"terms": "year:1990"},
        {"like": [1]},
        {"options": []},
        {"options": {"number": "many"}},
        {"options": {"number": True}},
        {"options": {"volume": 11}},
        {"shown": [1, 2]},
        {"shown": [["1", 2.0]]},
        {"shown": [[2**70, 2.0]]},
        {"out": {"1": 2.0}},
    ],
)
def test_a_turn_of_another_version_is_none(home: Home, changed: dict[str, Any]) -> None:
    refused(home, lambda whole: {**whole, "turns": [{**whole["turns"][0], **changed}]})


def refused(home: Home, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    home.add({"title": "Willow", "genres": ["Folk"]})
    whole = json.loads(packed_turns(WHOLE, ADDED))
    talk_file(home.index).write_text(json.dumps(change(whole)), encoding="utf-8")
    done = home.beet("describe", "--again", "slower", code=1)
    assert "no request that this version can take up again" in done.stderr


@settings(max_examples=200)
@given(st.binary(max_size=80), st.integers(0, 900))
def test_whatever_the_file_holds(b: bytes, at: int) -> None:
    whole = packed_turns(WHOLE, ADDED)
    try:
        kept = unpacked_turns(whole[:at] + b + whole[at + len(b) :])
    except ValueError:
        return
    assert all(isinstance(turn, Turn) for turn, _ in kept)


def test_the_command_says_that_there_is_none(home: Home) -> None:
    home.add({"title": "Willow", "genres": ["Folk"]})
    home.beet("describe", "sad folk")
    talk_file(home.index).write_text('{"text": "sad folk", "volume": 11}', encoding="utf-8")
    done = home.beet("describe", "--again", code=1)
    (said,) = done.stderr.splitlines()
    assert said.endswith(
        ".last holds no request that this version can take up again; describe something first"
    )
    assert home.titles("sad folk") == ["Willow"]
    assert home.titles("--again") == ["Willow"]


def test_what_cannot_be_kept_is_told_to_those_who_refine(home: Home) -> None:
    home.add({"title": "Willow", "genres": ["Folk"]})
    home.beet("describe", "sad folk")
    talk_file(home.index).unlink()
    talk_file(home.index).mkdir()
    assert "kept" not in home.beet("describe", "sad folk").stderr
    assert "cannot be read" in home.beet("describe", "--again", code=1).stderr


# --- who asks


@pytest.fixture
def two(home: Home) -> Home:
    """Return a home of two tracks."""
    home.configure(file_tags=False)
    home.add(
        {"title": "Willow", "artist": "Ann", "genres": ["Folk"], "mood": "sad"},
        {"title": "Sequin", "artist": "Bob", "genres": ["Disco"], "mood": "happy"},
    )
    return home


def taken_up(home: Home, *args: str, **options: Any) -> str:
    """Return what --again says that it takes up."""
    lines = home.beet("describe", "--again", *args, **options).stderr.splitlines()
    (said,) = (line for line in lines if line.startswith("taking up: "))
    return said.removeprefix("taking up: ")


def test_what_scripts_ask_does_not_take_the_place_of_what_was_typed(
    two: Home, tmp_path: Path
) -> None:
    two.make_files()
    two.beet("describe", "sad folk")
    playlist = str(tmp_path / "breakfast.m3u8")
    two.beet("describe", "happy disco", "--shuffle", "-m", playlist, typed=False)  # from cron
    two.beet("describe", "happy disco", "--json", input="")  # from a script that is fed
    two.beet("describe", "happy disco", "-m", playlist, stdout=subprocess.DEVNULL)  # the recipe
    assert taken_up(two) == "sad folk"
    two.beet("describe", "happy disco", stdout=subprocess.PIPE)  # `| head`
    assert taken_up(two) == "happy disco"


def test_a_whole_terminal(two: Home) -> None:
    command = shlex.join([str(BEET), "describe", "happy disco"])
    with subprocess.Popen(
        [sys.executable, "-c", "import pty, sys; pty.spawn(['sh', '-c', sys.argv[1]])", command],
        env=two.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as person:
        assert person.stdout is not None
        assert b"Sequin" in person.stdout.read()
    assert taken_up(two) == "happy disco"


def test_a_service_that_never_had_a_terminal(two: Home) -> None:
    two.beet("describe", "sad folk", typed=False)
    assert "no earlier request" in two.beet("describe", "--again", code=1).stderr
    done = two.beet("describe", "sad folk", stdin=None, preexec_fn=lambda: os.close(0))
    assert "Willow" in done.stdout
    assert not talk_file(two.index).exists()


def test_what_again_adds_is_kept_whoever_asks(two: Home) -> None:
    two.beet("describe", "sad folk", "-n", "1")
    assert taken_up(two, "more piano", typed=False) == "sad folk --number 1"
    assert taken_up(two, "slower", typed=False) == 'sad folk --number 1, then "more piano"'
    assert taken_up(two) == 'sad folk --number 1, then "more piano", then "slower"'


def test_what_is_taken_up_is_said_wherever_notes_are(two: Home) -> None:
    two.beet("describe", "sad folk", "title:Willow", ",", "title:Sequin", "--more", "rain drops")
    lines = two.beet("describe", "--again", "not metal").stderr.splitlines()
    said = "taking up: sad folk title:Willow , title:Sequin --more 'rain drops'"
    assert lines[0].startswith("understood: ")
    assert said in lines
    assert f'{said}, then "not metal"' in two.ask("--again")["notes"]
    saved = two.beet("describe", "--again", "--save", "a").stderr
    assert f'{said}, then "not metal"' in saved.splitlines()


def test_a_conversation_in_one_line() -> None:
    assert in_one_line(WHOLE) == (
        "sad folk year:1970.. --more rain --less drums --like artist:drake --number 4 --time 45.5"
        ' --order flow --lenient, then "more piano"'
    )
    liked = Turn(UserRequest(like=("artist:'nick drake'",)))
    assert in_one_line([liked]) == """--like 'artist:'"'"'nick drake'"'"''"""


def test_a_long_conversation_is_told_in_short() -> None:
    turns = [Turn(UserRequest(str(number))) for number in range(9)]
    assert in_one_line(turns) == ('0, then 4 more turns, then "5", then "6", then "7", then "8"')


# --- whose tracks they are


def test_tracks_of_another_library_are_not_taken_up(two: Home) -> None:
    two.beet("describe", "sad folk")
    two.database.unlink()
    two.database.write_bytes(_empty_library())
    two.add({"title": "Fern", "genres": ["Folk"]}, {"title": "Moss", "genres": ["Disco"]})
    done = two.beet("describe", "--again", "slower", code=1)
    assert "none of the tracks of the last request is in this library" in done.stderr


def test_a_track_that_left_is_not_in_the_playlist(two: Home) -> None:
    assert sorted(two.titles("sad or happy, -n 2")) == ["Sequin", "Willow"]
    two.beet("remove", "-f", "title:Willow")
    assert two.titles("--again", "calmer") == ["Sequin"]
