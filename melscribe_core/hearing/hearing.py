"""Hear one file: what the nets make of five short windows of it, and its tempo."""

from __future__ import annotations

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.excerpts import excerpts
from melscribe_core.hearing.mel import log_mel, patch
from melscribe_core.hearing.nets import Nets
from melscribe_core.hearing.outputs import PLACES
from melscribe_core.hearing.sound import SILENCE, Sound, sound
from melscribe_core.hearing.tempo import beats_per_minute


def hear(path: str | bytes, nets: Nets) -> Sound:
    """Hear a file: means over its windows; SILENCE where all of them are silent.

    Safe in several threads at once. Raises UnreadableAudioError for this file, and MelScribeError
    where nothing can be heard: the extra is missing, or the nets are damaged.
    """
    windows, stretch = excerpts(path)
    if not windows:
        return SILENCE
    answers = [nets.hear(patch(window)) for window in windows]
    probabilities: FloatArray = np.stack([one[0] for one in answers]).mean(axis=0)
    features: FloatArray = np.stack([one[1] for one in answers]).mean(axis=0)
    fast, slow = (float(probabilities[PLACES[f"mtt {tag}"]]) for tag in ("fast", "slow"))
    tempo = beats_per_minute(log_mel(stretch), fast, slow)
    return sound(probabilities, features, tempo, len(windows))
