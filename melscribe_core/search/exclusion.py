"""What a person does not want -> descriptors that are out, and those that count against a track."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.absences import is_absence
from melscribe_core.descriptors.sets import SEPARATOR, Rules, text_of

Narrower = Mapping[str, frozenset[str]]  # genre -> the genres beneath it

# Words that say what kind of thing is unwanted, not which: "christmas music", "live versions".
_KINDS = frozenset(
    "album albums comedy kind material music number numbers one ones recording recordings some song"
    " songs sound sounds stuff style thing things track tracks tune tunes version versions".split()
)

# A descriptor this near to an unwanted phrase begins to count against its track, and one as near as
# the second counts in full. High, because short words without a context lie oddly: with the
# bundled encoder "loud" is nearer to "quiet" (0.76) than to "noise" (0.66). Moods, where that
# hurts, are told by data/moods.txt first.
NEAR_FROM, NEAR_TO = 0.65, 0.85
PENALTY = 0.4  # taken off the score, 0..1, of a track that is as near as that


@dataclass(frozen=True)
class Exclusion:
    """What is out, told for every descriptor of a catalogue.

    `out` holds the descriptors that no track may have; `against` says how much others count
    against a track, 0..1.
    """

    out: frozenset[str]
    against: Mapping[str, float]

    def admits(self, descriptors: Iterable[str]) -> bool:
        """Say whether none of the descriptors is out."""
        return not self.out or self.out.isdisjoint(descriptors)

    def penalty(self, descriptors: Iterable[str]) -> float:
        """Return what is to be taken off the score, 0..PENALTY: the worst descriptor decides."""
        if not self.against:
            return 0.0
        return PENALTY * max((self.against.get(d, 0.0) for d in descriptors), default=0.0)

    def worst(self, descriptors: Iterable[str]) -> str:
        """Return the descriptor that decides, "" when none counts against the track."""
        return max(descriptors, key=lambda d: self.against.get(d, 0.0), default="")


NOTHING = Exclusion(frozenset(), {})


@dataclass(frozen=True)
class Wanted:
    """What is wanted beside what is not: the descriptors named, and their and the words' vectors.

    `vectors`, float32 (dim,) each, may be none.
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
    """Judge every descriptor of a catalogue by what is not wanted.

    `descriptors` come with their vectors, float32 (dim,); `vectors` are those of the phrases,
    float32 (n, dim); `narrower` is a genre tree. A descriptor that is `wanted` is neither out nor
    against, unless the very same is not wanted; nor is one against that lies nearer to what is
    wanted than to what is not. `names` tells which descriptors a phrase names, see `names_of`.
    """
    if not phrases:
        return NOTHING
    unwanted = [name for phrase in phrases for name in (names or names_of)(phrase)]
    kept = wanted.names - set(unwanted)
    kinds = {p: narrower.get(p, frozenset()) for p in unwanted}
    # Who wants soul and no r&b does not mean by r&b all that a genre tree has beneath it.
    kinds = {p: frozenset() if of_it & kept else of_it for p, of_it in kinds.items()}
    out = frozenset(
        d for d in descriptors.keys() - kept if any(is_out(d, p, kinds) for p in unwanted)
    )
    akin, opposite = _told(unwanted, kept)
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
    """Say whether a descriptor is, holds, or is a kind of what is not wanted.

    In another number a word counts only at the end, where it names the thing: "ballads" takes
    "power ballad", but "beats" leaves "beat music".
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
    """Return the descriptors that a phrase names, spelt as a catalogue spells them.

    Words such as "music" or "songs" go, unless nothing else is left: "the 80s songs" is "1980s".
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
    """Return, by what is excluded, the words whose descriptors go; "-" joins those of a phrase."""
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


def _told(unwanted: Iterable[str], wanted: Set[str]) -> tuple[set[str], set[str]]:
    """Return the moods that are near to what is not wanted, and those that are its opposite.

    A line that holds what is wanted as well does not tell the two apart: there the vectors do.
    """
    akin: set[str] = set()
    opposite: set[str] = set()
    for near, far in _moods():
        if not near.isdisjoint(unwanted):
            akin |= near if near.isdisjoint(wanted) else set()
            opposite |= far
    return akin, opposite - akin


def _is_denied(descriptor: str, phrase: str) -> bool:
    """Say whether a descriptor itself says that the thing is not there: "no drums"."""
    return is_absence(descriptor) and not phrase.startswith("no ")


def _holds(words: list[str], part: list[str]) -> bool:
    starts = range(len(words) - len(part) + 1)
    return any(words[i : i + len(part)] == part for i in starts)


def _ends_with(words: list[str], part: list[str]) -> bool:
    tail = words[-len(part) :]
    return tail[:-1] == part[:-1] and _singular(tail[-1]) == _singular(part[-1])


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
