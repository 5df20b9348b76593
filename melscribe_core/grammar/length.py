"""Lengths: of the playlist (minutes), of each track (track_seconds [low, high]), and how many tracks (count).

A duration belongs to each track when a bound stands before it and it speaks of tracks ("songs under
3 minutes", "4 minutes each"), to the playlist when it measures one ("an hour of", "a two-hour drive").
A duration that only tells a story ("20 minutes from home", "three-minute pop songs") stays in the text.
Of two numbers ("45 to 60 minutes") the playlist takes the larger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.common import is_musical, speaks_of_music
from melscribe_core.grammar.nodes import DIGITS
from melscribe_core.grammar.numbers import whole
from melscribe_core.grammar.pattern import Reader, Reading, Rule, Term, Ways, Words
from melscribe_core.grammar.scene import Scene

Bounds: TypeAlias = tuple[float | None, float | None]

HOUR, MINUTE = 3600, 60
LONGEST_TRACK = 15 * MINUTE  # a bound up to here speaks of tracks unless the words say otherwise
LONGEST_PIECE = 30 * MINUTE  # "songs under an hour" is about the playlist all the same
SHORTEST_LIST = 5 * MINUTE
USUAL_LIST = 10 * MINUTE  # below, only beside a word for a list ("a 7-minute warm-up")
SHORTEST_TRACK = 20
LONGEST_LIST = 18 * HOUR
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")


def read_clock(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the seconds of "3:30"."""
    written = _CLOCK.fullmatch(scene.low(at))
    if written and not scene.kept[at]:
        yield at + 1, int(written[1]) * MINUTE + int(written[2])


def _scaled(unit: int) -> Callable[[float, float], Bounds | None]:
    return lambda low, high: (whole(low * unit), whole(high * unit)) if low < high else None


def _clocked(hours: float, minutes: float) -> float | None:
    return hours * HOUR + minutes * MINUTE if minutes < 60 else None


def _audible(seconds: float) -> float | None:
    return seconds if SHORTEST_TRACK <= seconds <= 2 * HOUR else None


TERMS: dict[str, Term] = {
    "clock": Reader(read_clock, frozenset((DIGITS,)), frozenset()),
    # A duration in seconds.
    "duration": Ways(
        ("{number} [{roundly}] {hours}", lambda n: n * HOUR),
        ("{number} {hours} [and | ,] {number} [{minutes} | m]", _clocked),
        ("{number} {hours} and a half", lambda n: (n + 0.5) * HOUR),
        ("{number} {hours} and a quarter", lambda n: (n + 0.25) * HOUR),
        ("{number} and a half {hours}", lambda n: (n + 0.5) * HOUR),
        ("{number} and a quarter {hours}", lambda n: (n + 0.25) * HOUR),
        ("{number} and three quarters {hours}", lambda n: (n + 0.75) * HOUR),
        (
            "(an | a) [{roundly}] {hours}",
            lambda: HOUR,
        ),
        ("an {hours} and a half", lambda: 1.5 * HOUR),
        ("an {hours} and a quarter", lambda: 1.25 * HOUR),
        ("an {hours} and three quarters", lambda: 1.75 * HOUR),
        ("an {hours} [and | ,] {number} [{minutes}]", lambda m: _clocked(1, m)),
        ("hour and a half", lambda: 1.5 * HOUR),
        ("hour long", lambda: HOUR),
        ("[a | one] half [an | a | of an] {hours}", lambda: 0.5 * HOUR),
        ("[a] quarter [of] [an] {hours}", lambda: 0.25 * HOUR),
        ("three quarters of an {hours}", lambda: 0.75 * HOUR),
        ("[a] couple [of] {hours}", lambda: 2 * HOUR),
        ("[a] couple [of] {minutes}", lambda: 2 * MINUTE),
        (
            "{number} [{roundly}] {minutes}",
            lambda n: n * MINUTE,
        ),
        ("{number} and a half {minutes}", lambda n: (n + 0.5) * MINUTE),
        ("{number} {minutes} and a half", lambda n: (n + 0.5) * MINUTE),
        ("{number} {minutes} [and] {number} {seconds}", lambda m, s: m * MINUTE + s),
        ("(a | one) {minutes} and a half", lambda: 1.5 * MINUTE),
        ("a {minutes}", lambda: MINUTE),
        ("{number} m", lambda n: n * MINUTE if 10 <= n <= 180 else None),
        ("{number} {seconds}", lambda n: n),
    ),
    "durations": Ways(
        ("{number} [{minutes}] (- | — | to | through | or) {number} {minutes}", _scaled(MINUTE)),
        ("{number} [{hours}] (- | — | to | through | or) {number} {hours}", _scaled(HOUR)),
        ("{number} (- | — | to | through) {number} {seconds}", _scaled(1)),
        ("{duration} (- | — | to) {duration}", _scaled(1)),
        ("{clock} (- | — | to) {clock}", _scaled(1)),
        ("between {number} [{minutes}] (and | & | to | -) {number} {minutes}", _scaled(MINUTE)),
        ("between {number} [{hours}] (and | & | to | -) {number} {hours}", _scaled(HOUR)),
        ("between {number} (and | & | to | -) {number} {seconds}", _scaled(1)),
        ("between {duration} (and | & | to) {duration}", _scaled(1)),
        ("between {clock} (and | & | to) {clock}", _scaled(1)),
    ),
    "length": Ways(("{duration}", lambda s: s), ("{durations}", lambda span: span[1])),
    "usual length": Ways(("{length}", lambda s: s if s >= USUAL_LIST else None)),
    "limit": Ways(("{duration}", _audible), ("{clock} [{minutes}]", _audible)),
    "short limit": Ways(("{limit}", lambda s: s if s <= LONGEST_TRACK else None)),
    "piece limit": Ways(("{limit}", lambda s: s if s < LONGEST_PIECE else None)),
    "list limit": Ways(("{duration}", lambda s: s if s >= LONGEST_PIECE else None)),
    "long limit": Ways(("{duration}", lambda s: s if s > LONGEST_TRACK else None)),
    # What may lead and follow the length of a playlist.
    "lead": Words(
        "(for | for the next | lasting | lasts | that lasts | to last | which lasts | to last me | that fills | to fill | "
        "totalling | totaling | total | with a total of | with a total length of | running | running time | clocking in at | fit into | fit in | fits into | squeeze into | "
        "length | length of | duration | duration of | runtime | runtime of | total time | total length | time | that runs | "
        "that runs for | which runs for | that goes on for | that goes for | to cover | length : | duration : | runtime : | time : | "
        "total : | long : | make it | make that | i have | i've got | i've only got | i only have | i've only | we've only got | i got | we have | we've got | aim for | target)"
    ),
}


_TRACK_WORDS = frozenset("each apiece song track songs tracks nothing none".split())


def _speaks_of_tracks(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a bound is on each track: by "each", a track noun after it, or the nearest noun before."""
    if _TRACK_WORDS & set(scene.lows[start:end]):
        return not _moment(scene, start, end)
    return _nearest(scene, start, end) == "piece" and not _moment(scene, start, end)


def _speaks_of_no_list(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a short bound may be on each track: nothing says that the playlist is meant."""
    return _nearest(scene, start, end) != "list" and not _moment(scene, start, end)


def _spans_tracks(scene: Scene, start: int, end: int) -> bool:
    """Tell whether two lengths are the bounds of each track, not the length of a list of songs."""
    return scene.low(end) != "of" and _speaks_of_tracks(scene, start, end)


def _nearest(scene: Scene, start: int, end: int) -> str:
    """Return "piece" or "list", as the noun just after the bound or the nearest before it; "" for none."""
    ahead = _next_noun(scene, end)
    if ahead:
        return ahead
    for at in range(start - 1, max(start - 10, -1), -1):
        if scene.tokens[at].is_break:
            break
        noun = _noun(scene, at)
        if noun:
            return noun
    return ""


def _next_noun(scene: Scene, end: int) -> str:
    """Return "piece" or "list" as the first such noun within a few words, "" for none."""
    for at in range(end, min(end + 5, len(scene.tokens))):
        noun = _noun(scene, at)
        if noun or scene.tokens[at].is_break or scene.low(at) in lexicon.words("stop"):
            return noun
    return ""


def _noun(scene: Scene, at: int) -> str:
    """Return whether a noun at a position stands for one track or for a whole list, "" for neither."""
    low = scene.low(at)
    if low in lexicon.words("piece") or low == "nothing":
        return "piece"
    listed = any(
        scene.after_phrase(at, lexicon.entries(section).get(low, ()))
        for section in ("list", "activity")
    )
    return "list" if listed or low == "it" else ""


def _moment(scene: Scene, start: int, end: int) -> bool:
    """Tell whether the words around make it a moment: "an hour before dawn", "in 20 minutes"."""
    before = [word for word in scene.words_before(start, 6) if word not in ("a", "an", "the")]
    after = [] if scene.low(end - 1) == "of" else scene.words_after(end, 4)
    return (
        _is_moment(before)
        or not lexicon.words("waiting").isdisjoint(before)
        or "behind" in after
        or (
            after[:1] != []
            and after[0] in lexicon.words("activity")
            and after[1:2] in (["from"], ["away"])
        )
        or (bool(after) and after[0] in lexicon.words("moment after") and not _dates(after))
    )


def _is_moment(before: list[str]) -> bool:
    """Tell whether the word before makes it a moment; "to last a 6-hour flight" does not."""
    verb = (
        before[:1] == ["last"]
        and before[1:2] != []
        and before[1] in ("to", "should", "must", "that", "will", "can")
    )
    return bool(before) and before[0] in lexicon.words("moment before") and not verb


def _dates(after: list[str]) -> bool:
    """Tell whether "from" goes on to years: "45 minutes from the 80s"."""
    if after[0] not in ("from", "in"):
        return False
    era = next((word for word in after[1:] if word != "the"), "")
    return (
        era[:1].isdigit()
        or era[:1] == "'"
        or era in ("early", "mid", "late")
        or era.endswith("ties")
    )


def _measures_list(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a bare duration measures the playlist."""
    if _moment(scene, start, end):
        return False
    behind = start if scene.low(start) == "for" else start - 1
    if scene.low(behind) == "for" and not speaks_of_music(scene, behind):
        return False
    if "of" in (scene.low(end - 1), scene.low(end)):
        return scene.low(end - 1) == "of" and not _is_idle(scene, end)
    noun = _next_noun(scene, end)
    return noun == "list" or (
        noun != "piece" and (_is_measured(scene, start, end) or _stands_alone(scene, start, end))
    )


def _is_idle(scene: Scene, at: int) -> bool:
    """Tell whether what follows "an hour of" is no music: "sleep", "your time"."""
    after = scene.words_after(at, 2)
    own = after[:1] != [] and after[0] in lexicon.words("owner")
    spent = (
        own
        and after[1:] != []
        and after[1] in ("time", "life", "lives", "day", "company", "attention")
    )
    return spent or (
        scene.low(at) in ("need", "sleep", "silence", "fame") and scene.low(at + 1) != "-"
    )


def _leads_list(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a duration stands right before a word for a list: "a 7-minute warm-up"."""
    if scene.low(start - 1) in lexicon.words("owner"):
        return False  # "my 5-minute walk to work"
    return _next_noun(scene, end) == "list" and not _moment(scene, start, end)


_MEASURING = frozenset(
    "exactly precisely long total worth lasting lasts last length duration runtime altogether overall kill fill spare fills totalling".split()
)


def _is_measured(scene: Scene, start: int, end: int) -> bool:
    """Tell whether the claim or the word before it says that a length is wanted."""
    before = scene.words_before(start, 1)
    wanting = lexicon.words("wanting")
    wanted = scene.low(start) in wanting or (bool(before) and before[0] in wanting)
    return (
        not _MEASURING.isdisjoint(scene.lows[start:end])
        or scene.low(end) == "music"
        or (wanted and _closes(scene, end))
        or (start > 0 and _noun(scene, start - 1) == "list" and _closes(scene, end))
    )


def _closes(scene: Scene, end: int) -> bool:
    """Tell whether a phrase ends before a position: at a break, a mark, or a word of another phrase."""
    return (
        scene.is_end(end)
        or scene.low(end) in lexicon.words("stop")
        or (not scene.tokens[end].is_word and scene.low(end) not in ("-", "'"))
    )


def _stands_alone(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a duration stands between breaks or musical words: "jazz, 45 minutes", "2 hours deep house"."""
    before, after = scene.words_before(start, 1), scene.words_after(end, 1)
    free_before = (
        scene.is_start(start)
        or (before[:1] != [] and is_musical(before[0]))
        or before[:1] in (["and"], ["please"], ["songs"], ["music"])
    )
    free_after = (
        scene.is_end(end)
        or (after[:1] != [] and is_musical(after[0]))
        or (bool(after) and after[0] in lexicon.words("stop"))
    )
    return free_before and free_after


def in_minutes(seconds: float) -> float | None:
    """Return a playlist's length in minutes, None when no playlist is that short or long."""
    return whole(round(seconds / MINUTE, 2)) if SHORTEST_LIST <= seconds <= LONGEST_LIST else None


def longer(seconds: float) -> Bounds:
    """Return the lengths from one upwards."""
    return whole(seconds), None


def shorter(seconds: float) -> Bounds:
    """Return the lengths up to one."""
    return None, whole(seconds)


def _both(low: float, high: float) -> Bounds | None:
    return (whole(low), whole(high)) if low <= high else None


def _speaks_of_list(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a bound is on the playlist: its nearest noun is one."""
    return _nearest(scene, start, end) == "list" and not _moment(scene, start, end)


def _bounds_list(scene: Scene, start: int, end: int) -> bool:
    """Tell whether an upper bound of half an hour or more is on the playlist: nothing says "each"."""
    each = {"each", "apiece", "per"} & {*scene.lows[start:end], *scene.words_after(end, 2)}
    return not each and not _moment(scene, start, end)


def _speaks_of_no_track(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a long bound is on the playlist: nothing says that it is on each track."""
    of = scene.low(end - 1) == "of"
    return (of or not _speaks_of_tracks(scene, start, end)) and not _moment(scene, start, end)


RULES = [
    Rule(
        "track_seconds",
        "[{that are}] {atmost} {piece limit} [{each}]",
        shorter,
        {"songs under 3 minutes": (None, 180), "tracks no longer than 4 minutes each": (None, 240)},
        ["a playlist under 20 minutes", "live under an hour from here"],
        _speaks_of_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atleast} {limit} [{each}]",
        longer,
        {"songs over 7 minutes": (420, None), "drone pieces longer than 20 minutes": (1200, None)},
        ["over 2 minutes ago"],
        _speaks_of_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {piece limit} {orless} [{each}]",
        shorter,
        {"songs of 3 minutes or less": (None, 180)},
        ["songs, 40 minutes max"],
        _speaks_of_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {limit} {ormore} [{each}]",
        longer,
        {"tracks of 10 minutes or more": (600, None)},
        ["10 minutes or more ago"],
        _speaks_of_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {negated} {atleast} {limit} [{each}]",
        shorter,
        {"no songs over 5 minutes": (None, 300)},
        ["nothing over the top"],
        _speaks_of_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {negated} {atmost} {limit} [{each}]",
        longer,
        {"no track shorter than six minutes": (360, None)},
        ["nothing under the sun"],
        _speaks_of_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atmost} {short limit} [{each}]",
        shorter,
        {"punk, under 2 minutes": (None, 120), "shorter than 3:30": (None, 210)},
        ["a playlist under 20 minutes", "live under an hour from here"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atleast} {short limit} [{each}]",
        longer,
        {"prog, at least 8 minutes": (480, None)},
        ["over 2 minutes ago"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {short limit} {orless} [{each}]",
        shorter,
        {"3 minutes max": (None, 180)},
        ["songs, 40 minutes max"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {short limit} {ormore} [{each}]",
        longer,
        {"10 minutes or longer": (600, None)},
        ["10 minutes or more ago"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {negated} {atleast} {short limit} [{each}]",
        shorter,
        {"nothing longer than 6 minutes": (None, 360)},
        ["nothing over the top"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {negated} {atmost} {short limit} [{each}]",
        longer,
        {"nothing under 4 minutes": (240, None)},
        ["nothing under the sun"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {number} {ormore} {minutes} [{each}]",
        lambda n: longer(n * MINUTE),
        {"10+ minute tracks": (600, None)},
        ["10+ guests"],
        _speaks_of_tracks,
    ),
    Rule(
        "track_seconds",
        "{number} {ormore} {minutes} [{each}]",
        lambda n: longer(n * MINUTE) if n * MINUTE <= LONGEST_TRACK else None,
        {"drones (10+ min)": (600, None)},
        ["40+ minutes of jazz"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {durations} [{each}]",
        lambda span: span,
        {"pop songs between 2 and 4 minutes": (120, 240), "2-4 minute songs": (120, 240)},
        ["45-60 minutes of songs", "between 2 and 4 songs"],
        _spans_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {durations} [{each}]",
        lambda span: span if span[1] <= LONGEST_TRACK else None,
        {"between 3 and 5 minutes long": (180, 300)},
        ["a 10-15 minute warm-up playlist"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "{negated} {atmost} {limit} [,] [and | but] {negated} {atleast} {number} [{minutes}] [{each}]",
        lambda low, high: _both(low, high * MINUTE),
        {"none under 6 minutes, none over 9": (360, 540)},
        ["none under 6 hours, none over 9 metres"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atleast} {number} [{minutes}] (and | but) {atmost} {limit} [{each}]",
        lambda low, high: _both(low * MINUTE, high),
        {"songs over 2 but under 5 minutes": (120, 300)},
        ["over 2 but under 5 people"],
        _speaks_of_no_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atleast} {limit} (and | but) {atmost} {number} [{each}]",
        lambda low, high: _both(low, high * MINUTE),
        {"songs longer than 3 minutes but shorter than 6": (180, 360)},
        ["over 2 hours and under 5 people"],
        _speaks_of_no_list,
    ),
    Rule(
        "minutes",
        "[{lead}] [{only}] [{about}] {usual length} [{tail} | , {closing}]",
        in_minutes,
        {
            "an hour of jazz": 60,
            "about 45 minutes": 45,
            "1.5 hours": 90,
            "an hour and a half of dub": 90,
            "hour-long mix": 60,
            "a two-hour drive": 120,
            "music for half an hour": 30,
        },
        [
            "an hour before dawn",
            "24-hour diner",
            "45 minutes from home",
            "three-minute pop songs",
            "hour of need",
            "the last two hours of the party",
        ],
        _measures_list,
    ),
    Rule(
        "minutes",
        "[{only}] [{about}] {length}",
        in_minutes,
        {"a 7-minute warm-up": 7},
        ["six minutes of fury", "a 7-minute song"],
        _leads_list,
    ),
    Rule(
        "minutes",
        "[{lead} | in] {atmost} {list limit} [{tail} | , {closing}]",
        in_minutes,
        {"keep it under 40 minutes": 40, "no more than an hour": 60},
        ["less than an hour ago"],
        _bounds_list,
    ),
    Rule(
        "minutes",
        "[{lead}] {atleast} {long limit} [{tail} | , {closing}]",
        in_minutes,
        {"at least 2 hours of jazz": 120},
        ["songs over 20 minutes", "more than two hours late"],
        _speaks_of_no_track,
    ),
    Rule(
        "minutes",
        "[{lead}] {atmost} {length} [{tail} | , {closing}]",
        in_minutes,
        {"a playlist under 10 minutes": 10},
        ["songs under 10 minutes"],
        _speaks_of_list,
    ),
    Rule(
        "minutes",
        "[{lead}] {length} ({orless} | {ormore}) [of]",
        in_minutes,
        {"40 minutes max": 40, "an hour or less of pop": 60},
        ["songs of 20 minutes or more", "3 minutes max"],
        _speaks_of_no_track,
    ),
]
