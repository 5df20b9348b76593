"""`beet describe WORDS... [QUERY...]`: the page of the command, from arguments to output."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from random import randrange
from typing import Any

from beets.library import Item, Library
from beets.ui import print_

from beetsplug.melscribe import filters, library, output, playlist_file, request
from beetsplug.melscribe.answer import Answer, reminded
from beetsplug.melscribe.conversation import go_on
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.index_file import index_path
from beetsplug.melscribe.query import set_scores
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.talk_file import in_one_line, keep_typed, talk_file, turns_to_take_up
from beetsplug.melscribe.turns import Talk
from melscribe_core.playlist.m3u import Options

Run = Callable[[LibraryIndex], tuple[Talk, Answer]]


def describe(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Answer a request, or the next turn of a conversation."""
    started = time.monotonic()
    typed = request.read(opts, args)
    file = talk_file(index_path(lib, settings))
    turns = turns_to_take_up(file, lib, again=opts.again)
    refuse(typed, settings, again=opts.again)
    shape = None if opts.playlist is None else _checked_shape(settings, opts)
    seed = randrange(1 << 32) if opts.shuffle else opts.seed
    run: Run = partial(go_on, turns=turns, typed=typed, settings=settings, seed=seed)
    if not opts.json:
        run = partial(reminded, answered=run)
    if opts.map is not None:
        run = _with_map(opts.map, run)
    talk, found = with_index(lib, settings, run, fresh=True)
    if turns:
        found.notes.insert(0, f"taking up: {in_one_line(turns)}")
    found.notes.extend(keep_typed(file, lib, talk.turns, again=opts.again))
    if shape is not None:
        items = found.ordered() if opts.new else library.items_in_order(lib, talk.draft)
        name = talk.turns[0].asked.text
        found.notes.append(playlist_file.write(opts.playlist, name, items, shape))
    if opts.json:
        print_(output.as_json(found, time.monotonic() - started, talk.draft if turns else None))
    else:
        if opts.format is not None:
            set_scores(Item, found.scores())
        output.show(found, opts)
    if opts.play:
        from beetsplug.melscribe.player import play

        play(found.ordered(), opts.args, yes=opts.yes)


def refuse(typed: UserRequest, settings: Settings, *, again: bool) -> None:
    """Raise UserError for what can be refused before a first index run, which may take minutes."""
    request.refuse_impossible(typed, may_be_empty=again)
    filters.check(typed.terms, typed.examples, settings.query)


def _checked_shape(settings: Settings, opts: Any) -> Options:
    """Return how to write the playlist file; raise FileError where none may be written."""
    shape = playlist_file.options_of(opts, settings)
    playlist_file.refuse(opts.playlist, shape)
    return shape


def _with_map(file: str, run: Run) -> Run:
    """Return what answers and draws the map; raise MapError for a file that must not be written."""
    from beetsplug.melscribe.map import refuse_map, write_map

    refuse_map(file)

    def answered(index: LibraryIndex) -> tuple[Talk, Answer]:
        talk, found = run(index)
        found.notes.append(write_map(file, index, found.request.text, found=found))
        return talk, found

    return answered
