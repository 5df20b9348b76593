"""A request -> its answer: a playlist of the library's tracks, and the notes beside it.

Reading order: `answer`, the page of steps; `resolve_request`, which turns what was typed into what
this library can be asked; the playlist; why there may be none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from math import inf
from random import Random
from typing import TYPE_CHECKING, TypeVar

from beets.library import Item, Library
from beets.ui import UserError

from beetsplug.melscribe import filters, library, notes, output
from beetsplug.melscribe.facts import year_of
from beetsplug.melscribe.filters import Allowed
from beetsplug.melscribe.foreign import describes, rendered
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.limits import limits_of
from beetsplug.melscribe.name_index import LibraryNames
from beetsplug.melscribe.names import ResolvedNames, genre_tree, resolve_names
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.taste import NO_TASTE, TasteInAnswer, of_answer
from beetsplug.melscribe.words import read_words, recognised
from melscribe_core.arrays import FloatArray
from melscribe_core.playlist.choice import Chosen, SongKey, choose
from melscribe_core.playlist.leading import leading
from melscribe_core.playlist.limits import Limits, Passed, Pick
from melscribe_core.request.request import Request, understood
from melscribe_core.request.resolution import Named
from melscribe_core.search.everyday import musical
from melscribe_core.search.hit import Hit
from melscribe_core.search.question import Lean, Question, Wish
from melscribe_core.songs.versions import asked_kinds
from melscribe_core.text import counted

if TYPE_CHECKING:
    from melscribe_core.taste.taste import Pull

T = TypeVar("T")

_NEWER = re.compile(r"\b(?:newer|newest|latest|more recent|recent)\b", re.IGNORECASE)
_OLDER = re.compile(r"\b(?:older|oldest|earlier|earliest|early (?!\W?\d))", re.IGNORECASE)

WORKS = ("title", "album")  # kinds of names of which all tracks come first


class NothingFoundError(UserError):
    """The request was understood, and no track answers it."""


@dataclass(frozen=True)
class Before:
    """What was said before, in a conversation: it moves an answer without being its words.

    `leads` are names of earlier turns whose tracks come first again, `leans` pull the search,
    `without` holds the tracks that are not to come, `songs` those of which no version is to come.
    """

    leads: tuple[Named, ...] = ()
    leans: tuple[Lean, ...] = ()
    without: frozenset[int] = frozenset()
    songs: frozenset[SongKey] = frozenset()


NOTHING_BEFORE = Before()


@dataclass(frozen=True)
class LibraryRequest:
    """A request resolved in this library: what to search for, and among which tracks.

    `request` holds only names that the library has. `sounds` is how much each track sounds like the
    examples, None where no sound was asked for. `word_notes` are on words that were not
    understood, slips, and what no track has; `name_notes` on names. `songs`: see Before.
    """

    request: Request
    wish: Wish
    allowed: Allowed
    leads: tuple[Named, ...] = ()
    songs: frozenset[SongKey] = frozenset()
    sounds: Mapping[int, float] | None = None
    word_notes: tuple[str, ...] = ()
    name_notes: tuple[str, ...] = ()
    taste: TasteInAnswer = NO_TASTE

    @property
    def notes(self) -> list[str]:
        """Return all notes about the request, in the order in which they are shown."""
        return [*self.word_notes, *self.name_notes, *self.allowed.notes, *self.taste.notes]


@dataclass(frozen=True)
class Answer:
    """What a request found.

    `items` are beets' own, by track id; `understood` is the request in one line, "" for none or
    where it is not to be shown; `vector` is the question's, see Question; `minutes` the time that
    was to be filled; `rendered` what was said in another language, as English descriptors; `pull`
    what a taste added, None for nothing.
    """

    request: Request
    chosen: Chosen
    items: Mapping[int, Item]
    understood: str = ""
    notes: list[str] = field(default_factory=list)
    vector: FloatArray | None = None
    minutes: float | None = None
    rendered: tuple[str, ...] = ()
    pull: Pull | None = None

    def scores(self) -> dict[int, float]:
        """Return the score of each track, by id."""
        return {pick.song.track: pick.hit.score for pick in self.chosen.picks}

    def ordered(self) -> list[Item]:
        """Return beets' items in the order of the playlist."""
        return [self.items[pick.song.track] for pick in self.chosen.picks]


def reminded(
    index: LibraryIndex, answered: Callable[[LibraryIndex], tuple[T, Answer]]
) -> tuple[T, Answer]:
    """Return what `answered` does, for a user who reads the notes: reminders are among them.

    When nothing is found they are printed.
    """
    try:
        talk, found = answered(index)
    except NothingFoundError:
        output.say_all([*index.notes, *notes.reminders(index)])
        index.notes = []
        raise
    found.notes.extend(notes.reminders(index))
    return talk, found


def answer(
    index: LibraryIndex,
    asked: UserRequest,
    settings: Settings,
    seed: int | None,
) -> Answer:
    """Answer from an index that is up to date; raise UserError when nothing can be found.

    The same request gives the same list, unless another seed is given. The notes begin with those
    of the index.
    """
    names = LibraryNames(index.catalogue)
    with index.catalogue.at_once():
        resolved = resolve_request(index, names, asked, settings)
        return respond(index, resolved, asked, settings, seed)


def respond(
    index: LibraryIndex,
    resolved: LibraryRequest,
    asked: UserRequest,
    settings: Settings,
    seed: int | None,
) -> Answer:
    """Answer a request that is resolved in the library, within one snapshot: see `answer`.

    The notes of the index are in the answer from then on.
    """
    limits = limits_of(asked, resolved.request, settings)
    draw = resolved.request.text if seed is None else str(seed)
    question, hits = ranked(index, resolved, draw)
    chosen, items = _playlist(index, resolved, limits, question, hits, draw)
    if not chosen.picks:
        why = _why_none(index.lib, chosen, resolved.allowed)
        raise NothingFoundError("; ".join([why, *resolved.taste.limits, *resolved.word_notes]))
    found = Answer(
        resolved.request,
        chosen,
        items,
        understood(resolved.request),
        [*index.notes, *_notes(resolved, question, chosen, limits, settings)],
        question.vector,
        limits.minutes,
        resolved.wish.reading.english,
        question.pull,
    )
    index.notes = []
    return found


def listed(index: LibraryIndex, tracks: Sequence[int], request: Request, said: list[str]) -> Answer:
    """Return these tracks, in order, as an answer; those that left the library are not in it."""
    like = () if request.about else tuple(tracks)  # else the scores would all be 1
    wish, _ = rendered(index, Wish(about=request.about, like=like), request.language)
    question = index.search.ask(wish)
    scored = index.search.scored(question, frozenset(tracks))
    hits = {hit.track: hit for hit in index.search.explained(question, [*scored.values()])}
    songs = library.song_names(index.lib, tracks)
    nothing = Hit(0, (), 0.0, 0.0, 0.0)
    picks = tuple(
        Pick(hits.get(track, nothing._replace(track=track)), songs[track])
        for track in tracks
        if track in songs
    )
    items = library.items_by_id(index.lib, [pick.song.track for pick in picks])
    return Answer(request, Chosen(picks, Passed(), short=False), items, "", said)


def resolve_request(
    index: LibraryIndex, names: LibraryNames, asked: UserRequest, settings: Settings
) -> LibraryRequest:
    """Resolve a request in this library.

    Raises UserError when it asks for nothing, NothingFoundError when no track can answer it.
    """
    refuse_empty(index)
    request, word_notes = read_words(index, names, asked)
    return resolve_parsed(index, names, asked, request, word_notes, settings)


def resolve_parsed(
    index: LibraryIndex,
    names: LibraryNames,
    asked: UserRequest,
    request: Request,
    word_notes: Sequence[str],
    settings: Settings,
    before: Before = NOTHING_BEFORE,
) -> LibraryRequest:
    """Resolve a request whose words were read; `word_notes` are on these words.

    Raises NothingFoundError when no track can answer it.
    """
    about_library = _asides(index.lib, asked, request) if request.asides else []
    found = resolve_names(index.lib, names, request, asked, partial(describes, index))
    demands = filters.demands(index.catalogue, request, lenient=bool(asked.option("lenient")))
    allowed = filters.allowed(
        index.lib,
        asked.terms,
        settings.query,
        demands,
        found.only,
        found.without | before.without,
    )
    leads = found.leads or before.leads
    if not before.leads:
        _refuse_unmet(asked, request, found, allowed, demands)
    found, sounds = _by_sound(index, found, asked)
    leans = (*found.wish.leans, *before.leans)
    wish, missing = recognised(index, replace(found.wish, leans=leans), request.language)
    resolved = LibraryRequest(
        found.request,
        wish,
        allowed,
        leads,
        before.songs,
        sounds,
        (*word_notes, *about_library, *missing),
        found.notes,
    )
    return _with_taste(resolved, of_answer(index, asked, settings))


def _with_taste(resolved: LibraryRequest, taste: TasteInAnswer) -> LibraryRequest:
    """Return a request that follows a taste, of favourites only or without them as is asked for."""
    allowed, liked = resolved.allowed, taste.favourites
    if taste.only_favourites:
        allowed = replace(allowed, ids=liked if allowed.ids is None else allowed.ids & liked)
    elif taste.played is not None:
        allowed = replace(allowed, without=allowed.without | liked)
    wish = replace(resolved.wish, taste=taste.taste, taste_weight=taste.weight)
    return replace(resolved, wish=wish, allowed=allowed, taste=taste)


def _by_sound(
    index: LibraryIndex, found: ResolvedNames, asked: UserRequest
) -> tuple[ResolvedNames, Mapping[int, float] | None]:
    """Compare the sound where that was asked for; return what is left to resolve, and the scores.

    "sounds like X" means the sound of X where it was heard, and otherwise its tags, as "like X"
    does. Raises NothingFoundError where `--sounds-like` finds nothing that was heard.
    """
    if not (found.sounds or "sound" in asked.text.lower()):
        return found, None
    from beetsplug.melscribe.sounding import (  # few requests compare sounds
        Alike,
        alike,
        examples_note,
        says_sound,
        was_heard,
    )

    said = found.wish.like if says_sound(asked.text) and not found.wish.unheard else ()
    examples = found.sounds | (set(said) if said and was_heard(index, said) else set())
    if not examples:
        return found, None
    alike_ones = alike(index, examples) if index.lending.mark else Alike({}, 0)
    if not alike_ones.examples:
        raise NothingFoundError(
            f"{counted(len(examples), 'track')} to compare by sound, and none was heard yet; run"
            " `beet melindex --listen`"
        )
    rest = tuple(track for track in found.wish.like if track not in examples)
    notes_ = (*found.notes, *examples_note(alike_ones, sorted(examples)))
    return replace(found, wish=replace(found.wish, like=rest), notes=notes_), alike_ones.scores


def ranked(
    index: LibraryIndex, resolved: LibraryRequest, draw: str
) -> tuple[Question, Iterator[Hit]]:
    """Return the question and its hits, best first; equal ones in an order drawn from `draw`."""
    wish = resolved.wish
    question = index.search.ask(wish, genre_tree() if wish.exclude else None)
    hits = _hits(index, resolved, question, draw)
    if resolved.taste.played is not None:
        from melscribe_core.playlist.freshness import fresh  # few requests ask for it

        hits = fresh(hits, resolved.taste.played)
    return question, hits


def _hits(
    index: LibraryIndex, resolved: LibraryRequest, question: Question, draw: str
) -> Iterator[Hit]:
    if resolved.sounds is not None:
        from beetsplug.melscribe.sounding import hits_alike

        return hits_alike(index, question, resolved.sounds, resolved.allowed.ids)
    hits = index.search.hits(question, resolved.allowed.ids, draw)
    if not resolved.leads:
        return hits
    first = _leading(index, resolved, question)
    led = {hit.track for hit in first}
    return chain(first, (hit for hit in hits if hit.track not in led))


def _leading(index: LibraryIndex, resolved: LibraryRequest, question: Question) -> list[Hit]:
    """Return the hits that lead the list: the tracks of the names that were mentioned."""
    works = [one.tracks for one in resolved.leads if one.kind in WORKS]
    artists = [one.tracks for one in resolved.leads if one.kind not in WORKS]
    tracks = frozenset(chain.from_iterable((*works, *artists)))
    tracks -= resolved.allowed.without
    if resolved.allowed.ids is not None:
        tracks &= resolved.allowed.ids
    hits = index.search.scored(question, tracks)
    is_described = bool(resolved.wish.about or resolved.wish.more)
    age = _age(index.lib, tracks, resolved.request.text)
    return leading(works, artists, hits, is_described=is_described, age=age)


def _age(lib: Library, tracks: Collection[int], said: str) -> Callable[[int], float] | None:
    """Return how new, or how old, each track is, as "Radiohead's newer stuff" asks for it.

    The lowest comes first, a track without a year last. None when nothing is asked for.
    """
    newer, older = _NEWER.search(said), _OLDER.search(said)
    if bool(newer) == bool(older):
        return None
    items = library.items_by_id(lib, sorted(tracks))
    years = {track: year for track, item in items.items() if (year := year_of(item))}
    return lambda track: -years.get(track, 0) if newer else years.get(track, inf)


def _asides(lib: Library, asked: UserRequest, request: Request) -> list[str]:
    """Return the notes on what is said about the library; raise when nothing else is said."""
    from beetsplug.melscribe import asides  # few requests have any

    said = asides.notes(lib, asked, request)
    if asides.are_all(asked, request):
        raise NothingFoundError("; ".join(said))
    return said


def refuse_empty(index: LibraryIndex) -> None:
    """Raise when the library has no track, or none that anything describes."""
    counts = index.catalogue.counts()
    if not counts.tracks:
        raise NothingFoundError(output.NO_TRACKS)
    if counts.tracks == counts.bare:
        raise NothingFoundError(
            f"of {counted(counts.tracks, 'track')} none has a genre, mood or style to go by;"
            " beets' lastgenre plugin adds genres, `beet melindex --listen` hears the tracks, and"
            " `beet melindex --show` tells what was found"
        )


def _refuse_unmet(
    asked: UserRequest,
    request: Request,
    found: ResolvedNames,
    allowed: Allowed,
    demands: filters.Demands,
) -> None:
    """Raise when no track may answer, or the request says only names that the library lacks."""
    if any(one.ids is not None and not one.ids for one in allowed.standing):
        raise NothingFoundError(filters.why_standing_match_none(allowed.standing))
    query = allowed.query
    if query is not None and query.ids is not None and not query.ids:
        raise NothingFoundError(_unmatched(query))
    named = request.like or request.by or request.named or request.leads or asked.examples
    wish = found.wish
    rest = wish.about or wish.more or wish.exclude or demands.ids
    if named and not (wish.like or found.sounds or found.leads or found.only is not None or rest):
        raise NothingFoundError(f"{'; '.join(found.notes)}; and the request says nothing else")
    if demands.ids is not None and not demands.ids:
        raise NothingFoundError(
            "; ".join([f"no track fulfils {understood(request)}", *demands.notes])
        )


def _playlist(
    index: LibraryIndex,
    resolved: LibraryRequest,
    limits: Limits,
    question: Question,
    hits: Iterator[Hit],
    draw: str,
) -> tuple[Chosen, Mapping[int, Item]]:
    """Return the playlist and beets' items, in the order of the query's sort if it has one."""
    lib, query = index.lib, resolved.allowed.query
    songs = partial(resolved.allowed.songs, lib)
    said = " ; ".join((resolved.request.about, *resolved.request.more))
    kinds = asked_kinds(musical(said, index.search.known))
    vectors = index.search.vectors_of
    chosen = choose(hits, songs, limits, Random(draw), kinds, vectors, resolved.songs)
    items = library.items_by_id(lib, [pick.song.track for pick in chosen.picks])
    explained = index.search.explained(question, [pick.hit for pick in chosen.picks])
    by_id = {
        pick.song.track: Pick(hit, pick.song)
        for hit, pick in zip(explained, chosen.picks, strict=True)
    }
    order = list(items.values())
    if query and query.sorts:
        order = query.sorted(order)
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


def _unmatched(query: filters.BeetsQuery) -> str:
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
