"""Which commands are measured, in which order, how often.

Commands that are compared run one after the other in each round, and each round begins with another
one: a disturbance of the machine then falls on all of them alike.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from benchmarks.speed.home import Home, run_module
from benchmarks.speed.process import BenchError, Usage

REQUEST = "melancholic acoustic pop"
QUERY = "id:1..10"  # a small result: what is measured is the start of the program
WARM_UP_EVERY = 1000  # the plain script warms up on each 1000th track

Say = Callable[[str], None]  # reports progress, such as `say`
Step = Callable[[], Usage]
Samples = dict[str, list[Usage]]  # name of a step -> one usage per round


def say(text: str) -> None:
    """Report progress on stderr."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class LongRuns:
    """First `melindex` runs, each with a run of the plain script and its printed counts.

    `plain` and `counts` are empty if the script is left out.
    """

    first: list[Usage] = field(default_factory=list)
    plain: list[Usage] = field(default_factory=list)
    counts: list[dict[str, Any]] = field(default_factory=list)


def long_runs(own: Home, weights: str | None, every: int, count: int, say: Say) -> LongRuns:
    """Index the collection from scratch, then with the plain script, `count` times.

    `weights` are those of the script, None to leave it out; it takes each `every`-th track.
    """
    runs = LongRuns()
    if weights is not None:
        say("plain script on a few tracks, to warm up")
        _plain(own, weights, WARM_UP_EVERY)
    for number in range(1, count + 1):
        own.renew()
        say(f"first melindex, {number} of {count}")
        runs.first.append(own.beet("melindex"))
        if weights is not None:
            say(f"plain script, {number} of {count}")
            runs.plain.append(_plain(own, weights, every))
            runs.counts.append(json.loads(runs.plain[-1].output))
    return runs


def short_rounds(
    bare: Home, own: Home, count: int, say: Say, only: Sequence[str] | None = None
) -> Samples:
    """Run every short step once unmeasured, to fill the file cache, then `count` times.

    `only` names the steps to run, all by default.
    """
    every = short_steps(bare, own)
    steps = {name: every[name] for name in only or every}
    samples: Samples = {name: [] for name in steps}
    for number in range(count + 1):
        say(f"round {number} of {count}" if number else "a round to warm up")
        for name in turned(list(steps), number):
            usage = steps[name]()
            if number:
                samples[name].append(usage)
    return samples


def short_steps(bare: Home, own: Home) -> Mapping[str, Step]:
    """Return name -> step; `bare` has no plugin, `own` has MelScribe and an index."""
    words = iter(range(1_000_000))
    return {
        "version": lambda: bare.beet("version"),
        "version, plugin": lambda: own.beet("version"),
        "ls": lambda: bare.beet("ls", QUERY),
        "ls, plugin": lambda: own.beet("ls", QUERY),
        "describe": lambda: described(own),
        "describe, one played": lambda: _after_play(own),
        "melindex": lambda: own.beet("melindex"),
        "melindex, one modified": lambda: _after_change(own, next(words)),
    }


def turned(names: list[str], by: int) -> Iterator[str]:
    """Yield the names, rotated by `by` places."""
    start = by % len(names)
    yield from names[start:] + names[:start]


def described(own: Home) -> Usage:
    """Describe REQUEST. Raises BenchError if no track is found: the search was not measured."""
    usage = own.beet("describe", REQUEST, "--json")
    if not json.loads(usage.output)["tracks"]:
        raise BenchError(
            f"`beet describe {REQUEST!r}` found no track; give a collection that has some."
        )
    return usage


def _after_play(own: Home) -> Usage:
    """Note a play of track 1 in the library, as mpdstats does, and measure the next answer."""
    with closing(sqlite3.connect(own.library)) as db, db:
        db.execute(
            "INSERT INTO item_attributes (entity_id, key, value) VALUES (1, 'play_count', '1')"
            " ON CONFLICT (entity_id, key) DO UPDATE SET value = value + 1"
        )
    return described(own)


def _after_change(own: Home, number: int) -> Usage:
    """Give track 1 a new genre, unmeasured, and measure the refresh of the index."""
    own.beet(
        "modify", "-y", "--nowrite", "--nomove", "id:1", f"genres=rock; novelty {_word(number)}"
    )
    return own.beet("melindex")


def _word(number: int) -> str:
    """Return a word for the number without digits, which descriptors may drop."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)) + "core"


def _plain(own: Home, weights: str, every: int) -> Usage:
    index = str(own.folder.with_name("plain.hnsw"))
    words = (str(own.library), "--weights", weights, "--every", str(every), "--index", index)
    return run_module("benchmarks.speed.plain_script", *words)
