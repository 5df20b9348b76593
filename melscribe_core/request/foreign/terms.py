"""Readers that every language has: numbers, years, decades, clock times, adjectives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from melscribe_core.request.foreign.scene import Writing
from melscribe_core.request.grammar.eras import FIRST_YEAR, LAST_YEAR, full_year
from melscribe_core.request.grammar.lexicon import Phrase, by_first_word
from melscribe_core.request.grammar.nodes import has_digit
from melscribe_core.request.grammar.numbers import split_fraction, whole
from melscribe_core.request.grammar.pattern import Reading
from melscribe_core.request.grammar.scene import Scene

_MOST_ADJECTIVES = 4
_LONGEST_NUMBER = 9  # characters
_DIGITS = re.compile(r"\d+(?:[.,]\d{3})*")
_DECIMAL = re.compile(r"\d+[.]\d{1,2}")
_YEAR = re.compile(r"\d{4}")
_SHORT = re.compile(r"'?(\d{2})")
_OLD_TENS = 20  # "80" is 1980, "10" is 2010
_JOINTS = (",", "-")


class Numbers:
    """The numbers of a language, in digits and words."""

    def __init__(self, spelled: Mapping[str, int], writing: Writing) -> None:
        self._values = {writing.phrase(spelling): value for spelling, value in spelled.items()}
        self._by_first = by_first_word(self._values)

    def number(self, scene: Scene, at: int) -> list[Reading]:
        """Return the number at a position: "20", "1.000", "2,5", "2½", "fünfundzwanzig"."""
        if at >= len(scene.tokens) or scene.protected[at]:
            return []
        return self._in_digits(scene, at) or self._in_words(scene, at)

    def year(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the year at a position: "1985", "'85", or in words."""
        low = scene.low(at)
        if low[:1] == "'" and _SHORT.fullmatch(low):
            yield at + 1, full_year(int(low[1:]))
            return
        if has_digit(low) and not _YEAR.fullmatch(low):
            return
        for end, value in self.number(scene, at):
            if FIRST_YEAR <= value <= LAST_YEAR:
                yield end, value

    def short(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the two digits of a year: "80" of "von 80 bis 84"."""
        found = _SHORT.fullmatch(scene.low(at))
        if found and not scene.protected[at]:
            yield at + 1, int(found[1])

    def tens(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the first year of a decade given as a number: "80", "'80", "1980", "ochenta"."""
        written = _SHORT.fullmatch(scene.low(at))
        readings = [(at + 1, int(written[1]))] if written else self.number(scene, at)
        for end, value in readings:
            if value % 10 == 0 and FIRST_YEAR <= value <= LAST_YEAR:
                yield end, value
            elif value % 10 == 0 and 0 <= value < 100:
                yield end, value + (2000 if value < _OLD_TENS else 1900)

    def _in_digits(self, scene: Scene, at: int) -> list[Reading]:
        token = scene.tokens[at]
        first, fraction = split_fraction(scene.text[token.start : token.end])
        if fraction is not None:
            return [(at + 1, first + fraction)]
        if len(token.low) > _LONGEST_NUMBER:
            return []
        if _DECIMAL.fullmatch(token.low):
            return [(at + 1, whole(float(token.low)))]
        if not _DIGITS.fullmatch(token.low):
            return []
        value = int(re.sub(r"\D", "", token.low))
        if self._has_decimal(scene, at):
            return [(at + 3, float(f"{value}.{scene.low(at + 2)}"))]
        return [(at + 1, value)]

    def _has_decimal(self, scene: Scene, at: int) -> bool:
        """Return whether a comma and a digit adjoin: "2,5"."""
        if scene.low(at + 1) != "," or not scene.low(at + 2).isdigit():
            return False
        comma = scene.tokens[at + 1]
        adjoins = scene.tokens[at].end == comma.start and comma.end == scene.tokens[at + 2].start
        return adjoins and len(scene.low(at + 2)) <= 2

    def _in_words(self, scene: Scene, at: int) -> list[Reading]:
        for phrase in self._by_first.get(scene.low(at), ()):
            end = scene.after_phrase(at, (phrase,))
            if end:
                return [(end, self._values[phrase])]
        return []


class Decades:
    """The decades of a language by name ("Achtziger") and in digits with an ending ("80er")."""

    def __init__(self, named: Mapping[str, int], endings: Iterable[str], writing: Writing) -> None:
        self._values = {writing.phrase(name): year for name, year in named.items()}
        self._by_first: Mapping[str, tuple[Phrase, ...]] = by_first_word(self._values)
        forms = sorted(map(writing.form, endings), key=len, reverse=True)
        # without an ending there is no way to write a decade in digits
        self._written = re.compile(
            rf"'?(\d{{2}}|(?:19|20)\d{{2}})(?:{'|'.join(map(re.escape, forms)) or '(?!)'})"
        )

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the first year of the decade at a position."""
        if at >= len(scene.tokens) or scene.protected[at]:
            return
        found = self._written.fullmatch(scene.low(at))
        if found and found[1][-1] == "0":
            value = int(found[1])
            if value < 100:
                value += 2000 if value < _OLD_TENS else 1900
            yield at + 1, value
            return
        for phrase in self._by_first.get(scene.low(at), ()):
            end = scene.after_phrase(at, (phrase,))
            if end:
                yield end, self._values[phrase]
                return


class Adjectives:
    """Runs of words that may describe a noun: none of `stops` is among them."""

    def __init__(self, stops: frozenset[str]) -> None:
        self._stops = stops

    def read(self, scene: Scene, at: int) -> Iterable[Reading]:
        """Yield the end of each run from a position on, the empty one first."""
        yield at, None
        start = at
        for _ in range(_MOST_ADJECTIVES):
            if at > start and scene.low(at) in _JOINTS:
                at += 1
            if at >= len(scene.tokens) or not scene.tokens[at].is_word:
                return
            if scene.low(at) in self._stops or scene.low(at).isdigit():
                return
            at += 1
            yield at, None
