"""The neighbour graph: near the exact answer, and never used when it is not the present one."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from melscribe_core import neighbours as module
from melscribe_core.catalogue import Catalogue, Description, FloatArray, Present, open_catalogue
from melscribe_core.neighbours import Neighbours, nearest

DIM = 16


def fill(catalogue: Catalogue, names: list[str], seed: int = 0) -> None:
    """Let the catalogue hold one text per name, each with a random unit vector."""
    plan = catalogue.plan(
        Present(track, name.encode(), lambda name=name: Description(name, ()))  # type: ignore[misc]
        for track, name in enumerate(names, 1)
    )
    catalogue.apply(plan)
    pending = catalogue.pending("texts")
    vectors = np.random.default_rng(seed).standard_normal((len(pending), DIM)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    catalogue.store("texts", [i for i, _ in pending], vectors)


def names(count: int) -> list[str]:
    return [f"name{i:04}" for i in range(count)]


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    monkeypatch.setattr(module, "EXACT_BELOW", 100)
    return open_catalogue(tmp_path / "library.db.melscribe")


def make(catalogue: Catalogue, encoder: str = "e") -> Neighbours:
    return Neighbours(catalogue, encoder, DIM)


def query(seed: int = 7) -> FloatArray:
    vector = np.random.default_rng(seed).standard_normal(DIM).astype(np.float32)
    unit: FloatArray = vector / np.linalg.norm(vector)
    return unit


def graph_files(catalogue: Catalogue) -> set[str]:
    return {path.name for path in catalogue.path.parent.iterdir() if ".hnsw" in path.name}


def test_nearest_ranks_by_inner_product_and_then_by_id() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0.6, 0.8]], np.float32)
    ids = np.array([40, 10, 20, 30])
    # Products with (1, 0): 1, 0, 1, 0.6; the two ones come by id.
    assert list(nearest(ids, vectors, np.array([1, 0], np.float32), 3)) == [20, 40, 30]
    assert list(nearest(ids, vectors, np.array([1, 0], np.float32), 99)) == [20, 40, 30, 10]


def test_an_empty_catalogue_has_no_neighbours(catalogue: Catalogue) -> None:
    assert list(make(catalogue).near(query(), 5)) == []


def test_few_texts_are_scanned_and_need_no_graph(catalogue: Catalogue) -> None:
    fill(catalogue, names(99))
    assert make(catalogue).refresh() is None
    assert graph_files(catalogue) == set()
    assert len(make(catalogue).near(query(), 5)) == 5


def test_the_graph_agrees_with_the_scan(catalogue: Catalogue) -> None:
    fill(catalogue, names(400))
    make(catalogue).refresh()
    assert graph_files(catalogue) == {
        "library.db.melscribe.hnsw",
        "library.db.melscribe.hnsw.json",
    }
    found = shared = 0
    for seed in range(20):
        exact = nearest(*catalogue.vectors(), query(seed), 10)
        found += 10
        shared += len(set(exact) & set(make(catalogue).near(query(seed), 10)))
    assert shared / found >= 0.99


def test_more_than_there_are_can_be_asked_for(catalogue: Catalogue) -> None:
    fill(catalogue, names(120))
    make(catalogue).refresh()
    assert len(make(catalogue).near(query(), 5000)) == 120


def test_what_comes_and_goes_moves_the_graph(catalogue: Catalogue) -> None:
    fill(catalogue, names(200))
    make(catalogue).refresh()
    fill(catalogue, [*names(200)[:190], "newcomer"], seed=3)
    assert make(catalogue).refresh() is None
    near = make(catalogue)
    assert near._loaded() is not None  # the graph answers, not the scan
    assert set(near.near(query(), 191)) == set(catalogue.vector_ids())


def test_many_gone_make_a_new_graph(catalogue: Catalogue) -> None:
    fill(catalogue, names(300))
    make(catalogue).refresh()
    fill(catalogue, names(150))
    make(catalogue).refresh()
    assert set(make(catalogue).near(query(), 999)) == set(catalogue.vector_ids())
    assert '"dead": []' in (catalogue.path.parent / "library.db.melscribe.hnsw.json").read_text()


def test_a_graph_of_an_older_revision_is_not_used(catalogue: Catalogue) -> None:
    fill(catalogue, names(150))
    make(catalogue).refresh()
    fill(catalogue, [*names(150), "newcomer"])
    near = make(catalogue)
    assert near._loaded() is None
    assert len(near.near(query(), 999)) == 151


def test_a_graph_of_another_encoder_is_made_anew(catalogue: Catalogue) -> None:
    fill(catalogue, names(150))
    make(catalogue).refresh()
    assert make(catalogue, "another")._loaded() is None
    assert make(catalogue, "another").refresh() is None
    assert make(catalogue, "another")._loaded() is not None


@pytest.mark.parametrize("damage", ["truncated", "flipped", "stamp", "missing"])
def test_a_damaged_graph_is_noticed_and_made_anew(catalogue: Catalogue, damage: str) -> None:
    fill(catalogue, names(150))
    make(catalogue).refresh()
    graph = catalogue.path.with_name("library.db.melscribe.hnsw")
    content = bytearray(graph.read_bytes())
    if damage == "truncated":
        graph.write_bytes(content[:-100])
    elif damage == "flipped":
        content[-50] ^= 0xFF
        graph.write_bytes(content)
        os.utime(graph, ns=(1, 1))
    elif damage == "stamp":
        graph.with_name(graph.name + ".json").write_text('{"encoder": "e", "dim": [')
    else:
        graph.unlink()
    assert len(make(catalogue).near(query(), 999)) == 150
    fill(catalogue, [*names(150), "newcomer"])
    assert "made anew" in (make(catalogue).refresh() or "")
    assert make(catalogue)._loaded() is not None


def test_without_hnswlib_the_scan_answers_and_says_so(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "hnswlib", None)
    fill(catalogue, names(150))
    assert "not installed" in (make(catalogue).refresh() or "")
    assert len(make(catalogue).near(query(), 999)) == 150


def test_among_looks_only_there(catalogue: Catalogue) -> None:
    fill(catalogue, names(150))
    make(catalogue).refresh()
    some = catalogue.texts_of([3, 70, 149])
    assert set(make(catalogue).near(query(), 10, some)) == set(some)
