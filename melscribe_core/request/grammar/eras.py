"""Terms for eras: years, decades and spans of them, each as (first year, last year)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from melscribe_core.request.grammar.nodes import DIGITS
from melscribe_core.request.grammar.numbers import NUMBER_WORDS, read_number
from melscribe_core.request.grammar.pattern import Reader, Reading, Term, Ways, Words, same
from melscribe_core.request.grammar.scene import Scene

Years: TypeAlias = tuple[int, int]

FIRST_YEAR = 1900  # before most recorded music
LAST_YEAR = 2039
_SHORT_PIVOT = 30  # '29 is 2029, '30 is 1930
_YEAR = re.compile(r"\d{4}|'\d{2}")
_DECADE = re.compile(r"'?(\d{2}|(?:19|20)\d{2})(?:'?s|ies)")
_OLD = "twenties thirties forties fifties sixties seventies eighties nineties".split()
_NAMED = (
    {name: 1900 + 10 * value for value, name in enumerate(_OLD, start=2)}
    | {"fourties": 1940}
    | dict.fromkeys(("noughties", "naughties", "aughts", "oughts", "noughts"), 2000)
)


def is_era(low: str) -> bool:
    """Return whether a folded token is a decade: "80s", "eighties"."""
    return low in _NAMED or _DECADE.fullmatch(low) is not None


def is_year(low: str) -> bool:
    """Return whether a folded token is written like one year: "1985", "'85"."""
    return _YEAR.fullmatch(low) is not None


def read_year(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the year at a position: "1985", "'85", "nineteen eighty-five"."""
    low = scene.low(at)
    if scene.protected[at]:
        return
    if is_year(low):
        year = int(low) if low[0] != "'" else full_year(int(low[1:]))
        if _in_range(year):
            yield at + 1, year
    elif low in ("nineteen", "twenty"):
        yield from _spoken_year(scene, at)
    elif low == "two" and scene.low(at + 1) == "thousand":
        yield from ((end, value) for end, value in read_number(scene, at) if _in_range(value))


def full_year(short: int) -> int:
    """Return the year for two digits: 1930 to 2029."""
    return short + (2000 if short < _SHORT_PIVOT else 1900)


def _spoken_year(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield "nineteen eighty-five" and "twenty twelve"."""
    century = 1900 if scene.low(at) == "nineteen" else 2000
    after = at + 2 if scene.low(at + 1) == "-" else at + 1
    if after < len(scene.tokens) and not scene.low(after)[:1].isdigit():
        for end, value in read_number(scene, after):
            if 10 <= value < 100 and _in_range(century + value):
                yield end, century + value


def _in_range(value: int) -> bool:
    return FIRST_YEAR <= value <= LAST_YEAR


def read_decade(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the first year of the decade at a position: "80s", "1980's", "nineteen-eighties"."""
    low = scene.low(at)
    if scene.protected[at]:
        return
    written = _DECADE.fullmatch(low)
    if written and written[1][-1] == "0":
        yield from _written_decade(low, written[1], at)
    elif low in _NAMED:
        yield at + 1, _NAMED[low]
    elif low in ("nineteen", "twenty"):
        after = at + 2 if scene.low(at + 1) == "-" else at + 1
        named = {"tens": 2010} if low == "twenty" else _NAMED
        if scene.low(after) in named:
            yield after + 1, named[scene.low(after)]


def _written_decade(low: str, digits: str, at: int) -> Iterable[Reading]:
    value = int(digits)
    if len(digits) == 4:
        yield at + 1, value
    elif value != 10 or low[0] == "'":  # "10s" is ten seconds as well
        yield at + 1, value + (2000 if value < 20 else 1900)


def read_tens(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the decade of two bare digits, for "80-90s" and "60/70s"."""
    if re.fullmatch(r"[2-9]0", scene.low(at)):
        yield at + 1, 1900 + int(scene.low(at))


def read_short(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield two bare digits, for "1985-92"."""
    if re.fullmatch(r"\d{2}", scene.low(at)):
        yield at + 1, int(scene.low(at))


def decade_of(first: int) -> Years:
    """Return the span of a decade."""
    return first, first + 9


def part_of(offsets: Years, decade: int) -> Years:
    """Return the span of a part of a decade; `offsets` are its first and last year, 0 to 9."""
    return decade + offsets[0], decade + offsets[1]


def one_year(year: int) -> Years:
    """Return the span of one year."""
    return year, year


def from_to(one: Years, two: Years) -> Years | None:
    """Return the span from one era to a later one; None when the second is earlier."""
    return (one[0], two[1]) if one[0] <= two[0] and one[1] <= two[1] else None


def around(*eras: Years) -> Years:
    """Return the span that holds several eras."""
    return min(low for low, _ in eras), max(high for _, high in eras)


def _shortened(year: int, short: int) -> Years | None:
    """Return the span of "1985-92"."""
    last = year // 100 * 100 + short
    return (year, last) if year < last else None


# Possible second tokens of a year or decade in words.
_SPOKEN = NUMBER_WORDS | _NAMED.keys() | {"tens"}
_AND = "{join} [the] {decades}"

TERMS: dict[str, Term] = {
    "year": Reader(read_year, frozenset((DIGITS, "nineteen", "twenty", "two")), _SPOKEN),
    "decade": Reader(read_decade, frozenset((DIGITS, "nineteen", "twenty", *_NAMED)), _SPOKEN),
    "tens": Reader(read_tens, frozenset((DIGITS,)), frozenset()),
    "short": Reader(read_short, frozenset((DIGITS,)), frozenset()),
    "part": Ways(
        ("[very] early", lambda: (0, 3)),
        ("(beginning | start | dawn) of the", lambda: (0, 3)),
        ("(mid | middle | middle of the)", lambda: (4, 6)),
        ("[very] late", lambda: (7, 9)),
        ("([tail] end | close) of the", lambda: (7, 9)),
        ("first half of the", lambda: (0, 4)),
        ("(second | latter) half of the", lambda: (5, 9)),
    ),
    "parts": Ways(
        ("{part}", same),
        ("{part} (- | to | and | or | / | through | into | &) [the] {part}", around),
    ),
    "decades": Ways(("{decade}", decade_of), ("{parts} {decade}", part_of)),
    "era": Ways(
        ("{decades}", same),
        ("[early | mid | late] {year}", one_year),
    ),
    "to": Words("- | — | to | until | till | through | thru | up to | up until | into"),
    "join": Words("and | or | & | / | , | , and | , or | + | and into"),
    # Two or more eras joined by the words.
    "span": Ways(
        ("{era} {to} [the] {era}", from_to),
        (f"{{decades}} {_AND}", around),
        (f"{{decades}} {_AND} {_AND}", around),
        (f"{{decades}} {_AND} {_AND} {_AND}", around),
        ("{tens} (- | / | to) {decades}", lambda one, two: from_to(decade_of(one), two)),
        (
            "{parts} {tens} (- | / | to) {decades}",
            lambda part, one, two: from_to(part_of(part, one), two),
        ),
        ("{year} (- | / | to | —) {short}", _shortened),
        ("{year} (or | and | &) {year}", lambda one, two: around(one_year(one), one_year(two))),
    ),
    "eras": Ways(("{span}", same), ("{era}", same)),
}
