"""`beet describe`: from the person's words to a playlist on the screen, as JSON or in a file."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import randrange
from typing import Any

from beets.library import Item, Library
from beets.ui import UserError, print_

from beetsplug.melscribe import always, library, screen
from beetsplug.melscribe.answering import Answer, NothingFoundError, answer
from beetsplug.melscribe.asking import Asked, asked_by, refuse_silence
from beetsplug.melscribe.constraints import demanded_values
from beetsplug.melscribe.freshening import bring_up_to_date
from beetsplug.melscribe.indexing import Index, index_path, with_index
from beetsplug.melscribe.last import (
    added,
    is_asked_by_person,
    keep,
    last_file,
    last_request,
    told,
)
from beetsplug.melscribe.limits import limits_of
from beetsplug.melscribe.playing import play
from beetsplug.melscribe.playlists import given_options, refuse_playlist, write_playlist
from beetsplug.melscribe.querying import tell_scores
from beetsplug.melscribe.reminding import reminders
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.stumbling import formatted, path_of
from melscribe_core.playlist import m3u
from melscribe_core.request.request import Request


def describe(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Run the command."""
    started = time.monotonic()
    file_options = replace(settings.playlist, **given_options(opts))
    _refuse_files(opts, file_options)
    last = last_file(index_path(lib, settings))
    asked, taken_up = asked_or_again(last, opts, args)
    refuse_early(asked, settings)
    seed = randrange(1 << 32) if opts.shuffle else opts.seed

    def answered(index: Index) -> Answer:
        notes = bring_up_to_date(index)
        try:
            found = answer(index, asked, settings, seed)
        except NothingFoundError:
            for note in _reminders(index, opts):
                screen.say(note)
            raise
        found.notes = [*taken_up, *notes, *found.notes, *_reminders(index, opts)]
        if opts.map is not None:
            found.notes.append(_draw_map(opts.map, index, found))
        return found

    found = with_index(lib, settings, answered)
    if opts.again or is_asked_by_person():
        why = keep(last, asked)
        if why and opts.again:
            found.notes.append(f"taken up: {asked.text}; what is said now cannot be kept ({why})")
    if opts.playlist is not None:
        name = found.request.text
        found.notes.append(write_playlist(opts.playlist, name, found.ordered(), file_options))
    if opts.json:
        print_(_json(found, time.monotonic() - started))
    else:
        _show(found, opts)
    if opts.play:
        play(found.ordered(), opts.args, yes=opts.yes)


def asked_or_again(last: Path, opts: Any, args: Sequence[str]) -> tuple[Asked, list[str]]:
    """Return what is asked, with --again added to the last request, and what is to be said of it.

    `last` is the file of the last request. Raises UserError where there is none to take up.
    """
    asked = asked_by(opts, args)
    if not opts.again:
        return asked, []
    earlier = last_request(last)
    return added(earlier, asked), [f"taking up: {told(earlier)}"]


def _reminders(index: Index, opts: Any) -> list[str]:
    """Return what is to be said now and then, to a person."""
    return [] if opts.json else reminders(index)


def refuse_early(asked: Asked, settings: Settings) -> None:
    """Raise UserError for what can be told before a first index run, which may take minutes."""
    refuse_silence(asked)
    always.check(settings.query)
    for terms in (asked.terms, *map(library.terms_of, asked.like)):
        library.parsed(terms)
    limits_of(asked, settings, Request(text="", about=""))


def _refuse_files(opts: Any, options: m3u.Options) -> None:
    """Raise FileError for files that must not be written: before an answer, which may take long."""
    if opts.playlist is not None:
        refuse_playlist(opts.playlist, options)
    if opts.map is not None:
        from beetsplug.melscribe.mapping import refuse_map  # few requests want a map

        refuse_map(opts.map)


def _draw_map(file: str, index: Index, found: Answer) -> str:
    from beetsplug.melscribe.mapping import write_map

    return write_map(file, index, found.request.text, found=found)


def _json(found: Answer, seconds: float) -> str:
    tracks = [
        screen.track_json(pick, _path(found.items[pick.song.track])) for pick in found.chosen.picks
    ]
    understood = [f"understood: {found.understood}"] if found.understood else []
    return screen.as_json(found.request.as_dict(), tracks, [*understood, *found.notes], seconds)


def _path(item: Item) -> str | None:
    """Return the path as text, None for a track without one: other programs make such."""
    path = path_of(item)
    return os.fsdecode(path) if path else None


def _reasons(found: Answer) -> list[str]:
    """Return for each track why it is there."""
    return [
        screen.reason(
            pick,
            demanded_values(found.request, found.items[pick.song.track], pick.hit.descriptors),
        )
        for pick in found.chosen.picks
    ]


def _show(found: Answer, opts: Any) -> None:
    if found.understood:
        screen.say(f"understood: {found.understood}")
    template = "$path" if opts.path else opts.format
    if template is not None:
        tell_scores(Item, {pick.song.track: pick.hit.score for pick in found.chosen.picks})
        _print_formatted(found.ordered(), template)
    else:
        reasons = _reasons(found) if opts.explain else ()
        for line in screen.lines(found.chosen.picks, reasons, found.minutes):
            print_(line)
    for note in found.notes:
        screen.say(note)


def _print_formatted(items: Sequence[Item], template: str) -> None:
    """Print the items, one to a line; what beets cannot print of them is said beside it."""
    for item in items:
        try:
            print_(formatted(item, template))
        except UserError as error:
            screen.say(str(error))
