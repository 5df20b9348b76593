"""Terms for durations, in seconds: "45 minutes", "an hour and a half", "1h30", "3:30"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from melscribe_core.request.grammar.nodes import DIGITS
from melscribe_core.request.grammar.numbers import whole
from melscribe_core.request.grammar.pattern import Reader, Reading, Term, Ways, same
from melscribe_core.request.grammar.scene import Scene

Bounds: TypeAlias = tuple[float | None, float | None]

HOUR, MINUTE = 3600, 60
SHORTEST_TRACK, LONGEST_TRACK = 20, 2 * HOUR  # bounds on tracks are within
LONG_TRACK = 15 * MINUTE  # a bound up to here is on tracks unless the words say otherwise
LONG_PIECE = 30 * MINUTE  # from here "songs under an hour" bounds the playlist
USUAL_LIST = 10 * MINUTE  # a shorter playlist needs a word for it ("a 7-minute warm-up")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")


def read_clock(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the seconds of "3:30"."""
    written = _CLOCK.fullmatch(scene.low(at))
    if written and not scene.protected[at]:
        yield at + 1, int(written[1]) * MINUTE + int(written[2])


def _clocked(hours: float, minutes: float) -> float | None:
    return hours * HOUR + minutes * MINUTE if minutes < 60 else None


def _hours(plus: float = 0) -> Callable[[float], float]:
    return lambda number: (number + plus) * HOUR


def _minutes(plus: float = 0) -> Callable[[float], float]:
    return lambda number: (number + plus) * MINUTE


def _fixed(hours: float) -> Callable[[], float]:
    return lambda: hours * HOUR


def _span(unit: int) -> Callable[[float, float], Bounds | None]:
    return lambda low, high: (whole(low * unit), whole(high * unit)) if low < high else None


def _audible(seconds: float) -> float | None:
    return seconds if SHORTEST_TRACK <= seconds <= LONGEST_TRACK else None


_TO = "(- | — | to | through | or)"
_AND = "(and | & | to | -)"

TERMS: dict[str, Term] = {
    "clock": Reader(read_clock, frozenset((DIGITS,)), frozenset()),
    "duration": Ways(
        ("{number} [{roundly}] {hours}", _hours()),
        ("{number} {hours} [and | ,] {number} [{minutes} | m]", _clocked),
        ("{number} {hours} and a half", _hours(0.5)),
        ("{number} {hours} and a quarter", _hours(0.25)),
        ("{number} and a half {hours}", _hours(0.5)),
        ("{number} and a quarter {hours}", _hours(0.25)),
        ("{number} and three quarters {hours}", _hours(0.75)),
        ("(an | a) [{roundly}] {hours}", _fixed(1)),
        ("[an] {hours} and a half", _fixed(1.5)),
        ("an {hours} and a quarter", _fixed(1.25)),
        ("an {hours} and three quarters", _fixed(1.75)),
        ("an {hours} [and | ,] {number} [{minutes}]", lambda minutes: _clocked(1, minutes)),
        ("hour long", _fixed(1)),
        ("[a | one] half [an | a | of an] {hours}", _fixed(0.5)),
        ("[a] quarter [of] [an] {hours}", _fixed(0.25)),
        ("three quarters of an {hours}", _fixed(0.75)),
        ("{number} of an {hours}", lambda part: part * HOUR if part < 1 else None),
        ("[a] couple [of] {hours}", _fixed(2)),
        ("[a] couple [of] {minutes}", lambda: 2 * MINUTE),
        ("{number} [{roundly}] {minutes}", _minutes()),
        ("{number} and a half {minutes}", _minutes(0.5)),
        ("{number} {minutes} and a half", _minutes(0.5)),
        ("{number} {minutes} [and] {number} {seconds}", lambda m, s: m * MINUTE + s),
        ("(a | one) {minutes} and a half", lambda: 1.5 * MINUTE),
        ("a {minutes}", lambda: MINUTE),
        ("{number} m", lambda number: number * MINUTE if 10 <= number <= 180 else None),
        ("{number} {seconds}", same),
    ),
    "durations": Ways(
        (f"{{number}} [{{minutes}}] {_TO} {{number}} {{minutes}}", _span(MINUTE)),
        (f"{{number}} [{{hours}}] {_TO} {{number}} {{hours}}", _span(HOUR)),
        (f"{{number}} {_TO} {{number}} {{seconds}}", _span(1)),
        (f"{{duration}} {_TO} {{duration}}", _span(1)),
        (f"{{clock}} {_TO} {{clock}}", _span(1)),
        (f"between {{number}} [{{minutes}}] {_AND} {{number}} {{minutes}}", _span(MINUTE)),
        (f"between {{number}} [{{hours}}] {_AND} {{number}} {{hours}}", _span(HOUR)),
        (f"between {{number}} {_AND} {{number}} {{seconds}}", _span(1)),
        (f"between {{duration}} {_AND} {{duration}}", _span(1)),
        (f"between {{clock}} {_AND} {{clock}}", _span(1)),
    ),
    "length": Ways(("{duration}", same), ("{durations}", lambda span: span[1])),
    "usual length": Ways(("{length}", lambda s: s if s >= USUAL_LIST else None)),
    # Bounds: on tracks, on tracks that are not long, on pieces of music, on the playlist.
    "limit": Ways(("{duration}", _audible), ("{clock} [{minutes}]", _audible)),
    "short limit": Ways(("{limit}", lambda s: s if s <= LONG_TRACK else None)),
    "piece limit": Ways(("{limit}", lambda s: s if s < LONG_PIECE else None)),
    "long limit": Ways(("{duration}", lambda s: s if s > LONG_TRACK else None)),
    "list limit": Ways(("{duration}", lambda s: s if s >= LONG_PIECE else None)),
}
