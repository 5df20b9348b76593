"""Edges: the words that begin or end a clause and ask for nothing: "okay, ...", "... please"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from melscribe_core.request.grammar.lexicon import Phrase, by_first_word, phrase_of
from melscribe_core.request.grammar.tokens import Token, tokenize

IsName: TypeAlias = Callable[[str], bool]
Phrases: TypeAlias = dict[str, tuple[Phrase, ...]]

# Words at the beginning of a clause that ask for nothing: "okay, let's ...", "lastly, ...".
_LEADS = """
    last one, for the last song, for the last one, one last thing, for the last track, wizard,
    bot, robot, sir, guys, folks, aw, aww, hell yes, hell yeah, heck yes, heck yeah, oh yes, oh
    yeah, ok, okay, okey, k, yes, yeah, yea, yep, yup, yes please, ya, sure, sure thing, of
    course, alright, all right, right, fine, thanks, thank you, thanks a lot, thanks so much,
    thank you so much, thank you very much, thanks very much, sorry, my bad, alrighty, all good,
    many thanks, cheers, thx, ty, thank, oh, ooh, ah, aha, wow, whoa, woah, hey, hi, hello,
    hello there, holla, hmm, hm, mm, mmm, uh, um, er, well, lol, haha, omg, lastly, finally,
    last, first, firstly, secondly, and, but, so, or, also, then, however, though, although,
    anyway, anyways, actually, honestly, please, pls, plz, kindly, maybe also, plus, i think, i
    guess, i believe, i feel, i feel like, you know, i mean, for this playlist, for this one,
    for now, now that, buddy, man, dude, mate, bro, friend, if possible, if you can, good stuff,
    in that case, on second thought, come on, hopefully, cool cool, very well, and then, and
    also, oh well, oh my god, oh man, oh no, by the way, btw, at the same time, as well, next
    up, to be honest, tbh
"""
# As a lead only before another word of asking: "now add ...", "great how about ...".
_LEADS_BEFORE_ASKING = """
    now, no, nope, nah, great, good, nice, cool, perfect, sweet, awesome, amazing, excellent,
    lovely, wonderful, beautiful, next, again, more, maybe, love it, love these, love them
"""
_ASKING = frozenset(
    "that's thats it's they're who else anything something less more i i'm i'd i'll can "
    "could would will may what how let's lets let add some do does have got is please these "
    "those this that they it you we thanks thank how's play give show remove drop take put "
    "not a any".split()
)
# Words at the end of a clause that ask for nothing: "... to finish the list", "... please".
_TAILS = """
    to complete the playlist, to complete the list, to complete it, to fill the list, to fill it
    up, so much, very much, a lot, the singer, the band, the artist, the rapper, the group,
    please, pls, plz, please and thank you, thanks, thank you, thank you very much, thanks very
    much, thank you so much, thanks so much, thanks a lot, thx, cheers, now, right now, too, as
    well, as well please, also, to the list, to the playlist, to the mix, to this list, to this
    playlist, to that list, to it, to my list, to my playlist, to that, to these, to those, to
    them, to finish the list, to finish, to finish off, to finish it off, to finish up, to end
    with, to end it, to cap it off, to round it out, to round it off, to round out the list, to
    round things off, to close, to add, to start, to wrap up, to wrap it up, to top it off, to
    add to the list, to add to the playlist, to add to the mix, to add to it, for me, for us,
    for a change, next, then, if possible, if you can, if you could, if you have any, if you
    have them, if you have it, if that's ok, if that's okay, if you don't mind, if you would,
    man, buddy, mate, dude, bro, in there, in here, in the list, in the playlist, in the mix, on
    the list, on the playlist, into the mix, on there, this time, shall we, you know, lol, haha,
    though, instead please, maybe, perhaps, for now, at all, anymore, anymore please, while
    you're at it, when you can, or so, you think, that you can add, that you have, in it, in
    this, of the list, from the list, off the list, from the playlist, off the playlist, from
    this list, from this playlist, from the mix, out of the list, out of the playlist, from it,
    from there
"""
# Leads that may as well belong to a description: "so sad songs", "last summer".
_SOFT = frozenset(
    "wizard bot robot sir guys folks so just last first firstly secondly right fine well "
    "and but or also then too k hey plus  cheers  all though um man dude friend hello good "
    "stuff now no great nice cool perfect  sweet again more  maybe next i think feel guess "
    "believe like in that case come on".split()
)
_EXCLAIMED = frozenset("oh ooh ah aha wow whoa woah hmm hm um uh lol haha lastly finally".split())
_DENIABLE = frozenset("more less any some a add something anything got".split())
_SMALL = frozenset("of the and a de la le del van von der for in n".split())
_BESIDE = frozenset(("also", "too", "plus"))
_AS_WELL = ["as", "well"]
_LONGEST_NAME = 6  # tokens
_LONGEST_TAIL = 6  # tokens
# Squeezed spellings: "okayyy", "yess", "moreee".
_STRETCHED = frozenset(
    "ok okay yes yeah more please thanks nice great love so no cool wow sure sweet next yep "
    "pls  very really perfect amazing beautiful wonderful lovely hey alright hmm nope "
    "awesome good".split()
)
_SLIPS = {"wat": "what", "wht": "what", "abit": "a bit", "alot": "a lot"}
_GLUED = re.compile(r"\b([Aa]dd|[Pp]lay)(?=[A-Z][a-z])")  # "addEd Sheeran"
_OFTEN = re.compile(r"(\w)\1{2,}")


def plain_spelling(text: str) -> str:
    """Return a text with stretched words of agreement as usual: "okayyy" -> "okay"."""
    return re.sub(r"\w+", _unstretched, _GLUED.sub(r"\1 ", text))


def _unstretched(match: re.Match[str]) -> str:
    word = _SLIPS.get(match[0].lower(), match[0])
    if word.lower() in _STRETCHED or not any(a == b for a, b in pairwise(word)):
        return word
    forms = (
        re.sub(r"(\w)\1+", r"\1", word),
        _OFTEN.sub(r"\1\1", word),
        _OFTEN.sub(r"\1", word),
        re.sub(r"(\w)\1+$", r"\1", word),
    )
    return next((form for form in forms if form.lower() in _STRETCHED), word)


@dataclass(frozen=True)
class Core:
    """A clause without its edges.

    text: between leads and tails; "" when the clause is nothing else.
    plain: the clause as a description, without only those leads that no description begins with.
    led: whether there was such a lead.
    beside: whether "also", "too" or the like was at an edge.
    """

    text: str
    plain: str
    led: bool
    beside: bool


def core_of(clause: str, is_name: IsName) -> Core:
    """Return a clause without the words at its edges; a name of the look-up stays whole."""
    tokens = tokenize(clause)
    last = _tail_start(clause, tokens, is_name)
    start, clear = 0, 0
    while (end := _after_lead(clause, tokens[:last], start, is_name)) > start:
        if not _SOFT.issuperset(token.low for token in tokens[start:end]):
            clear = end
        start = end
    first = _past_joints(tokens, clear)
    text = _cut(clause, tokens, start, last)
    edges = {token.low for token in (*tokens[:start], *tokens[last:])}
    beside = bool(edges & _BESIDE) or [token.low for token in tokens[last : last + 2]] == _AS_WELL
    return Core(text, _cut(clause, tokens, first, None), clear > 0, beside)


def without_tails(clause: str, is_name: IsName) -> str:
    """Return a clause without the words at its end; "" when it is nothing else."""
    tokens = tokenize(clause)
    return _cut(clause, tokens, 0, _tail_start(clause, tokens, is_name))


def _tail_start(clause: str, tokens: Sequence[Token], is_name: IsName) -> int:
    last = len(tokens)
    while (before := _before_tail(clause, tokens, last, is_name)) < last:
        last = before
    return last


def _past_joints(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].low in ("and", "but", "or", "however"):
        at += 1
    return at


def _after_lead(clause: str, tokens: Sequence[Token], at: int, is_name: IsName) -> int:
    """Return the position after the lead at a position; the same position for none."""
    if at >= len(tokens):
        return at
    if not tokens[at].is_word:
        return at + 1
    if _is_name_from(clause, tokens, at, is_name):
        return at
    low = tokens[at].low
    end = _longest(tokens, at, _leads().get(low, ()))
    if end and _is_lead(tokens, at, end):
        return end
    end = _longest(tokens, at, _leads_before_asking().get(low, ()))
    after = tokens[end].low if 0 < end < len(tokens) else ""
    denies = low == "no" and after in _DENIABLE  # "no more Ciara"
    return end if after in _ASKING and not denies else at


def _is_lead(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Return whether a lead is none of a name: "Okay Kaya", "Thank You by Dido"."""
    if end == len(tokens):
        return True
    after = tokens[end]
    if after.low in ("by", "for", "like", "-", "'s"):
        return False
    is_exclaimed = tokens[at].low in _EXCLAIMED
    speaks = after.is_capital and after.low not in _ASKING and tokens[at].is_capital
    return is_exclaimed or not speaks or after.low in _leads()


def _is_name_from(clause: str, tokens: Sequence[Token], at: int, is_name: IsName) -> bool:
    """Return whether a name of several words begins here, and is written as one."""
    ends = range(min(at + _LONGEST_NAME, len(tokens)), at + 1, -1)
    longest = next((end for end in ends if _is_named(clause, tokens, at, end, is_name)), at)
    return longest > at and looks_named(tokens[at:longest])


def _is_named(clause: str, tokens: Sequence[Token], at: int, end: int, is_name: IsName) -> bool:
    return tokens[end - 1].is_word and is_name(_cut(clause, tokens, at, end))


def looks_named(tokens: Sequence[Token]) -> bool:
    """Return whether words are written as a name: not "Thank you"."""
    words = [token for token in tokens if token.is_word]
    return all(token.is_capital or token.low in _SMALL for token in words)


def _before_tail(clause: str, tokens: Sequence[Token], last: int, is_name: IsName) -> int:
    """Return the position before the tail that ends at `last`; `last` for none."""
    if not last:
        return last
    if not tokens[last - 1].is_word and tokens[last - 1].low not in ('"', ")", "'"):
        return last - 1
    for first in range(max(0, last - _LONGEST_TAIL), last):
        said = tuple(token.low for token in tokens[first:last])
        if said in _tails() and not _is_titled(clause, tokens, first):
            named = is_name(_cut(clause, tokens, max(0, first - 1), last))
            return last if named else first
    return last


def _is_titled(clause: str, tokens: Sequence[Token], first: int) -> bool:
    """Return whether a tail has a capital of its own: "add Right Now", not "ADD POP NOW"."""
    return first > 0 and tokens[first].is_capital and not clause.isupper()


def _longest(tokens: Sequence[Token], at: int, phrases: Sequence[Phrase]) -> int:
    """Return the position after the longest of `phrases` that is here; 0 for none."""
    for phrase in phrases:
        said = tuple(token.low for token in tokens[at : at + len(phrase)])
        if said == phrase:
            return at + len(phrase)
    return 0


def _cut(clause: str, tokens: Sequence[Token], start: int, end: int | None) -> str:
    chosen = tokens[start:end]
    return clause[chosen[0].start : chosen[-1].end] if chosen else ""


@cache
def _leads() -> Phrases:
    return starting_with(_LEADS)


@cache
def _leads_before_asking() -> Phrases:
    return starting_with(_LEADS_BEFORE_ASKING)


@cache
def _tails() -> frozenset[Phrase]:
    return frozenset(_phrases(_TAILS))


def starting_with(listed: str) -> Phrases:
    """Return the phrases of a list, which commas separate, by their first word."""
    return by_first_word(_phrases(listed))


def _phrases(listed: str) -> Iterator[Phrase]:
    return filter(None, map(phrase_of, " ".join(listed.split()).split(",")))
