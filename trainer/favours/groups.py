"""People -> groups of likes that go together, from which triplets are drawn.

| source | a group | the text of a triplet |
|---|---|---|
| "favours" | what one person likes and gave one descriptor | that descriptor |
| "co-occurrence" | what one person likes | a descriptor of the recommended item |

Some descriptors are held out: no triplet has them as its text, so that what they find afterwards
tells whether meaning was kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from melscribe_core.errors import MelScribeError

from ..alignment.wording import BoolArray
from ..nearest import IntArray
from ..stages import digest
from .items import Items
from .people import Person

Source = Literal["favours", "co-occurrence"]
SOURCES: tuple[Source, ...] = ("favours", "co-occurrence")
HELD_OUT = 5  # one of so many descriptors


@dataclass(frozen=True)
class Triplets:
    """Triplets of one batch: places of items, and numbers of texts among `Groups.words`."""

    trigger: IntArray
    recommended: IntArray
    text: IntArray


class Groups:
    """All groups of some people; `words`: the descriptors that may be texts, sorted.

    Raises MelScribeError if no group has two different items and a text.
    """

    def __init__(self, people: Sequence[Person], items: Items, source: Source) -> None:
        held = [set(names) for names in items.descriptors]
        for person in people:
            for word, said_of in person.said.items():
                for place in said_of:
                    held[place].add(word)
        self.words = tuple(sorted({word for names in held for word in names if taught(word)}))
        number = {word: at for at, word in enumerate(self.words)}
        self._held = [sorted(number[word] for word in names if word in number) for names in held]
        self._alike = items.alike
        self._members: list[IntArray] = []
        self._texts: list[int] = []  # of a group, -1 for one of the recommended item's
        self._of_person: list[tuple[int, ...]] = []
        for person in people:
            first = len(self._members)
            for text, places in _likes(person, source, number):
                self._add(places, text)
            if len(self._members) > first:
                self._of_person.append(tuple(range(first, len(self._members))))
        if not self._members:
            raise MelScribeError(f"No triplet can be drawn: {_NEEDED[source]}.")
        self._postings = _postings(self._members, len(items.ids))

    @property
    def people(self) -> int:
        """Return the number of people with a group."""
        return len(self._of_person)

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self._members)

    def drawn(self, count: int, rng: np.random.Generator) -> Triplets:
        """Return triplets: first a person is drawn, then a group, then two items and the text.

        So a person counts once, however much they listen to.
        """
        rows = np.array([self._one(rng) for _ in range(count)], np.int32)
        return Triplets(rows[:, 0], rows[:, 1], rows[:, 2])

    def masks(self, batch: Triplets) -> dict[str, BoolArray]:
        """Return which rows and columns of a batch belong together, bool (n, n).

        "tracks": recommended item j is in a group with trigger i, or reads the same. "texts":
        recommended item i has the descriptor of text j.
        """
        alike = self._alike[batch.trigger][:, None] == self._alike[batch.recommended][None]
        carried = np.zeros((len(batch.text), len(self.words)), bool)
        for row, place in enumerate(batch.recommended):
            carried[row, self._held[place]] = True
        tracks = alike | self.together(batch.trigger, batch.recommended)
        return {"tracks": tracks, "texts": carried[:, batch.text]}

    def together(self, ones: IntArray, others: IntArray) -> BoolArray:
        """Return which items are in one group, bool (ones, others)."""
        lists = [self._postings[place] for place in (*ones, *others)]
        _, column = np.unique(np.concatenate(lists), return_inverse=True)
        row = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
        within = np.zeros((len(lists), int(column.max(initial=0)) + 1), np.float32)
        within[row, column] = 1
        found: BoolArray = within[: len(ones)] @ within[len(ones) :].T > 0
        return found

    def _add(self, places: Sequence[int], text: int) -> None:
        """Keep a group of at least two items that read differently."""
        if text < 0:  # an item without a descriptor gives its triplet no text
            places = [place for place in places if self._held[place]]
        members = np.array(sorted(places), np.int32)
        if len(set(self._alike[members])) > 1:
            self._members.append(members)
            self._texts.append(text)

    def _one(self, rng: np.random.Generator) -> tuple[int, int, int]:
        groups = self._of_person[int(rng.integers(len(self._of_person)))]
        group = groups[int(rng.integers(len(groups)))]
        members = self._members[group]
        trigger = int(members[int(rng.integers(len(members)))])
        others = members[self._alike[members] != self._alike[trigger]]
        recommended = int(others[int(rng.integers(len(others)))])
        text = self._texts[group]
        if text < 0:
            held = self._held[recommended]
            text = held[int(rng.integers(len(held)))]
        return trigger, recommended, text


def taught(word: str) -> bool:
    """Return whether a descriptor may be the text of a triplet."""
    return int(digest("descriptor", word), 16) % HELD_OUT != 0


def _likes(
    person: Person, source: Source, number: dict[str, int]
) -> Iterator[tuple[int, list[int]]]:
    """Yield the text and the items of each group of a person."""
    if source == "co-occurrence":
        yield -1, list(person.liked)
        return
    for word, places in person.said.items():
        if word in number:
            yield number[word], [place for place in places if place in person.liked]


def _postings(members: Sequence[IntArray], items: int) -> list[NDArray[np.int64]]:
    """Return the numbers of the groups that each item is in."""
    found: list[list[int]] = [[] for _ in range(items)]
    for group, places in enumerate(members):
        for place in places:
            found[place].append(group)
    return [np.array(groups, np.int64) for groups in found]


_NEEDED: dict[Source, str] = {
    "favours": "it needs a person who likes two items and gave both the same descriptor; give "
    "descriptors in the favours or --words, or draw from --from co-occurrence",
    "co-occurrence": "it needs a person who likes two items with descriptors; give more favours",
}
