"""Write a playlist as an m3u file, with the same options as beets' smartplaylist plugin."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from beets.library import Item

from beetsplug.melscribe import options
from beetsplug.melscribe.errors import field_guard, path_of, value
from beetsplug.melscribe.library import number, track_id
from beetsplug.melscribe.settings import Settings, folder
from melscribe_core.errors import PlaylistError
from melscribe_core.playlist import m3u
from melscribe_core.text import counted


@dataclass(frozen=True)
class Prepared:
    """A playlist ready to be written; `said` is its summary, "12 tracks to FILE"."""

    path: str
    content: bytes
    shape: m3u.Options
    said: str

    def write(self) -> None:
        """Write the file; raise PlaylistError if it cannot, or must not, be written."""
        m3u.write(self.path, self.content, self.shape)


def write(file: str, name: str, items: Sequence[Item], shape: m3u.Options) -> str:
    """Write the tracks, in order, to the file; return the sentence for the user.

    Raises PlaylistError when nothing can be written; an existing playlist is then unchanged.
    """
    prepared = prepare(os.path.expanduser(file), name, items, shape)
    prepared.write()
    return f"wrote {prepared.said}"


def refuse(file: str, shape: m3u.Options) -> None:
    """Raise PlaylistError if a playlist must not be written to `file`, before any work is done."""
    m3u.refuse_foreign(os.path.expanduser(file), shape)


def prepare(path: str, name: str, items: Sequence[Item], shape: m3u.Options) -> Prepared:
    """Return the playlist `name` of these tracks, in order; write nothing.

    Tracks whose file is missing are left out and counted. Raises PlaylistError when all are.
    """
    present = [item for item in items if os.path.isfile(path_of(item))]
    if not present:
        raise PlaylistError(
            f"{path} was not written: of {counted(len(items), 'file')} none exists;"
            " is the disk with your music mounted?"
        )
    entries = [_entry(item, shape) for item in present]
    rendered = m3u.render(entries, shape.beside(path, entries), name)
    said = _said(path, rendered, len(items) - len(present))
    return Prepared(path, rendered.content, shape, said)


def options_of(opts: Any, settings: Settings) -> m3u.Options:
    """Return the m3u options: those of the command line, the others from the config."""
    parsed = {name: getattr(opts, name) for name in options.SHAPES}
    given = {name: value for name, value in parsed.items() if value is not None}
    if "relative_to" in given:
        given["relative_to"] = folder(given["relative_to"])
    return replace(settings.playlist, **given)


def _entry(item: Item, shape: m3u.Options) -> m3u.Entry:
    with field_guard(f"work out the path of track {item.id}"):
        dest = item.destination() if shape.dest_regen else None
    return m3u.Entry(
        id=track_id(item),
        path=path_of(item),
        seconds=number(value(item, "length")),
        artist=item.artist,
        title=item.title,
        dest=dest,
        fields={name: value(item, name) for name in shape.fields},
    )


def _said(path: str, rendered: m3u.Rendered, missing: int) -> str:
    said = f"{counted(rendered.tracks, 'track')} to {path}"
    left_out = [
        f"{count} {why}"
        for count, why in (
            (missing, "whose file is missing"),
            (rendered.repeated, "listed twice"),
            (len(rendered.inexpressible), "whose file name contains a line break"),
        )
        if count
    ]
    return f"{said}; left out {', '.join(left_out)}" if left_out else said
