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
from beetsplug.melscribe.foreign import rendered
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.name_index import LibraryNames
from beetsplug.melscribe.names import LEADS, unwanted_names
from beetsplug.melscribe.output import named
from beetsplug.melscribe.remarks import Heard, read_turn
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.turns import DROP, Talk, Turn
from beetsplug.melscribe.words import NothingAskedError
from melscribe_core.playlist.choice import SongKey, song_key
from melscribe_core.request.request import understood
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

    When no new track fits, those that fit a little are listed, else those that were shown before.
    Raises UserError, as `answer` does; the talk is then as before.
    """
    if is_edit(typed.text):  # said by a person, it names no track: "drop: the slow ones"
        typed = replace(typed, text=typed.text.replace(":", "", 1))
    names = LibraryNames(index.catalogue)
    with index.catalogue.at_once():
        refuse_empty(index)
        turn = read_turn(index, names, talk, typed)
        if turn.repeats:
            found = listed(index, turn.talk.draft, turn.request, [*turn.notes])
            return turn.talk, replace(found, understood=turn.said)
        out = _unfit(index, names, turn)
        try:
            found = _new_or_shown(index, names, turn, settings, seed, out)
        except NothingFoundError as error:  # what was not read may be the reason
            raise NothingFoundError("; ".join([str(error), *turn.notes])) from error
    found.notes[:0] = [*turn.notes, *_exhausted(turn, out)]
    line = _in_one_line(turn.said, understood(talk.request), found.understood)
    songs = frozenset(song_key(pick.song) for pick in found.chosen.picks)
    shown = tuple(found.scores())
    return advanced(turn, shown, out, songs), replace(found, understood=line)


def _in_one_line(said: str, before: str, now: str) -> str:
    """Return what a turn was taken for, with the demands that it made, and those that hold on."""
    held = [part for part in now.split(" · ") if part and part in before.split(" · ")]
    fresh = [part for part in now.split(" · ") if part not in (*held, *said.split(" · "))]
    line = " · ".join(filter(None, (said, *fresh)))
    still = f"still {' · '.join(held)}" if held and said else " · ".join(held)
    return "; ".join(filter(None, (line, still)))


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


def advanced(
    turn: Heard,
    shown: tuple[int, ...],
    out: frozenset[int],
    songs: frozenset[SongKey] = frozenset(),
) -> Talk:
    """Return the talk after a turn that brought tracks, of these songs, and took others out."""
    before = turn.talk
    gone = before.out | out
    fresh = tuple(track for track in shown if track not in before.draft)
    return replace(
        before,
        turns=(*before.turns, Turn(turn.typed, shown, tuple(sorted(out)))),
        draft=(*(track for track in before.draft if track not in gone), *fresh),
        last=shown,
        shown=before.shown | set(shown),
        songs=before.songs | songs,
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
    if not turns or typed.text or typed.terms or typed.more or typed.less or typed.examples:
        return take_turn(index, talk_of(index, turns), typed, settings, seed)
    if len(turns) > 1 and not typed.options and seed is None:
        talk = talk_of(index, turns)
        return talk, listed(index, talk.draft, talk.request, [])
    at = max(number for number, turn in enumerate(turns) if not is_edit(turn.asked.text))
    last = turns[at].asked
    amended = replace(last, options={**last.options, **typed.options})
    return take_turn(index, talk_of(index, turns[:at]), amended, settings, seed)


def talk_of(index: LibraryIndex, turns: Iterable[Turn]) -> Talk:
    """Return what the turns of earlier commands amount to; nothing is searched for."""
    names, talk = LibraryNames(index.catalogue), Talk()
    with index.catalogue.at_once():
        for turn in turns:
            if is_edit(turn.asked.text):
                talk = dropped(talk, turn.asked.text, turn.out)
            else:
                read = _read_again(index, names, talk, turn.asked)
                talk = advanced(read, turn.shown, frozenset(turn.out))
    songs = library.song_names(index.lib, sorted(talk.shown)).values()
    return replace(talk, songs=frozenset(map(song_key, songs)))


def _read_again(index: LibraryIndex, names: LibraryNames, talk: Talk, asked: UserRequest) -> Heard:
    """Return a turn that was taken before, without words if the library gives them no meaning."""
    try:
        return read_turn(index, names, talk, asked)
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
    """Answer a turn by tracks that are not in `without`; raise NothingFoundError without any."""
    is_new = turn.talk.shown <= without  # else what was shown may come again
    songs = turn.talk.songs if is_new else frozenset[SongKey]()
    before = Before(turn.leads, tuple(_leans(turn)), without, songs)
    resolved = resolve_parsed(index, names, turn.asked, turn.request, (), settings, before)
    return respond(index, resolved, turn.asked, settings, seed)


def _leans(turn: Heard) -> Iterator[Lean]:
    """Yield what earlier turns pull towards, and away from."""
    talk = turn.talk
    for lead in turn.leads:
        yield Lean(LEADS / len(turn.leads), tracks=lead.tracks)
    if not turn.leaves:
        for age, topic in enumerate(talk.topics[:TOPICS], 1):
            yield Lean(TOPIC**age, text=topic)
        if talk.turns and talk.draft:
            yield Lean(KEPT, tracks=talk.draft[-RECENT:])
    rejected = talk.out & talk.shown
    if rejected:
        yield Lean(-OUT, tracks=tuple(sorted(rejected)))


def _unfit(index: LibraryIndex, names: LibraryNames, turn: Heard) -> frozenset[int]:
    """Return the tracks that are not to come.

    These were taken out in any turn, or are of the draft and excluded by the request.
    """
    draft, out = frozenset(turn.talk.draft), turn.talk.out
    if draft and turn.request.exclude:
        question = index.search.ask(rendered(index, Wish(exclude=turn.request.exclude), "")[0])
        out |= draft - index.search.scored(question, draft).keys()
        unwanted = unwanted_names(turn.request.exclude, names, index.describes)
        out |= draft.intersection(track for one in unwanted for track in one.tracks)
    return out
