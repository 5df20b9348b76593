"""An exported encoder -> a sentence-transformers model again, to train on or to average with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import usable_cores
from melscribe_core.encoder.onnx import GRAPH
from melscribe_core.encoder.sentence_encoder import model_folder, open_model
from melscribe_core.errors import EncoderError

from .onnx_graph import GELU_FLOOR

if TYPE_CHECKING:
    from transformers import BertModel

PARTS = ("query", "key", "value")  # of attention, in the order of the export's joined matrix


def restore(exported: Path, base: str, out: Path) -> None:
    """Write the model in an exported folder to `out`, a sentence-transformers folder.

    `base` is the model that it was tuned from: it gives the tokenizer, the layers' names and the
    positions beyond those that the export keeps. The weights are those in 8 bits. Raises
    EncoderError if the export cannot be read or has other layers than `base`.
    """
    import torch

    model = open_model(model_folder(base), usable_cores(), device="cpu")
    bert = cast("BertModel", model[0].auto_model)
    own = {name: tensor.numpy() for name, tensor in bert.state_dict().items()}
    try:
        found = restored(constants_of(exported), own, int(bert.config.num_hidden_layers))
        bert.load_state_dict({name: torch.from_numpy(value) for name, value in found.items()})
    except (KeyError, ValueError, RuntimeError) as error:
        raise EncoderError(
            f"{exported} was not exported from a model like {base} ({error}); "
            "give the base that it was tuned from."
        ) from error
    model.save_pretrained(str(out), create_model_card=False)


def constants_of(exported: Path) -> dict[str, FloatArray]:
    """Return the constants of an exported graph by name; EncoderError if it cannot be read."""
    import onnx
    from onnx import numpy_helper

    try:
        graph = onnx.load(str(exported / GRAPH)).graph
    except Exception as error:  # onnx raises protobuf's errors, its own and OSError
        raise EncoderError(f"{exported} does not hold an exported encoder ({error}).") from error
    return {one.name: numpy_helper.to_array(one) for one in graph.initializer}


def restored(
    constants: Mapping[str, FloatArray], own: Mapping[str, FloatArray], layers: int
) -> dict[str, FloatArray]:
    """Return the weights of a BERT under their names in transformers' BertModel.

    `own`: the base's weights, which stay where the export has none. Raises KeyError or ValueError
    for an export of another shape.
    """
    found = dict(own)
    table = "embeddings.word_embeddings.weight"
    found[table] = constants[table] * constants[f"{table}.scale"]
    places = "embeddings.position_embeddings.weight"
    known = constants["places"] - own["embeddings.token_type_embeddings.weight"][0]
    found[places] = np.concatenate([known, own[places][len(known) :]])
    _take_norm(found, constants, "embeddings.LayerNorm")
    for number in range(layers):
        layer = f"encoder.layer.{number}"
        first = f"{layer}.attention.self.query"
        weights = np.split(_smooth_weight(constants, first), len(PARTS))
        biases = np.split(constants[f"{first}.bias"], len(PARTS))
        for part, weight, bias in zip(PARTS, weights, biases, strict=True):
            found[f"{layer}.attention.self.{part}.weight"] = weight
            found[f"{layer}.attention.self.{part}.bias"] = bias
        wide = f"{layer}.intermediate.dense"
        found[f"{wide}.weight"] = _smooth_weight(constants, wide)
        found[f"{wide}.bias"] = constants[f"{wide}.bias"]
        for block, floor in ((f"{layer}.attention.output", 0.0), (f"{layer}.output", GELU_FLOOR)):
            weight = _weight(constants, f"{block}.dense")
            found[f"{block}.dense.weight"] = weight
            found[f"{block}.dense.bias"] = constants[f"{block}.dense.bias"] + floor * weight.sum(1)
            _take_norm(found, constants, f"{block}.LayerNorm")
    return {name: np.array(value, own[name].dtype) for name, value in found.items()}


def _take_norm(
    found: dict[str, FloatArray], constants: Mapping[str, FloatArray], name: str
) -> None:
    found[f"{name}.weight"] = constants[f"{name}.weight"]
    found[f"{name}.bias"] = constants[f"{name}.bias"]


def _weight(constants: Mapping[str, FloatArray], name: str) -> FloatArray:
    """Return a linear layer's weights, (out, in), from its codes and scales."""
    codes: FloatArray = constants[f"{name}.codes"].T.astype(np.float32)
    return codes * constants[f"{name}.scale"][:, None]


def _smooth_weight(constants: Mapping[str, FloatArray], name: str) -> FloatArray:
    """Return the weights without the factors that smooth the layer's inputs."""
    return _weight(constants, name) * constants[f"{name}.smoothing"]
