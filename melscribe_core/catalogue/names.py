"""Arrays `names.*`: the tracks that a name belongs to.

A name has keys, numbers made by melscribe_core.request.names from the forms in which it may be
written; their low bits say what is named. The names themselves are in the mirror.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import IdArray
from melscribe_core.catalogue.columns import Columns, ids, without

Keys = NDArray[np.uint64]

WHOLE = 15  # the bits of keys of whole names, for which there is a shape
LONGEST = 65535  # letters, the highest length that is told apart
_POSTINGS = ("names.key", "names.track")
_SHAPES = ("names.letters", "names.length")


class Entries:
    """Keys of names, each with a track, and the shapes of the whole names, 0 for other keys.

    Arrays, since a large library has millions.
    """

    def __init__(self) -> None:
        self._keys, self._tracks = array("Q"), array("q")
        self._letters, self._lengths = array("I"), array("H")

    def add(self, track: int, key: int, letters: int = 0, length: int = 0) -> None:
        """Add a key of a name of a track; `letters` and `length` are the shape of a whole name."""
        self._keys.append(key)
        self._tracks.append(track)
        self._letters.append(letters)
        self._lengths.append(min(length, LONGEST))

    @property
    def keys(self) -> Keys:
        """Return the keys, in the order in which they were added."""
        return np.frombuffer(self._keys, np.uint64)

    @property
    def tracks(self) -> IdArray:
        """Return the track of each key."""
        return np.frombuffer(self._tracks, np.int64)

    @property
    def once(self) -> IdArray:
        """Return the places of the different pairs of key and track, by ascending key."""
        order = np.lexsort((self.tracks, self.keys))
        keys, tracks = self.keys[order], self.tracks[order]
        repeated = (keys[1:] == keys[:-1]) & (tracks[1:] == tracks[:-1])
        found: IdArray = order[np.append(np.ones(min(1, len(order)), bool), ~repeated)]
        return found

    @property
    def shapes(self) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
        """Return letters and length of each key."""
        return np.frombuffer(self._letters, np.uint32), np.frombuffer(self._lengths, np.uint16)


class NamePostings:
    """The keys of all names, ascending, each with a track; and the shapes of the whole names."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def keys(self) -> Keys:
        """Return the keys, ascending; a key is repeated for each track."""
        return self._columns.read(*_POSTINGS)[0].astype("<u8", copy=False)

    def tracks(self, keys: Iterable[int]) -> list[int]:
        """Return the ids, ascending, of the tracks that have a name with one of the keys."""
        held, tracks = self._columns.aligned(*_POSTINGS)
        found: set[int] = set()
        for key in keys:
            first = np.searchsorted(held, np.uint64(key))
            last = np.searchsorted(held, np.uint64(key), "right")
            found.update(map(int, tracks[first:last]))
        return sorted(found)

    def alike(self, kind: int, letters: int, length: int, most: float) -> list[int]:
        """Return the keys of the whole names of a kind that may be a slip of a name away.

        `most` is the highest edit distance per letter, of the mean of both lengths: one edit
        changes at most two of the letters, or the length by two. `kind` is a bit of the keys.
        """
        keys, theirs, lengths = self._shaped()
        if not len(keys):
            return []
        mean = (lengths + np.float32(length)) / 2
        other = _bits(theirs ^ np.uint32(letters))
        near = (np.abs(lengths - np.float32(length)) <= 2 * most * mean) & (
            other <= 2 * most * mean
        )
        return [int(key) for key in keys[near & (keys & np.uint64(kind) > 0)]]

    def update(self, gone: Sequence[int] | None, entries: Entries) -> None:
        """Replace the names of the tracks in `gone`, of all with None; within a transaction."""
        keys, tracks = self.keys(), self._columns.aligned(*_POSTINGS)[1].astype(np.int64)
        stays = without(tracks, gone)
        added = entries.once
        places = np.searchsorted(keys[stays], entries.keys[added])
        now = np.insert(keys[stays], places, entries.keys[added])
        letters, lengths = self._shapes(entries, _whole(now))
        self._columns.write(
            {
                "names.key": now,
                "names.track": ids(np.insert(tracks[stays], places, entries.tracks[added])),
                "names.letters": letters,
                "names.length": lengths,
            }
        )

    def _shaped(self) -> tuple[Keys, NDArray[np.uint32], NDArray[np.uint16]]:
        """Return the distinct keys of whole names, with letters and length of each."""
        keys, (letters, lengths) = _whole(self.keys()), self._columns.aligned(*_SHAPES)
        if len(letters) != len(keys):
            raise self._columns.damaged()
        return keys, letters, lengths

    def _shapes(
        self, entries: Entries, keys: Keys
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
        """Return letters and length of each of the keys, from those before and the entries."""
        before, known_letters, known_lengths = self._shaped()
        letters, lengths = np.zeros(len(keys), "<u4"), np.zeros(len(keys), "<u2")
        kept = np.isin(keys, before)
        places = np.searchsorted(before, keys[kept])
        letters[kept], lengths[kept] = known_letters[places], known_lengths[places]
        whole = (entries.keys & np.uint64(WHOLE)) > 0
        places = np.searchsorted(keys, entries.keys[whole])
        letters[places], lengths[places] = (shape[whole] for shape in entries.shapes)
        return letters, lengths


def _whole(keys: Keys) -> Keys:
    """Return the distinct keys of whole names, ascending."""
    whole = keys[(keys & np.uint64(WHOLE)) > 0]
    found: Keys = whole[np.append(whole[:1] > 0, whole[1:] != whole[:-1])]
    return found


def _bits(numbers: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return how many bits each number has."""
    octets = numbers.astype("<u4").view(np.uint8).reshape(-1, 4)
    found: NDArray[np.int64] = _BITS[octets].sum(axis=1)
    return found


_BITS = np.array([bin(octet).count("1") for octet in range(256)])
