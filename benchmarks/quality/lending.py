"""Measure what siblings bring: recall on one library of which a part has lost its genres.

    python -m benchmarks.quality.lending
    python -m benchmarks.quality.lending --data library.tsv.gz

With a real collection (its columns are those of benchmarks.speed.collection), the genres of a
random part of its tracks, albums or artists are hidden, and what their siblings lend is compared
with them. Without one, requests are answered: the library is that of `poor_tags`, and a random
part of the tracks, or of the albums, loses all its tags but years and tempi, or only its genres and
styles. Each recording is requested with its own three requests, as there. A list of ten tracks is
right if it has the recording.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import beets

from benchmarks.quality.poor_tags import KINDS, albums, asked, measure
from benchmarks.speed.collection import Track as CollectionTrack
from benchmarks.speed.collection import read_table
from benchmarks.speed.table import markdown
from demo.make_library import Track
from melscribe_core.catalogue.tracks import Described
from melscribe_core.descriptors.sets import SEPARATOR, text_of
from melscribe_core.lending.siblings import Siblings, lent_by_siblings

LOST = 0.5  # share of the tracks, or albums, that lose tags
Library = list[list[Track]]
Lose = Callable[[Track], Track]


def all_tags(track: Track) -> Track:
    """Return a track without genres, moods and styles."""
    return replace(track, genres=(), moods=(), styles=())


def genres(track: Track) -> Track:
    """Return a track without genres and styles."""
    return replace(track, genres=(), styles=())


def by_track(library: Library, lose: Lose) -> Library:
    """Let random tracks lose tags."""
    draw = random.Random(1)
    return [[lose(t) if draw.random() < LOST else t for t in album] for album in library]


def by_album(library: Library, lose: Lose) -> Library:
    """Let all tracks of random albums lose tags."""
    draw = random.Random(1)
    return [[lose(t) for t in album] if draw.random() < LOST else album for album in library]


CASES: dict[str, Callable[[Library], Library]] = {
    "nothing is lost": lambda library: library,
    "half of the tracks lost all tags": lambda library: by_track(library, all_tags),
    "half of the albums lost all tags": lambda library: by_album(library, all_tags),
    "half of the tracks lost their genres": lambda library: by_track(library, genres),
    "half of the albums lost their genres": lambda library: by_album(library, genres),
}


def compared(tracks: Sequence[CollectionTrack]) -> str:
    """Return the table of what is lent to tracks whose genres are hidden, against their own."""
    own = {number: text_of(track.genres) for number, track in enumerate(tracks, 1)}
    albums = {name: at for at, name in enumerate({track.album for track in tracks}, 1)}
    groups: dict[str, Sequence[object]] = {
        "tracks": list(range(len(tracks))),
        "albums": [track.album for track in tracks],
        "artists' tracks but one": [track.artist for track in tracks],
    }
    rows = []
    for name, group in groups.items():
        hidden = _hidden(group, all_but_one=name.startswith("artists"))
        described = [
            Described(n, "" if n in hidden else own[n], "", albums[track.album], track.artist)
            for n, track in enumerate(tracks, 1)
        ]
        lent = lent_by_siblings(described)
        rows.append([name, *_agreement(own, {n for n in hidden if own[n]}, lent)])
    head = ("hidden: half of the", "tracks", "lent any", "by the album", "right", "own found")
    return markdown(head, rows)


def _hidden(groups: Sequence[object], *, all_but_one: bool) -> set[int]:
    """Return the tracks, numbered from 1, of a random half of the groups."""
    draw = random.Random(1)
    chosen = {group for group in dict.fromkeys(groups) if draw.random() < LOST}
    hidden, seen = set(), set()
    for number, group in enumerate(groups, 1):
        if group in chosen and (group in seen or not all_but_one):
            hidden.add(number)
        seen.add(group)
    return hidden


def _agreement(own: dict[int, str], hidden: set[int], lent: dict[int, Siblings]) -> list[str]:
    """Return the cells: tracks, lent any, by albums, right of what is lent, found of their own."""
    pairs = [(set(own[n].split(SEPARATOR)), {name for name, _ in lent.get(n, ())}) for n in hidden]
    some = [n for n in hidden if n in lent]
    by_album = sum(lent[n][0][1] == "album" for n in some)
    right = sum(len(mine & theirs) for mine, theirs in pairs)
    given, wanted = sum(len(theirs) for _, theirs in pairs), sum(len(mine) for mine, _ in pairs)
    shares = (len(some) / len(hidden), by_album / len(some), right / given, right / wanted)
    return [f"{len(hidden):,}", *(f"{100 * share:.0f} %" for share in shares)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    if options.data:
        print(compared(list(read_table(options.data))))
        return
    beets.config["create_backup_before_migrations"] = False
    whole = albums()
    pairs = asked(track for album in whole for track in album)
    print(f"| library | siblings | {' | '.join(KINDS)} |")
    print("|---|---|" + "---:|" * len(KINDS))
    for name, lose in CASES.items():
        library = lose(whole)
        for siblings in (False, True):
            outcome = measure(library, lambda album: album, pairs, siblings=siblings)
            cells = " | ".join(f"{100 * share:.1f} %" for share in outcome.found)
            print(f"| {name} | {'yes' if siblings else 'no'} | {cells} |", flush=True)
    print(f"\n{len(pairs) // len(KINDS)} recordings among {sum(map(len, whole))} tracks")


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what siblings bring.")
    parser.add_argument("--data", type=Path, help="a gzipped table of tracks")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
