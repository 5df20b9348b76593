"""Compare a scan of all texts with the neighbour graph, by size: time per warm search, and costs.

    python -m benchmarks.speed.neighbour_graph INDEX --sizes 20000 50000 100000 150000

INDEX is the file that `beet melindex` wrote, with at least as many distinct sets as the largest
size; each size is an evenly spaced part of them. One search asks for what a description asks for:
the cosines of SAMPLE texts and the BY_VECTOR nearest. All times are processor time. Prints a table
in Markdown. Needs hnswlib.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from benchmarks.paths import REQUESTS
from benchmarks.quality.candidate_recall import read_requests, shares
from benchmarks.speed.machine import heading, use_cores
from benchmarks.speed.table import markdown

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray
    from melscribe_core.catalogue.catalogue import Catalogue
    from melscribe_core.catalogue.neighbours import Neighbours

SIZES = (20_000, 50_000, 100_000, 150_000)
QUESTIONS = 200
T = TypeVar("T")
ROWS = (
    "a scan, ms",
    "the graph, ms",
    "questions until loading it is repaid",
    "making it, s",
    "questions until making it is repaid",
    "bringing it up to date after a new set, ms",
    "loading it, ms",
    "on disk, MB",
    "recall@300 of the graph",
)


@dataclass(frozen=True)
class Measured:
    """One size: processor seconds, bytes, and the share of the scan's candidates that it finds."""

    texts: int
    scan: float
    graph: float
    making: float
    upkeep: float
    loading: float
    size: int
    recall: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _options(words)
    cores = use_cores(options.cores)

    from melscribe_core.catalogue.catalogue import open_catalogue
    from melscribe_core.encoder.encoder import load_encoder

    whole, encoder = open_catalogue(options.index), load_encoder()
    asked = encoder.encode(read_requests(options.requests)[:QUESTIONS])
    measured = []
    for size in options.sizes:
        with TemporaryDirectory(prefix="melscribe-bench-") as folder:
            part = _part(whole, Path(folder), size)
            measured.append(_measured(part, asked, cores))
            part.close()
    print(f"{heading('benchmarks.speed.neighbour_graph', words, cores)}\n\n{render(measured)}")


def render(measured: Sequence[Measured]) -> str:
    """Return the table: a column for each size."""
    columns = [_column(one) for one in measured]
    header = ("distinct sets", *(f"{one.texts:,}" for one in measured))
    return markdown(header, [list(row) for row in zip(ROWS, *columns, strict=True)])


def _column(one: Measured) -> tuple[str, ...]:
    gain = one.scan - one.graph
    return (
        f"{1000 * one.scan:.1f}",
        f"{1000 * one.graph:.1f}",
        f"{one.loading / gain:,.0f}" if gain > 0 else "never",
        f"{one.making:.1f}",
        f"{one.making / gain:,.0f}" if gain > 0 else "never",
        f"{1000 * one.upkeep:.0f}",
        f"{1000 * one.loading:.0f}",
        f"{one.size / 1e6:.0f}",
        f"{one.recall:.3f}",
    )


def _part(whole: Catalogue, folder: Path, size: int) -> Catalogue:
    """Return a new catalogue with `size` of the texts and their vectors."""
    from melscribe_core.catalogue.catalogue import open_catalogue

    ids, vectors = whole.vectors.of_texts()
    chosen = np.unique(np.linspace(0, len(ids) - 1, size).astype(np.int64))
    part = open_catalogue(folder / "library.db.melscribe")
    _fill(part, len(chosen), vectors[chosen])
    part.vectors.pack()
    return part


def _fill(part: Catalogue, tracks: int, vectors: FloatArray) -> None:
    """Make the catalogue hold `tracks` tracks; `vectors` are those of the new ones."""
    from melscribe_core.catalogue.tracks import Description, Row

    rows = (Row(i, Description(f"{i:09}", ())) for i in range(tracks))
    part.tracks.apply(part.tracks.plan(rows))
    part.vectors.store("texts", [row.id for row in part.vectors.pending("texts")], vectors)


def _measured(part: Catalogue, asked: FloatArray, threads: int) -> Measured:
    from melscribe_core.catalogue import neighbours as module
    from melscribe_core.search.search import BY_VECTOR
    from melscribe_core.search.words import SAMPLE

    module.GRAPH_FROM = module.PATIENCE = 0  # use a graph at every size, from the first search on
    dim = asked.shape[1]
    near = module.Neighbours(part, "bench", dim, threads)
    by_scan, scan = _asked(near, asked, SAMPLE, BY_VECTOR)
    texts = part.counts().texts
    _, making = _spent(near.refresh)
    _, loading = _spent(lambda: near._takes_graph(asked[0]))
    by_graph, graph = _asked(near, asked, SAMPLE, BY_VECTOR)
    size = part.path.with_name(part.path.name + ".hnsw").stat().st_size
    recalls = shares(by_graph, by_scan)
    _fill(part, texts + 1, asked[:1])
    part.vectors.pack()
    _, upkeep = _spent(near.refresh)
    recall = sum(recalls) / len(recalls)
    return Measured(texts, scan, graph, making, upkeep, loading, size, recall)


def _asked(
    near: Neighbours, asked: FloatArray, sample: int, count: int
) -> tuple[list[list[int]], float]:
    """Return the ids that each search found, and the median processor seconds of one."""

    def question(vector: FloatArray) -> list[int]:
        near.sample(vector, sample)
        found: list[int] = near.near(vector, count).tolist()
        return found

    question(asked[-1])  # the first search reads what the others find in memory
    answers = [_spent(lambda vector=vector: question(vector)) for vector in asked]  # type: ignore[misc]
    return [found for found, _ in answers], median(seconds for _, seconds in answers)


def _spent(do: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    return do(), time.process_time() - started


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.neighbour_graph",
        description="Compare a scan with the neighbour graph.",
    )
    parser.add_argument("index", type=Path, help="the file that `beet melindex` wrote")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="distinct sets")
    parser.add_argument("--requests", type=Path, default=REQUESTS / "dev.jsonl")
    parser.add_argument("--cores", type=int, default=2, help="cores to use")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
