"""Arrays `names.*`: the tracks that a name belongs to.

A name has keys, numbers made by melscribe_core.request.names from the forms in which it may be
written; their low bits say what is named. The names themselves are in the mirror.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import IdArray
from melscribe_core.catalogue.columns import Columns, ids, without

Keys = NDArray[np.uint64]
Numbers = NDArray[Any]

WHOLE = 15  # the bits of keys of whole names, for which there is a shape
LONGEST = 65535  # letters, the highest length that is told apart
_POSTINGS = ("names.key", "names.track")
_SHAPES = ("names.letters", "names.length", "names.sound", "names.ending")
_TYPES = "<u4", "<u2", "<u4", "<u4"


class Entries:
    """Keys of names, each with a track, and the shapes of the whole names, 0 for other keys.

    Arrays, since a large library has millions.
    """

    def __init__(self) -> None:
        self._keys, self._tracks = array("Q"), array("q")
        self._letters, self._lengths = array("I"), array("H")
        self._sounds, self._endings = array("I"), array("I")

    def add(
        self,
        track: int,
        key: int,
        letters: int = 0,
        length: int = 0,
        sound: int = 0,
        ending: int = 0,
    ) -> None:
        """Add a key of a name of a track; the others are the shape of a whole name.

        `sound` and `ending` are how the name and its last word sound, 0 for no sound.
        """
        self._keys.append(key)
        self._tracks.append(track)
        self._letters.append(letters)
        self._lengths.append(min(length, LONGEST))
        self._sounds.append(sound)
        self._endings.append(ending)

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
    def shapes(self) -> list[Numbers]:
        """Return letters, length, sound and ending of each key."""
        held = self._letters, self._lengths, self._sounds, self._endings
        pairs = zip(held, _TYPES, strict=True)
        return [np.frombuffer(numbers, np.dtype(kind)) for numbers, kind in pairs]


class NamePostings:
    """The keys of all names, ascending, each with a track; and the shapes of the whole names."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._known: tuple[Keys | None, dict[int, tuple[Keys, list[Numbers]]]] = (None, {})

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
        keys, (theirs, lengths, _, _) = self._of_kind(kind)
        mean = (lengths + np.float32(length)) / 2
        near = np.abs(lengths - np.float32(length)) <= 2 * most * mean
        places = np.flatnonzero(near)
        other = _bits(theirs[places] ^ np.uint32(letters))
        return list(map(int, keys[places[other <= 2 * most * mean[places]]]))

    def sounding(self, kind: int, sound: int) -> list[int]:
        """Return the keys of the whole names of a kind that, or whose last words, sound so."""
        keys, (_, _, sounds, endings) = self._of_kind(kind)
        alike = (sounds == np.uint32(sound)) | (endings == np.uint32(sound))
        return list(map(int, keys[alike])) if sound else []

    def samples(self, keys: Sequence[int]) -> list[int]:
        """Return the ids, ascending, of one track for each of these keys, all of them known."""
        held, tracks = self._columns.aligned(*_POSTINGS)
        places = np.searchsorted(held, np.array(keys, np.uint64))
        return sorted(set(map(int, tracks[places])))

    def update(self, gone: Sequence[int] | None, entries: Entries) -> None:
        """Replace the names of the tracks in `gone`, of all with None; within a transaction."""
        keys, tracks = self.keys(), self._columns.aligned(*_POSTINGS)[1].astype(np.int64)
        stays = without(tracks, gone)
        added = entries.once
        places = np.searchsorted(keys[stays], entries.keys[added])
        now = np.insert(keys[stays], places, entries.keys[added])
        whole = _whole(now)
        shapes = self._shapes(entries, whole, anew=gone is None)
        self._columns.write(
            {
                "names.key": now,
                "names.track": ids(np.insert(tracks[stays], places, entries.tracks[added])),
                **dict(zip(_SHAPES, shapes, strict=True)),
            }
        )

    def _of_kind(self, kind: int) -> tuple[Keys, list[Numbers]]:
        """Return the distinct keys of whole names of a kind, with their shapes; cached."""
        held = self.keys()
        if self._known[0] is not held:  # read anew since
            self._known = (held, {})
        found = self._known[1]
        if kind not in found:
            keys, shapes = self._shaped()
            places = np.flatnonzero(keys & np.uint64(kind))
            found[kind] = keys[places], [numbers[places] for numbers in shapes]
        return found[kind]

    def _shaped(self) -> tuple[Keys, list[Numbers]]:
        """Return the distinct keys of whole names, with letters, length, sound, ending of each."""
        keys, shapes = _whole(self.keys()), self._columns.aligned(*_SHAPES)
        if len(shapes[0]) != len(keys):
            raise self._columns.damaged()
        return keys, shapes

    def _shapes(self, entries: Entries, keys: Keys, *, anew: bool) -> list[Numbers]:
        """Return the shapes of the keys, from those before unless `anew`, and the entries."""
        found: list[Numbers] = [np.zeros(len(keys), kind) for kind in _TYPES]
        if not anew:
            before, known = self._shaped()
            kept = np.isin(keys, before)
            places = np.searchsorted(before, keys[kept])
            for numbers, held in zip(found, known, strict=True):
                numbers[kept] = held[places]
        whole = (entries.keys & np.uint64(WHOLE)) > 0
        places = np.searchsorted(keys, entries.keys[whole])
        for numbers, added in zip(found, entries.shapes, strict=True):
            numbers[places] = added[whole]
        return found


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
