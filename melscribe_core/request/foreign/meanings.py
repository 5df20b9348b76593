"""Meanings: what a pattern in a language's rules.txt may stand for, on the right of its arrow.

A meaning is a name and numbers ("part 0 3"); it makes the function from the values of the pattern's
slots, left to right, to the value of a term or of a field of the request. None rejects a match.
Years are (first, last), lengths seconds. The conventions are those of English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any, TypeAlias

from melscribe_core.request.foreign.unwanted import decade_name
from melscribe_core.request.grammar import count, eras, length, tempo
from melscribe_core.request.grammar.durations import (
    LONGEST_TRACK,
    MINUTE,
    SHORTEST_TRACK,
)
from melscribe_core.request.grammar.numbers import whole
from melscribe_core.request.grammar.pattern import same

Make: TypeAlias = Callable[..., object]
Bounds: TypeAlias = tuple[float | None, float | None]

EVERYTHING = ("everything",)


def _times(factor: float) -> Make:
    return lambda value: whole(value * factor)


def _plus(more: float, factor: float = 1) -> Make:
    """Return the function for "two and a half hours": more 0.5, factor 3600."""
    return lambda value: whole((value + more) * factor)


def _is(value: float) -> Make:
    return lambda *_: whole(value)


def _clocked(hours: float, minutes: float) -> float | None:
    """Return an amount of hours in seconds with minutes more: "1 h 30"."""
    return hours + minutes * MINUTE if minutes < MINUTE else None


def _part(first: float, last: float) -> Make:
    return lambda *_: (int(first), int(last))


def _short_span(first: int, last: int) -> object:
    """Return the years of "80 bis 84", both of two digits."""
    one, two = eras.one_year(eras.full_year(first)), eras.one_year(eras.full_year(last))
    return eras.from_to(one, two)


def _shortened(year: int, short: int) -> object:
    """Return the years of "1985-92"."""
    last = year // 100 * 100 + short
    return (year, last) if year < last else None


def _span_of_years(first: int, last: int) -> object:
    return (first, last) if first <= last else None


def _decade_text(decade: eras.Years) -> tuple[str, ...]:
    """Return a decade as an unwanted descriptor: "80s"."""
    return (decade_name(decade[0]),)


def _before(era: eras.Years) -> object:
    return None, era[0] - 1


def _after(era: eras.Years) -> object:
    return era[1] + 1, None


def _until(era: eras.Years) -> object:
    return None, era[1]


def _from(era: eras.Years) -> object:
    return era[0], None


def _tempo(low: float, high: float) -> object:
    return (min(low, high), max(low, high)) if tempo.near(low) and tempo.near(high) else None


def _shorter(seconds: float) -> object:
    return (None, whole(seconds)) if SHORTEST_TRACK <= seconds <= LONGEST_TRACK else None


def _longer(seconds: float) -> object:
    return (whole(seconds), None) if SHORTEST_TRACK <= seconds <= LONGEST_TRACK else None


def _lengths(low: float, high: float) -> object:
    fits = SHORTEST_TRACK <= low < high <= LONGEST_TRACK
    return (whole(low), whole(high)) if fits else None


def _larger(low: float, high: float) -> float | None:
    return high if low < high else None


def _larger_minutes(low: float, high: float) -> float | None:
    return length.in_minutes(high) if low < high else None


def _larger_count(low: float, high: float) -> int | None:
    return count.several(high) if low < high else None


def _together(*values: tuple[str, ...]) -> object:
    return tuple(chain.from_iterable(values))


def _few(value: float) -> int | None:
    """Return how many of one artist or album; None when it is no such number."""
    return int(value) if 1 <= value <= count.MOST_TRACKS and value == int(value) else None


def _constant(make: Make) -> Callable[..., Make]:
    return lambda: make


MEANINGS: Mapping[str, Callable[..., Make]] = {
    # any value
    "same": _constant(same),
    "is": _is,
    "times": _times,
    "plus": _plus,
    "product": _constant(lambda one, two: whole(one * two)),
    "sum": _constant(lambda *values: whole(sum(values))),
    "clocked": _constant(_clocked),
    "larger": _constant(_larger),
    "up to": lambda most: lambda value: value if value <= most else None,
    "over": lambda least: lambda value: value if value > least else None,
    # years; of a year, a year of two digits, the first year of a decade, a part of a decade
    "year": _constant(eras.one_year),
    "short year": _constant(lambda short: eras.one_year(eras.full_year(short))),
    "decade": _constant(eras.decade_of),
    "part": _part,
    "part of": _constant(eras.part_of),
    "part era": _constant(lambda part, era: eras.part_of(part, era[0])),
    "around": _constant(eras.around),
    "span years": _constant(_span_of_years),
    "span": _constant(eras.from_to),
    "short span": _constant(_short_span),
    "shortened": _constant(_shortened),
    "before": _constant(_before),
    "after": _constant(_after),
    "until": _constant(_until),
    "from": _constant(_from),
    "from short": _constant(lambda short: (eras.full_year(short), None)),
    # bpm
    "near": _constant(tempo.near),
    "exactly": _constant(tempo.exactly),
    "at least": _constant(tempo.from_),
    "at most": _constant(tempo.up_to),
    "between": _constant(_tempo),
    # track_seconds
    "shorter": _constant(_shorter),
    "longer": _constant(_longer),
    "lengths": _constant(_lengths),
    # minutes, count, per_artist and per_album
    "minutes": _constant(length.in_minutes),
    "larger minutes": _constant(_larger_minutes),
    "count": _constant(count.a_count),
    "larger count": _constant(_larger_count),
    "dozens": _constant(lambda dozens: count.several(12 * dozens)),
    "several": _constant(count.several),
    "few": _constant(_few),
    # exclude, less, like, by
    "together": _constant(_together),
    "decade text": _constant(_decade_text),
    "everything": _constant(lambda: EVERYTHING),
}


def meaning(written: str) -> Make:
    """Return the function of a meaning as written: "part 0 3".

    Raises ValueError for one that is not in MEANINGS.
    """
    words = written.split()
    numbers: list[Any] = []
    while words and _is_number(words[-1]):
        numbers.insert(0, float(words.pop()))
    name = " ".join(words)
    if name not in MEANINGS:
        raise ValueError(f"there is no meaning {name!r}; there are {', '.join(MEANINGS)}")
    return MEANINGS[name](*numbers)


def _is_number(word: str) -> bool:
    return word.removeprefix("-").replace(".", "", 1).isdigit()
