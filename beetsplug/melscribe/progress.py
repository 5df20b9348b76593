"""Progress of a long step: one line on a terminal of any width, erased when the step is done."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TextIO

OFTEN = 0.1  # seconds between two redraws
USUAL = 80  # columns, when the terminal does not report its width
LEAST = 5  # columns of the shortest bar
MOST = 40  # columns of the longest bar
SOON = 2.0  # seconds before the first estimate of the time left
CLEAR = "\x1b[K"  # erases from the cursor to the end of the line


Advance = Callable[[int], None]  # called with the number of parts just done
# `with progress("reading tags", 1200) as advance:` around one long step; 0: unknown number of parts
Progress = Callable[[str, int], AbstractContextManager[Advance]]


@contextmanager
def line(label: str, total: int = 0) -> Iterator[Advance]:
    """Show the progress of a step of `total` parts on stderr, if that is a terminal.

    With 0 parts, show only the label.
    """
    with _shown(label, total, "") as advance:
        yield advance


@contextmanager
def of_files(label: str, total: int = 0) -> Iterator[Advance]:
    """Show the same, with how many files are done a second."""
    with _shown(label, total, "files") as advance:
        yield advance


@contextmanager
def _shown(label: str, total: int, unit: str) -> Iterator[Advance]:
    if not is_wanted(sys.stderr):
        yield lambda _: None
        return
    bar = Bar(sys.stderr, label, total, unit)
    try:
        yield bar.advance
    finally:
        bar.clear()


@contextmanager
def none(label: str, total: int = 0) -> Iterator[Advance]:
    """Show nothing while a step runs."""
    yield lambda _: None


def is_wanted(stream: TextIO) -> bool:
    """Return whether a line can be redrawn on the stream: it is a terminal, and not a dumb one."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Bar:
    """The progress line of one step of `total` parts; with 0 it is the label alone.

    With a `unit`, what the parts are, it shows how many of them are done a second.
    """

    def __init__(self, stream: TextIO, label: str, total: int, unit: str = "") -> None:
        self._stream, self._label, self._total, self._unit = stream, label, total, unit
        self._done = 0
        self._begun = time.monotonic()
        self._drawn = 0.0
        self._draw(self._begun)

    def advance(self, parts: int) -> None:
        """Count `parts` more as done; redraw at most every OFTEN seconds."""
        self._done += parts
        now = time.monotonic()
        if now - self._drawn >= OFTEN:
            self._draw(now)

    def clear(self) -> None:
        """Erase the line."""
        self._write("")

    def _draw(self, now: float) -> None:
        self._drawn = now
        # The last column stays free: many terminals wrap after writing to it.
        room = _columns(self._stream) - 1
        seconds = now - self._begun
        self._write(fitted(self._label, self._done, self._total, seconds, room, self._unit))

    def _write(self, line: str) -> None:
        self._stream.write(f"\r{line}{CLEAR}")
        self._stream.flush()


def fitted(label: str, done: int, total: int, seconds: float, room: int, unit: str = "") -> str:
    """Return a progress line of at most `room` columns.

    `seconds` is the time so far. By priority, as far as there is room: per cent, label, numbers,
    time left, with a `unit` the pace; a bar fills the rest.
    """
    room = max(room, 0)
    if total <= 0:
        return label[:room]
    share = min(done / total, 1.0)
    percent = f"{int(share * 100):>3}%"
    head = label[: max(room - len(percent) - 1, 0)].rstrip()
    line = f"{head} {percent}".strip()[:room]
    extras = [f"  {done:>{len(f'{total:,}')},} of {total:,}"]
    if share and seconds >= SOON:
        extras.append(f"  {_clock(seconds / share - seconds)} left")
        extras += [f"  {done / seconds:.1f} {unit}/s"] if unit else []
    for extra in extras:
        if len(line) + len(extra) > room:
            return line
        line += extra
    width = min(room - len(line) - 4, MOST)  # two blanks and the brackets
    if width < LEAST:
        return line
    return f"{line}  [{'#' * int(share * width):<{width}}]"


def _clock(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _columns(stream: TextIO) -> int:
    """Return the present width of the terminal, in columns."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL
    except (OSError, ValueError):
        return USUAL
