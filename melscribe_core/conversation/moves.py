"""Moves: the rules that read what one clause asks for, after its leads and before its tails.

A rule is tried at the beginning of a clause; the longest match wins, of equals the first rule. A
match of the whole clause is a move of its own ("more like these"). A match of its beginning is a
head: what follows is read again, by the same rules, as what the head asks for ("can you add" +
"some Rihanna"). A rule that returns a phrase for a key of yes or no has that phrase read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from melscribe_core.conversation.phrases import TERMS
from melscribe_core.request.grammar.lexicon import is_a, kind_of
from melscribe_core.request.grammar.pattern import Grammar, Rule, same
from melscribe_core.request.grammar.scene import Scene

_PRONOUNS = frozenset("her him them hers his theirs".split())


@cache
def grammar() -> Grammar:
    """Return the grammar of all rules, compiled once."""
    return Grammar(dict(TERMS), RULES)


def _yes(*values: object) -> bool:
    return True


def _first(value: str, *others: object) -> str:
    return value


def _last(*values: object) -> object:
    return values[-1]


def _whole(scene: Scene, start: int, end: int) -> bool:
    return end == len(scene.tokens)


def _goes_further(scene: Scene, start: int, end: int) -> bool:
    return end < len(scene.tokens)


def _is_named(scene: Scene, start: int, end: int) -> bool:
    """Return whether a pronoun or a name follows the first word of a match."""
    at = start + 1
    while is_a(scene.low(at), "determiner") and at < end - 1:
        at += 1
    if scene.low(at) in _PRONOUNS or scene.is_name(at, end):
        return True
    return scene.is_capital(at) and not kind_of(scene.low(at))


def _degree(word: str) -> object:
    return lambda *values: (word,)


def _phrase(phrase: str, *others: object) -> tuple[str, ...]:
    return (phrase,)


_ANEW = [
    Rule(
        "anew",
        "[{can}] (start | begin | starting | beginning | go) [all] (over | again | afresh | anew |"
        " fresh | from scratch | from the beginning | from zero | over again | new) [with]",
        _yes,
        {"start over": True, "let's start again": True, "let's begin from scratch": True},
        ["start with some jazz", "begin slowly", "go again"],
        lambda scene, start, end: scene.low(start) != "go" or "again" not in scene.lows[start:end],
    ),
    Rule(
        "anew",
        "[{can}] [{get} | start | make [me] | create | build | begin] (a | an | another)"
        " [completely | totally | brand | whole] (new | different | fresh | other) (playlist | "
        "list | mix | selection) [with | of]",
        _yes,
        {"make me a new playlist": True, "can we start a fresh list": True, "a new playlist": True},
        ["a playlist of new songs", "a new song"],
    ),
    Rule(
        "anew",
        "(new | fresh | another) (playlist | list | mix) [with | of]",
        _yes,
        {"new playlist": True, "another playlist with jazz": True},
        ["new songs for the playlist", "new list members"],
        lambda scene, start, end: scene.low(end) not in ("members", "by"),
    ),
    Rule(
        "anew",
        "[{can}] (forget | scrap | clear | empty | reset | wipe | ditch | delete | erase | "
        "scratch | discard | throw away | bin | drop)"
        " [about] [all] [of] (that | this | everything | it all | all that | the [whole] (list | "
        "playlist | mix) |"
        " what i said | all [of] (that | this | it) | it) [and]",
        _yes,
        {"forget all that": True, "clear the list": True, "scrap that": True},
        ["forget me not", "clear skies", "drop that beat"],
        lambda scene, start, end: (
            scene.is_end(end)
            or scene.low(end) in ("start", "begin", "give", "play", "let's", "i", "can")
        ),
    ),
    Rule(
        "anew",
        "(reset | clean slate | from scratch | start anew | begin anew | blank slate | back to "
        "square one)",
        _yes,
        {"reset": True, "clean slate": True},
        ["clean slate songs for work"],
        _whole,
    ),
    Rule(
        "anew",
        "[{can}] [{get}] [something | (a | some) thing | anything] (completely | totally | "
        "entirely | altogether | wholly) (different | new | else) [now]",
        _yes,
        {"something completely different": True, "can we have something totally new": True},
        ["something different", "something else"],
    ),
]

_REPEATS = [
    Rule(
        "repeats",
        "[{can}] (play | show | list | give | see | hear | print | repeat | display | tell | run "
        "| read | put on)"
        " [me | us] ({shown} | {list} | the last list | what we had) (again | once more | one "
        "more time | another time)",
        _yes,
        {"play those again": True, "show them again": True, "can I hear these again": True},
        ["play it again by Sam", "play jazz again"],
        _whole,
    ),
    Rule(
        "repeats",
        "[{can}] [{get} | play | show] [the] (same | same ones | same songs | same list | same "
        "playlist | same thing | last ones) (again | once more | one more time)",
        _yes,
        {"the same again": True, "same ones again": True},
        ["the same but slower"],
        _whole,
    ),
    Rule(
        "repeats",
        "[and] (what's | what (was | were | is there) | what did we (have | get | end up with) | "
        "what have we got | what do we have | what (was | is | were | are | 's) (on | in) (the | "
        "my | this | it) [list | playlist | mix]"
        " | what's (on | in) (the | my | this) (list | playlist | mix) | what were they | what "
        "were (these | those)) [so far | again | until now | there | now]",
        _yes,
        {"what did we have": True, "what's on the list": True, "what have we got so far": True},
        ["what do we have to do", "what else do you have"],
        _whole,
    ),
    Rule(
        "repeats",
        "(repeat | again | once more | one more time | show [me] again | play again | replay | "
        "say that again"
        " | (repeat | replay) {shown} | [{can}] (show | see | list | print | read | display) "
        "[me | us] [all | out] ([all] the (list | playlist | songs | tracks) [so far | we have] "
        "| {shown}))",
        _yes,
        {"again": True, "one more time": True, "show me the list": True},
        ["again and again", "one more", "show me the way"],
        _whole,
    ),
]

_REJECTS = [
    Rule(
        "rejects",
        "[i] (don't | dont | do not | didn't | did not | don't really | can't say i | really "
        "don't | do not really | didn't really) [really | quite | much | even | actually | "
        "particularly] {love} [any of] {shown} [at all | much | very much | that much | songs] "
        "[because [{rest}] | as [{rest}] | since {rest}]",
        _yes,
        {"I don't like these": True, "don't like any of those": True, "I didn't enjoy them": True},
        ["I like these", "I don't like Drake"],
        _whole,
    ),
    Rule(
        "rejects",
        "[i] (hate | dislike | can't stand | cannot stand | hated | detest | am not into | i'm "
        "not into | 'm not into | not into |"
        " [i'm | am] not [really] (feeling | digging | loving | liking | enjoying | keen on | "
        "fond of | a fan of | crazy about)) [any of | all of] {shown} [at all | much | really]",
        _yes,
        {"I hate these": True, "not feeling these": True, "I'm not into any of those": True},
        ["I hate country", "not feeling sad"],
        _whole,
    ),
    Rule(
        "rejects",
        "(none of {shown} | not ({shown} | any of {shown} | one of {shown}) | no to {shown}) "
        "[please | at all] [{are} {rest}]",
        _yes,
        {"none of these": True, "not these": True, "none of those are any good": True},
        ["not her", "none of the vocals"],
        _whole,
    ),
    Rule(
        "rejects",
        "[{these are} | {shown}] [not | isn't | aren't | wasn't | weren't] [really | at all | "
        "quite | even | exactly]"
        " (not | isn't | aren't | wasn't | weren't) [really | quite | at all | exactly | even] "
        "(what (i | we) [{rest}] | it | right | good"
        " | great | what i'm [{rest}] | my (taste | thing | style | cup of tea | jam) | for me | "
        "close [{rest}] | doing it for me"
        " | working [for me] | hitting [{rest}] | very good | that good | any good | suitable | "
        "fitting | the right [{rest}])",
        _yes,
        {
            "not what I wanted": True,
            "these aren't what I asked for": True,
            "that's not it": True,
            "not my taste": True,
        },
        ["not bad", "not too loud", "not what I call love songs"],
        lambda scene, start, end: _whole(scene, start, end) and "call" not in scene.lows,
    ),
    Rule(
        "rejects",
        "({these are} | {shown} {are}) [all | so | really | just | a bit | pretty | very | "
        "absolutely | all so | rather] (bad | terrible | awful | wrong | boring | horrible | "
        "rubbish | trash |"
        " garbage | dreadful | all wrong | off | way off | crap | meh | lame | no good | not "
        "good) [{rest}]",
        _yes,
        {"these are terrible": True, "that's all wrong": True, "these are boring": True},
        ["these are great", "he ain't bad"],
        lambda scene, start, end: (
            _whole(scene, start, end)
            and not {"not", "ain't", "isn't", "aren't"} & set(scene.lows[:3])
        ),
    ),
    Rule(
        "rejects",
        "[{can}] [{get} | try | play] [some | (a | any) few | something | the] [quite] (other | "
        "different | else | others) [{things} | {list}] [than (these | those | that | this) | "
        "instead | from (these | those)]",
        _yes,
        {
            "other ones": True,
            "different songs please": True,
            "something else": True,
            "can I have some others": True,
        },
        ["something else by Adele", "other people's songs", "different kinds of jazz"],
        _whole,
    ),
    Rule(
        "rejects",
        "[{can}] (replace | swap | change | exchange | discard | dump | redo | throw out) [all "
        "[of]] {shown} [for | with | out] [other | others | something else | other ones | "
        "different ones | new ones]",
        _yes,
        {"replace them": True, "can you swap these for something else": True},
        ["change the mood to happy", "swap the drums for strings"],
        _whole,
    ),
    Rule(
        "rejects",
        "(try again | wrong | nope | no | nah | no no | no thanks | no thank you | try something "
        "else | enough of (that | this | these | those) | that's not right"
        " | no way | yuck | ugh | ew | eww | meh | bad | terrible | awful | boring | not good | "
        "no good | not great | not really)",
        _yes,
        {"try again": True, "nope": True, "enough of that": True},
        ["no vocals", "try again by Aaliyah", "boring office work"],
        _whole,
    ),
    Rule(
        "rejects",
        "[i] [still | really | also] (didn't | did not | haven't | have not | don't | can't) "
        "[still | really] (get | see | hear | got | gotten | heard | have | find) {before "
        "asked} {asked for}",
        _yes,
        {"I still didn't get anything close when asking for folk": True},
        ["I didn't get enough sleep, so calm songs"],
    ),
    Rule(
        "rejects",
        "[i] [still | really | also] (didn't | did not | haven't | have not) [still | really] "
        "(get | see | hear | got | gotten | heard | receive) (any | what | anything | one | a "
        "single) [{rest}]",
        _yes,
        {"I didn't get what I wanted": True, "I still haven't got any good songs": True},
        ["I didn't get enough sleep"],
        lambda scene, start, end: not {"asking", "asked", "requested"} & set(scene.lows[:-1]),
    ),
]

_OUT = [
    Rule(
        "out",
        "[{can}] [have | hear | play | include] no more [of] {what}",
        _last,
        {"no more Ciara": ("Ciara",), "no more of her": ("her",), "no more ballads": ("ballads",)},
        ["no more than 20 songs", "no more than 3 by Adele", "no more"],
        lambda scene, start, end: "than" not in scene.lows[:5],
    ),
    Rule(
        "out",
        "[{can}] (drop | remove | delete | lose | cut | cut out | take out | take off | take "
        "away | leave out | get rid of | throw out | kick out | pull | ditch | eliminate | "
        "exclude | omit | scrap |"
        " removing | dropping | skip | skip over | stop playing | stop adding | quit playing | "
        "toss out | weed out | lay off | stay away from | strike) [all [of] | any] {what}",
        _last,
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
        "[{can}] (take | leave | kick | throw | keep | cut) {before out} out",
        _first,
        {"take her out": ("her",), "leave the ballads out": ("ballads",)},
        ["take me out", "keep an eye out"],
        lambda scene, start, end: (
            _whole(scene, start, end) and not {"me", "us", "an", "it"} & set(scene.lows)
        ),
    ),
    Rule(
        "out",
        "(without | not | minus) {what}",
        same,
        {"not her": ("her",), "without Heilung": ("Heilung",)},
        ["not too loud", "without drums", "not these", "without a doubt"],
        _is_named,
    ),
    Rule(
        "out",
        "[{it is so} | that's | thats | there's | that was | {these are} | we've had | i've had "
        "| i've heard | had | heard | you gave me] [quite | just | already | more than | about] "
        "enough [of] {what}",
        _last,
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
        "i | i don't know if i'm |"
        " don't know if i am | don't know if i'm | don't think i am | don't think i'm | not sure "
        "i'm | not sure if i'm | not sure i am | not sure if i am | isn't | can't say i)"
        " [really | much | quite | even | particularly | that | a big | such a | too]"
        " ({love} | care for | care about | want | want any | need | need any | want to hear | "
        "a fan of | a big fan of | a huge fan of | much of a fan of | big on | keen on | fond "
        "of | crazy about | into | feeling | wild about | mad about | am a fan of | am a big "
        "fan of | liking | want any more | need any more | want more) [any of | all of | any | "
        "any more] {what}",
        _last,
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
        same,
        {"don't play any more Ciara": ("Ciara",), "don't add more ballads": ("ballads",)},
        ["don't play anything sad", "don't add any vocals", "never give me up"],
        lambda scene, start, end: "more" in scene.lows[:5] or _is_music_named(scene),
    ),
    Rule(
        "out",
        "(i | we) [really | just | also | absolutely] (hate | dislike | detest | can't stand | "
        "cannot stand | can't bear | despise | am sick of | am tired of | am bored of) {what}",
        same,
        {"I hate Train": ("Train",), "I can't stand country": ("country",)},
        ["I hate these", "I hate this", "I hated myself"],
    ),
    Rule(
        "out",
        "(i'm | we're | getting | i'm getting) [so | really | a bit | a little] (sick of | "
        "tired of | bored of | bored with | over | done with | fed up with) {what}",
        same,
        {"I'm tired of Adele": ("Adele",), "I'm done with rap": ("rap",)},
        ["I'm tired of work", "i'm over the moon"],
        lambda scene, start, end: _is_music(scene),
    ),
    Rule(
        "out",
        "[i | i'm | we] [don't | dont] (know if | think | not sure | not sure if | know that) "
        "[that] (i am | i'm | we're | we are) [really | exactly | a | the | much of a] {before "
        "fan}",
        same,
        {"I don't know if I am PSY's biggest fan": ("PSY",)},
        ["I think I'm a fan", "I am a fan of Adele"],
        lambda scene, start, end: (
            _whole(scene, start, end) and bool({"don't", "dont", "not"} & set(scene.lows))
        ),
    ),
    Rule(
        "out",
        "[{it is so}] (too many | too much | so many | a lot of | way too many | way too much | "
        "far too many | a bit too much | a little too much | too heavy a number of | a few too "
        "many | enough) [of] {what}",
        _last,
        {"too many Heilung songs": ("Heilung",), "way too much Drake": ("Drake",)},
        ["too much piano", "too many to count", "a lot of Adele"],
        lambda scene, start, end: _is_surplus(scene),
    ),
]


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
    named = any(scene.is_capital(at) or scene.is_name(at, end) for at in range(1, end))
    return named or last in _PRONOUNS or bool(scene.kind_before(0, end)) or is_a(last, "piece")


def _is_music_named(scene: Scene) -> bool:
    """Return whether the last words of a clause are a name or a pronoun."""
    end = len(scene.tokens)
    ends_named = any(scene.is_name(at, end) for at in range(1, end))
    return ends_named or scene.is_capital(end - 1) or scene.low(end - 1) in _PRONOUNS


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
        scene.low(at) in _PRONOUNS or scene.is_capital(at) or scene.is_name(at, at + size)
        for at in starts
        for size in (1, 2, 3)
        if at + size <= end
    )
    return named and not wanted


_MEANT = [
    Rule(
        "meant",
        "[no] [but] (i | we) [really | actually | only | just] (meant | said | asked for | was "
        "asking for | mean | requested | wanted | was thinking of | was talking about | am "
        "talking about)"
        " [the] [band | artist | singer | group | rapper | song | songs by | music by | one by]",
        _yes,
        {"I meant Celine Dion": True, "no, I meant the band Heart": True, "I said Adele": True},
        ["I mean business", "I wanted to cry", "I meant to ask"],
        lambda scene, start, end: _names_someone(scene, end),
    ),
    Rule(
        "meant",
        "({these are} | {these} {are} | {these}) [not | isn't | aren't | wasn't | weren't | are "
        "not] [even | really | all] [not | isn't | aren't | are not | wasn't | weren't] [songs | "
        "music | by | from | songs by]"
        " (hers | his | theirs | her {list} | his {list} | their {list} | (by | from) (him | "
        "her | them) | her | him | her musics | his musics | their musics) [{rest}]",
        _yes,
        {"these are not hers": True, "those aren't his songs": True, "that's not her": True},
        ["not her", "these are her best songs", "I love her"],
        lambda scene, start, end: _whole(scene, start, end) and _denies(scene),
    ),
    Rule(
        "meant",
        "(that's | thats | this | that | these | those | they | it's | they're | he's | she's) "
        "[is | are | was | were] (not | isn't | aren't | wasn't | weren't) [songs | music] [by "
        "| from] {what}",
        _yes,
        {"that's not Adele": True, "these aren't by Train": True},
        ["that's not it", "these are not good", "that's not sad enough"],
        lambda scene, start, end: _ends_in_name(scene),
    ),
]


def _denies(scene: Scene) -> bool:
    return bool({"not", "isn't", "aren't", "wasn't", "weren't", "ain't"} & set(scene.lows))


def _names_someone(scene: Scene, at: int) -> bool:
    """Return whether a name or a description follows: not "I meant to ask", "I mean it"."""
    if at >= len(scene.tokens) or is_a(scene.low(at), "stop") and not scene.is_capital(at):
        return scene.is_name(at, len(scene.tokens)) if at < len(scene.tokens) else False
    heads = {"asked", "asking", "said", "requested", "meant", "wanted"} & set(scene.lows[:at])
    named = scene.tokens[at].is_capital or scene.is_name(at, len(scene.tokens))
    return named or (bool(heads) and bool(scene.kind_of(at, len(scene.tokens))))


def _ends_in_name(scene: Scene) -> bool:
    """Return whether the words after the negation of a clause are a name."""
    end = len(scene.tokens)
    at = (
        max((n for n, low in enumerate(scene.lows[:4]) if low.endswith(("n't", "not"))), default=0)
        + 1
    )
    while scene.low(at) in ("songs", "music", "by", "from", "the"):
        at += 1
    return at < end and (scene.is_capital(at) or scene.is_name(at, end))


_SWITCHES = [
    Rule(
        "switches",
        "[{can}] (switch | change | move | go | turn | shift | swap | jump | pivot | transition "
        "| head | skip | get) [{also}] [it | things | this | that | gears | the (mood | vibe | "
        "genre | style | music | tone | pace)] [up | now]"
        " [over | on | along | forward | back | ahead] (to | into | towards | toward | onto) [a "
        "| some | the] [different] [mood | genre | style | vibe] [of | like]",
        _yes,
        {
            "can we switch to something more festive": True,
            "let's change to rock": True,
            "now let's move on to some soul": True,
        },
        ["songs to move to", "get to the gym songs", "go to sleep music"],
        lambda scene, start, end: _goes_further(scene, start, end) and _is_switch(scene, end),
    ),
    Rule(
        "switches",
        "[{can}] (try | do | go with | go for | going for) [some | a bit of | a little]",
        _yes,
        {"let's try upbeat": True, "can we try some jazz": True, "let's go with soul": True},
        ["try a little tenderness", "do you have some jazz"],
        lambda scene, start, end: (
            _goes_further(scene, start, end)
            and scene.low(start) not in ("try", "do", "can"[:0])
            or _is_described(scene, start, end)
        ),
    ),
    Rule(
        "switches",
        "(now for | on to | onto | over to | next up | time for | moving on to | switching to | "
        "enough of (that | this | these | those) [,] [and | now] [on to | onto | now | over to]"
        " | and now for | now on to | instead of {these} [,] [i'd like | give me | play | can i "
        "have | let's have | try | some] | rather | i'd rather | i would rather | we'd rather)"
        " [have | hear | listen to | some | a bit of | play]",
        _yes,
        {"now for something calm": True, "on to soul": True, "I'd rather hear jazz": True},
        ["time for bed", "on to the next one", "rather quiet songs"],
        lambda scene, start, end: (
            _goes_further(scene, start, end)
            and (
                scene.low(start) not in ("time", "rather", "on", "over")
                or _is_described(scene, start, end)
            )
        ),
    ),
    Rule(
        "switches",
        "{before instead} instead [of {these} | of that | now]",
        _first,
        {"jazz instead": True, "can I have some soul instead": True},
        ["instead", "instead of drums", "something else instead", "other ones instead"],
        lambda scene, start, end: (
            _whole(scene, start, end)
            and not {"other", "others", "else", "different"} & set(scene.lows)
        ),
    ),
]


def _is_switch(scene: Scene, at: int) -> bool:
    """Return whether a change of place is one of music: not "get to the gym songs"."""
    first = scene.low(0)
    return first not in ("get", "go", "head", "jump", "move", "skip") or bool(
        scene.kind_of(at, len(scene.tokens))
    )


def _is_described(scene: Scene, start: int, end: int) -> bool:
    """Return whether nothing but a musical phrase or a name follows a match."""
    last = len(scene.tokens)
    while scene.low(end) in ("something", "some", "a", "more", "really", "very"):
        end += 1
    return end < last and bool(scene.kind_of(end, last) or scene.is_name(end, last))


_GOES_ON = [
    Rule(
        "goes_on",
        "[{can}] [{also}] [{get}] [{also}] [{some} | the | just] [more] [more] [of] [{things} | "
        "anything | something | everything | more] [{are}] [that | which] [are | is | sounds | "
        "sound | 's] [a bit | very | just]"
        " (like | likes | similar to | along the lines of | in the vein of | close to | as | "
        "such as | similar | alike | the same as | with the same feel as) [{these} | the (last | "
        "first | previous) (one | ones | few) | what [{rest}] | this one]"
        " [but] [please | again]",
        _yes,
        {
            "more like these": True,
            "a few more like this": True,
            "similar songs": True,
            "add a few more that are similar": True,
            "can I get some more like this": True,
        },
        ["songs like Adele", "more like Adele", "like"],
        lambda scene, start, end: (
            _whole(scene, start, end) and scene.lows[-1] not in ("like", "as", "to", "of")
        ),
    ),
    Rule(
        "goes_on",
        "[{can}] [{also}] [{get}] [{some} | a few | the | just] [more] [of] [{things}]"
        " [with | of | in | from | but | that have | but of | but with] [a | the | very] {same} "
        "[please | as {these} | to {these} | {rest}]",
        _yes,
        {"songs with a similar sound": True, "more of the same genre": True, "same vibe": True},
        ["similar to Adele", "same old blues"],
        lambda scene, start, end: _whole(scene, start, end) and not _names_after(scene),
    ),
    Rule(
        "goes_on",
        "[{can}] [{also}] [{get} | have | go for] [{some} | a | just | even | any] [more] "
        "[more] [of] [{things} | {shown} | the same [thing | again] | the above]",
        _yes,
        {
            "a few more": True,
            "more of the same": True,
            "some more songs": True,
            "let's have more": True,
        },
        ["more of him", "some songs by Adele", "can you add some Rihanna"],
        lambda scene, start, end: _whole(scene, start, end) and _says_more(scene),
    ),
    Rule(
        "goes_on",
        "(keep going | keep (them | it | those | these | 'em) coming | keep it (up | going | "
        "that way | like this) | continue | carry on | go on | go ahead | next [one | ones | "
        "please | song | batch | few]"
        " | keep (adding | playing | on | this going) | proceed | more | moar | another | "
        "another (one | few) | let us get it | let's get it | lets get it | let's go | lets go"
        " | round up | (let's | lets | let us) (round up | continue | keep going | go on | "
        "proceed | carry on | wrap up | do it | do this)"
        " | ready [for more] [{rest}] | bring it on | and more | what else | anything else | "
        "what else [do you have | have you got | is there | can you [{rest}] | you got | would "
        "you {rest}]"
        " | ready | same [again] please | encore | i'm ready [{rest}] | the same | [{can}] "
        "(extend | lengthen | expand | grow | continue | fill up | fill out | pad | increase | "
        "finish | complete) [{these} | the {list} | the number [{rest}] | the numbering | {rest}]"
        " | make it longer | (the | this | my | your) {list} (is | are) [too | very | so | a "
        "bit] (few | short | small) [{rest}] | too (few | short))",
        _yes,
        {
            "keep going": True,
            "continue": True,
            "keep them coming": True,
            "please increase the numbering": True,
            "the songs are few": True,
        },
        ["next to me", "continue by Adele", "keep on running songs"],
        lambda scene, start, end: _whole(scene, start, end) and not _names_after(scene),
    ),
    Rule(
        "goes_on",
        "[{can}] [do you have | got | have you got | are there | is there | {get}] [any | some | "
        "other | more | an] [other] (similar | related | comparable | other similar) (artist | "
        "artists | singer | singers | band | bands | acts | musicians | groups | {things})"
        " [to {these}] [(you'd | you would | you can | you could | that you'd | you | to | "
        "worth) {rest}]",
        _yes,
        {"any similar artist you'd recommend": True, "are there related bands": True},
        ["similar artists to Adele", "an artist similar to Cher"],
        lambda scene, start, end: _whole(scene, start, end) and not _names_after(scene),
    ),
    Rule(
        "goes_on",
        "[{very}] [{very}] ({praise} [{judged}] [{judged}] | {plain praise} ({songs} | {judged} "
        "{songs})) [so far | to start [{rest}] | overall | here | already | indeed | again | "
        "(for me | for now) | everyone | everybody | all | you guys | there | then | though | "
        "as always | so much]",
        _yes,
        {"great": True, "really nice": True, "great start": True, "good picks so far": True},
        ["nice jazz", "good vibes for dinner", "sweet soul", "beautiful songs", "the best songs"],
        _whole,
    ),
    Rule(
        "goes_on",
        "{these are} [not] [all | both] [{very}] [{very}] ({good} | {judged} | {songs} | the "
        "best [{rest}] | {good} {songs} | hits | winners | bangers | it | what (i | we) "
        "[{rest}] | exactly [{rest}] | just what [{rest}] | a hit | a winner | bad | a keeper | "
        "keepers | favorites | favourites | my [{rest}] | so [{rest}] | beyond [{rest}] | "
        "better | much better | more like it | all [i {rest}]) [{rest}]",
        _yes,
        {
            "these are awesome": True,
            "those are all great songs to sing along to": True,
            "this is turning out to be a great playlist": True,
            "he ain't bad": True,
        },
        ["these are terrible", "these are too slow", "this is boring"],
        lambda scene, start, end: _whole(scene, start, end) and not _denied_good(scene),
    ),
    Rule(
        "goes_on",
        "{these are} [{very}] [all] [very | so]",
        _yes,
        {"yes, they are": True, "that's all": True},
        ["these are slow", "this is jazz"],
        _whole,
    ),
    Rule(
        "goes_on",
        "[{i}] [{really}] [{really}] [am] {love} ({these} | every (one | song | track) of "
        "{these} | how [{rest}] | where [{rest}] | what [{rest}] | all of your {list} | your "
        "[{rest}]) [so | very | a lot | so far | already | too | much] [{rest}]",
        _yes,
        {"I love all of these": True, "love the selection": True, "I do love her": True},
        ["I love Adele", "I don't love these", "love songs"],
        lambda scene, start, end: _whole(scene, start, end) and not _says_by(scene),
    ),
    Rule(
        "goes_on",
        "{someone} [and i] (would | will | 'll | is going to | are going to | are | is | really "
        "| all) [really | all | definitely | totally] (love | enjoy | dig | adore | like | "
        "loving | enjoying | be happy with) {these} [{rest}]",
        _yes,
        {
            "my friends and I would love this playlist": True,
            "the kids will enjoy these": True,
        },
        ["songs my dad would like", "my friends would love some Adele"],
        _whole,
    ),
    Rule(
        "goes_on",
        "[{these} | it | that] [really | totally | always | just] (brings | bring | takes | "
        "take | taking | bringing) me [right] back [{rest}]",
        _yes,
        {"that brings me back to school": True, "takes me right back": True},
        ["bring me back to life by Evanescence", "songs that take me to Cuba"],
        lambda scene, start, end: "by" not in scene.lows,
    ),
    Rule(
        "goes_on",
        "(well done | just what (i | we) [{rest}] | good job | nailed it | you nailed it | you "
        "rock | (you're | you are) (the best | a star | a genius | a legend | awesome | amazing "
        "| great | good at this) [{rest}]"
        " | spot on [{rest}] | exactly [{rest}] | keep up the [{rest}] | thumbs up | (that'll | "
        "that will | that would | that should | this will | this should | these will | it will | "
        "it'll | that'd | this would) (do | work | be all | be it | finish [{rest}] | complete "
        "[{rest}]) [it | nicely | fine | well | perfectly] [for [{rest}] | {rest}]"
        " | can't complain [{rest}] | no complaints [{rest}] | [{i}] [am] (happy | satisfied | "
        "pleased) [with {these}] [{rest}] | i think {these} [{rest}] do it [{rest}] | that's it "
        "| that is it | that's enough [{rest}]"
        " | [i'm | i am] (all set | done | good) | (thanks | thank you) [so much | a lot | again "
        "| very much] for [{rest}] | (love | like | loving | liking | loved | digging) (it | "
        "this | them | these) [all] [{rest}]"
        " | (sounds | looks | sounding | looking | seems | works | working) [{very}] [{very}] "
        "{good} [{rest}] | what a [{rest}] | i (approve | agree | dig | like) | hell yeah | "
        "heck yeah | got it | i see | why not | will do | deal | bet | yay | hooray | bravo | "
        "much better | better | [that's | this is] [much] more like it | too much good [{rest}] "
        "| enough [for [{rest}] | already])",
        _yes,
        {
            "well done": True,
            "that would do it for this one": True,
            "thanks for the suggestion": True,
            "sounds great": True,
        },
        ["that will be loud", "exactly like Adele", "what a wonderful world by Adele"],
        lambda scene, start, end: _whole(scene, start, end) and not _names_after(scene),
    ),
]


def _names_after(scene: Scene) -> bool:
    """Return whether a clause names someone: "more of the same by Adele", "like Adele"."""
    end = len(scene.tokens)
    for at in range(1, end):
        if scene.low(at - 1) in ("by", "like", "as", "to", "from") and (
            scene.is_capital(at) and scene.low(at) != "i"
        ):
            return True
    return False


def _says_more(scene: Scene) -> bool:
    """Return whether "more" or the like is said, or the playlist's things: not "can I have"."""
    return not scene.is_end(0) and (
        bool({"more", "another", "additional", "few", "couple"} & set(scene.lows))
        or any(is_a(low, "piece") for low in scene.lows)
    )


def _denied_good(scene: Scene) -> bool:
    """Return whether "good" is denied: "these are not great"; "not bad" is praise."""
    lows = set(scene.lows[:5])
    return bool({"not", "isn't", "aren't"} & lows) and not {"bad"} & lows


def _says_by(scene: Scene) -> bool:
    return "by" in scene.lows or ("from" in scene.lows and _names_after(scene))


_OF_LAST = [
    Rule(
        "of_last",
        "[{can}] [{also}] [{get}] [{some} | {so many} | anything] [more | else | other] "
        "[{things}] (of | by | from) {him} [{things}]",
        _yes,
        {"can we have more of him": True, "more by her": True, "more from this artist": True},
        ["more of these", "songs by women", "not her"],
        lambda scene, start, end: _whole(scene, start, end) and scene.low(start) not in ("of",),
    ),
    Rule(
        "of_last",
        "[{can}] [{also}] [{get}] [{some} | {so many}] [more] [of] (his | her | their) "
        "({things} | other {things} | hits | best {things} | biggest {things})",
        _yes,
        {"more of her songs": True, "play some of his hits": True},
        ["her songs are slow", "more songs"],
        lambda scene, start, end: (
            _whole(scene, start, end) and scene.low(start) not in ("his", "her", "their")
        ),
    ),
    Rule(
        "of_last",
        "[{can}] [{also}] [{get}] [{some}] more [{things}] (from | by) {them}",
        _yes,
        {"more from them": True, "more by them": True, "some more from them please": True},
        ["more of them", "more from the 90s"],
        _whole,
    ),
]


def _degrees(first: str, second: str = "") -> tuple[str, ...]:
    return (first, second) if second else (first,)


_LIKE_THAT = (
    "[{things} | {list}] [please | too | now | again] [that [{rest}] | with [{rest}] | of "
    "[{rest}] | but [{rest}] | in [{rest}] | than [{rest}] | from {rest}]"
)

_DEGREES = [
    Rule(
        "degrees",
        "[{can}] [{also}] [{get}] [{some} | a | the | something | anything | {things} | it | "
        "them | {so many}] [more] [{make}] [that are | that's | which are | that is | it | them] "
        "[{slightly}] {changed}"
        " [(and | & | but | /) [{slightly}] {changed}] " + _LIKE_THAT,
        _degrees,
        {
            "slower": ("slower",),
            "a bit faster": ("faster",),
            "newer songs with a similar sound": ("newer",),
            "slow it down": ("slower",),
            "can you make it older": ("older",),
        },
        ["slow songs", "fast cars", "newer songs by Adele", "faster by George Harrison"],
        lambda scene, start, end: _whole(scene, start, end) and not _names_after(scene),
    ),
]

_MORE = [
    Rule(
        "more",
        "[{can}] [{also}] [{get}] [{some} | a | something | anything | songs | "
        "music | tracks | it | them | the mood] [{make}] [that are | that's | "
        "which are] [{slightly}] {comparative} " + _LIKE_THAT,
        _phrase,
        {"calmer": ("calm",), "a little happier": ("happy",), "something darker please": ("dark",)},
        ["calm", "summer", "calmer songs by Adele", "dinner"],
        lambda scene, start, end: _whole(scene, start, end) and not _names_after(scene),
    ),
    Rule(
        "more",
        "[{can}] [{also}] [{get} | be] [{some} | a | something | anything | songs "
        "| music | tracks | it | them] [{make}] [that are | that's | which are] "
        "[{slightly}] more {mood} " + _LIKE_THAT,
        _phrase,
        {
            "more upbeat": ("upbeat",),
            "a bit more festive": ("festive",),
            "more calm songs": ("calm",),
        },
        ["more jazz", "more", "more or less"],
        lambda scene, start, end: _whole(scene, start, end) and not _names_after(scene),
    ),
    Rule(
        "more",
        "{mood} (sounds | is | would be | works | feels | seems | might be | will be | could "
        "be) [much | a lot | even | way] (better | nicer | best | preferable | good | great)",
        _phrase,
        {"upbeat sounds better": ("upbeat",), "calm would be nicer": ("calm",)},
        ["Adele sounds better", "upbeat songs"],
        _whole,
    ),
    Rule(
        "more",
        "({these are} | {these} {are}) not {mood} enough | not {mood} enough",
        _phrase,
        {"not upbeat enough": ("upbeat",), "these are not calm enough": ("calm",)},
        ["not too calm", "enough"],
        _whole,
    ),
]

_LESS = [
    Rule(
        "less",
        "[{can}] [{also}] [{get}] [{some} | something | anything | songs | it | them | with] "
        "[{make}] [that are] [{slightly}] (less | fewer | not as much) [of the | of] {what}",
        _phrase,
        {
            "less electronic": ("electronic",),
            "a bit less loud": ("loud",),
            "fewer ballads": ("ballads",),
        },
        ["less than 20 songs", "less is more", "more or less", "not so loud"],
        lambda scene, start, end: not {"than", "is"} & set(scene.lows) and _is_short(scene),
    ),
    Rule(
        "less",
        "[{these are} | {these} {are} | it's | but] [all | a bit | a little | way | far | just "
        "| really | bit | little | still | much] too {qualities} [(for | and | , | or) {rest}]",
        same,
        {"too jazzy": ("jazzy",), "these are a bit too loud": ("loud",), "way too sad": ("sad",)},
        ["not too loud", "too many songs", "me too", "too much Adele"],
        _whole,
    ),
    Rule(
        "less",
        "[{these are} | there's | there is | it has | they have] [a bit | way | far] (too much "
        "| too many) {mood}",
        _phrase,
        {"too much piano": ("piano",), "way too many guitars": ("guitars",)},
        ["too much Adele", "too many to count"],
        _whole,
    ),
]


def _is_short(scene: Scene) -> bool:
    return len(scene.tokens) <= 10


_COUNT = [
    Rule(
        "count",
        "[{can}] [{also}] [{get}] [just | only | maybe] {so many} more [of]",
        same,
        {"just two more": 2, "give me ten more": 10, "5 more like that": 5, "one more": 1},
        ["one more time", "no more than 20", "2 pac", "a few more", "some more"],
        lambda scene, start, end: (
            scene.low(end) not in ("time", "than", "minutes", "hours", "minute", "hour")
        ),
    ),
    Rule(
        "count",
        "[{can}] [{also}] [{get}] (just | only | another) {so many} [of | last | final | other]",
        same,
        {"just two Adele songs": 2, "only three": 3, "another five": 5},
        ["just one day", "20 songs", "just the two of us", "only 2 per artist", "just 30 minutes"],
        lambda scene, start, end: not _is_measure(scene, end),
    ),
    Rule(
        "count",
        "[{can}] [{also}] [{get}] [just | only] [a | the] (one | single) (last | final) [one | "
        "song | track | {things}]",
        lambda: 1,
        {"one last": 1, "just one last song": 1},
        ["one last dance by Drake", "last one standing"],
        lambda scene, start, end: scene.low(end) in ("", "by", "from", "with", "please", "like"),
    ),
]

_UNITS = frozenset(
    "minute minutes min mins hour hours per day days time times of second seconds night life year"
    " years love bpm decade decades s heart way world moment thing from".split()
)


def _is_measure(scene: Scene, at: int) -> bool:
    """Return whether a number measures something else: "only 2 per artist"."""
    return scene.low(at) in _UNITS or scene.low(at) == "-" or "per" in scene.lows


_ADDS = [
    Rule(
        "adds",
        "({can} [{also}] {get} | [{also}] {play}) [{also}] [in] [{some} | a | the | something | "
        "anything]",
        _yes,
        {
            "add Celine Dion": True,
            "can you add some of Drake's": True,
            "let's also include a few by Cher": True,
            "please play Marry Me by Train": True,
        },
        ["play that funky music", "have a nice day", "see you later"],
        lambda scene, start, end: _is_wanted(scene, start, end),
    ),
    Rule(
        "adds",
        "({want} | can i | could i | how about | what about | maybe | perhaps | how bout) "
        "[{also}] [{get}] [{some} | a | something | anything]",
        _yes,
        {"I want some Takeoff": True, "how about Heart?": True, "I'd like pop music": True},
        ["I want to cry", "I need to sleep", "maybe not"],
        lambda scene, start, end: _is_wanted(scene, start, end),
    ),
    Rule(
        "adds",
        "(do you have | do you know | you got | you have | have you got | got | is there | are "
        "there | have you | have u got | do u have) [{also}] [{some} | anything | something | "
        "a] [more | other | else] [{things}]",
        _yes,
        {"got any songs by Selena Gomez": True, "do you have something by GOT7": True},
        ["what do you have", "got to be real", "have you ever"],
        lambda scene, start, end: _is_wanted(scene, start, end),
    ),
    Rule(
        "adds",
        "[just | only | even] ({some} | more | additional)",
        _yes,
        {"some Rihanna": True, "a few more by Heart": True, "more jazz": True},
        ["some like it hot", "more upbeat", "any decade", "a little slower", "something calm"],
        lambda scene, start, end: _is_portion(scene, start, end),
    ),
    Rule(
        "adds",
        "({i} | my friends) [{really}] [{really}] (like | love | enjoy | dig | adore | liked | "
        "loved | into | am into | favor | fancy) [{also}] [all [of] [the] | most of the | some "
        "| the] [other]",
        _yes,
        {"I also like Chris Brown": True, "I love Bob Marley and The Beatles": True},
        ["I love these", "I don't like Drake", "I like to dance"],
        lambda scene, start, end: _is_wanted(scene, start, end),
    ),
    Rule(
        "adds",
        "({i} tend to (lean | go | learn | listen) (towards | toward | to | for) | {i} [mostly "
        "| usually | mainly] listen to | my favourite {things} is | my favorite {things} is)",
        _yes,
        {"I tend to lean towards soft rock": True, "I mostly listen to blues": True},
        ["I tend to sleep", "listen to me"],
        _goes_further,
    ),
    Rule(
        "adds",
        "{before verb} (would | might | could | will | should | must) [also | really] be "
        "[really | very | so | quite | absolutely | also] {good} [{rest}]",
        _first,
        {"Whitney Houston would be excellent": True, "some Ciara would be nice": True},
        ["that would be nice", "that would be great", "it would be sad"],
        lambda scene, start, end: _whole(scene, start, end) and not _is_pronoun(scene),
    ),
    Rule(
        "adds",
        "{before verb} (sounds | sound) [really | pretty | also | very | much] ({good} | "
        "better) [{rest}]",
        _first,
        {"Adele sounds good": True, "some reggae sounds better": True},
        ["that sounds good", "upbeat sounds better"],
        lambda scene, start, end: _whole(scene, start, end) and not _is_pronoun(scene),
    ),
]

_NO_WISH = frozenset(
    "to that you not me it us these this those them him her if when how what why because ever be"
    " so but or and".split()
)


def _is_wanted(scene: Scene, start: int, end: int) -> bool:
    """Return whether music may follow a head: not "I want to cry", "play that funky music"."""
    if end >= len(scene.tokens):
        return end > 0 and scene.low(end - 1) not in ("like", "love", "got", "have", "get", "see")
    low = scene.low(end)
    return low not in _NO_WISH or (scene.is_capital(end) and low != "i")


_NO_PORTION = frozenset(
    "like of days people say times nights things kind sort more day time girls boys one".split()
)


def _is_portion(scene: Scene, start: int, end: int) -> bool:
    """Return whether "some" and the like come before music: not "some like it hot"."""
    if end >= len(scene.tokens):
        return scene.low(end - 1) == "more"
    low, first = scene.low(end), scene.low(start)
    if first == "any" and "more" not in scene.lows[start:end]:
        return False
    if first == "more" and (low in ("or", "than", "and") or scene.low(end) in ("or",)):
        return False
    return low not in _NO_PORTION or scene.is_capital(end)


def _is_pronoun(scene: Scene) -> bool:
    return scene.low(0) in (
        "that",
        "this",
        "it",
        "these",
        "those",
        "they",
        "which",
        "what",
        "i",
        "you",
    )


RULES: Sequence[Rule] = [
    *_ANEW,
    *_REPEATS,
    *_REJECTS,
    *_MEANT,
    *_OF_LAST,
    *_COUNT,
    *_GOES_ON,
    *_DEGREES,
    *_MORE,
    *_LESS,
    *_OUT,
    *_SWITCHES,
    *_ADDS,
]
