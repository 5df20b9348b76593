"""Tracks whose own names (title, album, artist) hold words of a request.

They find what tags do not. Their part in a score is bounded, so that a name never outranks a
descriptor that was named.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from heapq import nlargest

from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.search.hit import Hit
from melscribe_core.search.question import Question
from melscribe_core.search.words import Rarity, match_expression, word_forms

# The most that a track's own names are worth: as a score of their own, when words of the request
# are descriptors too and when none is; and on top of the score of the descriptors.
BY_NAME, BY_NAME_ALONE, NAME_GAIN = 0.2, 0.5, 0.1
LEAST_SHARE = 0.3  # of the request that names must hold; less is chance
MOST_PER_WORD = 5000  # tracks looked at for one word: a word in more names says little
MOST_FOUND = 500  # tracks that are found by their names


@dataclass(frozen=True)
class Called:
    """How much of a request the names of one track hold: the share, 0..1, and the words."""

    share: float
    words: tuple[str, ...]


def called(
    catalogue: Catalogue, question: Question, among: Set[int] | None
) -> Mapping[int, Called]:
    """Return the tracks whose names hold enough of the request, the largest share first.

    At most MOST_FOUND. A word is weighted by its rarity in the names, or in the descriptor sets
    when no name has it.
    """
    asked = question.titles
    in_names = catalogue.words.title_frequency(word_forms(asked))
    frequency = {**question.rarity.frequency, **in_names}
    rarity = Rarity(catalogue.counts().tracks, frequency)
    weights = {word: rarity.of(word) for word in asked}
    total = sum(weights.values()) or 1.0
    found: dict[int, list[str]] = {}
    for word in asked:
        for track in catalogue.words.titled(match_expression([word]), MOST_PER_WORD).tolist():
            if among is None or track in among:
                found.setdefault(track, []).append(word)
    shares = {t: sum(weights[word] for word in words) / total for t, words in found.items()}
    enough = [(share, -track) for track, share in shares.items() if share >= LEAST_SHARE]
    return {-t: Called(share, tuple(found[-t])) for share, t in nlargest(MOST_FOUND, enough)}


def most_by_name(question: Question) -> float:
    """Return the highest score that names alone may give."""
    in_sets = question.rarity.frequency.keys() & set(word_forms(question.words))
    return BY_NAME if in_sets else BY_NAME_ALONE


def raised(hit: Hit, by: Called, most: float) -> Hit:
    """Return a hit with the score of its descriptors or of its names, whichever is higher.

    NAME_GAIN for the names is added; names alone give `most` at most.
    """
    score, fit = (
        min(1.0, max(one, most * by.share) + NAME_GAIN * by.share) for one in (hit.score, hit.fit)
    )
    return hit._replace(score=score, taste=score - fit, called=by.words)
