"""A taste in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.taste.preferred import MOST_LESS, MOST_MORE, ODD, REPEATED, preferred
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


def test_no_more_are_kept_than_reasons_need() -> None:
    # Twenty favourites have 310 words that half of the library lacks, and lack 110 others.
    ours, theirs = (
        ", ".join(f"{c}{n:03}" for n in range(most)) for c, most in (("a", 310), ("b", 110))
    )
    more, less = preferred([ours] * 20, [ours] * 50 + [theirs] * 50)
    assert (len(more), len(less)) == (MOST_MORE, MOST_LESS)
    assert more[0] == Preferred("a000", 20)  # of equals by name
    assert less[-1] == Preferred("b099", 0)


sets = st.lists(st.sampled_from("abcd"), max_size=4, unique=True).map(sorted).map(", ".join)


@given(st.lists(sets, max_size=12), st.lists(sets, max_size=40))
def test_what_is_named_is_counted_and_odd(liked: list[str], rest: list[str]) -> None:
    library = [*liked, *rest]
    more, less = preferred(liked, library)
    for found, sign in ((more, 1), (less, -1)):
        for name, count in found:
            held, all_held = (
                sum(name in one.split(", ") for one in some) for some in (liked, library)
            )
            share = all_held / len(library)
            assert count == held
            deviation = (len(liked) * share * (1 - share)) ** 0.5
            assert sign * (held - len(liked) * share) > ODD * deviation
    assert all(one.favourites >= REPEATED for one in more)
    assert not {one.name for one in more} & {one.name for one in less}


def test_nothing_liked_and_nothing_there() -> None:
    assert preferred([], []) == ((), ())
    assert preferred([], ["a", ""]) == ((), ())
