"""Resolution: a name as written -> the artists, titles or albums of the library it refers to.

Reading order: `Named`, what a name refers to; `meant` and `resolve`, which try one way after the
other; the ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from melscribe_core.request.names import (
    PEOPLE,
    KindOfNames,
    NameKind,
    Names,
    coarse,
    fold,
    orders,
)
from melscribe_core.request.spelling import distance_from
from melscribe_core.songs.versions import read_title

CLOSE = 0.15  # highest edit distance per letter of a match: one edit in seven letters
SHORTEST_CLOSE = 4  # letters; in a shorter name one edit makes another name
LISTED = 5  # names shown when one that is written matches several

_THE_SONG = re.compile(
    r"(?:the\s+)?(?P<what>song|track|tune|title|single|piece|album|record|lp|ep)\s+(?P<name>.+)",
    re.IGNORECASE,
)
_ALBUMS = ("album", "record", "lp", "ep")
_DASH = re.compile(r"\s+[-–—]\s+")
_BY = re.compile(r"\s+by\s+", re.IGNORECASE)
_OWNED = re.compile(r"(?:['’]s|(?<=s)['’])\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """What a name was resolved to.

    said: the name as written. kind, name, tracks: of the match, as in the library.
    close: the library spells it differently, or several names match.
    missing: a title that was not found, when only its artist was.
    """

    said: str
    kind: NameKind
    name: str
    tracks: tuple[int, ...]
    close: bool = False
    missing: str = ""


def meant(said: str, kinds: Sequence[KindOfNames]) -> Named | None:
    """Resolve an example: a name, "the song X", "X by Y", "Y - X" or "Y's X".

    Title and artist must be of the same track. If the artist has no such title, the artist is
    returned and `missing` is the title. None when nothing is equal or close enough.
    """
    if whole := written(said, kinds):
        return whole
    ways = [_hinted(said, kinds)]
    ways += [_pair(said, title, artist, kinds) for title, artist in _pairs(said)]
    found = [named for named in ways if named is not None]
    full = next((named for named in found if not named.missing), None)
    return full or resolve(said, kinds) or next(iter(found), None)


def resolve(said: str, kinds: Sequence[KindOfNames]) -> Named | None:
    """Resolve a name: equal names first, in the order of `kinds`, then equal coarse forms.

    Then surnames, then other versions of a song, then the closest spelling. None when nothing is
    equal or close enough.
    """
    return (
        written(said, kinds)
        or surnamed(said, kinds)
        or _version(said, kinds)
        or _closest(said, fold(said), kinds)
    )


def written(said: str, kinds: Sequence[KindOfNames]) -> Named | None:
    """Return the names equal to `said`, ignoring case, accents, marks and spaces; None for none."""
    key = fold(said)
    if not key:
        return None
    held = [names.meant(said, "written") for names in kinds]
    for names in held:
        if key in names.known:
            name, tracks = names.known[key]
            return Named(said, names.kind, name, tracks)
    form = coarse(said)
    for names in held:
        if form in names.alike:
            return _all_of(said, [(names, key) for key in names.alike[form]])
    return None


def _hinted(said: str, kinds: Sequence[KindOfNames]) -> Named | None:
    """Resolve "the song X" and "the album X"; None for any other text."""
    match = _THE_SONG.fullmatch(said.strip())
    if match is None:
        return None
    wanted = "album" if match["what"].casefold() in _ALBUMS else "title"
    whose = tuple(names for names in kinds if names.kind in (*PEOPLE, wanted))
    of_kind = tuple(names for names in whose if names.kind == wanted)
    name = match["name"].strip("\"'“”")
    found = written(name, of_kind) or meant(name, whose) or resolve(name, of_kind)
    return None if found is None else replace(found, said=said)


def _pairs(said: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to split a text into (title, artist)."""
    for match in reversed(list(_BY.finditer(said))):
        yield said[: match.start()], said[match.end() :]
    for match in _DASH.finditer(said):
        yield said[match.end() :], said[: match.start()]
    for match in _OWNED.finditer(said):
        yield said[match.end() :], said[: match.start()]


def _pair(said: str, title: str, artist: str, kinds: Sequence[KindOfNames]) -> Named | None:
    """Resolve a title of an artist; the artist with `missing` if there is no such title."""
    who = resolve(artist, [names for names in kinds if names.kind in PEOPLE])
    if who is None:
        return None
    own = set(who.tracks)
    works = [names.among(own) for names in kinds if names.kind not in PEOPLE]
    what = resolve(title.strip("\"'“”"), works)
    if what is None:
        return replace(who, said=said, missing=title)
    name = f"{what.name} by {who.name}"
    return Named(said, what.kind, name, what.tracks, close=what.close or who.close)


def _all_of(said: str, found: list[tuple[Names, str]], *, close: bool = False) -> Named | None:
    """Return one `Named` for several names; None for none."""
    if not found:
        return None
    entries = [names.known[key] for names, key in found]
    shown = sorted({name for name, _ in entries})
    more = f" and {len(shown) - LISTED} more" if len(shown) > LISTED else ""
    tracks = dict.fromkeys(track for _, ids in entries for track in ids)
    together = "; ".join(shown[:LISTED]) + more
    return Named(said, found[0][0].kind, together, tuple(tracks), close or len(shown) > 1)


def surnamed(said: str, kinds: Sequence[KindOfNames]) -> Named | None:
    """Return the artists and credited persons whose names end in these words.

    A joint name that ends in one of these names is left out, since its tracks are theirs.
    """
    ending = f" {fold(said)}"
    found = [
        (names, key)
        for names in (kind.meant(said, "surname") for kind in kinds if kind.kind in PEOPLE)
        for key, (name, _) in names.known.items()
        if key.endswith(ending)
        or ("," in name and any(fold(o).endswith(ending) for o in orders(name, names.kind)))
    ]
    persons = {key for _, key in found}
    alone = [(names, key) for names, key in found if persons.isdisjoint(_endings(key))]
    return _all_of(said, alone, close=True) if ending.strip() else None


def _endings(key: str) -> Iterator[str]:
    """Yield the last words of a folded name, two at least but not all."""
    words = key.split(" ")
    for start in range(1, len(words) - 1):
        yield " ".join(words[start:])


def _version(said: str, kinds: Sequence[KindOfNames]) -> Named | None:
    """Return the titles that are versions of this song: "Hello (Live)", "Hello - Remastered"."""
    form = coarse(said)
    found = [
        (names, key)
        for names in (
            kind.meant(said, "version") for kind in kinds if kind.kind == "title" and form
        )
        for longer, keys in names.alike.items()
        if longer.startswith(form)
        for key in keys
        if coarse(read_title(names.known[key][0]).song) == form
    ]
    return _all_of(said, found)


def _closest(said: str, key: str, kinds: Sequence[KindOfNames]) -> Named | None:
    if len(key) < SHORTEST_CLOSE:
        return None
    best, found = CLOSE, None
    distance = distance_from(key)
    for names in kinds:
        for other, (name, _) in names.close(key, CLOSE).known.items():
            share = distance(other, best)
            if share < best or (found is None and share == best):
                best, found = share, (names, name)
    return found and named_alike(said, *found)


def named_alike(said: str, names: KindOfNames, name: str) -> Named | None:
    """Return what a name is, with all its tracks, that `said` is another spelling of."""
    held = names.meant(name, "written").known.get(fold(name))
    return held and Named(said, names.kind, *held, close=True)
