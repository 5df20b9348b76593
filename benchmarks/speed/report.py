"""The rows of the main table: each measurement beside its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.speed.process import Usage
from benchmarks.speed.rounds import REQUEST, LongRuns, Samples
from benchmarks.speed.table import (
    Row,
    differences,
    factors,
    megabytes,
    milliseconds,
    pairwise,
    seconds,
)

DESCRIBE_FACTOR = 2.0  # of `beet version`
DESCRIBE_PEAK = 300e6  # bytes
FIRST_SECONDS = 90.0  # on two cores, 55,525 tracks
FIRST_FACTOR = 4.0  # of the plain script's tracks per second
PLAYED_FACTOR = 1.2  # of `describe`
IDLE_FACTOR = 2.5  # of `beet version`
MODIFIED_SECONDS = 1.0  # more than an idle run
LS_SECONDS = 0.010  # more than without the plugin
RECALL = 0.99

SMALL = 100_000  # bytes; smaller files are counted but not listed


@dataclass(frozen=True)
class Measured:
    """All measurements of one run of benchmarks.speed.run."""

    tracks: int
    samples: Samples
    long_runs: LongRuns
    recall: dict[str, Any]  # printed by candidate_recall
    sizes: dict[str, int]  # bytes of the files of the plugin, by name
    library: int  # bytes of library.db


def rows(found: Measured) -> list[Row]:
    """Return all rows of the table, in order."""
    return [
        *_start_rows(found.samples),
        *_describe_rows(found.samples),
        *_first_rows(found),
        *_plain_rows(found),
        *_later_rows(found.samples),
        _recall_row(found.recall),
        *_size_rows(found),
    ]


def _start_rows(samples: Samples) -> list[Row]:
    bare, loaded = _walls(samples["version"]), _walls(samples["version, plugin"])
    ls, ls_loaded = _walls(samples["ls"]), _walls(samples["ls, plugin"])
    more = differences(ls_loaded, ls)
    more_cpu = differences(_cpus(samples["ls, plugin"]), _cpus(samples["ls"]))
    return [
        Row("`beet version`, no plugin", seconds(bare), ratio="1"),
        Row(
            "`beet version`, plugin loaded", seconds(loaded), ratio=factors(pairwise(loaded, bare))
        ),
        Row("`beet ls` of ten tracks, no plugin", seconds(ls), ratio=factors(pairwise(ls, bare))),
        Row(
            "`beet ls` of ten tracks, plugin loaded: wall time more",
            milliseconds(more),
            "at most 10 ms",
            factors(pairwise(ls_loaded, ls)),
            median(more) <= LS_SECONDS,
        ),
        Row("... processor time more", milliseconds(more_cpu)),
    ]


def _describe_rows(samples: Samples) -> list[Row]:
    usages = samples["describe"]
    ratios = pairwise(_walls(usages), _walls(samples["version"]))
    cpus, bare_cpus = _cpus(usages), _cpus(samples["version"])
    peaks = _peaks(usages)
    return [
        Row(
            f'cold `beet describe "{REQUEST}" --json`',
            seconds(_walls(usages)),
            f"at most {DESCRIBE_FACTOR} x `beet version`",
            factors(ratios),
            median(ratios) <= DESCRIBE_FACTOR,
        ),
        Row("... processor time", seconds(cpus), ratio=factors(pairwise(cpus, bare_cpus))),
        Row("... peak memory", megabytes(peaks), "under 300 MB", held=max(peaks) < DESCRIBE_PEAK),
        _played_row(samples),
    ]


def _played_row(samples: Samples) -> Row:
    walls = _walls(samples["describe, one played"])
    ratios = pairwise(walls, _walls(samples["describe"]))
    return Row(
        "the same after a play count was written",
        seconds(walls),
        f"at most {PLAYED_FACTOR} x `describe`",
        factors(ratios),
        median(ratios) <= PLAYED_FACTOR,
    )


def _first_rows(found: Measured) -> list[Row]:
    walls = _walls(found.long_runs.first)
    return [
        Row(
            "first `beet melindex`",
            f"{seconds(walls)}; {found.tracks / median(walls):,.0f} tracks/s",
            f"under {FIRST_SECONDS:.0f} s on two cores",
            held=median(walls) < FIRST_SECONDS,
        ),
        Row("... peak memory", megabytes(_peaks(found.long_runs.first))),
    ]


def _plain_rows(found: Measured) -> list[Row]:
    runs = found.long_runs
    if not runs.plain:
        return [Row("plain script", "not run: no weights were given", f"{FIRST_FACTOR} x slower")]
    took = [scaled_seconds(counts) for counts in runs.counts]
    rates = [counts["of"] / wall for counts, wall in zip(runs.counts, took, strict=True)]
    gains = pairwise([found.tracks / wall for wall in _walls(runs.first)], rates)
    return [
        Row(
            f"plain script, {_extent(runs.counts[0])}: encode + add only",
            f"{seconds(took)}; {median(rates):,.0f} tracks/s",
        ),
        Row("... peak memory", megabytes(_peaks(runs.plain))),
        Row(
            "the whole first `melindex` over the plain script's encode + add",
            f"{found.tracks / median(_walls(runs.first)):,.0f} to {median(rates):,.0f} tracks/s",
            f"at least {FIRST_FACTOR} x",
            factors(gains),
            held=median(gains) >= FIRST_FACTOR,
        ),
    ]


def scaled_seconds(counts: dict[str, Any]) -> float:
    """Return the plain script's seconds of encoding and adding, scaled from its sample to all."""
    return float((counts["encode"] + counts["add"]) * counts["of"] / counts["tracks"])


def _extent(counts: dict[str, Any]) -> str:
    if counts["tracks"] == counts["of"]:
        return f"all {counts['of']:,} tracks with tags"
    return f"scaled from {counts['tracks']:,} of {counts['of']:,} tracks with tags"


def _later_rows(samples: Samples) -> list[Row]:
    idle, modified = _walls(samples["melindex"]), _walls(samples["melindex, one modified"])
    more, ratios = differences(modified, idle), pairwise(idle, _walls(samples["version"]))
    return [
        Row(
            "`beet melindex`, nothing changed",
            seconds(idle),
            f"at most {IDLE_FACTOR} x `beet version`",
            factors(ratios),
            median(ratios) <= IDLE_FACTOR,
        ),
        Row(
            "`beet melindex`, one track modified: wall time more",
            seconds(more),
            f"under {MODIFIED_SECONDS:.0f} s",
            held=median(more) < MODIFIED_SECONDS,
        ),
        Row("... peak memory", megabytes(_peaks(samples["melindex, one modified"]))),
    ]


def _recall_row(recall: dict[str, Any]) -> Row:
    by = "graph" if recall["by_graph"] else "scan of packed vectors"
    what = f"the exact first {recall['k']} among {recall['candidates']} candidates by the {by}"
    extent = f"{recall['requests']} requests, {recall['texts']:,} texts"
    speed = f"{recall['near'] * 1000:.2f} against {recall['exact'] * 1000:.2f} ms a search"
    return Row(
        f"{what}, {extent}",
        f"{recall['recall']:.4f} (worst {recall['worst']:.2f}); {speed}",
        f"at least {RECALL}",
        f"{recall['near'] / recall['exact']:.2f} x",
        recall["recall"] >= RECALL,
    )


def _size_rows(found: Measured) -> list[Row]:
    parts = [f"{name} {megabytes([size])}" for name, size in found.sizes.items() if size >= SMALL]
    total = sum(found.sizes.values())
    return [
        Row("on disk: the library", megabytes([found.library]), ratio="1"),
        Row(
            "on disk: the index beside it",
            f"{megabytes([total])}: {', '.join(parts)}",
            ratio=f"{total / found.library:.2f} x",
        ),
    ]


def _walls(usages: Sequence[Usage]) -> list[float]:
    return [usage.wall for usage in usages]


def _cpus(usages: Sequence[Usage]) -> list[float]:
    return [usage.cpu for usage in usages]


def _peaks(usages: Sequence[Usage]) -> list[float]:
    return [float(usage.peak) for usage in usages]
