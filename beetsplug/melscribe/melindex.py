"""`beet melindex`: update the index, or show what an update would do and why."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from functools import partial
from typing import Any

from beets.library import Item, Library
from beets.ui import UserError, print_
from beets.util import displayable_path

from beetsplug.melscribe import library, output, progress
from beetsplug.melscribe.errors import formatted, path_of, value
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.settings import Settings


def melindex(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Run `beet melindex`; with `--show`, `--bare` or `--pretend`, print instead of updating."""
    if opts.map is not None:
        from beetsplug.melscribe.map import refuse_map  # few runs draw a map

        refuse_map(opts.map)
    only = _matching(lib, args) if args else None
    with_index(lib, settings, partial(_run, opts, only, args), write=not opts.pretend)


def _run(opts: Any, only: frozenset[int] | None, args: Sequence[str], index: LibraryIndex) -> None:
    if opts.show or opts.bare:
        _show(index, only, bare=opts.bare)
    elif opts.pretend:
        _pretend(index, only, force=opts.force)
    else:
        _refresh(index, only, force=opts.force)
    if opts.map is not None:
        _draw_map(opts.map, index, only, args)


def _matching(lib: Library, args: Sequence[str]) -> frozenset[int]:
    """Return the ids that a query matches; raise UserError when it matches nothing."""
    from beetsplug.melscribe.filters import select  # most runs have no query

    selection = select(lib, args)
    ids = selection.walked(lib)
    if not ids:
        raise UserError(f"no track in the library matches the query {selection.said}")
    return ids


def _refresh(index: LibraryIndex, only: frozenset[int] | None, *, force: bool) -> None:
    report = index.refresh(progress.line, only=only, look_at_files=True, force=force)
    moved = report.plan.new or report.plan.changed or report.plan.gone
    did = f"{output.planned(report.plan)}; {report.embedded:,} embedded"
    print_(did if moved or report.embedded else "nothing to do")
    counts = index.catalogue.counts()
    for line in output.coverage(
        counts, index.catalogue.tracks.spread(), index.catalogue.tracks.sources()
    ):
        print_(line)
    output.say_all(filter(None, [*report.notes, index.neighbours.lack()]))


def _draw_map(
    file: str, index: LibraryIndex, only: frozenset[int] | None, args: Sequence[str]
) -> None:
    from beetsplug.melscribe.map import write_map

    what = shlex.join(args) if args else "the library"
    print_(write_map(file, index, f"Map of {what}", only=only))


def _pretend(index: LibraryIndex, only: frozenset[int] | None, *, force: bool) -> None:
    again = "; their descriptor sets would be embedded again" if force else ""
    print_(f"would do: {output.planned(index.preview(progress.line, only))}{again}")


def _show(index: LibraryIndex, only: frozenset[int] | None, *, bare: bool) -> None:
    """Print each track's descriptors with their sources, as an update would read them now.

    With `bare`, print only the tracks without descriptors, with their paths, and their number.
    """
    notes = index.read_files(progress.line, only=only)
    seen = found = 0
    for track, sources in index.described(only):
        item = index.lib.get_item(track.id) if not (bare and sources) else None
        seen += 1
        found += not sources
        if item is not None:
            path = displayable_path(path_of(item)) if bare else None
            for line in output.sources_of(_named(index.lib, item), sources, path):
                print_(line)
    if bare:
        print_(output.bare_count(found, seen))
    elif not seen:
        output.say(output.NO_TRACKS)
    output.say_all(notes)


def _named(lib: Library, item: Item) -> str:
    """Return a track as beets formats it, or the reason why beets cannot.

    A track without artist or title gets the plugin's usual name: beets would print dashes.
    """
    if not (value(item, "artist") and value(item, "title")):
        track = library.track_id(item)
        if song := library.song_names(lib, [track]).get(track):
            return output.named(song)
    try:
        return formatted(item)
    except UserError as error:
        return str(error)
