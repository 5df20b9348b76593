"""A JSONL file of tracks -> examples: what was heard or the audio file, and what is said of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR, text_of
from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.outputs import OUTPUTS
from melscribe_core.hearing.sound import FEATURES, Sound, sound

from ..data.rows import read_jsonl

FORM = (
    '{"audio": FILE or "heard": {"probabilities": [100 numbers], "features": [400 numbers]}, '
    '"tags": [...], "texts": [...], "album": NAME, "id": NAME}'
)


@dataclass(frozen=True)
class Example:
    """One track. Either `audio` or `heard` is given; `album` is what it is held out with.

    `descriptors` are those that the tags name, spelt and sorted as an index stores them; they and
    the captions may both be empty: such a track is only of use in triplets.
    """

    id: str
    audio: Path | None
    heard: Sound | None
    descriptors: tuple[str, ...]
    captions: tuple[str, ...]
    album: str


def examples_in(files: Sequence[Path]) -> tuple[list[Example], Counter[str]]:
    """Return the examples of JSONL files, and what was dropped: reason -> count.

    A track without an id is called by its file and row, one without an album is an album of its
    own. Raises MelScribeError, with file and row, for a row of another form and for an id that is
    given twice.
    """
    found: dict[str, Example] = {}
    dropped: Counter[str] = Counter()
    for file in files:
        for number, row in enumerate(read_jsonl(file), 1):
            where = f"{file}: row {number}"
            example = _example(row, where, file.parent)
            if example.id in found:
                raise MelScribeError(
                    f"{where}: the id {example.id!r} is given twice; give each track another one."
                )
            said = row.get("tags") or row.get("texts")
            if said and not (example.descriptors or example.captions):
                dropped["tracks whose tags say nothing"] += 1
            found[example.id] = example
    if not found:
        raise MelScribeError(f"{', '.join(map(str, files))}: no row; write rows of {FORM}.")
    return list(found.values()), dropped


def _example(row: Mapping[str, Any], where: str, folder: Path) -> Example:
    if ("audio" in row) == ("heard" in row):
        raise MelScribeError(f'{where}: give either "audio" or "heard"; a row is {FORM}.')
    text = text_of(_strings(row, "tags", where))
    captions = (one.strip() for one in _strings(row, "texts", where))
    audio = folder / _string(row, "audio", where) if "audio" in row else None
    heard = sound_in(row["heard"], where) if "heard" in row else None
    name = _string(row, "id", where) if "id" in row else where
    return Example(
        name,
        audio,
        heard,
        tuple(text.split(SEPARATOR)) if text else (),
        tuple(dict.fromkeys(one for one in captions if one)),
        _string(row, "album", where) if row.get("album") else f"alone: {name}",
    )


def _string(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row[key]
    if not isinstance(value, str) or not value:
        raise MelScribeError(f'{where}: "{key}" is {value!r}; write a text.')
    return value


def _strings(row: Mapping[str, Any], key: str, where: str) -> list[str]:
    values = row.get(key) or []
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise MelScribeError(f'{where}: "{key}" is not a list of texts; write ["one", "two"].')
    return values


def sound_in(heard: Any, where: str) -> Sound:
    """Return the field "heard" of a row. Raises MelScribeError, with `where`, for another form."""
    if not isinstance(heard, dict):
        raise MelScribeError(f'{where}: "heard" is not an object; a row is {FORM}.')
    probabilities = _numbers(heard, "probabilities", len(OUTPUTS), where)
    if probabilities.min() < 0 or probabilities.max() > 1:
        raise MelScribeError(f'{where}: "probabilities" are not all between 0 and 1; correct them.')
    features = _numbers(heard, "features", FEATURES, where)
    tempo = heard.get("tempo", 0)
    if isinstance(tempo, bool) or not isinstance(tempo, int | float) or not math.isfinite(tempo):
        raise MelScribeError(f'{where}: "tempo" is {tempo!r}; write beats per minute, or nothing.')
    return sound(probabilities, features, float(tempo), 1)


def _numbers(heard: Mapping[str, Any], key: str, count: int, where: str) -> FloatArray:
    try:
        found = np.array(heard.get(key), np.float32)
    except (TypeError, ValueError):
        found = np.empty(0, np.float32)
    if found.shape != (count,) or not np.isfinite(found).all():
        raise MelScribeError(f'{where}: "{key}" is not {count} finite numbers; correct the row.')
    return found
