"""The commands that measure and that write: evaluate, rephrase, caption."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melscribe_core.errors import MelScribeError

if TYPE_CHECKING:
    from melscribe_trainer.data.datasets import Dataset, Part
    from melscribe_trainer.data.generate import Report
    from melscribe_trainer.evaluation.sets import Set

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
DEFAULT_SYSTEMS = ("bundled", "hybrid", "tfidf", "bm25")


def measuring_commands() -> list[click.Command]:
    """Return the commands."""
    return [
        evaluate,
        _writing("rephrase", "Turn statements about music into requests for it."),
        _writing("caption", "Write captions from tags."),
    ]


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--beir", multiple=True, type=FOLDER, help="A BEIR folder; repeatable.")
@click.option(
    "--dataset",
    type=click.Choice(["lp-musiccaps", "musiccaps", "requests"]),
    help="What PATHS are: files or hub names, out of which sets are sampled with three seeds.",
)
@click.option("--split", default="test", show_default=True, help="Of PATHS on the hub.")
@click.option(
    "--part",
    type=click.Choice(["train", "eval", "all"]),
    default="eval",
    show_default=True,
    help="Of PATHS that say which clips are in AudioSet's evaluation split.",
)
@click.option("--rephrased", type=FILE, help="What `rephrase` made of PATHS: a set more of each.")
@click.option("--dev", help="Requests, as a set per kind: terse, spoken, chat-first and so on.")
@click.option("--dev-musiccaps", help="Captions, as mc-sentences and mc-captions.")
@click.option(
    "--beside",
    multiple=True,
    help="Requests or captions whose texts stand among those to be found; repeatable.",
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

    Tests are BEIR folders, or are made of captions or requests.
    """
    from melscribe_trainer.evaluation.metrics import PAPER, table, write_json
    from melscribe_trainer.evaluation.metrics import evaluate as measured
    from melscribe_trainer.evaluation.systems import load_system

    with _one_sentence():
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
    from melscribe_trainer.data.datasets import read_any, read_musiccaps, read_requests
    from melscribe_trainer.evaluation.sets import (
        are_requests,
        beir_set,
        caption_set,
        request_sets,
        sentence_sets,
    )

    if bool(paths) != bool(dataset):
        raise MelScribeError("--dataset says what PATHS are; give both or neither.")
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
    from melscribe_trainer.data.datasets import read_lp_musiccaps, read_musiccaps, read_requests
    from melscribe_trainer.evaluation.sets import (
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
    said = read_rephrased(rephrased) if rephrased else None
    return sentence_sets(short_name(read.name), read, captions, rephrased=said)


def _size(one: Set) -> str:
    """Return what is to say about a set: how large it is, and what of its data was not used."""
    from melscribe_trainer.evaluation.metrics import DEPTH
    from melscribe_trainer.evaluation.systems import as_indexed

    test = one.tests[0]
    said = f"{one.name}: {len(test.queries):,} queries, {len(test.corpus):,} documents"
    said += f", sampled {len(one.tests)} times." if len(one.tests) > 1 else "."
    if one.dropped:
        reasons = (f"{number:,} {reason}" for reason, number in one.dropped.items())
        said += f" Left out: {', '.join(reasons)}."
    if bare := sum(not as_indexed(text) for text in test.corpus.values()):
        said += f" {bare:,} documents hold no descriptor: bundled and hybrid do not find them."
    if len(test.corpus) < DEPTH:
        said += f" With fewer than {DEPTH} documents all of them are among the first {DEPTH}."
    return said


def _writing(name: str, what: str) -> click.Command:
    @click.command(name, help=f"{what} PATHS are captions or requests with tags, or hub names.")
    @click.argument("paths", nargs=-1, required=True)
    @click.option("--model", required=True, help="An instruct model: a folder or hub name.")
    @click.option("--out", required=True, type=FILE, help="JSONL to write, or to go on with.")
    @click.option("--prompt", default=name, show_default=True, help="A shipped one or a file.")
    @click.option("--split", default="train", show_default=True, help="Of PATHS on the hub.")
    @click.option(
        "--part",
        type=click.Choice(["train", "eval", "all"]),
        default="train",
        show_default=True,
        help="Of PATHS that say which clips are in AudioSet's evaluation split.",
    )
    @click.option("--seed", type=int, default=0, show_default=True)
    @click.option("--batch", type=click.IntRange(1), default=16, show_default=True)
    @click.option("--limit", type=click.IntRange(1), help="Stop after so many sources.")
    def command(
        paths: tuple[str, ...],
        model: str,
        out: Path,
        prompt: str,
        split: str,
        part: Part,
        seed: int,
        batch: int,
        limit: int | None,
    ) -> None:
        from melscribe_trainer.data.datasets import read_any
        from melscribe_trainer.data.generate import (
            InstructModel,
            generate,
            read_prompt,
            statements,
            tag_lists,
        )

        with _one_sentence():
            words = read_prompt(prompt)
            datasets = [read_any(path, split=split, part=part) for path in paths]
            find = statements if name == "rephrase" else tag_lists
            sources = list(islice(find(datasets), limit))
            with click.progressbar(length=len(sources), file=sys.stderr) as bar:
                report = generate(
                    sources,
                    InstructModel(model),
                    words,
                    out,
                    seed=seed,
                    batch=batch,
                    advance=bar.update,
                )
        _say(_account(report, out))

    return command


def _account(report: Report, out: Path) -> str:
    failed = report.empty + report.echoed
    return (
        f"{out}: {report.written:,} written, {report.kept:,} were there; {failed:,} answers were "
        f"no use ({report.empty:,} empty, {report.echoed:,} repeated the prompt)"
        + (", the same command tries these again." if failed else ".")
    )


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Turn what a person can act on into one sentence and an exit status."""
    try:
        yield
    except MelScribeError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt as error:
        _say("Stopped; what is written so far is kept.")
        raise SystemExit(130) from error
