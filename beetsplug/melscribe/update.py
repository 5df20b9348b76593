"""`beet describe --update`: rewrite the playlists of saved descriptions where they differ."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Any
from unicodedata import normalize

from beets import plugins
from beets.library import Library
from beets.ui import UserError, print_

from beetsplug.melscribe import output, playlist_file
from beetsplug.melscribe.answer import NothingFoundError
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.index_file import index_path, saved_file
from beetsplug.melscribe.playlist_file import Prepared, prepare
from beetsplug.melscribe.replay import answer_saved
from beetsplug.melscribe.saved import (
    NOTHING,
    Saved,
    all_saved,
    playlist_path,
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
    """The old content of a playlist (b"" without a file) and the new one.

    `new` is None when the playlist is kept: `why` is the reason, `failed` whether it is an error.
    """

    target: Target
    old: bytes = b""
    new: Prepared | None = None
    notes: Sequence[str] = ()
    why: str = ""
    failed: bool = False

    @property
    def is_due(self) -> bool:
        """Return whether the file must be written."""
        return self.new is not None and self.new.content != self.old


def update(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Run `beet describe --update`; raise UserError when a playlist could not be written."""
    shape = playlist_file.options_of(opts, settings)
    found = all_saved(settings, saved_file(index_path(lib, settings)))
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
    """Write the playlists that differ, without output; raise UserError for those that fail.

    Do nothing when the index is not current: updating it may take minutes, and is left to the next
    request. Nor for a playlist that can only be the same as when this was last done.
    """
    index = index_path(lib, settings)
    saved = all_saved(settings, saved_file(index)).all
    # Those saved in the file may be for `--update -d DIR`; those in the config need a folder.
    homeless = settings.playlist_dir is None and not settings.playlists
    if not saved or homeless or not index.exists():
        return
    targets = _targets(lib, _folder(settings), saved, settings.playlist.output)

    def kept(index: LibraryIndex) -> list[Draft]:
        if not index.is_current():
            return []
        state = _state(index, targets, settings)
        due = targets
        if index.catalogue.meta("playlists") == state:
            due = [target for target in targets if _may_differ(target, settings)]
        failed = [
            one for one in _written(_drafts(index, settings, due, settings.playlist)) if one.failed
        ]
        if not failed and due == targets:
            index.catalogue.note_meta(playlists=state)
        return failed

    failed = with_index(lib, settings, kept)
    if failed:
        raise UserError("; ".join(f"{draft.target.saved.name}: {draft.why}" for draft in failed))


def _state(index: LibraryIndex, targets: Sequence[Target], settings: Settings) -> str:
    """Return a mark of all that the playlists are made from, but for fields of beets queries.

    The date belongs to it: "last year" moves on.
    """
    catalogue = index.catalogue
    made_from = (
        *(targets, settings, settings.playlist.prefix),
        *(catalogue.revision, catalogue.meta("columns"), date.today()),
    )
    return blake2b(repr(made_from).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _may_differ(target: Target, settings: Settings) -> bool:
    """Return whether a playlist may differ though the index does not.

    It is made from fields that the index does not copy, or its file was deleted.
    """
    asked, shape = target.saved.asked, settings.playlist
    queries = asked.terms or asked.examples or settings.query
    return bool(queries or shape.fields or shape.dest_regen or not os.path.exists(target.path))


def _folder(settings: Settings, given: str | None = None) -> str:
    chosen = settings.playlist_dir if given is None else folder(given)
    if chosen is None:
        raise UserError(
            "no folder is set for playlists; set `melscribe: playlist: playlist_dir:` in your"
            " config, or give --playlist-dir DIR"
        )
    return os.fsdecode(chosen)


def _targets(lib: Library, folder: str, saved: Sequence[Saved], output: str) -> list[Target]:
    """Return each description with its path.

    Raises UserError when two would share a file, also on a disk that ignores case.
    """
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
    """Return the targets with these names, or all; raise UserError for an unknown name."""
    by_name = {without_ending(target.saved.name): target for target in targets}
    for name in names:
        if without_ending(name) not in by_name:
            raise UserError(
                f"no saved description is called {name}; there are {', '.join(by_name)}"
            )
    wanted = set(map(without_ending, names)) or by_name.keys()
    return [target for name, target in by_name.items() if name in wanted]


def _drafts(
    index: LibraryIndex, settings: Settings, targets: Sequence[Target], shape: m3u.Options
) -> list[Draft]:
    return [_draft(index, settings, target, shape) for target in targets]


def _draft(
    index: LibraryIndex,
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
        found = answer_saved(index, settings, saved)
        new = prepare(target.path, saved.name, found.ordered(), shape)
    except NothingFoundError as error:
        return replace(draft, why=str(error))
    except (UserError, PlaylistError) as error:
        return replace(draft, why=str(error), failed=True)
    return replace(draft, new=new, notes=found.notes)


def _content(path: str) -> bytes:
    """Return the present content of the playlist, b"" without an ordinary file."""
    if not os.path.isfile(path):  # opening a pipe would block until something is written to it
        return b""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise PlaylistError(f"The playlist {path} cannot be read: {error.strerror}.") from error


def _written(drafts: Sequence[Draft]) -> list[Draft]:
    """Write the playlists that are due; return the drafts with the outcome.

    Missing folders are created, as smartplaylist does. Plugins that listen for
    `smartplaylist_update` are notified if any playlist was due.
    """
    done = [_write(draft) if draft.is_due else draft for draft in drafts]
    if any(draft.is_due for draft in done):
        plugins.send("smartplaylist_update")
    return done


def _write(draft: Draft) -> Draft:
    assert draft.new is not None
    with suppress(OSError):  # the write below reports the cause
        os.makedirs(os.path.dirname(draft.new.path), exist_ok=True)
    try:
        draft.new.write()
    except PlaylistError as error:
        return replace(draft, new=None, why=str(error), failed=True)
    return draft


def _tell(draft: Draft, *, pretend: bool) -> None:
    """Report on stdout; a playlist that was not written on stderr, which cron mails."""
    name = output.printable(draft.target.saved.name)
    if draft.new is None:
        state = "kept as it was" if draft.old else "not written"
        output.say(f"{name}: {state}: {draft.why}")
    elif not draft.is_due:
        print_(f"{name}: unchanged")
    else:
        found = changes(draft.old, draft.new.content)
        verb = "would write" if pretend else "wrote"
        print_(f"{name}: {verb} {draft.new.said}; {output.moved(found)}")
        for line in output.difference(found) if pretend else ():
            print_(line)
        for note in draft.notes:
            print_(f"{name}: {output.printable(note)}")
