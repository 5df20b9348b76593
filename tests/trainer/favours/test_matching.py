"""Held-out likes: hits and order, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.favours.matching import Matching, fans_of
from melscribe_trainer.favours.people import Person


def person(name: str, *liked: int) -> Person:
    return Person(name, dict.fromkeys(liked))


# Items 0 to 3 are one thing, 4 to 7 another; ann likes all of the first, bob of the second.
VECTORS = np.array([[1, 0]] * 4 + [[0, 1]] * 4, np.float32)
ANN, BOB = person("ann", 0, 1, 2, 3), person("bob", 4, 5, 6, 7)


def test_a_taste_finds_its_own_kind_and_not_that_of_another() -> None:
    matching = Matching([ANN, BOB], np.zeros(8, np.int32), first=2)
    # The mean of all items is (1/2, 1/2), of ann's known ones (1, 0): her taste is (1/2, -1/2) and
    # scores her two held-out ones 1/2, all of bob's -1/2. By the other's taste none is found.
    assert matching.measured(VECTORS) == {
        "hr@100": 1.0,
        "auc": 1.0,
        "hr@100 by another's likes": 0.0,
        "fans of the first 100": 0.0,
    }


def test_vectors_that_are_all_alike_find_nothing_by_taste() -> None:
    matching = Matching([ANN, BOB], np.zeros(8, np.int32), first=2)
    found = matching.measured(np.ones((8, 2), np.float32) / np.float32(2**0.5))
    # All scores are equal: of ann's, items 0 and 1 are first in the file once the known ones are
    # out, which leaves just her held-out ones; bob's are behind items 0 and 1.
    assert found["auc"] == 0.5 and found["hr@100"] == 0.5


def test_the_most_popular_items_find_whoever_likes_those() -> None:
    fans = np.array([0, 0, 0, 0, 1, 1, 1, 1], np.int32)
    found = Matching([ANN, BOB], fans, first=2).by_popularity()
    # All of bob's and none of ann's. Asked for ann, the first two have a fan each; so have bob's.
    assert found == {"hr@100": 0.5, "auc": 0.5, "fans of the first 100": 1.0}


def test_a_like_is_compared_with_items_as_popular() -> None:
    # Item i has i fans. Ten items a little more popular and ten a little less are compared with
    # each like, so popularity alone orders half of the pairs rightly, not 0.94 as among all.
    fans = np.arange(200, dtype=np.int32)
    likes = person("ann", 185, 186, 187, 188)
    assert Matching([likes], fans).by_popularity()["auc"] == 0.5


def test_people_who_like_too_few_are_not_asked() -> None:
    assert Matching([ANN, person("eve", 1, 2, 3)], np.zeros(8, np.int32)).people == 1
    with pytest.raises(MelScribeError, match="1 person is left to measure on"):
        Matching([person("eve", 1, 2, 3)], np.zeros(8, np.int32))
    with pytest.raises(MelScribeError, match="likes all items"):
        Matching([person("eve", *range(8))], np.zeros(8, np.int32))


def test_fans_are_counted_per_person() -> None:
    assert fans_of([ANN, BOB, person("eve", 0, 4)], 9).tolist() == [2, 1, 1, 1, 2, 1, 1, 1, 0]


def test_ridge_makes_less_of_what_differs_most() -> None:
    vectors = np.array([[1, 1]] * 4 + [[9, -1]] * 2 + [[-11, -1]] * 2, np.float32)
    matching = Matching([ANN], np.zeros(8, np.int32), first=2)
    # The mean is 0, so ann's taste is (1, 1): it scores her likes 2, two others 8, two -12.
    assert matching.measured(vectors)["auc"] == 0.5
    # The covariance is ((408, 8), (8, 8)); its inverse makes a multiple of (0, 1) of (1, 1). The
    # likes have 1 there and all others -1.
    assert matching.measured(vectors, 1e-6)["auc"] == 1.0
