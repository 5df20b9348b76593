"""How much nearer to every text what was heard lies than texts do, on average.

The vector of what was heard is a sum of many words. It lies near the middle of all texts, and the
middle has a higher cosine with every request than any text: ranked by cosines alone, tracks that
were only heard would come before those with tags. The difference of the two means tells how much
to take off, for each request. The order of what was heard stays as it is.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.catalogue.database import Database

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray

KEY = "excess"  # of the metadata: float16 (dim,), in base64


def set_excess(file: Database, difference: FloatArray) -> None:
    """Store the mean vector of what was heard less that of texts, (dim,)."""
    packed = base64.b64encode(difference.astype("<f2").tobytes()).decode()
    if file.meta(KEY) != packed:
        file.set_meta(**{KEY: packed})


def excess(file: Database, vector: FloatArray) -> float:
    """Return what to take off a cosine of what was heard to `vector`, 0 if that was never measured.

    Raises DamagedCatalogueError for what was never stored.
    """
    return float(excess_vector(file, len(vector)) @ vector)


def excess_vector(file: Database, dim: int) -> FloatArray:
    """Return what `set_excess` stored, float32 (dim,); zeros if that was never measured.

    Raises DamagedCatalogueError for what was never stored.
    """
    stored = file.meta(KEY)
    if not stored:
        return np.zeros(dim, np.float32)
    try:
        difference = np.frombuffer(base64.b64decode(stored), "<f2").astype(np.float32)
    except (binascii.Error, ValueError) as error:
        raise file.damaged("metadata") from error
    if len(difference) != dim:
        raise file.damaged("metadata")
    return difference
