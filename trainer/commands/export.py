"""The command `export`: write any BERT encoder as a folder that runs without torch."""

from __future__ import annotations

from pathlib import Path

import click

from melscribe_core.errors import MelScribeError

from .command import Command


@click.command(cls=Command, stopped="Stopped; nothing was written.")
@click.option("--model", required=True, help="A sentence-transformers folder or hub name.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write.")
@click.option(
    "--texts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="JSON lines with requests, captions or tags to check the export on (default: our own).",
)
@click.option("--name", help="What to call the model (default: the last part of --model).")
@click.option("--dev", multiple=True, help="Requests to calibrate the scores on; repeatable.")
@click.option("--among", multiple=True, help="Requests whose tracks are searched too; repeatable.")
@click.option("--words", type=float, help="Weight of shared words (default: the recipe's).")
def export(
    model: str,
    out: Path,
    texts: tuple[Path, ...],
    name: str | None,
    dev: tuple[str, ...],
    among: tuple[str, ...],
    words: float | None,
) -> None:
    """Write a model as a folder that runs without torch, checked against the model.

    With --dev its scores are calibrated; an encoder without is read as all-MiniLM-L6-v2 would be.
    """
    from ..data.datasets import read_any
    from ..data.sources import REQUESTS
    from ..export.export import export as write_folder
    from ..export.export import read_texts
    from ..export.release import calibrated
    from ..recipes import PRESETS

    try:
        report = write_folder(
            model, out, read_texts(texts or (REQUESTS / "train.jsonl",)), name=name
        )
    except OSError as error:
        raise MelScribeError(f"The export cannot be written to {out} ({error}).") from error
    click.echo(
        f"{out}: {report.size / 1e6:.1f} MB, mean cosine to the model {report.mean_cosine:.4f},"
        f" worst {report.worst_cosine:.4f}, over {report.texts} texts."
    )
    if dev:
        weight = PRESETS["melscribe"].words if words is None else words
        found = calibrated(out, map(read_any, dev), map(read_any, among), weight)
        for what, value in found.items():
            click.echo(f"  {what}: {value}")
