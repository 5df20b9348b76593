"""Several processes under torchrun train as one does: the same batches, losses and weights."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file

from melscribe_trainer.cli import main
from tests.support import tiny

pytestmark = pytest.mark.slow

# All losses; without what differs on purpose: dropout is drawn by each process, bf16 rounds.
SETTINGS = (
    "mine.count=4 teach.epochs=0.5 teach.batch=8 teach.bf16=false label.rows=40 label.negatives=4"
    " prepare.rendering=0 prepare.rendered=0"
    " fits=1 fit.rows.batch=18 fit.rows.steps=3 fit.evals=1 fit.dropout=0 fit.bf16=false"
    " fit.chunk=4 gpl_share=0.5 gpl.rows.batch=18 gpl.rows.steps=2 gpl.evals=0 gpl.dropout=0"
    " gpl.bf16=false gpl.loss.margin=0.2 gpl.loss.distil=1"
).split()
TRAIN = Path(sys.executable).with_name("melscribe-train")
MOST_SECONDS = 1500  # else processes that wait for each other do so for half an hour
MOST_APART = 1e-5  # of two weights; each moves by 2e-4 and more


def teacher(folder: Path) -> Path:
    """Write a cross-encoder's start without dropout, which tells texts apart."""
    tiny.plain_bert(folder, spread=0.3)
    config = json.loads((folder / "config.json").read_text())
    config |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory, base: Path) -> list[str]:
    folder = tmp_path_factory.mktemp("data")
    plain = folder / "plain.txt"
    plain.write_text("this is the song\nfor me please\nwarm and cold\n")
    made = ["gpl", "--base", str(base), "--device", "cpu"]
    made += ["--requests", tiny.requests(folder / "train.jsonl")]
    made += ["--dev", tiny.requests(folder / "dev.jsonl", 6, seed=5)]
    own = (f"teach.base={teacher(folder / 'teacher')}", f"gpl.plain={plain}")
    for setting in (*SETTINGS, *own):
        made += ["--set", setting]
    return made


def weights(out: Path, stage: str) -> dict[str, torch.Tensor]:
    (folder,) = out.glob(f"{stage}-*")
    return load_file(folder / "model" / "model.safetensors")


def test_two_processes_end_at_the_weights_of_one(tmp_path: Path, arguments: list[str]) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    alone = CliRunner().invoke(main, [*arguments, "--out", str(one)])
    assert alone.exit_code == 0, alone.output
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command = [*torchrun, "--nproc_per_node=2", "--no-python", str(TRAIN), *arguments]
    shared = subprocess.run(
        [*command, "--out", str(two)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
    )
    assert shared.returncode == 0, shared.stderr
    assert sorted(path.name for path in two.iterdir()) == sorted(
        path.name for path in one.iterdir()
    )
    for stage in ("teach", "fit", "gpl"):
        before, after = weights(one, stage), weights(two, stage)
        for name, tensor in before.items():
            assert torch.allclose(tensor, after[name], rtol=0, atol=MOST_APART), (stage, name)
