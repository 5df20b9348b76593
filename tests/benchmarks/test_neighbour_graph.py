"""The table of scan and graph: what is repaid when, and a run on a small index."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speed import neighbour_graph as graph
from melscribe_core.catalogue import neighbours
from tests.support.home import Home


def test_what_is_repaid_when() -> None:
    pays = graph.Measured(50_000, 0.003, 0.001, 10.0, 0.2, 0.05, 84_000_000, 0.993)
    never = graph.Measured(5_000, 0.001, 0.002, 1.0, 0.1, 0.01, 8_000_000, 1.0)
    rows = [line.split(" | ") for line in graph.render([never, pays]).splitlines()]
    cells = {row[0].removeprefix("| "): [cell.rstrip(" |") for cell in row[1:]] for row in rows}
    # 2 ms are saved by a question: 0.05 s are 25 of them, 10 s are 5,000.
    assert cells["distinct sets"] == ["5,000", "50,000"]
    assert cells["questions until loading it is repaid"] == ["never", "25"]
    assert cells["questions until making it is repaid"] == ["never", "5,000"]
    assert cells["a scan, ms"] == ["1.0", "3.0"]
    assert cells["on disk, MB"] == ["8", "84"]


def test_a_small_index_is_measured(
    home: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home.configure(file_tags=False)
    home.add(*({"title": str(i), "genres": [f"Genre {i}"]} for i in range(40)))
    home.beet("melindex")
    for name in ("GRAPH_FROM", "PATIENCE"):  # which the bench sets: put back afterwards
        monkeypatch.setattr(neighbours, name, getattr(neighbours, name))
    graph.main([str(home.index), "--sizes", "20", "40"])
    printed = capsys.readouterr().out
    assert "| distinct sets | 20 | 40 |" in printed
    # Of so few texts the graph names all, as the scan does.
    assert "| recall@300 of the graph | 1.000 | 1.000 |" in printed
