"""Rules for more of the same: `goes_on` (praise too), `count`, `of_last`, `of_others`, `ends`."""

from __future__ import annotations

from melscribe_core.conversation.judging import names_after, whole, yes
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.pattern import Rule, same
from melscribe_core.request.grammar.scene import Scene


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
    return "by" in scene.lows or ("from" in scene.lows and names_after(scene))


_UNITS = frozenset(
    "minute minutes min mins hour hours per day days time times of second seconds night "
    "life year years love bpm decade decades s heart way world moment thing from".split()
)


def _is_measure(scene: Scene, at: int) -> bool:
    """Return whether a number measures something else: "only 2 per artist"."""
    return scene.low(at) in _UNITS or scene.low(at) == "-" or "per" in scene.lows


GOES_ON = [
    Rule(
        "goes_on",
        "[{can}] [{also}] [{get}] [{also}] [{some} | the | just] [more] [more] [of] [{things} | "
        "anything | something | everything | more] [else] [{are}] [that | which] [are | is | "
        "sounds | sound | 's] [a bit | very | just] (along (those | these | that) lines | in "
        "(this | that | [the] same | [{can}] do the same [again | thing] | of {shown} | a "
        "similar) (vein | spirit | style | direction | fashion) | like | likes | similar to | "
        "along the lines of | in the vein of | close to | as | such as | similar | alike | the "
        "same as | with the same feel as) [{these} | the (last | first | previous) (one | ones "
        "| few) | what [{rest}] | this one] [but] [please | again]",
        yes,
        {
            "more like these": True,
            "a few more like this": True,
            "similar songs": True,
            "add a few more that are similar": True,
            "can I get some more like this": True,
        },
        ["songs like Adele", "more like Adele", "like"],
        lambda scene, start, end: (
            whole(scene, start, end) and scene.lows[-1] not in ("like", "as", "to", "of")
        ),
    ),
    Rule(
        "goes_on",
        "[{can}] [{also}] [{get}] [{some} | a few | the | just] [more] [of] [{things}] [with | "
        "of | in | from | but | that have | but of | but with] [a | the | very] {same} [please "
        "| as {these} | to {these} | {rest}]",
        yes,
        {"songs with a similar sound": True, "more of the same genre": True, "same vibe": True},
        ["similar to Adele", "same old blues"],
        lambda scene, start, end: whole(scene, start, end) and not names_after(scene),
    ),
    Rule(
        "goes_on",
        "[{can}] [{also}] [{get} | have | go for] [{some} | a | just | even | any] [more] "
        "[more] [of] [{things} | {shown} | the same [thing | again] | the above]",
        yes,
        {
            "a few more": True,
            "more of the same": True,
            "some more songs": True,
            "let's have more": True,
        },
        ["more of him", "some songs by Adele", "can you add some Rihanna"],
        lambda scene, start, end: whole(scene, start, end) and _says_more(scene),
    ),
    Rule(
        "goes_on",
        "(keep going | keep (them | it | those | these | 'em) coming | keep ' em coming | keep "
        "em coming | keep it (up | going | that way | like this) | continue | carry on | go on "
        "| go ahead | next [one | ones | please | song | batch | few] | keep (adding | playing "
        "| on | this going) | proceed | more | moar | another | another (one | few) | let us "
        "get it | let's get it | lets get it | let's go | lets go | round up | (let's | lets | "
        "let us) (round up | continue | keep going | go on | proceed | carry on | wrap up | do "
        "it | do this) | ready [for more] [{rest}] | bring it on | and more | what else | "
        "anything else | what else [do you have | have you got | is there | can you [{rest}] | "
        "you got | would you {rest}] | ready | same [again] please | encore | i'm ready "
        "[{rest}] | [the] same | [{can}] (do | play | have | try) the same [again | thing] | of "
        "{shown} | [{can}] (extend | lengthen | expand | grow | continue | fill up | fill out | "
        "pad | increase | finish | complete) [{these} | the {list} | the number [{rest}] | the "
        "numbering] [more] | make it longer | (the | this | my | your) {list} (is | are) [too | "
        "very | so | a bit] (few | short | small) [{rest}] | too (few | short))",
        yes,
        {
            "keep going": True,
            "continue": True,
            "keep them coming": True,
            "please increase the numbering": True,
            "the songs are few": True,
        },
        ["next to me", "continue by Adele", "keep on running songs"],
        lambda scene, start, end: whole(scene, start, end) and not names_after(scene),
    ),
    Rule(
        "goes_on",
        "[{can}] [do you have | got | have you got | are there | is there | {get}] [any | some "
        "| other | more | an] [other] (similar | related | comparable | other similar) (artist "
        "| artists | singer | singers | band | bands | acts | musicians | groups | {things}) "
        "[to {these}] [(you'd | you would | you can | you could | that you'd | you | to | "
        "worth) {rest}]",
        yes,
        {"any similar artist you'd recommend": True, "are there related bands": True},
        ["similar artists to Adele", "an artist similar to Cher"],
        lambda scene, start, end: whole(scene, start, end) and not names_after(scene),
    ),
    Rule(
        "goes_on",
        "[{very}] [{very}] ({praise} [{judged}] [{judged}] | {plain praise} ({songs} | {judged} "
        "{songs})) [so far | to start [{rest}] | overall | here | already | indeed | again | "
        "(for me | for now) | everyone | everybody | all | you guys | there | then | though | "
        "as always | so much]",
        yes,
        {"great": True, "really nice": True, "great start": True, "good picks so far": True},
        ["nice jazz", "good vibes for dinner", "sweet soul", "beautiful songs", "the best songs"],
        whole,
    ),
    Rule(
        "goes_on",
        "{these are} [not] [all | both] [{very}] [{very}] ({good} | {judged} | {songs} | the "
        "best [{rest}] | {good} {songs} | hits | winners | bangers | it | what (i | we) "
        "[{rest}] | exactly [{rest}] | just what [{rest}] | a hit | a winner | bad | a keeper | "
        "keepers | favorites | favourites | my [{rest}] | so [{rest}] | beyond [{rest}] | "
        "better | much better | more like it | all [i {rest}]) [{rest}]",
        yes,
        {
            "these are awesome": True,
            "those are all great songs to sing along to": True,
            "this is turning out to be a great playlist": True,
            "he ain't bad": True,
        },
        ["these are terrible", "these are too slow", "this is boring"],
        lambda scene, start, end: whole(scene, start, end) and not _denied_good(scene),
    ),
    Rule(
        "goes_on",
        "{these are} [{very}] [all] [very | so]",
        yes,
        {"yes, they are": True},
        ["these are slow", "this is jazz", "that's all"],
        lambda scene, start, end: whole(scene, start, end) and scene.lows[-1] != "all",
    ),
    Rule(
        "goes_on",
        "[{i}] [{really}] [{really}] [am] {love} ({these} | every (one | song | track) of "
        "{these} | how [{rest}] | where [{rest}] | what [{rest}] | all of your {list} | your "
        "[{rest}]) [so | very | a lot | so far | already | too | much] [{rest}]",
        yes,
        {"I love all of these": True, "love the selection": True, "I do love her": True},
        ["I love Adele", "I don't love these", "love songs"],
        lambda scene, start, end: whole(scene, start, end) and not _says_by(scene),
    ),
    Rule(
        "goes_on",
        "{someone} [and i] (would | will | 'll | gonna | (is | are) gonna | is going to | are "
        "going to | are | is | really | all) [really | all | definitely | totally] (love | "
        "enjoy | dig | adore | like | loving | enjoying | be happy with) {these} [{rest}]",
        yes,
        {
            "my friends and I would love this playlist": True,
            "the kids will enjoy these": True,
        },
        ["songs my dad would like", "my friends would love some Adele"],
        whole,
    ),
    Rule(
        "goes_on",
        "[{these} | it | that] [really | totally | always | just] (brings | bring | takes | "
        "take | taking | bringing) me [right] back [{rest}]",
        yes,
        {"that brings me back to school": True, "takes me right back": True},
        ["bring me back to life by Evanescence", "songs that take me to Cuba"],
        lambda scene, start, end: "by" not in scene.lows,
    ),
    Rule(
        "goes_on",
        "((we're | i'm | we are | i am) (good | set) [here | now | for now] | "
        "can't wait [{rest}] | {shown} (rock | rocks | rule | rules | slap | slaps | hit | hits "
        "| work | works | bang) [{rest}] | {shown} (bring | brings | brought) [me] back "
        "[{rest}] | [oh] i [had | totally] (forgot | forget | forgotten | remember) [about] "
        "{these} [{rest}] | i haven't (heard | played | listened to) {these} (in | for | since) "
        "{rest} | who else {rest} | what other {things} (do you have | have you got | are there "
        "| can you {rest} | would you {rest}) [like {shown}] | {these are} the (spirit | one | "
        "ones | stuff | way | kind {rest} | sort {rest}) | well done | just what (i | we) "
        "[{rest}] | good job | nailed it | you nailed it | you rock | (you're | you are) (the "
        "best | a star | a genius | a legend | awesome | amazing | great | good at this) "
        "[{rest}] | spot on [{rest}] | exactly [{rest}] | keep up the [{rest}] | thumbs up | "
        "(that'll | that will | that would | that should | this will | this should | these will "
        "| it will | it'll | that'd | this would) (do | work | be all | be it | finish [{rest}] "
        "| complete [{rest}]) [it | nicely | fine | well | perfectly] [for [{rest}] | {rest}] | "
        "can't complain [{rest}] | no complaints [{rest}] | {i} [am | are] [very | really | so] "
        "(happy | satisfied | pleased) [with {these}] | (happy | pleased) with {these} [{rest}] "
        "| i think {these} [{rest}] do it [{rest}] | that's it | that is it | that's enough "
        "[{rest}] | [i'm | i am] (all set | done | good) | (thanks | thank you) [so much | a "
        "lot | again | very much] for [{rest}] | (love | like | loving | liking | loved | "
        "digging) (it | this | them | these) [all] [{rest}] | (sounds | looks | sounding | "
        "looking | seems | works | working) [{very}] [{very}] {good} [{rest}] | what a [{rest}] "
        "| i (approve | agree | dig | like) | hell yeah | heck yeah | got it | i see | why not "
        "| will do | deal | bet | yay | hooray | bravo | much better | better | [that's | this "
        "is] [much] more like it | too much good [{rest}] | enough [for [{rest}] | already])",
        yes,
        {
            "well done": True,
            "that would do it for this one": True,
            "thanks for the suggestion": True,
            "sounds great": True,
        },
        ["that will be loud", "exactly like Adele", "what a wonderful world by Adele"],
        lambda scene, start, end: whole(scene, start, end) and not names_after(scene),
    ),
]


ENDS = [
    Rule(
        "ends",
        "((that's | thats | that is | that will be | that'll be | that would be) all [for (now | "
        "today | tonight | me)] | "
        "nothing (else | more) [for now | thanks | thank you] | (we're | i'm | "
        "we are | i am) (done | finished) [here | now | for now | for today] | bye [bye] | "
        "goodbye | good night | see you [{rest}] | no more [please | thanks | thank you] | stop "
        "[here | now | it | there])",
        yes,
        {
            "that's all": True,
            "thats all": True,
            "nothing else": True,
            "I'm done": True,
            "goodbye": True,
        },
        ["that's all right", "nothing else matters by Metallica", "no more Adele", "stop it by X"],
        whole,
    ),
]


OF_OTHERS = [
    Rule(
        "of_others",
        "[now] [{can}] [{also}] [{get}] [{some} | something | anything | more | a few] [of] "
        "[{things}] [of that (kind | sort)] [similar | alike | like {these} | of the same (kind | "
        "sort)] [{things}] (by | from) (someone | somebody | anyone | anybody) else",
        yes,
        {"something similar by someone else": True, "more songs by somebody else": True},
        ["songs by someone sad", "someone else"],
        whole,
    ),
    Rule(
        "of_others",
        "[now] [{can}] [{also}] [{get}] [{some} | something | anything | more | a few] [of] "
        "[{things}] [(of | like) (that | this | the same) (kind | sort)] [similar | alike | like "
        "{these}] [{things}] (by | from | of | with) [some | any] (other | different | new) "
        "(artists | artist | bands | band | singers | singer | people | acts | groups | group)",
        yes,
        {"more of that kind by other artists": True, "songs from different bands": True},
        ["new artists", "songs by new wave bands"],
        whole,
    ),
]


COUNT = [
    Rule(
        "count",
        "[now | and | then] [{can}] [{also}] [{get}] {so many} (others | other ones | different "
        "ones | new ones)",
        same,
        {"three others": 3, "two new ones": 2},
        ["others", "one other thing by Cher"],
        whole,
    ),
    Rule(
        "count",
        "[now | and | then] [{can}] [{also}] [{get}] {so many} [{things}] >> (by | from)",
        same,
        {"now two by Sia": 2, "two songs by Cher": 2},
        ["one by one", "20 songs"],
        lambda scene, start, end: scene.lows[start:end] != ["one"] or scene.low(end + 1) != "one",
    ),
    Rule(
        "count",
        "[{so few}] {so many} more (should | would | will) (do | be) [it | enough | fine] [{rest}]",
        same,
        {"two more should do it": 2, "one more will be enough": 1},
        ["more should do it", "two would be enough"],
        whole,
    ),
    Rule(
        "count",
        "[{can}] [{also}] [{get}] another (song | track | tune)",
        lambda: 1,
        {"another song": 1, "play another track": 1},
        ["another song by Adele", "another day"],
        whole,
    ),
    Rule(
        "count",
        "[{can}] [{also}] [{get}] [{so few}] {so many} more",
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


OF_LAST = [
    Rule(
        "of_last",
        "({can} [{also}] (play | put | have | hear) | [{can}] [{also}] (add | include)) (him | "
        "her | them) [in | on]",
        yes,
        {"can you add them": True, "please add her too": True},
        ["play them", "can you hear me"],
        whole,
    ),
    Rule(
        "of_last",
        "[{can}] [{also}] [{get}] [{some} | anything | something] [more | else | other] "
        "[{things}] (of | by | from) ({him} | {them}) [{things}]",
        yes,
        {"can we have more of him": True, "more by her": True, "more from this artist": True},
        ["more of these", "songs by women", "not her", "more of them"],
        lambda scene, start, end: (
            whole(scene, start, end) and scene.lows[-2:] not in (["of", "them"], ["of", "those"])
        ),
    ),
    Rule(
        "of_last",
        "[{can}] [{also}] [{get}] [{some}] [more] [of] (his | her | their) ({things} | other "
        "{things} | hits | best {things} | biggest {things})",
        yes,
        {"more of her songs": True, "play some of his hits": True},
        ["her songs are slow", "more songs"],
        lambda scene, start, end: (
            whole(scene, start, end) and scene.low(start) not in ("his", "her", "their")
        ),
    ),
    Rule(
        "of_last",
        "[{can}] [{also}] [{get}] [{some}] more [{things}] (from | by) {them}",
        yes,
        {"more from them": True, "more by them": True, "some more from them please": True},
        ["more of them", "more from the 90s"],
        whole,
    ),
]
