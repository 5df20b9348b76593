"""Atomic writing of files: temporary file, then rename."""

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

LEFT_AFTER = 3600.0  # seconds; an older temporary file was left by a killed process

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
    """Write `content` to `path` atomically; after any failure the old file is unchanged.

    An existing file keeps its mode; a write-protected one is not replaced. A symbolic link is kept
    and its target written. `refuse` is called just before the rename and may raise. Raises
    `problem`, one sentence with the cause and the remedy.
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
    """Raise `problem` if `write_whole` would fail before writing anything."""
    target = Path(os.path.realpath(os.fsdecode(path)))
    with _explained(path, problem):
        _writable_mode(path)
        target.parent.stat()


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically but without fsync: for files that can be rebuilt.

    Raises OSError.
    """
    with _temporary_beside(path) as (descriptor, temporary):
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.replace(path)


def _writable_mode(path: StrOrBytesPath) -> int | None:
    """Return the file's permission bits, None without a file; OSError if it is not writable."""
    file = Path(os.fsdecode(path))
    try:
        found = file.stat()  # also of the target of /dev/stdout, which may have no path
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):  # a rename would replace it
        what = _SPECIAL.get(stat.S_IFMT(found.st_mode), "a device")
        raise FileExistsError(errno.EEXIST, f"it is not an ordinary file but {what}")
    if _is_printed_to(found):
        raise FileExistsError(errno.EEXIST, "the output of this command goes there")
    os.close(os.open(file, os.O_WRONLY))  # raises for a write-protected file; changes nothing
    return stat.S_IMODE(found.st_mode)


def _is_printed_to(file: os.stat_result) -> bool:
    """Return whether stdout or stderr is this file: replacing it would lose what is printed."""
    for descriptor in (1, 2):
        with suppress(OSError):
            if os.path.samestat(file, os.fstat(descriptor)):
                return True
    return False


@contextmanager
def _temporary_beside(target: Path) -> Iterator[tuple[int, Path]]:
    """Open a new file in the target's folder, since a rename is atomic only within a file system.

    Yields its descriptor, which the caller closes, and its path. It is removed if not renamed.
    """
    temporary = target.with_name(f".melscribe-{secrets.token_hex(8)}")
    _clear(target.parent)
    try:
        # 0o666 minus the user's umask: the usual mode of a new file.
        yield os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), temporary
    finally:
        temporary.unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    """Remove the temporary files of processes that were killed."""
    for path in folder.glob(".melscribe-*"):
        with suppress(OSError):  # another process may remove it first
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
    """Return a path for use in a message: one line, undecodable bytes replaced."""
    line = "".join(c if c.isprintable() else " " for c in os.fsdecode(path))
    return line.encode(errors="replace").decode()
