from melscribe_core.catalogue.tracks import Described, Loan
from melscribe_core.descriptors.lent import HeardDescriptor
from melscribe_core.lending.lender import lent_to, loans
from melscribe_core.lending.siblings import Siblings

HEARD = (
    HeardDescriptor("strings", 0.5, 1.5),
    HeardDescriptor("rock", 0.3, 0.5),
    HeardDescriptor("vocals", 0.6, 0.7),
    HeardDescriptor("slow", 0.3, 0.6),
    HeardDescriptor("piano", 0.2, 0.2, is_said=False),
)


def weights(own: str, siblings: tuple[str, ...] = ()) -> dict[str, float]:
    lent = lent_to(Described(1, own, "", 1, ""), tuple((s, "album") for s in siblings), HEARD)
    return {one.name: one.weight for one in lent.heard}


def test_a_track_without_tags_is_lent_all_of_it() -> None:
    assert weights("") == {one.name: one.weight for one in HEARD}


def test_what_the_tags_say_of_a_sort_takes_the_weight_of_what_was_heard() -> None:
    # A genre of its own: "rock" is only a word; the hint of an instrument still counts.
    assert weights("folk") == {
        "strings": 1.5,
        "rock": 0.0,
        "vocals": 0.7,
        "slow": 0.6,
        "piano": 0.2,
    }
    # An instrument of its own: a hint without weight is nothing at all.
    assert weights("folk, guitar") == {"strings": 0.0, "rock": 0.0, "vocals": 0.7, "slow": 0.6}
    assert weights("folk, sad")["slow"] == 0.0


def test_what_is_said_already_is_not_lent() -> None:
    assert "strings" not in weights("strings")
    assert "rock" not in weights("", ("rock",))


def test_a_genre_of_the_siblings_counts_as_one() -> None:
    assert weights("", ("folk",))["rock"] == 0.0


def test_tags_are_not_contradicted() -> None:
    assert "vocals" not in weights("instrumental")
    assert "vocals" not in weights("male vocals")
    assert "slow" not in weights("fast")
    assert "slow" not in weights("mid-tempo")


def test_only_loans_that_differ_are_returned() -> None:
    line = "album folk; heard 0.50 1.50 strings"
    tracks = [Described(1, "sad", line, 1, ""), Described(2, "sad", "", 1, "")]
    folk: Siblings = (("folk", "album"),)
    siblings = dict.fromkeys((1, 2), folk)
    heard = {1: HEARD[:1], 2: HEARD[:1]}
    assert loans(tracks, siblings, heard, {}) == [Loan(2, "folk, sad, strings", line)]


def test_what_is_lent_no_more_is_taken_back() -> None:
    track = Described(1, "sad", "album folk", 1, "")
    assert loans([track], {}, {}, {}) == [Loan(1, "sad", "")]


def test_a_learned_vector_is_for_tracks_without_tags() -> None:
    tracks = [Described(1, "", "", 1, ""), Described(2, "sad", "", 1, "")]
    assert loans(tracks, {}, {}, {1: "ridge:0:1", 2: "ridge:0:2"}) == [
        Loan(1, "", "alone yes; learned ridge:0:1")
    ]
