"""Neighbouring genres: how a tree is read, and where a neighbour may stand in a text."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import Captioned, Dataset
from melscribe_trainer.data.genres import read_neighbours
from melscribe_trainer.data.pairs import PairOptions, make_pairs, neighboured

TREE = """
- rock:
    - grunge
    - Dream Pop:
        - shoegaze
        - slowcore
- jazz
"""
NEAR = {
    "grunge": ("dream pop", "rock"),
    "dream pop": ("grunge", "rock"),
    "shoegaze": ("dream pop", "slowcore"),
    "slowcore": ("dream pop", "shoegaze"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    path = tmp_path / "tree.yaml"
    path.write_text(TREE, encoding="utf-8")
    return path


def test_neighbours_are_the_parent_and_the_siblings(tree: Path) -> None:
    assert read_neighbours(tree) == NEAR


def test_the_tree_of_lastgenre_is_read() -> None:
    spec = find_spec("beetsplug.lastgenre")
    assert spec is not None
    assert spec.origin is not None
    near = read_neighbours(Path(spec.origin).with_name("genres-tree.yaml"))
    assert "bossa nova" in near
    assert "samba" in near["bossa nova"]


@pytest.mark.parametrize("content", ["a: b", "- [", ""])
def test_what_is_no_tree_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tree.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MelScribeError, match=r"prepare\.tree: .* give a genres-tree\.yaml\.$"):
        read_neighbours(path)


def test_a_genre_that_the_query_names_stays() -> None:
    names = ("grunge", "sad", "shoegaze")
    drawn = {
        tuple(neighboured(names, ("grunge",), NEAR, np.random.default_rng(seed)))
        for seed in range(30)
    }
    # shoegaze alone may move, to its parent or its one sibling; sad is no genre.
    assert drawn == {("grunge", "sad", "dream pop"), ("grunge", "sad", "slowcore")}
    assert neighboured(("sad",), (), NEAR, np.random.default_rng(0)) == ["sad"]


def test_a_neighbour_stands_in_the_text_of_a_query(tree: Path) -> None:
    song = Captioned("1", ("grey rain",), ("sad", "shoegaze"), "rock")
    options = PairOptions(near=1.0, tree=str(tree))
    texts = {
        make_pairs([Dataset("requests", (song,))], options, np.random.default_rng(seed))
        .queries[0]
        .positives
        for seed in range(20)
    }
    assert texts == {("dream pop, sad",), ("sad, slowcore",)}
