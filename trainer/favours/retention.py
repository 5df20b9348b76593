"""Are words still understood? Descriptors find their items, development requests their sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import Encoder
from melscribe_core.errors import MelScribeError

from ..alignment.wording import BoolArray
from ..data.beir import Beir
from ..data.datasets import read_requests
from ..data.pairs import KINDS
from ..evaluation.encoders import Remembering
from ..evaluation.evaluate import rank
from ..evaluation.metrics import DEPTH, Scores, measures, ndcg
from ..evaluation.sets import request_sets
from ..evaluation.systems import Hybrid
from .adapter import AdaptedEncoder, Adapter
from .groups import taught
from .items import Items

FEWEST_HOLDERS = 5  # items that a descriptor needs to be asked for
TAUGHT, OTHER = "taught descriptors", "other descriptors"
DEV = "dev"  # the mean recall@10 of all requests of KINDS
RECALL, NDCG = f"recall@{DEPTH}", f"ndcg@{DEPTH}"


@dataclass(frozen=True)
class Descriptors:
    """Descriptors that items have; `vectors` (n, dim), and `holders`, bool (n, items)."""

    vectors: FloatArray
    holders: BoolArray
    taught: BoolArray

    def measured(self, items: FloatArray, adapter: Adapter | None) -> Scores:
        """Return nDCG@10 of the items that a descriptor finds, of those taught and the others.

        `items` are adapted already. A kind without a descriptor is left out.
        """
        asked = adapter.asked(self.vectors) if adapter else self.vectors
        each = np.array(
            [
                _ndcg(scores, held)
                for scores, held in zip(asked @ items.T, self.holders, strict=True)
            ]
        )
        kinds = {TAUGHT: self.taught, OTHER: ~self.taught}
        return {name: float(each[kind].mean()) for name, kind in kinds.items() if kind.any()}


def descriptors_of(items: Items, encoder: Encoder) -> Descriptors:
    """Return the descriptors of at least FEWEST_HOLDERS items, but not of all."""
    holders: dict[str, list[int]] = {}
    for place, names in enumerate(items.descriptors):
        for name in names:
            holders.setdefault(name, []).append(place)
    words = [
        word for word in sorted(holders) if FEWEST_HOLDERS <= len(holders[word]) < len(items.ids)
    ]
    held = np.zeros((len(words), len(items.ids)), bool)
    for row, word in enumerate(words):
        held[row, holders[word]] = True
    vectors = encoder.encode(words) if words else np.empty((0, encoder.dim), np.float32)
    return Descriptors(vectors, held, np.array([taught(word) for word in words], bool))


class DevRequests:
    """Requests of files, asked as `beet describe` asks: meaning and words together.

    Terse, spoken and reworded requests are found among their own sets and those of `among`.
    """

    def __init__(self, files: Sequence[str], among: Sequence[str], encoder: Encoder) -> None:
        self._encoder = Remembering(encoder)
        others = [read_requests(file) for file in among]
        self._tests: list[Beir] = []
        for file in files:
            for one in request_sets(read_requests(file), others):
                self._tests += one.tests
        if not any(test.name in KINDS for test in self._tests):
            raise MelScribeError(
                f"{', '.join(files)}: no request is terse, spoken or reworded; "
                "give rows of region, tags and three requests."
            )

    def found(self, adapter: Adapter | None) -> dict[str, NDArray[np.float64]]:
        """Return what each request finds: name of its set -> recall@10, or nDCG@10 of chat."""
        system = self._system(adapter)
        found: dict[str, list[NDArray[np.float64]]] = {}
        for test in self._tests:  # two files may have sets of one name
            found.setdefault(test.name, []).append(_each(system, test))
        return {name: np.concatenate(parts) for name, parts in found.items()}

    def _system(self, adapter: Adapter | None) -> Hybrid:
        if adapter is None:
            return Hybrid(self._encoder)
        sides = (adapter.asked_side, adapter.items_side)
        asked, texts = (AdaptedEncoder(self._encoder, one, adapter.strength) for one in sides)
        return Hybrid(asked, texts)


def told(found: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the recall of the requests of KINDS, one after another."""
    return np.concatenate([found[kind] for kind in KINDS if kind in found])


def _each(system: Hybrid, test: Beir) -> NDArray[np.float64]:
    kind = NDCG if any(len(right) > 1 for right in test.qrels.values()) else RECALL
    ranked = rank(system, test)
    return np.array([measures(ranked[query], test.right(query))[kind] for query in test.queries])


def _ndcg(scores: FloatArray, held: BoolArray) -> float:
    first = np.argsort(-scores, kind="stable")[:DEPTH]
    return ndcg([str(one) for one in first], {str(one): 1.0 for one in np.flatnonzero(held)})
