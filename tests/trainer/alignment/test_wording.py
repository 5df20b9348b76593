"""The texts of tracks: kinds, draws, and which tracks answer which text."""

from __future__ import annotations

from collections import Counter

import numpy as np

from melscribe_trainer.alignment.examples import Example
from melscribe_trainer.alignment.wording import Mix, Texts

from .tracks import ENCODER, silent_say


def example(words: str, *captions: str) -> Example:
    return Example(words, None, None, tuple(words.split()), captions, "album")


TRACKS = [
    example("calm folk sad", "a sad song"),
    example("folk sad"),
    example("", "a sad song", "a calm one"),
    example(""),
]
TEXTS = Texts(TRACKS, ENCODER, 0, silent_say)


def said(numbers: tuple[int, ...]) -> set[str]:
    return {TEXTS.texts[number] for number in numbers}


def test_the_kinds_of_texts_of_a_track() -> None:
    whole, parts, singles, captions = map(said, TEXTS.kinds[0])
    assert whole == {"calm, folk, sad"} and singles == {"calm", "folk", "sad"}
    assert parts <= {"calm, folk", "calm, sad", "folk, sad"} and len(parts) > 1
    assert captions == {"a sad song"}
    assert [said(kind) for kind in TEXTS.kinds[1]] == [
        {"folk, sad"},
        set(),
        {"folk", "sad"},
        set(),
    ]
    assert [len(kind) for kind in TEXTS.kinds[2]] == [0, 0, 0, 2]


def test_each_text_is_encoded_once() -> None:
    assert len(set(TEXTS.texts)) == len(TEXTS.texts) == len(TEXTS.vectors) == len(TEXTS.named)
    at = TEXTS.texts.index("folk, sad")
    assert np.array_equal(TEXTS.vectors[at], ENCODER.encode(["folk, sad"])[0])


def test_kinds_are_drawn_as_the_mix_says() -> None:
    rng = np.random.default_rng(0)
    mix = Mix(whole=1, part=0, single=3, caption=0)
    drawn = Counter(TEXTS.texts[TEXTS.drawn(0, mix, rng)] for _ in range(400))
    assert drawn.keys() == {"calm, folk, sad", "calm", "folk", "sad"}
    assert 70 < drawn["calm, folk, sad"] < 130  # a quarter of 400, within 3.5 deviations
    assert all(70 < drawn[name] < 130 for name in ("calm", "folk", "sad"))


def test_a_track_without_a_drawn_kind_gives_what_it_has() -> None:
    rng = np.random.default_rng(0)
    only = Mix(whole=1, part=0, single=0, caption=0)
    assert TEXTS.texts[TEXTS.drawn(2, only, rng)] in {"a sad song", "a calm one"}


def test_who_answers_which_text() -> None:
    asked = [TEXTS.texts.index(text) for text in ("sad", "calm", "folk, sad", "a sad song")]
    assert TEXTS.answered([0, 1, 2, 3], asked).tolist() == [
        [True, True, True, True],
        [True, False, True, False],
        [False, False, False, True],  # it has no descriptor, but the caption is its own
        [False, False, False, False],
    ]


def test_whole_sets() -> None:
    whole = TEXTS.texts.index("calm, folk, sad")
    assert TEXTS.wholes([0, 3]).tolist() == [whole, -1]
