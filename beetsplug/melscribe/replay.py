"""A saved description -> its playlist; a saved conversation is held once more."""

from __future__ import annotations

from collections.abc import Sequence

from beets.ui import UserError

from beetsplug.melscribe.answer import Answer, NothingFoundError, answer, listed
from beetsplug.melscribe.conversation import dropped, is_edit, take_turn, tracks_called
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.saved import Saved, seed_of
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.turns import Talk


def answer_saved(index: LibraryIndex, settings: Settings, saved: Saved) -> Answer:
    """Return the playlist of a saved description; raise UserError when there is none."""
    if saved.chat:
        return replayed(index, saved.asked, saved.chat, settings, seed_of(saved))
    return answer(index, saved.asked, settings, seed_of(saved))


def replayed(
    index: LibraryIndex,
    asked: UserRequest,
    lines: Sequence[str],
    settings: Settings,
    seed: int | None,
) -> Answer:
    """Return the playlist of a conversation that is held once more.

    A later turn that finds nothing now is passed over, with a note. Raises UserError, as
    `take_turn` does, for the first one, and NothingFoundError when the playlist is empty.
    """
    talk, found = take_turn(index, Talk(), asked, settings, seed)
    notes = found.notes
    for line in lines:
        if is_edit(line):
            talk = dropped(talk, line, tracks_called(index, talk, line))
            continue
        try:
            talk, found = take_turn(index, talk, UserRequest(line), settings, seed)
        except UserError as error:
            notes.append(f"{line}: {error}")
        else:
            notes += found.notes
    if not talk.draft:
        raise NothingFoundError("; ".join(["every track was taken out", *notes]))
    return listed(index, talk.draft, talk.request, notes)
