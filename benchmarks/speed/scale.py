"""Measure libraries of growing size, and the exponent by which each number grows.

    python -m benchmarks.speed.scale --data library.tsv.gz
    python -m benchmarks.speed.scale --sizes 1000,10000 --out README.md --plot scale.png

Tracks are drawn from the table (`collection.resampled`), or made up without `--data`. README.md
explains the rows.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import connect
from statistics import median
from typing import Any

from benchmarks.paths import REQUESTS
from benchmarks.quality.candidate_recall import read_requests
from benchmarks.speed.home import Home, new_library, run_module
from benchmarks.speed.machine import heading, use_cores
from benchmarks.speed.process import BenchError, Usage
from benchmarks.speed.rounds import say, short_rounds
from benchmarks.speed.table import markdown, write_between

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ASKED = 60  # development requests answered in one process
STEPS = ("version", "describe", "melindex", "melindex, one modified")
PLACE = "growing libraries"  # in the document, see table.write_between


@dataclass(frozen=True)
class Point:
    """Measurements of one size; `library` and `disk` (the index) are bytes."""

    tracks: int
    texts: int
    first: Usage
    samples: dict[str, list[Usage]]
    warm: dict[str, Any]  # printed by warm_requests
    plain: dict[str, Any]  # the same for requests without constraints
    library: int
    disk: int


Value = Callable[[Point], float]

ROWS: tuple[tuple[str, Value, str], ...] = (
    ("distinct descriptor sets", lambda p: p.texts, ",.0f"),
    ("first `melindex`, s", lambda p: p.first.wall, ".1f"),
    ("... processor, s", lambda p: p.first.cpu, ".1f"),
    ("... tracks/s", lambda p: p.tracks / p.first.wall, ",.0f"),
    ("... peak memory, MB", lambda p: p.first.peak / 1e6, ",.0f"),
    ("`melindex`, nothing changed, s", lambda p: _wall(p, "melindex"), ".2f"),
    ("`melindex`, one track modified, s", lambda p: _wall(p, "melindex, one modified"), ".2f"),
    ("... peak memory, MB", lambda p: _peak(p, "melindex, one modified"), ",.0f"),
    ("`beet version`, processor, s", lambda p: _cpu(p, "version"), ".3f"),
    ("cold `describe`, s", lambda p: _wall(p, "describe"), ".2f"),
    ("... processor, s", lambda p: _cpu(p, "describe"), ".3f"),
    ("... peak memory, MB", lambda p: _peak(p, "describe"), ",.0f"),
    ("warm answer, plain request, ms", lambda p: p.plain["median"] * 1000, ".1f"),
    ("... processor, ms", lambda p: p.plain["cpu"] * 1000, ".1f"),
    ("warm answer, any request, ms", lambda p: p.warm["median"] * 1000, ".1f"),
    ("... 95th percentile, ms", lambda p: p.warm["slow"] * 1000, ".1f"),
    ("on disk: library, MB", lambda p: p.library / 1e6, ",.1f"),
    ("on disk: index, MB", lambda p: p.disk / 1e6, ",.1f"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _options(words)
    cores = use_cores(options.cores)
    try:
        points = [measured(options, size) for size in sorted(options.sizes)]
        text = f"{heading('benchmarks.speed.scale', words, cores)}\n\n{render(points)}"
        print(text)
        if options.plot:
            draw(points, options.plot)
        if options.out:
            write_between(options.out, text, PLACE)
    except BenchError as error:
        sys.exit(str(error))


def measured(options: argparse.Namespace, size: int) -> Point:
    """Measure a library of one size in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="melscribe-scale-", dir=options.tmp) as folder:
        return _measured(options, size, Path(folder))


def _measured(options: argparse.Namespace, size: int, folder: Path) -> Point:
    say(f"a library of {size:,} tracks")
    seed, made = new_library(folder / "seed", *_source(options, size))
    own, bare = Home(folder / "own", seed, ["melscribe"]), Home(folder / "bare", seed)
    say("first melindex")
    first = own.beet("melindex")
    samples = short_rounds(bare, own, options.repeats, say, STEPS)
    say("requests in one process")
    warm, plain = (_warm(own, options, demanding=demanding) for demanding in (True, False))
    with closing(connect(own.index)) as db:
        ((texts,),) = db.execute("SELECT count(*) FROM texts")
    disk = sum(own.sizes().values())
    return Point(
        made["tracks"], texts, first, samples, warm, plain, own.library.stat().st_size, disk
    )


def _source(options: argparse.Namespace, size: int) -> list[str]:
    if options.data:
        return ["--data", str(options.data.resolve()), "--tracks", str(size)]
    return ["--synthetic", str(size)]


def _warm(own: Home, options: argparse.Namespace, *, demanding: bool) -> dict[str, Any]:
    requests = own.folder.with_name("requests.jsonl")
    asked = chosen_requests(read_requests(REQUESTS / "dev.jsonl"), options.requests, demanding)
    requests.write_text("".join(f"{json.dumps([one, None])}\n" for one in asked), encoding="utf-8")
    found = run_module(
        "benchmarks.speed.warm_requests", str(own.library), "--requests", str(requests)
    )
    warm: dict[str, Any] = json.loads(found.output)
    return warm


def chosen_requests(requests: Sequence[str], count: int, demanding: bool) -> list[str]:
    """Return `count` of the requests, always the same.

    Unless `demanding`, requests with constraints are left out: years, tempo, length, artists,
    examples or exclusions, for which the library itself is read.
    """
    from melscribe_core.request.request import parse

    order = random.Random(1).sample(requests, len(requests))
    if not demanding:
        order = [one for one in order if parse(one).as_dict().keys() == {"text", "about"}]
    return order[:count]


def render(points: Sequence[Point]) -> str:
    """Return the table: a column for each size, and the exponent of the growth."""
    head = ["tracks", *(f"{point.tracks:,}" for point in points), "grows as tracks to the"]
    lines = [
        [what, *(format(value(point), form) for point in points), power(points, value)]
        for what, value, form in ROWS
    ]
    return markdown(head, lines)


def power(points: Sequence[Point], value: Value) -> str:
    """Return the exponent of the growth between the last two sizes, "" for one size."""
    if len(points) < 2:
        return ""
    before, last = points[-2:]
    return f"{math.log(value(last) / value(before)) / math.log(last.tracks / before.tracks):.2f}"


def draw(points: Sequence[Point], path: Path) -> None:
    """Draw a PNG of times, memory and disk over the number of tracks, on logarithmic axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    times, sizes = figure.subplots(1, 2)
    lines: tuple[tuple[Any, str, Value], ...] = (
        (times, "first melindex", lambda p: p.first.wall),
        (times, "melindex, nothing changed", lambda p: _wall(p, "melindex")),
        (times, "melindex, one modified", lambda p: _wall(p, "melindex, one modified")),
        (times, "cold describe", lambda p: _wall(p, "describe")),
        (times, "beet version", lambda p: _wall(p, "version")),
        (times, "warm answer, plain request", lambda p: p.plain["median"]),
        (sizes, "memory: first melindex", lambda p: p.first.peak / 1e6),
        (sizes, "memory: describe", lambda p: _peak(p, "describe")),
        (sizes, "disk: index", lambda p: p.disk / 1e6),
        (sizes, "disk: library", lambda p: p.library / 1e6),
    )
    tracks = [point.tracks for point in points]
    for axes, label, value in lines:
        axes.loglog(tracks, [value(point) for point in points], marker="o", label=label)
    for axes, unit in ((times, "seconds"), (sizes, "MB")):
        axes.set(xlabel="tracks", ylabel=unit)
        axes.grid(visible=True, which="both", alpha=0.3)
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=110)


def _wall(point: Point, step: str) -> float:
    return median(usage.wall for usage in point.samples[step])


def _cpu(point: Point, step: str) -> float:
    return median(usage.cpu for usage in point.samples[step])


def _peak(point: Point, step: str) -> float:
    return max(usage.peak for usage in point.samples[step]) / 1e6


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")]


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.scale", description="Measure libraries of growing size."
    )
    parser.add_argument("--data", type=Path, help="the table that tracks are drawn from")
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="tracks, joined by commas")
    parser.add_argument("--repeats", type=int, default=3, help="rounds of the short commands")
    parser.add_argument("--requests", type=int, default=ASKED, help="requests in one process")
    parser.add_argument("--cores", type=int, default=2, help="cores to use")
    parser.add_argument("--tmp", type=Path, help="folder for the libraries (1 GB for a million)")
    parser.add_argument("--plot", type=Path, help="PNG to draw")
    parser.add_argument("--out", type=Path, help="document in which to replace the table")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
