"""The tower in torch: the same layers as in melscribe_core/hearing/tower.py, to be trained."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.tower import Tower

FIRST_TEMPERATURE = 0.07  # as in CLIP (Radford et al. 2021) and TTMR++
SOFTEST, SHARPEST = 0.0, math.log(100)  # bounds of log(1 / temperature); the upper one is CLIP's
NARROWEST = 1e-3  # least standard deviation: an input that hardly varies is not blown up


@dataclass(frozen=True)
class NetOptions:
    """Size and regularisation of the tower."""

    hidden: int = 512
    dropout: float = 0.5  # of the hidden layer


class Temperature(nn.Module):
    """A learned factor of similarities, 1 / temperature, kept as its logarithm."""

    def __init__(self) -> None:
        super().__init__()
        self.log = nn.Parameter(torch.tensor(-math.log(FIRST_TEMPERATURE)))

    def forward(self, similarities: Tensor) -> Tensor:
        """Return the similarities divided by the temperature."""
        return similarities * self.log.exp()

    def factor(self) -> float:
        """Return 1 / temperature."""
        return float(self.log.detach().exp())

    @torch.no_grad()
    def clamp(self) -> None:
        """Keep the factor within its bounds; call it after each step of the optimizer.

        The parameter itself is clamped: clamped in the forward pass it would have no gradient
        beyond the bounds, and never come back.
        """
        self.log.clamp_(SOFTEST, SHARPEST)


class TowerNet(nn.Module):
    """Standardised inputs, (n, inputs), -> unit vectors (n, dim); has the temperature of stage 1.

    `middle` is the mean vector of texts, (dim,): the layers give a direction from it, in which the
    vector is as far away as texts are (see melscribe_core/hearing/learned.py: as_texts). Without
    training it is a linear map, to which the hidden layer learns what to add.
    """

    middle: Tensor

    def __init__(self, inputs: int, middle: FloatArray, options: NetOptions) -> None:
        super().__init__()
        dim = len(middle)
        self.register_buffer("middle", torch.from_numpy(middle))
        self.inner = nn.Linear(inputs, options.hidden)
        self.outer = nn.Linear(options.hidden, dim)
        self.direct = nn.Linear(inputs, dim, bias=False)
        self.dropout = nn.Dropout(options.dropout)
        self.temperature = Temperature()
        nn.init.zeros_(self.outer.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Return the unit vectors of standardised inputs."""
        hidden = self.dropout(functional.relu(self.inner(x)))
        towards = functional.normalize(self.outer(hidden) + self.direct(x), dim=-1)
        far = (1 - self.middle @ self.middle).clamp(min=0).sqrt()
        return functional.normalize(self.middle + far * towards, dim=-1)

    @torch.no_grad()
    def start_from(self, weights: FloatArray, bias: FloatArray) -> None:
        """Set the linear map, (dim, inputs) and (dim,), that training begins with."""
        self.direct.weight.copy_(torch.from_numpy(weights))
        self.outer.bias.copy_(torch.from_numpy(bias))


class Fusion(nn.Module):
    """Fuse vectors of tracks and of texts, (n, dim) each, to unit vectors; only for stage 2.

    Without training it is their mean.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.layer = nn.Linear(2 * dim, dim)
        self.temperature = Temperature()
        with torch.no_grad():
            half = torch.eye(dim) / 2
            self.layer.weight.copy_(torch.cat([half, half], dim=1))
            self.layer.bias.zero_()

    def forward(self, tracks: Tensor, texts: Tensor) -> Tensor:
        """Return the fused unit vectors."""
        return functional.normalize(self.layer(torch.cat([tracks, texts], dim=-1)), dim=-1)


def scales(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of each column, the latter at least NARROWEST."""
    return x.mean(axis=0), np.maximum(x.std(axis=0), np.float32(NARROWEST))


def as_tower(net: TowerNet, centre: FloatArray, spread: FloatArray, encoder: str) -> Tower:
    """Return the tower that numpy runs, with weights rounded to the 16 bits of its file."""

    def rounded(tensor: Tensor) -> FloatArray:
        found: FloatArray = tensor.detach().half().float().cpu().numpy()
        return found

    return Tower(
        encoder,
        centre,
        spread,
        rounded(net.inner.weight),
        rounded(net.inner.bias),
        rounded(net.outer.weight),
        rounded(net.outer.bias),
        rounded(net.direct.weight),
        net.middle.cpu().numpy(),
    )
