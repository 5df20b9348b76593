"""Rules for `years` counted from today: "last year", "the past five years", "this decade".

"last year" is the calendar year before this one; "the last five years" start five years before this
one and end today. "this decade" is open; "last decade" is the one before it, but "the past decade"
and "the last decade" are the last ten years. "a few" are three, "recent years" the last five. Years
of a person's life ("my last year at school", "last year I moved") set nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from melscribe_core.request.grammar.common import (
    is_musical,
    leads_to_music,
    mentions_music,
    refers_to_music,
)
from melscribe_core.request.grammar.eras import Years
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.pattern import Reading, Rule, Term, Ways, Words, same
from melscribe_core.request.grammar.scene import Scene
from melscribe_core.request.grammar.years import not_a_story

Span: TypeAlias = tuple[int | None, int | None]
FromToday: TypeAlias = Callable[[int], Span]  # this year -> the years that are meant

_FEW, _SEVERAL, _RECENT = 3, 5, 5  # years
_MOST_YEARS = 100
_PEOPLE = frozenset(
    "i i've i'd i'm im we we've you he she they it who my our his her their your me us".split()
)
# After "last year": the sentence is about a person's life.
_LIVED = frozenset(
    "of when before after was were is has have had been i i've i'd i'm im we we've he she they"
    " started ended".split()
)
_NOW = "(last | past | previous | the last | the past | the previous)"


class CountedFromToday(Ways):
    """A term whose patterns give functions of this year; it reads what they return for today."""

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the end of each reading and its value in this year."""
        for end, years in super().read(scene, at):
            yield end, years(scene.this_year())


def _calendar(back: int = 0) -> FromToday:
    return lambda year: (year - back, year - back)


def _last(years: float) -> FromToday | None:
    back = int(years)
    return (lambda year: (year - back, year)) if 1 <= back <= _MOST_YEARS else None


def _last_of(fewer: float, more: float) -> FromToday | None:
    return _last(max(fewer, more))


def _ago(years: float) -> FromToday | None:
    return _calendar(int(years)) if 1 <= years <= _MOST_YEARS else None


def _decade(back: int = 0) -> FromToday:
    """Return the decade that many decades back; the present one (0) is open."""

    def years(year: int) -> Span:
        first = year // 10 * 10 - back * 10
        return first, (first + 9 if back else None)

    return years


def _tens(decades: float) -> FromToday | None:
    return _last(10 * decades)


TERMS: dict[str, Term] = {
    "lately": CountedFromToday(
        ("[the] (this | current) year", _calendar),
        ("last year | [the] (previous | preceding) year", lambda: _calendar(1)),
        ("the last year | [the] past year", lambda: _last(1)),
        ("[the] (last | past) (12 | twelve) months", lambda: _last(1)),
        (f"{_NOW} {{amount}} [or so] years", _last),
        (f"{_NOW} {{amount}} (or | to | -) {{amount}} years", _last_of),
        (f"{_NOW} year or (two | so)", lambda: _last(2)),
        (f"{_NOW} (few | handful of) years", lambda: _last(_FEW)),
        (f"{_NOW} several years", lambda: _last(_SEVERAL)),
        ("[the | these | more] recent years", lambda: _last(_RECENT)),
        ("[the] (this | current) decade", lambda: _decade()),
        ("last decade | [the] (previous | preceding) decade", lambda: _decade(1)),
        ("the last decade | [the] past decade", lambda: _last(10)),
        (f"{_NOW} {{amount}} decades", _tens),
        (f"{_NOW} few decades", lambda: _last(10 * _FEW)),
    ),
    "whose years": CountedFromToday(
        ("this year's", _calendar),
        ("(last year's | last years)", lambda: _calendar(1)),
        ("this decade's", lambda: _decade()),
        ("last decade's", lambda: _decade(1)),
    ),
    "years ago": CountedFromToday(
        ("[about | around | roughly | some] {amount} years ago", _ago),
        ("a year ago", lambda: _calendar(1)),
        ("a decade ago", lambda: _calendar(10)),
        ("{amount} decades ago", lambda decades: _ago(10 * decades)),
    ),
    "so many years": CountedFromToday(
        ("{amount} years", _ago), ("a decade", lambda: _calendar(10))
    ),
    "in or over": Words("in | over | during | within | throughout | across | inside"),
    "issued so": Words(
        "[that | which] [was | were] (released | recorded | made)",
        "[that | which] (came | come | has come | have come) out",
        "new [music | releases | songs]",
    ),
}


def _is_personal(scene: Scene, start: int, end: int) -> bool:
    """Return whether the years are part of a person's life: "the last decade of my life"."""
    after = scene.word_after(end)
    at_a_place = after == "at" and not scene.low(end + 1).isdigit()
    return after in _LIVED or at_a_place or not not_a_story(scene, start, end)


def _from_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether "from last year" follows music or starts a clause."""
    before = scene.word_before(start)
    near = not before or refers_to_music(before) or mentions_music(scene, start)
    if scene.low(start) == "of":
        near = refers_to_music(before)
    return near and not is_a(before, "story") and not _is_personal(scene, start, end)


def _in_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether "in the last decade" follows music: not "what I lost in the last year"."""
    before = scene.word_before(start)
    made = before == "music" or is_a(before, "made", "piece", "list", "whatever")
    return made and not _is_personal(scene, start, end)


def _is_released(scene: Scene, start: int, end: int) -> bool:
    """Return whether it is music that was released: not "I came out last year"."""
    by_people = scene.word_before(start) in _PEOPLE
    return mentions_music(scene, start) and not by_people and not _is_personal(scene, start, end)


def _bounds_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether the bound is on music: not "I have been sad since last year"."""
    before = scene.words_before(start, 6)
    is_story = not _PEOPLE.isdisjoint(before) or "been" in before
    return not is_story and not _is_personal(scene, start, end)


def _is_aged(scene: Scene, start: int, end: int) -> bool:
    """Return whether the age is that of music: not "wine over 20 years old"."""
    before = [w for w in scene.words_before(start, 4) if w not in ("that", "is", "are", "which")]
    return not before or refers_to_music(before[0])


def _is_music_year(scene: Scene, start: int, end: int) -> bool:
    """Return whether bare years are next to music or a clause of their own: "jazz, last year"."""
    if _is_personal(scene, start, end) or not _PEOPLE.isdisjoint(scene.words_before(start, 8)):
        return False
    if scene.low(end + 1) in _PEOPLE and scene.low(end) == ",":  # "last year, I moved"
        return False
    ends = scene.is_end(end)
    if scene.is_start(start):
        return ends or leads_to_music(scene.words_after(end, 4))
    return ends and (is_musical(scene.word_before(start)) or bool(scene.kind_before(0, start)))


def _is_music_of_year(scene: Scene, start: int, end: int) -> bool:
    """Return whether music follows "last year's": not "last year's trip"."""
    return leads_to_music(scene.words_after(end, 4))


def _since(years: Span) -> Span:
    return years[0], None


def _before(years: Span) -> Span | None:
    return (None, years[0] - 1) if years[0] is not None else None


def _after(years: Span) -> Span | None:
    return (years[1] + 1, None) if years[1] is not None else None


def _until(years: Span) -> Span:
    return None, years[1]


def _from_until(first: Years, years: Span) -> Span | None:
    last = years[1]
    return (first[0], last) if last is None or first[0] <= last else None


def _no_later(years: Span) -> Span:
    return None, years[0]


# The examples hold in 2026.
RULES = [
    Rule(
        "years",
        "({from} | spanning | covering) [only | just] {lately} [only]",
        same,
        {
            "songs from last year": (2025, 2025),
            "indie rock from the last five years": (2021, 2026),
            "from the last couple of years": (2024, 2026),
            "best of this decade": (2020, None),
        },
        [
            "photos from last year",
            "a song of my last year at school",
            "songs from the last decade of my life",
            "songs from last night",
        ],
        _from_music,
    ),
    Rule(
        "years",
        "{in or over} {lately}",
        same,
        {
            "music within the last 10 years": (2016, 2026),
            "hits in the past decade": (2016, 2026),
        },
        ["everyone I lost in the last five years", "I moved over the last year"],
        _in_music,
    ),
    Rule(
        "years",
        "{issued so} [from | {in or over}] {lately}",
        same,
        {
            "techno released last year": (2025, 2025),
            "albums that came out this year": (2026, 2026),
            "new music this year": (2026, 2026),
        },
        ["I came out last year", "released last night"],
        _is_released,
    ),
    Rule(
        "years",
        "[{issued}] {since} {lately}",
        _since,
        {"pop since last year": (2025, None)},
        ["I have been sad since last year", "married since last year"],
        _bounds_music,
    ),
    Rule(
        "years",
        "[{issued}] {before} {lately}",
        _before,
        {"rock from before this decade": (None, 2019), "jazz older than last year": (None, 2024)},
        ["before this year is over", "who I was before last year"],
        _bounds_music,
    ),
    Rule(
        "years",
        "{nothing} [from | of | in | since | released | released in] {lately}",
        _before,
        {"metal, nothing from the last ten years": (None, 2015)},
        ["nothing last night"],
    ),
    Rule(
        "years",
        "[{issued}] {after} {lately}",
        _after,
        {"pop, newer than last year": (2026, None)},
        ["after last year I need rest", "after last night"],
        _bounds_music,
    ),
    Rule(
        "years",
        "[{issued}] {until} {lately}",
        _until,
        {"rock up to last year": (None, 2025), "house until last decade": (None, 2019)},
        ["I was happy until last year", "up to last night"],
        _bounds_music,
    ),
    Rule(
        "years",
        "[from | between] [the] {era} ({to} | and) {lately}",
        _from_until,
        {"from 2010 to this year": (2010, 2026), "pop between the 80s and last year": (1980, 2025)},
        ["I lived in Rome from 2010 to last year"],
        _bounds_music,
    ),
    Rule(
        "years",
        "({nothing} older than | no older than | not older than) {so many years} [old]",
        _since,
        {"pop, nothing older than five years": (2021, None)},
        ["nothing older than my dad"],
    ),
    Rule(
        "years",
        "(less than | under | at most | no more than | not more than) {so many years} old",
        _since,
        {"songs less than five years old": (2021, None)},
        ["kids under ten years old"],
        _is_aged,
    ),
    Rule(
        "years",
        "(more than | over | at least) {so many years} old | older than {so many years}",
        _no_later,
        {
            "songs that are over 50 years old": (None, 1976),
            "music older than 20 years": (None, 2006),
        },
        ["wine over 20 years old", "a bar older than 20 years"],
        _is_aged,
    ),
    Rule(
        "years",
        "({from} | released | recorded | made) {years ago}",
        same,
        {"songs from ten years ago": (2016, 2016), "hits released a decade ago": (2016, 2016)},
        ["a photo from ten years ago", "we met two years ago"],
        _from_music,
    ),
    Rule(
        "years",
        "{whose years}",
        same,
        {"last year's best songs": (2025, 2025), "this decade's hip hop": (2020, None)},
        ["last year's trip", "this year's birthday cake"],
        _is_music_of_year,
    ),
    Rule(
        "years",
        "{lately} (of | in)",
        same,
        {"the past five years of metal": (2021, 2026), "the last 3 decades in jazz": (1996, 2026)},
        ["the last year of school", "the last decade in Rome"],
        _is_music_of_year,
    ),
    Rule(
        "years",
        "[only | just] {lately} [only]",
        same,
        {
            "jazz, last five years": (2021, 2026),
            "hip hop this decade": (2020, None),
            "past 3 years, house": (2023, 2026),
        },
        ["last year I moved to Rome", "I played jazz last year", "the last few years were hard"],
        _is_music_year,
    ),
]
