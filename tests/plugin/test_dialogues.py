"""Dialogues about a playlist: what each turn's tracks must be, by `--chat` and by `--again`.

The table is tests/data/requests/dialogues/dialogues.tsv; its head explains the keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import mean
from typing import Any

import pytest

from tests.support.home import Home
from tests.support.inside import beet
from tests.support.library_of_names import Track, lines, tracks

LIBRARY = tracks()
NUMBER = 6  # tracks of a turn that says no number
COMPARED = {
    "newer": ("year", 1),
    "older": ("year", -1),
    "faster": ("bpm", 1),
    "slower": ("bpm", -1),
}
KEYS = {"must", "must_not", "few", "only", "count", "new", "repeats", "nothing", *COMPARED}
BY_AGAIN = ("1", "6", "8", "13", "14", "19", "21", "26", "31", "37")


@dataclass
class Turn:
    """What a user says, and what must come of it."""

    words: str
    expected: dict[str, Any]


def dialogues() -> dict[str, list[Turn]]:
    """Return the turns by the number of their dialogue."""
    rows = (line.split("\t") for line in lines("dialogues/dialogues.tsv"))
    return {
        number: [Turn(words, json.loads(expected)) for _, words, expected in turns]
        for number, turns in groupby(rows, key=lambda row: row[0])
    }


DIALOGUES = dialogues()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False, number=NUMBER)
    made.add(*(track.fields() for track in LIBRARY))
    beet(made, "melindex")
    return made


def faults(expected: dict[str, Any], got: list[Track], earlier: Sequence[list[Track]]) -> list[str]:
    """Return what is wrong with the tracks of a turn; `earlier` are those of the turns before."""
    if expected.get("nothing"):
        return ["there are tracks"] if got else []
    if not got:
        return ["there are no tracks"]
    return [
        *(f"no {wanted}" for wanted in expected.get("must", []) if not _led_by(wanted, got)),
        *(f"has {name}" for name in expected.get("must_not", []) if _share(name, got)),
        *(f"much {name}" for name in expected.get("few", []) if _share(name, got) >= 0.5),
        *(f"not only {name}" for name in expected.get("only", []) if _share(name, got) < 1),
        *([f"{len(got)} tracks"] if len(got) != expected.get("count", len(got)) else []),
        *(f"not {key}" for key in COMPARED.keys() & expected if not _moved(key, got, earlier)),
        *(
            ["came before"]
            if expected.get("new", True) and set(got) & set().union(*earlier)
            else []
        ),
        *(["not repeated"] if "repeats" in expected and set(got) != set(earlier[-1]) else []),
    ]


def _share(wanted: str, got: Sequence[Track]) -> float:
    return mean(track.has(wanted) for track in got)


def _led_by(wanted: str, got: Sequence[Track]) -> bool:
    """Tell if half of the tracks have a tag or year, or one of the first is of a name."""
    if wanted.startswith(("tag: ", "year: ")):
        return _share(wanted, got) >= 0.5
    return any(track.is_of(wanted) for track in got[:6])


def _moved(key: str, got: Iterable[Track], earlier: Sequence[list[Track]]) -> bool:
    field, sign = COMPARED[key]
    then, now = (mean(getattr(one, field) for one in turn) for turn in (earlier[-1], got))
    return bool((now - then) * sign > 0)


def check(turns: Sequence[Turn], answers: Iterable[dict[str, Any]]) -> None:
    """Fail with all that is wrong with the answers, turn by turn."""
    earlier: list[list[Track]] = []
    wrong = []
    for turn, answer in zip(turns, answers, strict=True):
        got = [LIBRARY[track["id"] - 1] for track in answer.get("tracks", [])]
        if found := faults(turn.expected, got, earlier):
            named = [f"{track.artist}: {track.title}" for track in got]
            wrong.append(f"{turn.words!r}: {', '.join(found)}\n  {named}\n  {_said(answer)}")
        if got:
            earlier.append(got)
    assert not wrong, "\n".join(wrong)


def _said(answer: dict[str, Any]) -> Any:
    return answer.get("error") or (answer["request"], answer["notes"])


def by_again(home: Home, turns: Sequence[Turn]) -> Iterator[dict[str, Any]]:
    """Yield the answer to each turn, each from a command of its own."""
    for number, turn in enumerate(turns):
        yield home.ask(*(["--again"] if number else []), turn.words)


@pytest.mark.parametrize("number", DIALOGUES)
def test_a_chat_answers_each_turn(home: Home, number: str) -> None:
    turns = DIALOGUES[number]
    check(turns, home.chat([turn.words for turn in turns]))


@pytest.mark.parametrize("number", BY_AGAIN)
def test_remarks_to_the_last_request_answer_each_turn(home: Home, number: str) -> None:
    check(DIALOGUES[number], by_again(home, DIALOGUES[number]))


def test_the_table_can_be_read() -> None:
    assert list(DIALOGUES) == [str(number) for number in range(1, len(DIALOGUES) + 1)]
    for number, turns in DIALOGUES.items():
        assert 2 <= len(turns) <= 7, number
        for turn in turns:
            assert turn.expected.keys() <= KEYS, turn
            for key in ("must", "must_not", "few", "only"):
                for name in turn.expected.get(key, []):
                    assert any(track.has(name) for track in LIBRARY), (turn, name)


def test_faults_are_found() -> None:
    by_adele = [track for track in LIBRARY if track.artist == "Adele"]
    by_cream = [track for track in LIBRARY if track.artist == "Cream"]  # 1967
    good = {"must": ["Adele", "tag: pop"], "must_not": ["Cream"], "only": ["year: 2008-2021"]}
    assert faults({**good, "newer": True, "count": 6}, by_adele, [by_cream]) == []
    bad = {"must": ["Cream"], "must_not": ["tag: sad"], "few": ["tag: pop"], "count": 2}
    assert faults(bad, by_adele, [by_adele]) == [
        "no Cream",
        "has tag: sad",
        "much tag: pop",
        "6 tracks",
        "came before",
    ]
    assert faults({"repeats": True, "new": False}, by_adele, [by_adele]) == []
    assert faults({"older": True, "repeats": True}, by_adele, [by_cream]) == [
        "not older",
        "not repeated",
    ]
    assert faults({"nothing": True}, by_adele, []) == ["there are tracks"]
    assert faults({}, [], []) == ["there are no tracks"]
