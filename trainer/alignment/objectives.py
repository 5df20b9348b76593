"""The losses of both stages: pure functions of unit vectors, temperatures and masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ..training.loss import contrast
from .net import Fusion, Temperature


@dataclass(frozen=True)
class PreferenceWeights:
    """Weights of the losses of stage 2; a weight of 0 turns one off."""

    trigger_recommended: float = 1.0
    trigger_fused: float = 1.0
    recommended_text: float = 1.0


def info_nce(
    ones: Tensor, others: Tensor, temperature: Temperature, answered: Tensor | None = None
) -> Tensor:
    """Return the symmetric InfoNCE of rows that belong together, a scalar.

    `ones` and `others` are unit vectors (n, dim). With `answered`, bool (n, n), row i of `ones` and
    row j of `others` belong together as well where it is set, and are not contrasted.
    """
    scores = temperature(ones @ others.T)
    positive = torch.eye(len(ones), dtype=torch.bool, device=scores.device)
    negative = ~positive if answered is None else ~(positive | answered)
    # The temperature is in the scores already.
    there = contrast(scores, positive, negative, 1.0)
    back = contrast(scores.T, positive, negative.T, 1.0)
    return (there + back) / 2


def preference_losses(
    trigger: Tensor,
    recommended: Tensor,
    texts: Tensor,
    fusion: Fusion,
    spoken: Temperature,
    masks: Mapping[str, Tensor],
    weights: PreferenceWeights,
) -> dict[str, Tensor]:
    """Return the weighted losses of stage 2 by name (HTCL, Pan et al. 2025, arXiv 2505.23298).

    The vectors are unit vectors (n, dim), a row per triplet. The fused vector is that of the
    recommended track and its text. Tracks are contrasted with the temperature of `fusion`, tracks
    and texts with `spoken`, that of stage 1. `masks`, bool (n, n): "tracks" is set where
    recommended track j was favoured after trigger i too, or is the same track, "texts" where text j
    was given for recommended track i too.
    """
    losses = {}
    if weights.trigger_recommended:
        alike = info_nce(trigger, recommended, fusion.temperature, masks["tracks"])
        losses["trigger-recommended"] = weights.trigger_recommended * alike
    if weights.trigger_fused:
        fused = fusion(recommended, texts)
        alike = info_nce(trigger, fused, fusion.temperature, masks["tracks"])
        losses["trigger-fused"] = weights.trigger_fused * alike
    if weights.recommended_text:
        said = info_nce(recommended, texts, spoken, masks["texts"])
        losses["recommended-text"] = weights.recommended_text * said
    return losses
