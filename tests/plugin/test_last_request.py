"""The last request: kept as it was, and never taken for what it is not."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from beets.ui import UserError
from hypothesis import given, settings
from hypothesis import strategies as st

from beetsplug.melscribe.request import (
    UserRequest,
    in_one_line,
    last_file,
    last_request,
    refined,
    remember,
)
from tests.support.home import BEET, Home

WHOLE = UserRequest(
    text="sad folk",
    remarks=("more piano",),
    terms=("year:1970..",),
    more=("rain",),
    less=("drums",),
    like=("artist:drake",),
    options={"number": 4, "time": 45.5, "order": "flow", "lenient": True},
)


def test_what_is_kept_comes_back_whole(tmp_path: Path) -> None:
    assert remember(tmp_path / "last", WHOLE) == ""
    assert last_request(tmp_path / "last") == WHOLE
    added = refined(
        last_request(tmp_path / "last"), UserRequest(text="no ballads", options={"number": 9})
    )
    assert added.text == "sad folk"
    assert added.remarks == ("more piano", "no ballads")
    assert added.options["number"] == 9
    assert added.options["time"] == 45.5


@pytest.mark.parametrize(
    "changed",
    [
        {"format": 2},
        {"format": None},
        {"mood": "of a later version"},
        {"text": 7},
        {"remarks": "more piano"},
        {"like": [1]},
        {"options": []},
        {"options": {"number": "many"}},
        {"options": {"number": True}},
        {"options": {"volume": 11}},
    ],
)
def test_a_request_of_another_version_is_none(tmp_path: Path, changed: dict[str, Any]) -> None:
    file = tmp_path / "last"
    remember(file, WHOLE)
    file.write_text(json.dumps({**json.loads(file.read_bytes()), **changed}), encoding="utf-8")
    with pytest.raises(UserError, match="no request that this version can take up"):
        last_request(file)


@settings(max_examples=200)
@given(st.binary(max_size=80), st.integers(0, 400))
def test_whatever_the_file_holds(
    tmp_path_factory: pytest.TempPathFactory, b: bytes, at: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "last"
    remember(file, WHOLE)
    whole = file.read_bytes()
    file.write_bytes(whole[:at] + b + whole[at + len(b) :])
    try:
        assert isinstance(last_request(file), UserRequest)
    except UserError as error:
        assert "describe something first" in str(error)


def test_the_command_says_that_there_is_none(home: Home) -> None:
    home.add({"title": "Willow", "genres": ["Folk"]})
    home.beet("describe", "sad folk")
    last_file(home.index).write_text('{"text": "sad folk", "volume": 11}', encoding="utf-8")
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
    last_file(home.index).unlink()
    last_file(home.index).mkdir()
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
    assert not last_file(two.index).exists()


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


def test_a_request_in_one_line() -> None:
    assert in_one_line(WHOLE) == (
        "sad folk year:1970.. --more rain --less drums --like artist:drake --number 4 --time 45.5"
        ' --order flow --lenient, then "more piano"'
    )
    assert (
        in_one_line(UserRequest(like=("artist:'nick drake'",)))
        == """--like 'artist:'"'"'nick drake'"'"''"""
    )
