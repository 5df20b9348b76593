"""The commands `soup` and `restore`: the weights of several models in one, and of an export."""

from __future__ import annotations

from pathlib import Path

import click

from melscribe_core.errors import MelScribeError

from .command import Command

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(cls=Command, stopped="Stopped; nothing was written.")
@click.argument("models", nargs=-1, required=True, metavar="MODEL=WEIGHT...")
@click.option("--out", required=True, type=FOLDER, help="Folder to write.")
def soup(models: tuple[str, ...], out: Path) -> None:
    """Average the weights of models tuned from one base (Wortsman et al. 2022, model soups).

    A MODEL is a sentence-transformers folder; the WEIGHTs are divided by their sum.
    """
    from ..training.average import average

    weights = dict(map(_weighted, models))
    total = sum(weights.values())
    shares = {model: weight / total for model, weight in weights.items()}
    average(str(next(iter(shares))), shares, 0.0, out)
    click.echo(f"{out}: " + " + ".join(f"{share:.2f} {one}" for one, share in shares.items()))


@click.command(cls=Command, stopped="Stopped; nothing was written.")
@click.argument("exported", type=FOLDER)
@click.option("--base", required=True, help="The model that it was tuned from.")
@click.option("--out", required=True, type=FOLDER, help="Folder to write.")
def restore(exported: Path, base: str, out: Path) -> None:
    """Write an exported encoder as a sentence-transformers model, to train on or to average."""
    from ..export.restore import restore as write_model

    write_model(exported, base, out)
    click.echo(out)


def _weighted(text: str) -> tuple[Path, float]:
    """Return the folder and the weight of "MODEL=WEIGHT"."""
    model, sign, weight = text.rpartition("=")
    try:
        number = float(weight)
    except ValueError:
        number = 0.0
    if not sign or not 0 < number < float("inf"):
        raise MelScribeError(f"soup: {text!r} has no weight above 0; write MODEL=WEIGHT.")
    return Path(model), number
