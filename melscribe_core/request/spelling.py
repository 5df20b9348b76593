"""How far a spelling is from another, and how it sounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from zlib import crc32

# Consonants that are heard as one another, or written so by ear, have one sign. Vowels have none.
_SIGNS = {
    letter: sign
    for sign, letters in (
        ("p", "b p"),
        ("t", "d t"),
        ("f", "f v ph"),
        ("k", "c k q g j dg"),
        ("s", "s z sch tch ch"),
        ("n", "m n"),
        ("ks", "x"),
        *((same, same) for same in "lr0123456789"),
    )
    for letter in letters.split()
}
_LETTERS = re.compile(r"sch|tch|ch(?![lrt])|ph|gh(?![aeiouy])|dg|.")
_TWICE = re.compile(r"(.)\1+")
_SILENT = re.compile(r"^(?:[kg](?=n)|p(?=s)|w(?=r)|t(?=s))")
_SOFT = re.compile(r"c(?=[eiy])|^x")
_VOWELS = tuple("aeiouy")
_LEAST = 2  # signs: fewer are too many names' sound


def sound_of(key: str) -> str:
    """Return how a folded name sounds, word by word: its consonants by their sound.

    A first vowel has the sign "a", whichever it is, a first "h" and "w" their own.
    """
    return " ".join(filter(None, map(_sound_of_word, key.split(" "))))


def sounds_of(key: str) -> tuple[int, int]:
    """Return the sounds of a folded name and of its last word as numbers, 0 for too little sound.

    The sound of the last word is 0 where it is the only one. Blanks are not heard.
    """
    words = key.split(" ")
    ending = _number(_sound_of_word(words[-1])) if len(words) > 1 else 0
    return _number(sound_of(key).replace(" ", "")), ending


def _sound_of_word(word: str) -> str:
    word = _SOFT.sub("s", _SILENT.sub("", word))
    first = word[:1] if word[:1] in ("h", "w") else "a" if word[:1] in _VOWELS else ""
    heard = "".join(_SIGNS.get(letters, "") for letters in _LETTERS.findall(word))
    return first + _TWICE.sub(r"\1", heard)


def _number(sound: str) -> int:
    return crc32(sound.encode()) if len(sound) >= _LEAST else 0


def distance_from(key: str) -> Callable[[str, float], float]:
    """Return a function of another name: its edit distance to `key` per letter.

    Letters are the mean of both lengths. A missing or extra letter costs half an edit; a wrong
    letter, or two swapped, one (Damerau-Levenshtein less half the difference in length).
    """
    from jellyfish import damerau_levenshtein_distance

    letters = set(key)

    def distance(other: str, most: float) -> float:
        """Return the edits per letter; infinity if a cheap bound is already over `most`."""
        lengths = (len(key) + len(other)) / 2
        odd = abs(len(key) - len(other)) / 2
        # One edit changes at most two letters of the set, half an edit one.
        if odd > most * lengths or len(letters.symmetric_difference(other)) > 2 * most * lengths:
            return float("inf")
        return (damerau_levenshtein_distance(key, other) - odd) / lengths

    return distance
