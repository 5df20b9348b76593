"""The names of a track -> the song, and which version of that song it is.

"Yesterday - Remastered 2009" and "Yesterday (Live at the BBC)" are one song; "Live and Let Die"
and "Symphony No. 6" are songs of their own. A title is cut into its head and the tails in brackets
or after " - ". A tail is removed only when every word of it, or a fixed phrase in it, marks a
version. What is not understood stays in the title, because two versions of a song in a playlist do
less harm than a song that is never chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import cast

from melscribe_core.songs.song import NONE, Kinds, VersionKind

AWAY = MappingProxyType[VersionKind, int](
    {
        "compilation": 1,
        "remaster": 1,
        "mono": 2,
        "edit": 2,
        "rerecorded": 3,
        "live": 4,
        "acoustic": 4,
        "session": 4,
        "demo": 4,
        "alternate": 4,
        "remix": 4,
        "instrumental": 4,
        "acapella": 4,
        "karaoke": 5,
    }
)
"""How far a version is from the song as first released, which is 0."""

# Words that by themselves mark a tail as a version -> its kinds. For "mix" and "version" the words
# around them decide: see `_kinds`.
_MARKERS = {
    **dict.fromkeys(("live",), "live"),
    **dict.fromkeys(("acoustic", "acustico", "acustica", "akustik", "acoustique"), "acoustic"),
    "stripped": "acoustic",
    "unplugged": "acoustic live",
    **dict.fromkeys(("session", "sessions"), "session"),
    **dict.fromkeys(("demo", "demos"), "demo"),
    **dict.fromkeys(("outtake", "outtakes", "take", "takes", "rehearsal"), "alternate"),
    **dict.fromkeys(("alternate", "alternative", "alt"), "alternate"),
    **dict.fromkeys(("remix", "remixes", "remixed", "rmx", "refix", "rework"), "remix"),
    **dict.fromkeys(("reworked", "bootleg", "mashup", "megamix", "dub", "vip"), "remix"),
    **dict.fromkeys(("instrumental", "instrumentals"), "instrumental"),
    "acapella": "acapella",
    "karaoke": "karaoke",
    **dict.fromkeys(("edit", "extended", "single", "clean", "censored"), "edit"),
    **dict.fromkeys(("7inch", "10inch", "12inch"), "edit"),
    "mono": "mono",
    **dict.fromkeys(("remaster", "remastered", "remasters", "remastering"), "remaster"),
    **dict.fromkeys(("remasterizado", "remasterisé", "remasterise"), "remaster"),
    **dict.fromkeys(("rerecorded", "rerecording"), "rerecorded"),
    **dict.fromkeys(("mix", "version", "versions", "ver"), ""),
    **dict.fromkeys(("stereo", "explicit", "dirty", "uncensored"), ""),
    **dict.fromkeys(("bonus", "deluxe", "edition", "expanded", "exclusive"), ""),
}
# Words that may accompany a marker, but are not a marker alone -> kinds.
_BESIDE = {
    "radio": "edit",
    **dict.fromkeys(("club", "dance"), "remix"),
    "piano": "acoustic",
    **dict.fromkeys("the a an and of original album lp ep full length standard".split(), ""),
    **dict.fromkeys("official audio video hd hq new early rough home studio".split(), ""),
    **dict.fromkeys("final digital digitally track tape recording recorded".split(), ""),
    **dict.fromkeys("uk us usa eu japan japanese international itunes spotify amazon".split(), ""),
    **dict.fromkeys("anniversary special limited super collectors promo bbc mtv".split(), ""),
    **dict.fromkeys("peel john kexp band solo electric vocal master vinyl".split(), ""),
    **dict.fromkeys("one two three four five six seven eight nine ten".split(), ""),
}
_NUMBERED = frozenset("live take takes demo version ver mix remix session edit rehearsal".split())
_SOBER = frozenset("original album lp ep studio full standard stereo explicit dirty".split())

# A tail that ends in one of these is a version, whatever precedes it: "Kornbread Mix".
_ENDS = frozenset(
    "remix rmx mix edit version demo session sessions rework bootleg edition exclusive bonus"
    " remaster remastered unplugged outtake karaoke".split()
)
_MOST = 10  # words in such a tail; a longer one is part of the title
_OWN = frozenset("the a my your our his her this that no".split())  # "in the mix" is not a mix

# "Live at ..." is a version, whatever place follows; "live for ..." is not.
_PLACED = frozenset("live unplugged acoustic session sessions demo recorded".split())
_PLACE = frozenset("at in from on im aus au".split())
_BEGINNINGS = (
    (("en vivo", "ao vivo", "dal vivo", "en directo", "en direct", "in concert"), "live"),
    (("recorded live", "live lounge"), "live"),
    (("bonus", "from the original"), ""),
    (("from the motion picture", "from the film", "from the movie", "from the series"), ""),
    (("from the soundtrack", "from the musical"), ""),
    (("remix by", "remixed by", "mixed by", "dub by"), "remix"),
    (("edit by",), "edit"),
    (("karaoke version", "in the style of", "originally performed by"), "karaoke"),
    (("made famous by",), "karaoke"),
)
_SPELLINGS = (
    ("bonus track", "bonus"),
    ("bonus tracks", "bonus"),
    ("hidden track", "bonus"),
    ("backing track", "karaoke"),
    ("a cappella", "acapella"),
    ("acappella", "acapella"),
    ("a capella", "acapella"),
    ("re recorded", "rerecorded"),
    ("re recording", "rerecorded"),
    ("taylors version", "rerecorded"),
    ("re mastered", "remastered"),
    ("re master", "remaster"),
    ("re edit", "remix edit"),
    ("re mix", "remix"),
    ("first take", "outtake"),
    ("second take", "outtake"),
    ("4 track", "home"),
    ("8 track", "home"),
)

# Applied to titles and artists with single spaces.
_CUT = re.compile(r"[(\[{]|[)\]}]| [-‐-―−]+ ")
_PARTS = re.compile(r"[,;:/|+]| [-‐-―−]+ ")
_GUESTS = re.compile(r"(?<=\D) (?:feat(?! of)|ft|featuring)\b.*", re.I)  # not in "10 ft. tall"
_ALL_GUESTS = re.compile(r" ?(?:feat(?! of)|ft|featuring)\b", re.I)
_INCHES = re.compile(r"\b(7|10|12) ?(?:\"|”|″|''|-? ?inch\b)", re.I)
_QUOTED_SOURCE = re.compile(r" ?from [\"“«]", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")
_INITIAL = re.compile(r"\b([^\W\d_])\.(?=[^\W\d_]\b)")
_DROPPED = re.compile("[\u0300-\u036f]")  # accents; marks of other scripts are letters there
_ALIKE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "&": " and ", "@": " at "}
    | dict.fromkeys("'’‘ʼ`´")
)

# Separators of the names in a credit; the first name is the artist.
_JOINED = re.compile(
    r" (?:feat|ft|featuring|with|vs|and|\+|/|x|×)\.? |[,;&]| [(\[](?:feat|ft|with)\b", re.I
)
_NOBODY = frozenset({"various artists", "various", "va", "unknown artist", "unknown"})

# A title of such words alone does not identify a song: every album may have an "Intro".
_NAMELESS = frozenset(
    "intro introduction outro untitled interlude intermission skit prelude postlude overture finale"
    " reprise encore track unknown allegro allegretto adagio adagietto andante andantino presto"
    " prestissimo largo larghetto lento moderato vivace menuetto menuet minuet scherzo rondo"
    " allemande courante sarabande gigue bourree gavotte aria recitative recitativo".split()
)
_WITH_NAMELESS = frozenset(
    "the a e ed ma non troppo con brio moto fuoco spirito assai molto poco un quasi di tempo"
    " cantabile sostenuto maestoso espressivo grazioso and".split()
)
_ROMAN = re.compile(r"[ivxl]+|\d+")

# Words of a request that ask for a kind of version. "Session", "mix" and "alternative" are left
# out: in requests they mean an evening, a playlist and a genre.
_ASKING: dict[str, VersionKind] = {
    **dict.fromkeys(("live", "concert"), "live"),
    **dict.fromkeys(("acoustic", "unplugged"), "acoustic"),
    **dict.fromkeys(("demo", "demos"), "demo"),
    **dict.fromkeys(("remix", "remixes", "remixed"), "remix"),
    **dict.fromkeys(("instrumental", "instrumentals"), "instrumental"),
    **dict.fromkeys(("acapella", "cappella", "capella"), "acapella"),
    **dict.fromkeys(("outtake", "outtakes"), "alternate"),
    "karaoke": "karaoke",
    "mono": "mono",
}


@dataclass(frozen=True)
class Version:
    """A title as understood: the song's name as `name_key`, and the kinds of version."""

    song: str
    kinds: Kinds


@lru_cache(maxsize=1 << 14)
def read_title(title: str) -> Version:
    """Parse a title; `song` is "" only for a blank title, `kinds` empty for the first release."""
    first, tails = _cut(_plain(title))
    song, kinds, marked = [_GUESTS.sub("", first)], NONE, False
    for tail in tails:
        found = _tail_kinds(tail)
        if found is not None:
            kinds, marked = kinds | found, True
        elif not (marked and _YEAR.fullmatch(tail.strip())):
            song.append(_GUESTS.sub("", tail))
    name = name_key(" ".join(song))
    return Version(name, kinds) if name else Version(name_key(title) or _symbols(title), NONE)


@lru_cache(maxsize=1 << 12)
def album_kinds(album: str) -> Kinds:
    """Return the kinds of version that an album's name implies for its tracks: "Live at Leeds"."""
    whole = _tail_kinds(_plain(album))
    return read_title(album).kinds | (whole or NONE)


def asked_kinds(text: str) -> Kinds:
    """Return the kinds of version that a request names; usually none."""
    return frozenset(_ASKING[word] for word in name_key(text).split() if word in _ASKING)


def distance(kinds: Set[VersionKind], wanted: Set[VersionKind] = NONE) -> int:
    """Return how far a version is from the preferred one: -1 a wanted kind, 0 as first released.

    Of several kinds the farthest counts: see AWAY.
    """
    return -1 if kinds & wanted else max((AWAY[kind] for kind in kinds), default=0)


def is_nameless(song: str) -> bool:
    """Say whether a song's name, as `name_key`, is one that unrelated tracks share.

    "intro", "untitled 2", "ii adagio ma non troppo"; "1979" and "part 2 of it" are names.
    """
    words = song.split()
    known = all(w in _NAMELESS or w in _WITH_NAMELESS or _ROMAN.fullmatch(w) for w in words)
    return known and any(word in _NAMELESS for word in words)


@lru_cache(maxsize=1 << 14)
def artist_key(artist: str) -> str:
    """Return the first artist of a credit as `name_key`, without "the" and without guests.

    "Tom Petty & The Heartbreakers" is "tom petty". "" when no artist is named, as in "Various
    Artists".
    """
    first = _JOINED.split(_plain(artist), maxsplit=1)[0]
    name = name_key(first) or name_key(artist) or _symbols(artist)
    return "" if name_key(artist) in _NOBODY else name.removeprefix("the ")


@lru_cache(maxsize=1 << 14)
def name_key(name: str) -> str:
    """Return a name's words without case, accents and punctuation; "&" reads as "and".

    Letters and marks of every script are kept; "R.E.M." is "rem", "Don't" is "dont".
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_ALIKE))
    plain = unicodedata.normalize("NFC", _DROPPED.sub("", plain))
    plain = _INITIAL.sub(r"\1", plain)
    return " ".join(
        "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain).split()
    )


def _plain(name: str) -> str:
    """Return a name in NFKC with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).split())


def _symbols(name: str) -> str:
    """Return the key of a name without letters, such as "÷" or "!!!"."""
    return "".join(name.casefold().split())


def _cut(title: str) -> tuple[str, list[str]]:
    """Return the head of a title and the tails after it.

    A bracket followed by text is not a tail; it and that text belong to the head.
    """
    pieces = _pieces(title)
    inner = max((i for i, (kind, _) in enumerate(pieces) if kind == "text"), default=0)
    tails = [text for _, text in pieces[inner + 1 :]]
    first = [t for kind, t in pieces[: inner + 1] if not (kind == "group" and _ALL_GUESTS.match(t))]
    return " ".join(first) or title, tails


def _pieces(title: str) -> list[tuple[str, str]]:
    """Return the title's pieces in order, none blank.

    "text", "group" (in brackets, which may be nested or left open) or "dash" (after " - ").
    """
    pieces: list[tuple[str, str]] = []
    depth, start, kind = 0, 0, "text"
    for cut in _CUT.finditer(title):
        mark = cut.group().strip()
        opens, closes = mark in "([{", mark in ")]}"
        if (opens and depth == 0) or (closes and depth == 1) or not (opens or closes or depth):
            pieces.append((kind, title[start : cut.start()]))
            start = cut.end()
            kind = "group" if opens else "text" if closes else "dash"
        depth = depth + 1 if opens else max(0, depth - 1) if closes else depth
    pieces.append((kind, title[start:]))
    return [(kind, text) for kind, text in pieces if text.strip()]


def _tail_kinds(tail: str) -> Kinds | None:
    """Return the kinds of a tail, empty for a guest or an edition, None if it is not a version."""
    if _ALL_GUESTS.match(tail) or _QUOTED_SOURCE.match(tail):
        return NONE
    tail = _GUESTS.sub("", tail)
    parts = [words for part in _PARTS.split(tail) if (words := _words(part))]
    found = [_part_kinds(words) for words in parts]
    if not found or found[0] is None:
        return None
    dated = any(_YEAR.fullmatch(word) for words in parts for word in words)
    place_and_date = dated and bool(found[0] & {"live", "session", "demo"})
    for words, kinds in zip(parts, found, strict=True):
        if kinds is None and not (place_and_date or all(word.isdigit() for word in words)):
            return None
    return NONE.union(*(kinds for kinds in found if kinds))


def _words(part: str) -> list[str]:
    text = " " + name_key(_INCHES.sub(r"\1inch ", part)) + " "
    for spelling, word in _SPELLINGS:
        text = text.replace(f" {spelling} ", f" {word} ")
    return text.split()


def _part_kinds(words: Sequence[str]) -> Kinds | None:
    """Return the kinds of one part of a tail; None if it is not a version."""
    text = " ".join(words) + " "
    for beginnings, kinds in _BEGINNINGS:
        if any(text.startswith(f"{beginning} ") for beginning in beginnings):
            return _kinds(words) | _named(kinds)
    if _is_closed(words) or _is_open(words) or _is_placed(words) or _is_dated(words):
        return _kinds(words)
    return None


def _is_closed(words: Sequence[str]) -> bool:
    """Say whether every word is known, and one of them is a marker."""
    numbers_mean_little = not _NUMBERED.isdisjoint(words)
    return any(word in _MARKERS for word in words) and all(
        _is_known(word) or (numbers_mean_little and word.isdigit()) for word in words
    )


def _is_known(word: str) -> bool:
    ordinal = word[:1].isdigit() and word[-2:] in ("st", "nd", "rd", "th")
    return word in _MARKERS or word in _BESIDE or bool(_YEAR.fullmatch(word)) or ordinal


def _is_open(words: Sequence[str]) -> bool:
    """Say whether the last word, apart from numbers, marks a version whatever precedes it.

    "Remaster" and "remastered" do so as the first word too.
    """
    named = [word for word in words if not word.isdigit()]
    if not named or len(words) > _MOST:
        return False
    ends = named[-1] in _ENDS and not (len(named) > 1 and named[-2] in _OWN)
    return ends or named[0] in ("remaster", "remastered")


def _is_placed(words: Sequence[str]) -> bool:
    """Say whether it is "live at ..." or similar, with only known words before it."""
    return any(
        words[i] in _PLACED and words[i + 1] in _PLACE and all(map(_is_known, words[:i]))
        for i in range(len(words) - 2)
    )


def _is_dated(words: Sequence[str]) -> bool:
    """Say whether it is "live ... 1986"."""
    return words[0] == "live" and bool(_YEAR.fullmatch(words[-1]))


def _kinds(words: Sequence[str]) -> Kinds:
    """Return the kinds that the words mean.

    A mix or version depends on the words around it: with a year it is a remaster, "album version"
    is the song as released, "Kornbread Mix" a remix, "Spanish Version" an alternate version.
    """
    kinds = NONE.union(*(_named(_MARKERS.get(w, _BESIDE.get(w, ""))) for w in words))
    if kinds or not _SOBER.isdisjoint(words):
        return kinds
    mixed = "mix" in words
    if mixed or not {"version", "versions", "ver"}.isdisjoint(words):
        if any(_YEAR.fullmatch(word) for word in words):
            return _named("remaster")
        return _named("remix" if mixed else "alternate")
    return NONE


def _named(kinds: str) -> Kinds:
    return cast(Kinds, frozenset(kinds.split()))
