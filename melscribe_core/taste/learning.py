"""Favourites -> a taste. It takes two passes over the packed vectors of the library."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray, IdArray
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.excess import excess_vector
from melscribe_core.catalogue.vectors import Lines
from melscribe_core.descriptors.lent import is_heard_alone
from melscribe_core.taste.preferred import preferred
from melscribe_core.taste.taste import Taste, among_texts, key_of, without_itself

NEAR = 256  # favourites kept for the gate: its share is then right within 0.03
STEPS = 127  # the largest signed byte
CHANCE = 0.5  # AUC where nothing is told apart

Bytes = NDArray[np.int8]


def learn(catalogue: Catalogue, tracks: Sequence[int], dim: int) -> Taste:
    """Return the taste of someone whose favourites these tracks are.

    Tracks that share a descriptor set count once, those without descriptors not at all. `dim` is
    the dimension of the vectors.
    """
    every = catalogue.tracks.distinct()
    hears = {text for text, _, lent in every if is_heard_alone(lent)}
    lines = _distinct(catalogue.vectors.with_texts(catalogue.tracks.texts_of(tracks)))
    excess = excess_vector(catalogue, dim)
    rows = lines.vectors.reshape(len(lines.ids), dim)
    placed = among_texts(rows, _flags(lines.ids, hears), excess)
    library = _Library(catalogue, dim, hears, excess)
    centre = library.mean()
    own = placed.mean(axis=0) if len(placed) else centre
    direction: FloatArray = (own - centre).astype(np.float32)
    raw = without_itself(placed @ direction, placed, centre, len(placed))
    liked = frozenset(lines.texts)
    others = library.raw(direction, but={at for at, text, _ in every if text in liked})
    scores = np.concatenate([others, raw])
    near, near_step = _near(placed)
    more, less = preferred(lines.texts, (text for _, text, _ in every))
    return Taste(
        direction=direction,
        centre=centre,
        middle=float(scores.mean()) if len(scores) else 0.0,
        spread=float(scores.std()) if len(scores) else 0.0,
        keys=np.sort(np.array([*map(key_of, lines.texts)], np.uint32)),
        near=near,
        near_step=near_step,
        tracks=np.unique(np.array(tracks, np.int64)),
        excess=excess,
        check=told_apart(raw, others),
        more=more,
        less=less,
    )


def told_apart(favourites: FloatArray, others: FloatArray) -> float:
    """Return the mean AUC of the favourites' scores (n,) against those of the others (m,).

    It is the share of pairs in which the favourite scores higher, ties counted half; CHANCE when
    there are no pairs.
    """
    if not (len(favourites) and len(others)):
        return CHANCE
    ranked = np.sort(others)
    sides = [np.searchsorted(ranked, favourites, side) for side in ("left", "right")]
    return float(np.mean(sides) / len(others))


class _Library:
    """The vectors of all texts, what was only heard moved to where texts lie."""

    def __init__(self, catalogue: Catalogue, dim: int, hears: set[int], excess: FloatArray) -> None:
        self._parts = catalogue.vectors.parts(dim)
        self._ids = np.concatenate([np.empty(0, np.int64), *(part.ids for part in self._parts)])
        self._heard, self._excess = _flags(self._ids, hears), excess
        self._catalogue = catalogue

    def mean(self) -> FloatArray:
        """Return the mean vector, float32 (dim,); zeros without texts."""
        try:
            total = sum((part.total() for part in self._parts), start=np.zeros_like(self._excess))
        except ValueError as error:
            raise self._catalogue.damaged("packed vectors") from error
        found: FloatArray = (total - self._heard.sum() * self._excess) / max(1, len(self._ids))
        return found.astype(np.float32)

    def raw(self, direction: FloatArray, but: Collection[int]) -> FloatArray:
        """Return the raw scores of all texts but these, by id, float32 (n,)."""
        found = [part.cosines(direction) for part in self._parts]
        scores = np.concatenate([np.empty(0, np.float32), *found])
        scores -= self._heard * (self._excess @ direction)
        left: FloatArray = scores[np.isin(self._ids, [*but], invert=True)]
        return left


def _distinct(lines: Lines) -> Lines:
    """Return the lines with the first of each text: what is lent may differ, the music does not."""
    first: dict[str, int] = {}
    for row, text in enumerate(lines.texts):
        first.setdefault(text, row)
    rows = list(first.values())
    loans = [lines.lent[row] for row in rows]
    return Lines(lines.ids[rows], list(first), loans, lines.vectors[rows])


def _flags(ids: IdArray, hears: set[int]) -> FloatArray:
    return np.isin(ids, list(hears)).astype(np.float32)


def _near(vectors: FloatArray) -> tuple[Bytes, float]:
    """Return at most NEAR of the vectors, evenly spaced, in bytes, and the step of these."""
    places = np.linspace(0, len(vectors) - 1, min(NEAR, len(vectors))).astype(np.int64)
    chosen = vectors[np.unique(places)]
    step = float(np.abs(chosen).max(initial=0)) / STEPS or 1.0
    found: Bytes = np.rint(chosen / step).astype(np.int8)
    return found, step
