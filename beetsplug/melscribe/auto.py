"""`auto: yes`: update the index and the playlists after a command that changed the library.

Changes are detected once, when the command exits, by beets' count of the writes of its process. A
listener per change would be called from the threads of an import, and beets' wrapper of listeners
is not thread-safe (it asserts that no other thread is inside).
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import confuse
from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe.settings import Settings, read_settings
from melscribe_core.errors import BusyError, MelScribeError

if TYPE_CHECKING:
    from beetsplug.melscribe import MelScribePlugin
    from beetsplug.melscribe.index import LibraryIndex
    from beetsplug.melscribe.progress import Advance

# A step of at least this size takes about a second, so progress is shown.
LONG = 500  # files to read, or descriptor sets to embed
LONG_LOOK = 50_000  # tracks to compare


def after_change(lib: Library, plugin: MelScribePlugin) -> None:
    """Update the index, then rewrite the saved playlists, unless `auto: no`.

    Hook: runs when a beets command that changed the library exits. A failure is logged as one
    sentence and not raised: the user's command itself succeeded.
    """
    _attempt(plugin, "read the settings", partial(_follow, lib, plugin))


def _follow(lib: Library, plugin: MelScribePlugin) -> None:
    settings = read_settings(plugin.config)
    if settings.auto:
        gc.freeze()  # the command's objects live until exit: spare the collector searching them
        _attempt(plugin, "bring the index up to date", partial(_keep_index, lib, settings))
        _attempt(plugin, "write the saved playlists", partial(_keep_playlists, lib, settings))


def _attempt(plugin: MelScribePlugin, what: str, do: Callable[[], Any]) -> None:
    try:
        do()
    except Exception as error:
        plugin._log.warning("could not {}: {}", what, _sentence(error))
        plugin._log.debug("", exc_info=True)


def _sentence(error: Exception) -> str:
    """Return an error as one sentence; an unexpected one is preceded by its class."""
    is_expected = isinstance(error, (MelScribeError, UserError, confuse.ConfigError))
    return str(error) if is_expected else f"{type(error).__name__}: {error}"


def _keep_index(lib: Library, settings: Settings) -> None:
    """Update an index that is in use.

    An index that was never built, or must be rebuilt, is left to the next request: it may take
    minutes, which is unexpected at the end of an import. So is any update with an encoder that
    takes seconds to load. Raises the errors that a request would raise.
    """
    from beetsplug.melscribe.index import with_index
    from beetsplug.melscribe.index_file import index_path
    from melscribe_core.encoder.encoder import loads_at_once

    if loads_at_once(settings.encoder) and index_path(lib, settings).exists():
        with suppress(BusyError):  # another process updates it; the next request checks again
            with_index(lib, settings, partial(_refresh_if_in_use, settings))


def _refresh_if_in_use(settings: Settings, index: LibraryIndex) -> None:
    if index.repaired:
        raise UserError(index.repaired)
    if index.is_in_use() and not index.is_current():
        report = index.refresh(_progress, patience=0)
        new = frozenset(row.track for row in report.plan.new)
        if new and settings.listen != "no":
            _hear(index, settings, new)


def _hear(index: LibraryIndex, settings: Settings, new: frozenset[int]) -> None:
    """Hear the tracks that an import added, as far as the setting `listen` asks for it."""
    from beetsplug.melscribe import listening, output, progress
    from melscribe_core.encoder.encoder import usable_cores

    tracks = listening.chosen(index.catalogue, new, poor=settings.listen == "poor")
    if not tracks:
        return
    threads = settings.threads or usable_cores()
    report = listening.listen_to(index, tracks, threads, progress.of_files)
    output.say_all(report.sentences())
    index.refresh(_progress, patience=0)


def _progress(label: str, total: int) -> AbstractContextManager[Advance]:
    from beetsplug.melscribe import file_tags, index, progress

    long = LONG if label in (file_tags.READING, index.EMBEDDING) else LONG_LOOK
    show = progress.line if total >= long else progress.none
    return show(label, total)


def _keep_playlists(lib: Library, settings: Settings) -> None:
    from beetsplug.melscribe.index_file import index_path, saved_file

    if settings.playlists or saved_file(index_path(lib, settings)).exists():
        from beetsplug.melscribe.update import keep_playlists

        keep_playlists(lib, settings)
