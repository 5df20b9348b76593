"""MelScribe: describe the music you want to hear; beets answers with a playlist from your library.

beets loads this module at every command, so it imports nothing heavy: what a command needs is
imported when it runs.
"""

from __future__ import annotations

import gc
import optparse
from collections.abc import Callable, Sequence
from typing import Any

from beets import plugins, ui
from beets.library import Album, Item, Library

from beetsplug.melscribe import options
from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.listening import Listening
from beetsplug.melscribe.query import TYPES, Desk, begin_query

DESCRIBE_HELP = """\
Examples:
  beet describe "melancholic acoustic pop, no live versions"
  beet describe "upbeat 80s pop for running, 45 minutes" -m run.m3u8
  beet describe slow smoky jazz year:1955..1965 --explain

The words may name years, tempi, lengths, a number of songs, artists ("like
Nick Drake", "by Nina Simone") and what is not wanted ("no vocals"). A beets
query behind them says which tracks may come. The first request indexes the
library, which takes a minute or so for 50,000 tracks.

Documents, in MelScribe's source: docs/requests.md (what a request may say),
docs/reference.md (options, settings, files), docs/troubleshooting.md.
"""
MELINDEX_HELP = """\
Examples:
  beet melindex                        bring the index up to date, and say how
                                       well the library is tagged
  beet melindex --show artist:drake    what describes these tracks, and which
                                       fields that came from
  beet melindex --bare                 which tracks nothing describes: no
                                       request can find them

`beet describe` brings the index up to date by itself. Ctrl-C keeps what is
done.

Documents, in MelScribe's source: docs/reference.md (options, settings, files),
docs/troubleshooting.md (how to tag a library better).
"""

Run = Callable[[Library, Any, Any, Sequence[str]], None]


class MelScribePlugin(plugins.BeetsPlugin):
    """The commands `describe` and `melindex`, the query `describe:` and its fields."""

    item_types = album_types = TYPES

    def __init__(self) -> None:
        super().__init__("melscribe")
        self.config.add(DEFAULTS)
        self.config["playlist"]["prefix"].redact = True  # may hold a password
        self._open_desk()
        after = Listening(self)
        after.follow("bring the index up to date", _keep_current)
        after.follow("write the saved playlists", _keep_playlists)

    def _open_desk(self) -> None:
        desk = Desk(self)
        self.register_listener("library_opened", desk.open)
        self.item_queries, self.album_queries = desk.queries(Item), desk.queries(Album)
        self.template_fields.update(desk.fields())
        self.album_template_fields.update(desk.fields())

    def queries(self) -> dict[str, Any]:
        """Return no prefixes.

        beets asks for them whenever it begins to read a query, which is how we know that it does.
        """
        begin_query()
        return {}

    def commands(self) -> list[ui.Subcommand]:
        """Return the commands.

        No setting is read here, a wrong one would kill every beet command.
        """
        return [self._describe(), self._melindex()]

    def _describe(self) -> ui.Subcommand:
        command = DescribeCommand(
            "describe",
            help="make a playlist from a description of the music",
            aliases=("melscribe",),
        )
        command.func = self._guarded(_run_describe)
        command.parser.usage = (
            "%prog WORDS... [QUERY...]\n  %prog --update | --forget | --saved [NAME...]"
        )
        _end_help_with(DESCRIBE_HELP, command.parser)
        options.add_to(command.parser, options.DESCRIBE)
        return command

    def _melindex(self) -> ui.Subcommand:
        command = ui.Subcommand("melindex", help="bring the index of descriptions up to date")
        command.func = self._guarded(_run_melindex)
        command.parser.usage = "%prog [QUERY...]"
        _end_help_with(MELINDEX_HELP, command.parser)
        options.add_to(command.parser, options.MELINDEX)
        return command

    def _guarded(self, run: Run) -> Callable[[Library, Any, list[str]], None]:
        """Return the command's function: the one place where our errors become beets'."""

        def func(lib: Library, opts: Any, args: list[str]) -> None:
            from beetsplug.melscribe.errors import refusals
            from beetsplug.melscribe.settings import read_settings

            gc.freeze()  # beets and its plugins stay loaded: no collection need search them
            self._warn_of_rivals()
            with refusals(lib):
                run(lib, read_settings(self.config), opts, args)

        return func

    def _warn_of_rivals(self) -> None:
        """Warn of another plugin's `describe`: the one listed first wins, in silence."""
        for plugin in plugins.find_plugins():
            if plugin is not self and any(c.name == "describe" for c in plugin.commands()):
                self._log.warning(
                    "the plugin {} has a command `describe` too; `beet melscribe` is this one",
                    plugin.name,
                )


class DescribeCommand(ui.Subcommand):
    """A command that keeps `--`, which optparse would swallow, and sees where the words end."""

    def parse_args(self, args: list[str]) -> tuple[optparse.Values, list[str]]:
        """Return the options, and the arguments with `--` where it stood."""
        if "--" not in args:
            return super().parse_args(args)
        at = args.index("--")
        opts, words = super().parse_args(args[:at])
        return opts, [*words, *args[at:]]


class Verbatim(optparse.IndentedHelpFormatter):
    """A formatter that leaves the end of the help as it is, where optparse would fill its lines."""

    def format_epilog(self, epilog: str | None) -> str:
        """Return the text, with an empty line in front."""
        return f"\n{epilog}" if epilog else ""


def _end_help_with(text: str, parser: optparse.OptionParser) -> None:
    parser.epilog = text
    parser.formatter = Verbatim()
    parser.formatter.set_parser(parser)


def _run_describe(lib: Library, settings: Any, opts: Any, args: Sequence[str]) -> None:
    from beetsplug.melscribe.describe import run

    run(lib, settings, opts, args)


def _run_melindex(lib: Library, settings: Any, opts: Any, args: Sequence[str]) -> None:
    from beetsplug.melscribe.melindex import melindex

    options.refuse_conflicts(options.MELINDEX, opts)
    melindex(lib, settings, opts, args)


def _keep_current(lib: Library, settings: Any) -> None:
    from beetsplug.melscribe.keeping import keep_current

    keep_current(lib, settings)


def _keep_playlists(lib: Library, settings: Any) -> None:
    from beetsplug.melscribe.index import index_path, saved_file

    if settings.playlists or saved_file(index_path(lib, settings)).exists():
        from beetsplug.melscribe.update import keep_playlists

        keep_playlists(lib, settings)
