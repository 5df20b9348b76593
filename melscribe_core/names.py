"""A name as somebody says it -> the artists, titles or albums of a library that it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

import numpy as np

from melscribe_core.request import fold_name

Kind = Literal["artist", "title", "album"]

fold = lru_cache(maxsize=1 << 17)(fold_name)  # a library says the same few names again and again

KEY = np.dtype("<u8")
CLOSE = 0.85  # SequenceMatcher ratio from which another spelling counts: one slip in seven letters
SHORTEST_CLOSE = 4  # letters; below that one slip makes another name


@dataclass(frozen=True)
class Named:
    """What a name was taken for: the kind, the name as the library has it, and its tracks.

    `close` says that the library spells it otherwise.
    """

    said: str
    kind: Kind
    name: str
    tracks: tuple[int, ...]
    close: bool = False


@dataclass(frozen=True)
class Names:
    """The names of one kind in a library: folded name -> (name as it is, track ids)."""

    kind: Kind
    known: Mapping[str, tuple[str, tuple[int, ...]]]


def keys_of(names: Iterable[str]) -> bytes:
    """Return names in a form in which one is found at once: sorted numbers, 8 bytes for each.

    Names that fold alike are one, and one that folds to nothing is none.
    """
    numbers = {_number(key) for key in map(fold_name, names) if key}
    return np.sort(np.fromiter(numbers, KEY, len(numbers))).tobytes()


def is_among(said: str, keys: bytes) -> bool:
    """Say whether a name is one of those that `keys_of` was given, however it is written.

    Of a million million names that are none, one is taken for one.
    """
    numbers = np.frombuffer(keys, KEY)
    number = np.uint64(_number(fold_name(said)))
    place = int(np.searchsorted(numbers, number))
    return place < len(numbers) and bool(numbers[place] == number)


def gather(kind: Kind, rows: Iterable[tuple[int, str]]) -> Names:
    """Collect (track, name) rows; of several spellings that fold alike the first is shown."""
    shown: dict[str, str] = {}
    tracks: dict[str, list[int]] = {}
    for track, name in rows:
        key = fold(name)
        if key:
            shown.setdefault(key, name)
            tracks.setdefault(key, []).append(track)
    return Names(kind, {key: (shown[key], tuple(ids)) for key, ids in tracks.items()})


def resolve(said: str, kinds: Iterable[Names]) -> Named | None:
    """Return what a name means: equal names first, kind by kind as given, then the closest one.

    None when nothing is equal or close enough.
    """
    key = fold(said)
    if not key:
        return None
    kinds = tuple(kinds)
    for names in kinds:
        if key in names.known:
            name, tracks = names.known[key]
            return Named(said, names.kind, name, tracks)
    return _closest(said, key, kinds)


def _number(key: str) -> int:
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _closest(said: str, key: str, kinds: tuple[Names, ...]) -> Named | None:
    if len(key) < SHORTEST_CLOSE:
        return None
    best, found = CLOSE, None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for names in kinds:
        for other, (name, tracks) in names.known.items():
            matcher.set_seq1(other)
            # The two bounds cost little and rule nearly every name out.
            if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
                continue
            ratio = matcher.ratio()
            if ratio > best or (found is None and ratio == best):
                best, found = ratio, Named(said, names.kind, name, tracks, close=True)
    return found
