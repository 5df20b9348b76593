"""The measure of requests and tags in other languages."""

from __future__ import annotations

import random

import pytest

from benchmarks.quality.languages import in_other_languages, recall
from tests.support.fakes import WordAxes


def test_recall_of_the_encoder_and_with_words() -> None:
    """Twenty sets of one word. What is encoded is no word of theirs, so that all cosines are equal.

    The encoder alone then finds the first ten, half of them; with words each query finds its own.
    """
    names = [f"tag{letter}" for letter in "abcdefghijklmnopqrst"]
    queries = [("nothing", name) for name in names]
    assert recall(WordAxes(*names), [[name] for name in names], queries) == (50.0, 100.0)


@pytest.mark.parametrize("seed", [0, 1])
def test_only_tags_that_a_glossary_has_are_put_into_its_language(seed: int) -> None:
    sets = [["piano", "florbnic"]] * 50
    made = in_other_languages(sets, random.Random(seed))
    assert {one[1] for one in made} == {"florbnic"}
    first = {one[0] for one in made}
    assert "piano" in first
    assert len(first) > 1
