"""Stage 2: favours are learned; what words mean is kept by replay."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from melscribe_trainer.alignment.descent import DescentOptions
from melscribe_trainer.alignment.net import NetOptions, TowerNet
from melscribe_trainer.alignment.objectives import PreferenceWeights
from melscribe_trainer.alignment.preference import PreferenceOptions, learn_preferences
from melscribe_trainer.alignment.retrieval import measured
from melscribe_trainer.alignment.semantic import (
    Material,
    SemanticOptions,
    learn_semantics,
    vectors_of,
)
from melscribe_trainer.alignment.triplets import (
    Triplet,
    TripletParts,
    favoured,
    text_vectors,
)
from melscribe_trainer.job import Job

from .tracks import GENRES, material, silent_say

SEMANTIC = SemanticOptions(
    net=NetOptions(hidden=32), descent=DescentOptions(epochs=20, batch=32, evals=0)
)
# People who like jazz after rock and techno after folk, whatever their mood.
LIKED = {"rock": "jazz", "jazz": "rock", "folk": "techno", "techno": "folk"}
OPTIONS = PreferenceOptions(descent=DescentOptions(epochs=6, batch=32, lr=2e-3, evals=0))
PAIRS_EACH = 4  # triplets of each trigger; their text is a request for the recommended genre


def genre(made: Material, place: int) -> str:
    names: tuple[str, ...] = made.examples[place].descriptors
    return next(one for one in names if one in GENRES)


def favours(made: Material, places: tuple[int, ...]) -> tuple[Triplet, ...]:
    rng, found = np.random.default_rng(0), []
    for trigger in places:
        others = [at for at in places if genre(made, at) == LIKED[genre(made, trigger)]]
        for at in rng.permutation(others)[:PAIRS_EACH].tolist():
            found.append(Triplet(trigger, at, genre(made, at)))
    return tuple(found)


@pytest.fixture(scope="module")
def made() -> Material:
    return material()


@pytest.fixture(scope="module")
def triplets(made: Material) -> TripletParts:
    parts = (favours(made, one) for one in (made.parts.train, made.parts.dev, made.parts.test))
    return TripletParts(*parts, {})


@pytest.fixture(scope="module")
def semantic(made: Material, tmp_path_factory: pytest.TempPathFactory) -> TowerNet:
    job = Job(tmp_path_factory.mktemp("semantic"), 0, "cpu", silent_say)
    return learn_semantics(made, SEMANTIC, job)[0]


def scores(made: Material, net: TowerNet, triplets: TripletParts) -> tuple[float, float]:
    """Return how well descriptors find tracks, and how well triggers find what was liked."""
    vectors, test = vectors_of(net, made.x), list(made.parts.test)
    texts = text_vectors(triplets.test, made.encoder, silent_say)
    liked = favoured(vectors, triplets.test, texts, test)
    return measured(vectors[test], made.test)["descriptor map"], liked["trigger mrr"]


def tuned(
    made: Material,
    net: TowerNet,
    triplets: TripletParts,
    options: PreferenceOptions,
    folder: Path,
    seed: int = 0,
) -> TowerNet:
    folder.mkdir(exist_ok=True)
    after = copy.deepcopy(net)
    job = Job(folder, seed, "cpu", silent_say)
    learn_preferences(after, made, triplets, SEMANTIC, options, job)
    return after


def test_without_replay_words_are_lost_and_with_it_kept(
    made: Material, semantic: TowerNet, triplets: TripletParts, tmp_path: Path
) -> None:
    meaning, liked = scores(made, semantic, triplets)
    assert meaning > 0.95 and liked < 0.15
    tracks = replace(OPTIONS, weights=PreferenceWeights(1, 1, 0))  # texts would keep words, too
    none = tuned(made, semantic, triplets, replace(tracks, replay=0.0), tmp_path / "none")
    some = tuned(made, semantic, triplets, tracks, tmp_path / "some")
    lost, kept = (scores(made, net, triplets) for net in (none, some))
    assert lost[0] < meaning - 0.2  # rock and jazz are one now
    assert kept[0] > meaning - 0.02
    assert kept[1] > liked + 0.2  # what was liked is found on held-out albums


def test_dev_chooses_weights_that_lose_less(
    made: Material, semantic: TowerNet, triplets: TripletParts, tmp_path: Path
) -> None:
    last = replace(OPTIONS, replay=0.0)
    chosen = replace(last, descent=replace(last.descent, evals=10))
    ends = [
        tuned(made, semantic, triplets, options, tmp_path / name)
        for name, options in (("last", last), ("chosen", chosen))
    ]
    assert not torch.equal(ends[0].outer.weight, ends[1].outer.weight)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(replace(OPTIONS, replay=2.0), id="replay"),
        pytest.param(replace(OPTIONS, weights=PreferenceWeights(0, 1, 1)), id="recommended"),
        pytest.param(replace(OPTIONS, weights=PreferenceWeights(1, 0, 1)), id="fused"),
        pytest.param(replace(OPTIONS, weights=PreferenceWeights(1, 1, 0)), id="text"),
    ],
)
def test_each_option_changes_the_tower(
    made: Material,
    semantic: TowerNet,
    triplets: TripletParts,
    tmp_path: Path,
    options: PreferenceOptions,
) -> None:
    short = replace(OPTIONS.descent, epochs=1)
    plain = tuned(made, semantic, triplets, replace(OPTIONS, descent=short), tmp_path / "plain")
    changed = tuned(made, semantic, triplets, replace(options, descent=short), tmp_path / "changed")
    assert not torch.equal(plain.outer.weight, changed.outer.weight)


def test_a_seed_gives_the_same_tower(
    made: Material, semantic: TowerNet, triplets: TripletParts, tmp_path: Path
) -> None:
    short = replace(OPTIONS, descent=replace(OPTIONS.descent, epochs=1))
    ends = [tuned(made, semantic, triplets, short, tmp_path / name) for name in ("a", "b")]
    assert torch.equal(ends[0].outer.weight, ends[1].outer.weight)
