"""SQLite files of ours: tables, opening, damage check, and errors of SQLite.

The catalogue is one; a FileKind tells it from others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from melscribe_core.catalogue import packed
from melscribe_core.catalogue.integrity import Custody
from melscribe_core.errors import (
    BusyError,
    CatalogueError,
    DamagedCatalogueError,
    OutdatedCatalogueError,
    ReadOnlyCatalogueError,
)

FORMAT = 7  # a later format is refused, an older one rebuilt from the library
TOKENIZER = "unicode61 remove_diacritics 2"  # how FTS5 splits a text into words
MEMORY = ":memory:"
PAGE = 8192  # bytes; in pages of 4096 a fifth would be lost beside the texts and their vectors
BUSY_SECONDS = 20.0  # how long to wait for another process that is writing

SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE texts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, lent TEXT NOT NULL DEFAULT '',
  vector BLOB, UNIQUE (text, lent)
);
CREATE TABLE tracks (
  id INTEGER PRIMARY KEY, text INTEGER REFERENCES texts (id),
  fields TEXT NOT NULL, called TEXT NOT NULL DEFAULT '', album INTEGER, artist TEXT,
  spelt TEXT NOT NULL DEFAULT ''
);
CREATE INDEX tracks_album ON tracks (album);
CREATE INDEX tracks_artist ON tracks (artist);
CREATE INDEX tracks_text ON tracks (text);
CREATE INDEX tracks_spelt ON tracks (id) WHERE spelt != '';
CREATE INDEX texts_pending ON texts (id) WHERE vector IS NULL;
CREATE TABLE descriptors (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, vector BLOB);
CREATE TABLE columns (name TEXT PRIMARY KEY, kind TEXT NOT NULL, rows BLOB NOT NULL);
CREATE TABLE files (
  track INTEGER PRIMARY KEY, added REAL, mtime INTEGER NOT NULL, known INTEGER NOT NULL,
  failed INTEGER NOT NULL, tags TEXT NOT NULL
);
CREATE TABLE due (track INTEGER PRIMARY KEY);
CREATE VIRTUAL TABLE words USING fts5 (
  text, content='texts', content_rowid='id', tokenize='{TOKENIZER}'
);
CREATE VIRTUAL TABLE titles USING fts5 (
  called, content='tracks', content_rowid='id', detail=none, columnsize=0,
  tokenize='{TOKENIZER}'
);
CREATE VIRTUAL TABLE title_words USING fts5vocab (titles, 'row');
CREATE TRIGGER tracks_added AFTER INSERT ON tracks BEGIN
  INSERT INTO titles (rowid, called) VALUES (new.id, new.called);
END;
CREATE TRIGGER tracks_removed AFTER DELETE ON tracks BEGIN
  INSERT INTO titles (titles, rowid, called) VALUES ('delete', old.id, old.called);
END;
CREATE TRIGGER tracks_renamed AFTER UPDATE OF called ON tracks WHEN old.called != new.called BEGIN
  INSERT INTO titles (titles, rowid, called) VALUES ('delete', old.id, old.called);
  INSERT INTO titles (rowid, called) VALUES (new.id, new.called);
END;
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN
  INSERT INTO words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN
  INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text);
END;
{packed.SCHEMA}"""


@dataclass(frozen=True)
class FileKind:
    """What one kind of file holds, and how messages speak of it.

    `tables` creates all but `meta`'s row `format`. `name` is as in "the index", `one` as in "an
    index"; `again` says how to get a new file once the old one was moved away. `is_whole` looks
    for damage that SQLite's integrity check does not see.
    """

    tables: str
    format: int
    name: str
    one: str
    again: str
    is_whole: Callable[[sqlite3.Connection], bool] = lambda db: True


INDEX = FileKind(SCHEMA, FORMAT, "index", "an index", "run `beet melindex` to make a new one")


def opened(path: Path, custody: Custody, kind: FileKind = INDEX) -> sqlite3.Connection:
    """Return a connection to the file; create it with its tables if there is none.

    A file that does not match its seal at a glance is examined first, unless another process holds
    the lock and so examines it. Raises what `open_catalogue` raises.
    """
    try:
        if not _is_empty(path) and not custody.is_untouched():
            with suppress(BusyError), custody.held(0), closing(_connected(path)) as db:
                examine(path, db, custody, kind)
        db = _connected(path)
        if _is_blank(db):
            with custody.held(BUSY_SECONDS):
                custody.unseal()  # left from a deleted file
                _create(db, kind)
                custody.seal()
        check_format(path, db, kind)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise explained(path, error, kind) from error
    return db


def in_memory(kind: FileKind = INDEX) -> sqlite3.Connection:
    """Return a connection to an empty file of the kind that is gone when it is closed."""
    return created(MEMORY, kind)


def created(path: Path | str, kind: FileKind) -> sqlite3.Connection:
    """Return a connection to a new file that no other process knows. Raises sqlite3.Error."""
    db = _connected(path)
    _create(db, kind)
    return db


def examine(path: Path, db: sqlite3.Connection, custody: Custody, kind: FileKind = INDEX) -> None:
    """Raise DamagedCatalogueError if the file is damaged. Hold the lock.

    With a seal, the checksum decides. Without one (the last writer was killed or could not write
    it) SQLite's integrity check does, and a file that passes is sealed.
    """
    right = custody.is_right()
    if right is None:
        if _is_blank(db):
            return
        # First: another program's database is refused, not called damaged.
        check_format(path, db, kind)
        ((found, *_),) = db.execute("PRAGMA integrity_check (1)").fetchall()
        right = found == "ok" and kind.is_whole(db)
        if right:
            custody.seal()
    if not right:
        raise DamagedCatalogueError(f"The {kind.name} {path} is damaged (not as it was written).")


def _connected(path: Path | str) -> sqlite3.Connection:
    # A URI, so that the library can be attached by one.
    uri = f"file:{path}" if path == MEMORY else Path(path).absolute().as_uri()
    db = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    db.execute(f"PRAGMA page_size = {PAGE}")  # takes effect in a new file
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA temp_store = MEMORY")
    return db


def _is_empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except OSError:
        return True


def _is_blank(db: sqlite3.Connection) -> bool:
    return not db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()


def _create(db: sqlite3.Connection, kind: FileKind) -> None:
    """Create the tables; one that another process has created meanwhile is accepted."""
    try:
        db.executescript(
            f"BEGIN IMMEDIATE; {kind.tables}"
            f" INSERT INTO meta VALUES ('format', '{kind.format}'); COMMIT;"
        )
    except sqlite3.Error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        if _is_blank(db):
            raise


def check_format(path: Path, db: sqlite3.Connection, kind: FileKind) -> None:
    """Raise CatalogueError, and close the connection, unless the file is of this kind and format.

    It is OutdatedCatalogueError for an older format.
    """
    try:
        row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        row = None
    found = None if row is None else str(row[0])
    if found == str(kind.format):
        return
    db.close()
    if found is not None and found.isdecimal() and int(found) < kind.format:
        raise OutdatedCatalogueError(f"The {kind.name} {path} is of the older format {found}.")
    what = "another kind of database" if found is None else f"format {found}"
    raise CatalogueError(
        f"{path} is not {kind.one} that this version can read (wanted format {kind.format}, found"
        f" {what}); move it away and {kind.again}."
    )


# Part of SQLite's message -> remedy. Python 3.10 does not expose SQLite's error codes.
_TODO = (
    (("locked",), "another beet is writing it; try again when that has finished"),
    (("is full",), "free some disk space and run the command again, finished parts are kept"),
    (("disk I/O",), "check its disk, or set `melscribe: index:` in your config to another one"),
)
_READ_ONLY = ("readonly", "unable to open")
_DAMAGED = (
    "malformed",
    "not a database",
    "corrupt",
    "no such table",
    "no such column",
    "unsupported file format",
    "invalid fts5 file format",
    "vtable constructor failed",
    "decode",
)


def explained(
    path: Path, error: sqlite3.Error | UnicodeDecodeError, kind: FileKind = INDEX
) -> CatalogueError:
    """Return the error for the user that corresponds to one of SQLite."""
    said, file = str(error), f"{kind.name} {path}"
    if any(word in said for word in _DAMAGED):
        return DamagedCatalogueError(f"The {file} is damaged ({said}).")
    if any(word in said for word in _READ_ONLY):
        return ReadOnlyCatalogueError(
            f"The {file} cannot be written ({said}): make its folder writable, or set"
            " `melscribe: index:` in your config to a path that is."
        )
    todo = f"if this happens again, move it away and {kind.again}"
    todo = next((do for words_, do in _TODO if any(word in said for word in words_)), todo)
    return CatalogueError(f"The {file} cannot be used ({said}): {todo}.")
