"""Other systems: indexing, asking, ranking."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.speed import peers
from benchmarks.speed.home import Home, run_module


def test_another_way_indexes_asks_and_ranks(
    own: Home, asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sklearn")
    index, weights = str(tmp_path / "index"), ("--weights", "none")
    peers.main(["tf-idf", "index", str(own.library), index, *weights])
    capsys.readouterr()
    peers.main(["tf-idf", "ask", index, "death metal", *weights])
    assert json.loads(capsys.readouterr().out)[0] == 2  # places begin at 0
    # As benchmarks.speed.comparison runs it: in a process of its own.
    words = ("rank", str(own.library), index, "--requests", str(asked), *weights)
    told = json.loads(run_module("benchmarks.speed.peers", "tf-idf", *words).output)
    # Without a word in common all are equal and come in their order: rock is the last of 16.
    assert told == {"requests": 4, "median": told["median"], "recall": 0.75}


class Listed:
    """A way that always gives the same places, and remembers how deep it was asked."""

    def __init__(self, places: list[int]) -> None:
        self.places, self.depths = places, list[int]()

    def index(self, texts: object, folder: Path) -> None: ...

    def load(self, folder: Path) -> None: ...

    def ask(self, request: str, count: int) -> list[int]:
        self.depths.append(count)
        return self.places[:count]


def test_a_way_is_asked_deeper_until_ten_sets_differ() -> None:
    texts = ["same"] * 100 + [f"set {n}" for n in range(20)]
    peer = Listed(list(range(120)))
    assert peers.first_sets(peer, "x", texts) == ["same", *(f"set {n}" for n in range(9))]
    assert peer.depths == [50, 400]
    few = Listed([0, 100])
    assert peers.first_sets(few, "x", texts) == ["same", "set 0"]
    assert few.depths == [50]
