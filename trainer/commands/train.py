"""The commands of the stages, and `settings`.

A stage's command runs the stages up to its own; finished equal ones are reused.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from ..devices import Device, is_first_process
from .command import Command

PRESET_NAMES = click.Choice(["paper", "melscribe"])
STOPPED = "Stopped; finished stages are kept, the same command goes on."
SOURCES = (
    ("--musiccaps", "MusicCaps: the public CSV, or JSONL of id, caption, tags; repeatable."),
    ("--lp-musiccaps", "LP-MusicCaps: a file, a folder or a hub name; repeatable."),
    ("--requests", "Requests: JSONL of region, tags, requests; repeatable."),
    ("--beir", "A BEIR folder with qrels/train.tsv; repeatable."),
    ("--teacher-data", "Data for the teacher alone, instead of the above; repeatable."),
    ("--dev", "Data to measure progress on: captions, requests or a BEIR folder; repeatable."),
)
HELP = {
    "prepare": "Make training pairs and dev tests from the data.",
    "mine": "Find hard negatives: texts that rank high and are not relevant.",
    "teach": "Tune the cross-encoder, the teacher.",
    "label": "Let the teacher score positives and hard negatives.",
    "fit": "Tune the bi-encoder.",
    "gpl": "Tune another run, on the teacher's margins.",
    "average": "Average the weights of the tuned runs and of the base.",
    "all": "Run every stage, from the data to the exported model.",
}


def stage_commands() -> list[click.Command]:
    """Return the commands in the order of the stages."""
    return [_stage_command(name) for name in HELP]


@click.command(cls=Command, stopped="Stopped.")
@click.option("--preset", type=PRESET_NAMES, default="melscribe")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change a setting.")
def settings(preset: str, changes: tuple[str, ...]) -> None:
    """Print every setting of a preset, one per line."""
    from ..recipes import PRESETS, change
    from ..recipes import settings as listed

    for name, value in listed(change(PRESETS[preset], changes)):
        click.echo(f"{name}={','.join(value) if isinstance(value, tuple) else value}")


def _stage_command(name: str) -> click.Command:
    run = partial(_run_until, "export" if name == "all" else name)
    return Command(name, callback=run, params=_options(), help=HELP[name], stopped=STOPPED)


def _options() -> list[click.Parameter]:
    devices = click.Choice(["auto", "cpu", "cuda"])
    folder = click.Path(path_type=Path, file_okay=False)
    change = "Change a setting, such as fit.rows.epochs=5; see `settings`."
    return [
        *(click.Option([name], multiple=True, help=text) for name, text in SOURCES),
        click.Option(["--preset"], type=PRESET_NAMES, default="melscribe", show_default=True),
        click.Option(["--base"], help="The model to start from, a folder or hub name."),
        click.Option(["--out"], type=folder, required=True, help="Folder of the stages' folders."),
        click.Option(["--seed"], type=int, default=0, show_default=True),
        click.Option(["--device"], type=devices, default="auto", show_default=True),
        click.Option(["--set", "changes"], multiple=True, metavar="NAME=VALUE", help=change),
    ]


def _run_until(
    last: str,
    *,
    preset: str,
    base: str | None,
    out: Path,
    seed: int,
    device: Device,
    changes: tuple[str, ...],
    **sources: tuple[str, ...],
) -> None:
    """Run the stages up to `last` and print the folder of the last one."""
    from ..data.sources import Sources
    from ..pipeline import Run
    from ..recipes import PRESETS, change

    recipe = change(PRESETS[preset], (*([f"base={base}"] if base else []), *changes))
    stages = Run(recipe, Sources(**sources), out, seed, device, _say).until(last)
    if is_first_process():
        click.echo(stages[-1].folder)


def _say(text: str) -> None:
    if is_first_process():
        click.echo(text, err=True)
