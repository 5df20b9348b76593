"""Measure the plugin on a whole collection and print the main table.

    python -m benchmarks.speed.run --data library.tsv.gz
    python -m benchmarks.speed.run                          # with 55,525 made-up tracks
    python -m benchmarks.speed.run --data library.tsv.gz --out benchmarks/speed/README.md

`--out` replaces the table in a document. README.md explains the rows and the plain script.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.paths import REQUESTS
from benchmarks.speed.home import Home, new_library, plain_weights, run_module
from benchmarks.speed.machine import heading, use_cores
from benchmarks.speed.process import BenchError
from benchmarks.speed.report import Measured, rows
from benchmarks.speed.rounds import long_runs, say, short_rounds
from benchmarks.speed.table import render, write_between

TRACKS = 55_525  # as in the real collection
QUICK_EVERY = 10


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _options(words)
    cores = use_cores(options.cores)
    try:
        with tempfile.TemporaryDirectory(prefix="melscribe-bench-") as folder:
            table = render(rows(measured(options, Path(folder))))
        spread = "Median (least to most); ratios are taken within a round."
        text = f"{heading('benchmarks.speed.run', words, cores)} {spread}\n\n{table}"
        print(text)
        if options.out:
            write_between(options.out, text)
    except BenchError as error:
        sys.exit(str(error))


def measured(options: argparse.Namespace, folder: Path) -> Measured:
    """Run all measurements in the folder, reporting progress on stderr."""
    seed, built = new_library(folder / "seed", *_source(options))
    say(f"the library: {built['tracks']:,} tracks, {built['albums']:,} albums")
    bare = Home(folder / "bare", seed)
    own = Home(folder / "own", seed, ["melscribe"])
    every = QUICK_EVERY if options.quick else 1
    weights = None if options.no_plain else plain_weights(options.weights)
    long = long_runs(own, weights, every, options.long_repeats, say)
    samples = short_rounds(bare, own, options.repeats, say)
    sizes = own.sizes()
    say("recall of the candidates")
    recall = run_module(
        "benchmarks.quality.candidate_recall",
        str(own.index),
        "--requests",
        str(options.requests / "dev.jsonl"),
    )
    size = own.library.stat().st_size
    return Measured(built["tracks"], samples, long, json.loads(recall.output), sizes, size)


def _source(options: argparse.Namespace) -> list[str]:
    if options.data:
        return ["--data", str(options.data.resolve())]
    return ["--synthetic", str(options.synthetic), "--requests", str(options.requests.resolve())]


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.run", description="Measure the plugin."
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--data", type=Path, help="a gzipped table of tracks")
    source.add_argument(
        "--synthetic", type=int, default=TRACKS, metavar="N", help="make up N tracks"
    )
    parser.add_argument("--requests", type=Path, default=REQUESTS, help="folder of our requests")
    parser.add_argument("--weights", type=Path, help="the plain script's weights (a folder)")
    parser.add_argument("--no-plain", action="store_true", help="skip the plain script")
    parser.add_argument("--repeats", type=int, default=7, help="rounds of the short commands")
    parser.add_argument("--long-repeats", type=int, default=3, help="first `melindex` runs")
    parser.add_argument("--cores", type=int, default=2, help="cores to use")
    parser.add_argument(
        "--quick", action="store_true", help=f"plain script on 1 in {QUICK_EVERY} tracks"
    )
    parser.add_argument("--out", type=Path, help="document in which to replace the table")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
