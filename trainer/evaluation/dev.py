"""How good is a model on the dev sets: the numbers that `fit` logs and the last stages check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_trainer.data.datasets import Beir, Dataset, read_beir, write_beir
from melscribe_trainer.evaluation.metrics import measures
from melscribe_trainer.evaluation.sets import are_requests, request_sets, sentence_sets
from melscribe_trainer.training.negatives import nearest

Encode = Callable[[list[str]], FloatArray]

DEPTH = 10  # how far down a ranking is looked at
RECALL, NDCG = f"recall@{DEPTH}", f"ndcg@{DEPTH}"
SEED = 1  # of the sets sampled for sentences


def dev_tests(dev: Iterable[Dataset], train: Sequence[Dataset]) -> list[Beir]:
    """Return the tests of the dev data.

    Requests are asked among the whole sets of the requests that are trained on too: few of them
    alone would be too easy to tell apart.
    """
    asked = [dataset for dataset in train if are_requests(dataset)]
    found = []
    for dataset in dev:
        if are_requests(dataset):
            found += request_sets(dataset, asked)
        else:
            found += sentence_sets(dataset.name, dataset, seeds=(SEED,))
    return [test for one in found for test in one.tests]


def measure(encode: Encode, tests: Sequence[Beir]) -> dict[str, float]:
    """Return per test, in per cent, its recall; its nDCG where queries have many right texts."""
    texts = list(dict.fromkeys(text for test in tests for text in test.corpus.values()))
    vectors = encode(texts) if texts else np.empty((0, 0), np.float32)
    row = {text: number for number, text in enumerate(texts)}
    return {
        f"{test.name} {kind}": _mean(
            encode, vectors[[row[text] for text in test.corpus.values()]], test, kind
        )
        for test in tests
        for kind in [_kind(test)]
    }


def write_tests(tests: Iterable[Beir], folder: Path) -> None:
    """Write each test as a BEIR folder under `folder`."""
    for test in tests:
        write_beir(test, folder / test.name)


def read_tests(folder: Path) -> list[Beir]:
    """Read what write_tests wrote; none when there is no such folder."""
    return [read_beir(test) for test in sorted(folder.iterdir())] if folder.is_dir() else []


def _kind(test: Beir) -> str:
    several = any(len(right) > 1 for right in test.qrels.values())
    return NDCG if several else RECALL


def _mean(encode: Encode, corpus: FloatArray, test: Beir, kind: str) -> float:
    ids = list(test.corpus)
    rights = [test.right(query) for query in test.queries]
    queries = encode(list(test.queries.values()))
    ranked = [
        [ids[number] for number in row]
        for numbers, _, _ in nearest(queries, corpus, min(DEPTH, len(ids)))
        for row in numbers
    ]
    scores = (measures(one, right)[kind] for one, right in zip(ranked, rights, strict=True))
    return round(100 * fmean(scores), 2)
