"""Rules for `track_seconds` ([low, high] for each track) and `minutes` (of the playlist).

A bound is on each track when the words mention tracks ("songs under 3 minutes", "4 minutes each"),
or when it is short and they do not mention the playlist. A duration is the playlist's when it
measures one ("an hour of", "a two-hour drive"); others ("20 minutes from home", "three-minute pop
songs") stay in the free text. Of a range ("45 to 60 minutes") the playlist takes the larger.
"""

from __future__ import annotations

from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.common import is_musical, mentions_music, wishes
from melscribe_core.request.grammar.durations import HOUR, LONG_TRACK, MINUTE, Bounds
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.numbers import whole
from melscribe_core.request.grammar.pattern import Rule, Term, Words, same
from melscribe_core.request.grammar.scene import Scene

SHORTEST_LIST, LONGEST_LIST = 5 * MINUTE, 18 * HOUR
_TRACK_WORDS = frozenset("each apiece song track songs tracks nothing none".split())
_NEAREST = 9  # tokens back to the noun that a bound is on

TERMS: dict[str, Term] = {
    "leading": Words("{lead}", "(length | duration | runtime | time | total | long) :"),
    "ending": Words("{tail} | , {closing}"),
}


def _is_on_tracks(scene: Scene, start: int, end: int) -> bool:
    """Return whether a bound is on each track: "each", or a track is its nearest noun."""
    if _is_moment(scene, start, end):
        return False
    said = not _TRACK_WORDS.isdisjoint(scene.lows[start:end])
    return said or _nearest(scene, start, end) == "piece"


def _is_range_on_tracks(scene: Scene, start: int, end: int) -> bool:
    """Return whether a range of lengths is on each track: not "45-60 minutes of songs"."""
    return scene.low(end) != "of" and _is_on_tracks(scene, start, end)


def _is_not_on_list(scene: Scene, start: int, end: int) -> bool:
    """Return whether a short bound is on each track: the playlist is not its nearest noun."""
    return _nearest(scene, start, end) != "list" and not _is_moment(scene, start, end)


def _is_on_list(scene: Scene, start: int, end: int) -> bool:
    """Return whether a bound is on the playlist: the playlist is its nearest noun."""
    return _nearest(scene, start, end) == "list" and not _is_moment(scene, start, end)


def _is_not_on_tracks(scene: Scene, start: int, end: int) -> bool:
    """Return whether a long bound is on the playlist: the words do not say "each track"."""
    of_music = scene.low(end - 1) == "of"
    is_free = of_music or not _is_on_tracks(scene, start, end)
    return is_free and not _is_moment(scene, start, end)


def _is_upper_bound_on_list(scene: Scene, start: int, end: int) -> bool:
    """Return whether an upper bound of half an hour or more is on the playlist, not on "each"."""
    near = (*scene.lows[start:end], *scene.words_after(end, 2))
    each = not {"each", "apiece", "per"}.isdisjoint(near)
    return not each and not _is_moment(scene, start, end)


def _nearest(scene: Scene, start: int, end: int) -> str:
    """Return "piece" or "list" for the noun after a bound or the nearest before; "" for none."""
    noun = _next_noun(scene, end)
    at = start - 1
    while not noun and at >= max(start - _NEAREST, 0) and not scene.tokens[at].is_break:
        noun = _noun(scene, at)
        at -= 1
    return noun


def _next_noun(scene: Scene, end: int) -> str:
    """Return "piece" or "list" for the first such noun in the next words; "" for none."""
    for at in range(end, min(end + 5, len(scene.tokens))):
        noun = _noun(scene, at)
        if noun or scene.tokens[at].is_break or is_a(scene.low(at), "stop"):
            return noun
    return ""


def _noun(scene: Scene, at: int) -> str:
    """Return "piece" for a noun for tracks, "list" for one for a playlist, "" for another."""
    low = scene.low(at)
    if is_a(low, "piece") or low == "nothing":
        return "piece"
    return "list" if low == "it" or _past_list(scene, at) else ""


def _past_list(scene: Scene, at: int) -> int:
    """Return the position after a word for a playlist or an activity ("drive"); 0 for none."""
    low = scene.low(at)
    classes = (lexicon.entries("list"), lexicon.entries("activity"))
    return max(scene.after_phrase(at, entries.get(low, ())) for entries in classes)


def _is_moment(scene: Scene, start: int, end: int) -> bool:
    """Return whether a duration is a point in time: "an hour before dawn", "in 20 minutes"."""
    before = [word for word in scene.words_before(start, 6) if word not in ("a", "an", "the")]
    if _is_past(before) or any(is_a(word, "waiting") for word in before):
        return True
    return scene.low(end - 1) != "of" and _is_away(scene.words_after(end, 4))


def _is_past(before: list[str]) -> bool:
    """Return whether the word before a duration makes it a point in time: "in", "the last"."""
    if wishes(before):
        return False
    is_verb = before[:1] == ["last"] and is_a("".join(before[1:2]), "before a verb")
    return is_a("".join(before[:1]), "moment before") and not is_verb


def _is_away(after: list[str]) -> bool:
    """Return whether the words after a duration make it a point in time or a distance."""
    first, second = [*after, "", ""][:2]
    far = is_a(first, "activity") and second in ("from", "away")  # "an hour's drive from"
    return far or "behind" in after or (is_a(first, "moment after") and not _dates(after))


def _dates(after: list[str]) -> bool:
    """Return whether years follow "from" or "in": "45 minutes from the 80s"."""
    era = next((word for word in after[1:] if word != "the"), "")
    dated = era[:1].isdigit() or era[:1] == "'" or era.endswith("ties")
    return after[0] in ("from", "in") and (dated or era in ("early", "mid", "late"))


def _measures_list(scene: Scene, start: int, end: int) -> bool:
    """Return whether a bare duration measures the playlist."""
    if _is_moment(scene, start, end) or _is_story(scene, start):
        return False
    if "of" in (scene.low(end - 1), scene.low(end)):
        return scene.low(end - 1) == "of" and not _is_idle(scene, end)
    noun = _next_noun(scene, end)
    if noun:
        return noun == "list"
    return _is_measured(scene, start, end) or _stands_alone(scene, start, end)


def _is_story(scene: Scene, start: int) -> bool:
    """Return whether "for" is before a duration without music: "they sat for an hour"."""
    behind = start if scene.low(start) == "for" else start - 1
    return scene.low(behind) == "for" and not mentions_music(scene, behind)


def _is_idle(scene: Scene, at: int) -> bool:
    """Return whether what follows "an hour of" is not music: "sleep", "your time"."""
    idle = is_a(scene.low(at), "idle") and scene.low(at + 1) != "-"
    return idle or (is_a(scene.low(at), "owner") and is_a(scene.low(at + 1), "own idle"))


def _leads_list(scene: Scene, start: int, end: int) -> bool:
    """Return whether a duration precedes a word for a list or activity: "a 7-minute warm-up"."""
    if is_a(scene.low(start - 1), "owner") or _is_moment(scene, start, end):
        return False  # "my 5-minute walk to work"
    for at in range(end, min(end + 5, len(scene.tokens))):
        after = _past_list(scene, at)
        if after and _closes(scene, after):
            return True
        if scene.is_end(at) or is_a(scene.low(at), "stop"):
            break
    return False


def _is_measured(scene: Scene, start: int, end: int) -> bool:
    """Return whether the match or the word before it asks for a length."""
    if any(is_a(low, "measuring") for low in scene.lows[start:end]) or scene.low(end) == "music":
        return True
    wanted = is_a(scene.low(start), "wanting") or is_a(scene.word_before(start), "wanting")
    listed = start > 0 and _noun(scene, start - 1) == "list"
    return (wanted or listed) and _closes(scene, end)


def _closes(scene: Scene, end: int) -> bool:
    """Return whether a phrase ends before a position: at a break, a mark, or a stop word."""
    if scene.is_end(end) or is_a(scene.low(end), "stop"):
        return True
    return not scene.tokens[end].is_word and scene.low(end) not in ("-", "'")


def _stands_alone(scene: Scene, start: int, end: int) -> bool:
    """Return whether breaks or musical words surround a duration: "jazz, 45 minutes"."""
    before, after = scene.word_before(start), scene.word_after(end)
    free_before = scene.is_start(start) or is_musical(before) or before in ("and", "please")
    return free_before and (scene.is_end(end) or is_musical(after) or is_a(after, "stop"))


def in_minutes(seconds: float) -> float | None:
    """Return a playlist's length in minutes; None outside 5 minutes to 18 hours."""
    return whole(round(seconds / MINUTE, 2)) if SHORTEST_LIST <= seconds <= LONGEST_LIST else None


def longer(seconds: float) -> Bounds:
    """Return the open range from a length upwards."""
    return whole(seconds), None


def shorter(seconds: float) -> Bounds:
    """Return the open range up to a length."""
    return None, whole(seconds)


def _both(low: float, high: float) -> Bounds | None:
    return (whole(low), whole(high)) if low <= high else None


RULES = [
    Rule(
        "track_seconds",
        "[{that are}] {atmost} {piece limit} [{each}]",
        shorter,
        {"songs under 3 minutes": (None, 180), "tracks under 20 minutes each": (None, 1200)},
        ["a playlist under 20 minutes", "live under an hour from here"],
        _is_on_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atleast} {limit} [{each}]",
        longer,
        {"songs over 7 minutes": (420, None), "drone pieces longer than 20 minutes": (1200, None)},
        ["over 2 minutes ago"],
        _is_on_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {piece limit} {orless} [{each}]",
        shorter,
        {"songs of 20 minutes or less": (None, 1200)},
        ["songs, 40 minutes max"],
        _is_on_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {limit} {ormore} [{each}]",
        longer,
        {"tracks of 20 minutes or more": (1200, None)},
        ["10 minutes or more ago"],
        _is_on_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {negated} {atleast} {limit} [{each}]",
        shorter,
        {"no songs over 5 minutes": (None, 300)},
        ["nothing over the top"],
        _is_on_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {negated} {atmost} {limit} [{each}]",
        longer,
        {"no track shorter than six minutes": (360, None)},
        ["nothing under the sun"],
        _is_on_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atmost} {short limit} [{each}]",
        shorter,
        {"punk, under 2 minutes": (None, 120), "shorter than 3:30": (None, 210)},
        ["a playlist under 20 minutes", "live under an hour from here"],
        _is_not_on_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atleast} {short limit} [{each}]",
        longer,
        {"prog, at least 8 minutes": (480, None)},
        ["over 2 minutes ago"],
        _is_not_on_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {short limit} {orless} [{each}]",
        shorter,
        {"3 minutes max": (None, 180)},
        ["songs, 40 minutes max"],
        _is_not_on_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {short limit} {ormore} [{each}]",
        longer,
        {"10 minutes or longer": (600, None)},
        ["10 minutes or more ago"],
        _is_not_on_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {number} {ormore} {minutes} [{each}]",
        lambda n: longer(n * MINUTE),
        {"20+ minute tracks": (1200, None)},
        ["10+ guests"],
        _is_on_tracks,
    ),
    Rule(
        "track_seconds",
        "{number} {ormore} {minutes} [{each}]",
        lambda n: longer(n * MINUTE) if n * MINUTE <= LONG_TRACK else None,
        {"drones (10+ min)": (600, None)},
        ["40+ minutes of jazz"],
        _is_not_on_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {durations} [{each}]",
        same,
        {"2-4 minute songs": (120, 240), "songs of 15 to 20 minutes": (900, 1200)},
        ["45-60 minutes of songs", "between 2 and 4 songs"],
        _is_range_on_tracks,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {durations} [{each}]",
        lambda span: span if span[1] <= LONG_TRACK else None,
        {"between 3 and 5 minutes long": (180, 300)},
        ["a 10-15 minute warm-up playlist"],
        _is_not_on_list,
    ),
    Rule(
        "track_seconds",
        "{negated} {atmost} {limit} [,] [and | but] {negated} {atleast} {number} [{minutes}]",
        lambda low, high: _both(low, high * MINUTE),
        {"none under 6 minutes, none over 9": (360, 540)},
        ["none under 6 hours, none over 9 metres"],
        _is_not_on_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atleast} {number} [{minutes}] (and | but) {atmost} {limit} [{each}]",
        lambda low, high: _both(low * MINUTE, high),
        {"songs over 2 but under 5 minutes": (120, 300)},
        ["over 2 but under 5 people"],
        _is_not_on_list,
    ),
    Rule(
        "track_seconds",
        "[{that are}] {atleast} {limit} (and | but) {atmost} {number} [{each}]",
        lambda low, high: _both(low, high * MINUTE),
        {"songs longer than 3 minutes but shorter than 6": (180, 360)},
        ["over 2 hours and under 5 people"],
        _is_not_on_list,
    ),
    Rule(
        "minutes",
        "[{leading}] [{only}] [{about}] {usual length} [{ending}]",
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
        "[{leading} | in] {atmost} {list limit} [{ending}]",
        in_minutes,
        {"keep it under 40 minutes": 40, "40 songs in under an hour": 60},
        ["less than an hour ago"],
        _is_upper_bound_on_list,
    ),
    Rule(
        "minutes",
        "[{leading}] {atleast} {long limit} [{ending}]",
        in_minutes,
        {"at least 2 hours of jazz": 120},
        ["songs over 20 minutes", "more than two hours late"],
        _is_not_on_tracks,
    ),
    Rule(
        "minutes",
        "[{leading}] {atmost} {length} [{ending}]",
        in_minutes,
        {"a playlist under 10 minutes": 10},
        ["songs under 10 minutes"],
        _is_on_list,
    ),
    Rule(
        "minutes",
        "[{leading}] {length} ({orless} | {ormore}) [of]",
        in_minutes,
        {"40 minutes max": 40, "an hour or less of pop": 60},
        ["songs of 20 minutes or more", "3 minutes max"],
        _is_not_on_tracks,
    ),
]
