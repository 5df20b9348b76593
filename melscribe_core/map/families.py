"""Descriptor sets -> genre families, by which a map is coloured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Tree = Mapping[str, frozenset[str]]  # genre -> the genres beneath it
MOST = 12  # families with a colour of their own; more could not be told apart
OTHER, NONE = "other genres", "no known genre"


@dataclass(frozen=True)
class Families:
    """The families of a map, by falling number of tracks, and each set's place in `names`.

    OTHER, for those beyond the first MOST, and NONE, for sets without a genre that the tree knows,
    come last, each where there are such sets.
    """

    names: tuple[str, ...]
    of: tuple[int, ...]


def families(sets: Sequence[tuple[str, ...]], tracks: Sequence[int], tree: Tree) -> Families:
    """Return the family of each set; `tracks` counts the tracks of each.

    A family is a genre at the root of the tree with all beneath it. The one that most of a set's
    descriptors belong to is the set's; between equals the one that fewer sets have a part in,
    because it says more.
    """
    parts = _Roots(tree)
    votes = [Counter(family for d in one for family in parts.of(d)) for one in sets]
    common = Counter(family for vote in votes for family in vote)
    chosen = [min(vote, key=lambda f: (-vote[f], common[f], f)) if vote else NONE for vote in votes]
    return _ranked(chosen, tracks)


class _Roots:
    """Which families a descriptor belongs to."""

    def __init__(self, tree: Tree) -> None:
        beneath = frozenset().union(*tree.values())
        self._roots: dict[str, list[str]] = {}
        for root in sorted(tree.keys() - beneath):
            for genre in (root, *tree[root]):
                self._roots.setdefault(genre, []).append(root)

    def of(self, descriptor: str) -> list[str]:
        """Return the families of a descriptor, or of its longest ending that is in the tree.

        "italian progressive rock" is of the family of "progressive rock".
        """
        words = descriptor.split(" ")
        endings = (" ".join(words[i:]) for i in range(len(words)))
        return next((self._roots[e] for e in endings if e in self._roots), [])


def _ranked(chosen: Sequence[str], tracks: Sequence[int]) -> Families:
    total = Counter[str]()
    for family, count in zip(chosen, tracks, strict=True):
        total[family] += count
    named = sorted(total.keys() - {NONE}, key=lambda f: (-total[f], f))
    names = named[:MOST] + [OTHER] * (len(named) > MOST) + [NONE] * (NONE in total)
    place = {family: names.index(family if family in names else OTHER) for family in total}
    return Families(tuple(names), tuple(place[family] for family in chosen))
