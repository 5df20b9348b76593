"""Run one command and measure its time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from melscribe_core.errors import MelScribeError

PEAK_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
STDERR_SHOWN = 600  # last characters of a failed command's stderr in the error


class BenchError(MelScribeError):
    """A measured command failed."""


@dataclass(frozen=True)
class Usage:
    """Time and memory of one process with its children, and its stdout."""

    wall: float  # seconds from start to exit
    cpu: float  # seconds, user + system
    peak: int  # bytes, maximum resident set
    output: str


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment plus `more`, without PYTHONDONTWRITEBYTECODE.

    pip compiles what it installs; without .pyc files every start would measure the compiler.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | more


def measure(command: Sequence[str], environment: Mapping[str, str]) -> Usage:
    """Run the command to its end, as if typed. Raises BenchError unless it exits with 0.

    stdin is a terminal without input, because the plugin saves a request for --again only then.
    The kernel counts the parent's memory at the time of the fork in the peak: call this from a
    process that has imported nothing large.
    """
    with (
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as errors,
        open_terminal() as terminal,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=terminal, stdout=output, stderr=errors
        )
        _, status, used = os.wait4(process.pid, 0)  # the usage of this child alone
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise BenchError(
                f"`{' '.join(command)}` ended with {process.returncode};"
                f" its last output: {_read(errors)[-STDERR_SHOWN:].strip()}"
            )
        return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * PEAK_UNIT, _read(output))


@contextmanager
def open_terminal() -> Iterator[int]:
    """Open a pseudo-terminal and yield the descriptor that a command reads."""
    ours, theirs = os.openpty()
    try:
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)


def _read(stream: IO[str]) -> str:
    stream.seek(0)
    return stream.read()
