"""The stages end to end through the command line, on tiny models and data."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from melscribe_core.encoder.encoder import load_encoder
from melscribe_trainer.cli import main
from melscribe_trainer.data.beir import Beir, read_beir, write_beir
from melscribe_trainer.data.pairs import PairOptions
from melscribe_trainer.pipeline import STAGES
from melscribe_trainer.recipes import PRESETS
from melscribe_trainer.training.plan import read_labels
from tests.support import tiny

GLOSSARIES = ("prepare.rendering=0", "prepare.rendered=0")  # thousands of queries
QUICK = (*GLOSSARIES, "fit.rows.batch=16", "fit.rows.steps=3", "fit.evals=1", "fits=1")
TAUGHT = (
    "mine.count=4",
    "teach.epochs=0.5",
    "teach.batch=8",
    "label.rows=40",
    "label.negatives=2",
    "fit.loss.margin=0.1",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, base: Path, plain: Path) -> Path:
    folder = tmp_path_factory.mktemp("trainer")
    (folder / "base").symlink_to(base)
    (folder / "teacher").symlink_to(plain)
    tiny.requests(folder / "train.jsonl")
    tiny.captions(folder / "captions.jsonl")
    tiny.requests(folder / "dev.jsonl", 9, seed=5)
    return folder


def train(
    place: Path, out: Path, command: str, *changes: str, more: tuple[str, ...] = ()
) -> Result:
    arguments = [command, "--out", str(out), "--base", str(place / "base")]
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
    assert stages(out) == sorted({*STAGES} - {"gpl"})
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


def test_every_stage_tells_its_time_and_export_its_parts(whole: tuple[Path, Result]) -> None:
    out, result = whole
    for folder in out.iterdir():
        name, _, _ = folder.name.partition("-")
        told = f"{name}: {folder} ({manifest(out, name)['seconds']} s)"
        assert told in result.stderr.splitlines()
    parts = ("conversion", "checks", "calibration")
    times = {f"processor seconds, {part}" for part in parts}
    assert {key for key in manifest(out, "export")["result"] if "processor" in key} == times


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
    assert second.stderr.count("(as it was)") == len(STAGES) - 1  # without gpl
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


def test_a_run_on_margins_is_averaged_with_those_on_contrast(place: Path, tmp_path: Path) -> None:
    gpl = [change for change in TAUGHT if not change.startswith("fit.")]
    gpl += ["gpl.rows.batch=16", "gpl.rows.steps=2", "gpl.loss.margin=0.1", "gpl_share=0.25"]
    result = train(
        place, tmp_path, "average", *gpl, "fits=2", "average=0", f"teach.base={place / 'teacher'}"
    )
    assert result.exit_code == 0, result.output
    assert stages(tmp_path) == sorted("average fit fit gpl label mine prepare teach".split())
    assert manifest(tmp_path, "gpl")["inputs"].keys() >= {"label", "base"}
    assert manifest(tmp_path, "average")["inputs"].keys() == {"fit", "fit1", "gpl", "base"}
    for folder in tmp_path.glob("fit-*"):
        found = json.loads((folder / "manifest.json").read_text())
        assert "label" not in found["inputs"]
    refused = train(place, tmp_path, "average", "gpl_share=0.25")
    assert "there are no margins to learn; set label.rows" in refused.output


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
    arguments += [part for setting in GLOSSARIES for part in ("--set", setting)]
    result = CliRunner().invoke(main, ["prepare", *arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    folder = Path(result.stdout.strip())
    (query,) = map(json.loads, (folder / "queries.jsonl").open())
    assert (query["text"], query["positives"]) == ("A sad one.", ["rock, sad"])
    assert query["source"] == "small"
    assert read_beir(folder / "dev" / "small").queries == own.queries


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


def test_pair_options_reach_the_pairs(place: Path, tmp_path: Path) -> None:
    train(place, tmp_path, "prepare", "prepare.sets=1", "prepare.keep=0.5")
    train(place, tmp_path, "prepare", "prepare.sets=3", "prepare.keep=0.5")
    assert PairOptions().keep == 0
    one, three = sorted(
        max(len(json.loads(line)["positives"]) for line in path.open())
        for path in tmp_path.glob("prepare-*/queries.jsonl")
    )
    assert one < three
