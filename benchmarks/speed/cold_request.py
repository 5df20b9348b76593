"""Measure the processor time of a cold `beet describe`, part by part.

    python -m benchmarks.speed.cold_request FOLDER "melancholic acoustic pop"

FOLDER is a beets home (BEETSDIR) whose index is current. Each of several processes runs the command
once with the functions of PARTS timed. The time of a part excludes the parts called inside it, so
the parts add up to the whole process. Modules are imported before the command runs: this costs the
same, and separates the time of an import from the time of its first use. The encoder, which the
command loads in the background, is loaded with its first text.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.speed.home import run_module
from benchmarks.speed.machine import heading, use_cores
from benchmarks.speed.table import markdown

START, END = "Python, and beets before it reads the command", "the end of the process"
BEETS = "beets: config, plugins, library, database"
IMPORTS = (
    ("imports of numpy, which beets' own commands load too", ("numpy",)),
    ("imports of onnxruntime", ("onnxruntime",)),
    ("imports of tokenizers", ("tokenizers",)),
    (
        "imports of our own modules",
        ("beetsplug.melscribe.describe", "melscribe_core.encoder.encoder"),
    ),
)
# Each part with its function: module, class or "", name.
PARTS: tuple[tuple[str, str, str, str], ...] = (
    (BEETS, "beets.ui", "", "main"),
    ("opening the index", "beetsplug.melscribe.describe", "", "with_index"),
    ("is the index up to date?", "beetsplug.melscribe.index", "LibraryIndex", "bring_up_to_date"),
    ("reading the request", "beetsplug.melscribe.words", "", "parse"),
    ("... the words that the grammar knows", "melscribe_core.request.request", "", "grammar"),
    ("names and constraints", "beetsplug.melscribe.conversation", "", "resolve_parsed"),
    ("one encoding", "melscribe_core.encoder.onnx", "ExportedEncoder", "encode"),
    ("the scan, and the scale of the cosines", "melscribe_core.search.search", "Search", "ask"),
    ("scoring the candidates", "melscribe_core.search.search", "Search", "_scores"),
    ("choosing the playlist", "beetsplug.melscribe.answer", "", "choose"),
    ("reading the chosen tracks from beets", "beetsplug.melscribe.library", "", "items_by_id"),
    ("saving the request for --again", "beetsplug.melscribe.talk_file", "", "keep"),
    ("printing", "beetsplug.melscribe.output", "", "as_json"),
)
ORDER = [START, BEETS, *(name for name, _ in IMPORTS), *(part[0] for part in PARTS[1:]), END]


class Clock:
    """Processor time by part, for parts that are nested."""

    def __init__(self, now: Callable[[], float] = time.process_time) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._now = now
        self._inside = [START]
        self._since = 0.0  # process_time counts from the start of the process

    @contextmanager
    def inside(self, part: str) -> Iterator[None]:
        """Count the time of the block as this part's."""
        self._turn()
        self._inside.append(part)
        try:
            yield
        finally:
            self._turn()
            self._inside.pop()

    def _turn(self) -> None:
        now = self._now()
        self.spent[self._inside[-1]] += now - self._since
        self._since = now

    def time(self, part: str, module: str, owner: str, name: str) -> None:
        """Replace a function by one whose time is counted as the part's."""
        holder: Any = import_module(module)
        holder = getattr(holder, owner) if owner else holder
        function = getattr(holder, name)

        def timed(*args: Any, **options: Any) -> Any:
            with self.inside(part):
                return function(*args, **options)

        setattr(holder, name, timed)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _options(words)
    if options.once:
        print(json.dumps(_once(options.request)))
        return
    cores = use_cores(options.cores)
    runs = [_run(options) for _ in range(options.repeats + 1)][1:]  # the first fills the cache
    print(f"{heading('benchmarks.speed.cold_request', words, cores)}\n\n{render(runs)}")


def render(runs: Sequence[dict[str, float]]) -> str:
    """Return the table: the median of each part in ms, and its share of the sum of medians."""
    middle = {part: median(run.get(part, 0.0) for run in runs) for part in ORDER}
    whole = sum(middle.values())
    lines = [[part, f"{1000 * t:.2f}", f"{t / whole:.0%}"] for part, t in middle.items()]
    return markdown(("part", "ms", "share"), [*lines, ["together", f"{1000 * whole:.0f}", ""]])


def _run(options: argparse.Namespace) -> dict[str, float]:
    """Return the seconds of each part, measured in a new process."""
    home = str(options.folder.resolve())
    used = run_module(
        "benchmarks.speed.cold_request", home, options.request, "--once", BEETSDIR=home
    )
    spent: dict[str, float] = json.loads(used.output.splitlines()[-1])
    return {**spent, END: max(0.0, used.cpu - sum(spent.values()))}


def _once(request: str) -> dict[str, float]:
    """Run the command in this process; return the seconds of each part."""
    clock = Clock()
    ui = import_module("beets.ui")
    for part, modules in IMPORTS:
        with clock.inside(part):
            for module in modules:
                import_module(module)
    for function in PARTS:
        clock.time(*function)
    # In one thread: the clock is that of the process.
    setattr(import_module("beetsplug.melscribe.index"), "prepare", lambda _: None)  # noqa: B010
    with redirect_stdout(io.StringIO()):
        ui.main(["describe", request, "--json"])
    return dict(clock.spent)


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.cold_request",
        description="Measure the parts of a cold request.",
    )
    parser.add_argument("folder", type=Path, help="a beets home with an index")
    parser.add_argument("request", help="what to describe")
    parser.add_argument("--repeats", type=int, default=9, help="processes")
    parser.add_argument("--cores", type=int, default=2, help="cores to use")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
