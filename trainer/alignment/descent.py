"""The loop of both stages: steps, checkpoints, a journal, and the weights that were best on dev.

A batch depends on the seed and the number of its step alone. So a run that goes on from a
checkpoint computes what it would have computed without the interruption, to the bit on a CPU.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from accelerate.state import AcceleratorState  # type: ignore[import-untyped]
from torch import Tensor, nn

from melscribe_core.errors import MelScribeError

from ..devices import chosen_device, processes
from ..job import CHECKPOINTS, LOG, Job
from ..stages import digest
from .net import Temperature

SAVE_EVERY = 5.0  # seconds between checkpoints, at most so much is computed again
WARMUP = 0.05  # share of the steps in which the learning rate rises
LOG_EVERY = 10  # steps
SAY_EVERY = 2.0  # seconds between lines of progress
CHECKPOINT = "last.pt"

Losses = Callable[[int, torch.device], Mapping[str, Tensor]]
"""The number of a step and the device -> the weighted losses of its batch by name."""

Judge = Callable[[], float]
"""Measures the modules as they are on the dev albums; more is better."""


@dataclass(frozen=True)
class DescentOptions:
    """How long and how fast to train."""

    epochs: float = 60.0
    batch: int = 256  # rows; fewer if there are fewer
    lr: float = 1e-3  # peak learning rate
    decay: float = 0.05  # AdamW's weight decay, of weight matrices only
    evals: int = 12  # measurements on dev, spread over the run; 0 keeps the last weights

    def steps(self, rows: int) -> int:
        """Return the number of steps for so many rows, at least one."""
        return max(1, math.ceil(self.epochs * rows / self.size(rows)))

    def size(self, rows: int) -> int:
        """Return the rows of a batch."""
        return min(self.batch, rows)


def descend(
    modules: nn.ModuleDict,
    losses: Losses,
    steps: int,
    options: DescentOptions,
    job: Job,
    judge: Judge | None = None,
) -> dict[str, Any]:
    """Train the modules in place; go on from the checkpoint in the job's folder, if any.

    Writes LOG. With `judge` the modules end with the weights that it judged best. Returns steps,
    seconds and device. Raises MelScribeError: no GPU for "cuda", several processes, a loss that is
    not a number, a checkpoint that is damaged.
    """
    if processes() > 1:
        raise MelScribeError(
            f"{processes()} processes were started, and this is too small to be shared; "
            "start melscribe-train itself, without torchrun or accelerate launch."
        )
    _forget_devices()
    accelerator = Accelerator(cpu=chosen_device(job.device) == "cpu", mixed_precision="no")
    modules.to(accelerator.device).train()
    optimizer = torch.optim.AdamW(_groups(modules, options.decay), lr=options.lr)
    run = _Run(modules, accelerator.prepare(optimizer), job, judge, RunLog(job, steps))
    first = run.resume()
    every = max(1, math.ceil(steps / options.evals)) if options.evals else steps + 1
    for step in range(first, steps):
        torch.manual_seed(digest_number(job.seed, step))  # of dropout
        found = losses(step, accelerator.device)
        total = torch.stack([*found.values()]).sum()
        run.journal.loss(step + 1, total, found)
        run.turn(accelerator, total, options.lr * rate(step, steps))
        if judge and options.evals and ((step + 1) % every == 0 or step + 1 == steps):
            run.weigh(step + 1)
        run.save_sometimes(step + 1)
    run.finish()
    seconds = round(run.journal.seconds(), 1)
    return {"steps": steps, "seconds": seconds, "device": accelerator.device.type}


def rate(step: int, steps: int) -> float:
    """Return the share of the peak learning rate: a linear rise, then a half cosine to 0."""
    rise = max(1, round(WARMUP * steps))
    if step < rise:
        return (step + 1) / rise
    return (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise))) / 2


def digest_number(seed: int, step: int) -> int:
    """Return a number that differs for every seed and step, below 2^63."""
    return int(digest("step", str(seed), str(step)), 16) >> 1


class RunLog:
    """The lines of LOG and of progress: step, seconds, losses and measures."""

    def __init__(self, job: Job, steps: int) -> None:
        self._path, self._say, self._steps = job.out / LOG, job.say, steps
        self._begun = time.monotonic()
        self._told = -math.inf

    def seconds(self) -> float:
        """Return the time since the run began or went on."""
        return time.monotonic() - self._begun

    def forget_after(self, step: int) -> None:
        """Remove the lines after the step that the run goes on from."""
        held = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        kept = [line for line in held if json.loads(line)["step"] <= step]
        self._path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def loss(self, step: int, total: Tensor, parts: Mapping[str, Tensor]) -> None:
        """Write a line for some of the steps; raise MelScribeError if the loss is not a number."""
        if step % LOG_EVERY and step not in (1, self._steps):
            return
        values = {name: float(value.detach()) for name, value in {"loss": total, **parts}.items()}
        if not math.isfinite(values["loss"]):
            raise MelScribeError(
                f"The loss at step {step} is not a number; lower the learning rate (--lr)."
            )
        self.write(step, values)

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Append a line, and say it if the last one was some time ago."""
        row = {"step": step, "seconds": round(self.seconds(), 1)}
        row |= {name: float(f"{value:.6g}") for name, value in values.items()}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        if self.seconds() - self._told >= SAY_EVERY or step == self._steps:
            self._told = self.seconds()
            said = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
            self._say(f"step {step}/{self._steps} ({self.seconds():.0f} s): {said}")


class _Run:
    """The state of a run: modules, optimizer, and the best weights so far."""

    def __init__(
        self,
        modules: nn.ModuleDict,
        optimizer: Any,
        job: Job,
        judge: Judge | None,
        journal: RunLog,
    ) -> None:
        self.modules, self.optimizer, self.journal = modules, optimizer, journal
        self._judge = judge
        self._file = job.out / CHECKPOINTS / CHECKPOINT
        self._say = job.say
        self._best: dict[str, Tensor] = {}
        self._highest = -math.inf
        self._saved = time.monotonic()

    def turn(self, accelerator: Accelerator, total: Tensor, lr: float) -> None:
        """Take one step down the gradient of a loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.zero_grad()
        accelerator.backward(total)
        self.optimizer.step()
        for module in self.modules.modules():
            if isinstance(module, Temperature):
                module.clamp()

    def weigh(self, step: int) -> None:
        """Judge the weights and keep them if they are the best."""
        assert self._judge
        self.modules.eval()
        with torch.no_grad():
            judged = self._judge()
        self.modules.train()
        self.journal.write(step, {"dev": judged})
        if judged > self._highest:
            self._highest = judged
            self._best = {
                name: tensor.detach().clone() for name, tensor in self.modules.state_dict().items()
            }

    def save_sometimes(self, step: int) -> None:
        """Write a checkpoint if the last one was some time ago."""
        if time.monotonic() - self._saved >= SAVE_EVERY:
            self.save(step)

    def save(self, step: int) -> None:
        """Write a checkpoint beside the last one, then put it in its place."""
        held = {
            "step": step,
            "modules": self.modules.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "best": self._best,
            "highest": self._highest,
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._file.with_suffix(".new")
        torch.save(held, unfinished)
        unfinished.replace(self._file)
        self._saved = time.monotonic()

    def resume(self) -> int:
        """Load the checkpoint, if any, and return the number of steps that were taken."""
        step = self._load() if self._file.exists() else 0
        self.journal.forget_after(step)
        if step:
            self._say(f"goes on from step {step}")
        return step

    def _load(self) -> int:
        try:
            # No code is run from the file: weights_only refuses all but tensors and numbers.
            held = torch.load(self._file, map_location="cpu", weights_only=True)
            self.modules.load_state_dict(held["modules"])
            self.optimizer.load_state_dict(held["optimizer"])
        except Exception as error:  # torch raises a dozen types for damaged files
            raise MelScribeError(
                f"{self._file}: the checkpoint cannot be read; remove it to begin again."
            ) from error
        self._best, self._highest = held["best"], float(held["highest"])
        return int(held["step"])

    def finish(self) -> None:
        """Put the best weights in their place, if any were judged; remove the checkpoint."""
        if self._best:
            self.modules.load_state_dict(self._best)
        self.modules.eval()
        shutil.rmtree(self._file.parent, ignore_errors=True)


def _groups(modules: nn.ModuleDict, decay: float) -> list[dict[str, Any]]:
    """Return the parameters of matrices, which decay, and the others, which do not."""
    weights = [one for one in modules.parameters() if one.ndim > 1]
    others = [one for one in modules.parameters() if one.ndim < 2]
    return [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


def _forget_devices() -> None:
    """Let accelerate choose anew: it keeps the device of an earlier run of this process."""
    AcceleratorState._reset_state(reset_partial_state=True)
