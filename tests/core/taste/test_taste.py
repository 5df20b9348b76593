"""How a taste scores sets, and where its gate opens: by hand in two or three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from melscribe_core.arrays import FloatArray
from melscribe_core.taste.taste import (
    FARTHEST,
    GATE,
    Pull,
    Taste,
    key_of,
    keys_of,
    standardised,
    without_itself,
)

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]


def floats(*rows: object) -> FloatArray:
    return np.array(rows, np.float32)


def taste(**changed: Any) -> Taste:
    """Return a taste for the east in a library whose middle is the origin."""
    parts: dict[str, Any] = {
        "direction": floats(*EAST),
        "centre": floats(0.0, 0.0),
        "middle": 0.0,
        "spread": 0.5,
        "keys": keys_of([]),
        "near": np.array([[127, 0]], np.int8),
        "near_step": 1 / 127,
        "tracks": np.arange(5),
        "excess": floats(0.0, 0.0),
        "check": 0.9,
        "more": (),
        "less": (),
    }
    return Taste(**{**parts, **changed})


def test_a_set_is_scored_by_how_far_it_lies_in_the_direction() -> None:
    # (x - middle) / spread: 0.8 / 0.5 = 1.6, 0 / 0.5, -0.6 / 0.5 = -1.2; 0.1 more in the middle:
    vectors = floats([0.8, 0.6], NORTH, [-0.6, 0.8])
    sets = [("a",), ("b",), ("c",)]
    none = np.zeros(3, np.float32)
    assert taste().scores(sets, vectors, none) == pytest.approx([1.6, 0.0, -1.2])
    moved = taste(middle=0.1).scores(sets, vectors, none)
    assert moved == pytest.approx([1.4, -0.2, -1.4])


def test_a_score_has_bounds_and_no_spread_gives_none() -> None:
    raw = floats(9.0, -9.0, 0.5)
    assert standardised(raw, 0.0, 1.0) == pytest.approx([FARTHEST, -FARTHEST, 0.5])
    assert standardised(raw, 0.0, 0.0).tolist() == [0.0, 0.0, 0.0]


def test_what_was_heard_is_moved_to_where_texts_lie() -> None:
    # (0.8, 0.6) less (0.3, 0.9) is (0.5, -0.3): 0.5 to the east, that is one spread.
    found = taste(excess=floats(0.3, 0.9)).scores(
        [("a",), ("b",)], floats([0.8, 0.6], [0.8, 0.6]), floats(1.0, 0.0)
    )
    assert found == pytest.approx([1.0, 1.6])


def test_a_favourite_is_scored_as_if_it_were_none() -> None:
    # Two favourites, (1, 0) and (0.6, 0.8); their mean is (0.8, 0.4), and the centre is 0. The
    # first without itself is scored by the second alone: 1 * 0.6 = 0.6, and with a spread of 0.5
    # that is 1.2. A set of the same vector that is no favourite: 0.8 / 0.5 = 1.6.
    keys = np.sort(keys_of([("a", "b"), ("c",)]))
    both = taste(direction=floats(0.8, 0.4), keys=keys)
    found = both.scores([("a", "b"), ("d",)], floats(EAST, EAST), np.zeros(2, np.float32))
    assert found == pytest.approx([1.2, 1.6])


def test_a_single_favourite_says_nothing_of_itself() -> None:
    assert without_itself(floats(0.9), floats(EAST), floats(*EAST), 1).tolist() == [0.0]


@given(arrays.arrays(np.float64, (6, 3), elements=st.floats(-1, 1)), st.integers(2, 5))
def test_without_itself_is_what_the_others_alone_give(drawn: Any, favourites: int) -> None:
    # Of any length: what was heard is shorter than 1 where it is moved.
    liked, centre = drawn[:favourites], drawn.mean(axis=0)
    direction = liked.mean(axis=0) - centre
    expected = [
        one @ (np.delete(liked, at, axis=0).mean(axis=0) - centre) for at, one in enumerate(liked)
    ]
    rows = liked.astype(np.float32)
    found = without_itself(
        (liked @ direction).astype(np.float32), rows, centre.astype(np.float32), favourites
    )
    assert found == pytest.approx(expected, abs=1e-5)


def test_the_gate_is_the_share_of_favourites_near_the_request() -> None:
    # The library's cosines have the mean 0 and the deviation 0.5: near is above 0.5. To the east
    # the four favourites have the cosines 1, 0.3, 0 and 0: a share of 0.25, divided by GATE.
    near = np.array([[127, 0], [40, 92], [0, 127], [0, 64]], np.int8)
    library = floats(0.5, -0.5)
    found = taste(near=near).gate(floats(*EAST), library)
    assert found == pytest.approx(0.25 / GATE)
    assert taste(near=near).gate(floats(*NORTH), library) == 1.0  # three of four
    assert taste(near=near).gate(floats(-1.0, 0.0), library) == 0.0


@given(
    arrays.arrays(
        np.int8, st.tuples(st.integers(1, 9), st.just(2)), elements=st.integers(-127, 127)
    ),
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=5),
    st.floats(0, 6.28),
)
def test_the_gate_opens_from_0_to_1_and_no_less_for_a_lower_library(
    near: Any, library: list[float], angle: float
) -> None:
    person, request = taste(near=near), floats(np.cos(angle), np.sin(angle))
    cosines = np.array(library, np.float32)
    lower, usual = (person.gate(request, cosines - by) for by in (np.float32(0.25), 0))
    assert 0 <= usual <= lower <= 1


@given(
    arrays.arrays(np.float32, (5, 2), elements=st.floats(-1, 1, width=32)),
    st.lists(st.booleans(), min_size=5, max_size=5),
    st.sets(st.sampled_from("abcde")),
)
def test_every_score_is_within_bounds_and_its_own(
    vectors: Any, heard: list[bool], liked: set[str]
) -> None:
    person = taste(
        keys=np.sort(keys_of([(one,) for one in liked])),
        centre=floats(0.1, 0.2),
        excess=floats(0.3, -0.2),
        spread=0.05,
    )
    sets, flags = [(one,) for one in "abcde"], np.array(heard, np.float32)
    together = person.scores(sets, vectors, flags)
    assert together.dtype == np.float32
    assert (np.abs(together) <= FARTHEST).all()
    alone = [person.scores(sets[i : i + 1], vectors[[i]], flags[[i]])[0] for i in range(5)]
    assert together == pytest.approx(alone, abs=1e-3)


def test_no_sets_have_no_scores() -> None:
    none = np.empty((0, 2), np.float32)
    assert taste().scores([], none, np.empty(0, np.float32)).shape == (0,)
    assert Pull(taste(), 1.0).evidence([], none, np.empty(0, np.float32)).shape == (0,)


def test_the_gate_is_closed_without_favourites_or_library() -> None:
    assert taste(near=np.empty((0, 2), np.int8)).gate(floats(*EAST), floats(0.1)) == 0.0
    assert taste().gate(floats(*EAST), np.empty(0, np.float32)) == 0.0


def test_the_pull_is_the_weight_times_the_score() -> None:
    pull = Pull(taste(), 0.5)
    found = pull.evidence([("a",)], floats([0.8, 0.6]), np.zeros(1, np.float32))
    assert found == pytest.approx([0.8])  # 0.5 * 1.6
    assert found.dtype == np.float32


@pytest.mark.parametrize(
    ("sets", "check", "used"), [(5, 0.65, True), (4, 0.99, False), (5, 0.64, False)]
)
def test_it_is_used_with_enough_sets_that_pass_the_check(
    sets: int, check: float, used: bool
) -> None:
    keys = keys_of([(str(one),) for one in range(sets)])
    assert taste(keys=keys, check=check).is_used is used


def test_keys_are_those_of_the_texts() -> None:
    assert keys_of([("a", "b"), ()]).tolist() == [key_of("a, b"), key_of("")]
    assert key_of("a\udcff") != key_of("a")  # bytes that are not UTF-8
