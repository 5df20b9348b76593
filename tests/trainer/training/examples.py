"""Pairs small enough to see through."""

import numpy as np

from melscribe_trainer.data.pairs import Pairs, Query, corpus_of


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def query(text: str, positives: str, named: str, track: str) -> Query:
    return Query(text, tuple(positives.split("|")), tuple(named.split()), (track,), "terse")


# Texts in order: 0 "rock, sad", 1 "sad", 2 "folk, sad", 3 "jazz", 4 "folk, jazz, sad".
QUERIES = (
    query("sad rock", "rock, sad|sad", "rock sad", "t1"),
    query("sad folk", "folk, sad", "folk sad", "t2"),
    query("something", "jazz", "", "t3"),
    query("sad", "folk, jazz, sad", "sad", "t4"),
)
PAIRS = Pairs(QUERIES, corpus_of(QUERIES))

# Texts in order: 0 "rock, sad", 1 "folk, happy", 2 "calm, jazz", 3 "jazz".
JUDGED = (
    query("sad rock", "rock, sad", "rock sad", "1"),
    query("happy", "folk, happy", "happy", "2"),
    query("calm", "calm, jazz|jazz", "", "3"),
)
JUDGED_PAIRS = Pairs(JUDGED, corpus_of(JUDGED))
