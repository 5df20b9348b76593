"""`beet describe WORDS... [QUERY...]`: the page of the command, from arguments to output."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from random import randrange
from typing import Any

from beets.library import Item, Library
from beets.ui import print_

from beetsplug.melscribe import filters, output, playlist_file, request
from beetsplug.melscribe.answer import Answer, answer, answer_and_remind
from beetsplug.melscribe.index import LibraryIndex, index_path, with_index
from beetsplug.melscribe.query import set_scores
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings
from melscribe_core.playlist.m3u import Options


def describe(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Answer a request."""
    started = time.monotonic()
    asked, notes = read_request(lib, settings, opts, args)
    shape = None if opts.playlist is None else _checked_shape(settings, opts)
    seed = randrange(1 << 32) if opts.shuffle else opts.seed
    run: Callable[[LibraryIndex], Answer] = partial(
        answer if opts.json else answer_and_remind, asked=asked, settings=settings, seed=seed
    )
    if opts.map is not None:
        run = _with_map(opts.map, run)
    found = with_index(lib, settings, run, fresh=True)
    notes += found.notes
    notes += request.remember_typed(
        request.last_file(index_path(lib, settings)), asked, again=opts.again
    )
    if shape is not None:
        name, items = found.request.text, found.ordered()
        notes.append(playlist_file.write(opts.playlist, name, items, shape))
    if opts.json:
        print_(output.as_json(found, notes, time.monotonic() - started))
    else:
        if opts.format is not None:
            set_scores(Item, found.scores())
        output.show(found, notes, opts)
    if opts.play:
        from beetsplug.melscribe.player import play

        play(found.ordered(), opts.args, yes=opts.yes)


def read_request(
    lib: Library, settings: Settings, opts: Any, args: Sequence[str]
) -> tuple[UserRequest, list[str]]:
    """Return what the user asks for, and a note when `--again` took up the last request.

    Raises UserError for what can be refused before a first index run, which may take minutes.
    """
    asked, notes = request.read(opts, args), []
    if opts.again:
        last = request.last_request(request.last_file(index_path(lib, settings)))
        asked, notes = request.refined(last, asked), [f"taking up: {request.in_one_line(last)}"]
    request.refuse_impossible(asked)
    filters.check(asked.terms, asked.like, settings.query)
    return asked, notes


def _checked_shape(settings: Settings, opts: Any) -> Options:
    """Return how to write the playlist file; raise FileError where none may be written."""
    shape = playlist_file.options_of(opts, settings)
    playlist_file.refuse(opts.playlist, shape)
    return shape


def _with_map(file: str, run: Callable[[LibraryIndex], Answer]) -> Callable[[LibraryIndex], Answer]:
    """Return what answers and draws the map; raise MapError for a file that must not be written."""
    from beetsplug.melscribe.map import refuse_map, write_map

    refuse_map(file)

    def answered(index: LibraryIndex) -> Answer:
        found = run(index)
        found.notes.append(write_map(file, index, found.request.text, found=found))
        return found

    return answered
