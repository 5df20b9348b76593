"""Rules for what else is wanted: `adds`, `switches`, `meant`."""

from __future__ import annotations

from melscribe_core.conversation.judging import (
    first,
    goes_further,
    is_described,
    is_pronoun,
    whole,
    yes,
)
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.pattern import Rule
from melscribe_core.request.grammar.scene import Scene


def _denies(scene: Scene) -> bool:
    return bool({"not", "isn't", "aren't", "wasn't", "weren't", "ain't"} & set(scene.lows))


def _names_someone(scene: Scene, at: int) -> bool:
    """Return whether a name or a description follows: not "I meant to ask", "I mean it"."""
    if at >= len(scene.tokens) or (is_a(scene.low(at), "stop") and not scene.is_capital(at)):
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


def _is_switch(scene: Scene, at: int) -> bool:
    """Return whether a change of place is one of music: not "get to the gym songs"."""
    first = scene.low(0)
    return first not in ("get", "go", "head", "jump", "move", "skip") or bool(
        scene.kind_of(at, len(scene.tokens))
    )


_NO_WISH = frozenset(
    "to that you not me it us these this those them him her if when how what why because "
    "ever be so but or and".split()
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


def _begins_with_name(scene: Scene) -> bool:
    """Return whether a known name or two words with a capital come before "is"."""
    at = next((n for n, low in enumerate(scene.lows) if low in ("is", "are")), 0)
    written = at > 1 and all(scene.is_capital(n) for n in range(at)) and not is_pronoun(scene)
    return written or scene.is_name(0, at)


_SUBJECTS = frozenset("my our she he everyone everybody they the we all".split())


def _looks_like_a_name(scene: Scene, at: int) -> bool:
    """Return whether a name begins at a position."""
    return scene.is_capital(at) or scene.is_name(at, len(scene.tokens))


def _is_portion(scene: Scene, start: int, end: int) -> bool:
    """Return whether "some" and the like come before music: not "some like it hot"."""
    if end >= len(scene.tokens):
        return scene.low(end - 1) == "more"
    low, first = scene.low(end), scene.low(start)
    if first == "any" and "more" not in scene.lows[start:end]:
        return False
    if first == "more" and low in ("or", "than", "and"):
        return False
    return low not in _NO_PORTION or scene.is_capital(end)


ADDS = [
    Rule(
        "adds",
        "{skipped people} [would] [also | really] (love | like | enjoy | loves | likes | enjoys "
        "| adores) [some]",
        yes,
        {"my mom loves Bob Dylan": True, "everyone likes Abba": True},
        ["my kids will love these", "she loves to dance", "a boy who loves the sea"],
        lambda scene, start, end: (
            goes_further(scene, start, end)
            and scene.low(0) in _SUBJECTS
            and _looks_like_a_name(scene, end)
        ),
    ),
    Rule(
        "adds",
        "((it | this | the {list}) [also | really | still] (needs | could use) | (it's | we're "
        "| you're) missing | you can't go wrong with) [{some}]",
        yes,
        {"it needs some Bob Dylan": True, "you can't go wrong with Abba": True},
        ["it needs to be slower", "missing you"],
        lambda scene, start, end: _is_wanted(scene, start, end),
    ),
    Rule(
        "adds",
        "{before is} (is | are) [really | so | very | also | just] ({good} | my favourite | my "
        "favorite | the best | my favourites | my favorites) [{rest}]",
        first,
        {"Tina Turner is great": True},
        ["this is great", "Life is good", "music is my favourite thing"],
        lambda scene, start, end: whole(scene, start, end) and _begins_with_name(scene),
    ),
    Rule(
        "adds",
        "({can} [{also}] {get} | [{also}] {play}) [{also}] [in] [{some} | a | the | something | "
        "anything]",
        yes,
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
        yes,
        {"I want some Takeoff": True, "how about Heart?": True, "I'd like pop music": True},
        ["I want to cry", "I need to sleep", "maybe not"],
        lambda scene, start, end: _is_wanted(scene, start, end),
    ),
    Rule(
        "adds",
        "(u got | ya got | do you have | do you know | you got | you have | have you got | got "
        "| is there | are there | have you | have u got | do u have) [{also}] [{some} | "
        "anything | something | a] [more | other | else] [{things}]",
        yes,
        {"got any songs by Selena Gomez": True, "do you have something by GOT7": True},
        ["what do you have", "got to be real", "have you ever"],
        lambda scene, start, end: _is_wanted(scene, start, end),
    ),
    Rule(
        "adds",
        "[just | only | even | with] ({some} | more | additional)",
        yes,
        {"some Rihanna": True, "a few more by Heart": True, "more jazz": True},
        ["some like it hot", "more upbeat", "any decade", "a little slower", "something calm"],
        lambda scene, start, end: _is_portion(scene, start, end),
    ),
    Rule(
        "adds",
        "({i} | my friends) [{really}] [{really}] (like | love | enjoy | dig | adore | liked | "
        "loved | into | am into | favor | fancy) [listening to | hearing | to hear | to listen "
        "to] [{also}] [all [of] [the] | most of the | some | the] [other]",
        yes,
        {"I also like Chris Brown": True, "I love Bob Marley and The Beatles": True},
        ["I love these", "I don't like Drake", "I like to dance"],
        lambda scene, start, end: _is_wanted(scene, start, end),
    ),
    Rule(
        "adds",
        "({i} tend to (lean | go | learn | listen) (towards | toward | to | for) | {i} [mostly "
        "| usually | mainly] listen to | my (favourites | favorites) are | my favourite "
        "{things} is | my favorite {things} is)",
        yes,
        {"I tend to lean towards soft rock": True, "I mostly listen to blues": True},
        ["I tend to sleep", "listen to me"],
        goes_further,
    ),
    Rule(
        "adds",
        "{before verb} (would | might | could | will | should | must) [also | really] be "
        "[really | very | so | quite | absolutely | also] {good} [{rest}]",
        first,
        {"Whitney Houston would be excellent": True, "some Ciara would be nice": True},
        ["that would be nice", "that would be great", "it would be sad"],
        lambda scene, start, end: whole(scene, start, end) and not is_pronoun(scene),
    ),
    Rule(
        "adds",
        "{before verb} (sounds | sound) [really | pretty | also | very | much] ({good} | "
        "better) [{rest}]",
        first,
        {"Adele sounds good": True, "some reggae sounds better": True},
        ["that sounds good", "upbeat sounds better"],
        lambda scene, start, end: whole(scene, start, end) and not is_pronoun(scene),
    ),
]


SWITCHES = [
    Rule(
        "switches",
        "{before verb} (would | might | could | will) [also | really] be (better | nicer | "
        "preferable)",
        first,
        {"rock would be better": True, "some soul might be nicer": True},
        ["that would be better", "upbeat would be better"],
        lambda scene, start, end: whole(scene, start, end) and not is_pronoun(scene),
    ),
    Rule(
        "switches",
        "[{can}] [go | going | get] back to [the | some]",
        yes,
        {"back to jazz": True, "let's go back to rock": True},
        ["back to black", "back to the future"],
        is_described,
    ),
    Rule(
        "switches",
        "[{can}] (switch | change | move | go | turn | shift | swap | jump | pivot | transition "
        "| head | skip | get) [{also}] [it | things | this | that | gears | the (mood | vibe | "
        "genre | style | music | tone | pace)] [up | now] [over | on | along | forward | back | "
        "ahead] (to | into | towards | toward | onto) [a | some | the] [different] [mood | "
        "genre | style | vibe] [of | like]",
        yes,
        {
            "can we switch to something more festive": True,
            "let's change to rock": True,
            "now let's move on to some soul": True,
        },
        ["songs to move to", "get to the gym songs", "go to sleep music"],
        lambda scene, start, end: goes_further(scene, start, end) and _is_switch(scene, end),
    ),
    Rule(
        "switches",
        "[{can}] (try | do | go with | go for | going for) [some | a bit of | a little]",
        yes,
        {"let's try upbeat": True, "can we try some jazz": True, "let's go with soul": True},
        ["try a little tenderness", "do you have some jazz"],
        lambda scene, start, end: (
            (goes_further(scene, start, end) and scene.low(start) not in ("try", "do"))
            or is_described(scene, start, end)
        ),
    ),
    Rule(
        "switches",
        "(now for | on to | onto | over to | next up | time for | moving on to | switching to | "
        "enough of (that | this | these | those) [,] [and | now] [on to | onto | now | over to] "
        "| and now for | now on to | instead of {these} [,] [i'd like | give me | play | can i "
        "have | let's have | try | some] | rather | i'd rather | i would rather | we'd rather) "
        "[have | hear | listen to | some | a bit of | play]",
        yes,
        {"now for something calm": True, "on to soul": True, "I'd rather hear jazz": True},
        ["time for bed", "on to the next one", "rather quiet songs"],
        lambda scene, start, end: (
            goes_further(scene, start, end)
            and (
                scene.low(start) not in ("time", "rather", "on", "over")
                or is_described(scene, start, end)
            )
        ),
    ),
    Rule(
        "switches",
        "{before instead} instead [of {rest} | now]",
        first,
        {"jazz instead": True, "can I have some soul instead": True},
        ["instead", "instead of drums", "something else instead", "other ones instead"],
        lambda scene, start, end: (
            whole(scene, start, end)
            and not {"other", "others", "else", "different"} & set(scene.lows)
        ),
    ),
]


MEANT = [
    Rule(
        "meant",
        "[no] [but] (i | we) [really | actually | only | just] (meant | said | asked for | was "
        "asking for | mean | requested | wanted | was thinking of | was talking about | am "
        "talking about) [the] [band | artist | singer | group | rapper | song | songs by | "
        "music by | one by]",
        yes,
        {"I meant Celine Dion": True, "no, I meant the band Heart": True, "I said Adele": True},
        ["I mean business", "I wanted to cry", "I meant to ask"],
        lambda scene, start, end: _names_someone(scene, end),
    ),
    Rule(
        "meant",
        "({these are} | {these} {are} | {these}) [not | isn't | aren't | wasn't | weren't | are "
        "not] [even | really | all] [not | isn't | aren't | are not | wasn't | weren't] [songs "
        "| music | by | from | songs by] (hers | his | theirs | her {list} | his {list} | their "
        "{list} | (by | from) (him | her | them) | her | him | her musics | his musics | their "
        "musics) [{rest}]",
        yes,
        {"these are not hers": True, "those aren't his songs": True, "that's not her": True},
        ["not her", "these are her best songs", "I love her"],
        lambda scene, start, end: whole(scene, start, end) and _denies(scene),
    ),
    Rule(
        "meant",
        "(that's | thats | this | that | these | those | they | it's | they're | he's | she's) "
        "[is | are | was | were] (not | isn't | aren't | wasn't | weren't) [songs | music] [by "
        "| from] {what}",
        yes,
        {"that's not Adele": True, "these aren't by Train": True},
        ["that's not it", "these are not good", "that's not sad enough"],
        lambda scene, start, end: _ends_in_name(scene),
    ),
]
