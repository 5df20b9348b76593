"""Stage 2, preferences: a tower learns which tracks are liked after which, and keeps its words.

The three losses are those of HTCL (Pan et al. 2025, arXiv 2505.23298). Batches of stage 1 are
replayed: without them the space answers favours and forgets what descriptors mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from melscribe_core.arrays import FloatArray

from ..job import Job
from .descent import DescentOptions, descend
from .net import Fusion, TowerNet
from .objectives import PreferenceWeights, preference_losses
from .semantic import Material, SemanticLosses, SemanticOptions, batch, dev_score, vectors_of
from .triplets import Favours, Triplet, TripletParts, favoured, text_vectors


@dataclass(frozen=True)
class PreferenceOptions:
    """How stage 2 trains; a `replay` of 0 turns the pairs of stage 1 off."""

    weights: PreferenceWeights = field(default_factory=PreferenceWeights)
    replay: float = 1.0  # weight of the loss of stage 1
    descent: DescentOptions = field(
        default_factory=lambda: DescentOptions(epochs=20.0, lr=2e-4, decay=0.05, evals=10)
    )


def learn_preferences(
    net: TowerNet,
    material: Material,
    triplets: TripletParts,
    semantic: SemanticOptions,
    options: PreferenceOptions,
    job: Job,
) -> dict[str, Any]:
    """Train a tower of stage 1 further, in place; return what to report of the run.

    It ends with the weights that were best on the dev part: the mean of how well its questions are
    answered and how well its recommended tracks are found.
    """
    torch.manual_seed(job.seed)
    fusion = Fusion(material.encoder.dim)
    modules = nn.ModuleDict({"net": net, "fusion": fusion})
    steps = options.descent.steps(len(triplets.train))
    losses = _Losses(net, fusion, material, triplets.train, semantic, options, job)
    judge = _Judge(net, material, triplets.dev, job) if triplets.dev and material.dev else None
    found = descend(modules, losses, steps, options.descent, job, judge)
    return {**found, "triplets": len(triplets.train)}


class _Losses:
    """The weighted losses of a step: three of its triplets, and the replay of stage 1."""

    def __init__(
        self,
        net: TowerNet,
        fusion: Fusion,
        material: Material,
        triplets: Sequence[Triplet],
        semantic: SemanticOptions,
        options: PreferenceOptions,
        job: Job,
    ) -> None:
        self._net, self._fusion = net, fusion
        self._x, self._options, self._seed = material.x, options, job.seed
        self._triplets, self._favours = triplets, Favours(triplets)
        self._texts = text_vectors(triplets, material.encoder, job.say)
        self._size = options.descent.size(len(triplets))
        size = options.descent.size(len(material.taught))
        self._replay = SemanticLosses(material, net, semantic, size, job.seed)

    def __call__(self, step: int, device: torch.device) -> dict[str, Tensor]:
        chosen = batch(step, len(self._triplets), self._size, self._seed)
        rows = [self._triplets[at] for at in chosen]
        masks = {
            name: torch.from_numpy(mask).to(device)
            for name, mask in self._favours.masks(chosen).items()
        }
        losses = preference_losses(
            self._net(_moved(self._x[[one.trigger for one in rows]], device)),
            self._net(_moved(self._x[[one.recommended for one in rows]], device)),
            _moved(self._texts[chosen], device),
            self._fusion,
            self._net.temperature,
            masks,
            self._options.weights,
        )
        if self._options.replay:
            replayed = torch.stack([*self._replay(step, device).values()]).sum()
            losses["replay"] = self._options.replay * replayed
        return losses


class _Judge:
    """How good a checkpoint of stage 2 is on the dev part, from 0 to 1."""

    def __init__(
        self, net: TowerNet, material: Material, triplets: Sequence[Triplet], job: Job
    ) -> None:
        self._net, self._material, self._triplets = net, material, triplets
        self._texts = text_vectors(triplets, material.encoder, job.say)

    def __call__(self) -> float:
        vectors = vectors_of(self._net, self._material.x)
        found = favoured(vectors, self._triplets, self._texts, self._material.parts.dev)
        liked = np.mean([found["trigger mrr"], found["text mrr"]])
        return float(dev_score(self._material, self._net) + liked) / 2


def _moved(array: FloatArray, device: torch.device) -> Tensor:
    return torch.from_numpy(array).to(device)
