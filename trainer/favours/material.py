"""What stage 2 is given, read and encoded once: for one adapter or for many that are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import Encoder

from ..alignment.wording import encoded
from ..data.sources import REQUESTS
from ..evaluation.metrics import Scores
from ..job import Job, Say
from .adapter import Adapter
from .groups import Groups, Source
from .items import items_in
from .learning import PreferOptions, Taught, learn_adapter
from .matching import RIDGE, Matching, fans_of
from .people import Least, parted, people_in
from .replay import replay_of
from .retention import DEV, DevRequests, descriptors_of, told


@dataclass(frozen=True)
class Inputs:
    """The files. Without `dev_favours` one person in five is measured and not trained on.

    `requests` are the pairs of stage 1 and `dev` those that are measured; by default those of the
    repository.
    """

    items: Path
    favours: tuple[Path, ...]
    words: tuple[Path, ...] = ()
    dev_favours: tuple[Path, ...] = ()
    tower: Path | None = None
    requests: tuple[str, ...] = (str(REQUESTS / "train.jsonl"),)
    dev: tuple[str, ...] = (str(REQUESTS / "dev.jsonl"),)
    least: Least = field(default_factory=Least)


@dataclass(frozen=True)
class Measured:
    """The measures of one adapter, from 0 to 1, and what each dev request finds."""

    scores: Scores
    requests: Mapping[str, NDArray[np.float64]]


class Material:
    """Items, people and requests with their vectors. Raises MelScribeError for bad files."""

    def __init__(self, inputs: Inputs, encoder: Encoder, say: Say) -> None:
        self.encoder, self._say = encoder, say
        self.items, self.dropped = items_in(inputs.items, encoder, inputs.tower, say)
        places = self.items.places()
        self.train, dropped = people_in(inputs.favours, inputs.words, places, inputs.least)
        self.dropped += dropped
        if inputs.dev_favours:
            self.dev, dropped = people_in(inputs.dev_favours, (), places, inputs.least)
            self.dropped += Counter({f"dev: {reason}": n for reason, n in dropped.items()})
            measured = {person.name for person in self.dev}
            others = [person for person in self.train if person.name not in measured]
            self.dropped["people to train on who are measured"] = len(self.train) - len(others)
            self.train = others
        else:
            self.train, self.dev = parted(self.train)
        self.dropped = Counter({reason: n for reason, n in self.dropped.items() if n})
        self.matching = Matching(self.dev, fans_of(self.train, len(places)))
        self.replay = replay_of(inputs.requests, encoder, say)
        self._descriptors = descriptors_of(self.items, encoder)
        self._requests = DevRequests(inputs.dev, inputs.requests, encoder)

    def sizes(self) -> dict[str, int]:
        """Return how much of each there is."""
        return {
            "items": len(self.items.ids),
            "people to train on": len(self.train),
            "people who are measured": self.matching.people,
            "requests that are replayed": len(self.replay.held),
        }

    def adapter(self, source: Source, options: PreferOptions, job: Job) -> tuple[Adapter, Any]:
        """Train an adapter; return it and what to report of the run."""
        groups = Groups(self.train, self.items, source)
        words = encoded(groups.words, self.encoder, self._say)
        taught = Taught(groups, self.items.vectors, words, self.replay, self.encoder.fingerprint)
        found = learn_adapter(taught, options, job)
        return found[0], {**found[1], "groups": len(groups), "people": groups.people}

    def measured(self, adapter: Adapter | None) -> Measured:
        """Return how well likes and words are found through an adapter, or without one."""
        vectors = self._vectors(adapter)
        requests = self._requests.found(adapter)
        scores = self.matching.measured(vectors) | self._descriptors.measured(vectors, adapter)
        return Measured({**scores, DEV: float(told(requests).mean())}, requests)

    def by_ridge(self) -> Scores:
        """Return how well likes are found without an adapter, by the other form of a taste."""
        return self.matching.measured(self.items.vectors, RIDGE)

    def _vectors(self, adapter: Adapter | None) -> FloatArray:
        return adapter.items(self.items.vectors) if adapter else self.items.vectors
