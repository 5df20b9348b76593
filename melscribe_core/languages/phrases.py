"""Phrases in other languages -> the English descriptors that they mean, by the glossaries.

Case, accents, hyphens and apostrophes do not count. The longest rendering counts at each place; a
word that differs from one in its ending alone (endings.txt) counts as it, a compound word as its
two parts where the language joins words (joints.txt). A tag is translated when it is surely of
another language: one that is also English, a name or a genre of its own (kept.txt) is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from melscribe_core.languages.glossary import codes, data, renderings
from melscribe_core.languages.lists import listed_words

LONGEST = 6  # words of a rendering that is looked up
_LONGEST_TAG = 6  # words of a tag that is read as several renderings
_SHORTEST_STEM = 4  # letters of a word before an ending that may differ
_TELLING = 6  # letters of a stop word that tells a tag's language: "musica", "musique"
_SHORTEST_PART = 4  # letters of each part of a compound word
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_APART = re.compile(r"[^\w|\n]+|_")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


class Rendering(NamedTuple):
    """A part of a text, text[start:end], and the English descriptors that it means."""

    start: int
    end: int
    said: str
    english: tuple[str, ...]


def rendered(text: str, code: str, *, exact: bool = False) -> tuple[Rendering, ...]:
    """Return the renderings of a language in a text, left to right, the longest at each place.

    Each has the first of its meanings in the glossary. An `exact` one does not differ in its
    ending. Empty when the text has none.
    """
    matches = [*_WORD.finditer(text)]
    words = [folded(match[0]) for match in matches]
    found = []
    for first, last, english in _parts(words, code, exact=exact):
        start, end = matches[first].start(), matches[last - 1].end()
        found.append(Rendering(start, end, text[start:end], english))
    return tuple(found)


@lru_cache(maxsize=1 << 14)  # an index has a few thousand distinct descriptors
def english_of(tag: str) -> tuple[str, ...]:
    """Return the English descriptors that a tag in another language means; () for any other tag.

    Every word of it must belong to a rendering or be a stop word, and one at least must be no
    English word.
    """
    words = [folded(word) for word in _WORD.findall(tag)]
    if not words or len(words) > _LONGEST_TAG or all(map(_is_english, words)):
        return ()
    if _is_english("".join(words)):  # "auto-tune"
        return ()
    if any(" ".join(words) in kept(code) for code in codes()):
        return ()  # in one language a rendering, in another a word that is English too
    found = [*filter(None, (_of_tag(words, code) for code in codes()))]
    return max(found, key=found.count, default=())  # what most languages say, else the first


def is_word_of(word: str, code: str) -> bool:
    """Say whether a language's stop words or renderings have a word, or a compound of theirs."""
    low = folded(word)
    return low in stop_words(code) or low in _words_of(code) or bool(_of_word(low, code))


def is_rendered(word: str, text: str) -> bool:
    """Say whether a word of a text belongs to a rendering in it, of any language."""
    low = folded(word)
    parts = (part for code in codes() for part in rendered(text, code, exact=True))
    return any(low in folded(part.said).split() for part in parts)


@lru_cache(maxsize=1 << 14)
def folded(text: str) -> str:
    """Return a text in lower case without accents, its words parted by one space; "ñ" is "n"."""
    low = text.casefold()
    return _APART.sub(" ", low if low.isascii() else _unaccented(low)).strip()


@cache
def stop_words(code: str) -> frozenset[str]:
    """Return the words of a language, folded, that do not describe how music sounds."""
    return frozenset(folded(word) for word in _listed(code, "stopwords.txt"))


@cache
def kept(code: str) -> frozenset[str]:
    """Return the renderings of a language, folded, that are no reason to translate a tag."""
    return frozenset(folded(word.replace("_", " ")) for word in _listed(code, "kept.txt"))


@cache
def words_written(code: str) -> Mapping[str, str]:
    """Return the words of a language's renderings: folded -> as they are written there."""
    said = (word for words in renderings(code).values() for one in words for word in one.split())
    words = (match[0] for one in said for match in _WORD.finditer(one))
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(folded(word), word)
    return found


@cache
def table(code: str) -> Mapping[str, tuple[str, ...]]:
    """Return each rendering of a language, folded, with its first meaning."""
    rows = [(meaning, "|".join(words).casefold()) for meaning, words in renderings(code).items()]
    rows += [(row[0], spelt) for row in rows if (spelt := row[1].translate(_UMLAUTS)) != row[1]]
    # The whole file is folded at once: word by word it takes ten times as long.
    lines = _APART.sub(" ", _unaccented("\n".join(row[1] for row in rows))).split("\n")
    found: dict[str, tuple[str, ...]] = {}
    for (meaning, _), line in zip(rows, lines, strict=True):
        for rendering in line.split("|"):
            found.setdefault(rendering.strip(), meaning)
    found.pop("", None)
    return found


def _of_tag(words: Sequence[str], code: str) -> tuple[str, ...]:
    """Return what all words of a tag mean together in a language, () if one of them is unknown."""
    parts = [*_parts(words, code, exact=True)]
    covered = {at for first, last, _ in parts for at in range(first, last)}
    rest = [word for at, word in enumerate(words) if at not in covered]
    # Of stop words only long ones tell the language: "musique de film", not "de la soul".
    silent = kept(code) | {word for word in stop_words(code) if len(word) < _TELLING}
    foreign = any(
        not (_is_english(word) or word in silent)
        for first, last, _ in parts
        for word in words[first:last]
    )
    if not foreign or any(word not in stop_words(code) or word in _denials(code) for word in rest):
        return ()
    return tuple(dict.fromkeys(name for _, _, english in parts for name in english))


def _parts(
    words: Sequence[str], code: str, *, exact: bool = False
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield the first word, the end and the meaning of each rendering, the longest at each.

    An `exact` one does not differ in its ending.
    """
    known, at = table(code), 0
    while at < len(words):
        for end in range(min(at + LONGEST, len(words)), at, -1):
            if english := known.get(" ".join(words[at:end])):
                break
        else:
            end = at + 1
            english = _of_word(words[at], code, exact=exact)
        if english and not (end == at + 1 and words[at] in stop_words(code)):
            yield at, end, english
        at = end


def _of_word(word: str, code: str, *, exact: bool = False) -> tuple[str, ...]:
    """Return what another form of a rendering means, or a compound of two; () for other words."""
    if word in stop_words(code) or word.isdecimal():
        return ()
    return _compound(word, code) or (() if exact else _inflected(word, code))


def _inflected(word: str, code: str) -> tuple[str, ...]:
    """Return the meaning of a rendering that differs in its ending only."""
    known, endings = table(code), _endings(code)
    for ending in ("", *endings):
        stem = word.removesuffix(ending)
        if word.endswith(ending) and len(stem) >= _SHORTEST_STEM:
            for other in ("", *endings):
                if english := known.get(stem + other):
                    return english
    return ()


def _compound(word: str, code: str) -> tuple[str, ...]:
    """Return what the two parts of a compound word mean, () for any other word."""
    joints = _joints(code)
    if not joints:
        return ()
    known, stop = table(code), stop_words(code)
    for at in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
        head, tail = known.get(word[at:]), word[:at]
        if head is None and word[at:] not in stop:
            continue
        for joint in ("", *joints):
            first = known.get(tail.removesuffix(joint)) if tail.endswith(joint) else None
            if (
                first
                and len(tail) - len(joint) >= _SHORTEST_PART
                and not (_is_english(word[at:]) and _is_english(tail))
            ):
                return tuple(dict.fromkeys((*first, *(head or ()))))
    return ()


def _is_english(word: str) -> bool:
    """Say whether a folded word is an English one, as far as descriptors have it; or a number."""
    english = _english_words()
    plural = word.endswith("s") and word[:-1] in english
    return word in english or plural or word.isdecimal()


@cache
def _english_words() -> frozenset[str]:
    """Return the words of all English descriptors in the glossaries, folded, glued and apart."""
    names = {name for code in codes() for meaning in table(code).values() for name in meaning}
    low = {folded(name) for name in names}
    apart = {word for name in low for word in name.split()}
    return frozenset(apart | {name.replace(" ", "") for name in low})


@cache
def _words_of(code: str) -> frozenset[str]:
    return frozenset(word for rendering in table(code) for word in rendering.split())


@cache
def _denials(code: str) -> frozenset[str]:
    return frozenset(_listed(code, "denials.txt"))


@cache
def _endings(code: str) -> tuple[str, ...]:
    return tuple(_listed(code, "endings.txt"))


@cache
def _joints(code: str) -> tuple[str, ...]:
    return tuple(_listed(code, "joints.txt"))


def _listed(code: str, name: str) -> list[str]:
    """Return the words of a list in a language's folder; [] for no file."""
    file = data() / code / name
    return listed_words(file) if file.is_file() else []


def _unaccented(text: str) -> str:
    """Return a text without accents: not `text.unaccented`, which is slow on a whole glossary.

    Marks of other scripts, which are letters there, stay.
    """
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))
