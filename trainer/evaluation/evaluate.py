"""Systems on retrieval tests -> the mean of each measure, per system and set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from statistics import fmean, stdev

from melscribe_core.errors import MelScribeError

from ..data.beir import Beir
from .metrics import DEPTH, MEASURES, Scores, measures
from .sets import Set
from .systems import System

SPREAD = " std"  # suffix of a measure's name: its standard deviation over sampled tests

Results = dict[str, dict[str, Scores]]
"""System -> set -> its scores."""


def rank(system: System, test: Beir) -> dict[str, list[str]]:
    """Return the first DEPTH ids for each query of the test, best first.

    Systems break ties by position, so the texts are passed in an order that depends on a hash of
    their ids: neither the file's order nor relevance can affect a tie.
    """
    ids = sorted(test.corpus, key=_draw)
    queries = list(test.queries)
    found = system.rank(
        [test.queries[query] for query in queries], [test.corpus[one] for one in ids], DEPTH
    )
    return {
        query: [ids[place] for place in places]
        for query, places in zip(queries, found, strict=True)
    }


def score(system: System, test: Beir) -> Scores:
    """Return the mean of the MEASURES over the test's queries."""
    ranked = rank(system, test)
    each = [measures(ranked[query], test.right(query)) for query in test.queries]
    return {name: fmean(one[name] for one in each) for name in MEASURES}


def score_set(system: System, tests: Sequence[Beir]) -> Scores:
    """Return the mean over a set's tests; for several tests the standard deviation (n - 1) too."""
    rounds = [score(system, test) for test in tests]
    scores = {name: fmean(one[name] for one in rounds) for name in MEASURES}
    if len(rounds) > 1:
        scores |= {name + SPREAD: stdev(one[name] for one in rounds) for name in MEASURES}
    return scores


def evaluate(
    systems: Iterable[str],
    sets: Sequence[Set],
    load: Callable[[str], System],
    say: Callable[[str], None],
) -> Results:
    """Return the scores of every system on every set.

    A system that cannot run here is left out and reported through `say` in one sentence. Raises
    MelScribeError if no system can run, or if two sets have the same name.
    """
    if len({one.name for one in sets}) < len(sets):
        names = ", ".join(one.name for one in sets)
        raise MelScribeError(f"Two of the sets {names} have the same name; rename a folder.")
    results: Results = {}
    for name in dict.fromkeys(systems):
        try:
            system = load(name)
            results[name] = {one.name: score_set(system, one.tests) for one in sets}
        except MelScribeError as error:
            say(f"{name} is left out: {error}")
    if not results:
        raise MelScribeError("None of the systems can run here; see above for what each needs.")
    return results


def _draw(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
