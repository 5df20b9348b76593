"""Masks: which texts are positives and negatives, by hand and against a slow reference."""

from collections.abc import Sequence

import numpy as np
import pytest

from melscribe_trainer.data.pairs import Pairs, corpus_of
from melscribe_trainer.data.queries import Query
from melscribe_trainer.training.masks import AnswerTable, Mask, Masks, mutual
from tests.support import tiny
from tests.trainer.training.examples import rng

ASKED = [[frozenset({"rock", "sad"})], [frozenset({"folk", "sad"})], [], [frozenset({"sad"})]]
SETS = [
    frozenset(text.split(", ")) for text in ("rock, sad", "folk, sad", "jazz", "folk, jazz, sad")
]
OWN = np.eye(4, dtype=bool)
ALL = np.arange(4, dtype=np.int32)


def answers(
    asked: Sequence[Sequence[frozenset[str]]], sets: Sequence[frozenset[str]]
) -> np.ndarray:
    texts = np.arange(len(sets), dtype=np.int32)
    found: np.ndarray = AnswerTable(asked, sets).of(ALL, texts)
    return found


def spared(found: np.ndarray) -> list[tuple[int, int]]:
    return [(int(i), int(j)) for i, j in np.argwhere(found & ~OWN)]


def test_texts_that_hold_all_that_is_named_answer() -> None:
    # The fourth text holds folk and sad; the fourth query, sad, is answered by the first two.
    assert spared(answers(ASKED, SETS)) == [(1, 3), (3, 0), (3, 1)]


def test_mutual_answers_are_those_of_each_others_texts() -> None:
    # Of these, only between the second and fourth does each text answer the other's query.
    assert spared(mutual(answers(ASKED, SETS), np.arange(4))) == [(1, 3), (3, 1)]


def test_mutual_spares_mined_texts_as_named_does() -> None:
    sets = [*SETS, frozenset({"rock", "sad", "loud"})]  # the fifth text belongs to no query
    found = mutual(answers(ASKED, sets), np.arange(4))
    assert found[:, 4].tolist() == [True, False, False, True]


def test_a_word_of_several_meanings_spares_the_texts_of_each() -> None:
    asked = [[frozenset({"jazz"}), frozenset({"folk", "sad"})], [], [], []]
    # "folk, sad", "jazz" and the set that has all three; the others name nothing.
    assert answers(asked, SETS).tolist() == [[False, True, True, True], *[[False] * 4] * 3]


def test_a_right_text_without_a_track_is_no_negative() -> None:
    queries = (Query("a word", ("rock", "folk"), ("rock",), (), "rendering"),)
    found = Masks(Pairs(queries, corpus_of(queries)), "own").of(
        np.zeros(1, np.int32), np.arange(2, dtype=np.int32), np.zeros(1, np.int64)
    )
    assert [mask.tolist() for mask in found] == [[[True, True]], [[False, False]]]


def reference(
    pairs: Pairs, queries: np.ndarray, texts: np.ndarray, chosen: np.ndarray, mask: Mask
) -> tuple[np.ndarray, np.ndarray]:
    """Return what Masks.of returns, cell by cell."""
    corpus = list(pairs.corpus)
    right = np.zeros((len(queries), len(texts)), bool)
    wrong = np.ones_like(right)

    def answered(query: Query, text: str) -> bool:
        return any(names <= set(text.split(", ")) for names in query.asked)

    for i, j in np.ndindex(*right.shape):
        query, text = pairs.queries[queries[i]], corpus[texts[j]]
        right[i, j] = text in query.positives
        same_track = bool(set(query.tracks) & set(pairs.corpus[text]))
        answer = mask != "own" and answered(query, text)
        if mask == "mutual" and j in chosen:
            own = corpus[texts[chosen[i]]]
            asking = [pairs.queries[queries[k]] for k in np.flatnonzero(chosen == j)]
            answer = answer and any(answered(other, own) for other in asking)
        wrong[i, j] = not (right[i, j] or same_track or answer)
    return right, wrong


def random_pairs(count: int, seed: int) -> Pairs:
    """Return queries of which some name nothing, some have several meanings or share tracks."""
    draw = rng(seed)

    def some(names: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(sorted(draw.choice(names, int(draw.integers(1, most)), replace=False)))

    queries = []
    for number in range(count):
        texts = tuple({", ".join(some(tiny.GENRES[:4] + tiny.MOODS[:3], 5)) for _ in range(3)})
        meanings = tuple(some(tiny.GENRES[:4], 3) for _ in range(2)) if number % 4 == 3 else ()
        named = () if meanings or number % 4 == 2 else some(tiny.GENRES[:4], 3)
        tracks = tuple(str(n) for n in draw.integers(count // 2, size=number % 3))
        queries.append(Query(f"query {number}", texts, named, tracks, "", meanings))
    return Pairs(tuple(queries), corpus_of(queries))


@pytest.mark.parametrize("mask", ["own", "named", "mutual"])
@pytest.mark.parametrize("seed", range(3))
def test_masks_are_those_of_the_slow_reference(mask: Mask, seed: int) -> None:
    pairs, draw = random_pairs(40, seed), rng(seed)
    queries = draw.integers(40, size=24).astype(np.int32)  # some twice, as labelled rows have them
    texts = draw.permutation(len(pairs.corpus))[:30].astype(np.int32)
    chosen = draw.integers(20, size=24)
    right, wrong = reference(pairs, queries, texts, chosen, mask)
    positive, negative = Masks(pairs, mask).of(queries, texts, chosen)
    assert np.array_equal(positive, right) and np.array_equal(negative, wrong)
    assert right.any() and wrong.any() and not wrong.all()
