"""The vectors that a trained tower has to beat: those that the plugin has without one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.encoder.encoder import Encoder
from melscribe_core.hearing.agreement import agreement
from melscribe_core.hearing.judgement import heard_vectors, judge
from melscribe_core.hearing.learning import Lessons, learn
from melscribe_core.hearing.sound import Sound, features, probabilities
from melscribe_core.hearing.thresholds import probabilities_of, table

from .examples import Example

STRENGTHS = (10.0, 100.0, 1000.0, 10000.0)  # of the ridge, on standardised inputs: tried on dev


def weighted_vectors(
    examples: Sequence[Example], train: Sequence[int], encoder: Encoder
) -> FloatArray:
    """Return what the plugin uses without training, unit or zero, float32 (examples, dim).

    It is the sum of the heard descriptors' vectors, weighted by their probabilities. How far each
    is believed is judged by the tags of the training part, as in a library.
    """
    names = [heard.name for heard in table()]
    words = dict(zip(names, encoder.encode(names), strict=True))
    sounds = [_sound(example) for example in examples]
    tempo = np.array([one.tempo for one in sounds], np.float32)
    heard = probabilities_of(probabilities(sounds), tempo)
    agreed = agreement([examples[place].descriptors for place in train])
    return heard_vectors(judge(heard[list(train)], agreed), heard, words)


def ridge(x: FloatArray, y: FloatArray, strength: float) -> tuple[FloatArray, FloatArray]:
    """Return weights (dim, inputs) and bias (dim,) of the ridge regression from x to y.

    Minimises |x W' + b - y|^2 + strength |W|^2; the bias is not punished. Solved in float64.
    """
    centre, target = x.mean(axis=0, dtype=np.float64), y.mean(axis=0, dtype=np.float64)
    a, b = x - centre, y - target
    square = a.T @ a + strength * np.eye(a.shape[1])
    weights = np.linalg.solve(square, a.T @ b).T
    return weights.astype(np.float32), (target - weights @ centre).astype(np.float32)


def plugin_vectors(
    examples: Sequence[Example], train: Sequence[int], encoder: Encoder, heard: FloatArray
) -> FloatArray | None:
    """Return what the plugin learns by itself from the tags of the training part.

    That is a closed-form ridge, mixed with the weighted descriptors, `heard`: see
    melscribe_core/hearing/learning.py. None where it has too few tracks to learn from.
    """
    rows = [place for place in train if examples[place].descriptors]
    own = [frozenset(examples[place].descriptors) for place in rows]
    names = sorted({name for one in own for name in one})
    words = dict(zip(names, encoder.encode(names), strict=True))
    texts = encoder.encode([SEPARATOR.join(examples[place].descriptors) for place in rows])
    albums = np.unique([examples[place].album for place in rows], return_inverse=True)[1]
    sounds = [_sound(example) for example in examples]
    inputs = features(sounds), probabilities(sounds)
    taught = inputs[0][rows], inputs[1][rows]
    lessons = Lessons(*taught, own, texts, heard[rows], albums.astype(np.int64))
    learned = learn(lessons, words, encoder.fingerprint)
    return learned.apply(*inputs, heard) if learned else None


def _sound(example: Example) -> Sound:
    assert example.heard is not None  # those without were dropped when their audio was heard
    return example.heard
