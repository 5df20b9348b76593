"""The truth on disk: one SQLite file of tracks, their distinct texts, the vectors and the words.

Two steps keep it honest. `plan` compares what the library says with what is written here and
changes nothing; `apply` writes the plan in one transaction. Vectors follow part by part (`pending`,
`store`), so an interrupted run keeps every part that it finished and the next run goes on from
there.

Tracks are known by their id in the library, and by a key over everything that was read about them:
a library gives the id of a deleted track to the next one. Paths are never stored.
"""

from __future__ import annotations

import json
import marshal
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from melscribe_core.arrays import FloatArray, IdArray
from melscribe_core.catalogue import packed
from melscribe_core.catalogue.integrity import Custody, file_at
from melscribe_core.catalogue.schema import BUSY_SECONDS, examine, explained, in_memory, opened
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import BusyError, DamagedCatalogueError

VECTOR_TYPE = np.dtype("<f2")  # half precision: half the disk, and cosines move by less than 0.001
ROUNDING = 0.05  # of a squared length: far above what half precision loses
MANY = 500  # bound variables per statement, below SQLite's oldest limit of 999
# A statement takes only so many variables: ids come as one, a JSON list. Filling a temporary table
# with them takes ten times as long.
THESE = "(SELECT value FROM json_each(?))"

# What carries vectors: the distinct texts, which are searched, and the single descriptors, which
# explain a hit.
Carrier = Literal["texts", "descriptors"]


class Description(NamedTuple):
    """What a track is described by.

    Its text ("" without descriptors), the fields that gave it, and what the track is called.
    """

    text: str
    fields: tuple[str, ...]
    called: str = ""


class Present(NamedTuple):
    """One track as the library has it now.

    Its id, the key of all that was read, and how to describe it.
    """

    track: int
    key: bytes
    describe: Callable[[], Description]


class Row(NamedTuple):
    """One track as it is to be written."""

    track: int
    key: bytes
    description: Description


@dataclass
class Plan:
    """What `apply` would write: rows by what happened to the track, and the ids that are gone.

    `rekeyed` tracks keep their text: something else that was read moved.
    """

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    rekeyed: list[Row] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    same: int = 0

    @property
    def is_empty(self) -> bool:
        """Say whether applying it would change nothing."""
        return not (self.new or self.changed or self.rekeyed or self.gone)


@dataclass(frozen=True)
class Counts:
    """How much the catalogue holds.

    Tracks, those without descriptors, distinct texts, those without a vector.
    """

    tracks: int
    bare: int
    texts: int
    pending: int


def key_of(*parts: Any) -> bytes:
    """Return 16 bytes that stand for everything read about a track: values as SQLite has them.

    Should another Python write them otherwise, each track is looked at once more.
    """
    # Twice as fast as repr. Format 2 has no references: equal values give equal bytes.
    return blake2b(marshal.dumps(parts, 2), digest_size=16).digest()


class Catalogue:
    """One open catalogue file. Every method raises CatalogueError when the file cannot be used."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, custody: Custody | None = None
    ) -> None:
        self.path = path
        self.custody = custody
        self._db = connection
        self._counted: tuple[int, Counts] | None = None
        self._file = custody and file_at(path)
        self._alone = custody is None  # nobody else knows of a catalogue in memory

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def alone(self, patience: float = BUSY_SECONDS) -> Iterator[None]:
        """Let no other process write meanwhile; every write does so by itself, one by one.

        Raises BusyError when another process still writes after `patience` seconds.
        """
        if self._alone or self.custody is None:
            yield
            return
        with self.custody.held(patience):
            if file_at(self.path) != self._file:
                raise BusyError(
                    f"Another beet has just made the index {self.path} anew; run the command again."
                )
            with self._reading():
                examine(self.path, self._db, self.custody)
            self.custody.unseal()
            self._alone = True
            try:
                yield
            except DamagedCatalogueError:
                raise
            except BaseException:
                self.custody.seal()  # every transaction is whole, whatever came between them
                raise
            else:
                self.custody.seal()
            finally:
                self._alone = False

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Read all from one moment, whatever other processes write meanwhile; write nothing."""
        with self._reading():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    # -- facts about the whole
    # -------------------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        """Return what was written under the key, None when nothing was."""
        with self._reading():
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, **values: str) -> None:
        """Write facts about the whole in one transaction."""
        with self._writing():
            self._set_meta(values)

    @property
    def revision(self) -> int:
        """Count the writes that changed a track, text or vector; the neighbours' stamp holds it."""
        try:
            return int(self.meta("revision") or 0)
        except ValueError as error:
            raise self.damaged("revision") from error

    def counts(self) -> Counts:
        """Count what is here, once a revision: every write that moves a count makes one."""
        revision = self.revision
        if self._counted is None or self._counted[0] != revision:
            self._counted = (revision, self._count())
        return self._counted[1]

    def _count(self) -> Counts:
        with self._reading():
            row = self._db.execute(
                "SELECT (SELECT count(*) FROM tracks),"
                " (SELECT count(*) FROM tracks WHERE text IS NULL),"
                " (SELECT count(*) FROM texts), (SELECT count(*) FROM texts WHERE vector IS NULL)"
                " + (SELECT count(*) FROM descriptors WHERE vector IS NULL)"
            ).fetchone()
        return Counts(*row)

    def sources(self) -> list[tuple[tuple[str, ...], int]]:
        """Return each combination of fields that describes tracks, with their number."""
        with self._reading():
            rows = self._db.execute(
                "SELECT fields, count(*) FROM tracks GROUP BY fields"
            ).fetchall()
        return [(tuple(fields.split(",")) if fields else (), count) for fields, count in rows]

    def spread(self) -> list[tuple[str, int]]:
        """Return every distinct text with the number of its tracks."""
        with self._reading():
            return self._db.execute(
                "SELECT texts.text, count(*) FROM tracks JOIN texts ON texts.id = tracks.text"
                " GROUP BY tracks.text"
            ).fetchall()

    # -- plan, apply
    # -----------------------------------------------------------------------------------

    def plan(self, present: Iterable[Present], only: Set[int] | None = None) -> Plan:
        """Compare the library with the catalogue; write nothing.

        `present` comes in ascending track order. With `only`, tracks outside it are neither
        compared nor taken as gone. A text is asked for only when the key differs.
        """
        plan = Plan()
        with self._reading():
            known = self._db.execute("SELECT id, key, text FROM tracks ORDER BY id")
            row = next(known, None)
            for now in present:
                while row is not None and row[0] < now.track:
                    plan.gone.append(row[0])
                    row = next(known, None)
                if row is None or row[0] != now.track:
                    plan.new.append(Row(now.track, now.key, now.describe()))
                    continue
                self._compare(plan, now, row[1], row[2])
                row = next(known, None)
            while row is not None:
                plan.gone.append(row[0])
                row = next(known, None)
        if only is not None:
            plan.gone = [track for track in plan.gone if track in only]
        return plan

    def apply(self, plan: Plan, **meta: str) -> None:
        """Write the plan, and facts about the whole with it, in one transaction."""
        with self._writing():
            self._db.executemany(
                # No REPLACE: it would leave the words of the old title behind.
                "INSERT INTO tracks (id, key, text, fields, called) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET key = excluded.key, text = excluded.text,"
                " fields = excluded.fields, called = excluded.called",
                (
                    (
                        row.track,
                        row.key,
                        self._text_id(row.description.text),
                        ",".join(row.description.fields),
                        row.description.called,
                    )
                    for row in (*plan.new, *plan.changed, *plan.rekeyed)
                ),
            )
            self._db.executemany("DELETE FROM tracks WHERE id = ?", ((i,) for i in plan.gone))
            self._db.executemany("DELETE FROM files WHERE track = ?", ((i,) for i in plan.gone))
            if plan.new or plan.changed or plan.gone:
                self._db.execute(
                    "DELETE FROM texts WHERE NOT EXISTS"
                    " (SELECT 1 FROM tracks WHERE tracks.text = texts.id)"
                )
                self._renew_descriptors()
                self._revise()
            self._set_meta(meta)

    # -- vectors
    # ---------------------------------------------------------------------------------------

    def forget_vectors(self, tracks: Iterable[int] | None = None) -> None:
        """Make the vectors of these tracks' texts, or all vectors, pending again."""
        with self._writing():
            if tracks is None:
                self._db.execute("UPDATE texts SET vector = NULL")
                self._db.execute("UPDATE descriptors SET vector = NULL")
            else:
                self._db.execute(
                    "UPDATE texts SET vector = NULL WHERE id IN"
                    f" (SELECT text FROM tracks WHERE id IN {THESE})",
                    (_these(tracks),),
                )
            self._revise()

    def pending(self, carrier: Carrier) -> list[tuple[int, str]]:
        """Return (id, text) of what has no vector yet, short ones first."""
        with self._reading():
            return self._db.execute(
                f"SELECT id, text FROM {carrier} WHERE vector IS NULL ORDER BY length(text), id"
            ).fetchall()

    def store(self, carrier: Carrier, ids: Sequence[int], vectors: FloatArray) -> None:
        """Write one part's vectors, float (n, dim) in the order of the ids, in one transaction."""
        halves = vectors.astype(VECTOR_TYPE)
        with self._writing():
            self._db.executemany(
                f"UPDATE {carrier} SET vector = ? WHERE id = ?",
                ((half.tobytes(), i) for i, half in zip(ids, halves, strict=True)),
            )
            self._revise()

    def vectors(self, texts: Iterable[int] | None = None) -> tuple[IdArray, FloatArray]:
        """Return text ids, ascending, and their vectors, float32 (n, dim); of all texts by default.

        Texts whose vector is pending are left out.
        """
        query = "SELECT id, vector FROM texts WHERE vector IS NOT NULL {} ORDER BY id"
        with self._reading():
            if texts is None:
                rows = self._db.execute(query.format("")).fetchall()
            else:
                narrowed = query.format(f"AND id IN {THESE}")
                rows = self._db.execute(narrowed, (_these(texts),)).fetchall()
        ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        return ids, self._matrix([row[1] for row in rows])

    def pack(self) -> None:
        """Pack the vectors that are not packed, in one transaction."""
        if self.is_packed():
            return
        with self._writing():
            for part in self._unpacked():
                self._db.execute(
                    "UPDATE packed SET rows = ? WHERE part = ?", (self._packed(part), part)
                )

    def is_packed(self) -> bool:
        """Say whether all vectors are packed."""
        with self._reading():
            return not self._unpacked()

    def packed(self) -> Iterator[bytes]:
        """Yield the vectors of all texts that have one, packed (see packed.py), by ascending id."""
        with self._reading():
            for part, rows in self._db.execute("SELECT part, rows FROM packed ORDER BY part"):
                yield self._packed(part) if rows is None else rows

    def descriptor_vectors(self, descriptors: Iterable[str] | None) -> dict[str, FloatArray]:
        """Return the vectors, float32 (dim,), of these single descriptors, or of all with None.

        Descriptors whose vector is pending, or that no track has, are absent.
        """
        query = "SELECT text, vector FROM descriptors WHERE vector IS NOT NULL"
        with self._reading():
            if descriptors is None:
                rows = self._db.execute(query).fetchall()
            else:
                wanted = list(dict.fromkeys(descriptors))
                rows = []
                for start in range(0, len(wanted), MANY):
                    part = wanted[start : start + MANY]
                    marks = ",".join("?" * len(part))
                    rows += self._db.execute(f"{query} AND text IN ({marks})", part).fetchall()
        vectors = self._matrix([row[1] for row in rows])
        return dict(zip((row[0] for row in rows), vectors, strict=True))

    def descriptors(self) -> list[str]:
        """Return the single descriptors that tracks have."""
        with self._reading():
            return [row[0] for row in self._db.execute("SELECT text FROM descriptors")]

    def id_range(self) -> tuple[int, int]:
        """Return the lowest and the highest text id, (0, 0) without texts."""
        with self._reading():
            row = self._db.execute(  # asked for together, every text would be looked at
                "SELECT (SELECT min(id) FROM texts), (SELECT max(id) FROM texts)"
            ).fetchone()
        return (row[0] or 0, row[1] or 0)

    def vector_ids(self) -> IdArray:
        """Return the ids, ascending, of the texts that have a vector."""
        with self._reading():
            rows = self._db.execute(
                "SELECT id FROM texts WHERE vector IS NOT NULL ORDER BY id"
            ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    # -- words
    # -----------------------------------------------------------------------------------------

    def match(self, expression: str, limit: int, among: IdArray | None = None) -> IdArray:
        """Return the ids of the texts that match an FTS5 expression, best BM25 first.

        All or only `among` these.
        """
        query = "SELECT rowid FROM words WHERE words MATCH ? {} ORDER BY rank, rowid LIMIT ?"
        with self._reading():
            if among is None:
                rows = self._db.execute(query.format(""), (expression, limit)).fetchall()
            else:
                # The + keeps SQLite from running the search anew for each of the ids.
                narrowed = query.format(f"AND +rowid IN {THESE}")
                rows = self._db.execute(narrowed, (expression, _these(among), limit)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def holding(self, expression: str) -> IdArray:
        """Return the ids of the texts that match an FTS5 expression, ascending; none for ""."""
        if not expression:
            return np.empty(0, np.int64)
        query = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid"
        with self._reading():
            rows = self._db.execute(query, (expression,)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def word_counts(self) -> dict[str, int]:
        """Return the words of all texts, as FTS5 stores them, with how many texts hold each."""
        with self._reading():
            return dict(self._db.execute("SELECT term, doc FROM vocabulary"))

    def frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """Return in how many texts each term occurs, as FTS5 stores terms; absent when in none."""
        return self._frequency("vocabulary", terms)

    def _frequency(self, table: str, terms: Iterable[str]) -> dict[str, int]:
        query = f"SELECT doc FROM {table} WHERE term = ?"
        with self._reading():
            rows = ((term, self._db.execute(query, (term,)).fetchone()) for term in terms)
            return {term: int(row[0]) for term, row in rows if row is not None}

    def titled(self, expression: str, limit: int) -> IdArray:
        """Return the ids of tracks whose names match an FTS5 expression, `limit` at most."""
        query = "SELECT rowid FROM titles WHERE titles MATCH ? LIMIT ?"
        with self._reading():
            rows = self._db.execute(query, (expression, limit)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def title_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """Return how many tracks have each term in their names; absent when none has."""
        return self._frequency("title_words", terms)

    # -- texts and their tracks
    # ------------------------------------------------------------------------

    def texts(self, ids: Iterable[int]) -> dict[int, str]:
        """Return the texts of these ids."""
        with self._reading():
            return dict(
                self._db.execute(f"SELECT id, text FROM texts WHERE id IN {THESE}", (_these(ids),))
            )

    def texts_of(self, tracks: Iterable[int]) -> IdArray:
        """Return the ids, ascending, of the texts that these tracks have."""
        with self._reading():
            rows = self._db.execute(
                f"SELECT DISTINCT text FROM tracks WHERE id IN {THESE}"
                " AND text IS NOT NULL ORDER BY text",
                (_these(tracks),),
            ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def bare(self, tracks: Iterable[int]) -> list[int]:
        """Return those of the tracks that have no descriptors."""
        query = f"SELECT id FROM tracks WHERE text IS NULL AND id IN {THESE} ORDER BY id"
        with self._reading():
            return [row[0] for row in self._db.execute(query, (_these(tracks),))]

    def tracks_of(self, texts: Sequence[int]) -> dict[int, list[int]]:
        """Return, by text id, the ids of its tracks, ascending."""
        found: dict[int, list[int]] = {}
        with self._reading():
            for text, track in self._db.execute(
                f"SELECT text, id FROM tracks WHERE text IN {THESE} ORDER BY id", (_these(texts),)
            ):
                found.setdefault(text, []).append(track)
        return found

    def described(self) -> list[tuple[int, str]]:
        """Return (track, text) of every track, by id; the text is "" without descriptors."""
        with self._reading():
            return self._db.execute(
                "SELECT tracks.id, coalesce(texts.text, '') FROM tracks"
                " LEFT JOIN texts ON texts.id = tracks.text ORDER BY tracks.id"
            ).fetchall()

    # -- names in the library
    # ----------------------------------------------------------------------------------------

    def names(self) -> bytes:
        """Return what the library's names were stored as (see names.py), b"" without any."""
        with self._reading():
            row = self._db.execute("SELECT keys FROM names").fetchone()
        return b"" if row is None else bytes(row[0])

    def store_names(self, keys: bytes, **meta: str) -> None:
        """Write the library's names, and facts about the whole with it, in one transaction."""
        with self._writing():
            self._db.execute("DELETE FROM names")
            self._db.execute("INSERT INTO names VALUES (?)", (keys,))
            self._set_meta(meta)

    # -- tags read from files
    # --------------------------------------------------------------------------

    def file_stamps(self) -> dict[int, str]:
        """Return, by track, the stamp under which its file's own tags were read."""
        with self._reading():
            return dict(self._db.execute("SELECT track, stamp FROM files"))

    def file_tags(self, tracks: Iterable[int] | None = None) -> dict[int, str]:
        """Return, by track, the tags read from its file; tracks whose file gave none are absent.

        Of all tracks, or of these. As they are stored, for `read_tags`: of most tracks one only
        asks whether they differ.
        """
        query = "SELECT track, tags FROM files WHERE tags != '{}'"
        with self._reading():
            if tracks is None:
                return dict(self._db.execute(query))
            return dict(self._db.execute(f"{query} AND track IN {THESE}", (_these(tracks),)))

    def read_tags(self, stored: str) -> dict[str, list[str]]:
        """Return the tags that `file_tags` gave as they are stored."""
        try:
            tags = json.loads(stored)
        except (ValueError, TypeError, RecursionError) as error:
            raise self.damaged("file tags") from error
        if not isinstance(tags, dict):
            raise self.damaged("file tags")
        return tags

    def store_file_tags(self, rows: Iterable[tuple[int, str, Mapping[str, list[str]]]]) -> None:
        """Write (track, stamp, tags) rows in one transaction."""
        with self._writing():
            self._db.executemany(
                "INSERT OR REPLACE INTO files (track, stamp, tags) VALUES (?, ?, ?)",
                ((track, stamp, json.dumps(tags)) for track, stamp, tags in rows),
            )

    # -- inside
    # ----------------------------------------------------------------------------------------

    def _unpacked(self) -> list[int]:
        rows = self._db.execute("SELECT part FROM packed WHERE rows IS NULL").fetchall()
        return [row[0] for row in rows]

    def _packed(self, part: int) -> bytes:
        rows = self._db.execute(
            "SELECT id, vector FROM texts WHERE vector IS NOT NULL AND id BETWEEN ? AND ?",
            (part * packed.PART, (part + 1) * packed.PART - 1),
        ).fetchall()
        ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        return packed.packed(ids, self._matrix([row[1] for row in rows]))

    def _matrix(self, halves: Sequence[bytes]) -> FloatArray:
        """Return stored vectors, float32 (n, dim); one that is not of unit length is damage."""
        if not halves:
            return np.empty((0, 0), np.float32)
        if len({len(half) if isinstance(half, bytes) else None for half in halves}) > 1:
            raise self.damaged("vectors")
        found = np.frombuffer(b"".join(halves), VECTOR_TYPE).astype(np.float32)
        found = found.reshape(len(halves), -1)
        lengths = np.einsum("ij,ij->i", found, found)
        if not (np.abs(lengths - 1) < ROUNDING).all():  # false for NaN too
            raise self.damaged("vectors")
        return found

    def damaged(self, where: str) -> DamagedCatalogueError:
        """Return the error that says where the file is damaged."""
        return DamagedCatalogueError(f"The index {self.path} is damaged (in its {where}).")

    def _compare(self, plan: Plan, now: Present, key: bytes, text: int | None) -> None:
        if key == now.key:
            plan.same += 1
            return
        fresh = now.describe()
        row = self._db.execute("SELECT text FROM texts WHERE id = ?", (text,)).fetchone()
        into = plan.rekeyed if fresh.text == (row[0] if row else "") else plan.changed
        into.append(Row(now.track, now.key, fresh))

    def _text_id(self, text: str) -> int | None:
        if not text:
            return None
        row = self._db.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()
        if row is None:
            row = self._db.execute(
                "INSERT INTO texts (text) VALUES (?) RETURNING id", (text,)
            ).fetchone()
        return int(row[0])

    def _revise(self) -> None:
        self._db.execute(
            "INSERT INTO meta VALUES ('revision', '1')"
            " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
        )

    def _set_meta(self, values: Mapping[str, str]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", values.items()
        )

    def _renew_descriptors(self) -> None:
        """Let the single descriptors be those of the present texts."""
        present = {
            d
            for (text,) in self._db.execute("SELECT text FROM texts")
            for d in text.split(SEPARATOR)
        }
        known = {text for (text,) in self._db.execute("SELECT text FROM descriptors")}
        self._db.executemany(
            "INSERT INTO descriptors (text) VALUES (?)", ((d,) for d in sorted(present - known))
        )
        self._db.executemany(
            "DELETE FROM descriptors WHERE text = ?", ((d,) for d in known - present)
        )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise explained(self.path, error) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self.alone(), self._reading():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def open_catalogue(path: Path) -> Catalogue:
    """Open the catalogue, making an empty one when there is no file.

    Raises DamagedCatalogueError for a file that is not as it was written or that SQLite cannot make
    sense of, CatalogueError for one that is no catalogue, is of a later format, or cannot be read
    or made here.
    """
    custody = Custody(path)
    return Catalogue(path, opened(path, custody), custody)


def empty_catalogue() -> Catalogue:
    """Return a catalogue that lives in memory and is gone when it is closed."""
    return Catalogue(Path(":memory:"), in_memory())


def _these(ids: Iterable[int]) -> str:
    return json.dumps([int(i) for i in ids])
