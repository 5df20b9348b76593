"""How good is a model on the dev sets: the numbers that `fit` logs and `average` shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from .datasets import Beir
from .negatives import nearest

FloatArray = npt.NDArray[np.float32]
Encode = Callable[[list[str]], FloatArray]
K = 10


def measure(encode: Encode, tests: Sequence[Beir]) -> dict[str, float]:
    """Return per test recall@10, or nDCG@10 where a query has many right texts; in percent."""
    texts = list(dict.fromkeys(text for test in tests for text in test.corpus.values()))
    vectors = dict(zip(texts, encode(texts), strict=True)) if texts else {}
    found = {}
    for test in tests:
        graded = sum(map(len, test.qrels.values())) > 2 * len(test.qrels)
        name = f"{test.name}_{'ndcg' if graded else 'recall'}@{K}"
        found[name] = round(100 * _one(encode, vectors, test, graded), 2)
    return found


def recall(ranked: Sequence[str], right: frozenset[str]) -> float:
    """Return the share of the right ids that are among the ranked ones."""
    return sum(one in right for one in ranked) / len(right)


def ndcg(ranked: Sequence[str], right: frozenset[str]) -> float:
    """Return the normalised discounted gain, gain 1 for a right id (Jarvelin & Kekalainen 2002)."""
    discounts = 1 / np.log2(np.arange(2, len(ranked) + 2))
    gain = sum(d for d, one in zip(discounts, ranked, strict=True) if one in right)
    return float(gain / discounts[: len(right)].sum())


def _one(encode: Encode, vectors: Mapping[str, FloatArray], test: Beir, graded: bool) -> float:
    ids = list(test.corpus)
    corpus = np.stack([vectors[text] for text in test.corpus.values()])
    queries = encode(list(test.queries.values()))
    rights = [test.qrels[query] for query in test.queries]
    score = ndcg if graded else recall
    total = 0.0
    for start, numbers, _ in nearest(queries, corpus, min(K, len(ids))):
        for row, right in zip(numbers, rights[start:], strict=False):
            total += score([ids[n] for n in row], right)
    return total / len(rights)
