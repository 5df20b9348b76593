"""Tags of the audio files themselves: find files that may have changed, read and store them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

from beetsplug.melscribe.progress import Advance, Progress
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.file_tags import File, FileStamp
from melscribe_core.errors import FileTagsError
from melscribe_core.text import counted

T = TypeVar("T")

READING = "reading file tags"
READERS = 4  # threads: on a network share most of the time is spent waiting
PART = 400  # files per transaction


class Outcome(NamedTuple):
    """Result of reading one file: its mtime and tags, or the error."""

    file: File
    mtime: int
    tags: dict[str, list[str]]
    error: Exception | None = None


class Problems:
    """The number of files that could not be read, and the first problem."""

    def __init__(self, music: bytes) -> None:
        self._music = music
        self._count = 0
        self._first = ""

    def add(self, file: File, error: Exception) -> None:
        """Count one more file."""
        self._count += 1
        if not self._first:
            path = os.fsdecode(os.path.join(self._music, file.path))
            why = getattr(error, "strerror", None) or str(error)
            self._first = why if isinstance(error, FileTagsError) else f"{path}: {why}"

    def notes(self) -> list[str]:
        """Return the note for the user, none without a problem."""
        if not self._count:
            return []
        files = counted(self._count, "file")
        return [f"{files} could not be read for mood tags; the first: {self._first}"]


class Disk:
    """The files in the music folder; a missing folder is looked for once."""

    def __init__(self, music: bytes) -> None:
        self._music = music
        self._inside: bytes | None = None
        self._folder = b""
        self._lost: OSError | None = None

    def mtime(self, path: bytes) -> int:
        """Return a file's modification time in seconds; raise OSError or ValueError."""
        inside, _, name = path.rpartition(b"/")
        if inside != self._inside:  # mostly the folder of the file before
            self._inside, self._lost = inside, None
            self._folder = os.path.join(self._music, inside, b"")
        if self._lost is not None:
            raise self._lost
        try:
            return int(os.stat(self._folder + name).st_mtime)
        except OSError as error:
            if not os.path.isdir(self._folder):
                self._lost = error
            raise


def read_files(
    catalogue: Catalogue,
    files: Iterable[File],
    music: bytes,
    progress: Progress,
    *,
    total: int,
    look: bool,
) -> list[str]:
    """Read the tags of the files that may have changed; return notes for the user.

    `total` is the number of files; `music` is the folder that stored paths are relative to. With
    `look` the mtime of every file decides; otherwise the mtime known to beets. A file that cannot
    be read keeps the tags it had (a disk may not be mounted), and is tried again with `look`.
    """
    problems, disk = Problems(music), Disk(music)
    with progress("looking at files", total) as advance:
        shown = counting(files, advance)
        waiting = list(_changed_on_disk(shown, disk, problems) if look else _changed(shown))
    if waiting:
        _store(catalogue, waiting, music, progress, problems)
    return problems.notes()


def counting(values: Iterable[T], advance: Advance) -> Iterator[T]:
    """Yield the values; report each to `advance` when the next is requested: it is done then."""
    for one in values:
        yield one
        advance(1)


def _changed(files: Iterable[File]) -> Iterator[File]:
    """Yield the files with another mtime in beets than when they were read."""
    for file in files:
        # Any other time counts, even an earlier one: clocks jump. beets uses 0 for tags that are
        # not written to the file yet.
        if file.path and (file.known is None or file.mtime not in (0, file.known)):
            yield file


def _changed_on_disk(files: Iterable[File], disk: Disk, problems: Problems) -> Iterator[File]:
    """Yield the files with another mtime on disk; those that are gone since are problems."""
    for file in files:
        _, _, path, _, read, known = file
        try:
            if path and (known is None or disk.mtime(path) != read):
                yield file
        except (OSError, ValueError) as error:  # ValueError: the path contains NUL
            problems.add(file, error)


def _store(
    catalogue: Catalogue,
    waiting: Sequence[File],
    music: bytes,
    progress: Progress,
    problems: Problems,
) -> None:
    """Read the files and store their tags, PART at a time."""
    with (
        progress(READING, len(waiting)) as advance,
        ThreadPoolExecutor(READERS) as pool,
    ):
        for start in range(0, len(waiting), PART):
            part = waiting[start : start + PART]
            outcomes: list[Outcome] = []
            for outcome in pool.map(partial(_read, music), part):
                outcomes.append(outcome)
                if len(outcomes) < len(part):
                    advance(1)
            catalogue.file_tags.store(_rows(outcomes))
            for outcome in outcomes:
                if outcome.error is not None:
                    problems.add(outcome.file, outcome.error)
            advance(1)  # the last file counts once its part is stored: 100 % means all is done


def _read(music: bytes, file: File) -> Outcome:
    from melscribe_core.descriptors.filetags import read_file_tags  # most runs read no file

    path = os.path.join(music, file.path)
    try:
        mtime = int(os.stat(path).st_mtime)
        return Outcome(file, mtime, read_file_tags(path))
    except (FileTagsError, OSError, ValueError) as error:  # ValueError: the path contains NUL
        return Outcome(file, file.mtime, {}, error)


def _rows(outcomes: Iterable[Outcome]) -> Iterator[tuple[FileStamp, dict[str, list[str]]]]:
    """Yield what to store; nothing for a file that failed but was read before."""
    for file, mtime, tags, error in outcomes:
        if error is None or file.known is None:
            yield FileStamp(file.track, file.added, mtime, file.mtime, error is not None), tags
