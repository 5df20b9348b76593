"""The commands `rephrase` and `caption`: requests and captions written by an instruct model."""

from __future__ import annotations

import sys
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .command import Command

if TYPE_CHECKING:
    from ..data.datasets import Part
    from ..data.generate import Report

FILE = click.Path(path_type=Path, dir_okay=False)
PARTS = click.Choice(["train", "eval", "all"])
OF_SPLIT = "Of PATHS on the hub."
OF_PART = "Of PATHS that say which clips are in AudioSet's evaluation split."
STOPPED = "Stopped; what is written so far is kept."


def _command(name: str, what: str, paths: str) -> click.Command:
    """Return the command `name`, whose default prompt has the same name."""
    return Command(
        name,
        callback=partial(_write, name),
        params=[
            click.Argument(["paths"], nargs=-1, required=True),
            click.Option(
                ["--model"],
                required=True,
                help="An instruct model: a folder, a GGUF file or a hub name.",
            ),
            click.Option(
                ["--out"], required=True, type=FILE, help="JSONL to write or to continue."
            ),
            click.Option(
                ["--prompt"], default=name, show_default=True, help="A bundled prompt or a file."
            ),
            click.Option(["--split"], default="train", show_default=True, help=OF_SPLIT),
            click.Option(["--part"], type=PARTS, default="train", show_default=True, help=OF_PART),
            click.Option(["--seed"], type=int, default=0, show_default=True),
            click.Option(["--batch"], type=click.IntRange(1), default=16, show_default=True),
            click.Option(["--limit"], type=click.IntRange(1), help="Stop after so many sources."),
        ],
        help=f"{what} PATHS are {paths}, or hub names.",
        stopped=STOPPED,
    )


def _write(
    name: str,
    *,
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
    from ..data.datasets import read_any, read_tagged
    from ..data.generate import generate, read_prompt, statements, tag_lists
    from ..data.instruct import InstructModel

    words = read_prompt(prompt)
    read, find = (read_any, statements) if name == "rephrase" else (read_tagged, tag_lists)
    datasets = [read(path, split=split, part=part) for path in paths]
    sources = list(islice(find(datasets), limit))
    writer = InstructModel(model)
    with click.progressbar(length=len(sources), file=sys.stderr) as bar:
        report = generate(sources, writer, words, out, seed=seed, batch=batch, advance=bar.update)
    click.echo(_summary(report, out), err=True)


def _summary(report: Report, out: Path) -> str:
    failed = report.empty + report.echoed
    return (
        f"{out}: {report.written:,} written, {report.kept:,} were there; {failed:,} answers were "
        f"no use ({report.empty:,} empty, {report.echoed:,} repeated the prompt)"
        + (", the same command tries these again." if failed else ".")
    )


rephrase = _command(
    "rephrase",
    "Turn statements about music into requests for it.",
    "captions or requests with tags",
)
caption = _command(
    "caption", "Write captions from tags.", "tracks with tags (captions of theirs are not read)"
)
