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

MAX_VALUE = 4096  # characters read of one value: a real tag is a line, a longer one a pasted page
MAX_DESCRIPTOR = 64  # characters: the longest of 10,000 tags written by hand has fewer than 50
SHORTEST_PART = 3  # characters on each side of a slash to split at it: "pop/rock", not "AC/DC"
REMEMBERED = 1 << 15  # raw values: a collection of 55,000 tracks has a few hundred different ones

_LINE_ENDS = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_SEPARATOR = re.compile(rf"[,;|\\>\0␀،؛、，；｜•{_LINE_ENDS}]| [-/] ")
_BLANKS = re.compile(rf"[^\S{_LINE_ENDS}]+")
_FOLDED = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "_": " "}
    | dict.fromkeys("‐‑‒–—−", "-")
)
_FRONT = " -.:*#~=<!?&+/★☆"
_END = " -.:*#~=<&/★☆"  # "oi!" and "lgbtq+" end in what is kept
_WRAPPED = re.compile(r"""(["'(\[{])([^"'()\[\]{}]*)["')\]}]""")
_LABEL = re.compile(r"(?:genre|mood|style|tag)s? ?: ?|and ")  # "Folk, World, and Country"
_DECADE = re.compile(r"(?<!\w)(19|20)?'?(\d)0'?s\b")
_YEAR = re.compile(r"((?:19|20)\d)\d")
_METRE = re.compile(r"\d{1,2}/(?:2|4|8|16)")  # "5/4": the one thing without letters that says much
_AND = re.compile(r"&|[\s'-]+n[\s'-]+|\s\+\s")
_NOT_IN_KEY = re.compile(r"[^\w/]+|_")


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


def key_of(text: str) -> str:
    """Return what the spellings of one name share: letters, digits, slashes, and & as "and"."""
    letters = _AND.sub(" and ", text.casefold())
    if not letters.isascii():  # most are, and have no accents to take off
        apart = unicodedata.normalize("NFKD", letters)
        letters = "".join(c for c in apart if not unicodedata.combining(c))
    return _NOT_IN_KEY.sub("", letters)


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
    entries = [*_lines("junk.txt"), *junk]
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


def table(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (name, other names) of the data file; a line without "=" lists names without others."""
    for line in _lines(name):
        left, equals, right = line.partition("=")
        if equals:
            yield left.strip(), [other.strip() for other in right.split(",")]
        else:
            yield from ((part.strip(), []) for part in left.split(","))


@lru_cache(maxsize=REMEMBERED)
def _read(raw: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    named = (name for piece in _pieces(raw) for name in _named(piece, vocabulary))
    return tuple(dict.fromkeys(named))


def _pieces(raw: str) -> Iterator[str]:
    """Yield the parts of a value between strong separators, bare, none empty."""
    pieces = _SEPARATOR.split(_legible(raw[:MAX_VALUE]))
    if len(raw) > MAX_VALUE and len(pieces) > 1:
        del pieces[-1]  # it was cut somewhere in the middle
    return filter(None, map(_bare, pieces))


def _legible(raw: str) -> str:
    """Return lower-case NFC text, one space between words, without invisible characters."""
    text = raw if raw.isprintable() else "".join(map(_visible, raw))
    text = unicodedata.normalize("NFC", text.lower())
    return _BLANKS.sub(" ", text.translate(_FOLDED))


def _visible(character: str) -> str:
    if character.isspace() or character == "\0":
        return character  # they separate words or values
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character


def _bare(piece: str) -> str:
    """Return the piece without what tags come dressed in: quotes, brackets, dashes, "mood:"."""
    while True:
        bare = piece.lstrip(_FRONT).rstrip(_END)
        if wrapped := _WRAPPED.fullmatch(bare):
            bare = wrapped[2]
        if label := _LABEL.match(bare):
            bare = bare[label.end() :]
        if bare == piece:
            return piece
        piece = bare


def _named(piece: str, vocabulary: Vocabulary) -> Iterator[str]:
    if key_of(piece) in vocabulary.spellings:
        names = vocabulary.spellings[key_of(piece)]
    elif _is_junk(piece, vocabulary):
        return
    else:
        names = tuple(n for part in _slashed(piece) for n in _spelt(part, vocabulary))
    for name in names:
        if len(name) <= MAX_DESCRIPTOR and not _is_junk(name, vocabulary):
            yield name


def _slashed(piece: str) -> list[str]:
    parts = [bare for part in piece.split("/") if (bare := _bare(part))]
    return [piece] if any(len(part) < SHORTEST_PART for part in parts) else parts


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
def _lines(name: str) -> tuple[str, ...]:
    text = (files("melscribe_core") / "data" / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


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
