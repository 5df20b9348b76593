"""What each track is lent: the styles of its siblings, and what was heard, as far as it adds.

What the person wrote is never contradicted: where a track has a word of its own for its voice, its
tempo or its level, nothing heard about that is lent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from melscribe_core.catalogue.tracks import Described, Loan
from melscribe_core.descriptors.lent import NOTHING_LENT, HeardDescriptor, Lent
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.lending.kinds import Sort, sort_of, sorts_of, tells_sound
from melscribe_core.lending.siblings import Siblings

Heard = Mapping[int, Sequence[HeardDescriptor]]
"""Track -> what was heard in it, strongest first, with its weight were there no tags at all."""

# Words of which a track has one at most.
_CONTRARY = (frozenset(("slow", "mid-tempo", "fast")), frozenset(("quiet", "calm", "loud")))
_LEAST = 0.005  # weights are kept in hundredths


def loans(
    tracks: Iterable[Described],
    siblings: Mapping[int, Siblings],
    heard: Heard,
    learned: Mapping[int, str],
) -> list[Loan]:
    """Return the loans that differ from what these tracks are lent now.

    `learned` names the vector that was learned for a track; it is used where the track itself has
    nothing that tells how it sounds.
    """
    found: list[Loan] = []
    for one in tracks:
        lent = lent_to(one, siblings.get(one.track, ()), heard.get(one.track, ()))
        if lent.is_alone and one.track in learned:
            lent = replace(lent, learned=learned[one.track])
        if lent == replace(NOTHING_LENT, is_alone=True):
            lent = NOTHING_LENT
        if (line := lent.to_line()) != one.lent:
            found.append(Loan(one.track, _text(one.own, lent), line))
    return found


def lent_to(one: Described, siblings: Siblings, heard: Sequence[HeardDescriptor]) -> Lent:
    """Return what a track is lent beside its own descriptors."""
    own = frozenset(one.own.split(SEPARATOR)) if one.own else frozenset[str]()
    lent = tuple((name, lender) for name, lender in siblings if name not in own)
    known = own | {name for name, _ in lent}
    return Lent(lent, tuple(_adding(heard, own, known)), is_alone=not tells_sound(own))


def _adding(
    heard: Sequence[HeardDescriptor], own: frozenset[str], known: frozenset[str]
) -> Iterator[HeardDescriptor]:
    """Yield what was heard and adds to what is known, with the weight that it is left with."""
    sorts = sorts_of(known)
    for one in heard:
        sort = sort_of(one.name)
        if one.name in known or _is_contrary(one.name, sort, own):
            continue
        weight = one.weight if sort not in sorts else 0.0
        if one.is_said or weight >= _LEAST:
            yield one._replace(weight=weight)


def _is_contrary(name: str, sort: Sort, own: frozenset[str]) -> bool:
    if sort == "voice":
        return "voice" in sorts_of(own)
    return any(name in group and not own.isdisjoint(group) for group in _CONTRARY)


def _text(own: str, lent: Lent) -> str:
    names = {*(own.split(SEPARATOR) if own else ()), *lent.names}
    return SEPARATOR.join(sorted(names))
