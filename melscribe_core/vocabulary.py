"""One tag as somebody typed it -> the descriptors that it names, spelt one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files

from melscribe_core.errors import MelScribeError

MAX_VALUE = (
    4096  # characters read of one value: a real tag is a line, a longer one is a pasted page
)
MAX_DESCRIPTOR = 64  # characters of one descriptor: the longest of 10,000 hand-written tags has 50
SHORTEST_SPLIT = 3  # letters on each side for "pop/rock" to be two tags; "AC/DC" and "6/8" are one
REMEMBERED = 1 << 16  # raw values: a collection of 55,000 tracks has under 1,000 different ones

_STRONG = re.compile(r"[,;|\\>\0\n\r\v\f\x1c-\x1e\x85\u2028\u2029␀،؛、，；｜•]| [-/] ")
_FOLDED = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "_": " "}
    | dict.fromkeys("‐‑‒–—−", "-")
)
_EDGES = " -.:*#~=<!?&+/"
_KEPT_AT_END = "!?+"  # "oi!", "c86?" and "lgbtq+" end so
_WRAPPED = re.compile(r"""(["'(\[{])([^"'()\[\]{}]*)["')\]}]""")
_LABEL = re.compile(r"(?:genre|mood|style|tag)s? ?: ?")
_DECADE = re.compile(r"\b(?:19)?'?([3-9]0) ?'?s\b")
_YOUNG_DECADE = re.compile(r"(?:the )?(?:20)?'?([012]0) ?'?s")
_YEAR = re.compile(r"(?:19|20)\d\d")
_AND = re.compile(r"&|[\s'-]+n[\s'-]+|\s\+\s")
_NOT_IN_KEY = re.compile(r"[\W_]+")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """How tags are spelt and which say nothing. Compared by identity, so that it can key a cache.

    `spellings` maps the key of a spelling to the descriptors it stands for; `junk` holds keys and
    `patterns` whole-value expressions of tags that say nothing about the music.
    """

    spellings: Mapping[str, tuple[str, ...]]
    junk: frozenset[str]
    patterns: re.Pattern[str]
    fingerprint: str


@lru_cache(maxsize=REMEMBERED)
def read(raw: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the descriptors that one raw value names, in its order, each once.

    Every descriptor is lower case NFC text of 1 to MAX_DESCRIPTOR characters without commas or
    control characters, and reads as itself. Empty when the value is junk or says nothing.
    """
    found: dict[str, None] = {}
    for piece in _pieces(raw):
        found.update(dict.fromkeys(_named(piece, vocabulary)))
    return tuple(found)


def key_of(text: str) -> str:
    """Return what two spellings of one name have in common: letters and digits, & as "and"."""
    spoken = _AND.sub(" and ", text.casefold())
    bare = "".join(c for c in unicodedata.normalize("NFKD", spoken) if not unicodedata.combining(c))
    return _NOT_IN_KEY.sub("", bare)


def load_vocabulary(
    junk: Iterable[str] = (), aliases: Mapping[str, str] | None = None
) -> Vocabulary:
    """Return the vocabulary of the data files with a person's own junk and aliases on top.

    A junk entry is a tag in any spelling, or an expression between slashes ("/energy \\d+/") that
    must match the whole tag in lower case. An alias maps a tag to what it should be read as. Raises
    MelScribeError naming the setting when an entry cannot be understood.
    """
    entries = [*_lines("junk.txt"), *junk]
    expressions = [entry[1:-1] for entry in entries if _is_expression(entry)]
    dull = frozenset(_junk_key(entry) for entry in entries if not _is_expression(entry))
    spellings = dict(_shipped_spellings())
    base = Vocabulary(spellings, dull, _compiled(expressions), "")
    own = {_alias_key(name): _alias_target(name, to, base) for name, to in (aliases or {}).items()}
    spellings = {key: _followed(names, own) for key, names in (spellings | own).items()}
    mark = repr((sorted(spellings.items()), sorted(dull), expressions))
    digest = blake2b(mark.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return Vocabulary(spellings, dull, base.patterns, digest)


def table(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (name, other spellings) of each line "name = spelling, spelling" of a data file."""
    for line in _lines(name):
        left, _, right = line.partition("=")
        yield left.strip(), [part.strip() for part in right.split(",") if part.strip()]


def _pieces(raw: str) -> Iterator[str]:
    text = _legible(raw[:MAX_VALUE])
    pieces = _STRONG.split(text)
    if len(raw) > MAX_VALUE and len(pieces) > 1:
        pieces.pop()  # cut somewhere in the middle
    return filter(None, map(_tidy, pieces))


def _legible(raw: str) -> str:
    """Return NFC lower case text, one space between words, invisible characters gone."""
    text = unicodedata.normalize("NFC", raw)
    text = "".join(map(_visible, text)) if not text.isprintable() else text
    text = unicodedata.normalize("NFC", text.lower()).translate(_FOLDED)
    return re.sub(r"[^\S\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+", " ", text)


def _visible(character: str) -> str:
    if character.isspace() or character == "\0":
        return character
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character


def _tidy(piece: str) -> str:
    """Return the piece without what tags are dressed in: quotes, brackets, dots, "mood:", a # in front."""
    while True:
        bare = piece.lstrip(_EDGES).rstrip(_EDGES.translate({ord(c): None for c in _KEPT_AT_END}))
        if wrapped := _WRAPPED.fullmatch(bare):
            bare = wrapped[2]
        if label := _LABEL.match(bare):
            bare = bare[label.end() :]
        if bare == piece:
            return piece
        piece = bare


def _named(piece: str, vocabulary: Vocabulary) -> Iterator[str]:
    name = _decades_in_full(piece)
    known = vocabulary.spellings.get(key_of(name))
    parts = [name] if known else _slashed(name)
    for part in parts:
        for descriptor in _spelt(part, vocabulary):
            if not _is_junk(descriptor, vocabulary):
                yield descriptor


def _slashed(name: str) -> list[str]:
    parts = [_tidy(part) for part in name.split("/")]
    if "://" in name or any(len(part) < SHORTEST_SPLIT or part.isdecimal() for part in parts):
        return [name]
    return parts


def _spelt(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    spellings = vocabulary.spellings
    if known := spellings.get(key_of(name)):
        return known
    words = name.split(" ")
    if len(words) > 1:
        name = " ".join(_respelt(word, spellings) for word in words)
        return spellings.get(key_of(name), (name,))
    return (name,)


def _respelt(word: str, spellings: Mapping[str, tuple[str, ...]]) -> str:
    """Return a word inside a phrase as it is spelt alone ("hiphop beat"), if that is one descriptor."""
    known = spellings.get(key_of(word), ())
    return known[0] if len(known) == 1 else word


def _decades_in_full(name: str) -> str:
    if _YEAR.fullmatch(name):
        return f"{name[:3]}0s"
    if young := _YOUNG_DECADE.fullmatch(name):
        return f"20{young[1]}s"
    return _DECADE.sub(r"19\1s", name)


def _is_junk(name: str, vocabulary: Vocabulary) -> bool:
    key = key_of(name)
    return (
        not key
        or key.isdecimal()
        or len(name) > MAX_DESCRIPTOR
        or key in vocabulary.junk
        or vocabulary.patterns.fullmatch(name) is not None
    )


def _lines(name: str) -> list[str]:
    text = (files("melscribe_core") / "data" / name).read_text(encoding="utf-8")
    stripped = (line.partition("  #")[0].strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


@cache
def _shipped_spellings() -> Mapping[str, tuple[str, ...]]:
    spellings: dict[str, tuple[str, ...]] = {}
    for name, others in table("spellings.txt"):
        for spelling in (name, *others):
            spellings[key_of(spelling)] = (name,)
    return spellings


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


def _junk_key(entry: str) -> str:
    key = key_of(entry)
    if not key:
        raise MelScribeError(
            f"junk: {entry!r} has no letter or digit; name a tag, or write an expression as /.../."
        )
    return key


def _alias_key(name: str) -> str:
    key = key_of(name)
    if not key:
        raise MelScribeError(f"aliases: {name!r} has no letter or digit; name a tag to be renamed.")
    return key


def _alias_target(name: str, to: str, base: Vocabulary) -> tuple[str, ...]:
    target = read(to, base)
    if not target:
        raise MelScribeError(
            f"aliases: {name!r} leads to {to!r}, which says nothing; to drop a tag, list it as junk."
        )
    return target


def _followed(
    names: tuple[str, ...], own: Mapping[str, tuple[str, ...]], depth: int = 0
) -> tuple[str, ...]:
    """Return what the names lead to in the end, so that each result reads as itself."""
    if depth > len(own):
        raise MelScribeError(
            f"aliases: {names[0]!r} leads back to itself through other aliases; remove one of them."
        )
    ends: dict[str, None] = {}
    for name in names:
        target = own.get(key_of(name), (name,))
        ends.update(dict.fromkeys((name,) if name in target else _followed(target, own, depth + 1)))
    return tuple(ends)
