"""Detection: which language a request is in, told by its words.

The words of every language are in data/: telling.txt in the folder of each that is read,
english.txt, and unread.txt for those that are not. A word of one language alone weighs 2, one of
two languages 1, one of more 0.5; an ending ("*iges") weighs half. Each counts once. English is the
only language that is named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from melscribe_core.languages.glossary import codes, data
from melscribe_core.languages.lists import listed_words, numbered_lines, sections_of
from melscribe_core.text import unaccented

if TYPE_CHECKING:
    from importlib.abc import Traversable
    from pathlib import Path

ENGLISH = "English"
TELLING = "telling.txt"  # in a language's folder: the words by which it is told
# Least weight of the words of a language that is read, and by how much it must exceed any other.
_LEAST, _AHEAD = 2.0, 0.5
_LEAST_SHARED = 1.0  # of words that all belong to other languages too, none of them English
_LEAST_UNREAD, _AHEAD_UNREAD = 3.0, 1.5  # of one that is not read: wrong advice is worse than none
_WEIGHTS = {1: 2.0, 2: 1.0}
_OF_MANY = 0.5
_SPOKEN = 0.5  # share of letters in a script that makes it the script of the request
_LONGEST_ENDING, _SHORTEST_STEM = 7, 3  # letters
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+[^\W\d_]*|[¿¡]")
_ENYE = "\ue000"  # for "ñ" while accents are removed: "años" is told from "anos"
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Verdict:
    """What was found out about the language of a text.

    code: the language whose rules read it; "" for English and when nothing decides.
    tied: the codes of languages that fit equally well; () unless `code` is "" for that reason.
    unread: the English name of a language or script that is not read; "" for none.
    """

    code: str = ""
    tied: tuple[str, ...] = ()
    unread: str = ""


def language_of(text: str) -> str:
    """Return the code of the language that a request is in; "" for English or when unsure."""
    return verdict(text).code


@lru_cache(maxsize=256)
def verdict(text: str) -> Verdict:
    """Return what the words of a request tell of its language."""
    script = _script(text)
    if script:
        return Verdict(unread=script)
    weights = _weights(text)
    if not weights:
        return Verdict()
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    (best, most), rest = ranked[0], ranked[1:]
    second = rest[0][1] if rest else 0.0
    read = codes()
    if best in read and most >= _LEAST and most - second >= _AHEAD:
        return Verdict(best)
    equal = [one for one, weight in ranked if most - weight < _AHEAD]
    ours = tuple(sorted(one for one in equal if one in read))
    if ours and most >= _LEAST_SHARED and most - weights.get(ENGLISH, 0.0) >= _AHEAD:
        # Words that several languages share are read when we read only one of them.
        return Verdict(ours[0]) if len(ours) == 1 else Verdict(tied=ours)
    unread = best not in read and best != ENGLISH
    if unread and most >= _LEAST_UNREAD and most - second >= _AHEAD_UNREAD:
        return Verdict(unread=best)
    return Verdict()


def plain(word: str) -> str:
    """Return a word in lower case without accents, the form that is compared.

    "ñ" stays, which tells Spanish, and so do apostrophes, at which words are parted later.
    """
    low = word.replace("’", "'").casefold()
    if low.isascii():
        return low
    return unaccented(low.replace("ñ", _ENYE)).replace(_ENYE, "ñ")


def _weights(text: str) -> dict[str, float]:
    """Return for each language the weight of its words in a text."""
    known = _languages_of_words()
    found: dict[str, float] = {}
    for word in dict.fromkeys(_words(plain(text))):
        languages = known.get(word, ())
        weight = _WEIGHTS.get(len(languages), _OF_MANY)
        if not languages:
            languages = _by_ending(word)
            weight = _WEIGHTS.get(len(languages), _OF_MANY) / 2
        for language in languages:
            found[language] = found.get(language, 0.0) + weight
    return found


def _words(low: str) -> Iterator[str]:
    """Yield the words of a text in lower case; a word with an apostrophe unknown whole in parts."""
    known = _languages_of_words()
    for word in _WORD.findall(low):
        if word[0].isdigit():
            yield _NUMBER.sub("#", word)
        elif "'" not in word or word in known:
            yield word
        else:
            first, _, rest = word.partition("'")
            yield f"{first}'"
            yield rest.rpartition("'")[2]


def _by_ending(word: str) -> tuple[str, ...]:
    """Return the languages in which words end like this one."""
    known = _languages_of_words()
    longest = min(_LONGEST_ENDING, len(word) - _SHORTEST_STEM)
    endings = (f"*{word[-size:]}" for size in range(longest, 1, -1))
    return next((known[ending] for ending in endings if ending in known), ())


@cache
def _languages_of_words() -> Mapping[str, tuple[str, ...]]:
    """Return for each telling word the languages that have it: codes, or names of unread ones."""
    lists = {code: telling_words(data() / code) for code in codes()}
    lists[ENGLISH] = listed_words(data() / "english.txt")
    unread = sections_of(data() / "unread.txt")
    lists |= {name: " ".join(written).split() for name, written in unread.items()}
    found: dict[str, dict[str, None]] = {}
    for language, listed in lists.items():
        for word in listed:
            for form in _forms(word):
                found.setdefault(form, {})[language] = None
    return {word: tuple(languages) for word, languages in found.items()}


def _forms(word: str) -> set[str]:
    """Return a word without accents, and with "ue" for "ü" and the like."""
    if word.isascii():  # most are; the lists are read at every request
        return {word.casefold()}
    written = word.translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"})
    return {plain(word), plain(written)}


def telling_words(folder: Traversable | Path) -> list[str]:
    """Return the words of a language's folder by which it is told, as written."""
    return listed_words(folder / TELLING)


def _script(text: str) -> str:
    """Return the name of the script that most letters are in, when it is not Latin; "" else."""
    if text.isascii():
        return ""
    letters = [letter for letter in text if letter.isalpha()]
    counts: dict[str, int] = {}
    for letter in letters:
        name = "" if letter < "\u0370" else _script_of(ord(letter))
        if name:
            counts[name] = counts.get(name, 0) + 1
    if sum(counts.values()) <= _SPOKEN * len(letters):
        return ""
    if "Japanese" in counts:  # its Chinese characters have the same code points
        return "Japanese"
    return max(counts, key=lambda name: counts[name])


def _script_of(point: int) -> str:
    return next((name for first, last, name in _scripts() if first <= point <= last), "")


@cache
def _scripts() -> tuple[tuple[int, int, str], ...]:
    rows = (line.split(" ", 2) for _, line in numbered_lines(data() / "scripts.txt"))
    return tuple((int(first, 16), int(last, 16), name) for first, last, name in rows)
