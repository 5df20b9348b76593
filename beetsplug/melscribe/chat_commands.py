"""What a chat can do: take a turn, and the commands beside it.

Reading order: `Chat`, what is going on; `turn`; the commands, which say what they did in a `Reply`;
`COMMANDS`, their table. Every one of them opens the index anew, so that all see what other programs
have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import randrange
from typing import Any, TypeVar

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import chat_lines, library, output, playlist_file, request, talk_file
from beetsplug.melscribe.answer import Answer, listed, reminded
from beetsplug.melscribe.chat_lines import Command, Spans
from beetsplug.melscribe.conversation import dropped, take_turn, talk_of
from beetsplug.melscribe.index import LibraryIndex, with_index
from beetsplug.melscribe.index_file import index_path
from beetsplug.melscribe.reasons import reasons
from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.saved import of_turns
from beetsplug.melscribe.saved_commands import store
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.turns import DROP, Talk
from melscribe_core.playlist.m3u import Options
from melscribe_core.text import counted

T = TypeVar("T")

NOTHING = "the list is empty; say what you want to hear"
NAMED = 3  # tracks that are named when they are taken out
GONE = "a track that is no longer in the library"


@dataclass(frozen=True)
class State:
    """What a chat has come to, to which `undo` can go back.

    `shown` is the list last shown, None before the first. `typed` is what the command line adds to
    the next turn.
    """

    talk: Talk = field(default_factory=Talk)
    shown: Answer | None = None
    typed: UserRequest = field(default_factory=UserRequest)

    @property
    def numbered(self) -> tuple[int, ...]:
        """Return the tracks that numbers refer to, in order; empty before the first list."""
        return () if self.shown is None else _tracks(self.shown)


@dataclass(frozen=True)
class Reply:
    """What is answered to a line: a list, or lines; and the notes beside it.

    `size` says how long the playlist has become; a program reads that in its draft.
    """

    found: Answer | None = None
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    size: str = ""
    ends: bool = False


@dataclass
class Chat:
    """A chat that is going on.

    `start` is what the command line asks for beside words, `shape` how playlist files are written.
    `before` holds the states that `undo` returns to, the latest last; `reasons` why a track came.
    With `keeps` the conversation is kept for `--again`.
    """

    lib: Library
    settings: Settings
    opts: Any
    shape: Options
    start: UserRequest
    keeps: bool
    state: State
    before: list[State] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    problem: str = ""  # why the conversation could not be kept
    database: tuple[int, int] | None = None  # the file of the library, as it was last

    @property
    def draft(self) -> tuple[int, ...]:
        """Return the tracks of the playlist so far."""
        return self.state.talk.draft

    def ask(self, run: Callable[[LibraryIndex], T]) -> T:
        """Return what `run` finds in an index that is up to date, of the library as it is."""
        self.database = library.reopened(self.lib, self.database)
        return with_index(self.lib, self.settings, run, fresh=True)

    def advance(self, talk: Talk, shown: Answer | None) -> list[str]:
        """Go on to another state, which is kept; return a note when that fails."""
        self.before.append(self.state)
        typed = UserRequest() if talk.turns else self.start
        self.state = State(talk, shown, typed)
        return self.remember()

    def remember(self) -> list[str]:
        """Keep the conversation for `--again`; say once if that is impossible."""
        if not self.keeps:
            return []
        file = talk_file.talk_file(index_path(self.lib, self.settings))
        problem, self.problem = self.problem, _kept(file, self.lib, self.state.talk)
        if not self.problem or problem:
            return []
        return [f"`--again` cannot go on from here: this chat cannot be kept ({self.problem})"]

    def size(self) -> str:
        """Return how many tracks the playlist has, in words."""
        return f"{len(self.draft):,} in the list"


def _kept(file: Path, lib: Library, talk: Talk) -> str:
    """Keep a conversation; without turns there is none. Return "", or why that failed."""
    if talk.turns:
        return talk_file.keep(file, lib, talk.turns)
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        return error.strerror or str(error)
    return ""


# A turn


def turn(chat: Chat, line: str) -> Reply:
    """Answer what is said; raise UserError as `take_turn` does, the chat is then as before."""
    typed = replace(chat.state.typed, text=request.in_words(line).text)
    run = partial(_taken, chat, typed)
    talk, found = chat.ask(run if chat.opts.json else partial(reminded, answered=run))
    tracks = _tracks(found)
    chat.reasons.update(zip(tracks, reasons(found), strict=True))
    new = len(set(tracks).difference(chat.draft))
    shown = replace(found, understood="", notes=[])
    found.notes.extend(chat.advance(talk, shown))
    return Reply(found, size=f"{new:,} new, {chat.size()}" if new else chat.size())


def _taken(chat: Chat, typed: UserRequest, index: LibraryIndex) -> tuple[Talk, Answer]:
    """Take a turn; one that starts over starts with what the command line says, too."""
    before, settings = chat.state.talk, chat.settings
    seed = randrange(1 << 32) if chat.opts.shuffle else chat.opts.seed
    talk, found = take_turn(index, before, typed, settings, seed)
    if before.turns and len(talk.turns) == 1 and chat.start != UserRequest():
        return take_turn(index, before, replace(chat.start, text=typed.text), settings, seed)
    return talk, found


# Single tracks


def drop(chat: Chat, spans: Spans) -> Reply:
    """Take tracks out, by their numbers in the list last shown."""
    return _without(chat, _numbered(chat, spans))


def keep(chat: Chat, spans: Spans) -> Reply:
    """Take the other tracks of the list last shown out."""
    stay = _numbered(chat, spans)
    return _without(chat, [track for track in chat.state.numbered if track not in stay])


def why(chat: Chat, spans: Spans) -> Reply:
    """Say why tracks came."""
    tracks = _numbered(chat, spans)
    unknown = [track for track in tracks if track not in chat.reasons]
    if unknown:  # of an earlier command: against what is asked for now
        found = chat.ask(partial(_listed, chat.state.talk, unknown))
        chat.reasons.update(zip(_tracks(found), reasons(found), strict=True))
    gone = "it is no longer in the library"
    return Reply(lines=tuple(chat.reasons.get(track, gone) for track in tracks))


def _numbered(chat: Chat, spans: Spans) -> list[int]:
    """Return the tracks with these numbers; raise UserError for a number that the list lacks."""
    there = chat.state.numbered
    if not there:
        raise UserError("no list was shown yet; say what you want to hear")
    tracks: list[int] = []
    for first, last in spans:
        first, last = sorted((first, last))
        wrong = first if first < 1 else last
        if not 1 <= wrong <= len(there):
            raise UserError(
                f"there is no number {wrong} in the list last shown, which has"
                f" {counted(len(there), 'track')}"
            )
        tracks += there[first - 1 : last]
    return list(dict.fromkeys(tracks))


def _without(chat: Chat, tracks: Iterable[int]) -> Reply:
    """Take tracks out of the playlist; raise UserError when none of them is in it."""
    talk = chat.state.talk
    gone = [track for track in tracks if track in talk.draft]
    if not gone:
        raise UserError(f"there is nothing to take out; {chat.size()}")
    songs = library.song_names(chat.lib, gone)
    names = [output.named(songs[track]) if track in songs else GONE for track in gone]
    for track, name in zip(gone, names, strict=True):
        talk = dropped(talk, DROP + name, (track,))
    notes = chat.advance(talk, chat.state.shown)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    said = f"took out {'; '.join(names[:NAMED])}{more}: {chat.size()}"
    return Reply(notes=(said, *notes))


# The whole


def undo(chat: Chat, nothing: str) -> Reply:
    """Go back to the state before the last turn or edit, and show its list.

    Raises UserError when there is none.
    """
    turns = chat.state.talk.turns
    if chat.before:
        chat.state = chat.before.pop()
    elif turns:  # of an earlier command
        talk = chat.ask(partial(talk_of, turns=turns[:-1]))
        chat.state = State(talk, typed=UserRequest() if talk.turns else chat.start)
    else:
        raise UserError("there is nothing to undo")
    notes = chat.remember()
    if chat.state.shown is None and not chat.draft:
        return Reply(notes=("nothing has been said yet; say what you want to hear", *notes))
    reply = show_list(chat, nothing) if chat.state.shown is None else Reply(chat.state.shown)
    return replace(reply, notes=tuple(notes), size=chat.size())


def show_list(chat: Chat, nothing: str) -> Reply:
    """Show the whole playlist, to which numbers refer from now on; raise UserError for none."""
    _refuse_empty(chat)
    found = chat.ask(partial(_listed, chat.state.talk, chat.draft))
    chat.state = replace(chat.state, shown=replace(found, notes=[]))
    return Reply(found, size=chat.size())


def _listed(talk: Talk, tracks: Sequence[int], index: LibraryIndex) -> Answer:
    return listed(index, tracks, talk.request, [*index.notes])


def _tracks(found: Answer) -> tuple[int, ...]:
    return tuple(pick.song.track for pick in found.chosen.picks)


def _refuse_empty(chat: Chat) -> None:
    if not chat.draft:
        raise UserError(NOTHING)


def play(chat: Chat, nothing: str) -> Reply:
    """Play the playlist; the chat goes on when the player ends, or leaves it alone."""
    from beetsplug.melscribe.player import play_aside

    _refuse_empty(chat)
    items = library.items_in_order(chat.lib, chat.draft)
    asks = request.is_typed() and not chat.opts.json
    play_aside(items, chat.opts.args, yes=bool(chat.opts.yes) or not asks, quiet=chat.opts.json)
    return Reply()


def save_file(chat: Chat, file: str) -> Reply:
    """Write the playlist to a file; raise PlaylistError where none may be written."""
    _refuse_empty(chat)
    playlist_file.refuse(file, chat.shape)
    items = library.items_in_order(chat.lib, chat.draft)
    called = chat.state.talk.turns[0].asked.text
    return Reply(notes=(playlist_file.write(file, called, items, chat.shape),))


def save_as(chat: Chat, name: str) -> Reply:
    """Save what was said, from which the playlist can be written anew; see `store` for errors."""
    _refuse_empty(chat)
    turns = [turn.asked for turn in chat.state.talk.turns]
    saved = of_turns(name, turns, chat.opts.seed, shuffle=bool(chat.opts.shuffle))
    return Reply(notes=tuple(store(chat.lib, chat.settings, saved)))


def begin_anew(chat: Chat, nothing: str) -> Reply:
    """Forget what was said; `undo` brings it back."""
    notes = chat.advance(Talk(), None)
    return Reply(notes=("the list is empty now; `undo` brings the old one back", *notes))


def show_help(chat: Chat, nothing: str) -> Reply:
    """Show the commands."""
    return Reply(lines=tuple(chat_lines.help_lines(COMMANDS)))


def end(chat: Chat, nothing: str) -> Reply:
    """End the chat."""
    return Reply(ends=True)


COMMANDS = (
    Command(
        ("drop", "remove"),
        "3 7-9",
        "take these out, by their numbers in the list last shown",
        chat_lines.numbers,
        drop,
        ("drop 3 7", "drop 2-5", "drop 3, 7 and 9", "remove #4", "Drop 3."),
        ("drop the dance ones", "drop x", "drop 90s music", "drop 3 of them", "dropkick"),
    ),
    Command(
        ("keep",),
        "1-4",
        "take the others of that list out",
        chat_lines.numbers,
        keep,
        ("keep 1-4", "keep 1 3", "keep 1 to 4"),
        ("keep it slow", "keep 10 songs", "keep going", "keepers"),
    ),
    Command(
        ("why",),
        "3",
        "say why this one came",
        chat_lines.numbers,
        why,
        ("why 3", "why 3?", "why 1-3"),
        ("why so sad", "why this one?", "why not jazz"),
    ),
    Command(
        ("undo",),
        "",
        "go back to before the last turn, drop or keep",
        chat_lines.nothing,
        undo,
        ("undo", "Undo!"),
        ("undo the sadness?", "undone"),
    ),
    Command(
        ("list",),
        "",
        "show the whole list; numbers then refer to it",
        chat_lines.nothing,
        show_list,
        ("list", "LIST"),
        ("list some happy songs", "listen to jazz"),
    ),
    Command(
        ("play",),
        "",
        "play the list, as `beet play` would",
        chat_lines.nothing,
        play,
        ("play", "play."),
        ("play some jazz", "play it slower", "playful"),
    ),
    Command(
        ("save as",),
        "NAME",
        "save what was said: `beet describe --update` uses it",
        chat_lines.name,
        save_as,
        ("save as Sunday", 'save as "Rainy Sunday"'),
        ("save astronauts",),
    ),
    Command(
        ("save",),
        "FILE",
        "write the list to FILE.m3u8",
        chat_lines.file,
        save_file,
        ("save run.m3u8", "save my run.M3U", "save ~/run", 'save "my run.m3u8"', "save to a.m3u"),
        ("save me from boredom", "save tonight", "save it for later", "save AC/DC"),
    ),
    Command(
        ("new", "start over"),
        "",
        "forget what was said, and start with an empty list",
        chat_lines.nothing,
        begin_anew,
        ("new", "start over", "Start over!"),
        ("new wave", "new songs", "start over with jazz", "news"),
    ),
    Command(
        ("help",),
        "",
        "show this",
        chat_lines.nothing,
        show_help,
        ("help", "help!"),
        ("help me relax", "helpless"),
    ),
    Command(
        ("quit", "exit"),
        "",
        "end; `beet describe --chat --again` goes on",
        chat_lines.nothing,
        end,
        ("quit", "exit", "exit."),
        ("quiet", "exit music for a film"),
    ),
)
