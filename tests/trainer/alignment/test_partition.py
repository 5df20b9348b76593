"""Albums -> training, dev and test."""

from __future__ import annotations

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.alignment.partition import partition

from .tracks import examples


def test_every_track_is_in_one_part_and_no_album_in_two() -> None:
    rows = examples(albums=25, tracks=4)
    parts = partition(rows, 0)
    every = [*parts.train, *parts.dev, *parts.test]
    assert sorted(every) == list(range(100))
    # 20 % and 15 % of 100 tracks, whole albums of 4: 20 and 16.
    assert (len(parts.test), len(parts.dev)) == (20, 16)
    albums = [{rows[at].album for at in one} for one in (parts.train, parts.dev, parts.test)]
    assert sum(map(len, albums)) == len(set.union(*albums)) == 25


def test_the_seed_chooses_and_the_order_of_rows_does_not() -> None:
    rows = examples()
    test = {rows[at].id for at in partition(rows, 0).test}
    back = rows[::-1]
    assert {back[at].id for at in partition(back, 0).test} == test
    assert {rows[at].id for at in partition(rows, 1).test} != test


def test_three_albums_are_one_for_each_part_and_fewer_are_refused() -> None:
    parts = partition(examples(albums=3, tracks=2), 0)
    assert [len(one) for one in (parts.train, parts.dev, parts.test)] == [2, 2, 2]
    with pytest.raises(MelScribeError, match=r'of 2 albums, .* give each track its "album"'):
        partition(examples(albums=2), 0)
