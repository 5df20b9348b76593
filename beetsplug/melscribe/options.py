"""The options of both commands: one table, from which everything about an option is derived.

To add an option, add a row: the command line, its help, `--again`, saved descriptions, the rules on
which options go together and the checks of their values follow from it. docs/reference.md has a row
for each too (a test compares them). The code that heeds it reads `UserRequest.option(NAME)` when it
is `remembered`, `opts.NAME` otherwise.

beets loads this module at every command, so it imports nothing of ours but the defaults.
"""

from __future__ import annotations

import optparse
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from beets.ui import UserError

from beetsplug.melscribe.defaults import DEFAULTS

ORDERS = ("match", "flow", "tempo", "random")
UPDATE = ("update",)
CHAT = ("chat",)


class Range(NamedTuple):
    """The values that an option may have: in words, after "must be", and as a test."""

    words: str
    holds: Callable[[Any], bool]


AT_LEAST_ONE = Range("1 or more", lambda value: value >= 1)
ANY_NUMBER = Range("0 (any number) or more", lambda value: value >= 0)
MINUTES = Range("a number of minutes above 0", lambda value: 0 < value < 1e6)
SHARE = Range("between 0 and 1", lambda value: 0 <= value <= 1)
AN_ORDER = Range(f"one of {', '.join(ORDERS)}", lambda value: value in ORDERS)


class Option(NamedTuple):
    """One option of a command.

    `value` is the word for its value in the help, "" for a switch, and `kind` the type of that
    value. A `remembered` option is kept by `--again`; a `saved` one is a key of saved descriptions
    and may be given with `--save` and `--chat`; one that is a `shape` says how a playlist file is
    written, as a field of m3u.Options. A `mode` is what the command does instead of answering;
    `modes` are those that an option may be given with. It `needs` one of the options named there,
    or `excludes` them; `because` completes the sentence for either, after its name.
    """

    flag: str
    help: str
    short: str = ""
    value: str = ""
    kind: type = bool
    range: Range | None = None
    repeatable: bool = False
    remembered: bool = False
    saved: bool = False
    shape: bool = False
    mode: bool = False
    modes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    because: str = ""

    @property
    def name(self) -> str:
        """Return the name by which optparse, `--again` and saved descriptions know it."""
        return self.flag[2:].replace("-", "_")

    @property
    def label(self) -> str:
        """Return the option as a sentence about it begins: "-n/--number"."""
        return f"{self.short}/{self.flag}" if self.short else self.flag


Group = tuple[str, tuple[Option, ...]]  # the heading in the help, "" for none, and its options


def _remembered(
    flag: str,
    text: str,
    *,
    short: str = "",
    value: str = "",
    kind: type = bool,
    range: Range | None = None,
) -> Option:
    """Return an option that `--again` and saved descriptions keep."""
    return Option(flag, text, short, value, kind, range, remembered=True, saved=True)


def _words(flag: str, text: str, *, value: str) -> Option:
    """Return an option that adds something in words, and may be given several times."""
    return Option(flag, text, value=value, kind=str, repeatable=True, saved=True)


def _shape(flag: str, text: str, *, value: str = "") -> Option:
    """Return an option on how a playlist file is written."""
    return Option(
        flag,
        text,
        value=value,
        kind=str if value else bool,
        shape=True,
        modes=UPDATE + CHAT,
        needs=("playlist", *UPDATE, *CHAT),
        because="shapes a playlist file; name the file with -m FILE",
    )


DESCRIBE: tuple[Group, ...] = (
    (
        "",
        (
            _remembered(
                "--number",
                f"how many tracks (default {DEFAULTS['number']})",
                short="-n",
                value="N",
                kind=int,
                range=AT_LEAST_ONE,
            ),
            _remembered(
                "--time",
                "how long the playlist is to be",
                short="-t",
                value="MINUTES",
                kind=float,
                range=MINUTES,
            ),
            Option("--playlist", "write an m3u8 playlist", short="-m", value="FILE", kind=str),
            Option(
                "--format",
                "print each track with a beets format",
                short="-f",
                value="FMT",
                kind=str,
            ),
            Option(
                "--path",
                "print paths",
                short="-p",
                excludes=("format",),
                because="prints paths and nothing else",
            ),
            Option(
                "--json",
                "print one JSON object and nothing else",
                modes=CHAT,
                excludes=("play", "path", "format"),
                because="prints one object and nothing else",
            ),
            Option(
                "--explain",
                "say why each track is there",
                modes=CHAT,
                excludes=("path", "format"),
                because="says why beneath each track of the list",
            ),
            Option(
                "--map",
                "draw the answer on a map of the library, a web page",
                value="FILE",
                kind=str,
            ),
        ),
    ),
    (
        "What is wanted",
        (
            Option(
                "--again",
                "go on from the last request: --again 'more upbeat'",
                modes=("save", *CHAT),
            ),
            Option("--chat", "talk about the playlist, turn by turn", mode=True),
            Option(
                "--new",
                "with --again -m: write only what is new",
                needs=("again",),
                because="tells what is new from what came before; add --again",
            ),
            _words("--more", "more of this (repeatable)", value="WORDS"),
            _words("--less", "less of this (repeatable)", value="WORDS"),
            _words("--like", "like the tracks of a beets query", value="QUERY"),
            _words("--sounds-like", "like their sound, as it was heard", value="QUERY"),
            _remembered("--include-like", "let the examples in"),
            _remembered("--literal", "take every word as description"),
            _remembered("--lenient", "let unknown years and tempi in"),
            _remembered("--unheard", "answer by tags alone, without what was heard")._replace(
                excludes=("sounds_like",),
                because="answers without what was heard",
            ),
        ),
    ),
    (
        "Taste (learned by melindex --taste)",
        (
            _remembered(
                "--taste",
                f"how much it counts, 0 to 1 (default {DEFAULTS['taste']['weight']})",
                value="W",
                kind=float,
                range=SHARE,
            ),
            _remembered("--no-taste", "as if you had none: --taste 0")._replace(
                excludes=("taste",),
                because="answers as if you had no taste",
            ),
            _remembered("--favourites", "only what you like"),
            _remembered("--fresh", "nothing you like, and first what was not played")._replace(
                excludes=("favourites",),
                because="leaves out what you like",
            ),
        ),
    ),
    (
        "What is chosen",
        (
            _remembered(
                "--per-artist",
                f"at most N by one artist ({DEFAULTS['per_artist']}; 0: any)",
                value="N",
                kind=int,
                range=ANY_NUMBER,
            ),
            _remembered(
                "--per-album",
                f"at most N of one album ({DEFAULTS['per_album']}; 0: any)",
                value="N",
                kind=int,
                range=ANY_NUMBER,
            ),
            _remembered(
                "--min-score",
                "leave out what scores less, 0 to 1",
                value="P",
                kind=float,
                range=SHARE,
            ),
            _remembered(
                "--order",
                "match (default), flow, tempo or random",
                value="KIND",
                kind=str,
                range=AN_ORDER,
            ),
            Option("--seed", "another list of the same quality", value="N", kind=int, saved=True),
            Option("--shuffle", "another list every time", saved=True),
        ),
    ),
    (
        "Playlist file (named as in smartplaylist)",
        (
            Option(
                "--playlist-dir",
                "with --update: write the playlists into DIR",
                short="-d",
                value="DIR",
                kind=str,
                modes=UPDATE,
                needs=UPDATE,
                because="is where --update writes; -m FILE says itself where",
            ),
            _shape("--output", "extm3u (default) or m3u", value="KIND"),
            _shape(
                "--relative-to",
                "make paths relative to DIR (default: the playlist's folder)",
                value="DIR",
            ),
            _shape("--forward-slash", "use / in paths"),
            _shape("--prefix", "put TEXT before each path", value="TEXT"),
            _shape("--urlencode", "URL-encode paths"),
            _shape(
                "--uri-format", "write this instead of a path; $id is the track's id", value="FMT"
            ),
            _shape("--dest-regen", "use the path that `beet move` would give"),
        ),
    ),
    (
        "Player (configured and named as in play)",
        (
            Option("--play", "play the playlist, as `beet play` would"),
            Option(
                "--args",
                "give the player these arguments too",
                short="-A",
                value="ARGS",
                kind=str,
                modes=CHAT,
                needs=("play", *CHAT),
                because="is for the player; add --play",
            ),
            Option(
                "--yes",
                "play a long playlist without asking",
                short="-y",
                modes=CHAT,
                needs=("play", *CHAT),
                because="is for the player; add --play",
            ),
        ),
    ),
    (
        "Saved descriptions",
        (
            Option("--save", "save the request under NAME", value="NAME", kind=str, mode=True),
            Option("--saved", "show the saved descriptions", mode=True),
            Option("--forget", "drop saved descriptions: --forget NAME...", mode=True),
            Option("--update", "rewrite their playlists: --update [NAME...]", mode=True),
            Option(
                "--pretend",
                "with --update: show what would come and go",
                modes=UPDATE,
                needs=UPDATE,
                because="shows what --update would do; add --update",
            ),
        ),
    ),
)
MELINDEX: tuple[Group, ...] = (
    (
        "",
        (
            Option("--force", "embed again what is embedded already"),
            Option(
                "--map",
                "draw a map of the library, a web page",
                value="FILE",
                kind=str,
                excludes=("pretend", "show", "bare"),
                because="draws what the index holds afterwards",
            ),
            Option(
                "--pretend",
                "say what would change and change nothing",
                excludes=("forget",),
                because="changes nothing",
            ),
            Option(
                "--listen",
                "hear tracks that were not heard yet, and describe them by it",
                excludes=("force", "show", "bare"),
                because="hears tracks and brings the index up to date",
            ),
            Option(
                "--taste",
                "learn what you like, from `taste:` in your config",
                excludes=("force", "bare", "map", "listen", "heard_to"),
                because="learns what you like and does nothing else",
            ),
            Option(
                "--forget",
                "with --taste: drop what was learned",
                needs=("taste",),
                because="drops a taste; write --taste --forget",
            ),
            Option(
                "--heard-to",
                "store what was heard in a field of the library",
                value="FIELD",
                kind=str,
                excludes=("force", "show", "bare", "map", "listen"),
                because="writes a field of the library and nothing else",
            ),
            Option(
                "--show",
                "print each track's descriptors and where each came from",
                excludes=("force", "forget"),
                because="prints and changes nothing",
            ),
            Option(
                "--bare",
                "print only tracks without descriptors, and their paths",
                excludes=("force",),
                because="prints what is read of tracks",
            ),
        ),
    ),
)


def options(groups: Sequence[Group]) -> Iterator[Option]:
    """Yield the options of a command in the order of its help."""
    for _, rows in groups:
        yield from rows


REMEMBERED = {option.name: option for option in options(DESCRIBE) if option.remembered}
SAVED = {option.name: option for option in options(DESCRIBE) if option.saved}
SHAPES = tuple(option.name for option in options(DESCRIBE) if option.shape)


def add_to(parser: optparse.OptionParser, groups: Sequence[Group]) -> None:
    """Add the options of a command to its parser."""
    for heading, rows in groups:
        group = parser.add_option_group(heading) if heading else parser
        for option in rows:
            _add(group, option)


def _add(group: optparse.OptionContainer, option: Option) -> None:
    flags = (option.short, option.flag) if option.short else (option.flag,)
    if not option.value:
        group.add_option(*flags, dest=option.name, action="store_true", help=option.help)
        return
    group.add_option(
        *flags,
        dest=option.name,
        action="append" if option.repeatable else "store",
        type=option.kind.__name__,
        metavar=option.value,
        help=option.help,
    )


def given(opts: Any) -> list[str]:
    """Return the names of the options that were given."""
    return [name for name, value in vars(opts).items() if value is not None]


def mode_of(groups: Sequence[Group], opts: Any) -> str:
    """Return the mode that was asked for, such as "update", "" for an answer."""
    names = given(opts)
    modes = (option.name for option in options(groups) if option.mode)
    return next((mode for mode in modes if mode in names), "")


def refuse_conflicts(groups: Sequence[Group], opts: Any) -> None:
    """Raise UserError for options that do not go together, or that need another one."""
    names = given(opts)
    rows = [option for option in options(groups) if option.name in names]
    for mode in (option for option in rows if option.mode):
        for other in rows:
            if other is not mode and not _goes_with(other, mode.name):
                raise UserError(f"{mode.flag} and {other.flag} do not go together")
    for option in rows:
        if option.needs and not set(option.needs) & set(names):
            raise UserError(f"{option.flag} {option.because}")
        for other in rows:
            if other.name in option.excludes:
                raise UserError(f"{option.flag} {option.because}; leave out {other.flag}")


def _goes_with(option: Option, mode: str) -> bool:
    return mode in option.modes or (mode in ("save", "chat") and option.saved)


def refuse_value(option: Option, value: Any) -> None:
    """Raise UserError for a value that is not in the option's range."""
    if option.range is not None and not option.range.holds(value):
        said = f"{value:g}" if option.kind is float else value
        raise UserError(f"{option.label} must be {option.range.words}, not {said}")
