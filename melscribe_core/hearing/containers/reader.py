"""Reading of an open file that may be damaged, and what is found: the parts that hold audio."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

MOST = 1000  # chunks, tags or blocks that are walked through: a file of ours has a few dozen


class DamagedError(Exception):
    """The file is not built as its kind is; used only among the modules that read containers."""


class Span(NamedTuple):
    """Part of a file, in bytes."""

    start: int
    length: int


class Audio(NamedTuple):
    """Where the audio of a file lies, and what the file itself says that tells it from other audio.

    `kind` names the reader that found it, in at most 16 bytes.
    """

    kind: bytes
    spans: tuple[Span, ...] = ()
    proof: bytes = b""


class Reader:
    """An open file of known size."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self.size = size

    def at(self, start: int, length: int) -> bytes:
        """Return exactly these bytes. Raises DamagedError where the file has none, and OSError."""
        if start < 0 or length < 0 or start + length > self.size:
            raise DamagedError
        self._file.seek(start)
        found = bytearray()
        while len(found) < length:
            piece = self._file.read(length - len(found))
            if not piece:  # it became shorter meanwhile
                raise DamagedError
            found += piece
        return bytes(found)

    def begins(self, start: int, *words: bytes) -> bool:
        """Return whether one of the words, of one length, lies there."""
        length = len(words[0])
        return 0 <= start <= self.size - length and self.at(start, length) in words

    def rest(self, start: int, length: int | None = None) -> Span:
        """Return the part from there, as long as it is said to be or the file ends."""
        left = self.size - start
        return Span(start, max(0, left if length is None else min(length, left)))


@contextmanager
def opened(path: bytes | str) -> Iterator[Reader]:
    """Open a file for reading without a buffer, so that no more is read than asked for.

    Raises OSError, also for what is not an ordinary file: reading a pipe would wait for ever.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - pathlib does not take bytes
    except ValueError as error:  # a null character
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not an ordinary file", path)
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        yield Reader(file, os.fstat(file.fileno()).st_size)
