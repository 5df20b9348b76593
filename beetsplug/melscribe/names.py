"""Resolve the names in a request (artists, people credited, titles, albums) in this library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from beets.library import Library

from beetsplug.melscribe import filters
from beetsplug.melscribe.name_index import LibraryNames
from beetsplug.melscribe.request import UserRequest
from melscribe_core.descriptors.sets import text_of
from melscribe_core.request.grammar import lexicon
from melscribe_core.request.names import PEOPLE, NameKind, fold
from melscribe_core.request.near_names import misspelt
from melscribe_core.request.request import Request
from melscribe_core.request.resolution import Named, meant, resolve, written
from melscribe_core.search.exclusion import Narrower
from melscribe_core.search.question import Lean, Wish
from melscribe_core.text import brief, counted

LEADS = 1.0  # weight of all names that lead together, as much as of the words

Resolve = Callable[[str], "Named | None"]


@dataclass(frozen=True)
class ResolvedNames:
    """A request with its names resolved in this library.

    `request` keeps only the names that were found; other words are returned to its description.
    `leads` are the names whose tracks come first.
    `wish` is what to search for, with the example tracks. `only` are the ids of the tracks by the
    artists and with the titles requested, None for all tracks; `without` are the ids to leave out:
    tracks of excluded names, and the examples unless `include_like` is set. `sounds` are the
    examples of `--sounds-like`.
    """

    request: Request
    wish: Wish
    only: frozenset[int] | None
    without: frozenset[int]
    leads: tuple[Named, ...] = ()
    sounds: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


def resolve_names(
    lib: Library,
    names: LibraryNames,
    request: Request,
    asked: UserRequest,
    is_descriptor: Callable[[str], bool],
) -> ResolvedNames:
    """Resolve the names in a request, and the example tracks of `--like`."""
    notes: list[str] = []
    found = _Found(names, notes)
    resolved = found.look_up(request)
    unwanted = unwanted_names(resolved.exclude, names, is_descriptor)
    examples = {track for named in found.like for track in named.tracks}
    examples.update(t for query in asked.like for t in _examples(lib, query, "like", notes))
    sounds = frozenset(
        t for query in asked.sounds_like for t in _examples(lib, query, "sounds-like", notes)
    )
    wanted = [*found.by, *found.named]
    named_out = {named.said for named in unwanted}
    wish = Wish(
        about=resolved.about,
        more=resolved.more,
        less=resolved.less,
        exclude=tuple(phrase for phrase in resolved.exclude if phrase not in named_out),
        like=tuple(sorted(examples)),
        unheard=bool(asked.option("unheard")),
        leans=tuple(Lean(LEADS / len(found.leads), tracks=one.tracks) for one in found.leads),
    )
    only = frozenset(t for named in wanted for t in named.tracks) if wanted else None
    without = {track for named in unwanted for track in named.tracks}
    if not asked.option("include_like"):
        without |= examples | sounds
    leads = tuple(found.leads)
    return ResolvedNames(resolved, wish, only, frozenset(without), leads, sounds, tuple(notes))


def named_in(names: LibraryNames, request: Request) -> tuple[Named, ...]:
    """Return the names that a request wants and the library has; () for none."""
    found = _Found(names, [])
    found.look_up(request)
    return (*found.leads, *found.by, *found.named)


class _Found:
    """The names of a request that this library has; the others get a note."""

    def __init__(self, names: LibraryNames, notes: list[str]) -> None:
        self._names = names
        self._notes = notes
        self.like: list[Named] = []
        self.by: list[Named] = []
        self.named: list[Named] = []
        self.leads: list[Named] = []

    def look_up(self, said: Request) -> Request:
        """Return the request with the names that were found; add the others to its description."""
        lost_like = self._look_for_works(said.like, self.like)
        lost_by = self._look_for_people(said.by)
        lost_named = self._look_for_works(said.named, self.named)
        self._look_for_leads(said.leads)
        people = [named for named in self.named if named.kind in PEOPLE]
        self.by += people
        self.named = [named for named in self.named if named not in people]
        acts = [name for name in lost_like if lexicon.is_known_act(fold(name))]
        guess = acts if not (said.about or self.like) else []
        about = [
            said.about,
            *self._words_of("like ", lost_like, "artist, title or album", guess),
            *self._words_of("by ", lost_by, "artist"),
            *self._words_of("", lost_named, "title or album"),
        ]
        return replace(
            said,
            about=", ".join(filter(None, about)),
            like=tuple(map(_shown, self.like)),
            by=tuple(map(_shown, self.by)),
            named=tuple(f"the {_WHAT[named.kind]} {named.name}" for named in self.named),
            leads=tuple(map(_shown, self.leads)),
        )

    def _look_for_leads(self, said: Sequence[str]) -> None:
        """Look for the names whose tracks come first, and say in one note what was found."""
        resolved = {name: self._lead(name) for name in said}
        here = {name: one for name, one in resolved.items() if one is not None and one.tracks}
        self.leads += here.values()
        counts = [_counted(one, number) for number, one in enumerate(here.values())]
        absent = [brief(name) for name in said if name not in here]
        parts = [
            f"with {', '.join(counts)}" if counts else "",
            f"not here: {', '.join(absent)}" if absent else "",
        ]
        if said:
            self._notes.append("; ".join(filter(None, parts)))

    def _lead(self, name: str) -> Named | None:
        return meant(name, self._names.kinds) or misspelt(name, self._names.of("artist"))

    def _look_for_works(self, said: Sequence[str], found: list[Named]) -> list[str]:
        return self._look(said, found, lambda name: meant(name, self._names.kinds))

    def _look_for_people(self, said: Sequence[str]) -> list[str]:
        return self._look(said, self.by, lambda name: resolve(name, self._names.people))

    def _look(self, said: Sequence[str], found: list[Named], resolved: Resolve) -> list[str]:
        """Add the names that this library has to `found`; return the others."""
        lost = []
        for name in said:
            named = resolved(name)
            if named is None:
                lost.append(name)
                continue
            found.append(named)
            if named.missing:
                self._notes.append(
                    f"{named.name} has no track or album called {named.missing} here;"
                    f" took all of {named.name}"
                )
            elif named.close:
                self._notes.append(f"took {name} for {named.name}")
        return lost

    def _words_of(
        self, before: str, lost: Sequence[str], what: str, guess: Sequence[str] = ()
    ) -> Iterator[str]:
        """Add a note on each name that is not in the library; yield those to use as description.

        These are words in lower case, which may not be names, and the acts in `guess`, whose name
        may hint at their sound.
        """
        for name in lost:
            here = f"no {what} named {brief(name)} here"
            if name in guess:
                self._notes.append(f"{here}; took the name for a description")
                yield name
            elif name == name.lower() and not lexicon.is_known_act(fold(name)):
                self._notes.append(f"{here}; took it for a description")
                yield f"{before}{name}"
            else:
                self._notes.append(f"ignored: {here}")


_WHAT: dict[NameKind, str] = {"title": "song", "album": "album"}


def _shown(named: Named) -> str:
    """Return a name as written in the request, or the artist's if only the artist was found."""
    return named.name if named.missing else named.said


def _counted(named: Named, number: int) -> str:
    """Return a name with the number of its tracks: "Air (15 tracks)", later ones "Can (3)"."""
    count = f"{len(named.tracks):,}" if number else counted(len(named.tracks), "track")
    took = f", taken for {named.said}" if named.close else ""
    missing = f", none called {named.missing}" if named.missing else ""
    return f"{brief(named.name)} ({count}{took}{missing})"


@cache
def genre_tree() -> Narrower:
    """Return, by genre, all genres below it in lastgenre's tree; {} if the tree is missing."""
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
    """Add the genres below each genre of a branch to `narrower`; return all of the branch."""
    if not isinstance(branch, dict):
        return frozenset({text_of([str(branch)]) or str(branch)})
    found: set[str] = set()
    for name, twigs in branch.items():
        beneath = frozenset().union(*(_gather_beneath(twig, narrower) for twig in twigs or ()))
        genre = text_of([str(name)]) or str(name)
        narrower[genre] = narrower.get(genre, frozenset()) | beneath
        found |= {genre} | beneath
    return frozenset(found)


def unwanted_names(
    phrases: Iterable[str], names: LibraryNames, is_descriptor: Callable[[str], bool]
) -> list[Named]:
    """Return the artists, credited people, titles and albums among the excluded phrases."""
    found = (_unwanted_name(phrase, names) for phrase in phrases if not is_descriptor(phrase))
    return [named for named in found if named is not None]


def _unwanted_name(phrase: str, names: LibraryNames) -> Named | None:
    """Return what a phrase names, None if nothing; a name has a capital or an unusual word."""
    is_capital = phrase != phrase.lower()
    words = fold(phrase).split()
    unusual = lexicon.is_known_act(fold(phrase)) or any(map(lexicon.is_rare, words))
    if lexicon.kind_of(*words) or not (is_capital or unusual):
        return None
    kinds = names.kinds_of(phrase)
    if kinds & {"artist", "credit", "surname"}:
        return resolve(phrase, names.people)
    if not is_capital:
        return None
    works = [names.of(kind) for kind in ("title", "album") if kind in kinds]
    return written(phrase, works) if works else _begun(phrase, names)


def _begun(phrase: str, names: LibraryNames) -> Named | None:
    """Return the albums whose names begin with a phrase of at least two words, None if none.

    For example "Battle Tanks" means the album "Battle Tanks OST".
    """
    start = fold(phrase)
    if " " not in start:
        return None
    albums = names.of("album").meant(phrase, "beginning").known
    tracks = {t for key, (_, of) in albums.items() if key.startswith(f"{start} ") for t in of}
    return Named(phrase, "album", phrase, tuple(sorted(tracks))) if tracks else None


def _examples(lib: Library, query: str, option: str, notes: list[str]) -> frozenset[int]:
    ids = filters.select(lib, filters.terms_of(query)).walked(lib)
    if not ids:
        notes.append(f"ignored: --{option} {query} matches no track")
    return ids
