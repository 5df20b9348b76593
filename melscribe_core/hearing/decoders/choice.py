"""Which decoder for which file: libsndfile, else PyAV, else the program ffmpeg."""

from __future__ import annotations

import importlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from melscribe_core.errors import MelScribeError, UnreadableAudioError
from melscribe_core.hearing.decoders import program
from melscribe_core.hearing.decoders.formats import NATIVE, format_of
from melscribe_core.hearing.decoders.program import Ffmpeg
from melscribe_core.hearing.decoders.pyav import PyAV
from melscribe_core.hearing.decoders.sndfile import Sndfile
from melscribe_core.hearing.decoders.stretch import TIME_LIMIT, Decoder

EXTRA = ("soundfile", "soxr")
OTHERS = "PyAV or ffmpeg"


def missing_extra() -> str | None:
    """Return what to install before anything can be heard, in one sentence; None for nothing."""
    if all(map(_is_installed, EXTRA)):
        return None
    return (
        "Hearing needs the extra `listen`: pip install 'beets-melscribe[listen]'"
        " (with pipx: pipx inject beets soundfile soxr)."
    )


def decoders(path: str | bytes) -> Iterator[Decoder]:
    """Yield the decoders that can open a file, best first, each to be closed by the caller.

    Yields nothing where no decoder can open it: `unreadable` tells why. Raises MelScribeError where
    the extra is missing, UnreadableAudioError where there is no such file or no time was left.
    """
    _check_file(path)
    if missing := missing_extra():
        raise MelScribeError(missing)
    late = False
    for kind in _installed():
        try:
            decoder = kind(path)
        except TimeoutError:
            late = True
            continue
        except Exception:  # of many classes: each decoder has its own, PyAV dozens
            continue
        yield decoder
    if late:
        raise unreadable(path, late=True, short=False)


def unreadable(path: str | bytes, *, late: bool, short: bool) -> UnreadableAudioError:
    """Return the error for a file that gave no audio: all decoders failed, or were late.

    `short` is for a file that can be decoded, but holds less than a tenth of a second.
    """
    kind, name = format_of(path), _shown(path)
    if short:
        told = f"{name} is too short to be heard; leave it out."
    elif kind not in NATIVE and len(list(_installed())) == 1:
        told = f"{name} is {kind or 'of an unknown format'} and needs {OTHERS}: pip install av."
        return UnreadableAudioError(told, kind, OTHERS)
    elif late:
        told = f"{name} was not decoded in {TIME_LIMIT:.0f} seconds; try it again, or convert it."
    else:
        told = f"{name} has no audio that can be decoded; it is damaged or another kind of file."
    return UnreadableAudioError(told, kind, lasting=not late)


def _installed() -> Iterator[Callable[[str | bytes], Decoder]]:
    """Yield the decoders that are there, one by one: PyAV is slow to import."""
    yield Sndfile
    if _is_installed("av"):
        yield PyAV
    if program.found():
        yield Ffmpeg


def _is_installed(name: str) -> bool:
    try:
        importlib.import_module(name)
    except (ImportError, OSError):  # OSError: a wheel without its library
        return False
    return True


def _check_file(path: str | bytes) -> None:
    """Refuse what is not a file with content that can be read. Raises UnreadableAudioError."""
    name = _shown(path)
    file = Path(os.fsdecode(path))
    kind = file.suffix[1:].lower()
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableAudioError(f"{name} is not a file; name an audio file.", kind)
        with file.open("rb"):
            pass
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = getattr(error, "strerror", None) or error
        told = f"{name} cannot be opened ({why}); run `beet update` if it has gone."
        raise UnreadableAudioError(told, kind) from error
    if not found.st_size:
        raise UnreadableAudioError(f"{name} is empty; restore it.", kind, lasting=True)


def _shown(path: str | bytes) -> str:
    """Return a path that can be printed: names need not be UTF-8."""
    return os.fsdecode(path).encode("utf-8", "replace").decode()
