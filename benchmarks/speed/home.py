"""A beets home for measurements: a folder with a configuration and a copy of one library."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.paths import DOWNLOADS, ROOT
from benchmarks.speed.process import Usage, environment, measure

BEET = Path(sys.executable).with_name("beet")
CONFIG = """\
directory: {folder}/music
library: {folder}/library.db
plugins: [{plugins}]
melscribe: {settings}
"""


class Home:
    """A BEETSDIR with or without plugins."""

    def __init__(
        self, folder: Path, seed: Path, plugins: Sequence[str] = (), **settings: str | float
    ) -> None:
        """Copy the library `seed`; `settings` are those of the plugin."""
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
        """Delete everything and copy the library again."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        shutil.copyfile(self._seed, self.library)
        config = CONFIG.format(
            folder=self.folder,
            plugins=", ".join(self._plugins),
            settings=json.dumps(self._settings),  # JSON is YAML
        )
        (self.folder / "config.yaml").write_text(config, encoding="utf-8")

    def beet(self, *words: str) -> Usage:
        """Run one beets command in this home. Raises BenchError if it fails."""
        return measure([str(BEET), *words], environment(BEETSDIR=str(self.folder)))

    def sizes(self) -> dict[str, int]:
        """Return the bytes of every file that the plugin added, by name."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.folder)): path.stat().st_size
            for path in files
            if path.name not in ("library.db", "config.yaml", "state.pickle")
        }


def run_module(name: str, *words: str, besides: Path | None = None, **more: str) -> Usage:
    """Run `python -m name words...` with the modules of this repository and of `besides`.

    `more` is added to the environment. Raises BenchError if it fails.
    """
    folders = [str(folder) for folder in (ROOT, besides) if folder]
    path = environment(PYTHONPATH=os.pathsep.join(folders), **more)
    return measure([sys.executable, "-m", name, *words], path)


def new_library(folder: Path, *source: str) -> tuple[Path, dict[str, int]]:
    """Write a collection into a new folder; return the path of its library, and its counts.

    `source` are options of benchmarks.speed.collection. It runs in its own process, because the
    memory of this process would count in the peaks that it measures.
    """
    made: dict[str, int] = json.loads(
        run_module("benchmarks.speed.collection", str(folder), *source).output
    )
    return folder / "library.db", made


def plain_weights(given: Path | None) -> str:
    """Return the given folder of weights, or all-MiniLM-L6-v2, downloaded if necessary."""
    if given:
        return str(given.resolve())
    return run_module("benchmarks.speed.weights", str(DOWNLOADS)).output.strip()
