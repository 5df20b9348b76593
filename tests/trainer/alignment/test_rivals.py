"""What a tower has to beat."""

from __future__ import annotations

import numpy as np
import pytest

from melscribe_core.hearing.outputs import OUTPUTS, PLACES
from melscribe_core.hearing.sound import FEATURES, sound
from melscribe_core.hearing.thresholds import table
from melscribe_trainer.alignment.examples import Example
from melscribe_trainer.alignment.rivals import plugin_vectors, ridge, weighted_vectors
from tests.support.fakes import WordAxes

from .tracks import ENCODER, examples, material


def test_ridge_of_two_points_by_hand() -> None:
    x, y = np.array([[-1.0], [1.0]], np.float32), np.array([[0.0], [4.0]], np.float32)
    # Centred: sum of x y = 4, sum of x x = 2; so 4 / (2 + strength), and the mean of y is 2.
    weights, bias = ridge(x, y, 2.0)
    assert (weights.tolist(), bias.tolist()) == ([[1.0]], [2.0])
    weights, bias = ridge(x + 10, y, 0.0)
    assert weights[0, 0] == pytest.approx(2) and bias[0] == pytest.approx(2 - 20)


def test_weighted_descriptors_lie_where_the_heard_words_do() -> None:
    names = [one.name for one in table()]
    encoder = WordAxes(*(name for name in names if " " not in name))
    rows = []
    for tag in ("msd jazz", "mtt harpsichord"):
        tags = np.zeros(len(OUTPUTS), np.float32)
        tags[PLACES[tag]] = 0.9
        heard = sound(tags, np.ones(FEATURES, np.float32), 100.0, 5)
        rows.append(Example(tag, None, heard, (), (), tag))
    found = weighted_vectors(rows, [0], encoder)
    assert [encoder.known[at] for at in found.argmax(axis=1)] == ["jazz", "harpsichord"]


def test_what_the_plugin_learns_is_from_the_training_part() -> None:
    rows = examples(albums=64)
    heard = np.zeros((len(rows), ENCODER.dim), np.float32)
    train = range(224)
    found = plugin_vectors(rows, train, ENCODER, heard)
    assert found is not None
    right = ENCODER.encode([", ".join(one.descriptors) for one in rows[224:]])
    cosines = found[224:] @ right.T
    own = np.diag(cosines)
    assert own.mean() > cosines.mean() + 0.2
    assert plugin_vectors(rows, range(100), ENCODER, heard) is None


def test_the_linear_map_is_a_start() -> None:
    made = material()
    vectors = made.linear(*made.line)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(96), abs=1e-5)
