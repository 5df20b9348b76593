"""The weights of a BERT sentence encoder -> an ONNX graph that computes in 8 bits.

Three design choices:

- Activations are quantized per token, not per tensor: a text's vector does not depend on its batch,
  so an index that grew track by track equals one made at once.
- A product of two codes, doubled, is below 2**15. CPUs with only AVX2 or SSE add two such products
  in 16 bits with saturation; within this bound they compute what newer ones compute.
- The few channels in which BERT's activations are ten times as large as elsewhere are scaled down
  before quantization and their weights scaled up by the same factor (SmoothQuant, Xiao et al. 2023,
  https://arxiv.org/abs/2211.10438, equation 4 with alpha = 0.5).

All texts of a run have the same number of tokens, without padding or mask. The tokens of all texts
are rows of one (texts * tokens, hidden) matrix, except inside attention and pooling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.onnx import INPUT, OUTPUT

MICROSOFT = "com.microsoft"  # onnxruntime's own operators
CONTRIBUTED = {"BiasGelu", "MatMulIntegerToFloat", "MultiHeadAttention"}
OPSET, IR_VERSION = 18, 8  # the oldest with the operators used here
GELU_FLOOR = 0.17  # gelu(x) > -0.17 for every x


@dataclass(frozen=True)
class Bert:
    """A BERT encoder's weights under their names in transformers' BertModel, and its settings.

    `ranges`: name of a linear layer -> largest absolute value of each input channel on sample
    texts, (in,); needed for each layer's query and intermediate.
    """

    weights: Mapping[str, FloatArray]
    ranges: Mapping[str, FloatArray]
    layers: int
    heads: int
    epsilon: float
    max_tokens: int

    @property
    def hidden(self) -> int:
        """Return the length of a token's vector."""
        return int(self.weights["embeddings.LayerNorm.weight"].shape[0])


@dataclass(frozen=True)
class Codes:
    """Integer ranges of a linear layer: activations 0 to zero + top, weights +-weight_top."""

    zero: int  # the code of 0.0
    top: int  # the code of a token's largest value, relative to zero
    weight_top: int  # the code of an output channel's largest weight


CENTRED = Codes(zero=128, top=127, weight_top=64)  # 255 * 64 * 2 = 32640 < 2**15
POSITIVE = Codes(zero=0, top=127, weight_top=127)  # 127 * 127 * 2 = 32258 < 2**15


class Graph:
    """Nodes and constants of a graph under construction; tensors are referred to by name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self.shapes: list[onnx.ValueInfoProto] = []

    def constant(self, name: str, value: npt.ArrayLike, dtype: npt.DTypeLike) -> str:
        """Add a constant once and return its name."""
        array = np.ascontiguousarray(np.asarray(value, dtype)).reshape(np.shape(value))
        self.constants.setdefault(name, numpy_helper.from_array(array, name))
        return name

    def integers(self, *values: int) -> str:
        """Add a constant list of integers, such as axes or a shape."""
        return self.constant(f"int64 {values}", values, np.int64)

    def op(self, kind: str, *inputs: str, name: str = "", outputs: int = 1, **settings: Any) -> str:
        """Add a node and return its first output; the others end in .1, .2 and so on."""
        first = name or f"{kind}_{len(self.nodes)}"
        names = [first, *(f"{first}.{number}" for number in range(1, outputs))]
        domain = MICROSOFT if kind in CONTRIBUTED else ""
        node = helper.make_node(kind, inputs, names, first, domain=domain, **settings)
        self.nodes.append(node)
        return first

    def reshape(self, x: str, shape: str, *dims: str | int) -> str:
        """Reshape x to the tensor `shape`, and name its dimensions.

        onnxruntime's memory planner compares each tensor of unknown size with all earlier ones:
        with unnamed dimensions loading takes two and a half times as long.
        """
        out = self.op("Reshape", x, shape)
        self.shapes.append(helper.make_tensor_value_info(out, TensorProto.FLOAT, dims))
        return out

    def model(self, dim: int) -> onnx.ModelProto:
        """Return the finished model: INPUT (texts, tokens) -> OUTPUT (texts, dim)."""
        ids = helper.make_tensor_value_info(INPUT, TensorProto.INT64, ["texts", "tokens"])
        vectors = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["texts", dim])
        constants = list(self.constants.values())
        graph = helper.make_graph(
            self.nodes, "encoder", [ids], [vectors], constants, value_info=self.shapes
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


def bert_graph(bert: Bert) -> onnx.ModelProto:
    """Return the graph of `bert` with mean pooling over tokens and normalisation."""
    graph = Graph()
    shape = graph.op("Shape", INPUT, name="shape")  # texts, tokens
    graph.op("Concat", shape, graph.integers(-1), name="by text", axis=0)  # texts, tokens, hidden
    x = _flat(graph, _embed(graph, bert), bert.hidden)
    rows = graph.op("Slice", graph.op("Shape", x), *map(graph.integers, (0, 1, 0)))
    for codes in (CENTRED, POSITIVE):
        zero = graph.constant(f"zero {codes.zero}", codes.zero, np.uint8)
        graph.op("Expand", zero, rows, name=f"zeros {codes.zero}")  # (rows,)
    x = _norm(graph, bert, x, "embeddings.LayerNorm")
    for number in range(bert.layers):
        layer = f"encoder.layer.{number}"
        x = _attend(graph, bert, x, layer)
        x = _feed_forward(graph, bert, x, layer)
    mean = graph.op("ReduceMean", _by_text(graph, x, bert.hidden), graph.integers(1), keepdims=0)
    graph.op("LpNormalization", mean, name=OUTPUT, axis=-1, p=2)
    return graph.model(bert.hidden)


def quantize(weight: FloatArray, top: int) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """Quantize each row of `weight` (rows, columns) to integers from -top to top.

    Returns the codes and the scale of each row, shape (rows,): weight ~ codes * scale.
    """
    largest = np.abs(weight).max(axis=1)
    scale = (np.where(largest > 0, largest, 1) / top).astype(np.float32)
    return np.rint(weight / scale[:, None]).astype(np.int8), scale


def smoothing(inputs: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the factors by which input channels are divided and their weights multiplied, (in,).

    `inputs`: largest absolute value of each channel, (in,). `weight`: (out, in).
    """
    tiny = 1e-5  # keeps the factor of an unused channel finite
    largest = np.abs(weight).max(axis=0).clip(tiny)
    return np.asarray(np.sqrt(inputs.clip(tiny) / largest), np.float32)


def _embed(graph: Graph, bert: Bert) -> str:
    """Return the sum of word, position and type vectors, (texts, tokens, hidden)."""
    table = "embeddings.word_embeddings.weight"
    codes, scale = quantize(bert.weights[table], 127)
    words = graph.op("Gather", graph.constant(table, codes, np.int8), INPUT)
    scales = graph.op("Gather", graph.constant(f"{table}.scale", scale[:, None], np.float32), INPUT)
    words = graph.op("Mul", graph.op("Cast", words, to=TensorProto.FLOAT), scales)
    places = bert.weights["embeddings.position_embeddings.weight"][: bert.max_tokens]
    places = places + bert.weights["embeddings.token_type_embeddings.weight"][0]
    places_name = graph.constant("places", places, np.float32)
    tokens = graph.op("Slice", "shape", *map(graph.integers, (1, 2, 0)))
    first, axis = graph.integers(0), graph.integers(0)
    return graph.op("Add", words, graph.op("Slice", places_name, first, tokens, axis))


def _attend(graph: Graph, bert: Bert, x: str, layer: str) -> str:
    """Return x after self-attention, residual and norm."""
    block = f"{layer}.attention"
    parts = [f"{block}.self.{part}" for part in ("query", "key", "value")]
    weight = np.concatenate([bert.weights[f"{part}.weight"] for part in parts])
    bias = np.concatenate([bert.weights[f"{part}.bias"] for part in parts])
    smooth, weight = _smoothed(graph, bert, x, parts[0], weight)
    mixed = _linear(graph, smooth, parts[0], weight, CENTRED)
    mixed = _by_text(graph, mixed, 3 * bert.hidden)
    query = graph.op("Split", mixed, outputs=3, axis=-1, num_outputs=3)
    biases = graph.constant(f"{parts[0]}.bias", bias, np.float32)
    heads = (query, f"{query}.1", f"{query}.2", biases)
    seen = graph.op("MultiHeadAttention", *heads, num_heads=bert.heads)
    return _project(graph, bert, _flat(graph, seen, bert.hidden), x, f"{block}.output", CENTRED)


def _feed_forward(graph: Graph, bert: Bert, x: str, layer: str) -> str:
    """Return x after the feed-forward layers, residual and norm."""
    wide = f"{layer}.intermediate.dense"
    smooth, weight = _smoothed(graph, bert, x, wide, bert.weights[f"{wide}.weight"])
    grown = _linear(graph, smooth, wide, weight, CENTRED)
    bias = graph.constant(f"{wide}.bias", bert.weights[f"{wide}.bias"], np.float32)
    active = graph.op("BiasGelu", grown, bias)
    # Raised above zero, gelu's long upper side gets all codes; _project subtracts it again.
    raised = graph.op("Add", active, graph.constant("gelu floor", GELU_FLOOR, np.float32))
    return _project(graph, bert, raised, x, f"{layer}.output", POSITIVE)


def _project(graph: Graph, bert: Bert, y: str, x: str, block: str, codes: Codes) -> str:
    """Return norm(x + y W + b), the end of attention and of feed-forward."""
    name = f"{block}.dense"
    weight, bias = bert.weights[f"{name}.weight"], bert.weights[f"{name}.bias"]
    if codes is POSITIVE:
        stored, scale = quantize(weight, codes.weight_top)
        bias = bias - GELU_FLOOR * (stored * scale[:, None]).sum(axis=1)
    out = _linear(graph, y, name, weight, codes)
    out = graph.op("Add", out, graph.constant(f"{name}.bias", bias, np.float32))
    return _norm(graph, bert, graph.op("Add", out, x), f"{block}.LayerNorm")


def _linear(graph: Graph, x: str, name: str, weight: FloatArray, codes: Codes) -> str:
    """Return x W without bias: x is (rows, in), `weight` (out, in), the result (rows, out)."""
    stored, scale = quantize(weight, codes.weight_top)
    size = x if codes is POSITIVE else graph.op("Abs", x)
    largest = graph.op("ReduceMax", size, graph.integers(1), keepdims=0)
    steps = graph.op("Mul", largest, graph.constant("step", 1 / codes.top, np.float32))  # (rows,)
    x_codes = graph.op("QuantizeLinear", x, steps, f"zeros {codes.zero}", axis=0)
    w_codes = graph.constant(f"{name}.codes", stored.T, np.int8)
    w_scale = graph.constant(f"{name}.scale", scale, np.float32)
    one = graph.constant("one", 1, np.float32)
    out = graph.op("MatMulIntegerToFloat", x_codes, w_codes, one, w_scale, f"zero {codes.zero}")
    return graph.op("Mul", out, graph.op("Unsqueeze", steps, graph.integers(1)))


def _smoothed(
    graph: Graph, bert: Bert, x: str, name: str, weight: FloatArray
) -> tuple[str, FloatArray]:
    """Return x with its large channels scaled down, and the weights that compensate."""
    factor = smoothing(bert.ranges[name], weight)
    inverse = graph.constant(f"{name}.smoothing", 1 / factor, np.float32)
    return graph.op("Mul", x, inverse), weight * factor


def _norm(graph: Graph, bert: Bert, x: str, name: str) -> str:
    gain = graph.constant(f"{name}.weight", bert.weights[f"{name}.weight"], np.float32)
    bias = graph.constant(f"{name}.bias", bert.weights[f"{name}.bias"], np.float32)
    return graph.op("LayerNormalization", x, gain, bias, axis=-1, epsilon=bert.epsilon)


def _flat(graph: Graph, x: str, width: int) -> str:
    return graph.reshape(x, graph.integers(-1, width), "rows", width)


def _by_text(graph: Graph, x: str, width: int) -> str:
    return graph.reshape(x, "by text", "texts", "tokens", width)
