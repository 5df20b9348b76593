"""int8-quantised vectors in blocks ("parts"), for the exact scan.

A row is its components in steps of 1/127 of the largest one, with that step. Cosines from it are
off by 0.0002 on average and 0.002 at most: enough to choose the candidates, whose exact vectors
are then read. A part holds the rows of PART consecutive text ids. Triggers empty the part of a
changed text and `Vectors.pack` fills it again, so no part is ever out of date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray, IdArray


PART = 1024  # text ids per part: 400 kB, rewritten when one of its texts changes
STEPS = 127  # the largest signed byte
ROUNDING = 0.05  # tolerance of a squared length: several times the quantisation error

SCHEMA = f"""
CREATE TABLE packed (part INTEGER PRIMARY KEY, rows BLOB);
CREATE TRIGGER packed_begun AFTER INSERT ON texts BEGIN
  INSERT OR IGNORE INTO packed (part) VALUES (new.id / {PART});
END;
CREATE TRIGGER packed_changed AFTER UPDATE OF vector ON texts BEGIN
  UPDATE packed SET rows = NULL WHERE part = new.id / {PART} AND rows IS NOT NULL;
END;
CREATE TRIGGER packed_removed AFTER DELETE ON texts BEGIN
  UPDATE packed SET rows = NULL WHERE part = old.id / {PART} AND rows IS NOT NULL;
END;
"""


def packed(ids: IdArray, vectors: FloatArray) -> bytes:
    """Return the bytes of one part: `ids` (n,), `vectors` float32 (n, dim) of unit length."""
    step = np.abs(vectors).max(axis=1, initial=0) / STEPS
    rows = np.empty(len(ids), _row(vectors.shape[1]))
    rows["id"], rows["step"] = ids, step
    rows["components"] = np.rint(vectors / step[:, None])
    return rows.tobytes()


class Part:
    """One decoded part. `ids` is int64 (n,), ascending."""

    def __init__(self, stored: bytes, dim: int) -> None:
        """Decode the bytes that `packed` returned for vectors of this dimension.

        Raises ValueError or TypeError for other bytes.
        """
        self._rows = np.frombuffer(stored, _row(dim))
        self.ids: IdArray = self._rows["id"].astype(np.int64)
        self._is_sound = False

    def cosines(self, vector: FloatArray) -> FloatArray:
        """Return the cosines of the rows to `vector`, float32 (n,), in the order of `ids`.

        `vector` is float32 (dim,) of unit length. The rows are checked at the first call: raises
        ValueError if they are not unit vectors.
        """
        found: FloatArray = (self._components() @ vector) * self._rows["step"]
        return found

    def total(self) -> FloatArray:
        """Return the sum of the rows, float32 (dim,); checks them as `cosines` does."""
        found: FloatArray = self._rows["step"] @ self._components()
        return found

    def _components(self) -> FloatArray:
        """Return the components in steps, float32 (n, dim)."""
        components: FloatArray = self._rows["components"].astype(np.float32)
        step = self._rows["step"]
        if not self._is_sound:
            lengths = np.einsum("ij,ij->i", components, components) * step * step
            if not (np.abs(lengths - 1) < ROUNDING).all():  # false for NaN too
                raise ValueError("rows are not unit vectors")
            self._is_sound = True
        return components


def _row(dim: int) -> np.dtype[np.void]:
    return np.dtype([("id", "<i8"), ("step", "<f4"), ("components", "i1", (dim,))])
