"""Free text: what is left of a request without its claims; the part that is embedded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.lexicon import Phrase
from melscribe_core.request.grammar.pattern import Claim
from melscribe_core.request.grammar.scene import Scene

_LAST_MARKS = frozenset("& , ; : - — + / (".split())
_FIRST_MARKS = frozenset(", ; : . - — + / ) ! ?".split())
_CLAUSE_ENDS = frozenset(",;:.!?—\n")


@dataclass(frozen=True)
class Connectives:
    """The words of a language that connect what is left to what was claimed.

    last, first: words to drop at the end and the start of a piece of text next to a claim.
    continues: words that go on after a claim as if it had ended a clause.
    joins: those of them that also begin anew ("but slower").
    filler: words that alone say nothing; asking: phrases that only ask ("play me"), by first word.
    articles: forms of "a" before a consonant and a vowel, () where nothing is to be adapted.
    """

    last: frozenset[str]
    first: frozenset[str]
    continues: frozenset[str]
    joins: frozenset[str]
    filler: frozenset[str]
    asking: Mapping[str, tuple[Phrase, ...]]
    articles: tuple[str, ...] = ()


@cache
def english() -> Connectives:
    """Return the connectives of English."""
    return Connectives(
        last=frozenset(
            "and or but with of from for in at the a an by to about around than that that's are is "
            "which plus also all".split()
        ),
        first=frozenset("and or but of then also plus please".split()),
        continues=frozenset(
            "and or but with for from in at that which to while when please".split()
        ),
        joins=frozenset(("but", "and")),
        filler=lexicon.words("filler"),
        asking=lexicon.entries("asking"),
        articles=("a", "an"),
    )


def left_over(scene: Scene, claims: Sequence[Claim], loose: Connectives | None = None) -> str:
    """Return the words outside all claims, tidied; "" when only filler is left.

    A request without claims is returned unchanged but for white space. `loose` are the connectives
    of its language, by default of English.
    """
    if not claims:
        return " ".join(scene.text.split())
    loose = loose or english()
    kept = _trimmed(scene, _joined(scene, _gaps(scene, claims), loose), loose)
    kept = _without_asking(scene, _without_fillers(scene, kept, loose), loose)
    return _rendered(scene, _balanced(scene, kept), loose)


def _gaps(scene: Scene, claims: Sequence[Claim]) -> list[list[int]]:
    """Return the positions before, between and after the claims."""
    starts = [0, *(claim.end for claim in claims)]
    ends = [*(claim.start for claim in claims), len(scene.tokens)]
    return [list(range(start, end)) for start, end in zip(starts, ends, strict=True)]


def _joined(scene: Scene, gaps: list[list[int]], loose: Connectives) -> list[int]:
    """Return the positions of all gaps, without connecting words next to a claim."""
    kept: list[int] = []
    for gap in filter(None, gaps):
        first = scene.lows[gap[0]]
        if scene.tokens[gap[0]].is_break or first in loose.continues:
            kept = _without_last(scene, kept, loose)
        if first in loose.joins and not _says_something(scene, kept, loose):
            kept = []  # "something [like Radiohead] but slower"
        ends = not kept or scene.tokens[kept[-1]].is_break
        kept += _without_first(scene, gap, loose) if ends else gap
    return kept


def _trimmed(scene: Scene, kept: list[int], loose: Connectives) -> list[int]:
    """Return the positions without connecting words at both ends.

    The last word of the request itself is kept: no claim was cut after it.
    """
    last = max((at for at, token in enumerate(scene.tokens) if token.is_word), default=-1)
    kept = _without_first(scene, kept, loose)
    return kept if last in kept else _without_last(scene, kept, loose)


def _without_fillers(scene: Scene, kept: list[int], loose: Connectives) -> list[int]:
    """Return the positions of the clauses that hold more than filler words."""
    clauses: list[list[int]] = [[]]
    for at in kept:
        clauses[-1].append(at)
        if scene.lows[at] in _CLAUSE_ENDS:
            clauses.append([])
    said = [at for clause in clauses if _says_something(scene, clause, loose) for at in clause]
    return said if len(said) < len(kept) else kept


def _without_last(scene: Scene, kept: list[int], loose: Connectives) -> list[int]:
    end = len(kept)
    while end and _is_among(scene.lows[kept[end - 1]], loose.last, _LAST_MARKS):
        end -= 1
    return kept[:end]


def _without_first(scene: Scene, kept: list[int], loose: Connectives) -> list[int]:
    start = 0
    while start < len(kept) and _is_among(scene.lows[kept[start]], loose.first, _FIRST_MARKS):
        start += 1
    return kept[start:]


def _is_among(low: str, words: frozenset[str], marks: frozenset[str]) -> bool:
    return low in words or low in marks


def _balanced(scene: Scene, kept: list[int]) -> list[int]:
    """Return the positions without brackets whose partner is inside a claim."""
    opened: list[int] = []
    unpaired: set[int] = set()
    for at in kept:
        if scene.lows[at] == "(":
            opened.append(at)
        elif scene.lows[at] == ")" and opened:
            opened.pop()
        elif scene.lows[at] == ")":
            unpaired.add(at)
    unpaired.update(opened)
    return [at for at in kept if at not in unpaired]


def _without_asking(scene: Scene, kept: list[int], loose: Connectives) -> list[int]:
    """Return the positions without leading words such as "play me", if a description remains."""
    while kept:
        words = tuple(scene.lows[at] for at in kept[:4])
        phrases = loose.asking.get(words[0], ())
        asked = next((phrase for phrase in phrases if words[: len(phrase)] == phrase), ())
        if not asked or not _says_something(scene, kept[len(asked) :], loose):
            break
        kept = _without_first(scene, kept[len(asked) :], loose)
    return kept


def _says_something(scene: Scene, kept: list[int], loose: Connectives) -> bool:
    return any(scene.tokens[at].is_word and scene.lows[at] not in loose.filler for at in kept)


def _rendered(scene: Scene, kept: list[int], loose: Connectives) -> str:
    """Return the tokens as one line; neighbours in the request keep their spacing."""
    pieces: list[str] = []
    for number, at in enumerate(kept):
        if number:
            pieces.append(_space(scene, kept[number - 1], at))
        pieces.append(_word(scene, kept, number, loose))
    text = " ".join("".join(pieces).split())
    text = re.sub(r"\(\s*\)", "", text)
    text = re.sub(r"([,;:.!?])(?:\s*[,;:])+", r"\1", text)
    return re.sub(r"\s+([,;:.!?)])", r"\1", text).strip(" ,;:.-—–")


def _word(scene: Scene, kept: list[int], number: int, loose: Connectives) -> str:
    """Return a token as written; "a" or "an" before a gap is adapted to the word that follows."""
    token = scene.tokens[kept[number]]
    cut = number + 1 < len(kept) and kept[number + 1] != kept[number] + 1
    if token.low in loose.articles and cut:
        return loose.articles[scene.lows[kept[number + 1]][0] in "aeiou"]
    return scene.text[token.start : token.end]


def _space(scene: Scene, before: int, at: int) -> str:
    if at != before + 1:
        return " "
    return scene.text[scene.tokens[before].end : scene.tokens[at].start]
