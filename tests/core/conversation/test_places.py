"""Places: which tracks of a list a phrase means."""

from __future__ import annotations

import pytest

from melscribe_core.conversation.places import places


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [
        ("the first one", [0]),
        ("The second song", [1]),
        ("third", [2]),
        ("the 4th", [3]),
        ("the very last one", [4]),
        ("last two", [3, 4]),
        ("the first 3 songs", [0, 1, 2]),
        ("the last nine", [0, 1, 2, 3, 4]),
        ("number 2", [1]),
        ("track five", [4]),
        ("#3", [2]),
        ("no. 1", [0]),
        ("the sixth", []),
        ("number 0", []),
        ("number 99", []),
        ("song 6", []),
    ],
)
def test_the_places_of_a_phrase(phrase: str, wanted: list[int]) -> None:
    assert [*(places(phrase, 5) or ())] == wanted
    assert places(phrase, 5) is not None


@pytest.mark.parametrize(
    "phrase",
    ["", "one", "the ones", "311", "first love", "number", "#", "last christmas", "no one"],
)
def test_other_phrases_mean_no_place(phrase: str) -> None:
    assert places(phrase, 5) is None
