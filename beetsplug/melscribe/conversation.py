"""A conversation about a playlist: each turn brings new tracks, from all that was said before.

Reading order: `take_turn`, the page of one turn; what commands do with the turns of earlier ones;
single tracks that are taken out; what an answer is searched with. The words of a turn are read in
remarks.py, what turns amount to is in turns.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from beetsplug.melscribe import library
from beetsplug.melscribe.answer import (
    Answer,
    Before,
    NothingFoundError,
    listed,
    refuse_empty,
    resolve_parsed,
    respond,
)
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.name_index import LibraryNames
from beetsplug.melscribe.names import LEADS, unwanted_names
from beetsplug.melscribe.output import named
from beetsplug.melscribe.remarks import Heard, heard
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.turns import DROP, Talk, Turn
from beetsplug.melscribe.words import NothingAskedError
from melscribe_core.playlist.choice import song_key
from melscribe_core.search.question import Lean, Wish
from melscribe_core.text import brief

# Weights of what came before, beside 1 for the words of a turn (benchmarks.quality.dialogues).
TOPIC = 0.4  # of the topic before; a still older one has TOPIC of that, and so on
TOPICS = 3  # earlier topics that still count
KEPT = 0.5  # of the mean of the tracks that were kept
OUT = 0.3  # of the mean of the tracks that were taken out, away from it
RECENT = 60  # tracks of the draft, the latest, whose mean counts


def take_turn(
    index: LibraryIndex, talk: Talk, typed: UserRequest, settings: Settings, seed: int | None
) -> tuple[Talk, Answer]:
    """Answer one turn; return the talk with it, and the answer: tracks that are new in the talk.

    When no new one is left, those that fit of the tracks shown are listed again. Raises UserError,
    as `answer` does; the talk is then as before.
    """
    if is_edit(typed.text):  # said by a person, it names no track: "drop: the slow ones"
        typed = replace(typed, text=typed.text.replace(":", "", 1))
    names = LibraryNames(index.catalogue)
    with index.catalogue.at_once():
        refuse_empty(index)
        turn = heard(index, names, talk, typed)
        if turn.repeats:
            return turn.talk, listed(index, turn.talk.draft, turn.request, [*turn.notes])
        out = _unfit(index, names, turn)
        found = _new_or_shown(index, names, turn, settings, seed, out)
    found.notes[:0] = [*turn.notes, *_exhausted(turn, out)]
    return advanced(turn, tuple(found.scores()), out), found


def _new_or_shown(
    index: LibraryIndex,
    names: LibraryNames,
    turn: Heard,
    settings: Settings,
    seed: int | None,
    out: frozenset[int],
) -> Answer:
    """Answer with new tracks; with what fits a little, or was shown before, where none is left."""
    shown = turn.talk.shown | out
    try:
        return _answered(index, names, turn, settings, seed, shown)
    except NothingFoundError:
        if not turn.talk.turns:
            raise
    tries = [(_lenient(turn), shown, "nothing new fits well; these fit best")]
    if not turn.only_new and turn.talk.draft:
        tries.append((turn, out, "nothing new fits; these were shown before"))
    for one, without, why in tries:
        with suppress(NothingFoundError):
            found = _answered(index, names, one, settings, seed, without)
            found.notes.insert(0, why)
            return found
    return _answered(index, names, turn, settings, seed, shown)  # raises why there is none


def _exhausted(turn: Heard, out: frozenset[int]) -> Iterator[str]:
    """Yield a note on each name that was said now, of which every track came before."""
    said = {*turn.request.leads, *turn.named}
    for lead in turn.talk.leads:
        if lead.said in said and turn.talk.shown.union(out).issuperset(lead.tracks):
            yield f"every track of {brief(lead.name)} was shown before"


def _lenient(turn: Heard) -> Heard:
    """Return the turn with every score let in."""
    options = {**turn.asked.options, "min_score": 0.0}
    return replace(turn, asked=replace(turn.asked, options=options))


def advanced(turn: Heard, shown: tuple[int, ...], out: frozenset[int]) -> Talk:
    """Return the talk after a turn that brought tracks and took others out."""
    before = turn.talk
    gone = before.out | out
    fresh = tuple(track for track in shown if track not in before.draft)
    return replace(
        before,
        turns=(*before.turns, Turn(turn.typed, shown, tuple(sorted(out)))),
        draft=(*(track for track in before.draft if track not in gone), *fresh),
        last=shown,
        shown=before.shown | set(shown),
        out=gone - set(shown),
    )


# Turns of earlier commands


def go_on(
    index: LibraryIndex,
    turns: Sequence[Turn],
    typed: UserRequest,
    settings: Settings,
    seed: int | None,
) -> tuple[Talk, Answer]:
    """Answer a command after the turns of earlier ones; without words it repeats or amends.

    Options alone, or a single turn before, take the last turn again; nothing at all lists the
    draft. Raises UserError, as `take_turn` does.
    """
    if not turns or typed.text or typed.terms or typed.more or typed.less or typed.like:
        return take_turn(index, told(index, turns), typed, settings, seed)
    if len(turns) > 1 and not typed.options and seed is None:
        talk = told(index, turns)
        return talk, listed(index, talk.draft, talk.request, [])
    at = max(number for number, turn in enumerate(turns) if not is_edit(turn.asked.text))
    last = turns[at].asked
    amended = replace(last, options={**last.options, **typed.options})
    return take_turn(index, told(index, turns[:at]), amended, settings, seed)


def told(index: LibraryIndex, turns: Iterable[Turn]) -> Talk:
    """Return what the turns of earlier commands amount to; nothing is searched for."""
    names, talk = LibraryNames(index.catalogue), Talk()
    with index.catalogue.at_once():
        for turn in turns:
            if is_edit(turn.asked.text):
                talk = dropped(talk, turn.asked.text, turn.out)
            else:
                before = _heard_again(index, names, talk, turn.asked)
                talk = advanced(before, turn.shown, frozenset(turn.out))
    return talk


def _heard_again(index: LibraryIndex, names: LibraryNames, talk: Talk, asked: UserRequest) -> Heard:
    """Return a turn that was taken before, without words if the library gives them no meaning."""
    try:
        return heard(index, names, talk, asked)
    except NothingAskedError:
        return Heard(talk, asked, talk.asked, talk.request)


# Single tracks


def is_edit(line: str) -> bool:
    """Return whether a line takes a single track out of the draft, instead of saying something."""
    return line.startswith(DROP)


def tracks_called(index: LibraryIndex, talk: Talk, line: str) -> tuple[int, ...]:
    """Return the tracks of the draft that a line takes out, by the name that is shown of them."""
    songs = library.song_names(index.lib, talk.draft)
    name = line.removeprefix(DROP)
    return tuple(track for track in talk.draft if track in songs and named(songs[track]) == name)


def dropped(talk: Talk, line: str, tracks: Sequence[int]) -> Talk:
    """Return the talk without these tracks; `line` says so in words."""
    turn = Turn(UserRequest(line), out=tuple(tracks))
    draft = tuple(track for track in talk.draft if track not in tracks)
    return replace(talk, turns=(*talk.turns, turn), draft=draft, out=talk.out | set(tracks))


# What an answer is searched with


def _answered(
    index: LibraryIndex,
    names: LibraryNames,
    turn: Heard,
    settings: Settings,
    seed: int | None,
    without: frozenset[int],
) -> Answer:
    heard_before = turn.talk.draft if turn.talk.shown <= without else ()
    songs = map(song_key, library.song_names(index.lib, heard_before).values())
    before = Before(turn.leads, tuple(_leans(turn)), without, frozenset(songs))
    resolved = resolve_parsed(index, names, turn.asked, turn.request, [], settings, before)
    return respond(index, resolved, turn.asked, settings, seed)


def _leans(turn: Heard) -> Iterator[Lean]:
    """Yield what earlier turns pull towards, and away from."""
    talk = turn.talk
    for age, topic in enumerate(talk.topics[:TOPICS], 1):
        yield Lean(TOPIC**age, text=topic)
    for lead in turn.leads:
        yield Lean(LEADS / len(turn.leads), tracks=lead.tracks)
    if talk.turns and talk.draft:
        yield Lean(KEPT, tracks=talk.draft[-RECENT:])
    rejected = talk.out & talk.shown
    if rejected:
        yield Lean(-OUT, tracks=tuple(sorted(rejected)))


def _unfit(index: LibraryIndex, names: LibraryNames, turn: Heard) -> frozenset[int]:
    """Return the tracks of the draft that a turn takes out: by name, or for what they are."""
    draft, out = frozenset(turn.talk.draft), turn.talk.out
    if draft and turn.request.exclude:
        question = index.search.ask(Wish(exclude=turn.request.exclude))
        out |= draft - index.search.scored(question, draft).keys()
        unwanted = unwanted_names(turn.request.exclude, names, index.describes)
        out |= draft.intersection(track for one in unwanted for track in one.tracks)
    return out
