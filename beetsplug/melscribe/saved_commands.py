"""`beet describe ... --save NAME`, `--saved` and `--forget`: save, list and remove descriptions."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from beets.library import Library
from beets.ui import UserError, print_

from beetsplug.melscribe import output, request
from beetsplug.melscribe.answer import Answer, NothingFoundError
from beetsplug.melscribe.describe import refuse
from beetsplug.melscribe.index import with_index
from beetsplug.melscribe.index_file import index_path, saved_file
from beetsplug.melscribe.replay import answer_saved
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.saved import (
    NOTHING,
    Saved,
    all_saved,
    as_yaml,
    entry_of,
    of_turns,
    playlist_path,
    read_file,
    write_file,
)
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.talk_file import in_one_line, talk_file, turns_to_take_up
from melscribe_core.text import counted

FIRST = 5  # tracks shown after `--save`
_FOR_CONFIG = "for your config, the entry above goes under `melscribe: playlists:`"


def save(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Save a request under a name; print its entry for the config, and the tracks it finds now.

    A request that finds nothing now is saved as well; an invalid one is not.
    """
    typed = request.read(opts, args)
    file = talk_file(index_path(lib, settings))
    turns = turns_to_take_up(file, lib, again=opts.again)
    refuse(typed, settings, again=opts.again)
    said = [*(turn.asked for turn in turns), *([] if turns and typed == UserRequest() else [typed])]
    saved = of_turns(opts.save, said, opts.seed, shuffle=bool(opts.shuffle))
    taken_up = [f"taking up: {in_one_line(turns)}"] if turns else []
    playlist_path(saved.name, lib)
    read_file(saved_file(index_path(lib, settings)))  # refused before an answer is worked out
    found = _answered(lib, settings, saved)
    done, *hidden = store(lib, settings, saved)
    if isinstance(found, Answer) and found.understood:
        output.say(f"understood: {found.understood}")
    print_(as_yaml([entry_of(saved)]), end="")
    for line in _first(found):
        print_(line)
    notes = found.notes if isinstance(found, Answer) else [f"it finds nothing now: {found}"]
    output.say_all([*taken_up, *notes, f"{done}; {_FOR_CONFIG}", *hidden])


def store(lib: Library, settings: Settings, saved: Saved) -> list[str]:
    """Write a description to the file of the saved ones, in place of one of the same name.

    Return the notes on that. Raises UserError for a name that no playlist can have.
    """
    playlist_path(saved.name, lib)
    file = saved_file(index_path(lib, settings))
    others = [one for one in read_file(file) if one.name != saved.name]
    write_file(file, [*others, saved])
    return [_done(saved.name, settings), *all_saved(settings, file).notes()]


def _answered(lib: Library, settings: Settings, saved: Saved) -> Answer | NothingFoundError:
    """Return the answer to a saved description, or why there is none."""
    run = partial(answer_saved, settings=settings, saved=saved)
    try:
        return with_index(lib, settings, run, fresh=True)
    except NothingFoundError as error:
        return error


def _first(found: Answer | NothingFoundError) -> Iterator[str]:
    """Yield the first tracks as YAML comments: the output may be pasted into a config."""
    if isinstance(found, Answer):
        picks = found.chosen.picks
        first = ", the first" if len(picks) > FIRST else ""
        yield f"# finds {counted(len(picks), 'track')} now{first}:"
        for line in output.playlist_lines(picks[:FIRST]):
            yield f"# {line}"


def _done(name: str, settings: Settings) -> str:
    """Return the note that the description was saved, and how to write its playlist."""
    update = f"beet describe --update {shlex.quote(name)}"
    if settings.playlist_dir is None:
        return (
            "saved, but no folder is set for its playlist: set `melscribe: playlist:"
            f" playlist_dir:` in your config, or write it with `{update} -d DIR`"
        )
    return f"saved: `{update}` writes its playlist"


def show_saved(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Print all saved descriptions as YAML: those of the config, then those of the file."""
    if args:
        raise UserError("--saved shows all saved descriptions; leave out the words")
    file = saved_file(index_path(lib, settings))
    found = all_saved(settings, file)
    if not found.all:
        output.say(NOTHING)
    for place, saved in (("your config", found.of_config), (str(file), found.of_file)):
        if saved:
            print_(
                f"# in {output.printable(place)}\n{as_yaml([entry_of(one) for one in saved])}",
                end="",
            )
    output.say_all(found.notes())


def forget(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Remove saved descriptions by name; keep their playlists."""
    file = saved_file(index_path(lib, settings))
    present = read_file(file)
    names = [saved.name for saved in present]
    for name in args:
        if name not in names:
            there = f"; there are {', '.join(names)}" if names else ""
            raise UserError(f"no description is saved in {file} as {name}{there}")
    if not args:
        raise UserError("--forget needs the name of a saved description")
    write_file(file, [saved for saved in present if saved.name not in args])
    print_(f"forgot {', '.join(args)}; playlists already written are kept")
