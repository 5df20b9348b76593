"""The rows of a run: what an epoch contains, what is drawn, what is left out."""

from pathlib import Path

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.nearest import NONE
from melscribe_trainer.training.plan import (
    PlanOptions,
    Rows,
    epoch_order,
    plan,
    read_labels,
    write_labels,
)
from tests.trainer.training.examples import PAIRS, rng


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
