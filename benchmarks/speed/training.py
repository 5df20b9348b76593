"""Measure what a step of `melscribe-train fit` waits for: making its batch, beside computing it.

    python -m benchmarks.speed.training --requests train.jsonl --musiccaps train.jsonl --weights DIR

Pairs are prepared as `fit` gets them. "contrast" is a step of queries with one right text each,
"labelled" one with four further texts a row and the teacher's margins; these texts are drawn at
random, which makes more distinct ones than mining. A batch is made on one thread while the
processor, or a GPU, waits. All times are processor time; a whole step is measured on the processor
and left out with --whole 0. Prints a table in Markdown. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.paths import REQUESTS
from benchmarks.speed.machine import heading, use_cores
from benchmarks.speed.table import markdown
from benchmarks.speed.weights import fetched

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from melscribe_trainer.data.pairs import Pairs
    from melscribe_trainer.training.batches import Collate
    from melscribe_trainer.training.plan import Rows

NEGATIVES = 4  # of a labelled row
ROWS = (
    "distinct texts in a batch",
    "tables of all texts, once before the first step, s",
    "a batch, ms",
    "the slowest batch, ms",
    "computing a step on this processor, s",
)


@dataclass(frozen=True)
class Measured:
    """One kind of step: medians in processor seconds; `computing` is 0 if it was left out."""

    kind: str
    texts: int
    tables: float
    batch: float
    slowest: float
    computing: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _options(words)
    cores = use_cores(options.cores)

    from melscribe_core.encoder.sentence_encoder import open_model
    from melscribe_trainer.training.fit import FitOptions, prepare_model

    pairs = prepared(options.requests, options.musiccaps)
    model = open_model(options.weights or fetched(Path(".bench")), cores, "cpu")
    prepare_model(model, FitOptions())
    steps, whole = options.steps, options.whole
    kinds = {"contrast": drawn(pairs, options), "labelled": labelled(pairs, options)}
    measured = [_measured(kind, pairs, rows, model, steps, whole) for kind, rows in kinds.items()]
    print(f"{heading('benchmarks.speed.training', words, cores)}\n")
    print(
        f"{len(pairs.queries):,} queries, {len(pairs.corpus):,} texts, {options.batch} rows a step."
    )
    print(f"\n{render(measured)}")


def render(measured: Sequence[Measured]) -> str:
    """Return the table: a column for each kind of step."""
    columns = [_column(one) for one in measured]
    header = ("", *(one.kind for one in measured))
    return markdown(header, [list(row) for row in zip(ROWS, *columns, strict=True)])


def prepared(requests: Sequence[Path], musiccaps: Sequence[Path]) -> Pairs:
    """Return the training pairs of the files, made by the recipe that ships."""
    from melscribe_trainer.data.pairs import make_pairs
    from melscribe_trainer.data.sources import Sources
    from melscribe_trainer.recipes import PRESETS

    sources = Sources(requests=tuple(map(str, requests)), musiccaps=tuple(map(str, musiccaps)))
    return make_pairs(sources.train(), PRESETS["melscribe"].prepare, np.random.default_rng(0))


def drawn(pairs: Pairs, options: argparse.Namespace, labels: Rows | None = None) -> Rows:
    """Return the rows of a run of `options.steps` steps."""
    from melscribe_trainer.training.plan import PlanOptions, plan

    chosen = PlanOptions(steps=options.steps, batch=options.batch)
    return plan(pairs, chosen, np.random.default_rng(0), labelled=labels)


def labelled(pairs: Pairs, options: argparse.Namespace) -> Rows:
    """Return such rows with NEGATIVES random texts and margins each."""
    from melscribe_trainer.training.plan import Rows

    rng, count = np.random.default_rng(0), len(pairs.queries)
    number = {text: n for n, text in enumerate(pairs.corpus)}
    positives = np.array([number[query.positives[0]] for query in pairs.queries], np.int32)
    negatives = rng.integers(len(number), size=(count, NEGATIVES)).astype(np.int32)
    margins = rng.normal(size=negatives.shape).astype(np.float32)
    rows = Rows(np.arange(count, dtype=np.int32), positives, negatives, margins)
    return drawn(pairs, options, rows)


def _measured(
    kind: str, pairs: Pairs, rows: Rows, model: SentenceTransformer, steps: int, whole: int
) -> Measured:
    from melscribe_trainer.training.batches import Collate

    batch = len(rows) // steps
    started = time.process_time()
    collate = Collate(pairs, rows, batch, "named", model.preprocess)
    tables = time.process_time() - started
    times, texts = [], []
    for step in range(steps):
        made, seconds = _made(collate, step)
        times.append(seconds)
        texts.append(made["label"]["positive"].shape[1])
    computed = list(_computed(model, collate, kind, whole))
    computing = median(computed) if computed else 0.0
    return Measured(kind, int(median(texts)), tables, median(times), max(times), computing)


def _made(collate: Collate, step: int) -> tuple[dict[str, Any], float]:
    """Return a step's batch and the processor seconds that it took."""
    features = [{"row": step * collate.batch + place} for place in range(collate.batch)]
    started = time.process_time()
    made = collate(features)
    return made, time.process_time() - started


def _computed(
    model: SentenceTransformer, collate: Collate, kind: str, steps: int
) -> Iterator[float]:
    """Yield the processor seconds of computing each of the first steps, as `fit` does."""
    import torch

    from melscribe_trainer.devices import autocast, fast_attention
    from melscribe_trainer.training.fit import FitOptions
    from melscribe_trainer.training.loss import CombinedLoss, LossOptions

    options = LossOptions(margin=1.0 if kind == "labelled" else 0.0)
    loss = CombinedLoss(model, options, FitOptions().chunk)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, fused=True)
    for step in range(steps):
        made, _ = _made(collate, step)
        parts = [_of(made, name) for name in ("query_", "text_")]

        def update(parts: Any = parts, label: Any = made["label"]) -> None:
            with autocast("cpu", True):
                found = loss(parts, label)
            torch.autograd.backward(torch.stack(list(found.values())).sum())
            optimizer.step()
            optimizer.zero_grad()

        with fast_attention("cpu"):
            yield _spent(update)


def _of(batch: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {key.removeprefix(prefix): batch[key] for key in batch if key.startswith(prefix)}


def _spent(do: Callable[[], object]) -> float:
    started = time.process_time()
    do()
    return time.process_time() - started


def _column(one: Measured) -> tuple[str, ...]:
    return (
        f"{one.texts:,}",
        f"{one.tables:.1f}",
        f"{1000 * one.batch:.1f}",
        f"{1000 * one.slowest:.1f}",
        f"{one.computing:.1f}" if one.computing else "not measured",
    )


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.training",
        description="Measure what a step of training waits for.",
    )
    parser.add_argument("--requests", type=Path, nargs="+", default=[REQUESTS / "train.jsonl"])
    parser.add_argument("--musiccaps", type=Path, nargs="*", default=[], help="captions")
    parser.add_argument("--weights", type=Path, help="a sentence-transformers folder")
    parser.add_argument("--steps", type=int, default=40, help="batches to make of each kind")
    parser.add_argument("--whole", type=int, default=3, help="steps to compute of each kind")
    parser.add_argument("--batch", type=int, default=192, help="rows per step")
    parser.add_argument("--cores", type=int, default=2, help="cores to use")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
