"""Batches: which texts are negatives, and what a batch contains."""

import numpy as np
import pytest
import torch

from melscribe_trainer.nearest import NONE
from melscribe_trainer.training.batches import Collate, negative_mask
from melscribe_trainer.training.plan import PlanOptions, Rows, plan
from tests.trainer.training.examples import PAIRS, rng

ASKED = [[frozenset({"rock", "sad"})], [frozenset({"folk", "sad"})], [], [frozenset({"sad"})]]
SETS = [
    frozenset(text.split(", ")) for text in ("rock, sad", "folk, sad", "jazz", "folk, jazz, sad")
]
OWN = np.eye(4, dtype=bool)


@pytest.mark.parametrize(
    ("mask", "spared"),
    [
        ("own", []),
        # The fourth text holds folk and sad; the fourth query, sad, is answered by the first two.
        ("named", [(1, 3), (3, 0), (3, 1)]),
        # Of these, only between the second and fourth does each text answer the other's query.
        ("mutual", [(1, 3), (3, 1)]),
    ],
)
def test_texts_that_answer_are_no_negatives(mask: str, spared: list[tuple[int, int]]) -> None:
    negative = negative_mask(ASKED, SETS, OWN, np.arange(4), mask)
    found = [(int(i), int(j)) for i, j in np.argwhere(~negative & ~OWN)]
    assert found == spared


def test_mutual_spares_mined_texts_as_named_does() -> None:
    sets = [*SETS, frozenset({"rock", "sad", "loud"})]  # the fifth text belongs to no query
    own = np.eye(4, 5, dtype=bool)
    negative = negative_mask(ASKED, sets, own, np.arange(4), "mutual")
    assert not negative[0, 4] and not negative[3, 4]


def test_a_word_of_several_meanings_spares_the_texts_of_each() -> None:
    asked = [[frozenset({"jazz"}), frozenset({"folk", "sad"})], [], [], []]
    negative = negative_mask(asked, SETS, OWN, np.arange(4), "named")
    # The first query's own text, then "folk, sad", "jazz" and the set that has all three.
    assert negative[0].tolist() == [False, False, False, False]
    assert negative[1].tolist() == [True, False, True, True]


def tokens(texts: list[str]) -> dict[str, torch.Tensor]:
    return {"input_ids": torch.tensor([[len(text)] for text in texts])}


def test_a_batch_holds_each_text_once_and_says_what_is_right() -> None:
    rows = Rows(
        np.array([0, 1, 2], np.int32),
        np.array([1, 2, 3], np.int32),
        np.array([[2, 3], [0, NONE], [0, 1]], np.int32),
        np.zeros((3, 2), np.float32),
    )
    batch = Collate(PAIRS, rows, "named", tokens)([{"row": 0}, {"row": 1}, {"row": 2}])
    # Columns: the positives 1 "sad", 2 "folk, sad", 3 "jazz", then the mined 0 "rock, sad".
    assert batch["text_input_ids"].reshape(-1).tolist() == [3, 9, 4, 9]
    assert batch["query_input_ids"].reshape(-1).tolist() == [8, 8, 9]
    label = batch["label"]
    assert label["chosen"].tolist() == [0, 1, 2]
    assert label["against"].tolist() == [[1, 2], [3, -1], [3, 0]]
    # "rock, sad" is another positive of the first query.
    assert label["positive"].int().tolist() == [[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert label["negative"].int().tolist() == [[0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1]]


def test_plain_sentences_go_round() -> None:
    rows = plan(PAIRS, PlanOptions(steps=2, batch=2, bucket=0), rng())
    vectors = np.arange(200, dtype=np.float32)[:, None]
    collate = Collate(PAIRS, rows, "own", tokens, ([f"{n:03}" for n in range(100)], vectors))
    second = collate([{"row": 2}, {"row": 3}])
    assert second["label"]["plain"].reshape(-1).tolist() == [*range(64, 100), *range(28)]
