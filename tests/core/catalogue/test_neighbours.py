"""The neighbour graph: near the exact answer, and never used when it is not the present one."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.catalogue import neighbours as module
from melscribe_core.catalogue.catalogue import Catalogue, open_catalogue
from melscribe_core.catalogue.neighbours import Neighbours, nearest_rows
from melscribe_core.catalogue.tracks import Description, Row
from melscribe_core.errors import DamagedCatalogueError
from tests.support.home import Home
from tests.support.inside import beet

DIM = 16


def fill(catalogue: Catalogue, names: list[str], seed: int = 0) -> None:
    """Let the catalogue hold one text per name, each with a random unit vector."""
    plan = catalogue.tracks.plan(
        Row(track, Description(name, ())) for track, name in enumerate(names, 1)
    )
    catalogue.tracks.apply(plan)
    pending = catalogue.vectors.pending("texts")
    vectors = np.random.default_rng(seed).standard_normal((len(pending), DIM)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    catalogue.vectors.store("texts", [row.id for row in pending], vectors)


def names(count: int) -> list[str]:
    return [f"name{i:04}" for i in range(count)]


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    monkeypatch.setattr(module, "GRAPH_FROM", 100)
    monkeypatch.setattr(module, "PATIENCE", 0)
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
    assert list(nearest_rows(ids, vectors, np.array([1, 0], np.float32), 3)) == [20, 40, 30]
    assert list(nearest_rows(ids, vectors, np.array([1, 0], np.float32), 99)) == [20, 40, 30, 10]


def test_an_empty_catalogue_has_no_neighbours(catalogue: Catalogue) -> None:
    assert list(make(catalogue).near(query(), 5)) == []


def test_few_texts_are_scanned_and_need_no_graph(catalogue: Catalogue) -> None:
    fill(catalogue, names(99))
    assert make(catalogue).refresh() is None
    assert graph_files(catalogue) == set()
    assert len(make(catalogue).near(query(), 5)) == 5


def test_the_scan_agrees_with_the_exact_vectors(catalogue: Catalogue) -> None:
    fill(catalogue, names(99))
    ids, vectors = catalogue.vectors.of_texts()
    near = make(catalogue)
    for seed in range(20):
        # In steps of 1/127 of the largest component, at most 1, a component is at most 1/254 off;
        # the sum of 16 products with a unit vector's components at most sqrt(16) / 254 = 0.016.
        cosines = np.sort(vectors @ query(seed))[::-1]
        found = vectors[np.searchsorted(ids, near.near(query(seed), 99))] @ query(seed)
        assert np.allclose(found, cosines, atol=0.032)
        assert np.allclose(np.sort(near.sample(query(seed), 99))[::-1], cosines, atol=0.016)


def test_a_sample_is_spread_evenly(catalogue: Catalogue) -> None:
    fill(catalogue, names(99))
    whole = make(catalogue).sample(query(), 99)
    # 3 of 99 places, 0 to 98: the first, the middle, the last.
    assert list(make(catalogue).sample(query(), 3)) == [whole[0], whole[49], whole[98]]
    assert len(make(catalogue).sample(query(), 500)) == 99


def test_a_sample_is_spread_evenly_where_the_graph_answers(catalogue: Catalogue) -> None:
    fill(catalogue, names(151))
    near = make(catalogue)
    near.refresh()
    vectors = catalogue.vectors.of_texts([1, 76, 151])[1]
    assert np.allclose(near.sample(query(), 3), vectors @ query())


def test_a_process_that_goes_on_asking_takes_the_graph(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 3)
    fill(catalogue, names(150))
    near = make(catalogue)
    near.refresh()
    for seed, by_graph in enumerate([False, False, False, True, True]):
        near.near(query(seed), 10)
        near.near(query(seed), 80)  # a deeper look at the same vector is no further scan
        assert (near._graph is not None) is by_graph


def test_a_graph_takes_a_new_sample_when_the_texts_have_changed(catalogue: Catalogue) -> None:
    fill(catalogue, names(151))
    near = make(catalogue)
    near.refresh()
    assert len(near.sample(query(), 3)) == 3
    catalogue.vectors.forget()
    fill(catalogue, names(151), seed=5)
    near.refresh()
    vectors = catalogue.vectors.of_texts([1, 76, 151])[1]
    assert np.allclose(near.sample(query(), 3), vectors @ query())


def test_vectors_that_move_are_packed_anew(catalogue: Catalogue) -> None:
    fill(catalogue, names(99))
    near = make(catalogue)
    assert not catalogue.vectors.is_packed()
    unpacked = near.sample(query(), 99)
    near.refresh()
    assert catalogue.vectors.is_packed()
    assert list(near.sample(query(), 99)) == list(unpacked)
    fill(catalogue, names(98), seed=3)  # one text goes
    assert not catalogue.vectors.is_packed()
    near.refresh()
    assert catalogue.vectors.is_packed()
    assert list(near.near(query(), 99)) == list(make(catalogue).near(query(), 99))
    assert len(near.near(query(), 99)) == 98
    catalogue.vectors.forget()
    near.refresh()
    assert len(near.near(query(), 99)) == 0


def test_only_the_part_that_changed_is_packed_anew(catalogue: Catalogue) -> None:
    fill(catalogue, names(2100))  # ids 1 to 2100: parts 0, 1 and 2 of 1024 ids each
    catalogue.vectors.pack()
    fill(catalogue, [*names(1500), *names(2100)[1501:]])  # text 1501 goes
    due = catalogue.db.execute("SELECT part FROM packed WHERE rows IS NULL").fetchall()
    assert due == [(1,)]
    catalogue.vectors.pack()
    assert catalogue.vectors.is_packed()


def test_packed_vectors_that_are_none_are_damage(catalogue: Catalogue) -> None:
    fill(catalogue, names(99))
    catalogue.vectors.pack()
    catalogue.db.execute("UPDATE packed SET rows = zeroblob(length(rows))")
    with pytest.raises(DamagedCatalogueError, match="packed vectors"):
        make(catalogue).near(query(), 5)
    catalogue.db.execute("UPDATE packed SET rows = zeroblob(7)")
    with pytest.raises(DamagedCatalogueError, match="packed vectors"):
        make(catalogue).near(query(), 5)


def test_the_graph_agrees_with_the_scan(catalogue: Catalogue) -> None:
    fill(catalogue, names(400))
    make(catalogue).refresh()
    assert graph_files(catalogue) == {
        "library.db.melscribe.hnsw",
        "library.db.melscribe.hnsw.json",
    }
    found = shared = 0
    for seed in range(20):
        exact = nearest_rows(*catalogue.vectors.of_texts(), query(seed), 10)
        found += 10
        shared += len(set(exact) & set(make(catalogue).near(query(seed), 10)))
    assert shared / found >= 0.99


def test_more_than_there_are_can_be_asked_for(catalogue: Catalogue) -> None:
    fill(catalogue, names(120))
    make(catalogue).refresh()
    assert len(make(catalogue).near(query(), 5000)) == 120


def test_texts_that_the_graph_has_no_way_to_are_found_by_scanning(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "M", 2)  # few enough to fall apart
    monkeypatch.setattr(module, "EF_CONSTRUCTION", 1)
    fill(catalogue, names(400))
    make(catalogue).refresh()
    near = make(catalogue)
    assert set(near.near(query(), 400)) == set(catalogue.vectors.ids())
    with pytest.raises(RuntimeError):
        near._graph.knn_query(query()[None, :], k=400)


def test_what_comes_and_goes_moves_the_graph(catalogue: Catalogue) -> None:
    fill(catalogue, names(200))
    make(catalogue).refresh()
    fill(catalogue, [*names(200)[:190], "newcomer"], seed=3)
    assert make(catalogue).refresh() is None
    near = make(catalogue)
    assert near._loaded() is not None  # the graph answers, not the scan
    assert set(near.near(query(), 191)) == set(catalogue.vectors.ids())


def test_many_gone_make_a_new_graph(catalogue: Catalogue) -> None:
    fill(catalogue, names(300))
    make(catalogue).refresh()
    fill(catalogue, names(150))
    make(catalogue).refresh()
    assert set(make(catalogue).near(query(), 999)) == set(catalogue.vectors.ids())
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
    assert "rebuilt" in (make(catalogue).refresh() or "")
    assert make(catalogue)._loaded() is not None


def test_without_hnswlib_the_scan_answers(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(catalogue, names(150))
    make(catalogue).refresh()
    monkeypatch.setitem(sys.modules, "hnswlib", None)
    assert len(make(catalogue).near(query(), 999)) == 150  # though there is a graph
    fill(catalogue, names(151))
    assert make(catalogue).refresh() is None
    assert len(make(catalogue).near(query(), 999)) == 151


def test_what_is_lacking_is_said_from_the_size_on_where_it_would_help(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(catalogue, names(100))
    assert make(catalogue).lack() is None  # hnswlib is here
    monkeypatch.setitem(sys.modules, "hnswlib", None)
    said = make(catalogue).lack() or ""
    assert said.startswith("100 distinct sets") and "'beets-melscribe[hnsw]'" in said
    fill(catalogue, names(99))
    assert make(catalogue).lack() is None


def test_among_looks_only_there(catalogue: Catalogue) -> None:
    fill(catalogue, names(150))
    make(catalogue).refresh()
    some = catalogue.tracks.texts_of([3, 70, 149])
    assert set(make(catalogue).near(query(), 10, some)) == set(some)


def test_melindex_says_what_is_lacking_and_describe_does_not(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.add({"title": "a", "genres": ["Folk"]}, {"title": "b", "genres": ["Jazz"]})
    monkeypatch.setattr(module, "GRAPH_FROM", 2)
    monkeypatch.setitem(sys.modules, "hnswlib", None)
    beet(home, "describe", "folk")
    beet(home, "describe", "jazz")
    assert "hnsw" not in capsys.readouterr().err
    beet(home, "melindex")
    assert "pip install 'beets-melscribe[hnsw]'" in capsys.readouterr().err
