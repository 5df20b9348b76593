"""From the nets' outputs to a probability of each descriptor of the table."""

from __future__ import annotations

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.descriptors.sets import text_of
from melscribe_core.hearing.outputs import MSD, MTT, OUTPUTS, PLACES
from melscribe_core.hearing.thresholds import (
    ROWS,
    fingerprint,
    lines,
    places,
    probabilities_of,
    table,
    thresholds,
)

KINDS = {"genre", "instrument", "voice", "tempo", "level", "mood"}
VOICES = "vocal vocals voice singing female male woman man opera choir choral".split()


def heard(tempo: float = 0, **outputs: float) -> dict[str, float]:
    """Return what is above 0 for one track: `mtt_male_voice=0.3` is the output "mtt male voice"."""
    tags = np.zeros((1, len(OUTPUTS)), np.float32)
    for name, probability in outputs.items():
        tags[0, PLACES[name.replace("_", " ")]] = probability
    found = probabilities_of(tags, np.array([tempo], np.float32))[0]
    return {name: round(float(found[at]), 4) for name, at in places().items() if found[at] > 0}


# --- the table


def test_each_descriptor_is_spelt_as_the_vocabulary_spells_it() -> None:
    assert [text_of([one.name]) for one in table()] == [one.name for one in table()]


def test_the_table_names_outputs_that_exist_and_shares_and_thresholds_in_range() -> None:
    known = {*OUTPUTS, *(line.partition(" = ")[0] for line in lines("thresholds.txt", "signals"))}
    for one in table():
        assert {name for name, _ in one.sources} <= known
        assert {c.left for c in one.conditions} | {c.right for c in one.conditions} <= known | {
            "tempo",
            "",
        }
        assert one.kind in KINDS
        assert 0 < one.threshold < 1
        assert 0 < one.most <= 1


def test_no_eras_no_feelings_and_no_opinions_are_heard() -> None:
    dropped = "sexy catchy beautiful party happy sad weird solo experimental oldies electro".split()
    for name in (
        *dropped,
        "alternative",
        "alternative rock",
        "new age",
        "easy listening",
        "classic",
    ):
        assert name in (*MSD, *MTT)
        assert name not in places()
    assert not [name for name in places() if name.endswith("0s")]


def test_the_digest_of_the_table_stays() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16


# --- probabilities


def test_an_output_is_the_probability_and_the_larger_of_two_counts() -> None:
    found = heard(mtt_guitar=0.5, mtt_drums=0.1, mtt_beat=0.3, mtt_beats=0.2)
    # drums alone, 0.1, tell how energetic it is
    assert found == {"guitar": 0.5, "drums": 0.3, "energetic": pytest.approx(0.1)}


def test_an_output_with_a_threshold_of_its_own_is_scaled_to_the_descriptors() -> None:
    # rock begins at 0.30 in MSD and at 0.35 in MTT: 0.35 there is 0.30, and 0.7 is 0.6.
    assert heard(msd_rock=0.4) == {"rock": 0.4}
    assert heard(mtt_rock=0.35)["rock"] == pytest.approx(0.30)
    assert heard(msd_rock=0.4, mtt_rock=0.7) == {"rock": 0.6}


def test_silence_says_nothing() -> None:
    assert heard() == {}
    assert heard(tempo=140) == {}


@pytest.mark.parametrize(("jazz", "said"), [(0.34, True), (0.36, False)])
def test_a_violin_in_jazz_is_a_saxophone(jazz: float, said: bool) -> None:
    found = heard(mtt_violin=0.5, mtt_strings=0.5, mtt_classical=0.5, mtt_cello=0.5, msd_jazz=jazz)
    assert ({"violin", "strings", "classical"} <= found.keys()) is said
    assert found["cello"] == 0.5


def test_vocals_are_the_sum_of_all_voice_tags() -> None:
    # 0.5 of 1: reached at a sum of 0.8; twice that and more is 1.
    assert heard(mtt_vocal=0.3, mtt_voice=0.3, mtt_singing=0.2, mtt_flute=1)["vocals"] == 0.5
    assert heard(mtt_vocals=0.8, mtt_vocal=0.8, mtt_singing=0.8, mtt_flute=1)["vocals"] == 1


def test_each_voice_tag_adds_to_vocals_and_no_other_output_does() -> None:
    adding = [
        name
        for name in MTT
        if heard(**{f"mtt_{name}": 0.4}, msd_folk=0.9).get("vocals")  # nothing but the voice tags
    ]
    pairs = [f"{who} {what}" for who in ("male", "female") for what in ("vocal", "voice")]
    assert sorted(adding) == sorted([*VOICES, *pairs])


@pytest.mark.parametrize(
    ("voice", "instrumental", "said"), [(0.1, 0.2, 0.75), (0.1, 0.1, 0), (0.3, 0.2, 0.25)]
)
def test_an_instrumental_has_no_voice_and_is_called_one(
    voice: float, instrumental: float, said: float
) -> None:
    # 1 - 2.5 x the sum: 0.5, the threshold, where the sum is 0.2.
    found = heard(mtt_voice=voice, msd_instrumental=instrumental, mtt_piano=0.9)
    assert found.get("instrumental", 0) == pytest.approx(said)


@pytest.mark.parametrize(
    ("female", "male", "said"),
    [(0.6, 0.3, {"female vocals"}), (0.3, 0.6, {"male vocals"}), (0.5, 0.4, set())],
)
def test_a_voice_is_a_womans_when_it_is_half_as_sure_again_as_a_mans(
    female: float, male: float, said: set[str]
) -> None:
    found = heard(mtt_woman=female, mtt_man=male, mtt_vocals=0.5, mtt_guitar=0.9)
    assert found.keys() - {"guitar", "vocals"} == said


def test_without_vocals_a_voice_is_neither() -> None:
    assert heard(mtt_female=0.5, mtt_vocals=0.2, mtt_harp=0.9).keys() == {"harp", "vocals"}


@pytest.mark.parametrize(("tempo", "said"), [(0, 0.5), (89, 0.5), (90, 0)])
def test_slow_needs_a_slow_beat_or_none(tempo: float, said: float) -> None:
    assert heard(tempo, mtt_slow=0.5, mtt_harp=0.9).get("slow", 0) == said


@pytest.mark.parametrize(("tempo", "said"), [(0, 0), (99, 0), (100, 0.5)])
def test_fast_needs_a_fast_beat(tempo: float, said: float) -> None:
    assert heard(tempo, mtt_fast=0.5, mtt_harp=0.9).get("fast", 0) == said


def test_of_speech_only_the_voice_is_said_but_of_rap_with_a_beat_all() -> None:
    talk = {"msd_Hip-Hop": 0.26, "mtt_female": 0.6, "mtt_male": 0.2, "mtt_voice": 0.5}
    assert heard(**talk).keys() == {"vocals", "female vocals"}
    assert heard(**talk, mtt_guitar=0.29).keys() == {"vocals", "female vocals"}
    found = heard(**talk, mtt_beat=0.2)
    assert found.keys() == {"hip hop", "female vocals", "vocals", "drums"}


def test_a_track_does_not_depend_on_the_others() -> None:
    tags = (np.random.default_rng(1).random((ROWS + 3, 100), np.float32) ** 4).astype(np.float32)
    tempo = np.linspace(0, 200, len(tags), dtype=np.float32)
    found: FloatArray = probabilities_of(tags, tempo)
    assert found.dtype == np.float32
    assert found.shape == (ROWS + 3, len(table()))
    for at in (0, ROWS - 1, ROWS, ROWS + 2):
        assert (found[at] == probabilities_of(tags[[at]], tempo[[at]])[0]).all()


def test_every_descriptor_can_be_said() -> None:
    said = np.zeros(len(table()), bool)
    for tempo, *together in (
        (60, "msd instrumental"),
        (140, "mtt singing"),
        (0, "mtt vocal", "mtt woman"),
        (0, "mtt vocal", "mtt man"),
        (0, "mtt classical"),
        (0, "mtt slow"),
    ):
        sure = np.eye(100, dtype=np.float32)  # each output alone, but for these
        sure[:, [PLACES[name] for name in together]] = 0.7
        found = probabilities_of(sure, np.full(100, tempo, np.float32))
        said |= (found >= thresholds()).any(axis=0)
    assert said.all()


def test_music_of_which_nothing_is_sure_keeps_its_probabilities() -> None:
    assert heard(mtt_classical=0.28, mtt_drums=0.15, mtt_male=0.3) == {
        "classical": 0.28,
        "drums": 0.15,
        "energetic": pytest.approx(0.15),
        "vocals": 0.1875,
    }


def test_no_tracks_have_no_probabilities() -> None:
    none = np.zeros((0, 100), np.float32)
    assert probabilities_of(none, np.zeros(0, np.float32)).shape == (0, len(table()))
