"""The taste in one answer: whether it counts, how much, and which tracks are the favourites.

Few people have asked for a taste: whatever it needs is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    """The taste in one answer: None where it does not count, its weight, the favourite tracks.

    With `only_favourites` no other track comes. `played` tells what is not fresh, see plays; None
    where that is not asked for, else the favourites do not come.
    """

    taste: Taste | None = None
    weight: float = 0.0
    favourites: frozenset[int] = frozenset()
    only_favourites: bool = False
    played: Mapping[int, float] | None = None
    notes: tuple[str, ...] = ()

    @property
    def limits(self) -> list[str]:
        """Return sentences on which tracks it lets in, for an answer that is empty."""
        if self.only_favourites:
            return ["only what you like was asked for (--favourites)"]
        if self.played is not None and self.favourites:
            return ["what you like was left out (--fresh)"]
        return []


NO_TASTE = TasteInAnswer()


def of_answer(index: LibraryIndex, asked: UserRequest, settings: Settings) -> TasteInAnswer:
    """Return the taste as it counts in one answer.

    Raises UserError when only favourites are asked for and there are none.
    """
    weight, named = _weight(asked, settings), asked.option("taste")
    if not (asked.selects or (weight and (settings.taste.is_set or named))):
        return NO_TASTE
    from beetsplug.melscribe.learned_taste import current, lack, verdict

    taste, notes = current(index, settings)
    favourites = frozenset(taste.tracks.tolist()) if taste else frozenset[int]()
    only, played = bool(asked.option("favourites")), None
    if not favourites:
        why = lack(settings, is_forgotten=taste is None and not notes)
        if only:
            raise UserError(f"--favourites: no track is known that you like; {why}")
        if named or asked.selects:
            notes.append(f"no taste is known: {why}")
    elif taste and not taste.is_used and named and not notes:
        notes.append(f"taste: {verdict(taste)}")
    if asked.option("fresh"):
        played = _played(index, notes)
    used = taste if taste and taste.is_used and weight else None
    return TasteInAnswer(used, weight, favourites, only, played, tuple(notes))


def _played(index: LibraryIndex, notes: list[str]) -> Mapping[int, float]:
    from beetsplug.melscribe.plays import played

    found = played(index.lib)
    if not found:
        notes.append("no track was ever played, as far as the library knows")
    return found


def _weight(asked: UserRequest, settings: Settings) -> float:
    """Return how much the taste is to count in an answer, 0 to 1."""
    if asked.option("no_taste"):
        return 0.0
    found: float = asked.option("taste", settings.taste.weight)
    return found
