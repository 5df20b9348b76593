"""Playlists that fill a time."""

import random
from collections.abc import Sequence
from itertools import combinations
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melscribe_core.playlist.duration import OVER
from melscribe_core.playlist.limits import Limits, Passed
from melscribe_core.songs.song import Song
from tests.core.playlist.songs import OPEN, chosen, limited, song, tracks


def of_lengths(*seconds: float) -> list[Song]:
    return [song(i, f"artist {i}", seconds=length) for i, length in enumerate(seconds)]


def test_minutes_end_near_the_target() -> None:
    # 600 asked for: 200 + 250 leaves 150, and half the shortest is 100: the third would be 150
    # over, the fourth ends 90 over.
    result = chosen(of_lengths(200, 250, 300, 240), limited(minutes=10))
    assert (tracks(result), result.short, result.passed) == ([0, 1, 3], False, Passed(unfit=1))
    # What comes after the last one was not passed over.
    more = chosen(of_lengths(200, 250, 300, 240, 200), limited(minutes=10))
    assert (tracks(more), more.passed) == ([0, 1, 3], Passed(unfit=1))


def test_without_a_good_end_the_nearest_is_taken() -> None:
    # 600 asked for: one of 400 is 200 under, two are 200 over, which is too much.
    result = chosen(of_lengths(400, 400, 400), limited(minutes=10))
    assert (tracks(result), result.short) == ([0], False)  # 200 is just half a track
    # 390 is off by 210, more than its half; 400 by its half.
    assert tracks(chosen(of_lengths(390, 400, 400), limited(minutes=10))) == [1]
    # 380 would be too little, and no other choice is better.
    result = chosen(of_lengths(380, 380), limited(minutes=10))
    assert (tracks(result), result.short, result.passed) == ([0], True, Passed(unfit=1))


def test_what_is_longer_than_the_whole_is_counted() -> None:
    result = chosen(of_lengths(1800, 721), limited(minutes=10))
    assert (tracks(result), result.short, result.passed) == ([], True, Passed(too_long=2))
    assert tracks(chosen(of_lengths(720), limited(minutes=10))) == [0]  # two minutes over


def test_tracks_of_unknown_length_are_not_used_for_minutes() -> None:
    songs = of_lengths(0, -1, nan, inf, 590)
    result = chosen(songs, limited(minutes=10))
    assert (tracks(result), result.passed) == ([4], Passed(unmeasured=4))
    assert chosen(songs, OPEN).seconds == 590


def test_too_little_music_is_short_and_used_whole() -> None:
    result = chosen(of_lengths(200, 200), limited(minutes=60))
    assert (tracks(result), result.short, result.passed) == ([0, 1], True, Passed())
    songs = [song(i, "Ann", seconds=200) for i in range(9)]
    result = chosen(songs, limited(minutes=60, per_artist=3))
    assert (len(result.picks), result.short, result.passed.by_artist) == (3, True, 6)


def test_number_and_minutes_both_bind() -> None:
    songs = of_lengths(*[200] * 30)
    few, brief = limited(number=5, minutes=60), limited(number=25, minutes=20)
    assert (len(chosen(songs, few).picks), chosen(songs, few).short) == (5, False)
    assert len(chosen(songs, brief).picks) == 6  # 1200 s


def best_off(lengths: Sequence[float], target: float) -> float:
    """Return how near to the target any choice comes, of those that are not too long."""
    totals = [sum(some) for n in range(len(lengths) + 1) for some in combinations(lengths, n)]
    return min((abs(t - target) for t in totals if t <= target + OVER), default=inf)


@settings(max_examples=150)
@given(st.lists(st.integers(30, 900), max_size=9), st.integers(1, 60))
def test_a_good_end_or_the_nearest_is_found(lengths: list[int], minutes: int) -> None:
    target = minutes * 60
    result = chosen(of_lengths(*lengths), limited(minutes=minutes))
    off = abs(result.seconds - target)
    assert result.seconds <= target + OVER
    if not result.picks or off > min(pick.song.seconds for pick in result.picks) / 2:
        assert off == pytest.approx(min(target, best_off(lengths, target)))


def random_library(rng: random.Random, size: int) -> list[Song]:
    """Return songs with lengths as libraries have them, from skits to long tracks."""
    artists = rng.randint(2, size)
    return [
        song(
            i,
            f"artist {rng.randrange(artists)}",
            seconds=rng.choice([0.0, *[min(900.0, rng.lognormvariate(5.4, 0.4))] * 20]),
            release=rng.randrange(artists * 2),
        )
        for i in range(size)
    ]


def test_minutes_hold_in_a_thousand_random_libraries() -> None:
    rng = random.Random(4)
    reached = 0
    for _ in range(1000):
        songs = random_library(rng, rng.randint(2, 300))
        target = 60 * rng.choice([5, 10, 20, 30, 45, 60, 90, 120, 240])
        limits = Limits(minutes=target / 60, per_album=rng.choice([0, 4]))
        scores = sorted((rng.random() for _ in songs), reverse=True)
        result = chosen(songs, limits, scores=scores)
        assert result.seconds <= target + OVER
        if result.short:
            assert len(result.picks) + sum(vars(result.passed).values()) == len(songs)
            assert limits.per_album or most_under_cap(songs, limits.per_artist) < target
        else:
            reached += 1
            assert abs(result.seconds - target) <= result.seconds / len(result.picks) / 2
    assert reached > 900


def most_under_cap(songs: Sequence[Song], cap: int) -> float:
    """Return the seconds of the longest tracks of each artist, `cap` of each."""
    lengths: dict[str, list[float]] = {}
    for one in songs:
        lengths.setdefault(one.artist, []).append(one.seconds)
    return sum(sum(sorted(each)[-cap:]) for each in lengths.values())


def test_a_good_end_is_looked_for_far_down() -> None:
    # 3000 asked for: three of 800 are 600 under, four 200 over; three and the last 100 under.
    result = chosen(of_lengths(*[800] * 100, 500), limited(minutes=50))
    assert (len(result.picks), result.seconds, result.short) == (4, 2900, False)


def test_scarce_time_is_filled_with_longer_tracks() -> None:
    # Three by Ann may come. The first three make 600 s, the longest three 1500 s.
    songs = [song(i, "Ann", seconds=200) for i in range(20)]
    songs += [song(20 + i, "Ann", seconds=500) for i in range(3)]
    result = chosen(songs, limited(minutes=25, per_artist=3))
    assert (tracks(result), result.short) == ([20, 21, 22], False)
