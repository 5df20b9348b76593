"""The command `evaluate`: retrieval tests of systems, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melscribe_core.errors import MelScribeError

from .command import Command

if TYPE_CHECKING:
    from ..data.datasets import Dataset, Part
    from ..evaluation.sets import Set

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
DEFAULT_SYSTEMS = ("bundled", "hybrid", "tfidf", "bm25")


@click.command(cls=Command, stopped="Stopped; what is written so far is kept.")
@click.argument("paths", nargs=-1)
@click.option("--beir", multiple=True, type=FOLDER, help="A BEIR folder; repeatable.")
@click.option(
    "--dataset",
    type=click.Choice(["lp-musiccaps", "musiccaps", "requests"]),
    help="The kind of PATHS: files or hub names, from which sets are sampled with three seeds.",
)
@click.option("--split", default="test", show_default=True, help="Of PATHS on the hub.")
@click.option(
    "--part",
    type=click.Choice(["train", "eval", "all"]),
    default="eval",
    show_default=True,
    help="Of PATHS that say which clips are in AudioSet's evaluation split.",
)
@click.option(
    "--rephrased",
    type=FILE,
    help="A file that `rephrase` wrote for PATHS: adds a set of its requests for each of them.",
)
@click.option("--dev", help="Requests: a set per kind (terse, spoken, chat-first and so on).")
@click.option("--dev-musiccaps", help="Captions: the sets mc-sentences and mc-captions.")
@click.option(
    "--beside",
    multiple=True,
    help="Requests or captions whose texts are added to those that are searched; repeatable.",
)
@click.option(
    "--system",
    "systems",
    multiple=True,
    help="bundled, hybrid, hybrid:ENCODER, tfidf, bm25, clap:MODEL or any encoder; repeatable"
    f" (default: {', '.join(DEFAULT_SYSTEMS)}).",
)
@click.option("--json", "json_file", type=FILE, help="Write the results here, as fractions.")
def evaluate(
    systems: tuple[str, ...], dataset: str | None, json_file: Path | None, **sources: Any
) -> None:
    """Measure systems on retrieval tests: recall, MRR and nDCG, in per cent.

    Tests are BEIR folders, or are made from captions or requests.
    """
    from ..evaluation.evaluate import evaluate as measured
    from ..evaluation.systems import load_system
    from ..evaluation.table import PAPER, table, write_json

    sets = list(_sets(dataset, **sources))
    for one in sets:
        _say(_size(one))
    results = measured(systems or DEFAULT_SYSTEMS, sets, load_system, _say)
    click.echo(table(results, PAPER if dataset == "lp-musiccaps" else None))
    if json_file is not None:
        write_json(results, json_file)


def _sets(
    dataset: str | None,
    *,
    paths: tuple[str, ...],
    beir: tuple[Path, ...],
    dev: str | None,
    dev_musiccaps: str | None,
    beside: tuple[str, ...],
    **reading: Any,
) -> Iterator[Set]:
    from ..data.datasets import (
        are_requests,
        read_any,
        read_musiccaps,
        read_requests,
    )
    from ..evaluation.sets import beir_set, caption_set, request_sets, sentence_sets

    if bool(paths) != bool(dataset):
        raise MelScribeError("--dataset is the kind of PATHS; give both or neither.")
    if not (paths or beir or dev or dev_musiccaps):
        raise MelScribeError("There is nothing to measure on; give --beir, --dataset or --dev.")
    yield from map(beir_set, beir)
    others = [read_any(path) for path in beside]
    requests = [one for one in others if are_requests(one)]
    captions = [one for one in others if not are_requests(one)]
    for path in paths:
        yield from _dataset_sets(str(dataset), path, requests, captions, **reading)
    if dev:
        yield from request_sets(read_requests(dev), requests)
    if dev_musiccaps:
        read = read_musiccaps(dev_musiccaps)
        yield from sentence_sets("mc-sentences", read, captions)
        yield caption_set("mc-captions", read, captions)


def _dataset_sets(
    kind: str,
    path: str,
    requests: Sequence[Dataset],
    captions: Sequence[Dataset],
    *,
    split: str,
    part: Part,
    rephrased: Path | None,
) -> list[Set]:
    from ..data.datasets import read_lp_musiccaps, read_musiccaps, read_requests
    from ..evaluation.sets import (
        read_rephrased,
        request_sets,
        sentence_sets,
        short_name,
    )

    if kind == "requests":
        return request_sets(read_requests(path), requests)
    if kind == "lp-musiccaps":
        read = read_lp_musiccaps(path, split=split, part=part)
    else:
        read = read_musiccaps(path, part=part)
    requests_of = read_rephrased(rephrased) if rephrased else None
    return sentence_sets(short_name(read.name), read, captions, rephrased=requests_of)


def _size(one: Set) -> str:
    """Return a sentence on a set: its size, and what was left out of its data."""
    from ..evaluation.metrics import DEPTH
    from ..evaluation.systems import as_indexed

    test = one.tests[0]
    text = f"{one.name}: {len(test.queries):,} queries, {len(test.corpus):,} documents"
    text += f", sampled {len(one.tests)} times." if len(one.tests) > 1 else "."
    if one.dropped:
        reasons = (f"{number:,} {reason}" for reason, number in one.dropped.items())
        text += f" Left out: {', '.join(reasons)}."
    if bare := sum(not as_indexed(document) for document in test.corpus.values()):
        text += f" {bare:,} documents have no descriptor: bundled and hybrid do not find them."
    if len(test.corpus) < DEPTH:
        text += f" With fewer than {DEPTH} documents all of them are among the first {DEPTH}."
    return text


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)
