"""Unwanted phrases -> descriptors that are forbidden, and those that count against a track."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.absences import is_absence
from melscribe_core.descriptors.sets import SEPARATOR, Rules, text_of

Narrower = Mapping[str, frozenset[str]]  # genre -> the genres beneath it

# Generic nouns, dropped from an unwanted phrase: "christmas music", "live versions".
_KINDS = frozenset(
    "album albums comedy kind material music number numbers one ones recording recordings some song"
    " songs sound sounds stuff style thing things track tracks tune tunes version versions".split()
)

# Cosine to an unwanted phrase from which a descriptor begins to count against its track, and from
# which it counts in full. High, because cosines of short words without context are unreliable: with
# the bundled encoder "loud" is nearer to "quiet" (0.76) than to "noise" (0.66). Moods, where that
# does most harm, are looked up in data/moods.txt first.
NEAR_FROM, NEAR_TO = 0.65, 0.85
PENALTY = 0.4  # subtracted from the score, 0..1, of a track that counts in full


@dataclass(frozen=True)
class Exclusion:
    """What is unwanted, decided for every descriptor of a catalogue.

    `out` holds the descriptors that no track may have; `against` how much others count against a
    track, 0..1.
    """

    out: frozenset[str]
    against: Mapping[str, float]

    def admits(self, descriptors: Iterable[str]) -> bool:
        """Say whether none of the descriptors is out."""
        return not self.out or self.out.isdisjoint(descriptors)

    def penalty(self, descriptors: Iterable[str]) -> float:
        """Return what to subtract from the score, 0..PENALTY: the worst descriptor decides."""
        if not self.against:
            return 0.0
        return PENALTY * max((self.against.get(d, 0.0) for d in descriptors), default=0.0)

    def penalties(self, sets: Sequence[Sequence[str]]) -> FloatArray:
        """Return the penalty of every set, float32 (sets,)."""
        if not self.against:
            return np.zeros(len(sets), np.float32)
        return np.array([self.penalty(one) for one in sets], np.float32)

    def worst(self, descriptors: Iterable[str]) -> str:
        """Return the descriptor that decides, "" for a set without descriptors."""
        return max(descriptors, key=lambda d: self.against.get(d, 0.0), default="")


NOTHING = Exclusion(frozenset(), {})


@dataclass(frozen=True)
class Wanted:
    """What the same request wants: the descriptors it names, and vectors.

    `vectors` are those of its phrases and of these descriptors, float32 (dim,); there may be none.
    """

    names: frozenset[str] = frozenset()
    vectors: tuple[FloatArray, ...] = ()


ANYTHING = Wanted()


def exclusion(
    phrases: Collection[str],
    descriptors: Mapping[str, FloatArray],
    vectors: FloatArray,
    narrower: Narrower,
    wanted: Wanted = ANYTHING,
    names: Callable[[str], tuple[str, ...]] | None = None,
) -> Exclusion:
    """Judge every descriptor of a catalogue by the unwanted phrases.

    `descriptors` maps each to its vector, float32 (dim,); `vectors` are those of the phrases,
    float32 (n, dim); `narrower` is a genre tree. A descriptor that is `wanted` is neither forbidden
    nor counted against a track, unless a phrase names exactly that one; nor does one count that is
    nearer to what is wanted than to what is not. `names` returns the descriptors that a phrase
    names, by default `names_of`.
    """
    if not phrases:
        return NOTHING
    unwanted = [name for phrase in phrases for name in (names or names_of)(phrase)]
    kept = wanted.names - set(unwanted)
    kinds = {p: narrower.get(p, frozenset()) for p in unwanted}
    # In "soul, no r&b" the excluded genre does not include a subgenre that is wanted.
    kinds = {p: frozenset() if of_it & kept else of_it for p, of_it in kinds.items()}
    out = frozenset(
        d for d in descriptors.keys() - kept if any(is_out(d, p, kinds) for p in unwanted)
    )
    akin, opposite = _mood_relations(unwanted, kept)
    open_to_doubt = descriptors.keys() - out - kept - opposite
    shares = _shares({d: descriptors[d] for d in sorted(open_to_doubt)}, vectors, wanted, akin)
    return Exclusion(out, {d: share for d, share in shares.items() if share > 0})


def _shares(
    descriptors: Mapping[str, FloatArray],
    vectors: FloatArray,
    wanted: Wanted,
    akin: Collection[str],
) -> dict[str, float]:
    """Return how much each descriptor counts against a track, 0..1."""
    if not descriptors:
        return {}
    matrix = np.stack(list(descriptors.values()))
    away = (matrix @ vectors.T).max(axis=1)
    toward = np.full(len(away), -1.0, np.float32)
    if wanted.vectors:
        toward = (matrix @ np.stack(wanted.vectors).T).max(axis=1)
    return {
        descriptor: 0.0 if near > far else 1.0 if descriptor in akin else max(0.0, _share(far))
        for descriptor, far, near in zip(descriptors, away.tolist(), toward.tolist(), strict=True)
    }


def is_out(descriptor: str, phrase: str, narrower: Narrower) -> bool:
    """Say whether a descriptor is, contains, or is a subgenre of an unwanted phrase.

    Singular and plural are equal only at the end, in the noun itself: "ballads" excludes "power
    ballad", but "beats" does not exclude "beat music".
    """
    if not phrase or _is_denied(descriptor, phrase):
        return False
    words, unwanted = descriptor.split(), phrase.split()
    if _holds(words, unwanted) or _ends_with(words, unwanted):
        return True
    if any(kind == descriptor or _holds(words, kind.split()) for kind in narrower.get(phrase, ())):
        return True
    return any(_holds(words, synonym.split("-")) for synonym in synonyms().get(phrase, ()))


def names_of(phrase: str, rules: Rules | None = None) -> tuple[str, ...]:
    """Return the descriptors that a phrase names, in the spelling of a catalogue.

    Without words such as "music" or "songs", unless nothing else is left: "the 80s songs" is
    "1980s".
    """
    core = core_of(phrase)
    spelt = text_of([core], rules)
    return tuple(spelt.split(SEPARATOR)) if spelt else (core,)


def core_of(phrase: str) -> str:
    """Return a phrase in lower case without words such as "music", unless nothing else is left."""
    words = phrase.casefold().split()
    return " ".join([word for word in words if word not in _KINDS] or words)


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Return data/synonyms.txt: what is excluded -> words; "-" joins the words of a phrase."""
    listed = (files("melscribe_core.search") / "data" / "synonyms.txt").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in listed.splitlines():
        if line and not line.startswith("#"):
            names, _, words = line.partition(":")
            found.update((name.strip(), tuple(words.split())) for name in names.split(","))
    return found


@cache
def _moods() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Return the lines of data/moods.txt: (moods near to each other, their opposites)."""
    listed = (files("melscribe_core.search") / "data" / "moods.txt").read_text(encoding="utf-8")
    lines = [line for line in listed.splitlines() if line and not line.startswith("#")]
    return tuple(
        (_spelt(near), _spelt(far)) for near, _, far in (li.partition("|") for li in lines)
    )


def _spelt(names: str) -> frozenset[str]:
    return frozenset(text_of(names.split(",")).split(SEPARATOR)) - {""}


def _share(cosine: float) -> float:
    return min(1.0, (cosine - NEAR_FROM) / (NEAR_TO - NEAR_FROM))


def _mood_relations(unwanted: Iterable[str], wanted: Set[str]) -> tuple[set[str], set[str]]:
    """Return the moods near to what is unwanted, and those that are its opposite.

    A line that also holds something wanted is not used for the first: there the cosines decide.
    """
    akin: set[str] = set()
    opposite: set[str] = set()
    for near, far in _moods():
        if not near.isdisjoint(unwanted):
            akin |= near if near.isdisjoint(wanted) else set()
            opposite |= far
    return akin, opposite - akin


def _is_denied(descriptor: str, phrase: str) -> bool:
    """Say whether a descriptor itself says that something is absent: "no drums"."""
    return is_absence(descriptor) and not phrase.startswith("no ")


def _holds(words: list[str], part: list[str]) -> bool:
    starts = range(len(words) - len(part) + 1)
    return any(words[i : i + len(part)] == part for i in starts)


def _ends_with(words: list[str], part: list[str]) -> bool:
    tail = words[-len(part) :]
    return tail[:-1] == part[:-1] and _singular(tail[-1]) == _singular(part[-1])


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
