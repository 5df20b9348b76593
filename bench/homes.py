"""A beets home of its own: a folder with a configuration and a copy of one library."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.process import Usage, environment, measure

BEET = Path(sys.executable).with_name("beet")
ROOT = Path(__file__).parent.parent
SILENCE = ROOT / "tests" / "data" / "audio" / "silence.mp3"
CONFIG = """\
directory: {folder}/music
library: {folder}/library.db
plugins: [{plugins}]
melscribe: {settings}
"""


class Home:
    """A folder that `beet` takes for its own (BEETSDIR), with or without plugins."""

    def __init__(
        self, folder: Path, seed: Path, plugins: Sequence[str] = (), **settings: str | float
    ) -> None:
        """Copy the library; `settings` are the plugin's."""
        self.folder = folder
        self._seed = seed
        self._plugins = plugins
        self._settings = settings
        self.renew()

    @property
    def library(self) -> Path:
        """The library database."""
        return self.folder / "library.db"

    @property
    def index(self) -> Path:
        """The file that `beet melindex` writes."""
        return self.library.with_name("library.db.melscribe")

    def renew(self) -> None:
        """Begin again with the library as it was and nothing beside it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        shutil.copyfile(self._seed, self.library)
        config = CONFIG.format(
            folder=self.folder,
            plugins=", ".join(self._plugins),
            settings=json.dumps(self._settings),  # which is YAML too
        )
        (self.folder / "config.yaml").write_text(config, encoding="utf-8")

    def beet(self, *words: str) -> Usage:
        """Run one beets command here."""
        return measure([str(BEET), *words], environment(BEETSDIR=str(self.folder)))

    def sizes(self) -> dict[str, int]:
        """Return the bytes of every file that lies beside what was put here, by name."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.folder)): path.stat().st_size
            for path in files
            if path.name not in ("library.db", "config.yaml", "state.pickle")
        }


def run_module(name: str, *words: str, besides: Path | None = None, **more: str) -> Usage:
    """Run `python -m name words...` with the modules of this repository and of another folder.

    `more` is added to the environment.
    """
    folders = [str(folder) for folder in (ROOT, besides) if folder]
    path = environment(PYTHONPATH=os.pathsep.join(folders), **more)
    return measure([sys.executable, "-m", name, *words], path)


def new_library(folder: Path, *source: str) -> tuple[Path, dict[str, int]]:
    """Write a collection (see bench.collection) into a new folder; return its library and counts.

    Like all that takes memory it is done in a process of its own: what this one holds would count
    in whatever it measures.
    """
    made: dict[str, int] = json.loads(run_module("bench.collection", str(folder), *source).output)
    return folder / "library.db", made


def plain_weights(given: Path | None) -> str:
    """Return the folder of all-MiniLM-L6-v2 or of the weights given instead."""
    if given:
        return str(given.resolve())
    return run_module("bench.weights", str(ROOT / ".bench")).output.strip()
