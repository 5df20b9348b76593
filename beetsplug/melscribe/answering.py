"""What was asked -> the answer: the playlist, beets' items beside it, and what is to be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from beets.library import Item, Library
from beets.ui import UserError

from beetsplug.melscribe import always, asides, library, screen
from beetsplug.melscribe.asking import Asked, intent_of
from beetsplug.melscribe.constraints import Fulfilling, fulfilling
from beetsplug.melscribe.indexing import Index
from beetsplug.melscribe.limits import limits_of
from beetsplug.melscribe.recognising import recognised, said_apart
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.shortfall import best_fits_little, pace, shortfall
from beetsplug.melscribe.spelling import context_of, mend
from beetsplug.melscribe.wishes import Understanding, genre_tree, understanding
from melscribe_core.arrays import FloatArray
from melscribe_core.playlist.choice import Chosen, Limits, Pick, Songs, choose
from melscribe_core.request.refinement import Intent
from melscribe_core.request.request import Request, understood
from melscribe_core.search.search import Hit, Question
from melscribe_core.songs.song import Song
from melscribe_core.songs.versions import asked_kinds
from melscribe_core.text import counted

MOST_UNREAD = 3  # negations quoted in one sentence
LONG = 1000  # characters; the encoder reads about as much


class NothingFoundError(UserError):
    """The request was understood, and no track will do."""


@dataclass
class Answer:
    """What a request found."""

    request: Request
    chosen: Chosen
    items: Mapping[int, Item]
    understood: str = ""
    notes: list[str] = field(default_factory=list)
    vector: FloatArray | None = None  # where the request points, see Question
    minutes: float | None = None  # how long the playlist was to be

    def ordered(self) -> list[Item]:
        """Return beets' items in the order of the playlist."""
        return [self.items[pick.song.track] for pick in self.chosen.picks]


@dataclass(frozen=True)
class Sought:
    """What a request comes to in this library: what is searched for, and among which tracks."""

    intent: Intent
    known: Understanding
    demands: Fulfilling
    selection: library.Selection | None
    always: tuple[library.Selection, ...] = ()  # what the config says of every request
    notes: tuple[str, ...] = ()  # on words: slips that were mended, and what no track has

    @property
    def among(self) -> frozenset[int] | None:
        """Return the tracks that may come, None for all."""
        selected = self.selection.ids if self.selection else None
        sets = [selected, self.known.only, self.demands.ids, *(one.ids for one in self.always)]
        given = [ids for ids in sets if ids is not None]
        return frozenset.intersection(*given) if given else None


def answer(index: Index, asked: Asked, settings: Settings, seed: int | None) -> Answer:
    """Answer from an index that is up to date; raise UserError when nothing can be found.

    The same request gives the same list, unless another seed is given.
    """
    with index.at_once():
        what = sought(index, asked)
        request = what.intent.request
        limits = limits_of(asked, settings, request)
        draw = request.text if seed is None else str(seed)
        question, chosen = _chosen(index, what, limits, draw)
    if not chosen.picks:
        raise NothingFoundError("; ".join([_why_none(index.lib, chosen, what), *what.notes]))
    found = _with_items(index.lib, request, chosen, what.selection)
    found.understood, found.vector = told(what.intent), question.vector
    found.minutes = limits.minutes
    sorted_by = what.selection is not None and bool(what.selection.sorts)
    tempo = pace(chosen.picks) if limits.order == "tempo" and not sorted_by else []
    found.notes = [*remarks(asked, what), *said_apart(question), *tempo]
    found.notes += shortfall(chosen, limits)
    found.notes += best_fits_little(request, chosen, settings)
    return found


def sought(index: Index, asked: Asked) -> Sought:
    """Read a request; raise UserError when it says nothing, NothingFoundError when none will do."""
    intent, slips = intent_of(asked, context_of(index), partial(mend, index))
    on_library = asides.remarks(index.lib, asked, intent)
    if asides.are_all(asked, intent):
        raise NothingFoundError("; ".join(on_library))
    selection = library.select(index.lib, asked.terms) if asked.terms else None
    standing = always.selections(index.lib, index.always)
    _refuse_empty(index, selection, standing)
    known = understanding(
        index.lib,
        intent,
        index.names,
        like=asked.like,
        include_like=bool(asked.option("include_like")),
        is_descriptor=index.describes,
    )
    demands = fulfilling(
        index.lib, index.catalogue, intent.request, lenient=bool(asked.option("lenient"))
    )
    _refuse_unmet(asked, intent, known, demands)
    known.wish, notes = recognised(index, known.wish)
    mended = [f"took {slip.meant} for {slip.said}" for slip in slips]
    intent = replace(intent, request=known.request)
    return Sought(intent, known, demands, selection, standing, (*mended, *on_library, *notes))


def ranked(index: Index, what: Sought, draw: str) -> tuple[Question, Iterator[Hit]]:
    """Return the question and its hits, best first; equals lie as drawn from `draw`."""
    wish = what.known.wish
    question = index.search.ask(wish, genre_tree() if wish.exclude else None)
    return question, index.search.hits(question, what.among, draw)


def remarks(asked: Asked, what: Sought) -> list[str]:
    """Return the sentences on what was left out or taken for something else."""
    unread = _unread(what.intent.request.unread)
    return [*_long(asked), *unread, *what.notes, *what.known.notes, *what.demands.notes]


def _refuse_empty(
    index: Index, selection: library.Selection | None, standing: Sequence[library.Selection]
) -> None:
    counts = index.catalogue.counts()
    if not counts.tracks:
        raise NothingFoundError(screen.NO_TRACKS)
    if counts.tracks == counts.bare:
        raise NothingFoundError(
            f"of {counted(counts.tracks, 'track')} none has a genre, mood or style to go by;"
            " beets' lastgenre plugin adds genres, and `beet melindex --show` tells what was found"
        )
    if any(one.ids is not None and not one.ids for one in standing):
        raise NothingFoundError(always.why_none(standing))
    if selection is not None and selection.ids is not None and not selection.ids:
        raise NothingFoundError(_unmatched(selection))


def _refuse_unmet(asked: Asked, intent: Intent, known: Understanding, demands: Fulfilling) -> None:
    """Raise when names are all that was said and nobody here bears them, or no track will do."""
    wish = known.wish
    request = intent.request
    named = request.like or request.by or request.named or asked.like
    found = wish.like or known.only is not None
    if named and not (found or wish.about or wish.more or wish.exclude or demands.ids):
        raise NothingFoundError(f"{'; '.join(known.notes)}; and the request says nothing else")
    if demands.ids is not None and not demands.ids:
        raise NothingFoundError(
            "; ".join([f"no track fulfils {understood(intent.request)}", *demands.notes])
        )


def _chosen(index: Index, what: Sought, limits: Limits, draw: str) -> tuple[Question, Chosen]:
    question, hits = ranked(index, what, draw)
    songs = _lookup(index.lib, what)
    kinds = asked_kinds(" ".join((what.intent.request.about, *what.intent.more)))
    chosen = choose(hits, songs, limits, Random(draw), kinds, index.search.vectors_of)
    explained = index.search.explained(question, [pick.hit for pick in chosen.picks])
    picks = tuple(Pick(hit, pick.song) for hit, pick in zip(explained, chosen.picks, strict=True))
    return question, replace(chosen, picks=picks)


def _lookup(lib: Library, what: Sought) -> Songs:
    """Return what tells the playlist of tracks; those that are not to come are unknown to it."""
    selected = (*([what.selection] if what.selection else ()), *what.always)

    def songs(ids: Sequence[int]) -> Mapping[int, Song]:
        wanted = [track for track in ids if track not in what.known.without]
        return library.song_names(lib, always.matching(lib, selected, wanted))

    return songs


def _with_items(
    lib: Library, request: Request, chosen: Chosen, selection: library.Selection | None
) -> Answer:
    """Join the playlist with beets' items, in the order of the query's sort if it has one."""
    items = library.items_by_id(lib, [pick.song.track for pick in chosen.picks])
    by_id = {pick.song.track: pick for pick in chosen.picks if pick.song.track in items}
    order = list(items.values())
    if selection and selection.sorts:
        order = selection.arranged(order)
    picks = tuple(by_id[library.track_id(item)] for item in order)
    return Answer(request, replace(chosen, picks=picks), items)


def told(intent: Intent) -> str:
    """Return what was understood beside the free text, in one line; "" when nothing was."""
    parts = [understood(replace(intent.request, less=()))]
    parts += [f"more {phrase}" for phrase in intent.more]
    parts += [f"less {phrase}" for phrase in intent.less]
    return " · ".join(filter(None, parts))


def _long(asked: Asked) -> list[str]:
    if len(asked.text) <= LONG:
        return []
    return [f"of the {len(asked.text):,} characters only the beginning counts"]


def _unread(phrases: Sequence[str]) -> list[str]:
    """Return the sentence on negations that could not be read."""
    if not phrases:
        return []
    quoted = ", ".join(f'"{screen.clean(phrase)}"' for phrase in phrases[:MOST_UNREAD])
    return [f'not understood: {quoted}; try "..., not X"']


def _unmatched(selection: library.Selection) -> str:
    return (
        f"no track in the library matches the query {selection.said}"
        " (put -- behind the words of the description if that was none)"
    )


def _why_none(lib: Library, chosen: Chosen, what: Sought) -> str:
    selection, demands = what.selection, what.demands
    if selection and selection.ids is None and not library.walked(lib, selection.query):
        return _unmatched(selection)
    if what.always and always.leave_none(lib, what.always):
        return always.why_none(what.always)
    passed = chosen.passed
    under = " and matches the query" if selection else ""
    under += f" under {always.KEY} of your config" if what.always else ""
    if passed.below:
        return f"no track fits well enough{under} (--min-score 0 shows what fits a little)"
    if passed.unmeasured or passed.too_long:
        return "no track is of a length that fits into the time asked for"
    return "; ".join([f"no track fits{under}", *demands.notes])
