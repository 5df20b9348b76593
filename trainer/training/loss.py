"""The losses of `fit`: pure functions of scores, and the module that combines them.

Scores are similarities of queries (rows) and texts (columns), each text of a batch once. A new
loss is a pure function, a weight in LossOptions, and a term in CombinedLoss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, distributed, nn
from torch.nn import functional

from melscribe_core.errors import MelScribeError

Similarity = Literal["dot", "cosine"]


@dataclass(frozen=True)
class LossOptions:
    """Weights and parameters of the losses; a weight of 0 turns one off."""

    similarity: Similarity = "cosine"
    contrast: float = 1.0  # weight of the in-batch contrast
    temperature: float = 0.02  # of the contrast, which divides similarities by it
    both_ways: bool = True  # contrast texts against queries too
    margin: float = 0.0  # weight of MarginMSE against the teacher's margins
    margin_scale: float = 1.0  # factor from similarities to the teacher's scores
    distil: float = 0.0  # weight of distillation from the base on plain sentences


def similarities(queries: Tensor, texts: Tensor, kind: Similarity) -> Tensor:
    """Return the similarity of every query and text, (queries, texts)."""
    match kind:
        case "dot":
            return queries @ texts.T
        case "cosine":
            return functional.normalize(queries, dim=-1) @ functional.normalize(texts, dim=-1).T
        case _:
            raise MelScribeError(f"loss.similarity: {kind!r} is unknown; write dot or cosine.")


def contrast(scores: Tensor, positive: Tensor, negative: Tensor, temperature: float) -> Tensor:
    """Return the mean in-batch contrast of the rows that have a positive, a scalar.

    `positive` and `negative` are boolean and shaped like `scores`; a text with neither is ignored.
    A row's loss is the mean over its positives p of
    -log(e^(s_p/t) / (e^(s_p/t) + sum over its negatives of e^(s_n/t))): positives do not compete
    with each other (Khosla et al. 2020, equation 2, without positives in the denominator).
    """
    logits = scores.float() / temperature
    against = logits.masked_fill(~negative, float("-inf")).logsumexp(dim=1, keepdim=True)
    losses = torch.logaddexp(logits, against) - logits
    counts = positive.sum(dim=1)
    rows = losses.masked_fill(~positive, 0).sum(dim=1) / counts.clamp(min=1)
    return rows.sum() / (counts > 0).sum().clamp(min=1)


def margin_mse(scores_positive: Tensor, scores_negative: Tensor, margins: Tensor) -> Tensor:
    """Return the mean squared error of the student's margins s(q, T+) - s(q, T-), a scalar.

    `scores_positive`: (rows, 1). `scores_negative` and `margins`: (rows, negatives). A margin of
    NaN has no label and is ignored (MarginMSE, Hofstaetter et al. 2020).
    """
    known = ~margins.isnan()
    errors = (scores_positive - scores_negative).float() - margins.nan_to_num()
    return errors.square().masked_fill(~known, 0).sum() / known.sum().clamp(min=1)


def distillation(vectors: Tensor, base: Tensor) -> Tensor:
    """Return the mean of 1 - cosine between the sentences' vectors and the base's, a scalar."""
    return 1 - functional.cosine_similarity(vectors.float(), base.float(), dim=-1).mean()


def embed(model: nn.Module, inputs: dict[str, Tensor], chunk: int) -> Tensor:
    """Return the vectors of tokenized texts, (texts, dim), in float32.

    With `chunk` > 0, `chunk` texts of similar length are embedded at once and padded to the longest
    of them: the same vectors with half the work on a CPU, which gains nothing from large batches.
    """
    if not chunk:
        vectors: Tensor = model(inputs)["sentence_embedding"].float()
        return vectors
    lengths = inputs["attention_mask"].sum(dim=1)
    order = lengths.argsort()
    parts = []
    for rows in torch.split(order, chunk):
        width = int(lengths[rows].max())
        part = {name: _trimmed(value, rows, width) for name, value in inputs.items()}
        parts.append(model(part)["sentence_embedding"].float())
    return torch.cat(parts)[order.argsort()]


def gathered(vectors: Tensor, count: int) -> Tensor:
    """Return the vectors of a whole batch, (count, dim), from the shares of all processes.

    `vectors`: those of this process's share, see batches.Share. Every process computes the loss of
    the whole batch, and so the whole gradient of its own share; the others' vectors are constants.
    DistributedDataParallel takes the mean of the processes' gradients where one process would have
    their sum, so the gradient of the share is multiplied by their number.
    """
    if not (distributed.is_available() and distributed.is_initialized()):
        return vectors
    processes = distributed.get_world_size()
    shares = [torch.empty_like(vectors) for _ in range(processes)]
    distributed.all_gather(shares, vectors.detach().contiguous())
    shares[distributed.get_rank()] = vectors
    if vectors.requires_grad:
        vectors.register_hook(lambda gradient: gradient * processes)  # type: ignore[no-untyped-call]
    return torch.stack(shares, dim=1).flatten(0, 1)[:count]  # dealt out in turns


def _trimmed(value: Any, rows: Tensor, width: int) -> Any:
    if not isinstance(value, Tensor):
        return value
    return value[rows, :width] if value.ndim > 1 else value[rows]


class CombinedLoss(nn.Module):
    """Embed a batch of `fit` and return each loss times its weight.

    Features: the queries, the distinct texts, and plain sentences if there is distillation; of each
    the share of this process. Labels and losses are those of the whole batch.

    | label | shape | content |
    |---|---|---|
    | positive, negative | (queries, texts) | boolean |
    | chosen | (queries,) | column of each query's own text |
    | against | (queries, n) | columns of mined texts, -1 for none |
    | margins | (queries, n) | the teacher's margins or NaN |
    | plain | (sentences, dim) | the base's vectors |
    """

    def __init__(self, model: nn.Module, options: LossOptions, chunk: int = 0) -> None:
        super().__init__()
        self.model = model
        self.options = options
        self.chunk = chunk  # see `embed`

    def forward(
        self, features: Sequence[dict[str, Tensor]], labels: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        """Return the weighted losses by name."""
        counts = [*labels["positive"].shape]
        if "plain" in labels:
            counts.append(len(labels["plain"]))
        vectors = [
            gathered(embed(self.model, batch, self.chunk), count)
            for batch, count in zip(features, counts, strict=True)
        ]
        scores = similarities(vectors[0], vectors[1], self.options.similarity)
        losses = self.of_scores(scores, labels)
        if self.options.distil:
            losses["distil"] = self.options.distil * distillation(vectors[2], labels["plain"])
        return losses

    def of_scores(self, scores: Tensor, labels: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the weighted losses that depend on scores only."""
        options, losses = self.options, {}
        if options.contrast:
            losses["contrast"] = options.contrast * self._contrast(scores, labels)
        if options.margin:
            scaled = scores * options.margin_scale
            own = scaled.gather(1, labels["chosen"][:, None])
            others = scaled.gather(1, labels["against"].clamp(min=0))
            losses["margin"] = options.margin * margin_mse(own, others, labels["margins"])
        return losses

    def _contrast(self, scores: Tensor, labels: Mapping[str, Tensor]) -> Tensor:
        positive, negative = labels["positive"], labels["negative"]
        one_way = contrast(scores, positive, negative, self.options.temperature)
        if not self.options.both_ways:
            return one_way
        other = contrast(scores.T, positive.T, negative.T, self.options.temperature)
        return (one_way + other) / 2
