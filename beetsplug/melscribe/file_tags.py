"""Tags of the audio files themselves: find files that may have changed, read and store them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from beetsplug.melscribe.library import Track
from beetsplug.melscribe.progress import Advance, Progress
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.errors import FileTagsError
from melscribe_core.text import counted

T = TypeVar("T")

READING = "reading file tags"
READERS = 4  # threads: on a network share most of the time is spent waiting
PART = 400  # files per transaction
FAILED = "failed"  # last word of the stamp of a file that could not be read


class Waiting(NamedTuple):
    """A file to read: track id, Unix time the track was added, path, mtime known to beets."""

    track: int
    added: float
    path: bytes
    mtime: int


class Outcome(NamedTuple):
    """Result of reading one file: its mtime and tags, or the problem as one sentence."""

    waiting: Waiting
    mtime: int
    tags: dict[str, list[str]]
    problem: str = ""


def read_files(
    catalogue: Catalogue,
    tracks: Iterable[Track],
    music: bytes,
    progress: Progress,
    *,
    total: int,
    look: bool,
) -> list[str]:
    """Read the tags of the files that may have changed; return notes for the user.

    `total` is the number of tracks; `music` is the folder that stored paths are relative to. With
    `look` the mtime of every file decides; otherwise the mtime known to beets. A file that cannot
    be read keeps the tags it had (a disk may not be mounted), and is tried again with `look`.
    """
    stamps = catalogue.file_tags.stamps()
    with progress("looking at files", total) as advance:
        waiting = list(_due(counting(tracks, advance), stamps, music, look))
    problems = _stored(catalogue, waiting, stamps, progress) if waiting else []
    if not problems:
        return []
    files = counted(len(problems), "file")
    return [f"{files} could not be read for mood tags; the first: {problems[0]}"]


def counting(values: Iterable[T], advance: Advance) -> Iterator[T]:
    """Yield the values; report each to `advance` when the next is requested: it is done then."""
    for one in values:
        yield one
        advance(1)


def _stored(
    catalogue: Catalogue, waiting: Sequence[Waiting], stamps: dict[int, str], progress: Progress
) -> list[str]:
    """Read the files and store their tags, PART at a time; return the problems."""
    problems: list[str] = []
    with (
        progress(READING, len(waiting)) as advance,
        ThreadPoolExecutor(READERS) as pool,
    ):
        for start in range(0, len(waiting), PART):
            part = waiting[start : start + PART]
            outcomes: list[Outcome] = []
            for outcome in pool.map(_read, part):
                outcomes.append(outcome)
                if len(outcomes) < len(part):
                    advance(1)
            catalogue.file_tags.store(_rows(outcomes, stamps))
            problems += [one.problem for one in outcomes if one.problem]
            advance(1)  # the last file counts once its part is stored: 100 % means all is done
    return problems


def _due(
    tracks: Iterable[Track], stamps: dict[int, str], music: bytes, look: bool
) -> Iterator[Waiting]:
    for track in tracks:
        stamp = stamps.get(track.id, "")
        mtime = track.mtime
        known = stamp.removesuffix(f" {FAILED}")
        if not look and known == f"{track.added!r} {mtime} {mtime}":
            continue  # a shortcut for most tracks; _is_due gives the same result, slower
        if track.path:
            path = os.path.join(music, track.path)
            if _is_due(track, path, stamp, look):
                yield Waiting(track.id, track.added, path, track.mtime)


def _is_due(track: Track, path: bytes, stamp: str, look: bool) -> bool:
    read = read_stamp(stamp, track.added)
    if read is None:
        return True
    if not look:
        # Any other time counts, even an earlier one: clocks jump. beets uses 0 for tags that are
        # not written to the file yet.
        return track.mtime not in (0, read.known)
    try:
        return read.failed or int(os.stat(path).st_mtime) != read.mtime
    except OSError:
        return True


class ReadStamp(NamedTuple):
    """A decoded stamp: the file's mtime, the mtime known to beets, and whether reading failed."""

    mtime: int
    known: int
    failed: bool


def read_stamp(stamp: str, added: float) -> ReadStamp | None:
    """Decode the stamp of a track; None if it is malformed or of a track added at another time.

    SQLite may reuse the id of a removed track, so the id alone does not identify it.
    """
    times = stamp.removeprefix(f"{added!r} ")
    words = times.split(" ")
    if times == stamp or not 2 <= len(words) <= 3:
        return None
    try:
        return ReadStamp(int(words[0]), int(words[1]), len(words) == 3)
    except ValueError:
        return None


def _read(waiting: Waiting) -> Outcome:
    from melscribe_core.descriptors.filetags import read_file_tags  # most runs read no file

    try:
        mtime = int(os.stat(waiting.path).st_mtime)
        return Outcome(waiting, mtime, read_file_tags(waiting.path))
    except FileTagsError as error:
        problem = str(error)
    except (OSError, ValueError) as error:  # ValueError: the path contains NUL
        problem = f"{os.fsdecode(waiting.path)}: {getattr(error, 'strerror', error)}"
    return Outcome(waiting, waiting.mtime, {}, problem)


def _rows(
    outcomes: Collection[Outcome], stamps: dict[int, str]
) -> Iterator[tuple[int, str, dict[str, list[str]]]]:
    """Yield (track id, stamp, tags) to store; no row for a file that failed but was read before."""
    for waiting, mtime, tags, problem in outcomes:
        stamp = f"{waiting.added!r} {mtime} {waiting.mtime}"
        if not problem:
            yield waiting.track, stamp, tags
        elif read_stamp(stamps.get(waiting.track, ""), waiting.added) is None:
            yield waiting.track, f"{stamp} {FAILED}", {}
