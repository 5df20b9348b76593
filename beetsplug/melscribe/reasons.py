"""Why a track is in the answer: one line for each, as `--explain` and `why` in a chat show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from beetsplug.melscribe.filters import demanded_values
from melscribe_core.descriptors.lent import own_of
from melscribe_core.descriptors.spelt import as_spelt, spelt_in, with_english
from melscribe_core.search.words import matched_words
from melscribe_core.text import counted

if TYPE_CHECKING:
    from beetsplug.melscribe.answer import Answer
    from melscribe_core.playlist.limits import Pick
    from melscribe_core.search.hit import Hit
    from melscribe_core.taste.taste import Taste

LEARNED = "its sound, as learned from your tags"  # why a track without tags is where it is
MOST_OF_TASTE = 2  # descriptors named for it


def reasons(found: Answer) -> list[str]:
    """Return one explanation per track, in the order of the list."""
    items, request = found.items, found.request
    taste = None if found.pull is None else found.pull.taste
    return [
        reason(pick, demanded_values(request, items[pick.song.track], pick.hit.descriptors), taste)
        for pick in found.chosen.picks
    ]


def reason(pick: Pick, values: Sequence[str] = (), taste: Taste | None = None) -> str:
    """Return the explanation of one track, its parts separated by " · ".

    Parts, in order: descriptors named in the request (in quotes) or similar to it, with their
    cosine; what its album or artist lends it, and what was heard in it; `values` that the request
    demands, such as the year; similarity to the examples, and in sound; the penalty for a disliked
    descriptor; what the taste added, and what was taken for plays; request words in the track's
    names; its other descriptors.
    """
    hit = pick.hit
    own, spelt = own_of(hit.descriptors, hit.lent), spelt_in(hit.spelt)
    strength = [
        f'"{shown}" {cosine:.2f}' if d in hit.said else f"{shown} {cosine:.2f}"
        for d, cosine in hit.matched
        if d in own
        for shown in (with_english(d, spelt),)
    ]
    named = as_spelt((d for d, _ in hit.matched), spelt)
    rest = [d for d in as_spelt(own, spelt) if d not in named]
    parts = [
        ", ".join(strength),
        *_lent(hit),
        ", ".join(values),
        f"{hit.alike:.2f} alike in sound" if hit.alike else "",
        f"{hit.example:.2f} like the examples" if hit.example else "",
        _against(hit) if round(hit.against, 2) else "",
        _by_taste(hit, taste) if taste and round(hit.taste, 3) else "",
        f"-{hit.stale:.2f} for being played" if round(hit.stale, 2) else "",
        ", ".join(_called(pick)),
        f"also {', '.join(rest)}" if rest else "",
    ]
    return " · ".join(filter(None, parts)) or "no descriptors"


def _against(hit: Hit) -> str:
    return f"-{hit.against:.2f} for {with_english(hit.disliked, spelt_in(hit.spelt))}"


def _by_taste(hit: Hit, taste: Taste) -> str:
    """Return what a taste added to a score, and for which descriptors: how many favourites have it.

    "your taste +0.04: dance, fun (12 and 2 of your 20 favourites)".
    """
    known = taste.more if hit.taste > 0 else taste.less
    why = [one for one in known if one.name in hit.descriptors][:MOST_OF_TASTE]
    # Where scores are high they rise slowly: there little of a score decides the order.
    said = f"your taste {hit.taste:+.{2 if round(hit.taste, 2) else 3}f}"
    if not why:
        return said
    names = ", ".join(one.name for one in why)
    counts = " and ".join(str(one.favourites) for one in why)
    return f"{said}: {names} ({counts} of your {counted(taste.favourites, 'favourite')})"


def _lent(hit: Hit) -> Iterator[str]:
    """Yield what a track is lent, what matters to the request first: "heard strings, slow"."""
    names = sorted(hit.lent.names, key=lambda d: d not in dict(hit.matched))
    lenders: dict[str, str] = dict(hit.lent.siblings)
    for lender in ("album", "artist"):
        if lent := [name for name in names if lenders.get(name) == lender]:
            yield f"{lender}: {', '.join(lent)}"
    heard = sorted(hit.lent.said, key=lambda one: one.name not in dict(hit.matched))
    if heard:
        yield f"heard {', '.join(one.name for one in heard)}"
    if hit.lent.learned:
        yield LEARNED


def _called(pick: Pick) -> Iterator[str]:
    """Yield the request words found in a track's names, grouped as "title: words"."""
    names = {"title": pick.song.title, "album": pick.song.album, "artist": pick.song.artist}
    where: dict[str, list[str]] = {}
    for word in pick.hit.called:
        held = (kind for kind, name in names.items() if matched_words((word,), name.split()))
        where.setdefault(next(held, "folder"), []).append(word)
    return (f"{kind}: {' '.join(words)}" for kind, words in where.items())
