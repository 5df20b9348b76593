"""Parts of a request that a library cannot answer: genres and instruments that no track has.

The encoder finds something near to every word, so what is missing must be recognised here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from melscribe_core.request.grammar.lexicon import is_a, kind_of, phrase_of
from melscribe_core.search.mentions import KnownDescriptors
from melscribe_core.search.words import content_words

NAMED = 0.6  # least share of the content words that must be names in a list; else it is a story
KINDS = ("genre", "instrument")  # that may be missing; a mood is always present to a degree
LONGEST_NAME = 4  # words of a name
_CLAUSES = ',;:!?()[]"\n'


def is_list(text: str, known: KnownDescriptors) -> bool:
    """Say whether a text mostly names genres, moods, instruments and descriptors.

    Only of such a text can be said what is missing. A story has many words that are musical terms
    elsewhere ("shoulder pads", "a tray of drinks").
    """
    words = content_words(text)
    named = [name for clause in _clauses(text) for name in _named(clause, known)]
    named += [mention.said for mention in known.mentions(text)]
    held = set(content_words(" ".join(named)))
    musical = sum(word in held or bool(kind_of(word)) for word in words)
    return musical >= NAMED * len(words)


def missing(text: str, known: KnownDescriptors) -> tuple[str, ...]:
    """Return the genres and instruments that a text names and no track has, as written there.

    One that is part of a descriptor ("jazz" of "acid jazz") is not missing; nor, within a longer
    phrase, an ordinary word that is only sometimes musical ("country", "house").
    """
    found = (name for clause in _clauses(text) for name in _named(clause, known))
    names = tuple(dict.fromkeys(name for name in found if not known.holds(name)))
    return names if names and is_list(text, known) else ()


def is_gibberish(text: str, known: KnownDescriptors, is_word: Callable[[str], bool]) -> bool:
    """Say whether a text has words and none of them is known."""
    words = content_words(text)
    return bool(words) and not any(is_word(word) or known.holds(word) for word in words)


def _clauses(text: str) -> list[str]:
    for mark in _CLAUSES:
        text = text.replace(mark, "\n")
    return text.split("\n")


def _named(clause: str, known: KnownDescriptors) -> Iterator[str]:
    """Yield the names of genres and instruments in a clause, the longest at each place."""
    words = clause.split()
    at = 0
    while at < len(words):
        name = _longest(words, at, known)
        if name and (len(words) <= 2 or not is_a(name.casefold(), "doubtful")):
            yield name
        at += max(1, len(name.split()))


def _longest(words: list[str], at: int, known: KnownDescriptors) -> str:
    for end in range(min(at + LONGEST_NAME, len(words)), at, -1):
        name = " ".join(words[at:end]).strip(" .'’-–—")
        if known.find(name) or kind_of(*phrase_of(name)) in KINDS:
            return name
    return ""
