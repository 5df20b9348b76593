"""A musicnn net with few filters and random numbers, computed layer by layer with numpy.

The order of the layers is the original's: convolution, bias, ReLU, batch norm, and only then the
strongest answer over bands.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from melscribe_core.arrays import FloatArray
from tests.trainer.hearing.checkpoints import checkpoint

Variables = dict[str, FloatArray]

FRAMES, BANDS = 187, 96
FRONT = {"": (7, 38, 3), "_1": (7, 67, 2), "_2": (128, 1, 2), "_3": (64, 1, 2), "_4": (32, 1, 3)}
MAPS, MIDDLE = 12, 4  # 3 + 2 + 2 + 2 + 3 filters over the patch; then 4 over time, three times
POOLED = 2 * (MAPS + 3 * MIDDLE)


def variables(features: int = 5, tags: int = 4, seed: int = 0) -> Variables:
    """Return variables under the names of the original.

    Every second factor of a norm is negative. Kernels are numbers that 16 bits hold exactly.
    """
    random = np.random.default_rng(seed)
    found: Variables = {}

    def layer(name: str, *shape: int) -> None:
        scale = 1 / np.sqrt(np.prod(shape[:-1]))
        kernel = random.normal(0, scale, shape).astype(np.float16)
        found[f"{name}/kernel"] = kernel.astype(np.float32)
        found[f"{name}/bias"] = random.normal(0, 0.2, shape[-1]).astype(np.float32)

    def norm(name: str, size: int) -> None:
        signs = np.where(np.arange(size) % 2, -1, 1)
        found[f"{name}/gamma"] = (signs * random.uniform(0.5, 1.5, size)).astype(np.float32)
        found[f"{name}/moving_variance"] = random.uniform(0.001, 2, size).astype(np.float32)
        for part in ("beta", "moving_mean"):
            found[f"{name}/{part}"] = random.normal(0, 0.3, size).astype(np.float32)

    norm("batch_normalization", 1)
    for number, (suffix, (frames, bands, filters)) in enumerate(FRONT.items(), 1):
        layer(f"conv2d{suffix}", frames, bands, 1, filters)
        norm(f"batch_normalization_{number}", filters)
    for number, maps in zip((5, 6, 7), (MAPS, MIDDLE, MIDDLE), strict=True):
        layer(f"conv2d_{number}", 7, maps, 1, MIDDLE)
        norm(f"batch_normalization_{number + 1}", MIDDLE)
    norm("batch_normalization_9", POOLED)
    layer("dense", POOLED, features)
    norm("batch_normalization_10", features)
    layer("dense_1", features, tags)
    # What the checkpoint holds for training only.
    found["beta1_power"] = np.array(0.5, np.float32)
    found["conv2d/bias/Adam"] = np.zeros(3, np.float32)
    return found


def forward(net: Variables, patch: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return probabilities (tags,) and features (features,) of one patch (187, 96)."""
    seen = _norm(net, patch[..., None], "batch_normalization")[..., 0]
    front = np.concatenate(
        [_front(net, seen, suffix, number) for number, suffix in enumerate(FRONT, 1)], axis=1
    )
    first = _over_time(net, front, 5)
    second = _over_time(net, first, 6) + first
    third = _over_time(net, second, 7) + second
    maps = np.concatenate([front, first, second, third], axis=1)  # frames, maps
    pooled = np.stack([maps.max(axis=0), maps.mean(axis=0)], axis=1).ravel()  # max, mean, max ...
    pooled = _norm(net, pooled, "batch_normalization_9")
    hidden = np.maximum(pooled @ net["dense/kernel"] + net["dense/bias"], 0)
    features = _norm(net, hidden, "batch_normalization_10")
    logits = features @ net["dense_1/kernel"] + net["dense_1/bias"]
    return 1 / (1 + np.exp(-logits)), features


def write_wheel(path: Path, nets: Iterable[Variables] | None = None) -> Path:
    """Write a wheel like musicnn's, with the two given nets, else tiny ones of full output."""
    nets = nets or (variables(200, 50, seed) for seed in (1, 2))
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("musicnn/__init__.py", "")
        for folder, net in zip(("MSD_musicnn", "MTT_musicnn"), nets, strict=False):
            index, data = checkpoint(net)
            wheel.writestr(f"musicnn/{folder}/.index", index)
            wheel.writestr(f"musicnn/{folder}/.data-00000-of-00001", data)
    return path


def unpack(wheel: Path, folder: Path) -> Path:
    """Unpack a wheel into a folder."""
    with zipfile.ZipFile(io.BytesIO(wheel.read_bytes())) as packed:
        packed.extractall(folder)
    return folder


def _front(net: Variables, patch: FloatArray, suffix: str, number: int) -> FloatArray:
    """Return the maps of one convolution of a patch, (frames, filters)."""
    kernel = net[f"conv2d{suffix}/kernel"][:, :, 0]
    frames, bands, _ = kernel.shape
    padded = np.pad(patch, (((frames - 1) // 2, frames // 2), (0, 0)))
    windows = sliding_window_view(padded, (frames, bands))  # 187, places, frames, bands
    answers = np.einsum("tpij,ijf->tpf", windows, kernel, optimize=True)
    answers = np.maximum(answers + net[f"conv2d{suffix}/bias"], 0)
    found: FloatArray = _norm(net, answers, f"batch_normalization_{number}").max(axis=1)
    return found


def _over_time(net: Variables, maps: FloatArray, number: int) -> FloatArray:
    kernel = net[f"conv2d_{number}/kernel"][:, :, 0]  # frames, maps, filters
    windows = sliding_window_view(np.pad(maps, ((3, 3), (0, 0))), 7, axis=0)  # 187, maps, 7
    answers = np.einsum("tmi,imf->tf", windows, kernel) + net[f"conv2d_{number}/bias"]
    return _norm(net, np.maximum(answers, 0), f"batch_normalization_{number + 1}")


def _norm(net: Variables, x: FloatArray, name: str) -> FloatArray:
    """Return x, whose last axis is the channels, after a batch norm."""
    mean, variance = net[f"{name}/moving_mean"], net[f"{name}/moving_variance"]
    normed: FloatArray = (x - mean) / np.sqrt(variance + 1e-3)
    return normed * net[f"{name}/gamma"] + net[f"{name}/beta"]
