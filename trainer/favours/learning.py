"""Stage 2 on descriptor sets: an adapter learns what is liked together, and keeps its words.

The three losses are those of HTCL (Pan et al. 2025, arXiv 2505.23298), with a trained fusion layer
that is thrown away afterwards. The encoder is frozen, so all its vectors are known before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import MelScribeError

from ..alignment.descent import DescentOptions, descend
from ..alignment.net import Fusion, Temperature
from ..alignment.objectives import PreferenceWeights, info_nce, preference_losses
from ..alignment.semantic import batch
from ..job import Job
from .adapter import Adapter, Side
from .groups import Groups
from .replay import Replay

FIRST = 0.02  # standard deviation of what a side reads before training; what it adds begins at 0


@dataclass(frozen=True)
class PreferOptions:
    """How an adapter trains; a weight or a `replay` of 0 turns a loss off."""

    rank: int = 32
    steps: int = 250
    weights: PreferenceWeights = field(default_factory=PreferenceWeights)
    replay: float = 1.0  # weight of the loss of stage 1
    descent: DescentOptions = field(
        default_factory=lambda: DescentOptions(batch=256, lr=1e-3, decay=0.05, evals=0)
    )


@dataclass(frozen=True)
class Taught:
    """What an adapter learns from; `items` (n, dim) and `words` (words, dim) are unit vectors."""

    groups: Groups
    items: FloatArray
    words: FloatArray
    replay: Replay | None
    encoder: str  # its fingerprint


def learn_adapter(
    taught: Taught, options: PreferOptions, job: Job
) -> tuple[Adapter, dict[str, Any]]:
    """Return an adapter and what to report of the run. A seed gives the same one on a CPU.

    Raises MelScribeError if all losses are off, or one is not a number.
    """
    if not any((*vars(options.weights).values(), options.replay and taught.replay)):
        raise MelScribeError(
            "All losses are off; give one of --aa, --af, --at and --replay a weight above 0."
        )
    torch.manual_seed(job.seed)
    net = _Net(taught.items.shape[1], options.rank)
    fusion = Fusion(taught.items.shape[1])
    modules = nn.ModuleDict({"net": net, "fusion": fusion})
    losses = _Losses(net, fusion, taught, options, job)
    found = descend(modules, losses, options.steps, options.descent, job)
    sides = net.asked.as_side(), net.items.as_side()
    return Adapter(taught.encoder, *sides), {**found, "triplets": losses.size * options.steps}


class _LowRank(nn.Module):
    """A side in torch."""

    def __init__(self, dim: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, dim) * FIRST)
        self.up = nn.Parameter(torch.zeros(dim, rank))

    def forward(self, vectors: Tensor) -> Tensor:
        return functional.normalize(vectors + vectors @ self.down.T @ self.up.T, dim=-1)

    def as_side(self) -> Side:
        return Side(self.down.detach().cpu().numpy(), self.up.detach().cpu().numpy())


class _Net(nn.Module):
    """Both sides, and the temperature between words and items."""

    def __init__(self, dim: int, rank: int) -> None:
        super().__init__()
        self.asked, self.items = _LowRank(dim, rank), _LowRank(dim, rank)
        self.temperature = Temperature()


class _Losses:
    """The weighted losses of a step: three of its triplets, and the replay of stage 1."""

    def __init__(
        self, net: _Net, fusion: Fusion, taught: Taught, options: PreferOptions, job: Job
    ) -> None:
        self._net, self._fusion, self._taught = net, fusion, taught
        self._options, self._seed = options, job.seed
        self.size = options.descent.batch

    def __call__(self, step: int, device: torch.device) -> dict[str, Tensor]:
        losses = self._favours(step, device) if any(vars(self._options.weights).values()) else {}
        if self._options.replay and self._taught.replay:
            losses["replay"] = self._options.replay * self._replayed(step, device)
        return losses

    def _favours(self, step: int, device: torch.device) -> dict[str, Tensor]:
        groups, net = self._taught.groups, self._net
        drawn = groups.drawn(self.size, np.random.default_rng([self._seed, step]))
        masks = {
            name: torch.from_numpy(one).to(device) for name, one in groups.masks(drawn).items()
        }

        def items(places: Any) -> Tensor:
            found: Tensor = net.items(torch.from_numpy(self._taught.items[places]).to(device))
            return found

        texts = net.asked(torch.from_numpy(self._taught.words[drawn.text]).to(device))
        return preference_losses(
            items(drawn.trigger),
            items(drawn.recommended),
            texts,
            self._fusion,
            net.temperature,
            masks,
            self._options.weights,
        )

    def _replayed(self, step: int, device: torch.device) -> Tensor:
        replay = self._taught.replay
        assert replay
        rows = batch(step, len(replay.held), min(self.size, len(replay.held)), self._seed)
        requests = self._net.asked(torch.from_numpy(replay.requests[rows]).to(device))
        sets = self._net.items(torch.from_numpy(replay.sets[rows]).to(device))
        answered = torch.from_numpy(replay.answered(rows)).to(device)
        return info_nce(requests, sets, self._net.temperature, answered)
