"""Dev measures of a model: what `fit` logs, and what the last stages compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import usable_cores
from melscribe_core.encoder.sentence_encoder import open_model

from ..data.beir import Beir, read_beir, write_beir
from ..data.datasets import Dataset, are_requests
from ..devices import Device, chosen_device, encode_with
from ..nearest import nearest
from .metrics import DEPTH, measures
from .sets import request_sets, sentence_sets

Encode = Callable[[list[str]], FloatArray]

RECALL, NDCG = f"recall@{DEPTH}", f"ndcg@{DEPTH}"
SEED = 1  # of the sets sampled for sentences


def dev_tests(dev: Iterable[Dataset], train: Sequence[Dataset]) -> list[Beir]:
    """Return the tests made of the dev data.

    Requests are tested among the texts of the training requests too: among few texts retrieval
    would be too easy to compare models by.
    """
    others = [dataset for dataset in train if are_requests(dataset)]
    found = []
    for dataset in dev:
        if are_requests(dataset):
            found += request_sets(dataset, others)
        else:
            found += sentence_sets(dataset.name, dataset, seeds=(SEED,))
    return [test for one in found for test in one.tests]


def measure(encode: Encode, tests: Sequence[Beir]) -> dict[str, float]:
    """Return one measure per test in per cent, by name; {} without tests.

    The measure is recall@10, or nDCG@10 if a query has several relevant texts. Texts are ranked by
    the dot product of their vectors with the query's.
    """
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


def measure_model(folder: Path, tests: Sequence[Beir], device: Device) -> dict[str, float]:
    """Return `measure` of the model in `folder`, computed in full precision."""
    if not tests:
        return {}
    model = open_model(folder, usable_cores(), chosen_device(device))
    return measure(encode_with(model, False), tests)


def write_tests(tests: Iterable[Beir], folder: Path) -> None:
    """Write each test as a BEIR folder under `folder`."""
    for test in tests:
        write_beir(test, folder / test.name)


def read_tests(folder: Path) -> list[Beir]:
    """Read what write_tests wrote; [] if the folder does not exist."""
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
