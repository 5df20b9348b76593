"""Words after training: descriptors find items, requests find sets."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.favours.adapter import Adapter, Side
from melscribe_trainer.favours.report import difference
from melscribe_trainer.favours.retention import Descriptors, DevRequests, descriptors_of, told
from tests.support.tiny import write_rows

from .toy import ENCODER, items

SWAP = Side(np.eye(2, dtype=np.float32), np.array([[-1, 1], [1, -1]], np.float32))  # (a, b): (b, a)
STILL = Side(np.zeros((1, 2), np.float32), np.zeros((2, 1), np.float32))


def test_a_descriptor_is_measured_by_the_items_it_finds() -> None:
    asked = np.array([[1, 0], [0, 1]], np.float32)
    holders = np.array([[False, True], [False, True]])
    test = Descriptors(asked, holders, np.array([True, False]))
    vectors = np.array([[1, 0], [0.6, 0.8]], np.float32)
    # The first asks for item 1 and finds it second: 1 / log2(3). The other finds it first: 1.
    second = 1 / math.log2(3)
    found = test.measured(vectors, None)
    assert found == pytest.approx({"taught descriptors": second, "other descriptors": 1.0})
    swapped = test.measured(vectors, Adapter("here", SWAP, STILL))
    assert swapped == pytest.approx({"taught descriptors": 1.0, "other descriptors": second})


def test_descriptors_of_few_items_or_of_all_are_not_asked(tmp_path: Path) -> None:
    made = items(tmp_path, *["rock, folk, happy"] * 5, "rock", *["rock, blues"] * 4)
    found = descriptors_of(made, ENCODER)
    # rock is on all ten, blues on four, happy and folk on five
    assert found.holders.sum(axis=1).tolist() == [5, 5]
    assert found.taught.tolist() == [False, True]  # folk, happy


def rows(*pairs: tuple[str, str]) -> list[dict[str, object]]:
    turns = ("one", "two", "three")  # words that the encoder does not know
    return [
        {"region": "rock", "tags": tags.split(", "), "requests": [f"{said} {n}" for n in turns]}
        for said, tags in pairs
    ]


def test_requests_are_answered_through_both_sides_of_an_adapter(tmp_path: Path) -> None:
    write_rows(tmp_path / "dev.jsonl", rows(("gloomy stuff", "sad"), ("blues", "blues")))
    genres = ("rock", "metal", "folk", "blues")
    others = [", ".join((*some, "happy")) for n in (1, 2, 3) for some in combinations(genres, n)]
    write_rows(tmp_path / "train.jsonl", rows(*(("x", one) for one in others)))
    dev = DevRequests([str(tmp_path / "dev.jsonl")], [str(tmp_path / "train.jsonl")], ENCODER)
    before = dev.found(None)
    assert list(before) == ["terse", "spoken", "reworded"] and len(told(before)) == 6
    # "sad" and "gloomy stuff" have no word that the encoder knows, so both are on its last axis.
    assert before["spoken"].tolist() == [1.0, 1.0]
    eye = np.eye(ENCODER.dim, dtype=np.float32)
    still = Side(np.zeros_like(eye[:1]), np.zeros_like(eye[:, :1]))
    # A request that is turned to happy things finds the 14 sets with "happy" before its own.
    happy = Side(eye[[7]], 9 * eye[:, [4]])
    adapter = Adapter(ENCODER.fingerprint, happy, still)
    assert dev.found(adapter)["spoken"].tolist() == [0.0, 1.0]
    # A set that is turned about is the last for its request.
    about = Side(eye[[7]], -2 * eye[:, [7]])
    turned = Adapter(ENCODER.fingerprint, still, about)
    assert dev.found(turned)["spoken"].tolist() == [0.0, 1.0]
    nothing = dev.found(adapter.scaled(0))
    assert all(np.array_equal(nothing[name], before[name]) for name in before)


def test_chat_alone_is_refused(tmp_path: Path) -> None:
    row = {"region": "chat", "tags": ["blues"], "requests": ["blues please"] * 3}
    write_rows(tmp_path / "dev.jsonl", [row])
    with pytest.raises(MelScribeError, match="no request is terse, spoken or reworded"):
        DevRequests([str(tmp_path / "dev.jsonl")], [], ENCODER)


def test_a_difference_is_paired() -> None:
    before, after = np.array([1.0, 0, 1, 0]), np.array([1.0, 1, 0, 1])
    found = difference(before, after)
    # 0, 1, -1, 1: mean 1/4, variance (1/16 + 9/16 + 25/16 + 9/16) / 3 = 11/12, error sqrt(11/48)
    assert (found.gained, found.lost, found.mean) == (2, 1, 0.25)
    assert found.error == pytest.approx(math.sqrt(11 / 48))
