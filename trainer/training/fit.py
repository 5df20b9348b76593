"""Stage `fit`: fine-tune the bi-encoder. sentence-transformers runs the loop."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import usable_cores
from melscribe_core.encoder.sentence_encoder import model_folder, open_model
from melscribe_core.errors import MelScribeError

from ..data.beir import Beir
from ..data.pairs import Pairs, read_pairs
from ..devices import (
    chosen_device,
    encode_with,
    fast_attention,
    fast_in_bf16,
    is_first_process,
    one_gpu,
    processes,
    rank,
    shared_batch,
)
from ..evaluation.dev import read_tests
from ..job import CHECKPOINTS, DEV, LOG, MODEL, Job
from ..nearest import IntArray
from .batches import Collate, Share
from .checkpoints import last_checkpoint
from .loss import CombinedLoss, LossOptions
from .masks import Mask
from .negatives import read_negatives
from .plan import PlanOptions, Rows, plan, read_labels
from .plot import plot_log

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer

PLOT = "plot.png"
LOG_EVERY = 10  # steps
CHECKPOINTS_PER_RUN = 10


@dataclass(frozen=True)
class FitOptions:
    """How the bi-encoder is tuned."""

    rows: PlanOptions = field(default_factory=PlanOptions)
    loss: LossOptions = field(default_factory=LossOptions)
    mask: Mask = "named"  # which texts of a batch are negatives, see masks.Masks
    lr: float = 2e-4  # peak learning rate
    warmup: float = 0.1  # share of the steps if below 1, else their number
    decay: float = 0.01  # AdamW's weight decay
    schedule: str = "linear"  # of the learning rate: linear, cosine, constant_with_warmup
    max_length: int = 128  # tokens of a query or text
    dropout: float = 0.0  # while tuning; on a CPU it costs a third of the time
    frozen: bool = False  # keep the base's word vectors
    chunk: int = 64  # on a CPU, texts of similar length embedded at once
    bf16: bool = True  # bfloat16 if the device computes in it
    evals: int = 6  # measurements on the dev tests, spread over the run; 0 for none
    plain: str = ""  # file of everyday sentences, one per line, for loss.distil


@dataclass(frozen=True)
class FitData:
    """What is trained on; `tests` are only measured, for the log."""

    pairs: Pairs
    tests: Sequence[Beir] = ()
    mined: IntArray | None = None
    labelled: Rows | None = None


def fit_stage(
    base: str,
    prepared: Path,
    mined: Path | None,
    labels: Path | None,
    options: FitOptions,
    job: Job,
) -> dict[str, Any]:
    """Tune `base` on the folders of the earlier stages; write MODEL, LOG and PLOT."""
    data = FitData(
        read_pairs(prepared),
        read_tests(prepared / DEV),
        read_negatives(mined) if mined else None,
        read_labels(labels) if labels else None,
    )
    found = fit(base, data, options, job)
    if is_first_process():
        plot_log(job.out / LOG, job.out / PLOT)
    return found


def fit(base: str, data: FitData, options: FitOptions, job: Job) -> dict[str, Any]:
    """Tune `base`; write MODEL and LOG. Resumes from a checkpoint in the job's folder, if any.

    Returns numbers of rows and steps, the time and the device. Raises MelScribeError: no GPU for
    "cuda", options that contradict each other, a batch larger than the data, a loss or weight that
    is not a number, a checkpoint of another base.
    """
    check_options(options, data)
    rows = plan(data.pairs, options.rows, job.rng(), mined=data.mined, labelled=data.labelled)
    model = open_model(model_folder(base), usable_cores(), chosen_device(job.device))
    prepare_model(model, options)
    plain = plain_sentences(options, model)
    share = Share(rank(), processes())
    batch = options.rows.batch
    collate = Collate(data.pairs, rows, batch, options.mask, model.preprocess, plain, share)
    trainer = make_trainer(model, collate, options, data.tests, job)
    last = last_checkpoint(job.out / CHECKPOINTS, model)
    if last:
        job.say(f"fit goes on from {last.name}")
    with fast_attention(model.device.type):
        result = trainer.train(resume_from_checkpoint=str(last) if last else None)
    trainer.accelerator.wait_for_everyone()  # each process writes a part of the last checkpoint
    check_weights(model)
    if is_first_process():
        model.save_pretrained(str(job.out / MODEL), create_model_card=False)
        shutil.rmtree(job.out / CHECKPOINTS, ignore_errors=True)
    begun = int(last.name.rpartition("-")[2]) if last else 0
    seconds = max(result.metrics["train_runtime"], 0.1)  # since `begun`, including dev measurements
    return {
        "rows": len(rows),
        "steps": trainer.state.global_step,
        "seconds": round(seconds, 1),
        "rows per second": round((len(rows) - begun * batch) / seconds, 1),
        "device": model.device.type,
    }


def check_options(options: FitOptions, data: FitData) -> None:
    """Raise MelScribeError for options that contradict each other or have no effect."""
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
    """Set the model's input length, its dropout, and which weights are trained."""
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
    job: Job,
) -> SentenceTransformerTrainer:
    """Return sentence-transformers' trainer over the planned rows in their order."""
    from datasets import Dataset  # type: ignore[import-untyped]
    from transformers.trainer_callback import PrinterCallback

    from .hooks import DevMeasure, Journal, PlannedTrainer

    rows, on_cpu = collate.rows, model.device.type == "cpu"
    trainer = PlannedTrainer(
        model=model,
        args=training_arguments(len(rows), options, bool(tests), job, model.device.type),
        train_dataset=Dataset.from_dict({"row": np.arange(len(rows))}),
        loss=CombinedLoss(model, options.loss, options.chunk if on_cpu else 0),
        data_collator=collate,  # type: ignore[arg-type]  # any callable works
        evaluator=DevMeasure(encode_with(model, options.bf16), tests) if tests else None,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Journal(job.out / LOG, job.say))
    return trainer


def training_arguments(
    rows: int, options: FitOptions, measured: bool, job: Job, device: str
) -> Any:
    """Return the arguments of transformers' training loop; `measured`: there are dev tests."""
    from sentence_transformers import SentenceTransformerTrainingArguments

    from .hooks import InOrder

    steps = rows // options.rows.batch
    every = max(1, math.ceil(steps / options.evals)) if options.evals and measured else 0
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(job.out / CHECKPOINTS),
        num_train_epochs=1,  # the rows contain all epochs
        per_device_train_batch_size=shared_batch(options.rows.batch),
        learning_rate=options.lr,
        warmup_steps=int(options.warmup) if options.warmup >= 1 else options.warmup,
        weight_decay=options.decay,
        lr_scheduler_type=options.schedule,
        optim="adamw_torch_fused",
        bf16=options.bf16 and fast_in_bf16(device),
        use_cpu=device == "cpu",
        seed=job.seed,
        batch_sampler=InOrder,
        logging_steps=LOG_EVERY,
        logging_first_step=True,
        logging_nan_inf_filter=False,  # Journal must see a loss that is NaN
        eval_strategy="steps" if every else "no",
        eval_steps=every or None,
        eval_on_start=bool(every),
        save_strategy="steps",
        save_steps=max(1, math.ceil(steps / CHECKPOINTS_PER_RUN)),
        save_total_limit=1,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device == "cuda",
        accelerator_config={"non_blocking": device == "cuda"},  # copy the next batch meanwhile
        dataloader_drop_last=True,  # as InOrder does; several processes have to be told
    )
    return one_gpu(arguments)


def plain_sentences(
    options: FitOptions, model: SentenceTransformer
) -> tuple[list[str], FloatArray] | None:
    """Return the sentences of `options.plain` with the untuned model's vectors, or None."""
    if not options.loss.distil:
        return None
    path = Path(options.plain)
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise MelScribeError(f"fit.plain: {path} cannot be read; give a text file.") from error
    sentences = [line for line in lines if line]
    if not sentences:
        raise MelScribeError(f"fit.plain: {path} has no sentence; write one per line.")
    return sentences, encode_with(model, options.bf16)(sentences)


def check_weights(model: torch.nn.Module) -> None:
    """Raise MelScribeError if a weight is not a finite number."""
    if not all(bool(tensor.isfinite().all()) for tensor in model.parameters()):
        raise MelScribeError("fit: weights became NaN; lower fit.lr or switch fit.bf16 off.")
