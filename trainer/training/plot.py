"""The log of a training run -> a plot of its losses and dev measures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOSSES = ("loss", "contrast", "margin", "distil")
MEASURE = "eval_"  # prefix of a dev measure's name
SIZE = (11.0, 4.5)  # inches


def plot_log(log: Path, out: Path) -> None:
    """Draw `out`, a PNG: losses by step on the left, dev measures by step on the right."""
    from matplotlib.figure import Figure

    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    figure = Figure(figsize=SIZE, layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw(left, rows, [name for name in LOSSES if _points(rows, name)], "loss")
    measures = sorted({name for row in rows for name in row if name.startswith(MEASURE)})
    _draw(right, rows, measures, "dev sets, per cent")
    figure.savefig(out, format="png", dpi=120)


def _draw(axes: Axes, rows: Sequence[Mapping[str, Any]], names: Sequence[str], title: str) -> None:
    for name in names:
        steps, values = zip(*_points(rows, name), strict=True)
        axes.plot(steps, values, marker="." if len(steps) < 20 else "", label=_label(name))
    axes.set_xlabel("step")
    axes.set_title(title)
    axes.grid(alpha=0.3)
    if names:
        axes.legend(fontsize="small")


def _points(rows: Sequence[Mapping[str, Any]], name: str) -> list[tuple[int, float]]:
    return [(row["step"], row[name]) for row in rows if name in row]


def _label(name: str) -> str:
    return name.removeprefix(MEASURE)
