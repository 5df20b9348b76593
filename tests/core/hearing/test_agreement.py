"""What the tags of a person say about what was heard."""

from __future__ import annotations

import numpy as np
import pytest

from melscribe_core.hearing.agreement import ROWS, agreement
from melscribe_core.hearing.thresholds import places


def carried(*tags: str) -> set[str]:
    found = agreement([frozenset(tags)]).carried[0]
    return {name for name, at in places().items() if found[at]}


def judged(*tags: str, genres: tuple[str, ...] = ()) -> set[str]:
    found = agreement([frozenset(tags)], genres).judging[0]
    return {name for name, at in places().items() if found[at]}


@pytest.mark.parametrize(
    ("tag", "heard"),
    [
        ("rock", {"rock"}),
        ("indie rock", {"indie rock", "indie", "rock"}),
        ("underground hip-hop", {"hip hop"}),
        ("contemporary r&b", {"r&b", "soul"}),
        ("string quartet", {"strings", "classical"}),
        ("acoustic guitar", {"guitar", "acoustic"}),
        ("techno", {"techno", "electronic", "electronica", "dance"}),
        ("rap", {"hip hop", "vocals"}),
        ("female vocals", {"female vocals", "vocals"}),
        ("mezzo-soprano", {"female vocals"}),
        ("no drums", set()),
        ("rocksteady", set()),  # words are compared, not letters
        ("sad", set()),
    ],
)
def test_a_tag_carries_itself_what_its_words_hold_and_what_it_is_a_kind_of(
    tag: str, heard: set[str]
) -> None:
    assert carried(tag) == heard


def test_only_tags_of_a_kind_judge_that_kind() -> None:
    assert {"rock", "jazz", "techno"} <= judged("metal")
    assert not judged("metal") & {"guitar", "piano", "vocals", "slow", "quiet", "mellow"}
    assert {"guitar", "piano", "choir"} <= judged("harp")
    assert not judged("harp") & {"rock", "vocals", "slow"}
    assert {"vocals", "instrumental", "male vocals"} <= judged("female vocals")
    assert {"slow", "fast"} == judged("fast")
    assert {"loud", "quiet"} == judged("loud")
    for tag in ("sad", "1980s", "soundtrack", "british"):
        assert not judged(tag) & {"rock", "guitar", "vocals", "slow", "quiet"}


def test_the_end_of_a_tag_tells_its_kind() -> None:
    assert "rock" not in judged("classical guitar")
    assert "rock" in judged("guitar jazz")
    assert "piano" not in judged("guitar jazz")


def test_a_broader_tag_says_nothing_about_a_narrower_one() -> None:
    assert {"hard rock", "progressive rock", "indie rock", "metal"} & judged("rock") == set()
    assert "techno" not in judged("electronic")
    assert {"female vocals", "male vocals"} & judged("vocals") == set()
    assert "hard rock" in judged("rock", "hard rock")  # it carries it


def test_names_of_a_genre_tree_are_genres() -> None:
    assert "rock" not in judged("kuduro")
    assert "rock" in judged("kuduro", genres=("kuduro",))


def test_each_track_is_compared_by_its_own_tags() -> None:
    sets = [frozenset[str]()] * ROWS + [frozenset({"rock"}), frozenset(), frozenset({"piano"})]
    found = agreement(sets)
    assert np.flatnonzero(found.carried.any(axis=1)).tolist() == [ROWS, ROWS + 2]
    assert found.carried[ROWS, places()["rock"]]
    assert found.carried[ROWS + 2, places()["piano"]]


def test_no_tracks_and_no_tags_agree_with_nothing() -> None:
    assert agreement([]).carried.shape == (0, len(places()))
    assert not agreement([frozenset()]).judging.any()
