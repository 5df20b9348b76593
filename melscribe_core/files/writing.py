"""Bytes to disk, whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from melscribe_core.errors import FileError

LEFT_AFTER = 3600.0  # seconds; no file takes so long to write

_TEMPORARY = re.compile(r"\.melscribe-[0-9a-f]{16}")

StrOrBytesPath = str | bytes | os.PathLike[str]

_REASONS = {
    errno.ENOENT: "its folder does not exist; create the folder or choose another file",
    errno.ENOTDIR: "a part of its path is not a folder; choose another file",
    errno.EISDIR: "it is a folder; name a file",
    errno.EACCES: "you may not write there; change the permissions or choose another file",
    errno.EPERM: "you may not write there; change the permissions or choose another file",
    errno.EROFS: "the file system is read-only; choose another file",
    errno.ENOSPC: "the disk is full; free some space and try again",
    errno.EDQUOT: "your disk quota is used up; free some space and try again",
    errno.ENAMETOOLONG: "its name is too long; choose a shorter one",
}
_SPECIAL = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}


def write_whole(
    path: StrOrBytesPath,
    content: bytes,
    problem: type[FileError],
    refuse: Callable[[], None] = lambda: None,
) -> None:
    """Put `content` at `path` whole: until the last moment the old file, and after any failure too.

    An existing file keeps its mode, and one that is write-protected is not replaced. A symbolic
    link stays and its target is written. `refuse` is called at that last moment and may raise.
    Raises `problem`: one sentence on what was in the way.
    """
    target = Path(os.path.realpath(os.fsdecode(path)))
    with _explained(path, problem):
        mode = _writable_mode(path)
        with _temporary_beside(target) as (descriptor, temporary):
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            if mode is not None:
                temporary.chmod(mode)
            refuse()
            temporary.replace(target)


def refuse_unwritable(path: StrOrBytesPath, problem: type[FileError]) -> None:
    """Raise `problem` for what `write_whole` would complain of before it writes anything."""
    target = Path(os.path.realpath(os.fsdecode(path)))
    with _explained(path, problem):
        _writable_mode(path)
        target.parent.stat()


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole, without waiting for the disk: for what can be made again.

    Raises OSError.
    """
    with _temporary_beside(path) as (descriptor, temporary):
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.replace(path)


def _writable_mode(path: StrOrBytesPath) -> int | None:
    """Return the file's permission bits, None without a file; OSError where we may not write."""
    file = Path(os.fsdecode(path))
    try:
        found = file.stat()  # of what /dev/stdout leads to, too, which may have no path
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):  # a rename would take its place
        what = _SPECIAL.get(stat.S_IFMT(found.st_mode), "a device")
        raise FileExistsError(errno.EEXIST, f"it is not an ordinary file but {what}")
    if _is_printed_to(found):
        raise FileExistsError(errno.EEXIST, "what is printed goes there")
    os.close(os.open(file, os.O_WRONLY))  # raises for a write-protected file; changes nothing
    return stat.S_IMODE(found.st_mode)


def _is_printed_to(file: os.stat_result) -> bool:
    """Say whether stdout or stderr goes to the file: all that is printed would be lost with it."""
    for descriptor in (1, 2):
        with suppress(OSError):
            if os.path.samestat(file, os.fstat(descriptor)):
                return True
    return False


@contextmanager
def _temporary_beside(target: Path) -> Iterator[tuple[int, Path]]:
    """Open a new file in the target's folder, the one place from which a rename is atomic.

    Yields its descriptor, which the caller closes, and its path. What was not renamed is removed.
    """
    temporary = target.with_name(f".melscribe-{secrets.token_hex(8)}")
    _clear(target.parent)
    try:
        # 0o666 lets the person's umask decide, as for any file that a program makes.
        yield os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), temporary
    finally:
        temporary.unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    """Remove the temporary files of processes that were killed."""
    for path in folder.glob(".melscribe-*"):
        with suppress(OSError):  # another process may be as quick
            if _TEMPORARY.fullmatch(path.name) and time.time() - path.stat().st_mtime > LEFT_AFTER:
                path.unlink()


@contextmanager
def _explained(path: StrOrBytesPath, problem: type[FileError]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, f"{error.strerror or error}; choose another file")
        raise problem(f"The {problem.what} {shown(path)} was not written: {reason}.") from error


def shown(path: StrOrBytesPath) -> str:
    """Return a path as it can stand in a sentence: one line, no bytes that are no text."""
    line = "".join(c if c.isprintable() else " " for c in os.fsdecode(path))
    return line.encode(errors="replace").decode()
