"""Hear one file: what the nets make of five short windows of it, and its tempo."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.excerpts import excerpts
from melscribe_core.hearing.mel import log_mel, patch
from melscribe_core.hearing.nets import Nets
from melscribe_core.hearing.outputs import PLACES
from melscribe_core.hearing.sound import SILENCE, Sound, sound
from melscribe_core.hearing.tempo import beats_per_minute

# Of the root mean square of all windows, -24 dBFS: below it audio is raised before it is heard, at
# most by 20 dB. The nets know levels as they are mastered, and miss half the instruments of a clip
# at -36 dBFS (`python -m benchmarks.quality.hearing --soundfont`).
USUAL, MOST_GAIN = 0.063, 10.0
QUIET_AT = 40.0  # dB: what was raised by a share of it is quiet with that probability at least


def hear(path: str | bytes, nets: Nets) -> Sound:
    """Hear a file: means over its windows; SILENCE where all of them are silent.

    Safe in several threads at once. Raises UnreadableAudioError for this file, and MelScribeError
    where nothing can be heard: the extra is missing, or the nets are damaged.
    """
    windows, stretch = excerpts(path)
    if not windows:
        return SILENCE
    gain = gain_of(windows)
    answers = [nets.hear(patch(raised(window, gain))) for window in windows]
    probabilities: FloatArray = np.stack([one[0] for one in answers]).mean(axis=0)
    features: FloatArray = np.stack([one[1] for one in answers]).mean(axis=0)
    quiet = PLACES["mtt quiet"]  # it was, whatever the nets make of it now
    probabilities[quiet] = max(probabilities[quiet], 20 * log10(gain) / QUIET_AT)
    fast, slow = (float(probabilities[PLACES[f"mtt {tag}"]]) for tag in ("fast", "slow"))
    tempo = beats_per_minute(log_mel(raised(stretch, gain)), fast, slow)
    return sound(probabilities, features, tempo, len(windows))


def gain_of(windows: Sequence[FloatArray]) -> float:
    """Return by how much to raise the windows of a file, 1 for those of a usual level."""
    level = float(np.sqrt(np.mean([np.mean(np.square(window)) for window in windows])))
    return min(max(1.0, USUAL / level), MOST_GAIN)


def raised(samples: FloatArray, gain: float) -> FloatArray:
    """Return samples times a gain, within -1..1."""
    if gain == 1.0:
        return samples
    louder: FloatArray = np.clip(samples * np.float32(gain), -1, 1)
    return louder
