"""A person's beets home for tests: a real library on disk, and the real `beet` command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import beets
import yaml
from beets.library import Item, Library

from benchmarks.speed.process import open_terminal
from tests.support import forked

BEET = Path(sys.executable).with_name("beet")


class Home:
    """A folder with config.yaml, library.db and music.

    `beet` runs the command as a person would.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.music = folder / "music"
        self.music.mkdir()
        self.database = folder / "library.db"
        self.index = folder / "library.db.melscribe"
        self.database.write_bytes(_empty_library())
        self.configure()

    def configure(
        self, *, plugins: str = "melscribe", pluginpath: Path | None = None, **melscribe: Any
    ) -> None:
        """Write config.yaml anew with these settings of the plugin.

        Unless told otherwise every score is let in, since in a handful of tracks chance lies close,
        and nothing happens by itself when a command ends.
        """
        config = {
            "pluginpath": [] if pluginpath is None else [str(pluginpath)],
            "plugins": plugins.split(),
            "directory": str(self.music),
            "library": str(self.database),
            "create_backup_before_migrations": False,
            "import": {"copy": False, "autotag": False, "quiet": True},
            "melscribe": {"min_score": 0, "auto": False, **melscribe},
        }
        (self.folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")

    def with_settings(self, **settings: Any) -> Home:
        """Return a home with other settings (see `configure`) on the same library and music."""
        other = copy(self)
        other.folder = Path(tempfile.mkdtemp(dir=self.folder))
        other.configure(**settings)
        return other

    def library(self) -> Library:
        """Open the library in this process; close it with `_close` before the next command."""
        return Library(str(self.database), str(self.music))

    def add(self, *tracks: dict[str, Any]) -> list[int]:
        """Add tracks by their fields and return their ids; there are no files behind them."""
        lib = self.library()
        ids: list[int] = []
        with lib.transaction():
            for number, fields in enumerate(tracks):
                path = os.fsencode(self.music / f"{number}-{fields.get('title', '')}.mp3")
                added = lib.add(Item(**{"path": path, **fields}))
                assert added is not None
                ids.append(added)
        lib._close()
        return ids

    def make_files(self) -> None:
        """Put a file where each track's is; it holds no audio."""
        lib = self.library()
        for item in lib.items():
            Path(os.fsdecode(item.path)).write_bytes(b"no audio")
        lib._close()

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which `beet` finds this home."""
        return {**os.environ, "BEETSDIR": str(self.folder)}

    def beet(
        self,
        *args: str,
        code: int | None = 0,
        env: dict[str, str] | None = None,
        typed: bool = True,
        fork: bool = True,
        **options: Any,
    ) -> subprocess.CompletedProcess[str]:
        """Run beet and check its exit code (None: any), and that no traceback was shown.

        stdin is a terminal, on which nothing is typed, or what `input` or `stdin` says; with
        `typed=False` it is empty, as for what cron starts. The process is forked from one that has
        beets loaded (see tests/support/forked.py), which saves most of the time, unless there are
        options of subprocess.run, an environment, or `fork` is False.
        """
        with open_terminal() as terminal:
            if fork and env is None and not options:
                done = _forked(args, self.environment, terminal if typed else None)
            else:
                if not options.keys() & {"input", "stdin"}:
                    options["stdin"] = terminal if typed else subprocess.DEVNULL
                done = subprocess.run(
                    [str(BEET), *args],
                    env={**self.environment, **(env or {})},
                    **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
                    encoding="utf-8",
                    timeout=forked.PATIENCE,
                )
        assert "Traceback" not in (done.stderr or ""), done.stderr
        assert code in (None, done.returncode), (done.returncode, done.stdout, done.stderr)
        return done

    def ask(self, *args: str, **options: Any) -> dict[str, Any]:
        """Run `beet describe --json` and return the object."""
        found: dict[str, Any] = json.loads(self.beet("describe", "--json", *args, **options).stdout)
        return found

    def titles(self, *args: str) -> list[str]:
        """Return the titles that a description finds, in order."""
        return [track["title"] for track in self.ask(*args)["tracks"]]

    def chat(self, turns: Sequence[str], *args: str) -> list[dict[str, Any]]:
        """Run `beet describe --chat --json` on lines from a pipe; return the object of each."""
        return list(_objects(self.say(turns, "--json", *args).stdout))

    def say(
        self, turns: Sequence[str], *args: str, code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run `beet describe --chat` on lines from a pipe; check its exit code."""
        reading, writing = os.pipe()
        with os.fdopen(writing, "w", encoding="utf-8") as pipe, os.fdopen(reading) as lines:
            pipe.writelines(f"{turn}\n" for turn in turns)
            pipe.close()
            done = _forked(("describe", "--chat", *args), self.environment, lines.fileno())
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done


def _forked(
    args: Sequence[str], environment: Mapping[str, str], terminal: int | None
) -> subprocess.CompletedProcess[str]:
    """Run beet in a fork, on a terminal or with nothing on stdin."""
    with (
        Path(os.devnull).open("rb") as nothing,
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as err,
    ):
        stdin = nothing.fileno() if terminal is None else terminal
        code = forked.run(args, environment, stdin, out.fileno(), err.fileno())
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess([str(BEET), *args], code, out.read(), err.read())


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a text, one after another."""
    while text := text.lstrip():
        found, end = json.JSONDecoder().raw_decode(text)
        yield found
        text = text[end:]


@cache
def _empty_library() -> bytes:
    """Return the bytes of a library without tracks: beets' migrations take longer than a test."""
    beets.config["create_backup_before_migrations"] = False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.db"
        Library(str(path), folder)._close()
        return path.read_bytes()
