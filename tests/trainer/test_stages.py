"""Stages: made once, reused only when equal, never left half under their name."""

import errno
import json
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.stages import fingerprint_of, run_stage


def maker(calls: list[Path], text: str = "x") -> Callable[[Path], dict[str, Any]]:
    def make(folder: Path) -> dict[str, Any]:
        calls.append(folder)
        (folder / "data").write_text(text)
        return {"dropped": 3}

    return make


def test_a_stage_says_what_it_was_made_from(tmp_path: Path) -> None:
    stage = run_stage(tmp_path, "mine", {"count": 5}, {"prepare": "ab"}, maker([]))
    manifest = json.loads((stage.folder / "manifest.json").read_text())
    assert manifest == stage.manifest
    assert manifest["params"] == {"count": 5} and manifest["inputs"] == {"prepare": "ab"}
    assert manifest["result"] == {"dropped": 3}
    assert manifest["seconds"] >= 0
    assert manifest["versions"].keys() >= {"python", "numpy", "torch"}
    assert stage.folder == tmp_path / f"mine-{stage.fingerprint}" and not stage.reused
    assert [path.name for path in tmp_path.iterdir()] == [stage.folder.name]


@pytest.mark.parametrize(
    ("params", "inputs", "version", "reused"),
    [
        pytest.param({"count": 5, "seed": 0}, {"in": "a"}, 1, True, id="equal"),
        pytest.param({"seed": 0, "count": 5}, {"in": "a"}, 1, True, id="in another order"),
        pytest.param({"count": 6, "seed": 0}, {"in": "a"}, 1, False, id="another parameter"),
        pytest.param({"count": 5, "seed": 1}, {"in": "a"}, 1, False, id="another seed"),
        pytest.param({"count": 5, "seed": 0}, {"in": "b"}, 1, False, id="another input"),
        pytest.param({"count": 5, "seed": 0}, {"in": "a"}, 2, False, id="another method"),
    ],
)
def test_a_stage_is_reused_only_when_equal(
    tmp_path: Path, params: dict[str, int], inputs: dict[str, str], version: int, reused: bool
) -> None:
    calls: list[Path] = []
    first = run_stage(tmp_path, "mine", {"count": 5, "seed": 0}, {"in": "a"}, maker(calls))
    second = run_stage(tmp_path, "mine", params, inputs, maker(calls), version=version)
    assert second.reused == reused == (len(calls) == 1) == (first.folder == second.folder)
    assert dict(second.manifest["result"]) == {"dropped": 3}


def test_an_interrupted_stage_leaves_no_folder_of_its_name(tmp_path: Path) -> None:
    done = run_stage(tmp_path, "prepare", {}, {}, maker([]))

    def stopped(folder: Path) -> dict[str, Any]:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_stage(tmp_path, "fit", {}, {}, stopped)
    assert run_stage(tmp_path, "prepare", {}, {}, maker([])).reused
    again = run_stage(tmp_path, "fit", {}, {}, maker([]))
    assert not again.reused and not (again.folder / "half").exists()
    assert {path.name for path in tmp_path.iterdir()} == {done.folder.name, again.folder.name}


def test_a_resumable_stage_finds_what_it_left(tmp_path: Path) -> None:
    def stopped(folder: Path) -> dict[str, Any]:
        (folder / "checkpoint").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_stage(tmp_path, "fit", {}, {}, stopped, resumable=True)
    again = run_stage(tmp_path, "fit", {}, {}, maker([]), resumable=True)
    assert (again.folder / "checkpoint").exists()


def test_a_disk_without_room_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = run_stage(tmp_path, "prepare", {}, {}, maker([]))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # bytes a file may have
    try:
        with pytest.raises(MelScribeError, match=r"^mine: .* cannot be written \(.*\); make room"):
            run_stage(tmp_path, "mine", {}, {}, maker([], "x" * 5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (done.folder / "data").exists()


def test_a_full_disk_in_a_librarys_words_is_recognised(tmp_path: Path) -> None:
    def full(folder: Path) -> dict[str, Any]:
        raise RuntimeError("I/O error: No space left on device (os error 28)")

    with pytest.raises(MelScribeError, match="the disk is full"):
        run_stage(tmp_path, "fit", {}, {}, full)


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    def broken(folder: Path) -> dict[str, Any]:
        raise OSError(errno.ENOENT, "gone")

    with pytest.raises(FileNotFoundError):
        run_stage(tmp_path, "fit", {}, {}, broken)


def test_an_out_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(MelScribeError, match="cannot be written"):
        run_stage(tmp_path / "out", "fit", {}, {}, maker([]))


def test_fingerprints_follow_content_and_names(tmp_path: Path) -> None:
    file, folder = tmp_path / "a", tmp_path / "model"
    file.write_text("one")
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "w").write_text("one")
    first = fingerprint_of(str(file)), fingerprint_of(str(folder))
    assert first == (fingerprint_of(str(file)), fingerprint_of(str(folder)))
    file.write_text("two")
    (folder / "sub" / "w").rename(folder / "sub" / "v")
    assert fingerprint_of(str(file)) != first[0] and fingerprint_of(str(folder)) != first[1]
    assert fingerprint_of("owner/model") == fingerprint_of("owner/model")
    assert fingerprint_of("owner/model") != fingerprint_of("owner/other")
