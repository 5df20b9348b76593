"""Favours become people: what each likes, and by which words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.favours.people import Least, Person, parted, people_in

from .toy import write_tsv

PLACES = {"1": 0, "2": 1, "3": 2}


def test_plays_are_counted_once_and_words_are_spelt_as_descriptors(tmp_path: Path) -> None:
    rows = [("ann", 1, 900), ("ann", 2, 3), ("ann", 1, 5), ("bob", 9, 70), ("bob", 3, 1)]
    favours = write_tsv(tmp_path / "f.tsv.gz", ("user", "item", "plays"), rows)
    said = [("ann", 2, "Happy, seen live", 123), ("ann", 9, "rock", 123), ("eve", 1, "rock", 123)]
    words = write_tsv(tmp_path / "w.tsv", ("user", "item", "descriptors", "month"), said)
    found, dropped = people_in([favours], [words], PLACES, Least(plays=2))
    # bob's one known item was played once; eve said a word and likes nothing
    assert [(one.name, list(one.liked)) for one in found] == [("ann", [0, 1])]
    assert found[0].said == {"happy": {1: None}}
    assert dropped == {
        "favours of unknown items": 1,
        "rows of fewer than 2 plays": 1,
        "words for unknown items": 1,
    }


def test_a_rating_needs_a_bound_and_is_heeded(tmp_path: Path) -> None:
    rows = [("ann", 1, 5), ("ann", 2, 2), ("ann", 3, "")]
    path = write_tsv(tmp_path / "f.tsv", ("user", "item", "rating"), rows)
    with pytest.raises(MelScribeError, match="its rows have a rating; say with --min-rating"):
        people_in([path], [], PLACES, Least())
    found, dropped = people_in([path], [], PLACES, Least(rating=4))
    assert list(found[0].liked) == [0]
    assert dropped == {"rows rated below 4": 1, "rows without a rating": 1}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("ann", 1, "many"), "row 1: 'plays' is 'many'; write a number."),
        (("ann", 1, "nan"), "row 1: 'plays' is 'nan'; write a number."),
        (("", 1, 2), "row 1: 'user' is ''; write a name or a number."),
        (("ann", 8, 2), "no favour is left (favours of unknown items: 1); a row has user, item"),
    ],
)
def test_a_bad_row_is_one_sentence(tmp_path: Path, row: tuple[object, ...], sentence: str) -> None:
    path = write_tsv(tmp_path / "f.tsv", ("user", "item", "plays"), [row])
    with pytest.raises(MelScribeError, match=re.escape(sentence)):
        people_in([path], [], PLACES, Least())


def test_one_in_five_is_measured_and_nobody_changes_sides() -> None:
    people = [Person(str(number)) for number in range(500)]
    train, dev = parted(people)
    assert 70 < len(dev) < 130 and len(train) + len(dev) == 500
    again = parted(people[100:])
    assert [one.name for one in again[1]] == [one.name for one in dev if int(one.name) >= 100]
