"""Rules for what is not wanted: `rejects` (the tracks just shown), `out` (what goes for good)."""

from __future__ import annotations

from itertools import pairwise

from melscribe_core.conversation.judging import (
    PRONOUNS,
    alone,
    ends_in_name,
    first,
    goes_further,
    is_named,
    last,
    whole,
    yes,
)
from melscribe_core.conversation.places import places
from melscribe_core.request.grammar.lexicon import is_a, kind_of
from melscribe_core.request.grammar.pattern import Rule, same
from melscribe_core.request.grammar.scene import Scene


def _is_removal(scene: Scene) -> bool:
    """Return whether a removal is of music: not "drop it like it's hot", "cut to the chase"."""
    lows = scene.lows
    return not {"like", "yourself", "to", "myself", "chase"} & set(lows) or "songs" in lows


def _tells(scene: Scene) -> bool:
    """Return whether a clause tells a story: "I don't want to sleep"."""
    after = [low for before, low in pairwise(scene.lows[:10]) if before == "to"]
    wishes = {"want", "like", "need", "care", "love"}
    story = any(a in wishes and b == "to" for a, b in pairwise(scene.lows[:10]))
    return story and after[:1] != ["hear"]


def _is_music(scene: Scene) -> bool:
    """Return whether the last words of a clause are music or a name."""
    end = len(scene.tokens)
    last = scene.low(end - 1)
    named = any(map(scene.is_capital, range(1, end))) or ends_in_name(scene)
    return named or last in PRONOUNS or bool(scene.kind_before(0, end)) or is_a(last, "piece")


def _is_music_named(scene: Scene) -> bool:
    """Return whether the last words of a clause are a name or a pronoun."""
    end = len(scene.tokens)
    is_single = scene.is_capital(end - 1) or scene.low(end - 1) in PRONOUNS
    return is_single or ends_in_name(scene)


def _is_surplus(scene: Scene) -> bool:
    """Return whether "too many" is said of a name."""
    end = len(scene.tokens)
    starts = [
        at
        for at in range(1, end)
        if scene.low(at - 1) in ("many", "much", "of", "enough", "by", "from")
    ]
    wanted = scene.low(0) in ("a", "so", "lots") and "too" not in scene.lows
    named = any(
        scene.low(at) in PRONOUNS or scene.is_capital(at) or scene.is_name(at, at + size)
        for at in starts
        for size in (1, 2, 3)
        if at + size <= end
    )
    return named and not wanted


def _has_place(scene: Scene, start: int, end: int) -> bool:
    """Return whether one or some of a list are meant by their place: "the first song"."""
    end = min(end, start + _LONGEST)
    spans = ((at, at + size) for at in range(start, end) for size in range(1, 5))
    return any(
        places(scene.slice(at, to), 1) is not None
        for at, to in spans
        if to == end or scene.low(to) in _AFTER_PLACE
    )


def _is_of_all(scene: Scene, start: int, end: int) -> bool:
    """Return whether all of a clause is about all that was shown, not "the first song"."""
    return whole(scene, start, end) and not _has_place(scene, start, end)


def _is_of_place(scene: Scene, start: int, end: int) -> bool:
    """Return whether all of a clause is about one or some of a list, by their place."""
    return whole(scene, start, end) and _has_place(scene, start, end)


_AFTER_PLACE = frozenset("for with by because as since at out".split())
_LONGEST = 20  # tokens of a clause in which places are looked for


REJECTS = [
    Rule(
        "rejects",
        "now [{get}] [some] (other | different | new) (ones | {things})",
        yes,
        {"now other ones": True, "now some different songs": True},
        ["now other bands by the sea", "new wave"],
        whole,
    ),
    Rule(
        "rejects",
        "{shown} (don't | do not | doesn't | does not | didn't | won't) [really | quite | "
        "exactly | seem to | even] (fit | match | work | suit | go | do it | sound right | feel "
        "right | belong) [{rest}]",
        yes,
        {"these don't really fit": True, "they do not match what I asked for": True},
        ["these don't stop", "it doesn't matter"],
        whole,
    ),
    Rule(
        "rejects",
        "({these are} | {these} {are} | {shown}) (not | isn't | aren't) [really | very | even | "
        "exactly] {kind} [{things}] [at all]",
        yes,
        {"this isn't jazz": True, "those are not upbeat": True},
        ["not sad", "songs that aren't sad"],
        whole,
    ),
    Rule(
        "rejects",
        "(i | we) [really | actually | only | just] (asked for | said | was asking for | "
        "requested | wanted | was looking for) [some]",
        yes,
        {"I asked for jazz": True, "I said no vocals": True},
        ["I asked for Adele", "I wanted to cry"],
        lambda scene, start, end: (
            goes_further(scene, start, end)
            and (scene.low(end) in ("no", "nothing") or bool(kind_of(scene.low(end))))
        ),
    ),
    Rule(
        "rejects",
        "[i] (don't | dont | do not | didn't | did not | don't really | can't say i | really "
        "don't | do not really | didn't really) [really | quite | much | even | actually | "
        "particularly] {love} [any of] {shown} [at all | much | very much | that much | songs] "
        "[because [{rest}] | as [{rest}] | since {rest}]",
        yes,
        {"I don't like these": True, "don't like any of those": True, "I didn't enjoy them": True},
        ["I like these", "I don't like Drake", "I don't like the first song"],
        _is_of_all,
    ),
    Rule(
        "rejects",
        "[i] (hate | dislike | can't stand | cannot stand | hated | detest | am not into | i'm "
        "not into | 'm not into | not into | [i'm | am] not [really] (feeling | digging | "
        "loving | liking | enjoying | keen on | fond of | a fan of | crazy about)) [any of | "
        "all of] {shown} [at all | much | really]",
        yes,
        {"I hate these": True, "not feeling these": True, "I'm not into any of those": True},
        ["I hate country", "not feeling sad", "I hate the last track"],
        _is_of_all,
    ),
    Rule(
        "rejects",
        "(none of {shown} | not ({shown} | any of {shown} | one of {shown}) | no to {shown}) "
        "[please | at all] [{are} {rest}]",
        yes,
        {"none of these": True, "not these": True, "none of those are any good": True},
        ["not her", "none of the vocals"],
        whole,
    ),
    Rule(
        "rejects",
        "[{these are} | {shown}] [not | isn't | aren't | wasn't | weren't] [really | at all | "
        "quite | even | exactly] (not | isn't | aren't | wasn't | weren't) [really | quite | at "
        "all | exactly | even] (what (i | we) [{rest}] | it | right | good | great | what i'm "
        "[{rest}] | my (taste | thing | style | cup of tea | jam) | for me | close [{rest}] | "
        "doing it for me | working [for me] | hitting [{rest}] | very good | that good | any "
        "good | suitable | fitting | the right [{rest}])",
        yes,
        {
            "not what I wanted": True,
            "these aren't what I asked for": True,
            "that's not it": True,
            "not my taste": True,
        },
        ["not bad", "not too loud", "not what I call love songs"],
        lambda scene, start, end: whole(scene, start, end) and "call" not in scene.lows,
    ),
    Rule(
        "rejects",
        "({these are} | {shown} {are}) [all | so | really | just | a bit | pretty | very | "
        "absolutely | all so | rather] (bad | terrible | awful | wrong | boring | horrible | "
        "rubbish | trash | garbage | dreadful | all wrong | off | way off | crap | meh | lame | "
        "no good | not good) [{rest}]",
        yes,
        {"these are terrible": True, "that's all wrong": True, "these are boring": True},
        ["these are great", "he ain't bad"],
        lambda scene, start, end: (
            whole(scene, start, end)
            and not {"not", "ain't", "isn't", "aren't"} & set(scene.lows[:3])
        ),
    ),
    Rule(
        "rejects",
        "[{can}] [{get} | try | play] [some | (a | any) few | something | the] [quite] (other | "
        "different | else | others) [{things} | {list}] [than (these | those | that | this) | "
        "instead | from (these | those)]",
        yes,
        {
            "other ones": True,
            "different songs please": True,
            "something else": True,
            "can I have some others": True,
        },
        ["something else by Adele", "other people's songs", "different kinds of jazz"],
        whole,
    ),
    Rule(
        "rejects",
        "[{can}] (replace | swap | change | exchange | discard | dump | redo | throw out) [all "
        "[of]] {shown} [for | with | out] [other | others | something else | other ones | "
        "different ones | new ones]",
        yes,
        {"replace them": True, "can you swap these for something else": True},
        ["change the mood to happy", "swap the drums for strings", "replace the last song"],
        _is_of_all,
    ),
    Rule(
        "rejects",
        "({shown} (suck | sucks | stink | stinks) | not a fan | not | not for me | not quite | "
        "not really | (switch | change | mix | shake) (it | things | them) up | [a] change of "
        "pace | change the (mood | vibe | music | style) | try again | wrong | nope | no | nah "
        "| no no | no thanks | no thank you | try something else | enough of (that | this | "
        "these | those) | that's not right | no way | yuck | ugh | ew | eww | meh | bad | "
        "terrible | awful | boring | not good | no good | not great | not really)",
        yes,
        {"try again": True, "nope": True, "enough of that": True},
        ["no vocals", "try again by Aaliyah", "boring office work"],
        whole,
    ),
    Rule(
        "rejects",
        "[i] [still | really | also] (didn't | did not | haven't | have not | don't | can't) "
        "[still | really] (get | see | hear | got | gotten | heard | have | find) {before "
        "asked} {asked for}",
        yes,
        {"I still didn't get anything close when asking for folk": True},
        ["I didn't get enough sleep, so calm songs"],
    ),
    Rule(
        "rejects",
        "[i] [still | really | also] (didn't | did not | haven't | have not) [still | really] "
        "(get | see | hear | got | gotten | heard | receive) (any | what | anything | one | a "
        "single) [{rest}]",
        yes,
        {"I didn't get what I wanted": True, "I still haven't got any good songs": True},
        ["I didn't get enough sleep"],
        lambda scene, start, end: not {"asking", "asked", "requested"} & set(scene.lows[:-1]),
    ),
]


OUT = [
    Rule(
        "out",
        "((i | we | you) (could | can) do without | [{can}] do without | (i'd | we'd | i would "
        "| we would) rather not (have | hear | listen to) [any] | (can | could) you (not | "
        "stop) (play | playing | include | add | adding)) {what}",
        last,
        {
            "I could do without Adele": ("Adele",),
            "I'd rather not hear rap": ("rap",),
            "can you not play Adele": ("Adele",),
        },
        ["can you play Adele", "do without"],
    ),
    Rule(
        "out",
        "{before isn't} (isn't | aren't | isnt | is not | are not) [really | quite | exactly] "
        "(my {rest} | for me | that good | good | great)",
        first,
        {"Bob Dylan is not my favorite": ("Bob Dylan",)},
        ["this is not my thing", "life isn't good"],
        lambda scene, start, end: (
            whole(scene, start, end)
            and scene.low(1) not in ("is", "isn't", "are", "aren't")
            and scene.low(0) not in ("this", "that", "these", "those", "it", "they", "the", "what")
            and all(scene.is_capital(at) for at in (0, 1))
        ),
    ),
    Rule(
        "out",
        "[i'm | we're | i am] not the {before fan}",
        same,
        {"I'm not the biggest Adele fan": ("Adele",), "not the biggest Adele fan": ("Adele",)},
        ["I'm the biggest Adele fan", "not the best fan"],
        lambda scene, start, end: whole(scene, start, end) and scene.low(end - 2) != "best",
    ),
    Rule(
        "out",
        "{can} (avoid | omit | exclude | leave off) {what}",
        last,
        {"can we avoid rap": ("rap",), "please could you exclude Drake": ("Drake",)},
        ["avoid vocals", "can we avoid these"],
        lambda scene, start, end: (
            whole(scene, start, end)
            and scene.lows[-1] not in ("these", "those", "this", "that", "it")
        ),
    ),
    Rule(
        "out",
        "[{can}] (replace | swap | exchange | change | switch) [out] {before with} (with | for) "
        "(something | anything | another | some) [else | other | different] [one | song | track]",
        first,
        {"swap the first one for something else": ("the first one",)},
        ["swap these for something else", "swap it for anything else"],
        _is_of_place,
    ),
    Rule(
        "out",
        "[{can}] (replace | swap | exchange | change) [out] {what}",
        last,
        {"replace the second track": ("the second track",)},
        ["replace the drums", "change the mood"],
        _is_of_place,
    ),
    Rule(
        "out",
        "[{can}] (replace | swap | exchange | trade | substitute | switch) [out] {before with} "
        "(with | for)",
        alone,
        {"swap the jazz for some rock": ("jazz",), "replace Adele with Cher": ("Adele",)},
        ["replace these with something else", "swap it for rock", "switch to rock for now"],
        lambda scene, start, end: (
            goes_further(scene, start, end)
            and not {"these", "those", "them", "this", "that", "it", "all"} & set(scene.lows[:4])
            and "to" not in scene.lows[:4]  # "switch to something for dancing"
        ),
    ),
    Rule(
        "out",
        "[{can}] [have | hear | play | include] no more [of] {what}",
        last,
        {"no more Ciara": ("Ciara",), "no more of her": ("her",), "no more ballads": ("ballads",)},
        ["no more than 20 songs", "no more than 3 by Adele", "no more"],
        lambda scene, start, end: "than" not in scene.lows[:5],
    ),
    Rule(
        "out",
        "[{can}] (drop | remove | stop with | delete | lose | cut | cut out | take out | take "
        "off | take away | leave out | get rid of | throw out | kick out | pull | ditch | "
        "eliminate | exclude | omit | scrap | removing | dropping | skip | skip over | stop "
        "playing | stop adding | quit playing | toss out | weed out | lay off | stay away from "
        "| strike) [all [of] | any] {what}",
        last,
        {
            "drop the dance ones": ("dance",),
            "remove the live versions": ("live versions",),
            "get rid of Adele": ("Adele",),
            "could you take out the slow ones": ("slow",),
        },
        ["drop it like it's hot", "skip", "cut to the chase", "lose yourself to dance"],
        lambda scene, start, end: _is_removal(scene),
    ),
    Rule(
        "out",
        "[{can}] (take | leave | kick | throw | keep | cut) {before out} (out | off)",
        first,
        {"take her out": ("her",), "leave the ballads out": ("ballads",)},
        ["take me out", "keep an eye out"],
        lambda scene, start, end: (
            whole(scene, start, end) and not {"me", "us", "an", "it"} & set(scene.lows)
        ),
    ),
    Rule(
        "out",
        "(without | not | minus) {what}",
        last,
        {
            "not her": ("her",),
            "without Heilung": ("Heilung",),
            "not the second one": ("the second one",),
        },
        ["not too loud", "without drums", "not these", "without a doubt", "not the first time"],
        lambda scene, start, end: (
            is_named(scene, start, end) or places(scene.slice(start + 1, end), 1) is not None
        ),
    ),
    Rule(
        "out",
        "[{it is so} | that's | thats | there's | that was | {these are} | we've had | i've had "
        "| i've heard | had | heard | you gave me] [quite | just | already | more than | about] "
        "enough [of] {what}",
        last,
        {
            "that is enough dance": ("dance",),
            "enough of her": ("her",),
            "we've had enough Drake": ("Drake",),
        },
        ["enough of that", "that's enough for now", "enough already", "sure enough"],
        lambda scene, start, end: (
            scene.lows[-1] not in ("enough", "already", "time")
            and not {"for", "to", "about"} & set(scene.lows)
            and scene.lows[-1] not in ("this", "that", "these", "those")
        ),
    ),
    Rule(
        "out",
        "[i | i'm | we] [am | are] [really | just] (don't | dont | do not | didn't | did not | "
        "don't really | never | doesn't | am not | i'm not | not | am no | no | i don't know if "
        "i | i don't know if i'm | don't know if i am | don't know if i'm | don't think i am | "
        "don't think i'm | not sure i'm | not sure if i'm | not sure i am | not sure if i am | "
        "isn't | can't say i) [really | much | quite | even | particularly | that | a big | "
        "such a | too] ({love} | care for | care about | want | want any | need | need any | "
        "want to hear | a fan of | the biggest fan of | a big fan of | a huge fan of | much of "
        "a fan of | big on | keen on | fond of | crazy about | into | feeling | wild about | "
        "mad about | am a fan of | am a big fan of | liking | want any more | need any more | "
        "want more) [any of | all of | any | any more] {what}",
        last,
        {
            "I don't like Drake": ("Drake",),
            "I'm not a big fan of country": ("country",),
            "don't want any more Adele": ("Adele",),
        },
        ["I don't like these", "I like Drake", "I don't want to sleep"],
        lambda scene, start, end: not _tells(scene),
    ),
    Rule(
        "out",
        "(don't | dont | do not | never | no need to) (play | add | include | put | give me | "
        "give us | use | bring | pick | choose) [me | us] [any | any more | more | anymore] "
        "[of] {what}",
        last,
        {"don't play any more Ciara": ("Ciara",), "don't add more ballads": ("ballads",)},
        ["don't play anything sad", "don't add any vocals", "never give me up"],
        lambda scene, start, end: "more" in scene.lows[:5] or _is_music_named(scene),
    ),
    Rule(
        "out",
        "(i | we) [really | just | also | absolutely] (hate | dislike | detest | can't stand | "
        "cannot stand | can't bear | despise | am sick of | am tired of | am bored of) {what}",
        last,
        {"I hate Train": ("Train",), "I can't stand country": ("country",)},
        ["I hate these", "I hate this", "I hated myself"],
    ),
    Rule(
        "out",
        "(i'm | we're | getting | i'm getting) [so | really | a bit | a little] (sick of | "
        "tired of | bored of | bored with | over | done with | fed up with) {what}",
        last,
        {"I'm tired of Adele": ("Adele",), "I'm done with rap": ("rap",)},
        ["I'm tired of work", "i'm over the moon"],
        lambda scene, start, end: _is_music(scene),
    ),
    Rule(
        "out",
        "[i | i'm | we] [don't | dont] (know if | think | not sure | not sure if | know that) "
        "[that] (i am | i'm | we're | we are) [really | exactly | a | the | much of a] {before "
        "fan}",
        last,
        {"I don't think I am Adele's biggest fan": ("Adele",)},
        ["I think I'm a fan", "I am a fan of Adele"],
        lambda scene, start, end: (
            whole(scene, start, end) and bool({"don't", "dont", "not"} & set(scene.lows))
        ),
    ),
    Rule(
        "out",
        "[{it is so}] (too many | too much | so many | way too many | way too much | far too "
        "many | a bit too much | a little too much | too heavy a number of | a few too many | "
        "enough) [of] {what}",
        last,
        {"too many Heilung songs": ("Heilung",), "way too much Drake": ("Drake",)},
        ["too much piano", "too many to count", "a lot of Adele"],
        lambda scene, start, end: _is_surplus(scene),
    ),
]
