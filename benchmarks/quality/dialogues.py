"""Measure whole dialogues about a playlist: each turn's ten songs, against what was wanted.

    python -m benchmarks.quality.dialogues --data FOLDER

FOLDER has songs.jsonl and dialogues.jsonl (see dialogue_sets.py). The songs become a beets library,
and the real `beet describe` is asked what the person said, turn by turn:

    alone       each turn by itself
    again       the first turn, then each with --again
    together    all that was said so far as one text
    chat        the turns as lines of one `beet describe --chat` (only with --chat)

Nothing else of a dialogue is read for asking. A turn that ends in an error found nothing. The
rivals (dialogue_rivals.py) rank the same songs in this process. Lists are measured against the
final playlist ("goal"), against the songs taken at the same turn ("liked": turns with any), and
against the goal without what the same way has shown before ("left": turns with anything left).
At the end: how much of the final playlist each way has shown by the last turn.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.quality.dialogue_rivals import Rivals
from benchmarks.quality.dialogue_sets import (
    KINDS,
    LATER,
    NAMES,
    NOBODY,
    ArtistNames,
    Dialogue,
    Song,
    kinds,
    ndcg,
    read_dialogues,
    read_songs,
    recall,
)
from benchmarks.quality.dialogue_ways import Answer, Beet, Way
from benchmarks.speed.process import BenchError
from benchmarks.speed.table import markdown
from melscribe_core.encoder.encoder import load_encoder

ASKING = ("alone", "again", "together")
CHAT, RIVALS = "chat", "rivals"
WAYS = (*ASKING, CHAT, RIVALS)
AT_ONCE = 2  # dialogues that are asked at a time
MEASURES = {"nDCG@10": ndcg, "recall@10": recall}
TARGETS = {
    "goal": "the final playlist",
    "liked": "the songs taken at the turn",
    "left": "the final playlist without what the same way has shown before",
}
SAID = {
    NAMES: "name an artist of the library",
    LATER: "come later, after one was named",
    NOBODY: "come before any was named",
}


@dataclass(frozen=True)
class Row:
    """What one way found at one turn, and the right songs of each target, which may be none."""

    way: str
    dialogue: str
    turn: int  # from 1
    kind: str
    said: str
    answer: Answer
    right: Mapping[str, frozenset[str]]  # by target

    def measured(self, measure: str, target: str) -> float | None:
        """Return a measure from 0 to 1, None for a target without right songs."""
        right = self.right[target]
        return MEASURES[measure](self.answer.found, right) if right else None

    def as_json(self) -> dict[str, Any]:
        """Return the row for --json."""
        pairs = [(measure, target) for target in TARGETS for measure in MEASURES]
        return {
            "way": self.way,
            "dialogue": self.dialogue,
            "turn": self.turn,
            "kind": self.kind,
            "said": self.said,
            "found": self.answer.found,
            "error": self.answer.error,
            **{f"{measure} {target}": self.measured(measure, target) for measure, target in pairs},
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    try:
        songs, dialogues = read_songs(options.data), read_dialogues(options.data)
    except BenchError as error:
        sys.exit(str(error))
    dialogues = dialogues[: options.dialogues or None]
    names = ArtistNames([song.artist for song in songs])
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, way in _ways(options, songs, names, Path(folder)):
            print(f"{name} ...", file=sys.stderr)
            rows += ask(name, way, dialogues, names)
    print(report(rows))
    if options.verbose:
        print("", *errors(rows), sep="\n")
    if options.json:
        lines = (json.dumps(row.as_json(), ensure_ascii=False) for row in rows)
        options.json.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _ways(
    options: argparse.Namespace, songs: Sequence[Song], names: ArtistNames, folder: Path
) -> Iterator[tuple[str, Way]]:
    chosen = [*options.ways, *[CHAT] * options.chat]
    if asking := [way for way in (*ASKING, CHAT) if way in chosen]:
        beet = Beet(songs, folder)
        yield from ((way, getattr(beet, way)) for way in asking)
    if RIVALS in chosen:
        yield from Rivals(songs, names, load_encoder()).ways().items()


def ask(name: str, way: Way, dialogues: Sequence[Dialogue], names: ArtistNames) -> list[Row]:
    """Ask every dialogue in one way and return a row per turn, in order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(way, dialogues)
        pairs = zip(dialogues, answers, strict=True)
        return [row for one, found in pairs for row in _rows(name, one, found, names)]


def _rows(
    name: str, dialogue: Dialogue, answers: Sequence[Answer], names: ArtistNames
) -> Iterator[Row]:
    shown: set[str] = set()
    turns = zip(dialogue.turns, kinds(dialogue, names), answers, strict=True)
    for number, (turn, kind, answer) in enumerate(turns, 1):
        right = {"goal": dialogue.goal, "liked": turn.liked, "left": dialogue.goal - shown}
        yield Row(name, dialogue.id, number, kind, turn.said, answer, right)
        shown.update(answer.found)


# What is printed


def report(rows: Sequence[Row]) -> str:
    """Return the numbers of turns, of errors, and a table for each target and measure."""
    of_way: dict[str, list[Row]] = {}
    for row in rows:
        of_way.setdefault(row.way, []).append(row)
    tables = [_table(of_way, measure, target) for target in TARGETS for measure in MEASURES]
    ends = (_shown(of_way), _failures(of_way))
    return "\n\n".join((_turns(next(iter(of_way.values()))), *tables, *ends))


def _turns(rows: Sequence[Row]) -> str:
    """Return one sentence on the turns; `rows` are those of one way."""
    counted = Counter(row.kind for row in rows)
    said = ", ".join(f"{counted[kind]} {SAID[kind]}" for kind in KINDS)
    return f"{len({row.dialogue for row in rows})} dialogues with {len(rows)} turns: {said}."


def _shown(of_way: Mapping[str, Sequence[Row]]) -> str:
    """Return the share of the final playlist that was shown at some turn, the mean of dialogues."""
    said = (f"{way} {100 * fmean(shares(rows)):.1f} %" for way, rows in of_way.items())
    return f"Of the final playlist, shown at some turn: {', '.join(said)}."


def shares(rows: Iterable[Row]) -> list[float]:
    """Return, for each dialogue in one way, the share of its final playlist that was shown."""
    shown: dict[str, set[str]] = {}
    goals: dict[str, frozenset[str]] = {}
    for row in rows:
        shown.setdefault(row.dialogue, set()).update(row.answer.found)
        goals[row.dialogue] = row.right["goal"]
    return [len(shown[one] & goal) / len(goal) for one, goal in goals.items() if goal]


def _failures(of_way: Mapping[str, Sequence[Row]]) -> str:
    counted = {way: len(list(errors(rows))) for way, rows in of_way.items()}
    said = ", ".join(f"{way} {count}" for way, count in counted.items() if count)
    return f"Turns that ended in an error: {said or 'none'}."


def errors(rows: Iterable[Row]) -> Iterator[str]:
    """Yield one line per turn that ended in an error."""
    for row in rows:
        if row.answer.error:
            yield f"{row.way}, {row.dialogue} turn {row.turn}, {row.said!r}: {row.answer.error}"


def _table(of_way: Mapping[str, Sequence[Row]], measure: str, target: str) -> str:
    """Return means over turns in per cent, a line per way; "-" where no turn is measured."""
    lines = [[way, *_means(rows, measure, target)] for way, rows in of_way.items()]
    title = f"{measure}, {target}: {TARGETS[target]}"
    return f"{title}\n\n{markdown(('asked', 'all turns', *KINDS), lines)}"


def _means(rows: Sequence[Row], measure: str, target: str) -> Iterator[str]:
    for wanted in (KINDS, *((kind,) for kind in KINDS)):
        values = [row.measured(measure, target) for row in rows if row.kind in wanted]
        known = [value for value in values if value is not None]
        yield f"{100 * fmean(known):.1f}" if known else "-"


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="songs.jsonl and dialogues.jsonl")
    parser.add_argument(
        "--ways",
        type=_chosen,
        default=(*ASKING, RIVALS),
        metavar="WAY,...",
        help=f"of {', '.join(WAYS)}; all but {CHAT} by default",
    )
    parser.add_argument("--chat", action="store_true", help="ask through `--chat` too")
    parser.add_argument("--dialogues", type=int, metavar="N", help="ask the first N only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write each turn as a JSON line")
    parser.add_argument("--verbose", action="store_true", help="print each error")
    return parser.parse_args(words)


def _chosen(listed: str) -> list[str]:
    chosen = listed.split(",")
    if unknown := set(chosen) - set(WAYS):
        raise argparse.ArgumentTypeError(f"{min(unknown)!r} is none of {', '.join(WAYS)}")
    return chosen


if __name__ == "__main__":
    main()
