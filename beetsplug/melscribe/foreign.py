"""What is asked in another language: its words as the English descriptors of the library."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from beetsplug.melscribe.index import LibraryIndex
from melscribe_core.descriptors.spelt import in_english, name_of_language
from melscribe_core.languages.detection import language_of
from melscribe_core.request.request import Request
from melscribe_core.search.question import Wish
from melscribe_core.search.rendering import borrowed, reading


def language_asked(request: Request, about: str) -> str:
    """Return the code of the language that a request is in, "" for English or when unsure."""
    return language_of(request.text) or language_of(about)


def rendered(index: LibraryIndex, wish: Wish, request: Request) -> tuple[Wish, list[str]]:
    """Return a wish with what it says in another language in English, and notes on that."""
    from beetsplug.melscribe.words import is_word

    language = language_asked(request, wish.about)
    phrase = partial(_phrase, index, language)
    wish = replace(
        wish,
        more=tuple(map(phrase, wish.more)),
        less=tuple(map(phrase, wish.less)),
        exclude=tuple(map(phrase, wish.exclude)),
    )
    vocabulary = index.rules.vocabulary
    if language:
        read = reading(wish.about, language, vocabulary)
        said = ", ".join(read.english)
        notes = [f"read as {name_of_language(language)}: {said}"] if said else []
        return replace(wish, reading=read), notes
    about, pairs = borrowed(wish.about, vocabulary, partial(is_word, index))
    return replace(wish, about=about), [f"read {said} as {meant}" for said, meant in pairs]


def _phrase(index: LibraryIndex, language: str, phrase: str) -> str:
    """Return a phrase in English, as it is where the library or no glossary knows it."""
    vocabulary = index.rules.vocabulary
    if index.describes(phrase):
        return phrase
    read = reading(phrase, language, vocabulary)
    if language and read.english and not read.other:
        return read.text
    return ", ".join(in_english(phrase.lower(), vocabulary) or (phrase,))
