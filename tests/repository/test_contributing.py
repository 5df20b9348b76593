"""CONTRIBUTING.md: its paths exist, its map is complete, and its walks are the way of the code."""

from __future__ import annotations

import re

import pytest

from benchmarks import house
from tests.support.paths import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLUGIN = ROOT / "beetsplug" / "melscribe"
CORE = ROOT / "melscribe_core"
WALKS = {"One request, file by file": "describe -m", "One track, file by file": "melindex"}


def section(heading: str) -> str:
    """Return the text under a heading, up to the next heading of any level."""
    for part in re.split(r"^#+ ", PAGE, flags=re.M):
        if part.startswith(f"{heading}\n"):
            return part
    raise AssertionError(f"CONTRIBUTING.md has no heading {heading}")


def first_cells(text: str) -> list[str]:
    """Return the names in backticks in the first column of tables."""
    cells = re.findall(r"^\| (`.*?) \|", text, re.M)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_every_path_that_is_named_exists() -> None:
    paths = re.findall(r"`((?:\w+/)+(?:[\w.]+)?)`", PAGE)
    assert len(paths) > 20
    assert [
        path for path in paths if not any((base / path).exists() for base in (ROOT, CORE))
    ] == []


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z][\w-]*)", PAGE, re.M)) <= targets


def test_the_map_has_every_wing_of_the_core() -> None:
    wings = {f"{path.parent.name}/" for path in CORE.glob("*/__init__.py")}
    assert set(first_cells(section("The core: `melscribe_core/`"))) == wings


def test_the_module_to_open_first_is_in_its_wing() -> None:
    rows = re.findall(r"^\| `(\w+)/` \|.*\| `(\w+\.py)` \|$", PAGE, re.M)
    assert len(rows) == len(list(CORE.glob("*/__init__.py")))
    assert [row for row in rows if not CORE.joinpath(*row).is_file()] == []


def test_the_map_has_every_module_of_the_plugin_once() -> None:
    named = first_cells(section("The plugin: `beetsplug/melscribe/`"))
    assert sorted(named) == sorted(path.stem for path in PLUGIN.glob("*.py"))


def test_the_folders_of_tests_are_all_named() -> None:
    folders = {f"tests/{path.parent.name}/" for path in (ROOT / "tests").glob("*/__init__.py")}
    assert folders <= set(first_cells(section("Where the tests are")))


def test_every_module_of_the_plugin_has_its_tests_by_name_or_in_the_table() -> None:
    rows = re.findall(r"^\| (`.*?) \| (`test_.*?`) \|$", section("Where the tests are"), re.M)
    tests = ROOT / "tests" / "plugin"
    named = {name for modules, _ in rows for name in re.findall(r"`(\w+)`", modules)}
    assert named == {
        path.stem for path in PLUGIN.glob("*.py") if not (tests / f"test_{path.stem}.py").exists()
    }
    for _, files in rows:
        for file in re.findall(r"`(.*?)`", files):
            assert (tests / file).is_file(), file


def test_a_test_of_the_core_is_named_after_what_it_tests() -> None:
    for file in (ROOT / "tests" / "core").glob("*/test_*.py"):
        wing, name = CORE / file.parent.name, file.stem.removeprefix("test_")
        there = (wing / f"{name}.py").exists() or (wing / name / "__init__.py").exists()
        assert name == wing.name or there, file


@pytest.fixture(scope="module")
def runs() -> dict[str, house.Run]:
    return house.recorded(ROOT, list(WALKS.values()))


@pytest.mark.parametrize(("heading", "trip"), WALKS.items(), ids=WALKS.values())
def test_a_walk_names_functions_in_the_order_in_which_they_are_called(
    heading: str, trip: str, runs: dict[str, house.Run]
) -> None:
    stops = re.findall(r"^(\d+)\. `([\w/]+\.py): ([\w.]+)` ", section(heading), re.M)
    assert [int(number) for number, _, _ in stops] == list(range(1, len(stops) + 1))
    assert len(stops) > 10
    called = {step: at for at, step in enumerate(runs[trip].functions)}
    steps = [(file, name) for _, file, name in stops]
    assert [step for step in steps if step not in called] == []
    assert steps == sorted(steps, key=lambda step: called[step])
