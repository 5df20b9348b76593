"""The names in a library: which fields hold them, and how the index finds one.

Artists, people credited, titles and albums are looked up by keys in the index; the names of the
tracks that have a key are then read from its mirror of the library.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from beetsplug.melscribe.library import NAMES, text
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.names import Entries
from melscribe_core.request.joint_names import guests, parts
from melscribe_core.request.names import (
    Form,
    NameKind,
    Names,
    Way,
    flag_of,
    forms_of,
    gather,
    is_among,
    keys_of,
    kinds_of,
    shape_of,
)
from melscribe_core.request.near_names import misspelt
from melscribe_core.request.resolution import resolve
from melscribe_core.request.spelling import sounds_of

LONG_TITLE = 8  # letters of a title of several words that is found misspelt
PART = 20_000  # tracks whose names are in memory together
_SEVERAL = {
    "artist": re.compile(r"\\␀"),  # how beets joins the values of one field
    "credit": re.compile(r"\\␀|\s*;\s*|\s+/\s+|(?<=\w{4})/(?=\w{4})"),
}
_JOINT = re.compile("[␀;/,]")  # in a value that may hold several names


@dataclass(frozen=True)
class LibraryNames:
    """The names in a library, as the index has them."""

    catalogue: Catalogue

    def __call__(self, name: str) -> bool:
        """Return whether an artist, credited person, title or album has this name."""
        return is_among(name, self.catalogue.names.keys())

    def kinds_of(self, name: str) -> frozenset[str]:
        """Return the kinds of a name; see melscribe_core.request.names.kinds_of."""
        return kinds_of(name, self.catalogue.names.keys())

    def alike(self, name: str) -> bool:
        """Return whether an artist, or a title of several words, is nearly spelt or heard so."""
        if misspelt(name, self.of("artist")) is not None:
            return True
        return (
            len(name) >= LONG_TITLE
            and " " in name
            and resolve(name, [self.of("title")]) is not None
        )

    @property
    def people(self) -> Sequence[IndexedNames]:
        """Return artists, then people credited (e.g. composers)."""
        return [self.of("artist"), self.of("credit")]

    @property
    def kinds(self) -> Sequence[IndexedNames]:
        """Return people, titles and albums, in the order in which a name is looked up."""
        return [*self.people, self.of("title"), self.of("album")]

    def of(self, kind: NameKind) -> IndexedNames:
        """Return the names of a kind."""
        return IndexedNames(self.catalogue, kind)


@dataclass(frozen=True)
class IndexedNames:
    """The names of one kind: see melscribe_core.request.names.KindOfNames."""

    catalogue: Catalogue
    kind: NameKind

    def meant(self, said: str, way: Way) -> Names:
        """Return the names that `said` may mean in this way, possibly with others."""
        return self._with(keys_of(said, self.kind, way))

    def close(self, key: str, most: float) -> Names:
        """Return the names with at most as many edits per letter: see KindOfNames."""
        return self._samples(self.catalogue.names.alike(flag_of(self.kind), *shape_of(key), most))

    def sounding(self, key: str) -> Names:
        """Return the names that, or whose last words, sound so: see KindOfNames."""
        sound, _ = sounds_of(key)
        return self._samples(self.catalogue.names.sounding(flag_of(self.kind), sound))

    def among(self, tracks: Collection[int]) -> Names:
        """Return the names of these tracks."""
        return gather(self.kind, names_of(self.catalogue, self.kind, tracks) if tracks else ())

    def _with(self, keys: Sequence[int]) -> Names:
        return self.among(self.catalogue.names.tracks(keys))

    def _samples(self, keys: Sequence[int]) -> Names:
        return self.among(self.catalogue.names.samples(keys))


def names_of(
    catalogue: Catalogue, kind: NameKind, tracks: Collection[int]
) -> Iterator[tuple[int, str]]:
    """Yield (track id, name) for the names of a kind of these tracks, in the order of NAMES.

    After an artist's name come the parts of a joint one, last of all the guests in titles.
    """
    rows = [row for field in NAMES[kind] for row in catalogue.mirror.values(field, tracks)]
    if kind in _SEVERAL:  # title and album are always columns
        rows += catalogue.mirror.flexible(NAMES[kind], tracks)
    for track, value in rows:
        for name in _each(value, kind):
            yield track, name
            if kind == "artist":
                yield from ((track, part) for part in parts(name))
    if kind == "artist":
        yield from _guests(catalogue, tracks)


def _guests(catalogue: Catalogue, tracks: Collection[int]) -> Iterator[tuple[int, str]]:
    for track, value in catalogue.mirror.values("title", tracks):
        title = text(value)
        if "f" in title or "F" in title:  # feat., ft.
            yield from ((track, guest) for guest in guests(title))


def entries(catalogue: Catalogue, tracks: Sequence[int] | None) -> Entries:
    """Return what the index has to hold of the names of these tracks, of all with None."""
    of_all = catalogue.mirror.tracks() if tracks is None else tracks
    found = Entries()
    for start in range(0, len(of_all), PART):
        for kind in NAMES:
            _enter(found, names_of(catalogue, kind, of_all[start : start + PART]), kind)
    return found


def _enter(found: Entries, names: Iterable[tuple[int, str]], kind: NameKind) -> None:
    forms: dict[str, list[Form]] = {}  # most names are those of several tracks
    for track, name in names:
        if name not in forms:
            forms[name] = forms_of(name, kind)
        for form in forms[name]:
            found.add(track, *form)


def _each(value: object, kind: NameKind) -> Sequence[str]:
    """Return the names in a value, one empty name for none."""
    name = text(value)
    several = _SEVERAL.get(kind) if _JOINT.search(name) else None
    found = (name,) if several is None else tuple(filter(None, several.split(name)))
    return tuple(map(_in_usual_order, found)) if kind == "credit" else found


def _in_usual_order(name: str) -> str:
    """Return "Frédéric Chopin" for "Chopin, Frédéric"; other names unchanged."""
    last, comma, first = name.partition(", ")
    several = "," in first or (" " in last and " " in first)  # "John Lennon, Paul McCartney"
    return name if not comma or several else f"{first} {last}"
