"""What was heard of a library's tracks -> the descriptors to lend each, with their weights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.descriptors.lent import HeardDescriptor
from melscribe_core.hearing.agreement import agreement
from melscribe_core.hearing.judgement import Judgement, judge, said, weight_matrix
from melscribe_core.hearing.sound import Sound, probabilities
from melscribe_core.hearing.thresholds import probabilities_of, table

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray

ROWS = 4096  # tracks at once


def judged(sounds: FloatArray, own: Sequence[Collection[str]]) -> Judgement:
    """Judge what was heard by what tracks have of their own, "" for none: see judgement.

    `sounds` are the probabilities of descriptors, (n, D), of the same tracks as `own`.
    """
    return judge(sounds, agreement(own))


def descriptor_probabilities(sounds: Sequence[Sound]) -> FloatArray:
    """Return the probability of each descriptor of the table for each sound, float32 (n, D)."""
    tempo = np.array([one.tempo for one in sounds], np.float32)
    return probabilities_of(probabilities(list(sounds)), tempo)


def heard_descriptors(
    judgement: Judgement, tracks: Sequence[int], found: FloatArray
) -> Mapping[int, Sequence[HeardDescriptor]]:
    """Return track -> what was heard in it, the surest first.

    `found` are the probabilities of descriptors of these tracks, (n, D).
    """
    lent: dict[int, Sequence[HeardDescriptor]] = {}
    for start in range(0, len(tracks), ROWS):
        rows = found[start : start + ROWS]
        of_rows = zip(
            tracks[start : start + ROWS],
            rows,
            said(judgement, rows),
            weight_matrix(judgement, rows),
            strict=True,
        )
        for track, row, is_said, weights in of_rows:
            places = np.flatnonzero(is_said | (weights > 0))
            lent[track] = _descriptors(judgement, places, row, is_said, weights)
    return lent


def _descriptors(
    judgement: Judgement,
    places: Iterable[int],
    row: FloatArray,
    is_said: Sequence[bool],
    weights: FloatArray,
) -> list[HeardDescriptor]:
    ratios = row / judgement.thresholds
    return [
        HeardDescriptor(
            table()[at].name,
            round(float(row[at]), 2),
            round(float(weights[at]), 2),
            bool(is_said[at]),
        )
        for at in sorted(places, key=lambda at: -ratios[at])
    ]
