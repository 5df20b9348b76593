"""`auto: yes`: after a command that changed the library, the index and the playlists follow.

beets counts what its own process writes, so nothing is collected while a command runs: beets would
call a listener for each change from the threads of an import, where its wrapper of listeners is not
safe (it asserts that no other thread is inside).
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

# Parts of a step from which it takes about a second, and progress is shown.
LONG = 500  # files to read, or descriptor sets to embed
LONG_LOOK = 50_000  # tracks that are only compared


def after_change(lib: Library, plugin: MelScribePlugin) -> None:
    """Bring the index up to date and rewrite the saved playlists, unless `auto: no`.

    A failure is one sentence in the log: the user's command succeeded, and was not about us.
    """
    _attempt(plugin, "read the settings", partial(_follow, lib, plugin))


def _follow(lib: Library, plugin: MelScribePlugin) -> None:
    settings = read_settings(plugin.config)
    if settings.auto:
        gc.freeze()  # what the command made stays to the end: no collection need search it
        _attempt(plugin, "bring the index up to date", partial(_keep_index, lib, settings))
        _attempt(plugin, "write the saved playlists", partial(_keep_playlists, lib, settings))


def _attempt(plugin: MelScribePlugin, what: str, do: Callable[[], Any]) -> None:
    try:
        do()
    except Exception as error:
        plugin._log.warning("could not {}: {}", what, _sentence(error))
        plugin._log.debug("", exc_info=True)


def _sentence(error: Exception) -> str:
    """Return the sentence of an error; an unforeseen one begins with its class."""
    foreseen = isinstance(error, (MelScribeError, UserError, confuse.ConfigError))
    return str(error) if foreseen else f"{type(error).__name__}: {error}"


def _keep_index(lib: Library, settings: Settings) -> None:
    """Bring an index that is in use up to date.

    One that was never made, or has to be made again as a whole, waits for the next request: that
    may take minutes, which nobody expects at the end of an import. The same holds for an encoder
    that takes seconds to load. Raises what a request would raise.
    """
    from beetsplug.melscribe.index import index_path, with_index
    from melscribe_core.encoder.encoder import loads_at_once

    if loads_at_once(settings.encoder) and index_path(lib, settings).exists():
        with suppress(BusyError):  # another beet updates it; the next request checks again
            with_index(lib, settings, _refresh_if_in_use)


def _refresh_if_in_use(index: LibraryIndex) -> None:
    if index.repaired:
        raise UserError(index.repaired)
    if index.is_in_use() and not index.is_current():
        index.refresh(_progress, patience=0)


def _progress(label: str, total: int) -> AbstractContextManager[Advance]:
    from beetsplug.melscribe import file_tags, index, progress

    long = LONG if label in (file_tags.READING, index.EMBEDDING) else LONG_LOOK
    show = progress.shown if total >= long else progress.hidden
    return show(label, total)


def _keep_playlists(lib: Library, settings: Settings) -> None:
    from beetsplug.melscribe.index import index_path, saved_file

    if settings.playlists or saved_file(index_path(lib, settings)).exists():
        from beetsplug.melscribe.update import keep_playlists

        keep_playlists(lib, settings)
