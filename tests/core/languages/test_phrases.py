"""Phrases in other languages and what they mean: which tags are translated and which are not."""

from __future__ import annotations

import pytest

from melscribe_core.descriptors.sets import descriptor_set, load_rules
from melscribe_core.descriptors.spelt import as_spelt, spelt_in, spelt_line
from melscribe_core.languages.glossary import codes
from melscribe_core.languages.phrases import (
    english_of,
    is_word_of,
    kept,
    rendered,
    stop_words,
    table,
)


@pytest.mark.parametrize(
    ("tag", "english"),
    [
        ("musique de film", ("soundtrack",)),
        ("de la soul", ()),
        ("klaviermusik", ("piano",)),
        ("música clásica", ("classical",)),
        ("musica clasica", ("classical",)),  # without accents
        ("hoerspiel", ("audiobook", "children", "story")),  # "oe" for "ö"; all three are meant
        ("rock en español", ("spanish", "rock")),
        ("klavier und streicher", ("piano", "strings")),  # two renderings, joined by a stop word
        ("klavierballade", ("piano", "ballad")),  # a compound of two
        ("triste", ("sad",)),  # "bleak" in German, "sad" in two languages
        ("neue klaviermusik von gestern", ()),  # "gestern" is in no glossary
        ("ohne klavier", ()),  # it denies what it names
        ("pop", ()),
        ("rock", ()),
        ("house", ()),
        ("chill", ()),
        ("live", ()),
        ("son", ()),
        ("lied", ()),
        ("tango", ()),
        ("bo", ()),
        ("zouk", ()),  # a genre of its own
        ("glockenspiel", ()),  # an English word too
        ("piano solo", ()),  # English words alone
        ("de la soul", ()),
        ("", ()),
    ],
)
def test_a_tag_is_translated_when_it_is_surely_of_another_language(
    tag: str, english: tuple[str, ...]
) -> None:
    assert english_of(tag) == english


@pytest.mark.parametrize(
    ("text", "code", "parts"),
    [
        ("Ruhige Klaviermusik", "de", [("Ruhige", "calm"), ("Klaviermusik", "piano")]),
        ("gemütlichem Jazz", "de", [("gemütlichem", "chill"), ("Jazz", "jazz")]),  # an ending
        ("Gitarrenballaden", "de", [("Gitarrenballaden", "guitar, ballad")]),
        ("l'été à la guitare", "fr", [("été", "summer"), ("à la guitare", "guitar")]),
        ("und die der", "de", []),
    ],
)
def test_renderings_in_a_text(text: str, code: str, parts: list[tuple[str, str]]) -> None:
    assert [(one.said, ", ".join(one.english)) for one in rendered(text, code)] == parts


def test_words_of_a_language() -> None:
    assert is_word_of("und", "de")
    assert is_word_of("Klavierballaden", "de")
    assert not is_word_of("florbnic", "de")


@pytest.mark.parametrize("code", codes())
def test_the_lists_of_a_language(code: str) -> None:
    """Stop words never are renderings by themselves, and what tags keep is there to be kept."""
    assert stop_words(code)
    known = {word for one in codes() for word in table(one)}
    words = {word for rendering in known for word in rendering.split()}
    unused = [one for one in kept(code) if one not in known and one not in words]
    assert len(unused) < len(kept(code)) / 4


def test_a_set_holds_english_and_how_it_is_spelt() -> None:
    facts = {"genres": ["Klaviermusik", "Piano", "Rock"], "mood": "traurig"}
    found = descriptor_set(facts, load_rules())
    assert found.descriptors == ("piano", "rock", "sad")
    assert found.spelt == {"piano": ("klaviermusik", "piano"), "sad": ("traurig",)}
    assert as_spelt(found.descriptors, found.spelt) == ("klaviermusik", "piano", "rock", "traurig")
    assert spelt_in(spelt_line(found.spelt)) == found.spelt


def test_junk_and_aliases_count_before_and_after() -> None:
    rules = load_rules(junk=["sad"], aliases={"Klaviermusik": "keys"})
    found = descriptor_set({"genres": ["Klaviermusik", "traurig", "Klavier"]}, rules)
    assert found.descriptors == ("keys", "piano")
    assert found.dropped == 1  # "traurig" is "sad", which is junk here


def test_a_line_that_was_never_written() -> None:
    with pytest.raises(ValueError, match="is not what was written"):
        spelt_in("piano")
