"""Rules for changes measured against what was shown: `degrees`, `more`, `less`."""

from __future__ import annotations

from melscribe_core.conversation.judging import alone, names_after, whole
from melscribe_core.request.grammar.pattern import Rule, same
from melscribe_core.request.grammar.scene import Scene


def _degrees(first: str, second: str = "") -> tuple[str, ...]:
    return (first, second) if second else (first,)


def _is_short(scene: Scene) -> bool:
    return len(scene.tokens) <= 10


_LIKE_THAT = (
    "[{things} | {list}] [please | too | now | again] [that [{rest}] | with [{rest}] | of "
    "[{rest}] | but [{rest}] | in [{rest}] | than [{rest}] | from {rest}]"
)


DEGREES = [
    Rule(
        "degrees",
        "[{these are} | {these} {are} | it's | but] [all | a bit | a little | way | far | just "
        "| really | still | much] too {too much so} [for {rest}]",
        alone,
        {"too old": ("newer",), "these are a bit too fast": ("slower",)},
        ["too sad", "not too slow", "too old to dance"],
        whole,
    ),
    Rule(
        "degrees",
        "[{can}] [{also}] [{get}] [{some} | a | the | something | anything | "
        "{things} | it | them] [more] [{make}] [that are | that's | "
        "which are | that is | it | them] [{slightly}] {changed} [(and | & | but | "
        "/) [{slightly}] {changed}] " + _LIKE_THAT,
        _degrees,
        {
            "slower": ("slower",),
            "a bit faster": ("faster",),
            "newer songs with a similar sound": ("newer",),
            "slow it down": ("slower",),
            "can you make it older": ("older",),
        },
        ["slow songs", "fast cars", "newer songs by Adele", "faster by George Harrison"],
        lambda scene, start, end: whole(scene, start, end) and not names_after(scene),
    ),
    Rule(
        "degrees",
        "({these are} | {these} {are}) (a bit | a little | rather | kind of | kinda | pretty | "
        "very) {too much so}",
        alone,
        {"these are a little slow": ("faster",)},
        ["these are slow", "a little slow"],
        whole,
    ),
]

MORE = [
    Rule(
        "more",
        "[{can}] {mood change}",
        alone,
        {"tone it down": ("calm",), "let's liven things up": ("energetic",)},
        ["tone", "calm down songs", "slow down"],
        whole,
    ),
    Rule(
        "more",
        "[{can}] [{also}] [{get}] [{some} | a | something | anything | songs | "
        "music | tracks | it | them | the mood] [{make}] [that are | that's | "
        "which are] [{slightly}] {comparative} " + _LIKE_THAT,
        alone,
        {"calmer": ("calm",), "a little happier": ("happy",), "something darker please": ("dark",)},
        ["calm", "summer", "calmer songs by Adele", "dinner"],
        lambda scene, start, end: whole(scene, start, end) and not names_after(scene),
    ),
    Rule(
        "more",
        "[{can}] [{also}] [{get} | be] [{some} | a | something | anything | songs "
        "| music | tracks | it | them] [{make}] [that are | that's | which are] "
        "[{slightly}] more {mood} " + _LIKE_THAT,
        alone,
        {
            "more upbeat": ("upbeat",),
            "a bit more festive": ("festive",),
            "more calm songs": ("calm",),
        },
        ["more jazz", "more", "more or less"],
        lambda scene, start, end: whole(scene, start, end) and not names_after(scene),
    ),
    Rule(
        "more",
        "{mood} (sounds | is | would be | works | feels | seems | might be | will be | could "
        "be) [much | a lot | even | way] (better | nicer | best | preferable | good | great)",
        alone,
        {"upbeat sounds better": ("upbeat",), "calm would be nicer": ("calm",)},
        ["Adele sounds better", "upbeat songs"],
        whole,
    ),
    Rule(
        "more",
        "({these are} | {these} {are}) not {mood} enough | not {mood} enough | not enough {kind}",
        alone,
        {"not upbeat enough": ("upbeat",), "these are not calm enough": ("calm",)},
        ["not too calm", "enough"],
        whole,
    ),
]


LESS = [
    Rule(
        "less",
        "[{can}] (tone down | turn down | dial down | dial back | cut down on | cut back on | "
        "ease up on | go easy on) [the] {what}",
        alone,
        {"could you tone down the drums": ("drums",), "go easy on the synths": ("synths",)},
        ["tone it down", "turn down for what"],
        lambda scene, start, end: "what" not in scene.lows,
    ),
    Rule(
        "less",
        "[{can}] [{also}] [{get}] [{some} | something | anything | songs | it | them | with] "
        "[{make}] [that are] [{slightly}] (less | fewer | not as much) [of the | of] {what}",
        alone,
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
        whole,
    ),
    Rule(
        "less",
        "[{these are} | there's | there is | it has | they have] [a bit | way | far] (too much "
        "| too many) {kind}",
        alone,
        {"too much piano": ("piano",), "way too many guitars": ("guitars",)},
        ["too much Adele", "too many to count"],
        whole,
    ),
]
