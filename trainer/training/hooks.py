"""Hooks into sentence-transformers' trainers: row order, dev measures, a journal.

The classes inherit from the library's, so importing this module imports torch.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sentence_transformers import CrossEncoderTrainer, SentenceTransformerTrainer
from sentence_transformers.base.sampler import DefaultBatchSampler
from sentence_transformers.sentence_transformer.evaluation import SentenceEvaluator
from transformers import TrainerCallback

from melscribe_core.errors import MelScribeError

from ..data.beir import Beir
from ..evaluation.dev import Encode, measure
from ..job import Say


class InOrder(DefaultBatchSampler):
    """Batches of consecutive rows; the plan has already shuffled them."""

    def __iter__(self) -> Iterator[list[int]]:
        rows = len(self.sampler)  # type: ignore[arg-type]  # the data set
        for start in range(0, rows - rows % self.batch_size, self.batch_size):
            yield list(range(start, start + self.batch_size))

    def __len__(self) -> int:
        return len(self.sampler) // self.batch_size  # type: ignore[arg-type]


class PlannedTrainer(SentenceTransformerTrainer):
    """The library's trainer without its model card, which would scan the whole data set."""

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """Add no callback: `export` writes the card."""

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        """Save a checkpoint's model without its card, which takes half a second to write."""
        folder = output_dir or str(self.args.output_dir)
        self.model.save_pretrained(folder, create_model_card=False)


class PlannedTeacher(CrossEncoderTrainer):
    """The library's trainer of cross-encoders, without its model card."""

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """Add no callback: a teacher is not published."""


class DevMeasure(SentenceEvaluator):
    """Measures the model on the dev tests; the training loop calls it."""

    def __init__(self, encode: Encode, tests: Sequence[Beir]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.encode, self.tests = encode, tests

    def __call__(self, model: Any, *_: Any, **__: Any) -> dict[str, float]:
        """Return the measures by name."""
        return measure(self.encode, self.tests)


class Journal(TrainerCallback):
    """Log each loss and measure to a JSONL file and to `say`; stop at a loss that is NaN."""

    def __init__(self, path: Path, say: Say) -> None:
        self.path, self.say, self.start = path, say, time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Remove lines after the step that training resumes from."""
        if not state.is_world_process_zero:
            return
        held = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        kept = [line for line in held if json.loads(line)["step"] <= state.global_step]
        self.path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Append one line; raise MelScribeError if the loss is not a finite number."""
        if not state.is_world_process_zero or not logs or "train_runtime" in logs:
            return
        kept = {name: value for name, value in logs.items() if name not in _NOT_LOGGED}
        row = {"step": state.global_step, "seconds": round(time.monotonic() - self.start, 1)}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**row, **kept}) + "\n")
        measures = ", ".join(
            f"{name.removeprefix('eval_')} {_short(v)}" for name, v in kept.items()
        )
        self.say(f"step {state.global_step}/{state.max_steps} ({row['seconds']:.0f} s): {measures}")
        if not math.isfinite(float(logs.get("loss", 0))):
            raise MelScribeError(
                f"The loss at step {state.global_step} is not a number; "
                "lower the learning rate or switch bf16 off."
            )


_NOT_LOGGED = {"epoch", "eval_runtime", "eval_samples_per_second", "eval_steps_per_second"}


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
