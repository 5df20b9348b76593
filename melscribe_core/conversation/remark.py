"""Remark: what one turn of a conversation about a playlist asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from melscribe_core.conversation.clauses import Clause, clauses
from melscribe_core.conversation.edges import (
    Core,
    IsName,
    core_of,
    looks_named,
    plain_spelling,
    without_tails,
)
from melscribe_core.conversation.judging import LONGEST_NAME
from melscribe_core.conversation.moves import moves
from melscribe_core.conversation.wording import joined, names_in, parts_of, worded
from melscribe_core.request.grammar.context import Context
from melscribe_core.request.grammar.lexicon import is_rare, kind_of
from melscribe_core.request.grammar.pattern import Claim
from melscribe_core.request.grammar.scene import Scene
from melscribe_core.request.grammar.tokens import clean
from melscribe_core.text import brief

DEGREES = ("slower", "faster", "newer", "older")
_MORE = frozenset(("more", "another", "few"))
_MOST_HEADS = 6  # of one clause: "now | can you | add | just | two | more ..."
_LISTS = ("out", "degrees", "more", "less")
# Moves that can be the beginning of a clause after one that replaces what was asked for.
_HEADS = frozenset(("adds", "count", "switches"))
_REPLACING = frozenset(("switches", "meant", "anew", "rejects"))
_DENIALS = frozenset(("no", "nope", "nah", "no thanks"))  # before what is wanted: "no, I meant ..."
_DENIED = re.compile(r"^(?:no|nope|nah)[,.!]+ (?=\w)", re.IGNORECASE)
# What a turn says of the tracks shown, the first words of statements about them, and those of all
# statements.
_JUDGING = frozenset(("goes_on", "rejects"))
_SHOWN = frozenset("you that that's those they these this he she it it's".split())
_SUBJECTS = _SHOWN | frozenset("i we my i'm i've we're we've".split())
# Single words that are an answer sooner than the act of that name.
_SAID = frozenset(
    "yes no okay ok more next great good nice cool perfect sweet again wow alright right "
    "thanks please continue repeat stop calmer slower faster newer older awesome beautiful "
    "lovely".split()
)


@dataclass(frozen=True)
class Remark:
    """What one turn asks for; everything empty: nothing was understood.

    words: what is left for the request grammar, e.g. "songs by Rosalia" or "jazz"; "" for none.
    anew: begin anew; `words` are then a first request.
    goes_on: more of the same; set only when the turn says nothing else.
    rejects: the tracks just shown are not wanted.
    repeats: show again what was shown.
    switches: `words` replace what was asked before.
    adds: `words` name something beside what was asked before.
    meant: the turn corrects who was meant: tracks just shown that are not by `words` go.
    of_last: more of whom was named last: "more of him".
    of_others: more of the same by others than those named or shown.
    ends: nothing more is asked for: "that's all".
    asks: a question that no playlist answers: "who sings that?".
    out: phrases to take out; pronouns stay as they are: "her", "them".
    degrees: of DEGREES, changes measured against what was shown.
    more, less: phrases to move towards and away from.
    count: how many tracks this turn is to bring; None when not said.
    """

    words: str = ""
    anew: bool = False
    goes_on: bool = False
    rejects: bool = False
    repeats: bool = False
    switches: bool = False
    adds: bool = False
    meant: bool = False
    of_last: bool = False
    of_others: bool = False
    ends: bool = False
    asks: bool = False
    out: tuple[str, ...] = ()
    degrees: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    count: int | None = None


def _nothing(phrase: str) -> bool:
    return False


def read_remark(text: str, is_name: IsName = _nothing) -> Remark:
    """Read one turn of a conversation.

    `is_name` says whether a phrase, as written, is an artist or title of the library or one that
    everybody knows. Any text is accepted, "" included; time is linear in its length.
    """
    found = _Reading(is_name)
    parts = clauses(plain_spelling(text), is_name)
    for clause in parts:
        if len(parts) == 1 or clause.text.casefold() not in _DENIALS:
            found.read(clause)
    if not found.moved:
        return Remark(words=_DENIED.sub("", " ".join(clean(text).split())))
    return found.remark()


def understood(remark: Remark) -> str:
    """Return what was understood on one line: "without Ciara · slower"; "" for nothing."""
    words = brief(remark.words)
    words = f"now {words}" if remark.switches else words
    words = f"also {words}" if remark.adds and words else words
    parts = [
        "from the start" if remark.anew else "",
        "more of the same" if remark.goes_on else "",
        "other tracks" if remark.rejects else "",
        "the same again" if remark.repeats else "",
        "more of the last artist" if remark.of_last else "",
        "by other artists" if remark.of_others else "",
        "nothing more" if remark.ends else "",
        "a question" if remark.asks else "",
        f"{words} was meant" if remark.meant and words else words,
        f"without {', '.join(map(brief, remark.out))}" if remark.out else "",
        *remark.degrees,
        *(f"more {brief(phrase)}" for phrase in remark.more),
        *(f"less {brief(phrase)}" for phrase in remark.less),
        "" if remark.count is None else f"{remark.count} track{'s' * (remark.count != 1)}",
    ]
    return " · ".join(filter(None, parts))


@dataclass(frozen=True)
class _Words:
    """The words of one clause: the joint before it, and the subject if it is a statement."""

    joint: str
    text: str
    subject: str


@dataclass
class _Reading:
    """What the clauses of a turn have asked for so far."""

    is_name: IsName
    flags: set[str] = field(default_factory=set)
    lists: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in _LISTS})
    words: list[_Words] = field(default_factory=list)
    count: int | None = None
    says_more: bool = False  # "more" or the like is said, so that the turn does not end
    moved: bool = False  # a clause was more than a description
    last: str = ""  # the move of the clause before

    def read(self, clause: Clause) -> None:
        """Read one clause; what no rule reads is kept as words."""
        self.says_more |= not _MORE.isdisjoint(clause.text.lower().split())
        core = core_of(clause.text, self.is_name)
        self.moved = self.moved or core.led
        if core.text:
            self._read_core(core, clause.joint)
        else:
            self._set("goes_on")

    def _read_core(self, core: Core, joint: str) -> None:
        heads: list[str] = []
        text = core.text
        while len(heads) < _MOST_HEADS:
            scene = self._scene(text)
            named = self._is_name(scene, asked=bool(heads))
            claim = None if named else moves().claim_at(scene, 0)
            if claim is None or (claim.key not in _HEADS and _REPLACING & set(heads)):
                break
            if claim.end == len(scene.tokens) and not _is_read_again(claim):
                self._take(claim)
                return
            heads.append(self._head(claim))
            rest = scene.slice(claim.end, len(scene.tokens))
            text = without_tails(claim.value if _is_read_again(claim) else rest, self.is_name)
            if not text:
                break
        if not heads and core.beside:
            heads.append("adds")
        named = self._is_name(self._scene(text), rare=True)
        self._keep(text if heads or named else core.plain, joint, heads, led=core.led)

    def _head(self, claim: Claim) -> str:
        """Take over the beginning of a clause; return what it says of the words that follow."""
        if claim.key == "count":
            self.count = claim.value
        if claim.key in _LISTS:  # "swap the jazz for ..."
            self._list(claim.key, claim.value)
            return "adds"
        return claim.key

    def _take(self, claim: Claim) -> None:
        """Take over a move that is all of a clause."""
        if claim.key == "count":
            self.count = claim.value
            self._set("goes_on")
        elif claim.key in _LISTS:
            self._list(claim.key, (claim.value,) if isinstance(claim.value, str) else claim.value)
        else:
            self._set("goes_on" if claim.key in ("adds", "switches") else claim.key)

    def _keep(self, text: str, joint: str, heads: list[str], *, led: bool) -> None:
        """Keep the words of a clause, with what its heads say of them."""
        flags = {key for key in heads if key not in ("count", "adds")}
        named = self._is_listed_name(text, alone=not led)
        for key in flags:
            self._set(key)
        if not text and not flags:
            self._set("goes_on")
        if not text:
            return
        if not heads and self.last == "words":
            text = without_tails(text, self.is_name) or text
        if not heads and self.last == "out" and joint in (",", "and", "or") and named:
            self._list("out", (text,))
            return
        if not flags and (heads or named):
            self._set("adds")
        self.last = "words" if heads or named else self.last
        words = worded(text, replaces="switches" in flags)
        subject = "" if heads or named else words.split()[0].casefold()
        self.words.append(_Words(joint, words, subject if subject in _SUBJECTS else ""))

    def _set(self, flag: str) -> None:
        """Set a flag; "them" is a name said earlier in the turn: "I love Heart, add them"."""
        named_here = flag == "of_last" and "adds" in self.flags
        self.flags.add("adds" if named_here else flag)
        self.moved = True
        self.last = flag

    def _list(self, key: str, values: Iterable[str]) -> None:
        """Add to one of the lists; of what is to be taken out or less, each name by itself."""
        if key in ("out", "less"):
            values = [name for value in values for name in names_in(value, self.is_name)]
        self.lists[key] += [value for value in values if value not in self.lists[key]]
        self.moved = True
        self.last = key

    def _scene(self, text: str) -> Scene:
        """Return the scene of a clause; idioms are no obstacle unless a name begins it."""
        scene = Scene(text, Context(self.is_name))
        ends = range(2, min(LONGEST_NAME, len(scene.tokens)) + 1)
        if not any(scene.is_name(0, end) for end in ends):
            scene.protected = [False] * len(scene.tokens)
        return scene

    def _is_name(self, scene: Scene, *, asked: bool = False, rare: bool = False) -> bool:
        """Return whether a clause is a name and nothing else: "Heart", not "Yes" or "sad".

        `asked`: after words such as "add", where "Yes" is a name too. `rare`: a rare word will do
        in place of capitals.
        """
        lows = [token.low for token in scene.tokens if token.is_word]
        if not lows or len(lows) > LONGEST_NAME or not scene.is_name(0, len(scene.tokens)):
            return False
        capital = any(token.is_capital for token in scene.tokens)
        if asked and capital:
            return True
        unusual = rare and len(lows) > 1 and any(map(is_rare, lows))
        if kind_of(*lows) or not (unusual or looks_named(scene.tokens)):
            return False
        return len(lows) > 1 or (capital and lows[0] not in _SAID)

    def _is_listed_name(self, text: str, *, alone: bool) -> bool:
        """Return whether words are names; `alone`: a capital alone does not make them one."""
        scene = Scene(text, Context(self.is_name))
        if self._is_name(scene, rare=True):
            return True
        parts = parts_of(text)
        if len(parts) > 1:
            scenes = (Scene(part, Context(self.is_name)) for part in parts)
            return all(self._is_name(part, rare=True) for part in scenes)
        words = [token for token in scene.tokens if token.is_word]
        if alone or not words or text.isupper() or kind_of(*(token.low for token in words)):
            return False
        return all(token.is_capital for token in words)

    def _told(self) -> list[_Words]:
        """Return the words that count.

        A statement ("I wanted slow songs") counts when nothing else is asked for, one about the
        tracks ("that was quick") when the turn does not judge them besides.
        """
        asked = [words for words in self.words if not words.subject]
        if "anew" in self.flags:
            return self.words
        if asked or self.flags - _JUDGING or any(self.lists.values()):
            return asked
        judges = bool(self.flags)
        return [words for words in self.words if not (judges and words.subject in _SHOWN)]

    def remark(self) -> Remark:
        """Return what all clauses ask for together."""
        flags = set(self.flags)
        if "anew" in flags:
            flags -= {"adds", "switches", "rejects"}
        more = self.says_more or self.count is not None or any(self.lists.values())
        if more or flags - {"ends", "goes_on", "asks"}:
            flags -= {"ends", "asks"}  # "just a few more and we're done"
        if flags & {"ends", "asks"}:
            flags.discard("goes_on")
        words = joined([(words.joint, words.text) for words in self._told()])
        if words:
            flags.discard("asks")
        said = bool(words or flags - {"goes_on"} or any(self.lists.values()))
        if said:
            flags.discard("goes_on")
        if not words:
            flags -= {"adds", "switches"}
        fields: dict[str, Any] = dict.fromkeys(flags, True)
        fields |= {name: tuple(values) for name, values in self.lists.items()}
        return Remark(words=words, count=self.count, **fields)


def _is_read_again(claim: Claim) -> bool:
    """Return whether a claim holds a phrase that is read by the rules in its turn: see `moves`."""
    return isinstance(claim.value, str) and claim.key in ("adds", "switches")
