"""The cross-encoder: tune it to tell right texts from wrong ones, then let it judge by margins.

GPL (Wang et al. 2022, https://arxiv.org/abs/2112.07577): the student learns
g(r, T+) - g(r, T-), how much better the teacher g finds one text than another.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.encoder.encoder import usable_cores
from melscribe_core.encoder.sentence_encoder import model_folder
from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import Beir
from melscribe_trainer.data.pairs import Pairs
from melscribe_trainer.devices import (
    autocast,
    fast_attention,
    fast_in_bf16,
    is_first_process,
    shared_batch,
)
from melscribe_trainer.training.batches import Rows, epoch_order
from melscribe_trainer.training.negatives import NONE, IntArray, answers_of

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

    from melscribe_trainer.devices import Say

Judged = tuple[str, str, float]
"""Query, text, 1 when the text answers the query and 0 when not."""

MODEL, LOG, CHECKPOINTS = "model", "log.jsonl", "checkpoints"
DEV_QUERIES = 300  # of all dev sets together, that the teacher is measured on
WRONG_PER_QUERY = 10  # texts that a dev query's right one is held against
SCORED_AT_ONCE = 128  # pairs


@dataclass(frozen=True)
class TeachOptions:
    """How the teacher is made. Without epochs it judges as it came."""

    base: str = "cross-encoder/ms-marco-MiniLM-L6-v2"
    epochs: float = 0.0  # passes over the queries
    mined: int = 1  # mined texts per query and epoch, judged wrong
    random: int = 1  # other texts per query and epoch, judged wrong
    batch: int = 32  # judged pairs per step
    lr: float = 2e-5
    warmup: float = 0.1  # share of the steps
    max_length: int = 160  # tokens of query and text together
    bf16: bool = True


@dataclass(frozen=True)
class LabelOptions:
    """How much the teacher judges."""

    rows: int = 0  # queries with one positive each; more than there are queries: they come again
    negatives: int = 1  # mined texts per row


def judged_pairs(
    pairs: Pairs, mined: IntArray | None, options: TeachOptions, rng: np.random.Generator
) -> list[Judged]:
    """Return what the teacher learns from: every query with one right text and some wrong ones."""
    texts = list(pairs.corpus)
    answers = answers_of(pairs)
    rows: list[Judged] = []
    for number in rng.permutation(len(pairs.queries)):
        query = pairs.queries[number]
        rows.append((query.text, str(rng.choice(list(query.positives))), 1.0))
        near = [] if mined is None else [n for n in mined[number] if n != NONE]
        wrong = list(rng.permutation(near)[: options.mined])
        drawn = rng.integers(len(texts), size=2 * options.random)
        wrong += list(drawn[~np.isin(drawn, answers[number])][: options.random])
        rows += [(query.text, texts[int(n)], 0.0) for n in dict.fromkeys(wrong)]
    return rows


def teach(
    pairs: Pairs,
    mined: IntArray | None,
    tests: Sequence[Beir],
    options: TeachOptions,
    out: Path,
    seed: int,
    device: str,
    say: Say,
) -> dict[str, Any]:
    """Tune the cross-encoder; write `out`/model and `out`/log.jsonl.

    Returns what the manifest tells: with dev sets, how often the right text comes before a wrong
    one, before and after.
    """
    from transformers import set_seed

    set_seed(seed)
    rng = np.random.default_rng(seed)
    model = open_teacher(options.base, options.max_length, device)
    held_out = dev_pairs(tests, np.random.default_rng(seed))
    before = right_first(model, held_out, options.bf16)
    rows: list[Judged] = []
    for done in range(math.ceil(options.epochs)):
        epoch = judged_pairs(pairs, mined, options, rng)
        share = min(1.0, options.epochs - done)  # of the last epoch, perhaps a part
        rows += in_batches(epoch[: round(share * len(epoch))], options.batch, rng)
    if not rows:
        raise MelScribeError(
            f"teach: a batch takes {options.batch} pairs and there are fewer; lower teach.batch."
        )
    run_trainer(model, rows, options, out, seed, say)
    after = right_first(model, held_out, options.bf16)
    if is_first_process():
        model.save_pretrained(str(out / MODEL), create_model_card=False)
        shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
    told = {"judged pairs": len(rows)}
    return told | ({"right first, before": before, "right first": after} if held_out else {})


def label(
    teacher: str | Path,
    pairs: Pairs,
    mined: IntArray,
    options: LabelOptions,
    teaching: TeachOptions,
    rng: np.random.Generator,
    device: str,
) -> Rows:
    """Return rows with the teacher's margins g(r, T+) - g(r, T-).

    Each query comes as often as any other, give or take one. A pair that occurs in several rows is
    judged once.
    """
    rows = sample_rows(pairs, mined, options, rng)
    keys = np.stack([np.repeat(rows.queries, 1 + options.negatives), _texts(rows)], axis=1)
    distinct, place = np.unique(keys, axis=0, return_inverse=True)
    texts = list(pairs.corpus)
    asked = [(pairs.queries[q].text, texts[t]) for q, t in distinct if t != NONE]
    model = open_teacher(str(teacher), teaching.max_length, device)
    scores = np.full(len(distinct), np.nan, np.float32)
    scores[distinct[:, 1] != NONE] = score(model, asked, teaching.bf16)
    table = scores[place.reshape(-1)].reshape(len(rows), -1)  # positive first
    return Rows(rows.queries, rows.positives, rows.negatives, table[:, :1] - table[:, 1:])


def sample_rows(
    pairs: Pairs, mined: IntArray, options: LabelOptions, rng: np.random.Generator
) -> Rows:
    """Return rows of a query, one of its positives and some of its mined texts, not yet judged."""
    count = len(pairs.queries)
    rounds = [rng.permutation(count) for _ in range(math.ceil(options.rows / count))]
    queries = np.concatenate(rounds)[: options.rows].astype(np.int32)
    number = {text: i for i, text in enumerate(pairs.corpus)}
    positives = [number[str(rng.choice(list(pairs.queries[q].positives)))] for q in queries]
    negatives = np.full((len(queries), options.negatives), NONE, np.int32)
    for row, query in zip(negatives, queries, strict=True):
        found = mined[query][mined[query] != NONE]
        drawn = rng.permutation(found)[: options.negatives]
        row[: len(drawn)] = drawn
    margins = np.full(negatives.shape, np.nan, np.float32)
    return Rows(queries, np.array(positives, np.int32), negatives, margins)


def open_teacher(name: str, max_length: int, device: str) -> CrossEncoder:
    """Load a cross-encoder with one score; a plain transformer gets a new head for it."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers.utils import logging

    folder = model_folder(name)
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    torch.set_num_threads(usable_cores())
    try:
        model: CrossEncoder = CrossEncoder(
            str(folder),
            num_labels=1,
            max_length=max_length,
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # for a foreign folder anything from KeyError to SafetensorError
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise MelScribeError(
            f"teach: {name} does not load as a cross-encoder ({reason}); name another teach.base."
        ) from error
    return model


def score(model: CrossEncoder, asked: Sequence[tuple[str, str]], bf16: bool) -> FloatArray:
    """Return the teacher's scores before any squashing, (pairs,)."""
    from torch import nn

    if not asked:
        return np.empty(0, np.float32)
    with autocast(model.device.type, bf16):
        found = model.predict(
            list(asked),
            batch_size=SCORED_AT_ONCE,
            activation_fn=nn.Identity(),
            convert_to_tensor=True,
        )
    array: FloatArray = found.float().cpu().numpy().reshape(-1)
    return array


def dev_pairs(tests: Sequence[Beir], rng: np.random.Generator) -> list[tuple[str, str, list[str]]]:
    """Return (query, right text, wrong texts) of the dev sets, DEV_QUERIES at most.

    The wrong texts share a descriptor with the right one where there are enough such texts.
    """
    asked = []
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
                asked.append((test.queries[query], own, [test.corpus[str(w)] for w in drawn]))
    return [asked[int(n)] for n in sorted(rng.permutation(len(asked))[:DEV_QUERIES])]


def right_first(
    model: CrossEncoder, asked: Sequence[tuple[str, str, list[str]]], bf16: bool
) -> float:
    """Return in per cent how often a right text scores above a wrong one."""
    flat = [(query, text) for query, right, wrong in asked for text in (right, *wrong)]
    scores = iter(score(model, flat, bf16))
    above = total = 0
    for _, _, wrong in asked:
        best = next(scores)
        above += sum(bool(best > next(scores)) for _ in wrong)
        total += len(wrong)
    return round(100 * above / max(total, 1), 2)


def in_batches(rows: Sequence[Judged], batch: int, rng: np.random.Generator) -> list[Judged]:
    """Return the rows in an order whose batches hold pairs of like length."""
    lengths = np.array([len(query) + len(text) for query, text, _ in rows], np.int32)
    order = epoch_order(lengths, batch, 8, rng).reshape(-1)
    return [rows[int(n)] for n in order]


def run_trainer(
    model: CrossEncoder,
    rows: Sequence[Judged],
    options: TeachOptions,
    out: Path,
    seed: int,
    say: Say,
) -> None:
    """Run sentence-transformers' trainer over the rows, in their order."""
    from datasets import Dataset  # type: ignore[import-untyped]
    from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss
    from transformers.trainer_callback import PrinterCallback

    from melscribe_trainer.training.hooks import Journal, PlannedTeacher

    queries, texts, labels = zip(*rows, strict=True)
    trainer = PlannedTeacher(
        model=model,
        args=_arguments(options, out, seed, model.device.type),
        train_dataset=Dataset.from_dict({"query": queries, "text": texts, "label": labels}),
        loss=BinaryCrossEntropyLoss(model),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Journal(out / LOG, say))
    with fast_attention(model.device.type):
        trainer.train()


def _arguments(options: TeachOptions, out: Path, seed: int, device: str) -> Any:
    from sentence_transformers import CrossEncoderTrainingArguments

    from melscribe_trainer.training.hooks import InOrder

    return CrossEncoderTrainingArguments(
        output_dir=str(out / CHECKPOINTS),
        num_train_epochs=1,  # all passes are laid out in the rows
        per_device_train_batch_size=shared_batch(options.batch),
        learning_rate=options.lr,
        warmup_steps=options.warmup,
        bf16=options.bf16 and fast_in_bf16(device),
        use_cpu=device == "cpu",
        seed=seed,
        batch_sampler=InOrder,
        logging_steps=50,
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device == "cuda",
    )


def _texts(rows: Rows) -> IntArray:
    """Return each row's positive and negatives, one after the other, (rows * (1 + n),)."""
    together: IntArray = np.concatenate([rows.positives[:, None], rows.negatives], axis=1)
    return together.reshape(-1)
