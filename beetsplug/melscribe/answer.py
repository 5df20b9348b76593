"""A request -> its answer: a playlist of the library's tracks, and the notes beside it.

Reading order: `answer`, the page of steps; `resolve`, which turns what was typed into what this
library can be asked; then the playlist, and why there may be none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from beets.library import Item, Library
from beets.ui import UserError

from beetsplug.melscribe import filters, library, notes, output
from beetsplug.melscribe.filters import Allowed, Demands
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.names import LibraryNames, ResolvedNames, genre_tree, resolve_names
from beetsplug.melscribe.request import UserRequest, limits_of
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.words import read_words, recognised
from melscribe_core.arrays import FloatArray
from melscribe_core.playlist.choice import Chosen, Limits, Pick, choose
from melscribe_core.request.request import Request, understood
from melscribe_core.search.search import Hit, Question, Wish
from melscribe_core.songs.song import Song
from melscribe_core.songs.versions import asked_kinds
from melscribe_core.text import counted


class NothingFoundError(UserError):
    """The request was understood, and no track answers it."""


@dataclass(frozen=True)
class LibraryRequest:
    """A request resolved in this library: what to search for, and among which tracks.

    `request` holds only names that the library has. `word_notes` are on words that were not
    understood, slips, and what no track has; `name_notes` on names.
    """

    request: Request
    wish: Wish
    allowed: Allowed
    word_notes: tuple[str, ...] = ()
    name_notes: tuple[str, ...] = ()

    @property
    def notes(self) -> list[str]:
        """Return all notes about the request, in the order in which they are shown."""
        return [*self.word_notes, *self.name_notes, *self.allowed.notes]


@dataclass(frozen=True)
class Answer:
    """What a request found.

    `items` are beets' own, by track id; `understood` is the request in one line; `vector` is the
    question's, see Question; `minutes` the time that was to be filled.
    """

    request: Request
    chosen: Chosen
    items: Mapping[int, Item]
    understood: str
    notes: tuple[str, ...]
    vector: FloatArray | None = None
    minutes: float | None = None

    def ordered(self) -> list[Item]:
        """Return beets' items in the order of the playlist."""
        return [self.items[pick.song.track] for pick in self.chosen.picks]

    def with_notes(self, before: Sequence[str], after: Sequence[str] = ()) -> Answer:
        """Return the answer with more notes."""
        return replace(self, notes=(*before, *self.notes, *after))


def answer(
    index: LibraryIndex,
    asked: UserRequest,
    settings: Settings,
    seed: int | None,
    names: LibraryNames | None = None,
) -> Answer:
    """Answer from an index that is up to date; raise UserError when nothing can be found.

    The same request gives the same list, unless another seed is given. Several requests may share
    `names`, which are read from the library once.
    """
    names = names or LibraryNames(index.lib, index.catalogue)
    with index.at_once():
        resolved = resolve(index, names, asked, settings)
        limits = limits_of(asked, resolved.request, settings)
        draw = resolved.request.text if seed is None else str(seed)
        question, hits = ranked(index, resolved, draw)
        chosen = _chosen(index, resolved, limits, hits, draw)
        chosen = _explained(index, question, chosen)
    names.keep()
    if not chosen.picks:
        why = _why_none(index.lib, chosen, resolved.allowed)
        raise NothingFoundError("; ".join([why, *resolved.word_notes]))
    chosen, items = _with_items(index.lib, chosen, resolved.allowed)
    return Answer(
        resolved.request,
        chosen,
        items,
        understood(resolved.request),
        tuple(_notes(resolved, question, chosen, limits, settings)),
        question.vector,
        limits.minutes,
    )


def resolve(
    index: LibraryIndex, names: LibraryNames, asked: UserRequest, settings: Settings
) -> LibraryRequest:
    """Resolve a request in this library.

    Raises UserError when it asks for nothing, NothingFoundError when no track can answer it.
    """
    request, slips = read_words(index, names, asked)
    word_notes = [*notes.on_reading(asked, request), *slips]
    if request.asides:
        word_notes += _asides(index.lib, asked, request, slips)
    query = filters.select(index.lib, asked.terms) if asked.terms else None
    standing = filters.standing(index.lib, settings.query)
    _refuse_empty(index, query, standing)
    found = resolve_names(index.lib, names, request, asked.like, index.describes)
    demands = filters.demands(
        index.lib, index.catalogue, request, lenient=bool(asked.option("lenient"))
    )
    _refuse_unmet(asked, request, found, demands)
    wish, missing = recognised(index, _wish(found))
    examples = frozenset() if asked.option("include_like") else found.examples
    allowed = Allowed(
        ids=filters.intersection(
            query.ids if query else None, found.only, demands.ids, *(one.ids for one in standing)
        ),
        without=found.unwanted | examples,
        query=query,
        standing=standing,
        notes=demands.notes,
    )
    return LibraryRequest(found.request, wish, allowed, (*word_notes, *missing), found.notes)


def ranked(
    index: LibraryIndex, resolved: LibraryRequest, draw: str
) -> tuple[Question, Iterator[Hit]]:
    """Return the question and its hits, best first; equal ones in an order drawn from `draw`."""
    wish = resolved.wish
    question = index.search.ask(wish, genre_tree() if wish.exclude else None)
    return question, index.search.hits(question, resolved.allowed.ids, draw)


def _wish(found: ResolvedNames) -> Wish:
    """Return what to search for: the words of a request whose names are resolved."""
    request = found.request
    return Wish(
        about=request.about,
        more=request.more,
        less=request.less,
        exclude=tuple(p for p in request.exclude if p not in found.unwanted_phrases),
        like=tuple(sorted(found.examples)),
    )


def _asides(lib: Library, asked: UserRequest, request: Request, slips: Sequence[str]) -> list[str]:
    """Return the notes on what is said about the library; raise when nothing else is said."""
    from beetsplug.melscribe import asides  # few requests have any

    said = asides.notes(lib, asked, request)
    if asides.are_all(asked, request):
        raise NothingFoundError("; ".join(said))
    return said


def _refuse_empty(
    index: LibraryIndex, query: filters.Selection | None, standing: Sequence[filters.Selection]
) -> None:
    counts = index.catalogue.counts()
    if not counts.tracks:
        raise NothingFoundError(output.NO_TRACKS)
    if counts.tracks == counts.bare:
        raise NothingFoundError(
            f"of {counted(counts.tracks, 'track')} none has a genre, mood or style to go by;"
            " beets' lastgenre plugin adds genres, and `beet melindex --show` tells what was found"
        )
    if any(one.ids is not None and not one.ids for one in standing):
        raise NothingFoundError(filters.why_standing_match_none(standing))
    if query is not None and query.ids is not None and not query.ids:
        raise NothingFoundError(_unmatched(query))


def _refuse_unmet(
    asked: UserRequest, request: Request, found: ResolvedNames, demands: Demands
) -> None:
    """Raise when the request says only names, which the library lacks, or no track meets it."""
    names = request.like or request.by or request.named or asked.like
    known = found.examples or found.only is not None
    rest = found.request.about or request.more or _wish(found).exclude or demands.ids
    if names and not (known or rest):
        raise NothingFoundError(f"{'; '.join(found.notes)}; and the request says nothing else")
    if demands.ids is not None and not demands.ids:
        raise NothingFoundError(
            "; ".join([f"no track fulfils {understood(request)}", *demands.notes])
        )


def _chosen(
    index: LibraryIndex,
    resolved: LibraryRequest,
    limits: Limits,
    hits: Iterator[Hit],
    draw: str,
) -> Chosen:
    def songs(ids: Sequence[int]) -> Mapping[int, Song]:
        return library.song_names(index.lib, resolved.allowed.among(index.lib, ids))

    kinds = asked_kinds(" ".join((resolved.request.about, *resolved.request.more)))
    return choose(hits, songs, limits, Random(draw), kinds, index.search.vectors_of)


def _explained(index: LibraryIndex, question: Question, chosen: Chosen) -> Chosen:
    explained = index.search.explained(question, [pick.hit for pick in chosen.picks])
    picks = (Pick(hit, pick.song) for hit, pick in zip(explained, chosen.picks, strict=True))
    return replace(chosen, picks=tuple(picks))


def _with_items(
    lib: Library, chosen: Chosen, allowed: Allowed
) -> tuple[Chosen, Mapping[int, Item]]:
    """Return the playlist and beets' items, in the order of the query's sort if it has one."""
    items = library.items_by_id(lib, [pick.song.track for pick in chosen.picks])
    by_id = {pick.song.track: pick for pick in chosen.picks if pick.song.track in items}
    order = list(items.values())
    if allowed.query and allowed.query.sorts:
        order = allowed.query.sorted(order)
    picks = tuple(by_id[library.track_id(item)] for item in order)
    return replace(chosen, picks=picks), items


def _notes(
    resolved: LibraryRequest,
    question: Question,
    chosen: Chosen,
    limits: Limits,
    settings: Settings,
) -> Iterator[str]:
    yield from resolved.notes
    yield from notes.on_question(question)
    query = resolved.allowed.query
    if limits.order == "tempo" and not (query and query.sorts):
        yield from notes.pace(chosen.picks)
    yield from notes.shortfall(chosen, limits)
    yield from notes.best_fits_little(resolved.request, chosen, settings)


def _unmatched(query: filters.Selection) -> str:
    return (
        f"no track in the library matches the query {query.said}"
        " (put -- behind the words of the description if that was none)"
    )


def _why_none(lib: Library, chosen: Chosen, allowed: Allowed) -> str:
    query, standing = allowed.query, allowed.standing
    if query and query.ids is None and not query.walked(lib):
        return _unmatched(query)
    if standing and filters.match_none(lib, standing):
        return filters.why_standing_match_none(standing)
    passed = chosen.passed
    under = " and matches the query" if query else ""
    under += f" under {filters.KEY} of your config" if standing else ""
    if passed.below:
        return f"no track fits well enough{under} (--min-score 0 shows what fits a little)"
    if passed.unmeasured or passed.too_long:
        return "no track is of a length that fits into the time asked for"
    return "; ".join([f"no track fits{under}", *allowed.notes])
