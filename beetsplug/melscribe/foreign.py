"""What is asked in another language: its words as the English descriptors of the library."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.known_words import is_word
from melscribe_core.descriptors.spelt import in_english, name_of_language
from melscribe_core.languages.detection import language_of
from melscribe_core.search.question import Wish
from melscribe_core.search.rendering import borrowed, has_strange, reading


def describes(index: LibraryIndex, phrase: str) -> bool:
    """Return whether a phrase is a descriptor of some track, or means one in another language.

    Of a phrase that tells its language the rules of that one decide.
    """
    if index.describes(phrase):
        return True
    low = phrase.casefold()

    def is_form(word: str) -> bool:  # the grammar asks for "minut" too, as a singular of "minutes"
        return is_word(index, word) or is_word(index, f"{word}es")

    if not has_strange(low, is_form) or language_of(phrase):
        return False
    return bool(in_english(low, index.rules.vocabulary))


def rendered(index: LibraryIndex, wish: Wish, language: str) -> tuple[Wish, list[str]]:
    """Return a wish with what it says in another language in English, and notes on that.

    `language` is the code of the request's own, "" for English or when unsure.
    """
    phrase = partial(_phrase, index, language)
    wish = replace(
        wish,
        more=tuple(map(phrase, wish.more)),
        less=tuple(map(phrase, wish.less)),
        exclude=tuple(map(phrase, wish.exclude)),
    )
    vocabulary = index.rules.vocabulary
    language = language or ("" if index.describes(wish.about) else language_of(wish.about))
    if language:
        read = reading(wish.about, language, vocabulary)
        said = ", ".join(read.english)
        notes = [f"read as {name_of_language(language)}: {said}"] if said else []
        return replace(wish, reading=read), notes
    about, pairs = borrowed(wish.about, vocabulary, partial(is_word, index))
    return replace(wish, about=about), [f"read {said} as {meant}" for said, meant in pairs]


def _phrase(index: LibraryIndex, language: str, phrase: str) -> str:
    """Return a phrase in English, as it is where the library or no glossary knows it."""
    if not phrase or index.describes(phrase):
        return phrase
    vocabulary = index.rules.vocabulary
    if spoken := language or language_of(phrase):
        read = reading(phrase, spoken, vocabulary)
        if read.english and not read.other:
            return read.text
    return ", ".join(in_english(phrase.casefold(), vocabulary) or (phrase,))
