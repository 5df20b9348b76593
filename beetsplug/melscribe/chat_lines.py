"""A line of a chat -> a command and its argument, or None: then the line is a turn.

A command's word followed by something that is no argument of it is a turn: "play some jazz",
"new wave", "keep it slow".
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from melscribe_core.files.file_types import kind_of_name

Spans = tuple[tuple[int, int], ...]  # first and last number of each part of "3, 7-9"

_SPAN = r"(?:no\.? ?|#)?(\d{1,9})(?:\s*(?:[-–—]|to)\s*#?(\d{1,9}))?"
_NUMBERS = re.compile(rf"{_SPAN}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+){_SPAN})*", re.IGNORECASE)
_AS_PATH = ("/", "~/", "./", "../", *((".\\", "..\\", "\\") if os.sep == "\\" else ()))
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_BEFORE_FILE = re.compile(r"(?:(?:it|this|that|the list|the playlist) )?to (?=\S)", re.IGNORECASE)
_MARKS = ".!?"


class Command(NamedTuple):
    """A command: its words, the argument as `help` writes it, what it does in a sentence.

    `reads` returns the value of an argument, None for what is none; `run` is called with the chat
    and that value. The `examples` are read as this command, the `near_misses` as turns.
    """

    words: tuple[str, ...]
    argument: str
    help: str
    reads: Callable[[str], Any]
    run: Callable[..., Any]
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the word that comes first."""
        return self.words[0]


def command_of(line: str, commands: Sequence[Command]) -> tuple[Command, Any] | None:
    """Return the command of a line and the value of its argument, None for a turn."""
    for command in commands:
        for word in command.words:
            found = re.match(rf"{word.replace(' ', ' +')}(?![\w'-])", line, re.IGNORECASE)
            if found and (value := command.reads(line[found.end() :].strip())) is not None:
                return command, value
    return None


def help_lines(commands: Sequence[Command]) -> Iterator[str]:
    """Yield the commands, a line each, and what all else is."""
    called = [f"{', '.join(command.words)} {command.argument}".rstrip() for command in commands]
    width = max(map(len, called))
    yield "Anything else is said to MelScribe: `slower`, `no piano`, `just two more`."
    for name, command in zip(called, commands, strict=True):
        yield f"  {name:<{width}}  {command.help}"


# What may stand behind a command: each returns None for what is no argument


def nothing(rest: str) -> str | None:
    """Return "" when nothing follows but a mark of the sentence."""
    return None if rest.strip(_MARKS) else ""


def numbers(rest: str) -> Spans | None:
    """Return the numbers of `3 7`, `2-5` or `3, 7 and 9`; empty when nothing follows."""
    rest = rest.rstrip(_MARKS + " ")
    if rest and not _NUMBERS.fullmatch(rest):
        return None
    found = re.finditer(_SPAN, rest, re.IGNORECASE)
    return tuple((int(one[1]), int(one[2] or one[1])) for one in found)


def file(rest: str) -> str | None:
    """Return the file that `save` names: by its ending, or as a path; "" when nothing follows."""
    rest = _unquoted(_BEFORE_FILE.sub("", rest, count=1))
    is_playlist = rest.lower().endswith((".m3u", ".m3u8"))
    is_path = rest.startswith(_AS_PATH) or _DRIVE.match(rest)
    is_other = " " not in rest and kind_of_name(rest)  # the playlist's own rules refuse it
    return rest if not rest or is_playlist or is_path or is_other else None


def name(rest: str) -> str | None:
    """Return the name behind `save as`; "" when nothing follows."""
    return _unquoted(rest)


def _unquoted(text: str) -> str:
    quoted = re.fullmatch(r"""(["'])(.+)\1""", text)
    return quoted[2] if quoted else text
