"""`beet melindex --listen`: hear tracks, and keep what was heard in a file beside the index.

Every finished track is kept at once, by what its file holds: Ctrl-C and a killed process lose the
tracks in work, and a file that was moved, renamed or imported again is not heard again.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING, NamedTuple

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import library
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.index_file import heard_file
from beetsplug.melscribe.progress import Progress
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.file_tags import File
from melscribe_core.catalogue.tracks import Described
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.errors import MelScribeError, UnreadableAudioError
from melscribe_core.text import agreeing, counted

if TYPE_CHECKING:
    from melscribe_core.hearing.heard import Heard
    from melscribe_core.hearing.nets import Nets
    from melscribe_core.hearing.records import FileMark
    from melscribe_core.hearing.sound import Sound

LISTENING = "listening"
FEW = 3  # descriptors: a track with fewer of its own is poor
OFTEN = 1.0  # seconds between two commits when nothing new was heard
SPOKEN = frozenset(("audio drama", "audiobook", "interview", "spoken word"))  # there is no music


@dataclass
class Report:
    """What listening did: tracks heard, and known again by their content; what failed.

    `failed` counts files by (format, what to install, "" for damage); `first` is the sentence about
    the first damaged one. `note` is about the file of what was heard.
    """

    heard: int = 0
    known: int = 0
    seconds: float = 0.0
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: str = ""
    note: str | None = None

    def sentences(self) -> Iterator[str]:
        """Yield what to tell the user."""
        if self.note:
            yield self.note
        if self.heard:
            pace = f" ({self.heard / self.seconds:.1f} a second)" if self.seconds else ""
            yield f"heard {counted(self.heard, 'track')}{pace}"
        if self.known:
            yield f"{counted(self.known, 'track')} known again by what the file holds"
        if not (self.heard or self.known or self.failed):
            yield "nothing new to hear"
        for (kind, needs), count in sorted(self.failed.items()):
            if needs:
                verb = "needs" if count == 1 else "need"
                files = counted(count, f"{kind or 'unknown'} file")
                yield f"not heard: {files} {verb} {needs}: pip install av"
        if damaged := sum(count for (_, needs), count in self.failed.items() if not needs):
            yield f"not heard: {counted(damaged, 'file')}; the first: {self.first}"


class Job(NamedTuple):
    """One file to hear, and how it looks on disk."""

    file: File
    path: bytes
    size: int
    mtime_ns: int


class Outcome(NamedTuple):
    """What became of a job: its mark, its sound if it was heard now, or the error."""

    job: Job
    mark: FileMark | None = None
    sound: Sound | None = None
    error: Exception | None = None


def chosen(catalogue: Catalogue, only: Set[int] | None, *, poor: bool) -> list[int]:
    """Return the tracks to hear, of all or of `only`: with `poor` those that lack descriptors.

    These have no genre, or fewer than FEW descriptors of their own. Spoken word is left out.
    """
    from melscribe_core.lending.kinds import sorts_of  # loads word lists

    def is_wanted(one: Described) -> bool:
        own = one.own.split(SEPARATOR) if one.own else []
        if not SPOKEN.isdisjoint(own):
            return False
        return not poor or len(own) < FEW or "style" not in sorts_of(own)

    return [one.track for one in catalogue.tracks.own(only) if is_wanted(one)]


def left_out(catalogue: Catalogue, only: Set[int] | None) -> Iterator[str]:
    """Yield how many tracks are spoken word, which is not heard; nothing if there are none."""
    own = (one.own.split(SEPARATOR) for one in catalogue.tracks.own(only))
    if count := sum(not SPOKEN.isdisjoint(names) for names in own):
        yield f"not heard: {agreeing(count, 'track is', 'tracks are')} spoken word"


def listen_to(
    index: LibraryIndex, tracks: Sequence[int], threads: int, progress: Progress
) -> Report:
    """Hear tracks of a library, see `listen`; what was heard lies beside its index."""
    from melscribe_core.hearing.heard import open_heard

    heard = open_heard(heard_file(index.catalogue.path))
    with closing(heard):
        report = listen(index.lib, heard, tracks, threads, progress)
    report.note = heard.note
    return report


def pretended(index: LibraryIndex, tracks: Sequence[int]) -> str:
    """Return how many files would be opened to hear these tracks."""
    from melscribe_core.hearing.heard import open_heard
    from melscribe_core.hearing.nets import Nets

    report = Report()
    with closing(open_heard(heard_file(index.catalogue.path), write=False)) as heard:
        jobs = waiting(index.lib, heard, Nets(), tracks, report)
    return f"would listen to {counted(len(jobs), 'track')} of {len(tracks):,}"


def listen(
    lib: Library,
    heard: Heard,
    tracks: Sequence[int],
    threads: int,
    progress: Progress,
) -> Report:
    """Hear those of the tracks whose files are new or have other audio; keep each at once.

    Raises BusyError when another beet listens for this library, MelScribeError when nothing can be
    heard at all, and UserError after Ctrl-C.
    """
    from melscribe_core.hearing.decoders.choice import missing_extra
    from melscribe_core.hearing.nets import Nets

    if missing := missing_extra():
        raise MelScribeError(missing)
    nets, report = Nets(), Report()
    with heard.listening():
        jobs = waiting(lib, heard, nets, tracks, report)
        begun = time.monotonic()
        with progress(LISTENING, len(jobs)) as advance, interrupts() as stop:
            for outcomes in _kept(heard, nets, jobs, threads, stop):
                for outcome in outcomes:
                    _count(report, outcome)
                    advance(1)
        report.seconds = time.monotonic() - begun
    if stop.is_set():
        raise UserError(
            f"stopped; {agreeing(report.heard, 'track was', 'tracks were')} heard and kept, and"
            " `beet melindex --listen` continues from there"
        )
    return report


@contextmanager
def interrupts() -> Iterator[Event]:
    """Set an event at the first Ctrl-C, so that tracks in work are finished; the second one raises.

    Where signals cannot be handled, outside the main thread, every Ctrl-C raises.
    """
    stop = Event()
    if current_thread() is not main_thread():
        yield stop
        return

    def heed(number: int, frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # a shell may have it ignored, in the background
        signal.signal(signal.SIGINT, heed)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def waiting(
    lib: Library, heard: Heard, nets: Nets, tracks: Sequence[int], report: Report
) -> list[Job]:
    """Return the files that were never looked at, or look different on disk; count what is gone."""
    marks = heard.known(tracks)
    there = heard.keys(nets.fingerprint)
    music = os.fsencode(lib.directory)
    jobs = []
    for file in library.files(lib, frozenset(tracks)):
        try:
            job = _job(file, music)
        except (OSError, ValueError) as error:  # ValueError: the path contains NUL
            path = os.path.join(music, file.path)
            _count(report, Outcome(Job(file, path, 0, 0), error=error))
            continue
        mark = marks.get(file.track)
        if (
            mark is None
            or mark[:3] != (job.file.added, job.size, job.mtime_ns)
            or mark.key not in there
        ):
            jobs.append(job)
    return jobs


def _job(file: File, music: bytes) -> Job:
    if not file.path:
        raise ValueError("the library has no path for it")
    path = os.path.join(music, file.path)
    found = os.stat(path)
    # SQLite stores any value.
    added = float(file.added) if isinstance(file.added, (int, float)) else None
    return Job(file._replace(added=added), path, found.st_size, found.st_mtime_ns)


def _kept(
    heard: Heard, nets: Nets, jobs: Sequence[Job], threads: int, stop: Event
) -> Iterator[Sequence[Outcome]]:
    """Yield outcomes after they were kept, until all jobs are done or `stop` is set."""
    known = dict.fromkeys(heard.keys(nets.fingerprint))
    waiting_marks: list[Outcome] = []
    last = time.monotonic()
    for outcome in _outcomes(partial(_heard, nets, known), jobs, threads, stop):
        waiting_marks.append(outcome)
        if outcome.sound is None and time.monotonic() - last < OFTEN:
            continue
        _keep(heard, nets, waiting_marks)
        yield waiting_marks
        waiting_marks, last = [], time.monotonic()
    if waiting_marks:
        _keep(heard, nets, waiting_marks)
        yield waiting_marks


def _keep(heard: Heard, nets: Nets, outcomes: Sequence[Outcome]) -> None:
    marks = {one.job.file.track: one.mark for one in outcomes if one.mark is not None}
    sounds = {one.mark.key: one.sound for one in outcomes if one.mark and one.sound is not None}
    if marks:
        heard.keep(marks, sounds, nets.fingerprint)
    # What was heard of a file that is there no longer holds once it cannot be decoded.
    lost = [one.job.file.track for one in outcomes if _is_lasting(one.error)]
    if lost and heard.known(lost):
        heard.forget(lost)


def _is_lasting(error: Exception | None) -> bool:
    return isinstance(error, UnreadableAudioError) and error.lasting


def _outcomes(
    hear: Callable[[Job], Outcome], jobs: Sequence[Job], threads: int, stop: Event
) -> Iterator[Outcome]:
    """Yield the outcomes of jobs as they are done; once `stop` is set, begin no more."""
    left = iter(jobs)
    with ThreadPoolExecutor(threads, thread_name_prefix="listen") as pool:
        work = {pool.submit(hear, job) for job in islice(left, threads)}
        while work:
            done, work = wait(work, return_when=FIRST_COMPLETED)
            if not stop.is_set():
                work |= {pool.submit(hear, job) for job in islice(left, len(done))}
            yield from (future.result() for future in done)


def _heard(nets: Nets, known: Mapping[bytes, None], job: Job) -> Outcome:
    """Look what a file holds, and hear it unless that is known."""
    from melscribe_core.hearing.content import content_key
    from melscribe_core.hearing.hearing import hear
    from melscribe_core.hearing.records import FileMark

    try:
        key = content_key(job.path)
        mark = FileMark(job.file.added, job.size, job.mtime_ns, key)
        if key in known:
            return Outcome(job, mark)
        return Outcome(job, mark, hear(job.path, nets))
    except (UnreadableAudioError, OSError, ValueError) as error:
        return Outcome(job, error=error)


def _count(report: Report, outcome: Outcome) -> None:
    error = outcome.error
    if error is None:
        report.heard += outcome.sound is not None
        report.known += outcome.sound is None
        return
    needs = error.needs if isinstance(error, UnreadableAudioError) else ""
    kind = error.format if isinstance(error, UnreadableAudioError) else ""
    report.failed[kind, needs] += 1
    if not needs and not report.first:
        path = os.fsdecode(outcome.job.path).encode("utf-8", "replace").decode()
        why = getattr(error, "strerror", None) or str(error)
        report.first = str(error) if isinstance(error, UnreadableAudioError) else f"{path}: {why}"
