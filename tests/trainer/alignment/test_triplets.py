"""Favours: how they are read, divided and measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.alignment.partition import Partition
from melscribe_trainer.alignment.triplets import (
    Favours,
    Triplet,
    TripletParts,
    favoured,
    text_vectors,
    triplets_in,
)
from tests.support.tiny import write_rows

from .tracks import ENCODER, silent_say

PLACES = {name: at for at, name in enumerate("abcdef")}  # "g" was not heard
PARTS = Partition(train=(0, 1, 2), dev=(3,), test=(4, 5))


def favour(trigger: str, recommended: str, text: str = "sad") -> dict[str, Any]:
    return {"trigger": trigger, "recommended": recommended, "text": text}


def read(path: Path, *rows: dict[str, Any]) -> TripletParts:
    write_rows(path, rows)
    return triplets_in(path, PLACES, set("abcdefg"), PARTS)


def test_a_triplet_is_of_the_part_of_its_recommended_track(tmp_path: Path) -> None:
    pairs = ["ab", "bc", "ad", "ae", "fe", "ea", "ga", "ag"]
    found = read(tmp_path / "t.jsonl", *(favour(*pair) for pair in pairs))
    assert found.train == (Triplet(0, 1, "sad"), Triplet(1, 2, "sad"))
    assert found.dev == (Triplet(0, 3, "sad"),)
    assert found.test == (Triplet(0, 4, "sad"), Triplet(5, 4, "sad"))
    assert found.dropped == {
        "triplets of a track that was not heard": 2,
        "triplets with a held-out trigger": 1,
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"trigger": "a", "recommended": "b"}, "row 1: a field is missing"),
        (favour("a", "b", " "), "row 1: a field is missing or no text"),
        ({**favour("a", "b"), "trigger": 3}, "row 1: a field is missing or no text"),
        (favour("a", "z"), "row 1: no track has the id 'z'"),
        (favour("a", "b"), "1 triplets are left for training"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(MelScribeError, match=message):
        read(tmp_path / "t.jsonl", row)


def test_who_belongs_together_in_a_batch() -> None:
    triplets = [Triplet(0, 1, "sad"), Triplet(0, 2, "calm"), Triplet(2, 1, "calm")]
    masks = Favours(triplets).masks([0, 1, 2])
    # Recommended are 1, 2, 1: after 0 both were liked; after 2 only 1, and 2 is the trigger itself.
    assert masks["tracks"].tolist() == [[True, True, True], [True, True, True], [True, True, True]]
    assert Favours(triplets[:1] + triplets[2:]).masks([0, 1])["tracks"].all()
    # Texts of 1: sad and calm; of 2: calm.
    assert masks["texts"].tolist() == [[True, True, True], [False, True, True], [True, True, True]]
    apart = Favours([Triplet(0, 1, "sad"), Triplet(2, 3, "calm")]).masks([0, 1])
    assert apart["tracks"].tolist() == apart["texts"].tolist() == [[True, False], [False, True]]


def test_each_text_is_encoded_once_and_given_to_its_triplets() -> None:
    triplets = [Triplet(0, 1, "sad"), Triplet(1, 2, "calm"), Triplet(2, 0, "sad")]
    ENCODER.encoded.clear()
    found = text_vectors(triplets, ENCODER, silent_say)
    assert ENCODER.encoded == ["sad", "calm"]
    assert np.array_equal(found, ENCODER.encode(["sad", "calm", "sad"]))


def test_how_recommended_tracks_are_found() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]], np.float32)
    texts = np.array([[0, 1]], np.float32)
    found = favoured(vectors, [Triplet(0, 1, "sad")], texts, [0, 1, 2, 3])
    # By the trigger, itself left out: 0.8 first. By the text: 1, 0.8, 0.6: third of 1, 2, 3.
    assert found["trigger mrr"] == 1 and found["text mrr"] == pytest.approx(1 / 3)
    # By both, (1, 1): 1.4, 1.4 and 1: last of the two that are equal.
    assert found["both mrr"] == pytest.approx(1 / 2)
    assert found["text recall@10"] == 1
