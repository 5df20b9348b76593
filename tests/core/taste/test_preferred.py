"""A taste in words."""

from __future__ import annotations

from melscribe_core.taste.preferred import preferred
from melscribe_core.taste.taste import Preferred


def test_more_and_less_than_the_library() -> None:
    # 100 sets: 10 are "folk, slow", 40 "pop", 50 "metal, pop". Ten favourites: 8 "folk, slow", 2
    # "pop". Expected of them by chance: 1 with folk, 9 with pop, 5 with metal. 8 are folk: (8 - 1)
    # / sqrt(10 * 0.1 * 0.9) = 7.4 deviations. 2 are pop, 7.4 fewer than expected. None is metal:
    # 5 / sqrt(10 * 0.5 * 0.5) = 3.2 fewer.
    library = ["folk, slow"] * 10 + ["pop"] * 40 + ["metal, pop"] * 50
    favourites = ["folk, slow"] * 8 + ["pop"] * 2
    more, less = preferred(favourites, library)
    assert more == (Preferred("folk", 8), Preferred("slow", 8))
    assert less == (Preferred("pop", 2), Preferred("metal", 0))  # 7 fewer, and 5


def test_what_favourites_have_as_often_as_the_library_is_not_named() -> None:
    assert preferred(["a", "b"], ["a", "b"] * 20) == ((), ())


def test_one_favourite_with_a_rare_word_is_chance() -> None:
    assert preferred(["a, rare", "b"], ["a, rare", *["a", "b"] * 20]) == ((), ())


def test_what_all_have_tells_nothing_apart() -> None:
    more, less = preferred(["x, a"] * 5, ["x, a"] * 5 + ["x, b"] * 50)
    assert "x" not in {one.name for one in (*more, *less)}


def test_nothing_liked_and_nothing_there() -> None:
    assert preferred([], []) == ((), ())
    assert preferred([], ["a", ""]) == ((), ())
