"""The taste in one answer: whether it counts, how much, and which tracks are the favourites.

Few people have asked for a taste: whatever it needs is imported where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beets.ui import UserError

from beetsplug.melscribe.request import UserRequest
from beetsplug.melscribe.settings import Settings

if TYPE_CHECKING:
    from beetsplug.melscribe.index import LibraryIndex
    from melscribe_core.taste.taste import Taste


@dataclass(frozen=True)
class TasteInAnswer:
    """The taste in one answer: None where it does not count, its weight, the favourite tracks."""

    taste: Taste | None = None
    weight: float = 0.0
    favourites: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


NO_TASTE = TasteInAnswer()


def of_answer(index: LibraryIndex, asked: UserRequest, settings: Settings) -> TasteInAnswer:
    """Return the taste as it counts in one answer.

    Raises UserError when only favourites are asked for and there are none.
    """
    weight = _weight(asked, settings)
    only, fresh, named = map(asked.option, ("favourites", "fresh", "taste"))
    if not (only or fresh or (weight and (settings.taste.is_set or named))):
        return NO_TASTE
    from beetsplug.melscribe.learned_taste import current, lack, verdict

    taste, notes = current(index, settings)
    if taste is None or not len(taste.tracks):
        if only:
            raise UserError(
                f"--favourites: no track is known that you like; {lack(index, settings)}"
            )
        said = [f"no taste is known: {lack(index, settings)}"] if fresh or named else []
        return TasteInAnswer(notes=(*notes, *said))
    favourites = frozenset(taste.tracks.tolist())
    if not taste.is_used:
        said = [f"taste: {verdict(taste)}"] if named and not notes else []
        return TasteInAnswer(favourites=favourites, notes=(*notes, *said))
    return TasteInAnswer(taste, weight, favourites, tuple(notes))


def _weight(asked: UserRequest, settings: Settings) -> float:
    """Return how much the taste is to count in an answer, 0 to 1."""
    if asked.option("no_taste"):
        return 0.0
    found: float = asked.option("taste", settings.taste.weight)
    return found
