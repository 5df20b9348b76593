"""A chosen playlist -> an m3u file, with the options that smartplaylist has."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import confuse
from beets import config
from beets.library import Item

from beetsplug.melscribe.library import track_id
from melscribe_core import m3u
from melscribe_core.errors import PlaylistError

SECTION = "playlist"


def write_playlist(file: str, name: str, items: Sequence[Item], opts: Any) -> str:
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
    entries = [_entry(item) for item in there]
    options = read_options(opts).beside(path, entries)
    rendered = m3u.render(entries, options, name)
    m3u.write(path, rendered.content)
    return _said(path, rendered, len(items) - len(there))


def read_options(opts: Any) -> m3u.Options:
    """Return the playlist options: the command line's, else the config's, else m3u.Options' own."""
    view = config["melscribe"][SECTION]
    return m3u.Options(
        relative_to=_folder(opts.relative_to, view["relative_to"]),
        forward_slash=_flag(opts.forward_slash, view["forward_slash"]),
        prefix=_text(opts.prefix, view["prefix"]) or "",
        urlencode=_flag(opts.urlencode, view["urlencode"]),
        uri_format=_text(opts.uri_format, view["uri_format"]),
        dest_regen=_flag(opts.dest_regen, view["dest_regen"]),
        output=_text(opts.output, view["output"]) or "extm3u",
        fields=tuple(view["fields"].as_str_seq()),
    )


def _folder(given: str | None, view: confuse.ConfigView) -> bytes | None:
    chosen: str | None = given or view.get(confuse.Optional(confuse.Filename()))
    return None if chosen is None else os.fsencode(os.path.abspath(os.path.expanduser(chosen)))


def _flag(given: bool | None, view: confuse.ConfigView) -> bool:
    return bool(view.get(bool)) if given is None else given


def _text(given: str | None, view: confuse.ConfigView) -> str | None:
    value: str | None = given if given is not None else view.get(confuse.Optional(confuse.String()))
    return value


def _entry(item: Item) -> m3u.Entry:
    fields = tuple(config["melscribe"][SECTION]["fields"].as_str_seq())
    return m3u.Entry(
        id=track_id(item),
        path=item.path,
        seconds=item.length or 0.0,
        artist=item.artist,
        title=item.title,
        dest=item.destination(),
        fields={name: item.get(name) for name in fields},
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
