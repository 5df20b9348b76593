"""A JSONL file of favours -> triplets: after one track, with a text, another one was liked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import Encoder
from melscribe_core.errors import MelScribeError

from ..data.rows import read_jsonl
from ..evaluation.metrics import DEPTH, Scores
from ..job import Say
from .partition import Partition
from .retrieval import ranks_of
from .wording import BoolArray, encoded

FORM = '{"trigger": ID, "recommended": ID, "text": "..."}'


@dataclass(frozen=True)
class Triplet:
    """A trigger track and a recommended one, by their places among the examples, and a text."""

    trigger: int
    recommended: int
    text: str


@dataclass(frozen=True)
class TripletParts:
    """The triplets of each part of the examples, and what was dropped: reason -> count."""

    train: tuple[Triplet, ...]
    dev: tuple[Triplet, ...]
    test: tuple[Triplet, ...]
    dropped: Mapping[str, int]


def triplets_in(
    file: Path, places: Mapping[str, int], known: Collection[str], parts: Partition
) -> TripletParts:
    """Return the triplets of a file; a triplet is of the part that holds its recommended track.

    `places`: id -> place of the examples that were heard; `known`: the ids of all rows. A triplet
    whose recommended track is for training and its trigger is held out is dropped. Raises
    MelScribeError for a row of another form, an id that no row has, and if none is left to train.
    """
    found: list[Triplet] = []
    dropped: Counter[str] = Counter()
    for number, row in enumerate(read_jsonl(file), 1):
        ids = _fields(row, f"{file}: row {number}", known)
        if ids[0] in places and ids[1] in places:
            found.append(Triplet(places[ids[0]], places[ids[1]], ids[2]))
        else:
            dropped["triplets of a track that was not heard"] += 1
    held_out = {*parts.dev, *parts.test}
    by_part = {
        name: tuple(one for one in found if one.recommended in set(getattr(parts, name)))
        for name in ("train", "dev", "test")
    }
    train = tuple(one for one in by_part["train"] if one.trigger not in held_out)
    dropped["triplets with a held-out trigger"] = len(by_part["train"]) - len(train)
    if len(train) < 2:
        raise MelScribeError(
            f"{file}: {len(train)} triplets are left for training, and 2 or more are needed; "
            f"write rows of {FORM} with the ids of tracks of several albums."
        )
    return TripletParts(
        train, by_part["dev"], by_part["test"], {k: n for k, n in dropped.items() if n}
    )


def text_vectors(triplets: Sequence[Triplet], encoder: Encoder, say: Say) -> FloatArray:
    """Return the vector of each triplet's text, float32 (triplets, dim)."""
    texts = {one.text: None for one in triplets}
    numbers = {text: at for at, text in enumerate(texts)}
    return encoded(list(texts), encoder, say)[[numbers[one.text] for one in triplets]]


class Favours:
    """Who was favoured with what, to tell which triplets of a batch answer each other."""

    def __init__(self, triplets: Sequence[Triplet]) -> None:
        self._triplets = triplets
        self._tracks = {(one.trigger, one.recommended) for one in triplets}
        self._texts = {(one.recommended, one.text) for one in triplets}

    def masks(self, chosen: Sequence[int]) -> dict[str, BoolArray]:
        """Return which rows and columns of a batch belong together, bool (n, n).

        "tracks": recommended track j was favoured after trigger i too, or is the trigger itself.
        "texts": text j was given for recommended track i too.
        """
        rows = [self._triplets[at] for at in chosen]
        tracks = [
            [(i.trigger, j.recommended) in self._tracks or i.trigger == j.recommended for j in rows]
            for i in rows
        ]
        texts = [[(i.recommended, j.text) in self._texts for j in rows] for i in rows]
        return {"tracks": np.array(tracks), "texts": np.array(texts)}


def favoured(
    vectors: FloatArray, triplets: Sequence[Triplet], texts: FloatArray, among: Sequence[int]
) -> Scores:
    """Return how well recommended tracks are found among the tracks of a part.

    `vectors` are those of all examples, `texts` those of the triplets. Asked are the trigger alone,
    the text alone, and both (the sum of their unit vectors): recall@10 and the mean of 1 / rank.
    The trigger itself is never an answer.
    """
    column = {place: at for at, place in enumerate(among)}
    own = np.array([column[one.recommended] for one in triplets], np.int32)
    trigger = vectors[[one.trigger for one in triplets]]
    found: Scores = {}
    for name, asked in (("trigger", trigger), ("text", texts), ("both", trigger + texts)):
        scores = asked @ vectors[list(among)].T
        for row, one in zip(scores, triplets, strict=True):
            if one.trigger in column and one.trigger != one.recommended:
                row[column[one.trigger]] = -np.inf
        ranks = ranks_of(scores, own)
        found[f"{name} recall@10"] = float((ranks <= DEPTH).mean())
        found[f"{name} mrr"] = float((1 / ranks).mean())
    return found


def _fields(row: Mapping[str, Any], where: str, known: Collection[str]) -> tuple[str, str, str]:
    values = [row.get(key) for key in ("trigger", "recommended", "text")]
    if not all(isinstance(value, str) and value.strip() for value in values):
        raise MelScribeError(f"{where}: a field is missing or no text; a row is {FORM}.")
    trigger, recommended, text = (str(value) for value in values)
    for name in (trigger, recommended):
        if name not in known:
            raise MelScribeError(
                f"{where}: no track has the id {name!r}; use the ids of the rows with the tracks."
            )
    return trigger, recommended, text.strip()
