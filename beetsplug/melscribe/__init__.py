"""MelScribe: describe the music you want to hear; beets answers with a playlist from your library.

beets loads this module at every command, so it imports nothing heavy: what a command needs is
imported when it runs.
"""

from __future__ import annotations

import gc
import optparse
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

from beets import plugins, ui
from beets.library import Album, Item, Library

from beetsplug.melscribe import options
from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.query import TYPES, QueryContext, begin_query

DESCRIBE_HELP = """\
Examples:
  beet describe "melancholic acoustic pop, no live versions"
  beet describe "upbeat 80s pop for running, 45 minutes" -m run.m3u8
  beet describe slow smoky jazz year:1955..1965 --explain
  beet describe --chat "something calm"     and go on: slower, no piano

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
  beet melindex --listen               hear tracks, so that those without tags
                                       are found by their sound

`beet describe` brings the index up to date by itself. Ctrl-C keeps what is
done.

Documents, in MelScribe's source: docs/reference.md (options, settings, files),
docs/troubleshooting.md (how to tag a library better), docs/hearing.md.
"""


class MelScribePlugin(plugins.BeetsPlugin):
    """The commands `describe` and `melindex`, the query `describe:` and its fields."""

    item_types = album_types = TYPES

    def __init__(self) -> None:
        super().__init__("melscribe")
        self.config.add(DEFAULTS)
        self.config["playlist"]["prefix"].redact = True  # may hold a password
        self.lib: Library | None = None
        self._revision = 0
        self.register_listener("library_opened", self._library_opened)
        self.register_listener("cli_exit", self._command_ended)
        context = QueryContext(self)
        self.item_queries, self.album_queries = context.queries(Item), context.queries(Album)
        self.template_fields.update(context.fields())
        self.album_template_fields.update(context.fields())

    def _library_opened(self, lib: Library) -> None:
        self.lib, self._revision = lib, lib.revision

    def _command_ended(self, lib: Library) -> None:
        if lib.revision != self._revision:  # beets counts what this process writes
            from beetsplug.melscribe.auto import after_change

            after_change(lib, self)

    def queries(self) -> dict[str, Any]:
        """Return no prefixes: beets asks for them whenever it begins to read a query."""
        begin_query()
        return {}

    def commands(self) -> list[ui.Subcommand]:
        """Return the commands; no setting is read here, a wrong one would stop every command."""
        describe = self._command(
            DescribeCommand(
                "describe",
                help="make a playlist from a description of the music",
                aliases=("melscribe",),
            ),
            "%prog WORDS... [QUERY...]\n  %prog --update | --forget | --saved [NAME...]",
            DESCRIBE_HELP,
            options.DESCRIBE,
        )
        melindex = self._command(
            ui.Subcommand("melindex", help="bring the index of descriptions up to date"),
            "%prog [QUERY...]",
            MELINDEX_HELP,
            options.MELINDEX,
        )
        return [describe, melindex]

    def _command(
        self,
        command: ui.Subcommand,
        usage: str,
        epilog: str,
        groups: Sequence[options.Group],
    ) -> ui.Subcommand:
        """Return the command with its help, its options and its function."""
        command.func = partial(self._run, command.name, groups)
        parser = command.parser
        parser.usage, parser.epilog, parser.formatter = usage, epilog, Verbatim()
        parser.formatter.set_parser(parser)
        options.add_to(parser, groups)
        return command

    def _run(
        self, name: str, groups: Sequence[options.Group], lib: Library, opts: Any, args: list[str]
    ) -> None:
        """Run the page of a command: the one place where our errors become beets'."""
        from beetsplug.melscribe.errors import refusals
        from beetsplug.melscribe.settings import read_settings

        self._warn_of_rivals()
        options.refuse_conflicts(groups, opts)
        page = PAGES[options.mode_of(groups, opts) or name]
        with refusals(lib):
            settings = read_settings(self.config)
            run = getattr(import_module(page.module, __name__), page.function)
            gc.freeze()  # what is loaded stays loaded: no collection need search it
            run(lib, settings, opts, args)

    def _warn_of_rivals(self) -> None:
        """Warn of another plugin's `describe`: the one listed first wins, in silence."""
        for plugin in plugins.find_plugins():
            if plugin is not self and any(c.name == "describe" for c in plugin.commands()):
                self._log.warning(
                    "the plugin {} has a command `describe` too; `beet melscribe` is this one",
                    plugin.name,
                )


class Page(NamedTuple):
    """Where a command, or a mode of it, is written down from beginning to end."""

    module: str
    function: str


PAGES = {
    "describe": Page(".describe", "describe"),
    "chat": Page(".chat", "chat"),
    "save": Page(".saved_commands", "save"),
    "saved": Page(".saved_commands", "show_saved"),
    "forget": Page(".saved_commands", "forget"),
    "update": Page(".update", "update"),
    "melindex": Page(".melindex", "melindex"),
}


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
