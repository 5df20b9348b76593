"""An intent -> what is searched for in this library: names found, examples gathered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from beets.library import Library

from beetsplug.melscribe import library
from beetsplug.melscribe.library import NAMES
from melscribe_core.catalogue import Catalogue
from melscribe_core.descriptors import text_of
from melscribe_core.errors import CatalogueError, DamagedCatalogueError
from melscribe_core.exclusion import Narrower
from melscribe_core.intent import Intent
from melscribe_core.names import Kind, Named, Names, fold, gather, is_among, keys_of, resolve
from melscribe_core.search import Wish


@dataclass
class Understanding:
    """What is searched for: the wish, and how the names in it narrow the tracks.

    `only` holds the tracks by the artists asked for (None: any artist); `without` those that are
    not to come: the examples themselves, and artists that are not wanted.
    """

    wish: Wish
    only: frozenset[int] | None = None
    without: frozenset[int] = frozenset()
    notes: list[str] = field(default_factory=list)


class NamesOf:
    """The names in a library.

    Whether something is called so is told by the index: reading a request asks for nearly every
    word. The names themselves are read when one is meant, which few requests do.
    """

    def __init__(self, lib: Library, catalogue: Catalogue) -> None:
        self._lib = lib
        self._catalogue = catalogue
        self._learned: tuple[bytes, str] | None = None  # keys and the stamp of their library

    def __call__(self, name: str) -> bool:
        """Say whether an artist, title or album is called so."""
        return is_among(name, self._keys)

    @cached_property
    def _keys(self) -> bytes:
        """Return what the index knows of the names, brought up to date."""
        stamp = library.stamp(library.database(self._lib))
        if stamp is not None and self._catalogue.meta("names") == stamp:
            return self._catalogue.names()
        keys = keys_of(library.names(self._lib))
        self._learned = None if stamp is None else (keys, stamp)
        return keys

    def keep(self) -> None:
        """Note in the index what was read of the library, so that the next request need not.

        Where the index cannot be written, or another beet is writing it, they are read again then.
        """
        if self._learned is None:
            return
        (keys, stamp), self._learned = self._learned, None
        try:
            with self._catalogue.alone(0):
                self._catalogue.store_names(keys, names=stamp)
        except DamagedCatalogueError:
            raise
        except CatalogueError:
            pass

    @cached_property
    def artists(self) -> Names:
        """Return the artists."""
        return gather("artist", self._rows(NAMES["artist"]))

    @cached_property
    def kinds(self) -> tuple[Names, ...]:
        """Return artists, titles and albums, in the order in which a name is looked for."""
        kinds: tuple[Kind, ...] = ("title", "album")
        return (self.artists, *(gather(kind, self._rows(NAMES[kind])) for kind in kinds))

    def _rows(self, columns: Iterable[str]) -> list[tuple[int, str]]:
        with self._lib.transaction() as tx:
            return [
                (row[0], library.text(row[1]))
                for column in columns
                for row in tx.query(f"SELECT id, {column} FROM items WHERE {column} != ''")
            ]


def understanding(
    lib: Library,
    intent: Intent,
    names: NamesOf,
    *,
    like: Sequence[str] = (),
    include_like: bool = False,
) -> Understanding:
    """Find in the library what an intent names; `like` holds beets queries for examples."""
    request = intent.request
    notes: list[str] = []
    examples = _found(request.like, names.kinds if request.like else (), notes)
    by = _found(request.by, (names.artists,) if request.by else (), notes)
    unwanted = _unwanted_artists(request.exclude, names)
    tracks = {t for named in examples for t in named.tracks}
    tracks.update(t for query in like for t in _matching(lib, query, notes))
    only = frozenset(t for named in by for t in named.tracks) if by else None
    without = frozenset(t for named in unwanted for t in named.tracks)
    names_of_artists = {named.said for named in unwanted}
    wish = Wish(
        about=request.about,
        more=intent.more,
        less=intent.less,
        exclude=tuple(phrase for phrase in request.exclude if phrase not in names_of_artists),
        like=tuple(sorted(tracks)),
    )
    return Understanding(wish, only, without if include_like else without | tracks, notes)


def genre_tree() -> Narrower:
    """Return, by genre, all genres beneath it in lastgenre's tree; {} where there is none."""
    spec = find_spec("beetsplug.lastgenre")
    tree = Path(spec.origin).with_name("genres-tree.yaml") if spec and spec.origin else None
    if tree is None or not tree.is_file():
        return {}
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    narrower: dict[str, frozenset[str]] = {}
    for branch in yaml.load(tree.read_text(encoding="utf-8"), Loader=loader):
        _gather_beneath(branch, narrower)
    return narrower


def _gather_beneath(branch: object, narrower: dict[str, frozenset[str]]) -> frozenset[str]:
    """Note what lies beneath each genre of a branch; return all genres of the branch."""
    if not isinstance(branch, dict):
        return frozenset({text_of([str(branch)]) or str(branch)})
    found: set[str] = set()
    for name, twigs in branch.items():
        beneath = frozenset().union(*(_gather_beneath(twig, narrower) for twig in twigs or ()))
        genre = text_of([str(name)]) or str(name)
        narrower[genre] = narrower.get(genre, frozenset()) | beneath
        found |= {genre} | beneath
    return frozenset(found)


def _found(said: Iterable[str], kinds: tuple[Names, ...], notes: list[str]) -> list[Named]:
    """Resolve names; note those that nobody here has, and those taken for another spelling."""
    found = []
    what = ", ".join(names.kind for names in kinds).replace("title, album", "title or album")
    for name in said:
        named = resolve(name, kinds)
        if named is None:
            notes.append(f"ignored: no {what} named {name} here")
        else:
            found.append(named)
            if named.close:
                notes.append(f"took {name} for {named.name}")
    return found


def _unwanted_artists(phrases: Iterable[str], names: NamesOf) -> list[Named]:
    """Return the artists among what is not wanted: named exactly, and written with a capital."""
    found = []
    for phrase in phrases:
        key = fold(phrase)
        if phrase != phrase.lower() and names(phrase) and key in names.artists.known:
            name, tracks = names.artists.known[key]
            found.append(Named(phrase, "artist", name, tracks))
    return found


def _matching(lib: Library, query: str, notes: list[str]) -> list[int]:
    selection = library.select(lib, library.terms_of(query))
    ids = selection.ids
    if ids is None:
        ids = library.walked(lib, selection.query)
    if not ids:
        notes.append(f"ignored: --like {query} matches no track")
    return sorted(ids)
