"""Results -> a Markdown table in per cent, beside published figures, and a JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from melscribe_core.errors import MelScribeError

from .evaluate import SPREAD, Results
from .metrics import MEASURES, Scores

# Recall@10 in per cent from table 1 of Epure et al. 2024 (LP-MusicCaps-MC): only the rows whose
# figures we know. PAPERS_OWN is the paper's fine-tuned encoder.
PAPERS_OWN = "paper's fine-tuned"
PAPER: dict[str, dict[str, float]] = {
    "tfidf": {"MC": 89.4, "MC rephrased": 77.7},
    PAPERS_OWN: {"MC": 84.8, "MC rephrased": 70.1},
}


def table(results: Results, paper: Mapping[str, Mapping[str, float]] | None = None) -> str:
    """Return a Markdown table in per cent: a row per set and system, standard deviations after ±.

    `paper` adds a last column with its recall@10, blank where the figure is not known.
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
    """Write the results as JSON. Raises MelScribeError if the file cannot be written."""
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
