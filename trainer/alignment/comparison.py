"""Towers and their rivals on the test part -> a report, and a table for the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.learned import unit
from melscribe_core.hearing.sound import features, probabilities
from melscribe_core.hearing.tower import Tower

from ..evaluation.metrics import Scores
from ..job import Say
from .retrieval import measured
from .rivals import plugin_vectors, weighted_vectors
from .semantic import Material
from .triplets import Triplet, favoured, text_vectors

CHANCE = "chance"  # vectors drawn at random
WEIGHTED, PLUGIN = "weighted descriptors", "learned by the plugin"  # the rivals
LINE = "linear map"  # what stage 1 begins with
COLUMNS = {  # of the table: a measure, its heading, its factor, its decimals
    "set recall@10": ("own set recall@10", 100, 1),
    "set rank": ("median rank", 1, 0),
    "descriptor map": ("descriptor MAP", 100, 1),
    "descriptor ndcg@10": ("nDCG@10", 100, 1),
    "descriptor recall@10": ("recall@10", 100, 1),
    "caption recall@10": ("caption recall@10", 100, 1),
    "closeness": ("cosine to own set", 1, 2),
    "trigger recall@10": ("by trigger recall@10", 100, 1),
    "text recall@10": ("by text", 100, 1),
    "both recall@10": ("by both", 100, 1),
}


def compared(
    material: Material, towers: Mapping[str, Tower], triplets: Sequence[Triplet], say: Say
) -> dict[str, Scores]:
    """Return the measures on the test part: kind of vectors -> name -> value.

    `triplets` are those of the test part.
    """
    texts = text_vectors(triplets, material.encoder, say) if triplets else None
    found = {}
    for name, vectors in _kinds(material, towers).items():
        found[name] = measured(vectors[list(material.parts.test)], material.test)
        if texts is not None:
            found[name] |= favoured(vectors, triplets, texts, material.parts.test)
    return found


def table_of(measures: Mapping[str, Scores]) -> str:
    """Return the measures as a Markdown table, a row for each kind of vectors; shares in per cent.

    A measure for which the test part has no question has no column.
    """
    kept = [name for name in COLUMNS if any(name in scores for scores in measures.values())]
    rows = [["vectors", *(COLUMNS[name][0] for name in kept)]]
    for system, scores in measures.items():
        rows.append([system, *(_cell(scores[name], name) for name in kept)])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    rule = [" :---", *("---:" for _ in kept)]
    lines = ["| " + " | ".join(_padded(row, widths)) + " |" for row in (rows[0], *rows[1:])]
    return "\n".join([lines[0], "|" + "|".join(rule) + "|", *lines[1:]])


def sizes(material: Material) -> dict[str, Any]:
    """Return the numbers of tracks and albums of each part, and of the questions."""
    parts = {name: getattr(material.parts, name) for name in ("train", "dev", "test")}
    albums = {
        name: len({material.examples[place].album for place in places})
        for name, places in parts.items()
    }
    return {
        "tracks": {name: len(places) for name, places in parts.items()},
        "albums": albums,
        "sets": len(material.test.sets),
        "descriptors": len(material.test.descriptors),
        "captions": len(material.test.captions),
    }


def _kinds(material: Material, towers: Mapping[str, Tower]) -> dict[str, FloatArray]:
    examples, taught, encoder = material.examples, material.taught, material.encoder
    shape = len(examples), encoder.dim
    drawn = np.random.default_rng(material.seed).normal(size=shape).astype(np.float32)
    weighted = weighted_vectors(examples, taught, encoder)
    plugin = plugin_vectors(examples, taught, encoder, weighted)
    heard = features(material.sounds), probabilities(material.sounds)
    return {
        CHANCE: unit(drawn),
        WEIGHTED: weighted,
        **({} if plugin is None else {PLUGIN: plugin}),
        LINE: material.linear(*material.line),
        **{name: tower.apply(*heard) for name, tower in towers.items()},
    }


def _cell(value: float, name: str) -> str:
    _, factor, decimals = COLUMNS[name]
    return f"{factor * value:.{decimals}f}"


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [row[0].ljust(widths[0])] + [
        cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)
    ]
