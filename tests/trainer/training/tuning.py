"""A short `fit` of a tiny model, and the distance between two models."""

from pathlib import Path

import torch
from safetensors.torch import load_file

from melscribe_trainer.job import Job, Say
from melscribe_trainer.training.fit import FitData, FitOptions, fit
from melscribe_trainer.training.plan import PlanOptions

STEPS = 6
Weights = dict[str, torch.Tensor]
OPTIONS = FitOptions(rows=PlanOptions(steps=STEPS, batch=8), evals=2, lr=1e-3)


def silent(_: str) -> None:
    pass


def tune(
    out: Path,
    base: Path,
    data: FitData,
    options: FitOptions = OPTIONS,
    seed: int = 0,
    say: Say = silent,
) -> Weights:
    out.mkdir(exist_ok=True)
    fit(str(base), data, options, Job(out, seed, "cpu", say))
    return weights(out / "model")


def weights(folder: Path) -> Weights:
    return load_file(folder / "model.safetensors")


def distance(one: Weights, other: Weights) -> float:
    return max(float((one[name] - other[name]).abs().max()) for name in one)
