"""One tag as somebody typed it -> the descriptors that it names, spelt one way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b

from melscribe_core.descriptors.absences import lack_of
from melscribe_core.descriptors.pieces import MAX_VALUE, Piece, pieces, weakly_split
from melscribe_core.descriptors.tables import key_of, lines, table
from melscribe_core.errors import MelScribeError

MAX_DESCRIPTOR = 64  # characters: the longest of 10,000 tags written by hand has fewer than 50
REMEMBERED = 1 << 15  # raw values: a collection of 55,000 tracks has a few hundred different ones

_DECADE = re.compile(r"(?<!\w)(19|20)?'?(\d)0'?s\b")
_YEAR = re.compile(r"((?:19|20)\d)\d")
_METRE = re.compile(r"\d{1,2}/(?:2|4|8|16)")  # "5/4": the one thing without letters that says much


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """How tags are spelt and which of them say nothing. Compared by identity: it keys a cache.

    `spellings` maps the key of a spelling (see `key_of`) to the descriptors that it stands for,
    `junk` holds keys, and `dull` matches what is junk by its form.
    """

    spellings: Mapping[str, tuple[str, ...]]
    junk: frozenset[str]
    dull: re.Pattern[str]
    fingerprint: str


def read(raw: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the descriptors that one raw value names, in its order, each once.

    Each is lower-case NFC text of 1 to MAX_DESCRIPTOR characters without commas and control
    characters, and reads as itself. Empty when the value says nothing or only junk.
    """
    return _read(raw[: MAX_VALUE + 1], vocabulary)


def load_vocabulary(
    junk: Iterable[str] = (), aliases: Mapping[str, str] | None = None
) -> Vocabulary:
    r"""Return the vocabulary of the data files with a person's own junk and aliases on top.

    A junk entry is a tag in any spelling, or a regular expression between slashes ("/grade \d+/")
    that must match the whole tag in lower case. An alias maps a tag to what it shall be read as.
    Raises MelScribeError naming the setting and the entry that cannot be understood.
    """
    return _loaded(tuple(junk), tuple((aliases or {}).items()))


@lru_cache(maxsize=8)  # a command reads the shipped one for its tags and again for its request
def _loaded(junk: tuple[str, ...], aliases: tuple[tuple[str, str], ...]) -> Vocabulary:
    entries = [*lines("junk.txt"), *junk]
    expressions = [entry[1:-1] for entry in entries if _is_expression(entry)]
    keys = frozenset(_checked_key("junk", e) for e in entries if not _is_expression(e))
    base = Vocabulary(_shipped_spellings(), keys, _compiled(expressions), "")
    own = {_checked_key("aliases", a): _target(a, to, base) for a, to in aliases}
    spellings = base.spellings
    if own:
        spellings = {key: _end_of(names, own) for key, names in {**spellings, **own}.items()}
    mark = repr((sorted(spellings.items()), sorted(keys), expressions))
    digest = blake2b(mark.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return Vocabulary(spellings, keys, base.dull, digest)


@lru_cache(maxsize=REMEMBERED)
def _read(raw: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    named = (name for piece in pieces(raw) for name in _of_piece(piece, vocabulary))
    return tuple(dict.fromkeys(named))


def _of_piece(piece: Piece, vocabulary: Vocabulary) -> Iterable[str]:
    """Return what a piece names: with its head where that makes a known name ("deep house")."""
    if piece.whole and _is_own(piece.whole, vocabulary):
        return vocabulary.spellings.get(key_of(piece.whole), ())
    text, head = piece.text, piece.head
    for joined in (f"{text} {head}", f"{head} {text}") if 0 < len(head) < MAX_DESCRIPTOR else ():
        if key_of(joined) in vocabulary.spellings:
            return _named(joined, vocabulary)
    return _named(text, vocabulary)


def _is_own(whole: str, vocabulary: Vocabulary) -> bool:
    """Say whether a tag with its brackets is junk, or a person's own alias."""
    key = key_of(whole)
    is_alias = key in vocabulary.spellings and key not in _shipped_spellings()
    return is_alias or _is_junk(whole, vocabulary)


def _named(piece: str, vocabulary: Vocabulary) -> Iterator[str]:
    if key_of(piece) in vocabulary.spellings:
        names = vocabulary.spellings[key_of(piece)]
    elif _is_junk(piece, vocabulary):
        return
    elif (lacking := lack_of(piece, _shipped_spellings().keys())) is not None:
        names = tuple(n for name in lacking for n in _spelt(name, vocabulary))
    elif len(parts := weakly_split(piece)) > 1:
        names = tuple(n for part in parts for n in _named(part, vocabulary))
    else:
        names = tuple(n for part in parts for n in _spelt(part, vocabulary))
    for name in names:
        if len(name) <= MAX_DESCRIPTOR and not _is_junk(name, vocabulary):
            yield name


def _spelt(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    name = _with_full_decades(name)
    if " " in name and key_of(name) not in vocabulary.spellings:
        name = " ".join(map(_spelt_within, name.split(" ")))
    return vocabulary.spellings.get(key_of(name), (name,))


def _spelt_within(word: str) -> str:
    """Return a word of a phrase ("hiphop beat") as it is spelt alone."""
    return _shipped_spellings().get(key_of(word), (word,))[0]


def _with_full_decades(name: str) -> str:
    if year := _YEAR.fullmatch(name):
        return f"{year[1]}0s"
    return _DECADE.sub(_full_decade, name)


def _full_decade(match: re.Match[str]) -> str:
    """Return "90s" as 1990s and "00s" as 2000s; "20s" still means the 1920s to most people."""
    century = match[1] or ("20" if match[2] in "01" else "19")
    return f"{century}{match[2]}0s"


def _is_junk(name: str, vocabulary: Vocabulary) -> bool:
    if not any(map(str.isalpha, name)):
        return _METRE.fullmatch(name) is None and _YEAR.fullmatch(name) is None
    return key_of(name) in vocabulary.junk or vocabulary.dull.fullmatch(name) is not None


@cache
def _shipped_spellings() -> Mapping[str, tuple[str, ...]]:
    return {
        key_of(spelling): (name,)
        for name, others in table("spellings.txt")
        for spelling in (name, *others)
    }


def _is_expression(entry: str) -> bool:
    return len(entry) > 2 and entry.startswith("/") and entry.endswith("/")


def _compiled(expressions: Iterable[str]) -> re.Pattern[str]:
    for expression in expressions:
        try:
            re.compile(expression)
        except re.error as error:
            raise MelScribeError(
                f"junk: /{expression}/ is not a regular expression ({error}); correct or remove it."
            ) from error
    return re.compile("|".join(f"(?:{expression})" for expression in expressions))


def _checked_key(setting: str, entry: str) -> str:
    key = key_of(entry)
    if not key:
        raise MelScribeError(f"{setting}: {entry!r} has no letter or digit; write a tag instead.")
    return key


def _target(alias: str, to: str, base: Vocabulary) -> tuple[str, ...]:
    if found := read(to, base):
        return found
    raise MelScribeError(
        f"aliases: {alias!r} is to be read as {to!r}, which says nothing; list it as junk."
    )


def _end_of(
    names: tuple[str, ...], own: Mapping[str, tuple[str, ...]], steps: int = 0
) -> tuple[str, ...]:
    """Return where the names lead through the person's aliases, so that each reads as itself."""
    if steps > len(own):
        raise MelScribeError(
            f"aliases: {names[0]!r} leads back to itself through the others; remove one of them."
        )
    ends: dict[str, None] = {}
    for name in names:
        target = own.get(key_of(name), (name,))
        ends.update(dict.fromkeys([name] if name in target else _end_of(target, own, steps + 1)))
    return tuple(ends)
