"""Albums -> training, dev and test: no album is in two parts.

Tracks of one album share a sound and often their tags, so that a track whose album was trained on
tests memory, not hearing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from melscribe_core.errors import MelScribeError

from .examples import Example

TEST, DEV = 0.2, 0.15  # shares of the tracks: dev chooses among checkpoints, test is only reported
FEWEST = 3  # albums, one for each part


@dataclass(frozen=True)
class Partition:
    """The places of the examples of each part, ascending."""

    train: tuple[int, ...]
    dev: tuple[int, ...]
    test: tuple[int, ...]


def partition(examples: Sequence[Example], seed: int) -> Partition:
    """Assign whole albums at random: to test and dev until they hold their share of the tracks.

    The order of the rows does not matter. Raises MelScribeError for fewer than FEWEST albums, or if
    a single album leaves no track for training.
    """
    albums: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        albums[example.album].append(place)
    if len(albums) < FEWEST:
        raise MelScribeError(
            f"The tracks are of {len(albums)} albums, and measuring on held-out albums needs "
            f'{FEWEST} or more; give each track its "album".'
        )
    names = sorted(albums)
    np.random.default_rng(seed).shuffle(names)
    test = _taken(names, albums, TEST * len(examples))
    dev = _taken(names, albums, DEV * len(examples))
    if not names:
        raise MelScribeError(
            "No album is left for training, because the others are held out; give more albums."
        )
    train = [place for name in names for place in albums[name]]
    return Partition(tuple(sorted(train)), tuple(sorted(dev)), tuple(sorted(test)))


def _taken(names: list[str], albums: dict[str, list[int]], wanted: float) -> list[int]:
    """Take albums from the end of `names` until they have so many tracks; at least one."""
    taken: list[int] = []
    while names and (not taken or len(taken) < wanted):
        taken += albums[names.pop()]
    return taken
