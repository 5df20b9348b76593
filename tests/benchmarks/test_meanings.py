"""Words of two meanings: the form of their table, and what is measured, by hand."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.quality import meanings
from benchmarks.quality.meanings import Case, Outcome
from melscribe_core.descriptors.sets import SEPARATOR, text_of
from melscribe_core.search.words import word_bases
from melscribe_trainer.evaluation.systems import Meaning
from tests.support.fakes import WordAxes

CLEAN = Case("clean the house to folk", "house", ("folk", "calm"), "house", is_everyday=True)
DEEP = Case("deep house", "house", ("house",), "house", is_everyday=False)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return meanings.read_cases(meanings.TABLE)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, list[str]]]:
    """Return the rows of train.jsonl and dev.jsonl."""
    lines = [line for path in meanings.SETS for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def test_every_word_is_said_in_both_senses(cases: list[Case]) -> None:
    everyday = Counter(case.word for case in cases if case.is_everyday)
    musical = Counter(case.word for case in cases if not case.is_everyday)
    assert everyday == musical
    assert everyday.total() >= 60
    assert len({case.request.lower() for case in cases}) == len(cases)


def test_the_requests_say_their_word(cases: list[Case]) -> None:
    # as the beginning of a word: "blue" in "delta blues" too, "rave" in "everybody raves"
    words = [case.request.lower().replace("-", " ").split() for case in cases]
    silent = [
        case.request
        for case, said in zip(cases, words, strict=True)
        if not any(word.startswith(case.word) for word in said)
    ]
    assert silent == []


def test_wanted_and_unwanted_exclude_each_other(cases: list[Case]) -> None:
    wrong = [
        case.request
        for case in cases
        if meanings.carries(case.wanted, case.sense) == case.is_everyday
    ]
    assert wrong == []


def test_some_descriptor_set_holds_each_descriptor(
    cases: list[Case], rows: list[dict[str, list[str]]]
) -> None:
    texts = [text_of(row["tags"]).split(SEPARATOR) for row in rows]
    held = {frozenset(word_bases(name)) for text in texts for name in text}
    asked = {name for case in cases for name in (*case.wanted, case.sense)}
    assert [name for name in asked if not any(set(word_bases(name)) <= one for one in held)] == []


def test_no_request_is_one_of_training(cases: list[Case], rows: list[dict[str, list[str]]]) -> None:
    known = {request.lower() for row in rows for request in row["requests"]}
    assert [case.request for case in cases if case.request.lower() in known] == []


def test_a_table_is_read(tmp_path: Path) -> None:
    table = tmp_path / "meanings.tsv"
    lines = [
        "request\tword\twanted\tunwanted",
        "deep house\thouse\thouse\t",
        "clean the house to folk\thouse\tfolk, calm\thouse",
    ]
    table.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert meanings.read_cases(table) == [DEEP, CLEAN]


@pytest.mark.parametrize(
    ("descriptors", "name", "carried"),
    [
        (["sad", "deep house"], "house", True),
        (["drum machine"], "drums", True),
        (["hip"], "hip hop", False),  # not all of its words
        (["no drums"], "drums", False),  # an absence
        (["classic rock"], "classical", False),
        ([], "house", False),
    ],
)
def test_a_set_carries_a_descriptor_with_all_its_words(
    descriptors: list[str], name: str, carried: bool
) -> None:
    assert meanings.carries(descriptors, name) is carried


def test_what_was_found_is_judged() -> None:
    # Of four sets two carry house; the first carries folk, the last calm: two are wanted.
    found = [["folk", "house"], ["deep house"], ["jazz"], ["calm"]]
    assert meanings.outcome(CLEAN, found) == Outcome(CLEAN, 0.5, 0.5)
    assert meanings.outcome(CLEAN, []) == Outcome(CLEAN, 0.0, 0.0)


def test_the_first_ten_of_a_system_are_judged() -> None:
    # "clean the house to folk" is (1, 1) / sqrt(2) over house and folk: nearest is "folk, house",
    # then folk and house alone in their order. Of the first ten, nine carry folk, two house.
    texts = ["jazz", *["folk"] * 8, "house", "folk, house", "house"]
    system = Meaning(WordAxes("folk", "house", "jazz"))
    (found,) = meanings.outcomes(system, [CLEAN], [CLEAN.request], texts)
    assert found == Outcome(CLEAN, sense=0.2, wanted=0.9)
    (plain,) = meanings.outcomes(system, [CLEAN], ["folk"], texts)
    # eight of folk, then the one with both at 0.707, then the first of the others: jazz
    assert plain == Outcome(CLEAN, sense=0.1, wanted=0.9)


def test_means_are_of_the_senses_apart() -> None:
    judged = [Outcome(CLEAN, 0.25, 1.0), Outcome(CLEAN, 0.75, 0.5), Outcome(DEEP, 0.8, 0.8)]
    # misread (0.25 + 0.75) / 2, answered (1 + 0.5) / 2, meant 0.8
    assert meanings.shares(judged) == (0.5, 0.75, 0.8)
    assert meanings.by_word(judged) == [("house", 0.5)]
