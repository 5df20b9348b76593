"""The measures of a ranking, by hand."""

from typing import Any

import numpy as np
import pytest

from benchmarks.quality.fusion import measures


def test_the_measures_by_hand() -> None:
    # right answers at places 2 and 4 of 10, a third one missed
    ranked: list[Any] = [9, 1, 8, 2, 7, 6, 5, 4, 3, 0]
    at_1, at_5, at_10, mrr, ndcg = measures(ranked, frozenset([1, 2, 99]))
    assert (at_1, at_5, at_10, mrr) == (0.0, 2 / 3, 2 / 3, 1 / 2)
    gain = 1 / np.log2(3) + 1 / np.log2(5)
    assert ndcg == pytest.approx(gain / (1 + 1 / np.log2(3) + 1 / np.log2(4)))
