"""Word lists: the *.txt files of this folder, each read once, when first needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

from melscribe_core.request.folding import fold, fold_name
from melscribe_core.request.grammar.tokens import tokenize

Phrase: TypeAlias = tuple[str, ...]
_HERE = Path(__file__).parent


def phrase_of(text: str) -> Phrase:
    """Return the folded words of `text` without hyphens, the form in which phrases are compared."""
    plain = text.lower().replace("-", " ").split()
    if text.isascii() and "".join(plain).isalpha():  # most entries: skip the tokenizer
        return tuple(plain)
    return tuple(token.low for token in tokenize(fold(text)) if token.low not in ("-", "—"))


def sections(file: str) -> dict[str, frozenset[Phrase]]:
    """Return the sections of a list file: name -> its entries as phrases."""
    return {name: section(file, name) for name in _texts(file)}


@cache
def section(file: str, name: str) -> frozenset[Phrase]:
    """Return the entries of one section of a list file as phrases.

    Sections are parsed one by one because most requests need few of them.
    """
    return _entries(_texts(file)[name])


@cache
def _texts(file: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    name = ""
    for line in _lines(file):
        if line.startswith("["):
            name = line.strip("[]")
        else:
            texts[name] = f"{texts.get(name, '')} {line}"
    return texts


def _entries(text: str) -> frozenset[Phrase]:
    return frozenset(filter(None, map(phrase_of, text.split(","))))


@cache
def words(name: str) -> frozenset[str]:
    """Return the one-word entries of a section of words.txt, folded."""
    return frozenset(entry[0] for entry in section("words.txt", name) if len(entry) == 1)


@cache
def not_artists() -> frozenset[Phrase]:
    """Return phrases that are capitalised but name no artist: days, peoples, places."""
    return section("words.txt", "not an artist") | section("words.txt", "place")


@cache
def entries(name: str) -> dict[str, tuple[Phrase, ...]]:
    """Return the entries of a section of words.txt by their first word, longest first."""
    return by_first_word(section("words.txt", name))


@cache
def kinds() -> dict[Phrase, str]:
    """Return the kind of each musical phrase: genre, instrument, voice, sound, form or mood.

    A phrase listed in two sections has the kind of the first.
    """
    found: dict[Phrase, str] = {}
    for kind, phrases in sections("musical.txt").items():
        for phrase in phrases:
            found.setdefault(phrase, kind)
    return found


def kind_of(*words: str) -> str:
    """Return the musical kind of a phrase, singular or plural; "" when it is not musical."""
    found = kinds()
    return next((found[form] for form in _singulars(words) if form in found), "")


def _singulars(phrase: Phrase) -> Iterator[Phrase]:
    yield phrase
    head = phrase[-1] if phrase else ""
    for ending, replacement in (("s", ""), ("es", ""), ("ies", "y")):
        if len(head) > len(ending) + 2 and head.endswith(ending):
            yield (*phrase[:-1], head[: -len(ending)] + replacement)


def singulars(said: str) -> list[str]:
    """Return possible singulars of a phrase: its last word without "s", "es" or "ies"."""
    *before, head = said.split(" ")
    return [" ".join((*before, form)) for (form,) in _singulars((head,)) if form != head]


def is_a(low: str, *names: str) -> bool:
    """Return whether a folded word is an entry of one of these sections of words.txt."""
    return any(low in words(name) for name in names)


def is_rare(low: str) -> bool:
    """Return whether a folded word is missing from ordinary.txt, and so may be part of a name."""
    return len(low) > 1 and not {low, low.removesuffix("s")} & ordinary()


def is_listed(low: str) -> bool:
    """Return whether a folded word is in any of the word lists, and so is not a typing error."""
    return low in ordinary() or low in _listed() or low in _near_music()


@cache
def _near_music() -> frozenset[str]:
    """Return real words one typing error away from a musical word: "clam", "prance"."""
    return frozenset(" ".join(_lines("near.txt")).split())


@cache
def _listed() -> frozenset[str]:
    """Return every word of words.txt, musical.txt, idioms.txt and acts.txt."""
    files = (sections("words.txt"), sections("musical.txt"))
    phrases = [phrase for file in files for section in file.values() for phrase in section]
    sayings = [phrase for group in idioms().values() for phrase in group]
    names = [tuple(fold_name(name).split()) for name in _acts()]
    return frozenset(word for phrase in (*phrases, *sayings, *names) for word in phrase)


@cache
def compounds() -> dict[str, tuple[Phrase, ...]]:
    """Return the musical phrases of several words by their first word, longest first."""
    return by_first_word(phrase for phrase in kinds() if len(phrase) > 1)


@cache
def idioms() -> dict[str, tuple[Phrase, ...]]:
    """Return the idioms by their first word, longest first."""
    return by_first_word(phrase_of(line) for line in _lines("idioms.txt"))


@cache
def sayings() -> dict[str, tuple[Phrase, ...]]:
    """Return sayings whose negation excludes nothing ("can't wait"), by their first word."""
    return by_first_word(phrase_of(line) for line in _lines("sayings.txt"))


@cache
def ordinary() -> frozenset[str]:
    """Return the ordinary words, folded."""
    return frozenset(" ".join(_lines("ordinary.txt")).split())


@cache
def acts() -> frozenset[str]:
    """Return the well-known acts, folded as names.

    A name that would be an ordinary word without its article keeps it: "the who", "the band".
    """
    found = set()
    for name in _acts():
        folded = fold_name(name)
        keeps = fold(name).startswith("the ") and folded in ordinary()
        found.add(f"the {folded}" if keeps else folded)
    return frozenset(found)


@cache
def _act_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for name in sorted(_acts(), key=len):  # "The Beatles" after "Beatles"
        names[fold_name(name)] = name
    return names


def act_name(folded: str) -> str:
    """Return how a well-known act is written, with its article; "" for none of this name."""
    return _act_names().get(folded, "")


def is_known_act(folded: str) -> bool:
    """Return whether a folded name is that of a well-known act, with or without "the"."""
    return folded in acts() or f"the {folded}" in acts()


@cache
def shouting_acts() -> frozenset[str]:
    """Return the well-known acts whose name ends in a mark ("Neu!"), folded."""
    return frozenset(fold_name(name) for name in _acts() if name[-1] in "!?")


def _acts() -> list[str]:
    return [name.strip() for name in " ".join(_lines("acts.txt")).split(";") if name.strip()]


def by_first_word(phrases: Iterable[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    """Group phrases by their first word, longest first."""
    groups: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        groups.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(sorted(group, key=len, reverse=True)) for first, group in groups.items()}


class KnownNames:
    """The names of a library, folded once for many requests; a call looks one up."""

    def __init__(self, names: Iterable[str]) -> None:
        self._folded = frozenset(map(fold_name, names))

    def __call__(self, folded: str) -> bool:
        """Return whether a folded name is known."""
        return folded in self._folded


Names: TypeAlias = Callable[[str], bool] | Collection[str]


def as_lookup(names: Names | None) -> Callable[[str], bool]:
    """Return a predicate on folded names; with None it is always False."""
    if names is None:
        return lambda folded: False
    return names if callable(names) else KnownNames(names)


def _lines(file: str) -> list[str]:
    text = (_HERE / file).read_text(encoding="utf-8")
    return [line for line in map(str.strip, text.splitlines()) if line and line[0] != "#"]
