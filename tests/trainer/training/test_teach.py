"""The teacher's training pairs, its dev pairs, and its seed."""

from pathlib import Path

import numpy as np

from melscribe_trainer.data.beir import Beir
from melscribe_trainer.job import Job
from melscribe_trainer.nearest import NONE
from melscribe_trainer.training.teach import TeachOptions, dev_pairs, judged_pairs, teach
from tests.trainer.training.examples import JUDGED, JUDGED_PAIRS, rng


def test_the_teacher_learns_right_mined_and_other_texts() -> None:
    mined = np.array([[1, 2], [0, NONE], [0, 1]], np.int32)
    options = TeachOptions(mined=1, random=1)
    rows = [
        row for seed in range(40) for row in judged_pairs(JUDGED_PAIRS, mined, options, rng(seed))
    ]
    right = {(q, text) for q, text, value in rows if value == 1}
    wrong = {(q, text) for q, text, value in rows if value == 0}
    assert right == {(q.text, text) for q in JUDGED for text in q.positives}
    every = {
        (q.text, text) for q in JUDGED for text in JUDGED_PAIRS.corpus if text not in q.positives
    }
    assert wrong == every  # nothing that answers is ever judged wrong
    first = [text for q, text, value in rows if q == "happy" and value == 0]
    assert first.count("rock, sad") >= 40  # the one mined text of that query, each time


def test_dev_pairs_hold_right_texts_against_near_ones() -> None:
    test = Beir(
        "t",
        {"1": "rock, sad", "2": "sad", "3": "jazz", "4": "folk"},
        {"a": "sad rock", "b": "some folk"},
        {"a": frozenset({"1"}), "b": frozenset({"4"})},
    )
    assert dev_pairs([test], rng(0))[0] == ("sad rock", "rock, sad", ["sad"])
    query, right, wrong = dev_pairs([test], rng(0))[1]
    assert (query, right, set(wrong)) == ("some folk", "folk", {"rock, sad", "sad", "jazz"})


def test_the_same_seed_makes_the_same_teacher(plain: Path, tmp_path: Path) -> None:
    # A plain transformer gets a new head, which is drawn.
    options = TeachOptions(str(plain), epochs=1, batch=2)

    def taught(name: str, seed: int) -> bytes:
        (tmp_path / name).mkdir()
        teach(JUDGED_PAIRS, None, (), options, Job(tmp_path / name, seed, "cpu", print))
        return (tmp_path / name / "model" / "model.safetensors").read_bytes()

    first = taught("a", 0)
    assert taught("b", 0) == first and taught("c", 1) != first
