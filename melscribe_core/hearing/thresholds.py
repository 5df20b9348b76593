"""What the nets' outputs say: a probability of each descriptor that can be heard."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.outputs import PLACES

TABLE = "thresholds.txt"
ANY_SHARE = "-"  # in the column `most` of the table: no cap
TEMPO = "tempo"  # in conditions, beside outputs and signals
ROWS = 8192  # tracks at once: 3 MB of probabilities, and as much again for what is made of them

_Columns = dict[str, FloatArray]  # by the name of an output or signal: its value for each track
_COMPARISONS: dict[str, Callable[[FloatArray, FloatArray | np.float32], NDArray[np.bool_]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OWN_THRESHOLD = re.compile(r"(.+?) ([\d.]+)")
_CONDITION = re.compile(r"(.+?) (<=|>=|<|>) ([\d.]+)(?: (.+))?")
_LACK = re.compile(r"1 - ([\d.]+)")


class Condition(NamedTuple):
    """Compare `left` with a number, or with that multiple of `right`; "" is 1."""

    left: str
    comparison: str
    number: float
    right: str


class Descriptor(NamedTuple):
    """One line of the table.

    `sources` are outputs or signals with a factor each; the largest product is the probability, 0
    where one of the `conditions` fails. `most` is a share of the library, 1 for any.
    """

    name: str
    kind: str
    threshold: float
    most: float
    sources: tuple[tuple[str, float], ...]
    conditions: tuple[Condition, ...]


class Signal(NamedTuple):
    """What several outputs, or one signal before this one, say together: see `_signal_of`."""

    name: str
    way: str
    sources: tuple[str, ...]


@cache
def table() -> tuple[Descriptor, ...]:
    """Return the descriptors that can be heard, in the order of the table."""
    return tuple(map(_descriptor, lines(TABLE, "descriptors")))


@cache
def places() -> dict[str, int]:
    """Return the place of each descriptor in the table, by its name."""
    return {one.name: at for at, one in enumerate(table())}


def lines(file: str, section: str) -> Iterator[str]:
    """Yield the lines of one "[section]" of a file in data/, without comments and empty lines."""
    text = (files("melscribe_core.hearing") / "data" / file).read_text(encoding="utf-8")
    current = ""
    for line in text.splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif line and not line.startswith("#") and current == section:
            yield line


def thresholds() -> FloatArray:
    """Return the threshold of each descriptor, float32 (D,)."""
    return np.array([one.threshold for one in table()], np.float32)


@cache
def fingerprint() -> str:
    """Return a digest of the table: what was derived with another one is out of date."""
    mark = repr((table(), _signals(), _speech()))
    return blake2b(mark.encode(), digest_size=8).hexdigest()


def probabilities_of(tags: FloatArray, tempo: FloatArray) -> FloatArray:
    """Return the probability of each descriptor for each track, float32 (n, D), 0 to 1.

    `tags` holds the probabilities of OUTPUTS, float32 (n, 100), all 0 for silence; `tempo` is in
    beats per minute, (n,), 0 for unknown. Where a condition fails the probability is 0; and where
    only speech or singing without accompaniment is heard, of all but voices.
    """
    found = np.empty((len(tags), len(table())), np.float32)
    for start in range(0, len(tags), ROWS):
        rows = slice(start, start + ROWS)
        columns = _columns(tags[rows], tempo[rows])
        for at, descriptor in enumerate(table()):
            found[rows, at] = _probability(descriptor, columns)
        speech = _is_speech(found[rows])
        found[rows][np.ix_(speech, _not_voices())] = 0
    return found


def _probability(descriptor: Descriptor, columns: _Columns) -> FloatArray:
    likeliest = np.maximum.reduce([columns[of] * np.float32(by) for of, by in descriptor.sources])
    probability: FloatArray = np.clip(likeliest, 0, 1)
    for left, comparison, number, right in descriptor.conditions:
        other = np.float32(number) * (columns[right] if right else np.float32(1))
        probability *= _COMPARISONS[comparison](columns[left], other)
    return probability


def _columns(tags: FloatArray, tempo: FloatArray) -> _Columns:
    outputs = np.ascontiguousarray(tags.T)
    columns: _Columns = {name: outputs[at] for name, at in PLACES.items()}
    columns[TEMPO] = tempo
    for signal in _signals():
        columns[signal.name] = _signal_of(signal, columns)
    return columns


def _signal_of(signal: Signal, columns: _Columns) -> FloatArray:
    sources = np.array([columns[name] for name in signal.sources], np.float32)
    found: FloatArray
    if signal.way == "sum":
        found = sources.sum(axis=0)
    elif signal.way == "most":
        found = sources.max(axis=0)
    else:
        found = np.float32(1) - np.float32(_match(_LACK, signal.way)[1]) * sources[0]
    return found


def _is_speech(probabilities: FloatArray) -> NDArray[np.bool_]:
    """Say of which tracks the surest descriptor is one of speech, and no other can be said."""
    sure = probabilities / thresholds()
    is_talk = np.isin(np.arange(len(table())), [places()[name] for name in _speech()])
    talk, other = sure[:, is_talk].max(axis=1), sure[:, ~is_talk].max(axis=1)
    found: NDArray[np.bool_] = (other < 1) & (other < talk)
    return found


@cache
def _not_voices() -> NDArray[np.bool_]:
    return np.array([one.kind != "voice" for one in table()])


@cache
def _speech() -> tuple[str, ...]:
    return tuple(name.strip() for line in lines(TABLE, "speech") for name in line.split(","))


@cache
def _signals() -> tuple[Signal, ...]:
    return tuple(map(_signal, lines(TABLE, "signals")))


def _signal(line: str) -> Signal:
    name, _, formula = line.partition(" = ")
    way, _, sources = formula.partition(": ")
    return Signal(name, way, tuple(source.strip() for source in sources.split(",")))


def _descriptor(line: str) -> Descriptor:
    cells = [cell.strip() for cell in line.split("|")]
    name, kind, threshold, most, sources = cells[:5]
    return Descriptor(
        name,
        kind,
        float(threshold),
        1.0 if most == ANY_SHARE else float(most),
        tuple(_source(source.strip(), float(threshold)) for source in sources.split(",")),
        tuple(_condition(text) for cell in cells[5:] for text in cell.split(" and ")),
    )


def _source(text: str, threshold: float) -> tuple[str, float]:
    own = _OWN_THRESHOLD.fullmatch(text)
    return (own[1], threshold / float(own[2])) if own else (text, 1.0)


def _condition(text: str) -> Condition:
    left, comparison, number, right = _match(_CONDITION, text).groups()
    return Condition(left, comparison, float(number), right or "")


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(f"{TABLE}: {text!r} is not understood.")
    return found
