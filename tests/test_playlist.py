"""Choosing a playlist from ranked hits."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.playlist import Chosen, Limits, Song, artist_key, choose, recording_key
from melscribe_core.search import Hit


def song(track: int, artist: str = "", title: str = "", album: str = "") -> Song:
    return Song(track, artist, title or f"Title {track}", album, 180.0)


def hit(track: int) -> Hit:
    return Hit(track, ("folk",), 1.0 - track / 1000, 0.5, 0.5)


def chosen(songs: Sequence[Song], limits: Limits) -> Chosen:
    known = {one.track: one for one in songs}

    def lookup(ids: Sequence[int]) -> Mapping[int, Song]:
        return {i: known[i] for i in ids if i in known}

    return choose((hit(one.track) for one in songs), lookup, limits)


def tracks(result: Chosen) -> list[int]:
    return [pick.song.track for pick in result.picks]


def test_the_best_come_first_up_to_the_number() -> None:
    assert tracks(chosen([song(i, f"artist {i}") for i in range(9)], Limits(4))) == [0, 1, 2, 3]


def test_an_artist_has_its_share() -> None:
    songs = [song(1, "Ann"), song(2, "ANN"), song(3, "Ann"), song(4, "Bob"), song(5, "Ann")]
    result = chosen(songs, Limits(9, per_artist=2))
    assert tracks(result) == [1, 2, 4]
    assert result.crowded == 2
    assert tracks(chosen(songs, Limits(9, per_artist=0))) == [1, 2, 3, 4, 5]


def test_tracks_without_artist_share_no_limit() -> None:
    assert len(chosen([song(i) for i in range(9)], Limits(9, per_artist=1)).picks) == 9


def test_the_same_recording_comes_once() -> None:
    songs = [
        song(1, "The Band", "Café!", "One"),
        song(2, "band", "Cafe", "Best of"),
        song(3, "B", "x"),
    ]
    result = chosen(songs, Limits(9))
    assert tracks(result) == [1, 3]
    assert result.repeated == 1


def test_a_track_that_left_the_library_is_passed_over() -> None:
    known = {2: song(2, "B")}
    result = choose(
        [hit(1), hit(2)], lambda ids: {i: known[i] for i in ids if i in known}, Limits(5)
    )
    assert tracks(result) == [2]


def test_names_in_any_script_keep_their_letters() -> None:
    assert artist_key(song(1, "Кино")) == "кино"
    assert recording_key(song(1, "坂本", "戦場")) != recording_key(song(2, "坂本", "千"))


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), max_size=60),
    st.integers(1, 20),
    st.integers(0, 5),
)
def test_limits_always_hold(names: list[tuple[str, str]], number: int, per_artist: int) -> None:
    songs = [song(i, artist, title) for i, (artist, title) in enumerate(names)]
    result = chosen(songs, Limits(number, per_artist))
    picked = [pick.song for pick in result.picks]
    assert len(picked) <= number
    assert len({(one.artist, one.title) for one in picked}) == len(picked)
    if per_artist:
        assert all(sum(o.artist == one.artist for o in picked) <= per_artist for one in picked)
    # Nothing that fits was passed over: what is missing was repeated or crowded out.
    if len(picked) < number:
        assert len(picked) + result.repeated + result.crowded == len(songs)
