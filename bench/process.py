"""Run one whole process and say what it took."""

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
SAID = 600  # characters of a failed command's last words that are repeated


class BenchError(MelScribeError):
    """A measured command failed."""


@dataclass(frozen=True)
class Usage:
    """What one process took, its children included, and what it printed on stdout."""

    wall: float  # seconds from start to exit
    cpu: float  # seconds, user + system
    peak: int  # bytes of the largest resident set
    output: str


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment, in which Python may keep what it has compiled.

    An installer compiles what it installs: to do that at every start would be measured otherwise.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | more


def measure(command: Sequence[str], environment: Mapping[str, str]) -> Usage:
    """Run the command to its end, as if typed. Raises BenchError unless it exits with 0.

    stdin is a terminal, on which nothing is typed: what a person asks is kept for --again.
    The peak comes from the kernel, which counts the parent's memory at the moment of the start too:
    measure from a process that has imported nothing large.
    """
    with (
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as errors,
        _terminal() as terminal,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=terminal, stdout=output, stderr=errors
        )
        _, status, used = os.wait4(
            process.pid, 0
        )  # unlike Popen.wait, it tells this child's usage alone
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise BenchError(
                f"`{' '.join(command)}` was to be measured and ended with {process.returncode};"
                f" mend what it says: {_read(errors)[-SAID:].strip()}"
            )
        return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * PEAK_UNIT, _read(output))


@contextmanager
def _terminal() -> Iterator[int]:
    """Open a terminal and yield the side that a command reads."""
    ours, theirs = os.openpty()
    try:
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)


def _read(stream: IO[str]) -> str:
    stream.seek(0)
    return stream.read()
