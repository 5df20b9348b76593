"""The words of a turn -> what the conversation asks for after it.

Reading order: `Heard`, a turn that was read; `read_turn`; a first turn and a later one; a new
topic; what a turn takes out; what it changes by degree. Nothing is searched for here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from beetsplug.melscribe import library
from beetsplug.melscribe.facts import year_of
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.name_index import LibraryNames
from beetsplug.melscribe.names import named_in, unwanted_names
from beetsplug.melscribe.output import named, printable
from beetsplug.melscribe.request import UserRequest, refined
from beetsplug.melscribe.turns import Talk
from beetsplug.melscribe.words import NothingAskedError, Reader, read_words, unknown_words, unread
from melscribe_core.conversation.places import places
from melscribe_core.conversation.remark import Remark, read_remark, understood
from melscribe_core.playlist.choice import song_key
from melscribe_core.playlist.order import known_tempo
from melscribe_core.request.grammar.lexicon import is_a, is_known_act, kind_of, phrase_of
from melscribe_core.request.names import fold
from melscribe_core.request.refinement import joined, refine, weighed
from melscribe_core.request.request import Request
from melscribe_core.request.resolution import Named, resolve
from melscribe_core.search.words import content_words
from melscribe_core.text import brief, counted

_ARTISTS_LIKE = re.compile(
    r"\b(?:artist|band|singer|group|rapper|act)s? (?:like|such as)\b", re.IGNORECASE
)
_SUNG = re.compile(
    r"\b(?:with|some|add) (?:vocals|singing|lyrics|a singer|voices?)\b", re.IGNORECASE
)
_PRONOUNS = frozenset(
    "he him his her hers she it its they them their theirs both artist band singer group"
    " rapper".split()
)
_AND = re.compile(r"\s*(?:,|;|&|\band\b|\bor\b)\s*", re.IGNORECASE)
_PAIRS = (
    *(("loud", "quiet"), ("slow", "fast"), ("happy", "sad"), ("calm", "energetic")),
    *(("soft", "heavy"), ("dark", "bright"), ("upbeat", "mellow"), ("old", "new")),
)
_OPPOSITES = {**dict(_PAIRS), **{second: first for first, second in _PAIRS}}
_SPANS = ("years", "bpm", "track_seconds")
_TEMPI = {"faster": ("fast", "slow"), "slower": ("slow", "fast")}  # towards, away from


@dataclass(frozen=True)
class Heard:
    """A turn whose words were read: the talk with them in it, and what this turn alone asks for.

    `typed` is the turn as it was typed, `asked` the same with the options of earlier turns. The
    names in `leads` lead again, those in `named` since "more of him" means them. `said` is what the
    turn was taken for, on one line. With `repeats` nothing is searched for: the draft is shown
    again. With `only_new` what was shown is not shown again, even if nothing else fits. With
    `leaves` what was asked for before no longer counts.
    """

    talk: Talk
    typed: UserRequest
    asked: UserRequest
    request: Request
    leads: tuple[Named, ...] = ()
    said: str = ""
    notes: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    repeats: bool = False
    only_new: bool = False
    leaves: bool = False


def read_turn(index: LibraryIndex, names: LibraryNames, talk: Talk, typed: UserRequest) -> Heard:
    """Read the words of a turn, after what was said before.

    Raises NothingAskedError for a turn that ends the conversation, or has no words to begin with.
    """
    if not talk.turns:
        return _first_turn(index, names, typed)
    remark = _remark(index, names, talk, typed)
    if remark.ends:
        raise NothingAskedError(
            f"nothing more was asked for; the list has {counted(len(talk.draft), 'track')}"
        )
    if remark == Remark(asks=True):
        raise NothingAskedError(
            f'"{printable(brief(typed.text))}": questions are not answered; say what to change,'
            " such as: slower"
        )
    if remark.anew:
        if not remark.words:
            raise NothingAskedError("to begin anew, say what you want to hear")
        begun = _first_turn(index, names, replace(typed, text=remark.words))
        return replace(begun, said=understood(remark))
    talk = replace(talk, asked=replace(refined(talk.asked, replace(typed, text="")), text=""))
    asked = replace(talk.asked, text=typed.text)
    if remark.repeats:
        said = understood(remark)
        return Heard(talk, typed, asked, talk.request, said=said, repeats=True)
    if remark.count is not None and typed.option("number") is None:
        asked = replace(asked, options={**asked.options, "number": remark.count})
    return _later_turn(index, names, Heard(talk, typed, asked, talk.request), remark)


def _first_turn(index: LibraryIndex, names: LibraryNames, typed: UserRequest) -> Heard:
    """Read a turn that begins a conversation; raise NothingAskedError when it asks for nothing."""
    request, notes = read_words(index, names, typed)
    held = replace(request, leads=())
    leads = named_in(names, request)
    asked = replace(typed, text="")
    talk = Talk(asked=asked, request=held, leads=leads, latest=len(leads))
    return Heard(talk, typed, typed, request, notes=tuple(notes))


def _remark(index: LibraryIndex, names: LibraryNames, talk: Talk, typed: UserRequest) -> Remark:
    """Read a turn; with `--literal` all of it is words.

    "that isn't metal" excludes metal, unless metal is what was asked for.
    """
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


def _later_turn(index: LibraryIndex, names: LibraryNames, turn: Heard, remark: Remark) -> Heard:
    """Return a turn after others, with what its words change of what they asked for."""
    reader = Reader(index, names, literal=bool(turn.typed.option("literal")))
    words = reader.mended(remark.words)
    _refuse_empty(turn.typed, remark)
    said = _liked(reader.read(words), words) if words else Request("", "")
    wanted = named_in(names, said)
    absent = () if wanted else _absent(index, said)
    if absent:
        words, said = "", Request("", "")
    placed = _placed(index, turn.talk, remark)
    talk = _without(index, names, _with_again(index, names, turn.talk, wanted), remark, wanted)
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
    request = _consistent(weighed(_without_opposites(request, more), more, less), words)
    request, notes = _by_degree(index, talk, request, remark)
    talk = replace(talk, request=replace(request, leads=(), count=talk.request.count))
    strange = unknown_words(index, said) if _is_words(remark) else []
    strange = [f"not here: {', '.join(absent)}"] if absent else strange
    languages = reader.on_language(turn.typed.text)
    all_notes = (*languages, *strange, *unread(turn.typed, said), *reader.notes, *placed, *notes)
    return replace(
        turn,
        talk=talk,
        request=request,
        leads=again,
        said="" if strange else understood(remark),
        notes=all_notes,
        named=tuple(one.said for one in again) if remark.of_last else (),
        only_new=remark.rejects,
        leaves=remark.switches,
    )


def _is_words(remark: Remark) -> bool:
    return remark == Remark(words=remark.words)


def _refuse_empty(typed: UserRequest, remark: Remark) -> None:
    """Raise NothingAskedError for a turn of signs alone."""
    said = typed.terms or typed.more or typed.less or typed.examples or typed.option("literal")
    if said or not _is_words(remark):
        return
    if typed.text and not any(sign.isalnum() for sign in typed.text):
        raise NothingAskedError(
            f'"{printable(brief(typed.text))}" says nothing that could be searched'
        )


def _absent(index: LibraryIndex, said: Request) -> tuple[str, ...]:
    """Return the well-known names that are all that was said and that are not here."""
    parts = [part for part in _AND.split(said.about) if part]
    whole = (said.about,) if is_known_act(fold(said.about)) else tuple(parts)
    are_names = all(part != part.lower() and is_known_act(fold(part)) for part in whole)
    known = any(index.describes(part) or kind_of(*phrase_of(part)) for part in whole)
    return whole if are_names and not known else ()


def _of_last(index: LibraryIndex, names: LibraryNames, talk: Talk) -> tuple[Named, ...]:
    """Return the names that "more of him" means; () for none.

    Those named last, else the artist of the first track shown last.
    """
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


def _without_opposites(request: Request, more: Sequence[str]) -> Request:
    """Return the request without the earlier wishes that new ones take back: "quieter"."""
    gone = {_OPPOSITES[phrase] for phrase in more if phrase in _OPPOSITES}
    return replace(request, more=tuple(one for one in request.more if one not in gone))


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
        less=joined(
            [phrase for phrase in before.less if phrase not in _TEMPI["slower"]], said.less
        ),
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


def _placed(index: LibraryIndex, talk: Talk, remark: Remark) -> list[str]:
    """Return a note on each phrase that takes out by place: "the second one"."""
    notes = []
    for phrase in remark.out:
        meant = places(phrase, len(talk.last))
        if meant is None:
            continue
        songs = library.song_names(index.lib, talk.last[meant.start : meant.stop])
        shown = "; ".join(map(named, songs.values()))
        lists = counted(len(talk.last), "track")
        notes.append(f"took out {shown}" if shown else f"{phrase}: the last list had {lists}")
    return notes


def _with_again(
    index: LibraryIndex, names: LibraryNames, talk: Talk, wanted: Sequence[Named]
) -> Talk:
    """Return the talk with names wanted again that it had taken out as a whole."""
    tracks = {track for one in wanted for track in one.tracks}
    unwanted = unwanted_names(talk.request.exclude, names, index.describes)
    freed = [one for one in unwanted if tracks.issuperset(one.tracks)]
    if not freed and not any(talk.out.issuperset(one.tracks) for one in wanted):
        return talk
    back = tracks.difference(talk.draft)
    said = {one.said for one in freed}
    exclude = tuple(phrase for phrase in talk.request.exclude if phrase not in said)
    request = replace(talk.request, exclude=exclude)
    songs = talk.songs.difference(
        map(song_key, library.song_names(index.lib, sorted(back)).values())
    )
    shown = talk.shown - back
    return replace(talk, request=request, out=talk.out - back, shown=shown, songs=songs)


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
        meant = places(phrase, len(talk.last))
        if meant is not None:
            out.update(talk.last[meant.start : meant.stop])
            continue
        found = _named_out(index, names, talk, phrase)
        gone += found
        if not found and phrase.casefold() not in _PRONOUNS:
            request = replace(request, exclude=joined(request.exclude, (phrase,)))
    lost = {track for one in gone for track in one.tracks}
    out |= lost
    left = tuple(one for one in talk.leads if not lost.issuperset(one.tracks))
    leads = () if remark.of_others else left
    return replace(talk, request=request, leads=leads, out=talk.out | out)


def _named_out(
    index: LibraryIndex, names: LibraryNames, talk: Talk, phrase: str
) -> Sequence[Named]:
    """Return the names that a phrase to take out means: a pronoun means those of the last turn."""
    if phrase.casefold() == "both":
        return talk.leads[:2]
    if phrase.casefold() in _PRONOUNS:
        return _of_last(index, names, talk)
    if index.describes(phrase) and "artist" not in names.kinds_of(phrase):
        return ()
    if names.kinds_of(phrase):
        found = resolve(phrase, names.kinds)
        return [found] if found is not None else ()
    return named_in(names, Reader(index, names).read(phrase))  # "Lady Gaga after all"


# What a turn changes by degree


def _by_degree(
    index: LibraryIndex, talk: Talk, request: Request, remark: Remark
) -> tuple[Request, list[str]]:
    """Return the request with "newer" and the like measured against what was shown last.

    The notes say which degrees could not be measured.
    """
    if not remark.degrees:
        return request, []
    items = library.items_by_id(index.lib, talk.last).values()
    years = [year for item in items if (year := year_of(item))]
    tempi = [tempo for item in items if (tempo := known_tempo(item.bpm))]
    notes: list[str] = []
    for degree in remark.degrees:
        if degree in _TEMPI:
            known = tempi if len(tempi) * 2 > len(items) else []
            request = _of_tempo(request, degree, known)
        elif years:
            request = _of_years(request, degree, years)
        else:
            notes.append(
                f"none of the tracks shown last has a year to be {degree} than;"
                ' say years, such as "from 1990 to 2000"'
            )
    return request, notes


def _of_years(request: Request, degree: str, years: Sequence[int]) -> Request:
    """Return the request for what is newer, or older, than the median of the years."""
    middle = int(median(years))
    return replace(request, years=(middle + 1, None) if degree == "newer" else (None, middle - 1))


def _of_tempo(request: Request, degree: str, tempi: Sequence[float]) -> Request:
    """Return the request for what is faster, or slower, than the median; in words without tempi."""
    if tempi:
        pace = median(tempi)
        return replace(request, bpm=(pace, None) if degree == "faster" else (None, pace))
    towards, away = _TEMPI[degree]
    return weighed(request, (towards,), (away,))
