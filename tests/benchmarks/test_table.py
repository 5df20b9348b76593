"""Markdown tables and their places in a document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.paths import ROOT
from benchmarks.speed import comparison, process, scale, table


def test_the_table_is_markdown() -> None:
    rows = [table.Row("a", "1 s", "2 s", "0.5 x", True), table.Row("b", "3 s", held=False)]
    assert table.render(rows) == (
        "| what | asked | measured | ratio | held |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| a | 2 s | 1 s | 0.5 x | yes |\n"
        "| b |  | 3 s |  | **no** |"
    )


def test_the_table_replaces_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    begin, end = table.markers(table.LAST_RUN)
    document.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    table.write_between(document, "new")
    table.write_between(document, "newer")
    assert document.read_text() == f"before\n{begin}\nnewer\n{end}\nafter\n"


def test_a_document_without_a_place_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text("mine")
    with pytest.raises(process.BenchError, match="no place for this"):
        table.write_between(document, "new")
    assert document.read_text() == "mine"


def test_the_committed_document_has_a_place_for_the_table() -> None:
    text = (ROOT / "benchmarks" / "speed" / "README.md").read_text(encoding="utf-8")
    for place in (table.LAST_RUN, scale.PLACE, comparison.PLACE):
        begin, end = table.markers(place)
        assert re.search(f"{begin}\n.*{end}\n", text, re.DOTALL)


def test_a_place_of_another_table_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    first, second = table.markers(scale.PLACE), table.markers(comparison.PLACE)
    document.write_text("\n".join([first[0], "one", first[1], second[0], "two", second[1]]))
    table.write_between(document, "new", comparison.PLACE)
    assert "one" in document.read_text()
    assert "two" not in document.read_text()
