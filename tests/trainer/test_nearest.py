"""Exact nearest neighbours against numpy's sort."""

import numpy as np

from melscribe_trainer.nearest import nearest


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_nearest_is_exact_in_blocks_of_any_size() -> None:
    queries, texts = rng(1).normal(size=(7, 5)), rng(2).normal(size=(30, 5))
    queries, texts = queries.astype(np.float32), texts.astype(np.float32)
    expected = np.argsort(-(queries @ texts.T), axis=1)[:, :4]
    for block in (1, 3, 100):
        found = np.concatenate([numbers for numbers, _, _ in nearest(queries, texts, 4, block)])
        assert (found == expected).all()
