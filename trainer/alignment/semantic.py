"""Stage 1, semantics: what was heard and the texts of the same track are drawn together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import Encoder
from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.learned import as_texts
from melscribe_core.hearing.sound import features, probabilities
from melscribe_core.hearing.tower import inputs, standardised

from ..job import Job, Say
from ..training.loss import distillation
from .descent import DescentOptions, descend
from .examples import Example
from .net import NetOptions, TowerNet, scales
from .objectives import info_nce
from .partition import Partition, partition
from .retrieval import Questions, mean_score, measured, questions_for
from .rivals import STRENGTHS, ridge
from .wording import Mix, Texts

FEWEST = 2  # tracks with a text that training needs: one has nothing to be told from


@dataclass(frozen=True)
class SemanticOptions:
    """How stage 1 trains."""

    net: NetOptions = field(default_factory=NetOptions)
    mix: Mix = field(default_factory=Mix)
    descent: DescentOptions = field(default_factory=DescentOptions)
    closeness: float = 30.0  # weight of 1 - cosine of a track and its whole set


class Material:
    """Examples that were heard, their parts, inputs, texts and questions; made when first used."""

    def __init__(self, examples: Sequence[Example], encoder: Encoder, seed: int, say: Say) -> None:
        self.examples, self.encoder, self.seed, self._say = examples, encoder, seed, say
        self.sounds = [one.heard for one in examples if one.heard is not None]
        self.parts: Partition = partition(examples, seed)
        self.taught = tuple(p for p in self.parts.train if _says_something(examples[p]))
        if len(self.taught) < FEWEST:
            raise MelScribeError(
                f"{len(self.taught)} of {len(self.parts.train)} tracks for training have tags or "
                f"texts, and {FEWEST} or more are needed; give rows with tags or texts."
            )

    @cached_property
    def texts(self) -> Texts:
        """The texts of all examples, encoded."""
        return Texts(self.examples, self.encoder, self.seed, self._say)

    @cached_property
    def scales(self) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the inputs of the training part."""
        return scales(self._raw[list(self.parts.train)])

    @cached_property
    def x(self) -> FloatArray:
        """The standardised inputs of all examples."""
        return standardised(self._raw, *self.scales)

    @cached_property
    def dev(self) -> Questions:
        """The questions of the dev part."""
        return questions_for(self.parts.dev, self.texts)

    @cached_property
    def test(self) -> Questions:
        """The questions of the test part."""
        return questions_for(self.parts.test, self.texts)

    @cached_property
    def middle(self) -> FloatArray:
        """The mean vector of the texts of the training part, (dim,)."""
        found: FloatArray = self.targets.mean(axis=0)
        return found

    @cached_property
    def line(self) -> tuple[FloatArray, FloatArray]:
        """The ridge from the inputs to the texts' deviations from `middle`, the best on dev."""
        x, y = self.x[list(self.taught)], self.targets - self.middle
        found = [ridge(x, y, strength) for strength in STRENGTHS]
        if not self.dev:
            return found[1]
        dev = list(self.parts.dev)
        return max(found, key=lambda one: mean_score(measured(self.linear(*one)[dev], self.dev)))

    def linear(self, weights: FloatArray, bias: FloatArray) -> FloatArray:
        """Return the unit vectors that a linear map gives all examples, float32 (n, dim)."""
        return as_texts(self.x @ weights.T + bias, self.middle)

    @cached_property
    def _raw(self) -> FloatArray:
        return inputs(features(self.sounds), probabilities(self.sounds))

    @cached_property
    def targets(self) -> FloatArray:
        """A vector for each track of `taught`: its whole set, else its mean caption."""
        kinds = [self.texts.kinds[place] for place in self.taught]
        return np.stack([self.texts.vectors[list(k[0] or k[3])].mean(axis=0) for k in kinds])


def learn_semantics(
    material: Material, options: SemanticOptions, job: Job
) -> tuple[TowerNet, dict[str, Any]]:
    """Train a tower on the pairs of the training part; return it and what to report of the run.

    It begins as the closed-form ridge, and ends with the weights that were best on the dev part.
    """
    torch.manual_seed(job.seed)
    net = TowerNet(material.x.shape[1], material.middle, options.net)
    net.start_from(*material.line)
    steps = options.descent.steps(len(material.taught))
    size = options.descent.size(len(material.taught))
    losses = SemanticLosses(material, net, options, size, job.seed)
    judge = (lambda: dev_score(material, net)) if material.dev else None
    found = descend(nn.ModuleDict({"net": net}), losses, steps, options.descent, job, judge)
    return net, {**found, "temperature": round(1 / net.temperature.factor(), 4)}


class SemanticLosses:
    """The weighted losses of a step: the symmetric InfoNCE of its batch, and the closeness.

    A text that names only what another track of the batch has too is not its negative. InfoNCE
    alone orders cosines, whatever their size; but in a library these vectors are ranked beside
    those of tagged tracks, so `closeness` draws each to the vector that its tags would give it.
    """

    def __init__(
        self, material: Material, net: TowerNet, options: SemanticOptions, size: int, seed: int
    ) -> None:
        self._material, self._net, self._options = material, net, options
        self._size, self._seed = size, seed

    def __call__(self, step: int, device: torch.device) -> dict[str, Tensor]:
        """Return the losses of the step of this number by name."""
        rng, taught = np.random.default_rng([self._seed, step]), self._material.taught
        rows = batch(step, len(taught), self._size, self._seed)
        places = [taught[row] for row in rows]
        texts = self._material.texts
        drawn = [texts.drawn(place, self._options.mix, rng) for place in places]
        answered = torch.from_numpy(texts.answered(places, drawn)).to(device)
        tracks = self._net(torch.from_numpy(self._material.x[places]).to(device))
        vectors = torch.from_numpy(texts.vectors[drawn]).to(device)
        losses = {"semantic": info_nce(tracks, vectors, self._net.temperature, answered)}
        if self._options.closeness:
            wholes = torch.from_numpy(self._material.targets[rows]).to(device)
            losses["closeness"] = self._options.closeness * distillation(tracks, wholes)
        return losses


def batch(step: int, rows: int, size: int, seed: int) -> list[int]:
    """Return the rows of a step: every row once in each epoch, in another order each time."""
    return [
        int(_order(at // rows, rows, seed)[at % rows])
        for at in range(step * size, (step + 1) * size)
    ]


def vectors_of(net: TowerNet, x: FloatArray) -> FloatArray:
    """Return the net's unit vectors of standardised inputs, without dropout."""
    net.eval()
    with torch.no_grad():
        device = net.outer.bias.device
        found: FloatArray = net(torch.from_numpy(x).to(device)).cpu().numpy()
    return found


def dev_score(material: Material, net: TowerNet) -> float:
    """Return how well the net answers the questions of the dev part, from 0 to 1."""
    vectors = vectors_of(net, material.x[list(material.parts.dev)])
    return mean_score(measured(vectors, material.dev))


@lru_cache(maxsize=4)  # the epochs that are being read
def _order(epoch: int, rows: int, seed: int) -> np.ndarray:
    return np.random.default_rng([seed, epoch, rows]).permutation(rows)


def _says_something(example: Example) -> bool:
    return bool(example.descriptors or example.captions)
