"""A training query: its words, the texts that answer it, and what it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Query:
    """A sentence or request, and the texts of tracks that answer it.

    `positives`: one text or more. `named`: the tracks' descriptors that the query names; any set
    that holds all of them answers the query too. `tracks`: the tracks that it describes. `source`:
    a data set's name or a kind of request. `meanings`: for a word of several meanings, instead of
    `named`: a set that holds all descriptors of one of them answers the query.
    """

    text: str
    positives: tuple[str, ...]
    named: tuple[str, ...]
    tracks: tuple[str, ...]
    source: str
    meanings: tuple[tuple[str, ...], ...] = ()

    @property
    def asked(self) -> tuple[frozenset[str], ...]:
        """Return what a set has to hold to answer: all of any one of these; () if unknown."""
        found = self.meanings or ((self.named,) if self.named else ())
        return tuple(map(frozenset, found))


def merge(queries: Iterable[Query]) -> list[Query]:
    """Merge queries with the same words: union of positives and tracks, intersection of names.

    Where one of them has meanings, the result has the meanings of both.
    """
    merged: dict[str, Query] = {}
    for query in queries:
        key = query.text.casefold()
        merged[key] = _joined(merged[key], query) if key in merged else query
    return list(merged.values())


def _joined(one: Query, other: Query) -> Query:
    either = one.meanings or other.meanings
    meanings = dict.fromkeys(tuple(sorted(names)) for names in (*one.asked, *other.asked))
    return replace(
        one,
        positives=tuple(dict.fromkeys(one.positives + other.positives)),
        # What only one of them names depends on its track, not on the words.
        named=() if either else tuple(name for name in one.named if name in other.named),
        tracks=tuple(dict.fromkeys(one.tracks + other.tracks)),
        meanings=tuple(meanings) if either else (),
    )
