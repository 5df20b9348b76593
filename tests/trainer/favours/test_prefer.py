"""The whole command, on a library and people made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from melscribe_core.encoder.encoder import load_encoder
from melscribe_trainer.cli import main
from melscribe_trainer.favours.adapter import load_adapter
from tests.support.tiny import write_rows

from ..runs import folder_of, report_of
from .toy import write_tsv

GENRES = ("rock", "metal", "blues", "pop")  # all may be texts of triplets
MOODS = ("happy", "calm", "dreamy", "sad", "dark", "warm")
FAST = ("--steps", "6", "--batch", "16", "--rank", "4", "--device", "cpu")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return the folder of 48 items and 30 people: each likes one genre, half of them say so."""
    paces = ("slow", "loud")
    texts = [f"{genre}, {mood}, {pace}" for genre in GENRES for mood in MOODS for pace in paces]
    write_tsv(tmp_path / "items.tsv.gz", ("id", "descriptors"), enumerate(texts))
    rng, favours, words = np.random.default_rng(0), [], []
    for person in range(30):
        liked = 12 * (person % 4) + rng.permutation(12)[:8]
        favours += [(f"p{person}", item, 1 + at) for at, item in enumerate(liked)]
        words += [
            (f"p{person}", item, GENRES[person % 4]) for item in liked[: 6 * (person // 4 % 2)]
        ]
    write_tsv(tmp_path / "favours.tsv", ("user", "item", "plays"), favours)
    write_tsv(tmp_path / "words.tsv", ("user", "item", "descriptors"), words)
    requests = [
        {"region": "rock", "tags": one.split(", "), "requests": [f"{one} {n}" for n in "abc"]}
        for one in texts
    ]
    write_rows(tmp_path / "train.jsonl", requests[:40])
    write_rows(tmp_path / "dev.jsonl", requests[40:])
    return tmp_path


def run(files: Path, *more: str, favours: str = "favours.tsv") -> Result:
    paths = [str(files / name) for name in ("items.tsv.gz", favours)]
    requests = ["--requests", str(files / "train.jsonl"), "--dev", str(files / "dev.jsonl")]
    words = ["--words", str(files / "words.tsv")]
    command = ["prefer", *paths, *words, "--out", str(files / "out"), *requests, *FAST, *more]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def test_an_adapter_is_made_measured_and_reused(files: Path) -> None:
    done = run(files, "--strength", "0.5")
    report, encoder = report_of(done), load_encoder()
    names = ["by popularity", "none, taste by ridge", "none", "strength 1", "strength 0.5"]
    assert list(report["measures"]) == names
    lines = done.stdout.splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:7]] == names
    # Whoever likes eight of twelve rock songs likes the other rock songs more than all else.
    assert report["measures"]["none"]["auc"] > 0.9
    assert "strength 0.5: " in done.stdout and "standard error" in done.stdout
    adapter = load_adapter(folder_of(done) / "adapter.npz", encoder.fingerprint)
    assert adapter.strength == 0.5 and adapter.items_side.up.any()
    again = run(files, "--strength", "0.5")
    assert again.stdout == done.stdout and "(as it was)" in again.stderr
    assert folder_of(run(files, "--strength", "0.5", "--seed", "1")) != folder_of(done)


def test_without_words_favours_are_too_little_and_co_occurrence_is_not(files: Path) -> None:
    (files / "words.tsv").write_text("user\titem\tdescriptors\n")
    done = run(files)
    assert done.exit_code == 1 and "draw from --from co-occurrence" in done.output
    # 30 people, of whom one in five or so is measured: a group each
    training = report_of(run(files, "--from", "co-occurrence"))["training"]
    assert training["groups"] == training["people"] > 15


def test_people_who_are_measured_are_not_trained_on(files: Path) -> None:
    rows = (files / "favours.tsv").read_text().splitlines()
    some = [row for row in rows if row.startswith(("user", "p1\t", "p2\t", "p5\t"))]
    (files / "dev.tsv").write_text("\n".join(some))
    done = run(files, "--dev-favours", str(files / "dev.tsv"))
    report = report_of(done)
    assert report["sizes"]["people to train on"] == 27
    assert report["sizes"]["people who are measured"] == 3
    assert report["left out"] == {"people to train on who are measured": 3}
    assert "left out: 3 people to train on who are measured" in done.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--aa", "0"),
        ("--af", "0"),
        ("--at", "0"),
        ("--replay", "0"),
        ("--rank", "3"),
        ("--steps", "5"),
        ("--batch", "8"),
        ("--lr", "0.1"),
        ("--min-plays", "5"),
        ("--from", "co-occurrence"),
    ],
)
def test_every_option_gives_another_adapter(
    files: Path, plain: bytes, option: str, value: str
) -> None:
    changed = folder_of(run(files, option, value))
    assert (changed / "adapter.npz").read_bytes() != plain


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    made = files.__wrapped__(tmp_path_factory.mktemp("plain"))  # type: ignore[attr-defined]
    return (folder_of(run(made)) / "adapter.npz").read_bytes()


def test_what_cannot_be_read_is_one_sentence(files: Path) -> None:
    packed = files / "cut.tsv.gz"
    packed.write_bytes((files / "items.tsv.gz").read_bytes()[:60])
    done = run(files, favours="cut.tsv.gz")
    assert done.exit_code == 1 and "cut.tsv.gz: cannot be read" in done.output
    done = run(files, "--aa", "0", "--af", "0", "--at", "0", "--replay", "0")
    assert done.exit_code == 1 and "All losses are off" in done.output
