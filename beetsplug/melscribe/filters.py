"""Which tracks may answer: beets queries, the config's `query`, and the demands of a request.

`allowed` joins them. What SQL can decide becomes a set of ids beforehand; a query that only Python
can decide is asked later, of the few tracks that are about to be in the answer.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from beets.dbcore.query import ParsingError, Query
from beets.library import Item, Library, parse_query_parts
from beets.ui import UserError

from beetsplug.melscribe import library
from beetsplug.melscribe.errors import field_guard, value
from beetsplug.melscribe.facts import year_of
from melscribe_core.text import agreeing

if TYPE_CHECKING:
    from melscribe_core.arrays import IdArray
    from melscribe_core.catalogue.catalogue import Catalogue
    from melscribe_core.catalogue.facts import Measure
    from melscribe_core.request.request import Request, Span
    from melscribe_core.search.hit import Hit
    from melscribe_core.songs.song import Song

KEY = "melscribe.query"  # the setting that holds for every request
PART = 200  # hits whose tracks are matched together
ALL = 1_000_000_000  # more texts than any library has
LENIENT = "beet describe --lenient lets such in"

_DECADE = re.compile(r"(?:19|20)\d0s")


class _Sort(Protocol):
    def sort(self, items: list[Item]) -> list[Item]: ...


@dataclass(frozen=True)
class BeetsQuery:
    """A beets query, the sorts it asks for, and the ids it matches.

    `ids` is None when only Python can decide a part of it: then `matching` asks it of given tracks
    and `walked` of the whole library. `said` is the query as it would be typed.
    """

    said: str
    query: Query
    sorts: tuple[_Sort, ...]
    ids: frozenset[int] | None

    def matching(self, lib: Library, ids: Sequence[int]) -> set[int]:
        """Return those of the tracks that match, asked one by one."""
        with field_guard("match the tracks with the query"):
            items = library.items_by_id(lib, ids).items()
            return {track for track, item in items if self.query.match(item)}

    def walked(self, lib: Library) -> frozenset[int]:
        """Return all tracks that match; slow without `ids`: it reads the whole library."""
        if self.ids is not None:
            return self.ids
        with field_guard("match the tracks with the query"):
            return frozenset(map(library.track_id, lib.items(self.query)))

    def sorted(self, items: list[Item]) -> list[Item]:
        """Return the items in the order of the query's sorts, as they are without any."""
        with field_guard("sort the tracks"):
            for sort in reversed(self.sorts):
                items = list(sort.sort(items))
        return items


@dataclass(frozen=True)
class Allowed:
    """The tracks that may answer.

    `ids` are the tracks that everything SQL can decide admits, None for all; `without` those that
    are shut out by name. `query` is that of the request, `standing` those of the config: a part of
    them may still have to be asked track by track. `notes` are on tracks without a value asked for.
    """

    ids: frozenset[int] | None = None
    without: frozenset[int] = frozenset()
    query: BeetsQuery | None = None
    standing: tuple[BeetsQuery, ...] = ()
    notes: tuple[str, ...] = ()

    def songs(self, lib: Library, tracks: Sequence[int]) -> Mapping[int, Song]:
        """Return those of the tracks that may answer, as a playlist sees them."""
        return library.song_names(lib, self.among(lib, tracks))

    def among(self, lib: Library, tracks: Sequence[int]) -> list[int]:
        """Return those of the tracks that may answer, of tracks that are in `ids`."""
        left = [track for track in tracks if track not in self.without]
        for query in self._undecided:
            left = sorted(query.matching(lib, left))
        return left

    def hits(self, lib: Library, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Yield the hits whose tracks may answer, in their order."""
        if not self._undecided:
            yield from (hit for hit in hits if hit.track not in self.without)
            return
        hits = iter(hits)
        while part := list(islice(hits, PART)):
            left = set(self.among(lib, [hit.track for hit in part]))
            yield from (hit for hit in part if hit.track in left)

    @property
    def _undecided(self) -> list[BeetsQuery]:
        queries = (*([self.query] if self.query else []), *self.standing)
        return [query for query in queries if query.ids is None]


def parsed(terms: Sequence[str]) -> tuple[Query, Any]:
    """Return beets' query and sort, a false one for no order; raise UserError if it cannot."""
    try:
        return parse_query_parts(list(terms), Item)
    except ParsingError as error:
        raise UserError(f"the query {shlex.join(terms)} cannot be read: {error}") from error


def terms_of(query: str) -> list[str]:
    """Return the terms of a query given as one text, split as a shell would."""
    try:
        return shlex.split(query)
    except ValueError as error:
        raise UserError(f"the query {query} cannot be read: {error}") from error


def select(lib: Library, terms: Sequence[str]) -> BeetsQuery:
    """Read beets query terms; raise UserError when beets cannot."""
    query, sort = parsed(terms)
    sorts = tuple(getattr(sort, "sorts", (sort,))) if sort else ()
    said = shlex.join(terms)
    return BeetsQuery(said, query, sorts, ids_of(lib, query, said))


def ids_of(lib: Library, query: Query, said: str) -> frozenset[int] | None:
    """Return the tracks that match a query, None when SQL cannot decide it.

    `said` is the query as it was typed. Raises UserError for what SQLite does not take.
    """
    clause, values = query.clause()
    if clause is None:
        return None
    joined = f" {Item.relation_join}" if query.field_names & Item.other_db_fields else ""
    found = f"SELECT DISTINCT items.id FROM items{joined} WHERE {clause}"
    try:
        with lib.transaction() as tx:
            return frozenset(row[0] for row in tx.query(found, list(values)))
    except OverflowError as error:
        raise UserError(f"the query {said} has a number beyond all that a library holds") from error
    except UnicodeEncodeError as error:
        raise UserError(f"the query {said} has bytes that are no text") from error


def check(terms: Sequence[str], like: Sequence[str], standing: Sequence[str]) -> None:
    """Raise UserError for a query that beets cannot read, of a request or of the config."""
    check_standing(standing)
    for one in (terms, *map(terms_of, like)):
        if one:
            parsed(one)


def check_standing(queries: Sequence[str]) -> None:
    """Raise UserError, with the key, for a query of the config that cannot be used."""
    for query in queries:
        terms = _standing_terms(query)
        if any(term.lstrip("^").lower().startswith("describe") for term in terms):
            raise UserError(f"{KEY} holds for every description and cannot hold one: {query}")
        try:
            _, sort = parsed(terms)
        except UserError as error:
            raise UserError(f"{KEY}: {error}") from error
        if sort:
            raise UserError(f"{KEY} only says what may come and cannot sort: {query}")


def standing(lib: Library, queries: Sequence[str]) -> tuple[BeetsQuery, ...]:
    """Return the queries of the config; a track has to match all of them."""
    check_standing(queries)
    return tuple(select(lib, _standing_terms(query)) for query in queries)


def match_none(lib: Library, queries: Sequence[BeetsQuery]) -> bool:
    """Return whether no track matches all queries; may read the whole library."""
    found = [query.walked(lib) for query in queries]
    return bool(found) and not frozenset.intersection(*found)


def why_standing_match_none(queries: Sequence[BeetsQuery]) -> str:
    """Return the sentence for queries of the config that no track matches."""
    return f"{KEY} in your config leaves no track: {' '.join(query.said for query in queries)}"


def _standing_terms(query: str) -> list[str]:
    try:
        return terms_of(query)
    except UserError as error:
        raise UserError(f"{KEY}: {error}") from error


@dataclass(frozen=True)
class Demands:
    """The tracks that fulfil every demand, None without demands, and the notes about the rest."""

    ids: frozenset[int] | None = None
    notes: tuple[str, ...] = ()


def demands(catalogue: Catalogue, request: Request, *, lenient: bool = False) -> Demands:
    """Return the tracks whose year, tempo and length are as asked.

    A track without the value fails, and is counted in a note, unless `lenient`. A decade among its
    descriptors replaces an unknown year, if all of it is within the years asked for.
    """
    found, notes = None, []
    for what, span in _spans(request):
        fits, unknown = map(_ids_in, catalogue.facts.within(what, *span))
        if what == "year" and unknown:
            fits, unknown = _by_decade(catalogue, span, fits, unknown)
        may = fits | unknown if lenient else fits
        found = may if found is None else found & may
        if unknown:
            said = agreeing(len(unknown), "track has", "tracks have")
            done = "came in all the same" if lenient else f"stayed out ({LENIENT})"
            notes.append(f"{said} no {what} and {done}")
    return Demands(found, tuple(notes))


def demanded_values(request: Request, item: Item, descriptors: Iterable[str]) -> list[str]:
    """Return, for reading, the values of a track that the request makes demands on."""
    decades = [d for d in descriptors if _DECADE.fullmatch(d)]
    year = year_of(item) if request.years is not None else None
    bpm = value(item, "bpm")
    values = {
        "year": str(year or "/".join(decades) or "year unknown"),
        "tempo": f"{bpm} bpm" if bpm else "tempo unknown",
        "length": _clock(library.number(value(item, "length"))),
    }
    return [values[what] for what, _ in _spans(request)]


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _spans(request: Request) -> list[tuple[Measure, Span]]:
    spans: tuple[tuple[Measure, Span | None], ...] = (
        ("year", request.years),
        ("tempo", request.bpm),
        ("length", request.track_seconds),
    )
    return [(what, span) for what, span in spans if span is not None]


def _ids_in(found: IdArray) -> frozenset[int]:
    return frozenset(found.tolist())


def _by_decade(
    catalogue: Catalogue, span: Span, fits: frozenset[int], unknown: frozenset[int]
) -> tuple[frozenset[int], frozenset[int]]:
    """Move tracks without a year but with a decade as a descriptor to where they belong."""
    within, others = set[int](), set[int]()
    low, high = span
    for decade in range(1900, 2100, 10):
        texts = catalogue.words.match(f'"{decade}s"', ALL)
        of_texts = catalogue.tracks.of_texts(texts.tolist()).values()
        tracks = {track for ids in of_texts for track in ids} & unknown
        inside = (low is None or low <= decade) and (high is None or decade + 9 <= high)
        outside = (low is not None and decade + 9 < low) or (high is not None and high < decade)
        if inside:
            within |= tracks
        elif outside:
            others |= tracks
    return fits | within, unknown - within - others


def allowed(
    lib: Library,
    terms: Sequence[str],
    standing_queries: Sequence[str],
    demanded: Demands,
    only: frozenset[int] | None,
    without: frozenset[int],
) -> Allowed:
    """Return the tracks that match the queries, meet the demands, and are among `only`."""
    query = select(lib, terms) if terms else None
    every = standing(lib, standing_queries)
    sets = [query.ids if query else None, only, demanded.ids, *(one.ids for one in every)]
    given = [ids for ids in sets if ids is not None]
    ids = frozenset.intersection(*given) if given else None
    return Allowed(ids, without, query, every, demanded.notes)
