"""Phrases: the terms of the patterns in moves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from melscribe_core.request.grammar import numbers
from melscribe_core.request.grammar.lexicon import is_a, kind_of
from melscribe_core.request.grammar.pattern import Reader, Reading, Term, Ways, Words
from melscribe_core.request.grammar.scene import Scene

# A playlist's things, named without saying which.
_THINGS = """
    songs | song | tracks | track | tunes | tune | music | ones | one | stuff | options | option
    | suggestions | suggestion | choices | choice | picks | pick | recommendations | selections
    | hits | things | titles | bangers | bops | jams | artists | artist | bands | singers |
    numbers | pieces | material | recs
"""
_GOOD = """
    great | good | nice | awesome | amazing | excellent | perfect | lovely | wonderful |
    beautiful | fantastic | brilliant | cool | sweet | superb | fab | fabulous | fine | solid |
    lit | dope | sick | rad | neat | incredible | terrific | splendid | stellar | outstanding |
    marvelous | marvellous | gorgeous | delightful | phenomenal | spectacular | magnificent |
    exquisite | impressive | decent | okay | ok | alright | gold | golden | bliss | banging |
    fire | spot on | on point | right on | bang on | top notch | first class | not bad | not
    half bad | pretty good | my jam | ideal | fun | magic | class | ace | mint | super |
    interesting
"""
_VERY = """
    so | very | really | quite | pretty | too | such | such a | all | both | just | all just |
    all so | all really | all very | absolutely | a | an | some | really really | truly |
    totally | simply | actually | definitely | pretty much | mostly | all pretty | super | a
    really | a very | such an | much | already | more | as | more like it and
"""
_JUDGED = """
    start | starts | one | ones | job | work | choice | choices | pick | picks | selection |
    selections | suggestion | suggestions | recommendation | recommendations | list | playlist |
    call | taste | idea | ideas | going | beginning | find | finds | batch | shout
"""


def read_rest(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the end of the clause and its words from a position on, if there are any."""
    if at < len(scene.tokens):
        yield len(scene.tokens), scene.slice(at, len(scene.tokens))


def skip_rest(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the end of the clause; the rest may be empty."""
    yield len(scene.tokens), None


_MOST_BEFORE = 14  # tokens
_LONGEST_MOOD = 4  # tokens
_MOST_TRACKS = 1000
_MOST_QUALITIES = 4


def before(*markers: str) -> Reader:
    """Return the term of the words before each of these: "pop" of "pop would be nice"."""

    def read(scene: Scene, at: int) -> Iterator[Reading]:
        for end in range(at + 1, min(at + _MOST_BEFORE, len(scene.tokens))):
            if scene.low(end) in markers:
                yield end, scene.slice(at, end)

    return Reader(read)


def skipped(most: int, *markers: str) -> Reader:
    """Return the term without a value of up to `most` words before one of these."""

    def read(scene: Scene, at: int) -> Iterator[Reading]:
        for end in range(at + 1, min(at + most + 1, len(scene.tokens))):
            if scene.low(end) in markers:
                yield end, None

    return Reader(read, silent=True)


_BIGGEST = ("biggest", "greatest", "number")


def read_fan_of(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield "Adele" of "Adele's biggest fan"."""
    for end in range(at + 1, min(at + _MOST_BEFORE, len(scene.tokens))):
        if scene.low(end) == "fan":
            start = at + (scene.low(at) in _BIGGEST)
            first = end - 1 if scene.low(end - 1) in _BIGGEST else end
            name = re.sub("['’]s?$", "", scene.slice(start, first))
            if name:
                yield end + 1, name


_MOODS = ("mood", "feeling")
_MORE_MOODS = frozenset(
    "fun danceable catchy obscure popular mainstream classic rhythmic exciting "
    "interesting intense varied melodic".split()
)
_NO_COMPARATIVE = frozenset("slower faster newer older quicker later former longer shorter".split())
# Comparatives whose base is no listed mood.
_BASES = {
    "rockier": "rock", "chiller": "chill", "poppier": "poppy", "bluesier": "bluesy",
    "folkier": "folky", "cheerier": "cheery", "dancier": "danceable", "mellower": "mellow",
    "harder": "hard", "cooler": "cool", "weirder": "weird", "stranger": "strange",
    "edgier": "edgy", "lighter": "light", "bouncier": "bouncy", "livelier": "lively",
}  # fmt: skip


def read_comparative(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield the base of a comparative of mood: "calm" of "calmer", "happy" of "happier"."""
    low = scene.low(at)
    if low in _BASES:
        yield at + 1, _BASES[low]
    elif low.endswith("er") and low not in _NO_COMPARATIVE:
        stem = low.removesuffix("er")
        forms = (stem, stem.removesuffix("i") + "y", stem[:-1], stem + "e")
        moods = [form for form in forms if kind_of(form) in _MOODS]
        if moods:
            yield at + 1, moods[0]


def read_mood(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield the longest mood, sound, voice or instrument at a position: "upbeat", "sad guitars"."""
    for end in range(min(at + _LONGEST_MOOD, len(scene.tokens)), at, -1):
        kind = scene.kind_of(at, end)
        listed = end == at + 1 and scene.low(at) in _MORE_MOODS
        if listed or (kind and kind not in ("genre", "form")):
            yield end, scene.slice(at, end)
            return


def read_kind(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield the longest musical phrase of any kind at a position: "ballads", "jazz"."""
    for end in range(min(at + _LONGEST_MOOD, len(scene.tokens)), at, -1):
        if scene.kind_of(at, end):
            yield end, scene.slice(at, end)
            return


def read_qualities(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield the qualities at a position: "jazzy", "loud and fast"; words no list has as well."""
    found: list[str] = []
    readings: list[Reading] = []
    end = at
    while end < len(scene.tokens) and len(found) < _MOST_QUALITIES:
        last = next((stop for stop, _ in read_mood(scene, end)), end + 1)
        if is_a(scene.low(end), "stop", "quality") or scene.low(end) in ("much", "many"):
            break
        found.append(scene.slice(end, last))
        readings.append((last, tuple(found)))
        end = last + 1 + (scene.low(last + 1) == "too")
        if scene.low(last) not in ("and", "or", "&"):
            break
    yield from reversed(readings)


def _counted(number: float) -> int | None:
    whole = number == int(number) and 0 < number <= _MOST_TRACKS
    return int(number) if whole else None


SLOTS: dict[str, Term] = {
    "number": numbers.TERMS["number"],
    "what": Reader(read_rest),
    "rest": Reader(skip_rest, silent=True),
    "before asked": skipped(30, "asking", "asked", "requested"),
    "asked for": Words("(asking | asked) for | requested"),
    "before verb": before("would", "might", "could", "will", "should", "must", "sounds", "sound"),
    "before instead": before("instead"),
    "before with": before("with", "for", "by"),
    "before isn't": before("isn't", "aren't", "isnt", "is", "are"),
    "before is": before("is", "are"),
    "kind": Reader(read_kind),
    "before out": before("out", "off"),
    "before fan": Reader(read_fan_of),
    "skipped people": skipped(
        4, "love", "like", "enjoy", "loves", "likes", "enjoys", "adores", "would", "also", "really"
    ),
    "it is so": skipped(8, "enough", "too", "so", "quite", "just", "already", "way", "far"),
    "someone": skipped(6, "would", "will", "'ll", "is", "are", "really", "all", "and"),
    "comparative": Reader(read_comparative),
    "mood": Reader(read_mood),
    "too much so": Ways(
        ("fast | quick", lambda: "slower"),
        ("slow", lambda: "faster"),
        ("old | dated | old school | old fashioned", lambda: "newer"),
        ("new | modern | recent", lambda: "older"),
    ),
    "mood change": Ways(
        (
            "tone (it | things) down | tone down | calm (it | things) down | mellow (it | "
            "things) out | chill (it | things) out | wind (it | things) down",
            lambda: "calm",
        ),
        (
            "liven (it | things | them) up | pep (it | things) up | amp (it | things) up | turn "
            "(it | things) up | [something | songs | it | them] [with] [some | a bit] more "
            "energy",
            lambda: "energetic",
        ),
        ("cheer (it | things | me | us) up", lambda: "cheerful"),
    ),
    "so few": Words("about | around | maybe | just | only | exactly | another"),
    "qualities": Reader(read_qualities),
    "changed": Ways(
        (
            "(slower | more slow | more slowly | slower paced | less fast | less quick | slow "
            "(it | them | things | this) down [a bit | a little] | slow down [a bit | a little] "
            "| slowed down | lower tempo | more downtempo | turn down the tempo)",
            lambda: "slower",
        ),
        (
            "(faster | quicker | more fast | faster paced | more uptempo | less slow | speed "
            "(it | them | things | this) up | speed up [a bit | a little] | pick up the (pace | "
            "tempo) | sped up | higher tempo | pick (it | things) up)",
            lambda: "faster",
        ),
        (
            "(newer | more recent | more modern | more current | less old | more contemporary | "
            "more up to date | fresher)",
            lambda: "newer",
        ),
        (
            "(older | more old | less new | less recent | less modern | more old school | earlier)",
            lambda: "older",
        ),
    ),
    "them": Words("them"),
    "want": Words(
        "(i was | we were | i'm | i am) [also | really | more] (hoping for | thinking [of | "
        "about] | into) [more]",
        "(i'm | i am) [also | really] a [big | huge | real] fan of | [you | don't | do not] "
        "(forgot | forget) [about]",
        "(i | we) [really | also | just | do | still] (want | need | wanna | would like | would "
        "love | prefer | fancy | feel like | like to hear | wish for | crave | could use | "
        "would prefer | 'd like)",
        "(i'd | we'd) [really | also] (like | love | prefer)",
        "(i'm | i am | we're | we are) [also | really] (looking for | after | thinking | "
        "thinking of | craving | in the mood for | hoping for | feeling | up for | down for)",
        "any chance of | looking for | in the mood for | give me | gimme",
    ),
    "things": Words(_THINGS, "band | singer | group | rapper | act | others"),
    "good": Words(_GOOD, "enough | plenty | well | nicely | better than [{rest}]"),
    "praise": Words(
        "great | good | nice | awesome | amazing | excellent | perfect | lovely | wonderful | "
        "fab | beautiful | fantastic | brilliant | cool | sweet | superb | fabulous | incredible "
        "| fine | terrific | splendid | outstanding | marvelous | marvellous | neat | dope | not "
        "bad | lit | spot on | on point | impressive | stellar | phenomenal | gorgeous | "
        "delightful | super | magnificent | spectacular | decent | solid | magic | top notch | "
        "not half bad | ace"
    ),
    "plain praise": Words(
        "great | good | nice | awesome | amazing | excellent | fantastic | brilliant | perfect"
    ),
    "songs": Words("songs | song | tracks | tunes | stuff | mix | music | set | lot"),
    "very": Words(_VERY, "kinda | kind of | rather | going to be"),
    "judged": Words(_JUDGED),
    "list": Words(
        "playlist | list | mix | selection | selections | set | choices | picks | suggestions | "
        "songs | tracks | tunes | music | recommendations | batch | lot | artists | ones | one | "
        "choice | song | track | vibe | vibes | stuff | direction | options | bunch | results"
    ),
    "shown": Words(
        "[all [of]] (these | those | this | that | them | they | it | 'em) [all | both]",
        "[all [of]] (the | this | these | your | that | those | both | every) [last | whole | "
        "new | first | other | entire | current] {list} [here]",
        "everything [here] | all | both [of them] | (each | most | many | some | any) of (these "
        "| those | them | it)",
        "what you (gave | picked | played | chose | suggested | have) [me | us]",
        "[all [of]] (the | these | those) {list} you (gave | picked | played | chose | "
        "suggested) [me | us]",
    ),
    "these": Words("{shown} | he | she | him | her"),
    "are": Words(
        "are | is | were | was | sound | sounds | look | looks | seem | seems | feel | feels | "
        "ain't | isn't | aren't | will be | would be | works | work | (has | have) been",
        "(is | are) (turning | shaping | coming | working) (out [to be] | up | up to be | along)",
        "(turned | worked) out | makes | make | (is | are) going to be | should be",
    ),
    "these are": Words(
        "{these} {are} | (it's | its | they're | theyre | that's | thats | he's | she's | this's)",
        "those're",
    ),
    "i": Words("i | we | i'm | we're | i've | we've"),
    "really": Words(
        "really | do | so | also | usually | mostly | normally | absolutely | just | definitely "
        "| actually | quite | totally | kinda | already | do really | would | will | truly | "
        "always | would also | really do | do also | 'd | very much | would really | have"
    ),
    "love": Words(
        "love | like | enjoy | adore | dig | loved | liked | enjoyed | loving | enjoying | "
        "digging | liking | appreciate | am loving | am enjoying | am liking | am digging | "
        "likes | loves | 'm loving | happy with | am happy with | fond of | am fond of | approve "
        "of | love all of | am into | into"
    ),
    "can": Words(
        "(can | could | would | will | may | might | should) (you | we | i | u | ya) [please | "
        "maybe | just | possibly | perhaps | kindly | now | go ahead and | get to]",
        "(can | could | should) (it | they | this | these | those | that | the songs | the next "
        "ones)",
        "(i | we) just (need | want) | [just] need | (i was wondering if | i wonder if | was "
        "wondering if) (you | we | i) (could | can)",
        "do you have | do you know | got | have you got | you got | are there | is there",
        "let's | lets | let us | let me | please | is it possible to | would it be possible to",
        "(i | we) [really] (want | need | wanna | would like | would love | wish | prefer | "
        "would prefer | 'd like | was hoping | am looking | wanted) [to | you to | for you to]",
        "(i'd | we'd) [really] (like | love | prefer | want) [to | you to]",
        "would you mind | how about [we] | what about | why don't you | why not | do you mind | "
        "any chance (you | we | i) (can | could) | you can | you could | we can | we could | "
        "feel free to",
        "i'm looking to | i am looking to | we should | you should | i'll | i will | want to | "
        "wanna | time to",
    ),
    "also": Words(
        "also | please | maybe | then | just | perhaps | now | still | try and | try to | again "
        "| too"
    ),
    "get": Words(
        "(start | begin | end | finish | close | kick off | wrap up) [it | this | things | off "
        "| out] with",
        "add | adding | have | having | get | getting | play | playing | hear | hearing | put | "
        "putting | include | including | give | give me | give us | gimme | find | finding | "
        "find me | show me | show us | listen to | listening to | look for | see | throw in | "
        "throw on | use | do | doing | go for | go with | bring | bring in | suggest | recommend "
        "| mix in | stick in | put in | put on | add in | adding in | slip in | toss in | "
        "sprinkle in | insert | drop in | spin | queue | queue up | get me | get us | make room "
        "for | bring me | fetch | try adding | work in | incorporate | play me | send me | pop "
        "in | chuck in | squeeze in | add on | follow up with | follow with | i get | end with | "
        "finish with | finish off with | close with | hit me with | squeeze | slot in | throw",
    ),
    "so many": Ways(
        ("{number}", _counted),
        ("(a couple | a pair) [of]", lambda: 2),
        ("(a | one) (single | last | final)", lambda: 1),
        ("(a dozen | one dozen | dozen)", lambda: 12),
        ("half a dozen", lambda: 6),
    ),
    "play": Words(
        "i get",
        "(start | begin | end | finish | close | kick off | wrap up) [it | this | things | off "
        "| out] with",
        "add | adding | play | playing | put | throw | include | including | give me | give us | "
        "gimme | throw in | throw on | mix in | stick in | put in | put on | add in | slip in | "
        "toss in | sprinkle in | drop in | spin | queue | queue up | get me | bring me | play me "
        "| play us | work in | squeeze in | add on | finish with | end with | hit me with | slot "
        "in | show me | find me | find | let me hear | bring in | suggest | recommend | follow "
        "up with | insert",
    ),
    "some": Words(
        "some | a few | a little | a bit of | a little bit of | any | a little of | a mix of | "
        "a couple of the | some of | a few of | any of | a bunch of | lots of | a lot of | "
        "plenty of | a touch of | a dash of | a handful of | one of | a song or two | maybe "
        "some | a selection of | a mixture of",
        "(way | much | some | a few | a little | any | a bit | a lot | even | a little bit | a "
        "good few | lots | plenty | several) more [more] [of]",
        "more [more] of | in a mix of | in some | in a few | in a bit of | in some more | "
        "something else",
    ),
    "him": Words(
        "him | her | his | hers | theirs | this artist | that artist | the same artist | this "
        "band | that band | the same band | the same singer | that singer | this singer | this "
        "guy | that guy | the band | that group | this group | the same group | the same person"
    ),
    "make": Words(
        "make (the | this | my | our) {list} | make the mood",
        "make | make it | make them | make things | make this | go | going | get | keep it | "
        "take it | turn it | want it | have it | bring it | need it | it should be | it could "
        "be | they should be | should be | could be | want | it needs to be | be",
    ),
    "slightly": Words(
        "a bit | a little | a little bit | slightly | much | way | even | somewhat | a lot | a "
        "touch | a tad | still | lots | just a bit | just a little | just slightly | far | also "
        "| a hair | a smidge | significantly | ever so slightly | a notch | considerably"
    ),
    "same": Words(
        "(same | similar | comparable | matching) [kind of | type of | sort of] (sound | feel | "
        "feeling | vibe | vibes | genre | style | mood | energy | tempo | sounding | type | kind "
        "| taste | theme | sounds | atmosphere | spirit | flavour | flavor | styles | genres)"
    ),
}
