"""`melscribe.query` in the config: what never comes, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import library
from beetsplug.melscribe.library import Selection
from melscribe_core.search.search import Hit

KEY = "melscribe.query"
PART = 200  # hits whose tracks are looked at together


def check(queries: Sequence[str]) -> None:
    """Raise UserError, with the key, for a query of the config that cannot be used."""
    for query in queries:
        terms = _terms(query)
        if any(term.lstrip("^").lower().startswith("describe") for term in terms):
            raise UserError(f"{KEY} holds for every description and cannot hold one: {query}")
        try:
            _, sort = library.parsed(terms)
        except UserError as error:
            raise UserError(f"{KEY}: {error}") from error
        if sort:
            raise UserError(f"{KEY} only says what may come and cannot sort: {query}")


def selections(lib: Library, queries: Sequence[str]) -> tuple[Selection, ...]:
    """Return the queries of the config as understood; a track has to match all of them."""
    check(queries)
    return tuple(library.select(lib, _terms(query)) for query in queries)


def why_none(selected: Sequence[Selection]) -> str:
    """Return the sentence for queries that no track matches."""
    return f"{KEY} in your config leaves no track: {' '.join(one.said for one in selected)}"


def leave_none(lib: Library, selected: Sequence[Selection]) -> bool:
    """Say whether no track matches all queries; walks the library for what SQL cannot decide."""
    found = [library.walked(lib, s.query) if s.ids is None else s.ids for s in selected]
    return bool(found) and not frozenset.intersection(*found)


def matching(lib: Library, selected: Iterable[Selection], tracks: Sequence[int]) -> list[int]:
    """Return those of the tracks that match the queries that SQL cannot decide."""
    kept = list(tracks)
    for one in selected:
        if one.ids is None:
            kept = sorted(library.matching(lib, one.query, kept))
    return kept


def allowed(lib: Library, selected: Sequence[Selection], hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield the hits whose tracks match the queries that SQL cannot decide."""
    if all(one.ids is not None for one in selected):
        yield from hits
        return
    hits = iter(hits)
    while part := list(islice(hits, PART)):
        kept = set(matching(lib, selected, [hit.track for hit in part]))
        yield from (hit for hit in part if hit.track in kept)


def _terms(query: str) -> list[str]:
    try:
        return library.terms_of(query)
    except UserError as error:
        raise UserError(f"{KEY}: {error}") from error
