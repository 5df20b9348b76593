"""Keep the C libraries' own messages off the terminal."""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

_LOCK = Lock()
_inside = 0  # how many threads are in `quiet`
_usual: int | None = None  # the C library's stream, while another is in its place


@contextmanager
def quiet() -> Iterator[None]:
    """Discard what C code writes to its stderr; what Python writes there is shown.

    libmpg123, which is part of libsndfile, reports each damaged frame of an mp3 there, a line or
    three for each, and has no switch that soundfile can reach. Where the C library is neither
    glibc nor Apple's its stream cannot be replaced safely: its messages are shown.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _usual
    with _LOCK:
        _inside += 1
        if _inside == 1 and (stream := _stream()) is not None and (null := _null()):
            _usual, stream.value = stream.value, null


def _leave() -> None:
    global _inside, _usual
    with _LOCK:
        _inside -= 1
        if _inside == 0 and _usual is not None and (stream := _stream()) is not None:
            stream.value, _usual = _usual, None


@cache
def _null() -> int | None:
    """Return a stream that discards, never closed: a thread may still write to it."""
    library = ctypes.CDLL(None)
    library.fopen.restype = ctypes.c_void_p
    stream: int | None = library.fopen(b"/dev/null", b"w")
    return stream


@cache
def _stream() -> ctypes.c_void_p | None:
    """Return the C library's variable `stderr`, None where it cannot be assigned."""
    if sys.platform == "darwin":
        name = "__stderrp"
    elif sys.platform == "linux" and platform.libc_ver()[0] == "glibc":
        name = "stderr"
    else:
        return None
    try:
        return ctypes.c_void_p.in_dll(ctypes.CDLL(None), name)
    except (OSError, ValueError):  # no such variable
        return None
