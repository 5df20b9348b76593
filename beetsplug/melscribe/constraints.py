"""What a request demands of the tracks themselves -> the ids that fulfil it, counted and said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any

from beets.library import Item, Library

from beetsplug.melscribe import library
from beetsplug.melscribe.stumbling import value
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.request.request import Request, Span
from melscribe_core.text import agreeing

ALL = 1_000_000_000  # more texts than any library has
LENIENT = "beet describe --lenient lets such in"

_DECADE = re.compile(r"(?:19|20)\d0s")

# The year of a release that gathers older tracks is not theirs: only their own original year is.
_TYPES = (
    f"coalesce(nullif(items.{types}, ''), albums.{types}) LIKE '%compilation%'"
    for types in ("albumtype", "albumtypes")
)
_GATHERED = " OR ".join(("items.comp = 1", "albums.comp = 1", *_TYPES))
# What a track says of itself, else its album; NULL is unknown, and beets writes 0 for that.
_VALUES = {
    "year": f"""CASE WHEN items.original_year > 0 THEN items.original_year
        WHEN coalesce(nullif(items.year, 0), nullif(albums.original_year, 0),
            nullif(albums.year, 0)) IS NULL THEN NULL
        WHEN {_GATHERED} THEN NULL
        WHEN albums.original_year > 0 THEN albums.original_year
        WHEN items.year > 0 THEN items.year
        WHEN albums.year > 0 THEN albums.year END""",
    "tempo": "nullif(items.bpm, 0)",
    "length": "nullif(items.length, 0)",
}
_WITH_ALBUMS = "items LEFT JOIN albums ON albums.id = items.album_id"


@dataclass
class Fulfilling:
    """The tracks that fulfil every demand (None: nothing was demanded), and what is to be said."""

    ids: frozenset[int] | None = None
    notes: list[str] = field(default_factory=list)

    def narrow(self, ids: frozenset[int]) -> None:
        """Keep only these tracks."""
        self.ids = ids if self.ids is None else self.ids & ids


def fulfilling(
    lib: Library, catalogue: Catalogue, request: Request, *, lenient: bool = False
) -> Fulfilling:
    """Return the tracks whose year, tempo and length are as asked.

    A track that does not say fails, and is counted in a note, unless `lenient`. Where a year is
    unknown a decade among the descriptors stands for it, if it lies within the years asked for.
    """
    found = Fulfilling()
    for what, span in _demands(request):
        fits, unknown = _split(lib, what, span)
        if what == "year" and unknown:
            fits, unknown = _by_decade(catalogue, span, fits, unknown)
        found.narrow(fits | unknown if lenient else fits)
        if unknown:
            said = agreeing(len(unknown), "track has", "tracks have")
            done = "came in all the same" if lenient else f"stayed out ({LENIENT})"
            found.notes.append(f"{said} no {what} and {done}")
    return found


def demanded_values(request: Request, item: Item, descriptors: Iterable[str]) -> list[str]:
    """Return the values of a track that the request has a say in, as a person reads them."""
    decades = [d for d in descriptors if _DECADE.fullmatch(d)]
    year = _year_of(item) if request.years is not None else None
    bpm = value(item, "bpm")
    values = {
        "year": str(year or "/".join(decades) or "year unknown"),
        "tempo": f"{bpm} bpm" if bpm else "tempo unknown",
        "length": _clock(library.number(value(item, "length"))),
    }
    return [values[what] for what, _ in _demands(request)]


def _year_of(item: Item) -> Any:
    """Return the year that a demand for years is compared with, None for unknown."""
    assert item._db is not None
    with item._db.transaction() as tx:
        sql = f"SELECT {_VALUES['year']} FROM {_WITH_ALBUMS} WHERE items.id = ?"
        return next((row[0] for row in tx.query(sql, (item.id,))), None)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _demands(request: Request) -> Iterator[tuple[str, Span]]:
    spans = {"year": request.years, "tempo": request.bpm, "length": request.track_seconds}
    for what, span in spans.items():
        if span is not None:
            yield what, span


def _split(lib: Library, what: str, span: Span) -> tuple[frozenset[int], frozenset[int]]:
    """Return the ids whose value lies in the span, ends included, and those without a value."""
    low, high = (-inf if span[0] is None else span[0], inf if span[1] is None else span[1])
    with lib.transaction() as tx:
        rows = tx.query(
            f"SELECT id, value BETWEEN ? AND ? FROM (SELECT items.id, {_VALUES[what]} AS value"
            f" FROM {_WITH_ALBUMS}) WHERE value IS NULL OR value BETWEEN ? AND ?",
            (low, high, low, high),
        )
    fits = frozenset(row[0] for row in rows if row[1])
    return fits, frozenset(row[0] for row in rows if row[1] is None)


def _by_decade(
    catalogue: Catalogue, span: Span, fits: frozenset[int], unknown: frozenset[int]
) -> tuple[frozenset[int], frozenset[int]]:
    """Move tracks without a year but with a decade as a descriptor to where they belong."""
    within, others = set[int](), set[int]()
    low, high = span
    for decade in range(1900, 2100, 10):
        texts = catalogue.match(f'"{decade}s"', ALL)
        of_texts = catalogue.tracks_of(texts.tolist()).values()
        tracks = {track for ids in of_texts for track in ids} & unknown
        inside = (low is None or low <= decade) and (high is None or decade + 9 <= high)
        outside = (low is not None and decade + 9 < low) or (high is not None and high < decade)
        if inside:
            within |= tracks
        elif outside:
            others |= tracks
    return fits | within, unknown - within - others
