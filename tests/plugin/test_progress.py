"""How far a long step is, on a terminal: one line, of any width, which goes when it is done."""

from __future__ import annotations

import os
import re
import shutil

import pytest

from beetsplug.melscribe.progress import fitted
from tests.support.home import Home
from tests.support.paths import AUDIO
from tests.support.terminal import Shown, resize, stderr_of

FILES = 450  # more than are stored at a time
STEPS = (
    "reading the library",
    "looking at files",
    "reading file tags",
    "comparing tracks",
    "writing what changed",
    "embedding descriptor sets",
    "packing vectors",
)
UNCOUNTED = ("reading the library", "writing what changed", "packing vectors")


@pytest.fixture
def library(home: Home) -> Home:
    """Return a home with many tracks, each with a file of its own and a set of its own."""
    first = home.music / "0.flac"
    shutil.copy(AUDIO / "silence.flac", first)
    paths = [home.music / f"{n}.flac" for n in range(FILES)]
    for path in paths[1:]:
        os.link(first, path)
    home.add(
        *(
            {"title": str(n), "path": os.fsencode(path), "genres": ["Folk", f"Style {n}"]}
            for n, path in enumerate(paths)
        )
    )
    return home


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_it_stays_on_one_line_of_any_width(library: Home, columns: int) -> None:
    shown = stderr_of(library, "melindex", columns=columns)
    assert shown.code == 0
    assert max(shown.widths()) < columns
    assert shown.screen(columns) == [""]
    assert "\n" not in shown.text
    assert labels(shown) == [cut(step, columns) for step in STEPS]


def cut(step: str, columns: int) -> str:
    """Return what there is room for of a step, behind which most have a blank and " 41%"."""
    share = 0 if step in UNCOUNTED else len(" " + " 41%")
    return step[: columns - 1 - share].rstrip()


def labels(shown: Shown) -> list[str]:
    """Return what was said to be done, each once, in order."""
    drawn = re.split(r"\r|\x1b\[K", shown.text)
    found = (re.match(r"[a-z ]*[a-z]", line) for line in drawn)
    return list(dict.fromkeys(match.group() for match in found if match))


def test_each_step_ends_at_what_there_is(library: Home) -> None:
    text = stderr_of(library, "melindex", columns=100).text
    assert text.startswith("\rreading the library\x1b[K")
    assert "\rlooking at files   0%    0 of 450  [" in text
    for step in STEPS[1:4]:
        assert f"{step}   0%    0 of 450" in text
    # 450 sets, and 451 descriptors: "folk" and each style
    assert "embedding descriptor sets   0%    0 of 901" in text


def test_a_terminal_that_becomes_narrower_meanwhile(library: Home) -> None:
    before: list[int] = []

    def narrow(terminal: int, text: str) -> None:
        if "embedding" in text and not before:
            before.append(len(text))
            resize(terminal, 30)

    shown = stderr_of(library, "melindex", columns=100, each=narrow)
    assert shown.code == 0
    assert "\n" not in shown.text
    # Drawings that were on their way may still be as wide as before; then none is.
    drawn = re.split(r"\r|\x1b\[K", shown.text[before[0] :])
    widths = [len(line) for line in drawn if "embedding" in line]
    assert widths[-1] < 30
    first = next(at for at, width in enumerate(widths) if width < 30)
    assert max(widths[first:]) < 30


@pytest.mark.parametrize("columns", [40, 80])
def test_a_request_leaves_only_sentences_behind(library: Home, columns: int) -> None:
    shown = stderr_of(library, "describe", "folk", "-n", "1", columns=columns)
    sentences = "".join(shown.screen(columns))
    assert sentences.startswith(
        "first use: indexing the library (once; later only what changed)index brought up to date"
    )
    assert not any(step in sentences for step in STEPS)


@pytest.mark.parametrize("columns", [20, 80])
def test_a_terminal_that_draws_nothing_again_is_left_in_peace(library: Home, columns: int) -> None:
    assert stderr_of(library, "melindex", columns=columns, term="dumb").text == ""


def test_nothing_is_shown_where_stderr_is_no_terminal(library: Home) -> None:
    assert library.beet("melindex").stderr == ""


# What stands on the line


@pytest.mark.parametrize(
    ("room", "line"),
    [
        (0, ""),
        (3, "41%"),
        (5, "41%"),
        (19, "reading file t  41%"),
        (22, "reading file tags  41%"),
        (33, "reading file tags  41%"),
        (34, "reading file tags  41%   41 of 100"),
        (44, "reading file tags  41%   41 of 100"),
        (45, "reading file tags  41%   41 of 100  0:14 left"),  # 10 / 0.41 - 10
        (53, "reading file tags  41%   41 of 100  0:14 left"),
        # two blanks and two brackets leave 21 columns, and 0.41 of them are 8.6
        (70, "reading file tags  41%   41 of 100  0:14 left  [########             ]"),
        (200, f"reading file tags  41%   41 of 100  0:14 left  [{'#' * 16:<40}]"),
    ],
)
def test_what_there_is_room_for(room: int, line: str) -> None:
    found = fitted("reading file tags", 41, 100, 10.0, room)
    assert len(found) <= room
    assert found == line


def test_no_width_is_too_small_and_no_line_too_long() -> None:
    for room in range(120):
        for done, total in ((0, 0), (0, 55_525), (27_000, 55_525), (55_525, 55_525), (9, 3)):
            for seconds in (0.0, 5.0, 50_000.0):
                assert len(fitted("embedding descriptor sets", done, total, seconds, room)) <= room
