"""What is to be done at the end of a command that wrote to the library: the config's `auto`.

beets counts what its own process writes, so nothing is collected while a command runs: no listener
for each change, which beets would call from the threads of an import, where its wrapper of
listeners is not safe (it asserts that no other thread is inside).
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import confuse
from beets import plugins
from beets.library import Library
from beets.ui import UserError

if TYPE_CHECKING:
    from beetsplug.melscribe.settings import Settings

Step: TypeAlias = "Callable[[Library, Settings], None]"


class Listening:
    """Run steps when a command ends that wrote to the library, each after the one before.

    Nothing happens with `auto: no`, nor when a command fails. What goes wrong in a step is one
    sentence in the log: the person's own command is done by then, and was not about us.
    """

    def __init__(self, plugin: plugins.BeetsPlugin) -> None:
        self._plugin = plugin
        self._steps: dict[str, Step] = {}
        self._revision = 0
        plugin.register_listener("library_opened", self._opened)
        plugin.register_listener("cli_exit", self._exited)

    def follow(self, what: str, step: Step) -> None:
        """Add a step; `what` completes the sentence "could not ..." when it fails."""
        self._steps[what] = step

    def _opened(self, lib: Library) -> None:
        self._revision = lib.revision

    def _exited(self, lib: Library) -> None:
        if lib.revision != self._revision:
            self._attempt("read the settings", partial(self._follow, lib))

    def _follow(self, lib: Library) -> None:
        from beetsplug.melscribe.settings import read_settings

        settings = read_settings(self._plugin.config)
        if settings.auto:
            gc.freeze()  # all that the command made stays to the end: no collection need search it
            for what, step in self._steps.items():
                self._attempt(what, partial(step, lib, settings))

    def _attempt(self, what: str, do: Callable[[], Any]) -> None:
        try:
            do()
        except Exception as error:
            log = self._plugin._log
            log.warning("could not {}: {}", what, _said(error))
            log.debug("", exc_info=True)


def _said(error: Exception) -> str:
    """Return the sentence of an error; one that nobody foresaw is told with its kind."""
    from melscribe_core.errors import MelScribeError

    foreseen = isinstance(error, (MelScribeError, UserError, confuse.ConfigError))
    return str(error) if foreseen else f"{type(error).__name__}: {error}"
