"""The command line `melscribe-train`: its commands, in the order of use."""

from __future__ import annotations

import click

from .commands.evaluate import evaluate
from .commands.export import export
from .commands.generate import caption, rephrase
from .commands.train import settings, stage_commands


@click.group()
def main() -> None:
    """Train, evaluate and export MelScribe's encoder."""


for command in (*stage_commands(), settings, evaluate, rephrase, caption, export):
    main.add_command(command)
