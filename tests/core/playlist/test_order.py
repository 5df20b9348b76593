"""Lines put in order: artists apart, little or wherever it can be done, and neighbours alike."""

import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise, permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from melscribe_core.arrays import FloatArray
from melscribe_core.playlist.order import AHEAD, flow, spaced, spread

# Little: spread


def turns(line: str, near: float, spacing: int) -> str:
    """Return artists in turn; a line is pairs of an artist and a rank, such as "a0b3"."""
    pairs = [line[i : i + 2] for i in range(0, len(line), 2)]
    found = spread(pairs, lambda one: float(one[1]), lambda one: one[0], near, spacing)
    return " ".join(found)


def test_each_place_takes_the_most_rested_of_the_near() -> None:
    assert turns("a0a0b1c1", 1, 3) == "a0 b1 c1 a0"
    assert turns("a0a0b1c2", 1, 3) == "a0 b1 a0 c2"  # c2 is not near while an a0 is left
    assert turns("a0a0b1b1", 1, 3) == "a0 b1 a0 b1"  # of two at rest the one at rest for longer
    assert turns("a0a0a0b9", 1, 3) == "a0 a0 a0 b9"


def test_without_spacing_it_is_the_order_of_ranks() -> None:
    assert turns("b1a0a2b2", 9, 0) == "a0 b1 a2 b2"


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=30),
    st.integers(0, 9),
    st.integers(0, 4),
)
def test_nothing_moves_further_than_near(
    line: list[tuple[str, int]], near: int, spacing: int
) -> None:
    line.sort(key=lambda one: one[1])
    found = list(spread(line, lambda one: one[1], lambda one: one[0], near, spacing))
    assert sorted(found) == sorted(line)
    for place, (_, rank) in enumerate(found):
        assert rank <= min(left for _, left in found[place:]) + near


def test_little_of_the_line_is_read_ahead() -> None:
    read: list[int] = []

    def rank(one: int) -> float:
        read.append(one)
        return 0.0

    assert list(islice(spread(range(10**9), rank, lambda _: "a", 1.0, 3), 5)) == [0, 1, 2, 3, 4]
    assert len(read) < AHEAD + 5


# Wherever it can be done: spaced


def gaps_kept(artists: Sequence[object], gap: int) -> bool:
    return all(
        len(set(artists[i : i + gap])) == len(artists[i : i + gap]) for i in range(len(artists))
    )


def repeats(artists: Sequence[object]) -> int:
    return sum(a == b for a, b in pairwise(artists))


@settings(max_examples=300)
@given(st.text("abcd", max_size=7), st.integers(0, 4))
def test_artists_are_spaced_wherever_some_order_does_it(artists: str, spacing: int) -> None:
    order = spaced(artists, spacing)
    assert sorted(order) == list(range(len(artists)))
    every = list(permutations(range(len(artists))))  # in lexicographic order
    for gap in range(spacing, 1, -1):
        kept = [p for p in every if gaps_kept([artists[i] for i in p], gap)]
        if kept:
            assert order == list(kept[0])  # leaves the given order as late as possible
            return
    line = [artists[i] for i in order]
    if spacing < 2:
        assert order == list(range(len(artists)))
    else:
        assert repeats(line) == min(repeats([artists[i] for i in p]) for p in every)


@given(st.lists(st.integers(0, 30), min_size=40, max_size=80))
def test_long_lists_are_spaced_when_no_artist_has_too_many(artists: list[int]) -> None:
    most = max(Counter(artists).values())
    having = sum(n == most for n in Counter(artists).values())
    if (most - 1) * 3 + having <= len(artists):
        assert gaps_kept([artists[i] for i in spaced(artists, 3)], 3)


# Neighbours alike: flow


def on_circle(*degrees: float) -> FloatArray:
    turns = np.radians(degrees)
    return np.stack([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32)


def test_flow_goes_one_way() -> None:
    # From 0 the nearest is 10, and from the end of the circle's part there is no going back.
    assert flow(on_circle(0, 60, 20, 50, 10, 30), [None] * 6) == [0, 4, 2, 5, 3, 1]


def test_flow_is_straightened_where_the_nearest_leads_astray() -> None:
    # Always to the nearest is 0 -20 -50, and then a jump of 90 degrees to 40.
    assert flow(on_circle(0, 60, 70, 40, -20, -50), [None] * 6) == [0, 5, 4, 3, 1, 2]


def test_a_long_flow_goes_on_from_block_to_block() -> None:
    # The first three end at 20, from where 30 is the nearest of the others.
    points = on_circle(0, 20, 10, 90, 60, 30)
    assert flow(points, [None] * 6, block_size=3) == [0, 2, 1, 5, 4, 3]


def test_tempo_counts_where_the_meaning_is_equal() -> None:
    alike = on_circle(0, 0, 0, 0)
    assert flow(alike, [80.0, 160.0, 100.0, 120.0]) == [0, 2, 3, 1]


def test_an_unknown_tempo_neither_draws_nor_repels() -> None:
    # 90 and 95 are nearer to each other than the mean of all; 180 is farther: the unknown lies
    # between.
    assert flow(on_circle(0, 0, 0, 0), [90.0, 180.0, None, 95.0]) == [0, 3, 2, 1]


def test_a_long_flow_is_quick_and_short() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(5000, 64)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    started = time.perf_counter()
    order = flow(points, [float(bpm) for bpm in rng.integers(60, 180, 5000)])
    assert time.perf_counter() - started < 10  # about 1 on a laptop; this machine may be busy
    assert sorted(order) == list(range(5000))
    steps = (points[order[:-1]] * points[order[1:]]).sum(axis=1)
    assert steps.mean() > 0.2  # of random neighbours it is 0
