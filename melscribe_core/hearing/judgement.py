"""How far to believe what was heard in one library, judged by its own tags and by ranks.

The nets were trained on other music than most libraries hold. So each threshold is raised where
tracks with tags show that what is heard is often wrong, and where they do not show that it is
right, until at most a share of the library has the descriptor.

Tags are weak evidence against what was heard, and for some kinds weaker than for others. A genre
is exclusive: of the tracks that have one, those without "rock" are not rock. But most people name
one or two of the instruments that play, and few of the moods that fit: there a missing word is half
a mistake. And voices are named where they are remarkable: among tracks with such a word those
without the one that was heard may be more than in the library; they count as at most as many.
A word that no track of the library carries says nothing, unless it is a genre.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.agreement import Agreement
from melscribe_core.hearing.thresholds import fingerprint, places, table, thresholds
from melscribe_core.text import counted

FORMAT = 1  # of the stored form
FEWEST_RANKED = 50  # tracks heard: with fewer, a rank says more about the selection than the music
FEWEST_JUDGES = 10  # tracks: 4 wrong of 10 can still be chance, 4 wrong of 5 too
LEFT = 0.25  # of the tracks that judge: a precision of fewer is the best of many, by chance
WANTED = 0.6  # of the tracks said to have a descriptor, as measured with the table's thresholds
BEARABLE = 0.5  # below it a descriptor is wrong more often than right
MISS = 0.5  # how much a missing word counts against instruments, tempo, level and mood
MOST_WEIGHTS = 8  # descriptors in a track's vector: the average of more points nowhere
GREATEST_OTHER = 1.2  # of all but genres: drums and energy are heard in half of all music
GREATEST_WEIGHT = 2.0  # at 2.5 times the threshold: low thresholds would outweigh all others
FREE_WEIGHT = 0.5  # of the threshold: what is half as likely as that adds nothing

# A descriptor -> another one without which it is not said.
IMPLIED = {"female vocals": "vocals", "male vocals": "vocals"}


class Ruling(NamedTuple):
    """How one descriptor is used: from `threshold` on, or not at all.

    `right` of the `of` tracks that can judge it agree; 0 of 0 where too few can.
    """

    threshold: float
    right: int = 0
    of: int = 0
    is_used: bool = True


@dataclass(frozen=True)
class Judgement:
    """The rulings on the descriptors of the table, in its order, from `tracks` heard tracks."""

    tracks: int
    rulings: tuple[Ruling, ...]

    @property
    def thresholds(self) -> FloatArray:
        """Return the threshold of each descriptor, float32 (D,), infinite for those not used."""
        found = [one.threshold if one.is_used else np.inf for one in self.rulings]
        return np.array(found, np.float32)

    def sentences(self) -> list[str]:
        """Say how right each judged descriptor is, one sentence each without a full stop.

        Those that are used come first, then those judged by most tracks.
        """
        judged = [(one, heard.name) for one, heard in zip(self.rulings, table(), strict=True)]
        order = sorted(judged, key=lambda pair: (not pair[0].is_used, -pair[0].of))
        starts = dict(zip(places(), thresholds(), strict=True))
        return [_sentence(one, name, starts[name]) for one, name in order if one.of]

    def to_json(self) -> str:
        """Return a compact form, about 1 kB."""
        rulings = [[float(f"{t:.9g}"), *map(int, rest)] for t, *rest in self.rulings]
        stored = {"format": FORMAT, "table": fingerprint(), "tracks": self.tracks}
        return json.dumps({**stored, "rulings": rulings}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Judgement | None:
        """Read what `to_json` wrote, None for anything else, or if the table has changed since."""
        try:
            raw = json.loads(text)
            if (raw["format"], raw["table"]) != (FORMAT, fingerprint()):
                return None
            found = tuple(map(_read, raw["rulings"]))
            tracks = int(raw["tracks"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None
        return cls(tracks, found) if len(found) == len(table()) else None


def judge(probabilities: FloatArray, agreed: Agreement | None = None) -> Judgement:
    """Judge what was heard in a library.

    `probabilities` are those of `probabilities_of` for its heard tracks, (n, D), `agreed` is what
    their own tags say, for the same tracks; None for a library without tags.
    """
    rulings = []
    for at, heard in enumerate(table()):
        column = probabilities[:, at]
        cap = _cap(column, heard.most)
        start = float(np.float32(heard.threshold))
        if agreed is None:
            rulings.append(Ruling(max(start, cap)))
            continue
        judging = agreed.judging[:, at]
        votes = _Votes(column[judging], agreed.carried[judging, at], heard.kind)
        rulings.append(_ruling(start, cap, votes))
    _follow(rulings)
    return Judgement(len(probabilities), tuple(rulings))


def said(judgement: Judgement, probabilities: FloatArray) -> NDArray[np.bool_]:
    """Say which descriptors are at or above their thresholds, for each track, bool (n, D)."""
    found = probabilities >= judgement.thresholds
    for name, other in IMPLIED.items():
        found[:, places()[name]] &= found[:, places()[other]]
    return found


def weight_matrix(judgement: Judgement, probabilities: FloatArray) -> FloatArray:
    """Return the weight of each descriptor in each track's vector, float32 (n, D), 0 to 2.

    A weight is p / threshold - 0.5, at least 0; all but the 8 greatest of a track are 0. What is
    just too unlikely to be said still adds a little. All are 0 where nothing was heard.
    """
    found: FloatArray = probabilities / judgement.thresholds
    found -= np.float32(FREE_WEIGHT)
    np.clip(found, 0, _greatest(), out=found)
    lightest = np.argsort(-found, axis=1, kind="stable")[:, MOST_WEIGHTS:]
    np.put_along_axis(found, lightest, 0, axis=1)
    return found


def heard_vectors(
    judgement: Judgement, probabilities: FloatArray, words: Mapping[str, FloatArray]
) -> FloatArray:
    """Return unit(sum of weight x the descriptor's vector) for each track, float32 (n, dim).

    `words` holds the unit vector of every descriptor of the table. All 0 where nothing was heard.
    """
    of_words = np.array([words[heard.name] for heard in table()], np.float32)
    sums: FloatArray = weight_matrix(judgement, probabilities) @ of_words
    lengths = np.sqrt(np.einsum("ij,ij->i", sums, sums))
    sums /= np.where(lengths > 0, lengths, 1)[:, None]
    return sums


@cache
def _greatest() -> FloatArray:
    """Return the greatest weight of each descriptor, float32 (D,)."""
    found = [GREATEST_WEIGHT if one.kind == "genre" else GREATEST_OTHER for one in table()]
    return np.array(found, np.float32)


class _Votes:
    """The tracks that can judge one descriptor, the surest of it first."""

    def __init__(self, column: FloatArray, carried: NDArray[np.bool_], kind: str) -> None:
        order = np.argsort(-column, kind="stable")
        self._doubt = -column[order]  # ascending, to be searched
        self._right = np.cumsum([0, *carried[order]])
        self._miss = _miss(int(carried.sum()), len(carried), kind)
        # Where both sides count as equally many, half is what chance gives.
        self.bearable = WANTED if kind == "voice" else BEARABLE

    def at(self, threshold: float) -> tuple[int, int]:
        """Return how many tracks with at least this probability agree, and how many there are."""
        count = int(np.searchsorted(self._doubt, -np.float32(threshold), side="right"))
        return int(self._right[count]), count

    def cuts(self, start: float) -> tuple[FloatArray, NDArray[np.float64]]:
        """Return the thresholds from `start` upwards that leave enough tracks, and their precision.

        None if too few tracks can judge. The precision is the share that is right, with misses
        weighed.
        """
        judges = self.at(start)[1]
        fewest = max(FEWEST_JUDGES, judges * LEFT) if self._miss else np.inf
        above = np.unique(-self._doubt[:judges])
        cuts = np.concatenate([[np.float32(start)], above[above > np.float32(start)]])
        counts = np.searchsorted(self._doubt, -cuts, side="right")
        cuts, counts = cuts[counts >= fewest], counts[counts >= fewest]
        right = self._right[counts]
        return cuts, right / np.maximum(right + self._miss * (counts - right), 1e-9)


def _miss(carrying: int, judging: int, kind: str) -> float:
    """Return how much a missing word counts, 0 where no tag can judge the descriptor."""
    if kind == "genre":
        return 1.0
    if kind == "voice":
        return min(1.0, carrying / max(judging - carrying, 1))
    return MISS if carrying else 0.0


def _ruling(start: float, cap: float, votes: _Votes) -> Ruling:
    cuts, precision = votes.cuts(start)
    if not len(cuts):
        return Ruling(max(start, cap))
    if (precision >= WANTED).any():
        # The tags confirm it: without a cap, or a library of metal could not be told to be one.
        return _told(float(cuts[np.argmax(precision >= WANTED)]), votes)
    if precision.max() < votes.bearable:
        return Ruling(start, *votes.at(start), is_used=False)
    return _told(max(float(cuts[np.argmax(precision)]), cap), votes)


def _read(stored: list[float]) -> Ruling:
    threshold, right, of, is_used = stored
    return Ruling(float(np.float32(threshold)), int(right), int(of), bool(is_used))


def _told(threshold: float, votes: _Votes) -> Ruling:
    return Ruling(threshold, *votes.at(threshold))


def _cap(column: FloatArray, most: float) -> float:
    """Return the lowest threshold that at most a share `most` of the tracks reach, 0 for any.

    Never more than the greatest probability: tracks that are equally sure are not told apart.
    """
    allowed = int(most * len(column))
    if len(column) < FEWEST_RANKED or allowed >= len(column):
        return 0.0
    first_out = np.partition(column, len(column) - 1 - allowed)[len(column) - 1 - allowed]
    above = column[column > first_out]
    return float(above.min() if len(above) else first_out)


def _follow(rulings: list[Ruling]) -> None:
    """Do not use what implies a descriptor that is not used."""
    for name, other in IMPLIED.items():
        if not rulings[places()[other]].is_used:
            threshold = rulings[places()[name]].threshold
            rulings[places()[name]] = Ruling(threshold, is_used=False)


def _sentence(one: Ruling, name: str, start: float) -> str:
    if not one.is_used:
        return (
            f"heard {name} is not used: right for only {one.right:,}"
            f" of {counted(one.of, 'track')} tagged"
        )
    raised = f", from {one.threshold:.2f} instead of {start:.2f}" if one.threshold > start else ""
    return f"heard {name}: right for {one.right:,} of {counted(one.of, 'track')} tagged{raised}"
