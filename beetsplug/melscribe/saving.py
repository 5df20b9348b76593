"""`beet describe ... --save NAME`, `--saved` and `--forget`: keep descriptions, show, drop them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from beets.library import Library
from beets.ui import UserError, print_

from beetsplug.melscribe import screen
from beetsplug.melscribe.asking import asked_by
from beetsplug.melscribe.describing import refuse_early
from beetsplug.melscribe.entries import Saved, as_yaml, entry_of
from beetsplug.melscribe.indexing import index_path
from beetsplug.melscribe.last import again, last_file
from beetsplug.melscribe.places import file_of, saved_file
from beetsplug.melscribe.saved import NOTHING, known, read_file, write_file
from beetsplug.melscribe.settings import Settings


def save(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Keep what is asked under a name, and print the entry for the config."""
    index = index_path(lib, settings)
    asked = asked_by(opts, args)
    asked = again(last_file(index), asked) if opts.again else asked
    refuse_early(asked, settings)
    saved = Saved(opts.save, asked, opts.seed, bool(opts.shuffle))
    file_of(saved.name, lib)
    file = saved_file(index)
    others = [one for one in read_file(file) if one.name != saved.name]
    write_file(file, [*others, saved])
    print_(as_yaml([entry_of(saved)]), end="")
    screen.say(
        f"saved: `beet describe --update {shlex.quote(saved.name)}` writes its playlist; for your"
        " config, the lines above go under `melscribe: playlists:`"
    )
    for note in known(settings, file).notes():
        screen.say(note)


def show_saved(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Print all saved descriptions as YAML, by where they stand."""
    if args:
        raise UserError("--saved shows all saved descriptions; leave out the words")
    file = saved_file(index_path(lib, settings))
    found = known(settings, file)
    if not found.all:
        screen.say(NOTHING)
    for place, saved in (("your config", found.of_config), (str(file), found.of_file)):
        if saved:
            print_(
                f"# in {screen.clean(place)}\n{as_yaml([entry_of(one) for one in saved])}", end=""
            )
    for note in found.notes():
        screen.say(note)


def forget(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Drop saved descriptions by name; their playlists stay."""
    file = saved_file(index_path(lib, settings))
    kept = read_file(file)
    names = [saved.name for saved in kept]
    for name in args:
        if name not in names:
            there = f"; there are {', '.join(names)}" if names else ""
            raise UserError(f"no description is saved in {file} as {name}{there}")
    if not args:
        raise UserError("--forget needs the name of a saved description")
    write_file(file, [saved for saved in kept if saved.name not in args])
    print_(f"forgot {', '.join(args)}; a playlist that was written stays")
