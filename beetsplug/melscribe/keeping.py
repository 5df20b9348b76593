"""The index at the end of a command that wrote to the library: kept up to date, unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import output
from beetsplug.melscribe.index import EMBEDDING, LibraryIndex, index_path, with_index
from beetsplug.melscribe.reading import READING
from beetsplug.melscribe.settings import Settings
from melscribe_core.encoder.encoder import loads_at_once
from melscribe_core.errors import BusyError

# Files or descriptor sets: about a second, from where a person wants to see progress; and tracks
# that are only looked at, which takes as long.
LONG = 500
LONG_LOOK = 50_000
WORK = (READING, EMBEDDING)


def keep_current(lib: Library, settings: Settings) -> None:
    """Bring an index that is in use up to date.

    One that was never made, or is all to be made anew, is left for the next request: that may take
    minutes, which nobody expects at the end of an import. So does an encoder that takes seconds to
    load. Raises what a request would raise.
    """

    def run(index: LibraryIndex) -> None:
        if index.repaired:
            raise UserError(index.repaired)
        if index.is_in_use() and not index.is_current():
            index.refresh(_progress, patience=0)

    if loads_at_once(settings.encoder) and index_path(lib, settings).exists():
        with suppress(BusyError):  # another beet is at it; the next request looks again
            with_index(lib, settings, run)


def _progress(label: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
    long = LONG if label in WORK else LONG_LOOK
    show = output.progress if total >= long else output.no_progress
    return show(label, total)
