"""A terminal of a given width for tests: what beet writes there, when, and how it looks."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from tests.support.forked import PATIENCE
from tests.support.home import BEET, Home

SILENCE = 5.0  # seconds without a sign after which a key is pressed again

_MODE = re.compile(r"\x1b\[\?\d+[hl]")  # what readline tells the terminal
_PIECES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\r\n]|[^\r\n\x1b]+")


@dataclass
class Shown:
    """What came: the text, and pieces of it with the seconds after which they came."""

    code: int = 0
    text: str = ""
    pieces: list[tuple[float, str]] = field(default_factory=list)

    def longest_silence(self) -> float:
        """Return the most seconds between two pieces."""
        times = [0.0, *(when for when, _ in self.pieces)]
        return max((later - when for when, later in pairwise(times)), default=0.0)

    def widths(self) -> list[int]:
        """Return how wide each drawing of a line is."""
        return [len(line) for line in re.split(r"[\r\n]+|\x1b\[K", self.text)]

    def screen(self, columns: int) -> list[str]:
        """Return the rows as a terminal of that width shows them at the end."""
        rows, at = [""], 0
        for piece in _PIECES.findall(self.text):
            if piece == "\r":
                at = 0
            elif piece == "\n":
                rows.append("")
            elif piece == "\x1b[K":
                rows[-1] = rows[-1][:at]
            elif not piece.startswith("\x1b"):
                for char in piece:
                    if at == columns:
                        rows.append("")
                        at = 0
                    rows[-1] = rows[-1][:at].ljust(at) + char + rows[-1][at + 1 :]
                    at += 1
        return [row.rstrip() for row in rows]


def resize(descriptor: int, columns: int) -> None:
    """Give a terminal another width."""
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def stderr_of(
    home: Home,
    *args: str,
    columns: int,
    term: str = "xterm",
    each: Callable[[int, str], None] = lambda descriptor, text: None,
) -> Shown:
    """Run beet with stderr on a terminal; tell `each` of the terminal and of what came so far."""
    ours, theirs = pty.openpty()
    resize(ours, columns)
    begun = time.monotonic()
    process = subprocess.Popen(
        [BEET, *args],
        env={**home.environment, "TERM": term},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = Shown()
    while piece := _some(ours):
        shown.pieces.append((time.monotonic() - begun, piece))
        shown.text += piece
        each(ours, shown.text)
    os.close(ours)
    shown.code = process.wait(timeout=60)
    return shown


def _some(descriptor: int) -> str:
    try:
        return os.read(descriptor, 65536).decode()
    except OSError:  # the other side has closed it
        return ""


class Seated:
    """beet at a terminal of its own, where someone types and reads.

    `text` is all that was shown so far. An exit code is negative for a signal.
    """

    def __init__(self, home: Home, *args: str, columns: int = 80) -> None:
        self.text, self._read = "", 0
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            resize(0, columns)
            for key in (signal.SIGINT, signal.SIGHUP):  # ignored by what a shell runs behind
                signal.signal(key, signal.SIG_DFL)
            environment = {**home.environment, "TERM": "xterm", "INPUTRC": os.devnull}
            environment.pop("COLUMNS", None)  # pytest-xdist sets it
            os.execve(BEET, [str(BEET), *args], environment)

    def until(self, shown: str, nudge: str = "") -> str:
        """Wait for this text; return what came since the last call, up to its end.

        `nudge` is typed whenever nothing came for some time: Python does not see a Ctrl-C that
        comes just before it begins to wait for a key.
        """
        silent = 0.0
        while shown not in self.text[self._read :]:
            if not select.select([self.terminal], [], [], SILENCE)[0]:
                silent += SILENCE
                assert silent < PATIENCE, f"waited in vain for {shown!r}: {self.text}"
                self.type(nudge)
                continue
            piece = _some(self.terminal)
            assert piece, f"ended without {shown!r}: {self.text}"
            self.text += _MODE.sub("", piece)
        begun = self._read
        self._read = self.text.index(shown, begun) + len(shown)
        return self.text[begun : self._read]

    def type(self, text: str) -> None:
        """Type a text, with its line breaks and control characters."""
        os.write(self.terminal, text.encode())

    def ask(self, line: str) -> str:
        """Type a line; return what is answered up to the next prompt."""
        self.type(f"{line}\n")
        self.until("\r\n")
        return self.until("\r\n> ").removesuffix("\r\n> ")

    def ended(self) -> int:
        """Wait for the end; return the exit code."""
        while piece := _some(self.terminal):
            self.text += _MODE.sub("", piece)
        return self.wait()

    def hang_up(self) -> int:
        """Close the terminal, wait for the end and return the exit code."""
        os.close(self.terminal)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end; return the exit code."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError(f"it did not end: {self.text}")
