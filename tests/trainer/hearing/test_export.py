"""The command `hearing-export` on a tiny wheel, and the nets that ship."""

from __future__ import annotations

import hashlib
import json
import os
import wave
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.model_folder import MANIFEST
from melscribe_core.hearing.mel import FRAMES, log_mel
from melscribe_core.hearing.nets import BUNDLED, FILES, Nets
from melscribe_core.hearing.outputs import MSD, MTT
from melscribe_trainer.cli import main
from melscribe_trainer.hearing.export import export_nets
from tests.support.paths import ROOT
from tests.trainer.hearing.tiny_net import BANDS, forward, unpack, variables, write_wheel

CLIPS = ROOT / "tests" / "data" / "hearing"  # made with numpy, and what the original says of them
WHEEL = os.environ.get("MUSICNN_WHEEL", "")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wheel(tmp_path_factory.mktemp("wheel") / "musicnn-0.1.0-py3-none-any.whl")


def run(source: Path, out: Path) -> Result:
    return CliRunner().invoke(main, ["hearing-export", str(source), "--out", str(out)])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusal(source: Path, out: Path) -> str:
    result = run(source, out)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1
    return result.output


# --- the command


def test_the_command_writes_nets_that_run(wheel: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"

    result = run(wheel, out)

    assert result.exit_code == 0, result.output
    size = sum((out / file).stat().st_size for file in FILES)
    assert result.output == f"{out}: msd.onnx, mtt.onnx, {size / 1e6:.2f} MB.\n"
    assert sorted(contents(out)) == [MANIFEST, *FILES]
    patch = np.random.default_rng(3).uniform(0, 4, (FRAMES, BANDS)).astype(np.float32)
    expected = [forward(variables(200, 50, seed), patch) for seed in (1, 2)]  # MSD, then MTT
    probabilities, features = Nets(out).hear(patch)
    np.testing.assert_allclose(probabilities, np.concatenate([p for p, _ in expected]), atol=1e-5)
    np.testing.assert_allclose(features, np.concatenate([f for _, f in expected]), atol=1e-3)


def test_the_same_wheel_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    run(wheel, tmp_path / "first")
    run(wheel, tmp_path / "second")

    assert contents(tmp_path / "first") == contents(tmp_path / "second")


@pytest.mark.parametrize("inside", ["", "musicnn"])
def test_an_unpacked_wheel_will_do(wheel: Path, tmp_path: Path, inside: str) -> None:
    unpack(wheel, tmp_path / "unpacked")
    run(wheel, tmp_path / "packed")

    result = run(tmp_path / "unpacked" / inside, tmp_path / "out")

    assert result.exit_code == 0, result.output
    assert contents(tmp_path / "out") == contents(tmp_path / "packed")


def test_an_earlier_export_is_replaced(wheel: Path, tmp_path: Path) -> None:
    other = write_wheel(tmp_path / "other", [variables(200, 50, seed) for seed in (3, 4)])
    run(other, tmp_path / "out")
    run(wheel, tmp_path / "out")
    run(wheel, tmp_path / "expected")

    assert contents(tmp_path / "out") == contents(tmp_path / "expected")


# --- refusals


def test_a_wheel_without_the_second_net_writes_nothing(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path / "half", [variables(200, 50)])

    assert refusal(wheel, tmp_path / "out") == (
        f"Error: {wheel} does not hold the net MTT_musicnn; give the wheel of musicnn 0.1.0, or"
        " its content.\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    assert "other does not hold the net MSD_musicnn; give" in refusal(
        tmp_path / "other", tmp_path / "out"
    )


def test_a_file_that_is_no_wheel_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no wheel")

    text = refusal(tmp_path / "text", tmp_path / "out")

    assert "The net MSD_musicnn in" in text
    assert "cannot be read (File is not a zip file); give the wheel of musicnn 0.1.0." in text


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "cannot be read ([Errno 2]" in refusal(tmp_path / "none", tmp_path / "out")


def test_a_damaged_checkpoint_is_named(wheel: Path, tmp_path: Path) -> None:
    folder = unpack(wheel, tmp_path / "unpacked")
    data = folder / "musicnn" / "MTT_musicnn" / ".data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:-1] + b"?")

    text = refusal(folder, tmp_path / "out")

    assert f"The checkpoint MTT_musicnn in {folder} cannot be read: the checksum of its" in text
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("missing", "is of another kind, it has no variable conv2d_7/bias; give the wheel"),
        ("outputs", "kind, its last layer has the shape (200, 49) instead of (200, 50); give"),
        ("shapes", "is of another kind, the shapes of its variables do not fit each other; give"),
    ],
)
def test_a_net_of_another_kind_is_refused(tmp_path: Path, change: str, reason: str) -> None:
    net = variables(200, 49 if change == "outputs" else 50)
    if change == "missing":
        del net["conv2d_7/bias"]
    if change == "shapes":
        net["dense/kernel"] = net["dense/kernel"][1:]
    wheel = write_wheel(tmp_path / "wheel", [net, net])

    assert reason in refusal(wheel, tmp_path / "out")


def test_a_folder_that_cannot_be_made_is_named(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    out = tmp_path / "file" / "out"

    text = refusal(wheel, out)

    assert (
        text
        == f"Error: The folder {out} cannot be made (Not a directory); choose another folder.\n"
    )


# --- the nets that ship


def test_the_manifest_that_ships_describes_the_files_that_ship() -> None:
    manifest = json.loads((BUNDLED / MANIFEST).read_text())

    assert manifest["name"] == "musicnn 0.1.0"
    assert list(manifest["files"]) == list(FILES)
    for file, described in manifest["files"].items():
        content = (BUNDLED / file).read_bytes()
        assert described == {
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }


def test_the_nets_that_ship_say_what_the_original_says() -> None:
    reference = json.loads((CLIPS / "reference.json").read_text())
    assert reference["MSD_labels"] == list(MSD)
    assert reference["MTT_labels"] == list(MTT)
    nets, worst = Nets(), 0.0
    for name, clip in reference["files"].items():
        if name.endswith(".wav"):
            patches = _patches(CLIPS / name)
            assert len(patches) == clip["patches"]
            found = np.array([nets.hear(patch)[0] for patch in patches])
            for heard, part in ((found[0], "_patch0"), (found.mean(axis=0), "")):
                expected = [*clip[f"MSD{part}"], *clip[f"MTT{part}"]]
                worst = max(worst, float(np.abs(heard - expected).max()))

    assert worst < 1e-3  # of kernels in 16 bits; in 32 bits it is less than 1e-6


@pytest.mark.skipif(not WHEEL, reason="MUSICNN_WHEEL does not name musicnn's wheel")
def test_the_nets_that_ship_are_those_of_the_wheel(tmp_path: Path) -> None:
    export_nets(Path(WHEEL), tmp_path)

    for name in (*FILES, MANIFEST):
        assert (tmp_path / name).read_bytes() == (BUNDLED / name).read_bytes()


def _patches(file: Path) -> FloatArray:
    with wave.open(str(file)) as clip:
        samples = np.frombuffer(clip.readframes(clip.getnframes()), "<i2")
    mel = log_mel((samples / 32768).astype(np.float32))
    count = len(mel) // FRAMES
    return mel[: count * FRAMES].reshape(count, FRAMES, BANDS)
