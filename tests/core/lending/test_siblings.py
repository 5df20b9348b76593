from melscribe_core.catalogue.tracks import Described
from melscribe_core.lending.artists import one_artist
from melscribe_core.lending.siblings import lent_by_siblings


def track(number: int, own: str = "", album: int | None = 1, artist: str = "ann") -> Described:
    return Described(number, own, "", album, artist)


def test_what_three_of_five_tagged_tracks_share_is_lent() -> None:
    # Folk has 3 of 5 tagged tracks, exactly 60 %; pop has 2 of 5, 40 %.
    tagged = ["folk", "folk, pop", "folk", "pop", "jazz"]
    tracks = [track(n, own) for n, own in enumerate(tagged)] + [track(9)]
    assert lent_by_siblings(tracks) == {9: (("folk", "album"),)}


def test_tracks_without_a_genre_do_not_count_among_those_that_share() -> None:
    # One of one tagged track has folk: moods and years are not lent.
    tracks = [track(1, "1990s, folk, sad"), track(2, "sad"), track(3, "1990s"), track(4)]
    lent = (("folk", "album"),)
    assert lent_by_siblings(tracks) == {2: lent, 3: lent, 4: lent}


def test_a_track_with_a_genre_is_lent_none() -> None:
    assert lent_by_siblings([track(1, "folk"), track(2, "folk"), track(3, "jazz")]) == {}


def test_the_artist_lends_where_the_album_has_nothing() -> None:
    tracks = [track(1, "folk", album=1), track(2, album=2), track(3, album=None)]
    lent = (("folk", "artist"),)
    assert lent_by_siblings(tracks) == {2: lent, 3: lent}


def test_the_album_goes_before_the_artist() -> None:
    tracks = [track(1, "folk", album=1), track(2, "jazz", album=2), track(3, album=2)]
    assert lent_by_siblings(tracks) == {3: (("jazz", "album"),)}


def test_an_album_that_shares_nothing_leaves_it_to_the_artist() -> None:
    # On the album each genre has 1 of 2; of the artist's own track folk has 1 of 1.
    tracks = [
        track(1, "jazz", artist="bob"),
        track(2, "pop", artist="cleo"),
        track(3, artist="ann"),
        track(4, "folk", album=2, artist="ann"),
    ]
    assert lent_by_siblings(tracks) == {3: (("folk", "artist"),)}


def test_tracks_without_artist_or_album_are_no_siblings() -> None:
    tracks = [track(1, "folk", album=None, artist=""), track(2, album=None, artist="")]
    assert lent_by_siblings(tracks) == {}


def test_the_most_frequent_four_are_lent() -> None:
    tracks = [track(n, "folk, jazz, metal, pop, rock") for n in (1, 2, 3)]
    tracks += [track(4, "rock"), track(5)]
    # Rock has 4 of 4, the others 3 of 4: those come by name.
    found = [name for name, _ in lent_by_siblings(tracks)[5]]
    assert found == ["rock", "folk", "jazz", "metal"]


def test_names_that_many_artists_share() -> None:
    assert one_artist("Various Artists") == one_artist(" VA ") == one_artist("[unknown]") == ""
    assert one_artist("Ada  Márquez") == "ada márquez"
