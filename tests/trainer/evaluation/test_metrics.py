"""Measures of rankings small enough to work out by hand."""

import pytest

from melscribe_trainer.evaluation.metrics import MEASURES, measures, ndcg, recall, reciprocal_rank

RANKED = ["x", "a", "y", "c", "z"]


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
