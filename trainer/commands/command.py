"""The command class of the trainer: how an error becomes a message and an exit status."""

from __future__ import annotations

from typing import Any

import click

from melscribe_core.errors import MelScribeError


class Command(click.Command):
    """A command that ends in one sentence: status 1 for MelScribeError, 130 when interrupted.

    `stopped`: the sentence for an interrupt.
    """

    def __init__(self, *args: Any, stopped: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stopped = stopped

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except MelScribeError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt as error:
            click.echo(self.stopped, err=True)
            raise SystemExit(130) from error
