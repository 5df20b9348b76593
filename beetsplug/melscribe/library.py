"""What MelScribe reads of a beets library: a stamp, the tracks' facts and names, a query's ids.

Facts are streamed by a connection of our own, read-only: the model API needs a minute and a
gigabyte for a large library where two cursors need seconds and 30 MB.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from itertools import chain, groupby
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from beets.dbcore import Model
from beets.dbcore.query import Query
from beets.library import Item, Library
from beets.ui import UserError

from beetsplug.melscribe import errors
from melscribe_core.descriptors.sets import FROM_ALBUM

if TYPE_CHECKING:
    from melscribe_core.request.names import NameKind
    from melscribe_core.songs.song import Song

WAL = 2  # byte 18 of the header; in WAL mode the change counter stands still
MANY = 500  # bound variables per statement
_LISTED = "SELECT value FROM json_each(?)"  # ids in one value, however many
# Where the names of each kind stand, in the order in which a name is looked for.
# Which of these are columns depends on the version of beets, and on the age of the library; the
# others may be flexible fields, of tracks or of their albums.
NAMES: dict[NameKind, tuple[str, ...]] = {
    "artist": ("artist", "albumartist", "artists", "albumartists"),
    "credit": tuple(
        name
        for role in ("composer", "performer", "arranger", "lyricist", "conductor", "remixer")
        for name in (role, f"{role}s")
    ),
    "title": ("title",),
    "album": ("album",),
}
_SEVERAL = {
    "artist": re.compile(r"\\␀"),  # how beets joins the values of one field
    "credit": re.compile(r"\\␀|\s*;\s*|\s+/\s+|(?<=\w{4})/(?=\w{4})"),
}
_JOINT = re.compile("[␀;/,]")  # in a value that may hold several
_SONG = (
    *("id", "artist", "albumartist", "title", "album", "album_id", "length", "bpm"),
    *("albumtypes", "path"),
)


class Track(NamedTuple):
    """One track as it lies in the library.

    Its id, when it was added, path and file time as stored, title, album and artist, the names and
    the raw values of the columns that were asked for, its flexible fields, and the raw values of
    the fields in which it has none and its album has one. Of most tracks only whether they have
    changed is asked, so values are made sense of when they are wanted.
    """

    id: int
    added: float
    stored_path: Any
    stored_mtime: Any
    names: tuple[Any, ...]
    columns: tuple[str, ...]
    values: tuple[Any, ...]
    flexible: dict[str, Any]
    of_album: dict[str, Any]

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
        """Return what is known of the track, by field; absent, empty and zero values are not.

        FROM_ALBUM stands in front of the fields that only its album has.
        """
        fixed = _fixed_facts(zip(self.columns, self.values, strict=True))
        lent = {name: self.of_album[name] for name in self.of_album.keys() - set(self.columns)}
        lent |= _fixed_facts((f, v) for f, v in self.of_album.items() if f in self.columns)
        of_album = {FROM_ALBUM + name: value for name, value in lent.items()}
        return {**self.flexible, **dict(fixed), **of_album}

    @property
    def identity(self) -> tuple[object, ...]:
        """Return what differs whenever the facts or the names do."""
        flexible = sorted(self.flexible.items()) if self.flexible else None
        of_album = sorted(self.of_album.items()) if self.of_album else None
        return self.added, self.values, flexible, of_album, self.names, self.folders

    @property
    def folders(self) -> tuple[bytes, ...]:
        """Return the names of the two folders that the file lies in, the inner one first."""
        return tuple(self.path.split(os.sep.encode())[-2:-4:-1])

    @property
    def called(self) -> str:
        """Return title, album, artist and folders as one text, each once."""
        names = (*map(text, self.names), *map(os.fsdecode, self.folders))
        legible = (name.encode("utf-8", "replace").decode("utf-8") for name in names)
        return "\n".join(dict.fromkeys(filter(None, legible)))


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

    With `only`, no others than these. A field of the album counts when the track has none.
    Raises UserError when the library cannot be read.
    """
    path = database(lib)
    try:
        with closing(_connect(path)) as db:
            yield from _read(db, fields, None if only is None else json.dumps(sorted(only)))
    except sqlite3.Error as error:
        raise errors.unreadable(lib, error) from error


def count(lib: Library, only: Collection[int] | None = None) -> int:
    """Return how many tracks there are, or how many these are."""
    if only is not None:
        return len(only)
    with lib.transaction() as tx:
        return int(tx.query("SELECT count(*) FROM items")[0][0])


def names(lib: Library) -> dict[NameKind, set[str]]:
    """Return what artists, credited people, titles and albums are called.

    Raises UserError when the library cannot be read.
    """
    try:
        with closing(_connect(database(lib))) as db:
            return {kind: set(_distinct_names(db, kind)) for kind in NAMES}
    except sqlite3.Error as error:
        raise errors.unreadable(lib, error) from error


def name_rows(lib: Library, kind: NameKind) -> list[tuple[int, str]]:
    """Return each track with its names of a kind, in the order of the fields.

    Raises UserError when the library cannot be read.
    """
    try:
        with closing(_connect(database(lib))) as db:
            return list(_name_rows(db, kind))
    except sqlite3.Error as error:
        raise errors.unreadable(lib, error) from error


def _distinct_names(db: sqlite3.Connection, kind: NameKind) -> Iterator[str]:
    columns = _name_columns(db, kind)
    rows = db.execute(f"SELECT {', '.join(columns or ('NULL',))} FROM items")
    values = set(chain.from_iterable(rows))
    values.update(said for _, said in _flexible_names(db, kind))
    return (name for value in values for name in _each(value, kind))


def _name_rows(db: sqlite3.Connection, kind: NameKind) -> Iterator[tuple[int, str]]:
    for column in _name_columns(db, kind):
        for track, said in db.execute(f"SELECT id, {column} FROM items WHERE {column} != ''"):
            for one in _each(said, kind):
                yield track, one
    for track, said in _flexible_names(db, kind):
        for one in _each(said, kind):
            yield track, one


def _name_columns(db: sqlite3.Connection, kind: NameKind) -> tuple[str, ...]:
    held = {row[1] for row in db.execute("PRAGMA table_info(items)")}
    return tuple(name for name in NAMES[kind] if name in held)


def _flexible_names(db: sqlite3.Connection, kind: NameKind) -> Iterator[tuple[int, object]]:
    """Yield tracks with the values of their own flexible fields, then of their albums'."""
    fields = NAMES[kind] if kind in _SEVERAL else ()  # everything has a title and an album
    keys = ",".join("?" * len(fields))
    yield from db.execute(
        f"SELECT entity_id, value FROM item_attributes WHERE key IN ({keys})", fields
    )
    yield from db.execute(
        "SELECT items.id, value FROM album_attributes JOIN items ON album_id = entity_id"
        f" WHERE key IN ({keys})",
        fields,
    )


def _each(said: object, kind: NameKind) -> Sequence[str]:
    """Return the names that a value holds; () for none."""
    name = text(said)
    several = _SEVERAL.get(kind) if _JOINT.search(name) else None
    if several is None:
        return (name,)
    parts = tuple(filter(None, several.split(name)))
    return tuple(map(_in_usual_order, parts)) if kind == "credit" else parts


def _in_usual_order(name: str) -> str:
    """Return "Frédéric Chopin" of "Chopin, Frédéric"; other names as they are."""
    last, comma, first = name.partition(", ")
    several = "," in first or (" " in last and " " in first)  # "John Lennon, Paul McCartney"
    return name if not comma or several else f"{first} {last}"


def song_names(lib: Library, ids: Sequence[int]) -> dict[int, Song]:
    """Return what a playlist must know of these tracks; those that left the library are absent."""
    from melscribe_core.songs.song import Song, kinds_of_types  # an index run needs neither

    def song(row: sqlite3.Row) -> Song:
        return Song(
            track=row["id"],
            artist=text(row["artist"]),
            title=text(row["title"]),
            album=text(row["album"]),
            seconds=number(row["length"]),
            bpm=number(row["bpm"]) or None,
            release=row["album_id"],
            kinds=kinds_of_types(text(row["albumtypes"]).split("; ")),
            albumartist=text(row["albumartist"]),
            file=_file_name(row["path"]),
        )

    found: dict[int, Song] = {}
    with lib.transaction() as tx:
        for start in range(0, len(ids), MANY):
            part = ids[start : start + MANY]
            marks = ",".join("?" * len(part))
            sql = f"SELECT {', '.join(_SONG)} FROM items WHERE id IN ({marks})"
            found.update((row["id"], song(row)) for row in tx.query(sql, list(part)))
    return found


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
    shared, fixed, flexible = _split_fields(db, fields)
    albums = _Albums(db, shared, fixed, flexible, only)
    attributes = _merged(_attributes(db, "item_attributes", flexible, only, _LISTED))
    held = next(attributes, None)
    columns = "".join(f", {name}" for name in fixed)
    narrowed, listed = ("", ()) if only is None else (f" WHERE id IN ({_LISTED})", (only,))
    for row in db.execute(
        f"SELECT id, album_id, added, path, mtime, title, album, artist{columns}"
        f" FROM items{narrowed} ORDER BY id",
        listed,
    ):
        while held is not None and held[0] < row[0]:
            held = next(attributes, None)
        found = held[1] if held is not None and held[0] == row[0] else {}
        values = row[8:]
        of_album = albums.lent(row[1], values, found)
        yield Track(row[0], row[2], row[3], row[4], row[5:8], fixed, values, found, of_album)


class _Albums:
    """What albums say of their tracks, by album: columns that tracks have too, and attributes."""

    def __init__(
        self,
        db: sqlite3.Connection,
        shared: tuple[str, ...],
        fixed: tuple[str, ...],
        flexible: tuple[str, ...],
        only: str | None,
    ) -> None:
        """Read them; `shared` are the first of `fixed`, the columns of a track that are read."""
        self._shared, self._places = shared, {name: at for at, name in enumerate(fixed)}
        of_them = f"SELECT album_id FROM items WHERE id IN ({_LISTED})"
        keys = (*fixed[len(shared) :], *flexible)  # an album may have a grouping as an attribute
        rows = _attributes(db, "album_attributes", keys, only, of_them)
        self._attributes = dict(_merged(rows))
        self._columns = _columns_of_albums(db, shared, only, of_them) if shared else {}

    def lent(self, album: Any, values: tuple[Any, ...], flexible: dict[str, Any]) -> dict[str, Any]:
        """Return by field what an album says where its track says nothing itself."""
        lent: dict[str, Any] = {}
        theirs = self._columns.get(album)
        if theirs is not None and theirs != (mine := values[: len(theirs)]):  # mostly they agree
            rows = zip(self._shared, mine, theirs, strict=True)
            lent = {name: value for name, own, value in rows if value and not own}
        for name, value in self._attributes.get(album, _NO_ATTRIBUTES).items():
            at = self._places.get(name)
            if not (flexible.get(name) if at is None else values[at]):
                lent[name] = value
        return lent


_NO_ATTRIBUTES: dict[str, Any] = {}


def _split_fields(
    db: sqlite3.Connection, fields: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the columns of albums and tracks, those with the others of tracks, and the rest."""
    of_items, of_albums = _columns(db, "items"), _columns(db, "albums")
    wanted = sorted(set(fields))
    shared = tuple(f for f in wanted if f in of_items & of_albums)
    others = tuple(f for f in wanted if f in of_items - of_albums)
    return shared, shared + others, tuple(f for f in wanted if f not in of_items)


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}


def _columns_of_albums(
    db: sqlite3.Connection, names: Sequence[str], only: str | None, of_them: str
) -> dict[object, tuple[Any, ...]]:
    narrowed, listed = ("", ()) if only is None else (f" WHERE id IN ({of_them})", (only,))
    rows = db.execute(f"SELECT id, {', '.join(names)} FROM albums{narrowed}", listed)
    return {row[0]: row[1:] for row in rows if any(row[1:])}


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


def _fixed_facts(raw: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for name, value in raw:
        if value not in (None, "", 0):
            # Of a kind that beets does not write, such as infinity for a year: it says nothing.
            with suppress(ValueError, TypeError, OverflowError):
                yield name, Item._type(name).from_sql(value)
