"""What is favoured together comes together; a loss that is off does nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.alignment.objectives import PreferenceWeights
from melscribe_trainer.favours.adapter import Adapter
from melscribe_trainer.favours.groups import Groups
from melscribe_trainer.favours.learning import PreferOptions, Taught, learn_adapter
from melscribe_trainer.favours.replay import replay_of
from melscribe_trainer.job import Job
from tests.support.tiny import write_rows

from .toy import ENCODER, cosine, items, people, silent_say

TEXTS = (
    "rock, happy",
    "rock, dreamy",
    "blues, happy",
    "blues, dreamy",
    "metal, happy",
    "metal, dreamy",
)
ROCK, BLUES, METAL = 0, 2, 4  # the happy one of each
PLAIN = PreferOptions(rank=4, steps=60)
OPTIONS = replace(PLAIN, descent=replace(PLAIN.descent, batch=16, lr=1e-2))
SHORT = replace(OPTIONS, steps=5)


@pytest.fixture
def taught(tmp_path: Path) -> Taught:
    """Rock and blues are liked by the same people, who call both calm; metal by others."""
    made = items(tmp_path, *TEXTS)
    rows = [(who, item, "calm") for who in ("ann", "bob") for item in "abcd"]
    rows += [("eve", item, "metal") for item in "ef"]
    groups = Groups(people(tmp_path, made, *rows), made, "favours")
    tags = (
        "rock, happy",
        "blues, dreamy",
        "metal, happy",
        "rock, calm",
        "blues, calm",
        "metal, dreamy",
    )
    requests = [
        {"region": "rock", "tags": one.split(", "), "requests": [f"{one} {turn}" for turn in "abc"]}
        for one in tags
    ]
    requests.append({"region": "rock", "tags": ["rock", "calm"], "requests": ["rock please"]})
    write_rows(tmp_path / "requests.jsonl", requests)
    replay = replay_of([str(tmp_path / "requests.jsonl")], ENCODER, silent_say)
    words = ENCODER.encode(groups.words)
    return Taught(groups, made.vectors, words, replay, ENCODER.fingerprint)


def learned(taught: Taught, options: PreferOptions, folder: Path, seed: int = 0) -> Adapter:
    folder.mkdir()
    return learn_adapter(taught, options, Job(folder, seed, "cpu", silent_say))[0]


def same(one: Adapter, other: Adapter) -> bool:
    return all(
        np.array_equal(mine, yours)
        for a, b in ((one.asked_side, other.asked_side), (one.items_side, other.items_side))
        for mine, yours in ((a.down, b.down), (a.up, b.up))
    )


def test_what_is_liked_together_comes_together(taught: Taught, tmp_path: Path) -> None:
    adapter = learned(taught, OPTIONS, tmp_path / "job")
    before, after = taught.items, adapter.items(taught.items)
    # Happy rock shares one of two words with happy blues and with happy metal: cosine 1/2.
    assert cosine(before, ROCK, BLUES) == pytest.approx(0.5)
    assert cosine(after, ROCK, BLUES) > cosine(after, ROCK, METAL) + 0.3
    # "calm" is in no text, and finds now what people call calm.
    calm = ENCODER.encode(["calm"])
    assert not (calm @ before.T).any()
    scores = (adapter.asked(calm) @ after.T)[0]
    assert scores[:4].min() > scores[4:].max() + 0.2


def test_without_words_for_it_calm_is_not_learned(taught: Taught, tmp_path: Path) -> None:
    weights = PreferenceWeights(1, 0, 0)
    adapter = learned(taught, replace(OPTIONS, weights=weights, replay=0), tmp_path / "job")
    assert not adapter.asked_side.up.any()  # nothing was asked: that side has learned nothing
    assert adapter.items_side.up.any()


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(replace(SHORT, weights=PreferenceWeights(0, 1, 1)), id="recommended"),
        pytest.param(replace(SHORT, weights=PreferenceWeights(1, 0, 1)), id="fused"),
        pytest.param(replace(SHORT, weights=PreferenceWeights(1, 1, 0)), id="text"),
        pytest.param(replace(SHORT, replay=0.0), id="replay"),
        pytest.param(replace(SHORT, rank=3), id="rank"),
        pytest.param(replace(SHORT, steps=6), id="steps"),
    ],
)
def test_each_option_changes_the_adapter(
    taught: Taught, tmp_path: Path, options: PreferOptions
) -> None:
    plain = learned(taught, SHORT, tmp_path / "plain")
    assert not same(plain, learned(taught, options, tmp_path / "changed"))


def test_a_seed_gives_the_same_adapter(taught: Taught, tmp_path: Path) -> None:
    first = learned(taught, SHORT, tmp_path / "first")
    assert same(first, learned(taught, SHORT, tmp_path / "again"))
    assert not same(first, learned(taught, SHORT, tmp_path / "other", seed=1))


def test_all_losses_off_is_one_sentence(taught: Taught, tmp_path: Path) -> None:
    none = replace(SHORT, weights=PreferenceWeights(0, 0, 0), replay=0.0)
    with pytest.raises(MelScribeError, match="All losses are off"):
        learned(taught, none, tmp_path / "job")


def test_a_set_with_all_that_a_request_names_answers_it(taught: Taught) -> None:
    assert taught.replay
    # Three requests of each set name all of it; the last one names rock alone.
    rows = [0, 1, 3, 9, 18]  # happy rock, happy rock, dreamy blues, calm rock, calm rock
    assert taught.replay.answered(rows).tolist() == [
        [True, True, False, False, False],
        [True, True, False, False, False],
        [False, False, True, False, False],
        [False, False, False, True, True],
        [True, True, False, True, True],
    ]
