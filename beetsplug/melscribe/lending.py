"""Lend tracks what they lack: of their siblings, and of what was heard in them.

It follows each update of the index. A change of a few tracks looks at their albums and artists;
all tracks are looked at when the rules changed, or the file of what was heard did.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from beetsplug.melscribe.settings import Settings
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.tracks import Described, Loan


def lend(catalogue: Catalogue, settings: Settings, due: Collection[int] | None) -> list[int]:
    """Write what tracks are lent; return the tracks of which that changed.

    `due` are the tracks that may have changed, with those that left the library; None for all.
    """
    found = due_loans(catalogue, settings, due)
    catalogue.tracks.lend(found)
    return [loan.track for loan in found]


def due_loans(catalogue: Catalogue, settings: Settings, due: Collection[int] | None) -> list[Loan]:
    """Return the loans that differ from what is written; write nothing."""
    from melscribe_core.lending.lender import loans  # loads word lists
    from melscribe_core.lending.siblings import lent_by_siblings

    tracks, needy = _tracks(catalogue, due)
    siblings = lent_by_siblings(tracks) if settings.siblings else {}
    return loans(needy, siblings, {}, {})


def _tracks(
    catalogue: Catalogue, due: Collection[int] | None
) -> tuple[Sequence[Described], Sequence[Described]]:
    """Return whole albums and artists, and those tracks in it that may have to be lent another."""
    if due is None:
        everything = catalogue.tracks.own()
        return everything, everything
    near = catalogue.tracks.siblings(due)
    tracks = catalogue.tracks.own(catalogue.tracks.siblings(near.tolist()).tolist())
    wanted = frozenset(near.tolist())
    return tracks, [one for one in tracks if one.track in wanted]
