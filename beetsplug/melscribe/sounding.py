"""Tracks that sound like others: those heard, ranked by what the nets hear in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

import numpy as np
from beets.ui import UserError

from beetsplug.melscribe.index import LibraryIndex
from beetsplug.melscribe.index_file import heard_file
from melscribe_core.errors import MelScribeError
from melscribe_core.search.hit import Hit
from melscribe_core.search.question import Question
from melscribe_core.text import counted

NEAREST = 3000  # tracks alike in sound that are looked at for the words: a list takes 25
WORDS = 0.5  # share of the words in a score, when there are any; the rest is the sound

_SOUNDS_LIKE = re.compile(r"\bsound(?:s|ing)?(?: \w+){0,2}? like\b", re.IGNORECASE)


class Alike(NamedTuple):
    """How much each heard track sounds like the examples, 0..1, and how many of these were heard.

    What sounds no nearer than the library does on average is not in it.
    """

    scores: Mapping[int, float]
    examples: int


def says_sound(text: str) -> bool:
    """Say whether the words of a request compare the sound: "sounds like X"."""
    return bool(_SOUNDS_LIKE.search(text))


def was_heard(index: LibraryIndex, tracks: Collection[int]) -> bool:
    """Say whether any of these tracks was heard."""
    if not index.lending.mark:
        return False
    loans = index.catalogue.tracks.loans(tracks)
    return any(lent.heard for lent in loans.values())


def alike(index: LibraryIndex, examples: Collection[int]) -> Alike:
    """Compare all heard tracks of the library with the examples.

    Raises UserError when what was heard cannot be read.
    """
    from melscribe_core.hearing.heard import open_heard
    from melscribe_core.hearing.likeness import Likeness, like_scores
    from melscribe_core.hearing.nets import Nets

    try:
        with closing(open_heard(heard_file(index.catalogue.path), write=False)) as heard:
            found = heard.arrays(Nets().fingerprint)
    except MelScribeError as error:
        raise UserError(f"what was heard cannot be compared: {error}") from error
    here = index.lending.of_library(found)
    tracks = found.tracks[here].tolist()
    rows = [at for at, track in enumerate(tracks) if track in examples]
    if not rows:
        return Alike({}, 0)
    cosines = Likeness(found.features[here], found.reach[here].astype(np.float32)).near(rows)
    scores = zip(tracks, like_scores(cosines).tolist(), strict=True)
    return Alike({track: score for track, score in scores if score > 0}, len(rows))


def hits_alike(
    index: LibraryIndex,
    question: Question,
    scores: Mapping[int, float],
    among: Collection[int] | None,
) -> Iterator[Hit]:
    """Yield the tracks that sound alike, best first; the words of the request count as much."""
    allowed = [track for track in scores if among is None or track in among]
    nearest = sorted(allowed, key=lambda track: -scores[track])[:NEAREST]
    hits = index.search.scored(question, frozenset(nearest)).values()
    described = question.vector is not None
    joined = [_joined(hit, scores[hit.track], described=described) for hit in hits]
    return iter(sorted(joined, key=lambda hit: (-hit.score, hit.track)))


def _joined(hit: Hit, sound: float, *, described: bool) -> Hit:
    score = (1 - WORDS) * sound + WORDS * hit.score if described else sound - hit.against
    return hit._replace(score=max(0.0, score), taste=WORDS * hit.taste, alike=sound)


def examples_note(found: Alike, examples: Sequence[int]) -> list[str]:
    """Return the note on examples that were not heard, if there are any."""
    if found.examples == len(examples):
        return []
    lost = len(examples) - found.examples
    return [
        f"compared by sound with {found.examples} of {counted(len(examples), 'track')}:"
        f" {lost} not heard yet (`beet melindex --listen`)"
    ]
