"""The index of one beets library: open it, see whether it is current, bring it up to date.

Reading order: `with_index`, which opens it and replaces a damaged one; `LibraryIndex`, what one
command may ask of it and how it follows the library; then opening and putting aside a file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import library, output, progress
from beetsplug.melscribe.file_tags import counting, read_files
from beetsplug.melscribe.progress import Progress
from beetsplug.melscribe.settings import Settings
from melscribe_core.catalogue.catalogue import Catalogue, empty_catalogue, open_catalogue
from melscribe_core.catalogue.integrity import Custody, file_at
from melscribe_core.catalogue.tracks import Description, Plan, key_of
from melscribe_core.descriptors.sets import DescriptorSet, descriptor_set, load_rules
from melscribe_core.encoder.encoder import load_encoder, usable_cores
from melscribe_core.errors import (
    BusyError,
    CatalogueError,
    DamagedCatalogueError,
    OutdatedCatalogueError,
    ReadOnlyCatalogueError,
)
from melscribe_core.files.file_types import DATABASE, OWN, kind_of_name
from melscribe_core.index import Index

if TYPE_CHECKING:
    pass

T = TypeVar("T")

EMBEDDING = "embedding descriptor sets"
PATIENCE = 2.0  # seconds to wait for another beet that brings the index up to date
PATIENCE_FIRST = 20.0  # the same, when there is nothing to answer from without it


@dataclass
class Report:
    """What bringing the index up to date did, and the notes for the user."""

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
    """Open the library's index and return what `run` makes of it.

    With `fresh` it is brought up to date first; `index.notes` says what that did. Damage can be
    found at any moment: the damaged file is then put aside, and `run` called again with a new
    index, whose next report mentions it. Without `write` nothing is changed: a damaged index is an
    error, and a missing one is replaced by an empty one in memory.
    """
    path = index_path(lib, settings)
    file = file_at(path)
    try:
        return _run(LibraryIndex(lib, settings, _opened(path, write)), run, fresh)
    except DamagedCatalogueError as error:
        if not write:
            raise UserError(
                f"{error} `beet melindex` puts it aside and makes a new one."
            ) from error
        said = _put_aside(path, file, error)
    return _run(LibraryIndex(lib, settings, _opened(path, write), said), run, fresh)


def _run(index: LibraryIndex, run: Callable[[LibraryIndex], T], fresh: bool) -> T:
    with closing(index.catalogue):
        if fresh:
            index.notes = index.bring_up_to_date()
        return run(index)


def index_path(lib: Library, settings: Settings) -> Path:
    """Return the file of this library's index."""
    database = library.database(lib)
    return settings.index or database.with_name(database.name + ".melscribe")


def saved_file(index: Path) -> Path:
    """Return the file of the saved descriptions, beside the index."""
    return index.with_name(index.name + ".saved.yaml")


class LibraryIndex(Index):
    """The index of one library, and how it follows the library.

    `notes` says what bringing it up to date did; whoever shows them empties the list.
    """

    def __init__(
        self, lib: Library, settings: Settings, catalogue: Catalogue, repaired: str | None = None
    ) -> None:
        """Join library and catalogue; `repaired` is the first note of the next report, if any."""
        super().__init__(
            catalogue,
            load_encoder(settings.encoder, threads=settings.threads),
            load_rules(fields=settings.fields, junk=settings.junk, aliases=settings.aliases),
            settings.threads or usable_cores(),
        )
        self.lib, self.repaired = lib, repaired
        self.notes: list[str] = []
        self._database = library.database(lib)
        self._file_tags = settings.file_tags

    def is_current(self) -> bool:
        """Return whether the index is known to hold the present library; reads no track."""
        catalogue = self.catalogue
        return (
            catalogue.meta("rules") == self._rules_mark
            and catalogue.meta("encoder") == self.encoder.fingerprint
            and not catalogue.counts().pending
            and catalogue.meta("graph") == self._graph_mark
            and library.stamp(self._database) == (catalogue.meta("library") or "")
        )

    def is_new(self) -> bool:
        """Say whether nothing was ever indexed here."""
        return self.catalogue.meta("library") is None

    def is_in_use(self) -> bool:
        """Say whether the index was made, and by the present encoder."""
        return not self.is_new() and self.catalogue.meta("encoder") == self.encoder.fingerprint

    def can_answer(self) -> bool:
        """Say whether what is indexed will do for an answer: most texts have their vectors."""
        counts = self.catalogue.counts()
        return self.is_in_use() and 2 * counts.pending <= counts.texts

    def bring_up_to_date(self) -> list[str]:
        """Refresh the index if the library changed; return notes for the user."""
        if self.is_current():
            return []
        if self.is_new() and not self.repaired:
            output.say("first use: indexing the library (once; later only what changed)")
        try:
            report = self.refresh(progress.shown)
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
    ) -> Report:
        """Bring the index up to date with the library.

        With `only`, just these tracks are compared. `look_at_files` asks each file for its time;
        otherwise the time that beets knows decides whether a file's own tags are read again.
        `force` embeds anew what is there. Raises BusyError when another beet does the same for more
        than `patience` seconds (if not given: more when there is nothing to answer from yet), and
        UserError when Ctrl-C stops it: beets itself would end in silence, as if all were done.
        """
        if patience is None:
            patience = PATIENCE if self.can_answer() else PATIENCE_FIRST
        try:
            with self.catalogue.alone(patience):
                asked = only is not None or look_at_files or force or self.repaired
                if not asked and self.is_current():  # by another beet, meanwhile
                    return Report()
                return self._refreshed(progress, only, look_at_files, force)
        except KeyboardInterrupt:
            raise UserError(
                "stopped; what was finished is kept, and `beet melindex` goes on from there"
            ) from None

    def _refreshed(
        self, progress: Progress, only: frozenset[int] | None, look_at_files: bool, force: bool
    ) -> Report:
        report = Report(notes=[self.repaired] if self.repaired else [])
        if self.catalogue.vectors.adopt(self.encoder.fingerprint):
            report.notes.append("the encoder is another one than before: all vectors are made anew")
        # Taken before reading, so that a change meanwhile shows next time.
        stamp = library.stamp(self._database)
        look = look_at_files or self._left_files_alone()
        report.notes += self.read_files(progress, only=only, look=look)
        report.plan = self.preview(progress, only)
        with progress("writing what changed", 0):
            self.catalogue.tracks.apply(report.plan, **self._marks(stamp, only))
            if force:
                self.catalogue.vectors.forget(only)
        report.embedded = self._embed_with(progress)
        with progress("packing vectors", 0):
            said = self.neighbours.refresh()
        if said:
            report.notes.append(said)
        self.catalogue.set_meta(graph=self._graph_mark)
        return report

    def read_files(
        self, progress: Progress, *, only: frozenset[int] | None = None, look: bool = False
    ) -> list[str]:
        """Read the files' own tags where they may have changed; return what there is to say.

        With `look` every file is asked for its time, not just beets.
        """
        if not self._file_tags:
            return []
        tracks = library.tracks(self.lib, (), only)
        music = os.fsencode(self.lib.directory)
        total = library.count(self.lib, only)
        return read_files(self.catalogue, tracks, music, progress, total=total, look=look)

    def preview(self, progress: Progress, only: frozenset[int] | None = None) -> Plan:
        """Return what `refresh` would change, going by the file tags read before; write nothing."""
        mark, comparison = self._rules_mark, self.catalogue.tracks.compare(only)
        with progress("comparing tracks", library.count(self.lib, only)) as advance:
            for track, from_file in counting(self._tracks(only), advance):
                if comparison.differs(track.id, key_of(mark, track.identity, from_file)):
                    comparison.add(self._described(track, from_file))
        return comparison.plan()

    def described(
        self, only: frozenset[int] | None
    ) -> Iterator[tuple[library.Track, Mapping[str, tuple[str, ...]]]]:
        """Yield each track with its descriptors and where each came from."""
        for track, from_file in self._tracks(only):
            yield track, self._set_of(track, from_file).sources

    def texts(self, only: frozenset[int]) -> dict[int, str]:
        """Return the texts of these tracks as the index would have them now."""
        return {track.id: self._set_of(track, found).text for track, found in self._tracks(only)}

    @property
    def _graph_mark(self) -> str:
        """Return what changes when the graph has to be looked at: a new text, or its loss."""
        return f"{self.catalogue.revision} {self.neighbours.is_in_place()}"

    @property
    def _rules_mark(self) -> str:
        return f"{self.rules.fingerprint} {self._file_tags}"

    def _left_files_alone(self) -> bool:
        """Say whether the files' own tags were not read before: what changed then is unknown."""
        return (self.catalogue.meta("rules") or "").endswith(" False")

    def _marks(self, stamp: str | None, only: frozenset[int] | None) -> dict[str, str]:
        """Return what to note about the whole; a look at a part says nothing about the rest."""
        if only is not None:
            return {}
        return {"library": stamp or "", "rules": self._rules_mark}

    def _tracks(self, only: frozenset[int] | None) -> Iterator[tuple[library.Track, str]]:
        """Yield the tracks, each with what its file says, as that is stored; "" for nothing."""
        from_files = self.catalogue.file_tags.stored(only) if self._file_tags else {}
        for track in library.tracks(self.lib, self.rules.fields, only):
            yield track, from_files.get(track.id, "")

    def _described(self, track: library.Track, from_file: str) -> Description:
        found = self._set_of(track, from_file)
        return Description(found.text, _fields(found.sources.values()), track.called)

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
            return self.embed(advance)


def _outdated(error: CatalogueError) -> str:
    """Return the note why the answer comes from what the index already held."""
    if isinstance(error, BusyError):
        why = "another beet is bringing the index up to date"
    else:
        why = "the index is read-only and cannot be brought up to date"
    return f"{why}; this answer is from what it holds so far"


def _opened(path: Path, write: bool) -> Catalogue:
    if not path.parent.is_dir():
        raise UserError(f"the index is to lie at {path}, but there is no folder {path.parent}")
    if path.is_dir():
        raise UserError(
            f"the index is to lie at {path}, but that is a folder; move it away, or set"
            " `melscribe: index:` in your config to a file"
        )
    if (kind := kind_of_name(path.name)) not in ("", DATABASE, OWN):  # it would be put aside
        raise UserError(
            f"the index is to lie at {path}, but that is the name of {kind}; set `melscribe:"
            f" index:` in your config to another file, such as {path.stem}.melscribe"
        )
    return open_catalogue(path) if write or path.exists() else empty_catalogue()


def _put_aside(
    path: Path, file: tuple[int, int] | None, error: DamagedCatalogueError
) -> str | None:
    """Rename the damaged file and say so; None when another beet has just seen to it.

    One that is only of an older format is of no use to anybody and goes.
    """
    aside = path.with_name(path.name + ".damaged")
    custody = Custody(path)
    with custody.held(PATIENCE_FIRST):
        if file_at(path) != file:
            return None
        try:
            if isinstance(error, OutdatedCatalogueError):
                path.unlink()
                said = f"{error} It is made anew."
            else:
                os.replace(path, aside)
                said = f"{error} It was put aside as {aside.name} and is made anew."
        except OSError as problem:
            raise UserError(
                f"{error} It cannot be put aside ({problem.strerror}); move it away and run"
                " `beet melindex` to make a new one."
            ) from error
        custody.unseal()
        for rest in ("-journal", "-wal", "-shm"):  # they would be played into the new file
            with suppress(OSError):
                path.with_name(path.name + rest).unlink()
    return said


def _fields(sources: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the bare names of the fields behind descriptors.

    A source may add the value that it saw.
    """
    return tuple(sorted({source.split(" ", 1)[0] for of_one in sources for source in of_one}))
