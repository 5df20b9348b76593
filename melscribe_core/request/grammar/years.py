"""Rules for `years`: [first, last], both inclusive, None where open.

"early", "mid" and "late" are the years 0-3, 4-6 and 7-9 of a decade. Several eras in one request
become the span that covers them all, unless one bounds the other ("after 1980 but before 1990").
Years of a person, a thing or a story ("born in 1985", "a 1967 Mustang") set nothing.
"""

from __future__ import annotations

from melscribe_core.request.grammar.common import (
    has_before,
    is_music_anywhere,
    is_musical,
    leads_to_music,
    mentions_music,
    refers_to_music,
    wishes,
)
from melscribe_core.request.grammar.eras import Years, from_to, is_era, is_year
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.pattern import Rule, Term, Words, same
from melscribe_core.request.grammar.scene import Scene

_FARTHEST_LEAD = 8  # tokens
_PARTS = ("early", "mid", "late")
_JOINTS = frozenset(("and", "or", "to", "-", "/", ",", "&"))
_AS_IF = (["it's", "like"], ["its", "like"], ["it", "like"], ["was", "it"])

TERMS: dict[str, Term] = {
    "nothing": Words("({refusing} | no {piece}) [{dated}]"),
    "issued": Words("released | recorded | made"),
    "strictly": Words("released | recorded | made | anything | only | strictly | any time"),
    "from": Words(
        "from | of | out of | from around the",
        "(released | recorded | made | written | came out) in",
    ),
    "spanning": Words(
        "from | in | of | out of | between | spanning | across | covering | from between",
        "released (in | between | from) | (made | recorded) between",
    ),
    "onwards": Words(
        "on | onwards | onward | forward | forwards | upwards | and up | +",
        "(and | or) (later | newer | after | onwards | onward | up | beyond | more recent | above)",
        "(to | - | until | till | up to | up until | through to | through) {now}",
    ),
}


def not_a_story(scene: Scene, start: int, end: int) -> bool:
    """Return whether years can be the music's: not "born in 1985", "a 1967 Mustang"."""
    lead, is_about_time = _past_leads(scene, start)
    end = _past_more(scene, end)
    before = scene.words_before(lead, 3)
    return not (
        (is_about_time and is_a(scene.word_before(lead), "story"))
        or _is_age(scene, lead, end)
        or _dates_a_thing(scene, end)
        or _resembles_era(scene, before, end)
        or any(is_a(word, "weather") for word in before)
    )


def _past_leads(scene: Scene, start: int) -> tuple[int, bool]:
    """Return the start of the words that introduce an era, and whether one of them is about time.

    The word before that position decides: "born in the early 1980s" is a story.
    """
    is_about_time = is_a(scene.low(start), "time")
    for _ in range(_FARTHEST_LEAD):
        low = scene.low(start - 1)
        if low != "-" and not is_a(low, "time", "before an era") and not _ends_list(scene, start):
            break
        start -= 1
        is_about_time = is_about_time or is_a(scene.low(start), "time")
    return start, is_about_time


def _ends_list(scene: Scene, start: int) -> bool:
    """Return whether the token before belongs to a list of eras: "60s", or the "and" after it."""
    before = scene.low(start - 1)
    return is_era(before) or (before in _JOINTS and is_era(scene.low(start - 2)))


def _past_more(scene: Scene, end: int) -> int:
    """Return the position after the rest of a list of eras."""
    last = end + _FARTHEST_LEAD
    while end < last and scene.low(end) in _JOINTS and is_era(scene.low(end + 1)):
        end += 2
    return end


def _is_age(scene: Scene, start: int, end: int) -> bool:
    """Return whether the years are a person's age: "in his 80s", but not "my 80s party"."""
    after = scene.word_after(end)
    listed = is_a(after, "list", "activity", "piece") or is_musical(after)
    is_music = listed and not after.endswith("ing")
    return is_a(scene.word_before(start), "owner") and not is_music


def _dates_a_thing(scene: Scene, end: int) -> bool:
    """Return whether the years describe a thing: "an 80s action movie", not "80s hair metal"."""
    after = scene.words_after(end, 5)
    return any(is_a(word, "object") for word in after[:3]) and not leads_to_music(after)


def _resembles_era(scene: Scene, before: list[str], end: int) -> bool:
    """Return whether the music only resembles an era: "80s-inspired", "sounds like the 80s"."""
    after = scene.words_after(end, 3)
    if (before and is_a(before[0], "likening verb")) or before[:2] in _AS_IF:
        return True
    if after[:2] == ["feel", "good"] or not after:
        return False
    likeness = [is_a(word, "likeness") for word in after]
    return likeness[0] or (before[:1] in (["a"], ["an"]) and any(likeness))


def _is_later(scene: Scene, start: int, end: int) -> bool:
    """Return whether "after" is a bound, not a wish: "I'm after 90s dance"."""
    if not not_a_story(scene, start, end):
        return False
    if scene.low(start) != "after":
        return True
    begins = start == 0 and scene.low(1) != "the" and not is_year(scene.low(end - 1))
    wish = wishes(["after", *scene.words_before(start, 3)])
    return not wish and not (begins and leads_to_music(scene.words_after(end, 4)))


def _is_since(scene: Scene, start: int, end: int) -> bool:
    """Return whether "since" is a bound, not a duration: "friends since 1999"."""
    lasting = ("been", "haven't", "hasn't", "hadn't", "have", "has", "not", "i've", "we've")
    return not_a_story(scene, start, end) and not has_before(scene, start, lasting, 6)


def _is_music_year(scene: Scene, start: int, end: int) -> bool:
    """Return whether a bare year is next to musical words or is a clause of its own."""
    if not not_a_story(scene, start, end):
        return False
    before = scene.words_before(start, 4)[::-1]
    ends = scene.is_end(end) and _ends_in_music(before)
    return _stands_alone(scene, start, end) or ends or leads_to_music(scene.words_after(end, 4))


def _stands_alone(scene: Scene, start: int, end: int) -> bool:
    """Return whether a year is a clause of its own: "punk, 1977", not "Loveless (1991)"."""
    aside = "(" in (scene.low(start - 1), scene.low(end)) or is_a(scene.low(start - 2), "month")
    return scene.is_start(start) and scene.is_end(end) and len(scene.tokens) > 1 and not aside


def _ends_in_music(words: list[str]) -> bool:
    """Return whether the words before a year are about music: "dark mechanical techstep 1998"."""
    stops = [number for number, word in enumerate(words) if is_a(word, "stop")]
    return leads_to_music(words[stops[-1] + 1 :] if stops else words)


def _in_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether "in 1985" follows music: not "a rave in 1992"."""
    before = scene.word_before(start)
    made = before == "music" or is_a(before, "made", "piece", "list")
    return made and not_a_story(scene, start, end)


def _from_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether "from 1985" follows music or starts a clause: not "a bottle from 1982"."""
    single = is_year(scene.low(end - 1))
    spoken = mentions_music(scene, start) or (not single and is_music_anywhere(scene))
    if not spoken or not not_a_story(scene, start, end):
        return False
    return scene.low(start) != "of" or _of_music(scene, start, single=single)


def _of_music(scene: Scene, at: int, *, single: bool) -> bool:
    """Return whether "of" at a position links music to its years: not "class of 2003"."""
    before = scene.word_before(at)
    named = not before or refers_to_music(before)
    return (named if single else mentions_music(scene, at)) and not is_a(before, "of a year")


def _is_era_of_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether a bare decade is a whole one: not the "70s" of "early-mid 70s".

    After "in", "from" and "of" music must be mentioned: not "the smell of the 50s".
    """
    if _is_broken(scene, start) or not not_a_story(scene, start, end):
        return False
    lead = start - 2 if scene.low(start - 1) == "the" else start - 1
    if scene.low(lead) == "of":
        return _of_music(scene, lead, single=False)
    return scene.low(lead) not in ("in", "from") or is_music_anywhere(scene)


def _is_broken(scene: Scene, start: int) -> bool:
    """Return whether an unclaimed part of the decade is before it: "early-mid 70s"."""
    before = start - 2 if scene.low(start - 1) == "-" else start - 1
    return scene.low(before) in _PARTS


def _up_to(era: Years) -> tuple[None, int]:
    return None, era[1]


def _from(era: Years) -> tuple[int, None]:
    return era[0], None


def _before(era: Years) -> tuple[None, int]:
    return None, era[0] - 1


def _after(era: Years) -> tuple[int, None]:
    return era[1] + 1, None


RULES = [
    Rule(
        "years",
        "[{spanning}] [the] [years | period] {span} [era | period | only]",
        same,
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
        "[from] [sometime | anything | {issued}] between [the] [years] "
        "{era} (and | & | to | -) [the] {era}",
        from_to,
        {
            "between 1985 and the early 90s": (1985, 1993),
            "jazz from between the 50s and the 70s": (1950, 1979),
        },
        ["I lived between 1985 and 1992 in Rome"],
        not_a_story,
    ),
    Rule(
        "years",
        "[{strictly}] {before} [the] [year | end of] {eras}",
        _before,
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
        "[{strictly}] {after} [the] [year | end of] {eras}",
        _after,
        {
            "after 2010": (2011, None),
            "post-2015 indie": (2016, None),
            "newer than the 90s": (2000, None),
        },
        ["post-punk", "people born after 1990", "after midnight"],
        _is_later,
    ),
    Rule(
        "years",
        "[{issued}] {since} [the] [year] {eras}",
        _from,
        {"since 2010": (2010, None), "techno released since the 90s": (1990, None)},
        ["married since 1985", "we have been friends since 1999"],
        _is_since,
    ),
    Rule(
        "years",
        "[from | since | in] [the] {eras} {onwards}",
        _from,
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
        _up_to,
        {"1976 or earlier": (None, 1976), "80s and older": (None, 1989)},
        ["1976 and all that"],
        not_a_story,
    ),
    Rule(
        "years",
        "[{issued}] [from] {until} [the] [year | end of | end of the] {eras}",
        _up_to,
        {"up to 1985": (None, 1985), "no later than the 70s": (None, 1979)},
        ["until 3 am", "lived there until 1985"],
        not_a_story,
    ),
    Rule(
        "years",
        "(no earlier than | not earlier than | {nothing} {before}) [the] [year] {eras}",
        _from,
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
        _up_to,
        {"nothing after 1985": (None, 1985), "nothing newer than the 80s": (None, 1989)},
        ["nothing after dark"],
    ),
    Rule(
        "years",
        "{nothing} since [the] [year] {eras}",
        _before,
        {"nothing since 1990": (None, 1989)},
        ["nothing since breakfast"],
    ),
    Rule(
        "years",
        "{from} [only | just] [the] [year | years | decade of the] {eras} [era | period | only]",
        same,
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
        same,
        {"hits from the summer of 1985": (1985, 1985)},
        ["Summer of '69", "I remember the summer of 1985"],
        _from_music,
    ),
    Rule(
        "years",
        "in [the] [year] {era}",
        same,
        {"hits in 1985": (1985, 1985), "songs that were big in the seventies": (1970, 1979)},
        ["born in 1985", "I grew up in the 90s", "a man in his 80s"],
        _in_music,
    ),
    Rule(
        "years",
        "[the] [roaring | swinging] {decades} [era | period | only]",
        same,
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
        "[the] [year] {era}",
        same,
        {"1977 punk": (1977, 1977), "punk, 1977": (1977, 1977), "'77 punk": (1977, 1977)},
        ["restoring a 1967 Mustang", "room 1985", "Blade Runner 2049", "1984 by George Orwell"],
        _is_music_year,
    ),
]
