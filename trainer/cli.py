"""The command line `melscribe-train`: its commands, in the order of use."""

from __future__ import annotations

import click

from .commands.align import align
from .commands.evaluate import evaluate
from .commands.export import export
from .commands.generate import caption, rephrase
from .commands.hearing import hearing_export
from .commands.prefer import prefer
from .commands.train import settings, stage_commands
from .commands.weights import restore, soup


@click.group()
def main() -> None:
    """Train, evaluate and export MelScribe's encoder; export the nets that hear tracks."""


for command in (
    *stage_commands(),
    settings,
    evaluate,
    rephrase,
    caption,
    export,
    soup,
    restore,
    hearing_export,
    align,
    prefer,
):
    main.add_command(command)
