"""What every stage is given beside its own options, and the names of the files stages exchange."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .devices import Device

Say = Callable[[str], None]
"""Shows one line of progress to the user."""

MODEL = "model"  # folder of a model, inside the folder of the stage that made it
LOG = "log.jsonl"  # losses and measures of a training run, one JSON object per line
CHECKPOINTS = "checkpoints"  # folder that is deleted when a training run ends
DEV = "dev"  # of `prepare`: one BEIR folder per dev set
TEACHER = "teacher"  # of `prepare` and `mine`: data for the teacher alone


@dataclass(frozen=True)
class Job:
    """Where one stage writes, its seed, where it computes, and how it reports progress."""

    out: Path
    seed: int
    device: Device
    say: Say

    def rng(self) -> np.random.Generator:
        """Return a new random generator of the job's seed."""
        return np.random.default_rng(self.seed)
