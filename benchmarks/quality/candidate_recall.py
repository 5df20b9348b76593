"""Compare the candidates of an index with an exact scan of the same vectors.

    python -m benchmarks.quality.candidate_recall INDEX --requests FILE

INDEX is the file that `beet melindex` wrote. Prints

    texts, requests, k, candidates    numbers
    recall, worst    mean and least share of the exact k nearest texts among the candidates
    near, exact      median seconds of one search, vectors in memory
    by_graph         whether the neighbour graph gave the candidates, or a scan of packed vectors
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.paths import REQUESTS

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray, IdArray

K = 50


def read_requests(path: Path) -> list[str]:
    """Return every request of the file, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [request for line in lines for request in json.loads(line)["requests"]]


def shares(found: Sequence[Sequence[int]], exact: Sequence[Sequence[int]]) -> list[float]:
    """Return, for each search, the share of the exact results that was found."""
    return [len(set(f) & set(e)) / len(e) for f, e in zip(found, exact, strict=True)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)

    from melscribe_core.catalogue.catalogue import open_catalogue
    from melscribe_core.catalogue.neighbours import Neighbours, nearest_rows
    from melscribe_core.encoder.encoder import load_encoder
    from melscribe_core.search.search import BY_VECTOR

    catalogue = open_catalogue(options.index)
    encoder = load_encoder()
    neighbours = Neighbours(catalogue, encoder.fingerprint, encoder.dim)
    ids, vectors = catalogue.vectors.of_texts()
    requests = encoder.encode(read_requests(options.requests))
    found, near = _timed(lambda vector: neighbours.near(vector, BY_VECTOR), requests)
    exact, scan = _timed(lambda vector: nearest_rows(ids, vectors, vector, K), requests)
    recalls = shares(found, exact)
    print(
        json.dumps(
            {
                "texts": len(ids),
                "requests": len(requests),
                "k": K,
                "candidates": BY_VECTOR,
                "recall": sum(recalls) / len(recalls),
                "worst": min(recalls),
                "near": near,
                "exact": scan,
                "by_graph": options.index.with_name(f"{options.index.name}.hnsw").exists(),
            }
        )
    )


def _timed(
    search: Callable[[FloatArray], IdArray], vectors: FloatArray
) -> tuple[list[list[int]], float]:
    """Return the ids that each search found, and the median seconds of one."""
    search(vectors[0])  # the first search reads what the others find in memory
    found, took = [], []
    for vector in vectors:
        started = time.perf_counter()
        ids = search(vector)
        took.append(time.perf_counter() - started)
        found.append(ids.tolist())
    return found, median(took)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the recall of the candidates.")
    parser.add_argument("index", type=Path, help="the file that `beet melindex` wrote")
    parser.add_argument("--requests", type=Path, default=REQUESTS / "dev.jsonl")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
