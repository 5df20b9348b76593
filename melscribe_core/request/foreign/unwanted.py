"""Terms for what is not wanted in another language: lists of phrases, as English descriptors.

A phrase is accepted when the glossary, the English word lists or the library know it, when it is a
decade or a known name; with `anything` also one other word. Lists go on as in English: after "and"
and "or" between phrases of the same sort, after a comma before one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from melscribe_core.request.foreign.glossing import Glossing
from melscribe_core.request.foreign.names import NameReader
from melscribe_core.request.foreign.translated import Translated
from melscribe_core.request.grammar.lexicon import Phrase, kind_of
from melscribe_core.request.grammar.nodes import has_digit
from melscribe_core.request.grammar.pattern import Read, Reading
from melscribe_core.request.grammar.scene import Scene

_MOST_ITEMS = 10
_MOST_PARTS = 3  # phrases of the glossary in one: "laute Gitarren"
_LONGEST_ENGLISH = 5  # tokens
_MOST_DETERMINERS = 4
_MILLENNIUM = 2000


@dataclass(frozen=True)
class Item:
    """One unwanted phrase: the position after it, its value, and whether it is a mood."""

    end: int
    value: Translated
    is_mood: bool


@dataclass(frozen=True)
class UnwantedWords:
    """What a language's lists say of unwanted phrases.

    determiners: phrases that only introduce one ("any kind of"), by first word.
    joints: words that join two ("and", "or", "nor").
    stops: words that end a phrase.
    decade: reads a decade at a position, as its first year.
    """

    determiners: Mapping[str, tuple[Phrase, ...]]
    joints: frozenset[str]
    stops: frozenset[str]
    decade: Callable[[Scene, int], Iterable[Reading]]


class UnwantedReader:
    """Reads lists of unwanted phrases."""

    def __init__(self, words: UnwantedWords, glossing: Glossing, names: NameReader) -> None:
        self._words = words
        self._glossing = glossing
        self._names = names

    def reads(self, *, anything: bool) -> Read:
        """Return a reader of one or more phrases, as a tuple; it yields each length of a list."""

        def read(scene: Scene, at: int) -> Iterable[Reading]:
            first = self._item(scene, at, anything=anything)
            if first is None:
                return
            items = [first]
            yield first.end, (first.value,)
            while len(items) < _MOST_ITEMS:
                more = self._next(scene, items[-1].end, first)
                if not more:
                    break
                items += more
                yield items[-1].end, tuple(item.value for item in items)

        return read

    def _next(self, scene: Scene, end: int, first: Item) -> list[Item]:
        """Return the next phrases of a list, several after commas up to an "or"; [] at its end."""
        found: list[Item] = []
        at = end
        while len(found) < _MOST_ITEMS:
            last = scene.low(at) == "," and scene.low(at + 1) in self._words.joints
            joint = scene.low(at + 1) if last else scene.low(at)
            if joint != "," and joint not in self._words.joints and joint not in ("&", "/"):
                return []
            item = self._item(scene, at + 1 + last, anything=False)
            if item is None or item.is_mood != first.is_mood:
                return []
            found.append(item)
            if joint != ",":
                return found
            at = item.end
        return []

    def _item(self, scene: Scene, at: int, *, anything: bool) -> Item | None:
        start = self._past_determiners(scene, at)
        if start >= len(scene.tokens):
            return None
        found = self._glossed(scene, start) or self._decade(scene, start)
        found = found or self._named(scene, start) or self._english(scene, start)
        if found is None and anything and self._is_free(scene, start):
            found = start + 1, scene.slice(start, start + 1).lower()
        if found is None:
            return None
        end, meant = found
        value = Translated(meant, scene.slice(start, end))
        return Item(end, value, kind_of(*meant.split()) == "mood")

    def _is_free(self, scene: Scene, at: int) -> bool:
        low = scene.low(at)
        is_word = scene.tokens[at].is_word and not has_digit(low) and not scene.protected[at]
        return is_word and low not in self._words.stops and len(low) > 1

    def _past_determiners(self, scene: Scene, at: int) -> int:
        for _ in range(_MOST_DETERMINERS):
            phrases = self._words.determiners.get(scene.low(at), ())
            end = scene.after_phrase(at, phrases)
            if not end or scene.is_end(end):
                break
            at = end
        return at

    def _glossed(self, scene: Scene, start: int) -> tuple[int, str] | None:
        """Return the end and meaning of adjoining phrases of the glossary: "loud guitar"."""
        parts: list[str] = []
        end = start
        while len(parts) < _MOST_PARTS and not (parts and scene.low(end) in self._words.stops):
            if any(scene.protected[end : end + 1]):
                break
            at = end + 1 if parts and scene.low(end) == "-" else end
            after, meant = self._glossing.end(scene, at)
            if not after or (after == at + 1 and scene.low(at) in self._words.stops):
                break
            end = after
            parts.append(meant)
        return (self._past_tail(scene, end), " ".join(dict.fromkeys(parts))) if parts else None

    def _past_tail(self, scene: Scene, end: int) -> int:
        """Return the position after a word that only says "music": "Rap-Zeug", "Schlager Musik"."""
        at = end + 1 if scene.low(end) == "-" else end
        return at + 1 if scene.low(at) in self._glossing.tails else end

    def _english(self, scene: Scene, start: int) -> tuple[int, str] | None:
        """Return a phrase that is the same in English: "Drum and Bass", "Banjo"."""
        if scene.protected[start] or scene.low(start) in self._words.stops:
            return None
        ends = range(min(start + _LONGEST_ENGLISH, len(scene.tokens)), start, -1)
        for end in ends:
            if scene.tokens[end - 1].is_word and scene.kind_of(start, end):
                return self._past_tail(scene, end), scene.slice(start, end).lower()
        return None

    def _decade(self, scene: Scene, start: int) -> tuple[int, str] | None:
        for end, first in self._words.decade(scene, start):
            return end, decade_name(first)
        return None

    def _named(self, scene: Scene, start: int) -> tuple[int, str] | None:
        end, name = self._names.name(scene, start, capitals=False)
        return (end, name) if end else None


def decade_name(first: int) -> str:
    """Return a decade as English writes it: "80s", "2010s"."""
    return f"{first}s" if first >= _MILLENNIUM else f"{first % 100}s"
