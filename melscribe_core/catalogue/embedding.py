"""Encode the texts and descriptors that have no vector yet, batch by batch.

The vector of a text that is wholly the track's own is the encoder's. Where descriptors are lent,
it is a weighted sum: the track's own text, what its siblings lend, and what was heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.vectors import Carrier, Pending
from melscribe_core.descriptors.lent import Lent, lent_in, own_of
from melscribe_core.descriptors.sets import SEPARATOR

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray
    from melscribe_core.encoder.encoder import Encoder

PART = 1024  # texts per transaction: an interruption loses a second or two of work
SHARE = 256  # texts per report of progress
CARRIERS: tuple[Carrier, ...] = ("texts", "descriptors")

# Weights of what is lent in a track's vector, beside the text of what tells its sound, at 1: that
# is its own text, or where it has none, what its siblings lend. A year or tempo alone is a hint.
OF_SIBLINGS, OF_HEARD, OF_A_HINT = 0.3, 0.5, 0.3


class SoundSpace(Protocol):
    """How the sounds of one library lie in the text space."""

    def vectors(self, names: Iterable[str]) -> Mapping[str, FloatArray]:
        """Return the learned vectors of these names, float32 (dim,) of unit length, if present."""


class NoSounds:
    """The space of a library of which nothing was heard."""

    def vectors(self, names: Iterable[str]) -> Mapping[str, FloatArray]:
        """Return no vector."""
        return {}


def embed_pending(
    catalogue: Catalogue,
    encoder: Encoder,
    advance: Callable[[int], None],
    sounds: SoundSpace | None = None,
) -> int:
    """Encode every text and descriptor that has no vector; return how many.

    Each part is stored in one transaction before the next begins. `advance` is called with the
    number of texts after each SHARE of a part; for the last one, after the part is stored.
    """
    done = 0
    composer = _Composer(catalogue, encoder, sounds or NoSounds())
    for carrier, rows in _parts(catalogue):
        vectors = [composer.vectors(rows[:SHARE])]
        for start in range(SHARE, len(rows), SHARE):
            advance(SHARE)
            vectors.append(composer.vectors(rows[start : start + SHARE]))
        catalogue.vectors.store(carrier, [row.id for row in rows], np.concatenate(vectors))
        advance(len(vectors[-1]))
        done += len(rows)
    return done


def _parts(catalogue: Catalogue) -> Iterator[tuple[Carrier, list[Pending]]]:
    for carrier in CARRIERS:
        waiting = catalogue.vectors.pending(carrier)
        for start in range(0, len(waiting), PART):
            yield carrier, waiting[start : start + PART]


class _Composer:
    """Vectors of rows, encoded, or composed of their parts."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder, sounds: SoundSpace) -> None:
        self._catalogue, self._encoder, self._sounds = catalogue, encoder, sounds
        self._names: dict[str, FloatArray] = {}  # of heard descriptors: there are a few dozen

    def vectors(self, rows: Sequence[Pending]) -> FloatArray:
        """Return the vectors of rows, float32 (n, dim), of unit length."""
        if not any(row.lent for row in rows):
            return self._encoder.encode([row.text for row in rows])
        loans = [self._lent(row) for row in rows]
        parts = [parts_of(row.text, lent) for row, lent in zip(rows, loans, strict=True)]
        texts = self._encoded(text for one in parts for text in one.texts)
        learned = self._sounds.vectors(lent.learned for lent in loans if lent.learned)
        return np.stack(
            [
                composed(one, texts, self._heard(lent, learned))
                for one, lent in zip(parts, loans, strict=True)
            ]
        )

    def _lent(self, row: Pending) -> Lent:
        try:
            return lent_in(row.lent)
        except ValueError as error:
            raise self._catalogue.damaged("texts") from error

    def _encoded(self, texts: Iterable[str]) -> dict[str, FloatArray]:
        listed = list(dict.fromkeys(filter(None, texts)))
        return dict(zip(listed, self._encoder.encode(listed), strict=True)) if listed else {}

    def _heard(self, lent: Lent, learned: Mapping[str, FloatArray]) -> FloatArray | None:
        """Return the vector of what was heard, of unit length; None for nothing."""
        if (vector := learned.get(lent.learned)) is not None:
            return vector
        heard = [one for one in lent.heard if one.weight > 0]
        if not heard:
            return None
        unknown = [one.name for one in heard if one.name not in self._names]
        self._names.update(self._encoded(unknown))
        return unit(np.sum([one.weight * self._names[one.name] for one in heard], axis=0))


class Parts(NamedTuple):
    """The texts that make the vector of a track, with their weights, and the weight of hearing."""

    texts: Mapping[str, float]
    of_heard: float


def parts_of(text: str, lent: Lent) -> Parts:
    """Return what the vector of a text is composed of, beside the vector of what was heard."""
    own = own_of(text.split(SEPARATOR) if text else (), lent)
    siblings = tuple(name for name, _ in lent.siblings)
    if not lent.is_alone:
        weights = {SEPARATOR.join(own): 1.0, SEPARATOR.join(siblings): OF_SIBLINGS}
        return Parts(weights, OF_HEARD)
    if siblings:  # as if they were its own, with its year or tempo
        return Parts({SEPARATOR.join(sorted((*own, *siblings))): 1.0}, OF_HEARD)
    return Parts({SEPARATOR.join(own): OF_A_HINT}, 1.0)


def composed(
    parts: Parts, texts: Mapping[str, FloatArray], heard: FloatArray | None = None
) -> FloatArray:
    """Return the vector of a track from the vectors of its texts and of what was heard in it.

    One of them at least is there; "" is no text.
    """
    found = [(weight, texts[text]) for text, weight in parts.texts.items() if text]
    found += [] if heard is None else [(parts.of_heard, heard)]
    return unit(np.sum([weight * vector for weight, vector in found], axis=0))


def unit(vector: FloatArray) -> FloatArray:
    """Return a vector, not zero, at unit length as float32."""
    scaled: FloatArray = (vector / np.linalg.norm(vector)).astype(np.float32)
    return scaled
