"""Measures of vectors, worked out by hand."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest

from melscribe_trainer.alignment.examples import Example
from melscribe_trainer.alignment.retrieval import (
    Questions,
    mean_score,
    measured,
    questions_for,
    ranks_of,
)
from melscribe_trainer.alignment.wording import Texts

from .tracks import ENCODER, silent_say


def example(words: str, *captions: str) -> Example:
    return Example(words, None, None, tuple(words.split()), captions, "album")


def test_a_rank_is_last_among_equals() -> None:
    scores = np.array([[0.9, 0.5, 0.1], [0.5, 0.5, 0.5], [0, 0.2, 0.1]], np.float32)
    assert ranks_of(scores, np.array([0, 0, 2], np.int32)).tolist() == [1, 3, 2]


def test_the_measures_of_three_tracks() -> None:
    axes = np.eye(3, dtype=np.float32)
    questions = Questions(
        sets=axes,
        own=np.array([0, 1, -1], np.int32),
        descriptors=axes[:1],
        holders=np.array([[True, False, True]]),
        captions=axes[1:2],
        described=np.array([[False, True, False]]),
    )
    vectors = np.array([[0.8, 0.6, 0], [0.6, 0, 0.8], [0, 0, 1]], np.float32)
    found = measured(vectors, questions)
    # Track 0 finds its set first; of track 1 the set is third; track 2 has none.
    assert found["set recall@10"] == 1 and found["set rank"] == 2
    assert found["set mrr"] == pytest.approx((1 + 1 / 3) / 2)
    assert found["closeness"] == pytest.approx((0.8 + 0) / 2)
    # The descriptor finds tracks 0, 1, 2; right are the first and the third.
    assert found["descriptor map"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["descriptor ndcg@10"] == pytest.approx((1 + 1 / 2) / (1 + 1 / log2(3)))
    assert found["descriptor recall@10"] == 1
    # The caption finds track 0 first; 1 and 2 are equal, and the earlier one comes first.
    assert found["caption map"] == pytest.approx(1 / 2)
    wanted = np.mean([found["set mrr"], found["descriptor map"], found["caption map"]])
    assert mean_score(found) == pytest.approx(wanted)


def test_a_vector_of_zeros_finds_nothing_and_is_found_last() -> None:
    axes = np.eye(2, dtype=np.float32)
    none = np.zeros((0, 2), np.float32)
    questions = Questions(
        axes,
        np.array([0, 1], np.int32),
        axes[:1],
        np.array([[True, False]]),
        none,
        np.zeros((0, 2), bool),
    )
    found = measured(np.array([[0, 0], [-1, 0]], np.float32), questions)
    assert found["set rank"] == 1.5  # 2 of 2 for the zeros; 1 for (-1, 0), whose own is nearer
    assert found["descriptor map"] == 0.5  # though -1 is below 0
    assert "caption map" not in found


def test_which_questions_are_asked() -> None:
    rows = [example("folk sad", "a song"), example("folk sad"), example("folk rock"), example("")]
    texts = Texts(rows, ENCODER, 0, silent_say)
    questions = questions_for([0, 1, 2, 3], texts)
    assert len(questions.sets) == 2 and questions.own.tolist()[2:] == [1, -1]
    assert questions.own[0] == questions.own[1] == 0
    # "rock" has one holder only. "folk" has three of four, "sad" two.
    assert len(questions.descriptors) == 2
    assert sorted(questions.holders.sum(axis=1).tolist()) == [2, 3]
    assert questions.described.tolist() == [[True, False, False, False]]
    assert len(questions_for([0, 1], texts).descriptors) == 0  # all of them have both
    assert questions and not questions_for([3], texts)
