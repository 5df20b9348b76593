"""Read numbers: "20", "1,000", "twenty-five", "a hundred and twenty", "2½", "half a dozen"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from melscribe_core.grammar.pattern import DIGITS, Reader, Reading, Term, Ways
from melscribe_core.grammar.scene import Scene

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
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
_FRACTION = re.compile(r"(\d)/(\d)")
NUMBER_WORDS = frozenset((*_UNITS, *_TENS, *_LARGE))


def whole(value: float) -> float:
    """Return a whole number as int, any other as it is."""
    return int(value) if value == int(value) else value


def read_number(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the number at a position; a sum, a percentage, an ordinal or a clock time is none."""
    if scene.kept[at]:
        return []
    return _read_digits(scene, at) or _read_words(scene, at)


def _read_digits(scene: Scene, at: int) -> list[Reading]:
    low = scene.low(at)
    part = _fraction(scene, at)
    if part is not None:
        return [(at + 1, part)]
    if not _DIGITS.fullmatch(low) or len(low) > 9:
        return []
    value = float(low.replace(",", ""))
    more = _fraction(scene, at + 1)
    found: list[Reading] = [(at + 1, whole(value))]
    if more is not None:
        found.append((at + 2, value + more))
    return found


def _fraction(scene: Scene, at: int) -> float | None:
    """Return the value of "½" or "1/2" at a position."""
    if at >= len(scene.tokens):
        return None
    token = scene.tokens[at]
    own = scene.text[token.start : token.end]
    if unicodedata.category(own[0]) == "No" and len(own) == 1:
        value = unicodedata.numeric(own)
        return value if 0 < value < 1 else None
    written = _FRACTION.fullmatch(token.low)
    if written is None or not 0 < int(written[1]) < int(written[2]):
        return None
    return int(written[1]) / int(written[2])


def _read_words(scene: Scene, at: int) -> list[Reading]:
    """Return the reading of a number in words: at most hundreds and tens, as people say counts."""
    start = at
    total = 0
    last = ""
    while scene.low(at) in NUMBER_WORDS and _may_follow(last, scene.low(at)) and not scene.kept[at]:
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
    """Step over the hyphen of "twenty-five" and the "and" of "hundred and twenty"."""
    joint = "and" if last in _LARGE else "-"
    return at + 1 if scene.low(at) == joint and scene.low(at + 1) in NUMBER_WORDS else at


def positive(value: float) -> float | None:
    """Return the value, None for zero: nobody asks for nothing."""
    return value if value else None


TERMS: dict[str, Term] = {
    "number": Reader(read_number, frozenset((DIGITS, *NUMBER_WORDS, *"½¼¾⅓⅔"))),
    # A number as people say amounts; "a" alone is none.
    "amount": Ways(
        ("{number}", positive),
        ("a hundred [and {number}]", lambda more=0: 100 + more),
        ("(a | one) dozen", lambda: 12),
        ("dozen", lambda: 12),
        ("half (a dozen | dozen)", lambda: 6),
        ("a half dozen", lambda: 6),
        ("{number} dozen", lambda dozens: 12 * dozens),
        ("(a couple | couple | a pair) [of]", lambda: 2),
        ("(a | one) single", lambda: 1),
        ("a thousand", lambda: 1000),
    ),
}
