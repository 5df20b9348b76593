"""BEIR folders: written and read again, with grades, blanks and gaps."""

import json
from pathlib import Path

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.beir import Beir, read_beir, write_beir
from melscribe_trainer.data.datasets import Captioned, of_beir
from tests.support.tiny import beir


def test_a_beir_folder_survives_writing_and_gives_tracks(tmp_path: Path) -> None:
    test = Beir(
        "small",
        {"1": "a, b", "2": "c", "3": "d"},
        {"q": "some a", "r": "some c"},
        {"q": frozenset({"1", "2"}), "r": frozenset({"2"})},
    )
    write_beir(test, tmp_path / "small")
    assert read_beir(tmp_path / "small") == test
    assert json.loads((tmp_path / "small" / "queries.jsonl").read_text().splitlines()[0]) == {
        "_id": "q",
        "text": "some a",
    }
    found = of_beir(test)
    assert found.tracks == (
        Captioned("1", ("some a",), ("a", "b"), "beir"),
        Captioned("2", ("some a", "some c"), ("c",), "beir"),
    )
    assert found.dropped == {"documents without a query": 1}


def test_qrels_may_have_grades_blanks_and_gaps(tmp_path: Path) -> None:
    lines = "q1 d1 2\nq1  d3 1\n\nq1 d2 0\nq1 gone 1\nq2 gone 1\nnobody d1 1\n"
    folder = beir(tmp_path / "set", lines)
    with (folder / "corpus.jsonl").open("a") as file:
        file.write('{"_id": "d4", "text": ""}\n{"_id": "d5", "title": "slow", "text": "\\ud83d"}\n')
    test = read_beir(folder)
    assert test.queries == {"q1": "sad jazz"}
    assert test.right("q1") == {"d1": 2.0, "d3": 1.0}
    assert test.corpus["d5"] == "slow ?"  # half an emoji is no text
    assert test.dropped == {
        "empty documents": 1,
        "right documents that are not there": 2,
        "queries without a right document": 1,
        "queries that are not judged": 1,
        "judged queries that are not there": 1,
    }


def test_qrels_that_answer_nothing_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError, match="leaves no query to ask"):
        read_beir(beir(tmp_path / "none", "q1\td1\t0\n"))
    with pytest.raises(MelScribeError, match="line 2 is not query-id"):
        read_beir(beir(tmp_path / "bad", "q1 d1\n"))
