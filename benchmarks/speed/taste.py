"""Measure what a taste costs: learning it, and answering with it.

    python -m benchmarks.speed.taste LIBRARY --like genres:jazz
    python -m benchmarks.speed.taste --texts 100000 --likes 2000

With a LIBRARY, a library.db with a current index, all development requests are answered in one
process without a taste, then with one, and so on in turns; the taste is learned from the query
--like and kept beside the index. Prints the medians of processor time, the ratio of the sums, and
the seconds of learning from reading the likes on. Without one it learns from drawn tracks of a
catalogue with so many texts, of six words and with random vectors, and prints the seconds of three
runs.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.paths import REQUESTS
from benchmarks.settings import plugin_settings
from benchmarks.speed.warm_requests import answered
from melscribe_core.catalogue.catalogue import Catalogue, empty_catalogue
from melscribe_core.catalogue.tracks import Description, Row
from melscribe_core.taste.learning import learn

if TYPE_CHECKING:
    from beetsplug.melscribe.index import LibraryIndex

DEV = REQUESTS / "dev.jsonl"
DIM = 384
WORDS = 800  # different descriptors of the made-up texts
SHARE = 10_000  # vectors stored at a time
RUNS = 3
PASSES = 2  # through all requests, with a taste and without


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    if options.library is None:
        _learn_at_scale(options.texts, options.likes)
    else:
        _answer(options.library, options.like)


def _answer(path: Path, like: str) -> None:
    from beets.library import Library

    from beetsplug.melscribe.index import with_index

    library = Library(str(path), str(path.parent))
    try:
        with_index(library, plugin_settings(), lambda index: _compared(index, like))
    finally:
        library._close()


def _compared(index: LibraryIndex, like: str) -> None:
    from beetsplug.melscribe import learned_taste

    taste = {"like": [like], "playlists": [], "exclude": [], "weight": 0.5}
    without, with_it = plugin_settings(), plugin_settings(taste=taste)
    started = time.perf_counter()
    lesson = learned_taste.learn(index, with_it)
    learned = time.perf_counter() - started
    rows = map(json.loads, DEV.read_text(encoding="utf-8").splitlines())
    asked = [request for row in rows for request in row["requests"]]
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * PASSES):
        # All of them, since a request that was just answered is answered from memory.
        tasting = number % 2 == 1
        used = [answered(index, with_it if tasting else without, request)[1] for request in asked]
        times[tasting] += used
    medians = {tasting: 1000 * median(found) for tasting, found in times.items()}
    print(f"{len(lesson.taste.tracks):,} liked tracks, {lesson.taste.favourites:,} sets")
    print(f"learned in {learned:.3f} s")
    print(f"with taste {medians[True]:.1f} ms, without {medians[False]:.1f} ms")
    print(f"ratio {sum(times[True]) / sum(times[False]):.3f}, of {len(asked):,} requests")


def _learn_at_scale(texts: int, likes: int) -> None:
    catalogue, rng = _made_up(texts), Random(1)
    liked = rng.sample(range(1, texts + 1), likes)
    for _ in range(RUNS):
        started = time.perf_counter()
        learn(catalogue, liked, DIM)
        print(f"{likes:,} likes in {texts:,} texts: {time.perf_counter() - started:.3f} s")


def _made_up(texts: int) -> Catalogue:
    rng, generator = Random(1), np.random.default_rng(1)
    words = [f"word {number}" for number in range(WORDS)]
    catalogue = empty_catalogue()
    rows = [
        Row(at, Description(", ".join(sorted(rng.sample(words, 6))), ("genres",)))
        for at in range(1, texts + 1)
    ]
    catalogue.tracks.apply(catalogue.tracks.plan(rows))
    ids = [text for text, _, _ in catalogue.tracks.distinct()]
    for start in range(0, len(ids), SHARE):
        part = ids[start : start + SHARE]
        vectors = generator.standard_normal((len(part), DIM)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        catalogue.vectors.store("texts", part, vectors)
    catalogue.vectors.pack()
    return catalogue


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what a taste costs.")
    parser.add_argument("library", type=Path, nargs="?", help="a library.db with a current index")
    parser.add_argument("--like", default="genres:jazz", help="the query for what is liked")
    parser.add_argument("--texts", type=int, default=100_000, help="texts of a made-up catalogue")
    parser.add_argument("--likes", type=int, default=2_000, help="liked tracks of it")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
