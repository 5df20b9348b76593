"""Choosing a playlist from ranked hits, and putting it in order."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melscribe_core.arrays import FloatArray
from melscribe_core.playlist.choice import (
    AHEAD,
    LOOKUP,
    TURN,
    WEAK,
    WINDOW,
    Chosen,
    choose,
    song_key,
)
from melscribe_core.playlist.duration import OVER
from melscribe_core.playlist.limits import BAND, Limits, Passed
from melscribe_core.search.hit import Hit
from melscribe_core.songs.song import NONE, Kinds, Song
from tests.core.playlist.songs import OPEN, chosen, hits, limited, lookup, song, tracks
from tests.core.playlist.test_order import gaps_kept

# Number and caps


def test_the_best_come_first_up_to_the_number() -> None:
    result = chosen([song(i, f"artist {i}") for i in range(9)], limited(number=4))
    assert (tracks(result), result.short, result.passed) == ([0, 1, 2, 3], False, Passed())
    assert result.seconds == 4 * 180


def test_too_few_are_said_to_be_short() -> None:
    result = chosen([song(1), song(2)], limited(number=3))
    assert (tracks(result), result.short, result.passed) == ([1, 2], True, Passed())
    assert chosen([], limited(number=3)).short
    assert not chosen([song(1)], OPEN).short  # no number was asked for


def test_an_artist_has_its_share() -> None:
    songs = [song(1, "Ann"), song(2, "ANN"), song(3, "Ann & Bob"), song(4, "Bob"), song(5, "Ann")]
    result = chosen(songs, limited(number=9, per_artist=2))
    assert tracks(result) == [1, 2, 4]
    assert (result.passed.by_artist, result.short) == (2, True)
    assert tracks(chosen(songs, limited(number=9))) == [1, 2, 3, 4, 5]


def test_an_album_has_its_share() -> None:
    sampler = [song(i, f"artist {i}", album="Sampler", release=7) for i in range(4)]
    namesakes = [song(i, f"artist {i}", album="Greatest Hits") for i in range(4, 8)]
    result = chosen([*sampler, *namesakes], limited(per_album=2))
    assert tracks(result) == [0, 1, 4, 5, 6, 7]
    assert result.passed == Passed(by_album=2)


def test_an_album_of_unknown_id_is_known_by_artist_and_name() -> None:
    songs = [song(i, "Ann", album="One") for i in range(4)]
    assert tracks(chosen(songs, limited(per_album=3))) == [0, 1, 2]


@pytest.mark.parametrize("nobody", ["", "Various Artists"])
def test_tracks_without_artist_share_no_limit(nobody: str) -> None:
    songs = [song(i, nobody, album=nobody) for i in range(9)]
    assert len(chosen(songs, Limits(per_artist=1, per_album=1)).picks) == 9


def test_a_track_that_left_the_library_is_passed_over() -> None:
    here = song(2, "B")
    result = choose(hits([song(1), here]), lookup([here]), limited(number=5), random.Random(0))
    assert (tracks(result), result.passed) == ([2], Passed())


def test_weak_hits_are_counted_and_never_used() -> None:
    songs = [song(i) for i in range(4)]
    result = chosen(songs, limited(number=4, min_score=0.6), scores=[0.9, 0.5, 0.6, 0.5])
    assert (tracks(result), result.short, result.passed) == ([0, 2], True, Passed(below=2))
    assert len(chosen(songs, limited(number=4, min_score=0.0)).picks) == 4


# Where the scores fall off


def ended(scores: Sequence[float], **limits: Any) -> tuple[int, int, float]:
    """Return how many come of tracks with these scores, and what is known of the rest."""
    songs = [song(i, f"artist {i}") for i in range(len(scores))]
    given = {"number": 25, "min_score": 0.05, "no_tail": True, **limits}
    result = chosen(songs, limited(**given), scores=scores)
    assert tracks(result) == list(range(len(result.picks)))  # the first ones
    return len(result.picks), result.passed.fallen, result.passed.fallen_to


@pytest.mark.parametrize(
    ("scores", "stay"),
    [
        ([0.9] * 3 + [0.1] * 20, 3),
        ([0.9] + [0.1] * 20, 1),
        ([0.9] * 3 + [0.26] * 20, 23),  # at least WORTH: a quarter of what was asked for
        ([0.9] * 3 + [0.24] * 20, 3),  # below it, and below 0.35 * 0.9 = 0.315
        ([0.6] * 3 + [0.22] * 20, 23),  # 0.35 * 0.6 = 0.21
        ([0.6] * 3 + [0.2] * 20, 3),
        ([0.2] * 23, 23),  # flat: nothing fits well, but all equally
        ([0.2, 0.15, 0.12, 0.1, 0.08], 5),  # 0.35 * 0.2 = 0.07
        ([0.9, 0.8, 0.1], 2),
        # a slope is no fall: each has at least 0.75 times the one before
        ([0.9, 0.7, 0.54, 0.42, 0.32, 0.24, 0.19, 0.15, 0.12, 0.1], 10),
        ([0.9, 0.7, 0.54, 0.42, 0.32, 0.24, 0.17, 0.15, 0.12, 0.1], 6),  # 0.75 * 0.24 = 0.18
        ([], 0),
    ],
)
def test_it_ends_where_the_scores_fall_off(scores: list[float], stay: int) -> None:
    left = scores[stay:]
    assert ended(scores) == (stay, len(left), max(left, default=0.0))
    assert ended(scores, no_tail=False) == (len(scores), 0, 0.0)


def test_a_full_playlist_has_no_tail() -> None:
    assert ended([0.9] * 25 + [0.1] * 9)[0] == 25


def test_the_best_track_that_may_come_tells_where_scores_fall_off() -> None:
    here = [song(i, f"artist {i}") for i in range(1, 9)]
    gone = song(0)  # by far the best, but not in the library any more
    limits = limited(number=25, no_tail=True)
    found = choose(hits([gone, *here], [0.9] + [0.2] * 8), lookup(here), limits, random.Random(0))
    assert len(found.picks) == 8


def test_what_the_caps_leave_out_makes_no_slope() -> None:
    ann = [song(i, "Ann") for i in range(6)]
    others = [song(i, f"artist {i}") for i in range(6, 9)]
    limits = limited(number=25, no_tail=True, per_artist=2)
    result = chosen([*ann, *others], limits, scores=[0.9, 0.9, 0.6, 0.4, 0.3, 0.2, 0.15, 0.15, 0.1])
    # of what comes, 0.15 follows 0.9; "Ann" with 0.6, 0.4 and 0.3 does not, since she has her share
    assert tracks(result) == [0, 1]
    assert result.passed == Passed(by_artist=3, fallen=4, fallen_to=0.2)


def test_scores_may_rise_again_where_two_looks_overlap() -> None:
    songs = [song(i, f"artist {i}") for i in range(6)]
    limits = limited(number=25, no_tail=True)
    # More than AHEAD apart, else the hits would be sorted.
    weak = [song(i, f"artist {i}") for i in range(10, 12 + AHEAD)]
    found = chosen(
        [*songs[:3], *weak, *songs[3:]], limits, scores=[0.9] * 3 + [0.1] * len(weak) + [0.8] * 3
    )
    assert tracks(found) == [0, 1, 2, 3, 4, 5]


# A taste moves what comes, and what comes does not depend on it


def tasting(songs: Sequence[Song], fits: Sequence[float], tastes: Sequence[float]) -> list[Hit]:
    """Return hits in the order of their scores, which are the fit and what a taste adds."""
    rows = zip(songs, fits, tastes, strict=True)
    found = [Hit(one.track, (), fit + taste, 0.0, 0.0, taste=taste) for one, fit, taste in rows]
    return sorted(found, key=lambda hit: -hit.score)


def test_what_a_taste_raised_comes_when_the_list_has_come_down_to_it() -> None:
    # Without taste 0.6, 0.5, 0.4, 0.32, 0.25 and 0.2 come: 0.2 is 0.8 times the one before. Raised
    # by 0.5 it is the first, and waits for 0.25, since it is less than 0.35 * 0.6.
    songs = [song(i, f"artist {i}") for i in range(6)]
    fits = [0.6, 0.5, 0.4, 0.32, 0.25, 0.2]
    limits = limited(number=25, no_tail=True)
    ranked = tasting(songs, fits, [0, 0, 0, 0, 0, 0.5])
    assert ranked[0].track == 5
    found = choose(ranked, lookup(songs), limits, random.Random(0))
    assert tracks(found)[:4] == [0, 1, 2, 3]
    assert sorted(tracks(found)) == [0, 1, 2, 3, 4, 5]


def test_the_best_fit_tells_where_the_list_ends_wherever_a_taste_puts_it() -> None:
    # Scores 0.4, 0.5 and 0.5: two weak ones come before the best, and 0.1 is less than 0.35 * 0.9.
    songs = [song(i, f"artist {i}") for i in range(3)]
    ranked = tasting(songs, [0.9, 0.1, 0.1], [-0.5, 0.4, 0.4])
    found = choose(ranked, lookup(songs), limited(number=2, no_tail=True), random.Random(0))
    assert tracks(found) == [0]
    assert found.passed.fallen == 2
    assert found.passed.fallen_to == pytest.approx(0.1)


def test_the_least_score_is_that_without_taste() -> None:
    songs = [song(i, f"artist {i}") for i in range(3)]
    ranked = tasting(songs, [0.5, 0.19, 0.25], [0.0, 0.2, -0.2])
    found = choose(ranked, lookup(songs), limited(number=9, min_score=0.2), random.Random(0))
    assert tracks(found) == [0, 2]
    assert found.passed.below == 1


# In steps of which sums are exact, as the scores of a search are: see `Search._score`.
fits_and_tastes = st.tuples(
    st.integers(0, 1000).map(lambda n: n / 1024), st.integers(-600, 600).map(lambda n: n / 1024)
)


def with_and_without(
    rows: Sequence[tuple[float, float]], **limits: Any
) -> tuple[Chosen, Chosen]:  # with the taste, without it
    songs = [song(i, f"artist {i}") for i in range(len(rows))]
    fits, tastes = zip(*rows, strict=True)
    return tuple(  # type: ignore[return-value]
        choose(tasting(songs, fits, added), lookup(songs), limited(**limits), random.Random(0))
        for added in (tastes, [0.0] * len(rows))
    )


@given(
    st.lists(fits_and_tastes, min_size=1, max_size=20),
    st.sampled_from([0.0, 0.1, 0.25, 0.3]),
    st.booleans(),
    st.sampled_from([0.0, BAND]),
)
def test_the_same_tracks_come_with_a_taste_and_without(
    rows: list[tuple[float, float]], least: float, no_tail: bool, band: float
) -> None:
    tasted, plain = with_and_without(rows, number=25, no_tail=no_tail, min_score=least, band=band)
    assert sorted(tracks(tasted)) == sorted(tracks(plain))
    assert tasted.passed == plain.passed


# By the first tracks it is told whether there is a taste: that of all of them is hardly ever 0.
@given(
    st.lists(fits_and_tastes.filter(lambda row: row[1] != 0), min_size=1, max_size=20),
    st.integers(1, 8),
)
def test_a_list_of_any_length_has_none_that_would_not_come_without_taste(
    rows: list[tuple[float, float]], number: int
) -> None:
    _, whole = with_and_without(rows, no_tail=True)
    tasted, plain = with_and_without(rows, number=number, no_tail=True)
    assert set(tracks(tasted)) <= set(tracks(whole))
    assert len(tasted.picks) == len(plain.picks)


# How much is read


def endless(score: float = 0.5) -> Iterator[Hit]:
    return (Hit(track, (), score, score, 0.0) for track in count())


@pytest.mark.parametrize("limits", [Limits(number=25), Limits(minutes=60)])
@pytest.mark.parametrize(
    ("kinds", "most"),
    # A live version waits for a better one, but not for ever.
    [(NONE, LOOKUP), (frozenset({"live"}), AHEAD + 2 * LOOKUP)],
)
def test_no_more_is_looked_up_than_needed(limits: Limits, kinds: Kinds, most: int) -> None:
    asked: list[int] = []

    def songs(ids: Sequence[int]) -> dict[int, Song]:
        asked.extend(ids)
        return {track: song(track, f"artist {track}", kinds=kinds) for track in ids}

    assert choose(endless(), songs, limits, random.Random(0)).picks
    assert len(asked) <= most


def test_weak_hits_end_the_reading() -> None:
    read = 0

    def weak() -> Iterator[Hit]:
        nonlocal read
        for hit in endless(score=0.2):
            read += 1
            yield hit

    result = choose(weak(), lookup([]), Limits(number=5, min_score=0.3), random.Random(0))
    assert (read, result.passed.below, result.short) == (WEAK, WEAK, True)


def test_a_strong_hit_among_weak_ones_is_found() -> None:
    songs = [song(i) for i in range(2 * WEAK)]
    scores = [0.9 if i % (WEAK - 1) == 0 else 0.2 for i in range(2 * WEAK)]
    result = chosen(songs, limited(min_score=0.3), scores=scores)
    assert tracks(result) == [0, WEAK - 1, 2 * WEAK - 2]


# Versions of one song


def test_the_same_song_comes_once() -> None:
    songs = [
        song(1, "The Band", "Café!", "One"),
        song(2, "band", "Cafe", "Best of"),
        song(3, "The Band feat. B", "Cafe (Live)"),
        song(4, "B", "Cafe"),
    ]
    result = chosen(songs, limited(number=9))
    assert (tracks(result), result.passed) == ([1, 4], Passed(repeated=2))


def versions(*titles: str, **known: Any) -> list[Song]:
    return [song(place, "Ann", title, **known) for place, title in enumerate(titles)]


def test_the_studio_version_takes_the_place_of_a_live_one_slightly_before_it() -> None:
    songs = [*versions("A (Live)", "B", "A"), song(9, "Bob")]
    near = chosen(songs, limited(number=2), scores=[0.8, 0.79, 0.8 - WINDOW, 0.1])
    assert (tracks(near), near.passed.repeated) == ([1, 2], 1)
    far = chosen(songs, limited(number=2), scores=[0.8, 0.79, 0.8 - WINDOW - 0.001, 0.1])
    assert tracks(far) == [0, 1]


def test_a_version_is_measured_by_the_first_that_came() -> None:
    songs = versions("A (Live)", "A - Mono", "A")
    assert tracks(chosen(songs, scores=[0.8, 0.78, 0.76])) == [2]
    assert tracks(chosen(songs, scores=[0.8, 0.76, 0.74])) == [1]


def test_the_nearest_to_the_studio_version_is_taken() -> None:
    songs = versions("A (Karaoke Version)", "A (Demo)", "A - Mono", "A (2009 Remaster)", "A", "A")
    for left in range(5):
        result = chosen(songs[: left + 1], scores=[0.8] * (left + 1))
        assert (tracks(result), result.passed.repeated) == ([left], left)
    assert tracks(chosen(songs, scores=[0.8] * 6)) == [4]  # of two alike the first stays


def test_a_version_that_was_asked_for_is_preferred() -> None:
    songs = versions("A", "A (Live)", "A (Demo)")
    assert tracks(chosen(songs, scores=[0.8] * 3, wanted=frozenset({"live"}))) == [1]
    assert tracks(chosen(songs, scores=[0.8] * 3, wanted=frozenset({"demo", "remix"}))) == [2]


def test_album_and_library_may_say_that_it_is_live() -> None:
    at_leeds = song(1, "Ann", "A", "Live at Leeds")
    of_type = song(2, "Ann", "A", "Leeds", kinds=frozenset({"live"}))
    studio = song(3, "Ann", "A", "Home")
    assert tracks(chosen([at_leeds, of_type, studio], scores=[0.8] * 3)) == [3]
    assert tracks(chosen([at_leeds, studio], scores=[0.8] * 2)) == [3]


def test_titles_that_name_nothing_are_songs_of_their_own() -> None:
    songs = [song(1, "Ann", "Intro"), song(2, "Ann", "Intro"), song(3, "Ann", "II. Adagio")]
    assert tracks(chosen(songs)) == [1, 2, 3]
    assert song_key(song(1, "坂本", "戦場")) != song_key(song(2, "坂本", "千"))


# Chance


def test_near_equals_take_turns_and_a_seed_repeats_them() -> None:
    songs = [song(i, f"artist {i}") for i in range(50)]
    limits = limited(number=5, band=BAND)
    lists = [tracks(chosen(songs, limits, scores=[0.5] * 50, seed=seed)) for seed in (1, 2, 1)]
    assert lists[0] == lists[2] != lists[1]


@given(st.lists(st.floats(0, 1), max_size=40), st.integers(1, 20), st.integers(0, 99))
def test_chance_decides_only_within_the_band(scores: list[float], number: int, seed: int) -> None:
    scores.sort(reverse=True)
    songs = [song(i, f"artist {i}") for i in range(len(scores))]
    result = chosen(songs, limited(number=number, band=0.05), scores=scores, seed=seed)
    taken = tracks(result)
    left = [scores[i] for i in range(len(scores)) if i not in taken]
    assert len(taken) == min(number, len(scores))
    assert max(left, default=0) <= min((scores[i] for i in taken), default=1) + 0.05 + 1e-9
    steps = [round(pick.hit.score / 0.05) for pick in result.picks]
    assert steps == sorted(steps)[::-1]


# Turns of artists


def test_artists_take_turns_among_near_scores() -> None:
    # The second of "a" waits for "b", and the third for "c", which score 0.02 less at most.
    songs = [song(i, artist) for i, artist in enumerate(["a", "a & x", "b", "a", "c", "d"])]
    scores = [0.9, 0.9, 0.88, 0.87, 0.86, 0.5]
    assert tracks(chosen(songs, limited(spacing=3), scores=scores)) == [0, 2, 1, 4, 3, 5]
    assert tracks(chosen(songs, limited(spacing=2), scores=scores)) == [0, 2, 1, 4, 3, 5]
    assert tracks(chosen(songs, limited(spacing=0), scores=scores)) == [0, 1, 2, 3, 4, 5]
    unknown = [song(i) for i in range(5)]
    assert tracks(chosen(unknown, limited(spacing=3), scores=[0.9] * 5)) == [0, 1, 2, 3, 4]


def test_no_artist_waits_for_one_that_scores_much_less() -> None:
    songs = [song(i, artist) for i, artist in enumerate(["a", "a", "a", "b", "c"])]
    scores = [0.9, 0.88, 0.86, 0.25, 0.2]
    assert tracks(chosen(songs, limited(spacing=3), scores=scores)) == [0, 1, 2, 3, 4]
    timed = limited(spacing=3, minutes=15.0)  # five times three
    assert tracks(chosen(songs, timed, scores=scores)) == [0, 1, 2, 3, 4]


# Order


def test_tempo_rises_and_unknown_comes_last() -> None:
    beats = [120.0, None, 90.0, 0.0, 150.0]
    songs = [song(i, bpm=bpm) for i, bpm in enumerate(beats)]
    assert tracks(chosen(songs, limited(order="tempo"))) == [2, 0, 4, 1, 3]


def test_artists_take_turns_where_the_pace_is_the_same() -> None:
    # 93 is within a tenth of an octave of 90 (90 * 2 ** 0.1 = 96.5), 150 is not
    known = [("a", 90.0), ("a", 91.0), ("b", 93.0), ("a", 150.0), ("a", 151.0), ("b", None)]
    songs = [song(i, artist, bpm=bpm) for i, (artist, bpm) in enumerate(known)]
    assert tracks(chosen(songs, limited(order="tempo", spacing=2))) == [0, 2, 1, 3, 4, 5]


def test_artists_are_apart_where_the_order_is_nobodys() -> None:
    songs = [song(i, "a" if i < 4 else f"artist {i}") for i in range(12)]
    for seed in range(20):
        line = chosen(songs, limited(order="random", spacing=3), seed=seed).picks
        assert gaps_kept([pick.song.artist for pick in line], 3)


def test_random_order_comes_from_the_seed() -> None:
    songs = [song(i) for i in range(20)]
    lists = [tracks(chosen(songs, limited(order="random"), seed=seed)) for seed in (1, 2, 1)]
    assert lists[0] == lists[2] != lists[1]
    assert sorted(lists[0]) == sorted(lists[1]) == list(range(20))


def test_flow_is_used_with_the_vectors_of_the_picks() -> None:
    songs = [song(i) for i in range(4)]
    angles = np.array([[1, 0], [0.8, 0.6], [0.9, 0.44], [0.6, 0.8]], np.float32)

    def vectors(hits: Sequence[Hit]) -> FloatArray:
        return angles[[hit.track for hit in hits]]

    limits = limited(order="flow", number=4)
    result = choose(hits(songs), lookup(songs), limits, random.Random(0), NONE, vectors)
    assert tracks(result) == [0, 2, 1, 3]
    with pytest.raises(ValueError, match="flow needs the vectors"):
        chosen(songs, limits)
    none = choose([], lookup([]), limits, random.Random(0), NONE, lambda _: angles[:0])
    assert none.picks == ()


# Everything at once


libraries = st.lists(
    st.builds(
        Song,
        track=st.integers(0, 50),
        artist=st.sampled_from(["", "Ann", "Ann feat. Bob", "Bob", "The Cat", "Various"]),
        title=st.sampled_from(
            ["", "A", "A (Live)", "A - Remastered", "B", "Intro", "C (Demo)", "D"]
        ),
        album=st.sampled_from(["", "One", "Two (Live)"]),
        seconds=st.sampled_from([0.0, 60.0, 180.0, 200.5, 600.0]),
        bpm=st.sampled_from([None, 0.0, 90.0, 120.0]),
        release=st.sampled_from([None, 1, 2]),
        kinds=st.sampled_from([NONE, frozenset({"live"}), frozenset({"compilation"})]),
    ),
    max_size=25,
    unique_by=lambda one: one.track,
)
any_limits = st.builds(
    Limits,
    number=st.none() | st.integers(1, 12),
    minutes=st.none() | st.floats(0.5, 60),
    per_artist=st.integers(0, 3),
    per_album=st.integers(0, 3),
    spacing=st.integers(0, 4),
    min_score=st.sampled_from([0.0, 0.4]),
    order=st.sampled_from(["match", "flow", "tempo", "random"]),
    band=st.sampled_from([0.0, 0.01, 0.2]),
)


@settings(max_examples=200)
@given(st.data())
def test_a_short_playlist_begins_a_longer_one(data: st.DataObject) -> None:
    songs = data.draw(libraries)
    limits = replace(data.draw(any_limits), minutes=None, number=None, order="match")
    falling = st.lists(st.floats(0, 1), min_size=len(songs), max_size=len(songs))
    scores = sorted(data.draw(falling), reverse=True)
    whole = tracks(chosen(songs, limits, scores=scores))
    for number in range(1, len(whole) + 1):
        assert (
            tracks(chosen(songs, replace(limits, number=number), scores=scores)) == (whole[:number])
        )


@settings(max_examples=300)
@given(libraries, any_limits, st.data())
def test_every_limit_holds(songs: list[Song], limits: Limits, data: st.DataObject) -> None:
    scores = sorted(data.draw(st.lists(st.floats(0, 1), min_size=len(songs), max_size=len(songs))))
    ranked = hits(songs, scores[::-1]) if songs else []
    wanted: Kinds = data.draw(st.sampled_from([NONE, frozenset({"live"})]))

    def once() -> Chosen:
        def apart(some: Sequence[Hit]) -> FloatArray:
            return np.eye(len(some), dtype=np.float32)

        return choose(ranked, lookup(songs), limits, random.Random(1), wanted, apart)

    result = once()
    assert result == once()
    picked = [pick.song for pick in result.picks]
    assert len(picked) <= (limits.number or inf)
    assert len({song_key(one) for one in picked}) == len(picked)
    assert all(pick.hit.score >= limits.min_score for pick in result.picks)
    if limits.order == "match":  # best first, but for turns and for what looks equal
        left = [pick.hit.score for pick in result.picks]
        for place, score in enumerate(left):
            assert max(left[place:]) <= score + TURN + limits.band + 1e-9
    named = Counter(
        one.artist.split(" feat")[0] for one in picked if one.artist not in ("", "Various")
    )
    assert max(named.values(), default=0) <= (limits.per_artist or inf)
    released = Counter(one.release for one in picked if one.release)
    assert max(released.values(), default=0) <= (limits.per_album or inf)
    if limits.minutes is not None:
        assert all(one.seconds for one in picked)
        assert result.seconds <= limits.minutes * 60 + OVER
    if result.short:  # then every track is accounted for
        assert len(picked) + sum(vars(result.passed).values()) == len(songs)
