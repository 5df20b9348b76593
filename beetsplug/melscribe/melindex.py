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
from melscribe_core.descriptors.lent import NOTHING_LENT
from melscribe_core.encoder.encoder import usable_cores


def melindex(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Run `beet melindex`; with `--show`, `--bare` or `--pretend`, print instead of updating."""
    if opts.taste and args:
        raise UserError("--taste is learned from the likes in your config; leave out the query")
    if opts.map is not None:
        from beetsplug.melscribe.map import refuse_map  # few runs draw a map

        refuse_map(opts.map)
    only = _matching(lib, args) if args else None
    run = partial(_run, opts, settings, only, args)
    with_index(lib, settings, run, write=not opts.pretend)


def _run(
    opts: Any,
    settings: Settings,
    only: frozenset[int] | None,
    args: Sequence[str],
    index: LibraryIndex,
) -> None:
    if opts.taste:
        _taste(opts, index, settings)
    elif opts.show or opts.bare:
        _show(index, only, bare=opts.bare)
    elif opts.heard_to is not None:
        from beetsplug.melscribe.heard_field import write_heard  # seldom asked for

        write_heard(index, opts.heard_to, only, pretend=opts.pretend)
    elif opts.listen:
        _listen(index, settings, only, pretend=opts.pretend)
    elif opts.pretend:
        _pretend(index, only, force=opts.force)
    else:
        _refresh(index, only, force=opts.force)
        _renew_taste(index, settings)
    if opts.map is not None:
        _draw_map(opts.map, index, only, args)


def _taste(opts: Any, index: LibraryIndex, settings: Settings) -> None:
    """Learn the taste, or only show or forget it."""
    from beetsplug.melscribe import learned_taste  # most runs learn none

    if opts.forget:
        print_(learned_taste.forget(index, settings))
        return
    if opts.show:
        lines = [*learned_taste.show(index, settings)]
        notes: Sequence[str] = ()
    else:
        if not opts.pretend:
            output.say_all(index.bring_up_to_date())
        elif index.is_new():
            raise UserError("nothing is indexed yet to learn a taste from; run `beet melindex`")
        lesson = learned_taste.learn(index, settings, keep=not opts.pretend)
        lines, notes = [*learned_taste.report(lesson)], lesson.notes
    for line in lines:
        print_(output.printable(line))
    output.say_all(notes)


def _renew_taste(index: LibraryIndex, settings: Settings) -> None:
    if settings.taste.is_set:
        from beetsplug.melscribe import learned_taste

        output.say_all(learned_taste.renewed(index, settings))


def _listen(
    index: LibraryIndex, settings: Settings, only: frozenset[int] | None, *, pretend: bool
) -> None:
    """Hear what was not heard yet of the tracks that were asked for, and lend it to them."""
    from beetsplug.melscribe import listening  # most runs hear nothing

    if pretend:
        tracks = listening.chosen(index.catalogue, only, poor=_poor_only(settings, only))
        if index.is_new():  # nothing is known of any track
            tracks = sorted(only or (file.track for file in library.files(index.lib)))
        for line in (
            listening.pretended(index, tracks),
            *listening.left_out(index.catalogue, only),
        ):
            print_(line)
        return
    index.refresh(progress.line, look_at_files=True)  # what they lack, and which are there
    tracks = listening.chosen(index.catalogue, only, poor=_poor_only(settings, only))
    threads = settings.threads or usable_cores()
    report = listening.listen_to(index, tracks, threads, progress.of_files)
    for line in (*report.sentences(), *listening.left_out(index.catalogue, only)):
        print_(line)
    _refresh(index, None, force=False)
    _renew_taste(index, settings)


def _poor_only(settings: Settings, only: frozenset[int] | None) -> bool:
    """Return whether only tracks with poor tags are heard: a query asks for all that it matches."""
    return settings.listen == "poor" and only is None


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
    counts, tracks = index.catalogue.counts(), index.catalogue.tracks
    for line in output.coverage(counts, tracks.spread(), tracks.sources(), tracks.borrowers()):
        print_(line)
    for line in output.hearing(index.lending.judgement()):
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

    What a track is lent, by siblings or by hearing, is printed as the index holds it.
    With `bare`, print only the tracks without descriptors, with their paths, and their number.
    """
    notes = index.read_files(progress.line, only=only)
    lent = index.catalogue.tracks.loans(only)
    seen = found = 0
    for track, described in index.described(only):
        is_bare = not (described.sources or track.id in lent)
        item = index.lib.get_item(track.id) if is_bare or not bare else None
        seen += 1
        found += is_bare
        if item is not None:
            path = displayable_path(path_of(item)) if bare else None
            loan = lent.get(track.id, NOTHING_LENT)
            for line in output.sources_of(_named(index.lib, item), described, loan, path):
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
