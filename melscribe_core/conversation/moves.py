"""Moves: all rules together, which read what one clause asks for.

A rule is tried at the beginning of a clause, after its leads; the longest match wins. A match of
the whole clause is a move of its own ("more like these"). A match of its beginning is a head: what
follows is read again, by the same rules, as what the head asks for ("can you add" + "some
Rihanna"). A rule for `adds` or `switches` that returns a phrase has that phrase read again.
"""

from __future__ import annotations

from functools import cache

from melscribe_core.conversation.afresh import ANEW, REPEATS
from melscribe_core.conversation.changes import DEGREES, LESS, MORE
from melscribe_core.conversation.onward import COUNT, ENDS, GOES_ON, OF_LAST, OF_OTHERS
from melscribe_core.conversation.phrases import SLOTS
from melscribe_core.conversation.questions import ASKS
from melscribe_core.conversation.unwanted import OUT, REJECTS
from melscribe_core.conversation.wishes import ADDS, MEANT, SWITCHES
from melscribe_core.request.grammar.pattern import Grammar, Rule

MOVES: list[Rule] = [
    *ANEW,
    *REPEATS,
    *REJECTS,
    *MEANT,
    *ENDS,
    *ASKS,
    *OF_OTHERS,
    *OF_LAST,
    *COUNT,
    *GOES_ON,
    *DEGREES,
    *MORE,
    *LESS,
    *OUT,
    *SWITCHES,
    *ADDS,
]


@cache
def moves() -> Grammar:
    """Return the grammar of all rules, compiled once."""
    return Grammar(dict(SLOTS), MOVES)
