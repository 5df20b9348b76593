"""What the index copies of a beets library: the columns that an answer is made from.

`copies` lists them for one library; melscribe_core.catalogue.mirror compares them with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from itertools import chain

from beets.library import Library

from beetsplug.melscribe import errors, library
from melscribe_core.catalogue.mirror import Copy

# Version of what is made of the copies, names and facts: with another one all is made again.
MADE = "3"
# Columns beside those of the descriptors: what identifies a track, its names, and what requests
# make demands on.
_OF_TRACKS = (
    *("album_id", "added", "path", "mtime"),
    *("year", "original_year", "comp", "albumtype", "albumtypes", "bpm", "length"),
    *chain.from_iterable(library.NAMES.values()),
)
_OF_ALBUMS = ("year", "original_year", "comp", "albumtype", "albumtypes")


def copies(lib: Library, fields: Collection[str]) -> tuple[Copy, ...]:
    """Return what to copy of a library for descriptors that come from `fields`.

    Which columns there are depends on the version of beets that made the library. Raises UserError
    when it cannot be read.
    """
    flexible = tuple(sorted({*fields, *chain.from_iterable(library.NAMES.values())}))
    try:
        with closing(library.connect(library.database(lib))) as db:
            of_items, of_albums = library.columns(db, "items"), library.columns(db, "albums")
    except sqlite3.Error as error:
        raise errors.unreadable(lib, error) from error
    shared = of_items.keys() & of_albums & set(fields)
    return (
        _copy("items", of_items, (*_OF_TRACKS, *fields)),
        _copy("albums", of_albums, (*_OF_ALBUMS, *shared), of_albums=True),
        Copy("item_attributes", ("value",), flexible),
        Copy("album_attributes", ("value",), flexible, of_albums=True),
    )


def _copy(
    table: str, columns: Mapping[str, str], wanted: Collection[str], *, of_albums: bool = False
) -> Copy:
    copied = tuple(sorted(columns.keys() & set(wanted)))
    untyped = tuple(name for name in copied if not columns[name])
    return Copy(table, copied, untyped=untyped, of_albums=of_albums)
