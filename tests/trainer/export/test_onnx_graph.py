"""The arithmetic of the 8-bit graph."""

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from melscribe_core.encoder.onnx import GRAPH
from melscribe_trainer.export import onnx_graph
from melscribe_trainer.export.export import Report


def test_quantize_by_hand() -> None:
    # Row 0: largest 2 -> scale 2/4; 1 -> 2, -2 -> -4, 0.6 -> 1.2 -> 1. Row 1 is all zero.
    codes, scale = onnx_graph.quantize(np.array([[1, -2, 0.6], [0, 0, 0]], np.float32), 4)

    assert codes.tolist() == [[2, -4, 1], [0, 0, 0]]
    assert scale.tolist() == [0.5, 0.25]


def test_smoothing_by_hand() -> None:
    # sqrt(8 / 2) = 2 and sqrt(1 / 4) = 0.5: the large channel shrinks, the small one grows.
    factor = onnx_graph.smoothing(
        np.array([8, 1], np.float32), np.array([[1, 4], [-2, 3]], np.float32)
    )

    assert factor.tolist() == [2, 0.5]


def test_products_of_codes_fit_sixteen_bits_in_pairs(exported: tuple[Path, Report]) -> None:
    """Processors without VNNI add two products of codes in a saturating signed 16-bit number."""
    model = onnx.load(str(exported[0] / GRAPH))
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMulIntegerToFloat"]

    assert len(products) == 2 * 4  # layers times query-key-value, attention output, up, down
    for node in products:
        zero = int(weights[node.input[4]])
        largest = int(np.abs(weights[node.input[1]].astype(int)).max())
        assert largest > 32
        assert (zero + 127) * largest * 2 < 2**15
