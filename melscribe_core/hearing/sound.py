"""What is kept of a track that was heard: probabilities, features and tempo, in 509 bytes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.outputs import OUTPUTS

FEATURES = 400  # the last layer but one of both nets, 200 each
STEPS = 127  # of a feature in 8 bits, on either side of 0


class Sound(NamedTuple):
    """What was heard of one track.

    `tags` holds the mean probability of each of OUTPUTS as uint8 of 0..255; `features` the mean
    features as int8, a share of `reach`, the greatest of them. `tempo` is in beats per minute, 0
    for unknown. `windows` is the number of windows heard: 0 when all was silence, and then tags
    and features are all 0.
    """

    tags: bytes
    features: bytes
    reach: float
    tempo: float
    windows: int


SILENCE = Sound(bytes(len(OUTPUTS)), bytes(FEATURES), 0.0, 0.0, 0)


def sound(probabilities: FloatArray, features: FloatArray, tempo: float, windows: int) -> Sound:
    """Pack means over windows, float (100,) and (400,), to what is kept."""
    reach = float(np.abs(features).max())
    steps = np.rint(features / (reach or 1.0) * STEPS).astype(np.int8)
    tags = np.rint(np.clip(probabilities, 0, 1) * 255).astype(np.uint8)
    return Sound(tags.tobytes(), steps.tobytes(), reach, tempo, windows)


def probabilities(sounds: list[Sound]) -> FloatArray:
    """Return the probabilities of sounds, float32 (n, 100)."""
    tags = np.frombuffer(b"".join(one.tags for one in sounds), np.uint8)
    found: FloatArray = tags.reshape(-1, len(OUTPUTS)).astype(np.float32) / np.float32(255)
    return found


def features(sounds: list[Sound]) -> FloatArray:
    """Return the features of sounds, float32 (n, 400)."""
    steps = np.frombuffer(b"".join(one.features for one in sounds), np.int8)
    reach = np.array([one.reach for one in sounds], np.float32)
    scaled: FloatArray = steps.reshape(-1, FEATURES).astype(np.float32)
    scaled *= (reach / np.float32(STEPS))[:, None]
    return scaled
