"""The descriptors of one track or album as they are now, for `$descriptors`."""

from __future__ import annotations

from collections.abc import Mapping

from beets.library import Library

from beetsplug.melscribe import library, output
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.settings import Settings
from melscribe_core.descriptors.sets import SEPARATOR


class Teller:
    """Tell the descriptors of tracks and albums.

    They come from the index when it is that of the present library. When it is not, a template is
    no reason to bring it up to date: then the one track is read.
    """

    def __init__(self, lib: Library, settings: Settings) -> None:
        self._lib, self._settings = lib, settings
        self._stamp: str | None = None
        self._known: Mapping[int, str] | None = None  # None: the index is of another day

    def of_track(self, track: int) -> str:
        """Return a track's descriptors as one text, "" for none."""
        stamp = library.stamp(library.database(self._lib))
        if stamp is None or stamp != self._stamp:
            self._known = with_index(self._lib, self._settings, _indexed, write=False)
            self._stamp = stamp
        return self._read(track) if self._known is None else self._known.get(track, "")

    def of_album(self, album: int) -> str:
        """Return the descriptors of an album's tracks as one text, "" for none."""
        texts = map(self.of_track, library.tracks_of_album(self._lib, album))
        found = {descriptor for text in texts if text for descriptor in text.split(SEPARATOR)}
        return SEPARATOR.join(sorted(found))

    def _read(self, track: int) -> str:
        only = frozenset({track})

        def read(index: LibraryIndex) -> str:
            index.read_files(output.no_progress, only=only)
            return index.texts(only).get(track, "")

        return with_index(self._lib, self._settings, read, write=False)


def _indexed(index: LibraryIndex) -> Mapping[int, str] | None:
    return dict(index.catalogue.described()) if index.is_current() else None
