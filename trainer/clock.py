"""Where the processor time of a stage goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

Spent = dict[str, float]
"""Part of a stage -> its processor seconds, those of all threads of the process."""


@contextmanager
def clocked(spent: Spent, part: str) -> Iterator[None]:
    """Add the processor seconds of the block to those of `part`."""
    started = time.process_time()
    try:
        yield
    finally:
        spent[part] = spent.get(part, 0.0) + time.process_time() - started
