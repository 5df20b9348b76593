"""Years: [from, to], both inclusive, None where open.

"early", "mid" and "late" are the years 0-3, 4-6 and 7-9 of a decade. Several eras in one request
become the span that holds them all, unless one bounds the other ("after 1980 but before 1990").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.common import is_spoken_of, names_music, speaks_of_music
from melscribe_core.grammar.numbers import NUMBER_WORDS, read_number
from melscribe_core.grammar.pattern import (
    DIGITS,
    Reader,
    Reading,
    Rule,
    Term,
    Ways,
    Words,
)
from melscribe_core.grammar.scene import Scene, kind_of

Years: TypeAlias = tuple[int, int]

FIRST_YEAR = 1900  # recorded music, with room
LAST_YEAR = 2039
_FARTHEST_LEAD = 8  # tokens
_SHORT_PIVOT = 30  # '29 is 2029, '30 is 1930
_DECADE = re.compile(r"'?(\d{2}|(?:19|20)\d{2})(?:'?s|ies)")
_NAMED = {
    name: 1900 + 10 * value
    for value, name in enumerate(
        "twenties thirties forties fifties sixties seventies eighties nineties".split(), start=2
    )
} | {
    "fourties": 1940,
    "noughties": 2000,
    "naughties": 2000,
    "aughts": 2000,
    "oughts": 2000,
    "noughts": 2000,
}


def full_year(short: int) -> int:
    """Return the year that two digits stand for."""
    return short + (2000 if short < _SHORT_PIVOT else 1900)


def read_year(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the year at a position: "1985", "'85", "nineteen eighty-five"."""
    low = scene.low(at)
    if scene.kept[at]:
        return
    if re.fullmatch(r"\d{4}", low) and FIRST_YEAR <= int(low) <= LAST_YEAR:
        yield at + 1, int(low)
    elif re.fullmatch(r"'\d{2}", low):
        yield at + 1, full_year(int(low[1:]))
    elif low in ("nineteen", "twenty"):
        yield from _spoken_year(scene, at)
    elif low == "two" and scene.low(at + 1) == "thousand":
        yield from ((end, v) for end, v in read_number(scene, at) if _in_range(v))


def _spoken_year(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield "nineteen eighty-five" and "twenty twelve"."""
    century = 1900 if scene.low(at) == "nineteen" else 2000
    after = at + 2 if scene.low(at + 1) == "-" else at + 1
    if after < len(scene.tokens) and not scene.low(after)[:1].isdigit():
        for end, value in read_number(scene, after):
            if isinstance(value, int) and 10 <= value < 100 and _in_range(century + value):
                yield end, century + value


def _in_range(value: object) -> bool:
    return isinstance(value, int) and FIRST_YEAR <= value <= LAST_YEAR


def read_decade(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the first year of the decade at a position: "80s", "1980's", "eighties", "nineteen-eighties"."""
    low = scene.low(at)
    if scene.kept[at]:
        return
    written = _DECADE.fullmatch(low)
    if written and written[1][-1] == "0":
        yield from _written_decade(low, written[1], at)
    elif low in _NAMED:
        yield at + 1, _NAMED[low]
    elif low in ("nineteen", "twenty"):
        after = at + 2 if scene.low(at + 1) == "-" else at + 1
        named = {"tens": 2010} if low == "twenty" else _NAMED
        if scene.low(after) in named:
            yield after + 1, named[scene.low(after)]


def _written_decade(low: str, digits: str, at: int) -> Iterable[Reading]:
    value = int(digits)
    if len(digits) == 4:
        yield at + 1, value
    elif value == 10 and low[0] != "'":
        return  # "10s" is ten seconds as well
    else:
        yield at + 1, value + (2000 if value < 20 else 1900)


def read_tens(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the decade of two bare digits, for "80-90s" and "60/70s"."""
    if re.fullmatch(r"[2-9]0", scene.low(at)):
        yield at + 1, 1900 + int(scene.low(at))


def read_short(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield two bare digits, for "1985-92"."""
    if re.fullmatch(r"\d{2}", scene.low(at)):
        yield at + 1, int(scene.low(at))


def _within(offsets: Years, decade: int) -> Years:
    return decade + offsets[0], decade + offsets[1]


def _hull(one: Years, two: Years) -> Years | None:
    """Return the span from one era to a later one, None when they stand the wrong way round."""
    return (one[0], two[1]) if one[0] <= two[0] and one[1] <= two[1] else None


def _around(*eras: Years) -> Years:
    """Return the span that holds several eras."""
    return min(low for low, _ in eras), max(high for _, high in eras)


def _shortened(year: int, short: int) -> Years | None:
    """Return the span of "1985-92"."""
    last = year // 100 * 100 + short
    return (year, last) if year < last else None


_TELLING = frozenset("in from since before after until till up through between of prior".split())
_JOINTS = frozenset(("and", "or", "to", "-", "/", ",", "&"))
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_AS_IF = (["it's", "like"], ["its", "like"], ["it", "like"], ["was", "it"])
_LEADS = frozenset("- the there around very early late mid back roaring swinging".split())
_LIKENING = frozenset(
    "like reminiscent nostalgic reminds evokes evoking channeling channelling".split()
)

# What may come second in a year or decade that is spelled out.
_SPOKEN = NUMBER_WORDS | _NAMED.keys() | {"-", "tens"}

TERMS: dict[str, Term] = {
    "year": Reader(read_year, frozenset((DIGITS, "nineteen", "twenty", "two")), _SPOKEN),
    "decade": Reader(read_decade, frozenset((DIGITS, "nineteen", "twenty", *_NAMED)), _SPOKEN),
    "tens": Reader(read_tens, frozenset((DIGITS,)), frozenset()),
    "short": Reader(read_short, frozenset((DIGITS,)), frozenset()),
    "part": Ways(
        ("[very] early", lambda: (0, 3)),
        ("(beginning | start | dawn) of the", lambda: (0, 3)),
        ("(mid | middle | middle of the)", lambda: (4, 6)),
        ("[very] late", lambda: (7, 9)),
        ("([tail] end | close) of the", lambda: (7, 9)),
        ("first half of the", lambda: (0, 4)),
        ("(second | latter) half of the", lambda: (5, 9)),
    ),
    "parts": Ways(
        ("{part}", lambda part: part),
        ("{part} (- | to | and | or | / | through | into | &) [the] {part}", _around),
    ),
    "decades": Ways(
        ("{decade}", lambda decade: (decade, decade + 9)),
        ("{parts} {decade}", _within),
    ),
    "era": Ways(
        ("{decades}", lambda span: span),
        ("{year}", lambda year: (year, year)),
        ("(early | mid | late) {year}", lambda year: (year, year)),
    ),
    "to": Words("(to | - | — | until | till | through | thru | up to | up until | into)"),
    "join": Words("(and | or | & | / | , | , and | , or | + | and into)"),
    # Eras that the words themselves make a span.
    "span": Ways(
        ("{era} {to} [the] {era}", _hull),
        ("{decades} {join} [the] {decades}", _around),
        ("{decades} {join} [the] {decades} {join} [the] {decades}", _around),
        ("{decades} {join} [the] {decades} {join} [the] {decades} {join} [the] {decades}", _around),
        ("{tens} (- | / | to) {decades}", lambda tens, span: _hull((tens, tens + 9), span)),
        (
            "{parts} {tens} (- | / | to) {decades}",
            lambda part, tens, span: _hull(_within(part, tens), span),
        ),
        ("{year} (- | / | to | —) {short}", _shortened),
        ("{year} (or | and | &) {year}", lambda one, two: _around((one, one), (two, two))),
    ),
    "eras": Ways(("{span}", lambda span: span), ("{era}", lambda era: era)),
    "nothing": Words(
        "(nothing | none | no {piece} | no | not | no music | no stuff) "
        "[that is | that's | thats | that are | which is | which are | being | from | made | released | recorded | dated]"
    ),
    "before": Words(
        "([from] before | prior to | pre | earlier than | older than | predating | predate | that predate | which predate | predates)"
    ),
    "after": Words(
        "([from] after | post | later than | newer than | younger than | past | more recent than)"
    ),
}


def not_a_story(scene: Scene, start: int, end: int) -> bool:
    """Tell whether the years belong to the music: not "born in 1985", "my 1967 Mustang", "in his 80s"."""
    lead, is_told = _past_leads(scene, start)
    end = _past_more(scene, end)
    before = scene.words_before(lead, 3)
    return not (
        (is_told and before[:1] and before[0] in lexicon.words("story"))
        or _is_owned(scene, before, end)
        or _is_thing(scene, end)
        or _is_likeness(scene, before, end)
        or _is_weather(before)
    )


def _past_leads(scene: Scene, start: int) -> tuple[int, bool]:
    """Return the position before which the story would stand, and whether a word of time is between."""
    is_told = scene.low(start) in _TELLING
    for _ in range(_FARTHEST_LEAD):
        if scene.low(start - 1) not in _TELLING | _LEADS and not _ends_list(scene, start):
            break
        start -= 1
        is_told = is_told or scene.low(start) in _TELLING
    return start, is_told


def _ends_list(scene: Scene, start: int) -> bool:
    """Tell whether the token before is one of a list of eras: "60s", or the "and" after it."""
    before = scene.low(start - 1)
    return _is_era(before) or (before in _JOINTS and _is_era(scene.low(start - 2)))


def _past_more(scene: Scene, end: int) -> int:
    """Return the position after the rest of a list of eras: the likeness may stand behind it."""
    last = end + _FARTHEST_LEAD
    while end < last and scene.low(end) in _JOINTS and _is_era(scene.low(end + 1)):
        end += 2
    return end


def _is_era(low: str) -> bool:
    return low in _NAMED or _DECADE.fullmatch(low) is not None


def _is_owned(scene: Scene, before: list[str], end: int) -> bool:
    """Tell whether it is somebody's age: "in his 80s", but not "my 80s party"."""
    after = scene.words_after(end, 1)
    lists = lexicon.words("list") | lexicon.words("activity") | lexicon.words("piece")
    is_music = bool(after) and (after[0] in lists or bool(kind_of((after[0],))))
    is_music = is_music and not after[0].endswith("ing")
    return bool(before) and before[0] in lexicon.words("owner") and not is_music


def _is_thing(scene: Scene, end: int) -> bool:
    """Tell whether the years describe a thing: "an 80s action movie", not "80s hair metal"."""
    after = scene.words_after(end, 5)
    things = [number for number, word in enumerate(after[:3]) if word in lexicon.words("object")]
    return bool(things) and not names_music(after)


def _is_likeness(scene: Scene, before: list[str], end: int) -> bool:
    """Tell whether only a likeness is meant: "80s-inspired", "sounds like the 80s", "an 80s synth feel"."""
    likeness = lexicon.words("likeness")
    after = scene.words_after(end, 3)
    if before[:1] and (before[0] in _LIKENING or before[:2] in _AS_IF):
        return True
    if after[:2] == ["feel", "good"] or not after:
        return False
    return after[0] in likeness or (
        before[:1] in (["a"], ["an"]) and not likeness.isdisjoint(after)
    )


def _is_weather(before: list[str]) -> bool:
    return any(
        word in ("temperature", "temperatures", "degrees", "weather", "heat") for word in before
    )


def _is_music_year(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a bare year stands by a musical word or alone between commas."""
    if not not_a_story(scene, start, end):
        return False
    aside = scene.low(start - 1) == "("  # the year of an album or a birth
    month = scene.low(start - 2) in _MONTHS  # "December, 1963"
    alone = scene.is_start(start) and scene.is_end(end) and len(scene.tokens) > 1
    alone = alone and not aside and not month
    before = scene.words_before(start, 4)[::-1]
    ends = scene.is_end(end) and bool(before) and _ends_in_music(before)
    return alone or ends or names_music(scene.words_after(end, 4))


def _ends_in_music(words: list[str]) -> bool:
    """Tell whether words just before a year name music: "dark mechanical techstep 1998"."""
    if any(word in lexicon.words("stop") for word in words[-1:]):
        return False
    since_stop = words[
        max((n + 1 for n, w in enumerate(words) if w in lexicon.words("stop")), default=0) :
    ]
    return names_music(since_stop)


def _in_music(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "in 1985" says when music came out: not "a rave in 1992"."""
    before = scene.words_before(start, 1)
    classes = ("made", "piece", "list")
    made = bool(before) and (
        before[0] == "music" or any(before[0] in lexicon.words(c) for c in classes)
    )
    return not_a_story(scene, start, end) and made


def _from_music(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "from 1985" follows music or nothing: not "a bottle of red from 1982"."""
    is_era = not re.fullmatch(r"\d{4}|'\d\d", scene.low(end - 1))
    spoken = speaks_of_music(scene, start) or (is_era and any(map(is_spoken_of, scene.lows)))
    if not spoken or not not_a_story(scene, start, end):
        return False
    if scene.low(start) != "of":
        return True
    before = scene.words_before(start, 1)
    named = not before or is_spoken_of(before[0])
    return (named if not is_era else speaks_of_music(scene, start)) and not _of_thing(scene, start)


def _is_era_of_music(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a bare decade is meant, and whole: not the "nineties" of "early nineties".

    Behind "in", "from" and "of" music must be spoken of: not "the smell of the 50s".
    """
    lead = start - 1 if scene.low(start - 1) == "the" else start
    word = scene.low(lead - 1)
    before = lead - 2 if word == "-" else lead - 1
    broken = scene.low(start - 1) == "-" and scene.low(start - 2) in ("early", "mid", "late")
    if (
        broken
        or scene.low(before) in ("early", "mid", "late")
        or not not_a_story(scene, start, end)
    ):
        return False
    if word == "of":
        return speaks_of_music(scene, lead - 1) and not _of_thing(scene, lead - 1)
    return word not in ("in", "from") or any(map(is_spoken_of, scene.lows))


RULES = [
    Rule(
        "years",
        "[(from | in | of | out of | between | spanning | across | covering | released in | released between | released from | from between | made between | recorded between)] [the] [years | period] {span} [era | period | only]",
        lambda span: span,
        {
            "late 70s to early 80s": (1977, 1983),
            "1980-1989": (1980, 1989),
            "1960s and 70s soul": (1960, 1979),
            "from 1985 to 1992": (1985, 1992),
            "'94 to '96": (1994, 1996),
            "punk 1977-79": (1977, 1979),
        },
        ["born in the 60s and 70s", "80s to 90s inspired synths"],
        not_a_story,
    ),
    Rule(
        "years",
        "[from] [sometime | anything | released | recorded | made] between [the] [years] {era} (and | & | to | -) [the] {era}",
        _hull,
        {
            "between 1985 and 1992": (1985, 1992),
            "jazz from between the 50s and the 70s": (1950, 1979),
        },
        ["I lived between 1985 and 1992 in Rome"],
        not_a_story,
    ),
    Rule(
        "years",
        "[released | recorded | made | anything | only | strictly | any time] {before} [the] [year | end of] {eras}",
        lambda era: (None, era[0] - 1),
        {
            "before 1975": (None, 1974),
            "pre-1970 blues": (None, 1969),
            "prior to the 80s": (None, 1979),
        },
        ["pre-war blues", "people born before 1975", "an hour before dawn"],
        not_a_story,
    ),
    Rule(
        "years",
        "[released | recorded | made | anything | only | strictly | any time] {after} [the] [year | end of] {eras}",
        lambda era: (era[1] + 1, None),
        {
            "after 2010": (2011, None),
            "post-2015 indie": (2016, None),
            "newer than the 90s": (2000, None),
        },
        ["post-punk", "people born after 1990", "after midnight"],
        not_a_story,
    ),
    Rule(
        "years",
        "[released | recorded | made] (since | as of | starting in | starting from | starting with | beginning in | from no earlier than) [the] [year] {eras}",
        lambda era: (era[0], None),
        {"since 2010": (2010, None), "techno released since the 90s": (1990, None)},
        ["married since 1985", "we have been friends since 1999"],
        lambda scene, start, end: not_a_story(scene, start, end) and not _has_lasted(scene, start),
    ),
    Rule(
        "years",
        "[from | since | in] [the] {eras} ((on | onwards | onward | forward | forwards | upwards | and up | + ) | (and | or) (later | newer | after | onwards | onward | up | beyond | more recent | above) | to (now | today | the present | present | present day | this day | date | the present day) | (until | till | up to | through to) (now | today) | - (now | today | present))",
        lambda era: (era[0], None),
        {
            "from 1999 onwards": (1999, None),
            "80s to today": (1980, None),
            "2010 or newer": (2010, None),
        },
        ["grew up in the 80s and later moved away"],
        not_a_story,
    ),
    Rule(
        "years",
        "[from] [the] {eras} (or | and) (earlier | before | older | prior)",
        lambda era: (None, era[1]),
        {"1976 or earlier": (None, 1976), "80s and older": (None, 1989)},
        ["1976 and all that"],
        not_a_story,
    ),
    Rule(
        "years",
        "[released | recorded | made] [from] (until | till | up to | up until | through | no later than | not later than | up to and including) [the] [year | end of | end of the] {eras}",
        lambda era: (None, era[1]),
        {"up to 1985": (None, 1985), "no later than the 70s": (None, 1979)},
        ["until 3 am", "lived there until 1985"],
        not_a_story,
    ),
    Rule(
        "years",
        "(no earlier than | not earlier than | {nothing} {before}) [the] [year] {eras}",
        lambda era: (era[0], None),
        {
            "nothing before 1990": (1990, None),
            "no songs older than the 90s": (1990, None),
            "no earlier than 1990": (1990, None),
        },
        ["nothing before midnight"],
    ),
    Rule(
        "years",
        "{nothing} {after} [the] [year] {eras}",
        lambda era: (None, era[1]),
        {"nothing after 1985": (None, 1985), "nothing newer than the 80s": (None, 1989)},
        ["nothing after dark"],
    ),
    Rule(
        "years",
        "{nothing} since [the] [year] {eras}",
        lambda era: (None, era[0] - 1),
        {"nothing since 1990": (None, 1989)},
        ["nothing since breakfast"],
    ),
    Rule(
        "years",
        "(from | of | out of | released in | recorded in | made in | written in | came out in | from around the) [only | just] [the] [year | years | decade of the] {eras} [era | period | only]",
        lambda era: era,
        {
            "20 songs from 1999": (1999, 1999),
            "hits of the eighties": (1980, 1989),
            "released in 2003": (2003, 2003),
        },
        ["photos from 1985", "summer of '69", "class of '99", "clothes from the 80s"],
        _from_music,
    ),
    Rule(
        "years",
        "(from | of | in) the (spring | summer | autumn | fall | winter) of {era}",
        lambda era: era,
        {"hits from the summer of 1985": (1985, 1985)},
        ["Summer of '69", "I remember the summer of 1985"],
        _from_music,
    ),
    Rule(
        "years",
        "in [the] [year] {era}",
        lambda era: era,
        {"hits in 1985": (1985, 1985), "songs that were big in the seventies": (1970, 1979)},
        ["born in 1985", "I grew up in the 90s", "a man in his 80s"],
        _in_music,
    ),
    Rule(
        "years",
        "[the] [roaring | swinging] {decades} [era | period | only]",
        lambda era: era,
        {
            "90s": (1990, 1999),
            "nineties rock": (1990, 1999),
            "mid-80s": (1984, 1986),
            "early 2000s pop": (2000, 2003),
            "roaring twenties jazz": (1920, 1929),
        },
        [
            "in my thirties",
            "80s-inspired synths",
            "an 80s action movie",
            "80 guests",
            "sounds like the 80s",
        ],
        _is_era_of_music,
    ),
    Rule(
        "years",
        "{year} >> {adjectives} {piece}",
        lambda year: (year, year),
        {"a 1990 Manchester baggy banger": (1990, 1990)},
        ["a 1967 Mustang with songs on"],
        not_a_story,
    ),
    Rule(
        "years",
        "[the] [year] {era}",
        lambda era: era,
        {"1977 punk": (1977, 1977), "punk, 1977": (1977, 1977), "'77 punk": (1977, 1977)},
        ["restoring a 1967 Mustang", "room 1985", "Blade Runner 2049", "1984 by George Orwell"],
        _is_music_year,
    ),
]


def _has_lasted(scene: Scene, start: int) -> bool:
    """Tell whether a clause says how long something has lasted: "friends since 1999"."""
    lasting = {"been", "haven't", "hasn't", "have", "has", "'ve", "not", "hadn't", "i've", "we've"}
    return any(word in lasting for word in scene.words_before(start, 6))


def _of_thing(scene: Scene, start: int) -> bool:
    """Tell whether "of 1985" tells which thing, not which music: "summer of '69", "class of 2003"."""
    before = scene.words_before(start, 2)
    things = {
        "class",
        "year",
        "battle",
        "crash",
        "spirit",
        "end",
        "summer",
        "winter",
        "autumn",
        "spring",
        "party",
        "model",
        "revolution",
        "world",
        "sound",
        "style",
        "vibe",
        "feel",
        "look",
    }
    return scene.low(start) == "of" and bool(before) and before[0] in things
