"""The pairs of stage 1: requests with their descriptor sets, to be replayed in stage 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.encoder.encoder import Encoder

from ..alignment.wording import BoolArray, encoded
from ..data.datasets import read_requests
from ..data.pairs import PairOptions, make_pairs
from ..job import Say

WHOLE = PairOptions(sets=1)  # a request's text is its track's whole set


@dataclass(frozen=True)
class Replay:
    """Requests and their sets, a row each: unit vectors, float32 (pairs, dim).

    `named`: the descriptors that a request names, `held`: those of its set.
    """

    requests: FloatArray
    sets: FloatArray
    named: tuple[frozenset[str], ...]
    held: tuple[frozenset[str], ...]

    def answered(self, rows: Sequence[int]) -> BoolArray:
        """Return which sets answer which requests of a batch, bool (n, n).

        A set that has all that a request names is not a wrong answer to it, as in `fit.mask`.
        """
        sets = [self.held[row] for row in rows]
        wanted = [self.named[row] or self.held[row] for row in rows]
        return np.array([[names <= held for held in sets] for names in wanted])


def replay_of(files: Sequence[str], encoder: Encoder, say: Say) -> Replay:
    """Return the pairs of files of requests, encoded. Raises MelScribeError if there are none."""
    queries = make_pairs(map(read_requests, files), WHOLE, np.random.default_rng(0)).queries
    sets = [query.positives[0] for query in queries]
    distinct = {text: at for at, text in enumerate(dict.fromkeys(sets))}
    vectors = encoded(list(distinct), encoder, say)
    return Replay(
        encoded([query.text for query in queries], encoder, say),
        vectors[[distinct[text] for text in sets]],
        tuple(frozenset(query.named) for query in queries),
        tuple(frozenset(text.split(SEPARATOR)) for text in sets),
    )
