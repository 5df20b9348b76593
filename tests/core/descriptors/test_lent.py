import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.descriptors.lent import (
    NOTHING_LENT,
    HeardDescriptor,
    Lent,
    is_heard_alone,
    lent_in,
    marked,
    own_of,
)

LENT = Lent(
    (("shoegaze", "album"), ("rock", "artist")),
    (
        HeardDescriptor("strings", 0.69, 1.3),
        HeardDescriptor("slow", 0.3, 0.0),
        HeardDescriptor("female vocals", 0.1, 0.25, is_said=False),
    ),
    "ridge:0a1b2c3d:ff00",
)


def test_a_line_is_read_as_it_was_written() -> None:
    assert lent_in(LENT.to_line()) == LENT
    assert LENT.to_line() == (
        "album shoegaze; artist rock; heard 0.69 1.30 strings; heard 0.30 0.00 slow;"
        " hint 0.10 0.25 female vocals; learned ridge:0a1b2c3d:ff00"
    )


def test_nothing_is_an_empty_line() -> None:
    assert lent_in("") is NOTHING_LENT
    assert NOTHING_LENT.to_line() == ""


@pytest.mark.parametrize(
    "line", ["strings", "heard", "heard x 1 strings", "heard 0.5 strings", "borrowed rock", "; "]
)
def test_another_line_is_an_error(line: str) -> None:
    with pytest.raises(ValueError):
        lent_in(line)


# Descriptors that read like the kinds of a line; none holds a semicolon.
names = st.sampled_from(
    ["folk", "heard it all", "hint", "learned", "learned ridge", "alone yes", "album", "yes"]
)
loans = st.builds(
    Lent,
    st.lists(st.tuples(names, st.sampled_from(["album", "artist"])), max_size=2).map(tuple),
    st.lists(
        st.builds(
            HeardDescriptor,
            names,
            st.integers(0, 100).map(lambda n: n / 100),
            st.integers(0, 300).map(lambda n: n / 100),
            st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    st.sampled_from(["", "ridge:0a1b2c3d:ff00"]),
    st.booleans(),
)


@given(loans)
def test_a_line_tells_all_of_it_and_what_was_heard_alone(lent: Lent) -> None:
    line = lent.to_line()
    assert lent_in(line) == lent
    assert is_heard_alone(line) is lent.is_heard_alone


def test_own_descriptors_are_those_that_nobody_lends() -> None:
    # "female vocals" is only a hint: were it in the set, the track itself would have it.
    descriptors = ("1990s", "female vocals", "rock", "shoegaze", "slow", "strings")
    assert own_of(descriptors, LENT) == ("1990s", "female vocals")


def test_what_is_lent_is_marked_with_the_lender() -> None:
    assert marked(("1990s", "rock", "shoegaze", "strings"), LENT) == (
        "1990s",
        "rock (artist)",
        "shoegaze (album)",
        "strings (heard)",
    )


def test_a_track_that_has_nothing_of_its_own_says_so() -> None:
    alone = Lent((("folk", "album"),), is_alone=True)
    assert alone.to_line() == "alone yes; album folk"
    assert lent_in(alone.to_line()) == alone
