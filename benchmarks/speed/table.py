"""Numbers as text, rows, Markdown tables, and their place in a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.speed.process import BenchError

LAST_RUN = "the last run"  # a place in a document, see write_between
HEAD = ("what", "asked", "measured", "ratio", "held")


@dataclass(frozen=True)
class Row:
    """One line of the main table.

    `asked` is the limit, `held` whether it is met, None without a limit.
    """

    what: str
    measured: str
    asked: str = ""
    ratio: str = ""
    held: bool | None = None


def seconds(values: Sequence[float]) -> str:
    """Format the median in seconds and the range."""
    return _spread(values, 1.0, " s")


def milliseconds(values: Sequence[float]) -> str:
    """Format the median of seconds in milliseconds, signed, and the range."""
    return _spread(values, 1000.0, " ms", "+.1f")


def megabytes(values: Sequence[float]) -> str:
    """Format the median of bytes in MB (10^6 bytes) and the range."""
    return _spread(values, 1e-6, " MB", ".0f")


def factors(values: Sequence[float]) -> str:
    """Format the median of ratios and the range."""
    return _spread(values, 1.0, " x")


def pairwise(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Return above / below, pair by pair.

    Each pair is from one round, so that a slow round slows both.
    """
    return [a / b for a, b in zip(above, below, strict=True)]


def differences(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Return above - below, pair by pair."""
    return [a - b for a, b in zip(above, below, strict=True)]


def render(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    return markdown(HEAD, map(_cells, rows))


def markdown(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return lines of cells as a Markdown table."""
    every = [head, ["---" for _ in head], *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in every)


def markers(place: str) -> tuple[str, str]:
    """Return the markers before and after a place in a document."""
    return f"<!-- {place}: begin -->", f"<!-- {place}: end -->"


def write_between(document: Path, text: str, place: str = LAST_RUN) -> None:
    """Replace the text between the two markers of a place.

    Raises BenchError if the document does not have both markers.
    """
    first, last = markers(place)
    before, begin, rest = document.read_text(encoding="utf-8").partition(first)
    _, end, after = rest.partition(last)
    if not (begin and end):
        raise BenchError(f"{document} has no place for this; write {first} and {last} into it.")
    document.write_text(f"{before}{first}\n{text}\n{last}{after}", encoding="utf-8")


def _spread(values: Sequence[float], scale: float, unit: str, form: str = ".2f") -> str:
    middle, least, most = (format(f(values) * scale, form) for f in (median, min, max))
    return f"{middle}{unit}" if len(values) == 1 else f"{middle}{unit} ({least} to {most})"


def _cells(row: Row) -> tuple[str, ...]:
    held = {None: "", True: "yes", False: "**no**"}[row.held]
    return (row.what, row.asked, row.measured, row.ratio, held)
