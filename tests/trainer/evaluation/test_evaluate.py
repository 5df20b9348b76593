"""Systems on tests small enough to work out by hand."""

from collections.abc import Sequence

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.beir import Beir
from melscribe_trainer.evaluation.evaluate import evaluate, rank, score, score_set
from melscribe_trainer.evaluation.metrics import MEASURES
from melscribe_trainer.evaluation.sets import Set
from melscribe_trainer.evaluation.systems import System


class Fixed:
    """A system that ranks by position alone: every text is as good as any other."""

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        return [list(range(len(texts)))[:k] for _ in queries]


class Exact:
    """A system that finds the texts equal to the query, and nothing else."""

    def rank(self, queries: Sequence[str], texts: Sequence[str], k: int) -> list[list[int]]:
        return [[i for i, text in enumerate(texts) if text == query][:k] for query in queries]


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
