"""Read the words of a request: correct slips, parse it, and find words unknown to this library.

A word is known, a slip (misspelling) of a descriptor in the library, or unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from beets.ui import UserError

from beetsplug.melscribe import output
from beetsplug.melscribe.foreign import describes, rendered
from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.known_words import is_word
from beetsplug.melscribe.name_index import LibraryNames
from beetsplug.melscribe.request import UserRequest
from melscribe_core.languages.detection import language_of, verdict
from melscribe_core.languages.phrases import is_rendered, is_word_of
from melscribe_core.request import refinement
from melscribe_core.request.request import (
    Context,
    Request,
    asks_nothing,
    is_name,
    languages_in_doubt,
    parse,
)
from melscribe_core.search import recognition
from melscribe_core.search.question import Wish
from melscribe_core.search.rendering import own_words
from melscribe_core.search.slips import Slip, Spelling, corrected
from melscribe_core.text import brief

LONG = 1000  # characters; the encoder reads about as much
MOST_UNREAD = 3  # negations quoted in one note


_GREETING = re.compile(
    r"\bgood (?:morning|afternoon|evening|day)\b|\bhelp (?:me|us)(?: (?:out|with|make|build))?\b",
    re.IGNORECASE,
)


class NothingAskedError(UserError):
    """The words ask for nothing that could be played."""


def read_words(
    index: LibraryIndex, names: LibraryNames, asked: UserRequest
) -> tuple[Request, list[str]]:
    """Parse the words of a request, with slips corrected.

    Return it with notes on words that are ignored, negations that were not understood, and slips.
    With `--literal` all words are description. Raises NothingAskedError when they ask for nothing.
    """
    reader = Reader(index, names, literal=bool(asked.option("literal")))
    request = refinement.parse_with_remarks(
        reader.mended(asked.text),
        reader.read,
        remarks=[*map(reader.mended, asked.remarks)],
        more=[*map(reader.mended, asked.more)],
        less=[*map(reader.mended, asked.less)],
    )
    request = replace(request, text=asked.text)
    _refuse_nothing(asked, request)
    texts = (asked.text, *asked.remarks)
    languages = dict.fromkeys(note for text in texts for note in reader.on_language(text))
    return request, [*languages, *unread(asked, request), *reader.notes]


class Reader:
    """Reads words for one library; the slips that it corrects become `notes`.

    With `literal` all words are description.
    """

    def __init__(self, index: LibraryIndex, names: LibraryNames, *, literal: bool = False) -> None:
        self._index = index
        self._literal = literal
        self._context = Context(
            names,
            partial(describes, index),
            kinds=names.kinds_of,
            alike=names.alike,
            words=partial(is_word, index),
        )
        self._slips: dict[Slip, None] = {}

    @property
    def notes(self) -> list[str]:
        """Return a note for each slip."""
        return [f"took {slip.meant} for {slip.said}" for slip in self._slips]

    def mended(self, text: str) -> str:
        """Return a text with its slips corrected.

        One in another language is returned as it is: its words are no slips of English ones.
        """
        told = verdict(text)
        if self._literal or told.code or told.tied or told.unread:
            return text
        fixed, found = _mended(self._index, self._context, text)
        self._slips.update(dict.fromkeys(found))
        return fixed

    def read(self, text: str) -> Request:
        """Return the request in a text whose slips were corrected."""
        if self._literal:
            return Request(text=text, about=text)
        return parse(text, context=self._context)

    def on_language(self, text: str) -> Iterator[str]:
        """Yield the notes on the language of a text: not read, or one of several."""
        if self._literal:
            return
        unread_language = verdict(text).unread
        if unread_language and not is_name(text, self._context):
            yield (
                f"MelScribe does not read {unread_language};"
                " it searched by the words that your library shares"
            )
        if codes := languages_in_doubt(text, self._context):
            from melscribe_core.request.foreign.language import language

            said = " or ".join(language(code).name for code in codes)
            yield f'"{output.printable(brief(text))}" may be {said}; it was read as English'


def recognised(index: LibraryIndex, wish: Wish, code: str) -> tuple[Wish, list[str]]:
    """Return the wish with its missing and unknown parts marked, and the notes on these.

    Missing: descriptors that no track has. Unknown: a text without any known word. What is said in
    another language is read in English; `code` is the `language` of the request, see Request.
    """
    known = index.search.known
    wish, read = rendered(index, wish, code)
    said = wish.said(known)
    named = recognition.missing(said, known)
    missing = tuple(name for name in named if not index.search.holds_together(name))
    notes = read + [_said_missing(name, index.search.nearest_descriptor(name)) for name in missing]
    unknown = not wish.reading.language and recognition.is_gibberish(
        wish.about, known, partial(is_word, index)
    )
    if unknown and not verdict(wish.about).unread:  # said with its language
        notes.append(f'no word of "{brief(wish.about)}" is known here; the result is a guess')
    is_list = bool(missing) or recognition.is_list(said, known)
    return replace(wish, missing=missing, unknown=unknown, is_list=is_list), notes


def unknown_words(index: LibraryIndex, said: Request) -> list[str]:
    """Return a note when nothing knows any word of what was said in a later turn."""
    if language_of(said.about):
        return []
    unknown = recognition.is_gibberish(said.about, index.search.known, partial(is_word, index))
    return [f'no word of "{brief(said.about)}" is known here'] if unknown else []


def _is_known_in(index: LibraryIndex, text: str, code: str, low: str) -> bool:
    """Return whether a word is known, or one of the text's language, or of a rendering in it."""
    if is_word(index, low):
        return True
    return is_word_of(low, code) if code else is_rendered(low, text)


def unread(asked: UserRequest, request: Request) -> Iterator[str]:
    """Yield the notes on words that are ignored, or were not understood."""
    if len(asked.text) > LONG:
        yield f"of the {len(asked.text):,} characters only the beginning counts"
    if request.unread:
        quoted = ", ".join(f'"{output.printable(part)}"' for part in request.unread[:MOST_UNREAD])
        yield f'not understood: {quoted}; try "{_advice(request.language)}"'


def _advice(code: str) -> str:
    """Return how an exclusion is said in a language, "" for English."""
    if not code:
        return "..., not X"
    from melscribe_core.request.foreign.language import language  # slow, and few requests need it

    return language(code).advice


def _refuse_nothing(asked: UserRequest, request: Request) -> None:
    if asks_nothing(request):
        typed = output.printable(" / ".join((asked.text, *asked.remarks))[:60])
        raise NothingAskedError(
            f'"{typed}" leaves nothing to play; say what you want to hear, such as:'
            ' beet describe "jazz, no vocals"'
        )
    said = request.as_dict().keys() - {"text", "about", "more", "language"}
    described = " ".join((_GREETING.sub(" ", request.about), *request.more))
    words = own_words(described, request.language or language_of(described))
    is_wordless = asked.selects and not described.strip()  # favourites, whatever they are
    if not (said or asked.examples or words or is_wordless):
        raise NothingAskedError(
            f'"{output.printable(asked.text[:60])}" has no word that could be searched for;'
            " name a mood, a genre or a sound"
        )


def _mended(index: LibraryIndex, context: Context, text: str) -> tuple[str, tuple[Slip, ...]]:
    """Return a text with its slips corrected, and the slips; words of names are kept."""
    told = verdict(text)
    if told.unread:
        return text, ()
    is_known = partial(_is_known_in, index, text, told.code)
    spelling = Spelling(index.search.known, index.catalogue.words.counts, is_known, told.code)
    fixed, slips = corrected(text, spelling)
    if not slips:
        return text, ()
    request = parse(text, context=context)
    named = {
        word.casefold()
        for name in (*request.like, *request.by, *request.named)
        for word in name.split()
    }
    if named.isdisjoint(slip.said.casefold() for slip in slips):
        return fixed, slips
    with_names = replace(spelling, is_word=lambda low: low in named or is_known(low))
    return corrected(text, with_names)


def _said_missing(name: str, nearest: str) -> str:
    note = f"no track here is tagged {name}"
    return f"{note}; nearest: {nearest}" if nearest else note
