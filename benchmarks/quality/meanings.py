"""Measure requests with words of two meanings: "clean the house", "deep house".

    python -m benchmarks.quality.meanings
    python -m benchmarks.quality.meanings --system FOLDER --system hybrid:FOLDER --words

Ranks the descriptor sets of train.jsonl and dev.jsonl for the requests of meanings.tsv beside them
(trainer/data/requests). A set carries a descriptor if one of its own has all words of it: "deep
house" carries "house". Prints, for each system, means over requests of the share of the first ten
sets that

    misread     carry the unwanted descriptor, in requests that say its word in the everyday sense
    answered    carry at least one wanted descriptor, in the same requests
    meant       carry the word's descriptor, in requests that say it in the musical sense

"chance" is the share among all sets. A system "in descriptors" ranks for the wanted descriptors
alone ("upbeat, acoustic"): what is misread then is not the fault of the word. --words prints the
words that are misread most.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from benchmarks.paths import REQUESTS
from melscribe_core.descriptors.sets import SEPARATOR, text_of
from melscribe_core.search.words import word_bases

if TYPE_CHECKING:
    from melscribe_trainer.evaluation.systems import System

TABLE = REQUESTS / "meanings.tsv"
SETS = (REQUESTS / "train.jsonl", REQUESTS / "dev.jsonl")
FIRST = 10  # sets of a ranking that are judged
MOST = 12  # words that --words prints
SYSTEMS = ("bundled", "hybrid")


@dataclass(frozen=True)
class Case:
    """A request that says `word`, and the descriptors of the music that it wants.

    `sense` is the descriptor that the word names in its musical sense. It is unwanted if the
    request `is_everyday`: if it says the word in its other sense.
    """

    request: str
    word: str
    wanted: tuple[str, ...]
    sense: str
    is_everyday: bool


@dataclass(frozen=True)
class Outcome:
    """What one request found: shares, 0..1, of the judged sets."""

    case: Case
    sense: float  # carry the descriptor of the word
    wanted: float  # carry a wanted descriptor


def read_cases(path: Path) -> list[Case]:
    """Return the rows of a table of request, word, wanted and unwanted descriptors, in order.

    The sense of a row that leaves nothing unwanted is that of the other rows of its word; raises
    KeyError if there is none.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    senses = {row["word"]: row["unwanted"] for row in rows if row["unwanted"]}
    return [
        Case(
            row["request"],
            row["word"],
            tuple(row["wanted"].split(SEPARATOR)),
            senses[row["word"]],
            bool(row["unwanted"]),
        )
        for row in rows
    ]


def carries(descriptors: Iterable[str], name: str) -> bool:
    """Say whether one of the descriptors has all words of `name`, in any of their forms."""
    words = frozenset(word_bases(name))
    return any(words.issubset(word_bases(descriptor)) for descriptor in descriptors)


def outcome(case: Case, found: Sequence[Collection[str]]) -> Outcome:
    """Judge the descriptor sets that a request found; 0 for a request that found none."""
    if not found:
        return Outcome(case, 0.0, 0.0)
    sense = fmean(carries(one, case.sense) for one in found)
    wanted = fmean(any(carries(one, name) for name in case.wanted) for one in found)
    return Outcome(case, sense, wanted)


def outcomes(
    system: System, cases: Sequence[Case], queries: Sequence[str], texts: Sequence[str]
) -> list[Outcome]:
    """Judge the first sets that the system finds for the query of each case."""
    found = system.rank(queries, texts, FIRST)
    sets = ([texts[place].split(SEPARATOR) for place in places] for places in found)
    return [outcome(case, one) for case, one in zip(cases, sets, strict=True)]


def shares(judged: Sequence[Outcome]) -> tuple[float, float, float]:
    """Return the means misread, answered and meant: see the head of this module."""
    everyday = [one for one in judged if one.case.is_everyday]
    musical = [one for one in judged if not one.case.is_everyday]
    return (
        fmean(one.sense for one in everyday),
        fmean(one.wanted for one in everyday),
        fmean(one.sense for one in musical),
    )


def by_word(judged: Iterable[Outcome]) -> list[tuple[str, float]]:
    """Return each word with the mean share misread in its everyday requests, largest first."""
    of_word: dict[str, list[float]] = {}
    for one in judged:
        if one.case.is_everyday:
            of_word.setdefault(one.case.word, []).append(one.sense)
    means = [(word, fmean(found)) for word, found in of_word.items()]
    return sorted(means, key=lambda pair: -pair[1])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)

    from melscribe_trainer.evaluation.systems import load_system

    cases, texts = read_cases(TABLE), _texts()
    everything = [text.split(SEPARATOR) for text in texts]
    print("| system | misread | answered | meant |\n|---|---:|---:|---:|")
    print(_row("chance", [outcome(case, everything) for case in cases]))
    for name in options.system or SYSTEMS:
        system = load_system(name)
        asked = outcomes(system, cases, [case.request for case in cases], texts)
        plain = [SEPARATOR.join(case.wanted) for case in cases]
        print(_row(name, asked), flush=True)
        print(_row(f"{name}, in descriptors", outcomes(system, cases, plain, texts)), flush=True)
        if options.words:
            print(", ".join(f"{word} {100 * share:.0f}" for word, share in by_word(asked)[:MOST]))


def _texts() -> list[str]:
    """Return the distinct texts of the descriptor sets, in alphabetical order."""
    from melscribe_trainer.data.datasets import read_requests

    tracks = (track for path in SETS for track in read_requests(str(path)).tracks)
    return sorted({text for track in tracks if (text := text_of(track.tags))})


def _row(name: str, judged: Sequence[Outcome]) -> str:
    return f"| {name} | {' | '.join(f'{100 * share:.1f}' for share in shares(judged))} |"


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure requests with words of two meanings.")
    parser.add_argument(
        "--system",
        action="append",
        metavar="NAME",
        help="a system of `melscribe-train evaluate`; repeat for more (default: bundled, hybrid)",
    )
    parser.add_argument("--words", action="store_true", help="print the words misread most")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
