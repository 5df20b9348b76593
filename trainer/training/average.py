"""Stage `average`: the mean of the weights of the tuned models and of the base."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from melscribe_core.encoder.encoder import usable_cores
from melscribe_core.encoder.sentence_encoder import model_folder, open_model
from melscribe_core.errors import MelScribeError

from ..evaluation.dev import measure_model, read_tests
from ..job import DEV, MODEL, Job

if TYPE_CHECKING:
    import torch


def average_stage(
    base: str, tuned: Mapping[Path, float], share: float, prepared: Path, job: Job
) -> dict[str, Any]:
    """Write the averaged model; return its dev measures."""
    average(base, tuned, share, job.out / MODEL)
    return measure_model(job.out / MODEL, read_tests(prepared / DEV), job.device)


def average(base: str, tuned: Mapping[Path, float], share: float, out: Path) -> None:
    """Write to `out` the weighted mean of the tuned models, averaged with `share` of the base.

    The base's share retains abilities that are lost by tuning on one domain (Wortsman et al. 2022,
    WiSE-FT); the mean of several runs from one base makes fewer errors than one run (Wortsman et
    al. 2022, model soups). `tuned`: at least one folder, each with its share of the tuned weights;
    the shares add up to 1. Raises MelScribeError if a tuned model has other layers than `base`, or
    for a share outside 0 to 1.
    """
    import torch

    for one in (share, *tuned.values()):
        if not 0 <= one <= 1:
            raise MelScribeError(f"average: {one} is not a share; write a number from 0 to 1.")
    own = open_model(model_folder(base), usable_cores(), "cpu").state_dict()
    models = [open_model(folder, usable_cores(), "cpu") for folder in tuned]
    runs = [model.state_dict() for model in models]
    for folder, run in zip(tuned, runs, strict=True):
        if _shapes(run) != _shapes(own):
            raise MelScribeError(
                f"average: {folder} was not tuned from {base}, their layers differ; "
                "give the base that it was tuned from."
            )
    with torch.no_grad():
        for name, tensor in runs[0].items():
            if tensor.is_floating_point():
                mixed = share * own[name]
                for run, weight in zip(runs, tuned.values(), strict=True):
                    mixed.add_(run[name], alpha=(1 - share) * weight)
                tensor.copy_(mixed)
    models[0].save_pretrained(str(out), create_model_card=False)


def _shapes(weights: Mapping[str, torch.Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in weights.items()}
