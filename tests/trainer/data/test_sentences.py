"""Sentences of a caption, and the descriptors that they name."""

import pytest

from melscribe_trainer.data.sentences import named_in, sentences


@pytest.mark.parametrize(
    ("caption", "parts"),
    [
        ("One here. Two there! Three?", ["One here.", "Two there!", "Three?"]),
        ('He sings "la." Then stops.', ['He sings "la.', "Then stops."]),
        ("It is at 5.5 Hz", ["It is at 5.5 Hz"]),
        ("Line\nbreak. ", ["Line break."]),
        ("", []),
    ],
)
def test_captions_are_split_into_sentences(caption: str, parts: list[str]) -> None:
    assert sentences(caption) == parts


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Two electric guitars.", ["electric guitar"]),
        ("hip-hop from the 90's", ["1990s", "hip hop"]),
        ("some r&b, please", ["r&b"]),
        ("rhythm and bluesy", []),
        ("the sadness of it", []),
        ("electric light, guitar", []),
    ],
)
def test_a_sentence_names_descriptors_in_any_spelling(sentence: str, names: list[str]) -> None:
    known = ["1990s", "electric guitar", "hip hop", "r&b", "sad"]
    assert list(named_in(sentence, known)) == names
