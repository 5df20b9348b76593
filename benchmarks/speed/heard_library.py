"""Measure requests on a library of which many tracks have no tags and were only heard.

    python -m benchmarks.speed.heard_library --data library.tsv.gz --heard 20000

The tags of that many random tracks are removed, and what was heard of them is made up: a few
outputs of the nets are likely, the others are not. Before and after, the same commands run in
rounds. So the sounds mean nothing here: only the times do.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from benchmarks.speed.home import Home, new_library
from benchmarks.speed.machine import heading, use_cores
from benchmarks.speed.process import Usage
from benchmarks.speed.rounds import Samples, say, short_rounds
from benchmarks.speed.table import markdown
from melscribe_core.hearing.heard import open_heard
from melscribe_core.hearing.nets import Nets
from melscribe_core.hearing.outputs import OUTPUTS
from melscribe_core.hearing.records import FileMark
from melscribe_core.hearing.sound import FEATURES, Sound, sound

LIKELY = 4  # outputs of a made-up sound that are likely
STEPS = ("version", "ls, plugin", "describe", "melindex")
KEY = 16  # bytes


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _options(words)
    cores = use_cores(options.cores)
    with tempfile.TemporaryDirectory(prefix="melscribe-bench-") as folder:
        print(f"{heading('benchmarks.speed.heard_library', words, cores)}\n")
        print(measured(options, Path(folder)))


def measured(options: argparse.Namespace, folder: Path) -> str:
    """Return the table of all measurements, made in the folder."""
    source = ["--data", str(options.data.resolve())] if options.data else ["--synthetic", "20000"]
    seed, _ = new_library(folder / "seed", *source)
    bare = Home(folder / "bare", seed)
    tagged = Home(folder / "tagged", seed, ["melscribe"])
    say(f"first melindex: {tagged.beet('melindex').wall:.0f} s")
    before = short_rounds(bare, tagged, options.repeats, say, STEPS)
    untagged = without_tags(seed, options.heard)
    heard = Home(folder / "heard", seed, ["melscribe"])
    say(f"melindex without these tags: {heard.beet('melindex').wall:.0f} s")
    make_heard(heard, untagged)
    lent = heard.beet("melindex")
    say(lent.output)
    after = short_rounds(bare, heard, options.repeats, say, STEPS)
    rows = [_row(step, before, after) for step in STEPS]
    sizes = {name: f"{size / 1e6:.1f} MB" for name, size in heard.sizes().items()}
    return (
        f"{markdown(('command', 'all tagged', 'some heard only'), rows)}\n\n"
        f"Lending what was heard of {len(untagged):,} tracks: {lent.wall:.1f} s, of the processor"
        f" {lent.cpu:.1f} s. Files: {sizes}."
    )


def without_tags(library: Path, count: int) -> dict[int, float]:
    """Remove the tags of random tracks; return these tracks with when each was added."""
    with closing(sqlite3.connect(library)) as db, db:
        rows = db.execute("SELECT id, added FROM items ORDER BY id").fetchall()
        chosen = np.random.default_rng(1).permutation(len(rows))[:count]
        tracks = {rows[at][0]: rows[at][1] for at in sorted(chosen.tolist())}
        listed = [(track,) for track in tracks]
        db.executemany("UPDATE items SET genres = '', grouping = '' WHERE id = ?", listed)
        db.executemany("DELETE FROM item_attributes WHERE key = 'mood' AND entity_id = ?", listed)
        db.execute("UPDATE albums SET genres = ''")
    return tracks


def make_heard(home: Home, tracks: dict[int, float]) -> None:
    """Write a file of what was heard of these tracks."""
    random = np.random.default_rng(2)
    marks, sounds = {}, {}
    for track, added in tracks.items():
        key = track.to_bytes(KEY, "big")
        marks[track] = FileMark(added, 0, 0, key)
        sounds[key] = _made_up(random)
    path = home.index.with_name(home.index.name + ".heard")
    with closing(open_heard(path)) as heard:
        heard.keep(marks, sounds, Nets().fingerprint)


def _made_up(random: np.random.Generator) -> Sound:
    likely = np.zeros(len(OUTPUTS), np.float32)
    likely[random.permutation(len(OUTPUTS))[:LIKELY]] = random.uniform(0.2, 0.9, LIKELY)
    found = np.maximum(likely, random.uniform(0, 0.05, len(OUTPUTS)).astype(np.float32))
    return sound(found, random.standard_normal(FEATURES).astype(np.float32), 120.0, 5)


def _row(step: str, before: Samples, after: Samples) -> list[str]:
    return [step, _cell(before, step), _cell(after, step)]


def _cell(samples: Samples, step: str) -> str:
    """Return the median of the wall time, and of its ratio to `beet version` in the same round."""
    walls = [usage.wall for usage in samples[step]]
    ratios = [_ratio(*pair) for pair in zip(samples[step], samples["version"], strict=True)]
    return f"{np.median(walls) * 1000:.0f} ms, {np.median(ratios):.2f} x"


def _ratio(usage: Usage, version: Usage) -> float:
    return usage.wall / version.wall


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.heard_library",
        description="Measure requests on a library of which many tracks were only heard.",
    )
    parser.add_argument("--data", type=Path, help="a gzipped table of tracks")
    parser.add_argument("--heard", type=int, default=20_000, help="tracks without tags")
    parser.add_argument("--repeats", type=int, default=7, help="rounds of the commands")
    parser.add_argument("--cores", type=int, default=2, help="cores to use")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
