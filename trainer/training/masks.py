"""Which texts of a batch are positives, and which negatives, of which queries: from tables.

The tables are made once for all pairs. A batch is picked from them by numpy alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from melscribe_core.descriptors.sets import SEPARATOR

from ..data.pairs import Pairs
from ..nearest import NONE, IntArray
from .ragged import Ragged, reduce_rows

BoolArray = npt.NDArray[np.bool_]
Mask = Literal["own", "named", "mutual"]


class AnswerTable:
    """Which texts hold all descriptors that a query asks for.

    `asked`: for each query what a text has to hold to answer it, all descriptors of one of these.
    `sets`: the descriptors of each text.
    """

    def __init__(
        self, asked: Sequence[Sequence[frozenset[str]]], sets: Sequence[frozenset[str]]
    ) -> None:
        numbers: dict[str, int] = {}
        meanings = [names for each in asked for names in each]
        self.names = Ragged.of(
            [numbers.setdefault(name, len(numbers)) for name in names] for names in meanings
        )
        ends = np.cumsum([len(each) for each in asked])
        self.meanings = Ragged.of(
            range(int(end) - len(each), int(end)) for each, end in zip(asked, ends, strict=True)
        )
        self.held = Ragged.of(
            [numbers[name] for name in names if name in numbers] for names in sets
        )
        self.count = len(numbers)

    def of(self, queries: IntArray, texts: IntArray) -> BoolArray:
        """Return which of the texts answer which of the queries, (queries, texts)."""
        owners, meanings = self.meanings.pick(queries)
        wanted, names = self.names.pick(meanings)
        holders = self._holders(names, texts)
        whole = reduce_rows(np.bitwise_and, holders, wanted, len(meanings), 255)
        any_of = reduce_rows(np.bitwise_or, whole, owners, len(queries), 0)
        return np.unpackbits(any_of, axis=1, count=len(texts)).view(np.bool_)

    def _holders(self, names: IntArray, texts: IntArray) -> npt.NDArray[np.uint8]:
        """Return which texts hold each name, eight texts in a byte, (names, texts / 8)."""
        distinct, row_of_name = np.unique(names, return_inverse=True)
        rows = np.full(self.count, NONE, np.int32)
        rows[distinct] = np.arange(len(distinct))
        columns, held = self.held.pick(texts)
        found = rows[held]
        asked = found != NONE
        table = np.zeros((len(distinct), len(texts)), np.bool_)
        table[found[asked], columns[asked]] = True
        return np.packbits(table, axis=1)[row_of_name]


class Masks:
    """The positives and negatives of all pairs, by the numbers of queries and texts.

    A query's own texts are its positives and all texts of its tracks. Which others are negatives is
    set by `mask`:

    - "own": all of them.
    - "named": a text with all the descriptors that the query names is not a negative either, if
      the query names any.
    - "mutual": such a text is spared only if, in turn, the query's own text answers the text's
      query. A text without a query in the batch is treated as in "named".
    """

    def __init__(self, pairs: Pairs, mask: Mask) -> None:
        self.mask = mask
        self.positives, self.same_tracks = own_texts(pairs)
        asked = [query.asked for query in pairs.queries]
        sets = [frozenset(text.split(SEPARATOR)) for text in pairs.corpus]
        self.answers = AnswerTable(asked, sets)
        self.texts = len(sets)

    def of(
        self, queries: IntArray, texts: IntArray, chosen: npt.NDArray[np.int64]
    ) -> tuple[BoolArray, BoolArray]:
        """Return which texts are positives and which negatives of which queries, (queries, texts).

        `texts`: each once. `chosen`, (queries,): the place in `texts` of each query's own text.
        """
        column = np.full(self.texts, NONE, np.int32)
        column[texts] = np.arange(len(texts))
        shape = len(queries), len(texts)
        positive = _marked(self.positives, queries, column, shape)
        spared = positive | _marked(self.same_tracks, queries, column, shape)
        if self.mask != "own":
            answers = self.answers.of(queries, texts)
            spared |= mutual(answers, chosen) if self.mask == "mutual" else answers
        return positive, ~spared


def own_texts(pairs: Pairs) -> tuple[Ragged, Ragged]:
    """Return for each query the numbers of its positives, and of all texts of its tracks."""
    number = {text: i for i, text in enumerate(pairs.corpus)}
    of_track = pairs.texts_of_tracks()
    positives = Ragged.of([number[text] for text in query.positives] for query in pairs.queries)
    same_tracks = Ragged.of(
        {text for track in query.tracks for text in of_track.get(track, ())}
        for query in pairs.queries
    )
    return positives, same_tracks


def mutual(answers: BoolArray, chosen: npt.NDArray[np.int64]) -> BoolArray:
    """Return the answers that are mutual, and those to texts without a query in the batch.

    `answers`: (queries, texts). `chosen`: the column of each query's own text.
    """
    between = answers[:, chosen]  # (queries, queries): does the text of k answer query i?
    order = np.argsort(chosen, kind="stable")
    both = (between & between.T)[order].view(np.uint8)  # symmetric
    kept = reduce_rows(np.bitwise_or, both, chosen[order], answers.shape[1], 0).T.view(np.bool_)
    without_query = np.ones(answers.shape[1], np.bool_)
    without_query[chosen] = False
    return np.where(without_query, answers, kept)


def _marked(
    table: Ragged, queries: IntArray, column: IntArray, shape: tuple[int, int]
) -> BoolArray:
    """Return which texts of a batch are in each query's row of `table`; `column`: of each text."""
    places, texts = table.pick(queries)
    columns = column[texts]
    present = columns != NONE
    marked = np.zeros(shape, np.bool_)
    marked[places[present], columns[present]] = True
    return marked
