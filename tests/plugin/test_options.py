"""The table of options: what follows from a row, and that a row is enough to add an option."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from beets.ui import UserError

from beetsplug.melscribe import options
from beetsplug.melscribe.options import DESCRIBE, MELINDEX, Option
from melscribe_core.playlist.m3u import Options as Shape
from tests.support.home import Home
from tests.support.paths import ROOT

ROW = """\
            Option(
                "--loudness",
                "how loud",
                value="N",
                kind=int,
                range=AT_LEAST_ONE,
                remembered=True,
                saved=True,
            ),
"""


@pytest.fixture
def loud(tmp_path: Path) -> Home:
    """Return a home whose MelScribe has one more row in its table of options."""
    copy = tmp_path / "plugins"
    shutil.copytree(ROOT / "beetsplug" / "melscribe", copy / "melscribe")
    file = copy / "melscribe" / "options.py"
    before = '            Option("--seed",'
    source = file.read_text(encoding="utf-8")
    assert source.count(before) == 1
    file.write_text(source.replace(before, ROW + before), encoding="utf-8")
    (tmp_path / "home").mkdir()
    home = Home(tmp_path / "home")
    home.configure(pluginpath=copy)
    home.add({"title": "a", "genres": ["Folk"]}, {"title": "b", "genres": ["Jazz"]})
    return home


def test_a_row_is_all_it_takes_to_add_an_option(loud: Home) -> None:
    def beet(*args: str, code: int = 0) -> str:
        done = loud.beet(*args, code=code, fork=False)
        return str(done.stdout + done.stderr)

    # the command line and its help
    assert "--loudness=N        how loud" in beet("describe", "--help")
    assert "a" in beet("describe", "folk", "--loudness", "3")
    # the check of its value
    assert "--loudness must be 1 or more, not 0" in beet("describe", "x", "--loudness", "0", code=1)
    # --again
    assert "taking up: folk --loudness 3" in beet("describe", "--again", "calm")
    # saved descriptions, and which options go together
    saved = loud.beet("describe", "folk", "--loudness", "4", "--save", "x", fork=False).stdout
    assert yaml.safe_load(saved) == [{"name": "x", "describe": "folk", "loudness": 4}]
    refused = beet("describe", "--update", "--loudness", "4", code=1)
    assert "--update and --loudness do not go together" in refused
    # the config
    loud.configure(
        pluginpath=loud.folder.parent / "plugins", playlists=[{"name": "y", "loudness": 0}]
    )
    wrong = beet("describe", "--saved", code=1)
    assert "melscribe.playlists[y].loudness: must be 1 or more, not 0" in wrong


def test_names_are_unique_and_rules_name_options() -> None:
    for groups in (DESCRIBE, MELINDEX):
        rows = list(options.options(groups))
        names = [option.name for option in rows]
        assert len(set(names)) == len(names)
        for option in rows:
            assert {*option.modes, *option.needs, *option.excludes} <= set(names), option.flag
            assert bool(option.needs or option.excludes) == bool(option.because), option.flag
            assert not (option.needs and option.excludes), option.flag


def test_the_shapes_of_a_playlist_are_its_options() -> None:
    fields = set(Shape.__dataclass_fields__)
    assert set(options.SHAPES) == fields - {"fields"}  # that one is set in the config only


@pytest.mark.parametrize("option", options.REMEMBERED.values(), ids=lambda option: option.name)
def test_what_is_remembered_is_saved_too(option: Option) -> None:
    assert option.saved
    assert not option.repeatable


def test_a_value_out_of_its_range_is_refused_in_one_sentence() -> None:
    with pytest.raises(UserError, match=r"^-t/--time must be a number of minutes above 0, not -3$"):
        options.refuse_value(options.REMEMBERED["time"], -3.0)
