"""Text ids -> their descriptor sets, loans and vectors, those of recent requests from memory.

Requests look at much the same texts, and reading them from the catalogue takes several times as
long as scoring them.
"""

from __future__ import annotations

from sys import intern
from typing import NamedTuple

import numpy as np

from melscribe_core.arrays import FloatArray, IdArray
from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.descriptors.lent import Lent, lent_in
from melscribe_core.descriptors.sets import SEPARATOR

DescriptorSets = list[tuple[str, ...]]

MOST = 8192  # texts in memory: 13 MB of vectors of 384 dimensions, and 2 MB of sets


class Found(NamedTuple):
    """Texts by ascending id: descriptor sets, what of each is lent, vectors float32 (n, dim)."""

    ids: IdArray
    sets: DescriptorSets
    loans: list[Lent]
    vectors: FloatArray


class Candidates:
    """The sets and vectors of one catalogue; what is in memory is dropped with each revision."""

    def __init__(self, catalogue: Catalogue, dim: int) -> None:
        self._catalogue = catalogue
        self._dim = dim
        self._revision = -1
        self._places: dict[int, int] = {}  # text id -> its place in the other two
        self._sets: DescriptorSets = []
        self._loans: list[Lent] = []
        self._vectors: FloatArray = np.empty((0, dim), np.float32)

    def of(self, texts: IdArray) -> Found:
        """Return what is known of these texts, which are distinct.

        Unknown ones and those with a pending vector are absent.
        """
        if self._revision != (revision := self._catalogue.revision):
            self._forget()
            self._revision = revision
        if len(texts) > MOST:
            return self._read(texts)
        unread = [text for text in texts.tolist() if text not in self._places]
        if unread and len(unread) + len(self._sets) > MOST:
            self._forget()
            unread = texts.tolist()
        if unread:
            self._keep(self._read(np.array(unread, np.int64)))
        wanted = np.sort(texts).tolist()
        held = [text for text in wanted if text in self._places]
        places = [self._places[text] for text in held]
        ids = np.array(held, np.int64)
        sets, loans = [self._sets[i] for i in places], [self._loans[i] for i in places]
        return Found(ids, sets, loans, self._vectors[places])

    def _read(self, texts: IdArray) -> Found:
        ids, found, lent, vectors = self._catalogue.vectors.with_texts(texts.tolist())
        sets = [tuple(map(intern, text.split(SEPARATOR))) if text else () for text in found]
        try:
            return Found(ids, sets, list(map(lent_in, lent)), vectors)
        except ValueError as error:
            raise self._catalogue.damaged("texts") from error

    def _keep(self, found: Found) -> None:
        ids, sets, loans, vectors = found
        start, end = len(self._sets), len(self._sets) + len(ids)
        if end > len(self._vectors):
            grown = np.empty((min(MOST, max(end, 2 * start)), self._dim), np.float32)
            grown[:start] = self._vectors[:start]
            self._vectors = grown
        if sets:
            self._vectors[start:end] = vectors
        self._places.update(zip(ids.tolist(), range(start, end), strict=True))
        self._sets += sets
        self._loans += loans

    def _forget(self) -> None:
        self._places, self._sets, self._loans = {}, [], []
        self._vectors = np.empty((0, self._dim), np.float32)
