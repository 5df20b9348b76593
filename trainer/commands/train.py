"""The commands that train: each runs the stages up to its own, reusing what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melscribe_core.errors import MelScribeError
from melscribe_trainer.devices import is_first_process

if TYPE_CHECKING:
    from melscribe_trainer.pipeline import Run

SOURCES = (
    ("--musiccaps", "MusicCaps: the public CSV, or JSONL of id, caption, tags; repeatable."),
    ("--lp-musiccaps", "LP-MusicCaps: a file, a folder or a hub name; repeatable."),
    ("--requests", "Requests: JSONL of region, tags, requests; repeatable."),
    ("--beir", "A BEIR folder with qrels/train.tsv; repeatable."),
    ("--teacher-data", "What the teacher alone learns from, instead of the above; repeatable."),
    ("--dev", "What progress is measured on: captions, requests or a BEIR folder; repeatable."),
)
HELP = {
    "prepare": "Make queries and their right texts of the data.",
    "mine": "Find texts that rank high and answer nothing.",
    "teach": "Tune the cross-encoder, the teacher.",
    "label": "Let the teacher judge positives against negatives.",
    "fit": "Tune the bi-encoder.",
    "average": "Average the weights of the tuned runs and of the base.",
    "all": "Run every stage, from the data to the model that ships.",
}


def training_commands() -> list[click.Command]:
    """Return the commands, in the order of the stages."""
    return [_command(name) for name in HELP] + [settings]


@click.command()
@click.option("--preset", type=click.Choice(["paper", "melscribe"]), default="melscribe")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change a setting.")
def settings(preset: str, changes: tuple[str, ...]) -> None:
    """Print every setting of a preset, one a line."""
    from melscribe_trainer.recipes import PRESETS, change
    from melscribe_trainer.recipes import settings as listed

    with _one_sentence():
        for name, value in listed(change(PRESETS[preset], changes)):
            click.echo(f"{name}={','.join(value) if isinstance(value, tuple) else value}")


def _command(name: str) -> click.Command:
    def until(**options: Any) -> None:
        with _one_sentence():
            stages = _run(**options).until("export" if name == "all" else name)
        if is_first_process():
            click.echo(stages[-1].folder)

    command = click.command(name, help=HELP[name])(until)
    for add in reversed(_options()):
        command = add(command)
    return command


def _options() -> list[Callable[[Any], Any]]:
    presets = click.Choice(["paper", "melscribe"])
    devices = click.Choice(["auto", "cpu", "cuda"])
    out = click.Path(path_type=Path, file_okay=False)
    return [
        *(click.option(name, multiple=True, help=text) for name, text in SOURCES),
        click.option("--preset", type=presets, default="melscribe", show_default=True),
        click.option("--base", help="The model to start from, a folder or hub name."),
        click.option("--out", type=out, required=True, help="Folder of the stages' folders."),
        click.option("--seed", type=int, default=0, show_default=True),
        click.option("--device", type=devices, default="auto", show_default=True),
        click.option(
            "--set",
            "changes",
            multiple=True,
            metavar="NAME=VALUE",
            help="Change a setting, such as fit.rows.epochs=5; see `settings`.",
        ),
    ]


def _run(
    *,
    preset: str,
    base: str | None,
    out: Path,
    seed: int,
    device: Any,
    changes: tuple[str, ...],
    **sources: tuple[str, ...],
) -> Run:
    from melscribe_trainer.pipeline import Run, Sources
    from melscribe_trainer.recipes import PRESETS, change

    recipe = change(PRESETS[preset], (*([f"base={base}"] if base else []), *changes))
    return Run(recipe, Sources(**sources), out, seed, device, _say)


def _say(text: str) -> None:
    if is_first_process():
        click.echo(text, err=True)


class _one_sentence:  # noqa: N801  # used like a function
    """Turn what a person can act on into one sentence and an exit status."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, MelScribeError):
            raise click.ClickException(str(error)) from error
        if isinstance(error, KeyboardInterrupt):
            click.echo("Stopped; finished stages are kept, the same command goes on.", err=True)
            raise SystemExit(130) from error
