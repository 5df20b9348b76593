"""The ONNX graph of a musicnn net: log-mel patches -> probabilities of its tags, and features.

The net (Pons et al., "End-to-end learning for music audio tagging at scale", ISMIR 2018) looks at a
patch through five convolutions, two over timbre (7 frames, a part of the bands) and three over time
(one band). Of each filter the strongest answer over all bands is kept. Three convolutions over
time follow; maximum and mean over time of all maps go through two dense layers.

In the original each convolution is followed by ReLU, batch norm and the maximum over bands. Norm
and ReLU would touch maps of up to 187 x 96 values for each filter. Here the maximum comes first, so
that they touch 187. That is the same function only if the norm's factor is positive; a filter
with a negative factor is negated, and so is its maximum: max(bn(relu(x))) = bn(relu(-max(-x))).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from melscribe_core.hearing.mel import BANDS, FRAMES
from melscribe_core.hearing.nets import INPUT, OUTPUTS

PROBABILITIES, FEATURES = OUTPUTS
EPSILON = 1e-3  # of each batch norm: TensorFlow's default, with which the nets were trained
OPSET, IR_VERSION = 17, 8  # onnxruntime reads them since 1.12; nothing here needs newer ones

# The convolutions of a patch, in the order of their maps, and those over time.
FRONT = ("conv2d", "conv2d_1", "conv2d_2", "conv2d_3", "conv2d_4")
MIDDLE = ("conv2d_5", "conv2d_6", "conv2d_7")
# The batch norms: of a patch, of what is pooled and of the features. conv2d is followed by
# batch_normalization_1, and so on.
PATCH_NORM, POOL_NORM, FEATURE_NORM = (f"batch_normalization{n}" for n in ("", "_9", "_10"))
NORM_OF = {conv: f"batch_normalization_{n}" for n, conv in enumerate((*FRONT, *MIDDLE), 1)}

Array = npt.NDArray[np.float64]
Variables = Mapping[str, npt.NDArray[Any]]


class Graph:
    """Nodes and constants of a graph under construction; tensors are referred to by name."""

    def __init__(self, variables: Variables) -> None:
        self.variables = variables
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def read(self, name: str) -> Array:
        """Return a variable of the checkpoint. Raises KeyError."""
        return np.asarray(self.variables[name], np.float64)

    def op(self, kind: str, *inputs: str, name: str = "", **settings: Any) -> str:
        """Add a node and return its output."""
        output = name or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], output, **settings))
        return output

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        """Add a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def vector(self, name: str, value: Array, *shape: int) -> str:
        """Add a constant of 32 bits: one number for each channel."""
        return self.constant(name, value.astype(np.float32).reshape(shape or value.shape))

    def weights(self, name: str, value: Array) -> str:
        """Add a constant kept in 16 bits; onnxruntime widens it when it loads the graph."""
        stored = self.constant(f"{name} in 16 bits", value.astype(np.float16))
        return self.op("Cast", stored, name=name, to=TensorProto.FLOAT)

    def norm(self, x: str, name: str, *shape: int, output: str = "") -> str:
        """Return x after the batch norm `name`, whose numbers have the shape `shape`."""
        factor, shift = self.factor_and_shift(name)
        scaled = self.op("Mul", x, self.vector(f"{name}/factor", factor, *shape))
        return self.op("Add", scaled, self.vector(f"{name}/shift", shift, *shape), name=output)

    def factor_and_shift(self, name: str) -> tuple[Array, Array]:
        """Return a batch norm as factor and shift of each channel: bn(x) = factor x + shift."""
        parts = ("gamma", "beta", "moving_mean", "moving_variance")
        gamma, beta, mean, variance = (self.read(f"{name}/{part}") for part in parts)
        factor = gamma / np.sqrt(variance + EPSILON)
        return factor, beta - mean * factor


def musicnn_graph(variables: Variables) -> onnx.ModelProto:
    """Return the graph of a net from the variables of its checkpoint.

    Raises KeyError for a variable that is missing, ValueError for shapes that ONNX refuses.
    """
    graph = Graph(variables)
    patch = graph.op("Unsqueeze", INPUT, graph.constant("axis 1", np.array([1], np.int64)))
    patch = graph.norm(patch, PATCH_NORM)  # patches, 1, frames, bands
    front = [_strongest(graph, patch, conv) for conv in FRONT]
    maps = [graph.op("Concat", *front, name="front", axis=1)]
    for conv in MIDDLE:
        found = _over_time(graph, maps[-1], conv)
        maps.append(found if conv == MIDDLE[0] else graph.op("Add", found, maps[-1]))
    pooled = _pooled(graph, graph.op("Concat", *maps, name="maps", axis=1))
    _dense(graph, graph.norm(pooled, POOL_NORM))
    return _model(graph)


def _strongest(graph: Graph, patch: str, conv: str) -> str:
    """Return the answers of filters, each the strongest over bands: (patches, filters, frames).

    The original pads with zeros so that each frame has an answer, one more after than before where
    the kernel is even.
    """
    kernel, norm = graph.read(f"{conv}/kernel"), NORM_OF[conv]  # frames, bands, 1, filters
    frames, bands, _, filters = kernel.shape
    sign = np.where(graph.factor_and_shift(norm)[0] < 0, -1.0, 1.0)
    weights = graph.weights(f"{conv}/kernel", (kernel * sign).transpose(3, 2, 0, 1))
    pads = [(frames - 1) // 2, 0, frames // 2, 0]
    found = graph.op("Conv", patch, weights, name=conv, pads=pads, kernel_shape=[frames, bands])
    found = graph.op("ReduceMax", found, axes=[3], keepdims=0)
    found = graph.op("Mul", found, graph.vector(f"{conv}/sign", sign, filters, 1))
    bias = graph.vector(f"{conv}/bias", graph.read(f"{conv}/bias"), filters, 1)
    return graph.norm(graph.op("Relu", graph.op("Add", found, bias)), norm, filters, 1)


def _over_time(graph: Graph, maps: str, conv: str) -> str:
    """Return the answers of filters over time to all maps: (patches, filters, frames)."""
    kernel = graph.read(f"{conv}/kernel")[:, :, 0]  # frames, maps, filters
    frames, _, filters = kernel.shape
    weights = graph.weights(f"{conv}/kernel", kernel.transpose(2, 1, 0))
    bias = graph.vector(f"{conv}/bias", graph.read(f"{conv}/bias"))
    pads = [(frames - 1) // 2, frames // 2]
    found = graph.op("Conv", maps, weights, bias, name=conv, pads=pads, kernel_shape=[frames])
    return graph.norm(graph.op("Relu", found), NORM_OF[conv], filters, 1)


def _pooled(graph: Graph, maps: str) -> str:
    """Return maximum and mean over time of each map, one after the other: (patches, 2 maps)."""
    strongest = graph.op("ReduceMax", maps, axes=[2])  # patches, maps, 1
    mean = graph.op("ReduceMean", maps, axes=[2])
    return graph.op("Flatten", graph.op("Concat", strongest, mean, axis=2))


def _dense(graph: Graph, pooled: str) -> None:
    """Add the dense layers, whose results are FEATURES and PROBABILITIES."""
    hidden = graph.op("Relu", _linear(graph, pooled, "dense"))
    graph.norm(hidden, FEATURE_NORM, output=FEATURES)
    graph.op("Sigmoid", _linear(graph, FEATURES, "dense_1"), name=PROBABILITIES)


def _linear(graph: Graph, x: str, name: str) -> str:
    weights = graph.weights(f"{name}/kernel", graph.read(f"{name}/kernel"))
    bias = graph.vector(f"{name}/bias", graph.read(f"{name}/bias"))
    return graph.op("Gemm", x, weights, bias, name=name)


def _model(graph: Graph) -> onnx.ModelProto:
    """Return the finished model, checked."""
    shapes = {
        INPUT: (FRAMES, BANDS),
        PROBABILITIES: graph.read("dense_1/bias").shape,
        FEATURES: graph.read("dense/bias").shape,
    }
    mel, *outputs = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["patches", *shape])
        for name, shape in shapes.items()
    )
    body = helper.make_graph(graph.nodes, "musicnn", [mel], outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION)
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ValueError("the shapes of its variables do not fit each other") from error
    return model
