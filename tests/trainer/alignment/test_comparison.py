"""The report: all kinds of vectors on the test part, as a table."""

from __future__ import annotations

from pathlib import Path

from melscribe_trainer.alignment.comparison import compared, sizes, table_of
from melscribe_trainer.alignment.descent import DescentOptions
from melscribe_trainer.alignment.net import NetOptions, as_tower
from melscribe_trainer.alignment.semantic import SemanticOptions, learn_semantics
from melscribe_trainer.alignment.triplets import Triplet
from melscribe_trainer.job import Job

from .tracks import ENCODER, material, silent_say


def test_all_kinds_of_vectors_are_asked_the_same(tmp_path: Path) -> None:
    made = material(albums=100)
    options = SemanticOptions(net=NetOptions(hidden=16), descent=DescentOptions(epochs=2, evals=0))
    net, _ = learn_semantics(made, options, Job(tmp_path, 0, "cpu", silent_say))
    tower = as_tower(net, *made.scales, ENCODER.fingerprint)
    asked = [Triplet(made.parts.train[0], place, "rock") for place in made.parts.test[:5]]
    found = compared(made, {"semantic": tower}, asked, silent_say)
    names = ["chance", "weighted descriptors", "learned by the plugin", "linear map", "semantic"]
    assert list(found) == names
    assert len({tuple(scores) for scores in found.values()}) == 1
    assert "trigger mrr" in found["semantic"] and "caption map" in found["semantic"]
    maps = {name: scores["descriptor map"] for name, scores in found.items()}
    assert maps["chance"] < 0.6 and maps["weighted descriptors"] < 0.6
    assert min(maps["learned by the plugin"], maps["linear map"], maps["semantic"]) > 0.9


def test_a_library_too_small_for_the_plugin_has_no_such_row() -> None:
    found = compared(material(), {}, (), silent_say)
    assert list(found) == ["chance", "weighted descriptors", "linear map"]
    assert "trigger mrr" not in found["chance"]


def test_the_table_is_in_per_cent_and_has_only_what_was_asked() -> None:
    table = table_of(
        {
            "chance": {"set recall@10": 0.125, "set rank": 40.0, "set mrr": 0.1},
            "semantic": {"set recall@10": 1.0, "set rank": 1.0, "set mrr": 0.9},
        }
    )
    assert table.splitlines() == [
        "| vectors  | own set recall@10 | median rank |",
        "| :---|---:|---:|",
        "| chance   |              12.5 |          40 |",
        "| semantic |             100.0 |           1 |",
    ]


def test_the_sizes_of_the_parts() -> None:
    made = material(albums=20)
    found = sizes(made)
    # 80 tracks, 20 % and 15 % of them in whole albums of 4.
    assert found["tracks"] == {"train": 52, "dev": 12, "test": 16}
    assert found["albums"] == {"train": 13, "dev": 3, "test": 4}
    assert found["captions"] >= 1 and found["descriptors"] >= 3
