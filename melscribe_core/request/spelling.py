"""How far a spelling is from another: by its letters, and by its sound."""

from __future__ import annotations

from collections.abc import Callable


def distance_from(key: str) -> Callable[[str, float], float]:
    """Return a function of another name: its edit distance to `key` per letter.

    Letters are the mean of both lengths. A missing or extra letter costs half an edit; a wrong
    letter, or two swapped, one (Damerau-Levenshtein less half the difference in length).
    """
    from jellyfish import damerau_levenshtein_distance

    letters = set(key)

    def distance(other: str, most: float) -> float:
        """Return the edits per letter; infinity if a cheap bound is already over `most`."""
        lengths = (len(key) + len(other)) / 2
        odd = abs(len(key) - len(other)) / 2
        # One edit changes at most two letters of the set, half an edit one.
        if odd > most * lengths or len(letters.symmetric_difference(other)) > 2 * most * lengths:
            return float("inf")
        return (damerau_levenshtein_distance(key, other) - odd) / lengths

    return distance
