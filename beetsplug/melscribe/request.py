"""What the user asks for, as typed: the arguments of `beet describe`.

`UserRequest` is the first form of a request; beetsplug.melscribe.words reads it. `--again` goes on
from the last one: see beetsplug.melscribe.talk_file.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TextIO

from beets.library import Item
from beets.ui import UserError

from beetsplug.melscribe import options

_FIELD = re.compile(r"[^\W\d][\w-]*:\S")


@dataclass(frozen=True)
class UserRequest:
    """A request as typed.

    The description, the remarks that an entry of the config adds to it, beets query terms, the
    phrases of `--more` and `--less`, the queries of `--like` and `--sounds-like`, and by name the
    options that are remembered.
    """

    text: str = ""
    remarks: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    sounds_like: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def option(self, name: str, otherwise: Any = None) -> Any:
        """Return the value of an option, `otherwise` when it was not given."""
        value = self.options.get(name)
        return otherwise if value is None else value

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was asked for at all."""
        return not (self.text or self.examples or self.more or self.selects)

    @property
    def selects(self) -> bool:
        """Return whether tracks are chosen by what the person likes or has played."""
        return bool(self.option("favourites") or self.option("fresh"))

    @property
    def examples(self) -> tuple[str, ...]:
        """Return the queries for example tracks, by their tags or their sound."""
        return (*self.like, *self.sounds_like)


def read(opts: Any, args: Sequence[str]) -> UserRequest:
    """Return what the command line asks for."""
    described, terms = split_words(args)
    values = {name: getattr(opts, name) for name in options.REMEMBERED}
    return UserRequest(
        text=_legible(" ".join(described)),
        terms=tuple(terms),
        more=tuple(filter(None, map(_legible, opts.more or ()))),
        less=tuple(filter(None, map(_legible, opts.less or ()))),
        like=tuple(query for query in opts.like or () if query.strip()),
        sounds_like=tuple(query for query in opts.sounds_like or () if query.strip()),
        options={name: value for name, value in values.items() if value is not None},
    )


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


def refuse_impossible(asked: UserRequest, *, may_be_empty: bool = False) -> None:
    """Raise UserError for an empty request, or an option with a value out of its range."""
    if asked.is_empty and not may_be_empty:
        raise UserError(
            'describe what you want to hear, such as: beet describe "melancholic acoustic pop"'
        )
    for name, option in options.REMEMBERED.items():
        if (value := asked.option(name)) is not None:
            options.refuse_value(option, value)


def _is_term(arg: str) -> bool:
    """Return whether an argument reads as a beets query term.

    `field:value`, `^term`, `,`, a sort, or a path. "3:00", "re:" and "sad: very sad" are words.
    """
    is_path = arg.startswith((os.sep, "~/", "./", "../"))
    named = _FIELD.match(arg) is not None
    return named or is_path or arg == "," or arg.startswith("^") or _is_sort(arg)


def _is_sort(term: str) -> bool:
    """Return whether a word is a sort term of beets: a known field and a sign, such as `year-`."""
    return term[-1:] in ("+", "-") and term[:-1] in Item.all_keys()


def _legible(said: str) -> str:
    """Return the words with single spaces, without NUL and without bytes that are not UTF-8."""
    return " ".join(said.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").split())


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


def _without_rivals(before: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return the options of before that none of those said now excludes, and that exclude none."""
    rows = options.REMEMBERED.values()
    gone = {other for row in rows if row.name in said for other in row.excludes}
    gone |= {row.name for row in rows if said.keys() & set(row.excludes)}
    return {name: value for name, value in before.items() if name not in gone}


def refined(last: UserRequest, asked: UserRequest) -> UserRequest:
    """Return the last request with the present one added to it."""
    return replace(
        last,
        remarks=(*last.remarks, asked.text) if asked.text else last.remarks,
        terms=(*last.terms, *asked.terms),
        more=(*last.more, *asked.more),
        less=(*last.less, *asked.less),
        like=(*last.like, *asked.like),
        sounds_like=(*last.sounds_like, *asked.sounds_like),
        options={**_without_rivals(last.options, asked.options), **asked.options},
    )
