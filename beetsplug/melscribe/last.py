"""The last request, which `--again` takes up: one small file beside the index.

It is no part of the index, so that asking writes nothing there. What cron and scripts ask is not
kept: it would take the place of what a person asked and wants to refine.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
import sys
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TextIO

from beets.ui import UserError

from beetsplug.melscribe.asking import KEPT, Asked
from melscribe_core.files.writing import replace_file

FORMAT = 1  # another one is not understood
LISTS = ("remarks", "terms", "more", "less", "like")


def last_file(index: Path) -> Path:
    """Return where the last request lies, beside the index."""
    return index.with_name(index.name + ".last")


def is_asked_by_person() -> bool:
    """Say whether the command was typed at a terminal, and not with its answer thrown away.

    stdin tells: cron and services have no terminal there. stdout may be a pipe (`| head`) or a
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
    except OSError:  # it is none of the system's
        return False


def again(file: Path, asked: Asked) -> Asked:
    """Return the last request with what is asked now added to it; raise UserError without one."""
    return added(last_request(file), asked)


def added(last: Asked, asked: Asked) -> Asked:
    """Return a request with what is asked now added to it."""
    return replace(
        last,
        remarks=(*last.remarks, asked.text) if asked.text else last.remarks,
        terms=(*last.terms, *asked.terms),
        more=(*last.more, *asked.more),
        less=(*last.less, *asked.less),
        like=(*last.like, *asked.like),
        options={**last.options, **asked.options},
    )


def told(asked: Asked) -> str:
    """Return a request in one line, as it was asked: `sad folk year:1970.. -n 4, then "slower"`."""
    lists = (("more", asked.more), ("less", asked.less), ("like", asked.like))
    given = [
        *([asked.text] if asked.text else []),
        *map(shlex.quote, asked.terms),
        *(f"--{name} {shlex.quote(said)}" for name, every in lists for said in every),
        *(_option(name, value) for name, value in asked.options.items()),
    ]
    remarks = "".join(f', then "{remark}"' for remark in asked.remarks)
    return " ".join(given) + remarks


def _option(name: str, value: object) -> str:
    option = f"--{name.replace('_', '-')}"
    return option if value is True else f"{option} {value}"


def keep(file: Path, asked: Asked) -> str:
    """Keep the request for --again; return "", or why it cannot be kept.

    Where it cannot, an older one goes too if it can: it is not what --again would be meant for.
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


def last_request(file: Path) -> Asked:
    """Return the last request; raise UserError without one."""
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


def unpacked(stored: bytes) -> Asked:
    """Read what `keep` wrote; raise ValueError for anything else."""
    try:
        values = json.loads(stored)
    except RecursionError as error:
        raise ValueError("nested as no request is") from error
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        raise ValueError("another format")
    lists = {name: _texts(values.pop(name, None)) for name in LISTS}
    text, options = values.pop("text", None), values.pop("options", None)
    if values or not isinstance(text, str) or not isinstance(options, dict):
        raise ValueError("other values than a request has")
    for name, value in options.items():
        if type(value) not in KEPT.get(name, ()):
            raise ValueError(f"{name} is another option, or of another kind")
    return Asked(text=text, options=options, **lists)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("other values than a request has")
    return tuple(value)
