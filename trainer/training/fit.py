"""Fine-tune the bi-encoder: rows, model, loss, loop, save. sentence-transformers runs the loop."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import usable_cores
from melscribe_core.encoder.sentence_encoder import model_folder, open_model
from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import Beir
from melscribe_trainer.data.pairs import Pairs
from melscribe_trainer.devices import (
    Device,
    Say,
    chosen_device,
    encode_with,
    fast_attention,
    fast_in_bf16,
    is_first_process,
    shared_batch,
)
from melscribe_trainer.training.batches import Collate, Mask, PlanOptions, Rows, plan
from melscribe_trainer.training.loss import CombinedLoss, LossOptions
from melscribe_trainer.training.negatives import IntArray

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer


LOG, MODEL, CHECKPOINTS = "log.jsonl", "model", "checkpoints"
LOG_EVERY = 10  # steps
CHECKPOINTS_PER_RUN = 10


@dataclass(frozen=True)
class FitOptions:
    """How the bi-encoder is tuned."""

    rows: PlanOptions = field(default_factory=PlanOptions)
    loss: LossOptions = field(default_factory=LossOptions)
    mask: Mask = "named"  # which texts of a batch are no negatives, see batches.negative_mask
    lr: float = 2e-4  # the learning rate at its height
    warmup: float = 0.1  # share of the steps, or their number from 1 on
    decay: float = 0.01  # AdamW's weight decay
    schedule: str = "linear"  # how the learning rate falls: linear, cosine, constant_with_warmup
    max_length: int = 128  # tokens of a query or text
    dropout: float = 0.0  # while tuning; on a processor without a GPU it costs a third of the time
    frozen: bool = False  # leave the word vectors as the base has them
    chunk: int = 64  # texts embedded at once without a GPU, those of like length together
    bf16: bool = True  # bfloat16 where the processor computes in it
    evals: int = 6  # measures on the dev sets, spread over the run; 0 for none
    plain: str = ""  # a file of everyday sentences, one a line, for loss.distil


@dataclass(frozen=True)
class FitData:
    """What is trained on; `tests` are for the log alone."""

    pairs: Pairs
    tests: Sequence[Beir] = ()
    mined: IntArray | None = None
    labelled: Rows | None = None


def fit(
    base: str, data: FitData, options: FitOptions, out: Path, seed: int, device: Device, say: Say
) -> dict[str, Any]:
    """Tune `base` and write `out`/model, `out`/log.jsonl and what training looked like.

    Goes on from a checkpoint in `out` when a run was interrupted there. Returns what the manifest
    tells. Raises MelScribeError: no GPU where asked, a batch larger than the data, a loss that is
    not a number, a checkpoint of another base.
    """
    check_options(options, data)
    rows = plan(
        data.pairs,
        options.rows,
        np.random.default_rng(seed),
        mined=data.mined,
        labelled=data.labelled,
    )
    model = open_model(model_folder(base), usable_cores(), chosen_device(device))
    prepare_model(model, options)
    plain = plain_sentences(options, model)
    collate = Collate(data.pairs, rows, options.mask, model.preprocess, plain)
    trainer = make_trainer(model, collate, options, data.tests, out, seed, say)
    last = last_checkpoint(out / CHECKPOINTS, model)
    if last:
        say(f"fit goes on from {last.name}")
    with fast_attention(model.device.type):
        result = trainer.train(resume_from_checkpoint=str(last) if last else None)
    check_weights(model)
    if is_first_process():
        model.save_pretrained(str(out / MODEL), create_model_card=False)
        shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
    begun = int(last.name.rpartition("-")[2]) if last else 0
    seconds = max(result.metrics["train_runtime"], 0.1)  # since `begun`, measuring included
    return {
        "rows": len(rows),
        "steps": trainer.state.global_step,
        "seconds": round(seconds, 1),
        "rows per second": round((len(rows) - begun * options.rows.batch) / seconds, 1),
        "device": model.device.type,
    }


def check_options(options: FitOptions, data: FitData) -> None:
    """Refuse what cannot go together: an option that is set must have an effect."""
    loss, rows = options.loss, options.rows
    refused = {
        "loss.contrast and loss.margin are both 0; weigh one of them": not (
            loss.contrast or loss.margin
        ),
        "loss.margin needs labels; set label.rows": loss.margin and not data.labelled,
        "labels are made and not used; set fit.loss.margin": data.labelled and not loss.margin,
        "rows.negatives needs mined texts; set mine.count": rows.negatives and data.mined is None,
        "labelled rows bring their negatives; set label.negatives and leave rows.negatives 0": (
            rows.negatives and data.labelled
        ),
        "loss.distil needs sentences; name a file in fit.plain": loss.distil and not options.plain,
        "plain sentences are named and not used; set fit.loss.distil": (
            options.plain and not loss.distil
        ),
    }
    for sentence, wrong in refused.items():
        if wrong:
            raise MelScribeError(f"fit: {sentence}.")


def prepare_model(model: SentenceTransformer, options: FitOptions) -> None:
    """Set what tuning needs: the longest input, dropout, which weights move."""
    from torch import nn

    model.max_seq_length = min(model.max_seq_length or options.max_length, options.max_length)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = options.dropout
        elif isinstance(module, nn.Embedding) and options.frozen:
            module.weight.requires_grad_(False)


def make_trainer(
    model: SentenceTransformer,
    collate: Collate,
    options: FitOptions,
    tests: Sequence[Beir],
    out: Path,
    seed: int,
    say: Say,
) -> SentenceTransformerTrainer:
    """Return sentence-transformers' trainer over the planned rows, in their order."""
    from datasets import Dataset  # type: ignore[import-untyped]
    from transformers.trainer_callback import PrinterCallback

    from melscribe_trainer.training.hooks import DevMeasure, Journal, PlannedTrainer

    rows, on_cpu = collate.rows, model.device.type == "cpu"
    trainer = PlannedTrainer(
        model=model,
        args=training_arguments(len(rows), options, bool(tests), out, seed, model.device.type),
        train_dataset=Dataset.from_dict({"row": np.arange(len(rows))}),
        loss=CombinedLoss(model, options.loss, options.chunk if on_cpu else 0),
        data_collator=collate,  # type: ignore[arg-type]  # any callable will do
        evaluator=DevMeasure(encode_with(model, options.bf16), tests) if tests else None,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Journal(out / LOG, say))
    return trainer


def training_arguments(
    rows: int, options: FitOptions, measured: bool, out: Path, seed: int, device: str
) -> Any:
    """Return the arguments of transformers' training loop."""
    from sentence_transformers import SentenceTransformerTrainingArguments

    from melscribe_trainer.training.hooks import InOrder

    steps = rows // options.rows.batch
    every = max(1, math.ceil(steps / options.evals)) if options.evals and measured else 0
    return SentenceTransformerTrainingArguments(
        output_dir=str(out / CHECKPOINTS),
        num_train_epochs=1,  # all passes are laid out in the rows
        per_device_train_batch_size=shared_batch(options.rows.batch),
        learning_rate=options.lr,
        warmup_steps=int(options.warmup) if options.warmup >= 1 else options.warmup,
        weight_decay=options.decay,
        lr_scheduler_type=options.schedule,
        optim="adamw_torch_fused",
        bf16=options.bf16 and fast_in_bf16(device),
        use_cpu=device == "cpu",
        seed=seed,
        batch_sampler=InOrder,
        logging_steps=LOG_EVERY,
        logging_first_step=True,
        logging_nan_inf_filter=False,  # a loss that is no number must be seen
        eval_strategy="steps" if every else "no",
        eval_steps=every or None,
        eval_on_start=bool(every),
        save_strategy="steps",
        save_steps=max(1, math.ceil(steps / CHECKPOINTS_PER_RUN)),
        save_total_limit=1,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device == "cuda",
    )


def plain_sentences(
    options: FitOptions, model: SentenceTransformer
) -> tuple[list[str], FloatArray] | None:
    """Return the sentences to stay close on, with the untuned model's vectors of them."""
    if not options.loss.distil:
        return None
    path = Path(options.plain)
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise MelScribeError(f"fit.plain: {path} cannot be read; give a text file.") from error
    sentences = [line for line in lines if line]
    if not sentences:
        raise MelScribeError(f"fit.plain: {path} holds no sentence; write one a line.")
    return sentences, encode_with(model, options.bf16)(sentences)


def last_checkpoint(folder: Path, model: SentenceTransformer) -> Path | None:
    """Return the latest whole checkpoint, None when there is none; raise for another base's."""
    name = _latest(folder)
    if name is None:
        return None
    check_same_shape(Path(name), model)
    return Path(name)


def _latest(folder: Path) -> str | None:
    from transformers.trainer_utils import get_last_checkpoint

    if not folder.is_dir():
        return None
    found: str | None = get_last_checkpoint(str(folder))  # type: ignore[no-untyped-call]
    return found


def check_same_shape(folder: Path, model: torch.nn.Module) -> None:
    """Raise MelScribeError unless the folder's weights fit the model."""
    held = weight_shapes(folder)
    wanted = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    for name, shape in held.items():
        own = next((s for n, s in wanted.items() if n.endswith(name)), None)
        if own != shape:
            raise MelScribeError(
                f"{folder}: it was tuned from another base ({name} is {shape}, here {own}); "
                "give the same --base, or another --out."
            )


def weight_shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights in a model's folder."""
    from safetensors import safe_open

    shapes: dict[str, tuple[int, ...]] = {}
    for file in sorted(folder.rglob("*.safetensors")):
        with safe_open(file, framework="pt") as held:
            for name in held.keys():  # noqa: SIM118  # it is no mapping
                shapes[name] = tuple(held.get_slice(name).get_shape())
    return shapes


def check_weights(model: torch.nn.Module) -> None:
    """Raise MelScribeError when a weight is not a number."""
    if not all(bool(tensor.isfinite().all()) for tensor in model.parameters()):
        raise MelScribeError("fit: weights became NaN; lower fit.lr or switch fit.bf16 off.")


def average(base: str, tuned: Sequence[Path], share: float, out: Path) -> None:
    """Write to `out` a model of `share` of the base's weights, the rest shared by the tuned ones.

    The base's part keeps abilities that tuning on one field wears off (Wortsman et al. 2022,
    WiSE-FT); several runs from one base err in different places, and the mean of their weights errs
    less (Wortsman et al. 2022, model soups). `tuned` is one folder or more. Raises MelScribeError
    when one of them has other layers than `base`.
    """
    import torch

    if not 0 <= share <= 1:
        raise MelScribeError(f"average: {share} is no share; write a number from 0 to 1.")
    own = open_model(model_folder(base), usable_cores(), "cpu").state_dict()
    models = [open_model(folder, usable_cores(), "cpu") for folder in tuned]
    runs = [model.state_dict() for model in models]
    for folder, run in zip(tuned, runs, strict=True):
        if _shapes(run) != _shapes(own):
            raise MelScribeError(
                f"average: {folder} was not tuned from {base}, their layers differ; "
                "give the base that it was tuned from."
            )
    with torch.no_grad():
        for name, tensor in runs[0].items():
            if tensor.is_floating_point():
                mixed = share * own[name]
                for run in runs:
                    mixed.add_(run[name], alpha=(1 - share) / len(runs))
                tensor.copy_(mixed)
    models[0].save_pretrained(str(out), create_model_card=False)


def _shapes(weights: Mapping[str, torch.Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in weights.items()}
