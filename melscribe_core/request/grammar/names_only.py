"""Requests of names only: "Femi Takeda", "play Femi Takeda", "the album Dummy".

The library must have the name. A name of ordinary or musical words could also be a description: it
must be in quotes or, for an artist, capitalised where a description would not be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from melscribe_core.request.folding import fold_name
from melscribe_core.request.grammar import lexicon, name_spans
from melscribe_core.request.grammar.evidence import (
    PEOPLE,
    WORKS,
    describes,
    is_act,
    is_titled,
    is_unusual,
    is_work,
    may_be_meant,
    words_of,
)
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.pattern import Claim, Reading
from melscribe_core.request.grammar.scene import Scene

Found: TypeAlias = tuple[str, str]  # the key of the request, and the name as written

_LONGEST = 10  # tokens
_MOST_BEFORE = 12  # words before the name

# Words around a name by which nothing else is wanted, beside nouns for pieces: "only Femi Takeda",
# "the best of Femi Takeda", "Femi Takeda songs".
_NOTHING_ELSE = frozenset(
    "only alone exclusively nothing everything all of discography catalogue catalog".split()
)
# Words next to a claim: "Femi Takeda, but nothing sad".
_JOINING = frozenset("and but for from in of that the with without".split())


def names_only(scene: Scene, claims: Sequence[Claim]) -> list[Claim]:
    """Return claims for the names, if nothing else is outside `claims`; else []."""
    claimed = {at for claim in claims for at in range(claim.start, claim.end)}
    free = [at for at in range(len(scene.tokens)) if at not in claimed and _is_text(scene, at)]
    behind = lexicon.words("behind names") | (_JOINING if claims else frozenset())
    for number, start in enumerate(free[:_MOST_BEFORE]):
        end, found = _names(scene, start, 0 if claims or number else free[-1] + 1)
        if found and _only(scene, [at for at in free[number:] if at >= end], behind):
            around = {scene.low(at) for at in free if not start <= at < end}
            is_strict = any(low in _NOTHING_ELSE or is_a(low, "piece") for low in around)
            return _claims(found, start, end, is_strict=is_strict)
        in_mood = scene.low(start) == "for" and scene.low(start - 1) == "mood"
        if not is_a(scene.low(start), "before names") and not in_mood:
            break
    return []


def _claims(found: Sequence[Found], start: int, end: int, *, is_strict: bool) -> list[Claim]:
    """Return the claims for the names: artists lead the list, or are all of it; works are all."""
    artists = tuple(name for of, name in found if of == "by")
    works = tuple(name for of, name in found if of == "named")
    if artists and not is_strict:
        return [Claim("leads", (*works, *artists), start, end)]
    rest = [Claim("by", artists, start, end)] if artists else []
    return rest + ([Claim("named", works, start, end)] if works else [])


def _is_text(scene: Scene, at: int) -> bool:
    """Return whether a token is a word or a quotation mark."""
    return scene.tokens[at].is_word or scene.low(at) in ('"', "'")


def _only(scene: Scene, places: Iterable[int], words: frozenset[str]) -> bool:
    return all(scene.low(at) in words for at in places)


def _names(scene: Scene, start: int, whole: int) -> tuple[int, tuple[Found, ...]]:
    """Return the position after the names that start here, and the names.

    `whole`: the end of the request when the names may be all of it, else 0.
    """

    def read(scene: Scene, at: int) -> Iterator[Reading]:
        ways = (_quoted(scene, at), _pair(scene, at), _spans(scene, at, start, whole))
        for way in ways:
            yield from way

    read_list = name_spans.names(read)
    return next(iter(read_list(scene, start)), (start, ()))


def _quoted(scene: Scene, at: int) -> Iterator[Reading]:
    end = name_spans.quoted(scene, at)
    name = name_spans.spelled(scene, at, end) if end else ""
    kinds = scene.kinds(name) if name else frozenset()
    if scene.low(end) != "by" and kinds & (PEOPLE | WORKS):
        yield end, ("by" if kinds & PEOPLE else "named", name)


def _pair(scene: Scene, at: int) -> Iterator[Reading]:
    """Yield "X by Y" and the like, if the library has the artist or the title."""
    for end, name in name_spans.read_example(scene, at):
        if name_spans.is_known_example(scene, name):
            yield end, ("named", name)


def _spans(scene: Scene, at: int, start: int, whole: int) -> Iterator[Reading]:
    """Yield the names of the library that start here and can be meant as names, longest first."""
    for end in range(min(at + _LONGEST, len(scene.tokens)), at, -1):
        if not (scene.tokens[at].is_word and scene.tokens[end - 1].is_word):
            continue
        if not may_be_meant(scene, at, end):
            continue
        kinds = scene.kinds_of(at, end)
        owned = scene.low(end - 1).endswith("'s") and not kinds
        name = scene.slice(at, end)[:-2] if owned else scene.slice(at, end)
        kinds = scene.kinds(name) if owned else kinds
        # After another name, or as the whole request, a capital marks a name.
        key = _key_of(scene, at, end, kinds, at > start or end == whole)
        if key and not describes(scene, at, end, name):
            yield end, (key, name)


def _key_of(scene: Scene, start: int, end: int, kinds: frozenset[str], is_sure: bool) -> str:
    """Return the field that a name sets, "by" or "named"; "" for words not meant as a name."""
    if kinds & PEOPLE and _is_artist(scene, start, end, is_sure):
        return "by"
    if "surname" in kinds and _is_surname(scene, start, end):
        return "by"
    return "named" if kinds & WORKS and is_work(scene, start, end) else ""


def _is_artist(scene: Scene, start: int, end: int, is_sure: bool) -> bool:
    """Return whether words are meant as an artist.

    `is_sure`: a capital marks a name here (see `_spans`).
    """
    words = words_of(scene, start, end)
    if any(is_unusual(scene, at) for at in words):
        return True
    if len(words) > 1 and is_act(scene, start, end):
        return True
    if is_sure:
        return is_titled(scene, words) or _is_whole_act(scene, start, end)
    return _is_inside(scene, start) and all(scene.is_capital(at) for at in words)


def _is_whole_act(scene: Scene, start: int, end: int) -> bool:
    """Return whether a whole request is an act that everybody knows: "oasis", "the who"."""
    is_whole = end == len(scene.tokens) and not is_a(scene.low(end - 1), "never a name")
    return is_whole and is_act(scene, start, end)


def _is_surname(scene: Scene, start: int, end: int) -> bool:
    """Return whether a surname is meant as a person: "Chopin", "play Takeda"."""
    if not is_unusual(scene, end - 1):
        return False
    is_known = fold_name(scene.slice(start, end)) in lexicon.acts()
    return is_known or (_is_inside(scene, start) and scene.is_capital(start))


def _is_inside(scene: Scene, at: int) -> bool:
    """Return whether a word is inside a clause, where only names have a capital."""
    return at > 0 and not scene.is_start(at)
