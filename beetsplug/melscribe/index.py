"""The index of one beets library: open it, check whether it is current, update it.

Reading order: `with_index`, which opens the index and replaces a damaged one; `LibraryIndex`, its
state and its update from the library. Its files are in `index_file`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import index_file, lending, library, mirror, output, progress
from beetsplug.melscribe.file_tags import counting, read_files
from beetsplug.melscribe.lending import Lending
from beetsplug.melscribe.progress import Progress
from beetsplug.melscribe.settings import Settings
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.integrity import file_at
from melscribe_core.catalogue.mirror import Copy
from melscribe_core.catalogue.tracks import Description, Plan, Row
from melscribe_core.descriptors.sets import SEPARATOR, DescriptorSet, descriptor_set, load_rules
from melscribe_core.descriptors.spelt import as_spelt, spelt_line
from melscribe_core.encoder.encoder import Encoder, load_encoder, prepare, usable_cores
from melscribe_core.errors import (
    BusyError,
    CatalogueError,
    DamagedCatalogueError,
    ReadOnlyCatalogueError,
)
from melscribe_core.index import Index
from melscribe_core.lending.artists import one_artist

if TYPE_CHECKING:
    from beetsplug.melscribe.learning import Learning
    from melscribe_core.taste.taste import Taste

T = TypeVar("T")

UNFINISHED = "unfinished"  # in place of the rules, while not all tracks are described by them
EMBEDDING = "embedding descriptor sets"
PATIENCE = 2.0  # seconds to wait for another beets process that updates the index
PATIENCE_FIRST = 20.0  # the same, when the index cannot answer without the update


@dataclass
class IndexReport:
    """Result of an index update: the applied plan, the number of sets embedded, notes."""

    plan: Plan = field(default_factory=Plan)
    embedded: int = 0
    notes: list[str] = field(default_factory=list)


def with_index(
    lib: Library,
    settings: Settings,
    run: Callable[[LibraryIndex], T],
    *,
    write: bool = True,
    fresh: bool = False,
) -> T:
    """Open the library's index, call `run` with it and return the result.

    With `fresh` the index is updated first, and `index.notes` reports that. Damage may be found at
    any moment: the file is then put aside and `run` is called again with a new index, whose next
    report mentions it. Without `write` no file is changed: a damaged index raises UserError, and a
    missing one is replaced by an empty one in memory.
    """
    path = index_file.index_path(lib, settings)
    file = file_at(path)
    try:
        return _run(LibraryIndex(lib, settings, index_file.opened(path, write=write)), run, fresh)
    except DamagedCatalogueError as error:
        if not write:
            raise UserError(
                f"{error} `beet melindex` puts it aside and makes a new one."
            ) from error
        said = index_file.put_aside(path, file, error)
    return _run(LibraryIndex(lib, settings, index_file.opened(path, write=write), said), run, fresh)


def _run(index: LibraryIndex, run: Callable[[LibraryIndex], T], fresh: bool) -> T:
    with closing(index.catalogue):
        if fresh:
            prepare(index.encoder)
            index.notes = index.bring_up_to_date()
        return run(index)


class LibraryIndex(Index):
    """The index of one library, with its update from the library.

    `notes` are about the last update; code that shows them must empty the list.
    """

    def __init__(
        self, lib: Library, settings: Settings, catalogue: Catalogue, repaired: str | None = None
    ) -> None:
        """Load encoder and descriptor rules; `repaired` is a note to begin the next report with."""
        super().__init__(
            catalogue,
            _encoder(settings),
            load_rules(fields=settings.fields, junk=settings.junk, aliases=settings.aliases),
            settings.threads or usable_cores(),
        )
        self.lib, self.repaired = lib, repaired
        self.notes: list[str] = []
        self.taste_fits: tuple[Taste, int] | None = None  # that were last found to agree
        self._database = library.database(lib)
        self._file_tags = settings.file_tags
        self._siblings = settings.siblings
        self.lending = Lending(catalogue, settings)
        self._tower = settings.tower

    @cached_property
    def learning(self) -> Learning:
        """Return what was learned; imported on first use: most requests need none."""
        from beetsplug.melscribe.learning import Learning

        return Learning(self.catalogue, self.encoder, self.lending, self._tower)

    def is_current(self) -> bool:
        """Return whether the index is known to match the present library; reads no track."""
        catalogue = self.catalogue
        return (
            catalogue.meta("rules") == self._rules_mark
            and catalogue.meta("encoder") == self.encoder.fingerprint
            and not catalogue.counts().pending
            and catalogue.meta("graph") == self._graph_mark
            and not catalogue.mirror.due()
            and library.stamp(self._database) == (self.matched or "")
            and not self.lending.is_due()
        )

    @property
    def matched(self) -> str | None:
        """Return the latest stamp of the library that the index is known to match."""
        custody = self.catalogue.custody
        return (custody and custody.note()) or self.catalogue.meta("library") or None

    def is_new(self) -> bool:
        """Return whether the library was never indexed here."""
        return self.catalogue.meta("library") is None

    def is_in_use(self) -> bool:
        """Return whether the index was built, with the present encoder."""
        return not self.is_new() and self.catalogue.meta("encoder") == self.encoder.fingerprint

    def can_answer(self) -> bool:
        """Return whether the index can answer as it is: at least half of its texts have vectors."""
        counts = self.catalogue.counts()
        return self.is_in_use() and 2 * counts.pending <= counts.texts

    def bring_up_to_date(self) -> list[str]:
        """Refresh the index if the library changed; return notes for the user."""
        if self.is_current():
            return []
        if self.is_new() and not self.repaired:
            output.say("first use: indexing the library (once; later only what changed)")
        try:
            report = self.refresh(progress.line)
        except (BusyError, ReadOnlyCatalogueError) as error:
            if self.can_answer():
                return [_outdated(error)]
            raise
        moved = len(report.plan.new) + len(report.plan.changed) + len(report.plan.gone)
        if not (moved or report.embedded):
            return report.notes
        return [f"index brought up to date: {output.planned(report.plan)}", *report.notes]

    def refresh(
        self,
        progress: Progress,
        *,
        only: frozenset[int] | None = None,
        look_at_files: bool = False,
        force: bool = False,
        patience: float | None = None,
    ) -> IndexReport:
        """Update the index from the library, and embed what is new.

        `only` restricts the comparison to these tracks. A file's own tags are read again if its
        mtime changed: with `look_at_files` the mtime on disk, otherwise the one known to beets.
        `force` embeds all sets again. Raises BusyError when another process updates the index for
        more than `patience` seconds (default: PATIENCE, or PATIENCE_FIRST when the index cannot
        answer yet), and UserError on Ctrl-C, which beets itself would end without a message.
        """
        if patience is None:
            patience = PATIENCE if self.can_answer() else PATIENCE_FIRST
        try:
            with self.catalogue.alone(patience):
                is_requested = only is not None or look_at_files or force or self.repaired
                if not is_requested and self.is_current():  # updated by another process, meanwhile
                    return IndexReport()
                return self._refreshed(progress, only, look_at_files, force)
        except KeyboardInterrupt:
            raise UserError(
                "stopped; what was finished is kept, and `beet melindex` continues from there"
            ) from None

    def _refreshed(
        self, progress: Progress, only: frozenset[int] | None, look_at_files: bool, force: bool
    ) -> IndexReport:
        report = IndexReport(notes=[self.repaired] if self.repaired else [])
        if self.catalogue.vectors.adopt(self.encoder.fingerprint):
            report.notes.append("the encoder changed: all vectors are rebuilt")
        self._describe(progress, report, only, look_at_files or self._left_files_alone())
        if force:
            self.catalogue.vectors.forget(only)
        self._embed(progress, report)
        return report

    def _describe(
        self, progress: Progress, report: IndexReport, only: frozenset[int] | None, look: bool
    ) -> None:
        """Bring texts, names and facts of the tracks up to date, of all or of those in `only`."""
        # Taken before reading, so that a change during the update is found next time.
        stamp = library.stamp(self._database)
        due = self._due(progress) if only is None else only
        if look and only is None:
            report.notes += self._look_at_files(progress)
        else:
            report.notes += self.read_files(progress, only=due, look=look)
        if only is None and due is not None:
            due = frozenset(self.catalogue.mirror.due())  # with those whose files were read
        report.plan = self._plan(progress, due, only)
        lends_all = due is None or (only is None and self.lending.is_due())
        if only is None and due == frozenset() and not lends_all:
            self._note(stamp)
            return
        if report.plan.new or report.plan.changed:
            prepare(self.encoder)  # meanwhile
        marks = {"library": stamp or "", "rules": self._rules_mark} if only is None else None
        with progress("writing what changed", 0):
            self.learning.progress = progress
            self._write(report.plan, due, marks, lends_all=lends_all)
        report.notes += [*self.lending.notes, *self.learning.notes]

    def _embed(self, progress: Progress, report: IndexReport) -> None:
        """Encode what has no vector, and prepare the search."""
        report.embedded = self._embed_with(progress)
        with progress("packing vectors", 0):
            note = self.neighbours.refresh()
        report.notes += [note] if note else []
        if 2 * report.embedded > self.catalogue.counts().texts:  # vectors came in between rows
            self.catalogue.compact()
        if self.catalogue.meta("graph") != self._graph_mark:
            self.catalogue.set_meta(graph=self._graph_mark)

    def _due(self, progress: Progress) -> frozenset[int] | None:
        """Return the tracks that may have changed since the last update, None for all."""
        copied, copies = self.catalogue.mirror, mirror.copies(self.lib, self.rules.fields)
        with progress("reading the library", 0), self._reading_library():
            if self._is_copied(copies):
                return frozenset(copied.update(self._database, copies))
            # Other rules, until all tracks are described: should this update be interrupted, the
            # next one looks at all of them again.
            left_alone = (self.catalogue.meta("rules") or "").split(" ")[-1]
            copied.renew(self._database, copies, rules=f"{UNFINISHED} {left_alone}")
            return None

    def _is_copied(self, copies: Sequence[Copy]) -> bool:
        """Return whether all tracks were described by the present rules, from these columns."""
        same_rules = self.catalogue.meta("rules") == self._rules_mark
        return same_rules and self.catalogue.mirror.fits(copies)

    @contextmanager
    def _reading_library(self) -> Iterator[None]:
        """Surround statements on both files: raise UserError if the library is what fails."""
        try:
            yield
        except CatalogueError:
            library.read_all(self.lib, self.rules.fields)
            raise

    def _plan(
        self, progress: Progress, due: frozenset[int] | None, only: frozenset[int] | None
    ) -> Plan:
        """Return what to change of the tracks that are due, and how many others there are."""
        plan = Plan() if due == frozenset() else self._compared(progress, due)
        if only is None and due is not None:
            touched = len(plan.changed) + len(plan.renamed) + len(plan.gone)
            plan.same = self.catalogue.counts().tracks - touched
        return plan

    def _compared(self, progress: Progress, only: frozenset[int] | None) -> Plan:
        """Compare all tracks, or these, with what is indexed."""
        comparison = self.catalogue.tracks.compare(only)
        with progress("comparing tracks", library.count(self.lib, only)) as advance:
            for track, from_file in counting(self._tracks(only), advance):
                comparison.add(Row(track.id, self._described(track, from_file)))
        return comparison.plan()

    def _write(
        self,
        plan: Plan,
        due: frozenset[int] | None,
        marks: Mapping[str, str] | None,
        *,
        lends_all: bool,
    ) -> None:
        """Write the plan, then what is lent, then names and facts of the tracks that were due."""
        from beetsplug.melscribe.facts import facts_of  # most updates find nothing to do
        from beetsplug.melscribe.name_index import entries

        # Those of the album and artist that a track had, too: it may have lent them something.
        near = due and due.union(self.catalogue.tracks.siblings(due).tolist())
        if marks is not None and near:
            # An interrupted update would leave no trace of whom a track that left had lent to.
            self.catalogue.mirror.note(near)
        self.catalogue.tracks.apply(plan)
        heard = self.lending.mark
        lent = self.lending.lend(None if lends_all else near, self.learning)
        if not self.catalogue.mirror.is_made():  # only some tracks were ever indexed
            return
        tracks = None if due is None else sorted(due.union(lent))
        names, facts = entries(self.catalogue, tracks), facts_of(self.catalogue, tracks)
        if marks is not None and lends_all:
            marks = {**marks, lending.MARK: heard}
        self.catalogue.complete(tracks, names, facts, marks)

    def _note(self, stamp: str | None) -> None:
        """Note that the index, as it is, matches the library with this stamp."""
        if self.catalogue.custody is not None and stamp is not None:
            self.catalogue.custody.set_note(stamp)

    def read_files(
        self, progress: Progress, *, only: frozenset[int] | None = None, look: bool = False
    ) -> list[str]:
        """Read the files' own tags where they may have changed; return notes for the user.

        With `look` the mtime on disk decides, otherwise the mtime known to beets.
        """
        if not self._file_tags:
            return []
        if only is not None and not only:
            return []
        files = self.catalogue.file_tags.stamped(library.files(self.lib, only))
        music = os.fsencode(self.lib.directory)
        return read_files(self.catalogue, files, music, progress, total=len(files), look=look)

    def _look_at_files(self, progress: Progress) -> list[str]:
        """Read the tags of all files with another mtime on disk, of those in the mirror."""
        if not self._file_tags:
            return []
        files, total = self.catalogue.file_tags.copied(), library.count(self.lib)
        music = os.fsencode(self.lib.directory)
        return read_files(self.catalogue, files, music, progress, total=total, look=True)

    def preview(self, progress: Progress, only: frozenset[int] | None = None) -> Plan:
        """Return what `refresh` would change, with the file tags stored so far; write nothing."""
        due, copies = only, mirror.copies(self.lib, self.rules.fields)
        if only is None and self._is_copied(copies):
            with self._reading_library():
                due = frozenset(self.catalogue.mirror.differing(self._database, copies))
        return self._plan(progress, due, only)

    def described(
        self, only: frozenset[int] | None
    ) -> Iterator[tuple[library.Track, DescriptorSet]]:
        """Yield each track with its descriptors and the sources of each."""
        for track, from_file in self._tracks(only):
            yield track, self._set_of(track, from_file)

    def texts(self, only: frozenset[int]) -> dict[int, str]:
        """Return the descriptors of these tracks by id, as an update would find them now.

        They are joined by SEPARATOR, as the tags spell them.
        """
        sets = {track.id: self._set_of(track, found) for track, found in self._tracks(only)}
        shown = {track: as_spelt(one.descriptors, one.spelt) for track, one in sets.items()}
        return {track: SEPARATOR.join(sorted(names)) for track, names in shown.items()}

    @property
    def _graph_mark(self) -> str:
        """Return a mark that differs when the neighbour graph must be checked: new text or loss."""
        return f"{self.catalogue.revision} {self.neighbours.is_in_place()}"

    @property
    def _rules_mark(self) -> str:
        lent = f"siblings {self._siblings} {lending.stamp_of(self._tower)}"
        return f"{mirror.MADE} {self.rules.fingerprint} {lent} {self._file_tags}"

    def _left_files_alone(self) -> bool:
        """Return whether the last update read no file tags, so that changes since are unknown."""
        return (self.catalogue.meta("rules") or "").endswith(" False")

    def _tracks(self, only: frozenset[int] | None) -> Iterator[tuple[library.Track, str]]:
        """Yield the tracks, each with its file tags as stored, "" for none."""
        from_files = self.catalogue.file_tags.stored(only) if self._file_tags else {}
        for track in library.tracks(self.lib, self.rules.fields, only):
            yield track, from_files.get(track.id, "")

    def _described(self, track: library.Track, from_file: str) -> Description:
        found = self._set_of(track, from_file)
        album = track.album if isinstance(track.album, int) else None
        fields = _fields(found.sources.values())
        artist, spelt = one_artist(track.artist), spelt_line(found.spelt)
        return Description(found.text, fields, track.called, album, artist, spelt)

    def _set_of(self, track: library.Track, from_file: str) -> DescriptorSet:
        facts = track.facts
        if from_file:
            facts.update(self.catalogue.file_tags.decoded(from_file))
        return descriptor_set(facts, self.rules)

    def _embed_with(self, progress: Progress) -> int:
        waiting = self.catalogue.counts().pending
        if not waiting:
            return 0
        with progress(EMBEDDING, waiting) as advance:
            return self.embed(advance, self.learning)


_ENCODERS: dict[tuple[str, int | None], Encoder] = {}


def _encoder(settings: Settings) -> Encoder:
    """Return the encoder, the same one as before for a process that asks several times.

    Opening the graph takes longer than an answer. What is on disk is looked at each time.
    """
    found = load_encoder(settings.encoder, threads=settings.threads)
    return _ENCODERS.setdefault((found.fingerprint, settings.threads), found)


def _outdated(error: CatalogueError) -> str:
    """Return the note that the answer is from an index that could not be updated, and why."""
    if isinstance(error, BusyError):
        why = "another beet is bringing the index up to date"
    else:
        why = "the index is read-only and cannot be brought up to date"
    return f"{why}; this answer is from what is indexed so far"


def _fields(sources: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the sorted names of the fields that gave descriptors.

    A source is a field name, optionally followed by a blank and the value found there.
    """
    return tuple(sorted({source.split(" ", 1)[0] for of_one in sources for source in of_one}))
