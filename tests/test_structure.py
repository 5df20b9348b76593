"""The shape of the code: who imports whom, and what loading the plugin may cost."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {
    "hnswlib",
    "onnxruntime",
    "tokenizers",
    "torch",
    "sentence_transformers",
    "mutagen",
    "click",
}
AT_START = {"defaults", "listening", "querying"}  # of the plugin: beets loads it at every command
EVERYWHERE = {"arrays", "errors"}
MAP_MAY_IMPORT = {"errors", "kinds", "map", "overwriting", "writing"}
# module of the core -> the core's modules that it may import; EVERYWHERE may be imported by all
MAY_IMPORT = {
    "arrays": set(),
    "errors": set(),
    "writing": set(),
    "wording": set(),
    "kinds": set(),
    "overwriting": {"kinds", "writing"},
    "m3u_reading": {"kinds", "overwriting"},
    "m3u": {"kinds", "m3u_reading", "overwriting", "wording", "writing"},
    "changes": set(),
    "filetags": set(),
    "request": {"grammar"},
    "calibration": set(),
    "words": {"calibration", "lacks"},
    "mentions": {"tables", "vocabulary"},
    "slips": {"mentions"},
    "recognition": {"grammar", "mentions", "words"},
    "names": {"request", "versions"},
    "song": set(),
    "intent": {"request"},
    "exclusion": {"descriptors", "lacks"},
    "tables": set(),
    "pieces": set(),
    "lacks": {"tables"},
    "vocabulary": {"lacks", "pieces", "tables"},
    "legible": set(),
    "encoder": {"calibration", "legible", "sentence_encoder"},
    "sentence_encoder": {"calibration", "legible"},
    "fields": {"tables"},
    "descriptors": {"fields", "tables", "vocabulary"},
    "lock": set(),
    "seal": set(),
    "custody": {"lock", "seal", "writing"},
    "packed": set(),
    "opening": {"custody", "packed"},
    "catalogue": {"custody", "descriptors", "opening", "packed"},
    "embedding": {"catalogue", "encoder"},
    "neighbours": {"catalogue", "packed", "seal", "writing"},
    "search": {
        "calibration",
        "catalogue",
        "descriptors",
        "encoder",
        "exclusion",
        "mentions",
        "neighbours",
        "words",
    },
    "versions": {"song"},
    "ordering": set(),
    "playlist": {"ordering", "search", "song", "versions"},
}


def imports(path: Path) -> set[str]:
    """Return the dotted names that a file imports, at its top or inside."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def core_modules(names: set[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("melscribe_core.")}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "melscribe_core").glob("*.py")), ids=lambda p: p.stem
)
def test_core_imports_go_one_way(path: Path) -> None:
    if path.stem == "__init__":
        return
    assert core_modules(imports(path)) - EVERYWHERE <= MAY_IMPORT[path.stem]


def test_the_grammar_knows_nothing_else_of_the_core() -> None:
    for path in (ROOT / "melscribe_core" / "grammar").glob("*.py"):
        assert core_modules(imports(path)) <= {"errors", "grammar"}, path


def test_the_map_knows_nothing_else_of_the_core() -> None:
    for path in (ROOT / "melscribe_core" / "map").glob("*.py"):
        assert core_modules(imports(path)) <= MAP_MAY_IMPORT, path


@pytest.mark.parametrize(
    "path", sorted((ROOT / "melscribe_core").rglob("*.py")), ids=lambda p: p.stem
)
def test_core_knows_neither_beets_nor_the_trainer(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports(path)}
    assert not tops & {"beets", "beetsplug", "confuse", "trainer", "melscribe_trainer"}


@pytest.mark.parametrize("path", sorted((ROOT / "trainer").rglob("*.py")), ids=lambda p: p.stem)
def test_trainer_knows_nothing_of_beets(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & {"beets", "beetsplug"}


def test_beetsplug_stays_a_namespace() -> None:
    # An __init__.py here would hide beets' own plugins.
    assert not (ROOT / "beetsplug" / "__init__.py").exists()


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = (
        "import sys; import beets.ui; before = set(sys.modules); import beetsplug.melscribe as m;"
        "m.MelScribePlugin().commands();"
        "print(*sorted({n.split('.')[0] for n in set(sys.modules) - before}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not set(loaded.stdout.split()) & HEAVY


def test_loading_the_plugin_loads_only_what_every_command_needs() -> None:
    code = (
        "import sys; import beets.ui; import beetsplug.melscribe as m;"
        "m.MelScribePlugin().commands();"
        "ours = ('beetsplug', 'melscribe_core');"
        "print(*(name for name in sys.modules if name.split('.')[0] in ours))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    needed = {f"beetsplug.melscribe.{name}" for name in AT_START}
    assert set(loaded.stdout.split()) == {"beetsplug", "beetsplug.melscribe", *needed}
