"""`beet describe --play`: start the music player through beets' play plugin and its settings."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import confuse
from beets import config
from beets.library import Item
from beets.ui import UserError

from beetsplug.melscribe.errors import path_of


def play(items: Sequence[Item], args: str | None, *, yes: bool) -> None:
    """Run `beet play` with these tracks in this order; `args` and `yes` are its options.

    The play plugin need not be enabled in the config. On success the player replaces this process,
    so code after the call does not run. Raises UserError when the player cannot be started.
    """
    from beetsplug.play import PlayPlugin

    command: Any = next(c for c in PlayPlugin().commands() if c.name == "play")
    for key in ("command", "relative_to"):  # a value of the wrong type would cause a traceback
        config["play"][key].get(confuse.Optional(confuse.String()))
    given = [*([f"--args={args}"] if args else []), *(["--yes"] if yes else [])]
    opts, _ = command.parser.parse_args(given)
    try:
        command.func(_Found([item for item in items if path_of(item)]), opts, [])
    except UnicodeDecodeError as error:
        raise UserError(
            f"play cannot pass {os.fsdecode(error.object)!r}, which is not UTF-8, by its name; set"
            " `play: raw: no` in your config"
        ) from error


def play_aside(items: Sequence[Item], args: str | None, *, yes: bool, quiet: bool = False) -> None:
    """Play as `play` does, in a process of its own, and return when that ends.

    The player has the terminal meanwhile, also its Ctrl-C. It does not read lines that come from a
    pipe; with `quiet` it writes to stderr what it would write to stdout.
    """
    import beetsplug.play as plugin

    replacing = plugin.play
    plugin.play = partial(replacing, keep_open=True)
    try:
        with _streams(quiet):
            play(items, args, yes=yes)
    finally:
        plugin.play = replacing


@contextmanager
def _streams(quiet: bool) -> Iterator[None]:
    """Give what is started other streams: see `play_aside`."""
    changed = {} if os.isatty(0) else {0: os.open(os.devnull, os.O_RDONLY)}
    if quiet:
        changed[1] = os.dup(2)
    kept = {stream: os.dup(stream) for stream in changed}
    try:
        for stream, other in changed.items():
            os.dup2(other, stream)
        yield
    finally:
        for stream, own in kept.items():
            os.dup2(own, stream)
            os.close(own)
            os.close(changed[stream])


class _Found:
    """Stand-in for the library that the play plugin queries: any query finds these tracks."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items

    def items(self, query: Sequence[str]) -> Sequence[Item]:
        """Return the tracks, in their order."""
        return self._items
