"""The whole command, on what was heard and on audio made here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.hearing.sound import features, probabilities
from melscribe_core.hearing.tower import load_tower
from melscribe_trainer.alignment import descent
from melscribe_trainer.cli import main
from tests.support.tiny import write_rows

from ..runs import folder_of, report_of
from .tracks import examples, row, write_clip

FAST = ("--epochs", "4", "--batch", "32", "--device", "cpu")


def run(out: Path, pairs: Path, *more: str) -> Result:
    options = ["align", str(pairs), "--out", str(out), *FAST, *more]
    return CliRunner().invoke(main, options, catch_exceptions=False)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    write_rows(tmp_path / "pairs.jsonl", [row(one) for one in examples(albums=20, tracks=3)])
    return tmp_path / "pairs.jsonl"


def test_a_tower_is_made_measured_and_reused(pairs: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "out", pairs)
    report, encoder = report_of(done), load_encoder()
    assert report["encoder"] == encoder.fingerprint
    assert list(report["measures"]) == ["chance", "weighted descriptors", "linear map", "semantic"]
    assert report["measures"]["semantic"]["descriptor map"] > 0.8
    assert "| semantic " in done.stdout and "own set recall@10" in done.stdout
    rows = examples(albums=20, tracks=3)
    tower = load_tower(folder_of(done) / "tower.npz", encoder.fingerprint)
    sounds = [one.heard for one in rows if one.heard]
    vectors = tower.apply(features(sounds), probabilities(sounds))
    words = encoder.encode(["rock", "techno"])
    likes = vectors @ (words[0] - words[1])
    rock, techno = (
        np.array([name in one.descriptors for one in rows]) for name in ("rock", "techno")
    )
    assert likes[rock].min() > likes[techno].max()
    again = run(tmp_path / "out", pairs)
    assert again.stdout == done.stdout and again.stderr.count("(as it was)") == 2
    other = run(tmp_path / "out", pairs, "--seed", "1")
    assert folder_of(other) != folder_of(done)


def test_an_interrupt_ends_in_a_sentence_and_the_next_run_goes_on(
    pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(tmp_path / "whole", pairs)
    monkeypatch.setattr(descent, "SAVE_EVERY", 0.0)
    real: Callable[[int, int], float] = descent.rate

    def interrupted(step: int, steps: int) -> float:
        if step == 3:
            raise KeyboardInterrupt
        return real(step, steps)

    with monkeypatch.context() as patch:
        patch.setattr(descent, "rate", interrupted)
        stopped = run(tmp_path / "stopped", pairs)
    assert stopped.exit_code == 130
    assert stopped.stderr.endswith(
        "Stopped; what was heard and trained is kept, the same command goes on.\n"
    )
    gone_on = run(tmp_path / "stopped", pairs)
    assert "goes on from step 3" in gone_on.stderr
    towers = [(folder_of(one) / "tower.npz").read_bytes() for one in (whole, gone_on)]
    assert towers[0] == towers[1]


def test_triplets_add_a_stage(pairs: Path, tmp_path: Path) -> None:
    names = [one.id for one in examples(albums=20, tracks=3)]
    rng = np.random.default_rng(0)
    favours: list[dict[str, object]] = [
        {"trigger": a, "recommended": b, "text": "something calm"}
        for a, b in (rng.choice(names, 2, replace=False).tolist() for _ in range(80))
    ]
    write_rows(tmp_path / "favours.jsonl", favours)
    done = run(tmp_path / "out", pairs, "--triplets", str(tmp_path / "favours.jsonl"))
    report = report_of(done)
    assert list(report["measures"])[-2:] == ["semantic", "preference"]
    assert "trigger recall@10" in report["measures"]["preference"]
    assert report["left out"].keys() == {"triplets with a held-out trigger"}
    before, after = (
        next((tmp_path / "out").glob(f"{name}-*")) / "tower.npz"
        for name in ("semantic", "preference")
    )
    assert before.read_bytes() != after.read_bytes()
    assert (folder_of(done) / "tower.npz").read_bytes() == after.read_bytes()
    plain = run(tmp_path / "out", pairs)
    assert list(report_of(plain)["measures"])[-1] == "semantic"
    no_replay = run(
        tmp_path / "out", pairs, "--triplets", str(tmp_path / "favours.jsonl"), "--replay", "0"
    )
    assert folder_of(no_replay) != folder_of(done)


def test_audio_is_heard_and_aligned(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = []
    for number, kind in enumerate(("tone", "noise", "beats") * 4):
        write_clip(tmp_path / f"{number}.wav", kind, number)
        tags = {"tone": "humming", "noise": "hissing", "beats": "thumping"}[kind]
        rows.append({"audio": f"{number}.wav", "tags": [tags], "album": str(number)})
    write_rows(tmp_path / "pairs.jsonl", rows)
    done = run(tmp_path / "out", tmp_path / "pairs.jsonl")
    assert "heard 12 audio files; 0 were known or left out" in done.stderr
    assert report_of(done)["parts"]["tracks"] == {"train": 7, "dev": 2, "test": 3}
    again = run(tmp_path / "out", tmp_path / "pairs.jsonl")
    assert "heard 0 audio files; 12 were known" in again.stderr
    assert again.stdout == done.stdout


def test_errors_are_sentences(tmp_path: Path) -> None:
    done = run(tmp_path / "out", tmp_path / "none.jsonl")
    assert done.exit_code == 1 and "none.jsonl: cannot be read" in done.stderr
    assert done.stderr.startswith("Error: ") and done.stdout == ""
