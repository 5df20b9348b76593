"""The command `align`: train a tower from what was heard to the text space of the encoder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..devices import Device
from .command import Command

if TYPE_CHECKING:
    from ..alignment.align import AlignOptions

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(
    cls=Command, stopped="Stopped; what was heard and trained is kept, the same command goes on."
)
@click.argument("pairs", nargs=-1, required=True, type=FILE)
@click.option("--out", required=True, type=FOLDER, help="Folder of the stages' folders.")
@click.option(
    "--triplets",
    type=FILE,
    help="Favours for stage 2: JSONL of trigger, recommended (ids of tracks) and text.",
)
@click.option("--encoder", help="Whose text space to learn (default: the bundled encoder's).")
@click.option("--epochs", type=click.FloatRange(0, min_open=True), help="Of stage 1 (default: 60).")
@click.option("--batch", type=click.IntRange(2), help="Tracks of a batch (default: 256).")
@click.option("--lr", type=click.FloatRange(0, min_open=True), help="Of stage 1 (default: 1e-3).")
@click.option("--replay", type=click.FloatRange(0), help="Weight of stage 1's pairs in stage 2.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
)
def align(
    pairs: tuple[Path, ...],
    out: Path,
    triplets: Path | None,
    encoder: str | None,
    epochs: float | None,
    batch: int | None,
    lr: float | None,
    replay: float | None,
    seed: int,
    device: Device,
) -> None:
    """Train a tower that places tracks in the text space by how they sound.

    PAIRS are JSONL files of tracks: what was heard or an audio file, tags or texts, an album.
    Prints a table of measures on held-out albums, and the folder of the tower.
    """
    from ..alignment.align import REPORT, Alignment
    from ..alignment.comparison import table_of

    options = _options(epochs, batch, lr, replay)
    run = Alignment(pairs, triplets, encoder, out, seed, device, options, _say)
    folder = run.run()
    report = json.loads((folder / REPORT).read_text("utf-8"))
    click.echo(table_of(report["measures"]))
    click.echo(folder)


def _options(
    epochs: float | None, batch: int | None, lr: float | None, replay: float | None
) -> AlignOptions:
    from ..alignment.align import AlignOptions

    options = AlignOptions()
    semantic, preference = options.semantic, options.preference
    descent = replace(
        semantic.descent,
        epochs=epochs or semantic.descent.epochs,
        batch=batch or semantic.descent.batch,
        lr=lr or semantic.descent.lr,
    )
    later = replace(preference.descent, batch=batch or preference.descent.batch)
    weight = preference.replay if replay is None else replay
    return AlignOptions(
        replace(semantic, descent=descent), replace(preference, descent=later, replay=weight)
    )


def _say(text: str) -> None:
    click.echo(text, err=True)
