"""How far to believe what was heard, judged by the tags of the library and by ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.agreement import Agreement, agreement
from melscribe_core.hearing.judgement import (
    Judgement,
    heard_vectors,
    judge,
    said,
    weight_matrix,
)
from melscribe_core.hearing.thresholds import places, table

NOTHING = judge(np.zeros((0, len(table())), np.float32))  # the table's own thresholds


def tracks(*rows: Mapping[str, float]) -> FloatArray:
    found = np.zeros((len(rows), len(table())), np.float32)
    for row, probabilities in enumerate(rows):
        for name, probability in probabilities.items():
            found[row, places()[name]] = probability
    return found


def library(name: str, heard: Sequence[tuple[float, str]]) -> tuple[FloatArray, Agreement]:
    """Return tracks with a probability of one descriptor, and a tag each."""
    probabilities = tracks(*({name: p} for p, _ in heard))
    return probabilities, agreement([frozenset({tag} - {""}) for _, tag in heard])


def said_of(judgement: Judgement, row: FloatArray) -> set[str]:
    """Return the descriptors that are said of one track."""
    return {table()[at].name for at in np.flatnonzero(said(judgement, row[None])[0])}


def weights(judgement: Judgement, row: FloatArray) -> list[tuple[str, float]]:
    """Return the descriptors with a weight in one track's vector, the heaviest first."""
    found = weight_matrix(judgement, row[None])[0]
    order = np.argsort(-found, kind="stable")[: np.count_nonzero(found)]
    return [(table()[at].name, float(found[at])) for at in order]


# --- what is said of a track


def test_what_reaches_its_threshold_is_said() -> None:
    # thresholds: guitar 0.45, piano 0.30, harp 0.20, rock 0.30
    row = tracks({"guitar": 0.46, "piano": 0.60, "harp": 0.30, "rock": 0.29})[0]
    assert said_of(NOTHING, row) == {"piano", "harp", "guitar"}


def test_five_tracks_have_exactly_these_descriptors() -> None:
    five = tracks(
        {"guitar": 0.5, "folk": 0.22},
        {"techno": 0.3, "electronic": 0.29},
        {"vocals": 0.5, "female vocals": 0.25, "pop": 0.2},
        {"instrumental": 0.9, "strings": 0.3, "slow": 0.4},
        {},
    )
    names = [said_of(NOTHING, row) for row in five]
    assert names == [
        {"guitar", "folk"},
        {"techno"},
        {"vocals", "female vocals"},
        {"instrumental", "strings", "slow"},
        set(),
    ]
    assert said(NOTHING, five).sum(axis=1).tolist() == [2, 1, 2, 3, 0]


def test_a_mans_voice_is_said_only_of_vocals() -> None:
    assert said_of(NOTHING, tracks({"male vocals": 0.9, "vocals": 0.4})[0]) == set()


def test_a_weight_is_how_far_a_probability_is_above_half_its_threshold() -> None:
    # violin 0.45 / 0.30 - 0.5 = 1; sitar 0.1875 / 0.25 - 0.5 = 0.25; guitar 0.12 / 0.30 < 0.5: none
    row = tracks({"violin": 0.45, "sitar": 0.1875, "guitar": 0.12})[0]
    found = weights(NOTHING, row)
    assert [name for name, _ in found] == ["violin", "sitar"]
    assert [weight for _, weight in found] == pytest.approx([1, 0.25])


def test_a_weight_is_at_most_2_and_at_most_8_descriptors_have_one() -> None:
    names = list(places())[:12]
    row = tracks({name: table()[places()[name]].threshold * 1.2 for name in names} | {"folk": 1})[0]
    found = weights(NOTHING, row)
    assert len(found) == 8
    assert found[0] == ("folk", 2.0)
    assert [weight for _, weight in found[1:]] == pytest.approx([0.7] * 7)


def test_a_vector_is_the_weighted_sum_of_its_descriptors_vectors() -> None:
    words = {one.name: np.eye(len(table()), dtype=np.float32)[at] for at, one in enumerate(table())}
    # weights 1 and 0.75: 3-4-5, so the unit vector has 0.8 and 0.6
    heard = tracks({"violin": 0.45, "sitar": 0.3125}, {})
    found = heard_vectors(NOTHING, heard, words)
    assert found[0, places()["violin"]] == pytest.approx(0.8, abs=1e-6)
    assert found[0, places()["sitar"]] == pytest.approx(0.6, abs=1e-6)
    assert not found[1].any()
    assert found.dtype == np.float32


# --- ranks


def test_a_genre_is_said_of_a_quarter_of_a_library_at_most() -> None:
    sure = np.linspace(0.4, 0.8, 60)
    found = judge(tracks(*({"rock": p, "guitar": p + 0.1} for p in sure)))
    heard = said(found, tracks(*({"rock": p, "guitar": p + 0.1} for p in sure)))
    assert heard[:, places()["rock"]].sum() == 15  # 25 % of 60
    assert heard[:, places()["guitar"]].sum() == 24  # 40 % of 60
    assert heard[:, places()["rock"]].nonzero()[0].tolist() == list(range(45, 60))


def test_a_small_library_has_no_ranks() -> None:
    many = tracks(*({"rock": 0.4 + i / 100} for i in range(49)))
    assert said(judge(many), many).sum() == 49


def test_vocals_may_be_in_every_track() -> None:
    many = tracks(*({"vocals": 0.5 + i / 200} for i in range(60)))
    assert said(judge(many), many).sum() == 60


def test_tracks_that_are_equally_sure_are_treated_alike() -> None:
    # 20 tracks of 60 with 0.5 are more than a quarter: only the 10 above them are kept.
    many = tracks(*[{"rock": 0.6}] * 10, *[{"rock": 0.5}] * 20, *[{}] * 30)
    assert said(judge(many), many).sum() == 10
    equal = tracks(*[{"rock": 0.5}] * 60)
    assert said(judge(equal), equal).sum() == 60


# --- tags


def test_of_20_tagged_tracks_12_are_rock_so_rock_is_right() -> None:
    heard = [(0.5, "rock")] * 12 + [(0.5, "jazz")] * 8 + [(0.5, "sad")] * 30 + [(0.1, "jazz")] * 9
    found = judge(*library("rock", heard))
    assert found.sentences() == ["heard rock: right for 12 of 20 tracks tagged"]
    assert said(found, tracks({"rock": 0.3})).any()


def test_what_is_wrong_more_often_than_right_is_not_used() -> None:
    heard = [(0.5, "metal")] * 4 + [(0.5, "jazz")] * 16
    found = judge(*library("metal", heard))
    assert found.sentences() == ["heard metal is not used: right for only 4 of 20 tracks tagged"]
    surest = tracks({"metal": 1})
    assert not said(found, surest).any()
    assert weights(found, surest[0]) == []


def test_half_right_is_used() -> None:
    heard = [(0.5, "metal"), (0.5, "jazz")] * 10
    found = judge(*library("metal", heard))
    assert found.sentences() == ["heard metal: right for 10 of 20 tracks tagged"]


def test_a_threshold_is_raised_until_it_is_right() -> None:
    # from 0.3: 12 of 30; from 0.5: 12 of 20, which is 0.6
    heard = [(0.5, "rock")] * 12 + [(0.5, "jazz")] * 8 + [(0.4, "jazz")] * 10
    found = judge(*library("rock", heard))
    told = "heard rock: right for 12 of 20 tracks tagged, from 0.50 instead of 0.30"
    assert found.sentences() == [told]
    assert said(found, tracks({"rock": 0.49}, {"rock": 0.5})).sum(axis=1).tolist() == [0, 1]


def test_a_threshold_that_is_bearable_is_raised_if_that_makes_it_right() -> None:
    # from 0.3: 14 of 25, which is 0.56; from 0.5: 12 of 20
    heard = [(0.5, "rock")] * 12 + [(0.5, "jazz")] * 8 + [(0.4, "rock")] * 2 + [(0.4, "jazz")] * 3
    told = "heard rock: right for 12 of 20 tracks tagged, from 0.50 instead of 0.30"
    assert judge(*library("rock", heard)).sentences() == [told]


def test_a_few_sure_tracks_do_not_save_a_descriptor() -> None:
    # The 10 surest of 60 are all right, but fewer than a quarter; with 10 more it is 10 of 20.
    heard = [(0.9, "rock")] * 10 + [(0.8, "jazz")] * 11 + [(0.5, "jazz")] * 39
    assert judge(*library("rock", heard)).sentences() == [
        "heard rock is not used: right for only 10 of 60 tracks tagged"
    ]


def test_nine_tracks_cannot_judge() -> None:
    found = judge(*library("metal", [(0.5, "jazz")] * 9 + [(0.5, "")] * 30))
    assert found.sentences() == []
    assert said(found, tracks({"metal": 0.3})).any()


def test_tags_that_confirm_lift_the_cap() -> None:
    metal = [(0.5 + i / 200, "thrash metal") for i in range(60)]
    probabilities, agreed = library("metal", metal)
    assert said(judge(probabilities, agreed), probabilities).sum() == 60
    assert said(judge(probabilities), probabilities).sum() == 15


def test_tags_that_only_bear_it_keep_the_cap() -> None:
    # Half right at any threshold; a quarter of 80 tracks are the 20 surest.
    heard = [(0.40 + i / 200, tag) for i in range(40) for tag in ("rock", "jazz")]
    probabilities, agreed = library("rock", heard)
    found = judge(probabilities, agreed)
    assert said(found, probabilities).sum() == 20
    assert found.sentences()[0].startswith("heard rock: right for 10 of 20 tracks tagged, from")


def test_an_instrument_that_is_not_named_is_half_a_mistake() -> None:
    # 8 / (8 + 12 / 2) = 0.57 bears it; 4 / (4 + 16 / 2) = 0.33 does not.
    bears = [(0.5, "piano")] * 8 + [(0.5, "harp")] * 12
    assert judge(*library("piano", bears)).sentences()[0] == (
        "heard piano: right for 8 of 20 tracks tagged"
    )
    not_borne = [(0.5, "piano")] * 4 + [(0.5, "harp")] * 16
    assert "piano is not used" in judge(*library("piano", not_borne)).sentences()[0]


def test_an_instrument_that_the_library_never_names_is_not_judged() -> None:
    found = judge(*library("piano", [(0.5, "guitar")] * 40))
    assert found.sentences() == []
    assert said(found, tracks({"piano": 0.3})).any()


def test_tracks_without_a_voice_count_as_at_most_as_many_as_those_with_one() -> None:
    sung, played = (0.6, "female vocals"), (0.6, "instrumental")
    # 12 right and 24 wrong: the 24 that have no voice count as 12, and half right is chance.
    found = judge(*library("vocals", [sung] * 12 + [played] * 24))
    assert "heard vocals is not used: right for only 12 of 36 tracks tagged" in found.sentences()
    # 12 right and 10 wrong of the 60 that have none, which count as 12: 12 of 14.
    found = judge(*library("vocals", [sung] * 12 + [played] * 10 + [(0.1, "instrumental")] * 50))
    assert found.sentences() == ["heard vocals: right for 12 of 22 tracks tagged"]


def test_without_vocals_no_womens_voices() -> None:
    wrong = [(0.6, "female vocals")] * 4 + [(0.6, "instrumental")] * 24
    probabilities, agreed = library("vocals", wrong)
    probabilities[:4, places()["female vocals"]] = 0.9
    found = judge(probabilities, agreed)
    assert not said(found, probabilities).any()
    assert not weight_matrix(found, probabilities).any()


def test_thresholds_are_never_lowered_so_vocals_and_instrumental_exclude_each_other() -> None:
    rng = np.random.default_rng(2)
    many = rng.random((300, len(table())), np.float32)
    # As the table makes them: 0.625 x the sum of the voices, and 1 - 2.5 x that.
    many[:, places()["instrumental"]] = 1 - many[:, places()["vocals"]] / 0.25
    own = [frozenset(rng.choice(["vocals", "instrumental", "rock", "jazz"], 2)) for _ in range(300)]
    found = judge(many, agreement(own))
    assert (found.thresholds >= NOTHING.thresholds).all()
    both = said(found, many)[:, [places()["vocals"], places()["instrumental"]]]
    assert not both.all(axis=1).any()


# --- stored


def test_a_judgement_is_stored_and_read() -> None:
    heard = [(0.5 + i / 997, ("rock", "jazz")[i % 5 == 0]) for i in range(60)]
    found = judge(*library("rock", heard))
    assert Judgement.from_json(found.to_json()) == found
    assert len(found.to_json()) < 2000


@pytest.mark.parametrize(
    "stored",
    ["", "{}", "[]", "null", '{"format":1}', NOTHING.to_json()[:-9], NOTHING.to_json() + "}"],
)
def test_what_is_not_a_judgement_is_judged_again(stored: str) -> None:
    assert Judgement.from_json(stored) is None


def test_a_judgement_of_another_table_is_judged_again() -> None:
    assert Judgement.from_json(NOTHING.to_json().replace('"table":"', '"table":"0')) is None
    assert Judgement.from_json(NOTHING.to_json().replace("[0.", "[1,0.", 1)) is None
