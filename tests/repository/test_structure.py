"""The shape of the code: who imports whom, and what loading the plugin may cost."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

CORE = ROOT / "melscribe_core"
HEAVY = {
    "hnswlib",
    "onnxruntime",
    "tokenizers",
    "torch",
    "sentence_transformers",
    "mutagen",
    "click",
}
# of the plugin: beets loads it at every command
AT_START = {"defaults", "options", "query"}

EVERYWHERE = {"arrays", "errors", "text"}  # leaves that every wing may import
# wing of the core -> the wings that it may import, beside EVERYWHERE
WINGS: dict[str, set[str]] = {
    "arrays": set(),
    "errors": set(),
    "text": set(),
    "files": set(),
    "songs": set(),
    "descriptors": set(),
    "encoder": set(),
    "catalogue": {"descriptors", "encoder", "files"},
    "request": {"songs"},
    "search": {"catalogue", "descriptors", "encoder", "request"},
    "playlist": {"files", "search", "songs"},
    "map": {"files"},
    "index": {"catalogue", "descriptors", "encoder", "search"},
}
# wing -> its modules from the first to the last: each may import those before it
ORDER = {
    "files": ["writing", "file_types", "overwriting"],
    "songs": ["song", "versions"],
    "descriptors": ["tables", "absences", "pieces", "vocabulary", "fields", "sets", "filetags"],
    "encoder": ["truncation", "calibration", "sentence_encoder", "encoder"],
    "catalogue": [
        "lock",
        "checksum",
        "integrity",
        "packed",
        "schema",
        "database",
        "tracks",
        "vectors",
        "words",
        "file_tags",
        "names",
        "catalogue",
        "embedding",
        "neighbours",
    ],
    "request": ["grammar", "request", "refinement", "names"],
    "search": [
        "words",
        "exclusion",
        "mentions",
        "slips",
        "recognition",
        "question",
        "hit",
        "titles",
        "search",
    ],
    "playlist": ["limits", "order", "duration", "choice", "m3u_reading", "m3u", "difference"],
    "map": ["families", "layout", "regions", "page"],
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


def core_parts(path: Path) -> list[tuple[str, str]]:
    """Return (wing, module) of what a file imports of the core."""
    names = (name.split(".") for name in imports(path) if name.startswith("melscribe_core."))
    return [(parts[1], parts[2] if len(parts) > 2 else "") for parts in names]


def wing_of(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


MODULES = [path for path in sorted(CORE.rglob("*.py")) if path.name != "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_core_imports_go_one_way(path: Path) -> None:
    wing = wing_of(path)
    assert {other for other, _ in core_parts(path)} <= {wing, *EVERYWHERE, *WINGS[wing]}


@pytest.mark.parametrize("wing", ORDER)
def test_a_wing_is_read_from_its_first_module_to_its_last(wing: str) -> None:
    order = ORDER[wing]
    there = {path.stem for path in (CORE / wing).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert there - {"__init__", "__pycache__", "data", "model"} == set(order)
    for at, module in enumerate(order):
        path = CORE / wing / f"{module}.py"
        files = [path] if path.exists() else sorted((CORE / wing / module).glob("*.py"))
        for file in files:
            used = {name for other, name in core_parts(file) if other == wing and name in order}
            assert used <= set(order[: at + 1]), file


def test_the_wings_import_in_one_direction() -> None:
    """A wing comes after all that it may import, so there is no way round."""
    done = list(EVERYWHERE)
    left = {wing: set(may) for wing, may in WINGS.items()}
    while left:
        ready = [wing for wing, may in left.items() if may <= set(done)]
        assert ready, left
        for wing in ready:
            done.append(wing)
            del left[wing]


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda p: p.stem)
def test_core_knows_neither_beets_nor_the_trainer(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports(path)}
    assert not tops & {"beets", "beetsplug", "confuse", "trainer", "melscribe_trainer"}


@pytest.mark.parametrize("path", sorted((ROOT / "trainer").rglob("*.py")), ids=lambda p: p.stem)
def test_trainer_knows_nothing_of_beets(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & {"beets", "beetsplug"}


def test_beetsplug_stays_a_namespace() -> None:
    # An __init__.py here would hide beets' own plugins.
    assert not (ROOT / "beetsplug" / "__init__.py").exists()


def loaded_after(code: str) -> set[str]:
    """Return the modules that a new process has loaded after beets and then this code."""
    script = f"import sys; import beets.ui; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = "import beetsplug.melscribe as m; m.MelScribePlugin().commands()"
    loaded = loaded_after(code) - loaded_after("pass")
    assert not {name.split(".")[0] for name in loaded} & HEAVY


def test_loading_the_plugin_loads_only_what_every_command_needs() -> None:
    loaded = loaded_after("import beetsplug.melscribe as m; m.MelScribePlugin().commands()")
    ours = {n for n in loaded if n.split(".")[0] in ("beetsplug", "melscribe_core")}
    needed = {f"beetsplug.melscribe.{name}" for name in AT_START}
    assert ours == {"beetsplug", "beetsplug.melscribe", *needed}
