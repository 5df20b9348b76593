"""Rules for beginning anew and for showing again: `anew`, `repeats`."""

from __future__ import annotations

from melscribe_core.conversation.judging import whole, yes
from melscribe_core.request.grammar.pattern import Rule

ANEW = [
    Rule(
        "anew",
        "[{can}] (start | begin | starting | beginning | go) [all] (over | again | afresh | anew |"
        " fresh | from scratch | from the beginning | from zero | over again | new) [with]",
        yes,
        {"start over": True, "let's start again": True, "let's begin from scratch": True},
        ["start with some jazz", "begin slowly", "go again"],
        lambda scene, start, end: scene.low(start) != "go" or "again" not in scene.lows[start:end],
    ),
    Rule(
        "anew",
        "[{can}] [{get} | start | make [me] | create | build | begin] (a | an)"
        " [completely | totally | brand | whole] (new | different | fresh | other) (playlist | "
        "list | mix | selection) [with | of]",
        yes,
        {"make me a new playlist": True, "can we start a fresh list": True, "a new playlist": True},
        ["a playlist of new songs", "a new song"],
    ),
    Rule(
        "anew",
        "[{can}] [{get} | start | make [me | us] | create | build] (new | fresh | another) "
        "(playlist | list | mix) [with | of]",
        yes,
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
        yes,
        {"forget all that": True, "clear the list": True, "scrap that": True},
        ["forget me not", "clear skies", "drop that beat"],
        lambda scene, start, end: (
            scene.is_end(end)
            or scene.low(end) in ("start", "begin", "give", "play", "let's", "i", "can")
        ),
    ),
    Rule(
        "anew",
        "(reset | restart | clean slate | from scratch | start anew | begin anew | blank slate | "
        "back to "
        "square one)",
        yes,
        {"reset": True, "clean slate": True},
        ["clean slate songs for work"],
        whole,
    ),
    Rule(
        "anew",
        "[{can}] [{get}] [something | (a | some) thing | anything] (completely | totally | "
        "entirely | altogether | wholly) (different | new | else) [now]",
        yes,
        {"something completely different": True, "can we have something totally new": True},
        ["something different", "something else"],
    ),
]


REPEATS = [
    Rule(
        "repeats",
        "[{can}] (repeat | replay) (that | it | this | them | those | these)",
        yes,
        {"can you repeat that": True, "replay those": True},
        ["repeat it like Adele would"],
        whole,
    ),
    Rule(
        "repeats",
        "[{can}] (play | show | list | give | see | hear | print | repeat | display | tell | run "
        "| read | put on)"
        " [me | us] ({shown} | {list} | the last list | what we had) (again | once more | one "
        "more time | another time)",
        yes,
        {"play those again": True, "show them again": True, "can I hear these again": True},
        ["play it again by Sam", "play jazz again"],
        whole,
    ),
    Rule(
        "repeats",
        "[{can}] [{get} | play | show] [the] (same | same ones | same songs | same list | same "
        "playlist | same thing | last ones) (again | once more | one more time)",
        yes,
        {"the same again": True, "same ones again": True},
        ["the same but slower"],
        whole,
    ),
    Rule(
        "repeats",
        "[{can}] show (me | us) what (you | we) have [so far] | [and] (what's | what (was | were "
        "| is there) | what did we (have | get | end up with) | "
        "what have we got | what do we have | what (was | is | were | are | 's) (on | in) (the | "
        "my | this | it) [list | playlist | mix]"
        " | what's (on | in) (the | my | this) (list | playlist | mix) | what were they | what "
        "were (these | those)) [so far | again | until now | there | now]",
        yes,
        {"what did we have": True, "what's on the list": True, "what have we got so far": True},
        ["what do we have to do", "what else do you have"],
        whole,
    ),
    Rule(
        "repeats",
        "(repeat | again | once more | one more time | show [me] again | play again | replay | "
        "say that again"
        " | (repeat | replay) {shown} | [{can}] (show | see | list | print | read | display) "
        "[me | us] [all | out] ([all] the (list | playlist | songs | tracks) [so far | we have] "
        "| {shown}))",
        yes,
        {"again": True, "one more time": True, "show me the list": True},
        ["again and again", "one more", "show me the way"],
        whole,
    ),
]
