"""The vectors of texts and single descriptors: float16 as stored, int8 packed for the scan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from melscribe_core.catalogue import packed
from melscribe_core.catalogue.database import Database
from melscribe_core.catalogue.packed import Part
from melscribe_core.catalogue.tracks import THESE, these

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray, IdArray

VECTOR_TYPE = np.dtype("<f2")  # half precision halves the file; cosines change by less than 0.001
ROUNDING = 0.05  # tolerance of a squared length: far above the error of half precision
MANY = 500  # bound variables per statement, below SQLite's oldest limit of 999

# Tables with vectors: the distinct texts, which are searched, and the single descriptors, which
# explain a hit.
Carrier = Literal["texts", "descriptors"]


class Pending(NamedTuple):
    """A row without a vector; `lent` tells which of its descriptors are lent, see lent.py."""

    id: int
    text: str
    lent: str


class Lines(NamedTuple):
    """Texts with their vectors, by ascending id: vectors are float32 (n, dim)."""

    ids: IdArray
    texts: list[str]
    lent: list[str]
    vectors: FloatArray


class Vectors:
    """The vector columns of `texts` and `descriptors`; NULL is a pending vector."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def adopt(self, encoder: str) -> bool:
        """Make an encoder, by its fingerprint, the one whose vectors these are.

        Return whether vectors of another one were dropped for it.
        """
        before = self._file.meta("encoder")
        if before == encoder:
            return False
        if before is not None:
            self.forget()
        self._file.set_meta(encoder=encoder)
        return before is not None

    def pending(self, carrier: Carrier) -> list[Pending]:
        """Return the rows without a vector, shortest text first, those with a loan at the end."""
        lent = "lent" if carrier == "texts" else "''"
        with self._file.reading():
            rows = self._file.db.execute(
                f"SELECT id, text, {lent} FROM {carrier} WHERE vector IS NULL"
                f" ORDER BY {lent} != '', length(text), id"
            ).fetchall()
        return list(map(Pending._make, rows))

    def store(self, carrier: Carrier, ids: Sequence[int], vectors: FloatArray) -> None:
        """Write vectors, float (n, dim) in the order of `ids`, in one transaction."""
        halves = vectors.astype(VECTOR_TYPE)
        with self._file.writing():
            self._file.db.executemany(
                f"UPDATE {carrier} SET vector = ? WHERE id = ?",
                ((half.tobytes(), i) for i, half in zip(ids, halves, strict=True)),
            )
            self._file.revise()

    def forget(self, tracks: Iterable[int] | None = None) -> None:
        """Set the vectors of these tracks' texts, or all vectors, to pending."""
        with self._file.writing():
            if tracks is None:
                self._file.db.execute("UPDATE texts SET vector = NULL")
                self._file.db.execute("UPDATE descriptors SET vector = NULL")
            else:
                self._file.db.execute(
                    "UPDATE texts SET vector = NULL WHERE id IN"
                    f" (SELECT text FROM tracks WHERE id IN {THESE})",
                    (these(tracks),),
                )
            self._file.revise()

    def of_texts(self, texts: Iterable[int] | None = None) -> tuple[IdArray, FloatArray]:
        """Return text ids, ascending, and their vectors, float32 (n, dim); by default of all texts.

        Texts with a pending vector are absent; without any, the shape is (0, 0).
        """
        query = "SELECT id, vector FROM texts WHERE vector IS NOT NULL {} ORDER BY id"
        with self._file.reading():
            if texts is None:
                rows = self._file.db.execute(query.format("")).fetchall()
            else:
                narrowed = query.format(f"AND id IN {THESE}")
                rows = self._file.db.execute(narrowed, (these(texts),)).fetchall()
        ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        return ids, self._matrix([row[1] for row in rows])

    def with_texts(self, texts: Iterable[int]) -> Lines:
        """Return what `of_texts` does, with the texts themselves and their lines of loans."""
        with self._file.reading():
            rows = self._file.db.execute(
                "SELECT id, text, lent, vector FROM texts WHERE vector IS NOT NULL"
                f" AND id IN {THESE} ORDER BY id",
                (these(texts),),
            ).fetchall()
        ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        found = self._matrix([row[3] for row in rows])
        return Lines(ids, [row[1] for row in rows], [row[2] for row in rows], found)

    def of_descriptors(self, descriptors: Iterable[str] | None) -> dict[str, FloatArray]:
        """Return descriptor -> vector, float32 (dim,), for these descriptors or, with None, all.

        Unknown descriptors and those with a pending vector are absent.
        """
        query = "SELECT text, vector FROM descriptors WHERE vector IS NOT NULL"
        with self._file.reading():
            if descriptors is None:
                rows = self._file.db.execute(query).fetchall()
            else:
                wanted = list(dict.fromkeys(descriptors))
                rows = []
                for start in range(0, len(wanted), MANY):
                    part = wanted[start : start + MANY]
                    marks = ",".join("?" * len(part))
                    rows += self._file.db.execute(f"{query} AND text IN ({marks})", part).fetchall()
        vectors = self._matrix([row[1] for row in rows])
        return dict(zip((row[0] for row in rows), vectors, strict=True))

    def ids(self) -> IdArray:
        """Return the ids, ascending, of the texts that have a vector."""
        with self._file.reading():
            rows = self._file.db.execute(
                "SELECT id FROM texts WHERE vector IS NOT NULL ORDER BY id"
            ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def id_range(self) -> tuple[int, int]:
        """Return the lowest and the highest text id, (0, 0) without texts."""
        with self._file.reading():
            row = self._file.db.execute(  # min and max in one SELECT would scan the table
                "SELECT (SELECT min(id) FROM texts), (SELECT max(id) FROM texts)"
            ).fetchone()
        return (row[0] or 0, row[1] or 0)

    def pack(self) -> None:
        """Fill the empty parts, in one transaction."""
        if self.is_packed():
            return
        with self._file.writing():
            for part in self._unpacked():
                self._file.db.execute(
                    "UPDATE packed SET rows = ? WHERE part = ?", (self._packed(part), part)
                )

    def is_packed(self) -> bool:
        """Return whether no part is empty."""
        with self._file.reading():
            return not self._unpacked()

    def packed(self) -> Iterator[bytes]:
        """Yield the parts, ascending (see packed.py); one not packed yet is packed on the fly."""
        with self._file.reading():
            for part, rows in self._file.db.execute("SELECT part, rows FROM packed ORDER BY part"):
                yield self._packed(part) if rows is None else rows

    def parts(self, dim: int) -> list[Part]:
        """Return the decoded parts, ascending: vectors have `dim` components.

        Raises DamagedCatalogueError for other bytes.
        """
        try:
            return [Part(rows, dim) for rows in self.packed()]
        except (ValueError, TypeError) as error:
            raise self._file.damaged("packed vectors") from error

    def _unpacked(self) -> list[int]:
        rows = self._file.db.execute("SELECT part FROM packed WHERE rows IS NULL").fetchall()
        return [row[0] for row in rows]

    def _packed(self, part: int) -> bytes:
        rows = self._file.db.execute(
            "SELECT id, vector FROM texts WHERE vector IS NOT NULL AND id BETWEEN ? AND ?",
            (part * packed.PART, (part + 1) * packed.PART - 1),
        ).fetchall()
        ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        return packed.packed(ids, self._matrix([row[1] for row in rows]))

    def _matrix(self, halves: Sequence[bytes]) -> FloatArray:
        """Decode stored vectors to float32 (n, dim). Raises DamagedCatalogueError if not unit."""
        if not halves:
            return np.empty((0, 0), np.float32)
        if len({len(half) if isinstance(half, bytes) else None for half in halves}) > 1:
            raise self._file.damaged("vectors")
        found = np.frombuffer(b"".join(halves), VECTOR_TYPE).astype(np.float32)
        found = found.reshape(len(halves), -1)
        lengths = np.einsum("ij,ij->i", found, found)
        if not (np.abs(lengths - 1) < ROUNDING).all():  # false for NaN too
            raise self._file.damaged("vectors")
        return found
