"""`beet melindex --heard-to FIELD`: store what was heard in a field of the library, if asked.

For smart playlists and other plugins. It writes the library only, never files, and only where the
field is empty or still holds what was written here before.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping, Set
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from beets.library import Item, Library
from beets.ui import UserError, print_

from beetsplug.melscribe import library, output, progress
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.index_file import heard_file
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.text import counted

if TYPE_CHECKING:
    from melscribe_core.hearing.heard import Heard

# Fields without a column that beets or its plugins read or write.
_USED = frozenset(("genre", "data_source", "play_count", "skip_count", "last_played", "rating"))
AT_ONCE = 200  # tracks of one transaction
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Written = dict[str, list[int]]
"""Track -> checksums of what was written to its field: the last value, and the one before."""


class Change(NamedTuple):
    """A track's field as it is, and as it is to be; "" for empty."""

    track: int
    before: str
    after: str


class Changes(NamedTuple):
    """What to write, and how many fields are left because they hold something else."""

    rows: list[Change]
    kept: int


def write_heard(index: LibraryIndex, field: str, only: Set[int] | None, *, pretend: bool) -> None:
    """Write what was heard in each track to a field, or with `pretend` print what that would be.

    Raises UserError for a field that has another use, and when nothing was heard yet.
    """
    from melscribe_core.hearing.heard import open_heard

    refuse_field(index, field)
    if not index.lending.mark:
        raise UserError("nothing was heard in this library yet; run `beet melindex --listen` first")
    if not pretend:
        index.refresh(progress.line)
    with closing(open_heard(heard_file(index.catalogue.path), write=not pretend)) as heard:
        written = _written(heard, field)
        changes = compared(index, field, only, written)
        if pretend:
            _print(index, changes)
        else:
            _apply(index.lib, heard, field, changes, written)
    print_(_summary(changes, field, pretend=pretend))


def refuse_field(index: LibraryIndex, field: str) -> None:
    """Raise UserError for a field that beets or MelScribe gives a meaning of its own."""
    if not _FIELD.fullmatch(field):
        raise UserError(f"--heard-to {field}: a field is named by letters, digits and _")
    if field in Item._fields or field in Item._getters() or field in _USED:
        raise UserError(
            f"--heard-to {field}: beets itself uses this field; name another, such as `heard`"
        )
    if type(Item._type(field)) is not type(Item._type("any other field")):
        raise UserError(
            f"--heard-to {field}: this field holds values of another kind than text; name another,"
            " such as `heard`"
        )
    if field in index.rules.fields:
        raise UserError(
            f"--heard-to {field}: MelScribe reads this field as tags of your own; name another,"
            " such as `heard`"
        )


def compared(index: LibraryIndex, field: str, only: Set[int] | None, written: Written) -> Changes:
    """Return what to write, by track; writes nothing."""
    loans = index.catalogue.tracks.loans(only)
    heard = {track: SEPARATOR.join(one.name for one in lent.said) for track, lent in loans.items()}
    held = _held(index.lib, field)
    rows, kept = [], 0
    tracks = library.existing(index.lib, heard.keys() | (held.keys() if only is None else only))
    for track in tracks:
        before, after = held.get(track, ""), heard.get(track, "")
        if before == after:
            continue
        if before and _checksum(before) not in written.get(str(track), []):
            kept += bool(after)
        else:
            rows.append(Change(track, before, after))
    return Changes(rows, kept)


def _held(lib: Library, field: str) -> dict[int, str]:
    with lib.transaction() as tx:
        rows = tx.query("SELECT entity_id, value FROM item_attributes WHERE key = ?", (field,))
    return {row[0]: library.text(row[1]) for row in rows}


def _apply(lib: Library, heard: Heard, field: str, changes: Changes, written: Written) -> None:
    """Write the changes; each is noted before it is written, so that none is taken for a user's."""
    with heard.listening(), progress.line("writing the field", len(changes.rows)) as advance:
        for part in _parts(changes.rows):
            for change in part:
                before = written.get(str(change.track), [])[:1]
                written[str(change.track)] = [_checksum(change.after), *before]
            heard.set_meta(**{_key(field): json.dumps(written)})
            with lib.transaction():
                for item, change in _items(lib, part):
                    _set(item, field, change.after)
            advance(len(part))


def _set(item: Item, field: str, value: str) -> None:
    if value:
        item[field] = value
    elif field in item:
        del item[field]
    item.store()


def _items(lib: Library, part: list[Change]) -> Iterator[tuple[Item, Change]]:
    items = library.items_by_id(lib, [change.track for change in part])
    return ((items[change.track], change) for change in part if change.track in items)


def _parts(rows: list[Change]) -> Iterator[list[Change]]:
    left = iter(rows)
    while part := list(islice(left, AT_ONCE)):
        yield part


def _print(index: LibraryIndex, changes: Changes) -> None:
    songs = library.song_names(index.lib, [change.track for change in changes.rows])
    for change in changes.rows:
        name = output.printable(output.named(songs[change.track]))
        before = f"{output.printable(change.before)} -> " if change.before else ""
        print_(f"{name}: {before}{change.after or '(empty)'}")


def _summary(changes: Changes, field: str, *, pretend: bool) -> str:
    verb = "would write" if pretend else "wrote"
    said = f"{verb} what was heard to `{field}` of {counted(len(changes.rows), 'track')}"
    if not changes.kept:
        return said
    return f"{said}; {counted(changes.kept, 'track')} kept what you wrote there"


def _written(heard: Heard, field: str) -> Written:
    stored: Mapping[str, list[int]] = json.loads(heard.meta(_key(field)) or "{}")
    return dict(stored)


def _key(field: str) -> str:
    return f"written {field}"


def _checksum(value: str) -> int:
    return zlib.crc32(value.encode("utf-8", "surrogatepass"))
