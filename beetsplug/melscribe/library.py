"""What MelScribe reads of a beets library: a stamp, the tracks' facts and names, a query's ids.

Facts are streamed by a connection of our own, read-only: the model API needs a minute and a
gigabyte for a large library where two cursors need seconds and 30 MB.
"""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain, groupby
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from beets.dbcore import Model
from beets.dbcore.query import ParsingError, Query
from beets.library import Item, Library, parse_query_parts
from beets.ui import UserError

from beetsplug.melscribe.stumbling import stumbling
from melscribe_core.names import Kind
from melscribe_core.playlist import Song
from melscribe_core.versions import kinds_of_types

WAL = 2  # byte 18 of the header; in WAL mode the change counter stands still
MANY = 500  # bound variables per statement
_LISTED = "SELECT value FROM json_each(?)"  # ids in one value, however many
# Where the names of each kind stand, in the order in which a name is looked for.
NAMES: dict[Kind, tuple[str, ...]] = {
    "artist": ("artist", "albumartist"),
    "title": ("title",),
    "album": ("album",),
}
_SONG = (
    *("id", "artist", "albumartist", "title", "album", "album_id", "length", "bpm"),
    *("albumtypes", "path"),
)


class Track(NamedTuple):
    """One track as it lies in the library.

    Its id, when it was added, path and file time as stored, the names and the raw
    values of the columns that were asked for, and its flexible fields. Of most tracks nobody asks
    more than whether they have changed, so values are made sense of only when they are wanted.
    """

    id: int
    added: float
    stored_path: Any
    stored_mtime: Any
    columns: tuple[str, ...]
    values: tuple[Any, ...]
    flexible: dict[str, Any]

    @property
    def path(self) -> bytes:
        """Return the path, b"" for none; libraries of other programs' making hold text."""
        path = self.stored_path
        if isinstance(path, str):
            return os.fsencode(path)
        return path if isinstance(path, bytes) else b""

    @property
    def mtime(self) -> int:
        """Return the file's time as beets knows it, in seconds, 0 for unknown."""
        return int(number(self.stored_mtime))

    @property
    def facts(self) -> dict[str, Any]:
        """Return what is known of the track, by field; absent, empty and zero values are not."""
        return {**self.flexible, **dict(_fixed_facts(self.columns, self.values))}

    @property
    def identity(self) -> tuple[object, ...]:
        """Return what differs whenever the facts do."""
        flexible = sorted(self.flexible.items()) if self.flexible else None
        return self.added, self.values, flexible


class _Sort(Protocol):
    def sort(self, items: list[Item]) -> list[Item]: ...


@dataclass(frozen=True)
class Selection:
    """A beets query as understood: the query, the sorts asked for, and the ids if SQL tells them.

    `ids` is None when the query has a part that only Python can decide; then `songs` decides it
    track by track. `said` is the query as a person would type it.
    """

    said: str
    query: Query
    sorts: tuple[_Sort, ...]
    ids: frozenset[int] | None

    def arranged(self, items: list[Item]) -> list[Item]:
        """Return the items in the order that was asked for, else as they come."""
        with stumbling("sort the tracks"):
            for sort in reversed(self.sorts):
                items = list(sort.sort(items))
        return items


class _OneOf(Query):
    """The items with one of these ids."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._ids = frozenset(map(int, ids))

    def clause(self) -> tuple[str, tuple[()]]:
        return f"items.id IN ({','.join(map(str, sorted(self._ids)))})", ()

    def match(self, obj: Model) -> bool:
        return obj.id in self._ids


def database(lib: Library) -> Path:
    """Return the path of the library's database; raise UserError for one that lives in memory."""
    path = Path(os.fsdecode(lib.path))
    if str(path) == ":memory:":
        raise UserError("melscribe needs a library on disk; this one lives in memory")
    return path


def stamp(path: Path) -> str | None:
    """Return a text that differs after any change of the library; None when it cannot be had.

    The change counter is documented at https://www.sqlite.org/fileformat.html (offset 24 of the
    header).
    """
    with path.open("rb") as file:
        header = file.read(28)
        found = os.fstat(file.fileno())
    if len(header) < 28 or header[18] == WAL:
        return None
    (counter,) = struct.unpack(">I", header[24:28])
    return f"{counter} {found.st_size} {found.st_mtime_ns} {found.st_ino}"


def tracks(
    lib: Library, fields: Iterable[str], only: Collection[int] | None = None
) -> Iterator[Track]:
    """Yield the tracks in ascending id with those of the `fields` that each or its album has.

    With `only`, no others than these. A flexible field of the album counts when the track has none.
    Raises UserError when the library cannot be read.
    """
    path = database(lib)
    try:
        with closing(_connect(path)) as db:
            yield from _read(db, fields, None if only is None else json.dumps(sorted(only)))
    except sqlite3.Error as error:
        raise unreadable(lib, error) from error


def count(lib: Library, only: Collection[int] | None = None) -> int:
    """Return how many tracks there are, or how many these are."""
    if only is not None:
        return len(only)
    with lib.transaction() as tx:
        return int(tx.query("SELECT count(*) FROM items")[0][0])


def unreadable(lib: Library, error: sqlite3.Error) -> UserError:
    """Return what to say when the library, not our index, gives an error."""
    return UserError(
        f"the library {database(lib)} cannot be read ({error}); if another beet is changing it, try"
        " again when that has finished"
    )


def names(lib: Library) -> set[str]:
    """Return what artists, titles and albums are called.

    Raises UserError when the library cannot be read.
    """
    columns = ", ".join(chain.from_iterable(NAMES.values()))
    try:
        with closing(_connect(database(lib))) as db:
            found = set(chain.from_iterable(db.execute(f"SELECT {columns} FROM items")))
    except sqlite3.Error as error:
        raise unreadable(lib, error) from error
    return {name for name in found if isinstance(name, str)}


def song_names(lib: Library, ids: Sequence[int]) -> dict[int, Song]:
    """Return what a playlist must know of these tracks; those that left the library are absent."""
    found: dict[int, Song] = {}
    with lib.transaction() as tx:
        for start in range(0, len(ids), MANY):
            part = ids[start : start + MANY]
            marks = ",".join("?" * len(part))
            sql = f"SELECT {', '.join(_SONG)} FROM items WHERE id IN ({marks})"
            found.update((row["id"], _song(row)) for row in tx.query(sql, list(part)))
    return found


def _song(row: sqlite3.Row) -> Song:
    types = text(row["albumtypes"]).split("; ")
    return Song(
        track=row["id"],
        artist=text(row["artist"]),
        title=text(row["title"]),
        album=text(row["album"]),
        seconds=number(row["length"]),
        bpm=number(row["bpm"]) or None,
        release=row["album_id"],
        kinds=kinds_of_types(types),
        albumartist=text(row["albumartist"]),
        file=_file_name(row["path"]),
    )


def _file_name(path: object) -> str:
    """Return the file's name, of a path as stored."""
    stored = os.fsdecode(path) if isinstance(path, (str, bytes)) else ""
    return os.path.basename(stored)


def albums_of_tracks(lib: Library) -> dict[int, int]:
    """Return the album of each track that lies in one."""
    with lib.transaction() as tx:
        # Not NULL, nor what somebody else wrote there.
        rows = tx.query("SELECT id, album_id FROM items WHERE typeof(album_id) = 'integer'")
    return {row["id"]: row["album_id"] for row in rows}


def tracks_of_album(lib: Library, album: int) -> list[int]:
    """Return the tracks of an album."""
    with lib.transaction() as tx:
        return [row[0] for row in tx.query("SELECT id FROM items WHERE album_id = ?", (album,))]


def items_by_id(lib: Library, ids: Sequence[int]) -> dict[int, Item]:
    """Return beets' own items by id, in the given order; tracks that have left are absent."""
    found = {track_id(item): item for item in lib.items(_OneOf(ids))} if ids else {}
    return {track: found[track] for track in ids if track in found}


def track_id(item: Item) -> int:
    """Return the id of an item that lies in a library."""
    assert item.id is not None
    return item.id


def select(lib: Library, terms: Sequence[str]) -> Selection:
    """Read beets query terms; raise UserError when beets cannot."""
    query, sort = parsed(terms)
    sorts = tuple(getattr(sort, "sorts", (sort,))) if sort else ()
    return Selection(shlex.join(terms), query, sorts, _ids(lib, query))


def parsed(terms: Sequence[str]) -> tuple[Query, Any]:
    """Return beets' query and sort, false where no order is asked for; UserError if it cannot."""
    try:
        return parse_query_parts(list(terms), Item)
    except ParsingError as error:
        raise UserError(f"the query {shlex.join(terms)} cannot be read: {error}") from error


def terms_of(query: str) -> list[str]:
    """Return the terms of a query that stands in one text, split as a shell would."""
    try:
        return shlex.split(query)
    except ValueError as error:
        raise UserError(f"the query {query} cannot be read: {error}") from error


def is_sort(term: str) -> bool:
    """Say whether a word is a sort term of beets, such as `year-`.

    A known field with a sign behind it.
    """
    return term[-1:] in ("+", "-") and term[:-1] in Item.all_keys()


def matching(lib: Library, query: Query, ids: Sequence[int]) -> set[int]:
    """Return those of the tracks that match a query which SQL cannot decide."""
    with stumbling("match the tracks with the query"):
        return {track for track, item in items_by_id(lib, ids).items() if query.match(item)}


def walked(lib: Library, query: Query) -> frozenset[int]:
    """Return all tracks that match a query which SQL cannot decide."""
    with stumbling("match the tracks with the query"):
        return frozenset(map(track_id, lib.items(query)))


def _ids(lib: Library, query: Query) -> frozenset[int] | None:
    clause, values = query.clause()
    if clause is None:
        return None
    joined = f" {Item.relation_join}" if query.field_names & Item.other_db_fields else ""
    with lib.transaction() as tx:
        rows = tx.query(f"SELECT DISTINCT items.id FROM items{joined} WHERE {clause}", list(values))
    return frozenset(row[0] for row in rows)


def text(value: object) -> str:
    """Return a text from the library, "" for none: SQLite keeps whatever somebody wrote."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def number(value: object) -> float:
    """Return a number from the library, 0 for none: SQLite keeps whatever somebody wrote."""
    return float(value) if isinstance(value, (int, float)) and isfinite(value) else 0.0


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=20.0)


def _read(db: sqlite3.Connection, fields: Iterable[str], only: str | None) -> Iterator[Track]:
    fixed, flexible = _split_fields(db, fields)
    of_albums = _album_facts(db, flexible, only)
    attributes = _merged(_attributes(db, "item_attributes", flexible, only, _LISTED))
    held = next(attributes, None)
    columns = "".join(f", {name}" for name in fixed)
    narrowed, listed = ("", ()) if only is None else (f" WHERE id IN ({_LISTED})", (only,))
    for row in db.execute(
        f"SELECT id, album_id, added, path, mtime{columns} FROM items{narrowed} ORDER BY id", listed
    ):
        while held is not None and held[0] < row[0]:
            held = next(attributes, None)
        found = held[1] if held is not None and held[0] == row[0] else {}
        if row[1] in of_albums:
            found = {**of_albums[row[1]], **found}
        yield Track(row[0], row[2], row[3], row[4], fixed, row[5:], found)


def _split_fields(
    db: sqlite3.Connection, fields: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    columns = {row[1] for row in db.execute("PRAGMA table_info(items)")}
    wanted = sorted(set(fields))
    return tuple(f for f in wanted if f in columns), tuple(f for f in wanted if f not in columns)


def _attributes(
    db: sqlite3.Connection, table: str, keys: Sequence[str], only: str | None, among: str
) -> Iterator[tuple[int, str, Any]]:
    """Return (entity, key, value) rows; with `only`, a JSON list of tracks, those of `among`."""
    marks = ",".join("?" * len(keys))
    narrowed, listed = ("", []) if only is None else (f" AND entity_id IN ({among})", [only])
    # The cursor itself: a generator left half read would complain of the closed connection.
    return db.execute(
        f"SELECT entity_id, key, value FROM {table} WHERE key IN ({marks}){narrowed}"
        " ORDER BY entity_id",
        [*keys, *listed],
    )


def _merged(rows: Iterator[tuple[int, str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for entity, group in groupby(rows, key=lambda row: row[0]):
        yield entity, {key: value for _, key, value in group if value not in (None, "")}


def _album_facts(
    db: sqlite3.Connection, keys: Sequence[str], only: str | None
) -> dict[int, dict[str, Any]]:
    of_them = f"SELECT album_id FROM items WHERE id IN ({_LISTED})"
    return dict(_merged(_attributes(db, "album_attributes", keys, only, of_them)))


def _fixed_facts(fields: Sequence[str], values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for name, value in zip(fields, values, strict=True):
        if value not in (None, "", 0):
            # Of a kind that beets does not write, such as infinity for a year: it says nothing.
            with suppress(ValueError, TypeError, OverflowError):
                yield name, Item._type(name).from_sql(value)
