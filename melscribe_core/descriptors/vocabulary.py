"""One raw tag -> the descriptors that it names, each in one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b

from melscribe_core.descriptors.absences import absence_of, may_be_absence
from melscribe_core.descriptors.pieces import MAX_VALUE, Piece, is_plain, pieces, weakly_split
from melscribe_core.descriptors.tables import lines, spelling_key, table
from melscribe_core.errors import MelScribeError

MAX_DESCRIPTOR = 64  # characters: the longest of 10,000 hand-written tags has fewer than 50
REMEMBERED = 1 << 15  # raw values: a collection of 55,000 tracks has a few hundred distinct ones

_DECADE = re.compile(r"(?<!\w)(19|20)?'?(\d)0'?s\b")
_YEAR = re.compile(r"((?:19|20)\d)\d")
_METRE = re.compile(r"\d{1,2}/(?:2|4|8|16)")  # "5/4": the only descriptor without letters


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """How tags are spelt and which are junk. Compared by identity, because it keys a cache.

    `spellings` maps the key of a spelling (see `spelling_key`) to the descriptors that it means,
    `junk` holds keys, and `junk_pattern` matches what is junk by its form.
    """

    spellings: Mapping[str, tuple[str, ...]]
    junk: frozenset[str]
    junk_pattern: re.Pattern[str]
    fingerprint: str


def read_tag(raw: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the descriptors that one raw value names, in its order, each once.

    Each is lower-case NFC text of 1 to MAX_DESCRIPTOR characters without commas and control
    characters, and is read as itself. Empty when the value names nothing but junk.
    """
    return _read(raw[: MAX_VALUE + 1], vocabulary)


def plain_start(raw: str) -> str | None:
    """Return the key of the first two words of a phrase as `read_tag` spells them, "" for one word.

    None for a phrase that is not of plain words alone, or that may be an absence. A phrase whose
    key is not in `spellings` is read as a name whose key, or its key in `spellings`, begins so.
    """
    if not is_plain(raw) or may_be_absence(low := raw.lower()):
        return None
    words = low.split(" ", 2)[:2]
    return "".join(spelling_key(_spelt_within(word)) for word in words) if len(words) == 2 else ""


def load_vocabulary(
    junk: Iterable[str] = (), aliases: Mapping[str, str] | None = None
) -> Vocabulary:
    r"""Return the vocabulary of the data files with the user's junk and aliases added.

    A junk entry is a tag in any spelling, or a regular expression between slashes ("/grade \d+/")
    that must match the whole tag in lower case. An alias maps a tag to what it is to be read as.
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
    return Vocabulary(spellings, keys, base.junk_pattern, digest)


@lru_cache(maxsize=REMEMBERED)
def _read(raw: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    named = (name for piece in pieces(raw) for name in _of_piece(piece, vocabulary))
    return tuple(dict.fromkeys(named))


def _of_piece(piece: Piece, vocabulary: Vocabulary) -> Iterable[str]:
    """Return what a piece names, joined with its head if that is a known name ("deep house")."""
    if piece.whole and _is_own(piece.whole, vocabulary):
        return vocabulary.spellings.get(spelling_key(piece.whole), ())
    text, head = piece.text, piece.head
    for joined in (f"{text} {head}", f"{head} {text}") if 0 < len(head) < MAX_DESCRIPTOR else ():
        if spelling_key(joined) in vocabulary.spellings:
            return _named(joined, vocabulary)
    return _named(text, vocabulary)


def _is_own(whole: str, vocabulary: Vocabulary) -> bool:
    """Say whether a tag with its brackets is junk, or one of the user's aliases."""
    key = spelling_key(whole)
    is_alias = key in vocabulary.spellings and key not in _shipped_spellings()
    return is_alias or _is_junk(whole, vocabulary)


def _named(piece: str, vocabulary: Vocabulary) -> Iterator[str]:
    if spelling_key(piece) in vocabulary.spellings:
        names = vocabulary.spellings[spelling_key(piece)]
    elif _is_junk(piece, vocabulary):
        return
    elif (lacking := absence_of(piece, _shipped_spellings().keys())) is not None:
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
    if " " in name and spelling_key(name) not in vocabulary.spellings:
        name = " ".join(map(_spelt_within, name.split(" ")))
    return vocabulary.spellings.get(spelling_key(name), (name,))


def _spelt_within(word: str) -> str:
    """Return a word of a phrase ("hiphop beat") in the spelling it has alone."""
    return _shipped_spellings().get(spelling_key(word), (word,))[0]


def _with_full_decades(name: str) -> str:
    if year := _YEAR.fullmatch(name):
        return f"{year[1]}0s"
    return _DECADE.sub(_full_decade, name)


def _full_decade(match: re.Match[str]) -> str:
    """Return "90s" as 1990s and "00s" as 2000s; "20s" mostly still means the 1920s."""
    century = match[1] or ("20" if match[2] in "01" else "19")
    return f"{century}{match[2]}0s"


def _is_junk(name: str, vocabulary: Vocabulary) -> bool:
    if not any(map(str.isalpha, name)):
        return _METRE.fullmatch(name) is None and _YEAR.fullmatch(name) is None
    return (
        spelling_key(name) in vocabulary.junk or vocabulary.junk_pattern.fullmatch(name) is not None
    )


@cache
def _shipped_spellings() -> Mapping[str, tuple[str, ...]]:
    return {
        spelling_key(spelling): (name,)
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
    key = spelling_key(entry)
    if not key:
        raise MelScribeError(f"{setting}: {entry!r} has no letter or digit; write a tag instead.")
    return key


def _target(alias: str, to: str, base: Vocabulary) -> tuple[str, ...]:
    if found := read_tag(to, base):
        return found
    raise MelScribeError(
        f"aliases: {alias!r} is to be read as {to!r}, which says nothing; list it as junk."
    )


def _end_of(
    names: tuple[str, ...], own: Mapping[str, tuple[str, ...]], steps: int = 0
) -> tuple[str, ...]:
    """Follow the names through the user's aliases, to descriptors that are read as themselves."""
    if steps > len(own):
        raise MelScribeError(
            f"aliases: {names[0]!r} leads back to itself through the others; remove one of them."
        )
    ends: dict[str, None] = {}
    for name in names:
        target = own.get(spelling_key(name), (name,))
        ends.update(dict.fromkeys([name] if name in target else _end_of(target, own, steps + 1)))
    return tuple(ends)
