"""What is not wanted: phrases as they stand, without articles ("no vocals", "anything but jazz").

A phrase is believed when its last word says something about music (musical.txt), when it is a name,
or, right at the start of a clause, when it is no ordinary word. Degrees ("not too fast", "not just
sad") exclude nothing. Lists go on over "or", "nor" and commas, over "and" only between like kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.lexicon import kind_of as _kind_of
from melscribe_core.grammar.names import read_name
from melscribe_core.grammar.nodes import has_digit
from melscribe_core.grammar.pattern import Reader, Reading, Rule, Term, Words
from melscribe_core.grammar.scene import Scene


def kind_of(words):
    return _kind_of(*words)


# What a phrase must be: musical, or else one rare word, or else anything short.
MUSICAL, RARE, ANY = range(3)
_MOST_ITEMS = 20
_LONGEST_ITEM = 5  # words
_DETERMINERS = frozenset(
    "any the a an all of those these that your more such my kind type sort single".split()
)
_MOST_DETERMINERS = 5
_WHATEVER = frozenset("anything everything songs tracks music stuff tunes things".split())
_HAVING = frozenset("with by from in about featuring containing".split())
_DEGREES = frozenset(
    "too so very just only merely simply quite exactly really that all always necessarily entirely overly even yet "
    "much many enough particularly terribly super as completely totally especially much more less every some one needing saying feeling".split()
)
_GENERAL = frozenset(
    "song songs track tracks tune tunes music stuff thing things one ones number numbers material sound sounds vibe vibes "
    "bits moments passages sections noises touches tone tones part parts element elements influence influences feel tempo tempos style styles version versions artist artists "
    "band bands singer singers album albums cover covers record records people".split()
)


# Musical words that are something else as well: "leave the house", "no score to settle".
_DOUBTFUL = frozenset(
    "house country garage jungle club soul rock swing trap drill bounce world chart score bar key note hook beat kick cut "
    "record hit single track number piece movement echo noise static voice word speech horn bell whistle organ triangle snap "
    "march cover classic theme effect fill loop pad dance words voices keys notes bars bells horns".split()
)
_ELSEWHERE = frozenset("to on of at around left from inside outside between behind".split())


@dataclass(frozen=True)
class _Item:
    end: int
    text: str
    kind: str  # a musical kind, "name", "general", or "" for a rare word
    words: int


def _item(scene: Scene, at: int, trust: int) -> _Item | None:
    """Return the phrase at a position, None when it is not believed to be about music."""
    start = _past_determiners(scene, at)
    if scene.low(start) in _DEGREES or start >= len(scene.tokens):
        return None
    end = _phrase_end(scene, start)
    if end == start or scene.low(end) in (
        "than",
        "per",
    ):  # "nothing longer than", "beats per minute"
        return None
    kind = _kind(scene, start, end, trust)
    if kind is None:
        return None
    return _Item(end, scene.slice(start, end), kind, end - start)


def _past_determiners(scene: Scene, at: int) -> int:
    """Step over "any of the" and over "anything with", which only lead to what is not wanted."""
    for _ in range(_MOST_DETERMINERS):
        titled = scene.is_capital(at) and scene.low(at) not in (
            "the",
            "a",
            "an",
        )  # "My Chemical Romance"
        if scene.low(at) in _DETERMINERS and not titled and not scene.is_end(at + 1):
            at += 1
        elif scene.low(at) in _WHATEVER and scene.low(at + 1) in _HAVING:
            at += 2
    return at


def _phrase_end(scene: Scene, start: int) -> int:
    """Return the position after the phrase: at a break, a word of another phrase, a number, a list's end."""
    at = start
    named = next(iter(read_name(scene, start)), None)
    if named is not None:
        at = named[0]
    while at < min(start + _LONGEST_ITEM + 2, len(scene.tokens)):
        compound = _compound_end(scene, at)
        if compound:
            at = compound
        elif scene.low(at) in ("-", "'", "&") and at > start:
            at += 1
        elif (
            at > start and scene.low(at) == "in" and scene.low(at + 1) in lexicon.words("language")
        ):
            at += 2
        elif _goes_on(scene, at, start):
            at += 1
        else:
            break
    return at - 1 if at > start and scene.low(at - 1) in ("-", "'", "&") else at


def _compound_end(scene: Scene, at: int) -> int:
    """Return the position after a musical phrase like "drum and bass", 0 for none."""
    return scene.after_phrase(at, lexicon.compounds().get(scene.low(at), ()))


def _goes_on(scene: Scene, at: int, start: int) -> bool:
    low = scene.low(at)
    if scene.is_end(at) or not scene.tokens[at].is_word:
        return False
    if scene.kept[at]:
        return True
    if low[0].isdigit() or low[0] == "'":
        return re.fullmatch(r"'?\d+'?s", low) is not None
    # "no vocals running": what the music is for is no part of the phrase.
    is_purpose = at > start and low in lexicon.words("activity") and not kind_of((low,))
    is_comment = at > start and (low in lexicon.words("comment") or low.endswith("ly"))
    return (
        low not in lexicon.words("stop")
        and not is_purpose
        and not (is_comment and not kind_of((low,)))
    )


def _kind(scene: Scene, start: int, end: int, trust: int) -> str | None:
    """Return the kind of a phrase by its last words, None when it is not about music."""
    words = scene.lows[start:end]
    if "in" in words[1:]:  # "lyrics in English"
        return (
            None if words[0] in _GENERAL else _kind(scene, start, start + words.index("in"), trust)
        )
    if words[0].endswith("ing") and len(words) > 1 and not kind_of((words[0],)):
        return None  # "without making a sound"
    if len(words) == 1 and words[0] in _DOUBTFUL and _is_else(scene, start, end):
        return None
    return (
        ("general" if words[-1] in _GENERAL and len(words) > 1 else "")
        or scene.kind_before(start, end)
        or ("genre" if _is_decade(words[-1]) else "")
        or ("name" if _is_named(scene, start, end) else "")
        or ("sound" if _has_player(words) else "")
        or _trusted(words, trust)
    )


def _is_decade(low: str) -> bool:
    return has_digit(low) and low.endswith("s")


def _has_player(words: list[str]) -> bool:
    """Tell whether a short phrase is about an instrument or a voice: "synth pads", "drum fills"."""
    return len(words) <= 3 and any(kind_of((word,)) in ("instrument", "voice") for word in words)


def _trusted(words: list[str], trust: int) -> str | None:
    """Return the unknown kind, "", when a phrase is believed without being musical, else None."""
    head = words[-1]
    unlike = head.endswith(("ly", "ed", "ing"))
    rare = (
        len(words) == 1 and not unlike and not {head, head.removesuffix("s")} & lexicon.ordinary()
    )
    return "" if (trust == RARE and rare) or (trust == ANY and len(words) <= 2) else None


def _is_else(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a doubtful word is no music here: "without a country", "no score to settle"."""
    article, before = scene.low(start - 1), scene.low(start - 2)
    placed = article in ("a", "my", "your") or (
        article == "the" and before not in ("without", "w/o")
    )
    return (
        placed
        or scene.low(end) in _ELSEWHERE
        or scene.low(end) + scene.low(end + 1) in ("inmy", "inthe")
    )


def _is_named(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a phrase is a name: a known one, or more than one capital."""
    found = next(iter(read_name(scene, start)), None)
    known = end - start > 1 or scene.is_name(start, end) or scene.low(start - 1) == "the"
    return found is not None and found[0] == end and known


def _items(
    trust: Callable[[Scene, int], int], kinds: frozenset[str] | None = None
) -> Callable[[Scene, int], Iterable[Reading]]:
    """Return a reader of a list of phrases; `kinds` are those that the first may have, None for all."""

    def read(scene: Scene, at: int) -> Iterable[Reading]:
        first = _item(scene, at, trust(scene, at))
        if first is None or (kinds is not None and first.kind not in kinds):
            return
        items = [first]
        while len(items) < _MOST_ITEMS:
            more = _next_items(scene, items[-1].end, first)
            if not more:
                break
            items.extend(more)
        yield items[-1].end, tuple(item.text for item in items)

    return read


def _next_items(scene: Scene, at: int, first: _Item) -> list[_Item]:
    """Return the next phrase of the list, or several joined by commas up to an "or"; none at its end."""
    joint = scene.low(at)
    if joint in ("or", "nor", "/"):
        item = _item(scene, at + 1, RARE)
        return [item] if item else []
    if joint in ("and", "&"):
        item = _item(scene, at + 1, MUSICAL)
        return [item] if item and _continues(scene, item, first, at + 1) else []
    return _comma_items(scene, at, first) if joint == "," else []


def _comma_items(scene: Scene, at: int, first: _Item) -> list[_Item]:
    items: list[_Item] = []
    while scene.low(at) == ",":
        last = scene.low(at + 1) in ("or", "nor", "and")
        item = _item(scene, at + 2 if last else at + 1, MUSICAL)
        if item is None or not _alike(item, first):
            return []
        items.append(item)
        if last:
            return items
        at = item.end
        if scene.low(at) in ("or", "nor", "and"):
            closing = _item(scene, at + 1, MUSICAL)
            return [*items, closing] if closing and _alike(closing, first) else []
    return []


def _alike(item: _Item, first: _Item) -> bool:
    return (item.kind == "mood") == (first.kind == "mood") and item.words <= 3


def _continues(scene: Scene, item: _Item, first: _Item, at: int) -> bool:
    """Tell whether "and" goes on with what is not wanted: "no drums and bass", not "no drums and slow piano"."""
    plain = kind_of((scene.low(at),)) != "mood" or first.kind == "mood"
    ends = scene.is_end(item.end) or scene.low(item.end) not in ("only", "instead")
    return _alike(item, first) and plain and ends


_NOUNS = frozenset(("genre", "instrument", "voice", "sound", "form", "general", "name"))


def _opens(scene: Scene, at: int) -> bool:
    """Tell whether the "no" before a position opens a clause."""
    before = scene.words_before(at - 1, 1)
    return scene.is_start(at - 1) or before[0] in (
        "and",
        "but",
        "please",
        "so",
        "with",
        "preferably",
        "also",
    )


def read_free(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield "vocal" of "vocal-free"."""
    joined = scene.low(at + 1) == "-" and scene.low(at + 2) == "free"
    if joined and kind_of((scene.low(at),)) in _NOUNS:
        yield at + 3, (scene.slice(at, at + 1),)


TERMS: dict[str, Term] = {
    "unwanted": Reader(_items(lambda scene, at: MUSICAL)),
    "unwanted nouns": Reader(_items(lambda scene, at: MUSICAL, _NOUNS)),
    "unwanted rare": Reader(_items(lambda scene, at: RARE)),
    "unwanted any": Reader(_items(lambda scene, at: ANY)),
    "vocal free": Reader(read_free),
    "of music": Words(
        "(nothing | no {any music} | not | not anything | don't want anything | not [the] {any music} | without anything)"
    ),
    # Verbs that other things have too ("hold the line", "skip a beat"): only as an order, with "the".
    "dropping": Words(
        "(skip | hold | ditch | lose | cut | mute | forget | kill | lay off | go easy on) (the | all the | any | all that | that)"
    ),
    "dislike": Words(
        "(avoid | avoiding | skip | ditch | omit | omitting | exclude | excluding | leave out | leaving out | "
        "keep out | cut out | spare me | spare us | stay away from | staying away from | steer clear of | stay clear of | "
        "filter out | remove | can't stand | cannot stand | can not stand | dislike | dislikes | not a fan of | not a big fan of | "
        "no fan of | not into | not keen on | not big on | no need for | can do without | could do without | not in the mood for | "
        "tired of | sick of | bored of | bored with | fed up with | enough of | enough with | "
        "(don't | do not | dont | doesn't | does not | didn't) (want | like | need | include | play | give me | add | put in | use | care for | fancy) | "
        "(don't | do not | dont) want to hear | (i'd | we'd | would) rather not [have | hear] | "
        "hate | hates | hating | despise | loathe | detest | leave off | ban | zero | devoid of | free of | free from | none of)"
    ),
    "but": Words(
        "(except | except for | excepting | excluding | other than | apart from | aside from | minus | sans | save for | "
        "barring | [by] (anyone | anybody | any artist | any band) but | with the exception of | (anything | everything | anything at all | any genre | all | whatever) (but | except | except for | besides | other than))"
    ),
}


def _opens(scene: Scene, start: int, end: int = 0) -> bool:
    """Tell whether a word opens a clause, or follows a word that may stand before an exclusion."""
    before = scene.words_before(start, 1)
    return scene.is_start(start) or before[0] in _OPENING


_OPENING = frozenset(
    "and but please so with preferably also pls definitely absolutely just yet though or".split()
)
_TELLING = frozenset(
    "there's there say saying said yes is was in isn't wasn't are were had to know knows use uses".split()
)


def _is_asked(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "no" belongs to what is asked for: not "there's no", "I have no piano"."""
    before = scene.words_before(start, 2)
    if before[:1] and before[0] in ("have", "has"):
        return before[1:] != [] and before[1] in lexicon.words("piece") | {"that", "which"}
    return not (before and before[0] in _TELLING)


def _is_spared(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "without" speaks of the music: not "I can't live without music"."""
    before = scene.words_before(start, 1)
    return not (
        before
        and before[0]
        in (
            "do",
            "live",
            "survive",
            "not",
            "never",
            "nothing",
            "world",
            "life",
            "day",
            "imagine",
            "go",
        )
    )


def _is_refused(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "not" refuses music: it opens a clause and is not how the person feels."""
    mood = scene.kind_before(start + 1, end) == "mood"
    person = {"i'm", "im", "i", "we're", "feel", "feeling", "she's", "he's", "you're"}
    return _opens(scene, start) and not (
        mood and not person.isdisjoint(scene.words_before(start, 6))
    )


def _is_quality(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "nothing" refuses a quality: not "nothing special", "nothing gold can stay"."""
    verbs = ("can", "will", "could", "would", "is", "was", "has", "ever")
    saying = scene.low(start + 1) in lexicon.words("no quality") or scene.low(end) in verbs
    return _is_asked(scene, start, end) and not saying


def _is_no_exception(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "except" takes something out: not back in, as in "no vocals except choirs"."""
    return {"no", "not", "without", "nothing"}.isdisjoint(scene.words_before(start, 3))


def _is_own_dislike(scene: Scene, start: int, end: int) -> bool:
    """Tell whether the dislike is the person's: not "people who hate jazz", "never avoid"."""
    before = scene.words_before(start, 1)
    return not (
        before
        and before[0] in ("who", "to", "love", "never", "not", "they", "don't", "that", "you")
    )


RULES = [
    Rule(
        "exclude",
        "no [more] {unwanted} [{at all}]",
        lambda items: items,
        {
            "no vocals": ("vocals",),
            "no drums or bass, please": ("drums", "bass"),
            "no jazz, rock or country": ("jazz", "rock", "country"),
            "rainy, no drum and bass": ("drum and bass",),
        },
        [
            "no doubt about it",
            "no-wave",
            "a night with no sleep",
            "there's no music on Mars",
            "no, thanks",
        ],
        _is_asked,
    ),
    Rule(
        "exclude",
        "(there's | there is | there are | there be | has | have | having) no {unwanted} [{at all}]",
        lambda items: items,
        {"make sure there's no singing": ("singing",)},
        ["there's no love song in me", "there are no rules"],
        lambda scene, start, end: (
            scene.kind_before(start + 2, end) in ("instrument", "voice")
            and scene.words_before(start, 1)[:1] not in (["i"], ["we"], ["they"])
        ),
    ),
    Rule(
        "exclude",
        "(without | w/o) [having | using | needing | adding] {unwanted nouns} [{at all}]",
        lambda items: items,
        {
            "without drums": ("drums",),
            "jazz without the saxophone or singing": ("saxophone", "singing"),
        },
        ["world music without borders", "can't live without music", "without a doubt"],
        _is_spared,
    ),
    Rule(
        "exclude",
        "(without | w/o) (being | sounding | getting | becoming | going | feeling) {unwanted}",
        lambda items: items,
        {"warm without being cheesy": ("cheesy",)},
        ["without being late", "without getting up"],
        _is_spared,
    ),
    Rule(
        "exclude",
        "not {unwanted} [{at all}]",
        lambda items: items,
        {"not country or metal": ("country", "metal"), "upbeat but not cheesy": ("cheesy",)},
        [
            "not just sad but devastating",
            "not too fast",
            "I'm tired but not sleepy",
            "whether or not",
        ],
        _is_refused,
    ),
    Rule(
        "exclude",
        "nothing {unwanted any} [{at all}]",
        lambda items: items,
        {"nothing sad": ("sad",), "nothing heavy or loud": ("heavy", "loud")},
        ["nothing but the blues", "nothing else matters", "nothing too loud", "nothing compares"],
        _is_quality,
    ),
    Rule(
        "exclude",
        "{of music} (with | from | in | featuring | containing | involving | by) {unwanted} [{at all}]",
        lambda items: items,
        {"nothing with drums": ("drums",), "no songs in French": ("French",)},
        ["nothing in particular", "not in the mood", "nothing from here"],
        _is_asked,
    ),
    Rule(
        "exclude",
        "{of music} about {unwanted any} [{at all}]",
        lambda items: items,
        {"no songs about love": ("love",)},
        ["nothing about it", "not about you"],
        _is_asked,
    ),
    Rule(
        "exclude",
        "(({of music} | aren't | isn't | are not | is not) (by | like | from | that sounds like) | not similar to | unlike) {names} [{at all}]",
        lambda names: names,
        {"nothing by Coldplay": ("Coldplay",), "nothing like Nickelback": ("Nickelback",)},
        ["nothing like a good cry", "nothing by the sea"],
    ),
    Rule(
        "exclude",
        "{but} {unwanted} [{at all}]",
        lambda items: items,
        {
            "anything but jazz": ("jazz",),
            "except christmas music": ("christmas music",),
            "minus the screaming": ("screaming",),
            "other than pop and rock": ("pop", "rock"),
        },
        ["everything but the girl", "all but forgotten", "except on Sundays", "minus ten degrees"],
        _is_no_exception,
    ),
    Rule(
        "exclude",
        "{dislike} {unwanted nouns} [{at all}]",
        lambda items: items,
        {
            "I hate autotune": ("autotune",),
            "skip the ballads": ("ballads",),
            "I don't want any synths": ("synths",),
            "can't stand rap": ("rap",),
        },
        [
            "I hate Mondays",
            "skip school",
            "hold the line",
            "can't stand the rain",
            "people who hate jazz",
        ],
        _is_own_dislike,
    ),
    Rule(
        "exclude",
        "{dropping} {unwanted nouns} [{at all}]",
        lambda items: items,
        {"hold the saxophone": ("saxophone",), "lose the drums": ("drums",)},
        ["hold the line", "skip the small talk", "we cut the cake"],
        _opens,
    ),
    Rule(
        "exclude",
        "(leave | keep | leaving | keeping) {unwanted nouns} (out | out of it | out of this | aside | off)",
        lambda items: items,
        {"leave the ballads out": ("ballads",)},
        ["leave the house out", "with a piano"],
    ),
    Rule(
        "exclude",
        "neither {unwanted}",
        lambda items: items if len(items) > 1 else None,
        {"neither country nor folk": ("country", "folk")},
        ["neither here nor there", "neither of us"],
    ),
    Rule(
        "exclude",
        "{vocal free}",
        lambda items: items,
        {"vocal-free techno": ("vocal",)},
        ["care-free pop", "free jazz"],
    ),
]
