"""Year, tempo and length of the tracks, as the index holds them for demands of requests."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from beets.library import Item

from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.facts import Fact

# The year of a release that gathers older tracks is not theirs: only their own original year is.
_TYPES = (
    f"coalesce(nullif(items.{types}, ''), albums.{types}) LIKE '%compilation%'"
    for types in ("albumtype", "albumtypes")
)
_GATHERED = " OR ".join(("items.comp = 1", "albums.comp = 1", *_TYPES))
# The value of the track, else of its album; NULL is unknown, and beets writes 0 for unknown.
_YEAR = f"""CASE WHEN items.original_year > 0 THEN items.original_year
    WHEN coalesce(nullif(items.year, 0), nullif(albums.original_year, 0),
        nullif(albums.year, 0)) IS NULL THEN NULL
    WHEN {_GATHERED} THEN NULL
    WHEN albums.original_year > 0 THEN albums.original_year
    WHEN items.year > 0 THEN items.year
    WHEN albums.year > 0 THEN albums.year END"""


def facts_of(catalogue: Catalogue, tracks: Collection[int] | None) -> Iterator[Fact]:
    """Yield what the index has to hold of the facts of these tracks, of all with None."""
    rows = catalogue.mirror.rows(
        f"SELECT items.id, coalesce(tracks.text, 0), {_YEAR}, nullif(items.bpm, 0),"
        " nullif(items.length, 0) FROM mirror_items AS items"
        " LEFT JOIN mirror_albums AS albums ON albums.id = items.album_id"
        " LEFT JOIN tracks ON tracks.id = items.id",
        "items.id",
        tracks,
    )
    return map(Fact._make, rows)


def year_of(item: Item) -> Any:
    """Return the year that a demand for years is compared with, None for unknown."""
    assert item._db is not None
    with item._db.transaction() as tx:
        sql = f"SELECT {_YEAR} FROM items LEFT JOIN albums ON albums.id = items.album_id"
        return next((row[0] for row in tx.query(f"{sql} WHERE items.id = ?", (item.id,))), None)
