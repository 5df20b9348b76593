"""Answers for beets: `describe:` queries over tracks or albums, and the field `$descriptors`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from pathlib import Path
from typing import TypeAlias

from beets.library import Library

from beetsplug.melscribe import library, notes, output, progress
from beetsplug.melscribe.answer import (
    LibraryRequest,
    NothingFoundError,
    ranked,
    resolve_request,
)
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.limits import least_score
from beetsplug.melscribe.name_index import LibraryNames
from beetsplug.melscribe.request import in_words
from beetsplug.melscribe.settings import Settings
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.playlist.choice import strong_hits
from melscribe_core.playlist.limits import Passed
from melscribe_core.request.request import Request, understood
from melscribe_core.search.hit import Hit
from melscribe_core.search.question import Question

SHORT = 40  # characters of a description quoted in notes about it

WITHOUT_TASTE = {"no_taste": True}

Say: TypeAlias = Callable[[str], None]
Scored: TypeAlias = tuple[int, float]  # the id of a track or album, and its score in 0..1


@dataclass(frozen=True)
class Fit:
    """Scores in 0..1 by track or album id, and the library state (database, stamp) they are for."""

    scores: Mapping[int, float]
    database: Path
    stamp: str | None

    def is_present(self, lib: Library) -> bool:
        """Return whether the library is known to be unchanged since this answer."""
        same = self.database == library.database(lib) and self.stamp is not None
        return same and self.stamp == library.stamp(self.database)


def answer_query(lib: Library, settings: Settings, text: str, *, albums: bool, say: Say) -> Fit:
    """Return the tracks or albums that fit a description best, at most `query_number`.

    The index is updated first, as for `describe`. Notes are passed to `say`. The result is empty
    when nothing fits. Raises UserError when the words ask for nothing.
    """
    cleaned = output.printable(text)
    name = cleaned if len(cleaned) <= SHORT else f"{cleaned[:SHORT]}..."

    def answered(index: LibraryIndex) -> Fit:
        for note in index.notes:
            say(note)
        index.notes = []
        names = LibraryNames(index.catalogue)
        with index.catalogue.at_once():
            best = _best(
                index, names, text, settings, albums, lambda note: say(f'"{name}": {note}')
            )
            scores = dict(islice(best, settings.query_number))
        return Fit(scores, library.database(lib), index.matched)

    return with_index(lib, settings, answered, fresh=True)


def _best(
    index: LibraryIndex,
    names: LibraryNames,
    text: str,
    settings: Settings,
    albums: bool,
    say: Say,
) -> Iterable[Scored]:
    asked = replace(in_words(text), options=WITHOUT_TASTE)  # a query says what fits, to anyone
    try:
        resolved = resolve_request(index, names, asked, settings)
    except NothingFoundError as error:
        say(str(error))
        return ()
    question, found = ranked(index, resolved, resolved.request.text)
    for note in [*_understood(resolved), *resolved.notes, *notes.on_question(question)]:
        say(note)
    if resolved.leads and not resolved.wish.about:
        found = takewhile(lambda hit: hit.place > 0, found)  # names alone: a query means these
    allowed = resolved.allowed.hits(index.lib, found)
    least = least_score(asked, resolved.request, settings)
    hits = strong_hits(allowed, least, Passed())
    if albums:
        return _by_album(index, question, hits, least)
    return ((hit.track, hit.score) for hit in hits)


def _understood(resolved: LibraryRequest) -> Iterator[str]:
    """Yield notes: what was understood, and which parts of it a query ignores."""
    request = resolved.request
    used = replace(request, count=None, minutes=None, per_artist=None, per_album=None)
    if said := understood(used):
        yield f"understood: {said}"
    ignored = Request(
        text="",
        about="",
        count=request.count,
        minutes=request.minutes,
        per_artist=request.per_artist,
        per_album=request.per_album,
    )
    if said := understood(ignored):
        yield f"ignored: {said} (a query finds the best matches, at most `query_number`)"


def _by_album(
    index: LibraryIndex, question: Question, hits: Iterable[Hit], least: float
) -> list[Scored]:
    """Return the albums by the mean score of their tracks, best first, ties by id.

    A track that does not fit counts as 0. Tracks without descriptors are left out of the mean,
    unless the request has no vector, so that descriptors do not matter.
    """
    album_of = library.albums_of_tracks(index.lib)
    anyone = question.vector is None
    sizes = Counter(
        album_of[track]
        for track, text in index.catalogue.tracks.described()
        if (text or anyone) and track in album_of
    )
    totals: defaultdict[int, float] = defaultdict(float)
    for hit in hits:
        if hit.track in album_of:
            totals[album_of[hit.track]] += hit.score
    means = ((album, total / sizes[album]) for album, total in totals.items())
    return sorted((one for one in means if one[1] >= least), key=lambda one: (-one[1], one[0]))


class Descriptors:
    """The present descriptors of tracks and albums, for `$descriptors`.

    They are read from the index while it is current. Otherwise only the one track is read from the
    library: formatting a template must not start an index update.
    """

    def __init__(self, lib: Library, settings: Settings) -> None:
        self._lib, self._settings = lib, settings
        self._stamp: str | None = None
        self._known: Mapping[int, str] | None = None  # None: the index is not current

    def of_track(self, track: int) -> str:
        """Return a track's descriptors joined by SEPARATOR, "" for none."""
        stamp = library.stamp(library.database(self._lib))
        if stamp is None or stamp != self._stamp:
            self._known = with_index(self._lib, self._settings, _indexed, write=False)
            self._stamp = stamp
        return self._read(track) if self._known is None else self._known.get(track, "")

    def of_album(self, album: int) -> str:
        """Return the distinct descriptors of an album's tracks, sorted and joined; "" for none."""
        texts = map(self.of_track, library.tracks_of_album(self._lib, album))
        found = {descriptor for text in texts if text for descriptor in text.split(SEPARATOR)}
        return SEPARATOR.join(sorted(found))

    def _read(self, track: int) -> str:
        only = frozenset({track})

        def read(index: LibraryIndex) -> str:
            index.read_files(progress.none, only=only)
            return index.texts(only).get(track, "")

        return with_index(self._lib, self._settings, read, write=False)


def _indexed(index: LibraryIndex) -> Mapping[int, str] | None:
    return index.catalogue.tracks.marked() if index.is_current() else None
