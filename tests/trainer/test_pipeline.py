"""The trainer through its command line: every stage end to end, on tiny models and data."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.errors import MelScribeError
from melscribe_trainer import pipeline
from melscribe_trainer.cli import main
from melscribe_trainer.data.datasets import Beir, read_beir, write_beir
from melscribe_trainer.data.pairs import PairOptions, Pairs, Query, corpus_of
from melscribe_trainer.recipes import PRESETS, change, settings
from melscribe_trainer.training.batches import Rows, read_labels
from melscribe_trainer.training.negatives import NONE
from melscribe_trainer.training.teacher import (
    LabelOptions,
    TeachOptions,
    dev_pairs,
    judged_pairs,
    label,
    open_teacher,
    sample_rows,
    score,
    teach,
)
from tests.support import tiny

QUICK = ("fit.rows.batch=16", "fit.rows.steps=3", "fit.evals=1", "fits=1")
TAUGHT = (
    "mine.count=4",
    "teach.epochs=0.5",
    "teach.batch=8",
    "label.rows=40",
    "label.negatives=2",
    "fit.loss.margin=0.1",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trainer")
    tiny.bi_encoder(folder / "bi")
    tiny.plain_bert(folder / "teacher")
    tiny.requests(folder / "train.jsonl")
    tiny.captions(folder / "captions.jsonl")
    tiny.requests(folder / "dev.jsonl", 9, seed=5)
    return folder


def train(
    place: Path, out: Path, command: str, *changes: str, more: tuple[str, ...] = ()
) -> Result:
    arguments = [command, "--out", str(out), "--base", str(place / "bi" / "model")]
    arguments += ["--requests", str(place / "train.jsonl"), "--dev", str(place / "dev.jsonl")]
    for setting in (*QUICK, *changes):
        arguments += ["--set", setting]
    return CliRunner().invoke(main, [*arguments, *more])


def stages(out: Path) -> list[str]:
    return sorted(path.name.split("-")[0] for path in out.iterdir())


def manifest(out: Path, stage: str) -> dict[str, dict[str, Any]]:
    (folder,) = out.glob(f"{stage}-*")
    found: dict[str, dict[str, Any]] = json.loads((folder / "manifest.json").read_text())
    return found


@pytest.fixture(scope="module")
def whole(place: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Run every stage once."""
    out = tmp_path_factory.mktemp("out")
    return out, train(place, out, "all", *TAUGHT, f"teach.base={place / 'teacher'}")


def test_all_makes_every_stage_and_prints_where_the_model_is(whole: tuple[Path, Result]) -> None:
    out, result = whole
    assert result.exit_code == 0, result.output
    assert stages(out) == sorted(pipeline.STAGES)
    last = Path(result.stdout.splitlines()[-1])
    encoder = load_encoder(str(last / "model"))
    assert encoder.encode(["sad rock"]).shape == (1, 32)
    assert list(out.glob("fit-*/plot.png")) and list(out.glob("fit-*/log.jsonl"))


def test_manifests_tell_what_was_made_of_what(whole: tuple[Path, Result]) -> None:
    out, _ = whole
    assert manifest(out, "prepare")["result"]["dropped, queries joined to one with the same words"]
    assert manifest(out, "prepare")["params"]["seed"] == 0
    assert manifest(out, "mine")["inputs"].keys() >= {"prepare"}
    assert manifest(out, "teach")["inputs"].keys() == {"prepare", "mine", "base"}
    assert manifest(out, "label")["inputs"].keys() == {"prepare", "mine", "teach"}
    assert manifest(out, "label")["result"]["margins"] == 40 * 2
    assert manifest(out, "fit")["inputs"].keys() == {"prepare", "mine", "teach", "label", "base"}
    assert manifest(out, "average")["inputs"].keys() == {"fit", "base"}
    assert manifest(out, "export")["result"].keys() >= {"terse recall@10", "calibration, error"}


def test_the_model_that_ships_is_calibrated_with_the_words_weight_of_the_recipe(
    place: Path, whole: tuple[Path, Result]
) -> None:
    out, result = whole
    fitted = load_encoder(str(Path(result.stdout.splitlines()[-1]) / "model")).calibration
    assert fitted.words == PRESETS["melscribe"].words
    # Nine tracks of three requests each; of these, "requests" are those that name a descriptor.
    assert 20 <= manifest(out, "export")["result"]["calibration, requests"] <= 9 * 3


def test_a_second_run_makes_nothing(place: Path, whole: tuple[Path, Result]) -> None:
    out, first = whole
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    second = train(place, out, "all", *TAUGHT, f"teach.base={place / 'teacher'}")
    assert second.stdout == first.stdout
    assert second.stderr.count("(as it was)") == len(pipeline.STAGES)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_a_changed_setting_remakes_what_depends_on_it(place: Path, tmp_path: Path) -> None:
    train(place, tmp_path, "average")
    assert stages(tmp_path) == ["average", "fit", "prepare"]
    train(place, tmp_path, "average", "average=0.25")
    assert stages(tmp_path) == ["average", "average", "fit", "prepare"]
    train(place, tmp_path, "average", "fit.lr=1e-4")
    assert stages(tmp_path) == ["average"] * 3 + ["fit"] * 2 + ["prepare"]


def test_several_runs_are_averaged_and_reused(place: Path, tmp_path: Path) -> None:
    train(place, tmp_path, "average", "fits=2")
    assert stages(tmp_path) == ["average", "fit", "fit", "prepare"]
    inputs = manifest(tmp_path, "average")["inputs"]
    assert inputs.keys() == {"fit", "fit1", "base"} and inputs["fit"] != inputs["fit1"]
    train(place, tmp_path, "average", "fits=3")
    assert stages(tmp_path) == ["average"] * 2 + ["fit"] * 3 + ["prepare"]
    assert "0 runs make no model" in train(place, tmp_path, "average", "fits=0").output


def test_changed_data_remakes_everything(place: Path, tmp_path: Path) -> None:
    data = tmp_path / "train.jsonl"
    arguments = ["prepare", "--requests", str(data), "--out", str(tmp_path / "out")]
    for seed in (0, 1):
        tiny.requests(data, 5, seed)
        assert CliRunner().invoke(main, arguments).exit_code == 0
    assert stages(tmp_path / "out") == ["prepare", "prepare"]


def interrupt_when(folder: Path, pattern: str) -> None:
    """Press ^C as soon as a file is there."""

    def wait() -> None:
        while not list(folder.glob(pattern)):
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=wait, daemon=True).start()


@pytest.fixture
def heeds_interrupts() -> Iterator[None]:
    """Hear ^C also where tests run in the background of a shell, which mutes it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_interrupts")
def test_stopping_keeps_the_finished_stages(place: Path, tmp_path: Path) -> None:
    interrupt_when(tmp_path, ".unfinished-fit-*/log.jsonl")
    result = train(place, tmp_path, "fit", "fit.rows.steps=3000")  # far longer than it gets
    assert result.exit_code == 130
    assert result.stderr.endswith("Stopped; finished stages are kept, the same command goes on.\n")
    assert [name for name in stages(tmp_path) if name] == [".unfinished", "prepare"]
    again = train(place, tmp_path, "fit")
    assert again.exit_code == 0 and again.stderr.startswith("prepare: ")
    assert "(as it was)" in again.stderr.splitlines()[0]


def test_the_teacher_may_learn_from_other_data(place: Path, tmp_path: Path) -> None:
    more = ("--teacher-data", str(place / "captions.jsonl"))
    changes = (*TAUGHT, f"teach.base={place / 'teacher'}")
    result = train(place, tmp_path, "label", *changes, more=more)
    assert result.exit_code == 0, result.output
    (prepared,) = tmp_path.glob("prepare-*")
    said = (prepared / "teacher" / "queries.jsonl").read_text()
    assert "This is a" in said and "This is a" not in (prepared / "queries.jsonl").read_text()
    # 20 captions are at most 40 sentences; of each, in half an epoch, half of three judged pairs.
    # The requests that are labelled afterwards are more than twice as many.
    assert manifest(tmp_path, "teach")["result"]["judged pairs"] <= 40 * 3 / 2
    (labels,) = tmp_path.glob("label-*")
    assert read_labels(labels).margins.shape == (40, 2)


def test_beir_folders_are_trained_on_and_measured_on(tmp_path: Path) -> None:
    own = Beir("small", {"1": "rock, sad", "2": "jazz"}, {"a": "A sad one."}, {"a": frozenset("1")})
    write_beir(own, tmp_path / "small", split="train")
    write_beir(own, tmp_path / "small", split="test")
    arguments = ["--beir", str(tmp_path / "small"), "--dev", str(tmp_path / "small")]
    result = CliRunner().invoke(main, ["prepare", *arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    folder = Path(result.stdout.strip())
    (query,) = map(json.loads, (folder / "queries.jsonl").open())
    assert (query["text"], query["positives"]) == ("A sad one.", ["rock, sad"])
    assert query["source"] == "small"
    assert read_beir(folder / "dev" / "small").queries == own.queries


def test_the_same_seed_makes_the_same_teacher(place: Path, tmp_path: Path) -> None:
    # A plain transformer gets a new head, which is drawn.
    options = TeachOptions(str(place / "teacher"), epochs=1, batch=2)

    def taught(name: str, seed: int) -> bytes:
        (tmp_path / name).mkdir()
        teach(PAIRS, None, (), options, tmp_path / name, seed, "cpu", print)
        return (tmp_path / name / "model" / "model.safetensors").read_bytes()

    first = taught("a", 0)
    assert taught("b", 0) == first and taught("c", 1) != first


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (("fit.rows.batch=1000",), "a batch takes 1000 rows and there are"),
        (("mine.count=1000",), "1000 negatives per query were asked for among"),
        (("label.rows=5",), "there are no mined texts to judge"),
        (("fit.speed=2",), "there is no setting 'fit.speed'"),
        (("lr=1",), "such as teach.lr, fit.lr"),
        (("fit.lr=fast",), "'fast' is no float"),
        (("fit.mask=all",), "write one of own, named, mutual"),
        (("fit.bf16=maybe",), "'maybe' is no bool"),
    ],
)
def test_settings_that_cannot_be_are_told_in_one_sentence(
    place: Path, tmp_path: Path, changes: tuple[str, ...], told: str
) -> None:
    result = train(place, tmp_path, "fit", *changes)
    assert result.exit_code == 1
    last = result.stderr.splitlines()[-1]
    assert last.startswith("Error: ") and told in last and last.endswith(".")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["fit"], "there is no data; give --musiccaps"),
        (["fit", "--requests", "gone.jsonl"], "no such file"),
        (["fit", "--device", "cuda", "--requests", "x.jsonl"], "torch finds no GPU here"),
    ],
)
def test_runs_that_cannot_start_are_told_in_one_sentence(
    tmp_path: Path, arguments: list[str], told: str
) -> None:
    result = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 1 and told in result.stderr
    assert result.stderr.count("\n") == 1


def test_settings_are_printed_as_they_are_set() -> None:
    result = CliRunner().invoke(main, ["settings", "--preset", "paper", "--set", "fit.lr=0.5"])
    lines = result.stdout.splitlines()
    assert {"fit.lr=0.5", "fit.rows.steps=140000", "fit.rows.batch=4", "mine.count=30"} <= set(
        lines
    )
    assert change(PRESETS["paper"], lines) == change(PRESETS["paper"], ["fit.lr=0.5"])


def test_the_papers_settings() -> None:
    paper = dict(settings(PRESETS["paper"]))
    assert paper["base"].endswith("msmarco-bert-base-dot-v5")
    assert paper["fit.loss.similarity"] == "dot"
    assert (paper["fit.loss.contrast"], paper["fit.loss.margin"]) == (0, 1)
    assert (paper["fit.warmup"], paper["fit.max_length"]) == (1000, 512)
    assert paper["label.rows"] == paper["fit.rows.steps"] * paper["fit.rows.batch"]


def test_an_export_that_loses_too_much_is_refused() -> None:
    before = {"a": 80.0, "b": 60.0}
    # 2 points over 10 queries of 40, the others unchanged: 0.5
    assert pipeline.check_loss(before, {"a": 78.0, "b": 60.0}, (10, 30)) == 0.5
    with pytest.raises(MelScribeError, match=r"cost 0\.51 points .* more than 0\.5"):
        pipeline.check_loss(before, {"a": 77.96, "b": 60.0}, (10, 30))


# The teacher's parts, on three queries over four texts.

QUERIES = (
    Query("sad rock", ("rock, sad",), ("rock", "sad"), ("1",), "terse"),
    Query("happy", ("folk, happy",), ("happy",), ("2",), "terse"),
    Query("calm", ("calm, jazz", "jazz"), (), ("3",), "terse"),
)
PAIRS = Pairs(QUERIES, corpus_of(QUERIES))


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_teacher_learns_right_mined_and_other_texts() -> None:
    mined = np.array([[1, 2], [0, NONE], [0, 1]], np.int32)
    options = TeachOptions(mined=1, random=1)
    rows = [row for seed in range(40) for row in judged_pairs(PAIRS, mined, options, _rng(seed))]
    right = {(q, text) for q, text, value in rows if value == 1}
    wrong = {(q, text) for q, text, value in rows if value == 0}
    assert right == {(q.text, text) for q in QUERIES for text in q.positives}
    every = {(q.text, text) for q in QUERIES for text in PAIRS.corpus if text not in q.positives}
    assert wrong == every  # nothing that answers is ever judged wrong
    first = [text for q, text, value in rows if q == "happy" and value == 0]
    assert first.count("rock, sad") >= 40  # the one mined text of that query, each time


def test_rows_to_label_ask_each_query_equally_often() -> None:
    mined = np.array([[1, 2, 3], [0, NONE, NONE], [0, 1, NONE]], np.int32)
    rows = sample_rows(PAIRS, mined, LabelOptions(rows=7, negatives=2), _rng(0))
    assert sorted(np.bincount(rows.queries)) == [2, 2, 3]
    assert set(rows.negatives[rows.queries == 1].reshape(-1)) == {0, NONE}
    assert np.isnan(rows.margins).all()


def test_margins_are_differences_of_the_teachers_scores(place: Path) -> None:
    mined = np.array([[1, 2, 3], [0, NONE, NONE], [0, 1, NONE]], np.int32)
    teaching = TeachOptions(bf16=False)
    options = LabelOptions(rows=6, negatives=2)
    # A new head would have other weights each time it is opened, so it is saved once.
    folder = place / "fixed"
    open_teacher(str(place / "teacher"), 32, "cpu").save_pretrained(str(folder))
    rows: Rows = label(folder, PAIRS, mined, options, teaching, _rng(0), "cpu")
    texts = list(PAIRS.corpus)
    model = open_teacher(str(folder), 32, "cpu")
    for query, own, others, margins in zip(
        rows.queries, rows.positives, rows.negatives, rows.margins, strict=True
    ):
        for other, margin in zip(others, margins, strict=True):
            if other == NONE:
                assert np.isnan(margin)
                continue
            asked = [(QUERIES[query].text, texts[own]), (QUERIES[query].text, texts[other])]
            high, low = score(model, asked, False)
            assert margin == pytest.approx(high - low, abs=1e-5)


def test_dev_pairs_hold_right_texts_against_near_ones() -> None:
    test = Beir(
        "t",
        {"1": "rock, sad", "2": "sad", "3": "jazz", "4": "folk"},
        {"a": "sad rock", "b": "some folk"},
        {"a": frozenset({"1"}), "b": frozenset({"4"})},
    )
    assert dev_pairs([test], _rng(0))[0] == ("sad rock", "rock, sad", ["sad"])
    query, right, wrong = dev_pairs([test], _rng(0))[1]
    assert (query, right, set(wrong)) == ("some folk", "folk", {"rock, sad", "sad", "jazz"})


def test_a_teacher_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError, match="does not load as a cross-encoder"):
        open_teacher(str(tmp_path), 32, "cpu")


def test_pair_options_reach_the_pairs(place: Path, tmp_path: Path) -> None:
    train(place, tmp_path, "prepare", "prepare.sets=1", "prepare.keep=0.5")
    train(place, tmp_path, "prepare", "prepare.sets=3", "prepare.keep=0.5")
    assert PairOptions().keep == 0
    one, three = sorted(
        max(len(json.loads(line)["positives"]) for line in path.open())
        for path in tmp_path.glob("prepare-*/queries.jsonl")
    )
    assert one < three
