"""Stage `export`: the published model, in 8 bits, compared with the tuned one and calibrated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from melscribe_core.encoder.calibration import write_calibration
from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.errors import MelScribeError

from ..clock import Spent, clocked
from ..data.datasets import Dataset, are_requests
from ..data.pairs import read_pairs
from ..data.sources import Sources
from ..evaluation.calibrate import calibrate
from ..evaluation.dev import measure, measure_model, read_tests
from ..job import DEV, MODEL, Job
from .export import CHECKS, export

MOST_LOST = 0.5  # points that the export may cost, averaged over the dev queries


def export_stage(
    tuned: Path, prepared: Path, sources: Sources, name: str, words: float, job: Job
) -> dict[str, Any]:
    """Export the model in the folder `tuned` and calibrate it; `words`: weight of shared words.

    Returns the agreement with the tuned model, the dev measures, the calibration's error and the
    processor seconds of conversion, checks and calibration.
    """
    out = job.out / MODEL
    pairs = read_pairs(prepared)
    texts = [*pairs.corpus, *(query.text for query in pairs.queries)]
    spent: Spent = {}
    made = export(str(tuned), out, texts, name=name, spent=spent)
    with clocked(spent, CHECKS):
        tests = read_tests(prepared / DEV)
        shipped = measure(load_encoder(str(out)).encode, tests)
        queries = [len(test.queries) for test in tests]
        lost = check_loss(measure_model(tuned, tests, job.device), shipped, queries)
    with clocked(spent, "calibration"):
        fitted = calibrated(out, sources.dev_data(), sources.train(), words)
    found = {"mean cosine to the model": round(made.mean_cosine, 5), "points lost": lost}
    times = {f"processor seconds, {part}": round(taken, 1) for part, taken in spent.items()}
    return found | shipped | fitted | times


def check_loss(
    before: Mapping[str, float], after: Mapping[str, float], queries: Sequence[int]
) -> float:
    """Return by how many points the measures fell, averaged over all dev queries.

    `queries`: the number of queries of each measure. Raises MelScribeError above MOST_LOST.
    """
    lost = [(before[name] - after[name]) * n for name, n in zip(before, queries, strict=True)]
    mean = sum(lost) / max(sum(queries), 1)
    if mean > MOST_LOST:
        raise MelScribeError(
            f"export: 8 bits cost {mean:.2f} points on the dev sets, more than {MOST_LOST}; "
            "the tuned model is kept, try another seed or a larger average."
        )
    return round(mean, 2)


def calibrated(
    model: Path, dev: Iterable[Dataset], train: Iterable[Dataset], words: float
) -> dict[str, Any]:
    """Calibrate an exported model on the requests of `dev`; return the calibration's numbers.

    The searches run over the tracks of these and of the requests of `train`.
    """
    asked = [one for one in dev if are_requests(one)]
    if not asked:
        return {"calibration": "none, as --dev holds no requests"}
    among = [one for one in train if are_requests(one)]
    fitted = calibrate(load_encoder(str(model)), words, asked, among)
    write_calibration(fitted.calibration, model)
    found = {"requests": fitted.requests, "tracks": fitted.tracks, "error": fitted.error}
    return {f"calibration, {what}": value for what, value in found.items()}
