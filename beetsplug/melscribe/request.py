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
from pathlib import Path
from typing import Any, TextIO

from beets.library import Item
from beets.ui import UserError

from beetsplug.melscribe import options
from melscribe_core.files.writing import replace_file

FORMAT = 1  # of the file with the last request; another one is refused
LISTS = ("remarks", "terms", "more", "less", "like")

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
    values = {name: getattr(opts, name) for name in options.REMEMBERED}
    return UserRequest(
        text=_legible(" ".join(described)),
        terms=tuple(terms),
        more=tuple(filter(None, map(_legible, opts.more or ()))),
        less=tuple(filter(None, map(_legible, opts.less or ()))),
        like=tuple(query for query in opts.like or () if query.strip()),
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


def refuse_impossible(asked: UserRequest) -> None:
    """Raise UserError for an empty request, or an option with a value out of its range."""
    if asked.is_empty:
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
    flags = {name: option.flag for name, option in options.REMEMBERED.items()}
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


def remember_typed(file: Path, asked: UserRequest, *, again: bool) -> list[str]:
    """Remember a request that was typed, or that refined the last one; return a note on failure."""
    if not (again or is_typed()):
        return []
    why = remember(file, asked)
    if not (why and again):
        return []
    return [f"taken up: {asked.text}; what is said now cannot be kept ({why})"]


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
    kinds = {name: option.kind for name, option in options.REMEMBERED.items()}
    for name, value in given.items():
        if type(value) is not kinds.get(name):
            raise ValueError(f"{name} is another option, or of another kind")
    return UserRequest(text=text, options=given, **lists)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("other values than a request has")
    return tuple(value)
