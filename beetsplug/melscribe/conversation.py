"""A conversation about a playlist: each turn brings new tracks, from all that was said before.

Reading order: `Talk`, what the turns so far amount to; `take_turn`, the page of one turn; `heard`,
which reads its words; what they take out; what the answer is searched with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from statistics import median

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
from beetsplug.melscribe.facts import year_of
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.name_index import LibraryNames
from beetsplug.melscribe.names import LEADS, named_in
from beetsplug.melscribe.output import named
from beetsplug.melscribe.request import UserRequest, refined
from beetsplug.melscribe.settings import Settings
from beetsplug.melscribe.turns import Turn
from beetsplug.melscribe.words import NothingAskedError, Reader, read_words, unread
from melscribe_core.conversation.remark import Remark, read_remark, understood
from melscribe_core.playlist.order import known_tempo
from melscribe_core.request.grammar.lexicon import is_a, kind_of, phrase_of
from melscribe_core.request.names import Named, resolve
from melscribe_core.request.refinement import joined, refine, weighed
from melscribe_core.request.request import Request
from melscribe_core.search.question import Lean, Wish
from melscribe_core.search.words import content_words
from melscribe_core.text import counted

# Weights of what came before, beside 1 for the words of a turn (benchmarks.quality.dialogues).
TOPIC = 0.4  # of the topic before; a still older one has TOPIC of that, and so on
TOPICS = 3  # earlier topics that still count
KEPT = 0.5  # of the mean of the tracks that were kept
OUT = 0.3  # of the mean of the tracks that were taken out, away from it
RECENT = 60  # tracks of the draft, the latest, whose mean counts

DROP = "drop: "  # before the name of a track that is taken out

_ARTISTS_LIKE = re.compile(
    r"\b(?:artist|band|singer|group|rapper|act)s? (?:like|such as)\b", re.IGNORECASE
)
_SUNG = re.compile(
    r"\b(?:with|some|add) (?:vocals|singing|lyrics|a singer|voices?)\b", re.IGNORECASE
)
_PRONOUNS = frozenset("he him his her hers she it its they them their theirs".split())
_SPANS = ("years", "bpm", "track_seconds")


@dataclass(frozen=True)
class Talk:
    """What a conversation amounts to so far; without turns nothing was said.

    `asked` joins the query terms, examples and options of all turns. `request` holds what counts
    now, `about` being the present topic; `topics` are the earlier ones, newest first. `leads` are
    the names whose tracks come first; the first `latest` of them were said last. `draft` is the
    playlist so far, `last` what the latest turn showed, `shown` all that was shown. `out` holds the
    tracks that are not to come again.
    """

    turns: tuple[Turn, ...] = ()
    asked: UserRequest = field(default_factory=UserRequest)
    request: Request = field(default_factory=lambda: Request("", ""))
    topics: tuple[str, ...] = ()
    leads: tuple[Named, ...] = ()
    latest: int = 0
    draft: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    shown: frozenset[int] = frozenset()
    out: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Heard:
    """A turn whose words were read: the talk with them in it, and what this turn alone asks for.

    `typed` is the turn as it was typed, `asked` the same with the options of earlier turns. The
    names in `leads` lead again. With `repeats` nothing is searched for: the draft is shown again.
    With `only_new` what was shown is not shown again, even if nothing else fits.
    """

    talk: Talk
    typed: UserRequest
    asked: UserRequest
    request: Request
    leads: tuple[Named, ...] = ()
    notes: tuple[str, ...] = ()
    repeats: bool = False
    only_new: bool = False


def take_turn(
    index: LibraryIndex, talk: Talk, typed: UserRequest, settings: Settings, seed: int | None
) -> tuple[Talk, Answer]:
    """Answer one turn; return the talk with it, and the answer: tracks that are new in the talk.

    When no new one is left, those that fit of the tracks shown are listed again. Raises UserError,
    as `answer` does; the talk is then as before.
    """
    names = LibraryNames(index.catalogue)
    with index.catalogue.at_once():
        refuse_empty(index)
        turn = heard(index, names, talk, typed)
        if turn.repeats:
            return turn.talk, listed(index, turn.talk.draft, turn.request, [*turn.notes])
        out = _unfit(index, turn)
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
    said = set(turn.request.leads)
    for lead in turn.talk.leads:
        if lead.said in said and turn.talk.shown.union(out).issuperset(lead.tracks):
            yield f"every track of {lead.name} was shown before"


def _lenient(turn: Heard) -> Heard:
    """Return the turn with every score let in."""
    options = {**turn.asked.options, "min_score": 0.0}
    return replace(turn, asked=replace(turn.asked, options=options))


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
    last = turns[-1].asked
    amended = replace(last, options={**last.options, **typed.options})
    return take_turn(index, told(index, turns[:-1]), amended, settings, seed)


def told(index: LibraryIndex, turns: Iterable[Turn]) -> Talk:
    """Return what the turns of earlier commands amount to; nothing is searched for."""
    names, talk = LibraryNames(index.catalogue), Talk()
    with index.catalogue.at_once():
        for turn in turns:
            if is_edit(turn.asked.text):
                talk = dropped(talk, turn.asked.text, turn.out)
            else:
                before = heard(index, names, talk, turn.asked)
                talk = advanced(before, turn.shown, frozenset(turn.out))
    return talk


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


# What a turn says


def heard(index: LibraryIndex, names: LibraryNames, talk: Talk, typed: UserRequest) -> Heard:
    """Read the words of a turn, after what was said before."""
    if not talk.turns:
        return _begun(index, names, typed)
    remark = _remark(index, names, talk, typed)
    if remark.ends:
        raise NothingAskedError(
            f"nothing more was asked for; {counted(len(talk.draft), 'track')} so far"
        )
    if remark.anew:
        begun = _begun(index, names, replace(typed, text=remark.words))
        return replace(begun, typed=typed, notes=(*_understood(remark), *begun.notes))
    talk = replace(talk, asked=replace(refined(talk.asked, replace(typed, text="")), text=""))
    asked = replace(talk.asked, text=typed.text)
    if remark.repeats:
        return Heard(talk, typed, asked, talk.request, notes=_understood(remark), repeats=True)
    if remark.count is not None and typed.option("number") is None:
        asked = replace(asked, options={**asked.options, "number": remark.count})
    return _continued(index, names, Heard(talk, typed, asked, talk.request), remark)


def _begun(index: LibraryIndex, names: LibraryNames, typed: UserRequest) -> Heard:
    request, notes = read_words(index, names, typed)
    held = replace(request, leads=())
    leads = named_in(names, request)
    asked = replace(typed, text="")
    talk = Talk(asked=asked, request=held, leads=leads, latest=len(leads))
    return Heard(talk, typed, typed, request, notes=tuple(notes))


def _remark(index: LibraryIndex, names: LibraryNames, talk: Talk, typed: UserRequest) -> Remark:
    """Read a turn; "that isn't metal" excludes metal, unless metal is what was asked for."""
    if typed.option("literal"):
        return Remark(words=typed.text)

    def is_name(phrase: str) -> bool:
        kinds = names.kinds_of(phrase)
        words = phrase_of(phrase)
        is_work = len(words) > 1 and bool(kinds & {"title", "album"})
        return not kind_of(*words) and (is_work or bool(kinds & {"artist", "credit"}))

    remark = read_remark(typed.text, is_name)
    if not remark.rejects or remark.words:
        return remark
    unwanted = Reader(index, names).read(typed.text).exclude
    about = talk.request.about.casefold()
    is_exclusion = unwanted and not any(phrase.casefold() in about for phrase in unwanted)
    return Remark(words=typed.text) if is_exclusion else remark


def _understood(remark: Remark) -> tuple[str, ...]:
    said = understood(remark)
    return (f"understood: {said}",) if said else ()


def _continued(index: LibraryIndex, names: LibraryNames, turn: Heard, remark: Remark) -> Heard:
    """Return the turn with what its words change."""
    reader = Reader(index, names, literal=bool(turn.typed.option("literal")))
    words = reader.mended(remark.words)
    said = _liked(reader.read(words), words) if words else Request("", "")
    wanted = named_in(names, said)
    talk = _without(index, names, turn.talk, remark, wanted)
    again: tuple[Named, ...] = ()
    if _is_topic(said, wanted, remark):
        talk = _with_topic(talk, said, wanted, remark)
        request = replace(
            talk.request,
            count=said.count or talk.request.count,
            leads=joined(said.leads, (*said.by, *said.named)),
        )
    else:
        request = refine(talk.request, words, reader.read) if words else talk.request
        again = _of_last(index, names, talk) if remark.of_last else talk.leads
        if not words:  # more of the same: not these artists alone, but what is like them too
            request = replace(request, by=(), named=())
    more, less = (*remark.more, *turn.typed.more), (*remark.less, *turn.typed.less)
    request = _consistent(weighed(request, more, less), words)
    request, notes = _by_degree(index, talk, request, remark)
    talk = replace(talk, request=replace(request, leads=(), count=talk.request.count))
    said_notes = (*_understood(remark), *unread(turn.typed, said), *reader.notes, *notes)
    return replace(
        turn, talk=talk, request=request, leads=again, notes=said_notes, only_new=remark.rejects
    )


def _of_last(index: LibraryIndex, names: LibraryNames, talk: Talk) -> tuple[Named, ...]:
    """Return the name that "more of him" means: named last, or of the first track shown last."""
    if talk.leads:
        return talk.leads[: max(1, talk.latest)]
    songs = library.song_names(index.lib, talk.last[:1])
    found = (resolve(song.artist, names.people) for song in songs.values())
    return tuple(named for named in found if named is not None)


def _consistent(request: Request, words: str) -> Request:
    """Return the request without what a turn takes back: "less electronic", "with vocals"."""
    about = request.about
    for phrase in request.less:
        about = _without_phrase(about, phrase)
    if _SUNG.search(words) and "instrumental" in about.casefold():
        about = _without_phrase(about, "instrumental")
        request = replace(request, exclude=joined(request.exclude, ("instrumental",)))
    return replace(request, about=about)


def _without_phrase(about: str, phrase: str) -> str:
    """Return the words without a phrase; "" when nothing but nouns for music is left."""
    left = re.sub(rf"\b{re.escape(phrase)}\b", " ", about, flags=re.IGNORECASE)
    if left == about:
        return about
    said = [word for word in content_words(left) if not is_a(word, "piece", "whatever", "list")]
    return " ".join(left.split()).strip(" ,") if said else ""


def _liked(said: Request, words: str) -> Request:
    """Return what was said with the artists of "artists like X" wanted, not only as examples."""
    if said.like and _ARTISTS_LIKE.search(words):
        return replace(said, like=(), leads=joined(said.leads, said.like))
    return said


def _is_topic(said: Request, wanted: Sequence[Named], remark: Remark) -> bool:
    """Return whether words name something else to hear, and do not change what was asked for."""
    if wanted or said.like:
        return True
    if not said.about:
        return False
    parts = [phrase_of(part) for part in said.about.split(",")]
    is_kind = all(kind_of(*part) == "genre" for part in parts)
    return remark.switches or remark.adds or remark.meant or remark.rejects or is_kind


def _with_topic(talk: Talk, said: Request, wanted: tuple[Named, ...], remark: Remark) -> Talk:
    """Return a talk whose present topic is what was said; what is not wanted stays unwanted.

    What the earlier topic demanded (years, tempo, lengths) holds on for a kind of music that is
    added, not for names, and not for what takes its place.
    """
    before = talk.request
    about = (before.about,) if before.about else ()
    kept = {} if wanted or remark.switches else {name: getattr(before, name) for name in _SPANS}
    request = replace(
        said,
        leads=(),
        by=(),
        named=(),
        exclude=joined(before.exclude, said.exclude),
        less=joined(before.less, said.less),
        count=before.count,
        minutes=said.minutes or before.minutes,
        per_artist=before.per_artist if said.per_artist is None else said.per_artist,
        per_album=before.per_album if said.per_album is None else said.per_album,
        queries=joined(before.queries, said.queries),
        **{name: value for name, value in kept.items() if getattr(said, name) is None},
    )
    earlier = tuple(one for one in talk.leads if one not in wanted)
    leads = (*wanted, *earlier) if wanted else ()
    topics = (*about, *talk.topics)
    return replace(talk, request=request, topics=topics, leads=leads, latest=len(wanted))


# What a turn takes out


def _without(
    index: LibraryIndex,
    names: LibraryNames,
    talk: Talk,
    remark: Remark,
    wanted: Sequence[Named],
) -> Talk:
    """Return the talk without what a remark takes out by name, and what it rejects."""
    out = set(talk.last) if remark.rejects else set()
    if remark.of_others:
        out |= {track for one in talk.leads for track in one.tracks}
    if remark.meant:
        out |= set(talk.last) - {track for one in wanted for track in one.tracks}
    request = talk.request
    gone: list[Named] = []
    for phrase in remark.out:
        found = _named_out(index, names, talk, phrase)
        gone += found
        if not found and phrase.casefold() not in _PRONOUNS:
            request = replace(request, exclude=joined(request.exclude, (phrase,)))
    out.update(track for one in gone for track in one.tracks)
    lost = {track for one in gone for track in one.tracks}
    leads = tuple(one for one in talk.leads if not lost.issuperset(one.tracks))
    leads = () if remark.of_others else leads
    return replace(talk, request=request, leads=leads, out=talk.out | out)


def _named_out(
    index: LibraryIndex, names: LibraryNames, talk: Talk, phrase: str
) -> Sequence[Named]:
    """Return the names that a phrase to take out means: a pronoun means those of the last turn."""
    if phrase.casefold() in _PRONOUNS:
        return talk.leads[: max(1, talk.latest)]
    if index.describes(phrase) and not names.kinds_of(phrase) & {"artist"}:
        return ()
    if names.kinds_of(phrase):
        found = resolve(phrase, names.kinds)
        return [found] if found is not None else ()
    return named_in(names, Reader(index, names).read(phrase))  # "Lady Gaga after all"


def _unfit(index: LibraryIndex, turn: Heard) -> frozenset[int]:
    """Return the tracks of the draft that a turn takes out: by name, or for what they are."""
    draft, out = frozenset(turn.talk.draft), turn.talk.out
    if draft and turn.request.exclude:
        question = index.search.ask(Wish(exclude=turn.request.exclude))
        out |= draft - index.search.scored(question, draft).keys()
    return out


# What an answer is searched with


def _answered(
    index: LibraryIndex,
    names: LibraryNames,
    turn: Heard,
    settings: Settings,
    seed: int | None,
    without: frozenset[int],
) -> Answer:
    before = Before(turn.leads, tuple(_leans(turn)), without)
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


def _by_degree(
    index: LibraryIndex, talk: Talk, request: Request, remark: Remark
) -> tuple[Request, list[str]]:
    """Return the request with "newer" and the like measured against what was shown last."""
    if not remark.degrees:
        return request, []
    notes: list[str] = []
    items = library.items_by_id(index.lib, talk.last).values()
    years = [year for item in items if (year := year_of(item))]
    tempi = [tempo for item in items if (tempo := known_tempo(item.bpm))]
    for degree in remark.degrees:
        known = years if degree in ("newer", "older") else tempi
        if degree in ("newer", "older") and known:
            middle = int(median(known))
            span = (middle + 1, None) if degree == "newer" else (None, middle - 1)
            request = replace(request, years=span)
        elif degree in ("faster", "slower") and len(known) * 2 > len(items):
            pace = median(known)
            request = replace(request, bpm=(pace, None) if degree == "faster" else (None, pace))
        elif degree in ("faster", "slower"):
            words = ("fast", "slow") if degree == "faster" else ("slow", "fast")
            request = weighed(request, words[:1], words[1:])
            if degree == "slower":
                request = weighed(request, ("slow",), ("fast",))
        else:
            notes.append(f"no year is known of what was shown: nothing is known to be {degree}")
    return request, notes
