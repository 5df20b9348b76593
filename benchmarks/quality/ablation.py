"""Print what each part of the training recipe contributes, and draw it.

    python -m benchmarks.quality.ablation contrast=runs/contrast-0 contrast=runs/contrast-1 ... \
        --plot FILE

Each NAME=FOLDER is the `--out` of one `melscribe-train average`; folders with the same name are
seeds of one recipe. The row of the base is the evaluation before the first training step.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev

MEASURE = "eval_"  # prefix of a measure in a log
BASE = "base"

Measures = Mapping[str, float]
Runs = Mapping[str, Sequence[Measures]]


def read_runs(named: Sequence[str]) -> Runs:
    """Return recipe -> final measures of its runs; BASE is the untrained encoder, one run."""
    runs: dict[str, list[Measures]] = {}
    for one in named:
        name, _, folder = one.partition("=")
        (manifest,) = Path(folder).glob("average-*/manifest.json")
        final = json.loads(manifest.read_text(encoding="utf-8"))["result"]
        runs.setdefault(BASE, [_before(Path(folder))])
        runs.setdefault(name, []).append(final)
    return runs


def table(runs: Runs) -> str:
    """Return one line per recipe: mean and standard deviation of each measure, in per cent."""
    names = list(runs[BASE][0])
    lines = [f"| | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    for recipe, seeds in runs.items():
        cells = [_cell([seed[name] for seed in seeds]) for name in names]
        lines.append(f"| {recipe} | {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(runs: Runs, out: Path) -> None:
    """Draw a PNG: one panel per measure, one bar per recipe, one dot per seed."""
    from matplotlib.figure import Figure

    names = list(runs[BASE][0])
    figure = Figure(figsize=(1.9 * len(names), 3.6), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names)), names, strict=True):
        means = [fmean(seed[name] for seed in seeds) for seeds in runs.values()]
        axes.barh(list(runs), means, color=["0.75", *["tab:blue"] * (len(runs) - 1)], alpha=0.7)
        for place, seeds in enumerate(runs.values()):
            axes.plot([seed[name] for seed in seeds], [place] * len(seeds), "k.", markersize=4)
        most = max(seed[name] for seeds in runs.values() for seed in seeds)
        axes.set_xlim(min(means) * 0.9, min(100, most * 1.04))
        axes.set_title(name, fontsize="small")
        axes.invert_yaxis()
        if name != names[0]:
            axes.set_yticklabels([])
    figure.savefig(out, format="png", dpi=120)


def _before(folder: Path) -> Measures:
    (log,) = folder.glob("fit-*/log.jsonl")
    rows = map(json.loads, log.read_text(encoding="utf-8").splitlines())
    first = next(row for row in rows if row["step"] == 0)
    return {key.removeprefix(MEASURE): v for key, v in first.items() if key.startswith(MEASURE)}


def _cell(values: Sequence[float]) -> str:
    spread = f" ± {stdev(values):.1f}" if len(values) > 1 else ""
    return f"{fmean(values):.1f}{spread}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    runs = read_runs(options.runs)
    print(table(runs))
    if options.plot:
        draw(runs, options.plot)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("runs", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--plot", type=Path, help="a PNG to draw")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
