"""Tracks that sound alike, by the nets' features."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.likeness import ROWS, Likeness, like_scores, likeness
from melscribe_core.hearing.sound import FEATURES, SILENCE, Sound, features, sound


def sounds(rows: FloatArray) -> list[Sound]:
    return [sound(np.zeros(100, np.float32), row, 0, 5) for row in rows]


def by_hand(rows: FloatArray, queries: list[int]) -> FloatArray:
    """Return the cosines in float64, as they are defined."""
    kept = features(sounds(rows)).astype(np.float64)
    standard = (kept - kept.mean(axis=0)) / kept.std(axis=0)
    halves = standard.reshape(len(rows), 2, 200)
    halves /= np.linalg.norm(halves, axis=2, keepdims=True)
    unit = halves.reshape(len(rows), 400) / np.sqrt(2)
    middle = unit[queries].sum(axis=0)
    found: FloatArray = (unit @ (middle / np.linalg.norm(middle))).astype(np.float32)
    return found


def some(count: int) -> FloatArray:
    rng = np.random.default_rng(3)
    few = rng.normal(0, 1, (count, 6)) @ rng.normal(0, 1, (6, FEATURES))
    return (few + rng.normal(2, 0.5, (count, FEATURES))).astype(np.float32)


@pytest.mark.parametrize("queries", [[7], [7, 8, 200]])
def test_cosines_are_those_of_standardised_features(queries: list[int]) -> None:
    rows = some(300)
    found = likeness(sounds(rows)).near(queries)
    assert found.dtype == np.float32
    assert found == pytest.approx(by_hand(rows, queries), abs=1e-5)


def test_a_track_is_most_like_itself() -> None:
    found = likeness(sounds(some(50))).near([12])
    assert found[12] == pytest.approx(1, abs=1e-5)
    assert found.argmax() == 12


def test_both_nets_count_equally_however_large_their_features_are() -> None:
    # Track 1 has the first net's features of track 0, and those of the second are opposite: 1 and
    # -1 make 0, though the second net's are smaller by far.
    rows = some(400)
    rows -= rows.mean(axis=0)
    rows[:, 200:] *= 0.2
    rows[1, :200], rows[1, 200:] = rows[0, :200], -rows[0, 200:]
    assert likeness(sounds(rows)).near([0])[1] == pytest.approx(0, abs=0.02)


def test_silence_is_like_nothing_and_nothing_is_like_it() -> None:
    all_of_them = [*sounds(some(30)), SILENCE]
    found = likeness(all_of_them)
    assert found.near([3])[30] == -1
    assert found.near([3])[:30] == pytest.approx(likeness(all_of_them[:30]).near([3]), abs=1e-6)
    assert (found.near([30]) == -1).all()
    assert (found.near([]) == -1).all()
    assert found.near([3, 30]) == pytest.approx(found.near([3]))


def test_features_that_never_change_say_nothing() -> None:
    rows = some(40)
    rows[:, 5] = 0
    assert np.isfinite(likeness(sounds(rows)).near([0])).all()


def test_libraries_of_none_and_of_one() -> None:
    assert likeness([]).near([]).shape == (0,)
    assert like_scores(np.zeros(0, np.float32)).shape == (0,)
    assert np.isfinite(likeness(sounds(some(1))).near([0])).all()


def test_a_score_is_how_far_a_cosine_stands_out() -> None:
    # the mean is 0: a score is a cosine, and what is less alike has none
    assert like_scores(np.array([0.5, -0.5, 0.5, -0.5], np.float32)).tolist() == [0.5, 0, 0.5, 0]
    # the mean is 0.2: (1 - 0.2) / 0.8 = 1
    scores = like_scores(np.array([1, 0, 0, 0, 0], np.float32))
    assert scores.tolist() == pytest.approx([1, 0, 0, 0, 0])
    # the mean is 0.6: (0.9 - 0.6) / 0.4 = 0.75, though 0.6 is like it too
    scores = like_scores(np.array([0.9, 0.6, 0.3], np.float32))
    assert scores.tolist() == pytest.approx([0.75, 0, 0], abs=1e-6)


def test_silent_tracks_do_not_lower_what_is_usual() -> None:
    cosines = np.array([1, 0, 0, 0, 0], np.float32)
    silent = np.append(cosines, [-1] * 50).astype(np.float32)
    assert like_scores(silent)[:5] == pytest.approx(like_scores(cosines))
    assert not like_scores(silent)[5:].any()


def test_a_large_library_takes_little_more_than_its_bytes() -> None:
    steps = np.random.default_rng(4).integers(-127, 128, (5 * ROWS, FEATURES)).astype(np.int8)
    tracemalloc.start()
    library = Likeness(steps, np.ones(len(steps), np.float32))
    library.near([0])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * ROWS * FEATURES * 4  # in float32 the library alone is 5 of these
