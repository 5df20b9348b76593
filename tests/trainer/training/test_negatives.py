"""Hard negatives on five texts."""

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.pairs import Pairs, corpus_of
from melscribe_trainer.nearest import NONE
from melscribe_trainer.training.negatives import Mined, answers_of, join, mine, report
from tests.trainer.training.examples import QUERIES, query


def test_answers_are_positives_texts_of_the_track_and_texts_with_all_named() -> None:
    more = query("guitar", "rock, sad", "", "t1")
    pairs = Pairs((*QUERIES, more), corpus_of((*QUERIES, more)))
    found = [numbers.tolist() for numbers in answers_of(pairs)]
    assert found == [[0, 1], [2, 4], [3], [0, 1, 2, 4], [0, 1]]


def test_mined_texts_are_the_nearest_that_do_not_answer() -> None:
    # Scores of query 0: 4, 3, 2, 1, 0 for texts 0 to 4; of query 1: the other way round.
    texts = np.array([[4, 0], [3, 1], [2, 2], [1, 3], [0, 4]], np.float32)
    queries = np.eye(2, dtype=np.float32)
    answers = [np.array([0, 2], np.int32), np.array([1, 2, 3, 4], np.int32)]
    found = mine("one", queries, texts, answers, 2)
    assert found.texts.tolist() == [[1, 3], [0, NONE]]
    assert found.scores[0].tolist() == [3, 1]
    # Texts 0 and 2 rank before query 0's second text; query 1 has no second, so all four do.
    assert found.removed == 6
    assert report([found])["one"] == {
        "negatives": 3,
        "removed": 6,
        "q05": pytest.approx(0.1),  # of 0, 1 and 3
        "q25": 0.5,
        "q50": 1,
        "q75": 2,
        "q95": pytest.approx(2.8),
    }


def test_miners_take_turns_and_a_text_counts_once() -> None:
    first = Mined("a", np.array([[1, 2], [3, NONE]], np.int32), np.zeros((2, 2), np.float32), 0)
    second = Mined("b", np.array([[2, 4], [3, NONE]], np.int32), np.zeros((2, 2), np.float32), 0)
    assert join([first, second]).tolist() == [[1, 2, 4], [3, NONE, NONE]]


def test_more_negatives_than_texts_are_refused() -> None:
    texts = np.eye(3, dtype=np.float32)
    with pytest.raises(MelScribeError, match=r"3 negatives .* among 3 texts; lower mine.count"):
        mine("one", texts, texts, [np.empty(0, np.int32)] * 3, 3)
