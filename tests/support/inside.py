"""Run beet in this process: as true as a process of its own, and ten times as fast.

Only where very many commands are to be run: what is loaded when, and what a terminal shows, needs a
real process (tests/support/home.py).
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import beets
from beets import plugins, ui
from beets.library import Library
from beets.util import cached_classproperty

from tests.support.home import Home


class _Terminal(io.StringIO):
    """A stdin on which nothing is typed."""

    def isatty(self) -> bool:
        return True


def beet(home: Home, *args: str) -> str:
    """Run a command, as if typed, with config and plugins read anew; return what it printed.

    Raises what `beet` would report as an error.
    """
    printed = io.StringIO()
    typed = patch.object(sys, "stdin", _Terminal())
    with patch.dict(os.environ, home.environment), redirect_stdout(printed), typed, _own_world():
        ui._raw_main(list(args))
    return printed.getvalue()


def made(folder: Path, tracks: dict[str, list[str]], **more: Any) -> Home:
    """Return an indexed home of tracks by different artists: title -> genres."""
    home = Home(folder)
    home.configure(file_tags=False, playlist={"playlist_dir": str(folder / "lists")}, **more)
    home.add(
        *(
            {"artist": f"By {title}", "title": title, "genres": genres, "length": 200.0}
            for title, genres in tracks.items()
        )
    )
    home.make_files()
    beet(home, "melindex")
    return home


def ask(home: Home, *args: str) -> dict[str, Any]:
    """Run `beet describe --json` and return the object."""
    found: dict[str, Any] = json.loads(beet(home, "describe", "--json", *args))
    return found


def titles(found: dict[str, Any]) -> list[str]:
    """Return the titles of an answer's tracks, in order."""
    return [track["title"] for track in found["tracks"]]


@contextmanager
def library(home: Home) -> Iterator[Library]:
    """Open the library as a command does before it runs, with the plugins of the config."""
    with patch.dict(os.environ, home.environment), _own_world():
        plugins.load_plugins()
        opened = ui._open_library(beets.config)
        plugins.send("library_opened", lib=opened)
        yield opened


@contextmanager
def _own_world() -> Iterator[None]:
    """Keep what beets holds for the rest of a process from before and behind out."""
    opened: list[Library] = []
    open_library = ui._open_library
    config = {**vars(beets.config), "sources": list(beets.config.sources)}

    def opening(config: Any) -> Library:
        opened.append(open_library(config))
        return opened[-1]

    _forget()
    beets.config.read()
    try:
        with patch.object(ui, "_open_library", opening):
            yield
    finally:
        _forget()
        vars(beets.config).update(config)
        for library in opened:  # beets leaves that to the end of the process when a command fails
            library._close()


def _forget() -> None:
    beets.config.clear()
    plugins._instances.clear()
    plugins.BeetsPlugin.listeners.clear()
    plugins.BeetsPlugin._raw_listeners.clear()
    cached_classproperty.cache.clear()
