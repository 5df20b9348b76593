"""`beet describe`: the page of the command, from what was typed to what is printed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import randrange
from typing import Any

from beets.library import Library
from beets.ui import print_

from beetsplug.melscribe import filters, notes, options, output, request
from beetsplug.melscribe.answer import Answer, NothingFoundError, answer
from beetsplug.melscribe.freshening import bring_up_to_date
from beetsplug.melscribe.index import LibraryIndex, index_path, with_index
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings


def run(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Do what the options ask for: answer, or see to saved descriptions."""
    options.refuse_conflicts(options.DESCRIBE, opts)
    mode = options.mode_of(opts)
    if not mode:
        describe(lib, settings, opts, args)
    elif mode == "update":
        from beetsplug.melscribe.update import update

        update(lib, settings, opts, args)
    else:
        from beetsplug.melscribe.saved_commands import forget, save, show_saved

        {"save": save, "saved": show_saved, "forget": forget}[mode](lib, settings, opts, args)


def describe(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Answer a request."""
    started = time.monotonic()
    last = request.last_file(index_path(lib, settings))
    asked, taken_up = request.read_or_refine(last, opts, args)
    refuse_early(asked, settings)
    _refuse_files(opts, settings)
    found = with_index(lib, settings, partial(_answered, asked, settings, opts))
    done = [*_remember(last, asked, opts), *_write(found, settings, opts)]
    found = found.with_notes(taken_up, done)
    if opts.json:
        print_(output.as_json(found, time.monotonic() - started))
    else:
        output.show(found, opts)
    if opts.play:
        from beetsplug.melscribe.player import play

        play(found.ordered(), opts.args, yes=opts.yes)


def refuse_early(asked: UserRequest, settings: Settings) -> None:
    """Raise UserError for what can be seen before a first index run, which may take minutes."""
    request.refuse_impossible(asked)
    filters.check_standing(settings.query)
    for terms in (asked.terms, *map(filters.terms_of, asked.like)):
        filters.parsed(terms)


def _refuse_files(opts: Any, settings: Settings) -> None:
    """Raise FileError for files that must not be written: before an answer, which may take long."""
    if opts.playlist is not None:
        from beetsplug.melscribe import playlist_file

        playlist_file.refuse(opts.playlist, playlist_file.options_of(opts, settings))
    if opts.map is not None:
        from beetsplug.melscribe.map import refuse_map

        refuse_map(opts.map)


def _answered(asked: UserRequest, settings: Settings, opts: Any, index: LibraryIndex) -> Answer:
    """Answer from the index, brought up to date, and draw the map."""
    fresh = bring_up_to_date(index)
    seed = randrange(1 << 32) if opts.shuffle else opts.seed
    try:
        found = answer(index, asked, settings, seed)
    except NothingFoundError:
        output.say_all(_reminders(index, opts))
        raise
    found = found.with_notes(fresh, _reminders(index, opts))
    if opts.map is not None:
        from beetsplug.melscribe.map import write_map

        drawn = write_map(opts.map, index, found.request.text, found=found)
        found = found.with_notes((), [drawn])
    return found


def _reminders(index: LibraryIndex, opts: Any) -> list[str]:
    return [] if opts.json else notes.reminders(index)


def _remember(last: Path, asked: UserRequest, opts: Any) -> list[str]:
    """Keep the request for --again, if the user typed it; return a note when that failed."""
    if not (opts.again or request.is_typed()):
        return []
    why = request.remember(last, asked)
    if not (why and opts.again):
        return []
    return [f"taken up: {asked.text}; what is said now cannot be kept ({why})"]


def _write(found: Answer, settings: Settings, opts: Any) -> list[str]:
    """Write the playlist file, if one was asked for; return the note about it."""
    if opts.playlist is None:
        return []
    from beetsplug.melscribe import playlist_file

    shape = playlist_file.options_of(opts, settings)
    return [playlist_file.write(opts.playlist, found.request.text, found.ordered(), shape)]
