"""Which triplets are drawn, and what is not a wrong answer to them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.favours.groups import SOURCES, Groups, Source, Triplets, taught

from .toy import items, people

RNG = np.random.default_rng(0)
A, B, C, D = range(4)


def drawn(groups: Groups, count: int = 200) -> set[tuple[int, int, str]]:
    made = groups.drawn(count, np.random.default_rng(1))
    rows = zip(made.trigger, made.recommended, made.text, strict=True)
    return {(int(one), int(other), groups.words[text]) for one, other, text in rows}


def test_the_words_of_these_tests_are_taught() -> None:
    assert all(map(taught, ("rock", "happy", "blues", "metal"))) and not taught("folk")


def test_a_favour_is_liked_and_called_by_the_same_word(tmp_path: Path) -> None:
    made = items(tmp_path, "rock", "happy", "blues", "metal")
    rows = [("ann", "a", "happy"), ("ann", "b", "happy, blues"), ("ann", "c", "blues")]
    rows += [("ann", "d", ""), ("bob", "d", "metal")]  # bob calls one thing so: no group
    known = people(tmp_path, made, *rows)
    known[0].said["blues"][D] = None  # called so, and not liked
    del known[0].liked[D]
    groups = Groups(known, made, "favours")
    assert (len(groups), groups.people) == (2, 1)
    assert drawn(groups) == {(A, B, "happy"), (B, A, "happy"), (B, C, "blues"), (C, B, "blues")}


def test_co_occurrence_joins_all_that_a_person_likes(tmp_path: Path) -> None:
    made = items(tmp_path, "rock, happy", "blues", "folk", "metal")
    rows = [("ann", "a", ""), ("ann", "b", ""), ("ann", "c", ""), ("bob", "d", "")]
    groups = Groups(people(tmp_path, made, *rows), made, "co-occurrence")
    # The text is a descriptor of the recommended item; c's only one is held out.
    assert drawn(groups) == {(A, B, "blues"), (B, A, "rock"), (B, A, "happy")}


def test_items_that_read_the_same_are_not_recommended_for_each_other(tmp_path: Path) -> None:
    made = items(tmp_path, "rock", "rock", "happy")
    rows = [("ann", "a", "blues"), ("ann", "b", "blues"), ("ann", "c", "blues")]
    groups = Groups(people(tmp_path, made, *rows), made, "favours")
    assert {(one, other) for one, other, _ in drawn(groups)} == {(A, C), (B, C), (C, A), (C, B)}


def test_masks_know_what_belongs_together(tmp_path: Path) -> None:
    made = items(tmp_path, "rock", "happy", "metal", "rock")
    rows = [
        ("ann", "a", "blues"),
        ("ann", "b", "blues"),
        ("bob", "b", "metal"),
        ("bob", "c", "metal"),
    ]
    groups = Groups(people(tmp_path, made, *rows), made, "favours")
    assert groups.words == ("blues", "happy", "metal", "rock")
    # a -> b by blues, c -> b by metal, b -> a by blues
    batch = Triplets(
        np.array([A, C, B], np.int32), np.array([B, B, A], np.int32), np.array([0, 2, 0], np.int32)
    )
    masks = groups.masks(batch)
    # a and b are together by ann, b and c by bob, a is itself; a and c are not together
    assert masks["tracks"].tolist() == [[True, True, True], [True, True, False], [True, True, True]]
    # b is said to be blues and metal, a to be blues and not metal
    assert masks["texts"].tolist() == [[True, True, True], [True, True, True], [True, False, True]]
    assert groups.together(np.array([A, D]), np.array([D])).tolist() == [[False], [False]]


def test_a_person_counts_once_however_much_is_liked(tmp_path: Path) -> None:
    made = items(
        tmp_path, "rock", "happy", "metal", "blues", "rock, happy", "dreamy", "calm", "rock, metal"
    )
    rows = [("ann", one, "") for one in "abcde"] + [("bob", one, "") for one in "gh"]
    groups = Groups(people(tmp_path, made, *rows), made, "co-occurrence")
    triggers = groups.drawn(2000, RNG).trigger
    # Half of the draws are bob's; the standard deviation of 2,000 draws is 1.1 %.
    assert abs(np.isin(triggers, [6, 7]).mean() - 0.5) < 0.05


@pytest.mark.parametrize("source", SOURCES)
def test_without_a_pair_one_sentence_says_what_is_needed(tmp_path: Path, source: Source) -> None:
    made = items(tmp_path, "rock", "happy")
    alone = people(tmp_path, made, ("ann", "a", "blues"))
    with pytest.raises(MelScribeError, match="it needs a person who likes two items"):
        Groups(alone, made, source)
