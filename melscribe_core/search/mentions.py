"""Descriptors of the library that a text mentions, in any spelling that indexing accepts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from melscribe_core.descriptors.absences import is_absence
from melscribe_core.descriptors.tables import spelling_key
from melscribe_core.descriptors.vocabulary import Vocabulary, plain_start, read_tag
from melscribe_core.search.words import is_stop_word

LONGEST_NAME = 5  # words of a text that may name one descriptor
REMEMBERED = 4096  # phrases: reading one request asks for most of its phrases several times
_WORD = re.compile(r"\S+")
_EDGES = ",;:.!?()[]{}\"'“”„«»’‘…—–-/|"
_CLOSING = frozenset(',;:.!?)]}"”»…—–')
_LOOSE = frozenset("and or nor but is are was were".split())  # no name begins or ends with these
_TENS = re.compile(r".*(twen|thir|for|fif|six|seven|eigh|nine)ty")


@dataclass(frozen=True)
class Mention:
    """A part of a text that names descriptors of the library.

    text[start:end] is `said`, as written there.
    """

    start: int
    end: int
    said: str
    descriptors: tuple[str, ...]


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    closes: bool  # it ends a clause


class KnownDescriptors:
    """The descriptors of one library, by their names in any spelling."""

    def __init__(self, descriptors: Iterable[str], vocabulary: Vocabulary) -> None:
        self._known = frozenset(descriptors)
        self.vocabulary = vocabulary
        self._found = lru_cache(REMEMBERED)(self._named)

    def find(self, phrase: str) -> tuple[str, ...]:
        """Return the descriptors that a phrase names, in singular or plural; () for none."""
        return self._found(phrase)

    def _named(self, phrase: str) -> tuple[str, ...]:
        for form in _numbers(phrase):
            if not self._may_name(form):
                continue
            named = read_tag(form, self.vocabulary)
            if named and self._known.issuperset(named):
                return named
            found = self._by_key.get(spelling_key(form))
            if found is not None:
                return (found,)
        return ()

    def _may_name(self, form: str) -> bool:
        """Return False for most phrases that name nothing, in a tenth of the time of reading them.

        Their first two words begin no descriptor, nor another spelling.
        """
        key, start = spelling_key(form), plain_start(form)
        if not start or key in self._by_key or key in self.vocabulary.spellings:
            return True
        at = bisect_left(self._keys, start)
        return at < len(self._keys) and self._keys[at].startswith(start)

    def holds(self, phrase: str) -> bool:
        """Say whether a phrase is a descriptor, or a part of one, in singular or plural."""
        if self.find(phrase):
            return True
        words = map(spelling_key, _numbers(phrase))
        return not self._runs.isdisjoint(filter(None, words))

    def within(self, phrase: str) -> str:
        """Return the longest descriptor that is a run of words of a phrase, "" for none.

        The last of several equally long ones.
        """
        words = phrase.replace("-", " ").split()
        found = ""
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                named = self.find(" ".join(words[start:end]))
                found = named[0] if len(named) == 1 and len(named[0]) >= len(found) else found
        return found

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Return what a text names, left to right; at each word the longest name, no overlaps."""
        words = list(_words(text))
        found: list[Mention] = []
        at = 0
        while at < len(words):
            mention = self._longest(text, words, at)
            if mention is None:
                at += 1
            else:
                found.append(mention)
                at += sum(word.start < mention.end for word in words[at : at + LONGEST_NAME])
        return tuple(found)

    @cached_property
    def _by_key(self) -> Mapping[str, str]:
        found = {spelling_key(descriptor): descriptor for descriptor in sorted(self._known)}
        found.pop("", None)
        return found

    @cached_property
    def _keys(self) -> Sequence[str]:
        return sorted({*self._by_key, *self.vocabulary.spellings})

    @cached_property
    def _runs(self) -> frozenset[str]:
        """The keys of all runs of words in the descriptors, but of those that deny: "no banjo"."""
        return frozenset(
            spelling_key(" ".join(words[start:end]))
            for words in (name.split() for name in self._known if not is_absence(name))
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
        )

    def _longest(self, text: str, words: Sequence[_Word], at: int) -> Mention | None:
        for end in range(_clause_end(words, at), at, -1):
            start, stop = words[at].start, words[end - 1].end
            said = text[start:stop]
            named = () if _is_loose(said) else self.find(said)
            if named:
                return Mention(start, stop, said, named)
        return None


def respelt(text: str, mentions: Sequence[Mention]) -> str:
    """Return a text with its mentions spelt as the library spells them: "d&b" in full.

    `mentions` are those of the text, in order. One that differs only in case or number stays.
    """
    for mention in reversed(mentions):
        if not _is_number_of(mention.said, mention.descriptors):
            name = ", ".join(mention.descriptors)
            text = text[: mention.start] + name + text[mention.end :]
    return text


def _words(text: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        bare = match[0].lstrip(_EDGES)
        start = match.end() - len(bare)
        end = start + len(bare.rstrip(_EDGES))
        if end > start:
            yield _Word(start, end, not _CLOSING.isdisjoint(text[end : match.end()]))


def _clause_end(words: Sequence[_Word], at: int) -> int:
    """Return the position after the last word that may belong to one name with the first."""
    end = at + 1
    while end < min(at + LONGEST_NAME, len(words)) and not words[end - 1].closes:
        end += 1
    return end


def _is_loose(phrase: str) -> bool:
    """Say whether a phrase begins or ends with a word of grammar, or has no other: "us a"."""
    words = phrase.casefold().split()
    if len(words) < 2:
        return False
    return not _LOOSE.isdisjoint((words[0], words[-1])) or all(map(is_stop_word, words))


def _numbers(phrase: str) -> Iterator[str]:
    """Yield a phrase as it is, in the singular and in the plural."""
    yield phrase
    low = phrase.casefold()
    if len(low) < 4:
        return
    for ending, other in (("ies", "y"), ("es", ""), ("s", "")):
        if low.endswith(ending) and not low.endswith("ss"):
            yield low[: -len(ending)] + other
    yield f"{low}s"
    if low.endswith("y") and not _TENS.fullmatch(low):  # "forty minutes" names no 1940s
        yield f"{low[:-1]}ies"


def _is_number_of(said: str, descriptors: Sequence[str]) -> bool:
    """Say whether a phrase differs from its one descriptor in case and number only."""
    return len(descriptors) == 1 and descriptors[0] in set(_numbers(said.casefold()))
