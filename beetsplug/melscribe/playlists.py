"""A chosen playlist -> an m3u file, with the options that smartplaylist has."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from beets.library import Item
from beets.ui import UserError

from beetsplug.melscribe.checking import folder
from beetsplug.melscribe.library import track_id
from melscribe_core import m3u
from melscribe_core.errors import PlaylistError

OPTIONS = (
    "output",
    "relative_to",
    "forward_slash",
    "prefix",
    "urlencode",
    "uri_format",
    "dest_regen",
)  # of the command line; `fields` stands in the config only


def write_playlist(file: str, name: str, items: Sequence[Item], options: m3u.Options) -> str:
    """Write the tracks, in order, to the file and say what was done.

    Tracks whose file is missing are left out and counted. Raises PlaylistError when nothing can be
    written; an existing playlist then stays as it is.
    """
    path = os.path.expanduser(file)
    there = [item for item in items if os.path.exists(item.path)]
    if not there:
        raise PlaylistError(
            f"{path} was not written: none of the {len(items)} files exists;"
            " is the disk with your music mounted?"
        )
    entries = [_entry(item, options) for item in there]
    rendered = m3u.render(entries, options.beside(path, entries), name)
    m3u.write(path, rendered.content)
    return _said(path, rendered, len(items) - len(there))


def given_options(opts: Any) -> dict[str, Any]:
    """Return what the command line says about playlist files, as m3u.Options names it.

    Raises UserError when there is no playlist file for it.
    """
    said = {name: getattr(opts, name) for name in OPTIONS}
    given = {name: value for name, value in said.items() if value is not None}
    if given and opts.playlist is None:
        option = next(iter(given)).replace("_", "-")
        raise UserError(f"--{option} shapes a playlist file; name the file with -m FILE")
    if "relative_to" in given:
        given["relative_to"] = folder(given["relative_to"])
    return given


def _entry(item: Item, options: m3u.Options) -> m3u.Entry:
    return m3u.Entry(
        id=track_id(item),
        path=item.path,
        seconds=item.length or 0.0,
        artist=item.artist,
        title=item.title,
        dest=item.destination() if options.dest_regen else None,
        fields={name: item.get(name) for name in options.fields},
    )


def _said(path: str, rendered: m3u.Rendered, missing: int) -> str:
    said = f"wrote {rendered.tracks} tracks to {path}"
    left_out = [
        f"{count} {why}"
        for count, why in (
            (missing, "whose file is missing"),
            (rendered.repeated, "that came twice"),
            (len(rendered.inexpressible), "whose file name holds a line break"),
        )
        if count
    ]
    return f"{said}; left out {', '.join(left_out)}" if left_out else said
