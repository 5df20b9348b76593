"""Rows to label, and the teacher's margins."""

from pathlib import Path

import numpy as np
import pytest

from melscribe_trainer.job import Job
from melscribe_trainer.nearest import NONE
from melscribe_trainer.training.label import LabelOptions, label, sample_rows
from melscribe_trainer.training.plan import Rows
from melscribe_trainer.training.teach import TeachOptions
from melscribe_trainer.training.teacher import open_teacher, score
from tests.trainer.training.examples import JUDGED, JUDGED_PAIRS, rng


def test_rows_to_label_ask_each_query_equally_often() -> None:
    mined = np.array([[1, 2, 3], [0, NONE, NONE], [0, 1, NONE]], np.int32)
    rows = sample_rows(JUDGED_PAIRS, mined, LabelOptions(rows=7, negatives=2), rng(0))
    assert sorted(np.bincount(rows.queries)) == [2, 2, 3]
    assert set(rows.negatives[rows.queries == 1].reshape(-1)) == {0, NONE}
    assert np.isnan(rows.margins).all()


def test_margins_are_differences_of_the_teachers_scores(plain: Path, tmp_path: Path) -> None:
    mined = np.array([[1, 2, 3], [0, NONE, NONE], [0, 1, NONE]], np.int32)
    teaching = TeachOptions(bf16=False)
    options = LabelOptions(rows=6, negatives=2)
    # A new head would have other weights each time it is opened, so it is saved once.
    folder = tmp_path / "fixed"
    open_teacher(str(plain), 32, "cpu").save_pretrained(str(folder))
    rows: Rows = label(
        folder, JUDGED_PAIRS, mined, options, teaching, Job(tmp_path, 0, "cpu", print)
    )
    texts = list(JUDGED_PAIRS.corpus)
    model = open_teacher(str(folder), 32, "cpu")
    for query, own, others, margins in zip(
        rows.queries, rows.positives, rows.negatives, rows.margins, strict=True
    ):
        for other, margin in zip(others, margins, strict=True):
            if other == NONE:
                assert np.isnan(margin)
                continue
            asked = [(JUDGED[query].text, texts[own]), (JUDGED[query].text, texts[other])]
            high, low = score(model, asked, False)
            assert margin == pytest.approx(high - low, abs=1e-5)
