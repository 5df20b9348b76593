"""Stage `teach`: tune the teacher to score relevant texts above irrelevant ones."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import MelScribeError

from ..data.beir import Beir
from ..data.pairs import Pairs, read_pairs
from ..devices import (
    chosen_device,
    fast_attention,
    fast_in_bf16,
    is_first_process,
    one_gpu,
    shared_batch,
)
from ..evaluation.dev import read_tests
from ..job import CHECKPOINTS, DEV, LOG, MODEL, TEACHER, Job
from ..nearest import NONE, IntArray
from .negatives import answers_of, read_negatives
from .plan import epoch_order
from .teacher import judged_queries, open_teacher, score

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Judged = tuple[str, str, float]
"""Query, text, and 1 if the text answers the query, else 0."""

Contrast = tuple[str, str, list[str]]
"""Query, a relevant text, and irrelevant ones."""

DEV_QUERIES = 300  # of all dev sets together, to measure the teacher on
WRONG_PER_QUERY = 10  # irrelevant texts per dev query


@dataclass(frozen=True)
class TeachOptions:
    """How the teacher is tuned. With `epochs` 0 the base model judges."""

    base: str = "cross-encoder/ms-marco-MiniLM-L6-v2"
    epochs: float = 0.0  # passes over the queries
    mined: int = 1  # mined texts per query and epoch, as irrelevant
    random: int = 1  # random other texts per query and epoch, as irrelevant
    batch: int = 32  # judged pairs per step
    lr: float = 2e-5
    warmup: float = 0.1  # share of the steps
    max_length: int = 160  # tokens of query and text together
    bf16: bool = True


def teach_stage(
    prepared: Path, mined: Path | None, options: TeachOptions, job: Job
) -> dict[str, Any]:
    """Tune on the teacher's own pairs if `prepare` made some, else on the bi-encoder's."""
    part = TEACHER if (prepared / TEACHER).is_dir() else ""
    negatives = read_negatives(mined / part) if mined else None
    return teach(read_pairs(prepared / part), negatives, read_tests(prepared / DEV), options, job)


def teach(
    pairs: Pairs, mined: IntArray | None, tests: Sequence[Beir], options: TeachOptions, job: Job
) -> dict[str, Any]:
    """Tune the cross-encoder; write MODEL and LOG.

    Returns the number of judged pairs and, with dev tests, `right_first` before and after. Raises
    MelScribeError if there are fewer pairs than a batch takes.
    """
    from transformers import set_seed

    set_seed(job.seed)
    model = open_teacher(options.base, options.max_length, chosen_device(job.device))
    held_out = dev_pairs(tests, job.rng())
    before = right_first(model, held_out, options.bf16)
    rows = judged_epochs(pairs, mined, options, job.rng())
    run_trainer(model, rows, options, job)
    after = right_first(model, held_out, options.bf16)
    if is_first_process():
        model.save_pretrained(str(job.out / MODEL), create_model_card=False)
        shutil.rmtree(job.out / CHECKPOINTS, ignore_errors=True)
    found = {"judged pairs": len(rows)}
    return found | ({"right first, before": before, "right first": after} if held_out else {})


def judged_epochs(
    pairs: Pairs, mined: IntArray | None, options: TeachOptions, rng: np.random.Generator
) -> list[Judged]:
    """Return the judged pairs of the whole run, in batches of similar length."""
    rows: list[Judged] = []
    for done in range(math.ceil(options.epochs)):
        epoch = judged_pairs(pairs, mined, options, rng)
        share = min(1.0, options.epochs - done)  # the last epoch may be partial
        rows += in_batches(epoch[: round(share * len(epoch))], options.batch, rng)
    if not rows:
        raise MelScribeError(
            f"teach: a batch takes {options.batch} pairs and there are fewer; lower teach.batch."
        )
    return rows


def judged_pairs(
    pairs: Pairs, mined: IntArray | None, options: TeachOptions, rng: np.random.Generator
) -> list[Judged]:
    """Return every judged query with a relevant text and some irrelevant ones, in random order."""
    texts = list(pairs.corpus)
    answers = answers_of(pairs)
    rows: list[Judged] = []
    for number in rng.permutation(judged_queries(pairs)):
        query = pairs.queries[number]
        rows.append((query.text, str(rng.choice(list(query.positives))), 1.0))
        near = [] if mined is None else [n for n in mined[number] if n != NONE]
        wrong = list(rng.permutation(near)[: options.mined])
        drawn = rng.integers(len(texts), size=2 * options.random)
        wrong += list(drawn[~np.isin(drawn, answers[number])][: options.random])
        rows += [(query.text, texts[int(n)], 0.0) for n in dict.fromkeys(wrong)]
    return rows


def dev_pairs(tests: Sequence[Beir], rng: np.random.Generator) -> list[Contrast]:
    """Return at most DEV_QUERIES queries of the dev tests with a relevant and irrelevant texts.

    The irrelevant texts share a descriptor with the relevant one, if any such text exists.
    """
    found: list[Contrast] = []
    for test in tests:
        ids = list(test.corpus)
        holders: dict[str, set[str]] = {}
        for one, text in test.corpus.items():
            for name in text.split(SEPARATOR):
                holders.setdefault(name, set()).add(one)
        for query, right in test.qrels.items():
            own = test.corpus[min(right)]
            near = set().union(*(holders[name] for name in own.split(SEPARATOR)))
            wrong = sorted(near - right) or sorted(set(ids) - right)
            if wrong:
                drawn = rng.permutation(wrong)[:WRONG_PER_QUERY]
                found.append((test.queries[query], own, [test.corpus[str(w)] for w in drawn]))
    return [found[int(n)] for n in sorted(rng.permutation(len(found))[:DEV_QUERIES])]


def right_first(model: CrossEncoder, contrasts: Sequence[Contrast], bf16: bool) -> float:
    """Return the share of irrelevant texts that score below the relevant one, in per cent."""
    flat = [(query, text) for query, right, wrong in contrasts for text in (right, *wrong)]
    scores = iter(score(model, flat, bf16))
    above = total = 0
    for _, _, wrong in contrasts:
        best = next(scores)
        above += sum(bool(best > next(scores)) for _ in wrong)
        total += len(wrong)
    return round(100 * above / max(total, 1), 2)


def in_batches(rows: Sequence[Judged], batch: int, rng: np.random.Generator) -> list[Judged]:
    """Return the rows ordered so that a batch contains pairs of similar length."""
    lengths = np.array([len(query) + len(text) for query, text, _ in rows], np.int32)
    order = epoch_order(lengths, batch, 8, rng).reshape(-1)
    return [rows[int(n)] for n in order]


def run_trainer(
    model: CrossEncoder, rows: Sequence[Judged], options: TeachOptions, job: Job
) -> None:
    """Run sentence-transformers' trainer over the rows in their order."""
    from datasets import Dataset  # type: ignore[import-untyped]
    from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss
    from transformers.trainer_callback import PrinterCallback

    from .hooks import Journal, PlannedTeacher

    queries, texts, labels = zip(*rows, strict=True)
    trainer = PlannedTeacher(
        model=model,
        args=_arguments(options, job, model.device.type),
        train_dataset=Dataset.from_dict({"query": queries, "text": texts, "label": labels}),
        loss=BinaryCrossEntropyLoss(model),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Journal(job.out / LOG, job.say))
    with fast_attention(model.device.type):
        trainer.train()


def _arguments(options: TeachOptions, job: Job, device: str) -> Any:
    from sentence_transformers import CrossEncoderTrainingArguments

    from .hooks import InOrder

    arguments = CrossEncoderTrainingArguments(
        output_dir=str(job.out / CHECKPOINTS),
        num_train_epochs=1,  # the rows contain all epochs
        per_device_train_batch_size=shared_batch(options.batch),
        learning_rate=options.lr,
        warmup_steps=options.warmup,
        bf16=options.bf16 and fast_in_bf16(device),
        use_cpu=device == "cpu",
        seed=job.seed,
        batch_sampler=InOrder,
        logging_steps=50,
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device == "cuda",
        dataloader_drop_last=True,
        # With several processes; the search for them sees no tensor in a cross-encoder's output.
        ddp_find_unused_parameters=False,
    )
    return one_gpu(arguments)
