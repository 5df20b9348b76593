"""Print what poor tags cost: the same library and requests, with ever fewer of its tags.

    python results/poor_tags.py

The library is made like the demo's, of the development requests' tag sets, which no encoder learns
from. What lastgenre would leave of them is worked out from its whitelist: Last.fm is not asked.
Each track's own requests are asked; right is a list of ten that holds the recording.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import Any

import beets
import confuse
from beets.library import Item, Library

sys.path.insert(0, str(Path(__file__).parents[1]))

from beetsplug.melscribe import output
from beetsplug.melscribe.answer import NothingFoundError, answer
from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings, read_settings
from demo import make_library
from demo.make_library import Track
from melscribe_core.descriptors.sets import SEPARATOR

DEV = Path(__file__).parents[1] / "trainer" / "data" / "requests" / "dev.jsonl"
ARTISTS = 30  # the development requests have tag sets for so many
KEPT = 5  # genres, with `count: 5`
KINDS = ("terse", "spoken", "reworded")  # of each tag set's three requests

Retag = Callable[[list[Track]], Iterable[Track]]  # the tracks of an album


@dataclass(frozen=True)
class Outcome:
    """How one library did: descriptors of a track, and the share of lists that are right."""

    descriptors: float
    found: tuple[float, ...]  # by kind of request


def whitelist() -> frozenset[str]:
    """Return the genres that lastgenre lets through."""
    spec = find_spec("beetsplug.lastgenre")
    assert spec is not None
    assert spec.origin is not None
    lines = Path(spec.origin).with_name("genres.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(lines)


GENRES = whitelist()


def as_tagged(album: list[Track]) -> Iterable[Track]:
    """Keep all: genres, moods and styles."""
    return album


def one_per_album(album: list[Track]) -> Iterator[Track]:
    """Keep the album's most frequent genre: lastgenre as it comes, `count: 1`, `source: album`."""
    counted = Counter(genre for track in album for genre in track.genres if genre in GENRES)
    best = tuple(genre for genre, _ in counted.most_common(1))
    return (replace(track, genres=best, moods=(), styles=()) for track in album)


def five_per_track(album: list[Track]) -> Iterator[Track]:
    """Keep five genres of the whitelist: `count: 5`, `source: track`."""
    for track in album:
        kept = tuple(genre for genre in track.genres if genre in GENRES)[:KEPT]
        yield replace(track, genres=kept, moods=(), styles=())


def five_of_any_kind(album: list[Track]) -> Iterator[Track]:
    """Keep five tags, moods too: the same with `whitelist: no`."""
    for track in album:
        tags = (*track.genres, *track.moods, *track.styles)[:KEPT]
        yield replace(track, genres=tags, moods=(), styles=())


VARIANTS: dict[str, Retag] = {
    "`count: 1`, `source: album` (lastgenre as it comes)": one_per_album,
    "`count: 5`, `source: track`": five_per_track,
    "`count: 5`, `source: track`, `whitelist: no`": five_of_any_kind,
    "genres, moods and styles as people tagged them": as_tagged,
}


def asked(tracks: Iterable[Track]) -> list[tuple[str, str]]:
    """Return (title, request) pairs: each recording with its three requests, in their order."""
    rows = map(json.loads, DEV.read_text(encoding="utf-8").splitlines())
    of_words = {
        frozenset(tag for tag in row["tags"] if not list(make_library._numbers(tag))): row
        for row in rows
        if row["region"] != "chat"
    }
    pairs = {}  # a recording that another album repeats is asked for once
    for track in tracks:
        if row := of_words.get(frozenset((*track.genres, *track.moods, *track.styles))):
            pairs[track.title] = row["requests"]
    return [(title, request) for title, three in pairs.items() for request in three]


def albums() -> list[list[Track]]:
    """Return the made-up library, album by album."""
    make_library.ARTISTS = ARTISTS
    by_album: dict[tuple[str, str], list[Track]] = {}
    for track in make_library.plan(make_library.read_tag_sets(DEV)):
        by_album.setdefault((track.artist, track.album), []).append(track)
    return list(by_album.values())


def measure(library: list[list[Track]], retag: Retag, pairs: list[tuple[str, str]]) -> Outcome:
    """Make the library as `retag` leaves it and ask for each recording."""
    ours = read_settings(_section())
    with tempfile.TemporaryDirectory() as folder:
        lib = Library(str(Path(folder) / "library.db"), folder)
        with lib.transaction():
            for album in library:
                for track in retag(album):
                    lib.add(_item(track, folder))

        def run(index: LibraryIndex) -> Outcome:
            index.refresh(output.no_progress)
            held = [len(text.split(SEPARATOR)) for _, text in index.catalogue.described() if text]
            right = [title in _titles(index, ours, request) for title, request in pairs]
            shares = tuple(fmean(right[kind :: len(KINDS)]) for kind in range(len(KINDS)))
            return Outcome(sum(held) / sum(map(len, library)), shares)

        outcome = with_index(lib, ours, run)
        lib._close()
    return outcome


def _titles(index: LibraryIndex, ours: Settings, request: str) -> set[str]:
    """Return the titles of ten tracks; a live version counts as the recording."""
    options = {"number": 10, "min_score": 0, "lenient": True}
    try:
        found = answer(index, UserRequest(request, options=options), ours, None)
    except NothingFoundError:
        return set()
    return {pick.song.title.removesuffix(" (Live)") for pick in found.chosen.picks}


def _item(track: Track, folder: str) -> Item:
    values: dict[str, Any] = {
        "path": os.fsencode(Path(folder, track.path)),
        "artist": track.artist,
        "title": track.title,
        "album": track.album,
        "length": float(track.seconds),
        "year": track.year or 0,
        "bpm": track.bpm or 0,
        "genres": list(track.genres),
        "mood": "; ".join(track.moods),
        "style": "; ".join(track.styles),
    }
    return Item(**values)


def _section() -> confuse.ConfigView:
    config = confuse.Configuration("results", read=False)
    config["melscribe"].add({**DEFAULTS, "file_tags": False})
    return config["melscribe"]


def main() -> None:
    """Print the table."""
    beets.config["create_backup_before_migrations"] = False
    library = albums()
    pairs = asked(track for album in library for track in album)
    print(f"| tags | descriptors of a track | {' | '.join(KINDS)} |")
    print("|---|---:|" + "---:|" * len(KINDS))
    for name, retag in VARIANTS.items():
        outcome = measure(library, retag, pairs)
        cells = " | ".join(f"{100 * share:.0f} %" for share in outcome.found)
        print(f"| {name} | {outcome.descriptors:.1f} | {cells} |", flush=True)
    print(f"\n{len(pairs) // len(KINDS)} recordings among {sum(map(len, library))} tracks")


if __name__ == "__main__":
    main()
