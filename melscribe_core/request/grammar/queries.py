"""Rules for `queries`: requests about fields of the library: "added last week", "most played".

Values are terms of a beets query ("added:-1w..") or sort ("length-").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from melscribe_core.request.grammar.common import is_musical, leads_to_music, refers_to_music
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.pattern import Rule, Term, Ways, Words
from melscribe_core.request.grammar.recent import CountedFromToday
from melscribe_core.request.grammar.scene import Scene

Terms: TypeAlias = tuple[str, ...]

# Words that can follow a complete phrase such as "never played".
_GOES_ON = frozenset("yet before but and or please so far at in by from on with to , .".split())


def _always(range_: str) -> Callable[[], Callable[[int], str]]:
    return lambda: lambda year: range_


def _ago(unit: str) -> Callable[[float], Callable[[int], str]]:
    return lambda number: lambda year: f"-{int(number)}{unit}"


def _since_ago(unit: str) -> Callable[[float], Callable[[int], str]]:
    return lambda number: lambda year: f"-{int(number)}{unit}.."


_LAST = "[in | within | over | during] [the] (last | past)"
_UNITS = {"days": "d", "weeks": "w", "months": "m", "years": "y"}

TERMS: dict[str, Term] = {
    # Values: ranges of dates in beets' syntax.
    "when": CountedFromToday(
        ("today", _always("-1d..")),
        ("(since yesterday | yesterday)", _always("-2d..")),
        (f"this week | {_LAST} week | {_LAST} few days", _always("-1w..")),
        (f"this month | {_LAST} month | {_LAST} few weeks", _always("-1m..")),
        (f"{_LAST} few months", _always("-3m..")),
        ("this year", lambda: lambda year: f"{year}.."),
        ("last year", lambda: lambda year: f"{year - 1}"),
        ("[in | within | over] the (last | past) year", _always("-1y..")),
        *((f"{_LAST} {{amount}} {unit}", _since_ago(short)) for unit, short in _UNITS.items()),
    ),
    "how long": CountedFromToday(
        *((f"{{amount}} {unit}", _ago(short)) for unit, short in _UNITS.items()),
        ("a month", lambda: lambda year: "-1m"),
        ("a year", lambda: lambda year: "-1y"),
    ),
    "a while": Words(
        "a while | a long while | quite a while | quite some time | some time | a long time | ages"
        " | such a long time | forever | years | months | weeks | a bit | so long | long"
    ),
    "new things": Words(
        "[the | my | some | any] [new | newest | latest] (stuff | things | music | songs | tracks |"
        " albums | records | ones)"
    ),
    "I have": Words(
        "[that | which | what] [did | have] (i | i've | we | we've) [have] [just | only | all]",
        "[that | which] (was | were | has been | have been | got)",
    ),
    "taken in": Words("added | add | imported | ripped | downloaded | bought | purchased"),
    "heard": Words("(heard | played | listened to | hear) [this | it | these | them | those]"),
    "have not": Words(
        "[that | which] [i | we] (haven't | havent | have not | hadn't | didn't | did not) [been]",
        "[that | which] (hasn't | hasnt | has not) been",
    ),
    "have never": Words(
        "[that | which] [i | i've | we | we've] [have | had | has | was] never [been | ever | once]"
    ),
    "my library": Words(
        "(in | of | to | from) (my | the | our | this) (library | collection | beets library)"
    ),
    "at length": Ways(("longest", lambda: "-"), ("shortest", lambda: "+")),
    "most": Ways(("most", lambda: "-"), ("least", lambda: "+")),
    "rated": Ways(
        ("(top | highest | best | highly | well) rated", lambda: "-"),
        ("(lowest | worst | badly | poorly) rated", lambda: "+"),
        ("rated (highest | best)", lambda: "-"),
    ),
    "stars": Words("(five | 5 | four | 4) (star | stars | starred)"),
    "favourite": Words("favourite | favorite | fave | fav | best loved | most loved"),
    "favourites": Words("favourites | favorites | faves | favs"),
}


def _near_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether it is music that was added or heard: not "shoes I bought last week"."""
    before = scene.word_before(start)
    return not before or refers_to_music(before) or bool(scene.kind_before(0, start))


def _ends_near_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether the phrase ends here and follows music: not "I never played the fool"."""
    after = scene.low(end)
    goes_on = scene.is_end(end) or after in _GOES_ON or is_a(after, "piece")
    if after == "from" and scene.low(end + 1) in ("again", "him", "her", "them", "since"):
        return False
    return goes_on and after != "-" and _near_music(scene, start, end)


def _music_follows(scene: Scene, start: int, end: int) -> bool:
    """Return whether music follows, or the phrase ends: not "the most played-out clichés"."""
    after = scene.words_after(end, 4)
    goes_on = scene.is_end(end) or scene.low(end) in _GOES_ON
    return scene.low(end) != "-" and (goes_on or leads_to_music(after) or refers_to_music(after[0]))


def _are_favourites(scene: Scene, start: int, end: int) -> bool:
    """Return whether music follows: not "my favourite colour"."""
    after = scene.words_after(end, 4)
    return bool(after) and (is_musical(after[0]) or leads_to_music(after))


def _are_all(scene: Scene, start: int, end: int) -> bool:
    """Return whether "favourites" is the whole phrase: not "festival favourites"."""
    if not scene.is_start(start) and scene.low(start) not in ("my", "our", "all", "some"):
        return False
    return scene.is_end(end) or scene.low(end) in ("but", "and", "please", "from", "by", "with")


def _are_unheard(scene: Scene, start: int, end: int) -> bool:
    """Return whether it is music that was never played: not "an unheard cry"."""
    one_word = scene.low(start) in ("unplayed", "unheard")
    follows = one_word and leads_to_music(scene.words_after(end, 4))
    return follows or _ends_near_music(scene, start, end)


def _are_starred(scene: Scene, start: int, end: int) -> bool:
    """Return whether stars rate music: not "a five star hotel"."""
    rated = scene.low(start) == "rated" and scene.is_end(end)
    return rated or _are_favourites(scene, start, end)


def _is_format(scene: Scene, start: int, end: int) -> bool:
    """Return whether the phrase ends here and has several words: "flac" alone may be a name."""
    return scene.is_end(end) and end - start > 1


def _terms(*terms: str) -> Callable[[], Terms]:
    return lambda: terms


def _sorted_by(field: str) -> Callable[[str], Terms]:
    return lambda sign: (f"{field}{sign}",)


def _in(field: str) -> Callable[[str], Terms]:
    return lambda range_: (f"{field}:{range_}",)


def _not_since(ago: str) -> Terms:
    return (f"last_played:..{ago}",)


# The examples hold in 2026.
RULES = [
    Rule(
        "queries",
        "[{new things}] [{I have}] [recently | newly] {taken in} {when}",
        _in("added"),
        {
            "added last week": ("added:-1w..",),
            "new stuff I added last week": ("added:-1w..",),
            "jazz imported in the last 3 months": ("added:-3m..",),
            "albums I bought this year": ("added:2026..",),
        },
        ["shoes I bought last week", "a verse added last"],
        _near_music,
    ),
    Rule(
        "queries",
        "[{new things}] [{I have}] ((recently | newly | lately) {taken in} | just {taken in})"
        " | [{new things}] [{I have}] {taken in} (recently | lately)",
        _terms("added:-1m.."),
        {"recently added": ("added:-1m..",), "folk I added recently": ("added:-1m..",)},
        ["recently divorced", "just married", "a recently bought house"],
        _near_music,
    ),
    Rule(
        "queries",
        "[the | my] (newest | latest | most recent | recent | new | last) additions [{my library}]"
        " | [{new things}] [that is | that's | that are] (new | newest | latest) {my library}",
        _terms("added-"),
        {"newest additions": ("added-",), "what's new in my library": ("added-",)},
        ["new in town", "additions to the family"],
    ),
    Rule(
        "queries",
        "[the | my] {at length} >> {adjectives} {several pieces}",
        _sorted_by("length"),
        {
            "the longest tracks": ("length-",),
            "longest jazz songs": ("length-",),
            "shortest songs": ("length+",),
        },
        ["the longest night of the year", "the longest road", "shortest way home"],
    ),
    Rule(
        "queries",
        "{at length} first",
        _sorted_by("length"),
        {"jazz, longest first": ("length-",)},
        ["ladies first"],
    ),
    Rule(
        "queries",
        "{have not} {heard} [to] [in | for] {a while} | not {heard} [in | for] {a while}"
        " | [i | we] (rarely | seldom | hardly ever) (play | hear | listen to)"
        " | not [been] (recently | lately) {heard} | not [been] {heard} (recently | lately)"
        " | (have not | haven't) {heard} (recently | lately)",
        _terms("last_played+"),
        {
            "songs I haven't heard in a while": ("last_played+",),
            "not played in ages": ("last_played+",),
        },
        ["I haven't slept in a while", "haven't heard the news"],
        _ends_near_music,
    ),
    Rule(
        "queries",
        "{have not} {heard} [to] [in | for | in the last | for the last] {how long}",
        _not_since,
        {"jazz I haven't played in 6 months": ("last_played:..-6m",)},
        ["I haven't slept in two days"],
        _ends_near_music,
    ),
    Rule(
        "queries",
        "{have never} {heard} | {have not} {heard} yet | (unplayed | unheard)",
        _terms("^play_count:1.."),
        {
            "never played": ("^play_count:1..",),
            "songs I've never heard": ("^play_count:1..",),
            "unplayed jazz albums": ("^play_count:1..",),
        },
        [
            "I never played the fool",
            "never heard of him",
            "never heard from again",
            "an unheard cry",
        ],
        _are_unheard,
    ),
    Rule(
        "queries",
        "[the | my | our] {most} (played | listened to | heard | streamed | listened)",
        _sorted_by("play_count"),
        {"most played": ("play_count-",), "my least played songs": ("play_count+",)},
        ["the most played-out clichés", "the most heard complaint"],
        _music_follows,
    ),
    Rule(
        "queries",
        "[that | which] (i | we) (play | hear | listen to | played | heard | listened to)"
        " [the] {most} [often]",
        _sorted_by("play_count"),
        {"songs I listen to the most": ("play_count-",), "jazz I play least": ("play_count+",)},
        ["I play most games alone"],
        _ends_near_music,
    ),
    Rule(
        "queries",
        "[the | my | our] {most} skipped",
        _sorted_by("skip_count"),
        {"most skipped songs": ("skip_count-",), "least skipped": ("skip_count+",)},
        ["the most skipped lessons"],
        _music_follows,
    ),
    Rule(
        "queries",
        "[{I have}] {heard} {when} | [{I have}] (recently | lately | just) {heard}"
        " | [{I have}] {heard} (recently | lately)",
        lambda range_="-1m..": (f"last_played:{range_}",),
        {
            "recently played": ("last_played:-1m..",),
            "songs I played last week": ("last_played:-1w..",),
        },
        ["the news I heard last week", "recently heard rumours"],
        _ends_near_music,
    ),
    Rule(
        "queries",
        "[all | some of] [my | our] [all time] {favourites} [of all time]",
        _terms("rating-"),
        {"my favourites": ("rating-",), "my all-time favorites": ("rating-",)},
        ["my favourites at the bakery", "festival favourites"],
        _are_all,
    ),
    Rule(
        "queries",
        "(my | our | all my | some of my) [all time] {favourite}",
        _terms("rating-"),
        {"my favourite songs": ("rating-",), "my favorite jazz": ("rating-",)},
        ["my favourite colour", "my favourite time of the day"],
        _are_favourites,
    ),
    Rule(
        "queries",
        "[the | my | our] {rated}",
        _sorted_by("rating"),
        {"top rated": ("rating-",), "my highest-rated albums": ("rating-",)},
        ["top rated hotels", "X rated"],
        _music_follows,
    ),
    Rule(
        "queries",
        "[rated | with | my] {stars}",
        _terms("rating-"),
        {"five star songs": ("rating-",), "rated 5 stars": ("rating-",)},
        ["a five star hotel lobby", "four star general", "five stars in the sky"],
        _are_starred,
    ),
    Rule(
        "queries",
        "[the | my] oldest {several pieces} {my library}",
        _terms("year+"),
        {"the oldest songs in my library": ("year+",)},
        ["the oldest songs in the world", "the oldest trick in my book"],
    ),
    Rule(
        "queries",
        "[in] flac [files] [only] | (only | just) flac [files]",
        _terms("format:flac"),
        {"jazz, flac files": ("format:flac",), "flac only": ("format:flac",)},
        ["a band called Flac Attack"],
        _is_format,
    ),
    Rule(
        "queries",
        "[in] (mp3 | mp3s) (files | only) | (only | just) (mp3 | mp3s)",
        _terms("format:mp3"),
        {"jazz, mp3s only": ("format:mp3",)},
        ["mp3 player on the bus"],
        _is_format,
    ),
]
