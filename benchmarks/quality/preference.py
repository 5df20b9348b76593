"""Train adapters from what people like, and compare losses, sources and strengths over seeds.

    python -m benchmarks.quality.preference --data FOLDER --out FOLDER
    python -m benchmarks.quality.preference --data FOLDER --out FOLDER --seeds 5 --variant NAME

The data folder has items.tsv.gz, users.train.tsv.gz, words.train.tsv.gz and users.dev.tsv.gz:
artists with descriptors, and who plays what and calls it what (columns: `melscribe-train prefer
--help`). Each variant and seed is kept in runs.jsonl in the other folder, and is not made again.
Printed are the measures of `melscribe-train prefer` at both STRENGTHS, mean and standard deviation
over seeds, and what the development requests find at the lower one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.speed.rounds import say
from melscribe_core.encoder.encoder import load_encoder
from melscribe_trainer.data.sources import LANGUAGES, REQUESTS
from melscribe_trainer.favours.groups import Source
from melscribe_trainer.favours.report import COLUMNS, aligned, difference, in_table
from melscribe_trainer.favours.retention import told
from melscribe_trainer.job import Job

if TYPE_CHECKING:
    from melscribe_trainer.favours.learning import PreferOptions
    from melscribe_trainer.favours.material import Inputs, Measured

STRENGTHS = (1.0, 0.3)
NONE, POPULAR, BY_RIDGE = "none", "by popularity", "none, taste by ridge"
KEPT = "runs.jsonl"
LOW = f"x{STRENGTHS[-1]:g}"


@dataclass(frozen=True)
class Variant:
    """What joins the items of a triplet, and which losses count."""

    source: Source = "favours"
    weights: tuple[float, float, float] = (1, 1, 1)
    replay: float = 1.0

    def options(self) -> PreferOptions:
        """Return the trainer's options."""
        from melscribe_trainer.alignment.objectives import PreferenceWeights
        from melscribe_trainer.favours.learning import PreferOptions

        return replace(
            PreferOptions(), weights=PreferenceWeights(*self.weights), replay=self.replay
        )


VARIANTS = {
    "all losses": Variant(),
    "aa + at": Variant(weights=(1, 0, 1)),
    "aa + af": Variant(weights=(1, 1, 0)),
    "af + at": Variant(weights=(0, 1, 1)),
    "aa": Variant(weights=(1, 0, 0)),
    "af": Variant(weights=(0, 1, 0)),
    "at": Variant(weights=(0, 0, 1)),
    "replay alone": Variant(weights=(0, 0, 0)),
    "all losses, no replay": Variant(replay=0),
    "co-occurrence": Variant("co-occurrence"),
    "co-occurrence, no replay": Variant("co-occurrence", replay=0),
    "co-occurrence, aa": Variant("co-occurrence", (1, 0, 0)),
    "co-occurrence, aa, no replay": Variant("co-occurrence", (1, 0, 0), 0),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    kept = Kept(options.out / KEPT)
    names = options.variant or list(VARIANTS)
    wanted = [(name, seed) for name in names for seed in range(options.seeds)]
    if NONE not in kept.rows or any(f"{name} {seed}" not in kept.rows for name, seed in wanted):
        _make(kept, wanted, options)
    print(
        f"{table(kept.rows, names, options.seeds)}\n\n{dev_table(kept.rows, names, options.seeds)}"
    )


class Kept:
    """The rows of a JSONL file by their key: what was made in an earlier run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        self.rows: dict[str, Any] = {row["key"]: row for row in map(json.loads, lines)}

    def keep(self, key: str, **values: Any) -> None:
        """Append a row."""
        self.rows[key] = {"key": key, **values}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.rows[key]) + "\n")


def table(rows: Mapping[str, Any], names: Sequence[str], seeds: int) -> str:
    """Return the measures in per cent, a row for each variant and strength, ± over seeds."""
    found = [["adapter", "strength", *COLUMNS.values()]]
    for name in (POPULAR, BY_RIDGE, NONE):
        scores = rows[name]["scores"]
        cells = (_cell([in_table(m, scores[m])]) if m in scores else "" for m in COLUMNS)
        found.append([name, "", *cells])
    for name in names:
        for strength in STRENGTHS:
            made = [rows[f"{name} {seed}"][f"x{strength:g}"]["scores"] for seed in range(seeds)]
            cells = (_cell([in_table(one, scores[one]) for scores in made]) for one in COLUMNS)
            found.append([name, f"{strength:g}", *cells])
    return str(aligned(found))


def dev_table(rows: Mapping[str, Any], names: Sequence[str], seeds: int) -> str:
    """Return what development requests find at the lower strength beside no adapter.

    Per set: the mean difference in points over seeds ± its standard deviation. Last of told ones:
    more and less per seed, and the standard error over requests, mean over seeds.
    """
    sets = list(rows[NONE]["differences"])
    found = [["adapter, x0.3", *sets, "more / less", "error"]]
    for name in names:
        made = [rows[f"{name} {seed}"][LOW]["differences"] for seed in range(seeds)]
        cells = [_signed([one[part]["mean"] for one in made]) for part in sets]
        turns = ", ".join(f"{one['all']['gained']} / {one['all']['lost']}" for one in made)
        error = fmean(one["all"]["error"] for one in made)
        found.append([name, *cells, turns, f"{100 * error:.2f}"])
    return str(aligned(found))


def _make(kept: Kept, wanted: Sequence[tuple[str, int]], options: argparse.Namespace) -> None:
    from melscribe_trainer.favours.material import Material

    material = Material(_inputs(options.data), load_encoder(), say)
    before = material.measured(None)
    kept.keep(POPULAR, scores=material.matching.by_popularity())
    kept.keep(BY_RIDGE, scores=material.by_ridge())
    kept.keep(NONE, scores=before.scores, differences=_differences(before, before))
    for name, seed in wanted:
        if (key := f"{name} {seed}") in kept.rows:
            continue
        say(key)
        folder = options.out / key.replace(" ", "-")  # of its own: an unfinished run goes on there
        folder.mkdir(exist_ok=True)
        variant, job = VARIANTS[name], Job(folder, seed, "cpu", say)
        adapter, _ = material.adapter(variant.source, variant.options(), job)
        found = {}
        for strength in STRENGTHS:
            after = material.measured(adapter.scaled(strength))
            differences = _differences(before, after)
            found[f"x{strength:g}"] = {"scores": after.scores, "differences": differences}
        kept.keep(key, **found)


def _inputs(folder: Path) -> Inputs:
    from melscribe_trainer.favours.material import Inputs

    dev = [REQUESTS / "dev.jsonl", *(LANGUAGES / code / "dev.jsonl" for code in ("de", "fr", "es"))]
    return Inputs(
        folder / "items.tsv.gz",
        (folder / "users.train.tsv.gz",),
        (folder / "words.train.tsv.gz",),
        (folder / "users.dev.tsv.gz",),
        dev=tuple(map(str, dev)),
    )


def _differences(before: Measured, after: Measured) -> dict[str, Any]:
    return {
        name: asdict(difference(one, other))
        for (name, one), (_, other) in zip(_sets(before), _sets(after), strict=True)
    }


def _sets(one: Measured) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield all told requests in English, each kind of them, chat, and the other languages."""
    yield "all", told(one.requests)
    for name in ("terse", "spoken", "reworded"):
        yield name, one.requests[name]
    for name, start in (("chat", ("chat-",)), ("de, fr, es", ("de-", "fr-", "es-"))):
        yield name, np.concatenate([v for k, v in one.requests.items() if k.startswith(start)])


def _cell(values: Sequence[float]) -> str:
    spread = f" ± {stdev(values):.1f}" if len(values) > 1 else ""
    return f"{fmean(values):.1f}{spread}"


def _signed(values: Sequence[float]) -> str:
    spread = f" ± {100 * stdev(values):.1f}" if len(values) > 1 else ""
    return f"{100 * fmean(values):+.1f}{spread}"


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare adapters trained from what people like.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="where runs are kept")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--variant", action="append", choices=list(VARIANTS))
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
