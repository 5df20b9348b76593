"""The shape of the trainer: its imports go one way, and each wing is read in one order."""

import ast
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TRAINER = ROOT / "trainer"
# From the first to the last: each part may import those before it.
PARTS = "extra devices nearest clock job stages data evaluation training alignment favours".split()
PARTS += "recipes export hearing pipeline commands cli start".split()
ORDER = {
    "data": (
        "rows beir datasets sentences genres queries renderings pairs sources generate instruct"
    ).split(),
    "evaluation": "metrics sets encoders systems evaluate table dev calibrate".split(),
    "training": (
        "negatives teacher plan ragged tokens masks batches loss hooks checkpoints plot"
        " prepare mine teach label fit average"
    ).split(),
    "alignment": (
        "examples audio partition wording net objectives descent retrieval rivals semantic"
        " triplets preference comparison align"
    ).split(),
    "favours": (
        "items people groups adapter replay learning matching retention material report prefer"
    ).split(),
    "export": "onnx_graph export restore release".split(),
    "hearing": "checkpoint musicnn_graph export".split(),
    "commands": "command train evaluate generate export weights hearing align prefer".split(),
}
MODULES = [path for path in sorted(TRAINER.rglob("*.py")) if path.name != "__init__.py"]


def parts(path: Path) -> list[str]:
    return list(path.relative_to(TRAINER).with_suffix("").parts)


def own_imports(path: Path) -> list[list[str]]:
    """Return the trainer's modules that a file imports, at its top or inside, as lists of parts."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = parts(path)[: -node.level]
            found.append([*above, *(node.module or "").split(".")])
        elif isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("melscribe_trainer"), "imports are relative"
    return found


def test_every_module_has_its_place_in_the_order() -> None:
    assert {parts(path)[0] for path in MODULES} == set(PARTS)
    for wing, order in ORDER.items():
        assert {path.stem for path in (TRAINER / wing).glob("*.py")} - {"__init__"} == set(order)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(parts(path)))
def test_imports_go_one_way(path: Path) -> None:
    part, *rest = parts(path)
    for other, *inside in own_imports(path):
        if other == part:
            order = ORDER[part]
            assert order.index(inside[0]) < order.index(rest[0]), inside
        else:
            assert PARTS.index(other) < PARTS.index(part), other
