"""What a track is lent beside its own tags: by its album or artist, and by what was heard in it.

It is kept as one line beside the text of a descriptor set, from which both the vector of the set
and the sentence about each descriptor follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

Lender = Literal["album", "artist"]

_END = "; "  # between the parts of a line; no descriptor holds a semicolon
_KINDS = ("alone", "album", "artist", "heard", "hint", "learned")


class HeardDescriptor(NamedTuple):
    """A descriptor that the nets gave, with its probability and its weight in the vector.

    One that `is_said` is a descriptor of the track; any other is too weak for that, and has only
    its part in the vector. The weight is 0 where the track's own tags say more.
    """

    name: str
    probability: float
    weight: float
    is_said: bool = True


@dataclass(frozen=True)
class Lent:
    """What one track is lent; nothing of it is among the track's own descriptors.

    `siblings` are (descriptor, who lends it), `heard` the descriptors heard, strongest first.
    `learned` names the vector that was learned from the library for this track, "" for none: it
    takes the place of the heard descriptors in the track's vector. `is_alone` when the track itself
    has nothing that tells how it sounds: no descriptor, or only a year, a tempo and the like.
    """

    siblings: tuple[tuple[str, Lender], ...] = ()
    heard: tuple[HeardDescriptor, ...] = ()
    learned: str = ""
    is_alone: bool = False

    @property
    def said(self) -> tuple[HeardDescriptor, ...]:
        """Return what was heard clearly enough to be a descriptor."""
        return tuple(one for one in self.heard if one.is_said)

    @property
    def names(self) -> frozenset[str]:
        """Return the descriptors that are lent."""
        return frozenset((*(name for name, _ in self.siblings), *(one.name for one in self.said)))

    @property
    def is_heard_alone(self) -> bool:
        """Return whether all that tells how the track sounds is what the nets gave."""
        return self.is_alone and not self.siblings and not self.learned and bool(self.heard)

    def to_line(self) -> str:
        """Return it as one line, "" for nothing."""
        return _END.join(self._parts())

    def _parts(self) -> Iterator[str]:
        if self.is_alone:
            yield "alone yes"
        for name, lender in self.siblings:
            yield f"{lender} {name}"
        for one in self.heard:
            kind = "heard" if one.is_said else "hint"
            yield f"{kind} {one.probability:.2f} {one.weight:.2f} {one.name}"
        if self.learned:
            yield f"learned {self.learned}"


NOTHING_LENT = Lent()


@lru_cache(maxsize=20_000)
def lent_in(line: str) -> Lent:
    """Return what `to_line` wrote. Raises ValueError for any other line."""
    if not line:
        return NOTHING_LENT
    parts = [part.partition(" ") for part in line.split(_END)]
    if not all(kind in _KINDS and rest for kind, _, rest in parts):
        raise ValueError(f"{line!r} is not what was written")
    return Lent(
        tuple(_siblings(parts)),
        tuple(_heard(parts)),
        next((rest for kind, _, rest in parts if kind == "learned"), ""),
        any(kind == "alone" for kind, _, _ in parts),
    )


def is_heard_alone(line: str) -> bool:
    """Return `Lent.is_heard_alone` of a line that `to_line` wrote, without reading all of it."""
    alone, _, rest = line.partition(_END)
    heard = alone == "alone yes" and rest.startswith(("heard ", "hint "))
    return heard and f"{_END}learned " not in rest


def own_of(descriptors: Iterable[str], lent: Lent) -> tuple[str, ...]:
    """Return those of the descriptors of a set that its track has itself, in the same order."""
    lent_names = lent.names
    return tuple(name for name in descriptors if name not in lent_names)


def marked(descriptors: Iterable[str], lent: Lent) -> tuple[str, ...]:
    """Return descriptors with who lent them in brackets: "shoegaze (album)", "strings (heard)"."""
    lenders: dict[str, str] = dict(lent.siblings)
    lenders.update((one.name, "heard") for one in lent.said)
    return tuple(f"{d} ({lenders[d]})" if d in lenders else d for d in descriptors)


def _siblings(parts: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, Lender]]:
    for kind, _, name in parts:
        if kind == "album":
            yield name, "album"
        elif kind == "artist":
            yield name, "artist"


def _heard(parts: Iterable[tuple[str, str, str]]) -> Iterator[HeardDescriptor]:
    for kind, _, rest in parts:
        if kind in ("heard", "hint"):
            probability, weight, name = rest.split(" ", 2)
            yield HeardDescriptor(name, float(probability), float(weight), kind == "heard")
