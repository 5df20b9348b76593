"""A file of items -> their descriptors, and a vector for each in the text space of the encoder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR, load_rules, text_of
from melscribe_core.encoder.encoder import Encoder
from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.learned import unit
from melscribe_core.hearing.sound import Sound, features, probabilities
from melscribe_core.hearing.tower import load_tower
from melscribe_core.text import agreeing

from ..alignment.examples import sound_in
from ..alignment.wording import encoded
from ..data.rows import Row, read_rows
from ..job import Say
from ..nearest import IntArray

FORM = (
    'id, and descriptors ("folk, sad"), or in JSONL "heard" (as for align) or "vector" (a list of '
    "numbers)"
)


@dataclass(frozen=True)
class Items:
    """What may be liked, in the order of the file.

    `vectors`: unit vectors, float32 (items, dim). `alike`: a number per item, the same for items of
    the same text: to an adapter they are one. `descriptors` are empty for an item that has none.
    """

    ids: tuple[str, ...]
    descriptors: tuple[tuple[str, ...], ...]
    vectors: FloatArray
    alike: IntArray

    def places(self) -> dict[str, int]:
        """Return id -> place."""
        return {name: place for place, name in enumerate(self.ids)}


def items_in(
    file: Path, encoder: Encoder, tower: Path | None, say: Say
) -> tuple[Items, Counter[str]]:
    """Return the items of a TSV, CSV or JSONL file, and what was dropped: reason -> count.

    What was heard of an item becomes a vector by `tower`, the file that `align` wrote. Raises
    MelScribeError, with file and row, for a row of another form and an id that is given twice.
    """
    rules, dropped = load_rules(), Counter[str]()
    texts: dict[str, str] = {}
    given: dict[str, FloatArray] = {}
    heard: dict[str, Sound] = {}
    for number, row in enumerate(read_rows(str(file), "train"), 1):
        where = f"{file}: row {number}"
        name = identifier(row, "id" if "id" in row else "item", where)
        if name in texts:
            raise MelScribeError(f"{where}: the id {name!r} is given twice; give each another one.")
        text = text_of(words_in(row, where), rules)
        if row.get("heard") is not None:
            heard[name] = sound_in(row["heard"], where)
        elif row.get("vector") is not None:
            given[name] = _vector(row["vector"], encoder.dim, where)
        elif not text:
            dropped["items whose descriptors say nothing"] += 1
            continue
        texts[name] = text
    if heard:
        given |= _by_ear(heard, tower, encoder, file)
    if len(texts) < 2:
        left = agreeing(len(texts), "item is", "items are")
        raise MelScribeError(f"{file}: {left} left, and 2 or more are needed; a row has {FORM}.")
    return _together(texts, given, encoder, say), dropped


def identifier(row: Row, key: str, where: str) -> str:
    """Return the text or whole number in a field. Raises MelScribeError if there is none."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise MelScribeError(f"{where}: {key!r} is {value!r}; write a name or a number.")
    return str(value).strip()


def words_in(row: Row, where: str) -> list[str]:
    """Return the field "descriptors", a list or one text, as a list; [] without it."""
    value = row.get("descriptors") or []
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise MelScribeError(f'{where}: "descriptors" is {value!r}; write "one, two".')
    return listed


def _together(
    texts: Mapping[str, str], given: Mapping[str, FloatArray], encoder: Encoder, say: Say
) -> Items:
    distinct = {text: None for name, text in texts.items() if name not in given}
    number = {text: at for at, text in enumerate(distinct)}
    vectors = encoded(list(distinct), encoder, say)
    found = np.empty((len(texts), encoder.dim), np.float32)
    alike = np.empty(len(texts), np.int32)
    for place, (name, text) in enumerate(texts.items()):
        found[place] = given[name] if name in given else vectors[number[text]]
        alike[place] = len(distinct) + place if name in given else number[text]
    split = tuple(tuple(text.split(SEPARATOR)) if text else () for text in texts.values())
    return Items(tuple(texts), split, found, alike)


def _by_ear(
    heard: Mapping[str, Sound], tower: Path | None, encoder: Encoder, file: Path
) -> dict[str, FloatArray]:
    if tower is None:
        raise MelScribeError(
            f"{file}: {agreeing(len(heard), 'item is', 'items are')} given as heard, which needs "
            "--tower; "
            "give the tower.npz that melscribe-train align wrote."
        )
    sounds = list(heard.values())
    vectors = load_tower(tower, encoder.fingerprint).apply(features(sounds), probabilities(sounds))
    return dict(zip(heard, vectors, strict=True))


def _vector(value: Sequence[float], dim: int, where: str) -> FloatArray:
    try:
        found = np.array(value, np.float32)
    except (TypeError, ValueError):
        found = np.empty(0, np.float32)
    if found.shape != (dim,) or not np.isfinite(found).all() or not found.any():
        raise MelScribeError(f'{where}: "vector" is not {dim} finite numbers; correct the row.')
    made: FloatArray = unit(found[None])[0]
    return made
