"""`beet describe --update`: saved descriptions -> their playlists, rewritten where they differ."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import normalize

from beets import plugins
from beets.library import Library
from beets.ui import UserError, print_

from beetsplug.melscribe import output, playlist_file
from beetsplug.melscribe.answer import NothingFoundError, answer
from beetsplug.melscribe.index import LibraryIndex, index_path, saved_file, with_index
from beetsplug.melscribe.names import LibraryNames
from beetsplug.melscribe.playlist_file import Prepared, prepare
from beetsplug.melscribe.saved import (
    NOTHING,
    Saved,
    known,
    playlist_path,
    seed_of,
    without_ending,
)
from beetsplug.melscribe.settings import Settings, folder
from melscribe_core.errors import PlaylistError
from melscribe_core.playlist import m3u
from melscribe_core.playlist.difference import changes


@dataclass(frozen=True)
class Target:
    """A saved description and the path of its playlist."""

    saved: Saved
    path: str


@dataclass(frozen=True)
class Draft:
    """What a playlist holds ("" without a file) and what it is to hold.

    Where it is to stay as it is, `new` is None, `why` tells the reason, and `failed` whether that
    is a fault.
    """

    target: Target
    old: bytes = b""
    new: Prepared | None = None
    notes: Sequence[str] = ()
    why: str = ""
    failed: bool = False

    @property
    def is_due(self) -> bool:
        """Say whether the file is to be written."""
        return self.new is not None and self.new.content != self.old


def update(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Run the command; raise UserError when a playlist could not be written."""
    shape = playlist_file.options_of(opts, settings)
    found = known(settings, saved_file(index_path(lib, settings)))
    if not found.all:
        raise UserError(NOTHING)
    where = _folder(settings, opts.playlist_dir)
    targets = _named(args, _targets(lib, where, found.all, shape.output))
    output.say_all(found.notes())

    def drafts(index: LibraryIndex) -> list[Draft]:
        for note in index.notes:
            print_(note)
        index.notes = []
        return _drafts(index, settings, targets, shape)

    done = with_index(lib, settings, drafts, fresh=True)
    done = done if opts.pretend else _written(done)
    for draft in done:
        _tell(draft, pretend=opts.pretend)
    if failed := sum(draft.failed for draft in done):
        raise UserError(f"{failed} of {len(done)} playlists could not be written")


def keep_playlists(lib: Library, settings: Settings) -> None:
    """Write the playlists that differ, in silence; raise UserError for those that cannot be.

    Where the index is not current, which may take minutes to mend, they wait for the next request.
    """
    index_file = index_path(lib, settings)
    saved = known(settings, saved_file(index_file)).all
    # What is only saved may be meant for `--update -d DIR`; what the config holds wants a folder.
    homeless = settings.playlist_dir is None and not settings.playlists
    if not saved or homeless or not index_file.exists():
        return
    targets = _targets(lib, _folder(settings), saved, settings.playlist.output)

    def drafts(index: LibraryIndex) -> list[Draft]:
        if not index.is_current():
            return []
        return _drafts(index, settings, targets, settings.playlist)

    failed = [draft for draft in _written(with_index(lib, settings, drafts)) if draft.failed]
    if failed:
        raise UserError("; ".join(f"{draft.target.saved.name}: {draft.why}" for draft in failed))


def _folder(settings: Settings, given: str | None = None) -> str:
    chosen = settings.playlist_dir if given is None else folder(given)
    if chosen is None:
        raise UserError(
            "nothing says where playlists are to lie; set `melscribe: playlist: playlist_dir:` in"
            " your config, or give --playlist-dir DIR"
        )
    return os.fsdecode(chosen)


def _targets(lib: Library, folder: str, saved: Sequence[Saved], output: str) -> list[Target]:
    """Return each with its path; raise UserError when two would share a file, on any disk."""
    found: dict[str, Target] = {}
    for one in saved:
        path = os.path.join(folder, playlist_path(one.name, lib, output))
        same = normalize("NFC", path).casefold()
        if same in found:
            raise UserError(
                f"the playlists {found[same].saved.name} and {one.name} would be one file, {path};"
                " rename one of them"
            )
        found[same] = Target(one, path)
    return list(found.values())


def _named(names: Sequence[str], targets: Sequence[Target]) -> list[Target]:
    """Return those with these names, all without names; raise UserError for a name of none."""
    there = {without_ending(target.saved.name): target for target in targets}
    for name in names:
        if without_ending(name) not in there:
            raise UserError(f"no saved description is called {name}; there are {', '.join(there)}")
    wanted = set(map(without_ending, names)) or there.keys()
    return [target for name, target in there.items() if name in wanted]


def _drafts(
    index: LibraryIndex, settings: Settings, targets: Sequence[Target], shape: m3u.Options
) -> list[Draft]:
    names = LibraryNames(index.lib, index.catalogue)
    return [_draft(index, names, settings, target, shape) for target in targets]


def _draft(
    index: LibraryIndex,
    names: LibraryNames,
    settings: Settings,
    target: Target,
    shape: m3u.Options,
) -> Draft:
    saved = target.saved
    draft = Draft(target)
    try:
        if os.path.lexists(target.path):
            m3u.refuse_foreign(target.path, shape)
        draft = replace(draft, old=_content(target.path))
        found = answer(index, saved.asked, settings, seed_of(saved), names)
        new = prepare(target.path, saved.name, found.ordered(), shape)
    except NothingFoundError as error:
        return replace(draft, why=str(error))
    except (UserError, PlaylistError) as error:
        return replace(draft, why=str(error), failed=True)
    return replace(draft, new=new, notes=found.notes)


def _content(path: str) -> bytes:
    """Return what the playlist holds now, b"" without an ordinary file."""
    if not os.path.isfile(path):  # opening a pipe would wait for somebody to write
        return b""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise PlaylistError(f"The playlist {path} cannot be read: {error.strerror}.") from error


def _written(drafts: Sequence[Draft]) -> list[Draft]:
    """Write what is due and return what came of it; tell plugins that listen, if any was written.

    Folders beneath that of the playlists are made, as smartplaylist makes them.
    """
    done = [_write(draft) if draft.is_due else draft for draft in drafts]
    if any(draft.is_due for draft in done):
        plugins.send("smartplaylist_update")
    return done


def _write(draft: Draft) -> Draft:
    assert draft.new is not None
    with suppress(OSError):  # what is in the way is told by the next step
        os.makedirs(os.path.dirname(draft.new.path), exist_ok=True)
    try:
        draft.new.write()
    except PlaylistError as error:
        return replace(draft, new=None, why=str(error), failed=True)
    return draft


def _tell(draft: Draft, *, pretend: bool) -> None:
    """Report on stdout; what somebody should look into goes to stderr, which cron mails."""
    name = output.clean(draft.target.saved.name)
    if draft.new is None:
        kept = "kept as it was" if draft.old else "not written"
        output.say(f"{name}: {kept}: {draft.why}")
    elif not draft.is_due:
        print_(f"{name}: unchanged")
    else:
        found = changes(draft.old, draft.new.content)
        verb = "would write" if pretend else "wrote"
        print_(f"{name}: {verb} {draft.new.said}; {output.moved(found)}")
        for line in output.difference(found) if pretend else ():
            print_(line)
        for note in draft.notes:
            print_(f"{name}: {output.clean(note)}")
