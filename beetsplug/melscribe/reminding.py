"""What a person should be told now and then: that most of the library has no tags.

When it was said last is the time of an empty file beside the index, so that no version of ours
misreads another's, and asking writes nothing into the index.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from beetsplug.melscribe.indexing import Index
from melscribe_core.text import counted

DAY = 86_400.0  # seconds


def said_file(index: Path) -> Path:
    """Return the file whose time tells when it was said, beside the index."""
    return index.with_name(index.name + ".said")


def reminders(index: Index) -> list[str]:
    """Return the sentence that is due where most tracks have no descriptors, at most once a day.

    Where it cannot be noted that it was said, as in a folder that is read-only, it is not said:
    it would come with every request.
    """
    counts = index.catalogue.counts()
    most = counts.tracks < 2 * counts.bare < 2 * counts.tracks
    if not most or not _is_due(index.catalogue.path):
        return []
    told = f"{counts.bare:,} of {counted(counts.tracks, 'track')} have no tags"
    return [f"{told}: they are found by their names only; see `beet melindex --bare`"]


def _is_due(index: Path, now: float | None = None) -> bool:
    """Say whether a day has gone by since the last time, and note this one.

    A time that lies ahead, since a clock was put right, is as good as none.
    """
    now = time.time() if now is None else now
    file = said_file(index)
    try:
        if file.exists() and 0 <= now - file.stat().st_mtime < DAY:
            return False
        file.touch()
        os.utime(file, (now, now))  # by this machine's clock: a file server has its own
    except OSError:
        return False
    return True
