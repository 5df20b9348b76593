"""Rows of items become descriptors and vectors, or one sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.tower import save_tower
from melscribe_trainer.favours.items import items_in
from tests.support.tiny import write_rows

from ..alignment.tracks import heard as heard_track
from .toy import ENCODER, items, silent_say, write_tsv


def test_a_packed_table_is_read_with_descriptors_spelt_as_in_an_index(tmp_path: Path) -> None:
    rows = [
        (7, "One", "Happy, seen live, ROCK"),
        (8, "Two", "rock, happy"),
        (9, "Three", "awesome"),
    ]
    path = write_tsv(tmp_path / "items.tsv.gz", ("item", "name", "descriptors"), rows)
    found, dropped = items_in(path, ENCODER, None, silent_say)
    assert found.ids == ("7", "8") and found.places() == {"7": 0, "8": 1}
    assert found.descriptors == (("happy", "rock"),) * 2
    assert found.alike[0] == found.alike[1]  # they read the same
    assert dropped == {"items whose descriptors say nothing": 1}
    # rock is the first axis of eight, happy the fifth: (1, 0, 0, 0, 1, ...) / sqrt(2)
    assert np.allclose(found.vectors[0], np.eye(8)[[0, 4]].sum(axis=0) / np.sqrt(2))


def test_a_vector_is_taken_as_it_is_but_for_its_length(tmp_path: Path) -> None:
    vector = [3, 0, 4, 0, 0, 0, 0, 0]
    rows = [{"id": "x", "vector": vector}, {"id": "y", "vector": vector, "descriptors": ["happy"]}]
    write_rows(tmp_path / "items.jsonl", rows)
    found, _ = items_in(tmp_path / "items.jsonl", ENCODER, None, silent_say)
    assert np.allclose(found.vectors, [[0.6, 0, 0.8, 0, 0, 0, 0, 0]] * 2)
    assert found.descriptors == ((), ("happy",))
    assert found.alike[0] != found.alike[1]  # what is heard alike is still two things


def test_what_was_heard_becomes_a_vector_by_a_tower(tmp_path: Path) -> None:
    from melscribe_core.hearing.sound import features, probabilities
    from melscribe_trainer.alignment.net import NetOptions, TowerNet, as_tower

    middle = np.eye(ENCODER.dim, dtype=np.float32)[0]
    net = TowerNet(500, middle, NetOptions(hidden=4))
    scales = np.zeros(500, np.float32), np.ones(500, np.float32)
    tower = as_tower(net, *scales, ENCODER.fingerprint)
    save_tower(tower, tmp_path / "tower.npz")
    sounds = [heard_track([word], np.random.default_rng(1)) for word in ("rock", "sad")]
    heard = [
        {"features": features([one])[0].tolist(), "probabilities": probabilities([one])[0].tolist()}
        for one in sounds
    ]
    path = tmp_path / "items.jsonl"
    write_rows(path, [{"id": str(at), "heard": one} for at, one in enumerate(heard)])
    found, _ = items_in(path, ENCODER, tmp_path / "tower.npz", silent_say)
    assert np.allclose(found.vectors, tower.apply(features(sounds), probabilities(sounds)))
    with pytest.raises(MelScribeError, match="needs --tower"):
        items_in(path, ENCODER, None, silent_say)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        pytest.param(
            {"id": "a", "descriptors": "happy"}, "row 2: the id 'a' is given twice", id="2"
        ),
        pytest.param({"descriptors": "happy"}, "row 2: 'item' is None; write a name", id="no id"),
        pytest.param({"id": True}, "row 2: 'id' is True; write a name", id="id of another type"),
        pytest.param({"id": "b", "descriptors": 3}, '"descriptors" is 3; write', id="words"),
        pytest.param({"id": "b", "vector": [1]}, '"vector" is not 8 finite numbers', id="short"),
        pytest.param({"id": "b", "vector": [0] * 8}, '"vector" is not 8 finite', id="zero"),
        pytest.param({"id": "b", "heard": 1}, '"heard" is not an object', id="heard"),
        pytest.param(
            {"id": "b", "descriptors": ""},
            "1 item is left, and 2 or more are needed; a row has",
            id="too few",
        ),
    ],
)
def test_a_bad_row_is_one_sentence(tmp_path: Path, row: dict[str, object], sentence: str) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(f"{json.dumps({'id': 'a', 'descriptors': 'rock'})}\n{json.dumps(row)}\n")
    with pytest.raises(MelScribeError, match=re.escape(sentence)):
        items_in(path, ENCODER, None, silent_say)


def test_items_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = items(tmp_path, "happy", "rock", "happy")
    assert found.ids == ("a", "b", "c")
    assert found.vectors[:, 4].tolist() == [1, 0, 1]
