"""The command `prefer`: an adapter of the encoder from what people like."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..devices import Device
from .command import Command

if TYPE_CHECKING:
    from ..favours.learning import PreferOptions
    from ..favours.material import Inputs

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
ABOVE_0, NOT_BELOW_0 = click.FloatRange(0, min_open=True), click.FloatRange(0)


@click.command(cls=Command, stopped="Stopped; the same command goes on with the training.")
@click.argument("items", type=FILE)
@click.argument("favours", nargs=-1, required=True, type=FILE)
@click.option("--out", required=True, type=FOLDER, help="Folder of the adapter's folder.")
@click.option(
    "--words",
    multiple=True,
    type=FILE,
    help="What users called items: user, item, descriptors.",
)
@click.option(
    "--dev-favours",
    multiple=True,
    type=FILE,
    help="People to measure on (default: one in five of FAVOURS).",
)
@click.option(
    "--from",
    "source",
    type=click.Choice(["favours", "co-occurrence"]),
    default="favours",
    show_default=True,
    help="What joins two items: a descriptor that one person gave both, or one who likes both.",
)
@click.option(
    "--min-plays",
    type=NOT_BELOW_0,
    default=1.0,
    show_default=True,
    help="From how many plays a row is a favour.",
)
@click.option("--min-rating", type=float, help="From which rating a row is a favour.")
@click.option("--tower", type=FILE, help="The tower.npz of `align`, for items that were heard.")
@click.option("--encoder", help="Which encoder to adapt (default: the bundled one).")
@click.option("--requests", multiple=True, help="Pairs of stage 1 (default: the repository's).")
@click.option("--dev", multiple=True, help="Requests to measure on (default: the repository's).")
@click.option("--aa", type=NOT_BELOW_0, help="Weight of trigger and recommended (default: 1).")
@click.option("--af", type=NOT_BELOW_0, help="Weight of trigger and fused (default: 1).")
@click.option("--at", type=NOT_BELOW_0, help="Weight of recommended and text (default: 1).")
@click.option("--replay", type=NOT_BELOW_0, help="Weight of the pairs of stage 1 (default: 1).")
@click.option("--rank", type=click.IntRange(1), help="Of the adapter (default: 32).")
@click.option("--steps", type=click.IntRange(1), help="Of the training (default: 250).")
@click.option("--batch", type=click.IntRange(2), help="Triplets of a step (default: 256).")
@click.option("--lr", type=ABOVE_0, help="Peak learning rate (default: 1e-3).")
@click.option(
    "--strength",
    type=NOT_BELOW_0,
    default=1.0,
    show_default=True,
    help="How much of the adapter is written, and measured beside 1.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
def prefer(
    out: Path,
    source: Any,
    encoder: str | None,
    strength: float,
    seed: int,
    device: Device,
    **given: Any,
) -> None:
    """Train an adapter of the encoder from what people like.

    ITEMS has id and descriptors, FAVOURS user and item and, if known, plays, rating and descriptors
    that the user gave; TSV, CSV or JSONL, also with .gz. Prints a table of measures on people who
    are held out, and the folder of the adapter.
    """
    from ..favours.prefer import REPORT, Preferring
    from ..favours.report import table_of

    inputs, options = _inputs(given), _options(given)
    run = Preferring(inputs, source, encoder, out, seed, device, strength, options, _say)
    folder = run.run()
    report = json.loads((folder / REPORT).read_text("utf-8"))
    click.echo(table_of(report["measures"]))
    for name, one in report["dev"].items():
        click.echo(
            f"{name}: {one['gained']} dev requests find more, {one['lost']} less "
            f"({100 * one['mean']:+.1f} points, standard error {100 * one['error']:.1f})"
        )
    click.echo(folder)


def _inputs(given: dict[str, Any]) -> Inputs:
    from ..favours.material import Inputs
    from ..favours.people import Least

    made = Inputs(
        given["items"],
        given["favours"],
        given["words"],
        given["dev_favours"],
        given["tower"],
        least=Least(given["min_plays"], given["min_rating"]),
    )
    return replace(made, **{name: given[name] for name in ("requests", "dev") if given[name]})


def _options(given: dict[str, Any]) -> PreferOptions:
    from ..favours.learning import PreferOptions

    def over(held: Any, **names: str) -> Any:
        values = {name: given[option] for name, option in names.items()}
        return replace(held, **{name: one for name, one in values.items() if one is not None})

    options = PreferOptions()
    weights = over(
        options.weights, trigger_recommended="aa", trigger_fused="af", recommended_text="at"
    )
    descent = over(options.descent, batch="batch", lr="lr")
    made: PreferOptions = over(options, rank="rank", steps="steps", replay="replay")
    return replace(made, weights=weights, descent=descent)


def _say(text: str) -> None:
    click.echo(text, err=True)
