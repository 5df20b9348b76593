"""Mined texts, the rows of a run, and batches, on data small enough to see through."""

from pathlib import Path

import numpy as np
import pytest
import torch

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.pairs import Pairs, Query, corpus_of
from melscribe_trainer.training.batches import (
    Collate,
    PlanOptions,
    Rows,
    epoch_order,
    negative_mask,
    plan,
    read_labels,
    write_labels,
)
from melscribe_trainer.training.negatives import (
    NONE,
    Mined,
    answers_of,
    join,
    mine,
    nearest,
    report,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def query(text: str, positives: str, named: str, track: str) -> Query:
    return Query(text, tuple(positives.split("|")), tuple(named.split()), (track,), "terse")


# Texts in order: 0 "rock, sad", 1 "sad", 2 "folk, sad", 3 "jazz", 4 "folk, jazz, sad".
QUERIES = (
    query("sad rock", "rock, sad|sad", "rock sad", "t1"),
    query("sad folk", "folk, sad", "folk sad", "t2"),
    query("something", "jazz", "", "t3"),
    query("sad", "folk, jazz, sad", "sad", "t4"),
)
PAIRS = Pairs(QUERIES, corpus_of(QUERIES))


def test_answers_are_positives_texts_of_the_track_and_texts_with_all_named() -> None:
    more = query("guitar", "rock, sad", "", "t1")
    pairs = Pairs((*QUERIES, more), corpus_of((*QUERIES, more)))
    found = [numbers.tolist() for numbers in answers_of(pairs)]
    assert found == [[0, 1], [2, 4], [3], [0, 1, 2, 4], [0, 1]]


def test_nearest_is_exact_in_blocks_of_any_size() -> None:
    queries, texts = rng(1).normal(size=(7, 5)), rng(2).normal(size=(30, 5))
    queries, texts = queries.astype(np.float32), texts.astype(np.float32)
    expected = np.argsort(-(queries @ texts.T), axis=1)[:, :4]
    for block in (1, 3, 100):
        found = np.concatenate([numbers for numbers, _, _ in nearest(queries, texts, 4, block)])
        assert (found == expected).all()


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


def test_an_epoch_has_every_row_once_and_sorted_batches_pad_less() -> None:
    lengths = rng(3).integers(1, 100, 64).astype(np.int32)

    def padding(order: np.ndarray) -> int:
        return int(sum(lengths[batch].max() * len(batch) for batch in order) - lengths.sum())

    plain, sorted_ = (epoch_order(lengths, 8, bucket, rng(4)) for bucket in (0, 8))
    assert sorted(plain.reshape(-1)) == sorted(sorted_.reshape(-1)) == list(range(64))
    assert padding(sorted_) < padding(plain) / 3
    # What fills no batch is left out: 64 rows are twelve batches of five and four rows more.
    assert len(set(epoch_order(lengths, 5, 0, rng(4)).reshape(-1))) == 60


def test_a_plan_asks_every_query_in_turn_and_draws_its_positives() -> None:
    rows = plan(PAIRS, PlanOptions(epochs=50, batch=2), rng())
    assert len(rows) == 50 * 4
    assert all(
        sorted(rows.queries[start : start + 4]) == [0, 1, 2, 3] for start in range(0, 200, 4)
    )
    assert set(rows.positives[rows.queries == 0]) == {0, 1}
    assert set(rows.positives[rows.queries == 3]) == {4}
    assert rows.negatives.shape == (200, 0)


def test_steps_win_over_epochs() -> None:
    assert len(plan(PAIRS, PlanOptions(epochs=9, steps=3, batch=4), rng())) == 12


def test_a_plan_draws_mined_texts() -> None:
    mined = np.array([[2, 3, 4], [0, 1, NONE], [0, 1, 2], [NONE] * 3], np.int32)
    rows = plan(PAIRS, PlanOptions(epochs=100, batch=4, negatives=2), rng(), mined=mined)
    drawn = {q: set(rows.negatives[rows.queries == q].reshape(-1)) for q in range(4)}
    assert drawn == {0: {2, 3, 4}, 1: {0, 1, NONE}, 2: {0, 1, 2}, 3: {NONE}}
    assert all(len(set(row)) == 2 for row in rows.negatives[rows.queries == 0])


def test_labelled_rows_are_planned_as_they_are(tmp_path: Path) -> None:
    labelled = Rows(
        np.array([0, 2], np.int32),
        np.array([1, 3], np.int32),
        np.array([[2], [0]], np.int32),
        np.array([[0.5], [np.nan]], np.float32),
    )
    write_labels(labelled, tmp_path)
    rows = plan(PAIRS, PlanOptions(epochs=3, batch=2), rng(), labelled=read_labels(tmp_path))
    seen = set(zip(rows.queries.tolist(), rows.positives.tolist(), strict=True))
    assert len(rows) == 6 and seen == {(0, 1), (2, 3)}
    assert set(rows.margins[rows.queries == 0].reshape(-1)) == {0.5}


def test_a_batch_larger_than_the_data_is_refused() -> None:
    with pytest.raises(MelScribeError, match=r"takes 5 rows and there are 4; lower fit.rows.batch"):
        plan(PAIRS, PlanOptions(batch=5), rng())


NAMED = [frozenset({"rock", "sad"}), frozenset({"folk", "sad"}), frozenset(), frozenset({"sad"})]
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
    negative = negative_mask(NAMED, SETS, OWN, np.arange(4), mask)  # type: ignore[arg-type]
    found = [(int(i), int(j)) for i, j in np.argwhere(~negative & ~OWN)]
    assert found == spared


def test_mutual_spares_mined_texts_as_named_does() -> None:
    sets = [*SETS, frozenset({"rock", "sad", "loud"})]  # the fifth text belongs to no query
    own = np.eye(4, 5, dtype=bool)
    negative = negative_mask(NAMED, sets, own, np.arange(4), "mutual")
    assert not negative[0, 4] and not negative[3, 4]


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
