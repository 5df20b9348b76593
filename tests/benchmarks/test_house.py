"""The way through the code: moves by hand, and the trace of real commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import house
from benchmarks.house import Run, Way
from benchmarks.paths import ROOT
from benchmarks.speed.process import BenchError

PLUGIN, CORE = "beetsplug/melscribe/a.py", "melscribe_core/search/b.py"
GRAMMAR = "melscribe_core/request/grammar/c.py"
RUN = Run(
    [(PLUGIN, "one"), (PLUGIN, "two"), (CORE, "three"), (GRAMMAR, "four"), (PLUGIN, "five")],
    ["melscribe_core", "melscribe_core.search"],
)


def test_a_move_is_a_step_to_another_file() -> None:
    # plugin, plugin > core > grammar > plugin: three moves among three files
    assert house.way(RUN.functions) == Way(3, 3)
    assert house.way(house.plugin(RUN)) == Way(1, 0)
    assert house.way(house.core(RUN)) == Way(1, 0)
    assert house.way(house.grammar(RUN)) == Way(1, 0)
    assert house.way([]) == Way(0, 0)


def test_the_grammar_is_found_where_it_was_before() -> None:
    before = Run([("melscribe_core/grammar/x.py", "f"), ("melscribe_core/grammar.py", "g")], [])
    assert house.grammar(before) == before.functions[:1]
    assert house.core(before) == before.functions[1:]


def test_tables_show_before_and_now() -> None:
    runs = dict.fromkeys(house.TITLES, RUN)
    shorter = dict.fromkeys(house.TITLES, Run(RUN.functions[:3], ["melscribe_core"]))
    assert "| first `melindex` | 3 / 3 | 1 / 0 | 1 / 0 | 1 / 0 |" in house.way_table(runs)
    both = house.way_table(shorter, runs)
    assert "| first `melindex` | 3 / 3 → 2 / 1 | 1 / 0 → 1 / 0 |" in both
    assert "| first `melindex` | 2 → 1 |" in house.module_table(shorter, runs)


def test_a_folder_without_the_core_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="not a checkout"):
        house.recorded(tmp_path)


def test_real_commands_are_recorded() -> None:
    runs = house.recorded(ROOT, ["describe -m", "modify"])
    assert list(runs) == ["melindex", "describe -m", "modify"]
    for trip in ("melindex", "describe -m"):
        functions = runs[trip].functions
        assert all((ROOT / file).is_file() for file, _ in functions)
        assert not any(name.startswith("<") for _, name in functions)
        assert house.plugin(runs[trip])
        assert house.core(runs[trip])
    assert house.grammar(runs["describe -m"])
    # Lending looks descriptors up in the word lists; no request is read.
    lists = {f"melscribe_core/request/grammar/{name}.py" for name in ("lexicon", "tokens")}
    assert {file for file, _ in house.grammar(runs["melindex"])} <= lists
    # `auto: yes` updates the index without loading the search.
    assert "melscribe_core.catalogue.catalogue" in runs["modify"].modules
    assert "melscribe_core.search.search" in runs["describe -m"].modules
    assert "melscribe_core.search.search" not in runs["modify"].modules
