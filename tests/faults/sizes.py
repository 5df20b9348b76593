"""How many cases are tried: few in `make test`, many in `make soak` (the variable SOAK).

SOAK_SEED makes other cases of the same number.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

SOAK = bool(os.environ.get("SOAK"))
SEED = int(os.environ.get("SOAK_SEED", "0"))


def cases(few: int, many: int) -> Sequence[int]:
    """Return the seeds of as many cases as are to be tried now."""
    count = many if SOAK else few
    return range(SEED * count, (SEED + 1) * count)
