"""Learning a library's own words, and judging on held-out albums whether it is of use."""

from __future__ import annotations

import time

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.learned import Learned, unit
from melscribe_core.hearing.learning import FOLDS, Lessons, folds_of, learn

DIM, FEATURES, TRACKS_OF_AN_ALBUM = 32, 60, 4
WORDS = [f"word {at}" for at in range(40)]


def words() -> dict[str, FloatArray]:
    """Return vectors of words that have a mean in common, as those of real texts have."""
    rng = np.random.default_rng(7)
    vectors = rng.normal(0, 1, (len(WORDS), DIM)) / DIM**0.5
    vectors[:, 0] += 0.7
    return dict(zip(WORDS, unit(vectors.astype(np.float32)), strict=True))


def world(tracks: int, *, told: bool, seed: int = 8) -> Lessons:
    """Return tracks of three words each; their features are linear in the words, or only noise.

    What was heard is noise around the words' mean, so it finds what chance finds.
    """
    rng = np.random.default_rng(seed)
    of_words = words()
    albums = np.arange(tracks) // TRACKS_OF_AN_ALBUM
    own = [frozenset(rng.choice(WORDS, 3, replace=False).tolist()) for _ in range(tracks)]
    vectors = unit(np.array([sum(of_words[name] for name in one) for one in own], np.float32))
    features = rng.normal(0, 1, (tracks, FEATURES))
    if told:
        features = 0.05 * features + vectors @ rng.normal(0, 1, (DIM, FEATURES))
    mean = vectors.mean(axis=0)
    heard = unit((mean + rng.normal(0, 0.1, vectors.shape)).astype(np.float32))
    probabilities = rng.random((tracks, 5)).astype(np.float32)
    return Lessons(features.astype(np.float32), probabilities, own, vectors, heard, albums)


def learned_from(lessons: Lessons) -> Learned:
    found = learn(lessons, words(), "this encoder")
    assert found is not None
    return found


def test_a_linear_world_is_recovered() -> None:
    lessons = world(600, told=True)
    found = learned_from(lessons)
    assert found.is_used
    assert found.share == 1.0  # what was heard is noise
    fresh = world(100, told=False, seed=9)
    # the same map of texts to features, for words in other combinations
    rng = np.random.default_rng(8)
    for _ in range(600):
        rng.choice(WORDS, 3, replace=False)
    rng.normal(0, 1, (600, FEATURES))
    features = (fresh.vectors @ rng.normal(0, 1, (DIM, FEATURES))).astype(np.float32)
    cosines = (found.apply(features, fresh.probabilities, fresh.heard) * fresh.vectors).sum(axis=1)
    assert cosines.mean() > 0.97


def test_the_report_says_what_was_found_on_held_out_tracks() -> None:
    # 600 tracks, of which two folds of five choose: 360 judge. By chance 10 of 360 sets are found.
    found = learned_from(world(600, told=True))
    head = "learned from 600 tracks: finds a track's own words among the first ten for "
    assert found.report.startswith(head)
    right, rest = found.report.removeprefix(head).split(
        " of 360 held-out tracks, what was heard alone"
    )
    assert int(right) > 340
    assert int(rest.removeprefix(" for ")) < 30
    assert found.fingerprint == "this encoder"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tracks", [200, 600])
def test_noise_is_not_used(tracks: int, seed: int) -> None:
    found = learned_from(world(tracks, told=False, seed=seed))
    assert not found.is_used
    assert found.report.endswith("; it is not used")


def test_to_know_which_words_are_common_is_not_to_have_learned_how_they_sound() -> None:
    # All is noise, but two words of three are among ten of forty, and the middle of what was heard
    # is elsewhere: whatever lies in the middle of these texts finds more than that does.
    lessons = world(600, told=False)
    rng = np.random.default_rng(1)
    of_words = words()
    own = [
        frozenset([*rng.choice(WORDS[:10], 2, replace=False), rng.choice(WORDS)])
        for _ in range(600)
    ]
    vectors = unit(np.array([sum(of_words[name] for name in one) for one in own], np.float32))
    heard = rng.normal(0, 0.1, vectors.shape).astype(np.float32)
    heard[:, 5] += 1
    assert not learned_from(lessons._replace(own=own, vectors=vectors, heard=unit(heard))).is_used


def test_what_was_heard_is_mixed_in_where_it_helps() -> None:
    # The features tell nothing, what was heard is the text itself but for a little noise.
    lessons = world(400, told=False)
    rng = np.random.default_rng(3)
    heard = unit(lessons.vectors + rng.normal(0, 0.03, lessons.vectors.shape).astype(np.float32))
    found = learned_from(lessons._replace(heard=heard))
    assert found.share == 0.25
    assert not found.is_used  # heard alone is as good


def test_albums_that_repeat_their_words_do_not_pass_for_knowledge() -> None:
    # Features name the album and nothing else, and its tracks have the same words: recalled from
    # the album's other tracks they would all be found, but an album is held out as a whole.
    lessons = world(400, told=False)
    first = np.arange(400) // TRACKS_OF_AN_ALBUM * TRACKS_OF_AN_ALBUM
    own = [lessons.own[at] for at in first.tolist()]
    assert not learned_from(
        lessons._replace(features=lessons.features[first], own=own, vectors=lessons.vectors[first])
    ).is_used


def test_fewer_than_200_tracks_or_10_albums_teach_nothing() -> None:
    assert learn(world(199, told=True), words(), "") is None
    assert learn(world(200, told=True), words(), "") is not None
    lessons = world(200, told=True)
    assert learn(lessons._replace(albums=np.arange(200) % 9), words(), "") is None
    assert learn(lessons._replace(albums=np.arange(200) % 10), words(), "") is not None


def test_tracks_that_are_all_tagged_alike_teach_nothing() -> None:
    lessons = world(200, told=True)
    alike = lessons._replace(own=[lessons.own[0]] * 200, vectors=lessons.vectors[[0] * 200])
    found = learned_from(alike)
    assert not found.is_used
    vectors = found.apply(lessons.features, lessons.probabilities, lessons.heard)
    assert np.isfinite(vectors).all()


def test_without_heard_vectors_and_with_features_that_never_change() -> None:
    lessons = world(200, told=True)
    lessons.features[:, :3] = 1.5
    found = learned_from(lessons._replace(heard=np.zeros_like(lessons.heard)))
    assert found.is_used
    assert np.isfinite(found.weights).all()


def test_folds_are_alike_and_keep_albums_together() -> None:
    # Albums of 40, 30 and 20 go to three folds. The 60 of one track go to the three with fewest: 20
    # each to two of them until all three have 20, then 20 more go round: 26, 27 and 27 in the end.
    albums = np.repeat(np.arange(63), [40, 30, 20, *[1] * 60]) * 7 + 3
    folds = folds_of(albums)
    for album in np.unique(albums):
        assert len(np.unique(folds[albums == album])) == 1
    assert sorted(np.bincount(folds, minlength=FOLDS).tolist()) == [26, 27, 27, 30, 40]


def test_the_same_lessons_teach_the_same() -> None:
    one, other = (learned_from(world(300, told=True)).to_bytes() for _ in range(2))
    assert one == other


def test_many_tracks_are_sampled_and_take_seconds() -> None:
    lessons = world(30_000, told=True)
    began = time.process_time()
    found = learned_from(lessons)
    assert found.report.startswith("learned from 20,000 tracks: ")
    assert time.process_time() - began < 20
