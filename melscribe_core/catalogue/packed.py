"""All vectors in a form that is quick to look through: a byte per component, many rows together.

A row holds its components in steps of 1/127 of its largest one. What is read from it is not exact
(a cosine is 0.0002 off on average, 0.002 at most), but tells who is near: of those few the exact
vectors are read. Rows of neighbouring ids lie together in a part; the part of a text that changed
is emptied by a trigger, and made anew by `Catalogue.pack`, so none is ever out of date.
"""

from __future__ import annotations

import numpy as np

from melscribe_core.arrays import FloatArray, IdArray

PART = 1024  # ids in one part: 400 kB, which a change of one text makes anew
STEPS = 127  # the largest signed byte
ROUNDING = 0.05  # of a squared length: several times what the steps lose

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
    """Return the rows of these texts; `vectors` is float32 (n, dim), each of unit length."""
    step = np.abs(vectors).max(axis=1, initial=0) / STEPS
    rows = np.empty(len(ids), _row(vectors.shape[1]))
    rows["id"], rows["step"] = ids, step
    rows["components"] = np.rint(vectors / step[:, None])
    return rows.tobytes()


class Part:
    """Rows of neighbouring ids, to be compared with one vector after another."""

    def __init__(self, stored: bytes, dim: int) -> None:
        """Take the bytes that `packed` returned for vectors of that length.

        Raises ValueError or TypeError for anything else.
        """
        self._rows = np.frombuffer(stored, _row(dim))
        self.ids: IdArray = self._rows["id"].astype(np.int64)
        self._is_sound = False

    def cosines(self, vector: FloatArray) -> FloatArray:
        """Return the cosines of the part's texts to a vector, float32 (n,), in the order of ids.

        `vector` is float32 (dim,) of unit length. Raises ValueError where the rows, which are
        looked at once, do not hold unit vectors.
        """
        components = self._rows["components"].astype(np.float32)
        step = self._rows["step"]
        if not self._is_sound:
            lengths = np.einsum("ij,ij->i", components, components) * step * step
            if not (np.abs(lengths - 1) < ROUNDING).all():  # false for NaN too
                raise ValueError("these are no unit vectors")
            self._is_sound = True
        found: FloatArray = (components @ vector) * step
        return found


def _row(dim: int) -> np.dtype[np.void]:
    return np.dtype([("id", "<i8"), ("step", "<f4"), ("components", "i1", (dim,))])
