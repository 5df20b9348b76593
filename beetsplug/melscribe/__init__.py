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

from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.listening import Listening
from beetsplug.melscribe.querying import TYPES, Desk, begin_query

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
        _add_describe_options(command.parser)
        return command

    def _melindex(self) -> ui.Subcommand:
        command = ui.Subcommand("melindex", help="bring the index of descriptions up to date")
        command.func = self._guarded(_run_melindex)
        command.parser.usage = "%prog [QUERY...]"
        _end_help_with(MELINDEX_HELP, command.parser)
        _add_melindex_options(command.parser)
        return command

    def _guarded(self, run: Run) -> Callable[[Library, Any, list[str]], None]:
        """Return the command's function: the one place where our errors become beets'."""

        def func(lib: Library, opts: Any, args: list[str]) -> None:
            from beetsplug.melscribe.refusing import refusals
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
    from beetsplug.melscribe.modes import run

    run(lib, settings, opts, args)


def _run_melindex(lib: Library, settings: Any, opts: Any, args: Sequence[str]) -> None:
    from beetsplug.melscribe.melindex import melindex

    melindex(lib, settings, opts, args)


def _keep_current(lib: Library, settings: Any) -> None:
    from beetsplug.melscribe.keeping import keep_current

    keep_current(lib, settings)


def _keep_playlists(lib: Library, settings: Any) -> None:
    from beetsplug.melscribe.indexing import index_path
    from beetsplug.melscribe.places import saved_file

    if settings.playlists or saved_file(index_path(lib, settings)).exists():
        from beetsplug.melscribe.updating import keep_playlists

        keep_playlists(lib, settings)


def _add_describe_options(parser: optparse.OptionParser) -> None:
    add = parser.add_option
    add("-n", "--number", type="int", metavar="N", help="how many tracks (default 25)")
    add("-t", "--time", type="float", metavar="MINUTES", help="how long the playlist is to be")
    add("-m", "--playlist", metavar="FILE", help="write an m3u8 playlist")
    add("-f", "--format", metavar="FMT", help="print each track with a beets format")
    add("-p", "--path", action="store_true", help="print paths")
    add("--json", action="store_true", help="print one JSON object and nothing else")
    add("--explain", action="store_true", help="say why each track is there")
    add("--map", metavar="FILE", help="draw the answer on a map of the library, a web page")
    _add_wish_options(parser)
    _add_choice_options(parser)
    _add_playlist_options(parser)
    _add_player_options(parser)
    _add_saved_options(parser)


def _add_wish_options(parser: optparse.OptionParser) -> None:
    group = optparse.OptionGroup(parser, "What is wanted")
    add = group.add_option
    add("--again", action="store_true", help="take up the last request: --again 'more upbeat'")
    add("--more", action="append", metavar="WORDS", help="more of this (repeatable)")
    add("--less", action="append", metavar="WORDS", help="less of this (repeatable)")
    add("--like", action="append", metavar="QUERY", help="like the tracks of a beets query")
    add("--include-like", action="store_true", default=None, help="let the examples in")
    add("--literal", action="store_true", default=None, help="take every word as description")
    add("--lenient", action="store_true", default=None, help="let unknown years and tempi in")
    parser.add_option_group(group)


def _add_choice_options(parser: optparse.OptionParser) -> None:
    group = optparse.OptionGroup(parser, "What is chosen")
    add = group.add_option
    add("--per-artist", type="int", metavar="N", help="at most N by one artist (3; 0: any)")
    add("--per-album", type="int", metavar="N", help="at most N of one album (4; 0: any)")
    add("--min-score", type="float", metavar="P", help="leave out what scores less, 0 to 1")
    add("--order", metavar="KIND", help="match (default), flow, tempo or random")
    add("--seed", type="int", metavar="N", help="another list of the same quality")
    add("--shuffle", action="store_true", help="another list every time")
    parser.add_option_group(group)


def _add_playlist_options(parser: optparse.OptionParser) -> None:
    group = optparse.OptionGroup(parser, "Playlist file (named as in smartplaylist)")
    add = group.add_option
    add(
        "-d",
        "--playlist-dir",
        metavar="DIR",
        help="with --update: write the playlists into DIR",
    )
    add("--output", metavar="KIND", help="extm3u (default) or m3u")
    add(
        "--relative-to",
        metavar="DIR",
        help="make paths relative to DIR (default: the playlist's folder)",
    )
    add("--forward-slash", action="store_true", default=None, help="use / in paths")
    add("--prefix", metavar="TEXT", help="put TEXT before each path")
    add("--urlencode", action="store_true", default=None, help="URL-encode paths")
    add("--uri-format", metavar="FMT", help="write this instead of a path; $id is the track's id")
    add(
        "--dest-regen",
        action="store_true",
        default=None,
        help="use the path that `beet move` would give",
    )
    parser.add_option_group(group)


def _add_saved_options(parser: optparse.OptionParser) -> None:
    group = optparse.OptionGroup(parser, "Saved descriptions")
    add = group.add_option
    add("--save", metavar="NAME", help="keep what is asked as a saved description")
    add("--saved", action="store_true", help="show the saved descriptions")
    add("--forget", action="store_true", help="drop saved descriptions: --forget NAME...")
    add("--update", action="store_true", help="rewrite their playlists: --update [NAME...]")
    add("--pretend", action="store_true", help="with --update: show what would come and go")
    parser.add_option_group(group)


def _add_player_options(parser: optparse.OptionParser) -> None:
    group = optparse.OptionGroup(parser, "Player (configured and named as in play)")
    add = group.add_option
    add("--play", action="store_true", help="play the playlist, as `beet play` would")
    add("-A", "--args", metavar="ARGS", help="give the player these arguments too")
    add("-y", "--yes", action="store_true", help="play a long playlist without asking")
    parser.add_option_group(group)


def _add_melindex_options(parser: optparse.OptionParser) -> None:
    add = parser.add_option
    add("--force", action="store_true", help="embed again what is embedded already")
    add("--map", metavar="FILE", help="draw a map of the library, a web page")
    add("--pretend", action="store_true", help="say what would change and change nothing")
    add(
        "--show",
        action="store_true",
        help="print each track's descriptors and where each came from",
    )
    add(
        "--bare",
        action="store_true",
        help="print only tracks without descriptors, and their paths",
    )
