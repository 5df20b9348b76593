"""What is run, in which order and how often: the plan of one measurement.

Everything that is compared is run in the same round, one after the other, and the order turns from
round to round, so that whatever else the machine does falls on all alike.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.homes import Home, run_module
from bench.process import BenchError, Usage

REQUEST = "melancholic acoustic pop"
QUERY = "id:1..10"  # a small answer, found in no time: what is left is the start of the program
WARM_UP_EVERY = 1000  # of the tracks, for the plain script

Say = Callable[[str], None]  # such as `say`
Step = Callable[[], Usage]
Samples = dict[str, list[Usage]]  # name of a step -> one usage per round


def say(text: str) -> None:
    """Tell on stderr what is being done."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class LongRuns:
    """First indexings, each followed by the plain script and what it printed.

    `plain` and `counts` are empty when the script is left out.
    """

    first: list[Usage] = field(default_factory=list)
    plain: list[Usage] = field(default_factory=list)
    counts: list[dict[str, Any]] = field(default_factory=list)


def long_runs(own: Home, weights: str | None, every: int, count: int, say: Say) -> LongRuns:
    """Index the collection from nothing, then by the plain script, `count` times."""
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
    """Run every short step once unmeasured, so that files are in the cache, then `count` times.

    With `only`, no other steps than these.
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
    """Return the steps of a round by name; `bare` has no plugin, `own` has ours and an index."""
    words = iter(range(1_000_000))
    return {
        "version": lambda: bare.beet("version"),
        "version, plugin": lambda: own.beet("version"),
        "ls": lambda: bare.beet("ls", QUERY),
        "ls, plugin": lambda: own.beet("ls", QUERY),
        "describe": lambda: described(own),
        "melindex": lambda: own.beet("melindex"),
        "melindex, one modified": lambda: _after_change(own, next(words)),
    }


def turned(names: list[str], by: int) -> Iterator[str]:
    """Yield the names beginning with another one each time."""
    start = by % len(names)
    yield from names[start:] + names[:start]


def described(own: Home) -> Usage:
    """Ask one request; raise BenchError when no track answers: then nothing was measured."""
    usage = own.beet("describe", REQUEST, "--json")
    if not json.loads(usage.output)["tracks"]:
        raise BenchError(
            f"`beet describe {REQUEST!r}` found no track; give a collection that has some."
        )
    return usage


def _after_change(own: Home, number: int) -> Usage:
    """Give track 1 a genre that no track had before, unmeasured, and bring the index up to date."""
    own.beet(
        "modify", "-y", "--nowrite", "--nomove", "id:1", f"genres=rock; novelty {_word(number)}"
    )
    return own.beet("melindex")


def _word(number: int) -> str:
    """Return a word for the number, without digits: numbers may be dropped from descriptors."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)) + "core"


def _plain(own: Home, weights: str, every: int) -> Usage:
    index = str(own.folder.with_name("plain.hnsw"))
    words = (str(own.library), "--weights", weights, "--every", str(every), "--index", index)
    return run_module("bench.plain", *words)
