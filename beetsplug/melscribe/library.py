"""Reading a beets library: change stamp, tracks and their fields, names, items by id.

Tracks are streamed through a separate read-only connection: for a large library beets' model API
needs a minute and a gigabyte, two cursors need seconds and 30 MB.
"""

from __future__ import annotations

import json
import os
import sqlite3
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import lru_cache
from itertools import groupby
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from beets.dbcore import Results
from beets.library import Item, Library
from beets.ui import UserError

from beetsplug.melscribe import errors
from melscribe_core.catalogue.file_tags import PATH_AND_MTIME, File
from melscribe_core.catalogue.integrity import file_at
from melscribe_core.descriptors.sets import FROM_ALBUM

if TYPE_CHECKING:
    from melscribe_core.request.names import NameKind
    from melscribe_core.songs.song import Kinds, Song

WAL = 2  # byte 18 of the header; in WAL mode the change counter does not change
_LISTED = "SELECT value FROM json_each(?)"  # any number of ids in one bound variable
# The fields with the names of each kind, in the order in which a name is looked up.
# Which of them are columns depends on the version of beets and the age of the library; the others
# may be flexible fields of tracks or of their albums.
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
_SONG = (
    *("id", "artist", "albumartist", "title", "album", "album_id", "length", "bpm"),
    *("albumtypes", "path"),
)


class Track(NamedTuple):
    """One track, with raw values as stored in the library.

    `added` is a Unix time, `album` the id of its album; `names` are title, the album's name and
    artist; `values` belong to `columns`;
    `of_album` holds the album's values of fields that the track itself leaves empty. Values are
    decoded only on use: most tracks are only compared with the index.
    """

    id: int
    album: Any
    added: float
    stored_path: Any
    names: tuple[Any, ...]
    columns: tuple[str, ...]
    values: tuple[Any, ...]
    flexible: dict[str, Any]
    of_album: dict[str, Any]

    @property
    def path(self) -> bytes:
        """Return the path as stored, b"" for none."""
        return _path(self.stored_path)

    @property
    def facts(self) -> dict[str, Any]:
        """Return the track's values by field, without absent, empty and zero values.

        Names of fields that only the album has are prefixed with FROM_ALBUM.
        """
        fixed = _fixed_facts(zip(self.columns, self.values, strict=True))
        lent = {name: self.of_album[name] for name in self.of_album.keys() - set(self.columns)}
        lent |= _fixed_facts((f, v) for f, v in self.of_album.items() if f in self.columns)
        of_album = {FROM_ALBUM + name: value for name, value in lent.items()}
        return {**self.flexible, **dict(fixed), **of_album}

    @property
    def folders(self) -> tuple[bytes, ...]:
        """Return the names of the two innermost folders of the path, the inner one first."""
        return tuple(self.path.split(os.sep.encode())[-2:-4:-1])

    @property
    def artist(self) -> str:
        """Return the name of the artist, "" for none."""
        return text(self.names[2]).encode("utf-8", "replace").decode("utf-8")

    @property
    def called(self) -> str:
        """Return title, album, artist and folders as one text, each once."""
        names = (*map(text, self.names), *map(os.fsdecode, self.folders))
        legible = (name.encode("utf-8", "replace").decode("utf-8") for name in names)
        return "\n".join(dict.fromkeys(filter(None, legible)))


def database(lib: Library) -> Path:
    """Return the path of the library's database; raise UserError for one in memory."""
    path = Path(os.fsdecode(lib.path))
    if str(path) == ":memory:":
        raise UserError("melscribe needs a library on disk; this one is in memory")
    return path


def reopened(lib: Library, last: tuple[int, int] | None) -> tuple[int, int] | None:
    """Have beets open the database again if it is another file than the last; return which it is.

    beets goes on reading a file that was replaced. Raises UserError when there is none: beets would
    make an empty one.
    """
    path = database(lib)
    now = file_at(path)
    if now is None:
        raise UserError(f"the library {path} is no longer there")
    if last is not None and now != last:
        lib._close()
    return now


def stamp(path: Path) -> str | None:
    """Return a text that differs after any change of the library; None in WAL mode.

    It contains SQLite's file change counter (offset 24 of the header, see
    https://www.sqlite.org/fileformat.html), which WAL mode does not update, and the file's ctime,
    which every write sets, so that a copy of another library with the same counter, size and mtime
    is noticed. An incomplete header gives None too.
    """
    with path.open("rb") as file:
        header = file.read(28)
        found = os.fstat(file.fileno())
    if len(header) < 28 or header[18] == WAL:
        return None
    (counter,) = struct.unpack(">I", header[24:28])
    return f"{counter} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def files(lib: Library, only: Collection[int] | None = None) -> Iterator[File]:
    """Yield the files of the tracks, by ascending id; `only` restricts them to these ids.

    Raises UserError when the library cannot be read.
    """
    narrowed, listed = ("", ()) if only is None else (f" WHERE id IN ({_LISTED})", _list(only))
    try:
        with closing(connect(database(lib))) as db:
            sql = (
                f"SELECT id, added, {PATH_AND_MTIME}, NULL, NULL FROM items i{narrowed} ORDER BY id"
            )
            yield from map(File._make, db.execute(sql, listed))
    except sqlite3.Error as error:
        raise errors.unreadable(lib, error) from error


def tracks(
    lib: Library, fields: Iterable[str], only: Collection[int] | None = None
) -> Iterator[Track]:
    """Yield the tracks, by ascending id, with their values of `fields`.

    `only` restricts them to these ids. Where the track has no value, its album's is used.
    Raises UserError when the library cannot be read.
    """
    path = database(lib)
    try:
        with closing(connect(path)) as db:
            yield from _read(db, fields, None if only is None else _list(only)[0])
    except sqlite3.Error as error:
        raise errors.unreadable(lib, error) from error


def read_all(lib: Library, fields: Iterable[str]) -> None:
    """Read all tracks and forget them: raises UserError when the library cannot be read."""
    for _ in tracks(lib, fields):
        pass


def count(lib: Library, only: Collection[int] | None = None) -> int:
    """Return the number of tracks in the library, or of the ids in `only`."""
    if only is not None:
        return len(only)
    with lib.transaction() as tx:
        return int(tx.query("SELECT count(*) FROM items")[0][0])


def existing(lib: Library, ids: Collection[int]) -> list[int]:
    """Return those of the ids, ascending, that are tracks of the library."""
    with lib.transaction() as tx:
        rows = tx.query(f"SELECT id FROM items WHERE id IN ({_LISTED}) ORDER BY id", _list(ids))
    return [row[0] for row in rows]


def song_names(lib: Library, ids: Sequence[int]) -> dict[int, Song]:
    """Return what a playlist needs of these tracks, by id; ids not in the library are absent."""
    from melscribe_core.songs.song import Song  # an index run does not need it

    sql = f"SELECT {', '.join(_SONG)} FROM items WHERE id IN ({_LISTED})"
    with lib.transaction() as tx:
        rows = tx.query(sql, _list(ids))
    return {
        track: Song(
            track,
            text(artist),
            text(title),
            text(album),
            number(length),
            number(bpm) or None,
            release,
            _kinds_of_types(text(types)),
            text(albumartist),
            _file_name(path),
        )
        for track, artist, albumartist, title, album, release, length, bpm, types, path in rows
    }


@lru_cache(maxsize=256)
def _kinds_of_types(types: str) -> Kinds:
    from melscribe_core.songs.song import kinds_of_types

    return kinds_of_types(types.split("; "))


def _path(stored: object) -> bytes:
    """Return a path as bytes, b"" for none; libraries made by other programs store it as text."""
    if isinstance(stored, str):
        return os.fsencode(stored)
    return stored if isinstance(stored, bytes) else b""


def _list(ids: Collection[int]) -> tuple[str]:
    """Return what `_LISTED` binds for these ids."""
    return (json.dumps(sorted(ids)),)


def _file_name(path: object) -> str:
    """Return the file name of a path as stored."""
    stored = os.fsdecode(path) if isinstance(path, (str, bytes)) else ""
    return os.path.basename(stored)


def albums_of_tracks(lib: Library) -> dict[int, int]:
    """Return the album id of each track that has one."""
    with lib.transaction() as tx:
        # Neither NULL nor a value of another type, which SQLite allows.
        rows = tx.query("SELECT id, album_id FROM items WHERE typeof(album_id) = 'integer'")
    return {row["id"]: row["album_id"] for row in rows}


def tracks_of_album(lib: Library, album: int) -> list[int]:
    """Return the ids of the tracks of an album."""
    with lib.transaction() as tx:
        return [row[0] for row in tx.query("SELECT id FROM items WHERE album_id = ?", (album,))]


def items_by_id(lib: Library, ids: Sequence[int]) -> dict[int, Item]:
    """Return beets' items by id, in the given order; ids not in the library are absent."""
    listed = _list(ids)
    with lib.transaction() as tx:
        # Not `lib.items`: it sorts, and its conversion of a row takes the square of the columns.
        rows = tx.query(f"SELECT * FROM items WHERE id IN ({_LISTED})", listed)
        flexible = tx.query(f"SELECT * FROM item_attributes WHERE entity_id IN ({_LISTED})", listed)
    fixed = [dict(zip(row.keys(), row, strict=True)) for row in rows]
    items = Results(Item, fixed, lib, flexible)  # type: ignore[arg-type]  # reads rows by name
    found = {track_id(item): item for item in items}
    return {track: found[track] for track in ids if track in found}


def added(lib: Library, ids: Sequence[int]) -> dict[int, float]:
    """Return when each of these tracks came into the library, 0 where that is unknown."""
    with lib.transaction() as tx:  # a chat asks after each line, for all that it has shown
        rows = tx.query(f"SELECT id, added FROM items WHERE id IN ({_LISTED})", _list(ids))
    return {row["id"]: number(row["added"]) for row in rows}


def items_in_order(lib: Library, ids: Sequence[int]) -> list[Item]:
    """Return beets' items of these tracks, in this order; those of unknown ids are absent."""
    return list(items_by_id(lib, ids).values())


def track_id(item: Item) -> int:
    """Return the id of an item that is in a library."""
    assert item.id is not None
    return item.id


def text(value: object) -> str:
    """Return a library value as text, "" for none: a SQLite column may hold any type."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def number(value: object) -> float:
    """Return a library value as a finite number, else 0: a SQLite column may hold any type."""
    return float(value) if isinstance(value, (int, float)) and isfinite(value) else 0.0


def connect(path: Path) -> sqlite3.Connection:
    """Open a library's database for reading only."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=20.0)


def _read(db: sqlite3.Connection, fields: Iterable[str], only: str | None) -> Iterator[Track]:
    shared, fixed, flexible = _split_fields(db, fields)
    albums = _Albums(db, shared, fixed, flexible, only)
    attributes = _merged(_attributes(db, "item_attributes", flexible, only, _LISTED))
    held = next(attributes, None)
    columns = "".join(f", {name}" for name in fixed)
    narrowed, listed = ("", ()) if only is None else (f" WHERE id IN ({_LISTED})", (only,))
    for row in db.execute(
        f"SELECT id, album_id, added, path, title, album, artist{columns}"
        f" FROM items{narrowed} ORDER BY id",
        listed,
    ):
        while held is not None and held[0] < row[0]:
            held = next(attributes, None)
        found = held[1] if held is not None and held[0] == row[0] else {}
        values = row[7:]
        of_album = albums.lent(row[1], values, found)
        yield Track(row[0], row[1], row[2], row[3], row[4:7], fixed, values, found, of_album)


class _Albums:
    """The albums' values by album id: columns that tracks have too, and flexible fields."""

    def __init__(
        self,
        db: sqlite3.Connection,
        shared: tuple[str, ...],
        fixed: tuple[str, ...],
        flexible: tuple[str, ...],
        only: str | None,
    ) -> None:
        """Read the albums; `fixed` are the columns read of a track and begin with `shared`."""
        self._shared, self._places = shared, {name: at for at, name in enumerate(fixed)}
        of_them = f"SELECT album_id FROM items WHERE id IN ({_LISTED})"
        keys = (*fixed[len(shared) :], *flexible)  # e.g. `grouping` is a flexible field of albums
        rows = _attributes(db, "album_attributes", keys, only, of_them)
        self._attributes = dict(_merged(rows))
        self._columns = _columns_of_albums(db, shared, only, of_them) if shared else {}

    def lent(self, album: Any, values: tuple[Any, ...], flexible: dict[str, Any]) -> dict[str, Any]:
        """Return by field the values of an album where its track has none itself."""
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
    """Split fields: columns of both albums and tracks, all columns of tracks, flexible fields."""
    of_items, of_albums = set(columns(db, "items")), set(columns(db, "albums"))
    wanted = sorted(set(fields))
    shared = tuple(f for f in wanted if f in of_items & of_albums)
    others = tuple(f for f in wanted if f in of_items - of_albums)
    return shared, shared + others, tuple(f for f in wanted if f not in of_items)


def columns(db: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return the columns of a table with their types, "" for none."""
    return {row[1]: row[2] for row in db.execute(f"PRAGMA table_info({table})")}


def _columns_of_albums(
    db: sqlite3.Connection, names: Sequence[str], only: str | None, of_them: str
) -> dict[object, tuple[Any, ...]]:
    narrowed, listed = ("", ()) if only is None else (f" WHERE id IN ({of_them})", (only,))
    rows = db.execute(f"SELECT id, {', '.join(names)} FROM albums{narrowed}", listed)
    return {row[0]: row[1:] for row in rows if any(row[1:])}


def _attributes(
    db: sqlite3.Connection, table: str, keys: Sequence[str], only: str | None, among: str
) -> Iterator[tuple[int, str, Any]]:
    """Return (entity, key, value) rows by entity.

    With `only`, a JSON list of track ids, the entities are restricted to the subquery `among`.
    """
    marks = ",".join("?" * len(keys))
    narrowed, listed = ("", []) if only is None else (f" AND entity_id IN ({among})", [only])
    # The cursor itself: an unfinished generator would raise once the connection is closed.
    return db.execute(
        f"SELECT entity_id, key, value FROM {table} WHERE key IN ({marks}){narrowed}"
        " AND typeof(entity_id) = 'integer' ORDER BY entity_id",
        [*keys, *listed],
    )


def _merged(rows: Iterator[tuple[int, str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for entity, group in groupby(rows, key=lambda row: row[0]):
        yield entity, {key: value for _, key, value in group if value not in (None, "")}


def _fixed_facts(raw: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for name, value in raw:
        if value not in (None, "", 0):
            # Skip a value that beets does not write, such as infinity for a year.
            with suppress(ValueError, TypeError, OverflowError):
                yield name, Item._type(name).from_sql(value)
