"""`beet describe --chat [WORDS]`: the page of a conversation at a prompt, or with a program.

Each line is a turn or a command: see chat_commands. Reading order: `chat`, from the first line to
the last; a line; where lines come from; what is printed.
"""

from __future__ import annotations

import errno
import json
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from io import TextIOWrapper
from typing import Any

import confuse
from beets.library import Library
from beets.ui import UserError, print_

from beetsplug.melscribe import chat_commands, output, playlist_file, request
from beetsplug.melscribe.chat_commands import COMMANDS, Chat, Reply, State
from beetsplug.melscribe.chat_lines import command_of
from beetsplug.melscribe.conversation import talk_of
from beetsplug.melscribe.describe import refuse
from beetsplug.melscribe.errors import one_sentence, silence_failed_streams
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.index_file import index_path
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.talk_file import in_one_line, talk_file, turns_to_take_up
from beetsplug.melscribe.turns import Talk

INVITATION = "say what you want to hear; `help` for commands"
PROMPT = "> "
GONE = {errno.EIO, errno.ENXIO, errno.EPIPE}  # a terminal that was closed


def chat(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Answer line after line, to the end of the input; only a wrong start raises UserError."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # a line may hold any bytes
    started = _start(lib, settings, opts, args)
    at_terminal = _is_terminal(sys.stdin)
    try:
        if not started.start.is_empty:
            _answer(started, at_terminal, partial(chat_commands.turn, started, started.start.text))
        elif started.draft:
            _answer(started, at_terminal, partial(chat_commands.show_list, started, ""))
        elif at_terminal:
            output.say(INVITATION)
        _converse(started, at_terminal)
    except OSError as error:
        if not at_terminal or error.filename is not None or error.errno not in GONE:
            raise
        silence_failed_streams()


def _start(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> Chat:
    """Return the chat before its first line, when the index is up to date."""
    start = request.read(opts, args)
    file = talk_file(index_path(lib, settings))
    turns = turns_to_take_up(file, lib, again=opts.again)
    refuse(start, settings, again=True)
    shape = playlist_file.options_of(opts, settings)

    def earlier(index: LibraryIndex) -> Talk:
        output.say_all(index.notes)
        return talk_of(index, turns)

    talk = with_index(lib, settings, earlier, fresh=True)
    if turns:
        output.say(f"taking up: {in_one_line(turns)}")
    keeps = bool(opts.again) or request.is_typed()
    return Chat(lib, settings, opts, shape, start, keeps, State(talk, typed=start))


def _converse(started: Chat, at_terminal: bool) -> None:
    """Read and answer lines until there are no more."""
    read = _prompting(started.opts) if at_terminal else _next_line
    while True:
        try:
            line = read()
        except EOFError:
            return
        if line and not _answer(started, at_terminal, partial(_reply, started, line)):
            return


# A line


def _reply(started: Chat, line: str) -> Reply:
    """Answer a line: a command, or else a turn."""
    found = command_of(line, COMMANDS)
    if found is None:
        return chat_commands.turn(started, line)
    command, value = found
    if command.argument and not value:
        raise UserError(f"{command.name}: {command.help}; such as: {command.examples[0]}")
    reply: Reply = command.run(started, value)
    return reply


def _answer(started: Chat, at_terminal: bool, run: Callable[[], Reply]) -> bool:
    """Print what `run` answers, or its error as a sentence; return whether the chat goes on.

    At a terminal Ctrl-C ends the answer, not the chat.
    """
    begun = time.monotonic()
    try:
        with one_sentence(started.lib):
            reply = run()
        _show(started, reply, time.monotonic() - begun)
        return not reply.ends
    except (UserError, confuse.ConfigError) as error:
        _show_error(started, str(error))
    except KeyboardInterrupt:
        if not at_terminal:
            raise
        _show_error(started, "stopped")
    return True


# Where lines come from


def _is_terminal(stream: Any) -> bool:
    try:
        return stream is not None and bool(stream.isatty())
    except ValueError:  # closed
        return False


def _next_line() -> str:
    """Return the next line of the input, "" for an empty one; raise EOFError at its end."""
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise EOFError
    return line.strip()


def _prompting(opts: Any) -> Callable[[], str]:
    """Return what reads a line at a terminal; only a person who reads there sees a prompt."""
    if not sys.stdout.isatty() or opts.json:
        return _asked
    with suppress(ImportError):  # Windows has none
        import readline  # noqa: F401 # `input` then edits lines, and remembers them
    return partial(_asked, PROMPT)


def _asked(prompt: str = "") -> str:
    """Return the line that was typed; Ctrl-C clears it, and Ctrl-D raises EOFError."""
    try:
        return input(prompt).strip()
    except KeyboardInterrupt:
        line = ""
    except EOFError:
        output.say("")
        raise
    output.say("")
    return line


# What is printed


def _show(started: Chat, reply: Reply, seconds: float) -> None:
    if started.opts.json:
        print_(_json(started, reply, seconds))
        return
    if reply.found is not None:
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        output.show(reply.found, started.opts, columns)
    for line in reply.lines:
        print_(output.printable(line))
    output.say_all([*reply.notes, *([reply.size] if reply.size else [])])


def _json(started: Chat, reply: Reply, seconds: float) -> str:
    """Return the object for a line, on one line."""
    if reply.found is not None:
        return output.as_json(reply.found, seconds, started.draft, indent=None)
    said = "\n".join((*reply.lines, *reply.notes))
    return json.dumps({"said": said, "draft": list(started.draft)}, ensure_ascii=False)


def _show_error(started: Chat, said: str) -> None:
    if started.opts.json:
        print_(json.dumps({"error": said}, ensure_ascii=False))
    else:
        output.say(said)
