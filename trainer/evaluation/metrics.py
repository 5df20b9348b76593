"""Rankings -> recall, MRR and nDCG; systems on retrieval tests -> one table and one JSON file.

A test is a `Beir`: texts, queries, and for each query the ids of its right texts, which may have
grades. Where right texts are sampled, one set has a test per seed, and what is reported of it is
the mean and the spread. All measures are fractions; only the table shows per cent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from math import log2
from pathlib import Path
from statistics import fmean, stdev

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import Beir
from melscribe_trainer.evaluation.sets import Set
from melscribe_trainer.evaluation.systems import System

RECALL_AT = (1, 5, 10)
DEPTH = 10  # how far down a ranking is looked at
MEASURES = (*(f"recall@{k}" for k in RECALL_AT), f"mrr@{DEPTH}", f"ndcg@{DEPTH}")
SPREAD = " std"  # behind a measure's name in the JSON, where a set was sampled more than once

Grades = Mapping[str, float]
"""Right id -> how right, above 0."""

Scores = dict[str, float]
"""One of MEASURES (or that and SPREAD) -> a fraction."""

Results = dict[str, dict[str, Scores]]
"""System -> set -> its scores."""

# Recall@10 in per cent from table 1 of Epure et al. 2024 (LP-MusicCaps-MC). Only the rows whose
# figures we know; the paper's fine-tuned encoder is PAPERS_OWN.
PAPERS_OWN = "paper's fine-tuned"
PAPER: dict[str, dict[str, float]] = {
    "tfidf": {"MC": 89.4, "MC rephrased": 77.7},
    PAPERS_OWN: {"MC": 84.8, "MC rephrased": 70.1},
}


def recall(ranked: Sequence[str], right: Grades, k: int) -> float:
    """Return the share of the right ids that is among the first k."""
    return sum(one in right for one in ranked[:k]) / len(right)


def reciprocal_rank(ranked: Sequence[str], right: Grades, k: int = DEPTH) -> float:
    """Return 1 / place of the first right id among the first k, 0 when there is none."""
    places = (place for place, one in enumerate(ranked[:k], 1) if one in right)
    return 1 / next(places, float("inf"))


def ndcg(ranked: Sequence[str], right: Grades, k: int = DEPTH) -> float:
    """Return the discounted gain of the first k, as a share of the best that k could hold.

    A right id gains its grade / log2(place + 1) (Järvelin and Kekäläinen 2002, as in trec_eval).
    """
    gains = [right.get(one, 0.0) for one in ranked[:k]]
    return _discounted(gains) / _discounted(sorted(right.values(), reverse=True)[:k])


def measures(ranked: Sequence[str], right: Grades) -> Scores:
    """Return the MEASURES of one ranking: ids, best first, no id twice; `right` is not empty."""
    values = [recall(ranked, right, k) for k in RECALL_AT]
    values += [reciprocal_rank(ranked, right), ndcg(ranked, right)]
    return dict(zip(MEASURES, values, strict=True))


def rank(system: System, test: Beir) -> dict[str, list[str]]:
    """Return the first DEPTH ids for each query of the test, best first.

    Systems break ties by position, so the texts are handed over in an order drawn from their ids
    alone: neither the file's order nor the right answers have a say.
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
    """Return the mean over the tests of a set, and of several the standard deviation (n - 1)."""
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

    `say` is told in one sentence why a system cannot run here; the others still do. Raises
    MelScribeError when none can, or when there is nothing to measure.
    """
    if len({one.name for one in sets}) < len(sets):
        names = ", ".join(one.name for one in sets)
        raise MelScribeError(f"Two of the sets {names} have one name; rename a folder.")
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


def table(results: Results, paper: Mapping[str, Mapping[str, float]] | None = None) -> str:
    """Return a Markdown table in per cent, a line per set and system, spreads behind ±.

    With `paper`, its recall@10 stands in a last column, blank where we do not know the figure.
    """
    head = ["set", "system", *MEASURES, *(["paper's recall@10"] if paper is not None else [])]
    rows = [head, *_rows(results, paper)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "| " + " | ".join(_aligned(row[c], widths[c], left=c < 2) for c in range(len(head))) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (w + 1) + ("-" if c < 2 else ":") for c, w in enumerate(widths))
    return "\n".join([lines[0], rule + "|", *lines[1:]])


def write_json(results: Results, path: Path) -> None:
    """Write the results. Raises MelScribeError when the file cannot be written."""
    try:
        path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise MelScribeError(
            f"{path}: the results cannot be written ({error.strerror}); give another file."
        ) from error


def _rows(results: Results, paper: Mapping[str, Mapping[str, float]] | None) -> Iterator[list[str]]:
    for one in dict.fromkeys(name for sets in results.values() for name in sets):
        known = {name: figures for name, figures in (paper or {}).items() if one in figures}
        for system, sets in results.items():
            figure = [_figure(known.pop(system, {}).get(one))] if paper is not None else []
            yield [one, system, *(_cell(sets[one], name) for name in MEASURES), *figure]
        for system, figures in known.items():
            yield [one, system, *("" for _ in MEASURES), _figure(figures[one])]


def _cell(scores: Scores, name: str) -> str:
    spread = scores.get(name + SPREAD)
    return f"{100 * scores[name]:.1f}" + (f" ± {100 * spread:.1f}" if spread is not None else "")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _aligned(text: str, width: int, *, left: bool) -> str:
    return text.ljust(width) if left else text.rjust(width)


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / log2(place + 1) for place, gain in enumerate(gains, 1))


def _draw(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
