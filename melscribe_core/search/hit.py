"""What a search returns: a descriptor set with its scores, and a track that has it."""

from __future__ import annotations

from typing import NamedTuple

from melscribe_core.descriptors.lent import NOTHING_LENT, Lent


class ScoredSet(NamedTuple):
    """One distinct descriptor set that answers: its text id, and the scores, each in 0..1.

    Many tracks may share it; `on` makes a hit for each. For the scores see `Hit`.
    """

    text: int
    lent: Lent
    descriptors: tuple[str, ...]
    score: float
    meaning: float
    words: float
    example: float
    against: float
    taste: float

    def on(self, track: int) -> Hit:
        """Return the hit for one track that has this set."""
        scores = self[2:-1]
        return Hit(track, *scores, lent=self.lent, taste=self.taste)


class Hit(NamedTuple):
    """One track that answers, with its descriptors, scores and reasons.

    `score` in 0..1 fuses `meaning` (cosine of question and descriptor set) and `words` (how well
    the descriptors match the request word by word), less `against` (the penalty for being near to
    something unwanted). `example` is the cosine to the examples, 0 without any. `called` holds the
    words of the request that are in the track's own names. `Search.explained` fills in the rest:
    `matched`, descriptors with their own cosine to the question, those said in the request first,
    then the strongest; `said`, those that were said; `disliked`, the descriptor that counts against
    the track, "" for none. `place` is 1, 2, ... for what leads the list because it was named,
    whatever its score; 0 for all others. `lent` says which of the descriptors are the track's own,
    and `alike`, 0..1, how much it sounds like the tracks that were named for their sound. `spelt`,
    which `Search.explained` fills in too, is the line of those that the track's tags have in
    another language, see spelt.py. `taste` is what the person's taste added to the score, or took,
    and `stale` what was taken because the track was played: both only move a track in the list, and
    `fit`, the score without them, decides whether it comes at all.
    """

    track: int
    descriptors: tuple[str, ...]
    score: float
    meaning: float
    words: float
    example: float = 0.0
    against: float = 0.0
    matched: tuple[tuple[str, float], ...] = ()
    said: tuple[str, ...] = ()
    disliked: str = ""
    called: tuple[str, ...] = ()
    place: int = 0
    lent: Lent = NOTHING_LENT
    alike: float = 0.0
    spelt: str = ""
    taste: float = 0.0
    stale: float = 0.0

    @property
    def fit(self) -> float:
        """Return the score without taste, and as if the track had not been played."""
        return self.score - self.taste + self.stale
