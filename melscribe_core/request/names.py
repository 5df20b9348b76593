"""Names: the names of a library, and the forms and keys by which an index finds them.

Reading order: the names of one kind; a name -> its forms, with their keys; what is said -> keys.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from melscribe_core.request.folding import fold_name
from melscribe_core.request.joint_names import is_nobody
from melscribe_core.request.spelling import sounds_of
from melscribe_core.songs.versions import read_title

# "credit": a person credited on a track who is not its artist, such as the composer.
NameKind = Literal["artist", "credit", "title", "album"]

fold = lru_cache(maxsize=1 << 17)(fold_name)  # the same names repeat on many tracks

Keys = NDArray[np.uint64]
# In which way a name may be meant by what is said: see `keys_of`.
Way = Literal["written", "surname", "version", "beginning"]

PEOPLE: tuple[NameKind, ...] = ("artist", "credit")  # whose names have a surname

_FLAGS: dict[str, int] = {"artist": 1, "credit": 2, "title": 4, "album": 8, "surname": 16}
# A name with other marks than said; the song that a title is a version of; the first words.
_FOLDED, _SONG, _BEGUN = 32, 64, 128
_CALLED = 15  # the flags of whole names
_MASK = 255
_SURNAME_WORDS = 3  # at most: "van der Graaf"
_BEGUN_WORDS = 2, 12  # at least, at most: "Battle Tanks" of "Battle Tanks OST"

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
    | {"Ø": "o", "Ł": "l", "Đ": "d", "Ð": "d", "Þ": "th", "Æ": "ae", "Œ": "oe"}
)
_MARKS = (
    (re.compile(r"['’‘`´]n['’‘`´]", re.IGNORECASE), " n "),  # rock'n'roll
    (re.compile(r"\$(?=\$*[^\W\d_])|(?<=[^\W\d_])\$|(?<=[^\W\d_]\$)\$"), "s"),  # Ke$ha
    (re.compile(r"(?<=[^\W\d_])!(?=[^\W\d_])"), "i"),  # P!nk
)
# What is left out when an artist's name is said shorter: "guns roses", "florence and machine".
_AND = re.compile(r"(?<=\w\w) (?:and|n) (?=\w\w)")
_FEWER = _AND, re.compile(r"(?<= and) the "), re.compile(r" and (?:the )?")
_SAME_WORDS = {"mr": "mister", "dr": "doctor", "st": "saint"}

_MARKED = re.compile("[$!'`]|[^\x00-\x7f]")
_REWRITTEN = frozenset(("n", *_SAME_WORDS))


class Form(NamedTuple):
    """One form of a name: its key, and of a whole name the shape and sounds.

    See `shape_of` and `melscribe_core.request.spelling.sounds_of`.
    """

    key: int
    letters: int = 0
    length: int = 0
    sound: int = 0
    ending: int = 0


class KindOfNames(Protocol):
    """The names of one kind in a library, of which only those that may be meant are read."""

    @property
    def kind(self) -> NameKind:
        """The kind."""
        ...

    def meant(self, said: str, way: Way) -> Names:
        """Return the names that `said` may mean in this way, possibly with others."""
        ...

    def close(self, key: str, most: float) -> Names:
        """Return the names with at most as many edits per letter, possibly with others.

        Each has at least one of its tracks.
        """
        ...

    def sounding(self, key: str) -> Names:
        """Return the names that, or whose last words, sound like a folded name, likewise."""
        ...

    def among(self, tracks: Collection[int]) -> Names:
        """Return the names of these tracks."""
        ...


@dataclass(frozen=True)
class Names:
    """Names of one kind: folded name -> (name as spelled in the library, track ids)."""

    kind: NameKind
    known: Mapping[str, tuple[str, tuple[int, ...]]]

    @cached_property
    def alike(self) -> dict[str, list[str]]:
        """Return the folded names by coarse form."""
        found: dict[str, list[str]] = {}
        for key, (name, _) in self.known.items():
            for form in _coarse_forms(name, self.kind):
                if key not in found.setdefault(form, []):
                    found[form].append(key)
        return found

    def meant(self, said: str, way: Way) -> Names:
        """Return all names: see KindOfNames."""
        return self

    def close(self, key: str, most: float) -> Names:
        """Return all names: see KindOfNames."""
        return self

    def sounding(self, key: str) -> Names:
        """Return all names: see KindOfNames."""
        return self

    def among(self, tracks: Collection[int]) -> Names:
        """Return the names restricted to these tracks."""
        of_them = {
            key: (name, tuple(track for track in ids if track in tracks))
            for key, (name, ids) in self.known.items()
        }
        return Names(self.kind, {key: one for key, one in of_them.items() if one[1]})


def coarse(name: str) -> str:
    """Return the letters and digits of a name, in lower case and without accents.

    "n" between words becomes "and"; "$" and "!" within a word become the letter they replace.
    """
    if _MARKED.search(name):  # rare
        name = name.translate(_LETTERS)
        for mark, letters in _MARKS:
            name = mark.sub(letters, name)
    key = fold(name)
    words = key.split(" ")
    if _REWRITTEN.isdisjoint(words):
        return key.replace(" ", "")
    return "".join(_plain_word(words, at) for at in range(len(words)))


def forms_of(name: str, kind: NameKind) -> list[Form]:
    """Return the forms of a name by which it is looked up; none where `is_nobody` is true.

    The low bits of a key are a flag, the others are from a hash. There is one key for each way to
    write the name, one for each possible surname, for the song of a title, and for each beginning
    of an album's name.
    """
    if kind in PEOPLE and is_nobody(name):
        return []
    key = fold(name)
    shape = *shape_of(key), *(sounds_of(key) if kind in PEOPLE else (0, 0))
    written = set(_coarse_forms(name, kind)) - {""}
    found = [Form(_number(form) | _FLAGS[kind], *shape) for form in written]
    folded = {_squeezed(name)} - written - {""}
    found += [Form(_number(form) | _FOLDED) for form in folded]
    if kind in PEOPLE:
        surnames = set(_surnames(name, kind)) - {""}
        found += [Form(_number(form) | _FLAGS["surname"]) for form in surnames]
    if kind == "title":
        songs = {coarse(read_title(name).song)} - written - {""}
        found += [Form(_number(form) | _SONG) for form in songs]
    if kind == "album":
        found += [Form(_number(form) | _BEGUN) for form in _beginnings(name)]
    return found


def keys_of(said: str, kind: NameKind, way: Way) -> list[int]:
    """Return the keys of the names of a kind that may be meant by `said` in this way.

    written: as a whole, in any spelling; surname: by the last words; version: a title that is one
    of this song; beginning: an album by its first words, two at least. Empty where `is_nobody` is
    true.
    """
    if kind in PEOPLE and is_nobody(said):
        return []
    if way == "surname":
        return [_number(_squeezed(said)) | _FLAGS["surname"]]
    if way == "version":
        return [_number(coarse(said)) | _SONG] if kind == "title" else []
    if way == "beginning":
        return [_number(_squeezed(said)) | _BEGUN] if kind == "album" else []
    flags = (_FLAGS[kind], _FOLDED)
    return [_number(form) | flag for form in {coarse(said), _squeezed(said)} for flag in flags]


def shape_of(key: str) -> tuple[int, int]:
    """Return the letters of a folded name as 32 bits, and its length.

    Names of which many bits differ have at least as many letters that only one of them has.
    """
    bits = 0
    for letter in set(key):
        bits |= 1 << (ord(letter) - 97 if "a" <= letter <= "z" else 26 + ord(letter) % 6)
    return bits, len(key)


def flag_of(kind: NameKind) -> int:
    """Return the bit of a kind in the keys of its names."""
    return _FLAGS[kind]


def kinds_of(said: str, keys: Keys) -> frozenset[str]:
    """Return the kinds of name that `said`, in any spelling, is among ascending keys.

    "artist", "credit", "title", "album", and "surname" for the last words of an artist's or
    credited person's name. False positives are possible, though rare: names are compared by hash.
    """
    flags = _flags(said, keys)
    return frozenset(kind for kind, flag in _FLAGS.items() if flags & flag)


def is_among(said: str, keys: Keys) -> bool:
    """Return whether `said` is a whole name among ascending keys; a surname is not."""
    return bool(_flags(said, keys) & _CALLED)


def gather(kind: NameKind, rows: Iterable[tuple[int, str]]) -> Names:
    """Collect (track id, name) rows; the first of several spellings that fold alike is shown.

    Artists and credited persons for whom `is_nobody` is true are left out.
    """
    shown: dict[str, str] = {}
    tracks: dict[str, dict[int, None]] = {}
    for track, name in rows:
        key = fold(name)
        if key and not (kind in PEOPLE and is_nobody(name)):
            shown.setdefault(key, name)
            tracks.setdefault(key, {})[track] = None
    return Names(kind, {key: (shown[key], tuple(ids)) for key, ids in tracks.items()})


def _squeezed(name: str) -> str:
    """Return a folded name without blanks."""
    return fold(name).replace(" ", "")


def _number(key: str) -> int:
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") & ~_MASK


def _coarse_forms(name: str, kind: NameKind) -> Iterator[str]:
    """Yield the coarse forms of a name; "" for one that folds to nothing.

    An artist is also found without "and", without "the" after it ("Hall Oates"), and by "n".
    """
    for order in orders(name, kind):
        yield coarse(order)
        key = fold(order)
        if kind in PEOPLE and _AND.search(key):
            yield from (fewer.sub(" ", key).replace(" ", "") for fewer in _FEWER)


def orders(name: str, kind: NameKind) -> tuple[str, ...]:
    """Return a name and, for "Beatles, The" or "Cash, Johnny", the name in its usual order."""
    if kind not in PEOPLE or name.count(",") != 1 or "&" in name:
        return (name,)
    last, first = name.split(",")
    return name, f"{first.strip()} {last.strip()}"


def _surnames(name: str, kind: NameKind) -> Iterator[str]:
    """Yield the possible surnames of a name: its last one to _SURNAME_WORDS words, not all."""
    for order in orders(name, kind):
        words = fold(order).split(" ")
        for start in range(max(1, len(words) - _SURNAME_WORDS), len(words)):
            yield "".join(words[start:])


def _beginnings(name: str) -> Iterator[str]:
    """Yield the first words of a name, without blanks: not all of its words."""
    words, (least, most) = fold(name).split(" "), _BEGUN_WORDS
    for end in range(least, min(most + 1, len(words))):
        yield "".join(words[:end])


def _plain_word(words: list[str], at: int) -> str:
    word = words[at]
    inside = 0 < at < len(words) - 1
    if word == "n" and inside and len(words[at - 1] + words[at + 1]) > 2:  # not of N.N.W
        return "and"
    return _SAME_WORDS.get(word, word) if at < len(words) - 1 else word


def _flags(said: str, keys: Keys) -> int:
    form = coarse(said)
    if not form:
        return 0
    number = _number(form)
    bounds = np.array([number, number | _MASK], np.uint64)
    first, last = np.searchsorted(keys, bounds)
    held = keys[first : last + 1]  # the last may itself be the highest
    return int(np.bitwise_or.reduce(held[held <= bounds[1]])) & _MASK
