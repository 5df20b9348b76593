"""Names as people say them, found in a library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.names import Named, fold, gather, is_among, keys_of, resolve

ARTISTS = gather(
    "artist",
    [
        (1, "Nick Drake"),
        (2, "nick drake"),
        (3, "The Cure"),
        (4, "Björk"),
        (5, "Simon & Garfunkel"),
        (6, "Can"),
        (7, "Boards of Canada"),
        (8, ""),
    ],
)
TITLES = gather("title", [(11, "Pink Moon"), (12, "Can"), (13, "Roads")])


def found(said: str) -> Named | None:
    return resolve(said, [ARTISTS, TITLES])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Nick Drake", "Nick Drake"),
        ("NICK  DRAKE", "Nick Drake"),
        ("cure", "The Cure"),
        ("the cure", "The Cure"),
        ("bjork", "Björk"),
        ("Simon and Garfunkel", "Simon & Garfunkel"),
        ("pink moon", "Pink Moon"),
    ],
)
def test_the_same_name_otherwise_written(said: str, name: str) -> None:
    named = found(said)
    assert named is not None
    assert (named.name, named.close) == (name, False)


def test_all_tracks_of_a_name_are_told() -> None:
    named = found("nick drake")
    assert named is not None
    assert named.tracks == (1, 2)


def test_artists_come_before_titles() -> None:
    named = found("can")
    assert named is not None
    assert named.kind == "artist"


def test_a_slip_of_the_pen_is_forgiven_and_told() -> None:
    named = found("Bords of Canada")
    assert named is not None
    assert (named.name, named.close) == ("Boards of Canada", True)


def test_one_letter_too_few_is_close() -> None:
    # 4 of 4 and 5 letters agree: 2 * 4 / 9 = 0.89, above 0.85.
    named = found("Rods")
    assert named is not None
    assert named.name == "Roads"


# "Cap" is too short to be a slip of "Can"; "Nick Cave" and "Nick Drake" share 7 of 9 and 10: 0.74.
@pytest.mark.parametrize("said", ["Xyzzy", "Cap", "", "!!!", "Nick Cave"])
def test_what_is_not_there_is_not_found(said: str) -> None:
    assert found(said) is None


def test_folding_keeps_other_scripts() -> None:
    assert fold("Кино́") == "кино"
    assert fold("坂本 龍一") == "坂本 龍一"


def test_a_name_is_found_among_many_however_it_is_written() -> None:
    keys = keys_of(["Nick Drake", "nick drake", "The Cure", "Björk", "Simon & Garfunkel", "", "!"])
    for said in ("NICK  DRAKE", "cure", "the Cure", "bjork", "simon and garfunkel", "!"):
        assert is_among(said, keys)
    for said in ("", "Nick", "Drake Nick", "cures", "zzz", "000"):
        assert not is_among(said, keys)
    assert len(keys) == 5 * 8  # five names that differ


def test_nothing_is_among_no_names() -> None:
    assert keys_of([]) == keys_of([""]) == b""
    assert not is_among("Nick Drake", b"")


@given(st.text("aZ09 &+'!-.\té", max_size=12))
def test_names_of_plain_letters_fold_as_all_do(name: str) -> None:
    # A soft hyphen is no letter and no digit: it separates as a space does, and is not ASCII.
    assert fold(f"{name} a") == fold(f"{name}\u00ada")
