"""Write a beets library of many tracks: real ones from a table, or made-up ones.

    python -m benchmarks.speed.collection FOLDER --data library.tsv.gz
    python -m benchmarks.speed.collection FOLDER --data library.tsv.gz --tracks 1000000
    python -m benchmarks.speed.collection FOLDER --synthetic 100000

Writes `library.db` into FOLDER, in the schema of the installed beets, and a `config.yaml` unless
there is one, so that `BEETSDIR=FOLDER beet describe ...` searches this library. Prints
{"tracks", "albums", "seconds"}. The audio files do not exist. `--tracks` draws whole albums from
the table; a collection larger than the table repeats them with some tags exchanged (`resampled`).

Where the tags go: genres to `genres`; moods to a flexible field `mood`, joined by "; ", because
beets has no such field; instruments to `grouping`, a fixed field that the plugin reads by default,
so that the default configuration is measured. Year and tempo are unknown (0). Every track has a
`data_source`, as after a tagged import, so that the table of flexible fields has a realistic size.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from itertools import count as count_from
from pathlib import Path
from typing import Any

from benchmarks.paths import REQUESTS
from melscribe_core.errors import MelScribeError

COLUMNS = ("track", "artist", "album", "seconds", "genres", "instruments", "moods")
ADDED = 1_700_000_000  # Unix time of the first import; the next tracks are a second apart
PART = 5_000  # rows built in memory before they are written
ALBUM_TRACKS = 10  # of a made-up album
ARTIST_ALBUMS = 3  # of a made-up artist
KEPT = 0.8  # probability that a track has a given tag of its album
MOOD_SEPARATOR = "; "

# With these values the number of distinct sets grows as in a real collection of 55,525 tracks: with
# the 0.8th power of the tracks (measured by scale.py).
MIXED = 0.3  # probability that a repeated track exchanges tags
STAYS = 0.7  # probability that it then keeps a given tag of its own
COMES = 0.3  # probability that it then gets a given tag of the other track

Row = dict[str, Any]  # column -> SQLite value


class CollectionError(MelScribeError):
    """A table or folder of tags from which no library can be made."""


@dataclass(frozen=True)
class Track:
    """One track of the table; `seconds` is its length."""

    title: str
    artist: str
    album: str
    seconds: float
    genres: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags."""
        return self.genres + self.instruments + self.moods


def read_table(path: Path) -> Iterator[Track]:
    """Yield the tracks of a gzipped, tab-separated table: COLUMNS, with tags joined by "|".

    Raises CollectionError if the file cannot be read or has other columns.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            if tuple(table.fieldnames or ()) != COLUMNS:
                raise CollectionError(
                    f"{path} has the columns {table.fieldnames}; give a table with {COLUMNS}."
                )
            yield from map(_track, table)
    except (OSError, EOFError) as error:
        raise CollectionError(
            f"The table {path} cannot be read ({error}); give a gzipped one."
        ) from error


def made_up(count: int, folder: Path = REQUESTS, seed: int = 1) -> Iterator[Track]:
    """Yield `count` tracks whose tags occur together as in the requests of the folder.

    Each album has the tag set of one request, each of its tracks a random part of it. The same
    arguments give the same tracks. Raises CollectionError if the folder has no tag sets.
    """
    rng = random.Random(seed)
    sets = _tag_sets(folder)
    for number in range(count):
        album = number // ALBUM_TRACKS
        if number % ALBUM_TRACKS == 0:
            tags = rng.choice(sets)
        yield Track(
            title=f"Track {number + 1}",
            artist=f"Artist {album // ARTIST_ALBUMS + 1}",
            album=f"Album {album + 1}",
            seconds=round(rng.uniform(90, 420), 1),
            genres=tuple(tag for tag in tags if rng.random() < KEPT),
        )


def resampled(source: Iterable[Track], count: int, seed: int = 1) -> Iterator[Track]:
    """Yield `count` tracks, in whole albums, each album once before any is repeated.

    A repeated album gets a new name and artist, and some of its tracks exchange tags with a track
    that shares one: this gives new sets of tags that do occur together. The same arguments give the
    same tracks. Raises CollectionError if the source is empty.
    """
    rng = random.Random(seed)
    albums = _albums(source)
    if not albums:
        raise CollectionError("the table holds no tracks; give one that does.")
    with_tag = _with_tag(albums)
    drawn = (
        track
        for again in count_from(0)
        for album in rng.sample(albums, len(albums))
        for track in (_varied(album, again, rng, with_tag) if again else album)
    )
    return islice(drawn, count)


def write_library(tracks: Iterable[Track], database: Path, music: Path) -> tuple[int, int]:
    """Write the tracks into a new beets library; return the numbers of tracks and albums.

    Ids are 1, 2, 3 ... in the order given. beets itself makes the file and one album of one track;
    the other rows copy the defaults of these and are inserted directly, because adding 50,000
    tracks through beets takes more than a minute. Raises CollectionError if the file exists.
    """
    if database.exists():
        raise CollectionError(f"{database} exists already; give another folder or remove it.")
    library = _new_library(database, music)
    try:
        with library.transaction() as transaction:
            item, album = _pattern_rows(library, transaction)
            numbers: dict[tuple[str, str], int] = {}
            count = 0
            for part in _parts(tracks):
                _insert(transaction, part, count, numbers, item, album)
                count += len(part)
    finally:
        library._close()
    return count, len(numbers)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _options(arguments)
    started = time.perf_counter()
    if options.data and options.tracks:
        tracks = resampled(read_table(options.data), options.tracks)
    elif options.data:
        tracks = read_table(options.data)
    else:
        tracks = made_up(options.synthetic, options.requests)
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        count, albums = write_library(
            tracks, options.folder / "library.db", options.folder / "music"
        )
    except CollectionError as error:
        sys.exit(str(error))
    _write_config(options.folder.resolve())
    seconds = round(time.perf_counter() - started, 2)
    print(json.dumps({"tracks": count, "albums": albums, "seconds": seconds}))


def _write_config(folder: Path) -> None:
    """Write a config.yaml into the folder unless it has one."""
    config = folder / "config.yaml"
    if not config.exists():
        settings = {
            "directory": str(folder / "music"),
            "library": str(folder / "library.db"),
            "plugins": ["melscribe"],
            "melscribe": {"file_tags": False},
        }
        config.write_text(f"{json.dumps(settings, indent=2)}\n", encoding="utf-8")  # JSON is YAML


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Write a collection of tracks into a beets library."
    )
    parser.add_argument("folder", type=Path, help="folder of the new library")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="a gzipped table of tracks")
    source.add_argument("--synthetic", type=int, metavar="N", help="make up N tracks")
    parser.add_argument("--tracks", type=int, metavar="N", help="draw N tracks from the table")
    parser.add_argument("--requests", type=Path, default=REQUESTS, help="folder of the tag sets")
    return parser.parse_args(arguments)


# -- tracks ----------------------------------------------------------------------------------------


def _track(row: dict[str, str]) -> Track:
    return Track(
        title=_name(row["track"]),
        artist=_name(row["artist"]),
        album=_name(row["album"]),
        seconds=float(row["seconds"] or 0),
        genres=_tags(row["genres"]),
        instruments=_tags(row["instruments"]),
        moods=_tags(row["moods"]),
    )


def _name(identifier: str) -> str:
    """Turn "artist_000014" into "Artist 14": the table has numbers for names."""
    kind, _, number = identifier.partition("_")
    return f"{kind.capitalize()} {int(number)}" if number.isdecimal() else identifier


def _tags(cell: str) -> tuple[str, ...]:
    return tuple(tag for tag in cell.split("|") if tag)


def _albums(tracks: Iterable[Track]) -> list[list[Track]]:
    albums: dict[tuple[str, str], list[Track]] = {}
    for track in tracks:
        albums.setdefault((track.artist, track.album), []).append(track)
    return list(albums.values())


def _with_tag(albums: Sequence[Sequence[Track]]) -> dict[str, list[Track]]:
    found: dict[str, list[Track]] = {}
    for track in chain.from_iterable(albums):
        for tag in track.tags:
            found.setdefault(tag, []).append(track)
    return found


def _varied(
    album: Sequence[Track], number: int, rng: random.Random, with_tag: Mapping[str, list[Track]]
) -> Iterator[Track]:
    """Yield the tracks of a repeated album, under another name and artist."""
    for track in album:
        named = replace(
            track, artist=f"{track.artist} ({number})", album=f"{track.album} ({number})"
        )
        if track.tags and rng.random() < MIXED:
            yield _mixed(named, rng.choice(with_tag[rng.choice(track.tags)]), rng)
        else:
            yield named


def _mixed(track: Track, other: Track, rng: random.Random) -> Track:
    """Return a track with some of its tags and some of another's; unchanged if none is left."""

    def mix(own: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
        stay = [tag for tag in own if rng.random() < STAYS]
        come = [tag for tag in others if tag not in own and rng.random() < COMES]
        return (*stay, *come)

    mixed = replace(
        track,
        genres=mix(track.genres, other.genres),
        instruments=mix(track.instruments, other.instruments),
        moods=mix(track.moods, other.moods),
    )
    return mixed if mixed.tags else track


def _tag_sets(folder: Path) -> list[list[str]]:
    sets = [
        json.loads(line)["tags"]
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    if not sets:
        raise CollectionError(
            f"{folder} holds no tag sets; give the folder of the requests' jsonl files."
        )
    return sets


# -- the library -----------------------------------------------------------------------------------


def _new_library(database: Path, music: Path) -> Any:
    import beets
    from beets.library import Library

    beets.config.clear()  # leave out the user's settings
    beets.config.read(user=False)
    beets.config["create_backup_before_migrations"] = False
    return Library(str(database), str(music))


def _pattern_rows(library: Any, transaction: Any) -> tuple[Row, Row]:
    """Return the row of an item and of an album as beets writes them, and delete both."""
    from beets.library import Item

    path = Path(library.directory.decode()) / "pattern"
    library.add_album([Item(path=str(path).encode())])
    rows = tuple(
        dict(transaction.query(f"SELECT * FROM {table}")[0]) for table in ("items", "albums")
    )
    for table in ("items", "albums", "item_attributes", "album_attributes"):
        transaction.mutate(f"DELETE FROM {table}")
    return rows[0], rows[1]


def _parts(tracks: Iterable[Track]) -> Iterator[list[Track]]:
    rest = iter(tracks)
    while part := list(islice(rest, PART)):
        yield part


def _insert(
    transaction: Any,
    part: Sequence[Track],
    before: int,
    numbers: dict[tuple[str, str], int],
    item: Row,
    album: Row,
) -> None:
    """Insert one part of the tracks; add its new albums to `numbers`, (artist, album) -> id.

    The library already has `before` tracks and the albums in `numbers`.
    """
    genres = _genres_to_sql()
    items: list[Row] = []
    albums: list[Row] = []
    flexible: list[Row] = []
    for number, track in enumerate(part, before + 1):
        key = (track.artist, track.album)
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            albums.append(album | _album_columns(track, numbers[key], genres(track.genres)))
        items.append(item | _item_columns(track, number, numbers[key], genres(track.genres)))
        flexible.extend(_flexible_rows(track, number))
    for table, rows in (("albums", albums), ("items", items), ("item_attributes", flexible)):
        _insert_rows(transaction, table, rows)


def _genres_to_sql() -> Callable[[Sequence[str]], str]:
    from beets.dbcore.types import MULTI_VALUE_DSV

    return lambda genres: str(MULTI_VALUE_DSV.to_sql(list(genres)))


def _item_columns(track: Track, number: int, album: int, genres: str) -> Row:
    return {
        "id": number,
        "album_id": album,
        # relative to the `directory` of the configuration, as beets stores paths
        "path": f"{track.artist}/{track.album}/{track.title}.mp3".encode(),
        "title": track.title,
        "artist": track.artist,
        "albumartist": track.artist,
        "album": track.album,
        "genres": genres,
        "grouping": ", ".join(track.instruments),
        "length": track.seconds,
        "format": "MP3",
        "bitrate": 320_000,
        "samplerate": 44_100,
        "channels": 2,
        "mtime": float(ADDED),
        "added": float(ADDED + number),
    }


def _album_columns(track: Track, number: int, genres: str) -> Row:
    return {
        "id": number,
        "album": track.album,
        "albumartist": track.artist,
        "genres": genres,
        "added": float(ADDED + number),
    }


def _flexible_rows(track: Track, number: int) -> Iterator[Row]:
    yield {"entity_id": number, "key": "data_source", "value": "MusicBrainz"}
    if track.moods:
        yield {"entity_id": number, "key": "mood", "value": MOOD_SEPARATOR.join(track.moods)}


def _insert_rows(transaction: Any, table: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    names = ", ".join(rows[0])
    marks = ", ".join("?" * len(rows[0]))
    transaction.mutate_many(
        f"INSERT INTO {table} ({names}) VALUES ({marks})", [tuple(row.values()) for row in rows]
    )


if __name__ == "__main__":
    main()
