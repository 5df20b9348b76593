"""Queries made of glossaries, and what requests in other languages name."""

from __future__ import annotations

import numpy as np
import pytest

from melscribe_core.languages.glossary import codes
from melscribe_trainer.data.datasets import Captioned, Dataset
from melscribe_trainer.data.pairs import PairOptions, make_pairs
from melscribe_trainer.data.queries import Query, merge
from melscribe_trainer.data.renderings import (
    meanings,
    rendered_in,
    rendered_queries,
    rendering_queries,
)

WHOLES = {"1": ("calm", "piano"), "2": ("metal", "piano"), "3": ("metal",)}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("code", codes())
def test_a_glossary_has_its_meanings_in_the_spelling_of_an_index(code: str) -> None:
    found = meanings(code)
    assert len(found) > 700
    assert all(list(meaning) == sorted(set(meaning)) for meaning in found)
    assert ("piano",) in found and all(found.values())


@pytest.mark.parametrize(
    ("code", "request_", "names"),
    [
        ("de", "Klaviermusik, aber bitte ruhig", ["calm", "piano"]),  # calm is one sense of ruhig
        ("fr", "du piano à pleurer", ["piano"]),
        ("es", "heavy con piano", ["metal", "piano"]),
        ("de", "irgendwas halt", []),
    ],
)
def test_a_request_names_descriptors_by_their_renderings(
    code: str, request_: str, names: list[str]
) -> None:
    assert list(rendered_in(request_, ("calm", "metal", "piano"), code)) == names


def test_a_word_of_several_meanings_keeps_all_of_them() -> None:
    every = rendering_queries(("de",), WHOLES, 10_000, rng())
    found = {query.text: query for query in every}
    # "Klaviermusik" means piano, or classical and piano: two sets have the first, none the second.
    both = found["Klaviermusik"]
    assert both.named == () and both.meanings == (("piano",), ("classical", "piano"))
    assert both.positives[0] == "piano" and both.positives[2] == "classical, piano"
    assert both.positives[1] in {"calm, piano", "metal, piano"}
    one = found["Metalmusik"] if "Metalmusik" in found else found["metallisch"]
    assert one.meanings == () and one.named


def test_no_more_renderings_are_drawn_than_asked_for() -> None:
    assert len(rendering_queries(("de", "fr"), WHOLES, 7, rng())) == 7
    assert rendering_queries((), WHOLES, 7, rng()) == []


def test_a_rendered_request_names_what_its_set_has() -> None:
    made = rendered_queries(("de", "es"), WHOLES, 5, rng())
    assert len(made) == 5
    for query in made:
        # Only the first two sets have two descriptors; both are named, since FEWEST is 2.
        assert query.positives[0] in {"calm, piano", "metal, piano"}
        assert query.positives == (", ".join(query.named),)
        code = "de" if rendered_in(query.text, query.named, "de") == query.named else "es"
        assert rendered_in(query.text, query.named, code) == query.named
    assert rendered_queries((), WHOLES, 5, rng()) == []


def test_glossaries_are_used_as_often_as_the_settings_say() -> None:
    track = Captioned("1", ("piano",), ("piano", "calm", "sad"), "rock")
    options = PairOptions(languages=("fr",), rendering=3, rendered=2)
    pairs = make_pairs([Dataset("requests", (track,))], options, rng())
    sources = [query.source for query in pairs.queries]
    assert sources == ["terse", *["rendering"] * 3, *["rendered"] * 2]


def test_a_request_in_a_language_is_masked_by_what_it_names() -> None:
    track = Captioned("1", ("Klavier", "was Trauriges"), ("piano", "sad"), "lang-de")
    pairs = make_pairs([Dataset("requests", (track,))], PairOptions(), rng())
    assert [query.named for query in pairs.queries] == [("piano",), ("sad",)]


def test_words_with_meanings_stay_ambiguous_when_they_are_merged() -> None:
    word = Query("sol", ("sun",), (), (), "rendering", (("sun",), ("soil",)))
    request = Query("Sol", ("peru",), ("peru",), ("1",), "terse")
    (both,) = merge([word, request])
    assert both.named == () and both.positives == ("sun", "peru")
    assert both.meanings == (("sun",), ("soil",), ("peru",))
    assert both.asked == (frozenset({"sun"}), frozenset({"soil"}), frozenset({"peru"}))
