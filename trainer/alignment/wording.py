"""The texts of a track, of which each step draws one, and their vectors by the frozen encoder.

There are four kinds: the whole descriptor set, a part of it, a single descriptor, a caption. TTMR++
(Doh et al. 2024, arXiv 2410.03264) mixes tags and captions in this way, so that the space answers
words as well as sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import SEPARATOR
from melscribe_core.encoder.encoder import Encoder

from ..job import Say
from ..nearest import IntArray
from .examples import Example

BoolArray = NDArray[np.bool_]

PARTS = 6  # different parts of each set are drawn once, so that each text is encoded once
ENCODED_AT_ONCE = 4096  # texts between two lines of progress


@dataclass(frozen=True)
class Mix:
    """How often each kind of text is drawn, beside the others that a track has."""

    whole: float = 1.0
    part: float = 1.0
    single: float = 1.0
    caption: float = 1.0


class Texts:
    """Distinct texts with their vectors, and what each of them names.

    `vectors`: float32 (texts, dim), of unit length. `named`: per text the numbers of the
    descriptors in it; a caption names none.
    """

    def __init__(self, examples: Sequence[Example], encoder: Encoder, seed: int, say: Say) -> None:
        rng = np.random.default_rng(seed)
        texts: dict[str, int] = {}
        names: dict[str, int] = {}
        self.named: list[tuple[int, ...]] = []
        self.kinds: list[tuple[tuple[int, ...], ...]] = []  # per example: texts of each kind
        self.held: list[frozenset[int]] = []  # per example: its descriptors
        for example in examples:
            own = tuple(names.setdefault(one, len(names)) for one in example.descriptors)
            self.held.append(frozenset(own))
            self.kinds.append(
                (
                    self._numbers([example.descriptors] if own else [], texts, names),
                    self._numbers(_parts(example.descriptors, rng), texts, names),
                    self._numbers([(one,) for one in example.descriptors], texts, names),
                    self._captions(example.captions, texts),
                )
            )
        self.texts, self.names = tuple(texts), tuple(names)
        self.vectors = encoded(self.texts, encoder, say)

    def _numbers(
        self, sets: Iterable[Sequence[str]], texts: dict[str, int], names: dict[str, int]
    ) -> tuple[int, ...]:
        found = []
        for one in sets:
            text = SEPARATOR.join(one)
            if text not in texts:
                texts[text] = len(texts)
                self.named.append(tuple(names[name] for name in one))
            found.append(texts[text])
        return tuple(found)

    def _captions(self, captions: Sequence[str], texts: dict[str, int]) -> tuple[int, ...]:
        for caption in captions:
            if caption not in texts:
                texts[caption] = len(texts)
                self.named.append(())
        return tuple(texts[caption] for caption in captions)

    def drawn(self, place: int, mix: Mix, rng: np.random.Generator) -> int:
        """Return a text of the example at `place`: first the kind is drawn, then the text."""
        kinds = self.kinds[place]
        weights = np.array([mix.whole, mix.part, mix.single, mix.caption])
        weights[[not kind for kind in kinds]] = 0
        if not weights.sum():  # all that it has is of a kind that is switched off
            weights[[bool(kind) for kind in kinds]] = 1
        kind = kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]
        return kind[int(rng.integers(len(kind)))]

    def answered(self, places: Sequence[int], texts: Sequence[int]) -> BoolArray:
        """Return which of the examples hold all that each text names, bool (examples, texts).

        A caption is held by the examples that it was written for, and by no other.
        """
        used = sorted({name for text in texts for name in self.named[text]})
        column = {name: at for at, name in enumerate(used)}
        holds = np.zeros((len(places), len(used)), np.float32)
        wants = np.zeros((len(used), len(texts)), np.float32)
        for row, place in enumerate(places):
            holds[row, [column[name] for name in self.held[place] if name in column]] = 1
        for at, text in enumerate(texts):
            wants[[column[name] for name in self.named[text]], at] = 1
        counts = wants.sum(axis=0)
        found: BoolArray = (holds @ wants == counts) & (counts > 0)
        for row, place in enumerate(places):
            found[row] |= np.isin(texts, self.kinds[place][-1])
        return found

    def wholes(self, places: Sequence[int]) -> IntArray:
        """Return the text of each example's whole set, -1 for an example without descriptors."""
        return np.array([(self.kinds[place][0] or (-1,))[0] for place in places], np.int32)


def encoded(texts: Sequence[str], encoder: Encoder, say: Say) -> FloatArray:
    """Return the vectors of texts, float32 (texts, dim), with a line of progress now and then."""
    parts = [np.empty((0, encoder.dim), np.float32)]
    for start in range(0, len(texts), ENCODED_AT_ONCE):
        if start:
            say(f"encoded {start:,} of {len(texts):,} texts")
        parts.append(encoder.encode(texts[start : start + ENCODED_AT_ONCE]))
    return np.concatenate(parts)


def _parts(names: Sequence[str], rng: np.random.Generator) -> list[tuple[str, ...]]:
    """Return up to PARTS different parts of 2 to all but one of the names, sorted as they were."""
    if len(names) < 3:
        return []
    found: dict[tuple[str, ...], None] = {}
    for _ in range(PARTS):
        size = int(rng.integers(2, len(names)))
        chosen = sorted(rng.choice(len(names), size, replace=False))
        found[tuple(names[at] for at in chosen)] = None
    return list(found)
