"""Compare MelScribe with other ways to search tags, on one collection and its requests.

    python -m benchmarks.speed.comparison --data library.tsv.gz
    python -m benchmarks.speed.comparison --data library.tsv.gz --tracks 55525 --out README.md

The collection has some tracks of the table (made-up ones without `--data`), and one more track for
each tag set in the development part of our requests: the right answer to the requests written for
it. README.md explains the columns.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.paths import DOWNLOADS, REQUESTS
from benchmarks.speed.collection import Track, made_up, read_table, resampled, write_library
from benchmarks.speed.home import Home, plain_weights, run_module
from benchmarks.speed.machine import heading, use_cores
from benchmarks.speed.process import BenchError, Usage
from benchmarks.speed.rounds import REQUEST, described, say
from benchmarks.speed.table import markdown, write_between

PLACE = "side by side"  # in the document, see table.write_between
TRACKS = 10_000
OURS = "MelScribe"
SAME = "MelScribe on the others' weights"
WAYS = {
    "hnsw": "sentence-transformers + hnswlib",
    "loop": "sentence-transformers, every vector compared",
    "tf-idf": "tf-idf of scikit-learn",
    "txtai": "txtai",
}
HEAD = (
    "",
    "index, s",
    "processor, s",
    "peak, MB",
    "on disk, MB",
    "cold query, s",
    "processor, s",
    "peak, MB",
    "warm query, ms",
    "recall@10",
)


@dataclass
class Way:
    """One system: how it indexes, answers one request and ranks all; and its measurements."""

    name: str
    index: Callable[[], Usage]
    ask: Callable[[], Usage]
    rank: Callable[[], dict[str, Any]]
    disk: Callable[[], int]
    indexed: Usage | None = None
    asked: list[Usage] = field(default_factory=list)
    ranked: dict[str, Any] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _options(words)
    cores = use_cores(options.cores)
    try:
        with tempfile.TemporaryDirectory(prefix="melscribe-versus-") as folder:
            text = _measured(options, Path(folder))
        text = f"{heading('benchmarks.speed.comparison', words, cores)}\n\n{text}"
        print(text)
        if options.out:
            write_between(options.out, text, PLACE)
    except BenchError as error:
        sys.exit(str(error))


def _measured(options: argparse.Namespace, folder: Path) -> str:
    weights = plain_weights(options.weights)
    seed, requests, said = _collection(options, folder)
    say(said)
    ways = [*_ours(folder, seed, requests, weights), *_others(folder, seed, requests, weights)]
    if options.txtai:
        besides = Path(run_module("benchmarks.speed.txtai_install", str(DOWNLOADS)).output.strip())
        ways.append(_other("txtai", folder, seed, requests, weights, besides))
    for way in ways:
        say(f"{way.name}: index")
        way.indexed = way.index()
        say(f"{way.name}: rank")
        way.ranked = way.rank()
    for number in range(options.repeats):
        say(f"cold queries, {number + 1} of {options.repeats}")
        for way in ways:
            way.asked.append(way.ask())
    return f"{said}\n\n{markdown(HEAD, map(_line, ways))}"


def _collection(options: argparse.Namespace, folder: Path) -> tuple[Path, Path, str]:
    """Write the library and the requests; return both, and a sentence on them."""
    wanted = [json.loads(line) for line in _lines(REQUESTS / "dev.jsonl")]
    if options.data:
        rest: Iterator[Track] = resampled(read_table(options.data), options.tracks)
    else:
        rest = made_up(options.tracks)
    seed = folder / "library.db"
    count, _ = write_library(chain(right_answers(wanted), rest), seed, folder / "music")
    every = [[one, number] for number, line in enumerate(wanted, 1) for one in line["requests"]]
    asked = every if options.requests is None else Random(1).sample(every, options.requests)
    requests = folder / "requests.jsonl"
    requests.write_text("".join(f"{json.dumps(one)}\n" for one in asked), encoding="utf-8")
    said = f"{count:,} tracks, and {len(asked):,} requests with one right answer each among them."
    return seed, requests, said


def right_answers(wanted: Iterable[dict[str, Any]]) -> Iterator[Track]:
    """Yield one track for each tag set of the requests, in order."""
    for number, line in enumerate(wanted, 1):
        yield Track(
            title=f"Answer {number}",
            artist=f"Wanted {number}",
            album=f"Wanted {number}",
            seconds=200.0,
            genres=tuple(line["tags"]),
        )


def _ours(folder: Path, seed: Path, requests: Path, weights: str) -> Iterator[Way]:
    homes = {
        OURS: Home(folder / "own", seed, ["melscribe"]),
        SAME: Home(folder / "same", seed, ["melscribe"], encoder=weights),
    }
    for name, home in homes.items():
        encoder = ("--encoder", weights) if name == SAME else ()
        words = (
            "benchmarks.speed.warm_requests",
            str(home.library),
            "--requests",
            str(requests),
            *encoder,
        )
        yield Way(
            name,
            index=lambda home=home: home.beet("melindex"),  # type: ignore[misc]
            ask=lambda home=home: described(home),  # type: ignore[misc]
            rank=lambda words=words: json.loads(run_module(*words).output),  # type: ignore[misc]
            disk=lambda home=home: sum(home.sizes().values()),  # type: ignore[misc]
        )


def _others(folder: Path, seed: Path, requests: Path, weights: str) -> Iterator[Way]:
    for name in ("hnsw", "loop", "tf-idf"):
        yield _other(name, folder, seed, requests, weights)


def _other(
    name: str, folder: Path, seed: Path, requests: Path, weights: str, besides: Path | None = None
) -> Way:
    own = folder / name

    def run(*words: str) -> Usage:
        return run_module(
            "benchmarks.speed.peers", name, *words, "--weights", weights, besides=besides
        )

    return Way(
        WAYS[name],
        index=lambda: run("index", str(seed), str(own)),
        ask=lambda: run("ask", str(own), REQUEST),
        rank=lambda: json.loads(
            run("rank", str(seed), str(own), "--requests", str(requests)).output
        ),
        disk=lambda: sum(file.stat().st_size for file in own.rglob("*") if file.is_file()),
    )


def _line(way: Way) -> list[str]:
    assert way.indexed is not None
    return [
        way.name,
        f"{way.indexed.wall:.1f}",
        f"{way.indexed.cpu:.1f}",
        f"{way.indexed.peak / 1e6:.0f}",
        f"{way.disk() / 1e6:.1f}",
        f"{median(usage.wall for usage in way.asked):.2f}",
        f"{median(usage.cpu for usage in way.asked):.2f}",
        f"{max(usage.peak for usage in way.asked) / 1e6:.0f}",
        f"{way.ranked['median'] * 1000:.1f}",
        f"{way.ranked['recall']:.3f}",
    ]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.comparison",
        description="Compare MelScribe with other systems.",
    )
    parser.add_argument("--data", type=Path, help="the table that tracks are drawn from")
    parser.add_argument("--tracks", type=int, default=TRACKS, metavar="N", help="number of tracks")
    parser.add_argument(
        "--requests", type=int, metavar="N", help="number of requests, all by default"
    )
    parser.add_argument("--weights", type=Path, help="weights of the other systems (a folder)")
    parser.add_argument("--no-txtai", dest="txtai", action="store_false", help="leave txtai out")
    parser.add_argument("--repeats", type=int, default=5, help="cold queries of each")
    parser.add_argument("--cores", type=int, default=2, help="cores to use")
    parser.add_argument("--out", type=Path, help="document in which to replace the table")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
