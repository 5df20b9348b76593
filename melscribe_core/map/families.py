"""Descriptor sets -> genre families, which give the colours of a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Tree = Mapping[str, frozenset[str]]  # genre -> the genres beneath it
MOST_FAMILIES = 12  # families with a colour of their own; more could not be told apart
OTHER, NO_FAMILY = "other genres", "no known genre"


@dataclass(frozen=True)
class Families:
    """The families of a map, those with most tracks first; `of` is each set's index in `names`.

    Last, where there are such sets: OTHER, for families beyond the first MOST_FAMILIES, and
    NO_FAMILY, for sets without a genre of the tree.
    """

    names: tuple[str, ...]
    of: tuple[int, ...]


def families(sets: Sequence[tuple[str, ...]], tracks: Sequence[int], tree: Tree) -> Families:
    """Return the family of each set; `tracks` is the number of tracks of each.

    A family is a genre at the root of the tree with all genres beneath it. A set is assigned to the
    one that most of its descriptors belong to; between equals, to the one that occurs in fewer
    sets, because it says more.
    """
    parts = _Roots(tree)
    votes = [Counter(family for d in one for family in parts.of(d)) for one in sets]
    common = Counter(family for vote in votes for family in vote)
    chosen = [
        min(vote, key=lambda f: (-vote[f], common[f], f)) if vote else NO_FAMILY for vote in votes
    ]
    return _ranked(chosen, tracks)


class _Roots:
    """The families that a descriptor belongs to."""

    def __init__(self, tree: Tree) -> None:
        beneath = frozenset().union(*tree.values())
        self._roots: dict[str, list[str]] = {}
        for root in sorted(tree.keys() - beneath):
            for genre in (root, *tree[root]):
                self._roots.setdefault(genre, []).append(root)

    def of(self, descriptor: str) -> list[str]:
        """Return the families of a descriptor, or of its longest ending that is in the tree.

        "italian progressive rock" belongs to the family of "progressive rock".
        """
        words = descriptor.split(" ")
        endings = (" ".join(words[i:]) for i in range(len(words)))
        return next((self._roots[e] for e in endings if e in self._roots), [])


def _ranked(chosen: Sequence[str], tracks: Sequence[int]) -> Families:
    total = Counter[str]()
    for family, count in zip(chosen, tracks, strict=True):
        total[family] += count
    named = sorted(total.keys() - {NO_FAMILY}, key=lambda f: (-total[f], f))
    names = (
        named[:MOST_FAMILIES]
        + [OTHER] * (len(named) > MOST_FAMILIES)
        + [NO_FAMILY] * (NO_FAMILY in total)
    )
    place = {family: names.index(family if family in names else OTHER) for family in total}
    return Families(tuple(names), tuple(place[family] for family in chosen))
