"""The map: write a page that shows the library's descriptor sets, and optionally an answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from beets.ui import UserError

from beetsplug.melscribe import library, progress
from beetsplug.melscribe.answer import Answer
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.names import genre_tree
from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.map import layout
from melscribe_core.map.families import families
from melscribe_core.map.page import Label, Marker, Sheet, ShownRequest, refuse_foreign, write
from melscribe_core.map.regions import regions
from melscribe_core.songs.song import Song as Known
from melscribe_core.text import counted, shown_names

MOST_SETS = 25_000  # per map: the layout of more would take minutes
MOST_NAMED = 60_000  # tracks named on one page: with more it would be many megabytes
AROUND = 15  # sets nearest to the request; it is drawn in their middle


@dataclass(frozen=True)
class Ground:
    """The descriptor sets of a map, sets with most tracks first.

    `vectors` is float32 (n, dim); `sets` and `tracks` hold the descriptors and the track ids of
    each row. `left` counts the sets, and their tracks, that exceed MOST_SETS; `bare` counts tracks
    without descriptors, `waiting` tracks whose descriptors are not embedded yet.
    """

    vectors: FloatArray
    sets: Sequence[tuple[str, ...]]
    tracks: Sequence[Sequence[int]]
    left: tuple[int, int]
    bare: int
    waiting: int

    @property
    def counts(self) -> list[int]:
        """Return the number of tracks of each set."""
        return [len(tracks) for tracks in self.tracks]


class _Set(NamedTuple):
    """One set: the row of its vector, its text, the ids of its tracks."""

    row: int
    text: str
    tracks: list[int]

    @property
    def rank(self) -> tuple[int, str]:
        """Return the sort key: most tracks first, then by text."""
        return -len(self.tracks), self.text


def refuse_map(file: str) -> None:
    """Raise MapError if the file exists and is not a map, before any work is done."""
    refuse_foreign(os.path.expanduser(file))


def write_map(
    file: str,
    index: LibraryIndex,
    title: str,
    *,
    found: Answer | None = None,
    only: Set[int] | None = None,
) -> str:
    """Write the page; return the sentence for the user.

    `found` is an answer to show on the map; `only` restricts it to these track ids. Raises
    UserError when no track has descriptors, MapError when the file cannot be written.
    """
    hits = [pick.song.track for pick in found.chosen.picks] if found else []
    ground = _ground(index, only, frozenset(hits))
    with progress.line("laying out the map", len(ground.sets)) as advance:
        places = layout.places(ground.vectors, counted_in(len(ground.sets), advance))
    per_set = _named_per_set(ground.counts)
    tree = genre_tree()
    sheet = Sheet(
        title=title,
        sets=ground.sets,
        places=places,
        tracks=ground.counts,
        named=_named(index, ground, per_set),
        families=families(ground.sets, ground.counts, tree),
        regions=regions(places, ground.sets),
        notes=_notes(ground, per_set, found, has_tree=bool(tree)),
        request=_asked(found, ground, places) if found else None,
    )
    path = os.path.expanduser(file)
    write(path, sheet)
    return f"wrote a map of {counted(len(ground.sets), 'descriptor set')} to {path}"


def counted_in(sets: int, advance: Callable[[int], None]) -> layout.Advance:
    """Return the layout's `advance` callback, which reports layout steps as a number of sets."""
    steps = done = 0

    def step(number: int) -> None:
        nonlocal steps, done
        steps += number
        now = sets * steps // layout.STEPS
        advance(now - done)
        done = now

    return step


def _ground(index: LibraryIndex, only: Set[int] | None, hits: Set[int]) -> Ground:
    """Read at most MOST_SETS sets: those of the tracks `hits` first, then by number of tracks."""
    ids, vectors = index.catalogue.vectors.of_texts()
    texts, tracks = index.catalogue.tracks.texts(ids), index.catalogue.tracks.of_texts(ids.tolist())
    all_sets = [
        _Set(row, texts[text], [t for t in tracks.get(text, ()) if only is None or t in only])
        for row, text in enumerate(ids.tolist())
    ]
    sets = [one for one in all_sets if one.tracks]
    if not sets:
        raise UserError("no track has descriptors, so there is nothing to draw a map of")
    first = sorted(sets, key=lambda one: (hits.isdisjoint(one.tracks), *one.rank))
    kept, left = sorted(first[:MOST_SETS], key=lambda one: one.rank), first[MOST_SETS:]
    meant = [text for _, text in index.catalogue.tracks.described(only)]
    return Ground(
        vectors=vectors[[one.row for one in kept]],
        sets=[tuple(one.text.split(SEPARATOR)) for one in kept],
        tracks=[one.tracks for one in kept],
        left=(len(left), sum(len(one.tracks) for one in left)),
        bare=meant.count(""),
        waiting=len(meant) - meant.count("") - sum(len(one.tracks) for one in sets),
    )


def _named_per_set(counts: Sequence[int]) -> int:
    """Return the largest number of tracks per set with which at most MOST_NAMED are named."""
    most, per_set = max(counts), 1
    while per_set < most and np.minimum(counts, per_set + 1).sum() <= MOST_NAMED:
        per_set += 1
    return per_set


def _named(index: LibraryIndex, ground: Ground, per_set: int) -> list[list[Label]]:
    """Return the names of at most `per_set` tracks of each set, picked at even intervals."""
    some = [_spread(tracks, per_set) for tracks in ground.tracks]
    songs = library.song_names(index.lib, [track for of in some for track in of])
    return [[_shown(songs[t]) for t in of if t in songs] for of in some]


def _shown(song: Known) -> Label:
    return shown_names(song.artist, song.title, song.albumartist, song.file)


def _spread(tracks: Sequence[int], most: int) -> list[int]:
    if len(tracks) <= most:
        return list(tracks)
    return [tracks[i * len(tracks) // most] for i in range(most)]


def _asked(found: Answer, ground: Ground, places: layout.Float64Array) -> ShownRequest:
    at = {track: row for row, tracks in enumerate(ground.tracks) for track in tracks}
    songs = [pick.song for pick in found.chosen.picks]
    place = None
    if found.vector is not None:
        place = layout.middle_of_nearest(places, ground.vectors @ found.vector, AROUND)
    return ShownRequest(
        text=found.request.text,
        understood=found.understood,
        place=place,
        hits=[Marker(at[s.track], *_shown(s)) for s in songs if s.track in at],
    )


def _notes(ground: Ground, per_set: int, found: Answer | None, *, has_tree: bool) -> list[str]:
    """Return the sentences that explain the page."""
    total = sum(ground.counts)
    named = int(np.minimum(ground.counts, per_set).sum())
    sets, tracks = ground.left
    sentences = [
        f"{len(ground.sets):,} descriptor sets of {total:,} tracks: each dot is one, the larger"
        " the more tracks it describes.",
        "Sets of similar meaning are close together. Large distances and directions mean nothing.",
        _colours(has_tree),
        f"{sets:,} sets of {tracks:,} tracks are left out: a map has room for {MOST_SETS:,}."
        if sets
        else "",
        f"Not on the map: {ground.bare:,} without descriptors." if ground.bare else "",
        f"Not on the map: {ground.waiting:,} not indexed yet." if ground.waiting else "",
        f"{named:,} of the {total:,} tracks are named here, at most {per_set:,} of a set; the"
        " search finds these."
        if named < total
        else "",
        _standing(found) if found else "",
    ]
    return [sentence for sentence in sentences if sentence]


def _colours(has_tree: bool) -> str:
    if not has_tree:
        return "All dots have one colour, because beets' genre tree (of lastgenre) was not found."
    return (
        "Colours are the families of lastgenre's genre tree: a set belongs to the family of most of"
        " its descriptors."
    )


def _standing(found: Answer) -> str:
    if found.vector is None:
        return "The request has no place on the map: it does not say how the music sounds."
    return (
        f"The request is in the middle of the {AROUND} sets nearest to it in meaning; lines"
        " lead to the sets of the answer."
    )
