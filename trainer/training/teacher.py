"""The teacher: a cross-encoder, which scores a query and a text together.

GPL (Wang et al. 2022, https://arxiv.org/abs/2112.07577): the bi-encoder learns the teacher's
margins g(r, T+) - g(r, T-), how much better the teacher g scores one text than another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import usable_cores
from melscribe_core.encoder.sentence_encoder import model_folder
from melscribe_core.errors import MelScribeError

from ..data.pairs import Pairs
from ..data.renderings import OF_GLOSSARIES
from ..devices import autocast
from ..nearest import IntArray

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

SCORING_BATCH = 128  # pairs


def open_teacher(name: str, max_length: int, device: str) -> CrossEncoder:
    """Load a cross-encoder with one score; a plain transformer gets a new, random head.

    Raises MelScribeError if the model does not load.
    """
    import torch
    from sentence_transformers import CrossEncoder
    from transformers.utils import logging

    folder = model_folder(name)
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    torch.set_num_threads(usable_cores())
    try:
        model: CrossEncoder = CrossEncoder(
            str(folder),
            num_labels=1,
            max_length=max_length,
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # for an unsuitable folder anything from KeyError to SafetensorError
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise MelScribeError(
            f"teach: {name} does not load as a cross-encoder ({reason}); name another teach.base."
        ) from error
    return model


def judged_queries(pairs: Pairs) -> IntArray:
    """Return the numbers of the queries that the teacher learns and judges, ascending.

    Those made of glossaries alone are left out: several readings of a word are right, and a teacher
    of one language cannot order them. Raises MelScribeError if no query is left.
    """
    kept = [n for n, query in enumerate(pairs.queries) if query.source not in OF_GLOSSARIES]
    if not kept:
        raise MelScribeError("teach: all queries are of glossaries; give requests or captions.")
    return np.array(kept, np.int32)


def score(model: CrossEncoder, pairs: Sequence[tuple[str, str]], bf16: bool) -> FloatArray:
    """Return the logits of (query, text) pairs, (pairs,)."""
    from torch import nn

    if not pairs:
        return np.empty(0, np.float32)
    with autocast(model.device.type, bf16):
        found = model.predict(
            list(pairs),
            batch_size=SCORING_BATCH,
            activation_fn=nn.Identity(),
            convert_to_tensor=True,
        )
    array: FloatArray = found.float().cpu().numpy().reshape(-1)
    return array
