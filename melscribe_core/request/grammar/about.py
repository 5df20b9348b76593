"""Free text: what is left of a request without its claims; the part that is embedded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.pattern import Claim
from melscribe_core.request.grammar.scene import Scene

# Words and marks to drop at the end or the start of a piece of text next to a claim.
_LOOSE_LAST = frozenset(
    "and or but with of from for in at the a an by to about around than that that's are is which "
    "plus also all & , ; : - — + / (".split()
)
_LOOSE_FIRST = frozenset("and or but of , ; : . - — + / ) ! ? then also plus please".split())
_CLAUSE_ENDS = frozenset(",;:.!?—\n")
_CONTINUES = frozenset("and or but with for from in at that which to while when please".split())


def left_over(scene: Scene, claims: Sequence[Claim]) -> str:
    """Return the words outside all claims, tidied; "" when only filler is left.

    A request without claims is returned unchanged but for white space.
    """
    if not claims:
        return " ".join(scene.text.split())
    kept = _trimmed(scene, _joined(scene, _gaps(scene, claims)))
    kept = _balanced(scene, _without_asking(scene, _without_fillers(scene, kept)))
    return _rendered(scene, kept)


def _gaps(scene: Scene, claims: Sequence[Claim]) -> list[list[int]]:
    """Return the positions before, between and after the claims."""
    starts = [0, *(claim.end for claim in claims)]
    ends = [*(claim.start for claim in claims), len(scene.tokens)]
    return [list(range(start, end)) for start, end in zip(starts, ends, strict=True)]


def _joined(scene: Scene, gaps: list[list[int]]) -> list[int]:
    """Return the positions of all gaps, without connecting words next to a claim."""
    kept: list[int] = []
    for gap in filter(None, gaps):
        first = scene.lows[gap[0]]
        if scene.tokens[gap[0]].is_break or first in _CONTINUES:
            kept = _without_last(scene, kept)
        if first in ("but", "and") and not _says_something(scene, kept):
            kept = []  # "something [like Radiohead] but slower"
        ends = not kept or scene.tokens[kept[-1]].is_break
        kept += _without_first(scene, gap) if ends else gap
    return kept


def _trimmed(scene: Scene, kept: list[int]) -> list[int]:
    """Return the positions without connecting words at both ends.

    The last word of the request itself is kept: no claim was cut after it.
    """
    last = max((at for at, token in enumerate(scene.tokens) if token.is_word), default=-1)
    kept = _without_first(scene, kept)
    return kept if last in kept else _without_last(scene, kept)


def _without_fillers(scene: Scene, kept: list[int]) -> list[int]:
    """Return the positions of the clauses that hold more than filler words."""
    clauses: list[list[int]] = [[]]
    for at in kept:
        clauses[-1].append(at)
        if scene.lows[at] in _CLAUSE_ENDS:
            clauses.append([])
    said = [at for clause in clauses if _says_something(scene, clause) for at in clause]
    return said if len(said) < len(kept) else kept


def _without_last(scene: Scene, kept: list[int]) -> list[int]:
    end = len(kept)
    while end and scene.lows[kept[end - 1]] in _LOOSE_LAST:
        end -= 1
    return kept[:end]


def _without_first(scene: Scene, kept: list[int]) -> list[int]:
    start = 0
    while start < len(kept) and scene.lows[kept[start]] in _LOOSE_FIRST:
        start += 1
    return kept[start:]


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


def _without_asking(scene: Scene, kept: list[int]) -> list[int]:
    """Return the positions without leading words such as "play me", if a description remains."""
    while kept:
        words = tuple(scene.lows[at] for at in kept[:4])
        phrases = lexicon.entries("asking").get(words[0], ())
        asked = next((phrase for phrase in phrases if words[: len(phrase)] == phrase), ())
        if not asked or not _says_something(scene, kept[len(asked) :]):
            break
        kept = _without_first(scene, kept[len(asked) :])
    return kept


def _says_something(scene: Scene, kept: list[int]) -> bool:
    filler = lexicon.words("filler")
    return any(scene.tokens[at].is_word and scene.lows[at] not in filler for at in kept)


def _rendered(scene: Scene, kept: list[int]) -> str:
    """Return the tokens as one line; neighbours in the request keep their spacing."""
    pieces: list[str] = []
    for number, at in enumerate(kept):
        if number:
            pieces.append(_space(scene, kept[number - 1], at))
        pieces.append(_word(scene, kept, number))
    text = " ".join("".join(pieces).split())
    text = re.sub(r"\(\s*\)", "", text)
    text = re.sub(r"([,;:.!?])(?:\s*[,;:])+", r"\1", text)
    return re.sub(r"\s+([,;:.!?)])", r"\1", text).strip(" ,;:.-—–")


def _word(scene: Scene, kept: list[int], number: int) -> str:
    """Return a token as written; "a" or "an" before a gap is adapted to the word that follows."""
    token = scene.tokens[kept[number]]
    cut = number + 1 < len(kept) and kept[number + 1] != kept[number] + 1
    if token.low in ("a", "an") and cut:
        return "an" if scene.lows[kept[number + 1]][0] in "aeiou" else "a"
    return scene.text[token.start : token.end]


def _space(scene: Scene, before: int, at: int) -> str:
    if at != before + 1:
        return " "
    return scene.text[scene.tokens[before].end : scene.tokens[at].start]
