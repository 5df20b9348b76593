"""A language: the data in its folder, compiled into a grammar and what goes with it.

`load` takes any folder; `language` the bundled ones, each loaded when a request is first in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from melscribe_core.errors import MelScribeError
from melscribe_core.languages.detection import telling_words
from melscribe_core.languages.glossary import data, senses_in
from melscribe_core.languages.rulebook import RULES, Rulebook, WrittenRule, read_rulebook
from melscribe_core.request.foreign.conditions import guard
from melscribe_core.request.foreign.glossing import Glossing
from melscribe_core.request.foreign.meanings import meaning
from melscribe_core.request.foreign.names import NameReader, NameWords
from melscribe_core.request.foreign.scene import ForeignScene, Writing, phrases_of
from melscribe_core.request.foreign.terms import Adjectives, Decades, Numbers
from melscribe_core.request.foreign.unwanted import UnwantedReader, UnwantedWords
from melscribe_core.request.grammar.about import Connectives
from melscribe_core.request.grammar.context import Context
from melscribe_core.request.grammar.durations import read_clock
from melscribe_core.request.grammar.lexicon import Phrase
from melscribe_core.request.grammar.pattern import Grammar, Reader, Rule, Term, Ways, Words

if TYPE_CHECKING:
    from importlib.abc import Traversable
    from pathlib import Path

_PIECE = re.compile(r"\{[^{}]+\}|>>|[^\s()\[\]|{}]+")


@dataclass(frozen=True)
class Language:
    """One language, ready to read requests.

    name: what it is called in English; advice: how an exclusion is said in it ("ohne X").
    denials: phrases of negation, by first word; sayings: those after which nothing is excluded.
    """

    code: str
    name: str
    advice: str
    grammar: Grammar
    writing: Writing
    idioms: Mapping[str, tuple[Phrase, ...]]
    connectives: Connectives
    denials: Mapping[str, tuple[Phrase, ...]]
    sayings: Mapping[str, tuple[Phrase, ...]]
    glossing: Glossing

    def scene(self, text: str, context: Context) -> ForeignScene:
        """Return the scene of a cleaned request."""
        return ForeignScene(text, context, self.writing, self.idioms)


@cache
def language(code: str) -> Language:
    """Return a bundled language by its code, compiled once."""
    return load(data() / code, code)


def load(folder: Traversable | Path, code: str) -> Language:
    """Return the language in a folder.

    Raises MelScribeError for a rule that cannot be compiled, with the file and the rule.
    """
    book = read_rulebook(folder)
    writing = _writing(book)
    glossing = _glossing(book, writing, folder)
    return Language(
        code=code,
        name=" ".join(_listed(book, "name")) or code,
        advice=" ".join(_listed(book, "advice")),
        grammar=_grammar(book, writing, glossing, folder),
        writing=writing,
        idioms=phrases_of(writing, _listed(book, "idioms")),
        connectives=_connectives(book, writing),
        denials=phrases_of(writing, _listed(book, "denials")),
        sayings=phrases_of(writing, _listed(book, "sayings")),
        glossing=glossing,
    )


def _listed(book: Rulebook, name: str) -> tuple[str, ...]:
    return book.lists.get(name, ())


def _pairs(book: Rulebook, name: str) -> dict[str, str]:
    """Return the entries "left = right" of a list."""
    entries = (entry.partition("=") for entry in _listed(book, name))
    return {left.strip(): right.strip() for left, _, right in entries}


def _writing(book: Rulebook) -> Writing:
    bare = Writing()
    return Writing(
        spellings=tuple(_pairs(book, "spellings").items()),
        elisions=frozenset(map(bare.form, _listed(book, "elisions"))),
        units=frozenset(map(bare.form, _listed(book, "units"))),
    )


def _glossing(book: Rulebook, writing: Writing, folder: Traversable | Path) -> Glossing:
    return Glossing(
        writing=writing,
        meanings=senses_in(folder),
        preferred=_pairs(book, "unwanted"),
        endings=tuple(sorted(_listed(book, "endings"), key=len, reverse=True)),
        heads=_listed(book, "heads"),
        tails=tuple(map(writing.form, _listed(book, "tails"))),
    )


def _words(book: Rulebook, writing: Writing, name: str) -> frozenset[str]:
    return frozenset(map(writing.form, _listed(book, name)))


def _connectives(book: Rulebook, writing: Writing) -> Connectives:
    return Connectives(
        last=_words(book, writing, "loose last"),
        first=_words(book, writing, "loose first"),
        continues=_words(book, writing, "continues"),
        joins=_words(book, writing, "but"),
        filler=_words(book, writing, "filler"),
        asking=phrases_of(writing, _listed(book, "asking")),
    )


def _grammar(
    book: Rulebook, writing: Writing, glossing: Glossing, folder: Traversable | Path
) -> Grammar:
    terms = _readers(book, writing, glossing, folder)
    compiled: list[Grammar] = []

    def unknown(name: str) -> Term:
        raise ValueError(f"there is no class of words or term {name!r}")

    def made(rule: WrittenRule) -> tuple[str, Callable[..., object]]:
        return _folded(writing, rule.pattern), meaning(rule.meaning)

    try:
        if twice := terms.keys() & {*book.words, *book.terms} | book.words.keys() & book.terms:
            raise ValueError(f"{min(twice)!r} is the name of two terms; rename one")
        for name, pattern in book.words.items():
            terms[name] = Words(_folded(writing, pattern))
        for name, ways in book.terms.items():
            terms[name] = Ways(*map(made, ways))
        rules = []
        for key, rule in book.rules:
            when = guard(rule.conditions, lambda name: compiled[0].slot(name), glossing)
            pattern, make = made(rule)
            yes = {text: _as_tuple(value) for text, value in rule.yes.items()}
            rules.append(Rule(key, pattern, make, yes, rule.no, when))
        compiled.append(Grammar(terms, rules, listed=unknown))
    except (ValueError, TypeError) as reason:
        raise MelScribeError(f"{folder.name}/{RULES}: {reason}; correct it") from reason
    return compiled[0]


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _folded(writing: Writing, pattern: str) -> str:
    """Return a pattern with its words in the form of the tokens."""

    def form(piece: re.Match[str]) -> str:
        word = piece[0]
        return word if word[0] == "{" or word == ">>" else writing.form(word)

    return _PIECE.sub(form, pattern)


def _readers(
    book: Rulebook, writing: Writing, glossing: Glossing, folder: Traversable | Path
) -> dict[str, Term]:
    numbers = Numbers(book.numbers, writing)
    decades = Decades(book.decades, _listed(book, "decade endings"), writing)
    stops = _words(book, writing, "stops")
    names = NameReader(_name_words(book, writing, stops, folder), glossing)
    unwanted = UnwantedReader(
        UnwantedWords(
            determiners=phrases_of(writing, _listed(book, "determiners")),
            joints=_words(book, writing, "joints"),
            stops=stops,
            decade=decades.read,
        ),
        glossing,
        names,
    )
    return {
        "number": Reader(numbers.number),
        "year": Reader(numbers.year),
        "short": Reader(numbers.short),
        "tens": Reader(numbers.tens),
        "decade": Reader(decades.read),
        "clock": Reader(read_clock),
        "adjectives": Reader(Adjectives(stops).read, silent=True),
        "names": Reader(names.reads(capitals=True)),
        "known names": Reader(names.reads(capitals=False)),
        "unwanted": Reader(unwanted.reads(anything=False)),
        "unwanted any": Reader(unwanted.reads(anything=True)),
    }


def _name_words(
    book: Rulebook, writing: Writing, stops: frozenset[str], folder: Traversable | Path
) -> NameWords:
    common = stops | frozenset(map(writing.form, telling_words(folder)))
    return NameWords(
        articles=_words(book, writing, "name articles"),
        own=_listed(book, "own articles"),
        small=_words(book, writing, "small in names"),
        joints=_words(book, writing, "joints"),
        never=frozenset(map(writing.phrase, _listed(book, "never names"))),
        common=common.__contains__,
        nouns_are_capitals="nouns" in _listed(book, "capitals"),
        dative="".join(_listed(book, "dative")),
    )
