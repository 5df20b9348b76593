"""The table of results and its JSON file."""

from pathlib import Path

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.evaluation.evaluate import Results
from melscribe_trainer.evaluation.metrics import MEASURES
from melscribe_trainer.evaluation.table import PAPER, table, write_json


def results(name: str, **systems: float) -> Results:
    return {system: {name: dict.fromkeys(MEASURES, x)} for system, x in systems.items()}


def test_the_table_is_in_per_cent() -> None:
    assert table(results("MC", bundled=0.5, tfidf=0.12345)).splitlines() == [
        "| set | system  | recall@1 | recall@5 | recall@10 | mrr@10 | ndcg@10 |",
        "|-----|---------|---------:|---------:|----------:|-------:|--------:|",
        "| MC  | bundled |     50.0 |     50.0 |      50.0 |   50.0 |    50.0 |",
        "| MC  | tfidf   |     12.3 |     12.3 |      12.3 |   12.3 |    12.3 |",
    ]


def test_the_table_shows_the_spread() -> None:
    found = results("MC", bundled=0.5)
    found["bundled"]["MC"]["recall@10 std"] = 0.0125
    assert "| 50.0 ± 1.2 |" in table(found)


def test_the_papers_figures_stand_beside_ours() -> None:
    lines = table(results("MC", bundled=0.5, tfidf=0.9), PAPER).splitlines()
    last = [[cell.strip() for cell in line.strip("|").split("|")][-1] for line in lines]
    names = [line.split("|")[2].strip() for line in lines]
    assert last == ["paper's recall@10", "-" * 18 + ":", "", "89.4", "84.8"]
    assert names[2:] == ["bundled", "tfidf", "paper's fine-tuned"]
    assert "89.4" not in table(results("other", tfidf=0.9), PAPER)


def test_an_unwritable_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError, match="cannot be written"):
        write_json(results("MC", bundled=0.5), tmp_path / "missing" / "results.json")
