"""Stage `mine`: bi-encoders rank all texts for all queries; the hard negatives are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from melscribe_core.encoder.encoder import usable_cores
from melscribe_core.encoder.sentence_encoder import model_folder, open_model

from ..data.pairs import read_pairs
from ..devices import chosen_device, encode_with
from ..job import TEACHER, Job
from .negatives import (
    Mined,
    answers_of,
    join,
    mine,
    report,
    write_negatives,
)


@dataclass(frozen=True)
class MineOptions:
    """Which bi-encoders mine hard negatives, and how many."""

    miners: tuple[str, ...] = ()  # bi-encoders; empty: the base model
    count: int = 0  # negatives per query and miner; 0 skips mining


def mine_stage(
    prepared: Path, miners: Sequence[str], count: int, bf16: bool, job: Job
) -> dict[str, Any]:
    """Write hard negatives for the pairs, and in `TEACHER`/ for the teacher's own pairs if any.

    Returns a report per miner, see negatives.report.
    """
    found: dict[str, Any] = _mined(prepared, job.out, miners, count, bf16, job)
    if (prepared / TEACHER).is_dir():
        (job.out / TEACHER).mkdir()
        rows = _mined(prepared / TEACHER, job.out / TEACHER, miners, count, bf16, job)
        found |= {f"teacher: {miner}": row for miner, row in rows.items()}
    return found


def _mined(
    prepared: Path, out: Path, miners: Sequence[str], count: int, bf16: bool, job: Job
) -> dict[str, dict[str, float]]:
    pairs = read_pairs(prepared)
    answers = answers_of(pairs)
    found: list[Mined] = []
    for name in miners:
        job.say(f"{name} ranks {len(pairs.corpus)} texts for {len(pairs.queries)} queries")
        model = open_model(model_folder(name), usable_cores(), chosen_device(job.device))
        encode = encode_with(model, bf16)
        queries = encode([query.text for query in pairs.queries])
        texts = encode(list(pairs.corpus))
        found.append(mine(name, queries, texts, answers, count))
    write_negatives(join(found), out)
    return report(found)
