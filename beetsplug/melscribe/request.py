"""What the user asks for, as typed: the arguments of `beet describe`, and the last request.

`UserRequest` is the first form of a request; beetsplug.melscribe.words reads it. `--again` adds to
the last request, which is one small file beside the index, so that asking writes nothing into the
index. What cron and scripts ask is not remembered: it would replace what the user wants to refine.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from beets.ui import UserError

from beetsplug.melscribe import options
from beetsplug.melscribe.filters import is_sort
from melscribe_core.files.writing import replace_file
from melscribe_core.playlist.choice import Limits

if TYPE_CHECKING:
    from beetsplug.melscribe.settings import Settings
    from melscribe_core.request.request import Request

FORMAT = 1  # of the file with the last request; another one is refused
LISTS = ("remarks", "terms", "more", "less", "like")
MINUTES = 3.0  # the least length of a track, by which a time is converted to tracks
MANY = 1_000_000  # tracks; a longer list needs no more room per artist

_FIELD = re.compile(r"[^\W\d][\w-]*:\S")


@dataclass(frozen=True)
class UserRequest:
    """A request as typed.

    The description, the remarks that `--again` added to it, beets query terms, the phrases of
    `--more` and `--less`, the queries of `--like`, and by name the options that are remembered.
    """

    text: str = ""
    remarks: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def option(self, name: str, otherwise: Any = None) -> Any:
        """Return the value of an option, `otherwise` when it was not given."""
        value = self.options.get(name)
        return otherwise if value is None else value

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was asked for at all."""
        return not (self.text or self.like or self.more)


def read(opts: Any, args: Sequence[str]) -> UserRequest:
    """Return what the command line asks for."""
    described, terms = split_words(args)
    values = {name: getattr(opts, name) for name in options.remembered()}
    return UserRequest(
        text=_legible(" ".join(described)),
        terms=tuple(terms),
        more=tuple(filter(None, map(_legible, opts.more or ()))),
        less=tuple(filter(None, map(_legible, opts.less or ()))),
        like=tuple(query for query in opts.like or () if query.strip()),
        options={name: value for name, value in values.items() if value is not None},
    )


def read_or_refine(file: Path, opts: Any, args: Sequence[str]) -> tuple[UserRequest, list[str]]:
    """Return what is asked for, added to the last request with `--again`, and a note of that.

    `file` holds the last request. Raises UserError when there is none to refine.
    """
    asked = read(opts, args)
    if not opts.again:
        return asked, []
    last = last_request(file)
    return refined(last, asked), [f"taking up: {in_one_line(last)}"]


def in_words(text: str) -> UserRequest:
    """Return the request of a description alone, without options and query terms."""
    return UserRequest(text=_legible(text))


def split_words(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split arguments into the words of the description and the beets query terms after them.

    Without `--` the first argument that looks like a query term begins the query. A `--` in front
    ends the options, as everywhere.
    """
    if args and args[0] == "--":
        return split_words(args[1:])
    if "--" in args:
        at = args.index("--")
        return list(args[:at]), list(args[at + 1 :])
    at = next((i for i, arg in enumerate(args) if _is_term(arg)), len(args))
    return list(args[:at]), list(args[at:])


def refuse_impossible(asked: UserRequest) -> None:
    """Raise UserError for an empty request, or an option with a value out of its range."""
    if asked.is_empty:
        raise UserError(
            'describe what you want to hear, such as: beet describe "melancholic acoustic pop"'
        )
    for name, option in options.remembered().items():
        if name in asked.options:
            options.refuse_value(option, asked.options[name])


def _is_term(arg: str) -> bool:
    """Return whether an argument reads as a beets query term.

    `field:value`, `^term`, `,`, a sort, or a path. "3:00", "re:" and "sad: very sad" are words.
    """
    is_path = arg.startswith((os.sep, "~/", "./", "../"))
    named = _FIELD.match(arg) is not None
    return named or is_path or arg == "," or arg.startswith("^") or is_sort(arg)


def _legible(said: str) -> str:
    """Return the words with single spaces, without NUL and without bytes that are not UTF-8."""
    return " ".join(said.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").split())


# The limits of the playlist: the command line's, else the words', else the config's.


def limits_of(asked: UserRequest, request: Request, settings: Settings) -> Limits:
    """Return the limits that the playlist has to keep to."""
    number = asked.option("number", request.count)
    minutes = asked.option("time", request.minutes)
    if number is None and minutes is None:
        number = settings.number
    alone = len(request.by) == 1 or bool(request.named)
    room = 0 if alone else _room(number, minutes, len(request.by))
    limits = Limits(
        number=number,
        minutes=minutes,
        per_artist=_cap(asked, "per_artist", request, _widened(settings.per_artist, room, alone)),
        per_album=_cap(asked, "per_album", request, _widened(settings.per_album, room, alone)),
        spacing=0 if alone else Limits.spacing,
        min_score=least_score(asked, request, settings),
        order=asked.option("order", "match"),
    )
    return replace(limits, no_tail=_may_end_early(asked, request, limits))


def least_score(asked: UserRequest, request: Request, settings: Settings) -> float:
    """Return the score below which no track is taken; 0 when the request names what it wants."""
    named = request.by or request.named
    least: float = asked.option("min_score", 0.0 if named else settings.min_score)
    return least


def _room(number: int | None, minutes: float | None, artists: int) -> int:
    """Return how many tracks each of so many artists needs for the list to become full."""
    if not artists:
        return 0
    wanted = number if number is not None else (minutes or 0) / MINUTES
    return ceil(min(MANY, wanted) / artists)


def _widened(cap: int, room: int, alone: bool) -> int:
    """Return the config's cap with room for the artists asked for; 0, no cap, for one artist."""
    return 0 if alone or not cap else max(cap, room)


def _cap(asked: UserRequest, name: str, request: Request, otherwise: int) -> int:
    said: int | None = getattr(request, name)
    cap: int = asked.option(name, otherwise if said is None else said)
    return cap


def _may_end_early(asked: UserRequest, request: Request, limits: Limits) -> bool:
    """Return whether the list may end where scores fall off: nothing says how much is wanted."""
    said = (asked.option("number"), request.count, asked.option("min_score"), limits.minutes)
    return all(value is None for value in said) and limits.min_score > 0 and not request.by


# The last request.


def last_file(index: Path) -> Path:
    """Return the file of the last request, beside the index."""
    return index.with_name(index.name + ".last")


def is_typed() -> bool:
    """Return whether the command was typed at a terminal, and its answer not thrown away.

    stdin decides: cron and services have no terminal there. stdout may be a pipe (`| head`) or a
    file, but not /dev/null, to which scripts send what nobody reads.
    """
    try:
        typed = sys.stdin is not None and sys.stdin.isatty()
    except ValueError:  # closed
        return False
    return typed and (sys.stdout.isatty() or not _is_device(sys.stdout))


def _is_device(stream: TextIO) -> bool:
    try:
        return stat.S_ISCHR(os.fstat(stream.fileno()).st_mode)
    except OSError:  # not a stream of the operating system
        return False


def refined(last: UserRequest, asked: UserRequest) -> UserRequest:
    """Return the last request with the present one added to it."""
    return replace(
        last,
        remarks=(*last.remarks, asked.text) if asked.text else last.remarks,
        terms=(*last.terms, *asked.terms),
        more=(*last.more, *asked.more),
        less=(*last.less, *asked.less),
        like=(*last.like, *asked.like),
        options={**last.options, **asked.options},
    )


def in_one_line(asked: UserRequest) -> str:
    """Return a request as it was typed: `sad folk year:1970.. --number 4, then "slower"`."""
    lists = (("more", asked.more), ("less", asked.less), ("like", asked.like))
    flags = {name: option.flag for name, option in options.remembered().items()}
    parts = [
        *([asked.text] if asked.text else []),
        *map(shlex.quote, asked.terms),
        *(f"--{name} {shlex.quote(said)}" for name, every in lists for said in every),
        *(
            flags[name] if value is True else f"{flags[name]} {value}"
            for name, value in asked.options.items()
        ),
    ]
    remarks = "".join(f', then "{remark}"' for remark in asked.remarks)
    return " ".join(parts) + remarks


def remember(file: Path, asked: UserRequest) -> str:
    """Write the request to the file for `--again`; return "", or why that failed.

    On failure an older one is removed if possible: the user would not mean it.
    """
    packed = json.dumps({"format": FORMAT, **asdict(asked)}).encode()
    try:
        if not (file.is_file() and file.read_bytes() == packed):
            replace_file(file, packed)
    except OSError as error:
        with suppress(OSError):
            file.unlink()
        return error.strerror or str(error)
    return ""


def last_request(file: Path) -> UserRequest:
    """Return the last request; raise UserError when there is none."""
    try:
        return unpacked(file.read_bytes())
    except FileNotFoundError:
        raise UserError(
            "there is no earlier request to take up again; describe something first"
        ) from None
    except OSError as error:
        raise UserError(f"the last request cannot be read from {file}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(
            f"{file} holds no request that this version can take up again; describe something first"
        ) from error


def unpacked(stored: bytes) -> UserRequest:
    """Return the request that `remember` wrote; raise ValueError for anything else."""
    try:
        values = json.loads(stored)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        raise ValueError("another format")
    lists = {name: _texts(values.pop(name, None)) for name in LISTS}
    text, given = values.pop("text", None), values.pop("options", None)
    if values or not isinstance(text, str) or not isinstance(given, dict):
        raise ValueError("other values than a request has")
    kinds = {name: option.kind for name, option in options.remembered().items()}
    for name, value in given.items():
        if type(value) is not kinds.get(name):
            raise ValueError(f"{name} is another option, or of another kind")
    return UserRequest(text=text, options=given, **lists)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("other values than a request has")
    return tuple(value)
