"""The config's `taste:` -> the tracks that are liked: beets queries and playlists.

Ratings and counts of plays are flexible attributes. beets reads a whole library for a query on one
of them, and compares it as text when the plugin that wrote it is off; here they are read from their
table, and numbers are numbers. What is no number, such as None, matches no range.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from beets.dbcore.query import (
    AndQuery,
    DateQuery,
    FieldQuery,
    NotQuery,
    NumericQuery,
    OrQuery,
    ParsingError,
    Query,
    SubstringQuery,
)
from beets.library import Item, Library
from beets.ui import UserError

from beetsplug.melscribe import filters, library, plays
from beetsplug.melscribe.settings import Settings
from melscribe_core.playlist.m3u import Options
from melscribe_core.playlist.m3u_entries import entries, paths, track_id
from melscribe_core.text import agreeing, counted

KEY = "melscribe.taste"
ENDINGS = (".m3u", ".m3u8")  # of the playlists in a folder

_NUMBER = r"-?\d+(?:\.\d*)?|-?\.\d+"
_RANGE = re.compile(rf"(?:{_NUMBER})|(?:{_NUMBER})\.\.(?:{_NUMBER})?|\.\.(?:{_NUMBER})")


@dataclass(frozen=True)
class Likes:
    """The ids of the liked tracks, ascending; where they are from; notes on what is none."""

    tracks: tuple[int, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]


def likes(lib: Library, settings: Settings) -> Likes:
    """Return the tracks that the config says are liked, less those that it excludes.

    Raises UserError for a query that beets cannot read and for a playlist that cannot be read.
    """
    found: set[int] = set()
    sources: list[str] = []
    notes: list[str] = []
    for query in settings.taste.like:
        matched = _matching(lib, query, "like")
        found |= matched
        sources.append(f"{query} ({len(matched):,})")
        if not matched:
            notes.append(f"{KEY}.like: no track matches {query}")
    known = _tracks_by_path(lib) if settings.taste.playlists else {}
    for file in _files(settings.taste.playlists, notes):
        matched, lost = _in_playlist(lib, file, settings.playlist, known)
        found |= matched
        sources.append(f"{file.name} ({len(matched):,})")
        if lost:
            said = agreeing(lost, "line names no track", "lines name no track")
            notes.append(f"{KEY}.playlists: in {file.name} {said} of the library")
    excluded = set[int]().union(*(_matching(lib, one, "exclude") for one in settings.taste.exclude))
    if out := len(found & excluded):
        sources.append(f"{counted(out, 'track')} excluded")
    tracks = library.existing(lib, found - excluded)
    return Likes(tuple(tracks), tuple(sources), tuple(notes))


def _matching(lib: Library, query: str, key: str) -> frozenset[int]:
    try:
        return _found(lib, query)
    except ParsingError as error:
        raise UserError(f"{KEY}.{key}: the query {query} cannot be read: {error}") from error
    except UserError as error:
        raise UserError(f"{KEY}.{key}: {error}") from error


def _found(lib: Library, query: str) -> frozenset[int]:
    """Return the tracks that match a query as it is written in the config."""
    terms = filters.terms_of(query)
    if any(term.lstrip("^").lower().startswith("describe") for term in terms):
        raise UserError(f"a taste cannot follow from descriptions, as in {query}")
    read, sort = filters.parsed(terms)
    if sort:
        raise UserError(f"a query for likes only says which tracks, and cannot sort: {query}")
    parsed = _numeric(read)
    found = _decided(lib, parsed, query)
    if found is None:  # of a kind that only beets can decide, track by track
        return filters.BeetsQuery(query, parsed, (), None).walked(lib)
    return found


def _numeric(query: Query) -> Query:
    """Return a query with numbers compared as numbers in fields of which beets knows no type."""
    if isinstance(query, (AndQuery, OrQuery)):
        return type(query)([_numeric(one) for one in query.subqueries])
    if isinstance(query, NotQuery):
        return NotQuery(_numeric(query.subquery))
    if not isinstance(query, FieldQuery) or query.fast:
        return query
    is_text, name = type(query) is SubstringQuery, query.field_name
    if type(query) is DateQuery or (is_text and name in plays.TIMES):
        return Dates(name, query.pattern, fast=False)
    if type(query) is NumericQuery or (is_text and _RANGE.fullmatch(query.pattern)):
        return Numbers(name, query.pattern, fast=False)
    return query


class Numbers(NumericQuery):
    """A range of numbers in a field that may hold text."""

    def match(self, obj: Any) -> bool:
        """Return whether the field holds a number of the range; anything else does not match."""
        try:
            value = float(obj[self.field_name])
        except (KeyError, TypeError, ValueError):
            return False
        return value == value and super().match(cast(Item, {self.field_name: value}))


class Dates(DateQuery):
    """A span of time in a field that may hold text."""

    def match(self, obj: Any) -> bool:
        """Return whether the field holds a time in the span; anything else does not match."""
        try:
            return super().match(cast(Item, {self.field_name: float(obj[self.field_name])}))
        except (KeyError, OSError, OverflowError, TypeError, ValueError):
            return False


def _decided(lib: Library, query: Query, said: str) -> frozenset[int] | None:
    """Return the tracks that match, None when only beets can decide."""
    if query.clause()[0] is not None:
        return filters.ids_of(lib, query, said)
    if isinstance(query, (AndQuery, OrQuery)):
        parts = [_decided(lib, one, said) for one in query.subqueries]
        known = [part for part in parts if part is not None]
        if isinstance(query, AndQuery) and known:
            found = frozenset.intersection(*known)
            rest = [one for one, part in zip(query.subqueries, parts, strict=True) if part is None]
            return _asked(lib, AndQuery(rest), found) if rest else found
        return frozenset.union(*known) if known and len(known) == len(parts) else None
    if isinstance(query, NotQuery):
        inner = _decided(lib, query.subquery, said)
        return None if inner is None else _every(lib) - inner
    if isinstance(query, FieldQuery) and query.field_name not in Item._getters():
        return _by_attribute(lib, query)
    return None


def _asked(lib: Library, query: Query, tracks: Iterable[int]) -> frozenset[int]:
    """Return those of the tracks that match, asked one by one."""
    return frozenset(filters.BeetsQuery("", query, (), None).matching(lib, sorted(tracks)))


def _by_attribute(lib: Library, query: FieldQuery[Any]) -> frozenset[int]:
    """Return the tracks that match by one flexible attribute, their own or their album's."""
    name, kind = query.field_name, Item._type(query.field_name)
    is_raw = isinstance(query, (Numbers, Dates))  # a type would make 0 of what is no number

    def matches(held: Mapping[str, Any]) -> bool:
        return query.match(cast(Item, held))  # it looks up the one field

    values = _attribute(lib, name)
    read = {track: value if is_raw else kind.from_sql(value) for track, value in values.items()}
    found = (track for track, value in read.items() if matches({name: value}))
    others = _every(lib) - values.keys() if matches({}) else frozenset()
    return frozenset(found) | others


def _attribute(lib: Library, name: str) -> Mapping[int, Any]:
    """Return the values of a flexible attribute by track."""
    own = "SELECT entity_id, value FROM item_attributes WHERE key = ? COLLATE NOCASE"
    of_albums = (
        "SELECT items.id, value FROM album_attributes JOIN items ON album_id = entity_id"
        " WHERE key = ? COLLATE NOCASE"
    )
    with lib.transaction() as tx:
        rows = [*tx.query(of_albums, (name,)), *tx.query(own, (name,))]
    return {row[0]: row[1] for row in rows}


def _every(lib: Library) -> frozenset[int]:
    with lib.transaction() as tx:
        return frozenset(row[0] for row in tx.query("SELECT id FROM items"))


def _files(named: Iterable[Path], notes: list[str]) -> Iterator[Path]:
    """Yield the playlists that are named, and those in the folders; note the folders without any.

    Raises UserError for what is neither a file nor a folder that can be read.
    """
    for path in named:
        if path.is_dir():
            inside = [one for one in _entries(path) if one.suffix.lower() in ENDINGS]
            found = sorted(one for one in inside if one.is_file())
            if not found:
                notes.append(f"{KEY}.playlists: no m3u file is in {path}")
            yield from found
        elif path.is_file():
            yield path
        else:  # a pipe would be waited for
            lack = "is no file" if path.exists() else "is not there"
            raise UserError(f"{KEY}.playlists names {path}, which {lack}")


def _entries(folder: Path) -> list[Path]:
    try:
        return [*folder.iterdir()]
    except OSError as error:
        raise UserError(f"{KEY}.playlists: {folder} cannot be read: {error.strerror}") from error


def _in_playlist(
    lib: Library, file: Path, shape: Options, known: Mapping[bytes, int]
) -> tuple[frozenset[int], int]:
    """Return the tracks of a playlist, and how many of its lines name none.

    `known` are those of the library by path.
    """
    try:
        lines = entries(file.read_bytes())
    except OSError as error:
        raise UserError(f"{KEY}.playlists: {file} cannot be read: {error.strerror}") from error
    own = [os.fsencode(one.parent) for one in (file.absolute(), file.resolve())]
    folders = (*own, shape.relative_to, os.fsencode(lib.directory))
    begins = list(dict.fromkeys(filter(None, folders)))
    ids = [track_id(line, shape) for line in lines]
    every = frozenset(library.existing(lib, [one for one in ids if one is not None]))

    def at_path(line: bytes) -> int | None:
        return next((known[path] for path in paths(line, shape, begins) if path in known), None)

    found = [
        by_id if by_id in every else at_path(line) for by_id, line in zip(ids, lines, strict=True)
    ]
    return frozenset(one for one in found if one is not None), found.count(None)


def _tracks_by_path(lib: Library) -> Mapping[bytes, int]:
    """Return absolute path -> track, of all tracks."""
    music = os.fsencode(lib.directory)
    return {os.path.normpath(os.path.join(music, f.path)): f.track for f in library.files(lib)}
