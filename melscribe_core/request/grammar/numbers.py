"""Terms for numbers: "20", "1,000", "twenty-five", "a hundred and twenty", "2½", "a dozen"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from melscribe_core.request.grammar.nodes import DIGITS, EMPTY, ENDS, Opening
from melscribe_core.request.grammar.pattern import Reader, Reading, Term, Ways
from melscribe_core.request.grammar.scene import Scene

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
} | {"fourty": 40}
_LARGE = {"hundred": 100, "thousand": 1000}
_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_FRACTION = re.compile(r"(\d{1,4})? ?(?:([½¼¾⅓⅔])|(\d)/(\d))")
_LONGEST_NUMBER = 9  # characters
NUMBER_WORDS = frozenset((*_UNITS, *_TENS, *_LARGE))


def whole(value: float) -> float:
    """Return a whole number as int, any other as it is."""
    return int(value) if value == int(value) else value


def read_number(scene: Scene, at: int) -> Iterable[Reading]:
    """Return the number at a position; not a price, a percentage, an ordinal or a clock time."""
    if scene.protected[at]:
        return []
    return _read_digits(scene, at) or _read_words(scene, at)


def _read_digits(scene: Scene, at: int) -> list[Reading]:
    """Return the reading of one token with digits: "20", "1,000", "1.5", "2½", "2 1/2", "1/2"."""
    token = scene.tokens[at]
    whole_part, fraction = split_fraction(scene.text[token.start : token.end])
    if fraction is not None:
        return [(at + 1, whole_part + fraction)]
    if not _DIGITS.fullmatch(token.low) or len(token.low) > _LONGEST_NUMBER:
        return []
    return [(at + 1, whole(float(token.low.replace(",", ""))))]


def split_fraction(written: str) -> tuple[int, float | None]:
    """Return the integer part and the fraction of "2½" and "1/2"; None without a fraction."""
    match = _FRACTION.fullmatch(written)
    if match is None:
        return 0, None
    if match[2]:
        return int(match[1] or 0), unicodedata.numeric(match[2])
    above, below = int(match[3]), int(match[4])
    return int(match[1] or 0), (above / below if 0 < above < below else None)


def _read_words(scene: Scene, at: int) -> list[Reading]:
    """Return the reading of a number in words: "five", "twenty-five", "two hundred and ten"."""
    start = at
    total = 0
    last = ""
    while (
        scene.low(at) in NUMBER_WORDS
        and _may_follow(last, scene.low(at))
        and not scene.protected[at]
    ):
        last = scene.low(at)
        total = total * _LARGE[last] if last in _LARGE else total + (_UNITS | _TENS)[last]
        at = _past_joint(scene, at + 1, last)
    if at == start:
        return []
    end = at if scene.low(at - 1) in NUMBER_WORDS else at - 1
    return [(end, total)] if total else []


def _may_follow(last: str, low: str) -> bool:
    if not last:
        return low not in _LARGE
    if low in _LARGE:
        return last in _UNITS
    if last in _LARGE:
        return True
    return last in _TENS and 0 < _UNITS.get(low, 0) < 10


def _past_joint(scene: Scene, at: int, last: str) -> int:
    """Return the position after the "-" of "twenty-five" or the "and" of "hundred and twenty"."""
    joint = "and" if last in _LARGE else "-"
    return at + 1 if scene.low(at) == joint and scene.low(at + 1) in NUMBER_WORDS else at


def positive(value: float) -> float | None:
    """Return the value; None for zero, which is not an amount."""
    return value if value else None


class _Number(Reader):
    """The term for a number; its possible second tokens depend on the first."""

    def after(self, first: str) -> Opening:
        """Return the words that can continue a number, and its end."""
        if first in _LARGE:
            return frozenset((*NUMBER_WORDS, "and", EMPTY))
        more = frozenset(low for low in NUMBER_WORDS if _may_follow(first, low))
        return ENDS if first == DIGITS else more | ENDS


TERMS: dict[str, Term] = {
    "number": _Number(read_number, frozenset((DIGITS, *NUMBER_WORDS))),
    # Numbers and expressions for amounts; "a" alone is not an amount.
    "amount": Ways(
        ("{number}", positive),
        ("a hundred [and {number}]", lambda more=0: 100 + more),
        ("(a | one) dozen", lambda: 12),
        ("dozen", lambda: 12),
        ("half (a dozen | dozen)", lambda: 6),
        ("a half dozen", lambda: 6),
        ("{number} dozen", lambda dozens: 12 * dozens),
        ("[a] couple [of] dozen", lambda: 24),
        ("a baker's dozen [of]", lambda: 13),
        ("a trio of", lambda: 3),
        ("(a couple | couple | a pair) [of]", lambda: 2),
        ("(a | one) single", lambda: 1),
        ("a thousand", lambda: 1000),
    ),
}
