"""`auto: yes`: update index, taste and playlists after a command that changed the library.

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
# Tracks of a library that was never indexed, up to which an import with `listen` hears them all: a
# minute on two cores. A larger one is left to `beet melindex --listen`.
FIRST = 500


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
        keep = partial(_keep_index, lib, settings)
        new = _attempt(plugin, "bring the index up to date", keep) or frozenset()
        _attempt(plugin, "hear the new tracks", partial(_hear_new, lib, settings, new))
        _attempt(plugin, "learn your taste", partial(_keep_taste, lib, settings))
        _attempt(plugin, "write the saved playlists", partial(_keep_playlists, lib, settings))


def _attempt(plugin: MelScribePlugin, what: str, do: Callable[[], Any]) -> Any:
    try:
        return do()
    except Exception as error:
        plugin._log.warning("could not {}: {}", what, _sentence(error))
        plugin._log.debug("", exc_info=True)
        return None


def _sentence(error: Exception) -> str:
    """Return an error as one sentence; an unexpected one is preceded by its class."""
    is_expected = isinstance(error, (MelScribeError, UserError, confuse.ConfigError))
    return str(error) if is_expected else f"{type(error).__name__}: {error}"


def _keep_index(lib: Library, settings: Settings) -> frozenset[int]:
    """Update an index that is in use; return the tracks that are new in it.

    An index that was never built, or must be rebuilt, is left to the next request: it may take
    minutes, which is unexpected at the end of an import. So is any update with an encoder that
    takes seconds to load. Raises the errors that a request would raise.
    """
    from beetsplug.melscribe.index import with_index
    from beetsplug.melscribe.index_file import index_path
    from melscribe_core.encoder.encoder import loads_at_once

    is_there = index_path(lib, settings).exists() or _is_to_be_heard(lib, settings)
    if loads_at_once(settings.encoder) and is_there:
        with suppress(BusyError):  # another process updates it; the next request checks again
            return with_index(lib, settings, _refresh_if_in_use)
    return frozenset()


def _is_to_be_heard(lib: Library, settings: Settings) -> bool:
    """Return whether a library without an index is small enough to be indexed and heard at once."""
    from beetsplug.melscribe import library

    return settings.listen != "no" and library.count(lib) <= FIRST


def _refresh_if_in_use(index: LibraryIndex) -> frozenset[int]:
    """Update the index; return the tracks that are new in it."""
    if index.repaired:
        raise UserError(index.repaired)
    if (index.is_new() or index.is_in_use()) and not index.is_current():
        report = index.refresh(_progress, patience=0)
        return frozenset(row.track for row in report.plan.new)
    return frozenset()


def _hear_new(lib: Library, settings: Settings, new: frozenset[int]) -> None:
    from beetsplug.melscribe.index import with_index

    if new and settings.listen != "no":
        with suppress(BusyError):  # another process listens
            with_index(lib, settings, partial(_hear, settings=settings, new=new))


def _hear(index: LibraryIndex, *, settings: Settings, new: frozenset[int]) -> None:
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


def _keep_taste(lib: Library, settings: Settings) -> None:
    """Learn the taste again from an index that is current, where the config has likes."""
    from beetsplug.melscribe.index_file import index_path

    if settings.taste.is_set and index_path(lib, settings).exists():
        from beetsplug.melscribe.index import with_index

        with_index(lib, settings, partial(_learn_taste, settings))


def _learn_taste(settings: Settings, index: LibraryIndex) -> None:
    from beetsplug.melscribe import learned_taste, output

    if index.is_in_use() and index.is_current():
        output.say_all(learned_taste.renewed(index, settings))


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
