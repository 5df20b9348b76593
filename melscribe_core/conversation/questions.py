"""Rules for questions that no playlist answers: `asks`."""

from __future__ import annotations

from melscribe_core.conversation.judging import whole, yes
from melscribe_core.request.grammar.pattern import Rule

ASKS = [
    Rule(
        "asks",
        "(who | who's | when | where | how old) [is | are | was | were | did | does] [the] "
        "[singer | artist | band] [sings | sang | singing | wrote | made | plays | played | "
        "recorded | by | it] (this | that | these | those | it | they | he | she) [one | song | "
        "track | from | made | released | recorded]",
        yes,
        {"who sings that?": True, "who is this?": True, "when was that released?": True},
        ["who is Adele?", "who else is like that", "where the streets have no name"],
        whole,
    ),
    Rule(
        "asks",
        "(what | which) (genre | year | album | song | track | artist | band | key | tempo | "
        "language) (is | are | was | were) (this | that | these | those | it | they) [from | in | "
        "on | by]",
        yes,
        {"what genre is this?": True, "which album is that from?": True},
        ["what about this genre", "which album is good"],
        whole,
    ),
    Rule(
        "asks",
        "how many (songs | tracks | artists | albums | of {these}) [do | have | are | is] "
        "[you | i | we | there | that | in] "
        "[got | have | has | know | here | there | the list | total | so far]",
        yes,
        {"how many songs do you have?": True, "how many tracks are there?": True},
        ["how many roads", "this many songs"],
        whole,
    ),
    Rule(
        "asks",
        "(is | are | was | were) (this | that | these | those | it | they) [all | really] (new | "
        "old | live | recent | a cover | covers | the original | from {rest} | on {rest})",
        yes,
        {"is this new?": True, "is that a cover?": True},
        ["is this love", "this is new"],
        whole,
    ),
    Rule(
        "asks",
        "(who | what) are you | are you [a | an] (sure | human | robot | bot | person | ai | "
        "there) | (what can you do | how does this work | how do you work | what do you know)",
        yes,
        {"who are you?": True, "are you a robot?": True, "what can you do?": True},
        ["are you lonesome tonight", "what can you do with jazz"],
        whole,
    ),
]
