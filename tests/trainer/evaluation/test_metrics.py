"""Measures on rankings small enough to work out by hand, and the command that prints them."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from melscribe_core.errors import MelScribeError
from melscribe_trainer.cli import main
from melscribe_trainer.data.datasets import Beir, read_beir
from melscribe_trainer.evaluation.metrics import (
    MEASURES,
    PAPER,
    Results,
    evaluate,
    measures,
    ndcg,
    rank,
    recall,
    reciprocal_rank,
    score,
    score_set,
    table,
    write_json,
)
from melscribe_trainer.evaluation.sets import Set
from melscribe_trainer.evaluation.systems import System

RANKED = ["x", "a", "y", "c", "z"]


class Fixed:
    """A system that ranks by position alone: every text is as good as any other."""

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        return [list(range(len(texts)))[:k] for _ in queries]


class Exact:
    """A system that finds the texts equal to the query, and nothing else."""

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        return [[i for i, text in enumerate(texts) if text == query][:k] for query in queries]


def test_recall_is_the_share_of_the_right_ones() -> None:
    right = {"a": 1.0, "b": 1.0, "c": 1.0}
    assert recall(RANKED, right, 1) == 0
    assert recall(RANKED, right, 2) == pytest.approx(1 / 3)  # a of a, b, c
    assert recall(RANKED, right, 4) == pytest.approx(2 / 3)  # a and c
    assert recall([], right, 10) == 0


def test_the_reciprocal_rank_is_that_of_the_first_right_one() -> None:
    assert reciprocal_rank(RANKED, {"a": 1.0, "c": 1.0}) == 1 / 2
    assert reciprocal_rank(RANKED, {"c": 1.0}) == 1 / 4
    assert reciprocal_rank(RANKED, {"c": 1.0}, k=3) == 0
    assert reciprocal_rank(RANKED, {"b": 1.0}) == 0


def test_ndcg_of_one_right_answer_is_its_discount() -> None:
    # Place 2: 1 / log2(3) = 0.63093; the ideal is place 1 with 1 / log2(2) = 1.
    assert ndcg(RANKED, {"a": 1.0}) == pytest.approx(0.63093, abs=1e-5)
    assert ndcg(["a"], {"a": 1.0}) == 1
    assert ndcg(RANKED, {"c": 1.0}, k=3) == 0


def test_ndcg_weighs_grades() -> None:
    # Gains x 0, a 2, y 0, c 1: 2 / log2(3) + 1 / log2(5) = 1.26186 + 0.43068 = 1.69254.
    # Ideal 2, 1, 1: 2 + 1 / log2(3) + 1 / log2(4) = 2 + 0.63093 + 0.5 = 3.13093.
    right = {"a": 2.0, "b": 1.0, "c": 1.0}
    assert ndcg(RANKED, right) == pytest.approx(1.69254 / 3.13093, abs=1e-5)


def test_the_ideal_ranking_is_as_short_as_the_real_one() -> None:
    # Three right ones, but only two places: both right is as good as it gets.
    assert ndcg(["a", "b", "c"], {"a": 1.0, "b": 1.0, "c": 1.0}, k=2) == 1


def test_measures_come_by_their_names() -> None:
    found = measures(RANKED, {"c": 1.0})
    assert tuple(found) == MEASURES
    assert MEASURES == ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
    assert list(found.values())[:4] == [0, 1, 1, 1 / 4]
    assert found["ndcg@10"] == pytest.approx(0.43068, abs=1e-5)  # 1 / log2(5)


def alike(count: int) -> Beir:
    """Return as many texts that are all the same, each the right one of a query of its own."""
    ids = [f"id{number}" for number in range(count)]
    return Beir(
        "alike",
        dict.fromkeys(ids, "pop"),
        dict.fromkeys(ids, "pop"),
        {one: frozenset([one]) for one in ids},
    )


def test_ties_do_not_favour_the_right_answer() -> None:
    # Every query gets the same ten of the fifty: ten queries find theirs, forty do not.
    found = score(Fixed(), alike(50))
    assert found["recall@10"] == pytest.approx(10 / 50)
    assert found["recall@1"] == pytest.approx(1 / 50)


def test_ties_do_not_follow_the_order_of_the_file() -> None:
    test = alike(50)
    turned = Beir("turned", dict(reversed(test.corpus.items())), test.queries, test.qrels)
    assert rank(Fixed(), test) == rank(Fixed(), turned)
    assert rank(Fixed(), test)["id0"] != [f"id{number}" for number in range(10)]


def test_a_score_is_the_mean_over_the_queries() -> None:
    test = Beir(
        "two",
        {"d1": "pop", "d2": "folk", "d3": "rock"},
        {"q1": "pop", "q2": "folk"},
        {"q1": frozenset(["d1"]), "q2": frozenset(["d3"])},
    )
    assert score(Exact(), test) == dict.fromkeys(MEASURES, 1 / 2)


def test_grades_of_a_test_count() -> None:
    test = Beir(
        "graded",
        {"d1": "pop", "d2": "folk"},
        {"q": "pop"},
        {"q": frozenset(["d1", "d2"])},
        {"q": {"d1": 1.0, "d2": 3.0}},
    )
    # Found: d1 with 1. Ideal: 3 + 1 / log2(3) = 3.63093.
    assert score(Exact(), test)["ndcg@10"] == pytest.approx(1 / 3.63093, abs=1e-5)


def test_sampled_sets_have_a_mean_and_a_spread() -> None:
    right, wrong = (
        Beir(name, {"d1": "pop", "d2": "folk"}, {"q": "pop"}, {"q": frozenset([document])})
        for name, document in (("right", "d1"), ("wrong", "d2"))
    )
    found = score_set(Exact(), [right, right, wrong])
    assert found["recall@10"] == pytest.approx(2 / 3)
    # Deviations 1/3, 1/3, -2/3: the squares sum to 6/9; / (3 - 1) = 1/3; the root is 0.57735.
    assert found["recall@10 std"] == pytest.approx(0.57735, abs=1e-5)
    assert set(score_set(Exact(), [right])) == set(MEASURES)


def load(name: str) -> System:
    if name == "broken":
        raise MelScribeError("It needs a download.")
    return Exact()


def test_a_system_that_cannot_run_is_left_out_with_a_sentence() -> None:
    sets = [Set("alike", (alike(3),), {})]
    said: list[str] = []
    found = evaluate(["exact", "broken", "exact"], sets, load, said.append)
    assert list(found) == ["exact"]
    assert said == ["broken is left out: It needs a download."]
    with pytest.raises(MelScribeError, match="None of the systems"):
        evaluate(["broken"], sets, load, said.append)


def test_two_sets_of_one_name_are_refused() -> None:
    sets = [Set("alike", (alike(3),), {})] * 2
    with pytest.raises(MelScribeError, match="rename"):
        evaluate(["exact"], sets, load, print)


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


# -- the command -----------------------------------------------------------------------------------


def beir(folder: Path, qrels: str = "q1\td1\t1\nq2\td2\t1\n") -> Path:
    """Write a BEIR folder: jazz, folk and pop; "sad jazz" is answered by d1, "folk" by d2."""
    (folder / "qrels").mkdir(parents=True)
    corpus = {"d1": "jazz, sad", "d2": "folk", "d3": "happy, pop"}
    queries = {"q1": "sad jazz", "q2": "folk", "q3": "asked by nobody"}
    for name, texts in (("corpus", corpus), ("queries", queries)):
        rows = (json.dumps({"_id": one, "text": text}) for one, text in texts.items())
        (folder / f"{name}.jsonl").write_text("\n".join(rows) + "\n")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in ("evaluate", *arguments)])


def test_the_command_prints_a_table_and_writes_json(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    one, two = beir(tmp_path / "one"), beir(tmp_path / "two", "q1\td3\t1\n")
    done = run("--beir", one, "--beir", two, "--system", "bm25", "--system", "tfidf", "--json", out)
    assert done.exit_code == 0, done.output
    assert "| one | bm25   |    100.0 |" in done.stdout
    assert "one: 2 queries, 3 documents. Left out: 1 queries that are not judged." in done.stderr
    perfect, none = dict.fromkeys(MEASURES, 1.0), dict.fromkeys(MEASURES, 0.0)
    found = json.loads(out.read_text())
    assert found == {"bm25": {"one": perfect, "two": none}, "tfidf": {"one": perfect, "two": none}}


def test_the_command_leaves_out_what_cannot_run(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set")
    done = run("--beir", folder, "--system", "./missing", "--system", "bm25")
    assert done.exit_code == 0
    assert "./missing is left out: There is no folder ./missing" in done.stderr
    assert run("--beir", folder, "--system", "./missing").exit_code == 1


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    assert "nothing to measure on" in run().stderr
    assert "give both or neither" in run("some.csv").stderr
    assert "cannot be read" in run("--beir", tmp_path).stderr


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
