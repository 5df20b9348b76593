"""Glossing: words of another language in a request -> the English descriptor they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from melscribe_core.languages.glossary import Senses
from melscribe_core.request.foreign.scene import Writing
from melscribe_core.request.grammar.lexicon import Phrase, kind_of
from melscribe_core.request.grammar.scene import Scene

_COGNATE = 4  # letters
LONGEST = 6  # tokens of a rendering
_SHORTEST_STEM = 4  # letters; shorter ones coincide


@dataclass(frozen=True)
class Glossing:
    """What a language's words mean: the first sense of the glossary, or of `preferred`.

    endings: endings of inflected words, longest first; heads, tails: words and endings that only
    say "music" ("música de", "musik").
    """

    writing: Writing
    meanings: Mapping[str, Senses]
    preferred: Mapping[str, str] = field(default_factory=dict)
    endings: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    _exact: dict[Phrase, str] = field(default_factory=dict)
    _stemmed: dict[Phrase, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the renderings by their words and by the stems of these."""
        rendered = {word: _sense(word, senses) for word, senses in self.meanings.items()}
        for source in (self.preferred, rendered):
            for word, meant in source.items():
                phrase = self.writing.phrase(word)
                self._exact.setdefault(phrase, meant)
                self._stemmed.setdefault(self._stems(phrase), meant)

    def meaning(self, phrase: Phrase) -> str:
        """Return what a phrase means, inflected or compounded with a word for music; "" if unknown.

        `phrase` holds the forms of its words, without hyphens.
        """
        return self._plain(phrase) or self._compound(phrase)

    def end(self, scene: Scene, at: int) -> tuple[int, str]:
        """Return the position after the longest phrase with a meaning here, and it; (0, "")."""
        for end in range(min(at + LONGEST, len(scene.tokens)), at, -1):
            phrase = tuple(low for low in scene.lows[at:end] if low != "-")
            if not all(
                scene.tokens[one].is_word or scene.low(one) == "-" for one in range(at, end)
            ):
                continue
            meant = self.meaning(phrase) if scene.tokens[end - 1].is_word else ""
            if meant:
                return end, meant
        return 0, ""

    def _plain(self, phrase: Phrase) -> str:
        return self._exact.get(phrase) or self._stemmed.get(self._stems(phrase), "")

    def _compound(self, phrase: Phrase) -> str:
        if len(phrase) == 1:
            for tail in self.tails:
                stem = phrase[0].removesuffix(tail)
                if stem != phrase[0] and len(stem) >= _SHORTEST_STEM:
                    return self._plain((stem,)) or self._plain((stem.removesuffix("s"),))
            return ""
        if phrase[-1] in self.tails:
            return self._plain(phrase[:-1])
        for head in map(self.writing.phrase, self.heads):
            if phrase[: len(head)] == head and len(phrase) > len(head):
                return self._plain(phrase[len(head) :])
        return ""

    def _stems(self, phrase: Phrase) -> Phrase:
        return tuple(map(self._stem, phrase))

    def _stem(self, word: str) -> str:
        for ending in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                return word.removesuffix(ending)
        return word


def _sense(word: str, senses: Senses) -> str:
    """Return what a word means: the first sense, or another that is the same word in English.

    Of a sense of several descriptors it is the first. Words are the same when they begin alike:
    "deprimente" is "depressing" rather than "bleak".
    """
    named = [sense[0] for sense in senses]
    if kind_of(*word.split()) in ("genre", "instrument"):
        return word
    alike = [_shared(word, one) for one in named]
    return named[alike.index(max(alike))] if max(alike) >= _COGNATE else named[0]


def _shared(one: str, two: str) -> int:
    """Return how many letters two words have in common from their beginnings on."""
    pairs = zip(one, two, strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
