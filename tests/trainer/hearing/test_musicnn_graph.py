"""The ONNX graph of a tiny net against the same net in numpy, layer by layer as in the original."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from melscribe_core.arrays import FloatArray
from melscribe_trainer.hearing.musicnn_graph import musicnn_graph
from tests.trainer.hearing.tiny_net import BANDS, FRAMES, Variables, forward, variables


def patches(count: int) -> FloatArray:
    return np.random.default_rng(9).uniform(0, 4, (count, FRAMES, BANDS)).astype(np.float32)


def run(net: Variables, mel: FloatArray) -> tuple[FloatArray, FloatArray]:
    graph = musicnn_graph(net).SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    probabilities, features = session.run(["probabilities", "features"], {"mel": mel})
    return probabilities, features


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_graph_computes_what_the_layers_compute(seed: int) -> None:
    net, mel = variables(seed=seed), patches(2)

    probabilities, features = run(net, mel)

    expected = [forward(net, patch) for patch in mel]
    assert probabilities.shape == (2, 4)
    assert features.shape == (2, 5)
    # Kernels lose nothing in 16 bits here, so that only the order of float32 sums differs.
    np.testing.assert_allclose(probabilities, [p for p, _ in expected], atol=1e-5)
    np.testing.assert_allclose(features, [f for _, f in expected], atol=1e-4)


def test_a_patch_does_not_depend_on_the_others() -> None:
    net, mel = variables(), patches(3)

    together, alone = run(net, mel)[0], run(net, mel[1:2])[0]

    np.testing.assert_allclose(alone[0], together[1], atol=1e-6)


def test_numbers_that_16_bits_do_not_hold_change_little() -> None:
    net, mel = variables(), patches(1)
    finer = {
        name: value * np.float32(1.0007) if name.endswith("/kernel") else value
        for name, value in net.items()
    }

    difference = np.abs(run(finer, mel)[0][0] - forward(finer, mel[0])[0]).max()

    assert difference < 5e-3  # 16 bits have 11 binary digits: 2**-11 of each weight
    # The same weights in 32 bits differ by 1e-5 at most: these were rounded.
    assert difference > 1e-5


def test_kernels_are_kept_in_16_bits_and_the_rest_in_32() -> None:
    net = variables()
    kept = {t.name: numpy_helper.to_array(t) for t in musicnn_graph(net).graph.initializer}

    narrow = {name for name, value in kept.items() if value.dtype == np.float16}
    assert sum(kept[name].size for name in narrow) == sum(
        value.size for name, value in net.items() if name.endswith("/kernel")
    )
    assert {kept[name].dtype.name for name in kept.keys() - narrow} == {"float32", "int64"}


def test_what_training_needs_is_left_out() -> None:
    net = variables()
    used = {
        name: value for name, value in net.items() if "Adam" not in name and "_power" not in name
    }

    assert len(used) == len(net) - 2
    assert musicnn_graph(used).SerializeToString() == musicnn_graph(net).SerializeToString()


def test_old_versions_of_onnxruntime_read_the_graph() -> None:
    model = musicnn_graph(variables())

    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert model.ir_version == 8  # that of ONNX 1.12, with opset 17
    onnx.checker.check_model(model, full_check=True)


def test_a_missing_variable_is_named() -> None:
    net = variables()
    del net["dense/bias"]

    with pytest.raises(KeyError, match="dense/bias"):
        musicnn_graph(net)


def test_shapes_that_do_not_fit_are_refused() -> None:
    net = variables()
    net["dense/kernel"] = net["dense/kernel"][1:]

    with pytest.raises(ValueError, match="shapes of its variables do not fit"):
        musicnn_graph(net)
