"""The last request: kept as it was, and never taken for what it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from beets.ui import UserError
from hypothesis import given, settings
from hypothesis import strategies as st

from beetsplug.melscribe.asking import Asked
from beetsplug.melscribe.last import again, keep, last_file
from tests.home import Home

WHOLE = Asked(
    text="sad folk",
    remarks=("more piano",),
    terms=("year:1970..",),
    more=("rain",),
    less=("drums",),
    like=("artist:drake",),
    options={"number": 4, "time": 45.5, "order": "flow", "lenient": True},
)


def test_what_is_kept_comes_back_whole(tmp_path: Path) -> None:
    assert keep(tmp_path / "last", WHOLE) == ""
    assert again(tmp_path / "last", Asked()) == WHOLE
    added = again(tmp_path / "last", Asked(text="no ballads", options={"number": 9}))
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
    keep(file, WHOLE)
    file.write_text(json.dumps({**json.loads(file.read_bytes()), **changed}), encoding="utf-8")
    with pytest.raises(UserError, match="no request that this version can take up"):
        again(file, Asked())


@settings(max_examples=200)
@given(st.binary(max_size=80), st.integers(0, 400))
def test_whatever_the_file_holds(
    tmp_path_factory: pytest.TempPathFactory, b: bytes, at: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "last"
    keep(file, WHOLE)
    whole = file.read_bytes()
    file.write_bytes(whole[:at] + b + whole[at + len(b) :])
    try:
        assert isinstance(again(file, Asked()), Asked)
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
