"""Measure recall on one library with fewer and fewer of its tags.

    python -m benchmarks.quality.poor_tags

The library is made as in the demo, from the tag sets of the development requests, on which no
encoder is trained. The tags that lastgenre would keep are computed with its whitelist, without
Last.fm. Each recording is requested with its own three requests; a list of ten tracks is right if
it has the recording.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import Any

import beets
from beets.library import Item, Library

from beetsplug.melscribe import progress
from beetsplug.melscribe.answer import NothingFoundError, answer
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings
from benchmarks.paths import REQUESTS
from benchmarks.settings import plugin_settings
from demo import make_library
from demo.make_library import Track
from melscribe_core.descriptors.sets import SEPARATOR

DEV = REQUESTS / "dev.jsonl"
ARTISTS = 30  # as many as the development requests have tag sets for
KEPT = 5  # genres of a track, with `count: 5`
KINDS = ("terse", "spoken", "reworded")  # the three requests of a tag set, in order

Retag = Callable[[list[Track]], Iterable[Track]]  # takes the tracks of one album


@dataclass(frozen=True)
class Outcome:
    """Result of one library: descriptors per track, and the share of right lists."""

    descriptors: float
    found: tuple[float, ...]  # for each of KINDS


def whitelist() -> frozenset[str]:
    """Return the genres in the whitelist of lastgenre."""
    spec = find_spec("beetsplug.lastgenre")
    assert spec is not None
    assert spec.origin is not None
    lines = Path(spec.origin).with_name("genres.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(lines)


GENRES = whitelist()


def as_tagged(album: list[Track]) -> Iterable[Track]:
    """Keep all genres, moods and styles."""
    return album


def one_per_album(album: list[Track]) -> Iterator[Track]:
    """Keep the most frequent genre of the album: the defaults `count: 1`, `source: album`."""
    counted = Counter(genre for track in album for genre in track.genres if genre in GENRES)
    best = tuple(genre for genre, _ in counted.most_common(1))
    return (replace(track, genres=best, moods=(), styles=()) for track in album)


def five_per_track(album: list[Track]) -> Iterator[Track]:
    """Keep five whitelisted genres: `count: 5`, `source: track`."""
    for track in album:
        kept = tuple(genre for genre in track.genres if genre in GENRES)[:KEPT]
        yield replace(track, genres=kept, moods=(), styles=())


def five_of_any_kind(album: list[Track]) -> Iterator[Track]:
    """Keep five tags of any kind: the same with `whitelist: no`."""
    for track in album:
        tags = (*track.genres, *track.moods, *track.styles)[:KEPT]
        yield replace(track, genres=tags, moods=(), styles=())


VARIANTS: dict[str, Retag] = {
    "`count: 1`, `source: album` (the defaults of lastgenre)": one_per_album,
    "`count: 5`, `source: track`": five_per_track,
    "`count: 5`, `source: track`, `whitelist: no`": five_of_any_kind,
    "genres, moods and styles as people tagged them": as_tagged,
}


def asked(tracks: Iterable[Track]) -> list[tuple[str, str]]:
    """Return (title, request) pairs: each recording with its three requests, in order."""
    rows = map(json.loads, DEV.read_text(encoding="utf-8").splitlines())
    of_words = {
        frozenset(tag for tag in row["tags"] if not list(make_library._numbers(tag))): row
        for row in rows
        if row["region"] != "chat"
    }
    pairs = {}  # once for a recording that is on two albums
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


def measure(
    library: list[list[Track]],
    retag: Retag,
    pairs: list[tuple[str, str]],
    *,
    siblings: bool = True,
) -> Outcome:
    """Make the library with the tags that `retag` keeps; request each recording."""
    ours = plugin_settings(file_tags=False, siblings=siblings)
    with tempfile.TemporaryDirectory() as folder:
        lib = Library(str(Path(folder) / "library.db"), folder)
        with lib.transaction():
            for number, album in enumerate(library, 1):
                for track in retag(album):
                    lib.add(_item(track, folder, number))

        def run(index: LibraryIndex) -> Outcome:
            index.refresh(progress.none)
            held = [
                len(text.split(SEPARATOR)) for _, text in index.catalogue.tracks.described() if text
            ]
            right = [title in _titles(index, ours, request) for title, request in pairs]
            shares = tuple(fmean(right[kind :: len(KINDS)]) for kind in range(len(KINDS)))
            return Outcome(sum(held) / sum(map(len, library)), shares)

        outcome = with_index(lib, ours, run)
        lib._close()
    return outcome


def _titles(index: LibraryIndex, ours: Settings, request: str) -> set[str]:
    """Return the titles of an answer of ten tracks; a live version counts as the recording."""
    options = {"number": 10, "min_score": 0, "lenient": True}
    try:
        found = answer(index, UserRequest(request, options=options), ours, None)
    except NothingFoundError:
        return set()
    return {pick.song.title.removesuffix(" (Live)") for pick in found.chosen.picks}


def _item(track: Track, folder: str, album: int) -> Item:
    values: dict[str, Any] = {
        "album_id": album,
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    _options(arguments)
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


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure recall with fewer and fewer tags.")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
