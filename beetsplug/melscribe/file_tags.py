"""The tags in the audio files themselves: which files are due, and what reading them gave."""

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
READERS = 4  # files read at a time: on a network share most of it is waiting
PART = 400  # files whose tags are stored at a time
FAILED = "failed"  # last word of the stamp of a file that could not be read


class Waiting(NamedTuple):
    """A file to be read: its track, when that was added, its path, the time beets knows."""

    track: int
    added: float
    path: bytes
    mtime: int


class Outcome(NamedTuple):
    """What reading one file gave: its tags, or the sentence that says why there are none."""

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
    """Read the tags of the files that may have changed; return what there is to say.

    There are `total` tracks; `music` is the folder that stored paths are relative to. With `look`
    every file is asked for its time; otherwise the time that beets knows decides. A file that
    cannot be read keeps the tags that it had (a disk may not be mounted), and is tried again when
    `look`ed at.
    """
    stamps = catalogue.file_tags.stamps()
    with progress("looking at files", total) as advance:
        waiting = list(_due(counting(tracks, advance), stamps, music, look))
    problems = _stored(catalogue, waiting, stamps, progress) if waiting else []
    if not problems:
        return []
    said = counted(len(problems), "file")
    return [f"{said} could not be read for mood tags; the first: {problems[0]}"]


def counting(values: Iterable[T], advance: Advance) -> Iterator[T]:
    """Yield the values; each is told of when the next one is asked for, so when it is done."""
    for one in values:
        yield one
        advance(1)


def _stored(
    catalogue: Catalogue, waiting: Sequence[Waiting], stamps: dict[int, str], progress: Progress
) -> list[str]:
    """Read the files and store what they say, part by part; return what went wrong."""
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
            advance(1)  # the last one, now that the part is stored: 100 % is when all is done
    return problems


def _due(
    tracks: Iterable[Track], stamps: dict[int, str], music: bytes, look: bool
) -> Iterator[Waiting]:
    for track in tracks:
        stamp = stamps.get(track.id, "")
        mtime = track.mtime
        known = stamp.removesuffix(f" {FAILED}")
        if not look and known == f"{track.added!r} {mtime} {mtime}":
            continue  # as most are: _is_due would say so too, but slower
        if track.path:
            path = os.path.join(music, track.path)
            if _is_due(track, path, stamp, look):
                yield Waiting(track.id, track.added, path, track.mtime)


def _is_due(track: Track, path: bytes, stamp: str, look: bool) -> bool:
    read = read_stamp(stamp, track.added)
    if read is None:
        return True
    if not look:
        # Any other time, even an earlier one: clocks jump. 0 is beets' own, for tags that are not
        # written to the file yet.
        return track.mtime not in (0, read.known)
    try:
        return read.failed or int(os.stat(path).st_mtime) != read.mtime
    except OSError:
        return True


class Read(NamedTuple):
    """What is noted of a file that was read: its time, the time beets knew, and whether in vain."""

    mtime: int
    known: int
    failed: bool


def read_stamp(stamp: str, added: float) -> Read | None:
    """Return what a stamp says of the track added then, None when it is another one's or none.

    Ids are given again to other tracks.
    """
    said = stamp.removeprefix(f"{added!r} ")
    words = said.split(" ")
    if said == stamp or not 2 <= len(words) <= 3:
        return None
    try:
        return Read(int(words[0]), int(words[1]), len(words) == 3)
    except ValueError:
        return None


def _read(waiting: Waiting) -> Outcome:
    from melscribe_core.descriptors.filetags import read_file_tags  # most runs read no file

    try:
        mtime = int(os.stat(waiting.path).st_mtime)
        return Outcome(waiting, mtime, read_file_tags(waiting.path))
    except FileTagsError as error:
        said = str(error)
    except (OSError, ValueError) as error:  # ValueError: there is NUL in the path
        said = f"{os.fsdecode(waiting.path)}: {getattr(error, 'strerror', error)}"
    return Outcome(waiting, waiting.mtime, {}, said)


def _rows(
    outcomes: Collection[Outcome], stamps: dict[int, str]
) -> Iterator[tuple[int, str, dict[str, list[str]]]]:
    """Yield the catalogue's rows; none for a file that failed but was read before."""
    for waiting, mtime, tags, problem in outcomes:
        stamp = f"{waiting.added!r} {mtime} {waiting.mtime}"
        if not problem:
            yield waiting.track, stamp, tags
        elif read_stamp(stamps.get(waiting.track, ""), waiting.added) is None:
            yield waiting.track, f"{stamp} {FAILED}", {}
